"""值班表 drafted from a pattern: pure functions over days and counts.

Each duty goes to whoever has had least of its kind: nights, weekends and holidays are counted apart, those of past
months too. Nobody has two duties on a day, and a night is followed by a day of rest; where there are too few people a
rest of eight hours will do, and what nobody can take stays vacant and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dutydesk.rules.workcalendar import CHINA, WEEKEND, WorkCalendar
from dutydesk.text import narrow

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

    def of_its_kind(self, night: bool, days_name: str) -> int:
        """How often somebody has had such a duty."""
        return (
            night * self.nights
            + (days_name == WEEKEND) * self.weekends
            + 2 * (days_name == HOLIDAY) * self.holidays
        )


HOLIDAY, WEEKDAY = "节假日", "工作日"


def day_kind(day: date, calendar: WorkCalendar) -> str:
    """周末, 节假日 or 工作日; a shifted working day is a working day."""
    found = calendar.day(day)
    if found.working:
        return WEEKDAY
    return WEEKEND if found.name == WEEKEND else HOLIDAY


@dataclass(frozen=True)
class Pattern:
    """From what a month is drafted. `away` are spans of days, both ends included; `rest` is a day off after a night."""

    kinds: tuple[Kind, ...]
    people: tuple[int, ...]
    rest: bool = True
    away: tuple[tuple[int, date, date], ...] = ()

    def is_away(self, staff_id: int, day: date) -> bool:
        """Whether somebody cannot have a duty that begins on a day."""
        return any(who == staff_id and first <= day <= last for who, first, last in self.away)


@dataclass
class _Drafting:
    pattern: Pattern
    calendar: WorkCalendar
    tallies: dict[int, Tally]
    duties: list[Duty] = field(default_factory=list)
    latest: dict[int, Duty] = field(default_factory=dict)

    def note(self, duty: Duty) -> None:
        self.duties.append(duty)
        if duty.staff_id is not None:
            self.latest[duty.staff_id] = duty

    def free(self, staff_id: int, day: date, kind: Kind, whole_day: bool) -> bool:
        """Whether somebody may have a duty; `whole_day` asks for a day off after a night."""
        if self.pattern.is_away(staff_id, day):
            return False
        last = self.latest.get(staff_id)
        if last is None:
            return True
        if last.day == day:
            return False
        if whole_day and last.kind.night and last.day == day - timedelta(days=1):
            return False
        return kind.span(day)[0] - last.kind.span(last.day)[1] >= LEAST_REST or not last.kind.night

    def choose(self, day: date, kind: Kind, to_come: Sequence[Kind]) -> int | None:
        """Whoever has had least of the kind, then least of all, then has waited longest.

        Nobody whom a shift still `to_come` on this day needs more; unless that cannot be.
        """
        first: int | None = None
        for whole_day in (True, False) if self.pattern.rest else (False,):
            able = [who for who in self.pattern.people if self.free(who, day, kind, whole_day)]
            for who in sorted(able, key=lambda who: self._had(who, kind.night, day)):
                first = who if first is None else first
                others = [each for each in self.pattern.people if each != who]
                if all(any(self.free(each, day, other, False) for each in others) for other in to_come):
                    return who
        return first

    def _had(self, who: int, night: bool, day: date) -> tuple[int, int, int, int]:
        """By what people are chosen. Who takes a night is off the next day: better who has had most of its kind."""
        tally, last = self.tallies[who], self.latest.get(who)
        waited = last.day.toordinal() if last else 0
        tomorrow = tally.of_its_kind(False, day_kind(day + timedelta(days=1), self.calendar)) if night else 0
        had = tally.of_its_kind(night, day_kind(day, self.calendar))
        return had - tomorrow, tally.total, waited, self.pattern.people.index(who)


def draft(
    pattern: Pattern,
    days: Iterable[date],
    calendar: WorkCalendar,
    past: Mapping[int, Tally] | None = None,
    before: Sequence[Duty] = (),
) -> list[Duty]:
    """A roster for these days, in order. `past` is what each has had, `before` the last duties before the first day."""
    past = past or {}
    least = _least([past[who] for who in pattern.people if who in past])
    tallies = {who: _copy(past.get(who, least)) for who in pattern.people}
    work = _Drafting(pattern, calendar, tallies)
    for duty in before:
        if duty.staff_id is not None:
            work.latest[duty.staff_id] = duty
    for day in days:
        # the night first: it asks most of who is there
        order = sorted(pattern.kinds, key=lambda kind: not kind.night)
        for place, kind in enumerate(order, 1):
            who = work.choose(day, kind, order[place:])
            work.note(Duty(day, kind, who))
            if who is not None:
                tallies[who].add(kind.night, day_kind(day, calendar))
    return sorted(work.duties, key=lambda duty: (duty.day, duty.kind.begins))


def _copy(tally: Tally) -> Tally:
    return Tally(tally.total, tally.nights, tally.weekends, tally.holidays)


def _least(tallies: Sequence[Tally]) -> Tally:
    """With what a newcomer begins: the least that anybody has had, so that he need not make up for months."""
    if not tallies:
        return Tally()
    return Tally(
        *(
            min(getattr(each, name) for each in tallies)
            for name in ("total", "nights", "weekends", "holidays")
        )
    )


def wrong_with(duties: Sequence[Duty]) -> dict[tuple[date, str], str]:
    """What is wrong with duties, by day and shift: 空缺, 一天两班, 夜班后没休息; nothing for those that are well."""
    found: dict[tuple[date, str], str] = {}
    latest: dict[int, Duty] = {}
    for duty in sorted(duties, key=lambda each: (each.day, each.kind.begins)):
        key = (duty.day, duty.kind.name)
        if duty.staff_id is None:
            found[key] = "空缺"
            continue
        last = latest.get(duty.staff_id)
        if last is not None and last.day == duty.day:
            found[key] = "一天两班"
        elif last is not None and last.kind.night and last.day == duty.day - timedelta(days=1):
            found[key] = "夜班后没休息"
        latest[duty.staff_id] = duty
    return found
