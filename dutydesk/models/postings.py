"""Who of the subdistrict leads and sponsors what (处级领导包保), and who is posted down (下沉力量)."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, CharField, DateField, ForeignKeyField
from playhouse.fields import EnumField

from dutydesk.models.base import Table
from dutydesk.models.organisation import Area, Department, Subdistrict, Unit
from dutydesk.models.staff import Staff
from dutydesk.vocabulary import Attendance


class Leader(Table):
    """A subdistrict's or (null) the district's leader, from a day to a day; a chief should be one of the former."""

    id = AutoField()
    staff = ForeignKeyField(Staff, backref="leaderships")
    subdistrict = ForeignKeyField(Subdistrict, null=True, backref="leaders")
    title = CharField()
    valid_from = DateField()
    valid_to = DateField(null=True)


class Sponsorship(Table):
    """处级领导包保: who answers for an area, a unit or a project (one of the three), from a day to a day.

    `holder_name` and `title` are enough where the leader has no account.
    """

    id = AutoField()
    staff = ForeignKeyField(Staff, null=True, backref="sponsorships")
    holder_name = CharField()
    title = CharField(default="")
    subdistrict = ForeignKeyField(Subdistrict, null=True, backref="sponsorships")
    area = ForeignKeyField(Area, null=True, backref="sponsorships")
    unit = ForeignKeyField(Unit, null=True, backref="sponsorships")
    project = CharField(default="")
    valid_from = DateField()
    valid_to = DateField(null=True)


class Posting(Table):
    """下沉力量: somebody posted down from a department to an area, from a day to a day."""

    id = AutoField()
    staff = ForeignKeyField(Staff, backref="postings")
    area = ForeignKeyField(Area, backref="postings", index=False)
    department = ForeignKeyField(Department, null=True, index=False)
    line = CharField(default="")
    valid_from = DateField()
    valid_to = DateField(null=True)

    class Meta:
        """Those of a day are those that end on it or later: of an area, of a department, of all by area."""

        indexes = (
            (("area", "valid_to", "id"), False),
            (("department", "valid_to", "id"), False),
            (("valid_to", "area"), False),
        )


class PostingDay(Table):
    """How somebody posted down was there on a day, marked once for each day."""

    id = BigAutoField()
    posting = ForeignKeyField(Posting, backref="days", index=False)
    day = DateField()
    attendance = EnumField(Attendance)
    note = CharField(default="")

    class Meta:
        """Once for each day."""

        indexes = ((("posting", "day"), True),)
