"""办件统计: each figure from what the stories say; the past stays as it was; nothing hidden, nothing counted twice."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Area, Subdistrict
from dutydesk.rules import case_tales, figures, ledger, undo
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.lifecycle import ways_from
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State
from tests.plans import heard, on_sqlite, wrong_in
from tests.rules.test_plans import big, years_on_postgresql  # noqa: F401  (fixtures)

R, S = Role, State


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=CHINA)


def counted(cases, asked: str = "month", role: Role = R.AREA_CHIEF, **more) -> dict[str, figures.Figure]:
    sheet = figures.figures(cases.district.sign_on(role), asked, **more)
    assert sheet.total is not None
    return {figure.key: figure for figure in sheet.total.figures}


def values(
    cases, asked: str = "month", role: Role = R.AREA_CHIEF
) -> dict[str, tuple[str, str, tuple[int, ...]]]:
    return {key: (each.value, each.note, each.ids) for key, each in counted(cases, asked, role).items()}


def later(cases, **span) -> None:
    cases.clock.shift(timedelta(**span))


class TestEachFigure:
    def test_what_came_in_was_opened_and_is_worked_on(self, cases):
        waiting, opened, given = cases.new(), cases.in_state(S.OPENED), cases.in_state(S.ASSIGNED)
        later(cases, seconds=1)
        found = counted(cases)
        assert found["received"].ids == found["open"].ids == (given, opened, waiting)
        assert (found["opened"].value, found["opened"].ids) == ("2件", (given, opened))
        assert found["open"].note == "期末未结的，其中待立案1件、缓办0件、挂账0件"
        assert found["closed"].value == "0件"

    def test_what_was_closed_and_what_was_solved_on_the_spot(self, cases):
        closed, spot = cases.in_state(S.CLOSED), cases.new(solved=True, on_the_spot="当场清走")
        again = cases.in_state(S.CLOSED)
        later(cases, seconds=1)
        cases.do("reopen", again)
        later(cases, seconds=1)
        found = counted(cases)
        assert found["closed"].ids == (spot, closed), "what was opened again is not closed"
        assert "其中当场解决1件" in found["closed"].note
        assert found["open"].ids == (again,)

    def test_late_is_what_runs_beyond_its_deadline_and_the_paused_stand_beside(self, cases):
        late, paused, pooled = (cases.in_state(S.ASSIGNED) for _ in range(3))
        later(cases, seconds=1)
        cases.do("pause", paused, until=date(2026, 12, 20))
        cases.do("pool", pooled, until=date(2026, 12, 20))
        cases.clock.move_to(at(12, 8))
        found = counted(cases)
        assert found["overdue"].ids == (late,)
        assert "缓办1件、挂账1件停止计算，不算在内" in found["overdue"].note
        assert (found["paused"].ids, found["pooled"].ids) == ((paused,), (pooled,))
        assert found["paused"].note == "期末仍在缓办，最长13天，平均13天；期内新缓办0次"
        assert "期内新缓办1次" in counted(cases, "2026-11-01..2026-11-30")["paused"].note

    def test_each_case_is_judged_once_where_it_was_closed_or_missed_its_deadline(self, cases):
        """Due on 1 December: closed in November in time; closed in December too late; still open."""
        well, badly, still = (cases.in_state(S.HANDLING) for _ in range(3))
        finish = ("report_done", "pass_check", "feedback", "close")
        later(cases, days=2)
        for act in finish:
            cases.do(act, well)
        cases.clock.move_to(at(12, 3))
        for act in finish:
            cases.do(act, badly)
        cases.clock.move_to(at(12, 31))
        assert (counted(cases)["in_time"].value, counted(cases)["in_time"].ids) == ("0.0%", (still, badly))
        november = counted(cases, "2026-11-01..2026-11-30")["in_time"]
        assert (november.value, november.ids) == ("100.0%", ())
        assert november.note.startswith("期内按期销项1÷（它们＋期内到期没按期销项的）1；缓办、挂账不算")
        cases.clock.move_to(datetime(2027, 1, 5, 10, 0, tzinfo=CHINA))
        assert counted(cases)["in_time"].value == "—", "what was missed in December is not missed again"

    def test_extensions_returns_and_rework_are_counted_as_often_as_they_happened(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        for day in (3, 4):
            later(cases, minutes=1)
            cases.do("extend", issue_id, until=date(2026, 12, day))
        cases.do("send_back", issue_id, R.HANDLER)
        for act in ("assign", "take_up", "report_done", "fail_check", "report_done", "pass_check", "rework"):
            cases.do(act, issue_id)
        later(cases, seconds=1)
        found = counted(cases)
        assert [found[key].value for key in ("extended", "sent_back", "reworked")] == [
            "2次/1件",
            "1次/1件",
            "2次/1件",
        ]
        assert all(found[key].ids == (issue_id,) for key in ("extended", "sent_back", "reworked"))

    def test_an_extension_by_the_source_counts_and_one_only_asked_for_does_not(self, cases):
        hotline = cases.for_act("source_extension", S.ASSIGNED)
        cases.do("source_extension", hotline)
        cases.do("ask_extension", cases.in_state(S.ASSIGNED))
        later(cases, seconds=1)
        assert counted(cases)["extended"].ids == (hotline,)

    def test_who_said_how_satisfied(self, cases):
        glad, cross, silent = (cases.in_state(S.FEEDBACK) for _ in range(3))
        cases.do("feedback", glad)
        cases.do("feedback", cross, satisfied="no")
        cases.do(
            "feedback",
            silent,
            told_how=None,
            told=None,
            satisfied=None,
            no_feedback_reason="已搬走，对方满意",
        )
        later(cases, seconds=1)
        found = counted(cases)["satisfied"]
        assert (found.value, found.short, found.ids, found.listed) == ("50.0%", "50%", (cross,), "不满意")

    def test_nothing_happened(self, cases):
        found = counted(cases)
        assert {each.value for each in found.values()} == {"0件", "0次/0件", "—"}

    def test_what_was_taken_back_never_was(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        chief = cases[R.AREA_CHIEF]
        for act in ("extend", "pause"):
            later(cases, minutes=1)
            cases.do(act, issue_id)
            undo.undo(chief, undo.last(chief).act_id, str(uuid4()))
        later(cases, minutes=1)
        found = counted(cases)
        assert (found["extended"].value, found["paused"].value) == ("0次/0件", "0件")
        assert "期内新缓办0次" in found["paused"].note


class TestThePast:
    def test_last_month_says_what_this_month_said_on_its_last_day(self, cases):
        issue_id, paused, extended = (cases.in_state(S.HANDLING) for _ in range(3))
        cases.clock.move_to(at(11, 27))
        cases.do("pause", paused, until=date(2026, 12, 20))
        late = cases.in_state(S.ASSIGNED, urgency="critical")
        cases.clock.move_to(at(11, 30, 23))
        november = values(cases)
        assert november["overdue"][2] == (late,)
        cases.clock.move_to(at(12, 1))
        cases.do("extend", late, until=date(2026, 12, 10))
        cases.do("extend", extended, until=date(2026, 12, 10))
        for act in ("report_done", "pass_check", "feedback", "close"):
            cases.do(act, issue_id)
        cases.clock.move_to(at(12, 9))
        cases.do("resume", paused)
        cases.new()
        assert {key: each[2] for key, each in values(cases, "last_month").items()} == {
            key: each[2] for key, each in november.items()
        }
        assert counted(cases)["overdue"].ids == ()

    def test_an_extension_that_was_taken_back_moves_no_deadline_of_then(self, cases):
        issue_id, chief = cases.in_state(S.ASSIGNED, urgency="critical"), cases[R.AREA_CHIEF]
        later(cases, minutes=1)
        cases.do("extend", issue_id, until=date(2026, 12, 4))
        later(cases, minutes=1)
        undo.undo(chief, undo.last(chief).act_id, str(uuid4()))
        cases.clock.move_to(at(12, 1))
        assert counted(cases, "last_month")["overdue"].ids == (issue_id,)
        cases.do("extend", issue_id, until=date(2026, 12, 8))
        assert counted(cases, "last_month")["overdue"].ids == (issue_id,)
        assert counted(cases)["overdue"].ids == ()

    @pytest.mark.parametrize("seed", range(4))
    def test_whatever_happens_afterwards(self, cases, seed):
        """Random acts over two months, some taken back; the ledger agrees with the figures of now."""
        rng = random.Random(seed)
        ids = [
            cases.new(source=rng.choice(["caller", "patrol"]), urgency=rng.choice(["normal", "critical"]))
            for _ in range(6)
        ]
        self.muddle(cases, rng, ids)
        assert datetime.now(CHINA) < at(12, 1)
        cases.clock.move_to(datetime(2026, 11, 30, 23, 59, 59, tzinfo=CHINA))
        november = values(cases)
        duty = cases.district.sign_on(R.DUTY_OFFICER)
        for key, view in (("overdue", "overdue"), ("open", "open")):
            assert sorted(november[key][2]) == sorted(ledger.ids(duty, view, 99)), key
        cases.clock.move_to(at(12, 1))
        self.muddle(cases, rng, ids)
        later(cases, days=2)
        then = values(cases, "last_month")
        differs = {key: (november[key], then[key]) for key in then if november[key] != then[key]}
        assert differs == {}

    def muddle(self, cases, rng, ids) -> None:
        for _ in range(50):
            issue_id = rng.choice(ids)
            ways = [way for way in ways_from(cases.row(issue_id).state) if way.act != "recategorise"]
            way, act_id = rng.choice(ways), str(uuid4())
            session = cases.district.sign_on(rng.choice(sorted(way.who)))
            fields = {"target": cases.row(rng.choice(ids)).number} if way.act == "merge" else {}
            try:
                cases.do(way.act, issue_id, session, act_id=act_id, **fields)
            except Refused:
                continue
            later(cases, minutes=rng.randint(1, 90))
            if rng.random() < 0.2 and undo.last(session) is not None:
                undo.undo(session, act_id, str(uuid4()))
                later(cases, minutes=1)


class TestPeriods:
    @pytest.mark.parametrize(
        ("asked", "first", "last", "words"),
        [
            ("today", (2026, 11, 24), (2026, 11, 24), "11月24日"),
            ("week", (2026, 11, 23), (2026, 11, 24), "11月23日至11月24日"),
            ("month", (2026, 11, 1), (2026, 11, 24), "11月1日至11月24日"),
            ("last_month", (2026, 10, 1), (2026, 10, 31), "10月1日至10月31日"),
            ("7", (2026, 11, 18), (2026, 11, 24), "11月18日至11月24日"),
            ("2025-12-01..2026-11-30", (2025, 12, 1), (2026, 11, 24), "2025年12月1日至11月24日"),
        ],
    )
    def test_each_means_whole_days_up_to_today(self, clock, asked, first, last, words):
        found = case_tales.period(asked)
        assert (found.first, found.last, found.words) == (date(*first), date(*last), words)
        assert found.ends <= datetime.now(CHINA)
        assert found.goes_on is (asked != "last_month")

    @pytest.mark.parametrize(
        "asked", ["", "0", "1000", "²", "2026-11-25..2026-11-26", "2026-11-02..2026-11-01", "a..b", "x"]
    )
    def test_what_is_none_or_lies_ahead_is_refused(self, clock, asked):
        with pytest.raises(Refused) as refused:
            case_tales.period(asked)
        assert refused.value.field == "period"


class TestWhose:
    def test_each_sees_what_is_in_scope(self, cases):
        other = cases.district.areas[1]
        elsewhere = cases.hire("Z1", R.DUTY_OFFICER, area=other)
        here, there = cases.new(), cases.new(elsewhere, unit=str(cases.district.units[3]))
        later(cases, seconds=1)
        assert counted(cases)["received"].ids == (here,)
        for role in (R.COORDINATOR, R.DISTRICT_COORDINATOR, R.SUPERVISOR):
            assert counted(cases, role=role)["received"].ids == (there, here)
            assert counted(cases, role=role, place=f"area:{other}")["received"].ids == (there,)
            assert counted(cases, role=role, by="area")["received"].ids == (there, here)

    @pytest.mark.parametrize(
        "role", sorted({*Role} - {R.AREA_CHIEF, R.COORDINATOR, R.DISTRICT_COORDINATOR, R.SUPERVISOR})
    )
    def test_others_do_not_see_them(self, cases, role):
        with pytest.raises(NotAllowed, match="不能看办件统计"):
            figures.figures(cases[role])

    @pytest.mark.parametrize("place", ["area:2", "area:99", "subdistrict:9", "unit:1", "area:", "x"])
    def test_a_place_outside_is_refused(self, cases, place):
        with pytest.raises(Refused, match="不在您的范围内") as refused:
            figures.figures(cases[R.AREA_CHIEF], place=place)
        assert refused.value.field == "place"

    def test_places_to_choose_from(self, cases):
        assert [name for _, name in figures.places(cases[R.AREA_CHIEF])] == ["康健一片区"]
        town = Subdistrict.create(district=1, code="310104999", name="别处街道", short_name="别处")
        Area.create(subdistrict=town, code="BC01", name="别处片区", valid_from="2020-01-01")
        assert [name for _, name in figures.places(cases[R.COORDINATOR])] == ["康健一片区", "康健二片区"]
        named = [name for _, name in figures.places(cases[R.DISTRICT_COORDINATOR])]
        assert named == ["康健新村街道", "别处街道"]


@pytest.mark.parametrize("by", sorted(figures.BREAKDOWNS))
def test_the_lines_of_a_breakdown_add_up(cases, by):
    for category in (cases.fire, cases.fire, cases.rubbish):
        cases.in_state(S.OPENED, category=str(category))
    later(cases, seconds=1)
    sheet = figures.figures(cases[R.AREA_CHIEF], by=by)
    for place, whole in enumerate(sheet.total.figures):
        parts = [issue_id for group in sheet.groups for issue_id in group.figures[place].ids]
        assert sorted(parts, reverse=True) == list(whole.ids), whole.name
    expected = {
        "area": ["康健一片区"],
        "category": ["楼道堆物", "垃圾满溢"],
        "force": ["公共安全", "公共管理"],
    }
    assert [group.name for group in sheet.groups] == expected[by]


def test_a_figure_opens_its_very_cases_in_the_ledger(cases):
    for state in (S.OPENED, S.PAUSED, S.CLOSED, S.VOID):
        cases.in_state(state)
    later(cases, seconds=1)
    chief = cases[R.AREA_CHIEF]
    for figure in counted(cases).values():
        if figure.ids:
            question = Question("all", Filters(cases=",".join(map(str, figure.ids))))
            assert tuple(ledger.ids(chief, question, 99)) == figure.ids
            assert ledger.ids(cases.district.elsewhere, question, 99) == [], "no way around one's scope"


def test_too_many_to_look_at_are_not_counted_and_it_says_so(cases, monkeypatch):
    for _ in range(3):
        cases.new()
    later(cases, seconds=1)
    monkeypatch.setattr(case_tales, "LOOKED_AT", 3)
    sheet = figures.figures(cases[R.AREA_CHIEF], by="category")
    assert (sheet.total, sheet.groups, sheet.narrow) == (None, (), figures.NARROW)
    monkeypatch.setattr(case_tales, "LOOKED_AT", 4)
    assert counted(cases)["received"].value == "3件"


def test_no_figure_reads_a_big_table_through_or_sorts_it(big):  # noqa: F811
    """However many cases there are, those of the period come from each area's index, their stories by case."""
    for asked in ("today", "2026-11-01..2026-11-20"):
        with heard() as queries:
            sheet = figures.figures(big.sessions[R.AREA_CHIEF], asked)
        assert sheet.total is not None and sheet.total.figures[3].ids
        wrong = [line for line in wrong_in(queries, set()) if on_sqlite() or "Seq Scan" in line]
        assert wrong == []
