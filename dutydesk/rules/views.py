"""The views of the ledger: what each holds and in which order; those on digits for each role, and everybody's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from peewee import Expression

from dutydesk.models import Issue, SavedView
from dutydesk.models import issue_lists as lists
from dutydesk.rules import office, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.organisation import today
from dutydesk.rules.questions import Question, as_json, from_json
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import AssigneeKind, Role, State

if TYPE_CHECKING:
    from dutydesk.rules.acts import Acting

BY_NUMBER: tuple[Any, ...] = (Issue.id,)


class Arm(NamedTuple):
    """Rows that one index finds in order: its condition, the columns of the order (the id last), and their span.

    `low` is the first value of the first column that belongs to it, `high` the first that does not any more. They
    stand apart from the condition, since an index takes but one limit on each side: the edge of a window or this.
    """

    where: Expression
    columns: tuple[Any, ...] = BY_NUMBER
    low: Any = None
    high: Any = None

    def whole(self) -> Expression:
        """All of it as one condition."""
        found: Any = self.where
        if self.low is not None:
            found &= self.columns[0] >= self.low
        if self.high is not None:
            found &= self.columns[0] < self.high
        return found


Arms = list[Arm]
PLACES = frozenset({"district", "town", "area", "unit"})
EVERYWHERE = PLACES | {"hand"}
AREA = frozenset({"area"})
ABOVE = frozenset({"district", "town", "area"})


class View(NamedTuple):
    """A named list. `arms` are alternatives, of which each is found in the list's order by an index of its own.

    `own_scope`: the arms say themselves what the session may see. `ended`: it may hold cases that are closed.
    `scopes` are the kinds of scope whose indexes it has (`issue_indexes`); elsewhere it is looked for among the open
    cases, as far as LOOKED_AT goes.
    """

    key: str
    name: str
    arms: Callable[[Session], Arms]
    order: str = "newest"
    ended: bool = False
    own_scope: bool = False
    scopes: frozenset[str] = PLACES


def _always(*conditions: Any) -> Callable[[Session], Arms]:
    arms = [Arm(condition) for condition in conditions]
    return lambda _session: arms


def _states(*states: State) -> Callable[[Session], Arms]:
    return _always(*(lists.in_state(state) for state in states))


def this_minute() -> datetime:
    """Deadlines are counted in minutes: at the very minute nothing is overdue yet."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


_BY_DEADLINE = (Issue.due_at, Issue.id)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # a lower limit, since empty ones sort before all in SQLite


def _overdue(_session: Session) -> Arms:
    return [Arm(lists.RUNNING_NOW, _BY_DEADLINE, _LONG_AGO, this_minute())]


def _due_today(_session: Session) -> Arms:
    now = this_minute()
    return [Arm(lists.RUNNING_NOW, _BY_DEADLINE, now, office.end_of_day(now) + timedelta(seconds=1))]


def _flagged(*flags: tuple[bool, bool]) -> Callable[[Session], Arms]:
    """Open cases by 居民区难以协调 and 群众反映强烈: both said in each arm, since the index begins with both."""
    said = {True: lists.TRUE, False: lists.FALSE}
    return _always(
        *(
            lists.OPEN
            & (Issue.beyond_neighbourhood == said[beyond])
            & (Issue.strongly_felt == said[strongly])
            for beyond, strongly in flags
        )
    )


def _with_me(session: Session) -> Arms:
    """What is in the hands of this person, force, department or 居委, within what the session may see."""
    found: list[Expression] = []
    me = session.staff_id
    for part in permission.reaches(session):
        if part.kind == "hand":
            found.append(lists.ON_HAND & part.where)
        else:
            within = part.beside()
            own: list[Any] = [Issue.handler == me, permission.given_to(AssigneeKind.STAFF, str(me))]
            if part.kind == "unit":
                own.append(permission.given_to(AssigneeKind.UNIT, str(part.key)))
            found += [lists.ON_HAND & hand & within for hand in own]
    return [Arm(where) for where in found or [permission.NOTHING]]


def _by_its_day(_session: Session) -> Arms:
    return [
        Arm(lists.PAUSED, (Issue.paused_until, Issue.id), _LONG_AGO.date()),
        Arm(lists.POOLED, (Issue.look_again_on, Issue.id), _LONG_AGO.date()),
    ]


