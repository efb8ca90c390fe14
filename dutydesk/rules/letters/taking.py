"""One act on a letter: what every way does alike, and where each way's own effect is kept.

An effect reads the fields, changes the rows and answers with the line that the story tells; a condition says why a way
is closed, for the menu too. The letter's row is locked first, the issues' after it, the audit chain last.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Invited, Issue, Letter, LetterIssue, LetterStep, database
from dutydesk.rules import lifecycle, steps
from dutydesk.rules.acts import Acting
from dutydesk.rules.before import plain
from dutydesk.rules.errors import Refused, Stale
from dutydesk.rules.letters.life import (
    FOLLOWS,
    INVITED_ENDS,
    NEXT,
    REMEMBERED,
    SAME,
    STEP_NAMES,
    TAKING_PART,
    Way,
)
from dutydesk.rules.letters.limits import due
from dutydesk.rules.steps import Proxy
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import Word

W = TypeVar("W", bound=Word)
_TOLD = 60


@dataclass
class Doing:
    """An act on a letter, or on one of its invited departments, while it happens."""

    session: Session
    acting: Acting
    letter: Letter
    way: Way
    fields: Mapping[str, Any]
    invited: Invited | None = None
    proxy: Proxy | None = None
    to: LetterState | InvitedState | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """When it happened: the time that was told where it is entered 代录, else now."""
        return self.proxy.told_at if self.proxy else self.acting.at

    @property
    def one(self) -> Invited:
        """The department that a way of the second table is about."""
        assert self.invited is not None
        return self.invited

    def text(self, name: str, lines: bool = False) -> str:
        """A text field, made safe; empty where it has none."""
        return clean(str(self.fields.get(name) or ""), lines=lines)

    def need(self, name: str, message: str, least: int = 2) -> str:
        """A text that must be there. Raises Refused with the message beside its field."""
        value = self.text(name, lines=True)
        if len(value) < least:
            raise Refused(message, name)
        return value

    def one_of(self, name: str, words: type[W], message: str) -> W:
        """One of the words of a list. Raises Refused with the message beside that field."""
        try:
            return words(str(self.fields.get(name) or ""))
        except ValueError:
            raise Refused(message, name) from None

    def moment(self, name: str) -> datetime | None:
        """A moment field, None where it is empty."""
        value = self.fields.get(name)
        if isinstance(value, str) and value:
            value = datetime.fromisoformat(value)
        return value if isinstance(value, datetime) else None

    def need_day(self, name: str, message: str) -> date:
        """A day that must be there. Raises Refused."""
        value = self.fields.get(name)
        if isinstance(value, str) and value:
            value = date.fromisoformat(value)
        if not isinstance(value, date):
            raise Refused(message, name)
        return value.date() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Asking:
    """Who would go a way with which letter: what a condition looks at."""

    session: Session
    letter: Letter
    invited: Invited | None = None

    @property
    def at(self) -> datetime:
        """Now."""
        return datetime.now(UTC)


Effect = Callable[[Doing], str]
Condition = Callable[[Asking], str | None]
EFFECTS: dict[str, Effect] = {}
CONDITIONS: dict[str, list[Condition]] = {}


def effect(*acts: str) -> Callable[[Effect], Effect]:
    """Register what acts do beyond the change of state."""

    def register(function: Effect) -> Effect:
        for act in acts:
            EFFECTS[act] = function
        return function

    return register


def condition(*acts: str) -> Callable[[Condition], Condition]:
    """Register a condition of acts: it answers with the sentence why not, or None."""

    def register(function: Condition) -> Condition:
        for act in acts:
            CONDITIONS.setdefault(act, []).append(function)
        return function

    return register


def why_not(asking: Asking, way: Way) -> str | None:
    """The first condition that stands in the way, in a sentence."""
    return next((said for check in CONDITIONS.get(way.act, []) if (said := check(asking))), None)


def fresh(letter_id: int) -> Letter:
    """A letter as it is now, for nobody else to change until the transaction ends. Raises Refused."""
    query = Letter.select().where(Letter.id == letter_id)
    if database.obj.for_update and database.in_transaction():
        query = query.for_update()
    found = query.get_or_none()
    if not isinstance(found, Letter):
        raise Refused("没有找到这封约请，列表可能已变化，请返回重看。")
    return found


def invited_of(letter: Letter, invited_id: int | None) -> Invited:
    """One of the departments that a letter invites. Raises Refused."""
    found = Invited.get_or_none(Invited.id == invited_id, Invited.letter == letter.id)
    if not isinstance(found, Invited):
        raise Refused("请选这封约请里的一个部门。", "invited")
    return found


def all_invited(letter: Letter) -> list[Invited]:
    """Those that a letter invites, in the order in which they were put down."""
    return list(Invited.select().where(Invited.letter == letter.id).order_by(Invited.id))


def same_version(row: Letter | Invited, letter: Letter, version: int | None) -> None:
    """Raise Stale, saying who was first with what, when a row has moved on from `version`; None is any."""
    if version is None or row.version == version:
        return
    last = LetterStep.select().where(LetterStep.letter == letter.id).order_by(LetterStep.id.desc()).get()
    told = f"：{last.text[:_TOLD]}" if last.text else ""
    raise Stale(
        f"{last.staff_name}已先一步{STEP_NAMES.get(last.name, '办理')}{told}。现在是{row.state.label}，"
        "您的操作没有保存，填的还在，请看过最新情况再定。",
        int(row.version),
    )


def take(doing: Doing) -> LetterStep:
    """Go one way: conditions, effect, change of state, what follows, story, audit. Raises Refused."""
    letter, way = doing.letter, doing.way
    row: Letter | Invited = doing.invited if doing.invited is not None else letter
    name = letter.number or letter.subject
    if letter.state not in (way.letter if doing.invited is not None else way.frm):
        raise Refused(f"“{name}”现在是{letter.state.label}，不能{way.name}。请看最新情况。")
    if row.state not in way.frm:
        raise Refused(f"这个部门现在是{row.state.label}，不能{way.name}。请看最新情况。")
    if reason := why_not(Asking(doing.session, letter, doing.invited), way):
        raise Refused(reason)
    before, frm = _values(row), row.state
    if way.to not in (SAME, REMEMBERED, NEXT):
        doing.to = way.to  # type: ignore[assignment]
    text = EFFECTS[way.act](doing)
    if doing.to is not None:
        row.state = doing.to
    if doing.invited is not None:
        doing.invited.version += 1
        doing.invited.save()
    settle(letter)
    letter.version += 1
    letter.changed_at = doing.acting.at
    letter.save()
    written = record(doing, text, frm.value, row.state.value)
    after = _values(row)
    changed = sorted(
        key for key in after if after[key] != before[key] and key not in ("version", "changed_at")
    )
    doing.acting.changed(
        name,
        {key: before[key] for key in changed},
        {key: after[key] for key in changed} | {"act": way.act, "text": text, **doing.details},
    )
    return written


def _values(row: Letter | Invited) -> dict[str, Any]:
    return {key: plain(type(row), key, value) for key, value in row.__data__.items()}


def record(doing: Doing, text: str, frm: str, to: str, name: str = "") -> LetterStep:
    """Write one line of the letter's story."""
    session = doing.session
    roles = [grant.role for grant in session.grants]
    by = next((role for role in roles if role in doing.way.who), roles[0] if roles else None)
    return LetterStep.create(
        letter=doing.letter.id,
        invited=doing.invited.id if doing.invited is not None else None,
        act=doing.acting.row.id,
        name=name or doing.way.act,
        from_state=frm,
        to_state=to,
        staff=session.staff_id or None,
        staff_name=session.name,
        role=by.value if by else "",
        text=text,
        details=json.dumps(doing.details, ensure_ascii=False, default=str),
        occurred_at=doing.at,
        recorded_at=doing.acting.at,
    )


