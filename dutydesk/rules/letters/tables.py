"""Letters on a table: by state, whose turn it is, what time is left; each view is a part of what the session sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from peewee import fn

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Area, Department, Invited, Letter, LetterPromise
from dutydesk.rules import deadlines, office, permission
from dutydesk.rules.letters import access
from dutydesk.rules.letters.life import LETTER_ENDS, ON_PAPER, OPEN_WITH_US, RUNNING, TURN, UNANSWERED
from dutydesk.rules.organisation import day_of, start_of
from dutydesk.rules.workcalendar import WorkCalendar
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Role

R, L, D = Role, LetterState, InvitedState
PAGE = 200
ASKS = "协调解决"  # how the desk begins a subject; on a table it says nothing

# The views, in the order of their digits.
VIEWS: tuple[tuple[str, str], ...] = (
    ("mine", "待我办"),
    ("open", "在办"),
    ("paper", "拟稿"),
    ("unanswered", "待答复"),
    ("doing", "跟办"),
    ("district", "区级"),
    ("ended", "已结"),
)

# Which states of a letter are the turn of which role.
_MY_STATES: dict[Role, frozenset[LetterState]] = {
    R.DUTY_OFFICER: frozenset({L.DRAFT, L.TALKS}),
    R.AREA_CHIEF: frozenset({L.DRAFT, L.PROPOSING, L.TALKS}),
    R.COORDINATOR: frozenset({L.CHECKING, L.RAISING}),
    R.SIGNATORY: frozenset({L.SIGNING}),
    R.DISTRICT_COORDINATOR: frozenset({L.RAISED, L.DISTRICT}),
}

_NOTHING_LEFT = frozenset({D.DONE, D.FREED})  # all that was agreed is done: closing can be proposed


class Row(NamedTuple):
    """A line of the table: the letter, its departments in short, whose turn, the nearest limit."""

    key: int
    number: str
    kind: str
    title: str
    area: str
    state: LetterState
    turn: str
    departments: str
    left: str
    late: bool
    version: int


def letters(session: Session, view: str = "mine", before: int | None = None) -> list[Row]:
    """The letters of a view, the newest first, 200 at a time (`before` is the last one's key). Raises NotAllowed."""
    permission.require(session, "letters")
    query: Any = Letter.select(Letter, Area).join(Area).where(access.within(session), _in_view(session, view))
    if before is not None:
        query = query.where(Letter.id < before)
    return rows_of(list(query.order_by(Letter.id.desc()).limit(PAGE)))


def counts(session: Session) -> dict[str, int]:
    """How many letters each view has."""
    permission.require(session, "letters")
    return {
        view: int(Letter.select().where(access.within(session), _in_view(session, view)).count())
        for view, _ in VIEWS
    }


def _in_view(session: Session, view: str) -> Any:
    if view == "mine":
        return _mine(session)
    states = {
        "open": frozenset(LetterState) - LETTER_ENDS,
        "paper": ON_PAPER,
        "unanswered": RUNNING,
        "doing": frozenset({L.DOING, L.CLOSING}),
        "district": frozenset({L.RAISING, L.RAISED, L.DISTRICT}),
        "ended": LETTER_ENDS,
    }[view]
    where: Any = Letter.state.in_(states)
    return where & _with_lines(UNANSWERED) if view == "unanswered" else where


def _with_lines(states: Iterable[InvitedState], *more: Any) -> Any:
    """Letters on which a department stands in one of these states: looked up for each letter of the scope."""
    lines = Invited.select(Invited.id).where(
        Invited.letter == Letter.id, Invited.state.in_(list(states)), *more
    )
    return fn.EXISTS(lines)


def _mine(session: Session) -> Any:
    """What waits for this person, by each of the roles."""
    now = datetime.now(UTC)
    found: Any = Letter.id.is_null()
    for grant in session.grants:
        scope = access.own_scope(grant)
        if scope is None:
            continue
        own: Any = Letter.state.in_(_MY_STATES.get(grant.role, frozenset()))
        if grant.role in (R.DUTY_OFFICER, R.AREA_CHIEF):
            to_decide = _with_lines({D.MOVING, D.REFUSED})
            silent = _with_lines(UNANSWERED, Invited.answer_due_at < now)
            own |= Letter.state.in_(RUNNING) & (to_decide | silent)
            undone = _with_lines(frozenset(D) - _NOTHING_LEFT)
            own |= (Letter.state == L.DOING) & _with_lines({D.DONE}) & ~undone
        if grant.role is R.AREA_CHIEF:
            own |= (Letter.state == L.CLOSING) & Letter.area_agreed_at.is_null()
            own |= (Letter.state == L.CLOSED) & _with_lines({D.ENDED})
        if grant.role is R.COORDINATOR:
            own |= (Letter.state == L.CLOSING) & Letter.town_agreed_at.is_null()
        if grant.role in (R.LIAISON, R.DEPARTMENT_HEAD):
            own = Letter.id.in_(_of_department(grant.role, grant.department_id))
        found = found | (scope & own)
    return found


def _of_department(role: Role, department_id: int | None) -> Any:
    here = Invited.department == department_id
    if role is R.DEPARTMENT_HEAD:
        return Invited.select(Invited.letter).where(here, Invited.state == D.DRAFTED)
    states = (D.SENT, D.RECEIVED, D.PROMISED, D.RATED)
    closing = (
        Invited.select(Invited.letter)
        .join(Letter)
        .where(here, Letter.state == L.CLOSING, Invited.consented_at.is_null())
    )
    waiting: Any = here & (Invited.state.in_(states) | Invited.letter.in_(closing))
    return Invited.select(Invited.letter).where(waiting)


def waiting(session: Session) -> int:
    """How many letters wait for this person; 今日 tells it."""
    if not access.may_look(session):
        return 0
    return int(Letter.select().where(access.within(session), _mine(session)).count())


# -- the lines -------------------------------------------------------------------------------------------------------


def rows_of(found: list[Letter]) -> list[Row]:
    """Letters as lines, their departments and limits read at once."""
    now = datetime.now(UTC)
    ids = [row.id for row in found]
    lines: dict[int, list[Invited]] = {}
    invited = Invited.select(Invited, Department).join(Department, on=Invited.department == Department.id)
    for each in invited.where(Invited.letter.in_(ids)).order_by(Invited.id):
        lines.setdefault(each.letter_id, []).append(each)
    due: Any = (
        LetterPromise.select(LetterPromise.letter, fn.MIN(LetterPromise.due_on))
        .where(LetterPromise.letter.in_(ids), LetterPromise.done_at.is_null())
        .group_by(LetterPromise.letter)
        .tuples()
    )
    promised = {letter_id: _day(value) for letter_id, value in due}
    days = {town: office.calendar(town) for town in {letter.subdistrict_id for letter in found}}
    return [
        _row(letter, lines.get(letter.id, []), promised.get(letter.id), now, days[letter.subdistrict_id])
        for letter in found
    ]


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _row(
    letter: Letter, lines: list[Invited], promised: date | None, now: datetime, days: WorkCalendar
) -> Row:
    left, late = time_left(letter, lines, promised, now, days)
    return Row(
        letter.id,
        letter.number,
        letter.kind.label,
        mask_phones_in(letter.subject).removeprefix(ASKS),
        letter.area.name,
        letter.state,
        turn_of(letter, lines),
        "、".join(f"{each.department.name}{_short(each, letter)}" for each in lines),
        left,
        late,
        letter.version,
    )


def turn_of(letter: Letter, lines: list[Invited]) -> str:
    """Whose turn it is: what departments answered or have done may wait for the area, a closed letter for its rating."""
    states = {each.state for each in lines}
    if letter.state is L.OUT and states & OPEN_WITH_US:
        return "片区"
    if letter.state is L.DOING and D.DONE in states and states <= _NOTHING_LEFT:
        return "片区"
    if letter.state is L.CLOSED and D.ENDED in states:
        return "片区长"
    return TURN.get(letter.state, "")


def _short(invited: Invited, letter: Letter) -> str:
    return "" if letter.state in ON_PAPER else f" {invited.state.label}"


def time_left(
    letter: Letter, lines: list[Invited], promised: date | None, now: datetime, days: WorkCalendar
) -> tuple[str, bool]:
    """The nearest limit that runs in a letter, in words, and whether it is over."""
    if letter.state in LETTER_ENDS or letter.state in ON_PAPER:
        return "", False
    answers = [each.answer_due_at for each in lines if each.state in UNANSWERED and each.answer_due_at]
    limits = [min(answers)] if answers else []
    if promised is not None:
        limits.append(_end_of(promised))
    if not limits:
        return "", False
    nearest = min(limits)
    return deadlines.time_left(now, nearest, days), nearest < now


def _end_of(day: date) -> datetime:
    from datetime import timedelta

    return start_of(day + timedelta(days=1)) - timedelta(seconds=1)


__all__ = ["PAGE", "VIEWS", "Row", "counts", "day_of", "letters", "rows_of", "waiting"]
