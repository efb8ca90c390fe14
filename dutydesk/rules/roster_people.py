"""Who may have duties in an area, and what each has had: nights, weekends and holidays, counted apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from dutydesk.models import RoleGrant, Shift, Staff
from dutydesk.rules import permission
from dutydesk.rules.organisation import in_service, start_of
from dutydesk.rules.shift_pattern import Tally, day_kind
from dutydesk.rules.workcalendar import CHINA, WorkCalendar

PAST_DAYS = 183  # how far back nights, weekends and holidays are counted


def people(area_id: int, days: list[date]) -> dict[int, tuple[str, str, list[tuple[date, date]]]]:
    """Who may have duties in an area in these days: name, number, and the spans of days on which they hold the role."""
    roles = [role.value for role in permission.MAY["shift"]]
    first, last = days[0], days[-1]
    rows: Any = (
        RoleGrant.select(Staff.id, Staff.name, Staff.number, RoleGrant.valid_from, RoleGrant.valid_to)
        .join(Staff)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.area == area_id,
            RoleGrant.valid_from <= last,
            RoleGrant.valid_to.is_null() | (RoleGrant.valid_to >= first),
            in_service(first),
        )
        .order_by(RoleGrant.id)
        .tuples()
    )
    found: dict[int, tuple[str, str, list[tuple[date, date]]]] = {}
    for staff_id, name, number, since, until in rows:
        found.setdefault(staff_id, (name, number, []))[2].append((since, until or date.max))
    return found


def tallies(area_id: int, before: date, calendar: WorkCalendar) -> dict[int, Tally]:
    """What everybody has had in an area in the half year before a day."""
    since = start_of(before - timedelta(days=PAST_DAYS))
    rows: Any = Shift.select(Shift.staff, Shift.starts_at, Shift.ends_at).where(
        Shift.area == area_id, Shift.starts_at >= since, Shift.starts_at < start_of(before)
    )
    return count(((who, start, end) for who, start, end in rows.tuples()), calendar)


def count(rows: Iterable[tuple[int, datetime, datetime]], calendar: WorkCalendar) -> dict[int, Tally]:
    """What everybody has of these duties: who, from when, until when."""
    found: dict[int, Tally] = {}
    for who, start, end in rows:
        day = start.astimezone(CHINA).date()
        night = end.astimezone(CHINA).date() > day
        found.setdefault(who, Tally()).add(night, day_kind(day, calendar))
    return found
