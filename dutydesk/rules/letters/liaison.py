"""A liaison's desk: every open letter of the department on one table; one answer for several; clashes of date show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Area, Department, Invited, Letter, LetterPromise, LetterStep, Subdistrict
from dutydesk.rules import acts, deadlines, office, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.letters.acting import go
from dutydesk.rules.letters.answers import is_silent
from dutydesk.rules.letters.life import (
    DEPARTMENT,
    INVITED_ACT,
    INVITED_ENDS,
    LETTER_ENDS,
    ON_PAPER,
    TAKING_PART,
)
from dutydesk.rules.letters.sheet import line_of
from dutydesk.rules.letters.tables import ASKS
from dutydesk.rules.letters.taking import fresh
from dutydesk.rules.organisation import day_of, start_of
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.text import clean, mask_phones_in

_SHOWN = 200
_TOO_NEAR = timedelta(hours=2)
_TIMED = frozenset(
    {InvitedState.SENT, InvitedState.RECEIVED, InvitedState.DRAFTED, InvitedState.COMING, InvitedState.MOVING}
)


class ForUs(NamedTuple):
    """A letter as the department sees it: what it asks, when, how it was answered, what is promised."""

    key: int  # of the department's line
    letter_id: int
    number: str
    title: str
    area: str
    state: InvitedState
    now: str  # where it stands, in words: while the letter is closing, whether this department has agreed
    time: datetime | None
    when: str
    attendee: str
    said: str
    left: str
    late: bool
    promised: str
    clash: str
    version: int


def for_department(session: Session) -> list[ForUs]:
    """What is open with the departments of this session, what waits for an answer first. Raises NotAllowed."""
    permission.require(session, "letters")
    now = datetime.now(UTC)
    rows: Any = (
        Invited.select(Invited, Letter, Area, Subdistrict, Department)
        .join(Letter)
        .join(Area, on=Letter.area == Area.id)
        .switch(Letter)
        .join(Subdistrict, on=Letter.subdistrict == Subdistrict.id)
        .switch(Invited)
        .join(Department, on=Invited.department == Department.id)
        .where(
            Invited.department.in_(_departments(session)),
            Invited.state.not_in([*INVITED_ENDS, InvitedState.LISTED]),
            Letter.state.not_in([*ON_PAPER, *(LETTER_ENDS - {LetterState.CLOSED})]),
        )
        .order_by(Invited.answer_due_at, Invited.id)
        .limit(_SHOWN)
    )
    rows = list(rows)
    promises = _promises([row.id for row in rows])
    found = [_for_us(row, promises.get(row.id, []), now) for row in rows]
    found.sort(key=lambda each: (not each.late, each.state not in (InvitedState.SENT, InvitedState.RECEIVED)))
    return [each._replace(clash=_clash(each, found)) for each in found]


def _departments(session: Session) -> list[int]:
    return sorted(
        {grant.department_id for grant in session.grants if grant.role in DEPARTMENT and grant.department_id}
    )


def _promises(lines: list[int]) -> dict[int, list[LetterPromise]]:
    """What is not done yet, by the department's line, the nearest first."""
    found: dict[int, list[LetterPromise]] = {}
    rows = LetterPromise.select().where(LetterPromise.invited.in_(lines), LetterPromise.done_at.is_null())
    for row in rows.order_by(LetterPromise.due_on):
        found.setdefault(row.invited_id, []).append(row)
    return found


def _for_us(row: Any, promises: list[LetterPromise], now: datetime) -> ForUs:
    letter: Letter = row.letter
    line = line_of(letter, row, now)
    told = "；".join(f"{each.due_on.month}月{each.due_on.day}日前 {each.what}" for each in promises)
    late = is_silent(row, now) or any(each.due_on < day_of(now) for each in promises)
    time = (row.time or letter.meeting_at) if row.state in _TIMED else None
    return ForUs(
        row.id,
        letter.id,
        letter.number,
        mask_phones_in(letter.subject).removeprefix(ASKS),
        f"{letter.subdistrict.short_name} {letter.area.name}",
        row.state,
        _now(row, letter),
        time,
        moment(time),
        row.attendee,
        line.said,
        line.left or _left_of(letter, promises, now),
        late,
        mask_phones_in(told),
        "",
        row.version,
    )


def _now(row: Any, letter: Letter) -> str:
    if letter.state is LetterState.CLOSING and row.state in TAKING_PART:
        return "已同意" if row.consented_at else "待办结"
    return str(row.state.label)


def _left_of(letter: Letter, promises: list[LetterPromise], now: datetime) -> str:
    """What time is left for the first of the promises."""
    if not promises:
        return ""
    until = start_of(promises[0].due_on + timedelta(days=1)) - timedelta(seconds=1)
    return deadlines.time_left(now, until, office.calendar(letter.subdistrict_id))


def _clash(each: ForUs, all_of_them: Sequence[ForUs]) -> str:
    """Which other letter wants the same person at the same time; where nobody is named yet, anybody."""
    for other in all_of_them:
        if other.key == each.key or each.time is None or other.time is None:
            continue
        same = not each.attendee or not other.attendee or each.attendee == other.attendee
        if same and abs(each.time - other.time) < _TOO_NEAR:
            return f"与{other.number}同时"
    return ""


def answer_several(
    session: Session,
    rows: Sequence[tuple[int, int | None]],
    attendee: str,
    time: datetime | None,
    act_id: str,
) -> int:
    """One attendee, and one time, for several letters: 应约 where the time is the one that is set, else 改期.

    `rows` are the department's lines with their versions; all are answered or none. Answers how many.
    Raises NotAllowed, Stale, Refused.
    """
    who = clean(attendee, 60)
    if not rows:
        raise Refused("请先选要答复的约请。")
    try:
        with acts.act(session, act_id, "letter.answer_several") as acting:
            lines = list(
                Invited.select().where(Invited.id.in_([key for key, _ in rows])).order_by(Invited.letter)
            )
            versions = dict(rows)
            for line in lines:
                letter = fresh(line.letter_id)
                moved = time is not None and time != letter.meeting_at
                act = "move" if moved else "come"
                fields: dict[str, Any] = {"attendee": who, "time": time if moved else letter.meeting_at}
                if moved:
                    fields["reason"] = "与本部门其他约请一并安排"
                go(session, acting, letter, INVITED_ACT[act], fields, line.id, versions[line.id])
    except AlreadyDone:
        return LetterStep.select().where(LetterStep.act == act_id).count()
    return len(lines)
