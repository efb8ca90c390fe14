"""Roles and scopes: every cell of role × act through the rules, and nothing out of scope in any list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Area, Issue, RoleGrant, Staff, Subdistrict, Unit, UnitArea
from dutydesk.rules import (
    case,
    exporting,
    finding,
    intake,
    issue_acts,
    ledger,
    patrol,
    permission,
    signing_on,
    today,
)
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.lifecycle import BY_ACT, DOERS
from dutydesk.rules.permission import MAY
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State
HANDS = DOERS | {R.DEPARTMENT_HEAD}
AREA_BOUND = (R.DUTY_OFFICER, R.NEIGHBOURHOOD_OFFICER, R.AREA_CHIEF, R.HANDLER, R.LIAISON, R.DEPARTMENT_HEAD)
ALLOWED = [
    pytest.param(act, role, id=f"{act}-{role.value}")
    for act, roles in MAY.items()
    for role in Role
    if role in roles
]


def usual_state(act: str, role: Role) -> State:
    """A state from which an act is done; with somebody, where that is possible."""
    frm = BY_ACT[act].frm
    if role in HANDS and S.ASSIGNED in frm:
        return S.ASSIGNED
    return next(state for state in State if state in frm)


def for_whom(cases, act: str, role: Role) -> int:
    """A case on which this role may do this act, all else being as it should."""
    state = usual_state(act, role)
    if act == "sample_check" and role is R.DUTY_OFFICER:
        return cases.new(
            cases[R.AREA_CHIEF], category=str(cases.rubbish), solved=True, on_the_spot="当场清走"
        )
    if role in HANDS and state in (S.ASSIGNED, S.HANDLING):
        return cases.in_hands(role, state)
    return cases.for_act(act, state)


def beside_the_ways(cases, act: str, session, issue_id: int, request_id: int) -> object:
    """Do one of the acts that are no way of the life cycle."""
    if act == "register":
        return cases.new(session)
    if act == "patrol":
        return patrol.prepare(session, session.day, str(uuid4()))
    if act == "decide":
        return issue_acts.decide(session, request_id, True, "", str(uuid4()))
    if act == "enter_for_others":
        return cases.do("take_up", issue_id, session, proxy=cases.told_by(R.HANDLER))
    if act == "read":
        return case.case_sheet(session, issue_id)
    if act == "reveal":
        return case.reveal(session, issue_id, "首次联系反映人", str(uuid4()))
    if act == "export":
        return list(exporting.issues(session))
    if not permission.may_at_all(session, act):  # no rule of this stage does it; the table alone answers
        raise NotAllowed(act)
    return None


def asked(cases) -> int:
    issue_id = cases.in_hands(R.HANDLER, S.ASSIGNED)
    cases.do("ask_extension", issue_id)
    return 1


@pytest.mark.parametrize(("act", "role"), ALLOWED)
def test_who_may_does_it_in_scope(cases, act, role):
    if act in BY_ACT:
        issue_id = for_whom(cases, act, role)
        assert cases.do(act, issue_id, role).issue_id == issue_id
        assert cases.last(issue_id).staff_id == cases[role].staff_id
        return
    cases.district.add_route()
    request_id = asked(cases)
    hands = role if role in HANDS else R.HANDLER
    beside_the_ways(cases, act, cases[role], cases.in_hands(hands, S.ASSIGNED), request_id)


def for_each_act(cases) -> dict[str, tuple[int, dict]]:
    """A case from which each act leads on, and the act's fields; whether somebody may comes before all conditions."""
    everywhere = {state: cases.in_state(state) for state in State}
    start = {act: next(state for state in State if state in way.frm) for act, way in BY_ACT.items()}
    return {act: (everywhere[start[act]], cases.filled(act)) for act in BY_ACT}


def test_nobody_else_may_and_nothing_is_written(cases):
    cases.district.add_route()
    request_id, with_handler = asked(cases), cases.in_hands(R.HANDLER, S.ASSIGNED)
    ready = for_each_act(cases)
    written = cases.written()
    for act, roles in MAY.items():
        for role in set(Role) - roles:
            with pytest.raises(NotAllowed):
                if act in BY_ACT:
                    issue_id, fields = ready[act]
                    cases.do(act, issue_id, role, **fields)
                else:
                    beside_the_ways(cases, act, cases[role], with_handler, request_id)
            assert cases.written() == written, (act, role)


