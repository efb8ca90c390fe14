"""The meetings of an area as lists, and one meeting as a page shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from dutydesk.meeting_words import MeetingKind, MeetingState
from dutydesk.models import AgendaItem, Area, Meeting, MeetingDecision, MeetingStep
from dutydesk.rules.handling import name_of
from dutydesk.rules.meetings import access, followup, moving
from dutydesk.rules.meetings.calendar import weekday_name
from dutydesk.rules.meetings.life import MEETING_WAYS, STORY_NAMES, Way
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session

_SHOWN = 60
_SOON = timedelta(hours=1)
_PAST = timedelta(days=366)
_NEAR = timedelta(days=200)
_OVERLOOKED = timedelta(days=3)  # after which a meeting that was never opened holds up no other
_OPEN = (MeetingState.RUNNING, MeetingState.HELD, MeetingState.REVIEW)


class MeetingLine(NamedTuple):
    """A meeting in a list; `turn` says what it waits for."""

    id: int
    area_id: int
    area: str
    kind: MeetingKind
    state: MeetingState
    title: str
    when: str
    starts_at: datetime
    place: str
    turn: str


class Board(NamedTuple):
    """An area's meetings: what is under way, what is to come, what was; its decisions that are open and late."""

    area_id: int
    area: str
    now: tuple[MeetingLine, ...]
    coming: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    open_decisions: int
    late_decisions: int
    may_prepare: bool


class Step(NamedTuple):
    """A line of a meeting's story."""

    when: str
    who: str
    what: str
    text: str


class Sheet(NamedTuple):
    """One meeting; `ways` are those that this session may go now, `warning` what is odd about its day."""

    id: int
    area_id: int
    area: str
    kind: MeetingKind
    state: MeetingState
    title: str
    when: str
    starts_at: datetime
    place: str
    minutes: int
    chair_id: int | None
    chair: str
    reason: str
    joined: str
    items: int
    decisions: int
    drafted: bool
    is_next: bool  # of its kind in the area: the one whose agenda is drafted unasked
    warning: str
    early: str  # `11月26日14:00` while that is more than an hour away
    ways: tuple[Way, ...]
    may_write: bool
    may_add: bool
    signed: str
    additions: tuple[Step, ...]
    story: tuple[Step, ...]
    version: int


_TURNS = {
    MeetingState.PLANNED: "",
    MeetingState.RUNNING: "正在开",
    MeetingState.HELD: "纪要待整理",
    MeetingState.REVIEW: "等主持人审签",
}


def when(at: datetime) -> str:
    """`11月26日 周四 14:00`, with the year where it is far away."""
    local = at.astimezone(CHINA)
    year = "" if abs(at - datetime.now(UTC)) < _NEAR else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日 {weekday_name(local.date())} {local:%H:%M}"


def _early(meeting: Meeting) -> str:
    """When it was called for, while that is more than an hour away; empty once it is due or no longer planned."""
    if meeting.state is not MeetingState.PLANNED or meeting.starts_at - datetime.now(UTC) <= _SOON:
        return ""
    local = meeting.starts_at.astimezone(CHINA)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def board(session: Session, area_id: int | None = None) -> Board:
    """The meetings of an area, by default the own one. Raises NotAllowed outside the session's areas."""
    chosen = area_id or access.own_area(session)
    if chosen not in access.area_ids(session):
        access.require_in(session, "prepare", chosen)
    area = Area.get_by_id(chosen)
    now = datetime.now(UTC)
    here = Meeting.select(Meeting, Area).join(Area).where(Meeting.area == chosen)
    running = here.where(Meeting.state.in_(list(_OPEN))).order_by(Meeting.starts_at).limit(_SHOWN)
    coming = here.where(Meeting.state == MeetingState.PLANNED).order_by(Meeting.starts_at).limit(_SHOWN)
    past = here.where(
        Meeting.state.not_in([*_OPEN, MeetingState.PLANNED]), Meeting.starts_at > now - _PAST
    ).order_by(Meeting.starts_at.desc())
    open_ones, late = followup.late_in(chosen)
    return Board(
        area_id=chosen,
        area=area.name,
        now=tuple(_line(row, now) for row in running),
        coming=tuple(_line(row, now) for row in coming),
        past=tuple(_line(row, now) for row in past.limit(_SHOWN)),
        open_decisions=open_ones,
        late_decisions=late,
        may_prepare=access.may_in(session, "prepare", chosen, area.subdistrict_id),
    )


