"""延期, 缓办, 挂账: asked for, granted or not, and what becomes of the deadline."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dutydesk.models import Deadline, OfficeSetting, Request
from dutydesk.rules import decisions, issue_acts, ledger
from dutydesk.rules.case import case_sheet
from dutydesk.rules.errors import Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Phase, RequestKind, RequestState, Role, State

R, S = Role, State
DUE = datetime(2026, 12, 1, 18, 0, tzinfo=CHINA)  # five working days from Tuesday, 24 November


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def due(cases, issue_id: int) -> datetime:
    row = cases.row(issue_id)
    (current,) = Deadline.select().where(
        Deadline.issue == issue_id, Deadline.phase == Phase.COMPLETION, Deadline.current
    )
    assert current.due_at == row.due_at
    return row.due_at.astimezone(CHINA)


def ask(cases, kind: str, issue_id: int, **changes) -> int:
    cases.do(f"ask_{kind}", issue_id, **changes)
    return Request.select().order_by(Request.id.desc()).first().id


def decide(cases, request_id: int, approve: bool = True, text: str = "", **more):
    from uuid import uuid4

    return issue_acts.decide(cases[R.AREA_CHIEF], request_id, approve, text, str(uuid4()), **more)


def state_of(request_id: int) -> RequestState:
    return Request.get_by_id(request_id).state


class TestExtension:
    def test_granted_it_is_due_at_the_end_of_the_office_day(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.do("extend", issue_id, until=date(2026, 12, 10), reason="等配件")
        assert due(cases, issue_id) == at(12, 10, 18)
        assert cases.last(issue_id).text == "原定12月1日18:00，准予延期至12月10日18:00：等配件"
        assert (
            Deadline.select().where(Deadline.issue == issue_id, Deadline.phase == Phase.COMPLETION).count()
            == 2
        )

    @pytest.mark.parametrize(
        ("until", "message"),
        [
            (date(2026, 11, 24), "今天以后"),
            (date(2026, 12, 1), "更晚"),
            (date(2026, 12, 16), "最多10个工作日"),
            ("明年", "请填日期"),
            ("2026-13-45", "请填日期"),
            (7, "请填日期"),
        ],
    )
    def test_a_day_that_is_none_too_early_or_too_late_is_refused(self, cases, until, message):
        issue_id = cases.in_state(S.ASSIGNED)
        for act in ("extend", "ask_extension"):
            with pytest.raises(Refused, match=message) as refused:
                cases.do(act, issue_id, until=until)
            assert refused.value.field == "until"
        assert due(cases, issue_id) == DUE

    def test_the_last_day_allowed_is_ten_working_days_after_the_deadline(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.do("extend", issue_id, until=date(2026, 12, 15))
        assert due(cases, issue_id) == at(12, 15, 18)

    def test_it_is_asked_for_before_the_deadline(self, cases, clock):
        issue_id = cases.in_state(S.ASSIGNED)
        clock.move_to(at(12, 2, 9))
        with pytest.raises(Refused, match="延期要在到期前提出"):
            cases.do("ask_extension", issue_id, until=date(2026, 12, 8))

    def test_a_sources_case_is_extended_by_its_source_only(self, cases):
        issue_id = cases.in_state(S.ASSIGNED, source="hotline", source_number="H1", source_due=at(11, 27, 12))
        for act in ("extend", "ask_extension"):
            with pytest.raises(Refused, match="只能请来源延期"):
                cases.do(act, issue_id)
        with pytest.raises(Refused, match="更晚") as refused:
            cases.do("source_extension", issue_id, until=date(2026, 11, 26))
        assert refused.value.field == "until"
        cases.do("source_extension", issue_id, until=date(2026, 12, 4), basis="热线办12月1日批复")
        assert due(cases, issue_id) == at(12, 4, 18)
        assert cases.row(issue_id).source_due_at == at(12, 4, 18)

    def test_it_stands_in_the_place_of_others_for_who_may_enter_it(self, cases):
        issue_id = cases.in_hands(
            R.LIAISON, S.HANDLING, source="hotline", source_number="H1", source_due=at(11, 27, 12)
        )
        for role in (R.DUTY_OFFICER, R.AREA_CHIEF):
            offered = {choice.act for choice in issue_acts.menu(cases[role], issue_id)}
            assert offered & {"extend", "ask_extension", "source_extension"} == {"source_extension"}
        told = {choice.act: choice.refusal for choice in issue_acts.menu(cases[R.LIAISON], issue_id)}
        assert "只能请来源延期" in told["ask_extension"]

    def test_others_have_no_source_to_ask(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        with pytest.raises(Refused, match="没有来源时限"):
            cases.do("source_extension", issue_id)
        menu = {choice.act for choice in issue_acts.menu(cases[R.DUTY_OFFICER], issue_id)}
        assert "source_extension" not in menu


class TestPause:
    """A pause stops the clock; what was left then is left when the case goes on."""

    def paused(self, cases) -> int:
        issue_id = cases.in_state(S.HANDLING)
        cases.clock.move_to(at(11, 26))
        cases.do("pause", issue_id, until=date(2026, 12, 18), reason="等业主大会")
        return issue_id

    def test_while_it_lasts_nothing_is_overdue(self, cases):
        issue_id = self.paused(cases)
        cases.clock.move_to(at(12, 10))
        duty = cases[R.DUTY_OFFICER]
        assert ledger.count(duty, "overdue") == 0
        (row,) = ledger.after(duty, "set_aside", None, 9).rows
        assert (row.left, row.overdue, row.state) == ("至12-18", False, S.PAUSED)
        assert "停止计算" in case_sheet(duty, issue_id).deadlines[-1]

    def test_resumed_early_the_days_left_are_left(self, cases):
        """Three working days were left on the 26th (27th, 30th, 1st); on 3 December they are the 4th, 7th, 8th."""
        issue_id = self.paused(cases)
        cases.clock.move_to(at(12, 3))
        cases.do("resume", issue_id)
        assert due(cases, issue_id) == at(12, 8, 18)
        row = cases.row(issue_id)
        assert (row.state, row.returns_to, row.paused_at, row.paused_until) == (S.HANDLING, None, None, None)

    def test_resumed_late_the_clock_has_run_since_the_day_that_was_set(self, cases):
        """It ran again from the end of 18 December, a Friday: 21st, 22nd, 23rd."""
        issue_id = self.paused(cases)
        cases.clock.move_to(at(12, 30))
        assert ledger.count(cases[R.DUTY_OFFICER], "set_aside_due") == 1
        cases.do("resume", issue_id)
        assert due(cases, issue_id) == at(12, 23, 18)
        assert ledger.count(cases[R.DUTY_OFFICER], "overdue") == 1

    def test_on_its_last_day_it_is_not_due_to_be_looked_at(self, cases):
        self.paused(cases)
        cases.clock.move_to(at(12, 18, 23, 59))
        assert ledger.count(cases[R.DUTY_OFFICER], "set_aside_due") == 0
        cases.clock.move_to(at(12, 19, 0, 0))
        assert ledger.count(cases[R.DUTY_OFFICER], "set_aside_due") == 1

    def test_paused_and_resumed_twice(self, cases):
        issue_id = self.paused(cases)
        cases.clock.move_to(at(12, 3))
        cases.do("resume", issue_id)
        cases.do("pause", issue_id, until=date(2026, 12, 31))
        cases.clock.move_to(at(12, 4))
        cases.do("resume", issue_id)
        assert due(cases, issue_id) == at(12, 9, 18)

    def test_a_limit_round_the_clock_goes_on_round_the_clock(self, cases):
        issue_id = cases.in_state(S.ASSIGNED, urgency="critical")
        cases.clock.move_to(at(11, 24, 11))
        cases.do("pause", issue_id)
        cases.clock.move_to(at(11, 28, 20))
        cases.do("resume", issue_id)
        assert due(cases, issue_id) == at(11, 28, 23)

    @pytest.mark.parametrize("kind", ["pause", "pool"])
    def test_the_reporter_is_called_all_the_same(self, cases, kind):
        """The first contact is due at 15:30 of the day; nothing that a case waits for keeps anybody from it."""
        issue_id, duty = cases.in_state(S.OPENED), cases[R.DUTY_OFFICER]
        before = cases.row(issue_id).first_contact_due_at
        cases.do(kind, issue_id)
        assert ledger.count(duty, "to_contact") == 1
        cases.clock.shift(7 * 3600)
        contact, completion = case_sheet(duty, issue_id).deadlines
        assert ("逾1时" in contact, "停止计算" in completion) == (True, True)
        cases.do("first_contact", issue_id)
        cases.clock.shift(5 * 86400)
        cases.do("resume", issue_id)
        assert cases.row(issue_id).first_contact_due_at == before

    def test_overdue_before_the_pause_it_stays_overdue(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.move_to(at(12, 2))
        cases.do("pause", issue_id)
        cases.clock.move_to(at(12, 4))
        cases.do("resume", issue_id)
        assert due(cases, issue_id) == DUE

    def test_a_sources_limit_does_not_wait(self, cases):
        limit = at(11, 27, 12)
        issue_id = cases.in_state(S.ASSIGNED, source="hotline", source_number="H1", source_due=limit)
        cases.do("pause", issue_id)
        cases.clock.move_to(at(12, 1))
        cases.do("resume", issue_id)
        assert due(cases, issue_id) == limit
        assert ledger.count(cases[R.DUTY_OFFICER], "overdue") == 1

    def test_it_is_at_most_sixty_days(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        with pytest.raises(Refused, match="最长60天（本单位设置），最晚2027年1月23日"):
            cases.do("pause", issue_id, until=date(2027, 1, 24))
        OfficeSetting.create(key="pause_max", value="5", valid_from="2026-01-01")
        with pytest.raises(Refused, match="最长5天"):
            cases.do("pause", issue_id, until=date(2026, 11, 30))
        cases.do("pause", issue_id, until=date(2026, 11, 29))


class TestPool:
    """挂账: what nobody can solve for now, with a date to look again."""

    def test_it_is_looked_at_again_from_its_day_on(self, cases):
        duty, issue_id = cases[R.DUTY_OFFICER], cases.in_state(S.ASSIGNED)
        cases.do("pool", issue_id, until=date(2026, 12, 20))
        assert cases.row(issue_id).look_again_on == date(2026, 12, 20)
        cases.clock.move_to(at(12, 20, 0, 0))
        assert ledger.count(duty, "set_aside_due") == 1
        cases.do("look_again", issue_id, until=date(2027, 2, 1), reason="管道还没改")
        assert ledger.count(duty, "set_aside_due") == 0
        assert cases.last(issue_id).text == "看过，下次2027年2月1日再看：管道还没改"
        with pytest.raises(Refused, match=r"最长90天.*最晚2027年3月20日"):
            cases.do("look_again", issue_id, until=date(2027, 6, 1))

    @pytest.mark.parametrize(
        ("until", "listed", "told"),
        [
            (date(2026, 12, 20), "再看12/20", "12月20日"),
            (date(2027, 2, 1), "看27/2/1", "2027年2月1日"),
        ],
    )
    def test_a_day_of_another_year_is_shown_with_its_year(self, cases, until, listed, told):
        duty, issue_id = cases[R.DUTY_OFFICER], cases.in_state(S.ASSIGNED)
        cases.do("pool", issue_id, until=until, reason="管道还没改")
        (row,) = ledger.after(duty, "set_aside", None, 9).rows
        assert row.left == listed
        assert cases.last(issue_id).text == f"挂账，再看日期{told}：管道还没改"
        assert ("再看", told) in case_sheet(duty, issue_id).facts
        cases.clock.move_to(datetime(2027, 1, 4, 10, tzinfo=CHINA))
        (row,) = ledger.after(duty, "set_aside", None, 9).rows
        assert row.left == {"再看12/20": "26/12/20", "看27/2/1": "再看2/1"}[listed]

    def test_taken_up_again_what_was_left_is_left(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.do("pool", issue_id)
        cases.clock.move_to(at(12, 3))
        cases.do("resume", issue_id)
        assert cases.row(issue_id).state is S.ASSIGNED
        assert due(cases, issue_id) == at(12, 10, 18)


class TestAsking:
    """What is asked of the chief stands in 待我定 until it is granted, refused, or overtaken."""

    @pytest.mark.parametrize(
        ("kind", "to", "look"),
        [
            ("extension", S.HANDLING, "延期至12-10"),
            ("pause", S.PAUSED, "缓办至12-10"),
            ("pool", S.POOLED, "挂账至12-10"),
        ],
    )
    def test_granting_does_what_was_asked_for(self, cases, kind, to, look):
        issue_id = cases.in_state(S.HANDLING)
        request = ask(cases, kind, issue_id, until=date(2026, 12, 10), reason="配件要等")
        (waiting,) = decisions.waiting(cases[R.AREA_CHIEF])
        assert (waiting.kind, waiting.asked, waiting.request_id) == ("request", look, request)
        assert waiting.reason == "值班员甲 11月24日 10:00：配件要等"
        done = decide(cases, request, text="同意")
        assert (done.state, cases.row(issue_id).state) == (to, to)
        row = Request.get_by_id(request)
        assert (row.state, row.decision, row.decided_by_id) == (RequestState.APPROVED, "同意", 3)
        assert decisions.waiting(cases[R.AREA_CHIEF]) == []

    def test_a_proposed_assignment_is_carried_out(self, cases):
        issue_id = cases.in_state(S.OPENED, category=str(cases.building))
        cases.do("propose_assign", issue_id, assignee="department:1", reason="清单第5条")
        (waiting,) = decisions.waiting(cases[R.AREA_CHIEF])
        assert waiting.asked == "派给社区管理办公室"
        decide(cases, waiting.request_id)
        row = cases.row(issue_id)
        assert (row.state, row.assignee_name) == (S.ASSIGNED, "社区管理办公室")

    def test_who_was_proposed_may_be_gone_when_the_chief_looks(self, cases):
        from dutydesk.models import Staff

        issue_id = cases.in_state(S.OPENED, category=str(cases.building))
        cases.do("propose_assign", issue_id, assignee="staff:4")
        Staff.update(active=False).where(Staff.id == 4).execute()
        (waiting,) = decisions.waiting(cases[R.AREA_CHIEF])
        assert waiting.asked == "派单（原定承办已变，请另派）"
        with pytest.raises(Refused, match="不在岗"):
            decide(cases, waiting.request_id)
        assert state_of(waiting.request_id) is RequestState.PENDING
        cases.do("assign", issue_id, R.AREA_CHIEF)
        assert state_of(waiting.request_id) is RequestState.WITHDRAWN

    def test_refusing_needs_a_reason_and_changes_nothing_else(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        request = ask(cases, "extension", issue_id)
        before = cases.row(issue_id)
        with pytest.raises(Refused) as refused:
            decide(cases, request, approve=False)
        assert refused.value.field == "text"
        decide(cases, request, approve=False, text="按期办")
        after = cases.row(issue_id)
        assert (after.state, after.due_at, after.version) == (S.HANDLING, before.due_at, before.version + 1)
        assert (state_of(request), cases.last(issue_id).text) == (RequestState.REFUSED, "不同意延期：按期办")
        assert cases.last(issue_id).name == "refuse"

    def test_what_was_decided_is_not_decided_again(self, cases):
        request = ask(cases, "pause", cases.in_state(S.HANDLING))
        decide(cases, request)
        with pytest.raises(Refused, match="已经同意，不用再定"):
            decide(cases, request)

    def test_the_same_is_not_asked_twice_but_another_thing_may_be(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        ask(cases, "extension", issue_id)
        with pytest.raises(Refused, match="已经申请过延期"):
            ask(cases, "extension", issue_id)
        ask(cases, "pause", issue_id)

    @pytest.mark.parametrize(
        ("act", "gone"),
        [
            ("report_done", {"extension", "pause", "pool"}),
            ("merge", {"extension", "pause", "pool"}),
            ("pass_up", set()),
            ("reassign", set()),
            ("urge", set()),
        ],
    )
    def test_it_falls_away_when_the_case_takes_a_way_on_which_it_cannot_be_granted(self, cases, act, gone):
        role = R.NEIGHBOURHOOD_OFFICER if act == "pass_up" else R.HANDLER
        issue_id = cases.in_hands(role, S.HANDLING)
        asked = {kind: ask(cases, kind, issue_id) for kind in ("extension", "pause", "pool")}
        cases.do(act, issue_id)
        withdrawn = {kind for kind, request in asked.items() if state_of(request) is RequestState.WITHDRAWN}
        assert withdrawn == gone
        assert len(decisions.waiting(cases[R.AREA_CHIEF])) == 3 - len(gone)

    def test_a_neighbourhood_taking_a_case_itself_leaves_no_proposal_behind(self, cases):
        issue_id = cases.in_state(S.OPENED, category=str(cases.building))
        cases.do("propose_assign", issue_id)
        cases.do("handle_locally", issue_id)
        assert decisions.waiting(cases[R.AREA_CHIEF]) == []

    def test_what_the_chief_does_by_hand_answers_it(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        request = ask(cases, "extension", issue_id)
        cases.do("extend", issue_id)
        row = Request.get_by_id(request)
        assert (row.state, row.decision, row.decided_by_id) == (RequestState.APPROVED, "片区长直接办理", 3)

    def test_the_chief_need_not_ask(self, cases):
        from dutydesk.models import RoleGrant
        from dutydesk.rules.signing_on import sign_on

        RoleGrant.create(staff=3, role=R.HANDLER, area=1, force="safety", valid_from="2020-01-01")
        both, issue_id = sign_on("D02"), cases.in_state(S.HANDLING)
        with pytest.raises(Refused, match="您就是片区长"):
            cases.do("ask_pause", issue_id, both)
        assert "ask_pause" not in {choice.act for choice in issue_acts.menu(both, issue_id)}

    def test_only_the_own_areas_requests_wait_for_a_chief(self, cases):
        ask(cases, "extension", cases.in_state(S.HANDLING))
        other = cases.hire("C9", R.AREA_CHIEF, area=cases.district.areas[1])
        assert decisions.waiting(other) == []
        assert decisions.waiting(cases[R.DUTY_OFFICER]) == []
        assert (decisions.count(cases[R.AREA_CHIEF]), decisions.count(other)) == (1, 0)

    def test_every_kind_is_asked_by_an_act_and_granted_by_one(self):
        from dutydesk.rules.lifecycle import GRANTED_BY
        from dutydesk.rules.pausing import ASKED

        assert set(ASKED.values()) == set(GRANTED_BY) == set(RequestKind)
