"""A meeting moved, called off, held with a neighbour's: always with a reason, and its agenda is never lost."""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.meeting_words import ItemState, MeetingState
from dutydesk.models import AgendaItem, Area, Meeting, Staff
from dutydesk.rules import office
from dutydesk.rules.errors import Refused
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.series import checked_moment
from dutydesk.rules.meetings.story import Doing, effect, named
from dutydesk.rules.organisation import day_of, row_id
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session

_WHY = "请写明理由，参会的人看得到。"


class Other(NamedTuple):
    """A meeting of another area of the subdistrict with which one can be held."""

    id: int
    title: str
    when: str


def warning(meeting_on: Meeting) -> str:
    """What is odd about the day of a meeting: not worked, in a sentence; empty for nothing."""
    days = office.calendar(meeting_on.subdistrict_id)
    day = day_of(meeting_on.starts_at)
    said = [] if days.is_working(day) else [f"这天是{days.name(day)}"]
    notice = days.notice(day, day)
    return "；".join([*said, *([notice] if notice else [])])


@effect("move", "restore")
def _move(doing: Doing) -> str:
    meeting, reason = doing.meeting, doing.need("reason", _WHY)
    was, place = moment(meeting.starts_at), meeting.place
    starts = doing.text("starts") or f"{meeting.starts_at.astimezone(CHINA):%H:%M}"
    meeting.starts_at = checked_moment({"on": doing.fields.get("on"), "starts": starts})
    meeting.place = doing.text("place") or meeting.place
    meeting.reason = reason
    said = f"原定{was}，改到{moment(meeting.starts_at)}"
    if meeting.place != place:
        said += f"，地点由{place}改为{meeting.place}"
    odd = warning(meeting)
    return f"{said}：{reason}" + (f"（{odd}）" if odd else "")


@effect("appoint")
def _appoint(doing: Doing) -> str:
    person = Staff.get_or_none(Staff.id == row_id(doing.fields.get("chair")))
    if person is None:
        raise Refused("请选由谁主持。", "chair")
    was = doing.meeting.chair_name or "未定"
    doing.meeting.chair, doing.meeting.chair_name = person, person.name
    return f"主持人由{was}改为{person.name}"


@effect("cancel", "skip")
def _call_off(doing: Doing) -> str:
    doing.meeting.reason = doing.need("reason", _WHY)
    return str(doing.meeting.reason)


@effect("join")
def _join(doing: Doing) -> str:
    meeting, reason = doing.meeting, doing.need("reason", _WHY)
    other = Meeting.get_or_none(Meeting.id == row_id(doing.fields.get("with_meeting")))
    if other is None or other.id not in {each.id for each in others(doing.session, meeting.id)}:
        raise Refused("请选并到哪一次会：同街镇、还没有开的。", "with_meeting")
    meeting.reason, meeting.joined_into = reason, other
    carried = _carry(meeting, other)
    doing.said["joined_into"] = other.id
    return f"并到{named(other)}，议程{carried}项一起过去：{reason}"


def _carry(meeting: Meeting, other: Meeting) -> int:
    """Copy what stands on an agenda to the end of another's: the own one stays as it was."""
    from dutydesk.rules.meetings.items import last_position, put

    rows = AgendaItem.select().where(
        AgendaItem.meeting == meeting.id, AgendaItem.state.in_([ItemState.LISTED, ItemState.CUT])
    )
    position = last_position(other.id)
    known = {row.key for row in AgendaItem.select().where(AgendaItem.meeting == other.id)}
    carried = 0
    for row in rows.order_by(AgendaItem.position):
        if row.key in known:
            continue
        carried += 1
        put(other.id, position + carried, row, title=f"{row.title}（{meeting.area.name}）")
    return carried


def others(session: Session, meeting_id: int) -> list[Other]:
    """Meetings with which one could be held: of other areas of the subdistrict, planned, the nearest in time first."""
    meeting = access.readable(session, meeting_id)
    rows = (
        Meeting.select()
        .join(Area)
        .where(
            Area.subdistrict == meeting.subdistrict_id,
            Meeting.area != meeting.area_id,
            Meeting.kind == meeting.kind,
            Meeting.state == MeetingState.PLANNED,
        )
        .order_by(Meeting.starts_at)
        .limit(60)
    )
    near = sorted(rows, key=lambda row: abs((row.starts_at - meeting.starts_at).total_seconds()))
    return [Other(row.id, row.title, moment(row.starts_at)) for row in near[:9]]