def _line(row: Meeting, now: datetime) -> MeetingLine:
    turn = _TURNS.get(row.state, row.state.label)
    if row.state is MeetingState.PLANNED:
        late = row.starts_at < now
        turn = "已到时间，还没有开" if late else ("议程已拟" if row.drafted_at else "")
    return MeetingLine(
        id=row.id,
        area_id=row.area_id,
        area=row.area.name,
        kind=row.kind,
        state=row.state,
        title=row.title,
        when=when(row.starts_at),
        starts_at=row.starts_at,
        place=row.place,
        turn=turn,
    )


def sheet(session: Session, meeting_id: int) -> Sheet:
    """One meeting as it stands. Raises NotAllowed outside the session's areas."""
    row = access.readable(session, meeting_id)
    steps = list(
        MeetingStep.select()
        .where(MeetingStep.meeting == row.id)
        .order_by(MeetingStep.id.desc())
        .limit(_SHOWN)
    )
    story = tuple(_step(step) for step in reversed(steps))
    joined = Meeting.get_by_id(row.joined_into_id) if row.joined_into_id else None
    return Sheet(
        id=row.id,
        area_id=row.area_id,
        area=row.area.name,
        kind=row.kind,
        state=row.state,
        title=row.title,
        when=when(row.starts_at),
        starts_at=row.starts_at,
        place=row.place,
        minutes=row.minutes,
        chair_id=row.chair_id,
        chair=row.chair_name,
        reason=row.reason,
        joined=f"{joined.title} {moment(joined.starts_at)}" if joined else "",
        items=AgendaItem.select().where(AgendaItem.meeting == row.id).count(),
        decisions=MeetingDecision.select().where(MeetingDecision.meeting == row.id).count(),
        drafted=row.drafted_at is not None,
        is_next=_is_next(row),
        warning=moving.warning(row) if row.state is MeetingState.PLANNED else "",
        early=_early(row),
        ways=tuple(way for way in MEETING_WAYS if row.state in way.frm and access.may(session, way.may, row)),
        may_write=access.may(session, "write", row),
        may_add=access.may(session, "add", row),
        signed=f"{name_of(row.signed_by_id)} {moment(row.signed_at)}" if row.signed_by_id else "",
        additions=tuple(_step(step) for step in reversed(steps) if step.name == "add"),
        story=story,
        version=row.version,
    )


def _is_next(meeting: Meeting) -> bool:
    earlier = Meeting.select(Meeting.id).where(
        Meeting.area == meeting.area_id,
        Meeting.state == MeetingState.PLANNED,
        Meeting.kind == meeting.kind,
        Meeting.starts_at >= datetime.now(UTC) - _OVERLOOKED,
        Meeting.starts_at < meeting.starts_at,
    )
    return meeting.state is MeetingState.PLANNED and not earlier.exists()


def _step(step: MeetingStep) -> Step:
    text = "纪要已固定" if step.name == "sign" else step.text
    return Step(moment(step.at), step.staff_name, STORY_NAMES.get(step.name, "办理"), text)


def areas(session: Session) -> list[tuple[int, str]]:
    """The areas whose meetings this session may look at, by code."""
    ids = access.area_ids(session)
    rows: Any = Area.select(Area.id, Area.name).where(Area.id.in_(ids)).order_by(Area.code)
    return list(rows.tuples())