def test_nobody_may_outside_the_own_area_unit_or_department(cases):
    """The same cases at the other area's unit, with other hands, are nothing to those bound to this one."""
    ready = for_each_act(cases)
    Issue.update(
        unit=cases.district.units[3], area=cases.district.areas[1],
        assignee_kind="department", assignee_key="999", handler=None,
    ).execute()  # fmt: skip
    written = cases.written()
    for act, (issue_id, fields) in ready.items():
        for role in AREA_BOUND:
            with pytest.raises(NotAllowed):
                cases.do(act, issue_id, role, **fields)
        assert cases.written() == written, act


def test_a_neighbourhood_officer_has_the_own_unit_only(cases):
    officer = cases[R.NEIGHBOURHOOD_OFFICER]
    next_door = str(cases.district.units[1])
    with pytest.raises(NotAllowed, match="职责范围") as refused:
        cases.new(officer, unit=next_door)
    assert refused.value.field == "unit"
    issue_id = cases.new(unit=next_door)
    with pytest.raises(NotAllowed):
        cases.do("solve_on_spot", issue_id, officer)
    assert cases.new(officer)


def test_nobody_registers_in_another_area(cases):
    for role in (R.DUTY_OFFICER, R.AREA_CHIEF, R.NEIGHBOURHOOD_OFFICER):
        with pytest.raises(NotAllowed):
            cases.new(cases[role], unit=str(cases.district.units[3]))
    assert cases.new(cases.district.elsewhere, unit=str(cases.district.units[3]))


def test_a_coordinator_of_another_subdistrict_has_nothing_here(cases):
    town = Subdistrict.create(district=1, code="310104099", name="别处街道", short_name="别处")
    stranger = cases.hire("C1", R.COORDINATOR, subdistrict=town.id)
    issue_id = cases.in_state(S.REVIEW)
    with pytest.raises(NotAllowed):
        cases.do("pass_check", issue_id, stranger)
    with pytest.raises(NotAllowed):
        case.case_sheet(stranger, issue_id)
    assert ledger.count(stranger, "all") == 0


def test_a_stranger_does_not_learn_how_a_case_stands(cases):
    """Not even by an old version: whether somebody may comes first."""
    issue_id = cases.in_state(S.ASSIGNED)
    with pytest.raises(NotAllowed) as refused:
        cases.do("note", issue_id, cases.district.elsewhere, version=1)
    assert "待处置" not in refused.value.message


def test_several_roles_each_reach_their_own_cases(cases):
    staff = Staff.get(Staff.number == "D99")
    RoleGrant.create(staff=staff, role=R.HANDLER, area=1, force="safety", valid_from=date(2020, 1, 1))
    both = signing_on.sign_on("D99")
    here, there = cases.in_state(S.ASSIGNED), cases.new(both, unit=str(cases.district.units[3]))
    assert cases.do("take_up", here, both).state is S.HANDLING
    assert cases.do("open", there, both).state is S.OPENED
    with pytest.raises(NotAllowed):  # a handler here is no duty officer here
        cases.do("reassign", here, both)
    assert {choice.act for choice in issue_acts.menu(both, here)}.isdisjoint({"reassign", "merge", "urge"})


