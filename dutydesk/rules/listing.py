"""How a question is read from the database: which indexes are walked, in which order, and how far at most.

A list is made of segments, one after the other; a segment of arms, each walked on an index of its own and merged by
the key. What no index answers (filters, other orders) is looked through row by row, and no more than LOOKED_AT rows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import Expression

from dutydesk.models import Issue, Unit, UnitArea
from dutydesk.models import issue_lists as lists
from dutydesk.rules import permission
from dutydesk.rules.ledger_rows import among
from dutydesk.rules.permission import Reach
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.views import PLACES, Arm, View, where
from dutydesk.session import Session
from dutydesk.vocabulary import ENDED, RUNNING, State, Urgency

LOOKED_AT = 20_000
# What a list can be sorted by, as the screen calls it; "" in a question is the view's own order.
ORDERS = {"newest": "编号", "deadline": "期限", "urgency": "紧急", "place": "地点", "changed": "最近变动"}

_RANKS = {urgency: rank for rank, urgency in enumerate(reversed(Urgency))}
# Views whose lists have an index for each unit: sorted by place they are read unit after unit.
_BY_UNIT = {"open", "all", "reported", "opened", "review", "closed", "first", "strong", "beyond", "set_aside"}

Key = tuple[Any, ...]
Stand = tuple[Any, Key]


class Segment(NamedTuple):
    """A stretch of the list: its number among the others, its arms, and whether the keys go down."""

    number: Any
    arms: list[Arm]
    down: bool


class Order(NamedTuple):
    """Where a row stands, by these columns of it: its segment and its key; and whether a segment's keys go down."""

    columns: tuple[Any, ...]
    stand: Callable[..., Stand]
    down: Callable[[Any], bool]


class Listing(NamedTuple):
    """All that is needed to read a question. `filters` is what must be looked at row by row.

    `segments` is empty where no index gives the order: then `arms` are looked through and sorted.
    """

    view: View
    order: Order
    by_number: bool
    arms: list[Arm]
    segments: list[Segment]
    filters: Expression | None

    def belongs(self) -> Expression:
        """All rows of the list, as one condition."""
        whole = permission.any_of(arm.whole() for arm in self.arms)
        return whole if self.filters is None else whole & self.filters


def _down(_segment: Any) -> bool:
    return True


def _up(_segment: Any) -> bool:
    return False


def _deadline(issue_id: int, state: State, due_at: datetime | None) -> Stand:
    runs = state in RUNNING and due_at is not None
    return (0, (due_at, issue_id)) if runs else (1, (issue_id,))


def _until(issue_id: int, state: State, paused_until: date | None, look_again_on: date | None) -> Stand:
    return 0, (paused_until if state is State.PAUSED else look_again_on, issue_id)


_ORDERS: dict[str, Order] = {
    "newest": Order((Issue.id,), lambda issue_id: (0, (issue_id,)), _down),
    "soonest": Order((Issue.id, Issue.due_at), lambda issue_id, due_at: (0, (due_at, issue_id)), _up),
    "until": Order((Issue.id, Issue.state, Issue.paused_until, Issue.look_again_on), _until, _up),
    "deadline": Order((Issue.id, Issue.state, Issue.due_at), _deadline, lambda segment: segment == 1),
    "urgency": Order(
        (Issue.id, Issue.urgency), lambda issue_id, urgency: (_RANKS[urgency], (issue_id,)), _down
    ),
    "place": Order((Issue.id, Issue.unit), lambda issue_id, unit_id: (unit_id, (issue_id,)), _down),
    "changed": Order((Issue.id, Issue.changed_at), lambda issue_id, at: (0, (at, issue_id)), _down),
}


def listing(session: Session, question: Question) -> Listing:
    """How a question is read by this session."""
    view = where(question)
    filters = question.filters
    parts, rest = _places(permission.reaches(session), filters.place)
    kinds = {part.kind for part in parts}
    states = [State(value) for value in filters.state.split(",") if value in set(State)]
    natural = view.order
    arms = view.arms(session)
    if view.own_scope:
        parts, rest = [Reach("district", permission.EVERYTHING)], _anywhere(filters.place)
    elif filters.cases and view.ended:
        ids = [int(one) for one in filters.cases.split(",") if one.isdecimal()]
        arms, filters = [Arm(among(ids))], filters._replace(cases="")
    elif states and view.key in ("open", "all") and kinds <= PLACES:
        kept = [state for state in states if view.ended or state not in ENDED]
        arms = [Arm(lists.in_state(state)) for state in kept]
        filters = filters._replace(state="")
    elif not kinds <= view.scopes:
        looked_for = permission.any_of(arm.whole() for arm in arms)
        rest = looked_for if rest is None else looked_for & rest
        arms, natural = [Arm(permission.EVERYTHING if view.ended else lists.OPEN)], "newest"
    found = [_both(part, arm) for part in parts for arm in arms]
    name = question.order if question.order in ORDERS else view.order
    segments = (
        [Segment(0, found, natural == "newest")]
        if name == natural
        else _sorted(view, name, parts, arms, found)
    )
    return Listing(
        view, _ORDERS[name], name == "newest", found, segments, _conditions(session, filters, rest)
    )


