"""The district and its parts, dated: who belongs where on a day."""

from __future__ import annotations

from datetime import date

from peewee import AutoField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TextField
from playhouse.fields import EnumField

from dutydesk.models.base import Table
from dutydesk.vocabulary import DepartmentKind, Force, SeatKind, UnitKind


class District(Table):
    """区."""

    id = AutoField()
    code = CharField(unique=True)
    name = CharField()


class Subdistrict(Table):
    """街镇."""

    id = AutoField()
    district = ForeignKeyField(District, backref="subdistricts")
    code = CharField(unique=True)
    name = CharField()
    short_name = CharField()


class Area(Table):
    """片区: the level this desk serves. `demo` marks a name that is no real one (演示).

    `merged_into` is the area that has taken over, from the day after `valid_to`.
    """

    id = AutoField()
    subdistrict = ForeignKeyField(Subdistrict, backref="areas")
    code = CharField(unique=True)
    name = CharField()
    demo = BooleanField(default=False)
    valid_from = DateField()
    valid_to = DateField(null=True)
    merged_into = ForeignKeyField("self", null=True, backref="taken_over")


class Unit(Table):
    """治理单元: a residential unit, affordable housing, a building or a park.

    Dissolved from the day after `valid_to`; `merged_into` is the unit that has taken over, where one has.
    """

    id = AutoField()
    subdistrict = ForeignKeyField(Subdistrict, backref="units")
    code = CharField(unique=True)
    name = CharField()
    kind = EnumField(UnitKind)
    valid_from = DateField(default=date(2024, 1, 1))
    valid_to = DateField(null=True)
    merged_into = ForeignKeyField("self", null=True, backref="taken_over")


class UnitNeighbour(Table):
    """Two units that lie beside each other, from a day to a day.

    Each pair stands twice, with the same days, so that either is asked by `unit` alone.
    """

    id = AutoField()
    unit = ForeignKeyField(Unit, backref="neighbours", index=False)
    neighbour = ForeignKeyField(Unit, backref="+", index=False)
    valid_from = DateField()
    valid_to = DateField(null=True)

    class Meta:
        """A pair begins once on a day."""

        indexes = ((("unit", "neighbour", "valid_from"), True),)


class UnitArea(Table):
    """The area to which a unit belongs, from a day to a day (`valid_to` is the last day, open when null)."""

    id = AutoField()
    unit = ForeignKeyField(Unit, backref="areas")
    area = ForeignKeyField(Area, backref="units")
    valid_from = DateField()
    valid_to = DateField(null=True)


class Department(Table):
    """条: an office, station, bureau or utility. `subdistrict` is null for those of the whole district."""

    id = AutoField()
    subdistrict = ForeignKeyField(Subdistrict, null=True, backref="departments")
    code = CharField(unique=True)
    name = CharField()
    kind = EnumField(DepartmentKind)
    parent_bureau = CharField(default="")


class TeamSeat(Table):
    """Somebody in a seat of an area's 1+4+N team, from a day to a day; the rows of before are the seat's history.

    A participant needs no account: `holder_name` is enough. `stands_in` is whoever sits there for the holder (代理).
    The one chief and the four forces are seats that an area has even while nobody sits there.
    """

    id = AutoField()
    area = ForeignKeyField(Area, backref="seats")
    kind = EnumField(SeatKind)
    force = EnumField(Force, null=True)
    title = CharField()
    holder_name = CharField()
    staff_id = IntegerField(null=True, index=True)
    stands_in = BooleanField(default=False)
    valid_from = DateField()
    valid_to = DateField(null=True)


class FindKey(Table):
    """A key under which a unit, person, department or category is found: its name, initials or full pinyin.

    One row for each character from which a name can be begun, so that finding is a range over an index.
    """

    id = AutoField()
    subject = CharField()
    subject_id = IntegerField()
    key = TextField()
    position = IntegerField()

    class Meta:
        """The index that finding walks."""

        indexes = ((("subject", "key"), False), (("subject", "subject_id"), False))
