"""People of the desk: staff, the roles they hold with scope and dates, shifts, visits to the desk."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField
from playhouse.fields import EnumField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.organisation import Area, Department, Subdistrict, TeamSeat, Unit
from dutydesk.vocabulary import Force, Role


class Staff(Table):
    """A member of staff; the number signs on. `left_on` is the last day; `subdistrict` is null for the district's own."""

    id = AutoField()
    number = CharField(unique=True)
    name = CharField()
    phone = CharField(default="")
    title = CharField(default="")
    subdistrict = ForeignKeyField(Subdistrict, null=True, backref="staff", index=False)
    department = ForeignKeyField(Department, null=True, backref="staff", index=False)
    active = BooleanField(default=True)
    left_on = DateField(null=True)

    class Meta:
        """Rosters of a subdistrict and of a department, by number."""

        indexes = ((("subdistrict", "number"), False), (("department", "number"), False))


class RoleGrant(Table):
    """A role with its scope, from a day to a day. Only the columns that the role's scope needs are filled.

    `seat` is the seat that the role hangs on and ends with; `stands_in_for_id` is whom its
    holder stands in for (代理): the holder's own id where that is nobody, or nobody with an account.
    """

    id = AutoField()
    staff = ForeignKeyField(Staff, backref="grants")
    role = EnumField(Role)
    seat = ForeignKeyField(TeamSeat, null=True, backref="grants")
    stands_in_for_id = IntegerField(null=True)
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
