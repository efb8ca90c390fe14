"""A month's duties made fair: pure functions over days and counts.

Each duty first goes to whoever has had least of its kind. Then two people change places for a few days wherever that
brings nights, weekends, holidays or the month's totals closer together, until all are within one of each other; where
the people or their absences do not let them be, as close as it finds. Always the same for the same question.

Nobody has two duties on a day; a night is followed by a day of rest; nobody is on more than so many days in a row.
Where there are too few people a longer row, then a rest of eight hours will do; what nobody can take stays vacant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heapify, heapreplace
from random import Random

from dutydesk.rules.shift_pattern import HOLIDAY, LEAST_REST, Duty, Kind, Pattern, Tally, day_kind
from dutydesk.rules.workcalendar import WEEKEND, WorkCalendar

_OFF = -1
_TOO_LONG, _SHORT_REST, _FORBIDDEN = 40.0, 400.0, 1e9
_PATIENCE, _AT_MOST = (
    3000,
    12_000,
)  # changes tried in vain, for each person there is, before it is left as it is
_WINDOW = (1, 1, 1, 2, 2, 3, 4, 5, 7)  # for how many days two people change places
_LAST_WORD = 0.4  # of a duty: so much counts who has had more before, less than would change a month's totals
_WARM, _COOL = 1.0, 0.9995


def draft(
    pattern: Pattern,
    days: Sequence[date],
    calendar: WorkCalendar,
    past: Mapping[int, Tally] | None = None,
    before: Sequence[Duty] = (),
) -> list[Duty]:
    """A roster for these days, in order. `past` is what each has had, `before` the last duties before the first day."""
    plan = _Plan(pattern, list(days), calendar, dict(past or {}), before)
    _fill(plan)
    _even_out(plan, Random(days[0].toordinal() if days else 0))  # noqa: S311  (nobody gains by guessing it)
    return plan.duties()


@dataclass
class _Plan:
    """Who has which shift on which day: a row of shifts (their places in the pattern, or _OFF) for each person.

    A row begins with `lead` days of the month before, for what is in a row and for the rest after a night.
    """

    pattern: Pattern
    days: list[date]
    calendar: WorkCalendar
    past: dict[int, Tally]
    before: Sequence[Duty]
    rows: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        """The month before, who can be there, what counts as what, with what everybody begins."""
        people, kinds = self.pattern.people, self.pattern.kinds
        self.lead = self.pattern.most + 1
        first = self.days[0] if self.days else date.min
        self.all_days = [first + timedelta(days=number) for number in range(-self.lead, 0)] + self.days
        self.night = [kind.night for kind in kinds]
        self.rows = [[_OFF] * len(self.all_days) for _ in people]
        self.there = [[not self.pattern.is_away(who, day) for day in self.all_days] for who in people]
        self.too_soon = [[_too_soon(last, kind) for kind in kinds] for last in kinds]
        earlier = {day: at for at, day in enumerate(self.all_days[: self.lead])}
        for duty in self.before:
            if duty.staff_id in people and duty.day in earlier:
                alike = (n for n, kind in enumerate(kinds) if kind.night is duty.kind.night)
                self.rows[people.index(duty.staff_id)][earlier[duty.day]] = next(alike, 0)
        named = [day_kind(day, self.calendar) for day in self.all_days]
        self.counts_as = [
            [(1, int(kind.night), int(name == WEEKEND), int(name == HOLIDAY)) for kind in kinds]
            for name in named
        ]
        self.had = [[0.0] * 4 for _ in people]

    def duties(self) -> list[Duty]:
        """The roster, vacancies too, in order."""
        found = []
        for at in range(self.lead, len(self.all_days)):
            for place, kind in enumerate(self.pattern.kinds):
                who = next((n for n, row in enumerate(self.rows) if row[at] == place), None)
                found.append(Duty(self.all_days[at], kind, None if who is None else self.pattern.people[who]))
        return found

    def strain(self, row: list[int]) -> float:
        """How much of what should not be is in somebody's row."""
        most, rest, cost, run, last = self.pattern.most, self.pattern.rest, 0.0, 0, _OFF
        for place in row:
            if place == _OFF:
                run, last = 0, _OFF
                continue
            run += 1
            if run > most:
                cost += _TOO_LONG
            if last != _OFF:
                if self.too_soon[last][place]:
                    cost += _FORBIDDEN
                elif rest and self.night[last]:
                    cost += _SHORT_REST
            last = place
        return cost


def _too_soon(last: Kind, following: Kind) -> bool:
    """Whether a shift on the next day begins before there was any rest after a night."""
    day = date(2000, 1, 1)
    begins = following.span(day + timedelta(days=1))[0]
    return last.night and begins - last.span(day)[1] < LEAST_REST


def _begin_with(plan: _Plan) -> None:
    """With what everybody begins: what each has had before, and for each absence what others have meanwhile.

    The month's totals are for the month alone; who has had more before only comes last among equals.
    """
    people = plan.pattern.people
    known = [plan.past[who] for who in people if who in plan.past]
    least = [min((getattr(each, name) for each in known), default=0) for name in Tally.KINDS]
    month = range(plan.lead, len(plan.all_days))
    for column, name in enumerate(Tally.KINDS):
        weights = [sum(kind[column] for kind in plan.counts_as[at]) for at in month]
        shares = [sum(w for at, w in zip(month, weights, strict=True) if there[at]) for there in plan.there]
        for n, who in enumerate(people):
            had = getattr(plan.past[who], name) if who in plan.past else least[column]
            missed = sum(weights) * (1 / len(people) - shares[n] / (sum(shares) or 1))
            plan.had[n][column] = missed + (had if column else 0)
    totals = [plan.past[who].total if who in plan.past else least[0] for who in people]
    for n, total in enumerate(totals):
        plan.had[n][0] += _LAST_WORD * (total - min(totals)) / (max(totals) - min(totals) or 1)


