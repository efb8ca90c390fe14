"""The last 30 days of patrols in every area, tied to the issues that they found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

from dutydesk.demo.case import Case, Kind
from dutydesk.demo.clock import Clock, day_of, start_of
from dutydesk.demo.people import Person, Team
from dutydesk.demo.schedule import Slot
from dutydesk.demo.wording import Template, Wording
from dutydesk.models import Checkpoint, Patrol, PatrolCheck, Route, Unit
from dutydesk.models.connection import insert_rows
from dutydesk.vocabulary import PatrolKind

DAYS = 30
_PATROL = (
    "id", "route", "area", "day", "kind", "partners", "started_at", "walked_at", "finished_at", "finished_by",
    "backfilled", "rest_reason", "version",
)  # fmt: skip
_CHECK = (
    "patrol", "checkpoint", "position", "unit", "place", "look_at", "standard", "abnormal", "force", "category",
    "mark", "reason", "issue", "marked_at", "marked_by", "backfilled",
)  # fmt: skip
_BEGIN = 8 * 60 + 40
_BACKFILLED = 0.06
_BROKEN_OFF = 0.05
_NOT_APPLICABLE = 0.02


class Point(NamedTuple):
    """A checkpoint with what a day's sheet copies of it."""

    id: int
    position: int
    unit: int
    place: str
    look_at: str
    standard: str
    abnormal: str
    force: str
    category: int
    unit_name: str
    weekdays: str


class Walk(NamedTuple):
    """A route with its checkpoints."""

    id: int
    joint: bool
    partners: str
    points: list[Point]


class Walks:
    """The walks of each area; what was found on them is remembered until they are written."""

    def __init__(self, rng: Random, clock: Clock, words: Wording, teams: list[Team]) -> None:
        self._rng, self._clock, self._words, self._teams = rng, clock, words, teams
        self._walks = _walks()
        self._found: dict[tuple[int, int], tuple[int, int]] = {}
        self._templates: dict[tuple[int, str], Template] = {}
        self._last = clock.today.toordinal() - 1
        self._first = self._last - DAYS + 1

    def checkpoint(self, slot: Slot) -> Point | None:
        """A checkpoint at which an issue of a patrol may have been found; None outside the last 30 days."""
        if slot.source not in ("patrol", "joint_patrol"):
            return None
        day = day_of(slot.minute)
        if not self._first <= day.toordinal() <= self._last:
            return None
        joint, weekday = slot.source == "joint_patrol", str(day.isoweekday())
        points = [
            point
            for walk in self._walks[slot.team.id]
            if walk.joint == joint
            for point in walk.points
            if weekday in point.weekdays and (day.toordinal(), point.id) not in self._found
        ]
        return self._rng.choice(points) if points else None

    def template(self, point: Point, kind: Kind) -> Template:
        """What was seen there: as the checkpoint has it, or something else of its category."""
        if self._rng.random() < 0.4:
            return self._rng.choice(kind.words.by_kind["seen"])
        key = (kind.id, point.abnormal)
        if key not in self._templates:
            detail = f"巡查点{point.place}，看{point.look_at}。标准：{point.standard}。"
            general = self._words.general["done"]
            self._templates[key] = kind.words.template(point.abnormal, detail, general)
        return self._templates[key]

    def tie(self, case: Case) -> None:
        """Remember the case that was found at a checkpoint."""
        if case.checkpoint is not None:
            day = day_of(case.reported_at).toordinal()
            self._found[day, case.checkpoint.id] = case.id, case.reported_at

    def write(self) -> None:
        """Write every walk but today's."""
        ids = count(1)
        for ordinal in range(self._first, self._last + 1):
            patrols, checks = [], []
            for team in self._teams:
                for patrol, rows in self._of_day(team, date.fromordinal(ordinal), ids):
                    patrols.append(patrol)
                    checks += rows
            insert_rows(Patrol, _PATROL, patrols)
            insert_rows(PatrolCheck, _CHECK, checks)

    def _of_day(
        self, team: Team, day: date, ids: Iterator[int]
    ) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
        weekday = str(day.isoweekday())
        left_open = team.own and day == self._clock.today - timedelta(days=1)
        for place, walk in enumerate(self._walks[team.id]):
            points = [point for point in walk.points if weekday in point.weekdays]
            if points:
                half_done = left_open and not walk.joint
                left_open = left_open and not half_done
                yield self._walk(next(ids), team, day, walk, points, place, half_done)

    def _walk(
        self, key: int, team: Team, day: date, walk: Walk, points: list[Point], place: int, half_done: bool
    ) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        rng, iso = self._rng, self._clock.iso
        officer: Person = rng.choice(team.officers)
        minute = begin = start_of(day) + _BEGIN + place * 45 + rng.randrange(30)
        on_paper = not half_done and rng.random() < _BACKFILLED
        walked_until = len(points)
        if half_done:
            walked_until //= 2
        elif not on_paper and rng.random() < _BROKEN_OFF:
            walked_until -= rng.randint(1, min(4, len(points) - 1)) if len(points) > 1 else 0
        rows, last, marked = [], begin, 0
        for number, point in enumerate(points):
            minute += rng.randint(2, 5)
            mark, reason, issue, at = self._mark(day, point, minute, number < walked_until)
            by = None
            if mark != "unchecked":
                last, marked, by = max(last, at), marked + 1, officer.id
                at = begin if on_paper else at
            seen = (key, *point[:9], mark, reason, issue, iso(at) if by else None, by, on_paper)
            rows.append(seen)
        if on_paper:
            last = max(last, begin) + rng.randint(60, 300)
        unfinished = half_done and walked_until < len(points)
        rest = ""
        if not unfinished and marked < len(points):
            rest = rng.choice(self._words.general["rest_reason"])
        patrol = (
            key,
            walk.id,
            team.id,
            day.isoformat(),
            "joint" if walk.joint else "daily",
            walk.partners,
            iso(begin),
            iso(begin) if on_paper else None,
            None if unfinished else iso(last + 6),
            None if unfinished else officer.id,
            on_paper,
            rest,
            marked + 2 if on_paper or not unfinished else marked + 1,
        )
        return patrol, rows

    def _mark(self, day: date, point: Point, minute: int, walked: bool) -> tuple[str, str, int | None, int]:
        found = self._found.pop((day.toordinal(), point.id), None)
        if found:
            return "abnormal", "", found[0], found[1]
        if not walked:
            return "unchecked", "", None, minute
        if self._rng.random() < _NOT_APPLICABLE:
            return "not_applicable", self._rng.choice(self._words.general["not_applicable"]), None, minute
        return "normal", "", None, minute


def _walks() -> dict[int, list[Walk]]:
    walks: dict[int, list[Walk]] = {}
    by_route: dict[int, list[Point]] = {}
    units = {row.id: row.name for row in Unit.select()}
    for row in Checkpoint.select().order_by(Checkpoint.route, Checkpoint.position):
        by_route.setdefault(row.route_id, []).append(
            Point(
                row.id, row.position, row.unit_id, row.place, row.look_at, row.standard, row.abnormal,
                row.force.value, row.category_id, units[row.unit_id], row.weekdays,
            )
        )  # fmt: skip
    for route in Route.select().order_by(Route.id):
        joint = route.kind is PatrolKind.JOINT
        walks.setdefault(route.area_id, []).append(Walk(route.id, joint, route.partners, by_route[route.id]))
    return walks
