"""The ledger (问题清单): an issue. What belongs to one is in `issue_parts`: lists read the issues alone."""

from __future__ import annotations

from peewee import (
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
from dutydesk.models.office import Category
from dutydesk.models.organisation import Area, Subdistrict, Unit
from dutydesk.models.staff import Staff
from dutydesk.vocabulary import (
    AssigneeKind,
    Force,
    Level,
    Source,
    State,
    Urgency,
)


class Counter(Table):
    """A serial number's last value; its row is locked inside the transaction that takes the next."""

    name = CharField(primary_key=True)
    value = IntegerField(default=0)


def case_number(year: int, serial: int) -> str:
    """The case number as everybody reads it: `2026-000123`."""
    return f"{year}-{serial:06d}"


class Issue(Table):
    """A case of the ledger. Subdistrict and area are those of the day it was registered.

    `is_open` is false in the three ends. `returns_to` is the state that a paused, pooled or merged one remembers.
    `assignee_key` is a force's value or the id of a unit, person, department or seat. `handled_by` said that it was
    done; `checked_by` looked on site and must be somebody else. `sample_due`: solved on the spot and drawn for a look
    afterwards (抽查). `version` counts the acts on it: an edit made on an older one is refused.
    """

    id = BigAutoField()
    year = IntegerField()
    serial = IntegerField()
    state = EnumField(State)
    is_open = BooleanField(default=True)
    returns_to = EnumField(State, null=True)
    merged_into = ForeignKeyField("self", null=True, backref="merged")
    subdistrict = ForeignKeyField(Subdistrict, backref="issues", index=False)
    area = ForeignKeyField(Area, backref="issues", index=False)
    unit = ForeignKeyField(Unit, backref="issues", index=False)
    spot = CharField(default="")
    category = ForeignKeyField(Category, backref="issues", index=False)
    urgency = EnumField(Urgency)
    source = EnumField(Source)
    source_number = CharField(default="", index=True)
    source_due_at = InstantField(null=True)
    force = EnumField(Force)
    summary = TextField()
    detail = TextField(default="")
    on_the_spot = TextField(default="")
    strongly_felt = BooleanField(default=False)
    beyond_neighbourhood = BooleanField(default=False)
    assignee_kind = EnumField(AssigneeKind, null=True)
    assignee_key = CharField(null=True)
    assignee_name = CharField(default="")
    handler = ForeignKeyField(Staff, null=True, backref="handling", index=False)
    handled_by = ForeignKeyField(Staff, null=True, backref="handled", index=False)
    checked_by = ForeignKeyField(Staff, null=True, backref="checked", index=False)
    outcome = TextField(default="")
    feedback_given = BooleanField(default=False)
    feedback_text = TextField(default="")
    satisfied = BooleanField(null=True)
    level = EnumField(Level, null=True)
    solved_on_spot = BooleanField(default=False)
    sample_due = BooleanField(default=False)
    sent_down = BooleanField(default=False)
    send_backs = IntegerField(default=0)
    reworks = IntegerField(default=0)
    urges = IntegerField(default=0)
    reported_at = InstantField()
    reported_by = ForeignKeyField(Staff, null=True, backref="reported", index=False)
    opened_at = InstantField(null=True)
    assigned_at = InstantField(null=True)
    first_contact_due_at = InstantField(null=True)
    first_contact_at = InstantField(null=True)
    due_at = InstantField(null=True)
    paused_at = InstantField(null=True)
    paused_until = DateField(null=True)
    look_again_on = DateField(null=True)
    closed_at = InstantField(null=True)
    changed_at = InstantField()
    version = IntegerField(default=1)

    class Meta:
        """The indexes of single lists stand in `issue_indexes`."""

        indexes = (
            (("year", "serial"), True),
            (("area", "state", "id"), False),
            (("subdistrict", "state", "id"), False),
            (("unit", "state", "id"), False),
            (("state", "id"), False),
            (("area", "changed_at", "id"), False),
        )

    @property
    def number(self) -> str:
        """The case number as everybody reads it: `2026-000123`."""
        return case_number(self.year, self.serial)
