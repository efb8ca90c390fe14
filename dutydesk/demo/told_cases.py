"""Cases of the ledger as the demo's meetings and letters tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from dutydesk.demo.clock import minute_of
from dutydesk.demo.people import Team
from dutydesk.models import Issue
from dutydesk.models.issues import case_number
from dutydesk.vocabulary import Source, State

AT_MOST = 400  # of an area, the newest
_READ = (
    *("id", "year", "serial", "unit", "category", "state", "source", "summary", "is_open", "send_backs"),
    *("beyond_neighbourhood", "assignee_kind", "assignee_key", "assignee_name"),
    *("reported_at", "due_at", "closed_at"),
)


class Case(NamedTuple):
    """A case; times are minutes."""

    id: int
    number: str
    unit: int
    unit_name: str
    category: int
    state: State
    source: Source
    summary: str
    is_open: bool
    send_backs: int
    beyond: bool
    assignee_kind: Any
    assignee_key: str | None
    assignee_name: str
    reported: int
    due: int | None
    closed: int | None

    def open_at(self, minute: int) -> bool:
        """Whether it was open at a minute."""
        return self.reported < minute and (self.is_open or (self.closed or 0) > minute)


def cases_of(team: Team) -> Iterator[Case]:
    """The newest cases of an area, the oldest of them first."""
    names = dict(team.units)
    rows: Any = (
        Issue.select(*(getattr(Issue, name) for name in _READ))
        .where(Issue.area == team.id)
        .order_by(Issue.id.desc())
        .limit(AT_MOST)
        .tuples()
    )
    for key, year, serial, unit, *values, reported, due, closed in reversed(list(rows)):
        due, closed = (minute_of(at) if at is not None else None for at in (due, closed))
        number = case_number(year, serial)
        yield Case(key, number, unit, names[unit], *values, minute_of(reported), due, closed)
