"""The ledger's windows: a list never reads more than it shows, whatever the size of the table.

A window is read by keyset from the row at its edge; `listing` says on which indexes. See `docs/plans.md`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from peewee import SQL, Expression, fn

from dutydesk.models import Issue
from dutydesk.rules import permission
from dutydesk.rules.ledger_rows import IssueRow, among, rows_of
from dutydesk.rules.listing import LOOKED_AT, ORDERS, Key, Listing, Segment, Stand, listing
from dutydesk.rules.questions import NO_FILTERS, Filters, Question
from dutydesk.rules.views import VIEWS, Arm
from dutydesk.session import Session

__all__ = ["NO_FILTERS", "ORDERS", "VIEWS", "Filters", "IssueRow", "Question", "Window"]

NARROW = "只看了最近的2万件，可能还有没看到的。请加上状态、地点或时间，或换一个清单再看。"
_FIRST_LOOK = 200
_MOST_AT_ONCE = 5_000


class Window(NamedTuple):
    """A stretch of rows, and whether the list begins or ends with it.

    `narrow` is the sentence to show when not all could be looked through: what was looked at, and how to ask for less.
    """

    rows: list[IssueRow]
    at_start: bool
    at_end: bool
    narrow: str = ""


def asked(question: Question | str) -> Question:
    """A question; the key of a view asks for that view as it is."""
    return Question(question) if isinstance(question, str) else question


# -- windows -----------------------------------------------------------------------------------------------------


def after(session: Session, question: Question | str, key: int | None, count: int) -> Window:
    """The rows after the one with `key`; the first rows of the list when None."""
    reading = _Reading(session, asked(question))
    found = reading.take(count, True, reading.stand_of(key))
    return reading.window(found.ids, key is None, found.end)


def before(session: Session, question: Question | str, key: int | None, count: int) -> Window:
    """The rows before the one with `key`; the last rows of the list when None."""
    reading = _Reading(session, asked(question))
    found = reading.take(count, False, reading.stand_of(key))
    return reading.window(found.ids[::-1], found.end, key is None)


def around(session: Session, question: Question | str, key: int, count: int) -> Window:
    """A window about the row with `key`, or about where it would stand."""
    reading = _Reading(session, asked(question))
    stand, belongs = reading.edge(key)
    if stand is None:
        return after(session, question, None, count)
    earlier = reading.take(count // 2, False, stand)
    itself = [key] if belongs else []
    later = reading.take(count - len(earlier.ids) - len(itself), True, stand)
    return reading.window([*earlier.ids[::-1], *itself, *later.ids], earlier.end, later.end)


def new_above(session: Session, question: Question | str, key_of_first: int, at_most: int = 1000) -> int:
    """How many rows stand above the first one on screen, counted no further than `at_most`."""
    reading = _Reading(session, asked(question))
    stand = reading.stand_of(key_of_first)
    return len(reading.take(at_most, False, stand).ids) if stand else 0


def count(session: Session, question: Question | str, at_most: int = 1000) -> int:
    """How many rows a list has, counted no further than `at_most`."""
    reading = _Reading(session, asked(question)._replace(order=""))
    plan = reading.plan
    if reading.question.words or plan.filters is not None:
        return len(reading.take(at_most, True, None).ids)
    # in the order of the index: unordered, PostgreSQL reads the table where it guesses that much of it belongs
    queries = [
        Issue.select(Issue.id).where(arm.whole()).order_by(*arm.columns).limit(at_most) for arm in plan.arms
    ]
    if len(queries) == 1:
        return int(Issue.select(fn.COUNT(SQL("1"))).from_(queries[0].alias("found")).scalar())
    found: set[int] = set()
    for query in queries:
        rows: Any = query.tuples()
        found.update(issue_id for (issue_id,) in rows)
    return min(len(found), at_most)


def ids(session: Session, question: Question | str, count: int, *, last: bool = False) -> list[int]:
    """The ids of the first rows of a list; of its last ones, from the end on, where told so."""
    return _Reading(session, asked(question)).take(count, not last, None).ids


# -- reading -----------------------------------------------------------------------------------------------------


class _Found(NamedTuple):
    ids: list[int]
    end: bool


class _Reading:
    """One question being read; what it may still look at of rows that no index sorts out."""

    def __init__(self, session: Session, question: Question) -> None:
        self.session, self.question = session, question
        self.plan: Listing = listing(session, question)
        self.left = LOOKED_AT
        self.cut = False
        self.looked: dict[Any, set[Key]] | None = None

    def window(self, ids: Sequence[int], at_start: bool, at_end: bool) -> Window:
        """The rows with these ids as lines."""
        words = self.question.words
        if not words:
            return Window(rows_of(ids), at_start, at_end, NARROW if self.cut else "")
        from dutydesk.rules import search

        rows, named = rows_of(ids, search.hits(words)), search.handlers(words, ids)
        rows = [row._replace(handler=named.get(row.key, "")) for row in rows]
        return Window(rows, at_start, at_end, NARROW if self.cut else "")

    def stand_of(self, key: int | None) -> Stand | None:
        """Where the row with a key stands; None where it stands nowhere. By number the key says it itself."""
        if key is None:
            return None
        return (0, (key,)) if self.plan.by_number else self.edge(key)[0]

    def edge(self, key: int) -> tuple[Stand | None, bool]:
        """Where the row with a key stands or would stand, and whether it belongs to the list."""
        order, belongs = self.plan.order, self.plan.belongs()
        query: Any = Issue.select(*order.columns, belongs.alias("belongs"))
        row = query.where(Issue.id == key).tuples().first()
        if row is None:
            return None, False
        stand, found = order.stand(*row[:-1]), bool(row[-1])
        if any(part is None for part in stand[1]):
            return None, False
        if found and self.question.words:
            found = key in self._search(key + 1, True, 1)
        return stand, found

    def take(self, count: int, forward: bool, edge: Stand | None) -> _Found:
        """Up to `count` ids on one side of an edge, the nearest first, and whether the list ends with them."""
        if self.question.words and self.plan.by_number:
            found = self._searched(forward, edge)
        elif self.question.words or not self.plan.segments:
            found = self._sorted(forward, edge)
        else:
            found = self._walked(count + 1, forward, edge)
        ids: list[int] = []
        for issue_id in found:
            if not ids or issue_id != ids[-1]:
                ids.append(issue_id)
            if len(ids) > count:
                break
        return _Found(ids[:count], len(ids) <= count)

    def _walked(self, count: int, forward: bool, edge: Stand | None) -> Iterator[int]:
        for segment in self.plan.segments if forward else reversed(self.plan.segments):
            if edge is not None and segment.number != edge[0] and (segment.number < edge[0]) == forward:
                continue
            bound = edge[1] if edge is not None and segment.number == edge[0] else None
            yield from self._merged(segment, count, forward, bound)

    def _merged(self, segment: Segment, count: int, forward: bool, bound: Key | None) -> Iterator[int]:
        down = segment.down == forward
        walks = [self._walk(arm, count, down, bound) for arm in segment.arms]
        merged = walks[0] if len(walks) == 1 else heapq.merge(*walks, reverse=down)
        return (key[-1] for key in merged)

    def _walk(self, arm: Arm, count: int, down: bool, bound: Key | None) -> Iterator[Key]:
        """The keys of one arm from a bound on, in stretches; with filters those kept, within what may be looked at."""
        columns, filters = arm.columns, self.plan.filters
        order = [column.desc() if down else column.asc() for column in columns]
        stretch = count if filters is None else max(count, _FIRST_LOOK)
        shown: list[Any] = [*columns] if filters is None else [*columns, filters.alias("kept")]
        parts = _parts(arm, bound, down)
        while parts:
            if filters is not None:
                stretch = min(stretch, self.left)
                if not stretch:
                    self.cut = True
                    return
            rows: list[Any] = list(
                Issue.select(*shown).where(parts[0]).order_by(*order).limit(stretch).tuples()
            )
            if filters is None:
                yield from rows
            else:
                self.left -= len(rows)
                yield from (row[:-1] for row in rows if row[-1])
            parts = parts[1:] if len(rows) < stretch else _parts(arm, rows[-1][: len(columns)], down)
            stretch = min(stretch * 4, _MOST_AT_ONCE)

    # -- what no index sorts --------------------------------------------------------------------------------

    def _sorted(self, forward: bool, edge: Stand | None) -> Iterator[int]:
        """All rows that may be looked at, sorted."""
        order = self.plan.order
        if self.looked is None:
            self.looked = {}
            for row in self._candidates():
                segment, key = order.stand(*row)
                self.looked.setdefault(segment, set()).add(key)
        segments = self.looked
        for segment in sorted(segments, reverse=not forward):
            if edge is not None and segment != edge[0] and (segment < edge[0]) == forward:
                continue
            down = order.down(segment) == forward
            for key in sorted(segments[segment], reverse=down):
                if edge is None or segment != edge[0] or (key < edge[1] if down else key > edge[1]):
                    yield key[-1]

    def _candidates(self) -> Iterator[Any]:
        """The columns of the order of all rows that may be looked at."""
        if self.question.words:
            for ids in self._found_by_search(True, None):
                yield from self._those(ids)
            return
        columns, filters = self.plan.order.columns, self.plan.filters
        shown: list[Any] = [*columns] if filters is None else [*columns, filters.alias("kept")]
        for arm in self.plan.arms:
            order = [column.desc() if len(arm.columns) == 1 else column for column in arm.columns]
            query: Any = Issue.select(*shown).where(arm.whole()).order_by(*order).limit(self.left)
            rows: list[Any] = list(query.tuples())
            self.left -= len(rows)
            self.cut = self.cut or self.left == 0
            yield from rows if filters is None else (row[:-1] for row in rows if row[-1])

    def _those(self, ids: Sequence[int]) -> list[Any]:
        """Those of the issues with these ids that belong to the list, by the columns of its order.

        That is asked of each row found by its id: as a condition it could lead the planner to another index.
        """
        belongs: Any = self.plan.belongs()
        query: Any = Issue.select(*self.plan.order.columns, belongs.alias("belongs")).where(among(ids))
        return [row[:-1] for row in query.tuples() if row[-1]]

    # -- search ---------------------------------------------------------------------------------------------

    def _search(self, edge: int | None, forward: bool, count: int) -> list[int]:
        from dutydesk.rules import search

        open_only = not self.plan.view.ended
        return search.page(
            self.session, self.question.words, open_only=open_only, edge=edge, forward=forward, count=count
        )

    def _found_by_search(self, forward: bool, edge: int | None) -> Iterator[list[int]]:
        """Ids that the words find, in stretches, away from the edge."""
        stretch = _FIRST_LOOK
        while True:
            stretch = min(stretch, self.left)
            if not stretch:
                self.cut = True
                return
            ids = sorted(self._search(edge, forward, stretch), reverse=forward)
            self.left -= len(ids)
            if ids:
                yield ids
                edge = ids[-1]
            if len(ids) < stretch:
                return
            stretch = min(stretch * 4, 1_000)

    def _searched(self, forward: bool, edge: Stand | None) -> Iterator[int]:
        for ids in self._found_by_search(forward, edge[1][0] if edge else None):
            kept = {row[0] for row in self._those(ids)}
            yield from (issue_id for issue_id in ids if issue_id in kept)


def _parts(arm: Arm, bound: Key | None, down: bool) -> list[Expression]:
    """The rows of an arm beyond a key, as conditions that an index answers one after the other.

    Those of the same value come first: many cases are due at the same minute, and SQLite's indexes take a row value
    no further than its first column where the second is the number. On each side stands one limit: of two the nearer.
    """
    if bound is None:
        return [arm.whole()]
    column, number, value = arm.columns[0], Issue.id, bound[0]
    beyond: Any = number < bound[-1] if down else number > bound[-1]
    if len(arm.columns) == 1:
        return [arm.where & beyond]
    kept = column.db_value(value)
    found: list[Any] = []
    if (arm.low is None or value >= arm.low) and (arm.high is None or value < arm.high):
        found.append(arm.where & (column == kept) & beyond)
    if down:
        nearer = arm.high is None or value < arm.high
        rest = arm._replace(high=None).whole() & (column < kept) if nearer else arm.whole()
    else:
        nearer = arm.low is None or value >= arm.low
        rest = arm._replace(low=None).whole() & (column > kept) if nearer else arm.whole()
    return [*found, rest]


def new_since(session: Session, since: datetime) -> int:
    """How many cases others registered since a moment, counted no further than 1,000.

    Looks from the newest number back until nothing of a stretch has changed since then.
    """
    came: set[int] = set()
    for part in permission.reaches(session):
        last: int | None = None
        for _stretch in range(1000 // _FIRST_LOOK):
            query: Any = Issue.select(Issue.id, Issue.reported_at, Issue.changed_at, Issue.reported_by).where(
                part.where
            )
            if last is not None:
                query = query.where(Issue.id < last)
            rows = list(query.order_by(Issue.id.desc()).limit(_FIRST_LOOK).tuples())
            me = session.staff_id
            came.update(row[0] for row in rows if row[1] > since and row[3] != me)
            if len(rows) < _FIRST_LOOK or all(row[2] <= since for row in rows):
                break
            last = rows[-1][0]
    return min(len(came), 1000)
