"""What a letter's paper says: read whole here, so that a document needs no table. Residents' data is in it only by `personal`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from dutydesk.letter_words import Crossing, LetterKind, LetterState
from dutydesk.models import Issue, Letter, LetterIssue, LetterStep, Reporter, Staff
from dutydesk.rules.letters import access, papers
from dutydesk.rules.letters.life import INVITED_ENDS
from dutydesk.rules.letters.supervising import Supervised, notices
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
    raised_by: str = ""  # who raised it, where the act that includes personal data was done
    phone: str = ""
    address: str = ""


class PaperContent(NamedTuple):
    """All that a 约请函, a 约请单 or a 督办单 of this letter says."""

    kind: LetterKind
    words: Mapping[str, str]  # the office's own, those of its names filled in
    office: str
    number: str
    day: date | None
    departments: tuple[str, ...]
    notices: tuple[Supervised, ...]  # the 督办单 that are valid, the newest first
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
    revealed_by: str = ""  # the act by which personal data is in it


def paper(session: Session, letter_id: int, now: datetime, revealed_by: str = "") -> PaperContent:
    """What the paper of a letter says; `personal.include` names the act that leaves nothing masked.

    Raises NotAllowed outside the scope.
    """
    del now
    masked: Callable[[str], str] = str if revealed_by else mask_phones_in
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
            masked(row.issue.summary),
            day_of(row.issue.due_at) if row.issue.due_at else None,
            *(_raised_by(row.issue_id) if revealed_by else ()),
        )
        for row in rows
    )
    subject = letter.subject.removeprefix("协调解决")
    town = letter.subdistrict
    words = papers.words_of(town.id)
    words |= {name: papers.filled(words[name], town) for name in ("head", "office", "slip", "supervision")}
    return PaperContent(
        kind=letter.kind,
        words=words,
        office=words["office"],
        number=letter.number,
        day=day_of(letter.issued_at) if letter.issued_at else None,
        departments=tuple(each.department.name for each in lines),
        notices=tuple(each for each in notices(letter) if not each.void),
        subject=masked(subject),
        area=letter.area.name,
        reasons=tuple(Crossing(word).label for word in letter.crossing.split()),
        about=about,
        request=masked(letter.request),
        tried=masked(letter.tried),
        meeting_at=letter.meeting_at,
        place=letter.meeting_place,
        answer_by=day_of(max(limits)) if limits else None,
        contact=drafter.name if drafter else "",
        phone=drafter.phone if drafter else "",
        proposed_by=_proposer(letter),
        out=letter.state is not LetterState.DRAFT,
        revealed_by=revealed_by,
    )


def _raised_by(issue_id: int) -> tuple[str, str, str]:
    row = Reporter.get_or_none(Reporter.issue == issue_id)
    return (row.name, row.phone, row.address) if row else ("", "", "")


def _proposer(letter: Letter) -> str:
    """The chief who proposed it last; empty before."""
    step = (
        LetterStep.select()
        .where(LetterStep.letter == letter.id, LetterStep.name == "propose")
        .order_by(LetterStep.id.desc())
        .first()
    )
    return str(step.staff_name) if step else ""
