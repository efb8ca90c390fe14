"""条块约请: the letter, each department that it invites, what they agreed, the register of numbers, the story."""

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

from dutydesk.letter_words import (
    Answer,
    Delivery,
    InvitedState,
    LetterKind,
    LetterState,
    NumberKind,
    Part,
    Score,
)
from dutydesk.models.audit import Act
from dutydesk.models.base import InstantField, Table
from dutydesk.models.issues import Issue
from dutydesk.models.organisation import Area, Department, Subdistrict
from dutydesk.models.staff import Staff
from dutydesk.vocabulary import Means, ProxyState


class Letter(Table):
    """An invitation. `number` is empty until it is issued; `crossing` holds the reasons' values, parted by blanks.

    `returns_to` is the state that a raised one comes back to. `meeting_at` is when they are to meet, `held_at` when they
    did. `version` counts the acts on it.
    """

    id = AutoField()
    kind = EnumField(LetterKind)
    state = EnumField(LetterState)
    returns_to = EnumField(LetterState, null=True)
    subdistrict = ForeignKeyField(Subdistrict, index=False)
    area = ForeignKeyField(Area, index=False)
    number = CharField(default="")
    subject = CharField()
    crossing = CharField(default="")
    tried = TextField(default="")
    request = TextField(default="")
    meeting_at = InstantField(null=True)
    meeting_place = CharField(default="")
    held_at = InstantField(null=True)
    drafted_by = ForeignKeyField(Staff, null=True, index=False)
    drafted_at = InstantField()
    signed_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
    issued_at = InstantField(null=True)
    raised_for = CharField(default="")
    raised_at = InstantField(null=True)
    outcome = TextField(default="")
    area_agreed_at = InstantField(null=True)
    town_agreed_at = InstantField(null=True)
    closed_at = InstantField(null=True)
    replaces = ForeignKeyField("self", null=True, backref="replaced_by")
    changed_at = InstantField()
    version = IntegerField(default=1)

    class Meta:
        """By state: of an area, of a subdistrict, of the district."""

        indexes = (
            (("area", "state", "id"), False),
            (("subdistrict", "state", "id"), False),
            (("state", "id"), False),
        )


class Invited(Table):
    """A department that a letter invites, with its own life. `lead`: the district, or what was agreed, names it so.

    `drafted` is JSON: the answer that waits for the department's head. `time` is when it comes, or proposes to.
    `consented_at`: it agrees to closing. A rating counts from `said_at` on, or when its time is over.
    """

    id = AutoField()
    letter = ForeignKeyField(Letter, backref="invited", index=False)
    department = ForeignKeyField(Department, backref="invitations", index=False)
    state = EnumField(InvitedState)
    why = CharField(default="")
    lead = BooleanField(default=False)
    added_at = InstantField()
    delivered_at = InstantField(null=True)
    delivered_by = EnumField(Delivery, null=True)
    received_at = InstantField(null=True)
    answer_due_at = InstantField(null=True)
    drafted = TextField(default="")
    answer = EnumField(Answer, null=True)
    answered_at = InstantField(null=True)
    text = TextField(default="")
    attendee = CharField(default="")
    time = InstantField(null=True)
    basis = TextField(default="")
    instead = ForeignKeyField(Department, null=True, backref="+", index=False)
    refusals = IntegerField(default=0)
    urges = IntegerField(default=0)
    consented_at = InstantField(null=True)
    score = EnumField(Score, null=True)
    rated_text = TextField(default="")
    rated_at = InstantField(null=True)
    say_until = InstantField(null=True)
    said = TextField(default="")
    said_at = InstantField(null=True)
    version = IntegerField(default=1)

    class Meta:
        """Once a letter; what is open with a department."""

        indexes = ((("letter", "department"), True), (("department", "state"), False))


class LetterPromise(Table):
    """What a department agreed to do, in which part, by when; `done_at` when it said that it is done."""

    id = AutoField()
    letter = ForeignKeyField(Letter, backref="promises", index=False)
    invited = ForeignKeyField(Invited, backref="promises")
    part = EnumField(Part)
    what = TextField()
    due_on = DateField()
    made_at = InstantField()
    done_at = InstantField(null=True)
    done_text = TextField(default="")

    class Meta:
        """Those of a letter."""

        indexes = ((("letter", "id"), False),)


class LetterIssue(Table):
    """An issue that a letter is about; it stays in the issue's story whatever becomes of the letter."""

    id = AutoField()
    letter = ForeignKeyField(Letter, backref="issues", index=False)
    issue = ForeignKeyField(Issue, backref="letters")

    class Meta:
        """Each once."""

        indexes = ((("letter", "issue"), True),)


class LetterNumber(Table):
    """The register: numbers of a subdistrict by kind and year, without gap; a void one stays, with why."""

    id = AutoField()
    subdistrict = ForeignKeyField(Subdistrict, index=False)
    kind = EnumField(NumberKind)
    year = IntegerField()
    serial = IntegerField()
    text = CharField()
    letter = ForeignKeyField(Letter, backref="numbers")
    taken_at = InstantField()
    void_at = InstantField(null=True)
    void_reason = TextField(default="")

    class Meta:
        """A number is taken once."""

        indexes = ((("subdistrict", "kind", "year", "serial"), True),)


class LetterStep(Table):
    """One line of a letter's story, in the order of `id`; `details` is JSON. `invited` is the department it is about."""

    id = BigAutoField()
    letter = ForeignKeyField(Letter, backref="steps")
    invited = ForeignKeyField(Invited, null=True, backref="+", index=False)
    act = ForeignKeyField(Act, backref="+", index=False)
    name = CharField()
    from_state = CharField(default="")
    to_state = CharField()
    staff = ForeignKeyField(Staff, null=True, index=False)
    staff_name = CharField()
    role = CharField(default="")
    text = TextField(default="")
    details = TextField(default="{}")
    occurred_at = InstantField()
    recorded_at = InstantField()


class LetterProxy(Table):
    """代录 of a department's step: who told it, how and when; the person confirms it later or objects."""

    id = AutoField()
    step = ForeignKeyField(LetterStep, backref="proxies")
    letter = ForeignKeyField(Letter, backref="+", index=False)
    staff = ForeignKeyField(Staff, null=True, index=False)
    person_name = CharField()
    means = EnumField(Means)
    told_at = InstantField()
    entered_by = ForeignKeyField(Staff, backref="+", index=False)
    state = EnumField(ProxyState)
    answered_at = InstantField(null=True)
    objection = TextField(default="")

    class Meta:
        """What waits for somebody's word."""

        indexes = ((("staff", "state"), False),)


class AgendaLetter(Table):
    """An item of a meeting's agenda that was turned into a letter, or stands there because of one."""

    id = AutoField()
    agenda_item_id = IntegerField()
    letter = ForeignKeyField(Letter, backref="agenda")

    class Meta:
        """Each pair once; asked by item."""

        indexes = ((("agenda_item_id", "letter"), True),)
