"""Scopes follow the dated seats: a move, a stand-in, a dissolved unit and a merged area, before, during and after.

Each is walked through list, search, counts, assignment and audit, on both kinds of database.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, AuditValues, Issue, RoleGrant, Staff, TeamSeat
from dutydesk.rules import (
    assignees,
    audit,
    finding,
    ledger,
    organisation,
    patrol,
    permission,
    person,
    role_grants,
    search,
    team_seats,
    tree_changes,
)
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import grants_of, sign_on
from dutydesk.rules.team_seats import Place
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Force, Role, SeatKind
from tests.conftest import ELSEWHERE
from tests.rules.conftest import SINCE

pytestmark = pytest.mark.both
R = Role
TODAY = date(2026, 11, 24)
THE_DAY = date(2026, 12, 1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=CHINA)


class Eyes:
    """What somebody sees of a case on the day that it is: in the list, by search, in counts, and whether by an act."""

    def __init__(self, number: str) -> None:
        self.number = number

    def see(self, issue_id: int) -> tuple[bool, bool, bool, bool]:
        session = sign_on(self.number)
        listed = [row.key for row in ledger.after(session, "open", None, 50).rows]
        found = search.page(session, "旧家具", open_only=True, edge=None, forward=True, count=50)
        counted = ledger.count(session, "open") == len(listed) == len(set(listed))
        return issue_id in listed, issue_id in found, counted, permission.may(session, "read", issue_id)


SEES = (True, True, True, True)
SEES_NOT = (False, False, True, False)


@pytest.fixture
def chief(cases):
    """The coordinator, who keeps the tree and the people of the subdistrict."""
    Staff.update(subdistrict=cases.district.subdistrict).execute()
    return cases[R.COORDINATOR]


def new_act() -> str:
    return str(uuid4())


def last_values() -> str:
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    return str(AuditValues.get(AuditValues.entry == entry.id).content)


def audited() -> None:
    """No chain has been broken."""
    assert [audit.verify(chain) for chain in audit.chains()] == [None] * len(audit.chains())


class TestAMove:
    """A unit belongs to another area from a day on; its cases stay where they were registered."""

    @pytest.fixture
    def here(self, cases):
        return Eyes(cases.district.numbers[R.DUTY_OFFICER])

    @pytest.fixture
    def there(self):
        return Eyes(ELSEWHERE)

    def test_a_case_stays_with_the_area_of_its_day_and_the_next_one_goes_with_the_unit(
        self, cases, chief, clock, here, there
    ):
        unit, (first, second) = cases.district.units[0], cases.district.areas
        before = cases.new()
        moved = tree_changes.move_unit(chief, unit, second, THE_DAY, new_act())
        assert "还有1件没办完的，仍由康健一片区办完" in moved.says
        assert '"area": "康健二片区"' in last_values()
        # before the day nothing has changed
        assert organisation.area_of_unit(unit, TODAY).id == first
        assert (here.see(before), there.see(before)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY - timedelta(days=1)))
        still = cases.new(sign_on(here.number))
        assert Issue.get_by_id(still).area_id == first
        # on the day
        clock.move_to(at(THE_DAY))
        with pytest.raises(NotAllowed):
            cases.new(sign_on(here.number))
        after = cases.new(sign_on(there.number))
        assert Issue.get_by_id(after).area_id == second
        assert (here.see(before), there.see(before)) == (SEES, SEES_NOT)
        assert (here.see(still), there.see(still)) == (SEES, SEES_NOT)
        assert (here.see(after), there.see(after)) == (SEES_NOT, SEES)
        # the neighbourhood's officer sees all of them, before and after
        officer = Eyes(cases.district.numbers[R.NEIGHBOURHOOD_OFFICER])
        assert [officer.see(each) for each in (before, still, after)] == [SEES] * 3
        # whoever looks for the place finds it with its area of the day
        [found] = [one for one in finding.places(sign_on(there.number), "kjxc") if one.title == "康健新村"]
        assert found.detail == "康健·康健二片区"
        audited()

    def test_what_the_tree_was_stays_as_it_was(self, cases, chief, clock):
        unit, (first, second) = cases.district.units[0], cases.district.areas
        tree_changes.move_unit(chief, unit, second, THE_DAY, new_act())
        clock.move_to(at(THE_DAY))
        assert organisation.area_of_unit(unit, THE_DAY - timedelta(days=1)).id == first
        assert organisation.area_of_unit(unit, THE_DAY).id == second
        assert unit in {row.id for row in organisation.units_of_area(first, TODAY)}
        with pytest.raises(Refused, match="从今天或以后"):
            tree_changes.move_unit(cases.district.sign_on(R.COORDINATOR), unit, first, TODAY, new_act())

    def test_a_move_is_written_once_however_often_it_is_sent(self, cases, chief):
        unit, second, act_id = cases.district.units[0], cases.district.areas[1], new_act()
        tree_changes.move_unit(chief, unit, second, THE_DAY, act_id)
        entries = AuditEntry.select().count()
        tree_changes.move_unit(chief, unit, second, THE_DAY, act_id)
        assert AuditEntry.select().count() == entries
        with pytest.raises(Refused, match="已排定2026-12-01"):
            tree_changes.move_unit(chief, unit, second, TODAY, new_act())

    def test_only_who_keeps_the_tree_of_this_subdistrict_moves_anything(self, cases):
        unit, second = cases.district.units[0], cases.district.areas[1]
        for role in set(Role) - {R.COORDINATOR, R.DISTRICT_COORDINATOR, R.ADMINISTRATOR}:
            with pytest.raises(NotAllowed):
                tree_changes.move_unit(cases[role], unit, second, THE_DAY, new_act())
        stranger = cases.hire("X1", R.COORDINATOR)
        with pytest.raises(NotAllowed, match="不在您的街镇"):
            tree_changes.move_unit(stranger, unit, second, THE_DAY, new_act())


class TestAStandIn:
    """For two weeks somebody sits in the chief's seat; it begins and ends by itself."""

    FIRST, LAST = date(2026, 12, 1), date(2026, 12, 14)

    @pytest.fixture
    def deputy(self, cases):
        return Staff.get(Staff.number == ELSEWHERE)

    @pytest.fixture
    def place(self, cases):
        chief = Staff.get(Staff.number == cases.district.numbers[R.AREA_CHIEF])
        TeamSeat.update(staff_id=chief.id).where(TeamSeat.kind == SeatKind.CHIEF).execute()
        return Place(cases.district.areas[0], SeatKind.CHIEF)

    def test_the_seat_is_theirs_from_the_first_day_to_the_last(self, cases, chief, clock, deputy, place):
        case = cases.in_state(Issue.get_by_id(cases.new()).state)
        eyes = Eyes(ELSEWHERE)
        said = team_seats.stand_in(chief, place, deputy.id, self.FIRST, self.LAST, new_act())
        assert "到期自行结束" in said
        assert '"stands_in": "值班员乙"' in last_values()
        seen = {}
        for day in (
            TODAY,
            self.FIRST - timedelta(days=1),
            self.FIRST,
            self.LAST,
            self.LAST + timedelta(days=1),
        ):
            clock.move_to(at(day))
            session = sign_on(ELSEWHERE)
            lines = team_seats.team(session, place.area_id, day)[:2]
            seen[day] = (
                R.AREA_CHIEF in session.roles,
                eyes.see(case),
                permission.may(session, "reject", case),
                [line.holder for line in lines if line.kind is SeatKind.CHIEF],
            )
        out, during = (False, SEES_NOT, False, ["片区长甲"]), (True, SEES, True, ["片区长甲", "值班员乙"])
        assert list(seen.values()) == [out, out, during, during, out]
        audited()

    def test_who_is_replaced_keeps_the_seat(self, cases, chief, clock, deputy, place):
        team_seats.stand_in(chief, place, deputy.id, self.FIRST, self.LAST, new_act())
        clock.move_to(at(self.FIRST))
        assert cases.district.sign_on(R.AREA_CHIEF).area_id == place.area_id
        grant = RoleGrant.get(RoleGrant.staff == deputy, RoleGrant.role == R.AREA_CHIEF)
        assert grant.stands_in_for_id == TeamSeat.get(TeamSeat.kind == SeatKind.CHIEF).staff_id

    def test_a_stand_in_decides_under_the_own_name(self, cases, chief, clock, deputy, place):
        team_seats.stand_in(chief, place, deputy.id, self.FIRST, self.LAST, new_act())
        clock.move_to(at(self.FIRST))
        case = cases.new()
        session = sign_on(ELSEWHERE)
        cases.do("reject", case, session)
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert (entry.staff_number, entry.name) == (ELSEWHERE, "issue.reject")
        step = cases.last(case)
        assert (step.staff_name, step.role) == ("值班员乙", R.DUTY_OFFICER.value)  # which may reject as well
        cases.do("reconsider", case, session)
        assert cases.last(case).role == R.AREA_CHIEF.value
        clock.move_to(at(self.LAST + timedelta(days=1)))
        with pytest.raises(NotAllowed):
            cases.do("pool", case, sign_on(ELSEWHERE))

    def test_nobody_makes_himself_a_chief(self, cases, chief, place):
        with pytest.raises(NotAllowed, match="由别人来定"):
            team_seats.stand_in(chief, place, chief.staff_id, self.FIRST, self.LAST, new_act())
        with pytest.raises(NotAllowed, match="由别人来定"):
            role_grants.give(
                chief,
                chief.staff_id,
                R.SIGNATORY,
                role_grants.Scope(cases.district.subdistrict),
                TODAY,
                new_act(),
            )

    def test_a_role_without_a_seat_is_stood_in_for_as_well(self, cases, chief, clock, deputy):
        held = RoleGrant.get(RoleGrant.role == R.SIGNATORY)
        role_grants.stand_in(chief, held.id, deputy.id, self.FIRST, self.LAST, new_act())
        days = [self.FIRST - timedelta(days=1), self.FIRST, self.LAST, self.LAST + timedelta(days=1)]
        holds = [R.SIGNATORY in {grant.role for grant in grants_of(deputy.id, day)} for day in days]
        assert holds == [False, True, True, False]


