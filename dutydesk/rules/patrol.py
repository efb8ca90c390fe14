"""每日巡查: a day's patrols made from the routes, each checkpoint marked, 异常 tied to its issue, 补录 from paper.

`domain.md`, duty 1, is the source: a patrol is finished only when every checkpoint is marked or a reason stands for
the rest; one left half done is there the next day as unfinished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dutydesk.models import Area, Checkpoint, Issue, Patrol, PatrolCheck
from dutydesk.rules import acts, office, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.organisation import start_of
from dutydesk.rules.patrol_sheets import (
    UNFINISHED_DAYS,
    Check,
    PatrolSheet,
    area_of,
    check_of,
    checkpoints_without_patrol,
    current_patrols,
    one_check,
    patrol_of,
    sheet,
    todays,
    unchecked_in,
)
from dutydesk.rules.workcalendar import CHINA, day_said, moment
from dutydesk.session import Session
from dutydesk.vocabulary import Mark, PatrolKind, State


@dataclass(frozen=True)
class Left:
    """A line of 今日: what is left of today's patrols (`key` 0), or of one of an earlier day (`key` is its id)."""

    text: str
    count: int
    key: int
    earlier: bool


def left_undone(session: Session) -> list[Left]:
    """What 今日 tells of the patrols: one line for today, one for each unfinished patrol of an earlier day."""
    area_id = area_of(session)
    if area_id is None:
        return []
    rows = [row for row in current_patrols(area_id, session.day) if row.finished_at is None]
    unchecked = unchecked_in([row.id for row in rows])
    today = [row for row in rows if row.day == session.day]
    to_do = sum(unchecked.get(row.id, 0) for row in today) + len(
        checkpoints_without_patrol(area_id, session.day)
    )
    lines = []
    if to_do:
        lines.append(Left("每日巡查未查完", to_do, 0, earlier=False))
    elif today:
        lines.append(Left("每日巡查已查完，等待完成", len(today), 0, earlier=False))
    for row in rows:
        if row.day < session.day:
            text = f"{day_said(row.day)}{row.route.name}未完成"
            lines.append(Left(text, unchecked.get(row.id, 0), row.id, earlier=True))
    return lines


def not_applicable_reasons(session: Session) -> list[str]:
    """Usual reasons for 不适用; a setting of the office."""
    return list(office.setting("not_applicable_reasons", session.subdistrict_id))


def rest_reasons(session: Session) -> list[str]:
    """Usual reasons why the rest of a patrol was not walked; a setting of the office."""
    return list(office.setting("patrol_rest_reasons", session.subdistrict_id))


# Making a day's patrols


def prepare(session: Session, day: date, act_id: str) -> list[PatrolSheet]:
    """Make what is still missing of a day's patrols of the own area, in one act; answers like `todays`.

    Nothing is written when nothing is missing. Raises NotAllowed without an area, Refused for a day that is not
    today or one of the last `UNFINISHED_DAYS`.
    """
    area_id = area_of(session)
    if area_id is None:
        raise NotAllowed("每日巡查由片区的值班员或片区长办理，您的岗位没有片区。")
    if not timedelta(0) <= session.day - day <= timedelta(days=UNFINISHED_DAYS):
        raise Refused(f"只能打开今天或最近{UNFINISHED_DAYS}天内的巡查。", "day")
    if checkpoints_without_patrol(area_id, day):
        try:
            with acts.act(session, act_id, "patrol.prepare") as acting:
                permission.require_area(session, "patrol", area_id)
                _make(acting, area_id, day)
        except AlreadyDone:
            pass
    return todays(session)


def _make(acting: Acting, area_id: int, day: date) -> None:
    area = Area.get_by_id(area_id)
    by_route: dict[int, list[Checkpoint]] = {}
    for checkpoint in checkpoints_without_patrol(area_id, day):
        by_route.setdefault(checkpoint.route_id, []).append(checkpoint)
    for checkpoints in by_route.values():
        route = checkpoints[0].route
        patrol = Patrol.create(route=route, area=area, day=day, kind=route.kind, partners=route.partners)
        PatrolCheck.insert_many([_as_of_today(patrol.id, checkpoint) for checkpoint in checkpoints]).execute()
        acting.about("patrol", patrol.id, f"{area.name} {day}", area.subdistrict_id)
        acting.changed(f"{route.name} {day}", None, {"checkpoints": len(checkpoints)})


