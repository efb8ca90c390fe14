"""Going one way of the table with a meeting; importing this registers what each of them does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dutydesk.meeting_words import MeetingState
from dutydesk.models import Meeting, MeetingStep
from dutydesk.rules.errors import AlreadyDone, Refused, Stale
from dutydesk.rules.meetings import access, agenda, moving, signing
from dutydesk.rules.meetings.life import BY_ACT, SAME
from dutydesk.rules.meetings.story import EFFECTS, Doing, acting_on, named, record
from dutydesk.session import Session

REGISTERED = (agenda, moving, signing)


def perform(
    session: Session,
    meeting_id: int,
    act: str,
    fields: Mapping[str, Any],
    act_id: str,
    version: int | None = None,
) -> int:
    """Go one way with a meeting; answers with its id. `version` is that of the meeting as it was read; None is any.

    Raises NotAllowed, Stale, or Refused with the field that the message is about; then nothing has been written.
    """
    way = BY_ACT[act]
    try:
        with acting_on(session, meeting_id, act, act_id) as (acting, meeting):
            access.require(session, way.may, meeting)
            if meeting.state not in way.frm:
                raise Refused(f"这次会议现在是“{meeting.state.label}”，不能{way.name}。请看最新情况。")
            if version is not None and version != meeting.version:
                raise Stale(f"{_last_said(meeting)}。您的操作没有保存，请看过最新情况再定。", meeting.version)
            doing = Doing(session, acting, meeting, way, fields)
            frm, before = meeting.state, {"state": meeting.state.value, "starts_at": meeting.starts_at}
            text = EFFECTS[act](doing)
            if way.to != SAME:
                meeting.state = MeetingState(way.to)
            meeting.version += 1
            meeting.save()
            record(acting, session, meeting, act, text, frm)
            after = {"state": meeting.state.value, "starts_at": meeting.starts_at, "text": text}
            acting.changed(f"{way.name} {named(meeting)}", before, after | doing.said)
    except AlreadyDone:
        pass
    return meeting_id


def _last_said(meeting: Meeting) -> str:
    steps = MeetingStep.select().where(MeetingStep.meeting == meeting.id)
    last = steps.order_by(MeetingStep.id.desc()).first()
    if last is None:
        return "这次会议刚才有了变动"
    return f"{last.staff_name}已先一步{BY_ACT[last.name].name if last.name in BY_ACT else '办理'}"
