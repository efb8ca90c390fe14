"""Acts with ids of their own, and the append-only chain that tells who did what."""

from __future__ import annotations

from peewee import BigAutoField, CharField, ForeignKeyField, IntegerField, TextField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.staff import Staff


class Act(Table):
    """One write. The id is a UUID made when its form opened: the same act never happens twice."""

    id = CharField(max_length=36, primary_key=True)
    name = CharField()
    staff = ForeignKeyField(Staff, null=True, index=False)
    role = CharField(default="")
    came_from = CharField(default="")
    at = InstantField()
    subject = CharField(default="")
    subject_id = IntegerField(null=True)


class AuditHead(Table):
    """The end of a chain: one for each subdistrict, one for the district. Its row is locked last in an act."""

    chain = CharField(primary_key=True)
    sequence = IntegerField(default=0)
    hash = CharField(default="")


class AuditEntry(Table):
    """One link: who, when, from where, which act, on what, and the digest of the values."""

    id = BigAutoField()
    chain = CharField()
    sequence = IntegerField()
    act = CharField(index=True)
    at = InstantField()
    staff_number = CharField()
    came_from = CharField(default="")
    name = CharField()
    subject = CharField(default="")
    digest = CharField()
    previous = CharField()
    hash = CharField()

    class Meta:
        """A link has one place; the audit is read by moment, person, act and case, the newest first."""

        indexes = (
            (("chain", "sequence"), True),
            (("at", "id"), False),
            (("staff_number", "at", "id"), False),
            (("name", "at", "id"), False),
            (("subject", "at", "id"), False),
        )


class AuditValues(Table):
    """The values behind an entry's digest, with their salt; retention may delete them, the chain stays whole."""

    entry = ForeignKeyField(AuditEntry, primary_key=True)
    salt = CharField()
    content = TextField()
