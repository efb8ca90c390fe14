"""双周例会 and its kin: series and their meetings; what belongs to one meeting stands in `meeting_parts`."""

from __future__ import annotations

from peewee import AutoField, CharField, DateField, ForeignKeyField, IntegerField, TextField
from playhouse.fields import EnumField

from dutydesk.meeting_words import MeetingKind, MeetingState
from dutydesk.models.base import InstantField, Table
from dutydesk.models.organisation import Area, Subdistrict
from dutydesk.models.staff import Staff


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
