"""One act on a meeting: what all of them do alike, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dutydesk.meeting_words import MeetingState
from dutydesk.models import Meeting, MeetingStep
from dutydesk.rules import acts
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, Refused, Stale
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.life import BY_ACT, SAME, Way
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.text import LINE_LIMIT, clean, mask_phones_in


@dataclass
class Doing:
    """An act on a meeting while it happens; `said` is what the audit keeps besides the text."""

    session: Session
    acting: Acting
    meeting: Meeting
    way: Way
    fields: Mapping[str, Any]
    said: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text field of the form, made safe; empty where it has none."""
        return clean(str(self.fields.get(name) or ""), 500)

    def need(self, name: str, message: str) -> str:
        """A text field that must be filled. Raises Refused with the message beside it."""
        value = self.text(name)
        if len(value) < 2:
            raise Refused(message, name)
        return value


Effect = Callable[[Doing], str]
EFFECTS: dict[str, Effect] = {}


def effect(*names: str) -> Callable[[Effect], Effect]:
    """Register what acts on a meeting do beyond the change of state; they answer with the story's text."""

    def register(function: Effect) -> Effect:
        for name in names:
            EFFECTS[name] = function
        return function

    return register


def named(meeting: Meeting) -> str:
    """`康健一片区双周例会 11月26日 14:00`."""
    return f"{meeting.title} {moment(meeting.starts_at)}"


@contextmanager
def acting_on(session: Session, meeting_id: int, name: str, act_id: str) -> Iterator[tuple[Acting, Meeting]]:
    """A transaction in which nobody else changes this meeting. Raises AlreadyDone, NotAllowed, Refused."""
    with acts.act(session, act_id, f"meeting.{name}") as acting:
        meeting = access.fresh(session, meeting_id)
        acting.about("meeting", meeting.id, named(meeting), meeting.subdistrict_id)
        yield acting, meeting


def record(
    acting: Acting, session: Session, meeting: Meeting, name: str, text: str, frm: MeetingState | None = None
) -> MeetingStep:
    """Write one line of a meeting's story."""
    written = MeetingStep.create(
        meeting=meeting,
        act=acting.row,
        name=name,
        from_state=frm.value if frm else "",
        to_state=meeting.state.value,
        staff=session.staff_id,
        staff_name=session.name,
        text=mask_phones_in(text),
        at=acting.at,
    )
    assert isinstance(written, MeetingStep)
    return written


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
    from dutydesk.rules.meetings import ways  # registers the effects

    way = BY_ACT[act]
    del ways
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


def line(text: object) -> str:
    """One line of text from outside, made safe and cut to a line's length."""
    return clean(str(text or ""), LINE_LIMIT)
