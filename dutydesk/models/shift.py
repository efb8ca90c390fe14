"""The shift: a month's roster, swaps of duties, the page of a handover, and what was promised to those who reported."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, CharField, ForeignKeyField, IntegerField, TextField
from playhouse.fields import EnumField

from dutydesk.models.audit import Act
from dutydesk.models.base import InstantField, Table
from dutydesk.models.issues import Issue
from dutydesk.models.organisation import Area
from dutydesk.models.staff import Shift, Staff
from dutydesk.vocabulary import RosterState, SwapState

__all__ = ["DutyRoster", "Handover", "HandoverNote", "Promise", "Shift", "ShiftSwap"]


class DutyRoster(Table):
    """值班表 of an area for a month (`2026-12`). `pattern` and `lines` are JSON: what it was drafted from, and who when.

    Only publishing makes rows of `Shift`; from then on those are what holds.
    """

    id = AutoField()
    area = ForeignKeyField(Area, backref="rosters", index=False)
    month = CharField(max_length=7)
    state = EnumField(RosterState)
    pattern = TextField()
    lines = TextField()
    drafted_by = ForeignKeyField(Staff, null=True, index=False)
    drafted_at = InstantField()
    published_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
    published_at = InstantField(null=True)
    version = IntegerField(default=1)

    class Meta:
        """One roster a month."""

        indexes = ((("area", "month"), True),)


class ShiftSwap(Table):
    """换班: somebody's duty for another's, or (`other` null) taken over by a colleague; agreed by both and the chief."""

    id = AutoField()
    area = ForeignKeyField(Area, index=False)
    shift = ForeignKeyField(Shift, backref="swaps")
    other = ForeignKeyField(Shift, null=True, backref="+")
    asked_by = ForeignKeyField(Staff, index=False)
    asked_of = ForeignKeyField(Staff, backref="+", index=False)
    reason = TextField(default="")
    state = EnumField(SwapState)
    asked_at = InstantField()
    answered_at = InstantField(null=True)
    decided_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
    decided_at = InstantField(null=True)
    decision = TextField(default="")

    class Meta:
        """What waits for the chief of an area, and for a colleague."""

        indexes = ((("area", "state"), False), (("asked_of", "state"), False))


class Handover(Table):
    """交接班: the page as the outgoing signed it. `content` is JSON and never changes; `hash` stands in the audit chain too.

    From `since` to `until` is what it tells of; `incoming` is who is to sign, then who has.
    """

    id = AutoField()
    area = ForeignKeyField(Area, index=False)
    shift = ForeignKeyField(Shift, null=True, backref="handovers")
    shift_name = CharField(default="")
    since = InstantField()
    until = InstantField()
    next_until = InstantField()
    outgoing = ForeignKeyField(Staff, backref="handed_over")
    incoming = ForeignKeyField(Staff, null=True, backref="+", index=False)
    content = TextField()
    hash = CharField()
    act = ForeignKeyField(Act, backref="+", index=False)
    signed_in_at = InstantField(null=True)
    remark = TextField(default="")

    class Meta:
        """The pages of an area, the latest last; what waits for somebody's signature."""

        indexes = ((("area", "id"), False), (("incoming", "signed_in_at"), False))


class HandoverNote(Table):
    """What was added to a signed page afterwards: the page itself stays as it was signed."""

    id = AutoField()
    handover = ForeignKeyField(Handover, backref="notes")
    staff = ForeignKeyField(Staff, index=False)
    staff_name = CharField()
    text = TextField()
    at = InstantField()


class Promise(Table):
    """What was promised to the one who raised a case, and until when; kept when that person is told again."""

    id = BigAutoField()
    issue = ForeignKeyField(Issue, backref="promises")
    area = ForeignKeyField(Area, index=False)
    act = ForeignKeyField(Act, backref="+", index=False)
    text = TextField()
    due_at = InstantField(null=True)
    made_by = ForeignKeyField(Staff, null=True, index=False)
    made_at = InstantField()
    kept_at = InstantField(null=True)

    class Meta:
        """What is still owed in an area."""

        indexes = ((("area", "kept_at", "due_at"), False),)
