"""Deadlines: when a limit runs out on the working calendar, why, and how to say what is left. Pure functions.

Conventions (settings of the office, modelled on city-management practice, never law):

- An instant is cut to its minute before counting.
- 工作时 are minutes in office hours. Due is the end of the last minute used: it may be 12:00 or 18:00, never
  13:30 or 9:00.
- 工作日: the day on which the limit starts is not counted; due at the end of office hours of the n-th working day.
- 小时(连续计算) run round the clock, holidays too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import NamedTuple

from dutydesk.rules.workcalendar import CHINA, SHIFTED, WEEKEND, WORKING, WorkCalendar, local
from dutydesk.vocabulary import Word

_LINE = 120
_HOURS_SHOWN = timedelta(hours=6)
_HOLIDAY_WORDS = {"国庆节": "国庆", "中秋节": "中秋", "端午节": "端午", "清明节": "清明"}


class LimitUnit(Word):
    """What a limit counts."""

    WORK_HOURS = "work_hours", "工作时"
    WORK_DAYS = "work_days", "工作日"
    CLOCK_HOURS = "clock_hours", "小时(连续计算)"
    WORK_MINUTES = "work_minutes", "工作分钟"


@dataclass(frozen=True)
class TimeLimit:
    """So many of a unit. Raises ValueError for less than one."""

    amount: int
    unit: LimitUnit

    def __post_init__(self) -> None:
        """Refuse a limit that has run out before it starts."""
        if self.amount < 1:
            raise ValueError("a time limit is at least one of its unit")

    @property
    def minutes(self) -> int:
        """The limit in minutes: of office time, or of the clock for clock hours. Not for working days."""
        if self.unit is LimitUnit.WORK_DAYS:
            raise ValueError("working days are counted as days")
        return self.amount * (1 if self.unit is LimitUnit.WORK_MINUTES else 60)

    def __str__(self) -> str:
        """As the screen says it: 8工作时, 3工作日, 24小时(连续计算)."""
        if self.unit is LimitUnit.WORK_MINUTES and self.amount >= 60 and self.amount % 30 == 0:
            return f"{self.amount / 60:g}{LimitUnit.WORK_HOURS.label}"
        return f"{self.amount}{self.unit.label}"


class _Stretch(NamedTuple):
    """A day on a limit's way: its name, whether it is worked, and the office minutes that the limit used of it."""

    day: date
    working: bool
    name: str
    minutes: int


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(minutes=minute)


def _walk_minutes(start: datetime, minutes: int, calendar: WorkCalendar) -> tuple[list[_Stretch], datetime]:
    """The days from `start` on until `minutes` (at least 1) office minutes are used, and when they are."""
    walked = []
    minute = _minute(start)
    for day, (working, name) in calendar.days_from(start.date()):
        here = calendar.hours.minutes_after(minute) if working else 0
        used = min(here, minutes)
        if used or not working:
            walked.append(_Stretch(day, working, name, used))
        if working and minutes <= here:
            return walked, _at(day, calendar.hours.minute_after(minute, minutes))
        minutes -= used
        minute = 0
    raise AssertionError("days have no end")


def _walk_days(start: datetime, days: int, calendar: WorkCalendar) -> tuple[list[_Stretch], datetime]:
    """The days after the one of `start` until `days` (at least 1) working days are over, and when they are."""
    walked = []
    closing = calendar.hours.closing
    for day, (working, name) in islice(calendar.days_from(start.date()), 1, None):
        walked.append(_Stretch(day, working, name, calendar.hours.minutes_a_day if working else 0))
        days -= working
        if not days:
            return walked, _at(day, closing.hour * 60 + closing.minute)
    raise AssertionError("days have no end")


def _walk(start: datetime, limit: TimeLimit, calendar: WorkCalendar) -> tuple[list[_Stretch], datetime]:
    if limit.unit is LimitUnit.CLOCK_HOURS:
        return [], start + timedelta(minutes=limit.minutes)
    if limit.unit is LimitUnit.WORK_DAYS:
        return _walk_days(start, limit.amount, calendar)
    return _walk_minutes(start, limit.minutes, calendar)


def due(start: datetime, limit: TimeLimit, calendar: WorkCalendar) -> datetime:
    """When a limit that starts at `start` (aware) runs out, in China's time; the module says how it is counted."""
    return _walk(local(start), limit, calendar)[1]


