"""How each case of a period stands at its end and what was done to it meanwhile, as its story says.

A period ends where it ends: asked for last month, a case that was closed since then is still being worked on, and late
by the deadline that it had then. Steps that were taken back count nowhere; what was entered later counts on the day on
which it happened; a case that was given another class counts by that class and its limits from 立案 on. Only cases that
changed since the period began or are open are looked at, each area's on an index, and no more than LOOKED_AT of them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from peewee import SQL, Case, Expression, SqliteDatabase

from dutydesk.models import Deadline, Issue, IssueStep, database
from dutydesk.models import issue_lists as lists
from dutydesk.rules.closing import SATISFIED, UNSATISFIED
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import start_of, today
from dutydesk.vocabulary import ENDED, RUNNING, Phase, State

LOOKED_AT = 20_000
_AT_ONCE = 1_000
ASIDE = {State.PAUSED: "paused", State.POOLED: "pooled"}
_COUNTED = {
    **dict.fromkeys(("extend", "source_extension"), "extended"),
    "send_back": "sent_back",
    **dict.fromkeys(("fail_check", "rework"), "reworked"),
}
_SETTING = ("open", "handle_locally", "reopen", "extend", "source_extension")


# -- periods ---------------------------------------------------------------------------------------------------------


class Period(NamedTuple):
    """Whole days in Shanghai, both ends included; `ends` is no later than now."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """The first moment of it."""
        return start_of(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment that does not belong to it any more."""
        return min(start_of(self.last + timedelta(days=1)), datetime.now(UTC))

    @property
    def words(self) -> str:
        """11月1日至24日, with the years where they are not this one."""
        year = today().year
        first, last = (
            f"{'' if day.year == year else f'{day.year}年'}{day.month}月{day.day}日"
            for day in (self.first, self.last)
        )
        return first if first == last else f"{first}至{last}"

    @property
    def goes_on(self) -> bool:
        """Whether it has not ended yet."""
        return self.last >= today()


def period(asked: str) -> Period:
    """`today`, `week`, `month`, `last_month`, a number of days up to today, or `2026-10-01..2026-10-31`.

    Raises Refused for what is none, or lies ahead.
    """
    day = today()
    if asked == "today":
        return Period(day, day)
    if asked == "week":
        return Period(day - timedelta(days=day.weekday()), day)
    if asked == "month":
        return Period(day.replace(day=1), day)
    if asked.isdecimal() and 0 < int(asked) < 1000:
        return Period(day - timedelta(days=int(asked) - 1), day)
    if asked == "last_month":
        last = day.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last)
    try:
        first, last = (date.fromisoformat(part) for part in asked.split(".."))
    except ValueError:
        raise Refused("请写起止日期，例如 11-1到11-24。", "period") from None
    if first > min(last, day):
        raise Refused("起止日期要从早到晚，从今天或以前开始。", "period")
    return Period(first, min(last, day))


# -- one case --------------------------------------------------------------------------------------------------------
# Rows are taken as the driver gives them: to make Python's values of a hundred thousand steps takes longer than to read
# them. A word equals its text, and moments of one database compare with each other.


@dataclass(slots=True)
class Tale:
    """What one case's story says up to the end of a period.

    `marks` say what holds of it, `times` how often something was done to it inside the period; `days` is how long it
    has been paused or pooled at the end.
    """

    id: int
    area: int
    category: int
    force: str
    state: str | None
    due_at: Any
    since: Any  # when it came to the state in which it stands
    marks: set[str] = field(default_factory=set)
    times: Counter[str] = field(default_factory=Counter)
    days: int = 0


def _undone(steps: list[Any]) -> set[str]:
    """The acts that were taken back."""
    return {json.loads(step[-1]).get("undone") for step in steps if step[1] == "undo"}


def _taken_back(steps: list[Any]) -> set[Any]:
    """When those deadlines were set that were taken back."""
    undone = _undone(steps)
    return {step[3] for step in steps if step[0] in undone and step[1] in _SETTING}


def _told(tale: Tale, steps: list[Any]) -> None:
    """Follow the steps of one case (see `_stories`) up to the end."""
    undone = _undone(steps)
    tale.state = tale.since = None
    closed_within = False
    for act, name, to_state, at, within, said in steps:
        if name == "undo" or act in undone:
            continue
        if within:
            _within(tale, name, to_state, said)
        if to_state != tale.state:
            tale.state, tale.since, closed_within = to_state, at, bool(within)
    if tale.state == State.CLOSED and closed_within:
        tale.marks.add("closed")


def _within(tale: Tale, name: str, to_state: str, said: str) -> None:
    """A step inside the period."""
    if name in ("open", "handle_locally") and tale.state == State.REPORTED:
        tale.marks.add("opened")
    if name == "solve_on_spot":
        tale.marks.add("on_spot")
    if name in _COUNTED:
        tale.marks.add(_COUNTED[name])
        tale.times[_COUNTED[name]] += 1
    if name == "feedback" and said.endswith((SATISFIED, UNSATISFIED)):
        tale.marks.add("answered")
        (tale.marks.add if said.endswith(SATISFIED) else tale.marks.discard)("satisfied")
    if to_state in ASIDE and to_state != tale.state:
        tale.times[f"newly_{ASIDE[State(to_state)]}"] += 1


# -- the cases of a period -------------------------------------------------------------------------------------------


class TooMany(Exception):
    """More cases than may be looked at."""


def tales(areas: Iterable[int], asked: Period) -> Iterator[Tale]:
    """The cases of these areas that have to do with a period. Raises TooMany."""
    reading = _Reading(asked)
    found = [reading.of(area) for area in areas]
    for moved, stood in found:
        for tale in stood:
            yield reading.standing(tale)
        for start in range(0, len(moved), _AT_ONCE):
            for tale in reading.follow(moved[start : start + _AT_ONCE]):
                yield reading.standing(tale)


