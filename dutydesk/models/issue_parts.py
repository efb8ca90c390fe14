"""What belongs to an issue: who raised it, its story step by step, its deadlines, what waits on it, 代录."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigAutoField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    TextField,
)
from playhouse.fields import EnumField

from dutydesk.models.audit import Act
from dutydesk.models.base import InstantField, Table
from dutydesk.models.issues import Issue
from dutydesk.models.office import TimeLimit
from dutydesk.models.organisation import Area, Department
from dutydesk.models.staff import Staff
from dutydesk.vocabulary import Means, Phase, ProxyState, RequestKind, RequestState, State


class Reporter(Table):
    """Who raised an issue: personal data, kept apart so that it can go while the case stays."""

    issue = ForeignKeyField(Issue, primary_key=True, backref="reporters")
    name = CharField(default="")
    phone = CharField(default="", index=True)
    address = CharField(default="")


class IssueStep(Table):
    """One step of an issue's story; the order is that of `id`, never of the clock.

    `details` is JSON: what the act demanded (basis, reason, end date, who took part, evidence …).
    """

    id = BigAutoField()
    issue = ForeignKeyField(Issue, backref="steps")
    act = ForeignKeyField(Act, null=True, backref="steps")
    name = CharField()
    from_state = EnumField(State, null=True)
    to_state = EnumField(State)
    staff = ForeignKeyField(Staff, null=True, index=False)
    staff_name = CharField()
    role = CharField(default="")
    text = TextField(default="")
    details = TextField(default="{}")
    occurred_at = InstantField()
    recorded_at = InstantField()


class Deadline(Table):
    """A deadline with all that it was made from: a later change of settings never moves it."""

    id = BigAutoField()
    issue = ForeignKeyField(Issue, backref="deadlines")
    phase = EnumField(Phase)
    started_at = InstantField()
    amount = IntegerField(null=True)
    unit = CharField(default="")
    limit = ForeignKeyField(TimeLimit, null=True, index=False)
    hours = CharField(default="")
    due_at = InstantField()
    explanation = TextField()
    current = BooleanField(default=True)


class Request(Table):
    """Something asked of the chief (待我定); `details` is JSON with what is asked for."""

    id = AutoField()
    issue = ForeignKeyField(Issue, backref="requests")
    area = ForeignKeyField(Area, index=False)
    kind = EnumField(RequestKind)
    state = EnumField(RequestState)
    reason = TextField()
    details = TextField(default="{}")
    asked_by = ForeignKeyField(Staff, index=False)
    asked_at = InstantField()
    decided_by = ForeignKeyField(Staff, null=True, index=False)
    decided_at = InstantField(null=True)
    decision = TextField(default="")

    class Meta:
        """What waits in an area."""

        indexes = ((("area", "state"), False),)


class ProxyEntry(Table):
    """代录: what somebody told by word, telephone or paper, entered by another; confirmed later or objected to."""

    id = AutoField()
    step = ForeignKeyField(IssueStep, backref="proxies")
    issue = ForeignKeyField(Issue, backref="proxies")
    staff = ForeignKeyField(Staff, null=True, backref="spoken_for")
    department = ForeignKeyField(Department, null=True)
    person_name = CharField()
    means = EnumField(Means)
    told_at = InstantField()
    entered_by = ForeignKeyField(Staff, index=False)
    state = EnumField(ProxyState)
    answered_at = InstantField(null=True)
    objection = TextField(default="")
