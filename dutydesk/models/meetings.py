"""双周例会 and its kin: series, meetings, agendas, who came, minutes paragraph by paragraph, decisions, the story."""

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

from dutydesk.meeting_words import DecisionState, ItemKind, ItemState, MeetingKind, MeetingState, Presence
from dutydesk.models.audit import Act
from dutydesk.models.base import InstantField, Table
from dutydesk.models.issues import Issue
from dutydesk.models.organisation import Area, Subdistrict, TeamSeat, Unit
from dutydesk.models.staff import Staff
from dutydesk.vocabulary import AssigneeKind


class MeetingSeries(Table):
    """When and where an area meets: every so many weeks on a weekday (ISO, 1 is Monday) at `starts` (`14:00`).

    The weeks are counted from the one of `first_on`; `until` is its last day, open when null.
    """

    id = AutoField()
    area = ForeignKeyField(Area, backref="meeting_series")
    kind = EnumField(MeetingKind)
    weekday = IntegerField()
    every_weeks = IntegerField()
    starts = CharField(max_length=5)
    minutes = IntegerField()
    place = CharField()
    chair = ForeignKeyField(Staff, null=True, index=False)
    first_on = DateField()
    until = DateField(null=True)
    version = IntegerField(default=1)


class Meeting(Table):
    """One meeting. `planned_on` is the day that its series draws up, whatever day it was moved to since.

    `since` is where its agenda tells from; `content` is JSON, the minutes as they were signed, with their sha256.
    `joined_into` is the neighbour's meeting with which it was held (并会).
    """

    id = AutoField()
    area = ForeignKeyField(Area, backref="meetings", index=False)
    subdistrict = ForeignKeyField(Subdistrict, backref="+", index=False)
    series = ForeignKeyField(MeetingSeries, null=True, backref="meetings", index=False)
    kind = EnumField(MeetingKind)
    state = EnumField(MeetingState)
    title = CharField()
    planned_on = DateField()
    starts_at = InstantField()
    minutes = IntegerField()
    place = CharField()
    chair = ForeignKeyField(Staff, null=True, index=False)
    chair_name = CharField(default="")
    reason = TextField(default="")
    joined_into = ForeignKeyField("self", null=True, backref="joined")
    since = InstantField(null=True)
    drafted_at = InstantField(null=True)
    began_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    signed_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
    signed_at = InstantField(null=True)
    content = TextField(default="")
    hash = CharField(default="")
    version = IntegerField(default=1)

    class Meta:
        """Those of an area in time and by state; a day of a series once."""

        indexes = (
            (("area", "starts_at"), False),
            (("area", "state", "starts_at"), False),
            (("series", "planned_on"), True),
        )


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
