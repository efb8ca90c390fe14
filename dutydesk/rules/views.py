"""The views of the ledger: what each holds and in which order; those on digits for each role, and everybody's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from peewee import Expression

from dutydesk.models import Issue, SavedView
from dutydesk.models import issue_lists as lists
from dutydesk.rules import office, permission
from dutydesk.rules.organisation import today
from dutydesk.rules.questions import Question, as_json, from_json
from dutydesk.session import Session
from dutydesk.vocabulary import AssigneeKind, Role, State

Arms = list[Expression]


class View(NamedTuple):
    """A named list. `arms` are alternatives, of which each is found in the list's order by an index of its own.

    `own_scope`: the arms say themselves what the session may see. `ended`: it may hold cases that are closed.
    """

    key: str
    name: str
    arms: Callable[[Session], Arms]
    order: str = "newest"
    ended: bool = False
    own_scope: bool = False

    def where(self, session: Session) -> Expression:
        """All that the view holds, as one condition."""
        return permission.any_of(self.arms(session))


def _always(*arms: Any) -> Callable[[Session], Arms]:
    return lambda _session: list(arms)


def _states(*states: State) -> Callable[[Session], Arms]:
    return lambda _session: [lists.in_state(state) for state in states]


def this_minute() -> datetime:
    """Deadlines are counted in minutes: at the very minute nothing is overdue yet."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _overdue(_session: Session) -> Arms:
    return [lists.RUNNING_NOW & (Issue.due_at < this_minute())]


def _due_today(_session: Session) -> Arms:
    now = this_minute()
    return [lists.RUNNING_NOW & (Issue.due_at >= now) & (Issue.due_at <= office.end_of_day(now))]


def _flagged(*flags: tuple[bool, bool]) -> Callable[[Session], Arms]:
    """Open cases by 居民区难以协调 and 群众反映强烈: both said in each arm, since the index begins with both."""
    said = {True: lists.TRUE, False: lists.FALSE}
    return lambda _session: [
        lists.OPEN & (Issue.beyond_neighbourhood == said[beyond]) & (Issue.strongly_felt == said[strongly])
        for beyond, strongly in flags
    ]


def _with_me(session: Session) -> Arms:
    """What is in the hands of this person, force, department or 居委, within what the session may see."""
    arms: Arms = []
    me = session.staff_id
    for part in permission.reaches(session):
        if part.kind == "hand":
            arms.append(lists.ON_HAND & part.where)
        else:
            within = part.beside()
            own: Arms = [Issue.handler == me, permission.given_to(AssigneeKind.STAFF, str(me))]
            if part.kind == "unit":
                own.append(permission.given_to(AssigneeKind.UNIT, str(part.key)))
            arms += [lists.ON_HAND & hand & within for hand in own]
    return arms or [permission.NOTHING]


def _set_aside_due(_session: Session) -> Arms:
    day = today()
    return [lists.PAUSED & (Issue.paused_until < day), lists.POOLED & (Issue.look_again_on <= day)]


VIEWS: dict[str, View] = {
    view.key: view
    for view in (
        View("open", "全部未结", _always(lists.OPEN)),
        View("reported", "待立案", _states(State.REPORTED)),
        View("opened", "待派单", _states(State.OPENED)),
        View("overdue", "逾期", _overdue, "soonest"),
        View("due_today", "今日到期", _due_today, "soonest"),
        View("mine", "在我手上", _with_me, own_scope=True),
        View("review", "待核查", _states(State.REVIEW)),
        View("feedback", "待反馈", _always(lists.IN_FEEDBACK & (Issue.feedback_given == lists.FALSE))),
        View("all", "全部", _always(permission.EVERYTHING), ended=True),
        View("first", "群众反映强烈、居委难协调", _flagged((True, True), (True, False), (False, True))),
        View("strong", "群众反映强烈", _flagged((True, True), (False, True))),
        View("beyond", "居委难协调", _flagged((True, True), (True, False))),
        View("sent_back", "退单待重派", _always(lists.SENT_BACK)),
        View("closable", "可销项", _always(lists.IN_FEEDBACK & (Issue.feedback_given == lists.TRUE))),
        View("set_aside", "缓办、挂账", _states(State.PAUSED, State.POOLED)),
        View("set_aside_due", "缓办、挂账到日", _set_aside_due, "until"),
        View("sample", "待抽查", _always(lists.SAMPLE), ended=True),
        View("to_contact", "待先行联系", _always(lists.TO_CONTACT)),
        View("closed", "已销项", _states(State.CLOSED), ended=True),
    )
}

# The views made for each role, in the order of the digits; those after the ninth stand in the menu.
_DESK = ("open", "reported", "due_today", "overdue", "review", "strong", "beyond", "feedback", "all")
_DESK_MORE = ("opened", "sent_back", "to_contact", "set_aside", "set_aside_due", "sample", "mine", "closed")
_HANDS = ("mine", "due_today", "overdue", "open", "all")
_ABOVE = ("open", "overdue", "due_today", "strong", "beyond", "sent_back", "opened", "set_aside", "all")
MADE: dict[Role, tuple[str, ...]] = {
    Role.DUTY_OFFICER: (*_DESK, *_DESK_MORE),
    Role.AREA_CHIEF: (
        *("closable", "opened", "due_today", "overdue", "sent_back", "strong", "beyond", "open", "all"),
        *(
            "reported",
            "review",
            "feedback",
            "to_contact",
            "set_aside",
            "set_aside_due",
            "sample",
            "mine",
            "closed",
        ),
    ),
    Role.NEIGHBOURHOOD_OFFICER: (
        *("mine", "open", "due_today", "overdue", "strong", "beyond", "reported", "review", "all"),
        *("set_aside", "closed"),
    ),
    Role.HANDLER: _HANDS,
    Role.LIAISON: _HANDS,
    Role.DEPARTMENT_HEAD: _HANDS,
    Role.COORDINATOR: (*_ABOVE, "reported", "review", "closed"),
    Role.SIGNATORY: _ABOVE,
    Role.DISTRICT_COORDINATOR: (*_ABOVE, "reported", "review", "closed"),
    Role.SUPERVISOR: (*_ABOVE, "reported", "review", "closed"),
    Role.AUDITOR: (),
    Role.ADMINISTRATOR: (),
}


class ViewEntry(NamedTuple):
    """One entry of the list of views: its name, what it asks for, and whether it is the person's own (then `id`)."""

    key: str
    name: str
    question: Question
    own: bool = False
    id: int = 0


def for_session(session: Session) -> list[ViewEntry]:
    """The views of this person in the order of the digits 1 to 9, further ones for the menu.

    Those made for the first role come first, what the other roles add follows; an own one stands at the place that
    its owner gave it, or after the others.
    """
    keys = dict.fromkeys(key for grant in session.grants for key in MADE[grant.role])
    entries = [ViewEntry(key, VIEWS[key].name, Question(key)) for key in keys]
    for row in own(session):
        entry = ViewEntry(f"own:{row.id}", row.name, from_json(row.question), True, row.id)
        entries.insert(row.position - 1 if row.position else len(entries), entry)
    return entries


def own(session: Session) -> list[SavedView]:
    """A person's own views: those with a digit by their digits, then the others as they were made."""
    rows = SavedView.select().where(SavedView.staff == session.staff_id)
    return sorted(rows, key=lambda row: (row.position or 99, row.id))


def where(question: Question) -> View:
    """The view that a question asks of; that of all open cases where it is none of ours."""
    return VIEWS.get(question.view, VIEWS["open"])


__all__ = ["MADE", "VIEWS", "View", "ViewEntry", "as_json", "for_session", "own", "this_minute"]