def _both(part: Reach, arm: Arm) -> Arm:
    return arm if part.kind == "district" else arm._replace(where=part.where & arm.where)


def _conditions(session: Session, filters: Filters, rest: Expression | None) -> Expression | None:
    if not any(value for name, value in filters._asdict().items() if name != "place"):
        return rest
    from dutydesk.rules.filters import condition

    found = condition(session, filters)
    return found if rest is None else rest & found


# -- places: a filter by place makes the scope smaller, and has its index -------------------------------------------


def _chosen(places: str) -> list[Reach]:
    kinds = {"subdistrict": "town", "area": "area", "unit": "unit"}
    found = []
    for value in places.split(",") if places else ():
        kind, _, key = value.partition(":")
        if kind in kinds and key.isdecimal():
            found.append(permission.place(kinds[kind], int(key)))
    return found


def _anywhere(places: str) -> Expression | None:
    return permission.any_of(place.beside() for place in _chosen(places)) if places else None


def _places(parts: list[Reach], places: str) -> tuple[list[Reach], Expression | None]:
    """The scope within the places asked for, and what of it no index can lead."""
    if not places:
        return parts, None
    pairs = [(place, part) for part in parts for place in _chosen(places)]
    if all(_comparable(place, part) for place, part in pairs):
        return [
            _within(place, part) for place, part in pairs if place.kind != part.kind or place.key == part.key
        ], None
    return parts, _anywhere(places)


_WIDTHS = ("district", "town", "area", "unit")


def _comparable(place: Reach, part: Reach) -> bool:
    return part.kind in _WIDTHS and _WIDTHS.index(place.kind) >= _WIDTHS.index(part.kind)


def _within(place: Reach, part: Reach) -> Reach:
    if part.kind in ("district", place.kind):
        return place
    return place._replace(where=place.where & part.beside())


# -- orders ------------------------------------------------------------------------------------------------------


def _sorted(view: View, order: str, parts: list[Reach], arms: list[Arm], found: list[Arm]) -> list[Segment]:
    """The segments in which indexes give an order other than the view's; none where no index does."""
    kinds = {part.kind for part in parts}
    all_open = len(arms) == 1 and arms[0].where is lists.OPEN
    if order == "deadline" and all_open:
        return _by_deadline(parts)
    if order == "urgency" and all_open and kinds == {"area"}:
        return [
            Segment(
                rank,
                [arm._replace(where=arm.where & (Issue.urgency == lists.constant(value))) for arm in found],
                True,
            )
            for value, rank in _RANKS.items()
        ]
    if order == "changed" and view.key == "all" and kinds == {"area"} and len(arms) == 1:
        return [Segment(0, [arm._replace(columns=(Issue.changed_at, Issue.id)) for arm in found], True)]
    if order == "place" and view.key in _BY_UNIT and kinds and kinds <= {"town", "area", "unit"}:
        return _by_unit(parts, arms)
    return []


def _by_deadline(parts: list[Reach]) -> list[Segment]:
    """Open cases: those that run by their deadline, then the others (待立案, 缓办, 挂账, no limit) by number."""
    others = [
        Arm(lists.RUNNING_NOW & Issue.due_at.is_null()),
        *(Arm(lists.in_state(state)) for state in (State.REPORTED, State.PAUSED, State.POOLED)),
    ]
    running = Arm(lists.RUNNING_NOW & Issue.due_at.is_null(False), (Issue.due_at, Issue.id))
    return [
        Segment(0, [_both(part, running) for part in parts], False),
        Segment(1, [_both(part, other) for part in parts for other in others], True),
    ]


def _by_unit(parts: list[Reach], arms: list[Arm]) -> list[Segment]:
    segments: dict[int, list[Arm]] = {}
    for part in parts:
        for unit in _units(part):
            place = permission.place("unit", unit)
            scope = part.where if part.kind == "unit" else place.where & part.beside()
            segments.setdefault(unit, []).extend(Arm(scope & arm.where) for arm in arms)
    return [Segment(unit, found, True) for unit, found in sorted(segments.items())]


def _units(part: Reach) -> list[int]:
    """The units that a place has or had."""
    if part.kind == "unit":
        return [part.key]
    if part.kind == "town":
        rows: Any = Unit.select(Unit.id).where(Unit.subdistrict == part.key)
    else:
        rows = UnitArea.select(UnitArea.unit).where(UnitArea.area == part.key).distinct()
    return [unit for (unit,) in rows.tuples()]
