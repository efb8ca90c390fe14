"""What an office sets for itself: categories, time limits, duty lists, settings, its working calendar."""

from __future__ import annotations

from datetime import date

from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)
from playhouse.fields import EnumField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.organisation import Department, Subdistrict
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


class DutyItem(Table):
    """A line of the 权责清单: a department (or, when null, every 居委) answers for a category, on a basis.

    `number` is the clause's own; the line holds from a day to a day (`valid_to` is the last one, open when null).
    """

    id = AutoField()
    department = ForeignKeyField(Department, null=True, backref="duties")
    category = ForeignKeyField(Category, backref="duties")
    basis = TextField()
    number = CharField(default="")
    valid_from = DateField(default=date(2024, 1, 1))
    valid_to = DateField(null=True)


class DutyQuestion(Table):
    """Whose duty is it? A question about what is on nobody's list, collected until it is answered.

    `issue_id` is the case that raised it, where one did; `asked_by` and `answered_by` are names.
    """

    id = AutoField()
    subdistrict = ForeignKeyField(Subdistrict, null=True, backref="duty_questions")
    category = ForeignKeyField(Category, null=True, backref="questions")
    question = TextField()
    issue_id = BigIntegerField(null=True)
    asked_by = CharField()
    asked_at = InstantField()
    department = ForeignKeyField(Department, null=True, backref="+", index=False)
    answer = TextField(default="")
    answered_by = CharField(default="")
    answered_at = InstantField(null=True)


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