class TestADissolvedUnit:
    """A unit is no more from a day on; another one takes its cases and its officers over."""

    def test_its_cases_go_on_with_who_takes_over(self, cases, chief, clock):
        gone, into = cases.district.units[0], cases.district.units[1]
        cases.hire("N2", R.NEIGHBOURHOOD_OFFICER, unit=into, subdistrict=cases.district.subdistrict)
        old, new = Eyes(cases.district.numbers[R.NEIGHBOURHOOD_OFFICER]), Eyes("N2")
        case = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, Issue.get_by_id(cases.new()).state)
        said = tree_changes.dissolve_unit(chief, gone, into, THE_DAY, new_act()).says
        assert "并入长桥二村" in said and "由长桥二村接着办" in said
        assert (old.see(case), new.see(case)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY - timedelta(days=1)))
        assert (old.see(case), new.see(case)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY))
        assert new.see(case) == SEES
        assert assignees.is_with(sign_on("N2"), Issue.get_by_id(case))
        assert "居委干部N2" in {row.name for row in assignees.who_could_speak_for(Issue.get_by_id(case))}
        cases.do("take_up", case, sign_on("N2"))
        # nothing new is registered there, and the old name finds the unit that took over
        with pytest.raises(Refused, match="不属于任何片区"):
            cases.new(cases.district.sign_on(R.DUTY_OFFICER))
        found = finding.places(cases.district.sign_on(R.DUTY_OFFICER), "kangjianxincun")
        assert [one.title for one in found][:1] == ["长桥二村"]
        assert Issue.get_by_id(case).unit_id == gone
        audited()

    def test_without_a_successor_its_cases_stay_with_the_area(self, cases, chief, clock):
        gone = cases.district.units[0]
        case = cases.new()
        officer = cases.district.numbers[R.NEIGHBOURHOOD_OFFICER]
        tree_changes.dissolve_unit(chief, gone, None, THE_DAY, new_act())
        clock.move_to(at(THE_DAY))
        assert Eyes(cases.district.numbers[R.DUTY_OFFICER]).see(case) == SEES
        with pytest.raises(NotAllowed, match="没有任何岗位"):
            sign_on(officer)