def _set_aside_due(session: Session) -> Arms:
    day = today()
    paused, pooled = _by_its_day(session)
    return [paused._replace(high=day), pooled._replace(high=day + timedelta(days=1))]


VIEWS: dict[str, View] = {
    view.key: view
    for view in (
        View("open", "全部未结", _always(lists.OPEN), scopes=EVERYWHERE),
        View("reported", "待立案", _states(State.REPORTED)),
        View("opened", "待派单", _states(State.OPENED)),
        View("overdue", "逾期", _overdue, "soonest", scopes=EVERYWHERE),
        View("due_today", "今日到期", _due_today, "soonest", scopes=EVERYWHERE),
        View("mine", "在我手上", _with_me, own_scope=True),
        View("review", "待核查", _states(State.REVIEW)),
        View(
            "feedback",
            "待反馈",
            _always(lists.IN_FEEDBACK & (Issue.feedback_given == lists.FALSE)),
            scopes=AREA,
        ),
        View("all", "全部", _always(permission.EVERYTHING), ended=True, scopes=EVERYWHERE),
        View("first", "群众反映强烈、居民区难以协调", _flagged((True, True), (True, False), (False, True))),
        View("strong", "群众反映强烈", _flagged((True, True), (False, True))),
        View("beyond", "居民区难以协调", _flagged((True, True), (True, False))),
        View("sent_back", "退单待重派", _always(lists.SENT_BACK), scopes=ABOVE),
        View(
            "closable",
            "可销项",
            _always(lists.IN_FEEDBACK & (Issue.feedback_given == lists.TRUE)),
            scopes=AREA,
        ),
        View("set_aside", "缓办、挂账", _states(State.PAUSED, State.POOLED)),
        View("pool", "缓办、挂账按日期", _by_its_day, "until", scopes=AREA),
        View("set_aside_due", "缓办、挂账到日", _set_aside_due, "until", scopes=AREA),
        View("sample", "待抽查", _always(lists.SAMPLE), ended=True, scopes=PLACES - {"district"}),
        View("to_contact", "待先行联系", _always(lists.TO_CONTACT), scopes=AREA),
        View("closed", "已销项", _states(State.CLOSED), ended=True),
    )
}

