"""What scripts read: the ledger and the staff as plain records, without personal data of residents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from peewee import fn

from dutydesk.models import Category, Issue, IssueStep, Staff, Unit
from dutydesk.rules import permission
from dutydesk.rules.organisation import today
from dutydesk.rules.signing_on import grants_of
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Role

_AT_A_TIME = 1000


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def issues(session: Session | None = None) -> Iterator[dict[str, Any]]:
    """Every case (in the session's scope, when there is one) in order of its number, a stretch at a time.

    Raises NotAllowed, with the first record asked for, unless the session may export.
    """
    if session:
        permission.require(session, "export")
    last = 0
    while True:
        query = (
            Issue.select(Issue, Category, Unit)
            .join(Category)
            .switch(Issue)
            .join(Unit)
            .where(Issue.id > last)
            .order_by(Issue.id)
            .limit(_AT_A_TIME)
        )
        rows = list(permission.narrow(query, session) if session else query)
        if not rows:
            return
        ids = [row.id for row in rows]
        counted: Any = (
            IssueStep.select(IssueStep.issue, fn.COUNT(IssueStep.id))
            .where(IssueStep.issue.in_(ids))
            .group_by(IssueStep.issue)
        )
        steps: dict[int, int] = dict(counted.tuples())
        for row in rows:
            yield {
                "number": row.number,
                "state": row.state.value,
                "category": row.category.code,
                "category_name": row.category.name,
                "unit": row.unit.code,
                "unit_name": row.unit.name,
                "summary": mask_phones_in(row.summary),
                "urgency": row.urgency.value,
                "source": row.source.value,
                "opened": _iso(row.opened_at),
                "due": _iso(row.due_at),
                "closed": _iso(row.closed_at),
                "level": row.level.value if row.level else None,
                "version": row.version,
                "steps": steps.get(row.id, 0),
            }
        last = ids[-1]


def staff(role: Role | None = None) -> Iterator[dict[str, Any]]:
    """Active staff who hold a role today (this role, when given): number, name, role, scope; one record a role."""
    for person in Staff.select().where(Staff.active).order_by(Staff.number):
        for grant in grants_of(person.id, today()):
            if role is None or grant.role is role:
                yield {
                    "number": person.number,
                    "name": person.name,
                    "role": grant.role.value,
                    "scope": grant.place,
                }
