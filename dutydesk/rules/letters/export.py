"""Letters for scripts: one record a letter, its departments, promises and story within; names of staff, no residents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dutydesk.models import Letter, LetterIssue, LetterNumber, LetterStep
from dutydesk.rules import permission
from dutydesk.rules.letters import access
from dutydesk.rules.letters.agreement import promises_of
from dutydesk.rules.letters.sheet import crossing_words
from dutydesk.rules.letters.taking import all_invited
from dutydesk.rules.organisation import start_of
from dutydesk.session import Session
from dutydesk.text import mask_phones_in

_AT_ONCE = 500


def records(session: Session, since: date | None = None) -> Iterator[dict[str, Any]]:
    """Each letter of the session's own scope, by id; drafted since a day, where one is given. Raises NotAllowed."""
    permission.require(session, "letters")
    permission.require(session, "export")
    after = 0
    while True:
        query = Letter.select().where(access.own(session), Letter.id > after)
        if since is not None:
            query = query.where(Letter.drafted_at >= start_of(since))
        rows = list(query.order_by(Letter.id).limit(_AT_ONCE))
        yield from map(_record, rows)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


def _at(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


def _record(letter: Letter) -> dict[str, Any]:
    issues = LetterIssue.select().where(LetterIssue.letter == letter.id).order_by(LetterIssue.id)
    numbers = LetterNumber.select().where(LetterNumber.letter == letter.id).order_by(LetterNumber.id)
    steps = LetterStep.select().where(LetterStep.letter == letter.id).order_by(LetterStep.id)
    return {
        "id": letter.id,
        "kind": letter.kind.label,
        "number": letter.number,
        "state": letter.state.label,
        "subdistrict": letter.subdistrict.short_name,
        "area": letter.area.name,
        "subject": mask_phones_in(letter.subject),
        "crossing": crossing_words(letter),
        "drafted_at": _at(letter.drafted_at),
        "issued_at": _at(letter.issued_at),
        "closed_at": _at(letter.closed_at),
        "void": [row.void_reason for row in numbers if row.void_at],
        "issues": [row.issue.number for row in issues],
        "departments": [
            {
                "name": each.department.name,
                "state": each.state.label,
                "answer": each.answer.label if each.answer else None,
                "answer_due_at": _at(each.answer_due_at),
                "answered_at": _at(each.answered_at),
                "lead": each.lead,
                "score": each.score.label if each.score else None,
            }
            for each in all_invited(letter)
        ],
        "promises": [
            {
                "department": each.invited.department.name,
                "part": each.part.label,
                "what": mask_phones_in(each.what),
                "due_on": each.due_on.isoformat(),
                "done_at": _at(each.done_at),
            }
            for each in promises_of(letter)
        ],
        "steps": [
            {
                "at": _at(each.occurred_at),
                "act": each.name,
                "by": each.staff_name,
                "text": mask_phones_in(each.text),
            }
            for each in steps
        ],
    }
