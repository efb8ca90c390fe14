"""The district as it ships: its real units, its made-up areas, and that each place is found by its initials."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from dutydesk.models import (
    Area,
    Category,
    Checkpoint,
    Department,
    District,
    DutyItem,
    Staff,
    Subdistrict,
    TimeLimit,
    Unit,
    database,
)
from dutydesk.models.connection import connect, migrate
from dutydesk.rules import finding, office
from dutydesk.rules.checking import check
from dutydesk.rules.district import load_shipped
from dutydesk.rules.organisation import area_of_unit, row_id, units_of_area
from dutydesk.session import Grant, Session
from dutydesk.text import find_keys
from dutydesk.vocabulary import Role, UnitKind

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A database with all that ships, read only by these tests."""
    path = tmp_path_factory.mktemp("shipped") / "district.db"
    migrate(f"sqlite:///{path}")
    connect(f"sqlite:///{path}")
    told: list[str] = []
    load_shipped(told.append)
    assert len(told) >= 5
    database.close()
    return path


@pytest.fixture
def xuhui(shipped):
    connect(f"sqlite:///{shipped}")
    yield
    database.close()


def at_area(code: str) -> Session:
    area = Area.get(Area.code == code)
    grant = Grant(Role.DUTY_OFFICER, area.name, area_id=area.id, subdistrict_id=area.subdistrict_id)
    return Session(1, "D", "值班员", (grant,), DAY)


def test_there_are_thirteen_subdistricts_61_areas_and_312_residential_units(xuhui):
    assert District.select().count() == 1
    assert (Subdistrict.select().count(), Area.select().count()) == (13, 61)
    assert Unit.select().where(Unit.kind == UnitKind.RESIDENTIAL).count() == 312
    assert Staff.select().count() == 0
    assert check() == []


def test_every_unit_belongs_to_one_area_of_its_subdistrict(xuhui):
    seen: set[int] = set()
    for area in Area.select():
        units = units_of_area(area.id, DAY)
        assert units, area.name
        assert {unit.subdistrict_id for unit in units} == {area.subdistrict_id}
        assert seen.isdisjoint(unit.id for unit in units)
        seen |= {unit.id for unit in units}
    assert len(seen) == Unit.select().count()
    unit = Unit.get()
    assert area_of_unit(unit.id, DAY) is not None
    assert area_of_unit(unit.id, date(2000, 1, 1)) is None


def test_every_category_has_its_limits_and_every_checkpoint_its_category(xuhui):
    for category in Category.select():
        assert TimeLimit.select().where(TimeLimit.category == category).count() == 6, category.name
    assert Checkpoint.select().count() > 1000
    assert DutyItem.select().where(DutyItem.department.is_null()).exists()
    assert Department.select().where(Department.subdistrict.is_null()).exists()
    assert office.setting("office_hours") == ["09:00-12:00", "13:30-18:00"]


def test_every_unit_is_found_by_its_initials_and_its_name_among_the_first_nine(xuhui):
    """From its own area, where initials that collide come first."""
    for area in Area.select():
        session = at_area(area.code)
        for unit in units_of_area(area.id, DAY):
            keys = find_keys(unit.name)
            whole = [key for key, place in keys.items() if place == 0]
            shortest = min(whole, key=len)
            for typed in (shortest, unit.name):
                assert str(unit.id) in [found.value for found in finding.places(session, typed)], (
                    unit.name,
                    typed,
                )


def test_initials_collide_and_then_the_parents_tell_them_apart(xuhui):
    by_initials = defaultdict(set)
    for unit in Unit.select().where(Unit.kind == UnitKind.RESIDENTIAL):
        for key, place in find_keys(unit.name).items():
            if place == 0 and key.isascii() and len(key) == len(unit.name):
                by_initials[key].add(unit.id)
    colliding = {key: ids for key, ids in by_initials.items() if len(ids) > 1}
    assert len(colliding) > 20
    session = at_area(Area.get().code)
    for key, ids in colliding.items():
        found = [each for each in finding.places(session, key) if int(each.value) in ids]
        lines = [(each.title, each.detail) for each in found]
        assert len(lines) == len(set(lines)), key
        assert all("·" in each.detail for each in found)


@pytest.mark.parametrize(
    ("typed", "subdistrict"), [("kjxc", "康健新村街道"), ("cq", "长桥街道"), ("zq", "长桥街道")]
)
def test_a_subdistricts_name_finds_its_units(xuhui, typed, subdistrict):
    town = Subdistrict.get(Subdistrict.name == subdistrict)
    area = Area.get(Area.subdistrict == town)
    found = finding.places(at_area(area.code), typed)
    assert found
    assert any(each.detail.startswith(town.short_name) for each in found)


def test_a_row_is_asked_for_by_a_number_that_it_could_have():
    assert [row_id(value) for value in ("12", 12, "１２", "012")] == [12] * 4
    assert [row_id(value) for value in ("", None, "x", "-1", "1.5", "²", "9" * 10, "1 2")] == [0] * 8
