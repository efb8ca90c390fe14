"""One act on one issue: what every way of the life cycle does alike, and where each way's own effect is kept.

A way's own effect is a function registered with `@effect("assign")`: it reads the fields of the form, changes the
issue, and answers with the step's text. Conditions beyond role and state are registered with `@condition`; the
menu asks them too, so that it can say why a way is closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from dutydesk.models import Issue, IssueStep, Request, database
from dutydesk.models.bulk import insert_all
from dutydesk.rules import search
from dutydesk.rules.acts import Acting
from dutydesk.rules.before import Before
from dutydesk.rules.errors import Refused, Stale
from dutydesk.rules.lifecycle import BY_ACT, GRANTED_BY, REMEMBERED, SAME, STEP_NAMES, Way
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import ENDED, RequestState, State, Word

W = TypeVar("W", bound=Word)


@dataclass(frozen=True)
class Proxy:
    """代录: on whose behalf, when and by what means it was told. `staff_id` is None for who has no account."""

    staff_id: int | None
    person_name: str
    means: str
    told_at: datetime
    department_id: int | None = None


@dataclass
class Step:
    """An act on an issue while it happens."""

    session: Session
    acting: Acting
    issue: Issue
    way: Way
    fields: Mapping[str, Any]
    proxy: Proxy | None = None
    to: State | None = None
    details: dict[str, Any] = field(default_factory=dict)
    happened: datetime | None = None  # 补录: when a list says that it was
    before: Before | None = None  # how the case stood, where the act began before `take`

    @property
    def doer_id(self) -> int | None:
        """Who does it: the person concerned where it is entered 代录, else who sits here."""
        return self.proxy.staff_id if self.proxy else self.session.staff_id

    @property
    def at(self) -> datetime:
        """When it happened: the time that was told where it is entered 代录 or a list says so, else now."""
        return self.proxy.told_at if self.proxy else self.happened or self.acting.at

    def text(self, name: str) -> str:
        """A text field of the form, empty where it has none."""
        return str(self.fields.get(name) or "")

    def need(self, name: str, message: str) -> str:
        """A text field that must be filled. Raises Refused with the message beside that field."""
        value = self.text(name)
        if not value:
            raise Refused(message, name)
        return value

    def one_of(self, name: str, words: type[W], message: str) -> W:
        """A field that must hold one of the words of a list. Raises Refused with the message beside that field."""
        try:
            return words(self.need(name, message))
        except ValueError:
            raise Refused(message, name) from None


@dataclass(frozen=True)
class Asking:
    """Who would go a way with which case, or on whose behalf it would be entered: what a condition looks at."""

    session: Session
    issue: Issue
    proxy: Proxy | None = None

    @property
    def at(self) -> datetime:
        """When the way is gone: the time that was told where it is entered 代录, else now."""
        return self.proxy.told_at if self.proxy else datetime.now(UTC)


Effect = Callable[[Step], str]
Condition = Callable[[Asking], str | None]
EFFECTS: dict[str, Effect] = {}
CONDITIONS: dict[str, list[Condition]] = {}
BESIDE_THE_POINT: set[Condition] = set()


def effect(*acts: str) -> Callable[[Effect], Effect]:
    """Register what acts do beyond the change of state."""

    def register(function: Effect) -> Effect:
        for act in acts:
            EFFECTS[act] = function
        return function

    return register


def condition(*acts: str, shown: bool = True) -> Callable[[Condition], Condition]:
    """Register a condition of acts: it answers with the sentence why not, or None.

    Where it is not met the menu shows the way with the sentence; not at all when `shown` is false.
    """

    def register(function: Condition) -> Condition:
        for act in acts:
            CONDITIONS.setdefault(act, []).append(function)
        if not shown:
            BESIDE_THE_POINT.add(function)
        return function

    return register


def why_not(asking: Asking, way: Way) -> str | None:
    """The first condition that stands in the way, in a sentence; None when the way is free."""
    for check in CONDITIONS.get(way.act, []):
        reason = check(asking)
        if reason:
            return reason
    return None


def beside_the_point(asking: Asking, way: Way) -> bool:
    """Whether a way does not arise for this case, so that the menu need not speak of it."""
    return any(check(asking) for check in CONDITIONS.get(way.act, []) if check in BESIDE_THE_POINT)


_TOLD = 60  # characters of what the other one did


def fresh(issue_id: int | None) -> Issue:
    """Read an issue as it is now, in a transaction for nobody else to change. Raises Refused where there is none."""
    query = Issue.select().where(Issue.id == issue_id)
    if database.obj.for_update and database.in_transaction():
        query = query.for_update()
    issue = query.get_or_none()
    if not isinstance(issue, Issue):
        raise Refused("没有找到这件问题，列表可能已变化，请返回重看。")
    return issue


def same_version(issue: Issue, version: int | None, typed: Mapping[str, Any] | None = None) -> None:
    """Raise Stale, saying who was first with what, when an issue has moved on from `version`; None is any.

    It carries the fields that differ, beside what was `typed` into the form's fields of the same meaning.
    """
    if version is None or issue.version == version:
        return
    from dutydesk.rules.clashes import since

    steps = IssueStep.select().where(IssueStep.issue == issue.id)
    last = steps.order_by(IssueStep.id.desc()).get()
    text = mask_phones_in(last.text)
    told = text if len(text) <= _TOLD else text[: _TOLD - 1].rstrip("，；。") + "…"
    did = STEP_NAMES.get(last.name, "办理") + (f"：{told}" if told else "")
    raise Stale(
        f"{last.staff_name}已先一步{did}。现在是{issue.state.label}，您的操作没有保存，填的还在，请看过最新情况再定。",
        issue.version,
        since(issue, version, typed),
    )


def record(step: Step, text: str, name: str | None = None, frm: State | None = None) -> IssueStep:
    """Write one line of the issue's story, and have it found by what is told now."""
    written = IssueStep.create(**_line(step, text, name, frm))
    search.keep(step.issue)
    return written


