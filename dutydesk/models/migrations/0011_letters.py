"""条块约请: letters, the departments that they invite, promises, the register of numbers, the story, agenda items."""

from peewee import *

from dutydesk.models.base import InstantField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Subdistrict(Base):
        id = AutoField()

    class Area(Base):
        id = AutoField()

    class Department(Base):
        id = AutoField()

    class Staff(Base):
        id = AutoField()

    class Issue(Base):
        id = BigAutoField()

    class Act(Base):
        id = CharField(max_length=36, primary_key=True)

    class Letter(Base):
        id = AutoField()
        kind = CharField()
        state = CharField()
        returns_to = CharField(null=True)
        subdistrict = ForeignKeyField(Subdistrict, backref="+", index=False)
        area = ForeignKeyField(Area, backref="+", index=False)
        number = CharField()
        subject = CharField()
        crossing = CharField()
        tried = TextField()
        request = TextField()
        meeting_at = InstantField(null=True)
        meeting_place = CharField()
        held_at = InstantField(null=True)
        drafted_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        drafted_at = InstantField()
        signed_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
        issued_at = InstantField(null=True)
        raised_for = CharField()
        raised_at = InstantField(null=True)
        outcome = TextField()
        area_agreed_at = InstantField(null=True)
        town_agreed_at = InstantField(null=True)
        closed_at = InstantField(null=True)
        replaces = ForeignKeyField("self", null=True, backref="+")
        changed_at = InstantField()
        version = IntegerField()

        class Meta:
            indexes = (
                (("area", "state", "id"), False),
                (("subdistrict", "state", "id"), False),
                (("state", "id"), False),
            )

    class Invited(Base):
        id = AutoField()
        letter = ForeignKeyField(Letter, backref="+", index=False)
        department = ForeignKeyField(Department, backref="+", index=False)
        state = CharField()
        why = CharField()
        lead = BooleanField()
        added_at = InstantField()
        delivered_at = InstantField(null=True)
        delivered_by = CharField(null=True)
        received_at = InstantField(null=True)
        answer_due_at = InstantField(null=True)
        drafted = TextField()
        answer = CharField(null=True)
        answered_at = InstantField(null=True)
        text = TextField()
        attendee = CharField()
        time = InstantField(null=True)
        basis = TextField()
        instead = ForeignKeyField(Department, null=True, backref="+", index=False)
        refusals = IntegerField()
        urges = IntegerField()
        consented_at = InstantField(null=True)
        score = CharField(null=True)
        rated_text = TextField()
        rated_at = InstantField(null=True)
        say_until = InstantField(null=True)
        said = TextField()
        said_at = InstantField(null=True)
        version = IntegerField()

        class Meta:
            indexes = ((("letter", "department"), True), (("department", "state"), False))

    class LetterPromise(Base):
        id = AutoField()
        letter = ForeignKeyField(Letter, backref="+", index=False)
        invited = ForeignKeyField(Invited, backref="+")
        part = CharField()
        what = TextField()
        due_on = DateField()
        made_at = InstantField()
        done_at = InstantField(null=True)
        done_text = TextField()

        class Meta:
            indexes = ((("letter", "id"), False),)

    class LetterIssue(Base):
        id = AutoField()
        letter = ForeignKeyField(Letter, backref="+", index=False)
        issue = ForeignKeyField(Issue, backref="+")

        class Meta:
            indexes = ((("letter", "issue"), True),)

    class LetterNumber(Base):
        id = AutoField()
        subdistrict = ForeignKeyField(Subdistrict, backref="+", index=False)
        kind = CharField()
        year = IntegerField()
        serial = IntegerField()
        text = CharField()
        letter = ForeignKeyField(Letter, backref="+")
        taken_at = InstantField()
        void_at = InstantField(null=True)
        void_reason = TextField()

        class Meta:
            indexes = ((("subdistrict", "kind", "year", "serial"), True),)

    class LetterStep(Base):
        id = BigAutoField()
        letter = ForeignKeyField(Letter, backref="+")
        invited = ForeignKeyField(Invited, null=True, backref="+", index=False)
        act = ForeignKeyField(Act, backref="+", index=False)
        name = CharField()
        from_state = CharField()
        to_state = CharField()
        staff = ForeignKeyField(Staff, null=True, backref="+", index=False)
        staff_name = CharField()
        role = CharField()
        text = TextField()
        details = TextField()
        occurred_at = InstantField()
        recorded_at = InstantField()

    class LetterProxy(Base):
        id = AutoField()
        step = ForeignKeyField(LetterStep, backref="+")
        letter = ForeignKeyField(Letter, backref="+", index=False)
        staff = ForeignKeyField(Staff, null=True, backref="+", index=False)
        person_name = CharField()
        means = CharField()
        told_at = InstantField()
        entered_by = ForeignKeyField(Staff, backref="+", index=False)
        state = CharField()
        answered_at = InstantField(null=True)
        objection = TextField()

        class Meta:
            indexes = ((("staff", "state"), False),)

    class AgendaLetter(Base):
        id = AutoField()
        agenda_item_id = IntegerField()
        letter = ForeignKeyField(Letter, backref="+")

        class Meta:
            indexes = ((("agenda_item_id", "letter"), True),)

    db.create_tables(
        [Letter, Invited, LetterPromise, LetterIssue, LetterNumber, LetterStep, LetterProxy, AgendaLetter]
    )
