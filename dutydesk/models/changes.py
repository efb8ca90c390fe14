"""What each act on a case replaced: enough to restore it, and to say what has changed since somebody read it."""

from __future__ import annotations

from peewee import BigAutoField, ForeignKeyField, IntegerField, TextField

from dutydesk.models.audit import Act
from dutydesk.models.base import Table
from dutydesk.models.issues import Issue
from dutydesk.models.staff import Staff


class ActChange(Table):
    """One act's effect on one case. `version` is the case's after it; `undone_by` is the act that took it back.

    `before` is JSON (see `rules/before.py`): values of columns, deadlines in force, requests as they stood. The
    audit is the record for good; rows of this table are of use for a day and may be deleted.
    """

    id = BigAutoField()
    act = ForeignKeyField(Act, backref="changes")
    issue = ForeignKeyField(Issue, backref="changes", index=False)
    staff = ForeignKeyField(Staff, null=True, index=False)
    version = IntegerField()
    before = TextField()
    undone_by = ForeignKeyField(Act, null=True, backref="+", index=False)

    class Meta:
        """What somebody did last; what has happened to a case since a version."""

        indexes = ((("staff", "id"), False), (("issue", "version"), False))
