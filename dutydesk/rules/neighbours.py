"""Which units lie beside each other, from a day to a day. A pair stands twice, the same days on both rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dutydesk.models import Area, Unit, UnitArea, UnitNeighbour
from dutydesk.rules import permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.keeping import day_before, days, end
from dutydesk.rules.organisation import on_day, today
from dutydesk.session import Session


def names(unit_id: int, day: date | None = None) -> list[str]:
    """The names of the units beside a unit on a day (today), by code; none where it is dissolved."""
    return [unit.name for unit in _beside(unit_id, day or today())]


def _beside(unit_id: int, day: date) -> list[Unit]:
    here = Unit.select(Unit.id).where(Unit.id == unit_id, on_day(Unit, day))
    held = UnitNeighbour.select(UnitNeighbour.neighbour).where(
        UnitNeighbour.unit.in_(here), on_day(UnitNeighbour, day)
    )
    return list(Unit.select().where(Unit.id.in_(held), on_day(Unit, day)).order_by(Unit.code))


def of_area(area_id: int, day: date) -> list[str]:
    """The names of the areas beside an area on a day: those with a unit beside one of its own."""
    own = UnitArea.select(UnitArea.unit).where(UnitArea.area == area_id, on_day(UnitArea, day))
    there = Unit.select(Unit.id).where(Unit.id.in_(own), on_day(Unit, day))
    beside = UnitNeighbour.select(UnitNeighbour.neighbour).where(
        UnitNeighbour.unit.in_(there), on_day(UnitNeighbour, day)
    )
    theirs = (
        UnitArea.select(UnitArea.area)
        .join(Unit)
        .where(UnitArea.unit.in_(beside), on_day(UnitArea, day), on_day(Unit, day))
    )
    rows = Area.select().where(Area.id.in_(theirs), Area.id != area_id, on_day(Area, day))
    return [row.name for row in rows.order_by(Area.code)]


@dataclass(frozen=True)
class Beside:
    """That a unit lies beside another from a day to a day, which is not so for good: past, planned or ending."""

    row_id: int
    name: str
    since: date
    until: date | None


def changes(session: Session, unit_id: int) -> list[Beside]:
    """A unit's neighbours of the past and those to come or to end, the latest first. Raises NotAllowed."""
    permission.require(session, "people")
    rows = (
        UnitNeighbour.select(UnitNeighbour, Unit)
        .join(Unit, on=(UnitNeighbour.neighbour == Unit.id))
        .where(
            UnitNeighbour.unit == unit_id,
            UnitNeighbour.valid_to.is_null(False) | (UnitNeighbour.valid_from > session.day),
        )
        .order_by(UnitNeighbour.valid_from.desc(), Unit.code)
    )
    return [Beside(row.id, row.neighbour.name, row.valid_from, row.valid_to) for row in rows]


def pair(one: int, two: int) -> Any:
    """The rows of two units, either way."""
    return ((UnitNeighbour.unit == one) & (UnitNeighbour.neighbour == two)) | (
        (UnitNeighbour.unit == two) & (UnitNeighbour.neighbour == one)
    )


def twin(row: UnitNeighbour) -> UnitNeighbour:
    """The same two units the other way round."""
    other: UnitNeighbour = UnitNeighbour.get(
        UnitNeighbour.unit == row.neighbour_id,
        UnitNeighbour.neighbour == row.unit_id,
        UnitNeighbour.valid_from == row.valid_from,
    )
    return other


def turn(one: int, two: int, since: date) -> bool:
    """Two units lie beside each other from a day on, or no longer where they did; says which. Raises Refused."""
    rows = list(UnitNeighbour.select().where(pair(one, two)).order_by(UnitNeighbour.id))
    planned = next((row for row in rows if row.valid_from > since), None)
    if planned is not None:
        span = days(planned.valid_from, planned.valid_to)
        raise Refused(f"已排定{span}相邻，请先撤回，或选那一天以后。", "since")
    held = [row for row in rows if row.valid_to is None or row.valid_to >= since]
    for row in held:
        end(row, day_before(since))
    if not held:
        _write(one, two, since)
    return not held


def ensure(one: int, two: int, since: date) -> None:
    """Two units lie beside each other from a day on for good, whatever was planned; what was stays."""
    rows = UnitNeighbour.select().where(pair(one, two)).order_by(UnitNeighbour.valid_from)
    going_on = [row for row in rows if row.valid_to is None or row.valid_to >= since]
    if going_on and going_on[0].valid_from <= since:
        first = going_on[0].valid_from
        for row in going_on:
            if row.valid_from > first:
                row.delete_instance()
            elif row.valid_to is not None:
                row.valid_to = None
                row.save()
        return
    for row in going_on:
        row.delete_instance()
    _write(one, two, since)


def pairs(unit_ids: Iterable[int], day: date) -> list[tuple[int, int]]:
    """Which of these units lie beside each other on a day or later, each pair once, in order."""
    ids = sorted(unit_ids)
    rows: Any = (
        UnitNeighbour.select(UnitNeighbour.unit, UnitNeighbour.neighbour)
        .where(
            UnitNeighbour.unit.in_(ids),
            UnitNeighbour.neighbour.in_(ids),
            UnitNeighbour.unit < UnitNeighbour.neighbour,
            UnitNeighbour.valid_to.is_null() | (UnitNeighbour.valid_to >= day),
        )
        .tuples()
    )
    return sorted(set(rows))


def part(one: int, two: int, since: date) -> None:
    """Two units lie no longer beside each other from a day on; what was planned never comes; what was stays."""
    for row in UnitNeighbour.select().where(
        pair(one, two), UnitNeighbour.valid_to.is_null() | (UnitNeighbour.valid_to >= since)
    ):
        end(row, day_before(since))


def _write(one: int, two: int, since: date) -> None:
    for left, right in ((one, two), (two, one)):
        UnitNeighbour.create(unit=left, neighbour=right, valid_from=since)