def _as_of_today(patrol_id: int, checkpoint: Checkpoint) -> dict[str, Any]:
    kept = ("position", "place", "look_at", "standard", "abnormal", "force")
    row = {name: getattr(checkpoint, name) for name in kept}
    tied = {"unit": checkpoint.unit_id, "category": checkpoint.category_id, "checkpoint": checkpoint.id}
    return row | tied | {"patrol": patrol_id, "mark": Mark.UNCHECKED}


# Walking


def mark(session: Session, check_id: int, mark: Mark, reason: str, act_id: str) -> Check:
    """Mark a checkpoint 正常 or 不适用 (with a reason), or take its mark back; until the patrol is finished.

    Raises Refused for 异常, which only 登记 sets, and for a checkpoint whose issue stands in the ledger.
    """
    try:
        with acts.act(session, act_id, "patrol.mark") as acting:
            check = _unfinished_check(session, check_id)
            if mark is Mark.ABNORMAL:
                raise Refused("异常须登记问题，登记保存后自动标为异常。", "mark")
            if mark is Mark.NOT_APPLICABLE and not reason:
                raise Refused("不适用请写明理由。", "reason")
            if check.issue is not None and _stands(check.issue_id):
                raise Refused(f"这里已登记{check.issue.number}，请先在问题清单中不予立案，再改标记。", "mark")
            _about(acting, check.patrol)
            _set(session, acting, check, mark, reason if mark is Mark.NOT_APPLICABLE else "", None)
    except AlreadyDone:
        pass
    return one_check(check_of(session, check_id))


def note_abnormal(session: Session, acting: Acting, check_id: int, issue: Issue) -> None:
    """Tie an issue that is being registered to the checkpoint where it was found: 异常, in the same transaction.

    A second issue of one checkpoint, or one that comes after the patrol was finished, leaves the mark as it is.
    """
    check = check_of(session, check_id)
    if check.patrol.finished_at is None and not _stands(check.issue_id):
        _set(session, acting, check, Mark.ABNORMAL, "", issue.id)


def set_partners(session: Session, patrol_id: int, partners: str, act_id: str) -> PatrolSheet:
    """Write down who walked a joint patrol along on this day."""
    try:
        with acts.act(session, act_id, "patrol.partners") as acting:
            patrol = _unfinished(session, patrol_id)
            if patrol.kind is not PatrolKind.JOINT:
                raise Refused("只有联合巡查才写参加的力量和部门。", "partners")
            if not partners:
                raise Refused("联合巡查请写明参加的力量和部门。", "partners")
            _about(acting, patrol)
            _change(acting, patrol, {"partners": partners})
    except AlreadyDone:
        pass
    return sheet(session, patrol_id)


def finish(session: Session, patrol_ids: Sequence[int], rest_reason: str, act_id: str) -> list[PatrolSheet]:
    """Finish patrols, in one act.

    Raises Refused, with how many are left, unless all in them is marked or a reason stands for the rest.
    """
    try:
        with acts.act(session, act_id, "patrol.finish") as acting:
            for patrol_id in patrol_ids:
                _finish(session, acting, _unfinished(session, patrol_id), rest_reason)
    except AlreadyDone:
        pass
    return [sheet(session, patrol_id) for patrol_id in patrol_ids]


def _finish(session: Session, acting: Acting, patrol: Patrol, rest_reason: str) -> None:
    left = unchecked_in([patrol.id]).get(patrol.id, 0)
    if left and not rest_reason:
        raise Refused(f"{patrol.route.name}还有{left}处未查。请查完，或写明其余未查的理由。", "reason")
    _about(acting, patrol)
    after = {
        "finished_at": acting.at,
        "finished_by": session.staff_id,
        "rest_reason": rest_reason if left else "",
    }
    _change(acting, patrol, after)


# 补录: walked with paper


def backfill(
    session: Session, patrol_ids: Sequence[int], walked_at: datetime, act_id: str
) -> list[PatrolSheet]:
    """Say when patrols were walked with paper, once; from then on they are 补录 for ever.

    Raises Refused for a time to come, one before a patrol's day, and when it has been said already.
    """
    try:
        with acts.act(session, act_id, "patrol.backfill") as acting:
            for patrol_id in patrol_ids:
                _backfill(acting, _unfinished(session, patrol_id), walked_at)
    except AlreadyDone:
        pass
    return [sheet(session, patrol_id) for patrol_id in patrol_ids]


