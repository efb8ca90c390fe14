"""What belongs to a meeting: its agenda, who came, units' turns, minutes paragraph by paragraph, decisions, the story."""

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

from dutydesk.meeting_words import DecisionState, ItemKind, ItemState, Presence
from dutydesk.models.audit import Act
from dutydesk.models.base import InstantField, Table
from dutydesk.models.issues import Issue
from dutydesk.models.meetings import Meeting
from dutydesk.models.organisation import Area, TeamSeat, Unit
from dutydesk.models.staff import Staff
from dutydesk.vocabulary import AssigneeKind


class AgendaItem(Table):
    """An item of an agenda. `key` is by what the same matter is known again; `again`: so often it was put off before.

    `letter_id` and `decision_id` are what it stands there for; `merged_into` is the item that it is spoken of with.
    """

    id = AutoField()
    meeting = ForeignKeyField(Meeting, backref="items", index=False)
    position = IntegerField()
    state = EnumField(ItemState)
    kind = EnumField(ItemKind)
    weight = IntegerField()
    minutes = IntegerField()
    title = TextField()
    why = TextField()
    key = CharField()
    again = IntegerField(default=0)
    letter_id = IntegerField(null=True)
    decision_id = IntegerField(null=True)
    merged_into = ForeignKeyField("self", null=True, backref="merged", index=False)
    added_by = ForeignKeyField(Staff, null=True, index=False)
    outcome = TextField(default="")

    class Meta:
        """In the order of the agenda."""

        indexes = ((("meeting", "position"), False),)


class AgendaIssue(Table):
    """A case that an item is about."""

    id = AutoField()
    item = ForeignKeyField(AgendaItem, backref="issues", index=False)
    issue = ForeignKeyField(Issue, backref="agenda_items")

    class Meta:
        """Each once."""

        indexes = ((("item", "issue"), True),)


class Attendee(Table):
    """Somebody who should come, or a guest: a seat of 1+4+N, or a unit, or a name alone. `by_name` came instead."""

    id = AutoField()
    meeting = ForeignKeyField(Meeting, backref="attendees", index=False)
    seat = ForeignKeyField(TeamSeat, null=True, backref="+", index=False)
    unit = ForeignKeyField(Unit, null=True, backref="+", index=False)
    name = CharField()
    title = CharField(default="")
    guest = BooleanField(default=False)
    presence = EnumField(Presence)
    by_name = CharField(default="")
    reason = TextField(default="")
    noted_at = InstantField(null=True)

    class Meta:
        """Those of a meeting."""

        indexes = ((("meeting", "id"), False),)


class UnitTurn(Table):
    """A unit's word in its turn: a line that became a case, or (`issue` null) that there is nothing."""

    id = AutoField()
    meeting = ForeignKeyField(Meeting, backref="turns", index=False)
    unit = ForeignKeyField(Unit, backref="+", index=False)
    issue = ForeignKeyField(Issue, null=True, backref="+", index=False)
    text = TextField()
    noted_by = ForeignKeyField(Staff, null=True, index=False)
    at = InstantField()

    class Meta:
        """Those of a meeting."""

        indexes = ((("meeting", "unit"), False),)


class MinuteParagraph(Table):
    """A paragraph of minutes, its author's alone; `uid` is the screen's, so that saving twice writes one."""

    id = BigAutoField()
    uid = CharField(max_length=36, unique=True)
    meeting = ForeignKeyField(Meeting, backref="paragraphs", index=False)
    item = ForeignKeyField(AgendaItem, null=True, backref="+", index=False)
    author = ForeignKeyField(Staff, index=False)
    author_name = CharField()
    text = TextField()
    saved_at = InstantField()
    version = IntegerField(default=1)

    class Meta:
        """In the order in which they were begun."""

        indexes = ((("meeting", "id"), False),)


class MeetingDecision(Table):
    """What was decided: who does what by when. `who_key` is a force's value or an id, as an issue's assignee has it."""

    id = AutoField()
    meeting = ForeignKeyField(Meeting, backref="decisions", index=False)
    item = ForeignKeyField(AgendaItem, null=True, backref="decisions", index=False)
    area = ForeignKeyField(Area, backref="+", index=False)
    number = IntegerField()
    what = TextField()
    who_kind = EnumField(AssigneeKind, null=True)
    who_key = CharField(null=True)
    who_name = CharField()
    due_on = DateField()
    state = EnumField(DecisionState)
    act = ForeignKeyField(Act, backref="+", index=False)
    made_by = ForeignKeyField(Staff, null=True, index=False)
    made_at = InstantField()
    done_at = InstantField(null=True)
    done_text = TextField(default="")
    version = IntegerField(default=1)

    class Meta:
        """Those of a meeting; what is open in an area."""

        indexes = ((("meeting", "number"), True), (("area", "state", "due_on"), False))


class DecisionIssue(Table):
    """A case on which a decision was taken; `made`: it was entered because of it."""

    id = AutoField()
    decision = ForeignKeyField(MeetingDecision, backref="issues", index=False)
    issue = ForeignKeyField(Issue, backref="decisions")
    made = BooleanField(default=False)

    class Meta:
        """Each once."""

        indexes = ((("decision", "issue"), True),)


class MeetingStep(Table):
    """One line of a meeting's story, in the order of `id`; `add` is an addition to signed minutes."""

    id = BigAutoField()
    meeting = ForeignKeyField(Meeting, backref="steps")
    act = ForeignKeyField(Act, backref="+", index=False)
    name = CharField()
    from_state = CharField(default="")
    to_state = CharField()
    staff = ForeignKeyField(Staff, null=True, index=False)
    staff_name = CharField()
    text = TextField(default="")
    at = InstantField()