def extended_by_pause(
    due_at: datetime,
    paused_from: datetime,
    resumed_at: datetime,
    calendar: WorkCalendar,
    unit: LimitUnit = LimitUnit.WORK_HOURS,
) -> datetime:
    """When a paused deadline is due after resuming: what was left at the pause is left then, in the limit's unit.

    Working days left are those after the day of the pause; with none left it is the end of the first office day
    that is not over when resuming. Never earlier than `due_at`; one that was over already stays where it was.
    Raises ValueError for a pause that ends before it begins.
    """
    due_at, paused_from, resumed_at = local(due_at), local(paused_from), local(resumed_at)
    if resumed_at < paused_from:
        raise ValueError("a pause ends after it began")
    if paused_from >= due_at:
        return due_at
    if unit is LimitUnit.CLOCK_HOURS:
        return due_at + (resumed_at - paused_from)
    if unit is LimitUnit.WORK_DAYS:
        left = calendar.working_days_between(paused_from.date(), due_at.date())
        resumed = (
            _walk_days(resumed_at, left, calendar)[1] if left else _end_of_office_day(resumed_at, calendar)
        )
        return max(due_at, resumed)
    minutes = calendar.working_minutes_between(paused_from, due_at)
    return max(due_at, _walk_minutes(resumed_at, minutes, calendar)[1] if minutes else resumed_at)


def _end_of_office_day(moment: datetime, calendar: WorkCalendar) -> datetime:
    left_today = calendar.is_working(moment.date()) and calendar.hours.minutes_after(_minute(moment))
    return _walk_days(moment - timedelta(days=1) if left_today else moment, 1, calendar)[1]


class Halted(NamedTuple):
    """缓办, 挂账: between these moments the clock stood still."""

    since: datetime
    until: datetime


class Extended(NamedTuple):
    """延期: granted until this moment at the earliest."""

    until: datetime


def with_granted(
    due_at: datetime, granted: Iterable[Halted | Extended], calendar: WorkCalendar, unit: LimitUnit
) -> datetime:
    """When a limit that would be due at `due_at` is due with all that was granted since it began, in that order."""
    for each in granted:
        if isinstance(each, Extended):
            due_at = max(due_at, local(each.until))
        else:
            due_at = extended_by_pause(due_at, each.since, each.until, calendar, unit)
    return due_at


# -- in words ---------------------------------------------------------------------------------------------------


def is_overdue(now: datetime, due_at: datetime) -> bool:
    """Whether the deadline is over; at the very minute it is not yet."""
    return local(now) > local(due_at)


def is_due_today(now: datetime, due_at: datetime) -> bool:
    """Whether the deadline is still to come, on this day in China."""
    return not is_overdue(now, due_at) and local(now).date() == local(due_at).date()


def time_left(now: datetime, due_at: datetime, calendar: WorkCalendar) -> str:
    """What is left, or over, in a few characters for a column of a list.

    Less than six hours of the clock: 剩3时, 剩25分. Later today: 今日到期. Else 剩2天 in working days after today,
    as limits are counted, so that a holiday in between lulls nobody. What is over counts by the clock, for who
    waits, waits at the weekend too: 逾25分, 逾5时, 逾1天 for each full 24 hours. Parts are dropped.
    """
    now, due_at = local(now), local(due_at)
    if now > due_at:
        over = now - due_at
        return f"逾{over.days}天" if over.days else f"逾{_clock_words(over)}"
    if due_at - now < _HOURS_SHOWN:
        return f"剩{_clock_words(due_at - now)}"
    if now.date() == due_at.date():
        return "今日到期"
    return f"剩{max(1, calendar.working_days_between(now.date(), due_at.date()))}天"


def _clock_words(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60}时" if minutes >= 60 else f"{max(1, minutes)}分"