def _backfill(acting: Acting, patrol: Patrol, walked_at: datetime) -> None:
    if patrol.walked_at is not None:
        said = patrol.walked_at.astimezone(CHINA)
        raise Refused(f"{patrol.route.name}的巡查时间已补录为{moment(said, '')}，不能再改。", "walked_at")
    if walked_at > acting.at:
        raise Refused("巡查时间还没有到，请核对。", "walked_at")
    if walked_at < start_of(patrol.day):
        raise Refused(f"这是{day_said(patrol.day)}的巡查，时间不能早于当天。", "walked_at")
    _about(acting, patrol)
    _change(acting, patrol, {"walked_at": walked_at, "backfilled": True})


def rest_normal(session: Session, patrol_ids: Sequence[int], act_id: str) -> list[PatrolSheet]:
    """其余正常: mark all that is still 未查 in patrols walked with paper, in one act.

    Raises Refused before the time of the walk was entered: on the spot each checkpoint is looked at by itself.
    """
    try:
        with acts.act(session, act_id, "patrol.rest_normal") as acting:
            for patrol_id in patrol_ids:
                _rest_normal(session, acting, _unfinished(session, patrol_id))
    except AlreadyDone:
        pass
    return [sheet(session, patrol_id) for patrol_id in patrol_ids]


def _rest_normal(session: Session, acting: Acting, patrol: Patrol) -> None:
    if patrol.walked_at is None:
        raise Refused("其余正常只用于纸质巡查补录：请先补录巡查时间。", "walked_at")
    _about(acting, patrol)
    left = (PatrolCheck.patrol == patrol.id) & (PatrolCheck.mark == Mark.UNCHECKED)
    count = PatrolCheck.select().where(left).count()
    PatrolCheck.update(
        mark=Mark.NORMAL, marked_at=patrol.walked_at, marked_by=session.staff_id, backfilled=True
    ).where(left).execute()
    acting.changed(f"{patrol.route.name} {patrol.day} 其余正常", {"unchecked": count}, {"unchecked": 0})
    _touch(acting, patrol)


# What the writes share


def _unfinished(session: Session, patrol_id: int) -> Patrol:
    patrol = patrol_of(session, patrol_id)
    if patrol.finished_at is not None:
        raise Refused(f"{day_said(patrol.day)}{patrol.route.name}已完成，不能再改。", "mark")
    return patrol


def _unfinished_check(session: Session, check_id: int) -> PatrolCheck:
    check = check_of(session, check_id)
    _unfinished(session, check.patrol_id)
    return check


def _stands(issue_id: int | None) -> bool:
    """Whether a checkpoint's issue is still one: 不予立案 sets the checkpoint free."""
    return bool(issue_id) and Issue.select().where(Issue.id == issue_id, Issue.state != State.VOID).exists()


def _set(
    session: Session, acting: Acting, check: PatrolCheck, mark: Mark, reason: str, issue_id: int | None
) -> None:
    before = {"mark": check.mark.value, "reason": check.reason, "issue": check.issue_id}
    patrol, marked = check.patrol, mark is not Mark.UNCHECKED
    PatrolCheck.update(
        mark=mark,
        reason=reason,
        issue=issue_id,
        marked_at=(patrol.walked_at or acting.at) if marked else None,
        marked_by=session.staff_id if marked else None,
        backfilled=marked and patrol.backfilled,
    ).where(PatrolCheck.id == check.id).execute()
    after = {"mark": mark.value, "reason": reason, "issue": issue_id}
    acting.changed(f"{patrol.route.name} {patrol.day} 第{check.position}处", before, after)
    _touch(acting, patrol)


def _change(acting: Acting, patrol: Patrol, values: dict[str, Any]) -> None:
    before = {name: patrol.__data__.get(name) for name in values}
    Patrol.update(**values).where(Patrol.id == patrol.id).execute()
    acting.changed(f"{patrol.route.name} {patrol.day}", before, values)
    _touch(acting, patrol)


def _touch(acting: Acting, patrol: Patrol) -> None:
    started = patrol.started_at or patrol.walked_at or acting.at
    Patrol.update(version=Patrol.version + 1, started_at=started).where(Patrol.id == patrol.id).execute()


def _about(acting: Acting, patrol: Patrol) -> None:
    acting.about("patrol", patrol.id, f"{patrol.area.name} {patrol.day}", patrol.area.subdistrict_id)
