"""Neighbours are dated: from a day on, with the past as it was; planned ones are taken back or put to another day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.models import AuditEntry, UnitNeighbour
from dutydesk.rules import dated_rows, neighbours, tree, tree_changes, tree_lists
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role
from tests.rules.eyes import THE_DAY, TODAY, at, audited, last_values, new_act

pytestmark = pytest.mark.both
R = Role
EVE = THE_DAY - timedelta(days=1)
LATER = THE_DAY + timedelta(days=9)
WHY = "文件改期"


@pytest.fixture
def pair(cases):
    return cases.district.units[0], cases.district.units[1]


@pytest.fixture
def planned(keeper, pair):
    """Both lie beside each other from a day on that is still to come; the row as the first one's page has it."""
    tree_changes.add_neighbour(keeper, *pair, new_act(), THE_DAY)
    [row] = neighbours.changes(keeper, pair[0])
    return row


def both(pair, day):
    """The days of a pair are the same either way."""
    one, two = (neighbours.names(unit, day) for unit in pair)
    assert (one, two) in ((["长桥二村"], ["康健新村"]), ([], []))
    return bool(one)


class TestFromADayOn:
    def test_they_begin_on_it_and_the_past_stays_when_they_end(self, keeper, pair, clock, cases, planned):
        assert (both(pair, EVE), both(pair, THE_DAY)) == (False, True)
        clock.move_to(at(THE_DAY))
        keeper = cases.district.sign_on(R.COORDINATOR)
        assert neighbours.names(pair[0]) == ["长桥二村"]
        assert neighbours.changes(keeper, pair[0]) == []
        said = tree_changes.add_neighbour(keeper, pair[1], pair[0], new_act(), LATER).says
        assert said == "长桥二村与康健新村自12月10日起不再相邻。"
        assert [both(pair, day) for day in (EVE, THE_DAY, LATER - timedelta(days=1), LATER)] == [
            False,
            True,
            True,
            False,
        ]
        assert "相邻：长桥二村" in tree.place(keeper, "unit", pair[0], THE_DAY).says
        assert "相邻" not in tree.place(keeper, "unit", pair[0], LATER).says
        [ended] = neighbours.changes(keeper, pair[0])
        assert (ended.since, ended.until) == (THE_DAY, LATER - timedelta(days=1))
        audited()

    def test_the_past_is_not_changed_and_what_is_planned_is_not_overrun(self, keeper, pair, planned):
        with pytest.raises(Refused, match="过去的保持原样"):
            tree_changes.add_neighbour(keeper, *pair, new_act(), TODAY - timedelta(days=1))
        with pytest.raises(Refused, match="已排定2026-12-01起相邻"):
            tree_changes.add_neighbour(keeper, *pair, new_act())
        assert UnitNeighbour.select().count() == 2

    def test_sent_twice_it_is_written_once(self, keeper, pair):
        act_id = new_act()
        for _ in range(2):
            tree_changes.add_neighbour(keeper, *pair, act_id, THE_DAY)
        assert both(pair, THE_DAY) and UnitNeighbour.select().count() == 2

    def test_a_dissolved_unit_is_nobodys_neighbour_from_its_day_on(self, keeper, pair):
        tree_changes.add_neighbour(keeper, *pair, new_act())
        tree_changes.dissolve_unit(keeper, pair[1], pair[0], THE_DAY, new_act())
        assert (both(pair, EVE), both(pair, THE_DAY)) == (True, False)

    def test_areas_lie_beside_each_other_by_their_units_of_the_day(self, cases, keeper, pair):
        first, second = cases.district.areas
        tree_changes.add_neighbour(keeper, *pair, new_act())
        assert neighbours.of_area(first, TODAY) == neighbours.of_area(second, TODAY) == []
        tree_changes.move_unit(keeper, pair[1], second, THE_DAY, new_act())
        assert neighbours.of_area(first, EVE) == []
        assert neighbours.of_area(first, THE_DAY) == ["康健二片区"]
        assert "相邻：康健一片区" in tree.place(keeper, "area", second, THE_DAY).says


class TestPutRight:
    def test_taken_back_before_its_day_neither_has_it(self, keeper, pair, planned):
        said = dated_rows.take_back(keeper, "neighbour", planned.row_id, WHY, new_act())
        assert said == "已撤回：康健新村与长桥二村相邻（2026-12-01起）。"
        assert WHY in last_values()
        assert not UnitNeighbour.select().exists()
        audited()

    def test_put_to_another_day_either_way(self, keeper, pair, planned):
        said = dated_rows.correct(keeper, "neighbour", planned.row_id, LATER, None, WHY, new_act())
        assert said == "康健新村与长桥二村相邻：2026-12-01起 更正为 2026-12-10起。"
        assert (both(pair, THE_DAY), both(pair, LATER)) == (False, True)
        audited()

    def test_a_planned_end_is_put_off_but_the_past_is_not(self, cases, keeper, pair, planned, clock):
        clock.move_to(at(THE_DAY))
        keeper = cases.district.sign_on(R.COORDINATOR)
        tree_changes.add_neighbour(keeper, *pair, new_act(), LATER)
        dated_rows.correct(keeper, "neighbour", planned.row_id, THE_DAY, None, WHY, new_act())
        assert both(pair, LATER)
        clock.move_to(at(LATER))
        keeper = cases.district.sign_on(R.COORDINATOR)
        for since, until in ((TODAY, None), (LATER, None), (THE_DAY, THE_DAY)):
            with pytest.raises(Refused, match="过去的保持原样"):
                dated_rows.correct(keeper, "neighbour", planned.row_id, since, until, WHY, new_act())
        with pytest.raises(Refused, match="已经开始"):
            dated_rows.take_back(keeper, "neighbour", planned.row_id, WHY, new_act())

    def test_only_who_keeps_the_tree_does_it(self, cases, planned):
        entries = AuditEntry.select().count()
        with pytest.raises(NotAllowed):
            dated_rows.take_back(cases[R.AREA_CHIEF], "neighbour", planned.row_id, WHY, new_act())
        assert UnitNeighbour.select().count() == 2 and AuditEntry.select().count() >= entries


class TestLists:
    def test_the_sheet_has_those_of_its_day(self, keeper, pair, planned):
        def beside(day):
            return [row[-1] for row in tree_lists.sheet(keeper, day).rows if row[3] == "康健新村"]

        assert (beside(EVE), beside(THE_DAY)) == ([""], ["长桥二村"])

    def test_a_list_makes_them_last_whatever_was_planned(self, pair, keeper, planned):
        neighbours.ensure(*pair, TODAY)
        assert both(pair, TODAY) and neighbours.changes(keeper, pair[0]) == []
        tree_changes.add_neighbour(keeper, *pair, new_act(), LATER)
        neighbours.ensure(*pair, THE_DAY)
        assert both(pair, LATER) and UnitNeighbour.select().count() == 2
