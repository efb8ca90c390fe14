"""The views of the ledger on digits: some made for each role, and everybody's own."""

from __future__ import annotations

from dataclasses import dataclass

from dutydesk.rules.ledger import ON_DIGITS, VIEWS
from dutydesk.rules.questions import Question
from dutydesk.session import Session


@dataclass(frozen=True)
class ViewEntry:
    """One entry of the list of views: its name, what it asks for, and whether it is the person's own (then `id`)."""

    key: str
    name: str
    question: Question
    own: bool = False
    id: int = 0


def for_session(session: Session) -> list[ViewEntry]:
    """The views of this person: those made for the roles, then the own ones, in the order of the digits 1 to 9."""
    return [ViewEntry(key, VIEWS[key].name, Question(key)) for key in ON_DIGITS]
