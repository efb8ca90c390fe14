"""The balance for 督查考核: how often each area invites, how each department answers. Every figure says what it counts.

Calling too often tells as much as never calling: both stand there, none is a mark by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from dutydesk.letter_words import Answer, InvitedState, LetterKind, LetterState, Score
from dutydesk.models import Area, Department, Invited, Letter, LetterPromise
from dutydesk.rules import permission
from dutydesk.rules.letters import access
from dutydesk.rules.letters.answers import is_silent
from dutydesk.rules.letters.rating import counts
from dutydesk.rules.organisation import day_of, start_of
from dutydesk.session import Session


class OfArea(NamedTuple):
    """How often an area invited: by kind, raised, closed, taken back."""

    area: str
    calls: int
    slips: int
    letters: int
    raised: int
    closed: int
    withdrawn: int


class OfDepartment(NamedTuple):
    """How a department answered what reached it: in time, late, not at all; what it said; how it kept its word."""

    department: str
    invited: int
    in_time: int
    late: int
    silent: int
    came: int
    moved: int
    refused: int
    written: int
    promises: int
    kept: int
    good: int
    rated: int


EXPLAINED = (
    "约请次数：这一时期发出的电话约请、约请单、约请函；作废重发的不重复计",
    "按时：答复期限（本单位设置）内答复的；逾期：过期才答复的；未答：期限已过仍未答复的",
    "应约、改期、不属职责、书面：现在的答复；不属职责含后来被说服的",
    "守信：答应的事在约定日期前报落实的，除以到期或已落实的",
    "评价：部门说明过或说明期已过的才计入",
)


class Balance(NamedTuple):
    """Both tables, with what the figures count."""

    areas: tuple[OfArea, ...]
    departments: tuple[OfDepartment, ...]
    explained: tuple[str, ...] = EXPLAINED


def balance(session: Session, first: date, last: date) -> Balance:
    """What was issued from `first` to `last`, both included, in the session's own scope. Raises NotAllowed."""
    permission.require(session, "figures")
    begins, ends = start_of(first), start_of(last + timedelta(days=1))
    issued: Any = Letter.issued_at.is_null(False) & (Letter.issued_at >= begins) & (Letter.issued_at < ends)
    letters = list(Letter.select().where(access.own(session), issued))
    kept = {row.id: row for row in letters if row.state is not LetterState.REPLACED}
    return Balance(tuple(_areas(kept.values())), tuple(_departments(kept, datetime.now(UTC))))


def _areas(letters: Iterable[Letter]) -> list[OfArea]:
    by_area: dict[int, list[Letter]] = {}
    for letter in letters:
        by_area.setdefault(letter.area_id, []).append(letter)
    names: Any = (
        Area.select(Area.id, Area.name).where(Area.id.in_(list(by_area))).order_by(Area.code).tuples()
    )
    found = []
    for area_id, name in names:
        rows = by_area[area_id]
        kinds = Counter(row.kind for row in rows)
        states = Counter(row.state for row in rows)
        raised = sum(row.raised_at is not None for row in rows)
        found.append(
            OfArea(
                name,
                kinds[LetterKind.CALL],
                kinds[LetterKind.SLIP],
                kinds[LetterKind.LETTER],
                raised,
                states[LetterState.CLOSED],
                states[LetterState.WITHDRAWN],
            )
        )
    return found


def _departments(letters: dict[int, Letter], now: datetime) -> list[OfDepartment]:
    rows = list(
        Invited.select().where(Invited.letter.in_(list(letters)), Invited.delivered_at.is_null(False))
    )
    by_department: dict[int, list[Invited]] = {}
    for row in rows:
        by_department.setdefault(row.department_id, []).append(row)
    promises: dict[int, list[LetterPromise]] = {}
    for promise in LetterPromise.select().where(LetterPromise.letter.in_(list(letters))):
        promises.setdefault(promise.invited_id, []).append(promise)
    names: Any = (
        Department.select(Department.id, Department.name)
        .where(Department.id.in_(list(by_department)))
        .order_by(Department.code)
        .tuples()
    )
    return [_of_department(name, by_department[key], promises, now) for key, name in names]


def _of_department(
    name: str, rows: list[Invited], promises: dict[int, list[LetterPromise]], now: datetime
) -> OfDepartment:
    said = Counter(row.answer for row in rows)
    answered = [row for row in rows if row.answered_at and row.answer_due_at]
    in_time = sum(row.answered_at <= row.answer_due_at for row in answered)
    own = [promise for row in rows for promise in promises.get(row.id, [])]
    due = [each for each in own if each.done_at is not None or each.due_on < day_of(now)]
    kept = sum(
        each.done_at is not None and each.done_at < start_of(each.due_on + timedelta(days=1)) for each in due
    )
    rated = [row for row in rows if counts(row, now)]
    return OfDepartment(
        name,
        len(rows),
        in_time,
        len(answered) - in_time,
        sum(is_silent(row, now) or (row.answered_at is None and _ended_unanswered(row)) for row in rows),
        said[Answer.COME],
        said[Answer.MOVE],
        sum(row.refusals > 0 for row in rows),
        said[Answer.WRITE],
        len(due),
        kept,
        sum(row.score is Score.GOOD for row in rated),
        len(rated),
    )


def _ended_unanswered(row: Invited) -> bool:
    return row.state in (InvitedState.ENDED, InvitedState.RATED, InvitedState.SETTLED) and row.answer is None