def record_first(steps: Sequence[Step], name: str) -> None:
    """Write the first line of the stories of new issues, without a text, and have them found."""
    insert_all(IssueStep, [_line(step, "", name, None) for step in steps])
    search.add([step.issue for step in steps])


def _line(step: Step, text: str, name: str | None, frm: State | None) -> dict[str, Any]:
    return {
        "issue": step.issue.id,
        "act": step.acting.row.id,
        "name": name or step.way.act,
        "from_state": frm,
        "to_state": step.issue.state,
        "staff": step.session.staff_id,
        "staff_name": step.session.name,
        "role": _role_of(step),
        "text": text,
        "details": json.dumps(step.details, ensure_ascii=False, default=str),
        "occurred_at": step.at,
        "recorded_at": step.acting.at,
    }


def _role_of(step: Step) -> str:
    """The role that names the desk, or, where that one may not go this way, the first that may: a stand-in's."""
    roles = [grant.role for grant in step.session.grants]
    by = next((role for role in roles if role in step.way.who), roles[0] if roles else None)
    return by.value if by else ""


def standing(issue_id: int) -> list[IssueStep]:
    """The lines of a case's story, in order, without what was taken back and without the taking back."""
    steps = list(IssueStep.select().where(IssueStep.issue == issue_id).order_by(IssueStep.id))
    undone = {json.loads(step.details).get("undone") for step in steps if step.name == "undo"}
    return [step for step in steps if step.name != "undo" and step.act_id not in undone]


def moved_on(step: Step) -> None:
    """The case has its next version: save it."""
    step.issue.version += 1
    step.issue.changed_at = step.acting.at
    step.issue.save()


def take(step: Step) -> IssueStep:
    """Do one way: its conditions, its effect, the change of state, the story and the audit.

    Raises Refused where the state does not allow it or a condition stands in the way.
    """
    issue, way = step.issue, step.way
    if issue.state not in way.frm:
        raise Refused(f"{issue.number}现在是{issue.state.label}，不能{way.name}。请看最新情况。")
    if reason := why_not(Asking(step.session, issue, step.proxy), way):
        raise Refused(reason)
    before, frm = step.before or Before(issue), issue.state
    if way.to == REMEMBERED:
        step.to = issue.returns_to or State.OPENED
    elif way.to != SAME:
        step.to = State(way.to)
    text = EFFECTS[way.act](step)
    if step.to is not None:
        issue.state = step.to
        issue.is_open = step.to not in ENDED
        text += _withdraw_overtaken(issue)
    moved_on(step)
    written = record(step, text, frm=frm)
    before.keep(step.acting, issue)
    before.tell(step.acting, issue, {"text": text, **step.details})
    return written


def _withdraw_overtaken(issue: Issue) -> str:
    """What was asked of the chief falls away when it cannot be granted any more where the issue stands now.

    Answers with what the story says of it, empty where nothing was asked.
    """
    overtaken = [kind for kind, act in GRANTED_BY.items() if issue.state not in BY_ACT[act].frm]
    waiting = list(
        Request.select().where(
            Request.issue == issue.id, Request.kind.in_(overtaken), Request.state == RequestState.PENDING
        )
    )
    for request in waiting:
        request.state = RequestState.WITHDRAWN
        request.save()
    return f"（{'、'.join(request.kind.label for request in waiting)}申请随之撤回）" if waiting else ""