class TestAMergedArea:
    """An area is merged into another from a day on: its units, people and participants go there, its cases too."""

    @pytest.fixture
    def merged(self, cases, chief):
        first, second = cases.district.areas
        self.given = cases.in_hands(R.HANDLER, Issue.get_by_id(cases.new()).state)
        self.said = tree_changes.merge_areas(chief, first, second, THE_DAY, new_act()).says
        return self.given

    def test_list_search_counts_and_acts_follow(self, cases, merged, clock):
        here, there = Eyes(cases.district.numbers[R.DUTY_OFFICER]), Eyes(ELSEWHERE)
        assert "由康健二片区接着办" in self.said
        for day in (TODAY, THE_DAY - timedelta(days=1)):
            clock.move_to(at(day))
            assert (here.see(merged), there.see(merged)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY))
        assert (here.see(merged), there.see(merged)) == (SEES, SEES)  # both work in the same area now
        cases.do("urge", merged, sign_on(ELSEWHERE))
        after = cases.new(sign_on(here.number))
        assert Issue.get_by_id(after).area_id == cases.district.areas[1]
        assert Issue.get_by_id(merged).area_id == cases.district.areas[0]
        audited()

    def test_who_led_it_leads_no_more(self, cases, merged, clock):
        clock.move_to(at(THE_DAY - timedelta(days=1)))
        assert R.AREA_CHIEF in cases.district.sign_on(R.AREA_CHIEF).roles
        clock.move_to(at(THE_DAY))
        with pytest.raises(NotAllowed, match="没有任何岗位"):
            cases.district.sign_on(R.AREA_CHIEF)

    def test_work_given_to_its_force_goes_on(self, cases, merged, clock):
        clock.move_to(at(THE_DAY))
        handler = cases.district.sign_on(R.HANDLER)
        assert assignees.is_with(handler, Issue.get_by_id(merged))
        assert cases.district.numbers[R.HANDLER] in {
            row.number for row in assignees.who_could_speak_for(Issue.get_by_id(merged))
        }
        cases.do("take_up", merged, handler)
        cases.do("report_done", merged, handler)

    def test_its_participants_can_be_given_work_there(self, cases, merged, clock):
        clock.move_to(at(THE_DAY))
        officer = sign_on(ELSEWHERE)
        [seat] = [
            one for one in finding.assignees(officer, merged, "康健物业") if one.value.startswith("partner:")
        ]
        cases.do("reassign", merged, officer, assignee=seat.value)
        assert TeamSeat.get_by_id(int(seat.value.split(":")[1])).area_id == cases.district.areas[1]

    def test_its_routes_are_walked_on_and_what_was_walked_stays(self, cases, chief, clock):
        first, second = cases.district.areas
        cases.district.add_route("居民区安全线", 3)
        tree_changes.merge_areas(chief, first, second, THE_DAY, new_act())
        seen = []
        for day in (TODAY, THE_DAY):
            clock.move_to(at(day))
            sheets = patrol.prepare(sign_on(ELSEWHERE), day, new_act())
            seen.append([(sheet.route, len(sheet.checks)) for sheet in sheets])
        assert seen == [[], [("居民区安全线", 3)]]

    def test_a_merged_area_that_merges_again_takes_everything_along(self, cases, chief, merged, clock):
        clock.move_to(at(THE_DAY))
        keeper = cases.district.sign_on(R.COORDINATOR)
        third = tree_changes.add_area(
            keeper, cases.district.subdistrict, "KJ03", "康健三片区", THE_DAY, new_act()
        ).subject_id
        later = THE_DAY + timedelta(days=30)
        tree_changes.merge_areas(keeper, cases.district.areas[1], third, later, new_act())
        clock.move_to(at(later))
        assert organisation.area_in_charge(cases.district.areas[0], later) == third
        assert organisation.area_in_charge(cases.district.areas[0], THE_DAY) == cases.district.areas[1]
        assert Eyes(ELSEWHERE).see(merged) == SEES


