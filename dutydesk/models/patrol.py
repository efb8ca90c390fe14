"""The daily patrol: routes, their checkpoints, and each day's walk."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigAutoField,
    BooleanField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    TextField,
)
from playhouse.fields import EnumField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.issues import Issue
from dutydesk.models.office import Category
from dutydesk.models.organisation import Area, Unit
from dutydesk.models.staff import Staff
from dutydesk.vocabulary import Force, Mark, PatrolKind


class Route(Table):
    """An ordered list of checkpoints. `partners`: forces and departments that walk a joint patrol, parted by 、."""

    id = AutoField()
    area = ForeignKeyField(Area, backref="routes")
    name = CharField()
    kind = EnumField(PatrolKind)
    partners = TextField(default="")
    valid_from = DateField()
    valid_to = DateField(null=True)


class Checkpoint(Table):
    """Where to stop, what to look at, by which standard.

    `weekdays` holds ISO days, `12345` for Monday to Friday; `abnormal` is what 异常 usually means here.
    """

    id = AutoField()
    route = ForeignKeyField(Route, backref="checkpoints")
    position = IntegerField()
    unit = ForeignKeyField(Unit, index=False)
    place = CharField()
    look_at = CharField()
    standard = TextField()
    abnormal = CharField(default="")
    force = EnumField(Force)
    category = ForeignKeyField(Category, index=False)
    weekdays = CharField(default="1234567")
    valid_from = DateField()
    valid_to = DateField(null=True)


class Patrol(Table):
    """One day's walk of one route. `backfilled`: walked with paper and entered afterwards (补录), for ever."""

    id = AutoField()
    route = ForeignKeyField(Route, backref="patrols", index=False)
    area = ForeignKeyField(Area, index=False)
    day = DateField()
    kind = EnumField(PatrolKind)
    partners = TextField(default="")
    started_at = InstantField(null=True)
    walked_at = InstantField(null=True)
    finished_at = InstantField(null=True)
    finished_by = ForeignKeyField(Staff, null=True, index=False)
    backfilled = BooleanField(default=False)
    rest_reason = TextField(default="")
    version = IntegerField(default=1)

    class Meta:
        """One walk of a route a day; unfinished ones are looked for by area."""

        indexes = ((("route", "day"), True), (("area", "day"), False), (("area", "finished_at"), False))


class PatrolCheck(Table):
    """A checkpoint of one day's patrol, with its texts as they were that day, and its mark."""

    id = BigAutoField()
    patrol = ForeignKeyField(Patrol, backref="checks")
    checkpoint = ForeignKeyField(Checkpoint, index=False)
    position = IntegerField()
    unit = ForeignKeyField(Unit, index=False)
    place = CharField()
    look_at = CharField()
    standard = TextField()
    abnormal = CharField(default="")
    force = EnumField(Force)
    category = ForeignKeyField(Category, index=False)
    mark = EnumField(Mark)
    reason = TextField(default="")
    issue = ForeignKeyField(Issue, null=True, backref="patrol_checks")
    marked_at = InstantField(null=True)
    marked_by = ForeignKeyField(Staff, null=True, index=False)
    backfilled = BooleanField(default=False)
