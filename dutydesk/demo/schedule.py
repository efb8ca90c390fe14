"""When the cases of half a year come in, where, from which source, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from dutydesk.demo.clock import Clock, start_of
from dutydesk.demo.courses import STAGES, Stage
from dutydesk.demo.people import Team

DAYS = 182
NEEDS = 0.05  # the share collected ahead of complaint: 1,500 of 30,000
SOLVED = 0.8  # of those: 1,200 of 1,500
_STILL_NEW = 0.06  # the last of the needs have come in too lately to be solved
_OWN_AT_LEAST = 240
_STAGED_AT_MOST = 0.45

_WEIGHTS = {
    "patrol": 30,
    "joint_patrol": 5,
    "grid": 20,
    "hotline": 20,
    "caller": 12,
    "superior": 4,
    "opinion": 4,
}
_AT_NIGHT = {"hotline": 65, "grid": 20, "opinion": 15}
_NEEDS = {"visit": 60, "meeting": 40}
_TALKED = {"hotline": 60, "caller": 40}
_FOUND = {"grid": 80, "superior": 20}
# How likely a case comes in at each hour of the day.
_HOURS = (1, 0.5, 0.3, 0.2, 0.3, 0.8, 2, 5, 22, 42, 40, 30, 10, 22, 36, 34, 26, 14, 9, 8, 7, 5, 3, 2)
_FREE_DAY = 0.4
_GROWTH = 1.4  # so much more comes in lately than half a year ago


@dataclass(frozen=True)
class Slot:
    """A case to be made. `need`: solved, unsolved, or nothing for what is no need collected ahead."""

    minute: int
    team: Team
    source: str
    need: str = ""
    stage: Stage | None = None


class Schedule:
    """All slots in the order in which the cases are reported, a day at a time."""

    def __init__(self, rng: Random, clock: Clock, teams: list[Team], issues: int) -> None:
        self._rng, self._clock, self._teams = rng, clock, teams
        self._own = next(team for team in teams if team.own)
        self._area_weights = list(accumulate(len(team.units) for team in teams))
        self._staged = self._stage(issues)
        self._plain = issues - len(self._staged)
        self.needs = min(self._plain, round(issues * NEEDS))
        self.solved = round(self.needs * SOLVED)
        share = max(issues / len(teams) * 1.25, min(issues * 0.6, _OWN_AT_LEAST))
        self._own_share = max(0.0, share - len(self._staged)) / max(1, self._plain)

    def _stage(self, issues: int) -> list[Slot]:
        """The open cases of the own area: one of each kind first, then those just reported."""
        first, *others = STAGES
        rest = [stage for stage in others for _ in range(stage.many - 1)]
        chosen = [*STAGES, *[first] * (first.many - 1), *rest][: int(issues * _STAGED_AT_MOST)]
        slots = []
        for stage in chosen:
            if stage.due == "today":
                weights = {"hotline": 1}
            elif stage.contact:
                weights = _TALKED
            elif stage.contact is False or stage.due == "over":
                weights = _FOUND
            else:
                weights = {**_TALKED, **_FOUND}
            minute = self._clock.before(self._clock.now, self._rng.randint(*stage.age))
            slots.append(Slot(minute, self._own, self._one(weights), stage=stage))
        return sorted(slots, key=lambda slot: slot.minute)

    def _one(self, weights: dict[str, int]) -> str:
        return self._rng.choices(list(weights), list(weights.values()))[0]

    def __iter__(self) -> Iterator[Slot]:
        staged = iter(self._staged)
        ahead = next(staged, None)
        for slot in self._of_days():
            while ahead and ahead.minute <= slot.minute:
                yield ahead
                ahead = next(staged, None)
            yield slot
        while ahead:
            yield ahead
            ahead = next(staged, None)

    def _of_days(self) -> Iterator[Slot]:
        left, needs, unsolved = self._plain, self.needs, self.needs - self.solved
        still_new = min(unsolved, round(self.needs * _STILL_NEW))
        unsolved -= still_new
        days = [self._clock.today - timedelta(days=back) for back in range(DAYS, -1, -1)]
        weights = [self._weight(day) for day in days]
        total = sum(weights)
        for day, weight in zip(days, weights, strict=True):
            many = left if day == days[-1] else round(left * weight / total) if total else 0
            total -= weight
            for minute in self._minutes(day, many):
                need = ""
                if self._rng.random() * left < needs:
                    if needs <= still_new:
                        need = "unsolved"
                    else:
                        need = "unsolved" if self._rng.random() * (needs - still_new) < unsolved else "solved"
                        unsolved -= need == "unsolved"
                    needs -= 1
                left -= 1
                yield self._slot(minute, day, need)

    def _weight(self, day: date) -> float:
        weight = 1.0 if self._clock.is_working(day) else _FREE_DAY
        weight *= 1 + _GROWTH * (1 - (self._clock.today - day).days / DAYS) ** 6
        if day == self._clock.today:
            gone = (self._clock.now - start_of(day)) / 60
            weight *= sum(_HOURS[: int(gone)]) / sum(_HOURS)
        return weight

    def _minutes(self, day: date, many: int) -> list[int]:
        begin = start_of(day)
        hours = self._rng.choices(range(24), _HOURS, k=many)
        last = self._clock.now
        return sorted(min(begin + hour * 60 + self._rng.randrange(60), last) for hour in hours)

    def _slot(self, minute: int, day: date, need: str) -> Slot:
        own = self._rng.random() < self._own_share
        team = self._own if own else self._rng.choices(self._teams, cum_weights=self._area_weights)[0]
        within = (minute - start_of(day)) // 60
        if need:
            source = self._one(_NEEDS)
        elif 8 <= within < 18:
            source = self._one(_WEIGHTS)
        else:
            source = self._one(_AT_NIGHT)
        if source in ("patrol", "joint_patrol") and team.own and day == self._clock.today:
            source = "grid"
        return Slot(minute, team, source, need)
