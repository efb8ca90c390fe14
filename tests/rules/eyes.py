"""What somebody sees of a case, and other looks that the tests of dated scopes share."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

from dutydesk.models import AuditEntry, AuditValues
from dutydesk.rules import audit, ledger, permission, search
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.workcalendar import CHINA

TODAY = date(2026, 11, 24)
THE_DAY = date(2026, 12, 1)
SEES = (True, True, True, True)
SEES_NOT = (False, False, True, False)


class Eyes:
    """What somebody sees of a case on the day that it is: in the list, by search, in counts, and whether by an act."""

    def __init__(self, number: str) -> None:
        self.number = number

    def see(self, issue_id: int) -> tuple[bool, bool, bool, bool]:
        """In the list, by search, whether the count is that of the list, and by an act."""
        session = sign_on(self.number)
        listed = [row.key for row in ledger.after(session, "open", None, 50).rows]
        found = search.page(session, "旧家具", open_only=True, edge=None, forward=True, count=50)
        counted = ledger.count(session, "open") == len(listed) == len(set(listed))
        return issue_id in listed, issue_id in found, counted, permission.may(session, "read", issue_id)


def at(day: date) -> datetime:
    """Ten in the morning of a day."""
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=CHINA)


def new_act() -> str:
    """An act's id."""
    return str(uuid4())


def last_values() -> str:
    """The values of the last entry of the audit."""
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    return str(AuditValues.get(AuditValues.entry == entry.id).content)


def audited() -> None:
    """No chain has been broken."""
    assert [audit.verify(chain) for chain in audit.chains()] == [None] * len(audit.chains())
