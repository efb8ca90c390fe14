"""The register of letters' numbers: a year, an office and a kind each count from 1, without gap and without double.

The counter's row is locked inside the transaction that issues the letter: one that fails gives its number back, and a
number that was given out is never given out again; a void one stays listed with the reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dutydesk.letter_words import LetterKind, NumberKind
from dutydesk.models import Counter, Letter, LetterNumber, Subdistrict
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.letters import access, papers
from dutydesk.rules.organisation import day_of
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session


def take(letter: Letter, at: datetime, of: NumberKind | None = None) -> str:
    """The next number of the letter's register, inside the act that issues it. Raises Refused for a bad pattern."""
    town: Subdistrict = letter.subdistrict
    year, kind = day_of(at).year, of or NumberKind(letter.kind.value)
    name = f"letter:{kind.value}:{town.id}:{year}"
    Counter.insert(name=name, value=0).on_conflict_ignore().execute()
    Counter.update(value=Counter.value + 1).where(Counter.name == name).execute()
    serial = int(Counter.get_by_id(name).value)
    try:
        text = papers.patterns_of(town.id)[kind.value].format(
            town=town.short_name[:1], name=town.short_name, year=year, serial=serial
        )
    except (KeyError, IndexError, ValueError):
        raise Refused("文号的写法有误，请街镇协调员在“公文写法”里核对。") from None
    LetterNumber.create(
        subdistrict=town, kind=kind, year=year, serial=serial, text=text, letter=letter, taken_at=at
    )
    return text


def void(letter: Letter, reason: str, at: datetime) -> None:
    """The letter's number does not count any more; it stays in the register."""
    LetterNumber.update(void_at=at, void_reason=reason).where(
        LetterNumber.letter == letter.id, LetterNumber.void_at.is_null()
    ).execute()


class Registered(NamedTuple):
    """A line of the register."""

    serial: int
    text: str
    letter_id: int
    subject: str
    taken: str
    void: str  # why it does not count any more, empty where it does


def register(
    session: Session, subdistrict_id: int, kind: NumberKind | LetterKind, year: int
) -> list[Registered]:
    """The register of an office for a year, by serial. Raises NotAllowed outside the scope."""
    inside = any(
        grant.role in (*access._WHOLE,) or grant.subdistrict_id == subdistrict_id
        for grant in session.grants
        if grant.role in access.READERS and grant.department_id is None
    )
    if not inside:
        raise NotAllowed("约请登记簿由本街镇和区里查看。")
    rows = (
        LetterNumber.select(LetterNumber, Letter)
        .join(Letter)
        .where(
            LetterNumber.subdistrict == subdistrict_id, LetterNumber.kind == kind, LetterNumber.year == year
        )
        .order_by(LetterNumber.serial)
    )
    return [
        Registered(
            row.serial, row.text, row.letter_id, row.letter.subject, moment(row.taken_at), row.void_reason
        )
        for row in rows
    ]
