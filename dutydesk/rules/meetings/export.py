"""Meetings for scripts: `dutydesk export meetings --json`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from dutydesk.models import AgendaItem, Attendee, Meeting, MeetingDecision
from dutydesk.rules import permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.meetings import access
from dutydesk.rules.organisation import start_of, today
from dutydesk.rules.roster_reading import days_of
from dutydesk.session import Session


def meetings(session: Session, month: str = "") -> Iterator[dict[str, Any]]:
    """The meetings of a month (`2026-12`; a year back and a quarter ahead where none is given), area by area in time.

    Within the session's scope; each with its agenda, who came and what was decided. Raises NotAllowed, Refused.
    """
    permission.require(session, "export")
    if month:
        days = days_of(month)
        since, until = days[0], days[-1]
    else:
        since, until = today() - timedelta(days=366), today() + timedelta(days=92)
    if not permission.may_at_all(session, "meetings"):
        raise Refused("您的岗位没有会议可导出。")
    for area_id in access.area_ids(session):
        rows = Meeting.select().where(
            Meeting.area == area_id,
            Meeting.starts_at >= start_of(since),
            Meeting.starts_at < start_of(until + timedelta(days=1)),
        )
        for row in rows.order_by(Meeting.starts_at, Meeting.id):
            yield _record(row)


def _record(row: Meeting) -> dict[str, Any]:
    return {
        "area_code": row.area.code,
        "area": row.area.name,
        "kind": row.kind.value,
        "state": row.state.value,
        "title": row.title,
        "planned_on": row.planned_on.isoformat(),
        "starts_at": row.starts_at.isoformat(),
        "place": row.place,
        "chair": row.chair_name,
        "reason": row.reason,
        "signed_at": row.signed_at.isoformat() if row.signed_at else None,
        "agenda": [
            {"title": item.title, "kind": item.kind.value, "state": item.state.value, "why": item.why}
            for item in AgendaItem.select().where(AgendaItem.meeting == row.id).order_by(AgendaItem.position)
        ],
        "attendance": [
            {"name": each.name, "title": each.title, "guest": each.guest, "presence": each.presence.value}
            for each in Attendee.select().where(Attendee.meeting == row.id).order_by(Attendee.id)
        ],
        "decisions": [
            {
                "number": each.number,
                "who": each.who_name,
                "what": each.what,
                "due_on": each.due_on.isoformat(),
                "state": each.state.value,
            }
            for each in MeetingDecision.select()
            .where(MeetingDecision.meeting == row.id)
            .order_by(MeetingDecision.number)
        ],
    }
