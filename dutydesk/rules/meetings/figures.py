"""Figures of meetings in a period: held on time, attendance, decisions done in time; each with its formula.

免开 and 并会 are no failing: they count in neither part of any figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from peewee import fn

from dutydesk.meeting_words import DecisionState, MeetingKind, MeetingState, Presence
from dutydesk.models import Area, Attendee, Meeting, MeetingDecision
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.attendance import CAME
from dutydesk.rules.meetings.life import HELD
from dutydesk.rules.organisation import day_of, start_of, today
from dutydesk.session import Session

_TAKEN_PLACE = HELD | {MeetingState.RUNNING}


class Figure(NamedTuple):
    """One figure: its name, its value, and how it is made with the numbers in it."""

    name: str
    value: str
    formula: str


class AreaFigures(NamedTuple):
    """The figures of an area, or of all (`area_id` 0)."""

    area_id: int
    area: str
    figures: tuple[Figure, ...]


class _Counts(NamedTuple):
    due: int
    on_time: int
    waived: int
    expected: int
    came: int
    decided: int
    in_time: int


def of_period(
    session: Session, since: date, until: date, area_ids: Sequence[int] | None = None
) -> list[AreaFigures]:
    """All areas of the session's scope together, then each of them; days included. Raises NotAllowed."""
    seen = access.area_ids(session)
    access.own_area(session)
    wanted = [area_id for area_id in (area_ids or seen) if area_id in seen]
    counts = {area_id: _count(area_id, since, until) for area_id in wanted}
    names: Any = Area.select(Area.id, Area.name).where(Area.id.in_(wanted)).order_by(Area.code).tuples()
    rows = [AreaFigures(area_id, name, _figures(counts[area_id])) for area_id, name in names]
    if len(rows) < 2:
        return rows
    whole = _Counts(*(sum(column) for column in zip(*counts.values(), strict=True)))
    return [AreaFigures(0, "合计", _figures(whole)), *rows]


def _count(area_id: int, since: date, until: date) -> _Counts:
    """Read on the area's own indexes: its meetings of a time, who came, what was decided."""
    meetings = list(
        Meeting.select(
            Meeting.id, Meeting.kind, Meeting.state, Meeting.planned_on, Meeting.starts_at, Meeting.began_at
        ).where(
            Meeting.area == area_id,
            Meeting.starts_at >= start_of(since),
            Meeting.starts_at < start_of(until + timedelta(days=1)),
        )
    )
    regular = [row for row in meetings if row.kind is not MeetingKind.TOPIC]
    due = [row for row in regular if _was_due(row)]
    ids = [row.id for row in meetings if row.state in _TAKEN_PLACE]
    came: Counter[Any] = Counter()
    if ids:
        query: Any = (
            Attendee.select(Attendee.presence, fn.COUNT(Attendee.id))
            .where(Attendee.meeting.in_(ids), Attendee.guest == False)  # noqa: E712
            .group_by(Attendee.presence)
        )
        came.update(dict(query.tuples()))
    decided = _decisions(area_id, since, until)
    return _Counts(
        due=len(due),
        on_time=sum(_on_time(row) for row in due),
        waived=sum(row.state in (MeetingState.SKIPPED, MeetingState.JOINED) for row in regular),
        expected=sum(came[each] for each in Presence),
        came=sum(came[each] for each in CAME),
        decided=len(decided),
        in_time=sum(decided),
    )


def _was_due(row: Meeting) -> bool:
    if row.state in (MeetingState.SKIPPED, MeetingState.JOINED):
        return False
    return row.state in _TAKEN_PLACE or day_of(row.starts_at) < today()


def _on_time(row: Meeting) -> bool:
    """It took place on the day for which it was called, however often it had been moved with a reason before."""
    return (
        row.state in _TAKEN_PLACE
        and row.began_at is not None
        and day_of(row.began_at) == day_of(row.starts_at)
    )


def _decisions(area_id: int, since: date, until: date) -> list[bool]:
    """For each decision that fell due in the period, by today at the latest: whether it was done by its day."""
    last = min(until, today())
    found: list[bool] = []
    for state in DecisionState:
        rows: Any = MeetingDecision.select(MeetingDecision.due_on, MeetingDecision.done_at).where(
            MeetingDecision.area == area_id,
            MeetingDecision.state == state,
            MeetingDecision.due_on >= since,
            MeetingDecision.due_on <= last,
        )
        if state is DecisionState.DROPPED:
            continue
        for due_on, done_at in rows.tuples():
            if state is DecisionState.OPEN and due_on >= today():
                continue
            found.append(bool(done_at) and day_of(done_at) <= due_on)
    return found


def _figures(counts: _Counts) -> tuple[Figure, ...]:
    waived = f"；免开、并会{counts.waived}次不计" if counts.waived else ""
    return (
        Figure(
            "按时召开率",
            _rate(counts.on_time, counts.due),
            f"按定的日子开了{counts.on_time}次 ÷ 到期应开{counts.due}次（免开、并会、专题会不计）{waived}",
        ),
        Figure(
            "到会率",
            _rate(counts.came, counts.expected),
            f"到会和代会{counts.came}人次 ÷ 应到{counts.expected}人次（列席不计）",
        ),
        Figure(
            "决定按期办结率",
            _rate(counts.in_time, counts.decided),
            f"期限内办了{counts.in_time}项 ÷ 期内到期{counts.decided}项（不再办的不计）",
        ),
    )


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"
