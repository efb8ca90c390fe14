"""每日巡查 read: a day's patrols with their checkpoints, and those of earlier days that are unfinished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from dutydesk.models import Area, Category, Checkpoint, Issue, Patrol, PatrolCheck, Route, Staff, Unit
from dutydesk.rules import permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import on_day
from dutydesk.session import Session
from dutydesk.vocabulary import Force, Mark, PatrolKind, Source

UNFINISHED_DAYS = 31  # how long an unfinished patrol is asked for; afterwards it is only counted


@dataclass(frozen=True)
class Check:
    """A checkpoint of one day's patrol, with its texts as they were that day.

    `position` counts those of the day: routes skip checkpoints on some weekdays.
    """

    id: int
    patrol_id: int
    position: int
    unit_id: int
    unit: str
    place: str
    look_at: str
    standard: str
    abnormal: str
    force: Force
    category_id: int
    category: str
    mark: Mark
    reason: str
    issue_id: int | None
    issue_number: str
    marked_at: datetime | None
    marked_by: str
    backfilled: bool

    @property
    def where(self) -> str:
        """Unit and place in one line; a place that already begins with its unit's name stays as it is."""
        return self.place if self.place.startswith(self.unit) else f"{self.unit} {self.place}"

    @property
    def open(self) -> bool:
        """Whether it is still 未查."""
        return self.mark is Mark.UNCHECKED


@dataclass(frozen=True)
class PatrolSheet:
    """One day's walk of one route with its checkpoints in order."""

    id: int
    area: str
    route: str
    kind: PatrolKind
    day: date
    partners: str
    walked_at: datetime | None
    finished_at: datetime | None
    finished_by: str
    backfilled: bool
    rest_reason: str
    checks: tuple[Check, ...]

    @property
    def left(self) -> int:
        """How many checkpoints are still 未查."""
        return self.count(Mark.UNCHECKED)

    @property
    def finished(self) -> bool:
        """Whether it was finished: nothing in it changes any more."""
        return self.finished_at is not None

    def count(self, mark: Mark) -> int:
        """How many checkpoints have this mark."""
        return sum(check.mark is mark for check in self.checks)


def area_of(session: Session) -> int | None:
    """The area whose patrols this person walks."""
    roles = permission.MAY["patrol"]
    return next((grant.area_id for grant in session.grants if grant.role in roles and grant.area_id), None)


def todays(session: Session) -> list[PatrolSheet]:
    """Today's patrols of the own area in the order of their routes, then unfinished ones, the newest day first."""
    area_id = area_of(session)
    if area_id is None:
        return []
    rows = list(current_patrols(area_id, session.day))
    return [_sheet(row, checks) for row, checks in zip(rows, _checks(rows), strict=True)]


def sheet(session: Session, patrol_id: int) -> PatrolSheet:
    """One patrol. Raises NotAllowed outside the own area, Refused where there is none."""
    row = patrol_of(session, patrol_id)
    return _sheet(row, *_checks([row]))


def intake_fields(session: Session, check_id: int) -> dict[str, str]:
    """What 登记 begins with when a checkpoint is 异常. Raises as `sheet` does."""
    found = sheet(session, check_of(session, check_id).patrol_id)
    return prefill(found, next(check for check in found.checks if check.id == check_id))


def prefill(sheet: PatrolSheet, check: Check) -> dict[str, str]:
    """The same from what was read before; a patrol walked with paper gives the time of the walk too."""
    source = Source.JOINT_PATROL if sheet.kind is PatrolKind.JOINT else Source.PATROL
    fields = {
        "unit": str(check.unit_id),
        "spot": check.place.removeprefix(check.unit),
        "category": str(check.category_id),
        "force": check.force.value,
        "source": source.value,
        "summary": check.abnormal,
        "patrol_check": str(check.id),
    }
    if sheet.walked_at:
        fields["found_at"] = sheet.walked_at.isoformat()
    return fields


def current_patrols(area_id: int, day: date) -> Any:
    """The patrols of a day, and those before it that are unfinished."""
    unfinished = Patrol.finished_at.is_null() & Patrol.day.between(
        day - timedelta(days=UNFINISHED_DAYS), day - timedelta(days=1)
    )
    return (
        _patrols()
        .where(Patrol.area == area_id, (Patrol.day == day) | unfinished)
        .order_by(Patrol.day.desc(), Patrol.kind, Patrol.route)
    )