def test_a_merger_and_a_dissolution_sent_twice_are_done_once_and_answered_alike(cases, chief):
    (first, second), unit = cases.district.areas, cases.district.units[4]
    for change, *given in (
        (tree_changes.dissolve_unit, unit, cases.district.units[3], THE_DAY),
        (tree_changes.merge_areas, first, second, THE_DAY),
    ):
        act_id = new_act()
        said = change(chief, *given, act_id)
        entries = AuditEntry.select().count()
        assert change(chief, *given, act_id) == said
        assert AuditEntry.select().count() == entries
        with pytest.raises(Refused):
            change(chief, *given, new_act())


class TestWhoLeaves:
    """Somebody's work ends on a day: the history stays, the access goes, the open work is there for 改派."""

    def test_access_goes_with_the_day_and_the_work_is_shown(self, cases, chief, clock):
        number = cases.district.numbers[R.HANDLER]
        case = cases.in_hands(R.HANDLER, Issue.get_by_id(cases.new()).state)
        cases.do("take_up", case)
        who = Staff.get(Staff.number == number)
        last = TODAY + timedelta(days=3)
        said = person.leave(chief, who.id, last, new_act()).says
        assert "手上还有1件没办完，请改派" in said
        assert person.open_work(chief, who.id) == [(case, Issue.get_by_id(case).version)]
        clock.move_to(at(last))
        assert sign_on(number).roles == {R.HANDLER}
        clock.move_to(at(last + timedelta(days=1)))
        with pytest.raises(NotAllowed, match="没有工号"):
            sign_on(number)
        assert grants_of(who.id, TODAY) and not grants_of(who.id, last + timedelta(days=1))
        card = person.card(cases.district.sign_on(R.COORDINATOR), who.id, last + timedelta(days=1))
        assert (card.status, [line.when for line in card.lines]) == (f"{last}离岗", ["before"])
        assert number not in {row.detail for row in finding.staff(chief, number)}

    def test_a_desk_left_open_writes_nothing_any_more(self, cases, chief):
        session = cases[R.HANDLER]
        case = cases.in_hands(R.HANDLER, Issue.get_by_id(cases.new()).state)
        who = Staff.get(Staff.number == session.number)
        person.leave(chief, who.id, TODAY - timedelta(days=1), new_act())
        with pytest.raises(NotAllowed, match="已离岗"):
            cases.do("take_up", case, session)

    def test_nobody_ends_the_own_work(self, chief):
        with pytest.raises(NotAllowed, match="不能给自己"):
            person.leave(chief, chief.staff_id, TODAY, new_act())


