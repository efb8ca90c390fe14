"""How a case stood before an act: taken as the act begins, kept when it is done, put back when it is undone.

Columns, the deadlines in force, and what was asked of the chief. Steps, numbers and audit entries are no part of it:
nothing that was told is ever taken back.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from dutydesk.models import ActChange, Deadline, Issue, Request
from dutydesk.rules.acts import Acting
from dutydesk.vocabulary import RequestState, Word

# Columns of a case that acts change; they are compared, written to the audit and restored.
WATCHED = tuple(
    name
    for name in Issue._meta.sorted_field_names
    if name not in ("id", "year", "serial", "changed_at", "version", "reported_at")
)
_ANSWER = ("state", "decided_by", "decided_at", "decision")


def values_of(issue: Issue) -> dict[str, Any]:
    """The watched columns of an issue as plain values."""
    return {name: issue.__data__.get(name) for name in WATCHED}


def plain(model: type[Any], name: str, value: Any) -> Any:
    """A column's value as JSON keeps it; `restored` reads it back."""
    if isinstance(value, Word):
        return value.value
    if isinstance(value, datetime):
        return model._meta.fields[name].db_value(value)
    return value.isoformat() if isinstance(value, date) else value


def restored(model: type[Any], name: str, value: Any) -> Any:
    """The column's value that JSON kept."""
    return model._meta.fields[name].python_value(value)


class Before:
    """A case as it stands now, before an act changes it."""

    def __init__(self, issue: Issue) -> None:
        """Take it down."""
        self.values = values_of(issue)
        self.deadlines = _in_force(issue)
        self.requests = _asked(issue)

    def changed(self, issue: Issue) -> list[str]:
        """The columns that differ now, in order."""
        now = values_of(issue)
        return sorted(name for name in now if now[name] != self.values[name])

    def keep(self, acting: Acting, issue: Issue) -> None:
        """Write what the act replaced; the issue has its new version already."""
        kept: dict[str, Any] = {
            "columns": {name: plain(Issue, name, self.values[name]) for name in self.changed(issue)}
        }
        if _in_force(issue) != self.deadlines:
            kept["deadlines"] = self.deadlines
        requests = _asked(issue)
        if requests != self.requests:
            answers = {key: was for key, was in self.requests.items() if requests[key] != was}
            kept |= {"requests": answers, "asked": [key for key in requests if key not in self.requests]}
        ActChange.insert(
            act=acting.row.id,
            issue=issue.id,
            staff=acting.row.staff_id,
            version=issue.version,
            before=json.dumps(kept, ensure_ascii=False),
        ).execute()

    def tell(self, acting: Acting, issue: Issue, more: dict[str, Any]) -> None:
        """Write to the audit what differs now, with `more` that the act has to say."""
        changed = self.changed(issue)
        acting.changed(
            issue.number,
            {name: plain(Issue, name, self.values[name]) for name in changed},
            {name: plain(Issue, name, issue.__data__.get(name)) for name in changed} | more,
        )


def _in_force(issue: Issue) -> list[int]:
    counts = (Deadline.issue == issue.id) & (Deadline.current == True)  # noqa: E712
    rows: Any = Deadline.select(Deadline.id).where(counts).tuples()
    return sorted(row_id for (row_id,) in rows)


def _asked(issue: Issue) -> dict[str, dict[str, Any]]:
    return {
        str(row.id): {name: plain(Request, name, row.__data__.get(name)) for name in _ANSWER}
        for row in Request.select().where(Request.issue == issue.id)
    }


def columns_back(issue: Issue, before: str) -> None:
    """Give a case the columns that `Before.keep` wrote down; the caller saves it."""
    for name, value in json.loads(before)["columns"].items():
        setattr(issue, name, restored(Issue, name, value))


def area_follows(issue: Issue) -> None:
    """What is asked of a chief and what was promised on a case is found by area: it goes with the case."""
    from dutydesk.models import Promise

    asked = (Request.issue == issue.id) & (Request.state == RequestState.PENDING)
    Request.update(area=issue.area_id).where(asked).execute()
    Promise.update(area=issue.area_id).where(Promise.issue == issue.id).execute()


def put_back(issue: Issue, before: str) -> None:
    """Give a case all that `Before.keep` wrote down; the caller saves it.

    Deadlines that came in between go out of force, those from before count again. Requests stand as they did; those
    that were made in between are withdrawn.
    """
    columns_back(issue, before)
    kept = json.loads(before)
    if "area" in kept["columns"]:
        area_follows(issue)
    if "deadlines" in kept:
        Deadline.update(current=False).where(Deadline.issue == issue.id).execute()
        Deadline.update(current=True).where(Deadline.id.in_(kept["deadlines"])).execute()
    for key, answer in kept.get("requests", {}).items():
        values = {name: restored(Request, name, value) for name, value in answer.items()}
        Request.update(values).where(Request.id == int(key)).execute()
    Request.update(state=RequestState.WITHDRAWN, decision="申请已撤销").where(
        Request.id.in_([int(key) for key in kept.get("asked", [])]), Request.state == RequestState.PENDING
    ).execute()
