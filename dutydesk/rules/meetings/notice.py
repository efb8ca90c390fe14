"""The notice to those invited as text to paste; and what the Word documents of a meeting are filled with."""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.models import Meeting
from dutydesk.rules.meetings import access, agenda, attendance
from dutydesk.rules.meetings.listing import when
from dutydesk.rules.organisation import today
from dutydesk.session import Session


class Notice(NamedTuple):
    """What a notice says: to whom, which meeting, when, where, the agenda in order, by whom and of which day."""

    title: str
    to: tuple[str, ...]
    when: str
    place: str
    chair: str
    items: tuple[str, ...]
    minutes: int
    sender: str
    day: str


def notice(session: Session, meeting_id: int) -> Notice:
    """The notice of a meeting as it stands. Raises NotAllowed outside the session's areas."""
    meeting: Meeting = access.readable(session, meeting_id)
    found = agenda.agenda(session, meeting_id)
    people = attendance.of_meeting(session, meeting_id)
    day = today()
    return Notice(
        title=meeting.title,
        to=tuple(f"{row.title}（{row.name}）" if row.title else row.name for row in people),
        when=when(meeting.starts_at),
        place=meeting.place,
        chair=meeting.chair_name,
        items=tuple(line.title for line in found.listed),
        minutes=found.minutes,
        sender=meeting.area.name,
        day=f"{day.year}年{day.month}月{day.day}日",
    )


def text(session: Session, meeting_id: int) -> str:
    """The notice as text to paste into a message."""
    said = notice(session, meeting_id)
    lines = [
        f"【会议通知】{said.title}",
        f"时间：{said.when}",
        f"地点：{said.place}",
        f"主持：{said.chair or '片区长'}",
        "参加：" + "、".join(said.to),
    ]
    if said.items:
        lines.append(f"议程（约{said.minutes}分钟）：")
        lines += [f"{place}. {item}" for place, item in enumerate(said.items, 1)]
    lines += ["请准时参加，来不了的请告知原因和代会的同志。", f"{said.sender}　{said.day}"]
    return "\n".join(lines)
