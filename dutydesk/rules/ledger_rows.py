"""A line of the ledger: what is shown of a case, and in which words its time left is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from peewee import SQL, Expression

from dutydesk.models import Issue, Unit
from dutydesk.models.issues import case_number
from dutydesk.rules import deadlines, office
from dutydesk.rules.flags import flags_of
from dutydesk.rules.workcalendar import CHINA
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import RUNNING, State, Urgency

_SIGNED = 7  # columns of a day that leave room for a sign before it


class IssueRow(NamedTuple):
    """A line of the ledger; `key` is the case's id, `hits` the pieces of what was searched for, to mark them."""

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
    handler: str = ""  # by name, where that is what was searched for


_SHOWN = (
    *(Issue.id, Issue.year, Issue.serial, Issue.version, Issue.state, Issue.urgency, Issue.summary),
    *(Issue.due_at, Issue.paused_until, Issue.look_again_on, Issue.reported_at, Issue.assignee_name),
    *(Issue.strongly_felt, Issue.beyond_neighbourhood, Issue.send_backs, Issue.reworks, Issue.urges),
    *(Issue.sent_down, Issue.solved_on_spot, Issue.sample_due, Issue.satisfied, Issue.feedback_given),
)


_NAMES = (*(column.name for column in _SHOWN), "unit_name")


def rows_of(ids: Sequence[int], hits: tuple[str, ...] = ()) -> list[IssueRow]:
    """The lines for the issues with these ids, in their order; time left as of now."""
    if not ids:
        return []
    # rows as plain values: models of them take three times as long as the query
    query: Any = Issue.select(*_SHOWN, Unit.name).join(Unit).where(among(ids)).tuples()
    found = {row[0]: SimpleNamespace(**dict(zip(_NAMES, row, strict=True))) for row in query}
    now = datetime.now(UTC)
    days = office.calendar()
    return [_row(found[issue_id], now, days, hits) for issue_id in ids if issue_id in found]


def _row(issue: Any, now: datetime, days: Any, hits: tuple[str, ...]) -> IssueRow:
    left, overdue = "", False
    if issue.state in RUNNING and issue.due_at:
        left, overdue = deadlines.time_left(now, issue.due_at, days), deadlines.is_overdue(now, issue.due_at)
    elif issue.paused_until:
        left = _until("至", issue.paused_until, f"至{issue.paused_until:%m-%d}", now)
    elif issue.look_again_on:
        left = _until(
            "看", issue.look_again_on, f"再看{issue.look_again_on.month}/{issue.look_again_on.day}", now
        )
    elif issue.state is State.REPORTED:
        left = _age(issue.reported_at, now)
    return IssueRow(
        key=issue.id,
        number=case_number(issue.year, issue.serial),
        version=issue.version,
        state=issue.state,
        urgency=issue.urgency,
        left=left,
        overdue=overdue,
        place=issue.unit_name,
        summary=mask_phones_in(issue.summary),
        holder=issue.assignee_name,
        marks=flags_of(issue),
        closable=issue.state is State.FEEDBACK and issue.feedback_given,
        hits=hits,
    )


def _until(sign: str, day: date, said: str, now: datetime) -> str:
    """Until when a case is put off, as short as the column is: with its year where that is not this one."""
    if day.year == now.astimezone(CHINA).year:
        return said
    short = f"{day:%y}/{day.month}/{day.day}"
    return short if len(short) > _SIGNED else sign + short


def _age(since: datetime, now: datetime) -> str:
    hours = int((now - since).total_seconds() // 3600)
    return f"等{hours // 24}天" if hours >= 24 else f"等{hours}时" if hours else "刚到"


def among(ids: Sequence[int]) -> Expression:
    """Issues with these ids, written out: as values of a query a thousand of them take longer than their rows."""
    return Issue.id.in_(SQL(f"({', '.join(str(int(issue_id)) for issue_id in ids)})"))
