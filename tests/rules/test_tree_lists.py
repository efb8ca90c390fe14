"""An office's own areas over those that ship: from a day on, all of it or nothing, and back out as it came in."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from dutydesk.models import Area, AuditEntry, Unit, UnitNeighbour
from dutydesk.rules import neighbours, organisation, tree_lists
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role, UnitKind

pytestmark = pytest.mark.both
HEADS = ["街镇", "片区", "片区代码", "单元", "单元代码", "类别", "相邻"]
THE_DAY = date(2026, 12, 1)
R = Role
# The six units of the small district in one area of another name, and a park that is new.
ROWS = [
    ["康健", "桂林片区", "GL", "康健新村", "", "居民区", "长桥二村"],
    ["康健", "桂林片区", "GL", "长桥二村", "", "", ""],
    ["康健", "桂林片区", "GL", "寿昌坊", "", "居民区", ""],
    ["康健新村街道", "康健二片区", "", "桂林苑", "", "居民区", ""],
    ["康健新村街道", "康健二片区", "", "玉兰园", "", "居民区", ""],
    ["康健新村街道", "康健二片区", "", "科技大楼（演示）", "", "楼宇", ""],
    ["康健新村街道", "康健二片区", "", "桂林园区", "P1", "园区", ""],
]  # fmt: skip


def bring(session, rows=ROWS, since=THE_DAY, dry=False, heads=HEADS):
    return tree_lists.bring_in(session, heads, list(enumerate(rows, 2)), since, str(uuid4()), dry)


def changed(place: int, **cells: str) -> list[list[str]]:
    rows = [list(row) for row in ROWS]
    rows[place] = [cells.get(head, cell) for head, cell in zip(HEADS, rows[place], strict=True)]
    return rows


def test_it_holds_from_its_day_on_and_the_past_stays(cases):
    keeper = cases[R.COORDINATOR]
    report = bring(keeper)
    assert report.says == "1个街镇：新片区1个，撤销1个；新单元1个，改划3个，不变3个"
    assert report.told == ["撤销片区：康健一片区（由桂林片区接管）"]
    unit = cases.district.units[0]
    assert organisation.area_of_unit(unit, date(2026, 11, 30)).name == "康健一片区"
    assert organisation.area_of_unit(unit, THE_DAY).name == "桂林片区"
    made = Unit.get(Unit.code == "P1")
    assert (made.name, made.kind, made.valid_from) == ("桂林园区", UnitKind.PARK, THE_DAY)
    assert neighbours.names(unit, THE_DAY) == ["长桥二村"] and UnitNeighbour.select().count() == 2
    assert neighbours.names(unit) == []  # before the day of the list there were none
    assert not Area.get(Area.name == "康健二片区").demo  # an office's own name is no 演示
    assert organisation.area_in_charge(cases.district.areas[0], THE_DAY) == Area.get(Area.code == "GL").id


def test_a_dry_run_tells_the_same_and_writes_nothing(cases):
    keeper = cases[R.COORDINATOR]
    before = (Area.select().count(), Unit.select().count(), AuditEntry.select().count())
    told = bring(keeper, dry=True).says
    assert (Area.select().count(), Unit.select().count(), AuditEntry.select().count()) == before
    assert bring(keeper).says == told
    assert bring(keeper, dry=True).says == "1个街镇：新片区0个，撤销0个；新单元0个，改划0个，不变7个"


@pytest.mark.parametrize(
    ("rows", "head", "says"),
    [
        (changed(0, 街镇="徐家汇"), "街镇", "没有街镇“徐家汇”，请写全称、简称或代码。"),
        (changed(0, 片区=""), "片区", "不能是空的。"),
        (changed(0, 类别="小区"), "类别", "没有类别“小区”，可用：居民区、保障性住房、楼宇、园区。"),
        (changed(1, 单元="康健新村"), "单元", "第2行已写了康健新村，一个单元只能属于一个片区。"),
        (changed(0, 相邻="万体馆"), "相邻", "康健新村街道没有单元“万体馆”。"),
    ],
    ids=["街镇", "片区空着", "类别", "写了两次", "相邻"],
)
def test_with_an_error_nothing_changes(cases, rows, head, says):
    report = bring(cases[R.COORDINATOR], rows)
    assert [(error.head, error.says) for error in report.errors] == [(head, says)]
    assert report.says == "1处要改，没有导入。"
    assert not Area.select().where(Area.code == "GL").exists()


def test_a_unit_that_the_file_leaves_out_keeps_its_area(cases):
    report = bring(cases[R.COORDINATOR], ROWS[1:])
    assert report.told == ["表里没写的单元保持原样：康健新村"]
    assert organisation.area_of_unit(cases.district.units[0], THE_DAY).name == "康健一片区"


def test_it_begins_in_the_past_only_where_no_case_is(cases):
    assert bring(cases[R.COORDINATOR], since=date(2026, 1, 1), dry=True).moved == 3
    cases.new()
    with pytest.raises(Refused, match="从今天或以后"):
        bring(cases[R.COORDINATOR], since=date(2026, 1, 1))


def test_only_who_keeps_the_tree_may(cases):
    for role in set(Role) - {R.COORDINATOR, R.DISTRICT_COORDINATOR, R.ADMINISTRATOR}:
        with pytest.raises(NotAllowed):
            bring(cases[role], dry=True)


def test_what_goes_out_comes_in_unchanged(cases):
    keeper = cases[R.COORDINATOR]
    bring(keeper)
    out = [list(row) for row in tree_lists.sheet(keeper, THE_DAY).rows]
    assert len(out) == 7
    assert bring(keeper, out, dry=True).same == 7


def apart_by(report):
    return [said for said in report.told if "没写的相邻" in said]


def test_neighbours_that_the_file_leaves_out_are_told_and_end_only_when_so_confirmed(cases):
    keeper, first, second, third = cases[R.COORDINATOR], *cases.district.units[:3]
    neighbours.turn(first, third, date(2026, 11, 1))
    kept = "表里没写的相邻1对，仍记为相邻（另选“结束”才不再相邻）：康健新村与寿昌坊"
    assert apart_by(bring(keeper, dry=True)) == [kept]
    assert apart_by(bring(keeper)) == [kept]
    assert neighbours.names(first, THE_DAY) == ["长桥二村", "寿昌坊"]
    asked = (keeper, HEADS, list(enumerate(ROWS, 2)), THE_DAY, str(uuid4()))
    ended = ["表里没写的相邻1对，不再相邻：康健新村与寿昌坊"]
    assert apart_by(tree_lists.bring_in(*asked, dry=True, end_neighbours=True)) == ended
    assert neighbours.names(first, THE_DAY) == ["长桥二村", "寿昌坊"]
    assert apart_by(tree_lists.bring_in(*asked, end_neighbours=True)) == ended
    assert (neighbours.names(first, THE_DAY), neighbours.names(second, THE_DAY)) == (
        ["长桥二村"],
        ["康健新村"],
    )
    assert neighbours.names(first, date(2026, 11, 30)) == ["寿昌坊"]  # the past stays


def test_a_file_without_any_neighbour_says_nothing_of_them(cases):
    first, third = cases.district.units[0], cases.district.units[2]
    neighbours.turn(first, third, date(2026, 11, 1))
    rows = [[*row[:6], ""] for row in ROWS]
    keeper = cases[R.COORDINATOR]
    report = tree_lists.bring_in(
        keeper, HEADS, list(enumerate(rows, 2)), THE_DAY, str(uuid4()), end_neighbours=True
    )
    assert apart_by(report) == [] and neighbours.names(first, THE_DAY) == ["寿昌坊"]