class _Reading:
    """One period being read; what may still be looked at."""

    def __init__(self, asked: Period) -> None:
        self.asked = asked
        self.begins, self.ends = asked.begins, asked.ends
        self.low, self.high = _as_kept(self.begins), _as_kept(self.ends)
        self.left = LOOKED_AT

    def of(self, area: int) -> tuple[list[Tale], list[Tale]]:
        """The cases of an area that changed since the period began, and the open ones that did not.

        Those stand at its end as they do now. Whether they changed is asked of each row: as a condition it would lead
        to the index of the changes, and through all that ended.
        """
        here: Any = Issue.area == area
        moved = self._rows(here & (Issue.changed_at >= self.begins), (Issue.changed_at, Issue.id), 0)
        changed = {tale.id for tale in moved}
        stood = self._rows(here & lists.OPEN, (Issue.id,), len(moved))
        return self._within_reach(moved), self._within_reach([t for t in stood if t.id not in changed])

    def _rows(self, where: Expression, order: tuple[Any, ...], besides: int) -> list[Tale]:
        columns = (Issue.id, Issue.area, Issue.category, Issue.force, Issue.state, Issue.due_at)
        query: Any = Issue.select(*columns, Issue.paused_at, Issue.reported_at).where(where).order_by(*order)
        found = []
        for *about, reported_at in database.execute(query.limit(self.left + besides)):
            found.append(Tale(*about))
            if self.low <= reported_at < self.high:
                found[-1].marks.add("received")
        return found

    def _within_reach(self, found: list[Tale]) -> list[Tale]:
        self.left -= len(found)
        if self.left <= 0:
            raise TooMany
        return found

    def follow(self, moved: list[Tale]) -> list[Tale]:
        """Cases that changed since the period began, as their stories say that they stood at its end."""
        ids = [tale.id for tale in moved]
        stories = self._stories(ids)
        due = None if self.asked.goes_on else self._deadlines(ids, stories)
        for tale in moved:
            _told(tale, stories[tale.id])
            if due is not None:
                tale.due_at = due.get(tale.id)
        return moved

    def _stories(self, ids: list[int]) -> dict[int, list[Any]]:
        """What each step before the end says: act, name, state after it, when, whether inside the period, and its text.

        The text is what an undo took back, or what was said at a 反馈. Steps that change nothing here are left out.
        """
        step = IssueStep
        told = Case(None, ((step.name == "undo", step.details), (step.name == "feedback", step.text)), "")
        counts: Any = step.from_state.is_null() | (step.from_state != step.to_state)
        counts |= step.name.in_(["undo", "feedback", *_COUNTED])
        within: Any = step.occurred_at >= self.begins
        query: Any = (
            step.select(step.issue, step.act, step.name, step.to_state, step.occurred_at, within, told)
            .where(_listed(step.issue, ids), counts, (step.occurred_at < self.ends) | (step.name == "undo"))
            .order_by(step.issue, step.id)
        )
        found: dict[int, list[Any]] = defaultdict(list)
        for row in database.execute(query):
            found[row[0]].append(row[1:])
        return found

    def _deadlines(self, ids: list[int], stories: dict[int, list[Any]]) -> dict[int, Any]:
        """Until when each case had to be done as it stood at the end of a period that is over.

        The last deadline that began before then; none that was set by what was taken back, nor any younger than the
        one in force now, which can only have been taken back too.
        """
        back = {issue_id: _taken_back(steps) for issue_id, steps in stories.items()}
        query: Any = (
            Deadline.select(Deadline.issue, Deadline.current, Deadline.started_at, Deadline.due_at)
            .where(_listed(Deadline.issue, ids), Deadline.phase == Phase.COMPLETION)
            .order_by(Deadline.issue, Deadline.id)
        )
        found: dict[int, Any] = {}
        over: set[int] = set()
        for issue_id, current, started_at, due_at in database.execute(query):
            if started_at < self.high and issue_id not in over and started_at not in back[issue_id]:
                found[issue_id] = due_at
            if current:
                over.add(issue_id)
        return {issue_id: due_at for issue_id, due_at in found.items() if issue_id in over}

    def standing(self, tale: Tale) -> Tale:
        """The case with what holds of it at the end: open, aside, late; closed in time or not."""
        due_at, state = tale.due_at, tale.state
        if state is None or state in ENDED:
            if state == State.CLOSED and due_at is not None:
                if "closed" in tale.marks and tale.since <= due_at:
                    tale.marks |= {"judged", "in_time"}
                elif tale.since > due_at and self.low <= due_at < self.high:
                    tale.marks.add("judged")
            return tale
        tale.marks.add("open")
        tale.marks.add(ASIDE.get(State(state), state))
        if state in ASIDE and tale.since is not None:
            tale.days = (self.ends - _moment(tale.since)).days
        if state in RUNNING and due_at is not None and due_at < self.high:
            tale.marks.add("overdue")
            if due_at >= self.low:
                tale.marks.add("judged")
        return tale


def _listed(column: Any, ids: list[int]) -> Expression:
    """Rows of these issues, written out (see `ledger_rows.among`)."""
    found: Expression = column.in_(SQL(f"({', '.join(map(str, ids))})"))
    return found


def _as_kept(moment: datetime) -> Any:
    """A moment as this database gives it back."""
    return Issue.changed_at.db_value(moment) if isinstance(database.obj, SqliteDatabase) else moment


def _moment(kept: Any) -> datetime:
    found: datetime | None = Issue.changed_at.python_value(kept)
    assert found is not None
    return found
