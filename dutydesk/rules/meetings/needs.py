"""What 今日 says of meetings. Read at each start of the desk, so it brings nothing along but what that has anyway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dutydesk.meeting_words import MeetingState
from dutydesk.models import Meeting
from dutydesk.rules.meetings import access
from dutydesk.rules.organisation import day_of
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session

_OPEN = (MeetingState.RUNNING, MeetingState.HELD, MeetingState.REVIEW)


def needs(session: Session) -> list[tuple[str, int, int]]:
    """What 今日 says of meetings: the words, the meeting that it opens, whether it presses (1). Bounded to the own areas.

    Minutes that wait for one's own signature, the meeting of today or tomorrow, one whose time has come.
    """
    found: list[tuple[str, int, int]] = []
    now = datetime.now(UTC)
    own = Meeting.area.in_(access.area_ids(session)[:5])
    soon = (Meeting.state == MeetingState.PLANNED) & (Meeting.starts_at < now + timedelta(days=2))
    rows = Meeting.select().where(own, soon | Meeting.state.in_(list(_OPEN))).order_by(Meeting.starts_at)
    for row in rows.limit(9):
        if row.state is MeetingState.REVIEW and access.may(session, "sign", row):
            found.append((f"{row.title}纪要等您审签", row.id, 1))
        elif row.state is MeetingState.RUNNING:
            found.append((f"{row.title}正在开", row.id, 1))
        elif row.state is MeetingState.HELD and access.may(session, "prepare", row):
            found.append((f"{row.title}纪要待整理", row.id, 0))
        elif row.state is MeetingState.PLANNED:
            day = "今天" if day_of(row.starts_at) <= day_of(now) else "明天"
            found.append(
                (f"{day}{row.starts_at.astimezone(CHINA):%H:%M} {row.title}", row.id, int(day == "今天"))
            )
    return found
