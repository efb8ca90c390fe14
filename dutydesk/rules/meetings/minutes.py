"""Minutes as typed text, a paragraph at a time, each its author's alone and saved as it is typed.

Saving is no act, as a draft is none: it is written at once, unaudited, and may be done again with the same `uid` after
a line was lost. Two people write in one meeting without a clash, since nobody changes another's paragraph. From
sending it for signing on, nothing is typed any more; what was signed stands in the audit with its sha256.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from dutydesk.models import AgendaItem, MinuteParagraph
from dutydesk.models.connection import write_transaction
from dutydesk.rules.errors import NotAllowed, Refused, Stale
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.life import WRITING
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.text import PROSE_LIMIT, clean

_MOST = 400  # paragraphs of a meeting


class Paragraph(NamedTuple):
    """A paragraph as it is shown; `own`: this person wrote it and may go on with it."""

    uid: str
    item_id: int | None
    author: str
    text: str
    when: str
    own: bool
    version: int


def of_meeting(session: Session, meeting_id: int, item_id: int | None = None) -> list[Paragraph]:
    """The paragraphs of a meeting, or of one item, in the order in which they were begun."""
    access.readable(session, meeting_id)
    query = MinuteParagraph.select().where(MinuteParagraph.meeting == meeting_id)
    if item_id is not None:
        query = query.where(MinuteParagraph.item == item_id)
    return [
        Paragraph(
            row.uid,
            row.item_id,
            row.author_name,
            row.text,
            moment(row.saved_at),
            row.author_id == session.staff_id,
            row.version,
        )
        for row in query.order_by(MinuteParagraph.id)
    ]


def save(
    session: Session,
    meeting_id: int,
    uid: str,
    text: str,
    item_id: int | None = None,
    version: int | None = None,
) -> int:
    """Keep a paragraph as it is typed; empty text takes it away. Answers with its version now.

    `version` is the one that was read: where the same person wrote it on from elsewhere, Stale says so and nothing is
    lost. Raises NotAllowed for another's paragraph or outside the area, Refused once the minutes are sent for signing.
    """
    said = clean(text, PROSE_LIMIT, lines=True)
    with write_transaction():
        meeting = access.fresh(session, meeting_id)
        access.require(session, "write", meeting)
        row = MinuteParagraph.get_or_none(MinuteParagraph.uid == uid)
        if row is not None and row.author_id != session.staff_id:
            raise NotAllowed(f"这一段是{row.author_name}写的，请另起一段。")
        if row is not None and row.meeting_id != meeting.id:
            raise Refused("这一段不是这次会议的，请返回重新打开。")
        if meeting.state not in WRITING:
            raise Refused(f"这次会议现在是“{meeting.state.label}”，纪要不能再改。")
        if row is not None and version is not None and row.version != version:
            raise Stale("这一段您刚在别处改过，没有盖掉。请看过再改。", row.version)
        if not said:
            MinuteParagraph.delete().where(MinuteParagraph.uid == uid).execute()
            return 0
        if row is None:
            return _begun(session, meeting.id, uid, said, item_id)
        if row.text != said:
            row.text, row.saved_at, row.version = said, datetime.now(UTC), row.version + 1
            row.save()
        return int(row.version)


def _begun(session: Session, meeting_id: int, uid: str, said: str, item_id: int | None) -> int:
    if MinuteParagraph.select().where(MinuteParagraph.meeting == meeting_id).count() >= _MOST:
        raise Refused(f"一次会议最多{_MOST}段，请并成几段。")
    if item_id is not None and not _has(meeting_id, item_id):
        raise Refused("这一项已不在议程上，请返回重看。")
    MinuteParagraph.create(
        uid=uid,
        meeting=meeting_id,
        item=item_id,
        author=session.staff_id,
        author_name=session.name,
        text=said,
        saved_at=datetime.now(UTC),
    )
    return 1


def _has(meeting_id: int, item_id: int) -> bool:
    return bool(
        AgendaItem.select().where(AgendaItem.id == item_id, AgendaItem.meeting == meeting_id).exists()
    )
