"""The tree of a day with what is open there; people: hired, mended, with roles, and leaving."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, Staff
from dutydesk.rules import (
    neighbours,
    person,
    role_grants,
    tree,
    tree_changes,
)
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.role_grants import Scope
from dutydesk.rules.signing_on import sign_on
from dutydesk.vocabulary import Force, Role, UnitKind

pytestmark = pytest.mark.both
R = Role
TODAY = date(2026, 11, 24)
THE_DAY = date(2026, 12, 1)


def new_act() -> str:
    return str(uuid4())


@pytest.fixture
def keeper(cases):
    Staff.update(subdistrict=cases.district.subdistrict).execute()
    return cases[R.COORDINATOR]


class TestTree:
    def test_what_is_open_is_counted_within_the_scope_alone(self, cases):
        cases.new()
        cases.new()
        first, _second = cases.district.areas
        seen = {}
        for role in (R.COORDINATOR, R.DUTY_OFFICER, R.NEIGHBOURHOOD_OFFICER, R.AUDITOR):
            rows = tree.below(cases[role], "subdistrict", cases.district.subdistrict, TODAY)
            units = tree.below(cases[role], "area", first, TODAY)
            seen[role] = [row.open for row in rows] + [units[0].open, units[1].open]
        assert seen == {
            R.COORDINATOR: [2, 0, 2, 0],
            R.DUTY_OFFICER: [2, None, 2, 0],
            R.NEIGHBOURHOOD_OFFICER: [None, None, 2, None],
            R.AUDITOR: [None, None, None, None],
        }

    def test_a_place_says_where_it_lies_and_what_is_to_come(self, cases, keeper):
        unit, (_, second) = cases.district.units[0], cases.district.areas
        tree_changes.move_unit(keeper, unit, second, THE_DAY, new_act())
        place = tree.place(keeper, "unit", unit, TODAY)
        assert [name for _, _, name in place.above] == ["徐汇区", "康健新村街道", "康健一片区"]
        assert "2026-12-01起归康健二片区" in place.says
        assert [name for _, _, name in tree.place(keeper, "unit", unit, THE_DAY).above][-1] == "康健二片区"
        assert tree.memberships(keeper, unit) == [
            "2026-12-01起　康健二片区",
            "2020-01-01至2026-11-30　康健一片区",
        ]

    def test_units_of_every_kind_stand_in_it_with_their_day(self, cases, keeper):
        first = cases.district.areas[0]
        for kind in UnitKind:
            given = (f"N-{kind.value}", f"新{kind.label}", kind, THE_DAY)
            tree_changes.add_unit(keeper, first, *given, new_act())
        names = [row.name for row in tree.below(keeper, "area", first, THE_DAY)]
        assert {f"新{kind.label}" for kind in UnitKind} <= set(names)
        assert not [row for row in tree.below(keeper, "area", first, TODAY) if row.name.startswith("新")]
        with pytest.raises(Refused, match="已有单元在用"):
            given = ("N-park", "又一个", UnitKind.PARK, THE_DAY)
            tree_changes.add_unit(keeper, first, *given, new_act())

    def test_a_unit_of_no_area_stands_below_its_subdistrict(self, cases, keeper, clock):
        from dutydesk.models import UnitArea

        unit = cases.district.units[0]
        UnitArea.delete().where(UnitArea.unit == unit).execute()
        rows = tree.below(keeper, "subdistrict", cases.district.subdistrict, TODAY)
        assert [row.detail for row in rows if row.id == unit and row.kind == "unit"] == ["居民区，未划片区"]

    def test_neighbours_are_both_ways_and_taken_back_by_the_second_time(self, cases, keeper):
        one, two = cases.district.units[:2]
        assert "相邻" in tree_changes.add_neighbour(keeper, one, two, new_act()).says
        assert (neighbours.names(one), neighbours.names(two)) == (["长桥二村"], ["康健新村"])
        assert "不再相邻" in tree_changes.add_neighbour(keeper, two, one, new_act()).says
        assert neighbours.names(one) == []


class TestPeople:
    def test_hired_with_roles_several_at_a_time_and_mended(self, cases, keeper):
        saved = person.hire(keeper, {"number": "xh３", "name": "陈佳怡", "phone": "13800000001"}, new_act())
        area, town = cases.district.areas[0], cases.district.subdistrict
        role_grants.give(keeper, saved.staff_id, R.DUTY_OFFICER, Scope(area_id=area), TODAY, new_act())
        scope = Scope(area_id=area, force=Force.SAFETY)
        role_grants.give(keeper, saved.staff_id, R.HANDLER, scope, TODAY, new_act(), TODAY)
        assert sign_on("XH3").roles == {R.DUTY_OFFICER, R.HANDLER}
        assert {grant.subdistrict_id for grant in sign_on("XH3").grants} == {town}
        person.mend(keeper, saved.staff_id, {"name": "陈佳宜", "phone": ""}, new_act())
        assert person.card(keeper, saved.staff_id, TODAY).name == "陈佳宜"
        with pytest.raises(Refused, match="工号 XH3 已是陈佳宜的"):
            person.hire(keeper, {"number": "XH3", "name": "别人"}, new_act())

    def test_a_role_needs_its_scope_and_is_not_held_twice_on_a_day(self, cases, keeper):
        who = Staff.get(Staff.number == "D99")
        area = cases.district.areas[1]
        for role, scope, field in (
            (R.AREA_CHIEF, Scope(), "scope"),
            (R.HANDLER, Scope(area_id=area), "force"),
            (R.DUTY_OFFICER, Scope(area_id=area), "role"),
        ):
            with pytest.raises(Refused) as refused:
                role_grants.give(keeper, who.id, role, scope, TODAY, new_act())
            assert refused.value.field == field

    def test_a_coordinator_gives_no_role_of_the_whole_district(self, cases, keeper):
        who = Staff.get(Staff.number == "D99")
        for role in (R.AUDITOR, R.ADMINISTRATOR, R.SUPERVISOR, R.DISTRICT_COORDINATOR):
            with pytest.raises(NotAllowed):
                role_grants.give(keeper, who.id, role, Scope(), TODAY, new_act())
        role_grants.give(cases[R.ADMINISTRATOR], who.id, R.SUPERVISOR, Scope(), TODAY, new_act())

    def test_who_has_left_comes_back_without_roles(self, cases, keeper):
        who = Staff.get(Staff.number == "D99")
        person.leave(keeper, who.id, TODAY - timedelta(days=1), new_act())
        assert person.card(keeper, who.id, TODAY).status == "2026-11-23离岗"
        person.come_back(keeper, who.id, new_act())
        with pytest.raises(NotAllowed, match="没有任何岗位"):
            sign_on("D99")

    def test_each_act_leaves_one_entry_however_often_it_is_sent(self, cases, keeper):
        who, act_id = Staff.get(Staff.number == "D99"), new_act()
        before = AuditEntry.select().count()
        for _twice in range(2):
            person.leave(keeper, who.id, TODAY, act_id)
        assert AuditEntry.select().count() == before + 1
