"""双周例会: series, meetings, agenda items with their cases, attendance, unit turns, minutes, decisions, the story."""

from peewee import *

from dutydesk.models.base import InstantField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Area(Base):
        id = AutoField()

    class Subdistrict(Base):
        id = AutoField()

    class TeamSeat(Base):
        id = AutoField()

    class Unit(Base):
        id = AutoField()

    class Staff(Base):
        id = AutoField()

    class Issue(Base):
        id = BigAutoField()

    class Act(Base):
        id = CharField(max_length=36, primary_key=True)

    class MeetingSeries(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+")
        kind = CharField()
        weekday = IntegerField()
        every_weeks = IntegerField()
        starts = CharField(max_length=5)
        minutes = IntegerField()
        place = CharField()
        chair = ForeignKeyField(Staff, null=True, backref="+", index=False)
        first_on = DateField()
        until = DateField(null=True)
        version = IntegerField()

    class Meeting(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+", index=False)
        subdistrict = ForeignKeyField(Subdistrict, backref="+", index=False)
        series = ForeignKeyField(MeetingSeries, null=True, backref="+", index=False)
        kind = CharField()
        state = CharField()
        title = CharField()
        planned_on = DateField()
        starts_at = InstantField()
        minutes = IntegerField()
        place = CharField()
        chair = ForeignKeyField(Staff, null=True, backref="+", index=False)
        chair_name = CharField()
        reason = TextField()
        joined_into = ForeignKeyField("self", null=True, backref="+")
        since = InstantField(null=True)
        drafted_at = InstantField(null=True)
        began_at = InstantField(null=True)
        ended_at = InstantField(null=True)
        signed_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        signed_at = InstantField(null=True)
        content = TextField()
        hash = CharField()
        version = IntegerField()

        class Meta:
            indexes = (
                (("area", "starts_at"), False),
                (("area", "state", "starts_at"), False),
                (("series", "planned_on"), True),
            )

    class AgendaItem(Base):
        id = AutoField()
        meeting = ForeignKeyField(Meeting, backref="+", index=False)
        position = IntegerField()
        state = CharField()
        kind = CharField()
        weight = IntegerField()
        minutes = IntegerField()
        title = TextField()
        why = TextField()
        key = CharField()
        again = IntegerField()
        letter_id = IntegerField(null=True)
        decision_id = IntegerField(null=True)
        merged_into = ForeignKeyField("self", null=True, backref="+", index=False)
        added_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        outcome = TextField()

        class Meta:
            indexes = ((("meeting", "position"), False),)

    class AgendaIssue(Base):
        id = AutoField()
        item = ForeignKeyField(AgendaItem, backref="+", index=False)
        issue = ForeignKeyField(Issue, backref="+")

        class Meta:
            indexes = ((("item", "issue"), True),)

    class Attendee(Base):
        id = AutoField()
        meeting = ForeignKeyField(Meeting, backref="+", index=False)
        seat = ForeignKeyField(TeamSeat, null=True, backref="+", index=False)
        unit = ForeignKeyField(Unit, null=True, backref="+", index=False)
        name = CharField()
        title = CharField()
        guest = BooleanField()
        presence = CharField()
        by_name = CharField()
        reason = TextField()
        noted_at = InstantField(null=True)

        class Meta:
            indexes = ((("meeting", "id"), False),)

    class UnitTurn(Base):
        id = AutoField()
        meeting = ForeignKeyField(Meeting, backref="+", index=False)
        unit = ForeignKeyField(Unit, backref="+", index=False)
        issue = ForeignKeyField(Issue, null=True, backref="+", index=False)
        text = TextField()
        noted_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        at = InstantField()

        class Meta:
            indexes = ((("meeting", "unit"), False),)

    class MinuteParagraph(Base):
        id = BigAutoField()
        uid = CharField(max_length=36, unique=True)
        meeting = ForeignKeyField(Meeting, backref="+", index=False)
        item = ForeignKeyField(AgendaItem, null=True, backref="+", index=False)
        author = ForeignKeyField(Staff, backref="+", index=False)
        author_name = CharField()
        text = TextField()
        saved_at = InstantField()
        version = IntegerField()

        class Meta:
            indexes = ((("meeting", "id"), False),)

    class MeetingDecision(Base):
        id = AutoField()
        meeting = ForeignKeyField(Meeting, backref="+", index=False)
        item = ForeignKeyField(AgendaItem, null=True, backref="+", index=False)
        area = ForeignKeyField(Area, backref="+", index=False)
        number = IntegerField()
        what = TextField()
        who_kind = CharField(null=True)
        who_key = CharField(null=True)
        who_name = CharField()
        due_on = DateField()
        state = CharField()
        act = ForeignKeyField(Act, backref="+", index=False)
        made_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        made_at = InstantField()
        done_at = InstantField(null=True)
        done_text = TextField()
        version = IntegerField()

        class Meta:
            indexes = ((("meeting", "number"), True), (("area", "state", "due_on"), False))

    class DecisionIssue(Base):
        id = AutoField()
        decision = ForeignKeyField(MeetingDecision, backref="+", index=False)
        issue = ForeignKeyField(Issue, backref="+")
        made = BooleanField()

        class Meta:
            indexes = ((("decision", "issue"), True),)

    class MeetingStep(Base):
        id = BigAutoField()
        meeting = ForeignKeyField(Meeting, backref="+")
        act = ForeignKeyField(Act, backref="+", index=False)
        name = CharField()
        from_state = CharField()
        to_state = CharField()
        staff = ForeignKeyField(Staff, null=True, backref="+", index=False)
        staff_name = CharField()
        text = TextField()
        at = InstantField()

    tables = [
        MeetingSeries,
        Meeting,
        AgendaItem,
        AgendaIssue,
        Attendee,
        UnitTurn,
        MinuteParagraph,
        MeetingDecision,
    ]
    db.create_tables([*tables, DecisionIssue, MeetingStep])
