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

_AT_ONCE = timedelta(
    days=14
)  # whose first duty is no later than this after the first of all was there from the beginning
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
    return count(_had(area_id, before), calendar)


def to_begin_with(area_id: int, before: date, calendar: WorkCalendar) -> dict[int, Tally]:
    """The same as a draft takes it: who came to it later than the others need not make up for the time before."""
    rows = _had(area_id, before)
    first: dict[int, date] = {}
    for who, start, _end in rows:
        day = start.astimezone(CHINA).date()
        first[who] = min(first.get(who, day), day)
    found = count(rows, calendar)
    begin = min(first.values(), default=before)
    late = {who for who, day in first.items() if day - begin > _AT_ONCE}
    always = [tally for who, tally in found.items() if who not in late]
    for who in late:
        missed = (first[who] - begin) / (before - begin)
        for kind in Tally.KINDS:
            mean = sum(getattr(tally, kind) for tally in always) / len(always)
            setattr(found[who], kind, getattr(found[who], kind) + round(missed * mean))
    return found


def _had(area_id: int, before: date) -> list[tuple[int, datetime, datetime]]:
    since = start_of(before - timedelta(days=PAST_DAYS))
    rows: Any = Shift.select(Shift.staff, Shift.starts_at, Shift.ends_at).where(
        Shift.area == area_id, Shift.starts_at >= since, Shift.starts_at < start_of(before)
    )
    return list(rows.tuples())


def count(rows: Iterable[tuple[int, datetime, datetime]], calendar: WorkCalendar) -> dict[int, Tally]:
    """What everybody has of these duties: who, from when, until when."""
    found: dict[int, Tally] = {}
    for who, start, end in rows:
        day = start.astimezone(CHINA).date()
        night = end.astimezone(CHINA).date() > day
        found.setdefault(who, Tally()).add(night, day_kind(day, calendar))
    return found
