"""The duties of an area that is merged into another: from that day on they are nobody's, and the other area draws anew.

They stand until the month is published in the area that takes over, so that whoever must draw it sees what was planned.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from dutydesk.models import Area, Shift
from dutydesk.rules.organisation import start_of
from dutydesk.rules.workcalendar import CHINA, day_said


class LeftOver(NamedTuple):
    """Duties to come in a month of an area that is merged into this one, and since when it is."""

    area: str
    since: date
    month: str
    many: int

    @property
    def words(self) -> str:
        """A sentence for who must draw them anew."""
        return f"{self.area}{day_said(self.since)}并入，原来排的{self.many}班要排进本片区"


def left_over(area_id: int, month: str = "") -> list[LeftOver]:
    """What is still to be drawn anew for an area, in one month or in all, by areas that are or will be merged into it."""
    found: dict[tuple[str, date, str], int] = {}
    for gone, since in _merged_into(area_id):
        for shift in _shifts(gone, since):
            key = str(gone.name), since, f"{shift.starts_at.astimezone(CHINA):%Y-%m}"
            found[key] = found.get(key, 0) + 1
    return [LeftOver(*key, many) for key, many in found.items() if month in ("", key[2])]


def of_month(area_id: int, first: date, last: date) -> list[Shift]:
    """Those duties that begin in some days."""
    begin, end = start_of(first), start_of(last + timedelta(days=1))
    return [
        shift
        for gone, since in _merged_into(area_id)
        for shift in _shifts(gone, since)
        if begin <= shift.starts_at < end
    ]


def _merged_into(area_id: int) -> list[tuple[Area, date]]:
    """Each area that ends in this one, by whatever way, with its first day as a part of another."""
    found: dict[int, tuple[Area, date]] = {}
    into = [area_id]
    while into:
        rows = Area.select().where(Area.merged_into.in_(into), Area.valid_to.is_null(False)).order_by(Area.id)
        fresh = [row for row in rows if row.id not in found and row.id != area_id]
        found |= {row.id: (row, _day_after(row.valid_to)) for row in fresh}
        into = [row.id for row in fresh]
    return list(found.values())


def _day_after(day: date | None) -> date:
    assert day is not None
    return day + timedelta(days=1)


def _shifts(gone: Area, since: date) -> list[Shift]:
    begin = max(datetime.now(UTC), start_of(since))
    return list(
        Shift.select()
        .where(Shift.area == gone.id, Shift.starts_at >= begin)
        .order_by(Shift.starts_at)
        .limit(500)
    )
