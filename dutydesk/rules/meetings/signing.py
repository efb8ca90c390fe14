"""From opening a meeting to its signed minutes: begun, ended, sent for signing, returned or signed; fixed from then on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from dutydesk.meeting_words import ItemState
from dutydesk.models import AgendaItem, AuditEntry, Meeting, MeetingDecision, MeetingStep, MinuteParagraph
from dutydesk.rules.errors import Refused
from dutydesk.rules.meetings import attendance, followup, items, minutes, turns
from dutydesk.rules.meetings.series import chief_of
from dutydesk.rules.meetings.story import Doing, effect
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.text import mask_phones_in


@effect("begin")
def _begin(doing: Doing) -> str:
    meeting = doing.meeting
    meeting.began_at = doing.acting.at
    if meeting.chair_id is None and (chief := chief_of(meeting.area_id)):
        meeting.chair, meeting.chair_name = chief, chief.name
    attendance.enrol(doing.session, meeting)
    return f"{meeting.chair_name}主持" if meeting.chair_name else ""


@effect("end")
def _end(doing: Doing) -> str:
    """What was decided or written about was dealt with, whether that was said or not; the rest comes again."""
    meeting = doing.meeting
    meeting.ended_at = doing.acting.at
    spoken = _spoken_of(meeting.id)
    left = 0
    for row in items.of_meeting(meeting.id):
        if row.state is ItemState.LISTED:
            row.state = ItemState.DISCUSSED if row.id in spoken else ItemState.DEFERRED
            left += row.state is ItemState.DEFERRED
            row.save()
            AgendaItem.update(state=row.state).where(
                AgendaItem.meeting == meeting.id, AgendaItem.merged_into == row.id
            ).execute()
    return f"没有议到的{left}项下次再议" if left else ""


def _spoken_of(meeting_id: int) -> set[int]:
    """The items on which something was decided or written."""
    found: set[int] = set()
    for table in (MeetingDecision, MinuteParagraph):
        rows: Any = table.select(table.item).where(table.meeting == meeting_id, table.item.is_null(False))
        found |= {item_id for (item_id,) in rows.tuples()}
    return found


@effect("resume")
def _resume(doing: Doing) -> str:
    reason = doing.need("reason", "请写为什么接着开。")
    doing.meeting.ended_at = None
    return reason


@effect("submit")
def _submit(doing: Doing) -> str:
    meeting = doing.meeting
    if not (MinuteParagraph.select().where(MinuteParagraph.meeting == meeting.id).exists() or _said(meeting)):
        raise Refused("还没有记什么，请先写纪要或决定。")
    return f"请{meeting.chair_name or '主持人'}审签"


def _said(meeting: Meeting) -> bool:
    """Whether anything was decided or raised."""
    steps = MeetingStep.select().where(
        MeetingStep.meeting == meeting.id, MeetingStep.name.in_(["decide", "turn"])
    )
    return bool(steps.exists())


@effect("return")
def _return(doing: Doing) -> str:
    return doing.need("reason", "请写明改什么。")


@effect("sign")
def _sign(doing: Doing) -> str:
    meeting = doing.meeting
    seen = doing.text("seen")
    content = content_of(doing.session, meeting)
    digest = hashlib.sha256(content.encode()).hexdigest()
    if seen and seen != digest:
        raise Refused("纪要刚才又有变动，没有签。请看过最新的再签。")
    meeting.content, meeting.hash = content, digest
    meeting.signed_by_id, meeting.signed_at = doing.session.staff_id, doing.acting.at
    _sealed(doing, digest)
    return f"sha256:{digest}"


@effect("add")
def _add(doing: Doing) -> str:
    text = mask_phones_in(doing.need("text", "请写明要补充、更正什么。"))
    _sealed(doing, hashlib.sha256(text.encode()).hexdigest())
    return text


def _sealed(doing: Doing, digest: str) -> None:
    """The hash stands in the audit chain's own text, which no deleting of values takes away."""
    doing.acting.subject += f" sha256:{digest}"
    doing.said["sha256"] = digest


def content_of(session: Session, meeting: Meeting) -> str:
    """The minutes as they are kept: JSON, the same for the same minutes; telephone numbers masked."""
    paragraphs = minutes.of_meeting(session, meeting.id)
    decided = followup.of_meeting(session, meeting.id)
    rows = [
        row for row in items.of_meeting(meeting.id) if row.state in (ItemState.DISCUSSED, ItemState.DEFERRED)
    ]
    kept: dict[str, Any] = {
        "title": meeting.title,
        "kind": meeting.kind.value,
        "starts_at": (meeting.began_at or meeting.starts_at).astimezone(CHINA).isoformat(timespec="minutes"),
        "ended_at": meeting.ended_at.astimezone(CHINA).isoformat(timespec="minutes")
        if meeting.ended_at
        else "",
        "place": meeting.place,
        "chair": meeting.chair_name,
        "attendance": [
            {"name": row.name, "title": row.title, "guest": row.guest, "is": row.presence.value}
            | {key: value for key, value in (("by", row.by_name), ("reason", row.reason)) if value}
            for row in attendance.of_meeting(session, meeting.id)
        ],
        "turns": [
            {"unit": turn.unit, "text": mask_phones_in(said.text), "number": said.number}
            for turn in turns.of_meeting(session, meeting.id)
            for said in turn.said
        ],
        "items": [
            {
                "title": row.title,
                "state": row.state.value,
                "outcome": row.outcome,
                "said": _texts(paragraphs, row.id),
                "decisions": [_decided(each) for each in decided if each.item_id == row.id],
            }
            for row in rows
        ],
        "said": _texts(paragraphs, None),
        "decisions": [_decided(each) for each in decided if each.item_id is None],
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def _texts(paragraphs: list[minutes.Paragraph], item_id: int | None) -> list[dict[str, str]]:
    return [
        {"author": each.author, "text": mask_phones_in(each.text)}
        for each in paragraphs
        if each.item_id == item_id
    ]


def _decided(each: followup.DecisionLine) -> dict[str, Any]:
    return {
        "number": each.number,
        "who": each.who,
        "what": each.what,
        "due_on": each.due_on.isoformat(),
        "cases": [number for _, number, _ in each.cases],
    }


def digest(session: Session, meeting: Meeting) -> str:
    """What the minutes say now, in a few characters: signing takes it, so that only what was seen is signed."""
    return hashlib.sha256(content_of(session, meeting).encode()).hexdigest()


def problems() -> Iterator[str]:
    """Signed minutes that are not what was signed, by their own hash or by that in the meeting's story and the audit."""
    rows: Any = Meeting.select(Meeting.id, Meeting.title, Meeting.content, Meeting.hash).where(
        Meeting.hash != ""
    )
    for meeting_id, title, content, kept in rows.tuples().iterator():
        found = hashlib.sha256(content.encode()).hexdigest()
        step = (
            MeetingStep.select()
            .where(MeetingStep.meeting == meeting_id, MeetingStep.name == "sign")
            .order_by(MeetingStep.id.desc())
            .first()
        )
        entry = AuditEntry.get_or_none(AuditEntry.act == step.act_id) if step else None
        if (
            found != kept
            or step is None
            or step.text != f"sha256:{kept}"
            or entry is None
            or kept not in entry.subject
        ):
            yield f"{title}（第{meeting_id}次）的纪要与审签时不符"