def explain(
    start: datetime, limit: TimeLimit, calendar: WorkCalendar, due_at: datetime, label: str = "立案"
) -> str:
    """One Chinese line that shows how a deadline was counted, of at most about 120 characters.

    `label` names what started it. Where `due_at` is not what the count gives (extended, paused), both are said.
    """
    start, due_at = local(start), local(due_at)
    walked, counted = _walk(start, limit, calendar)
    head = (
        f"{label} {_day(start.date(), start.year)}{start:%H:%M}{_outside(start, limit, calendar)}，{limit}："
    )
    tail = f" → {_day(counted.date(), start.year)}{counted:%H:%M}"
    if due_at != counted:
        tail += f"，现定{_day(due_at.date(), start.year)}{due_at:%H:%M}"
    if limit.unit is LimitUnit.CLOCK_HOURS:
        return f"{head}不分昼夜和节假日{tail}"
    in_days = limit.unit is LimitUnit.WORK_DAYS
    first = ["当日不计"] if in_days else []
    if not in_days and walked[0].day == start.date() and walked[0].working:
        first, walked = [f"当日{_named(walked[0].name)}{_span(walked[0].minutes)}"], walked[1:]
    line = head + "，".join(first + _runs(walked, start.year, in_days)) + tail
    if len(line) > _LINE:
        line = head + "，".join([*first, *_summary(walked, start.year, in_days)]) + tail
    return line


def _outside(start: datetime, limit: TimeLimit, calendar: WorkCalendar) -> str:
    """（午休） and the like for working hours that start outside the office's; a free day is named as skipped."""
    counts_minutes = limit.unit in (LimitUnit.WORK_HOURS, LimitUnit.WORK_MINUTES)
    if not counts_minutes or not calendar.is_working(start.date()):
        return ""
    part = calendar.hours.outside(_minute(start))
    return f"（{part}）" if part else ""


def _runs(walked: Iterable[_Stretch], year: int, in_days: bool) -> list[str]:
    """Each run of days of one name: what was used of it, or that it is skipped."""
    said = []
    for (working, name), run in groupby(walked, key=lambda stretch: (stretch.working, stretch.name)):
        stretches = list(run)
        days = _days(stretches[0].day, stretches[-1].day, year)
        if not working:
            said.append(f"跳过{_holiday(name)}{days}")
            continue
        said.append(f"{days}{_named(name)}{_amount(stretches, in_days)}")
    return said


def _summary(walked: list[_Stretch], year: int, in_days: bool) -> list[str]:
    """A long way in two phrases: the working days with their sum, and the free ones with the holidays' names."""
    worked = [stretch for stretch in walked if stretch.working]
    free = [stretch for stretch in walked if not stretch.working]
    shifted = sum(stretch.name == SHIFTED for stretch in worked)
    with_shifted = f"（含{SHIFTED}{shifted}天）" if shifted else ""
    total = "" if in_days else f"，计{_amount(worked, in_days)}"
    said = [f"{_days(walked[0].day, walked[-1].day, year)}共{len(worked)}个工作日{with_shifted}{total}"]
    if free:
        names = list(dict.fromkeys(_holiday(stretch.name) for stretch in free if stretch.name != WEEKEND))
        several = f"（含{'、'.join(names[:3])}{'等' if len(names) > 3 else ''}）" if names else ""
        said.append(f"跳过休息日{len(free)}天{several}")
    return said


def _named(name: str) -> str:
    """（调休上班） for a working day that is not an ordinary one."""
    return "" if name == WORKING else f"（{name}）"


def _amount(stretches: list[_Stretch], in_days: bool) -> str:
    return f"{len(stretches)}天" if in_days else _span(sum(stretch.minutes for stretch in stretches))


def _span(minutes: int) -> str:
    """2小时, 7.5小时, 2小时45分, 30分钟."""
    if minutes < 60:
        return f"{minutes}分钟"
    if minutes % 30 == 0:
        return f"{minutes / 60:g}小时"
    return f"{minutes // 60}小时{minutes % 60}分"


def _holiday(name: str) -> str:
    """国庆节 → 国庆假期; a weekend, and what an office named itself, stay as they are."""
    if name in ("元旦", "春节") or name.endswith("节"):
        return f"{_HOLIDAY_WORDS.get(name, name)}假期"
    return name


def _day(day: date, year: int) -> str:
    """9月30日, with its year where that is not the given one."""
    return f"{f'{day.year}年' if day.year != year else ''}{day.month}月{day.day}日"


def _days(first: date, last: date, year: int) -> str:
    """9月30日, 10月1日至7日, 9月30日至10月2日."""
    if first == last:
        return _day(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_day(first, year)}至{last.day}日"
    return f"{_day(first, year)}至{_day(last, first.year)}"
