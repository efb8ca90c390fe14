"""What an office sets for itself: categories, time limits, settings, its working calendar."""

from __future__ import annotations

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    DateField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)
from playhouse.fields import EnumField

from dutydesk.models.base import Table
from dutydesk.models.organisation import Subdistrict
from dutydesk.vocabulary import Force, Phase, Urgency


class Category(Table):
    """A class of issue: group and name, the force that answers for it, who may assign it.

    `delegated`: the duty officer may assign without asking the chief. `spot_share`: the share of 当场解决
    that is looked at again, 0 to 1. `words`: words of a text that speak for this category, parted by blanks.
    """

    id = AutoField()
    code = CharField(unique=True)
    group_name = CharField()
    name = CharField()
    force = EnumField(Force)
    department_hint = CharField(default="")
    delegated = BooleanField(default=True)
    spot_share = FloatField(default=0.0)
    words = TextField(default="")
    active = BooleanField(default=True)


class TimeLimit(Table):
    """How long an office gives itself; a setting, never law. `unit` is work_hours, work_days or clock_hours.

    Null subdistrict is the district's default; the newest `valid_from` not after the day counts.
    """

    id = AutoField()
    subdistrict = ForeignKeyField(Subdistrict, null=True)
    category = ForeignKeyField(Category, backref="limits")
    urgency = EnumField(Urgency)
    phase = EnumField(Phase)
    amount = IntegerField()
    unit = CharField()
    modelled_on = TextField(default="")
    valid_from = DateField()
    set_by = CharField(default="")


class OfficeSetting(Table):
    """One setting from one day on; `value` is JSON. Null subdistrict is the district's default."""

    id = AutoField()
    subdistrict = ForeignKeyField(Subdistrict, null=True)
    key = CharField()
    value = TextField()
    valid_from = DateField()
    set_by = CharField(default="")

    class Meta:
        """Read by key."""

        indexes = ((("key", "valid_from"), False),)


class SpecialDay(Table):
    """A day on which the office works or not, whatever the weekday: its own table for years unknown to us."""

    day = DateField(primary_key=True)
    working = BooleanField()
    name = CharField(default="")