def _fill(plan: _Plan) -> None:
    """Each duty to whoever has had least of its kind; the night first, which asks most of who is there."""
    _begin_with(plan)
    kinds = plan.pattern.kinds
    order = sorted(range(len(kinds)), key=lambda place: not kinds[place].night)
    for at in range(plan.lead, len(plan.all_days)):
        for number, place in enumerate(order, 1):
            able = _able(plan, at, place)
            for n in able:
                others = [_able(plan, at, other) for other in order[number:]]
                if all(set(each) - {n} for each in others):
                    break
            else:
                n = able[0] if able else _OFF
            if n != _OFF:
                plan.rows[n][at] = place
                for column, count in enumerate(plan.counts_as[at][place]):
                    plan.had[n][column] += count


def _able(plan: _Plan, at: int, place: int) -> list[int]:
    """Who can have a shift of a day, who best comes first."""
    found = []
    for n, row in enumerate(plan.rows):
        if row[at] != _OFF or not plan.there[n][at]:
            continue
        row[at] = place
        strain = plan.strain(row[max(at - plan.lead, 0) : at + 1])
        row[at] = _OFF
        if strain >= _FORBIDDEN:
            continue
        had = plan.had[n]
        of_its_kind = sum(had[c] for c in (1, 2, 3) if plan.counts_as[at][place][c])
        waited = next((back for back in range(at) if row[at - back] != _OFF), at)
        found.append((strain, of_its_kind, had[0], -waited, n))
    return [n for *_, n in sorted(found)]


def _even_out(plan: _Plan, dice: Random) -> None:
    """Two people change places for some days, again and again, while that makes it better."""
    people = len(plan.rows)
    if people < 2 or not plan.days:
        return
    strains = [plan.strain(row) for row in plan.rows]
    settled = [plan.strain(row[: plan.lead]) for row in plan.rows]  # what the month before was like
    goal = _closest(plan)
    now = best = sum(strains)
    kept = [list(row) for row in plan.rows]
    heat, tried = _WARM, 0
    while tried < min(_PATIENCE * people, _AT_MOST) and (strains != settled or not _close_enough(plan, goal)):
        tried, heat = tried + 1, heat * _COOL
        change = _Change.thrown(plan, dice)
        if change is None:
            continue
        after = (plan.strain(change.rows[0]), plan.strain(change.rows[1]))
        worse = sum(after) - strains[change.one] - strains[change.other] + change.unfairer(plan)
        if worse > 0 and dice.random() >= math.exp(-worse / max(heat, 1e-3)):
            continue
        strains[change.one], strains[change.other] = after
        change.make(plan)
        now += worse
        if now < best - 1e-9:
            best, tried, kept = now, 0, [list(row) for row in plan.rows]
    if now > best + 1e-9:
        plan.rows = kept


@dataclass
class _Change:
    """Two people change places for some days: their rows after it, and how the counts move from one to the other."""

    one: int
    other: int
    rows: tuple[list[int], list[int]]
    moved: list[int]

    @classmethod
    def thrown(cls, plan: _Plan, dice: Random) -> _Change | None:
        """Any of them; None for one that changes nothing or asks for somebody who is away."""
        one, other = dice.sample(range(len(plan.rows)), 2)
        begin = dice.randrange(plan.lead, len(plan.all_days))
        end = min(begin + dice.choice(_WINDOW), len(plan.all_days))
        mine, yours = plan.rows[one], plan.rows[other]
        if mine[begin:end] == yours[begin:end]:
            return None
        moved = [0, 0, 0, 0]
        for at in range(begin, end):
            for place, sign, there in ((mine[at], 1, plan.there[other]), (yours[at], -1, plan.there[one])):
                if place == _OFF:
                    continue
                if not there[at]:
                    return None
                for column, count in enumerate(plan.counts_as[at][place]):
                    moved[column] += sign * count
        rows = (
            mine[:begin] + yours[begin:end] + mine[end:],
            yours[:begin] + mine[begin:end] + yours[end:],
        )
        return cls(one, other, rows, moved)

    def unfairer(self, plan: _Plan) -> float:
        """By how much the squares of the counts grow: they are least where the counts are closest."""
        mine, yours = plan.had[self.one], plan.had[self.other]
        return sum(
            2 * count * (count - mine[column] + yours[column])
            for column, count in enumerate(self.moved)
            if count
        )

    def make(self, plan: _Plan) -> None:
        """Make it."""
        plan.rows[self.one], plan.rows[self.other] = self.rows
        for column, count in enumerate(self.moved):
            plan.had[self.one][column] -= count
            plan.had[self.other][column] += count


def _closest(plan: _Plan) -> list[float]:
    """How far apart the counts of each kind must be at least: what is to share, unit by unit to who has least."""
    found = []
    for column in range(len(Tally.KINDS)):
        month = range(plan.lead, len(plan.all_days))
        given = [
            sum(plan.counts_as[at][row[at]][column] for at in month if row[at] != _OFF) for row in plan.rows
        ]
        heap = [had[column] - count for had, count in zip(plan.had, given, strict=True)]
        heapify(heap)
        for _unit in range(sum(given)):
            heapreplace(heap, heap[0] + 1)
        found.append(max(1.0, max(heap) - min(heap)))
    return found


def _close_enough(plan: _Plan, goal: Sequence[float]) -> bool:
    columns = zip(zip(*plan.had, strict=True), goal, (_LAST_WORD, 0.0, 0.0, 0.0), strict=True)
    return all(max(had) - min(had) <= apart + more + 1e-9 for had, apart, more in columns)