class TestDates:
    """Roles are dated: a stand-in for two weeks begins and ends."""

    def test_a_stand_in_for_two_weeks_begins_and_ends(self, cases):
        first, last = date(2026, 12, 1), date(2026, 12, 14)
        Staff.create(number="S1", name="代班甲")
        RoleGrant.create(
            staff=Staff.get(Staff.number == "S1"),
            role=R.DUTY_OFFICER,
            area=1,
            valid_from=first,
            valid_to=last,
        )
        issue_id = cases.new()
        for day, there in ((30, False), (1, True), (14, True), (15, False)):
            month = 11 if day == 30 else 12
            cases.clock.move_to(datetime(2026, month, day, 23, 59, tzinfo=CHINA))
            if not there:
                with pytest.raises(NotAllowed, match="没有任何岗位"):
                    signing_on.sign_on("S1")
            else:
                cases.do("note", issue_id, signing_on.sign_on("S1"))

    def test_the_day_is_shanghais(self, cases):
        """At 2 in the morning of the first day it is still the day before in UTC."""
        hired = date(2026, 12, 1)
        cases.clock.move_to(datetime(2026, 12, 1, 0, 30, tzinfo=CHINA))
        assert cases.hire("S2", R.SUPERVISOR, since=hired).day == hired

    def test_who_left_or_never_came_is_told_so(self, cases):
        Staff.update(active=False).where(Staff.number == "D99").execute()
        with pytest.raises(NotAllowed, match="没有工号为 D99 的在岗人员"):
            signing_on.sign_on("D99")
        with pytest.raises(NotAllowed, match="没有工号为 X"):
            signing_on.sign_on("X")
        with pytest.raises(NotAllowed, match="请说明您是谁"):
            signing_on.sign_on(None)

    def test_a_role_that_is_over_is_not_listed(self, cases):
        yesterday = datetime.now(CHINA).date() - timedelta(days=1)
        RoleGrant.update(valid_to=yesterday).where(RoleGrant.role == R.SUPERVISOR).execute()
        assert R.SUPERVISOR.value not in {record["role"] for record in exporting.staff()}
        assert list(exporting.staff(R.SUPERVISOR)) == []
        assert [record["number"] for record in exporting.staff(R.AREA_CHIEF)] == ["D02"]

    def test_only_who_handles_today_can_be_given_a_case(self, cases):
        issue_id = cases.in_state(S.OPENED)
        auditor = cases[R.AUDITOR].staff_id
        with pytest.raises(Refused, match="不是处置人员") as refused:
            cases.do("assign", issue_id, assignee=f"staff:{auditor}")
        assert refused.value.field == "assignee"
        cases.do("assign", issue_id, assignee=f"staff:{cases[R.HANDLER].staff_id}")
        cases.do("take_up", issue_id, R.HANDLER)


@pytest.fixture
def spread(cases):
    """Six cases, over both areas and all kinds of hands, by name."""
    office, bureau = cases.district.departments
    here, beside, there = (str(cases.district.units[place]) for place in (0, 1, 3))
    named = {"plain": cases.new(unit=here), "force": cases.new(unit=beside), "office": cases.new(unit=here)}
    for name in ("force there", "bureau", "person"):
        named[name] = cases.new(cases.district.elsewhere, unit=there)
    assignees = {
        "force": "force:safety",
        "office": f"department:{office}",
        "force there": "force:safety",
        "bureau": f"department:{bureau}",
        "person": f"staff:{cases[R.HANDLER].staff_id}",
    }
    for name, assignee in assignees.items():
        doer = cases.district.elsewhere if named[name] > named["office"] else cases[R.DUTY_OFFICER]
        cases.do("open", named[name], doer)
        cases.do("assign", named[name], doer, assignee=assignee)
    return named


ALL = {"plain", "force", "office", "force there", "bureau", "person"}
SEEN = {
    R.DUTY_OFFICER: {"plain", "force", "office"},
    R.NEIGHBOURHOOD_OFFICER: {"plain", "office"},
    R.AREA_CHIEF: {"plain", "force", "office"},
    R.HANDLER: {"force", "person"},
    R.LIAISON: {"office"},
    R.DEPARTMENT_HEAD: {"bureau"},
    R.COORDINATOR: ALL,
    R.SIGNATORY: ALL,
    R.DISTRICT_COORDINATOR: ALL,
    R.SUPERVISOR: ALL,
    R.AUDITOR: set(),
    R.ADMINISTRATOR: set(),
}


def visible(spread, role: Role) -> set[int]:
    return {spread[name] for name in SEEN[role]}


