"""Somebody stands in for two weeks: before, during and after, through list, search, counts, assignment and audit."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from dutydesk.models import AuditEntry, Issue, RoleGrant, Staff, TeamSeat
from dutydesk.rules import keeping, permission, person, role_grants, roster, team_seats, tree
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.role_grants import Scope
from dutydesk.rules.signing_on import grants_of, sign_on
from dutydesk.rules.team_seats import Place
from dutydesk.vocabulary import Role, SeatKind, State
from tests.conftest import ELSEWHERE
from tests.rules.eyes import SEES, SEES_NOT, TODAY, Eyes, at, audited, last_values, new_act

pytestmark = pytest.mark.both
R = Role


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

    def test_the_seat_is_theirs_from_the_first_day_to_the_last(self, cases, keeper, clock, deputy, place):
        case = cases.in_state(Issue.get_by_id(cases.new()).state)
        eyes = Eyes(ELSEWHERE)
        said = team_seats.stand_in(keeper, place, deputy.id, self.FIRST, self.LAST, new_act())
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

    def test_who_is_replaced_keeps_the_seat(self, cases, keeper, clock, deputy, place):
        team_seats.stand_in(keeper, place, deputy.id, self.FIRST, self.LAST, new_act())
        clock.move_to(at(self.FIRST))
        assert cases.district.sign_on(R.AREA_CHIEF).area_id == place.area_id
        grant = RoleGrant.get(RoleGrant.staff == deputy, RoleGrant.role == R.AREA_CHIEF)
        assert grant.stands_in_for_id == TeamSeat.get(TeamSeat.kind == SeatKind.CHIEF).staff_id

    def test_a_stand_in_decides_under_the_own_name(self, cases, keeper, clock, deputy, place):
        team_seats.stand_in(keeper, place, deputy.id, self.FIRST, self.LAST, new_act())
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

    def test_nobody_makes_himself_a_chief(self, cases, keeper, place):
        with pytest.raises(NotAllowed, match="由别人来定"):
            team_seats.stand_in(keeper, place, keeper.staff_id, self.FIRST, self.LAST, new_act())
        with pytest.raises(NotAllowed, match="由别人来定"):
            role_grants.give(
                keeper,
                keeper.staff_id,
                R.SIGNATORY,
                role_grants.Scope(cases.district.subdistrict),
                TODAY,
                new_act(),
            )

    def test_a_role_without_a_seat_is_stood_in_for_as_well(self, cases, keeper, clock, deputy):
        held = RoleGrant.get(RoleGrant.role == R.SIGNATORY)
        role_grants.stand_in(keeper, held.id, deputy.id, self.FIRST, self.LAST, new_act())
        days = [self.FIRST - timedelta(days=1), self.FIRST, self.LAST, self.LAST + timedelta(days=1)]
        holds = [R.SIGNATORY in {grant.role for grant in grants_of(deputy.id, day)} for day in days]
        assert holds == [False, True, True, False]

    def test_who_stands_in_assigns_what_only_a_chief_may_and_the_audit_names_him(
        self, cases, keeper, clock, deputy, place
    ):
        team_seats.stand_in(keeper, place, deputy.id, self.FIRST, self.LAST, new_act())
        case = cases.in_state(State.OPENED, category=str(cases.building))  # which the chief has not delegated
        for day, may in (
            (self.FIRST - timedelta(days=1), False),
            (self.FIRST, True),
            (self.LAST + timedelta(days=1), False),
        ):
            clock.move_to(at(day))
            session = sign_on(ELSEWHERE)
            if may:
                cases.do("assign", case, session)
                entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
                assert (entry.name, entry.staff_number) == ("issue.assign", ELSEWHERE)
                cases.do("reassign", case, session)
            else:
                with pytest.raises(Refused):
                    cases.do("reassign" if day > self.FIRST else "assign", case, session)
        audited()


class TestAVacancy:
    """Nobody holds a seat or a post: somebody stands in for nobody, and is shown as one who does."""

    FIRST, LAST = date(2026, 12, 1), date(2026, 12, 14)

    @pytest.fixture
    def deputy(self, cases):
        return Staff.get(Staff.number == ELSEWHERE)

    def test_a_vacant_seat_is_stood_in_for_and_stays_vacant(self, cases, keeper, clock, deputy):
        place = Place(cases.district.areas[1], SeatKind.CHIEF)
        team_seats.stand_in(keeper, place, deputy.id, self.FIRST, self.LAST, new_act())
        clock.move_to(at(self.FIRST))
        session = cases.district.sign_on(R.COORDINATOR)
        vacancy, standing_in = team_seats.team(session, place.area_id, self.FIRST)[:2]
        assert vacancy.odd == ("空缺", "由值班员乙代理")
        assert (standing_in.holder, standing_in.stands_in, standing_in.until) == ("值班员乙", True, self.LAST)
        assert R.AREA_CHIEF in sign_on(ELSEWHERE).roles
        assert roster.roles_of(session, [deputy.id])[deputy.id] == [
            "值班员 康健二片区",
            "片区长 康健二片区（代理）",
        ]
        [line] = [
            one
            for one in person.card(session, deputy.id, self.FIRST).lines
            if "片区长" in one.text and one.part == "岗位"
        ]
        assert line.text == "片区长 康健二片区（代理）"
        clock.move_to(at(self.LAST + timedelta(days=1)))
        assert R.AREA_CHIEF not in sign_on(ELSEWHERE).roles
        assert team_seats.team(session, place.area_id, self.LAST + timedelta(days=1))[0].odd == ("空缺",)

    def test_a_vacant_post_is_stood_in_for_until_a_day(self, cases, keeper, clock, deputy):
        unit = cases.district.units[3]
        give = partial(role_grants.give, keeper, deputy.id, R.NEIGHBOURHOOD_OFFICER, Scope(unit_id=unit))
        with pytest.raises(Refused, match="写明到哪天止") as refused:
            give(self.FIRST, new_act(), None, stands_in=True)
        assert refused.value.field == "until"
        assert "代理居委干部 桂林苑" in give(self.FIRST, new_act(), self.LAST, stands_in=True)
        assert [name for _, name, _ in tree.officers(keeper, unit, self.FIRST)] == ["值班员乙（代理）"]
        assert tree.officers(keeper, unit, self.LAST + timedelta(days=1)) == []
        assert '"stands_in": true' in last_values()

    def test_what_somebody_holds_is_no_vacancy(self, cases, keeper, deputy):
        scope = Scope(unit_id=cases.district.units[0])
        given = (keeper, deputy.id, R.NEIGHBOURHOOD_OFFICER, scope, self.FIRST, new_act(), self.LAST)
        with pytest.raises(Refused, match="居委干部甲现任居委干部 康健新村，不是空缺") as refused:
            role_grants.give(*given, stands_in=True)
        assert refused.value.field == "stands_in"


def test_who_may_not_is_told_who_does(cases, keeper):
    """The own subdistrict's first; not oneself, not who has left, not the coordinator of another subdistrict."""
    cases.hire("X1", R.COORDINATOR)
    town = cases.district.subdistrict
    gone = cases.hire("X2", R.COORDINATOR, subdistrict=town)
    Staff.update(left_on=TODAY - timedelta(days=1)).where(Staff.id == gone.staff_id).execute()
    who = keeping.keepers(cases[R.AREA_CHIEF], "keep_people", town)
    assert [one.name for one in who] == ["街镇协调员甲", "区级协调员甲", "管理员甲"]
    assert keeping.named(who) == "街镇协调员街镇协调员甲"
    assert "街镇协调员甲" not in [one.name for one in keeping.keepers(keeper, "keep_people", town)]
