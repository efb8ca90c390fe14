"""The working calendar: which days the office works, and its hours. Pure functions, days in China's time.

Source of the shipped days: the State Council's yearly notices on holidays and shifted weekends (调休), as
chinesecalendar has them. An office's own table goes before them; a year that nobody knows is Monday to Friday.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import NamedTuple

# Fixed, so that no time zone database is needed: China has had no summer time since 1992.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

WORKING = "工作日"
SHIFTED = "调休上班"
WEEKEND = "周末"
_SATURDAY = 5
_HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def local(moment: datetime) -> datetime:
    """The instant in China's time, cut to its minute. Raises ValueError where it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(CHINA).replace(second=0, microsecond=0)


def moment(at: datetime | None, apart: str = " ") -> str:
    """A moment as the screen writes it: `11月24日 13:05`, with the year where it is not this one.

    Inside a sentence nothing stands `apart`: `11月24日13:05`.
    """
    if at is None:
        return ""
    local = at.astimezone(CHINA)
    year = "" if local.year == datetime.now(CHINA).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日{apart}{local:%H:%M}"


def day_said(day: date, sign: str = "月日") -> str:
    """A day as the screen writes it: `12月1日`, or `12-01` with `sign` "-"; with its year where it is not this one."""
    this_year = day.year == datetime.now(CHINA).year
    if sign == "-":
        return f"{day:%m-%d}" if this_year else f"{day:%Y-%m-%d}"
    return f"{'' if this_year else f'{day.year}年'}{day.month}月{day.day}日"


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


@dataclass(frozen=True)
class OfficeHours:
    """The hours of a working day, in order and apart from each other; a setting of the office.

    A minute of the day is counted from midnight. Raises ValueError for spans that are empty or out of order.
    """

    spans: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(18)))

    def __post_init__(self) -> None:
        """Refuse hours that cannot be counted."""
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("office hours need spans in order, each with an end after its start")
        if any(edge.second or edge.microsecond for edge in edges):
            raise ValueError("office hours begin and end on a full minute")

    @classmethod
    def parse(cls, text: str) -> OfficeHours:
        """Read what `str()` writes: `09:00-12:00 13:30-18:00`. Raises ValueError for anything else."""
        pairs = (span.split("-") for span in text.split())
        return cls(tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs))

    def __str__(self) -> str:
        """Write as kept beside a deadline: `09:00-12:00 13:30-18:00`."""
        return " ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.spans)

    @property
    def minutes_a_day(self) -> int:
        """The office minutes of a whole working day; 450 by default."""
        return self.minutes_after(0)

    @property
    def closing(self) -> time:
        """When the working day ends."""
        return self.spans[-1][1]

    def minutes_after(self, minute: int) -> int:
        """How many office minutes of a day are left at a minute of the day."""
        return sum(max(0, _minute(end) - max(_minute(start), minute)) for start, end in self.spans)

    def minute_after(self, minute: int, used: int) -> int:
        """The minute of the day at which `used` (at least 1) office minutes from `minute` on are used up.

        It is the end of the last minute used, so never the beginning of a span. Raises ValueError where the
        day has fewer.
        """
        for start, end in self.spans:
            begin = max(_minute(start), minute)
            here = max(0, _minute(end) - begin)
            if used <= here:
                return begin + used
            used -= here
        raise ValueError("the day has not so many office minutes left")

    def outside(self, minute: int) -> str:
        """What part of a working day outside the hours a minute lies in (上班前, 午休, 下班后), or nothing."""
        if minute < _minute(self.spans[0][0]):
            return "上班前"
        if minute >= _minute(self.closing):
            return "下班后"
        inside = any(_minute(start) <= minute < _minute(end) for start, end in self.spans)
        return "" if inside else "午休"


class Day(NamedTuple):
    """Whether a day is worked, and what it is called."""

    working: bool
    name: str


def _from_weekday(day: date) -> Day:
    return Day(True, WORKING) if day.weekday() < _SATURDAY else Day(False, WEEKEND)


def _from_notices(day: date) -> Day | None:
    """The day as the State Council's notices have it, or None for a year that chinesecalendar doesn't know."""
    import chinese_calendar  # costs time and memory, so not at the start of the desk

    try:
        free, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    if not free and day.weekday() >= _SATURDAY:
        return Day(True, SHIFTED)
    if free and holiday:
        return Day(False, _HOLIDAY_NAMES.get(holiday, "节假日"))
    return _from_weekday(day)


class WorkCalendar:
    """The days and hours of one office; answers about days are kept, so build a new one after a change.

    `exceptions` is the office's own table: day → (worked?, name). A year with any row in it counts as known.
    """

    def __init__(
        self, hours: OfficeHours | None = None, exceptions: Mapping[date, tuple[bool, str]] | None = None
    ) -> None:
        """Take the hours (the default ones where None) and the office's own days."""
        self.hours = hours or OfficeHours()
        self._days = {
            day: Day(working, name or (SHIFTED if working else "休息"))
            for day, (working, name) in (exceptions or {}).items()
        }
        self._loaded_years = {day.year for day in self._days}

    def day(self, day: date) -> Day:
        """Whether the day is worked, with its name."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = _from_notices(day) or _from_weekday(day)
        return found

    def is_working(self, day: date) -> bool:
        """Whether the office works on that day."""
        return self.day(day).working

    def name(self, day: date) -> str:
        """What the day is called: 工作日, 周末, 国庆节, 调休上班, or as the office named it."""
        return self.day(day).name

    def known(self, year: int) -> bool:
        """Whether the year's holidays are known, by the office's table or by the notices."""
        return year in self._loaded_years or _from_notices(date(year, 1, 1)) is not None

    def notice(self, first: date, last: date) -> str:
        """The sentence for the screen when a year from `first` to `last` is not known; empty when all are."""
        unknown = [str(year) for year in range(first.year, last.year + 1) if not self.known(year)]
        return f"{'、'.join(unknown)}年的节假日安排尚未导入，按周一至周五计算" if unknown else ""

    def days_from(self, first: date) -> Iterator[tuple[date, Day]]:
        """Each day from `first` on, without end."""
        day = first
        while True:
            yield day, self.day(day)
            day += timedelta(days=1)

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days come after the day `after`, up to and with `until`."""
        days = (after + timedelta(days=number) for number in range(1, (until - after).days + 1))
        return sum(self.is_working(day) for day in days)

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """The office minutes from `start` to `end` (aware, each cut to its minute); 0 where `end` is earlier."""
        start, end = local(start), local(end)
        if end <= start:
            return 0
        whole = self.hours.minutes_a_day
        minutes = self.working_days_between(start.date(), end.date()) * whole
        if self.is_working(start.date()):
            minutes += self.hours.minutes_after(_minute(start.time()))
        if self.is_working(end.date()):
            minutes -= self.hours.minutes_after(_minute(end.time()))
        return minutes
