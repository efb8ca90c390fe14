"""权责清单: what each department and 居委 answers for, and what is on nobody's list."""

from __future__ import annotations

from datetime import date

from peewee import (
    AutoField,
    BigIntegerField,
    CharField,
    DateField,
    ForeignKeyField,
    TextField,
)

from dutydesk.models.base import InstantField, Table
from dutydesk.models.office import Category
from dutydesk.models.organisation import Department, Subdistrict


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
