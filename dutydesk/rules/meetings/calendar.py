"""The days on which a series meets: every so many weeks, moved off holidays and weekends; pure but for the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dutydesk.rules.workcalendar import CHINA, WorkCalendar

WEEKDAYS = "一二三四五六日"
_NEAR = 5  # days to both sides among which another one is looked for


class Day(NamedTuple):
    """A day of a series: the one that its weekday gives, the one on which it can be, and why they differ."""

    planned: date
    held: date
    why: str = ""


def weekday_name(day: date) -> str:
    """`周四`."""
    return "周" + WEEKDAYS[day.weekday()]


def first_day(weekday: int, on_or_after: date) -> date:
    """The first day with an ISO weekday from a day on."""
    return on_or_after + timedelta(days=(weekday - on_or_after.isoweekday()) % 7)


def days(
    weekday: int, every_weeks: int, first_on: date, since: date, until: date, office_days: WorkCalendar
) -> Iterator[Day]:
    """The days from `since` to `until`, both included by their planned day, counted in weeks from `first_on`.

    A day on which the office does not work goes to the nearest one on which it does, the earlier before the later of
    two as near; a weekend that is worked (调休) is none to meet on unless the series has that weekday.
    """
    step = timedelta(weeks=max(1, every_weeks))
    day = first_day(weekday, first_on)
    if day < since:
        day += step * -(-(since - day).days // step.days)
    while day <= until:
        yield _fitted(day, office_days)
        day += step


def _fitted(day: date, office_days: WorkCalendar) -> Day:
    if office_days.is_working(day):
        return Day(day, day)
    why = f"{day.month}月{day.day}日{office_days.name(day)}"
    for away in range(1, _NEAR + 1):
        for near in (day - timedelta(days=away), day + timedelta(days=away)):
            if office_days.is_working(near) and near.isoweekday() <= 5:
                return Day(day, near, why)
    after = day + timedelta(days=1)
    while not office_days.is_working(after):
        after += timedelta(days=1)
    return Day(day, after, why)


def at(day: date, starts: str) -> datetime:
    """The moment of a time of day (`14:00`) on a day in China. Raises ValueError for what is no time."""
    return datetime.combine(day, time.fromisoformat(starts), CHINA)
