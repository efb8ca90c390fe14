"""Nothing outside the scope shows, not in a total either: each exit answers the same before and after things happen there.

The exits are all by which a case leaves the rules: lists, counts, search, exports, figures, news, duties' pages,
letters, meetings, handover, audit. The same exits change for those within whose scope it happens: the test can fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dutydesk.models import Area, Department, Request, Staff, Subdistrict, Unit, UnitArea
from dutydesk.rules import (
    answer_sheets,
    audit_reading,
    case,
    decisions,
    exporting,
    figures,
    finding,
    first_contact,
    handover_page,
    intake,
    issue_acts,
    ledger,
    patrol,
    search,
    shift_board,
    shift_export,
    team_seats,
    today,
    triage_queue,
    undo,
    views,
)
from dutydesk.rules.audit_reading import Asked
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.letters import balance, liaison, tables
from dutydesk.rules.letters import export as letter_export
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.meetings import export as meeting_export
from dutydesk.rules.meetings import listing as meeting_list
from dutydesk.rules.meetings import series
from dutydesk.rules.questions import Question
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.team_seats import Place
from dutydesk.session import Session
from dutydesk.vocabulary import DepartmentKind, Force, Role, SeatKind, State
from tests.rules.conftest import NOW, SINCE, Cases
from tests.rules.letters.conftest import Letters
from tests.rules.meetings.conftest import Meetings

R = Role
AREA_BOUND = (R.DUTY_OFFICER, R.NEIGHBOURHOOD_OFFICER, R.AREA_CHIEF, R.HANDLER, R.LIAISON, R.DEPARTMENT_HEAD)
TOWN_BOUND = (R.COORDINATOR, R.SIGNATORY)
NO_CASES = (R.AUDITOR, R.ADMINISTRATOR)
WORDS = ("楼道", "旧家具", "2026-000001", "外面", "写明的note", "13900008888")
EARLIER = NOW - timedelta(days=2)


def _sheet(session: Session) -> Any:
    made = exporting.sheet(session, Question("all"))
    return made.title, made.total, list(made.rows)


def _answers(session: Session) -> Any:
    return list(answer_sheets.sheet(session, answer_sheets.source_called("hotline"), SINCE).rows)


def _search(session: Session) -> Any:
    return [
        search.page(session, words, open_only=only, edge=None, forward=True, count=50)
        for words in WORDS
        for only in (True, False)
    ]


def _found(session: Session) -> Any:
    return [ledger.after(session, Question("all", words=words), None, 50) for words in WORDS]


def _views(session: Session) -> Any:
    counted = {view: ledger.count(session, view) for view in views.VIEWS}
    return counted, {view: ledger.after(session, view, None, 50) for view in views.VIEWS}


EXITS: dict[str, Callable[[Session], Any]] = {
    "lists and their counts": _views,
    "new since": lambda s: ledger.new_since(s, EARLIER),
    "new above": lambda s: ledger.new_above(s, "all", 0),
    "search": _search,
    "search on the list": _found,
    "why nothing was found": lambda s: [search.explain(s, words) for words in WORDS],
    "export, records": lambda s: list(exporting.issues(s)),
    "export, what was found": lambda s: list(exporting.issues(s, Question("all", words="旧家具"))),
    "export, sheet": _sheet,
    "answers to a source": _answers,
    "figures": lambda s: figures.figures(s),
    "figures by area": lambda s: figures.figures(s, by="area"),
    "figures by category": lambda s: figures.figures(s, by="category"),
    "figures by force": lambda s: figures.figures(s, by="force"),
    "news": lambda s: today.today_sheet(s, EARLIER),
    "waiting for the chief": lambda s: (decisions.waiting(s), decisions.count(s)),
    "entered for me": lambda s: decisions.proxies_to_answer(s),
    "triage": lambda s: (triage_queue.remaining(s), triage_queue.cards(s, count=9)),
    "first contact": lambda s: (first_contact.remaining(s), first_contact.cards(s, count=9)),
    "letters": lambda s: [tables.letters(s, view) for view, _name in tables.VIEWS],
    "letters counted": lambda s: (tables.counts(s), tables.waiting(s)),
    "letters taken out": lambda s: list(letter_export.records(s)),
    "letters in balance": lambda s: balance.balance(s, date(2026, 1, 1), date(2026, 12, 31)),
    "letters for a department": lambda s: liaison.for_department(s),
    "meetings": lambda s: meeting_list.board(s),
    "meetings taken out": lambda s: list(meeting_export.meetings(s)),
    "shifts taken out": lambda s: list(shift_export.shifts(s)),
    "handover": lambda s: handover_page.page(s),
    "handovers": lambda s: handover_page.latest(s),
    "shift board": lambda s: shift_board.board(s),
    "patrols left": lambda s: patrol.left_undone(s),
    "to take back": lambda s: undo.last(s),
    "audit": lambda s: audit_reading.after(s, Asked(), None, 99),
    "audit taken out": lambda s: list(audit_reading.records(s, Asked())),
}


def told(clock: Any, session: Session) -> dict[str, Any]:
    """What each exit tells this person a second later; a refusal is told by its words."""
    found = {}
    clock.shift(timedelta(seconds=1))
    for name, way in EXITS.items():
        try:
            found[name] = repr(way(session))
        except Refused as refused:
            found[name] = f"refused: {refused}"
    clock.shift(timedelta(seconds=-1))
    return found


def changes(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in EXITS if before[name] != after[name]}


@pytest.fixture
def beside(cases):
    """The other area of the same subdistrict, with people of its own."""
    district, area = cases.district, cases.district.areas[1]
    sessions = {
        R.DUTY_OFFICER: district.elsewhere,
        R.AREA_CHIEF: cases.hire("B1", R.AREA_CHIEF, area=area, subdistrict=district.subdistrict),
        R.NEIGHBOURHOOD_OFFICER: cases.hire("B2", R.NEIGHBOURHOOD_OFFICER, unit=district.units[3]),
        R.HANDLER: cases.hire("B3", R.HANDLER, area=area, force=Force.SAFETY),
    }
    return _there(cases, district.units[3:], area, district.subdistrict, sessions)


@pytest.fixture
def far(cases):
    """Another subdistrict, with an area, units and people of its own."""
    town = Subdistrict.create(district=1, code="310104099", name="别处街道", short_name="别处")
    area = Area.create(subdistrict=town, code="BC01", name="别处片区", demo=True, valid_from=SINCE)
    units = [
        Unit.create(subdistrict=town, code=f"BC{n}", name=f"别处{n}村", kind="residential") for n in (1, 2)
    ]
    for unit in units:
        UnitArea.create(unit=unit, area=area, valid_from=SINCE)
    scopes: dict[Role, dict[str, Any]] = {
        R.DUTY_OFFICER: {"area": area, "subdistrict": town}, R.AREA_CHIEF: {"area": area, "subdistrict": town},
        R.NEIGHBOURHOOD_OFFICER: {"unit": units[0]}, R.HANDLER: {"area": area, "force": Force.SAFETY},
        R.COORDINATOR: {"subdistrict": town}, R.SIGNATORY: {"subdistrict": town},
    }  # fmt: skip
    sessions = {
        role: cases.hire(f"F{place}", role, **scope) for place, (role, scope) in enumerate(scopes.items())
    }
    there = _there(cases, [unit.id for unit in units], area.id, town.id, sessions)
    office = Department.create(
        subdistrict=town, code="BCGLB", name="别处管理办公室", kind=DepartmentKind.OFFICE
    )
    there.district.departments = [office.id, cases.district.departments[1]]
    return there


def _there(cases, units, area, town, sessions) -> Cases:
    district = replace(
        cases.district, units=list(units), areas=[area, *cases.district.areas], subdistrict=town,
        sessions=cases.district.sessions | sessions,
    )  # fmt: skip
    return Cases(district, cases.clock)


def happens(there: Cases) -> None:
    """A case in every state, requests, a hotline case, a letter, a meeting, a patrol: in that place."""
    for state in State:
        there.in_state(state, summary="外面的楼道堆放旧家具", reporter_phone="13900008888")
    waiting = there.in_hands(R.HANDLER, State.ASSIGNED)
    there.do("ask_extension", waiting)
    there.do("note", waiting)
    there.new(source="hotline", source_number="XH-77", source_due=NOW + timedelta(days=3))
    there.new(strongly_felt=True, beyond_neighbourhood=True, urgency="critical")
    meetings = Meetings(there)
    meetings.area = there.district.areas[0]
    meetings.new()
    there.do("send_back", there.in_hands(R.HANDLER, State.ASSIGNED), R.HANDLER)
    patrol.prepare(there[R.DUTY_OFFICER], NOW.date(), str(uuid4()))


def a_letter(there: Cases) -> None:
    """A letter to the departments: it concerns them, wherever it comes from, once it is out."""
    Letters(there).draft()


@pytest.fixture
def own(cases):
    """Something of the own place for every exit."""
    for state in (State.REPORTED, State.ASSIGNED, State.REVIEW, State.CLOSED):
        cases.in_state(state)
    cases.in_hands(R.LIAISON, State.ASSIGNED)
    cases.in_hands(R.DEPARTMENT_HEAD, State.ASSIGNED)
    return cases


class TestWhatHappensOutside:
    """Changes no exit of those who are bound to another place."""

    def test_in_the_other_area(self, own, beside):
        before = {role: told(own.clock, own[role]) for role in (*AREA_BOUND, *TOWN_BOUND, R.SUPERVISOR)}
        happens(beside)
        a_letter(beside)
        for role in AREA_BOUND:
            assert changes(before[role], told(own.clock, own[role])) == set(), role
        for role in (*TOWN_BOUND, R.SUPERVISOR):
            assert {"lists and their counts", "search", "news"} <= changes(
                before[role], told(own.clock, own[role])
            ), role

    def test_in_another_subdistrict(self, own, far):
        bound = (*AREA_BOUND, *TOWN_BOUND)
        before = {role: told(own.clock, own[role]) for role in (*bound, R.SUPERVISOR, R.DISTRICT_COORDINATOR)}
        happens(far)
        a_letter(far)
        for role in bound:
            assert changes(before[role], told(own.clock, own[role])) == set(), role
        for role in (R.SUPERVISOR, R.DISTRICT_COORDINATOR):
            assert {"lists and their counts", "search", "figures"} <= changes(
                before[role], told(own.clock, own[role])
            ), role

    def test_whoever_has_no_cases_sees_them_nowhere_but_in_the_audit(self, own, beside):
        before = {role: told(own.clock, own[role]) for role in NO_CASES}
        happens(beside)
        for role in NO_CASES:
            assert changes(before[role], told(own.clock, own[role])) == {"audit", "audit taken out"}, role

    def test_those_of_the_place_see_it(self, own, beside):
        """The exits are open: what is told changes for the people there, in nearly all of them."""
        before = {role: told(own.clock, beside[role]) for role in (R.DUTY_OFFICER, R.AREA_CHIEF)}
        happens(beside)
        a_letter(beside)
        seen = set().union(*(changes(before[role], told(own.clock, beside[role])) for role in before))
        asleep = {"entered for me", "audit", "audit taken out", "shifts taken out", "handovers", "to take back",
                  "letters for a department", "letters in balance", "why nothing was found", "handover",
                  "shift board", "patrols left", "answers to a source"}  # fmt: skip
        assert set(EXITS) - seen <= asleep


class TestADatedRole:
    """Who stands in for a chief for two weeks sees the place for two weeks, through each exit, and no day longer."""

    FIRST, LAST = date(2026, 12, 1), date(2026, 12, 14)

    def test_two_weeks(self, own, beside, keeper):
        deputy = Staff.get(Staff.number == "D99")
        place = Place(own.district.areas[0], SeatKind.CHIEF)
        team_seats.stand_in(keeper, place, deputy.id, self.FIRST, self.LAST, str(uuid4()))
        seen = {}
        for day in (self.FIRST - timedelta(days=1), self.FIRST, self.LAST, self.LAST + timedelta(days=1)):
            own.clock.move_to(NOW.replace(year=day.year, month=day.month, day=day.day))
            session = sign_on("D99")
            before = told(own.clock, session)
            inner = own.hire(f"T{day:%m%d}", R.DUTY_OFFICER, area=own.district.areas[0])
            own.new(inner, summary="里面的楼道堆放旧家具")
            seen[day] = changes(before, told(own.clock, session))
            assert (R.AREA_CHIEF in session.roles) == (self.FIRST <= day <= self.LAST)
        outside, first, last, after = seen.values()
        assert outside == after == set()
        assert {"lists and their counts", "search", "figures", "export, records", "news"} <= first & last


def test_one_case_by_its_number_or_id_is_nothing_to_a_stranger(own, beside):
    """Its page, its reveal, its acts, its people: each is refused without a word about how it stands."""
    issue_id = beside.in_state(State.REVIEW, summary="外面的楼道堆放旧家具")
    row = beside.row(issue_id)
    for role in (*AREA_BOUND, *NO_CASES):
        session = own[role]
        for look in (
            lambda s: case.case_sheet(s, issue_id),
            lambda s: case.reveal(s, issue_id, "首次联系反映人", str(uuid4())),
            lambda s: finding.assignees(s, issue_id, ""),
            lambda s: intake.add_to_existing(s, issue_id, {}, str(uuid4())),
        ):
            with pytest.raises(Refused) as refused:
                look(session)
            assert row.state.label not in str(refused.value) and row.summary not in str(refused.value)
        assert search.page(session, row.number, open_only=False, edge=None, forward=True, count=9) == []


def test_each_role_and_act_is_refused_outside_the_scope(own, far):
    """Every cell: the same acts on cases of another subdistrict, by each role bound to this one, write nothing."""
    everywhere = {state: far.in_state(state) for state in State}
    asked_for = far.in_hands(R.HANDLER, State.ASSIGNED)
    far.do("ask_extension", asked_for)
    request = Request.get(Request.issue == asked_for)
    tried = {
        act: everywhere[next(state for state in State if state in way.frm)] for act, way in BY_ACT.items()
    }
    filled = {act: far.filled(act) for act in BY_ACT}
    written = far.written()
    for role in (*AREA_BOUND, *TOWN_BOUND, *NO_CASES):
        session = own[role]
        for act, issue_id in tried.items():
            with pytest.raises(NotAllowed):
                far.do(act, issue_id, session, **filled[act])
                pytest.fail(f"{role}: {act}")
        for other in (
            lambda s: far.new(s),
            lambda s: issue_acts.decide(s, request.id, True, "", str(uuid4())),
            lambda s: case.reveal(s, asked_for, "首次联系反映人", str(uuid4())),
            lambda s: far.do("take_up", asked_for, s, proxy=far.told_by(R.HANDLER)),
            lambda s: series.extra(s, far.district.areas[0], {}, str(uuid4())),
        ):
            with pytest.raises(NotAllowed):
                other(session)
        assert far.written() == written, role
