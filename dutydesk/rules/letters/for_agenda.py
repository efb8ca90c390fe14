"""What 条块约请 brings to an area's meeting: letters unanswered past their limit, promises late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from dutydesk.letter_words import LetterState
from dutydesk.meeting_words import ItemKind
from dutydesk.models import AgendaLetter, Department, Invited, Letter, LetterIssue, LetterPromise
from dutydesk.rules.letters.life import RUNNING, UNANSWERED
from dutydesk.rules.meetings.agenda_matters import Matter
from dutydesk.rules.organisation import start_of, today
from dutydesk.session import Session
from dutydesk.text import mask_phones_in


def letters_for_agenda(session: Session, area_id: int, since: date, on: date) -> list[Matter]:
    """The area's letters that a meeting on a day should speak of; weight and minutes are the office's table's.

    `since`, the last meeting, is not asked: what is late stays on the table until it is not. The caller has checked
    that the session may see the area.
    """
    now = datetime.now(UTC) if on <= today() else start_of(on)
    found = []
    here: Any = (Letter.area == area_id) & Letter.state.in_(list(RUNNING))
    silence, lateness = _silent(here, now), _late(here, on)
    ids_of = _issues(sorted({*silence, *lateness}))
    for letter in Letter.select().where(Letter.id.in_(list(ids_of))).order_by(Letter.id):
        silent, late = silence.get(letter.id, []), lateness.get(letter.id, [])
        title = f"{letter.number}：{mask_phones_in(letter.subject)}"
        ids = ids_of[letter.id]
        if silent:
            why = f"{'、'.join(silent)}逾期未答复"
            found.append(Matter(ItemKind.LETTER_SILENT, 0, 0, title, why, ids, letter.id))
        elif late and letter.state is not LetterState.CLOSING:
            names = "；".join(
                f"{each.invited.department.name}{each.due_on.month}月{each.due_on.day}日前{each.what}"
                for each in late
            )
            found.append(
                Matter(
                    ItemKind.LETTER_LATE, 0, 0, title, f"逾期未落实：{mask_phones_in(names)}", ids, letter.id
                )
            )
    return found


def letters_of_items(items: Mapping[int, int | None]) -> dict[int, tuple[str, ...]]:
    """By item of an agenda, the letters that it is about or that it became; `items` gives the one it is about."""
    if not items:
        return {}
    pairs: list[tuple[int, int]] = [(item, letter) for item, letter in items.items() if letter]
    rows: Any = AgendaLetter.select(AgendaLetter.agenda_item_id, AgendaLetter.letter)
    became = rows.where(AgendaLetter.agenda_item_id.in_(list(items))).order_by(AgendaLetter.id)
    pairs += list(became.tuples())
    if not pairs:
        return {}
    letters = Letter.select().where(Letter.id.in_(sorted({letter for _, letter in pairs})))
    said = {row.id: f"{row.number or '约请'}（{row.state.label}）" for row in letters}
    found: dict[int, dict[str, None]] = {}
    for item, letter in pairs:
        if letter in said:
            found.setdefault(item, {})[said[letter]] = None
    return {item: tuple(names) for item, names in found.items()}


def _silent(here: Any, now: datetime) -> dict[int, list[str]]:
    """By letter, the departments whose limit is over and that have not answered (`answers.is_silent`)."""
    rows: Any = (
        Invited.select(Invited.letter, Department.name)
        .join(Department, on=Invited.department == Department.id)
        .switch(Invited)
        .join(Letter)
        .where(here, Invited.state.in_(list(UNANSWERED)), Invited.answer_due_at < now)
        .order_by(Invited.id)
    )
    found: dict[int, list[str]] = {}
    for letter_id, name in rows.tuples():
        found.setdefault(letter_id, []).append(name)
    return found


def _late(here: Any, on: date) -> dict[int, list[LetterPromise]]:
    """By letter, what was to be done before this day and is not."""
    rows: Any = (
        LetterPromise.select(LetterPromise, Invited, Department)
        .join(Invited)
        .join(Department, on=Invited.department == Department.id)
        .switch(LetterPromise)
        .join(Letter)
        .where(here, LetterPromise.done_at.is_null(), LetterPromise.due_on < on)
        .order_by(LetterPromise.id)
    )
    found: dict[int, list[LetterPromise]] = {}
    for row in rows:
        found.setdefault(row.letter_id, []).append(row)
    return found


def _issues(letter_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """By letter, the issues that it is about, in order."""
    found: dict[int, list[int]] = {each: [] for each in letter_ids}
    rows: Any = LetterIssue.select(LetterIssue.letter, LetterIssue.issue)
    for letter_id, issue_id in rows.where(LetterIssue.letter.in_(letter_ids)).tuples():
        found[letter_id].append(issue_id)
    return {letter_id: tuple(sorted(ids)) for letter_id, ids in found.items()}