# The views made for each role, in the order of the digits; those after the ninth stand in the menu.
_DESK = ("open", "reported", "due_today", "overdue", "review", "strong", "beyond", "feedback", "all")
_DESK_MORE = ("opened", "sent_back", "to_contact", "pool", "set_aside_due", "sample", "mine", "closed")
_HANDS = ("mine", "due_today", "overdue", "open", "all")
_ABOVE = ("open", "overdue", "due_today", "strong", "beyond", "sent_back", "opened", "set_aside", "all")
MADE: dict[Role, tuple[str, ...]] = {
    Role.DUTY_OFFICER: (*_DESK, *_DESK_MORE),
    Role.AREA_CHIEF: (
        *("closable", "opened", "due_today", "overdue", "sent_back", "first", "pool", "open", "all"),
        *("strong", "beyond", "reported", "review", "feedback", "to_contact", "set_aside_due"),
        *("sample", "mine", "closed"),
    ),
    Role.NEIGHBOURHOOD_OFFICER: (
        *("mine", "open", "due_today", "overdue", "strong", "beyond", "reported", "review", "all"),
        *("set_aside", "sample", "closed"),
    ),
    Role.HANDLER: _HANDS,
    Role.LIAISON: _HANDS,
    Role.DEPARTMENT_HEAD: _HANDS,
    Role.COORDINATOR: (*_ABOVE, "reported", "review", "sample", "closed"),
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
        entries.insert(row.position - 1 if row.position else len(entries), _entry(row))
    return entries


def own(session: Session) -> list[SavedView]:
    """A person's own views: those with a digit by their digits, then the others as they were made."""
    rows = SavedView.select().where(SavedView.staff == session.staff_id)
    return sorted(rows, key=lambda row: (row.position or 99, row.id))


def where(question: Question) -> View:
    """The view that a question asks of; that of all open cases where it is none of ours."""
    return VIEWS.get(question.view, VIEWS["open"])


# -- own views: each change is an act ----------------------------------------------------------------------------

MOST_OWN = 30
NAME_LIMIT = 20


def save(session: Session, name: str, question: Question, act_id: str) -> ViewEntry:
    """Keep a question under a name; over the own view of that name where there is one.

    Raises NotAllowed for roles without cases, Refused for no name, a shipped view's name, or too many views.
    """
    with _acting(session, act_id, "view.save") as acting:
        if acting is not None:
            name = _name(name)
            kept = as_json(question)
            row = SavedView.get_or_none(SavedView.staff == session.staff_id, SavedView.name == name)
            if row is None:
                if SavedView.select().where(SavedView.staff == session.staff_id).count() >= MOST_OWN:
                    raise Refused(f"自己的清单最多{MOST_OWN}个。请先删去不用的。", "name")
                row = SavedView(staff=session.staff_id, name=name, position=0)
            before = row.question if row.id else None
            row.question, row.saved_at = kept, acting.at
            row.save()
            acting.about("view", row.id, name, session.subdistrict_id)
            acting.changed(name, {"question": before} if before else None, {"question": kept})
    return _entry(
        SavedView.get(SavedView.staff == session.staff_id, SavedView.name == clean(name, NAME_LIMIT))
    )


def rename(session: Session, view_id: int, name: str, act_id: str) -> ViewEntry:
    """Give an own view another name. Raises Refused for a name in use, or a view that is not there any more."""
    with _acting(session, act_id, "view.rename") as acting:
        if acting is not None:
            row, name = _mine(session, view_id), _name(name)
            if SavedView.select().where(
                SavedView.staff == session.staff_id, SavedView.name == name, SavedView.id != view_id
            ):
                raise Refused(f"已有叫“{name}”的清单，请换个名字。", "name")
            acting.about("view", row.id, name, session.subdistrict_id)
            acting.changed(name, {"name": row.name}, {"name": name})
            row.name = name
            row.save()
    return _entry(_mine(session, view_id))


def place(session: Session, view_id: int, digit: int, act_id: str) -> ViewEntry:
    """Put an own view on a digit from 1 to 9 (what stood there moves on), or with 0 after the others."""
    with _acting(session, act_id, "view.place") as acting:
        if acting is not None:
            row = _mine(session, view_id)
            if digit not in range(10):
                raise Refused("请按 1 至 9 选一个数字，0 是不占数字。", "digit")
            acting.about("view", row.id, row.name, session.subdistrict_id)
            acting.changed(row.name, {"position": row.position}, {"position": digit})
            same = (SavedView.staff == session.staff_id) & (SavedView.position == digit) & (digit > 0)
            SavedView.update(position=0).where(same).execute()
            row.position = digit
            row.save()
    return _entry(_mine(session, view_id))


def remove(session: Session, view_id: int, act_id: str) -> None:
    """Delete an own view; what it asked for stays in the audit."""
    with _acting(session, act_id, "view.remove") as acting:
        if acting is not None:
            row = _mine(session, view_id)
            acting.about("view", row.id, row.name, session.subdistrict_id)
            acting.changed(row.name, {"question": row.question}, None)
            row.delete_instance()


@contextmanager
def _acting(session: Session, act_id: str, name: str) -> Iterator[Acting | None]:
    """One act on an own view; None when it was done already."""
    from dutydesk.rules import acts

    permission.require(session, "read")
    try:
        with acts.act(session, act_id, name) as acting:
            yield acting
    except AlreadyDone:
        yield None


def _name(name: str) -> str:
    said = clean(name, NAME_LIMIT)
    if not said:
        raise Refused("请给这个清单起个名字，例如 康健新村待核查。", "name")
    if said in {view.name for view in VIEWS.values()}:
        raise Refused(f"“{said}”是现成清单的名字，请换个名字。", "name")
    return said


def _mine(session: Session, view_id: int) -> SavedView:
    row = SavedView.get_or_none(SavedView.id == view_id, SavedView.staff == session.staff_id)
    if row is None:
        raise Refused("这个清单已经删去了。")
    assert isinstance(row, SavedView)
    return row


def _entry(row: SavedView) -> ViewEntry:
    return ViewEntry(f"own:{row.id}", row.name, from_json(row.question), True, row.id)
