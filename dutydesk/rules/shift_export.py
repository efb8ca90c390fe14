"""The duties of a month for scripts: `dutydesk export shifts --json`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from dutydesk.models import Area, Shift, Staff, Subdistrict
from dutydesk.rules import permission
from dutydesk.rules.organisation import start_of
from dutydesk.rules.roster_reading import days_of
from dutydesk.session import Session
from dutydesk.vocabulary import Role

_WHOLE = frozenset({Role.DISTRICT_COORDINATOR, Role.SUPERVISOR})


def shifts(session: Session, month: str = "") -> Iterator[dict[str, Any]]:
    """The duties in force of a month (`2026-12`, this one where none is given), area by area within the session's scope.

    Raises NotAllowed, or Refused for what is no month.
    """
    permission.require(session, "export")
    days = days_of(month or f"{session.day:%Y-%m}")
    rows: Any = (
        Shift.select(
            Subdistrict.name,
            Area.code,
            Area.name,
            Shift.name,
            Staff.number,
            Staff.name,
            Shift.starts_at,
            Shift.ends_at,
        )
        .join(Area)
        .join(Subdistrict)
        .switch(Shift)
        .join(Staff)
        .where(
            Shift.starts_at >= start_of(days[0]),
            Shift.starts_at < start_of(days[-1] + timedelta(days=1)),
            Shift.area.in_(_areas(session)),
        )
        .order_by(Area.code, Shift.starts_at, Shift.id)
        .tuples()
    )
    names = ("subdistrict", "area_code", "area", "shift", "number", "name", "starts_at", "ends_at")
    for row in rows.iterator():
        record = dict(zip(names, row, strict=True))
        yield record | {name: record[name].isoformat() for name in ("starts_at", "ends_at")}


def _areas(session: Session) -> list[int]:
    """The areas of the session's scope."""
    found: Any = Area.select(Area.id)
    if not session.roles & _WHOLE:
        own = [grant.area_id for grant in session.grants if grant.area_id]
        towns = [
            grant.subdistrict_id
            for grant in session.grants
            if grant.role is Role.COORDINATOR and grant.subdistrict_id
        ]
        found = found.where(Area.id.in_(own) | Area.subdistrict.in_(towns))
    return [area_id for (area_id,) in found.tuples()]