def _patrols() -> Any:
    return (
        Patrol.select(Patrol, Route, Area, Staff)
        .join(Route)
        .switch(Patrol)
        .join(Area)
        .switch(Patrol)
        .left_outer_join(Staff, on=(Patrol.finished_by == Staff.id))
    )


def _checks(patrols: list[Patrol]) -> Iterator[list[Check]]:
    """The checkpoints of each patrol given, in order; one query for all."""
    by_patrol: dict[int, list[Check]] = {patrol.id: [] for patrol in patrols}
    rows = _rows().where(PatrolCheck.patrol.in_(list(by_patrol)))
    for row in rows.order_by(PatrolCheck.position, PatrolCheck.id):
        checks = by_patrol[row.patrol_id]
        checks.append(_as_check(row, len(checks) + 1))
    return iter(by_patrol.values())


def one_check(check: PatrolCheck) -> Check:
    """A checkpoint as it is now."""
    return next(each for each in next(_checks([check.patrol])) if each.id == check.id)


def _rows() -> Any:
    return (
        PatrolCheck.select(PatrolCheck, Unit, Category, Issue.id, Issue.year, Issue.serial, Staff)
        .join(Unit)
        .switch(PatrolCheck)
        .join(Category)
        .switch(PatrolCheck)
        .left_outer_join(Issue)
        .switch(PatrolCheck)
        .left_outer_join(Staff, on=(PatrolCheck.marked_by == Staff.id))
    )


def _as_check(row: PatrolCheck, position: int) -> Check:
    return Check(
        id=row.id,
        patrol_id=row.patrol_id,
        position=position,
        unit_id=row.unit_id,
        unit=row.unit.name,
        place=row.place,
        look_at=row.look_at,
        standard=row.standard,
        abnormal=row.abnormal,
        force=row.force,
        category_id=row.category_id,
        category=row.category.name,
        mark=row.mark,
        reason=row.reason,
        issue_id=row.issue_id,
        issue_number=row.issue.number if row.issue else "",
        marked_at=row.marked_at,
        marked_by=row.marked_by.name if row.marked_by else "",
        backfilled=row.backfilled,
    )


def _sheet(row: Patrol, checks: list[Check]) -> PatrolSheet:
    return PatrolSheet(
        id=row.id,
        area=row.area.name + ("（演示）" if row.area.demo else ""),
        route=row.route.name,
        kind=row.kind,
        day=row.day,
        partners=row.partners,
        walked_at=row.walked_at,
        finished_at=row.finished_at,
        finished_by=row.finished_by.name if row.finished_by else "",
        backfilled=row.backfilled,
        rest_reason=row.rest_reason,
        checks=tuple(checks),
    )


def unchecked_in(patrol_ids: list[int]) -> dict[int, int]:
    """How many checkpoints are 未查 in each of the patrols that have some."""
    rows: Any = (
        PatrolCheck.select(PatrolCheck.patrol, fn.COUNT(PatrolCheck.id))
        .where(PatrolCheck.patrol.in_(patrol_ids), PatrolCheck.mark == Mark.UNCHECKED)
        .group_by(PatrolCheck.patrol)
        .tuples()
    )
    return dict(rows)


def patrol_of(session: Session, patrol_id: int) -> Patrol:
    """The row of a patrol. Raises as `sheet` does."""
    row = _patrols().where(Patrol.id == patrol_id).first()
    if row is None:
        raise Refused("没有找到这条巡查，请返回重看。")
    permission.require_area(session, "patrol", row.area_id)
    found: Patrol = row
    return found


def check_of(session: Session, check_id: int) -> PatrolCheck:
    """The row of a checkpoint with its patrol. Raises as `sheet` does."""
    row = PatrolCheck.get_or_none(PatrolCheck.id == check_id)
    if row is None:
        raise Refused("没有找到这个检查点，请返回重看。")
    row.patrol = patrol_of(session, row.patrol_id)
    found: PatrolCheck = row
    return found


def checkpoints_without_patrol(area_id: int, day: date) -> list[Checkpoint]:
    """The checkpoints that hold on a day and whose route has no patrol on it yet, in order."""
    made = Patrol.select(Patrol.route).where(Patrol.area == area_id, Patrol.day == day)
    return list(
        Checkpoint.select(Checkpoint, Route)
        .join(Route)
        .where(
            Route.area == area_id,
            on_day(Route, day),
            on_day(Checkpoint, day),
            Checkpoint.weekdays.contains(str(day.isoweekday())),
            Route.id.not_in(made),
        )
        .order_by(Route.id, Checkpoint.position, Checkpoint.id)
    )
