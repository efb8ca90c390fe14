"""The shift: rosters of a month, swaps, signed handovers with their additions, promises, first contact by its deadline."""

from peewee import *

from dutydesk.models.base import InstantField

TO_CONTACT = "(((is_open = true) AND (first_contact_due_at IS NOT NULL)) AND (first_contact_at IS NULL))"


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Area(Base):
        id = AutoField()

    class Staff(Base):
        id = AutoField()

    class Shift(Base):
        id = AutoField()

    class Issue(Base):
        id = BigAutoField()

    class Act(Base):
        id = CharField(max_length=36, primary_key=True)

    class DutyRoster(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+", index=False)
        month = CharField(max_length=7)
        state = CharField()
        pattern = TextField()
        lines = TextField()
        drafted_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        drafted_at = InstantField()
        published_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        published_at = InstantField(null=True)
        version = IntegerField()

        class Meta:
            indexes = ((("area", "month"), True),)

    class ShiftSwap(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+", index=False)
        shift = ForeignKeyField(Shift, backref="+")
        other = ForeignKeyField(Shift, null=True, backref="+")
        asked_by = ForeignKeyField(Staff, backref="+", index=False)
        asked_of = ForeignKeyField(Staff, backref="+", index=False)
        reason = TextField()
        state = CharField()
        asked_at = InstantField()
        answered_at = InstantField(null=True)
        decided_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        decided_at = InstantField(null=True)
        decision = TextField()

        class Meta:
            indexes = ((("area", "state"), False), (("asked_of", "state"), False))

    class Handover(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+", index=False)
        shift = ForeignKeyField(Shift, null=True, backref="+")
        shift_name = CharField()
        since = InstantField()
        until = InstantField()
        next_until = InstantField()
        outgoing = ForeignKeyField(Staff, backref="+")
        incoming = ForeignKeyField(Staff, null=True, backref="+", index=False)
        content = TextField()
        hash = CharField()
        act = ForeignKeyField(Act, backref="+", index=False)
        signed_in_at = InstantField(null=True)
        remark = TextField()

        class Meta:
            indexes = ((("area", "id"), False), (("incoming", "signed_in_at"), False))

    class HandoverNote(Base):
        id = AutoField()
        handover = ForeignKeyField(Handover, backref="+")
        staff = ForeignKeyField(Staff, backref="+", index=False)
        staff_name = CharField()
        text = TextField()
        at = InstantField()

    class Promise(Base):
        id = BigAutoField()
        issue = ForeignKeyField(Issue, backref="+")
        area = ForeignKeyField(Area, backref="+", index=False)
        act = ForeignKeyField(Act, backref="+", index=False)
        text = TextField()
        due_at = InstantField(null=True)
        made_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        made_at = InstantField()
        kept_at = InstantField(null=True)

        class Meta:
            indexes = ((("area", "kept_at", "due_at"), False),)

    db.create_tables([DutyRoster, ShiftSwap, Handover, HandoverNote, Promise])
    db.execute_sql(
        f"create index issue_contact_area on issue (area_id, first_contact_due_at, id) where {TO_CONTACT}"
    )
