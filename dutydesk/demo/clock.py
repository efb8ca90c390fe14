"""Time for the fill: office minutes counted with whole numbers, and deadlines as the rules work them out.

A minute is the number of minutes since 1970 in UTC. The rules' own functions say when something is due and why; here
stand only the tables that make asking them a million times cheap.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from dutydesk.models import TimeLimit as LimitRow
from dutydesk.rules import deadlines
from dutydesk.rules.deadlines import LimitUnit, TimeLimit
from dutydesk.rules.workcalendar import CHINA, WorkCalendar, moment

_DAY = 1440
_EAST = 8 * 60  # China's time is so many minutes ahead of UTC
_KEPT = 100_000  # answers about deadlines, before they are forgotten
_EPOCH = date(1970, 1, 1).toordinal()


def minute_of(moment: datetime) -> int:
    """The minute of an aware moment."""
    return int(moment.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    """The moment of a minute, in China's time."""
    return datetime.fromtimestamp(minute * 60, CHINA)


def day_of(minute: int) -> date:
    """The day in China of a minute."""
    return date.fromordinal(_EPOCH + (minute + _EAST) // _DAY)


def start_of(day: date) -> int:
    """The minute with which a day begins in China."""
    return (day.toordinal() - _EPOCH) * _DAY - _EAST


class Clock:
    """The office's time from `back` days before now to `ahead` days after it."""

    def __init__(self, now: datetime, calendar: WorkCalendar, back: int = 240, ahead: int = 120) -> None:
        self.calendar = calendar
        self.now = minute_of(now)
        self.today = day_of(self.now)
        self._first = self.today.toordinal() - _EPOCH - back
        self._spans = [
            (start.hour * 60 + start.minute, end.hour * 60 + end.minute)
            for start, end in calendar.hours.spans
        ]
        self.minutes_a_day = calendar.hours.minutes_a_day
        self._works = [
            calendar.is_working(date.fromordinal(_EPOCH + self._first + n)) for n in range(back + ahead)
        ]
        self._before = [0]
        for works in self._works:
            self._before.append(self._before[-1] + works * self.minutes_a_day)
        self._dates: dict[int, str] = {}
        self._hours = [f"T{n // 60:02d}:{n % 60:02d}:00.000000Z" for n in range(_DAY)]

    def worked(self, minute: int) -> int:
        """How many office minutes there were up to a minute."""
        day, within = divmod(minute + _EAST, _DAY)
        day -= self._first
        if not self._works[day]:
            return self._before[day]
        return self._before[day] + sum(
            min(within, end) - start for start, end in self._spans if within > start
        )

    def at(self, worked: int) -> int:
        """The minute at which so many office minutes are over."""
        day = bisect_right(self._before, worked) - 1
        left = worked - self._before[day]
        within = _DAY
        for start, end in self._spans:
            if left < end - start:
                within = start + left
                break
            left -= end - start
        return (day + self._first) * _DAY + within - _EAST

    def after(self, minute: int, office_minutes: int) -> int:
        """The minute so many office minutes later."""
        return max(minute, self.at(self.worked(minute) + office_minutes)) if office_minutes else minute

    def before(self, minute: int, office_minutes: int) -> int:
        """The minute so many office minutes earlier."""
        return self.at(self.worked(minute) - office_minutes)

    def iso(self, minute: int) -> str:
        """A minute as `InstantField` keeps it."""
        day, within = divmod(minute, _DAY)
        text = self._dates.get(day)
        if text is None:
            text = self._dates[day] = date.fromordinal(_EPOCH + day).isoformat()
        return text + self._hours[within]

    def closing(self, day: date) -> int:
        """The minute at which the office closes on a day."""
        return start_of(day) + self._spans[-1][1]

    def is_working(self, day: date) -> bool:
        """Whether the office works on a day."""
        return self.calendar.is_working(day)

    def working_day_after(self, day: date, count: int) -> date:
        """The working day so many working days later."""
        while count:
            day += timedelta(days=1)
            count -= self.calendar.is_working(day)
        return day


class Limit(NamedTuple):
    """A row of the office's time limits."""

    id: int
    amount: int
    unit: str

    @property
    def office_minutes(self) -> int:
        """Roughly how much time there is, for a story's pace; by the clock where the limit runs so."""
        return self.amount * {"work_days": 450, "work_hours": 60, "clock_hours": 60}[self.unit]


class Limits:
    """The time limits of the office, and what is due by them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.hours = str(clock.calendar.hours)
        self._rows = {
            (row.category_id, row.urgency.value, row.phase.value): Limit(row.id, row.amount, row.unit)
            for row in LimitRow.select().order_by(LimitRow.valid_from, LimitRow.id)
        }
        self._due: dict[tuple[int, str, int], tuple[int, str]] = {}

    def of(self, category_id: int, urgency: str, phase: str) -> Limit:
        """The limit of a category for an urgency and a phase."""
        return self._rows[category_id, urgency, phase]

    def due(self, limit: Limit, start: int) -> tuple[int, str]:
        """When a limit that starts at a minute is due, and the line that explains it, as `time_limits.deadline_for`."""
        key = (limit.amount, limit.unit, start)
        found = self._due.get(key)
        if found is None:
            if len(self._due) > _KEPT:
                self._due.clear()
            calendar = self._clock.calendar
            begin, rule = moment_of(start), TimeLimit(limit.amount, LimitUnit(limit.unit))
            at = deadlines.due(begin, rule, calendar)
            line = deadlines.explain(begin, rule, calendar, at)
            notice = calendar.notice(begin.date(), at.date())
            found = self._due[key] = (minute_of(at), f"{line}（{notice}）" if notice else line)
        return found

    def after_pause(self, due_at: int, unit: str, paused_at: int, resumed_at: int) -> tuple[int, str]:
        """The deadline after a pause and its line, as `time_limits.resume_deadline`."""
        due, paused, resumed = moment_of(due_at), moment_of(paused_at), moment_of(resumed_at)
        at = deadlines.extended_by_pause(
            due, paused, resumed, self._clock.calendar, LimitUnit(unit or "work_hours")
        )
        said = f"{moment(paused, '')}停止计算，{moment(resumed, '')}恢复，原定{moment(due, '')} → {moment(at, '')}"
        return minute_of(at), said


def now() -> datetime:
    """This minute."""
    return datetime.now(UTC).replace(second=0, microsecond=0)
