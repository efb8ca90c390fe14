"""Minutes on paper with the telephone numbers that were typed into them: by an act of its own, with a reason, on record."""

from __future__ import annotations

from typing import Any

from dutydesk.models import AgendaIssue, AgendaItem, Meeting, MinuteParagraph
from dutydesk.rules import permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.papers import Record, record
from dutydesk.rules.meetings.story import acting_on
from dutydesk.rules.meetings.story import record as tell
from dutydesk.session import Session
from dutydesk.text import clean, mask_phones_in


def include(session: Session, meeting_id: int, reason: str, act_id: str) -> Record:
    """The minutes with nothing masked; what was signed stays masked and is not touched.

    The act stands in the meeting's story and in the audit, with the cases of the items that are told of. Raises
    NotAllowed unless this person writes here and may see the personal data of each of them, Refused without a reason
    or where nothing is masked.
    """
    reason = clean(reason)
    if len(reason) < 2:
        raise Refused("请选或写明理由，会记入审计。", "reason")
    try:
        with acting_on(session, meeting_id, "include", act_id) as (acting, meeting):
            access.require(session, "write", meeting)
            permission.require(session, "reveal")
            shown = _shown(meeting)
            for issue_id in shown:
                permission.require(session, "reveal", issue_id)
            tell(acting, session, meeting, "include", f"理由：{reason}", meeting.state)
            acting.changed(meeting.title, None, {"revealed": ["phone"], "reason": reason, "issues": shown})
    except AlreadyDone:
        pass
    return record(session, meeting_id, revealed_by=act_id)


def _shown(meeting: Meeting) -> list[int]:
    """The cases of the items whose paragraphs have something masked. Raises Refused where none has."""
    rows = list(MinuteParagraph.select().where(MinuteParagraph.meeting == meeting.id))
    masked = [row for row in rows if mask_phones_in(row.text) != row.text]
    if not masked:
        raise Refused("这份纪要里没有略去的电话，直接按 5 出 Word。")
    about = {row.item_id for row in masked if row.item_id is not None}
    merged: Any = AgendaItem.select(AgendaItem.id).where(AgendaItem.merged_into.in_(about))
    about |= {item_id for (item_id,) in merged.tuples()}
    issues: Any = AgendaIssue.select(AgendaIssue.issue).where(AgendaIssue.item.in_(about)).tuples()
    return sorted({issue_id for (issue_id,) in issues})