def settle(letter: Letter) -> None:
    """Whether a letter waits for answers or for the talks: once nobody's answer is open, or they have met, for these."""
    if letter.state not in (LetterState.OUT, LetterState.TALKS):
        return
    states = {each.state for each in all_invited(letter)} - INVITED_ENDS
    answered = bool(states) and states <= TAKING_PART
    letter.state = LetterState.TALKS if answered or letter.held_at else LetterState.OUT


def follow(doing: Doing, state: LetterState) -> None:
    """The invited departments come along with the letter (`FOLLOWS`)."""
    frm, to = FOLLOWS[state]
    for each in all_invited(doing.letter):
        if each.state in frm:
            each.state = to
            each.version += 1
            each.save()


def deliver(letter: Letter, invited: Invited, at: datetime, by: Any) -> None:
    """A department has the letter from now on; its limit for the answer begins."""
    invited.state = InvitedState.SENT
    invited.delivered_at, invited.delivered_by = at, by
    invited.answer_due_at = due("letter_answer_limit", letter.subdistrict_id, at)


def issues_of(letter: Letter) -> list[int]:
    """The ids of the issues that a letter is about, in order: that of locking."""
    rows: Any = LetterIssue.select(LetterIssue.issue).where(LetterIssue.letter == letter.id)
    return sorted(issue_id for (issue_id,) in rows.tuples())


def tell_issues(doing: Doing, said: str, only: int | None = None) -> None:
    """Write into the stories of the letter's issues what has become of it."""
    for issue_id in [only] if only else issues_of(doing.letter):
        issue: Issue = steps.fresh(issue_id)
        step = steps.Step(doing.session, doing.acting, issue, lifecycle.BY_ACT["note"], {})
        step.details["letter"] = doing.letter.id
        steps.record(step, said, "letter", issue.state)
