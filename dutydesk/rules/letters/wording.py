"""What a letter's paper says: read whole here, so that a document needs no table. Residents' data is not in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from dutydesk.letter_words import Crossing, LetterKind, LetterState
from dutydesk.models import Issue, Letter, LetterIssue, LetterStep, Staff
from dutydesk.rules.letters import access
from dutydesk.rules.letters.answers import is_silent
from dutydesk.rules.letters.life import INVITED_ENDS
from dutydesk.rules.letters.taking import all_invited
from dutydesk.rules.organisation import day_of
from dutydesk.session import Session
from dutydesk.text import mask_phones_in, place_in_words


class About(NamedTuple):
    """An issue as the paper tells it."""

    number: str
    place: str
    text: str
    due: date | None


class PaperContent(NamedTuple):
    """All that a 约请函, a 约请单 or a 督办单 of this letter says."""

    kind: LetterKind
    office: str
    number: str
    day: date | None
    departments: tuple[str, ...]
    behind: tuple[str, ...]  # those that have not answered though their limit is over
    subject: str
    area: str
    reasons: tuple[str, ...]
    about: tuple[About, ...]
    request: str
    tried: str
    meeting_at: datetime | None
    place: str
    answer_by: date | None
    contact: str
    phone: str
    proposed_by: str
    out: bool


def paper(session: Session, letter_id: int, now: datetime) -> PaperContent:
    """What the paper of a letter says. Raises NotAllowed outside the scope."""
    letter = access.readable(session, letter_id)
    lines = [each for each in all_invited(letter) if each.state not in INVITED_ENDS or letter.closed_at]
    limits = [each.answer_due_at for each in lines if each.answer_due_at]
    drafter = Staff.get_or_none(Staff.id == letter.drafted_by_id)
    rows = (
        LetterIssue.select(LetterIssue, Issue)
        .join(Issue)
        .where(LetterIssue.letter == letter.id)
        .order_by(LetterIssue.id)
    )
    about = tuple(
        About(
            row.issue.number,
            place_in_words(row.issue.unit.name, row.issue.spot),
            mask_phones_in(row.issue.summary),
            day_of(row.issue.due_at) if row.issue.due_at else None,
        )
        for row in rows
    )
    subject = letter.subject.removeprefix("协调解决")
    return PaperContent(
        kind=letter.kind,
        office=f"{letter.subdistrict.district.name}{letter.subdistrict.name}办事处",
        number=letter.number,
        day=day_of(letter.issued_at) if letter.issued_at else None,
        departments=tuple(each.department.name for each in lines),
        behind=tuple(each.department.name for each in lines if is_silent(each, now)),
        subject=mask_phones_in(subject),
        area=letter.area.name,
        reasons=tuple(Crossing(word).label for word in letter.crossing.split()),
        about=about,
        request=mask_phones_in(letter.request),
        tried=mask_phones_in(letter.tried),
        meeting_at=letter.meeting_at,
        place=letter.meeting_place,
        answer_by=day_of(max(limits)) if limits else None,
        contact=drafter.name if drafter else "",
        phone=drafter.phone if drafter else "",
        proposed_by=_proposer(letter),
        out=letter.state is not LetterState.DRAFT,
    )


def _proposer(letter: Letter) -> str:
    """The chief who proposed it last; empty before."""
    step = (
        LetterStep.select()
        .where(LetterStep.letter == letter.id, LetterStep.name == "propose")
        .order_by(LetterStep.id.desc())
        .first()
    )
    return str(step.staff_name) if step else ""
