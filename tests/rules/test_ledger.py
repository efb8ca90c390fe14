"""The ledger's windows: only what is shown is read, in both directions, in every view."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dutydesk.models import Issue
from dutydesk.rules import ledger
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State, Urgency

R, S = Role, State
VIEWS = list(ledger.VIEWS)


def keys(window: ledger.Window) -> list[int]:
    return [row.key for row in window.rows]


@pytest.fixture
def many(cases):
    """Sixty open cases with deadlines that are not in the order of their numbers, and some without."""
    issue_id = cases.in_state(S.ASSIGNED)
    model = Issue.select().where(Issue.id == issue_id).dicts().get()
    start = datetime.now(CHINA) - timedelta(days=1)
    rows = []
    for number in range(2, 61):
        due = None if number % 10 == 0 else start - timedelta(hours=number * 37 % 50)
        rows.append(model | {"id": number, "serial": number, "due_at": due})
    Issue.insert_many(rows).execute()
    return cases


class TestWindows:
    @pytest.mark.parametrize("view", ["all", "overdue"])
    def test_paging_down_and_up_shows_each_row_once_in_order(self, many, view):
        duty = many[R.DUTY_OFFICER]
        whole = keys(ledger.after(duty, view, None, 100))
        assert len(whole) == (60 if view == "all" else 53)
        down, key = [], None
        while True:
            window = ledger.after(duty, view, key, 7)
            assert window.at_start is (key is None)
            down += keys(window)
            key = window.rows[-1].key
            if window.at_end:
                break
        assert down == whole
        up, key = [], None
        while True:
            window = ledger.before(duty, view, key, 7)
            assert window.at_end is (key is None)
            up = keys(window) + up
            key = window.rows[0].key
            if window.at_start:
                break
        assert up == whole

    def test_the_newest_come_first_and_the_soonest_due_among_the_overdue(self, many):
        duty = many[R.DUTY_OFFICER]
        assert keys(ledger.after(duty, "all", None, 3)) == [60, 59, 58]
        overdue = keys(ledger.after(duty, "overdue", None, 100))
        due = {row.id: (row.due_at, row.id) for row in Issue.select().where(Issue.id.in_(overdue))}
        assert overdue == sorted(overdue, key=due.__getitem__)

    def test_a_window_about_a_row_has_it_in_the_middle(self, many):
        window = ledger.around(many[R.DUTY_OFFICER], "all", 30, 11)
        assert keys(window) == list(range(35, 24, -1))
        assert not window.at_start
        assert not window.at_end

    def test_near_an_end_it_is_filled_from_the_other_side(self, many):
        duty = many[R.DUTY_OFFICER]
        assert keys(ledger.around(duty, "all", 60, 11)) == list(range(60, 49, -1))
        window = ledger.around(duty, "all", 2, 11)
        assert (keys(window)[0], keys(window)[-1], window.at_end) == (7, 1, True)

    def test_about_a_row_that_has_left_the_view_it_stands_where_that_was(self, many):
        duty = many[R.DUTY_OFFICER]
        Issue.update(state=S.CLOSED, is_open=False).where(Issue.id == 30).execute()
        assert keys(ledger.around(duty, "open", 30, 4)) == [32, 31, 29, 28]

    def test_about_a_row_without_a_deadline_the_overdue_begin_at_their_beginning(self, many):
        duty = many[R.DUTY_OFFICER]
        assert keys(ledger.around(duty, "overdue", 20, 5)) == keys(ledger.after(duty, "overdue", None, 5))

    def test_about_a_row_that_is_not_there_the_list_begins_at_its_beginning(self, many):
        assert keys(ledger.around(many[R.DUTY_OFFICER], "all", 999, 3)) == [60, 59, 58]

    def test_a_list_of_nothing_begins_and_ends(self, cases):
        for window in (
            ledger.after(cases[R.DUTY_OFFICER], "all", None, 9),
            ledger.before(cases[R.DUTY_OFFICER], "all", None, 9),
        ):
            assert window == ledger.Window([], True, True)

    def test_a_window_reads_no_more_rows_than_it_shows(self, many, caplog):
        with caplog.at_level("DEBUG", "peewee"):
            ledger.after(many[R.DUTY_OFFICER], "all", 40, 10)
        sent = [record.msg for record in caplog.records if isinstance(record.msg, tuple)]
        ((sql, values),) = [one for one in sent if 'FROM "issue"' in one[0] and "ORDER BY" in one[0]]
        assert sql.rstrip("?%s").endswith("LIMIT ")
        assert values[-1] == 11


class TestViews:
    def expect(self, cases, role: Role, view: str, ids: set[int]) -> None:
        session = cases[role]
        assert set(keys(ledger.after(session, view, None, 100))) == ids, view
        assert ledger.count(session, view) == len(ids), view

    def test_each_state_stands_in_its_views(self, cases):
        ids = {state: cases.in_state(state) for state in State}
        extra = set(range(1, Issue.select().count() + 1)) - set(
            ids.values()
        )  # the main case of the merged one
        every, duty = set(ids.values()) | extra, R.DUTY_OFFICER
        for view, states in {
            "reported": {S.REPORTED},
            "opened": {S.OPENED},
            "review": {S.REVIEW},
            "feedback": {S.FEEDBACK},
            "set_aside": {S.PAUSED, S.POOLED},
            "closed": {S.CLOSED},
        }.items():
            more = extra if view == "reported" else set()
            self.expect(cases, duty, view, {ids[state] for state in states} | more)
        ended = {ids[S.CLOSED], ids[S.MERGED], ids[S.VOID]}
        self.expect(cases, duty, "all", every)
        self.expect(cases, duty, "open", every - ended)
        self.expect(cases, duty, "closable", set())
        cases.do("feedback", ids[S.FEEDBACK])
        self.expect(cases, duty, "closable", {ids[S.FEEDBACK]})

    def test_overdue_and_due_today(self, cases):
        """Due on 1 December at 18:00: due today all day, overdue from the next minute on, never after its end."""
        issue_id, duty = cases.in_state(S.ASSIGNED), R.DUTY_OFFICER
        paused = cases.in_state(S.PAUSED)
        for moment, today, over in (
            (datetime(2026, 11, 30, 23, 59), False, False),
            (datetime(2026, 12, 1, 0, 0), True, False),
            (datetime(2026, 12, 1, 18, 0, 59), True, False),
            (datetime(2026, 12, 1, 18, 1), False, True),
            (datetime(2026, 12, 2, 9, 0), False, True),
        ):
            cases.clock.move_to(moment.replace(tzinfo=CHINA))
            self.expect(cases, duty, "due_today", {issue_id} if today else set())
            self.expect(cases, duty, "overdue", {issue_id} if over else set())
            rows = {row.key: row.overdue for row in ledger.after(cases[duty], "open", None, 9).rows}
            assert rows == {issue_id: over, paused: False}

    def test_in_my_hands(self, cases):
        mine = {
            role: cases.in_hands(role, S.ASSIGNED)
            for role in (R.HANDLER, R.LIAISON, R.NEIGHBOURHOOD_OFFICER, R.DEPARTMENT_HEAD)
        }
        for role, issue_id in mine.items():
            self.expect(cases, role, "mine", {issue_id})
        self.expect(cases, R.DUTY_OFFICER, "mine", set())
        cases.do("take_up", mine[R.HANDLER])
        cases.do("report_done", mine[R.HANDLER])
        self.expect(cases, R.HANDLER, "mine", set())
        person = cases.in_state(S.OPENED)
        cases.do("assign", person, assignee=f"staff:{cases[R.HANDLER].staff_id}")
        self.expect(cases, R.HANDLER, "mine", {person})


class TestRows:
    def test_what_a_line_says(self, cases):
        issue_id = cases.in_state(S.ASSIGNED, urgency="urgent", flags="beyond_neighbourhood")
        (row,) = ledger.after(cases[R.DUTY_OFFICER], "all", None, 1).rows
        assert (row.key, row.number, row.state, row.urgency) == (
            issue_id,
            "2026-000001",
            S.ASSIGNED,
            Urgency.URGENT,
        )
        assert (row.place, row.holder, row.marks) == ("康健新村", "公共安全力量", ("居民区难以协调",))
        assert (row.left, row.overdue, row.closable) == ("剩1天", False, False)

    def test_how_long_it_has_waited_for_opening(self, cases):
        cases.new()
        for hours, said in ((0, "刚到"), (5, "等5时"), (50, "等2天")):
            cases.clock.move_to(datetime(2026, 11, 24, 10, 0, tzinfo=CHINA) + timedelta(hours=hours))
            assert ledger.after(cases[R.DUTY_OFFICER], "all", None, 1).rows[0].left == said

    def test_counting_stops_where_it_is_told(self, many):
        assert ledger.count(many[R.DUTY_OFFICER], "all", at_most=10) == 10


class TestWords:
    """Search words go together with views, filters and orders."""

    @pytest.fixture
    def lifts(self, cases):
        """Forty cases, every other one about a lift, of which some are urgent and one is ended."""
        for number in range(40):
            cases.new(
                summary=f"{number}号楼{'电梯困人' if number % 2 else '楼道堆物'}",
                urgency="urgent" if number % 5 == 0 else "normal",
            )
        cases.do("reject", 40, reason="重复反映")
        return cases

    def test_the_newest_first_within_the_view_and_the_filters(self, lifts):
        duty = lifts[R.DUTY_OFFICER]
        about_lifts = [n for n in range(40, 0, -1) if n % 2 == 0]
        asked = ledger.Question("open", words="电梯")
        window = ledger.after(duty, asked, None, 50)
        assert keys(window) == about_lifts[1:], "the ended one is not among the open ones"
        assert window.rows[0].hits == ("电梯",)
        assert keys(ledger.after(duty, ledger.Question("all", words="电梯"), None, 50)) == about_lifts
        urgent = ledger.Question("open", ledger.Filters(urgency="urgent"), "电梯")
        assert keys(ledger.after(duty, urgent, None, 50)) == [36, 26, 16, 6]
        assert ledger.count(duty, urgent) == 4
        assert keys(ledger.after(lifts.district.elsewhere, asked, None, 50)) == []

    def test_paged_down_and_up_and_about_a_row(self, lifts):
        duty, asked = lifts[R.DUTY_OFFICER], ledger.Question("open", words="电梯")
        whole = keys(ledger.after(duty, asked, None, 50))
        assert keys(ledger.after(duty, asked, whole[4], 5)) == whole[5:10]
        assert keys(ledger.before(duty, asked, whole[10], 5)) == whole[5:10]
        assert keys(ledger.before(duty, asked, None, 5)) == whole[-5:]
        assert keys(ledger.around(duty, asked, whole[9], 5)) == whole[7:12]
        assert keys(ledger.around(duty, asked, 23, 4)) == [26, 24, 22, 20], (
            "where one of other words would stand"
        )
        assert ledger.new_above(duty, asked, whole[9]) == 9

    def test_in_another_order(self, lifts):
        duty, asked = lifts[R.DUTY_OFFICER], ledger.Question("open", words="电梯", order="urgency")
        found = keys(ledger.after(duty, asked, None, 6))
        assert found == [36, 26, 16, 6, 38, 34]
        assert keys(ledger.after(duty, asked, 6, 2)) == [38, 34]

    @pytest.mark.parametrize("words", ["x", "，。", '电梯" OR 1=1 --', "NEAR(电 梯)", "电" * 10_000])
    def test_odd_words_are_answered(self, lifts, words):
        window = ledger.after(lifts[R.DUTY_OFFICER], ledger.Question("all", words=words), None, 5)
        assert (window.at_start, window.at_end) == (True, True)
