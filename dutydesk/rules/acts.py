"""One write: one transaction that takes the act's id, lets the rule check and change, and writes the audit entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dutydesk.models import Act, Draft, Staff
from dutydesk.models.connection import make_sure, take_turn, write_transaction
from dutydesk.rules import audit
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.organisation import in_service
from dutydesk.session import Session

# Acts on cases and letters lock these (`steps.fresh`) and go side by side. Others look first and write then: one at a time of
# each kind, and all that says who is where and may what is one kind.
_SIDE_BY_SIDE = {"issue", "issues", "bulk", "letter"}
_KIND = dict.fromkeys(("tree", "seat", "posting", "role", "staff"), "people")


@dataclass
class Acting:
    """What a rule writes on while its act runs."""

    row: Act
    at: datetime
    changes: list[dict[str, Any]] = field(default_factory=list)
    chain: str = audit.DISTRICT
    subject: str = ""

    def about(
        self, subject: str, subject_id: int | None, name: str, subdistrict_id: int | None = None
    ) -> None:
        """Say what the act is about; the first subject is what a repeated try answers with."""
        if not self.row.subject:
            Act.update(subject=subject, subject_id=subject_id).where(Act.id == self.row.id).execute()
            self.row.subject = subject
            self.subject = f"{subject} {name}"
            self.chain = audit.chain_of(subdistrict_id)

    def changed(self, what: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """Remember values before and after for the audit."""
        self.changes.append({"what": what, "before": before, "after": after})


@contextmanager
def act(session: Session, act_id: str, name: str) -> Iterator[Acting]:
    """Run one act in one transaction, or nothing of it; the draft that it was typed in goes with it.

    Raises AlreadyDone when this act is in the database already (its outcome was unknown to the caller), Refused
    when its id is that of another one, NotAllowed where the doer has left since signing on.
    """
    try:
        with write_transaction():
            row = _begun(session, act_id, name)
            kind = name.split(".")[0]
            if kind not in _SIDE_BY_SIDE:
                take_turn(_KIND.get(kind, kind))
            gone: Any = ~in_service(session.day)
            if session.staff_id and Staff.select().where(Staff.id == session.staff_id, gone).exists():
                raise NotAllowed(f"{session.name}已离岗，不能再办理。")
            acting = Acting(row, row.at)
            yield acting
            Draft.delete().where(Draft.id == act_id).execute()
            audit.append(row, session.number, acting.chain, acting.subject, acting.changes)
    except AlreadyDone:
        make_sure()
        raise


def _begun(session: Session, act_id: str, name: str) -> Act:
    """The act's row; its first try may be under way still on a line that was lost, and is waited for.

    Raises AlreadyDone, or Refused when the id is that of another one.
    """
    role = session.main.role.value if session.main else ""
    row = Act(
        id=act_id,
        name=name,
        staff=session.staff_id,
        role=role,
        came_from=session.came_from,
        at=datetime.now(UTC),
        subject="",
    )
    if Act.insert(row.__data__).on_conflict_ignore().as_rowcount().execute():
        return row
    done = Act.get_by_id(act_id)
    if (done.name, done.staff_id) != (name, session.staff_id):
        raise Refused("这次操作的编号已被另一次操作用过，没有保存。请返回重新打开再做。")
    raise AlreadyDone(done.subject, done.subject_id)