class TestScope:
    """What each role sees of the six: the same in every list, count, search, export and page."""

    def test_lists_and_counts(self, cases, spread):
        since = datetime.now(CHINA) - timedelta(seconds=1)
        for role in Role:
            session, ids = cases[role], visible(spread, role)
            for window in (
                ledger.after(session, "all", None, 50),
                ledger.before(session, "all", None, 50),
                ledger.around(session, "all", max(spread.values()), 50),
            ):
                assert {row.key for row in window.rows} == ids, role
            assert ledger.count(session, "all") == ledger.count(session, "open") == len(ids), role
            own = role is Role.DUTY_OFFICER  # who registered them: no news
            assert ledger.new_since(session, since) == (0 if own else len(ids)), role

    def test_a_page_of_the_list_never_shows_more(self, cases, spread):
        for role in Role:
            found, key = [], None
            while rows := ledger.after(cases[role], "all", key, 1).rows:
                key = rows[0].key
                found.append(key)
            assert found == sorted(visible(spread, role), reverse=True), role

    def test_the_case_itself(self, cases, spread):
        for role in Role:
            for issue_id in spread.values():
                if issue_id in visible(spread, role):
                    assert case.case_sheet(cases[role], issue_id).key == issue_id
                    assert finding.assignees(cases[role], issue_id, "")
                else:
                    self.shows_nothing(cases[role], issue_id)

    def shows_nothing(self, session, issue_id):
        for look in (
            lambda: case.case_sheet(session, issue_id),
            lambda: case.reveal(session, issue_id, "好奇", str(uuid4())),
            lambda: finding.assignees(session, issue_id, ""),
            lambda: issue_acts.usual_answers(session, issue_id, "close"),
            lambda: issue_acts.speakers(session, issue_id),
        ):
            with pytest.raises(NotAllowed):
                look()
        assert issue_acts.menu(session, issue_id) == []
        assert issue_acts.proxy_menu(session, issue_id) == []

    def test_duplicates_are_looked_for_in_scope_only(self, cases, spread):
        for role in Role:
            found = {
                duplicate.key
                for unit in cases.district.units
                for duplicate in intake.likely_duplicates(cases[role], unit, cases.fire, "楼道堆放旧家具")
            }
            assert found == visible(spread, role), role

    def test_the_export(self, cases, spread):
        for role in Role:
            if role in MAY["export"]:
                numbers = {Issue.get_by_id(issue_id).number for issue_id in visible(spread, role)}
                assert {record["number"] for record in exporting.issues(cases[role])} == numbers
            else:
                with pytest.raises(NotAllowed):
                    next(exporting.issues(cases[role]))

    def test_what_today_tells(self, cases, spread):
        since = datetime.now(CHINA) - timedelta(seconds=1)
        for role in Role:
            sheet = today.today_sheet(cases[role], since)
            new = [line.count for line in sheet.news if line.text == "新登记"]
            own = role is Role.DUTY_OFFICER  # who registered them: no news
            assert new == ([len(SEEN[role])] if SEEN[role] and not own else []), role
            assert all(line.count <= len(SEEN[role]) for line in sheet.needs), role


def test_a_case_elsewhere_cannot_be_merged_into_nor_named(cases, spread):
    strange = Issue.get_by_id(spread["bureau"])
    mine = cases.new()
    with pytest.raises(Refused) as refused:
        cases.do("merge", mine, R.DUTY_OFFICER, target=strange.number)
    assert refused.value.field == "target"
    assert "没有找到" in refused.value.message
    with pytest.raises(NotAllowed):
        intake.add_to_existing(cases[R.DUTY_OFFICER], strange.id, {}, str(uuid4()))


def test_an_officer_who_may_not_merge_is_told_so_when_registering(cases):
    issue_id = cases.new()
    fields = {"unit": str(cases.district.units[0]), "category": str(cases.fire), "summary": "楼道又堆了家具"}
    with pytest.raises(NotAllowed, match="不能并案"):
        intake.add_to_existing(cases[R.NEIGHBOURHOOD_OFFICER], issue_id, fields, str(uuid4()))
    assert Issue.select().count() == 1


def test_a_case_keeps_its_area_when_its_unit_moves_to_another(cases):
    issue_id = cases.new()
    unit = cases.district.units[0]
    UnitArea.update(valid_to=date(2026, 11, 24)).where(UnitArea.unit == unit).execute()
    UnitArea.create(unit=unit, area=cases.district.areas[1], valid_from=date(2026, 11, 25))
    cases.clock.move_to(datetime(2026, 11, 25, 9, 0, tzinfo=CHINA))
    duty, elsewhere = signing_on.sign_on("D00"), signing_on.sign_on("D99")
    assert case.case_sheet(duty, issue_id).key == issue_id
    with pytest.raises(NotAllowed):
        cases.new(duty)
    assert Issue.get_by_id(cases.new(elsewhere)).area_id == cases.district.areas[1]


def test_a_place_without_an_area_is_told_so(cases):
    street = Unit.create(subdistrict=1, code="X", name="新小区", kind="residential")
    assert Area.select().count() == 2
    with pytest.raises(Refused, match="不属于任何片区") as refused:
        cases.new(unit=str(street.id))
    assert refused.value.field == "unit"
