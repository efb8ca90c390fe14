"""A merger or a dissolution that is still to come is taken back: everybody sees and does what they did."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dutydesk.models import (
    Area,
    AuditEntry,
    Checkpoint,
    FindKey,
    Issue,
    Posting,
    RoleGrant,
    Route,
    Staff,
    TeamSeat,
    Unit,
    UnitArea,
)
from dutydesk.rules import (
    dated_rows,
    departments,
    finding,
    postings,
    team_seats,
    tree,
    tree_changes,
    tree_plans,
)
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.team_seats import Place
from dutydesk.vocabulary import Role, SeatKind
from tests.conftest import ELSEWHERE
from tests.rules.eyes import SEES, SEES_NOT, THE_DAY, TODAY, Eyes, at, audited, last_values, new_act

pytestmark = pytest.mark.both
R = Role
TABLES = (Area, Unit, UnitArea, TeamSeat, RoleGrant, Posting, Route, Checkpoint)
WHY = "方案调整"


def as_it_is() -> dict[str, Any]:
    """Every row of what a merger touches."""
    rows: dict[str, Any] = {
        table.__name__: list(table.select().order_by(table.id).dicts()) for table in TABLES
    }
    keys = FindKey.select(FindKey.subject, FindKey.subject_id, FindKey.key, FindKey.position)
    return rows | {"keys": sorted(keys.where(FindKey.subject.in_(["seat", "staff"])).tuples())}


class TestAMerger:
    @pytest.fixture
    def planned(self, cases, keeper):
        """The first area is to go into the second; before, the district as it stood."""
        first, second = cases.district.areas
        cases.district.add_route("居民区安全线", 3)
        postings.post(keeper, Staff.get(Staff.number == "D03").id, first, "民政", TODAY, new_act(), THE_DAY)
        departments.sponsor(keeper, "王建华", "副局长", TODAY, new_act(), area_id=first)
        before = as_it_is()
        tree_changes.merge_areas(keeper, first, second, THE_DAY, new_act())
        assert as_it_is() != before
        return first, before

    def test_taken_back_every_row_is_as_it_was(self, keeper, planned):
        first, before = planned
        said = tree_plans.take_back_merger(keeper, first, WHY, new_act())
        assert said.startswith("已撤回：康健一片区不再并入别的片区")
        assert as_it_is() == before
        assert "方案调整" in last_values() and "2026-12-01" in last_values()
        assert "包保：王建华" in tree.place(keeper, "area", first, THE_DAY).says
        assert check() == []
        audited()

    def test_on_the_day_nothing_happens(self, cases, keeper, clock, planned):
        first, _before = planned
        case = cases.new()
        tree_plans.take_back_merger(keeper, first, WHY, new_act())
        clock.move_to(at(THE_DAY))
        here, there = Eyes(cases.district.numbers[R.DUTY_OFFICER]), Eyes(ELSEWHERE)
        assert (here.see(case), there.see(case)) == (SEES, SEES_NOT)
        assert R.AREA_CHIEF in cases.district.sign_on(R.AREA_CHIEF).roles
        new = cases.new(cases.district.sign_on(R.DUTY_OFFICER))
        assert Issue.get_by_id(new).area_id == first

    def test_a_stand_in_is_arranged_anew_and_who_leaves_still_leaves(self, cases, keeper):
        first, second = cases.district.areas
        other, handler = Staff.get(Staff.number == ELSEWHERE), Staff.get(Staff.number == "D03")
        last = THE_DAY - timedelta(days=1)
        Staff.update(left_on=last).where(Staff.id == handler.id).execute()
        RoleGrant.update(valid_to=last).where(RoleGrant.staff == handler).execute()
        place = Place(first, SeatKind.CHIEF)
        team_seats.stand_in(keeper, place, other.id, TODAY, date(2026, 12, 14), new_act())
        tree_changes.merge_areas(keeper, first, second, THE_DAY, new_act())
        tree_plans.take_back_merger(keeper, first, WHY, new_act())
        assert TeamSeat.get(TeamSeat.stands_in == True).valid_to == last  # noqa: E712
        assert RoleGrant.get(RoleGrant.staff == handler).valid_to == last
        assert check() == []

    def test_a_move_of_it_is_not_taken_back_alone(self, cases, keeper, planned):
        [move] = tree.moves_to_come(keeper, cases.district.units[0], TODAY)
        with pytest.raises(Refused, match="随康健一片区并入"):
            dated_rows.take_back(keeper, "move", move.row_id, WHY, new_act())
        with pytest.raises(Refused, match="随康健一片区并入"):
            dated_rows.correct(keeper, "move", move.row_id, TODAY, None, WHY, new_act())

    def test_what_has_happened_stays_and_others_may_not(self, cases, keeper, clock, planned):
        first, _before = planned
        stranger = cases.hire("X1", R.COORDINATOR)
        for session in (cases[R.AREA_CHIEF], stranger, cases[R.SUPERVISOR]):
            with pytest.raises(NotAllowed):
                tree_plans.take_back_merger(session, first, WHY, new_act())
        with pytest.raises(Refused, match="没有要撤销"):
            tree_plans.take_back_merger(keeper, cases.district.areas[1], WHY, new_act())
        with pytest.raises(Refused) as refused:
            tree_plans.take_back_merger(keeper, first, " ", new_act())
        assert refused.value.field == "reason"
        clock.move_to(at(THE_DAY))
        with pytest.raises(Refused, match="过去的保持原样"):
            tree_plans.take_back_merger(cases.district.sign_on(R.COORDINATOR), first, WHY, new_act())

    def test_sent_twice_it_is_written_once(self, keeper, planned):
        first, _before = planned
        entries, act_id = AuditEntry.select().count(), new_act()
        said = {tree_plans.take_back_merger(keeper, first, WHY, act_id) for _twice in range(2)}
        assert (len(said), AuditEntry.select().count()) == (1, entries + 1)


class TestADissolution:
    @pytest.mark.parametrize("taken_over", [True, False])
    def test_taken_back_every_row_is_as_it_was(self, cases, keeper, clock, taken_over):
        gone, into = cases.district.units[0], cases.district.units[1] if taken_over else None
        before = as_it_is()
        tree_changes.dissolve_unit(keeper, gone, into, THE_DAY, new_act())
        said = tree_plans.take_back_dissolution(keeper, gone, WHY, new_act())
        assert said.startswith("已撤回：康健新村不撤销")
        assert as_it_is() == before
        assert [one.title for one in finding.places(keeper, "kjxc")] == ["康健新村"]
        clock.move_to(at(THE_DAY))
        assert sign_on(cases.district.numbers[R.NEIGHBOURHOOD_OFFICER]).roles == {R.NEIGHBOURHOOD_OFFICER}
        cases.new(cases.district.sign_on(R.DUTY_OFFICER))
        assert check() == []
        audited()
