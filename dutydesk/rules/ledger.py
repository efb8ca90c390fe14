"""The ledger's windows: a list never reads more than it shows, whatever the size of the table.

A view is a condition and an order with an index of its own; a window is read by keyset from the row at its edge.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from peewee import Expression, ModelSelect

from dutydesk.models import Issue, Unit
from dutydesk.rules import deadlines, office, permission
from dutydesk.rules.flags import flags_of
from dutydesk.rules.organisation import start_of, today
from dutydesk.rules.questions import NO_FILTERS, Filters, Question
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import RUNNING, AssigneeKind, Role, State, Urgency


@dataclass(frozen=True)
class IssueRow:
    """A line of the ledger; `key` is the case's id."""

    key: int
    number: str
    version: int
    state: State
    urgency: Urgency
    left: str
    overdue: bool
    place: str
    summary: str
    holder: str
    marks: tuple[str, ...]
    closable: bool = False
    hits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Window:
    """A stretch of rows, and whether the list begins or ends with it.

    `narrow` is the sentence to show when not all could be looked through: what was looked at, and how to ask for less.
    """

    rows: list[IssueRow]
    at_start: bool
    at_end: bool
    narrow: str = ""


# What a list can be sorted by, as the screen calls it; "" in a question is the view's own order.
ORDERS = {"newest": "编号", "deadline": "期限", "urgency": "紧急", "place": "地点", "changed": "最近变动"}


def asked(question: Question | str) -> Question:
    """A question; the key of a view asks for that view as it is."""
    return Question(question) if isinstance(question, str) else question


def _open(_session: Session) -> Expression:
    return Issue.is_open == True  # noqa: E712  (peewee builds SQL from it)


def _in_state(*states: State) -> Callable[[Session], Expression]:
    return lambda _session: Issue.state.in_(states)


def _running() -> Expression:
    return Issue.state.in_(RUNNING)


