"""The letters of an issue: read with each case, so that it brings nothing but the tables along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dutydesk.models import Invited, Letter, LetterIssue


class InLetter(NamedTuple):
    """A letter in which an issue stands or stood."""

    letter_id: int
    said: str


def letters_of_issue(issue_id: int) -> list[InLetter]:
    """Every letter that an issue was ever in, the newest first, with where it stands."""
    rows = (
        LetterIssue.select(LetterIssue, Letter)
        .join(Letter)
        .where(LetterIssue.issue == issue_id)
        .order_by(LetterIssue.id.desc())
    )
    found = []
    for row in rows:
        invited = Invited.select().where(Invited.letter == row.letter_id).order_by(Invited.id)
        names = "、".join(each.department.name for each in invited)
        letter = row.letter
        said = f"{letter.number or letter.kind.label} {names}（{letter.state.label}）"
        found.append(InLetter(letter.id, said))
    return found


def still_open(issue_ids: Iterable[int]) -> list[InLetter]:
    """The letters under way in which any of these issues stands, each once."""
    from dutydesk.rules.letters.life import LETTER_ENDS

    found = {each.letter_id: each for issue_id in issue_ids for each in letters_of_issue(issue_id)}
    rows = Letter.select(Letter.id).where(Letter.id.in_(list(found)), Letter.state.not_in(list(LETTER_ENDS)))
    return [found[row.id] for row in rows.order_by(Letter.id.desc())]
