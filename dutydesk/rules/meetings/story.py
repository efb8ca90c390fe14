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
from dutydesk.rules.errors import Refused
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.life import Way
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


def line(text: object) -> str:
    """One line of text from outside, made safe and cut to a line's length."""
    return clean(str(text or ""), LINE_LIMIT)