def _this_minute() -> datetime:
    """Deadlines are counted in minutes: at the very minute nothing is overdue yet."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _overdue(session: Session) -> Expression:
    return _open(session) & (Issue.due_at < _this_minute()) & _running()


def _due_today(session: Session) -> Expression:
    now = _this_minute()
    tomorrow = office.end_of_day(now)
    return _open(session) & (Issue.due_at >= now) & (Issue.due_at <= tomorrow) & _running()


def _first(session: Session) -> Expression:
    return _open(session) & (Issue.strongly_felt | Issue.beyond_neighbourhood)


def _sent_back(_session: Session) -> Expression:
    return (Issue.state == State.OPENED) & (Issue.send_backs > 0)


def _with_me(session: Session) -> Expression:
    mine = [Issue.handler == session.staff_id]
    mine.append((Issue.assignee_kind == AssigneeKind.STAFF) & (Issue.assignee_key == str(session.staff_id)))
    for grant in session.grants:
        if grant.role is Role.HANDLER and grant.force:
            mine.append(
                (Issue.assignee_kind == AssigneeKind.FORCE)
                & (Issue.assignee_key == grant.force.value)
                & (Issue.area == grant.area_id)
            )
        if grant.role in (Role.LIAISON, Role.DEPARTMENT_HEAD):
            mine.append(
                (Issue.assignee_kind == AssigneeKind.DEPARTMENT)
                & (Issue.assignee_key == str(grant.department_id))
            )
        if grant.role is Role.NEIGHBOURHOOD_OFFICER:
            mine.append(
                (Issue.assignee_kind == AssigneeKind.UNIT) & (Issue.assignee_key == str(grant.unit_id))
            )
    return Issue.state.in_((State.ASSIGNED, State.HANDLING)) & reduce(operator.or_, mine)


def _set_aside_due(_session: Session) -> Expression:
    day = today()
    return (Issue.state.in_((State.PAUSED, State.POOLED))) & (
        (Issue.paused_until < day) | (Issue.look_again_on <= day)
    )


def _closed_lately(_session: Session) -> Expression:
    return Issue.state == State.CLOSED


def _sample(_session: Session) -> Expression:
    return (Issue.state == State.CLOSED) & (Issue.sample_due == True)  # noqa: E712


def _closable(_session: Session) -> Expression:
    return (Issue.state == State.FEEDBACK) & (Issue.feedback_given == True)  # noqa: E712


def _to_tell(_session: Session) -> Expression:
    return (Issue.state == State.FEEDBACK) & (Issue.feedback_given == False)  # noqa: E712


def _to_contact(session: Session) -> Expression:
    return _open(session) & Issue.first_contact_due_at.is_null(False) & Issue.first_contact_at.is_null()


def _everything(_session: Session) -> Expression:
    return permission.EVERYTHING


NEWEST = "newest"
SOONEST = "soonest"


@dataclass(frozen=True)
class View:
    """A named list of the ledger."""

    key: str
    name: str
    where: Callable[[Session], Expression]
    order: str = NEWEST


VIEWS: dict[str, View] = {
    view.key: view
    for view in (
        View("open", "全部未结", _open),
        View("reported", "待立案", _in_state(State.REPORTED)),
        View("opened", "待派单", _in_state(State.OPENED)),
        View("overdue", "逾期", _overdue, SOONEST),
        View("due_today", "今日到期", _due_today, SOONEST),
        View("mine", "在我手上", _with_me),
        View("review", "待核查", _in_state(State.REVIEW)),
        View("feedback", "待反馈", _to_tell),
        View("all", "全部", _everything),
        View("first", "群众反映强烈、居委难协调", _first),
        View("sent_back", "退单待重派", _sent_back),
        View("closable", "可销项", _closable),
        View("set_aside", "缓办、挂账", _in_state(State.PAUSED, State.POOLED)),
        View("set_aside_due", "缓办、挂账到日", _set_aside_due),
        View("sample", "待抽查", _sample),
        View("to_contact", "待先行联系", _to_contact),
        View("closed", "已销项", _closed_lately),
    )
}
ON_DIGITS = tuple(VIEWS)[:9]


def _keys(order: str) -> list[tuple[Any, bool]]:
    """The columns of an order, each with whether it goes down."""
    return [(Issue.due_at, False), (Issue.id, True)] if order == SOONEST else [(Issue.id, True)]


def _query(session: Session, view: View) -> ModelSelect[Issue]:
    query = Issue.select(Issue, Unit).join(Unit).where(view.where(session))
    return permission.narrow(query, session)


def _beyond(order: str, edge: Issue, forward: bool) -> Expression:
    """Rows that come after (or before) an edge row in an order."""
    keys = _keys(order)
    alternatives = []
    for position, (column, down) in enumerate(keys):
        equal = [earlier == edge.__data__[earlier.name] for earlier, _ in keys[:position]]
        value = edge.__data__[column.name]
        beyond = column < value if down == forward else column > value
        alternatives.append(reduce(operator.and_, [*equal, beyond]))
    return reduce(operator.or_, alternatives)


def _page(
    session: Session, view: View, count: int, forward: bool, edge: Issue | None
) -> tuple[list[Issue], bool]:
    """Up to `count` issues on one side of an edge in list order, and whether the list ends with them."""
    query = _query(session, view)
    if edge is not None:
        query = query.where(_beyond(view.order, edge, forward))
    order = [column.desc() if down == forward else column.asc() for column, down in _keys(view.order)]
    found = list(query.order_by(*order).limit(count + 1))
    more, found = len(found) > count, found[:count]
    return (found if forward else found[::-1]), not more


def after(session: Session, question: Question | str, key: int | None, count: int) -> Window:
    """The rows after the one with `key`; the first rows of the list when None."""
    view = VIEWS[asked(question).view]
    found, end = _page(session, view, count, True, _edge(key))
    return Window(rows_of(found), key is None, end)


def before(session: Session, question: Question | str, key: int | None, count: int) -> Window:
    """The rows before the one with `key`; the last rows of the list when None."""
    view = VIEWS[asked(question).view]
    found, start = _page(session, view, count, False, _edge(key))
    return Window(rows_of(found), start, key is None)


def around(session: Session, question: Question | str, key: int, count: int) -> Window:
    """A window about the row with `key`, or about where it would stand."""
    view, edge = VIEWS[asked(question).view], _edge(key)
    if edge is None or (view.order == SOONEST and edge.due_at is None):
        return after(session, question, None, count)
    earlier, start = _page(session, view, count // 2, False, edge)
    itself = list(_query(session, view).where(Issue.id == key))
    later, end = _page(session, view, count - len(earlier) - len(itself), True, edge)
    return Window(rows_of([*earlier, *itself, *later]), start, end)


def _edge(key: int | None) -> Issue | None:
    if key is None:
        return None
    found = Issue.get_or_none(Issue.id == key)
    return found if isinstance(found, Issue) else None


def rows_of(issues: Sequence[Issue]) -> list[IssueRow]:
    """The lines for issues that were read with their units; time left as of now."""
    now = datetime.now(UTC)
    days = office.calendar()
    return [_row(issue, now, days) for issue in issues]


def _row(issue: Issue, now: datetime, days: Any) -> IssueRow:
    left, overdue = "", False
    if issue.state in RUNNING and issue.due_at:
        left, overdue = deadlines.time_left(now, issue.due_at, days), deadlines.is_overdue(now, issue.due_at)
    elif issue.paused_until:
        left = f"至{issue.paused_until:%m-%d}"
    elif issue.look_again_on:
        left = f"再看{issue.look_again_on.month}/{issue.look_again_on.day}"
    elif issue.state is State.REPORTED:
        left = _age(issue.reported_at, now)
    return IssueRow(
        key=issue.id,
        number=issue.number,
        version=issue.version,
        state=issue.state,
        urgency=issue.urgency,
        left=left,
        overdue=overdue,
        place=issue.unit.name,
        summary=mask_phones_in(issue.summary),
        holder=issue.assignee_name,
        marks=flags_of(issue),
        closable=issue.state is State.FEEDBACK and issue.feedback_given,
    )


def _age(since: datetime, now: datetime) -> str:
    hours = int((now - since).total_seconds() // 3600)
    return f"等{hours // 24}天" if hours >= 24 else f"等{hours}时" if hours else "刚到"


def count(session: Session, question: Question | str, at_most: int = 1000) -> int:
    """How many rows a view has, counted no further than `at_most`."""
    view = VIEWS[asked(question).view]
    inner = permission.narrow(Issue.select(Issue.id).where(view.where(session)), session).limit(at_most)
    return int(inner.count())


def new_above(session: Session, question: Question | str, key_of_first: int, at_most: int = 1000) -> int:
    """How many rows stand above the first one on screen, counted no further than `at_most`."""
    return len(before(session, question, key_of_first, at_most).rows)


def new_since(session: Session, since: datetime) -> int:
    """How many cases came in since a moment, counted no further than 1,000."""
    inner = Issue.select(Issue.id).where(Issue.reported_at > since, Issue.changed_at > since)
    return int(permission.narrow(inner, session).limit(1000).count())


def day_started() -> datetime:
    """When today began in Shanghai."""
    return start_of(today())
