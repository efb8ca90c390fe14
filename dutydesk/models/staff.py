"""People of the desk: staff, the roles they hold with scope and dates, postings, shifts, visits to the desk."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, DateField, ForeignKeyField
from playhouse.fields import EnumField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.organisation import Area, Department, Subdistrict, Unit
from dutydesk.vocabulary import Force, Role


class Staff(Table):
    """A member of staff; the number signs on."""

    id = AutoField()
    number = CharField(unique=True)
    name = CharField()
    phone = CharField(default="")
    department = ForeignKeyField(Department, null=True, backref="staff")
    active = BooleanField(default=True)


class RoleGrant(Table):
    """A role with its scope, from a day to a day. Only the columns that the role's scope needs are filled."""

    id = AutoField()
    staff = ForeignKeyField(Staff, backref="grants")
    role = EnumField(Role)
    subdistrict = ForeignKeyField(Subdistrict, null=True)
    area = ForeignKeyField(Area, null=True)
    unit = ForeignKeyField(Unit, null=True)
    department = ForeignKeyField(Department, null=True)
    force = EnumField(Force, null=True)
    valid_from = DateField()
    valid_to = DateField(null=True)

    class Meta:
        """Who holds a role is asked at each sign-on."""

        indexes = ((("role", "area"), False),)


class Posting(Table):
    """下沉力量: somebody posted down from a department to an area, from a day to a day."""

    id = AutoField()
    staff = ForeignKeyField(Staff, backref="postings")
    area = ForeignKeyField(Area, backref="postings")
    department = ForeignKeyField(Department, null=True)
    line = CharField(default="")
    valid_from = DateField()
    valid_to = DateField(null=True)


class Shift(Table):
    """Who is on duty in an area, from when to when (值班)."""

    id = AutoField()
    area = ForeignKeyField(Area, backref="shifts")
    staff = ForeignKeyField(Staff, backref="shifts")
    name = CharField()
    starts_at = InstantField()
    ends_at = InstantField()

    class Meta:
        """Found by area and day."""

        indexes = ((("area", "starts_at"), False),)


class DeskVisit(Table):
    """When somebody was last at the desk: since then is what 今日 calls new."""

    staff = ForeignKeyField(Staff, primary_key=True)
    last_seen_at = InstantField()
    previous_seen_at = InstantField(null=True)
