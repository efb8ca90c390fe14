"""One letter as the screen shows it: what it says, each department's line, promises, whose turn, the story."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from dutydesk.letter_words import Crossing, Ground, InvitedState, LetterState
from dutydesk.models import Invited, Issue, Letter, LetterIssue, LetterProxy, LetterStep
from dutydesk.rules import deadlines, office
from dutydesk.rules.handling import name_of
from dutydesk.rules.letters import access
from dutydesk.rules.letters.agreement import promises_of
from dutydesk.rules.letters.answers import drafted_words, is_silent
from dutydesk.rules.letters.closing import parties
from dutydesk.rules.letters.life import LETTER_ENDS, STEP_NAMES, UNANSWERED
from dutydesk.rules.letters.rating import counts
from dutydesk.rules.letters.reminders import Reminder, reminders_of
from dutydesk.rules.letters.signing import remade
from dutydesk.rules.letters.tables import turn_of
from dutydesk.rules.letters.taking import all_invited
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import ProxyState, State


class Line(NamedTuple):
    """An invited department: where it stands, what it said, how long it has."""

    key: int
    department_id: int
    name: str
    state: InvitedState
    silent: bool
    lead: bool
    said: str
    left: str
    version: int


class Promised(NamedTuple):
    """One promise: who, which part, what, by when, how it stands."""

    key: int
    invited_id: int
    name: str
    part: str
    what: str
    due_on: date
    done: str
    late: bool


class AboutIssue(NamedTuple):
    """An issue of the letter; it opens only for who may see it."""

    key: int
    number: str
    state: State
    summary: str


class Told(NamedTuple):
    """A line of the story."""

    when: str
    what: str
    who: str
    text: str
    proxy: str


class LetterSheet(NamedTuple):
    """All that is shown of a letter."""

    key: int
    title: str
    number: str
    version: int
    state: LetterState
    turn: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    promises: tuple[Promised, ...]
    issues: tuple[AboutIssue, ...]
    agreed: tuple[tuple[str, bool], ...]
    reminders: tuple[Reminder, ...]
    story: tuple[Told, ...]
    ended: bool


def letter_sheet(session: Session, letter_id: int) -> LetterSheet:
    """Read one letter. Raises NotAllowed outside the scope."""
    letter = access.readable(session, letter_id)
    now = datetime.now(UTC)
    return LetterSheet(
        key=letter.id,
        title=mask_phones_in(letter.subject),
        number=letter.number,
        version=letter.version,
        state=letter.state,
        turn=turn_of(letter, all_invited(letter)),
        facts=tuple((name, said) for name, said in _facts(letter) if said),
        lines=tuple(line_of(letter, each, now) for each in all_invited(letter)),
        promises=tuple(_promises(letter, session.day)),
        issues=tuple(_issues(letter)),
        agreed=tuple(parties(letter)) if letter.state is LetterState.CLOSING else (),
        reminders=tuple(reminders_of(letter, now)),
        story=tuple(_story(letter)),
        ended=letter.state in LETTER_ENDS,
    )


def crossing_words(letter: Letter) -> str:
    """`跨片区、跨部门`."""
    return "、".join(Crossing(word).label for word in letter.crossing.split())


def _facts(letter: Letter) -> list[tuple[str, str]]:
    made = remade(letter)
    meeting = f"{moment(letter.meeting_at)} {letter.meeting_place}".strip()
    raised = Ground(letter.raised_for).label if letter.raised_for else ""
    return [
        ("种类", letter.kind.label),
        ("片区", f"{letter.subdistrict.short_name} {letter.area.name}"),
        ("为什么", crossing_words(letter)),
        ("已做", mask_phones_in(letter.tried)),
        ("请做", mask_phones_in(letter.request)),
        ("会商", meeting + (f"（{moment(letter.held_at)}已会商）" if letter.held_at else "")),
        ("草拟", f"{moment(letter.drafted_at)} {name_of(letter.drafted_by_id)}"),
        ("签发", f"{moment(letter.issued_at)} {name_of(letter.signed_by_id)}".strip()),
        ("提请", raised),
        ("结果", mask_phones_in(letter.outcome)),
        ("接", (letter.replaces.number or letter.replaces.subject) if letter.replaces_id else ""),
        ("重发为", (made.number or made.subject) if made else ""),
    ]


def line_of(letter: Letter, invited: Invited, now: datetime) -> Line:
    """A department's line in words."""
    silent = is_silent(invited, now)
    left = ""
    if invited.state in UNANSWERED and invited.answer_due_at:
        left = deadlines.time_left(now, invited.answer_due_at, office.calendar(letter.subdistrict_id))
    return Line(
        invited.id,
        invited.department_id,
        invited.department.name,
        invited.state,
        silent,
        invited.lead,
        mask_phones_in(_said(invited, now)),
        left,
        invited.version,
    )


def _said(invited: Invited, now: datetime) -> str:
    """What stands beside a department's state."""
    waiting = drafted_words(invited)
    if waiting:
        return waiting
    if invited.score is not None:
        counted = "已计入" if counts(invited, now) else f"{moment(invited.say_until)}前部门可说明"
        parts = (
            invited.score.label,
            invited.rated_text,
            f"部门：{invited.said}" if invited.said else "",
            counted,
        )
        return "；".join(part for part in parts if part)
    if invited.answer is None:
        return (
            "没有账号，请另外送达"
            if invited.state is InvitedState.LISTED and invited.letter.number
            else invited.why
        )
    basis = f"依据{invited.basis}" if invited.basis else ""
    instead = f"该找{invited.instead.name}" if invited.instead is not None else ""
    said = (invited.attendee, moment(invited.time), basis, instead, invited.text)
    return " ".join(part for part in said if part)


def _promises(letter: Letter, today: date) -> list[Promised]:
    return [
        Promised(
            row.id,
            row.invited_id,
            row.invited.department.name,
            row.part.label,
            mask_phones_in(row.what),
            row.due_on,
            f"{moment(row.done_at)} {row.done_text}" if row.done_at else "",
            row.done_at is None and row.due_on < today and letter.state not in LETTER_ENDS,
        )
        for row in promises_of(letter)
    ]


def _issues(letter: Letter) -> list[AboutIssue]:
    rows = (
        LetterIssue.select(LetterIssue, Issue)
        .join(Issue)
        .where(LetterIssue.letter == letter.id)
        .order_by(LetterIssue.id)
    )
    return [
        AboutIssue(row.issue_id, row.issue.number, row.issue.state, mask_phones_in(row.issue.summary))
        for row in rows
    ]


def _story(letter: Letter) -> list[Told]:
    proxies = {row.step_id: row for row in LetterProxy.select().where(LetterProxy.letter == letter.id)}
    lines = []
    for step in LetterStep.select().where(LetterStep.letter == letter.id).order_by(LetterStep.id):
        proxy = proxies.get(step.id)
        words = ""
        if proxy:
            words = f"{moment(proxy.told_at)}{proxy.means.label}告知，{proxy.state.label}"
            words += f"：{proxy.objection}" if proxy.state is ProxyState.OBJECTED else ""
        name = STEP_NAMES.get(step.name, step.name)
        lines.append(Told(moment(step.occurred_at), name, step.staff_name, mask_phones_in(step.text), words))
    return lines