class TestWhatIsOdd:
    """A vacancy, two chiefs, a chief who leads nothing: shown as what they are."""

    def test_an_area_without_anybody_has_five_vacancies(self, cases, chief):
        lines = team_seats.team(chief, cases.district.areas[1], TODAY)
        assert [(line.title, line.odd) for line in lines] == [
            ("片区长", ("空缺",)),
            *((f"{force.label}力量", ("空缺",)) for force in Force),
        ]

    def test_two_chiefs_and_one_who_is_no_leader(self, cases, chief):
        area = cases.district.areas[0]
        other = Staff.get(Staff.number == ELSEWHERE)
        team_seats.fill(chief, Place(area, SeatKind.CHIEF), other.id, "", TODAY, new_act(), beside=True)
        odd = [line.odd for line in team_seats.team(chief, area, TODAY) if line.kind is SeatKind.CHIEF]
        assert odd == [
            ("同时有两位片区长", "不是本街镇领导班子成员", "没有工号，代录办理"),
            ("同时有两位片区长", "不是本街镇领导班子成员"),
        ]

    def test_a_successor_ends_the_predecessor_and_the_history_tells_both(self, cases, chief, clock):
        area = cases.district.areas[0]
        other = Staff.get(Staff.number == ELSEWHERE)
        place = Place(area, SeatKind.CHIEF)
        team_seats.fill(chief, place, other.id, "", THE_DAY, new_act())
        assert team_seats.history(chief, area, SeatKind.CHIEF, None) == [
            "2026-12-01起　值班员乙",
            f"{SINCE}至2026-11-30　片区长甲",
        ]
        clock.move_to(at(THE_DAY))
        assert R.AREA_CHIEF in sign_on(ELSEWHERE).roles
        seat = TeamSeat.get(TeamSeat.staff_id == other.id)
        keeper = cases.district.sign_on(R.COORDINATOR)
        team_seats.vacate(keeper, seat.id, THE_DAY + timedelta(days=1), new_act())
        clock.move_to(at(THE_DAY + timedelta(days=2)))
        assert R.AREA_CHIEF not in sign_on(ELSEWHERE).roles
        assert team_seats.team(keeper, area, THE_DAY + timedelta(days=2))[0].odd == ("空缺",)
