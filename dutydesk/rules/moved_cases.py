"""What is still open where a unit lay before it moved: shown, and handed to the area that has the unit now: 移交片区.

A case keeps the area of the day on which it was registered (`docs/decisions/0008`) until somebody who has both areas in
scope hands it over; from then on it is that area's, as if it had been registered there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN, fn

from dutydesk.models import Area, Issue, Unit, UnitArea
from dutydesk.models.issue_lists import OPEN
from dutydesk.rules import permission
from dutydesk.rules.organisation import area_in_charge, area_of_unit, on_day, today, unit_in_charge
from dutydesk.rules.person import OpenCase
from dutydesk.rules.triage import area_now
from dutydesk.session import Session

AT_MOST = 500


@dataclass(frozen=True)
class Behind:
    """Open cases of a unit that are another area's than the one which has the unit now; counted to 500."""

    unit_id: int
    unit: str
    area_id: int
    area: str
    now: str
    count: int


def moved_among(ids: Iterable[int]) -> set[int]:
    """Those of these cases whose unit another area has now."""
    day = today()
    held: Any = (UnitArea.unit == Issue.unit) & on_day(UnitArea, day)
    rows = (
        Issue.select(Issue)
        .join(UnitArea, JOIN.LEFT_OUTER, on=held)
        .where(Issue.id.in_(list(ids)), UnitArea.area.is_null() | (UnitArea.area != Issue.area))
    )
    return {row.id for row in rows if area_now(row) is not None}


def behind(
    session: Session, day: date, *, unit_id: int | None = None, area_id: int | None = None
) -> list[Behind]:
    """What was left behind, in scope: of a unit, or of all units that an area has lost. Raises NotAllowed."""
    permission.require(session, "people")
    if not permission.may_at_all(session, "read"):
        return []
    units = [unit_id] if unit_id is not None else _once_of(area_id, day)
    within: Any = permission.any_of(part.beside() for part in permission.reaches(session))
    found = []
    for unit in Unit.select().where(Unit.id.in_(units)).order_by(Unit.code):
        now = area_of_unit(unit_in_charge(unit.id, day), day)
        rows: Any = (
            Issue.select(Issue.area, fn.COUNT(Issue.id))
            .where(OPEN, Issue.unit == unit.id, within)
            .group_by(Issue.area)
            .order_by(Issue.area)
            .tuples()
        )
        for held_by, many in rows if now is not None else ():
            wanted = area_id is None or held_by == area_id
            if wanted and now is not None and area_in_charge(held_by, day) != now.id:
                name = Area.get_by_id(held_by).name
                found.append(Behind(unit.id, unit.name, held_by, name, now.name, min(many, AT_MOST)))
    return found


def _once_of(area_id: int | None, day: date) -> list[int]:
    """The units that an area has had and has no more."""
    rows: Any = (
        UnitArea.select(UnitArea.unit).where(UnitArea.area == area_id, ~on_day(UnitArea, day)).tuples()
    )
    return [unit_id for (unit_id,) in rows]


def open_cases(session: Session, unit_id: int, area_id: int | None = None) -> list[OpenCase]:
    """A unit's open cases, of one area where given, as a bulk act takes them: within the scope, at most 500."""
    query: Any = Issue.select(Issue.id, Issue.version, Issue.year, Issue.serial)
    query = query.where(OPEN, Issue.unit == unit_id)
    if area_id is not None:
        query = query.where(Issue.area == area_id)
    rows = permission.narrow_beside(query, session).order_by(Issue.id).limit(AT_MOST)
    return [OpenCase(row.id, row.version, row.number) for row in rows]
