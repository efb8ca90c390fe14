"""What may be done to a letter, and doing it: the menus and the one way in for every act of both lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Invited, Letter, LetterStep
from dutydesk.rules import acts
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone
from dutydesk.rules.letters import (
    access,
    agreement,
    answers,
    closing,
    drafting,
    follow_up,
    raising,
    rating,
    signing,
    standing_in,
    supervising,
)
from dutydesk.rules.letters.life import INVITED_ACT, INVITED_WAYS, LETTER_ACT, LETTER_WAYS, Way
from dutydesk.rules.letters.limits import due
from dutydesk.rules.letters.taking import Asking, Doing, fresh, invited_of, same_version, take, why_not
from dutydesk.rules.organisation import day_of
from dutydesk.rules.steps import Proxy
from dutydesk.session import Session

# Importing these modules registers their effects and conditions.
_REGISTERED = (agreement, answers, closing, drafting, follow_up, raising, rating, signing, supervising)


@dataclass(frozen=True)
class Choice:
    """One line of a menu. `refusal` says why it cannot be done now. `demands`: whether it asks for something."""

    act: str
    name: str
    hint: str
    refusal: str = ""
    for_others: bool = False


@dataclass(frozen=True)
class Done:
    """What an act left behind: the letter, its number (or subject), state and version, and the line of the story."""

    letter_id: int
    number: str
    state: LetterState
    version: int
    said: str = ""
    invited_id: int | None = None
    line_state: InvitedState | None = None  # of the department that it was about


def menu(session: Session, letter_id: int) -> list[Choice]:
    """What this person may do to this letter now, in the order of its life; closed ways with the reason."""
    letter = access.readable(session, letter_id)
    return [
        Choice(way.act, way.name, way.hint, why_not(Asking(session, letter), way) or "")
        for way in LETTER_WAYS
        if letter.state in way.frm and access.may(session, way, letter)
    ]


def invited_menu(session: Session, invited_id: int) -> list[Choice]:
    """What this person may do about one invited department, then what may be entered 代录 for it."""
    invited = Invited.get_by_id(invited_id)
    letter = access.readable(session, invited.letter_id)
    own, told = [], []
    for way in INVITED_WAYS:
        if letter.state not in way.letter or invited.state not in way.frm:
            continue
        if access.may(session, way, letter, invited):
            refusal = why_not(Asking(session, letter, invited), way) or ""
            own.append(Choice(way.act, way.name, way.hint, refusal))
        elif way.proxied and standing_in.may_enter(session, letter):
            hint = f"代{invited.department.name}录入：{way.hint}"
            told.append(Choice(way.act, way.name, hint, for_others=True))
    return own + told


def perform(
    session: Session,
    letter_id: int,
    act: str,
    fields: Mapping[str, Any],
    act_id: str,
    *,
    invited_id: int | None = None,
    version: int | None = None,
    proxy: Proxy | None = None,
) -> Done:
    """Do one act on a letter, or (with `invited_id`) on one of its departments.

    `version` is that of the letter, or of the department's line, as this person read it; None is any. With `proxy` it
    is entered 代录. Raises NotAllowed, Stale, or Refused with the field; then nothing has been written.
    """
    way = LETTER_ACT[act] if invited_id is None else INVITED_ACT[act]
    try:
        with acts.act(session, act_id, f"letter.{act}") as acting:
            done = go(session, acting, fresh(letter_id), way, fields, invited_id, version, proxy)
    except AlreadyDone as earlier:
        done = as_before(earlier, act_id)
    return done


def as_before(earlier: AlreadyDone, act_id: str) -> Done:
    """The answer that the first try of an act gave, with the letter as it stands now."""
    said = LetterStep.select().where(LetterStep.act == act_id).order_by(LetterStep.id.desc()).first()
    return as_done(Letter.get_by_id(earlier.subject_id), said)


def go(
    session: Session,
    acting: Acting,
    letter: Letter,
    way: Way,
    fields: Mapping[str, Any],
    invited_id: int | None = None,
    version: int | None = None,
    proxy: Proxy | None = None,
) -> Done:
    """One way inside an act under way. Raises as `perform` does."""
    invited = invited_of(letter, invited_id) if invited_id is not None else None
    acting.about("letter", letter.id, letter.number or letter.subject, letter.subdistrict_id)
    same_version(letter if invited is None else invited, letter, version)
    doing = Doing(session, acting, letter, way, fields, invited, proxy)
    if proxy is None:
        access.require(session, way, letter, invited)
        written = take(doing)
    else:
        written = standing_in.enter(doing, take)
    return as_done(letter, written)


def as_done(letter: Letter, step: LetterStep | None) -> Done:
    """The answer to an act: the letter as it stands now, with the line that was written."""
    return Done(
        letter.id,
        letter.number or letter.subject,
        letter.state,
        letter.version,
        step.text if step else "",
        step.invited_id if step else None,
        InvitedState(step.to_state) if step and step.invited_id else None,
    )


def usual_answers(
    session: Session, letter_id: int, act: str, invited_id: int | None = None
) -> dict[str, Any]:
    """What an act's form may begin with."""
    letter = access.readable(session, letter_id)
    if act == "amend":
        return drafting.as_fields(letter)
    if act in ("meet", "convene"):
        return {"meeting_at": letter.meeting_at, "meeting_place": letter.meeting_place}
    if act == "raise":
        return {"ground": raising.likely_ground(letter).value}
    if act == "agree":
        return agreement.next_one(letter)
    if act == "supervise":
        by = day_of(due("letter_answer_limit", letter.subdistrict_id, datetime.now(UTC)))
        return {"text": "请立即答复并派员到场，办理结果书面回复。", "due_on": by.isoformat()}
    if act == "propose_close":
        return {"outcome": closing.proposed_outcome(letter)}
    if invited_id is not None and act in ("come", "move"):
        return answers.usual(session, letter, Invited.get_by_id(invited_id))
    return {}
