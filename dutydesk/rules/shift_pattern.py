"""From what a 值班表 is made: the shifts of a day, duties, what counts as what, and what is wrong with some duties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from dutydesk.rules.workcalendar import CHINA, WEEKEND, WorkCalendar
from dutydesk.text import narrow

MOST_IN_A_ROW = 5  # days with a duty; the default of the office's setting
LEAST_REST = timedelta(hours=8)
_DAY_MINUTES = 24 * 60
_KIND = re.compile(
    r"(?P<name>[^\d\s]{1,6})\s*(?P<h1>\d{1,2}):(?P<m1>\d{2})\s*[-–—~至到]\s*(?P<h2>\d{1,2}):(?P<m2>\d{2})"
)


@dataclass(frozen=True)
class Kind:
    """A shift of the day: its name, and its minutes from midnight; one that ends no later than it begins is a night."""

    name: str
    begins: int
    ends: int

    @property
    def night(self) -> bool:
        """Whether it goes past midnight."""
        return self.ends <= self.begins

    def span(self, day: date) -> tuple[datetime, datetime]:
        """When it begins and ends on a day."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
        length = (self.ends - self.begins) % _DAY_MINUTES or _DAY_MINUTES
        start = midnight + timedelta(minutes=self.begins)
        return start, start + timedelta(minutes=length)

    def __str__(self) -> str:
        """As the form shows it: `日班 08:30-18:00`."""
        times = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (self.begins, self.ends))
        return f"{self.name} {'-'.join(times)}"


def kinds_of(text: str) -> tuple[Kind, ...]:
    """The shifts of a day from `日班 08:30-18:00、夜班 18:00-08:30`. Raises ValueError, in Chinese."""
    found = []
    for part in re.split(r"[/,;\n]+", narrow(text)):  # 、 and ， are narrowed too
        if not part.strip():
            continue
        match = _KIND.fullmatch(part.strip())
        if match is None or int(match["h1"]) > 23 or int(match["h2"]) > 24 or int(match["m1"]) > 59:
            raise ValueError(f"“{part.strip()}”没看懂。请写成 日班 08:30-18:00、夜班 18:00-08:30。")
        begins, ends = (int(match[f"h{n}"]) * 60 + int(match[f"m{n}"]) for n in (1, 2))
        found.append(Kind(match["name"], begins, ends % _DAY_MINUTES))
    if not found or len({kind.name for kind in found}) < len(found):
        raise ValueError("请写明班次，名称不能重复，例如 日班 08:30-18:00、夜班 18:00-08:30。")
    if len(found) > 4:
        raise ValueError("一天最多四个班次。")
    return tuple(sorted(found, key=lambda kind: kind.begins))


@dataclass(frozen=True)
class Duty:
    """Who has a shift of a day; nobody: it is vacant."""

    day: date
    kind: Kind
    staff_id: int | None


@dataclass
class Tally:
    """What somebody has had."""

    KINDS: ClassVar[tuple[str, ...]] = ("total", "nights", "weekends", "holidays")
    total: int = 0
    nights: int = 0
    weekends: int = 0
    holidays: int = 0

    def add(self, night: bool, days_name: str) -> None:
        """One more duty."""
        self.total += 1
        self.nights += night
        self.weekends += days_name == WEEKEND
        self.holidays += days_name == HOLIDAY


HOLIDAY, WEEKDAY = "节假日", "工作日"


def day_kind(day: date, calendar: WorkCalendar) -> str:
    """周末, 节假日 or 工作日; a shifted working day is a working day."""
    found = calendar.day(day)
    if found.working:
        return WEEKDAY
    return WEEKEND if found.name == WEEKEND else HOLIDAY


@dataclass(frozen=True)
class Pattern:
    """From what a month is drafted.

    `away` are spans of days, both ends included; `rest` is a day off after a night; `most` days in a row are enough.
    """

    kinds: tuple[Kind, ...]
    people: tuple[int, ...]
    rest: bool = True
    away: tuple[tuple[int, date, date], ...] = ()
    most: int = MOST_IN_A_ROW

    def is_away(self, staff_id: int, day: date) -> bool:
        """Whether somebody cannot have a duty that begins on a day."""
        return any(who == staff_id and first <= day <= last for who, first, last in self.away)


def wrong_with(
    duties: Sequence[Duty], most: int = MOST_IN_A_ROW, before: Sequence[Duty] = ()
) -> dict[tuple[date, str], str]:
    """What is wrong with duties, by day and shift: 空缺, 一天两班, 夜班后没休息, 连上6天; nothing for those that are well.

    `before` are the duties before them, of which nothing is told.
    """
    found: dict[tuple[date, str], str] = {}
    latest: dict[int, Duty] = {}
    in_a_row: dict[int, int] = {}
    for duty in sorted((*before, *duties), key=lambda each: (each.day, each.kind.begins)):
        key, who = (duty.day, duty.kind.name), duty.staff_id
        if who is None:
            found[key] = "空缺"
            continue
        last = latest.get(who)
        on_yesterday = last is not None and last.day == duty.day - timedelta(days=1)
        if last is not None and last.day == duty.day:
            found[key] = "一天两班"
        else:
            in_a_row[who] = in_a_row[who] + 1 if on_yesterday else 1
            if last is not None and on_yesterday and last.kind.night:
                found[key] = "夜班后没休息"
            elif in_a_row[who] > most:
                found[key] = f"连上{in_a_row[who]}天"
        latest[who] = duty
    told = {(duty.day, duty.kind.name) for duty in duties}
    return {key: wrong for key, wrong in found.items() if key in told}
