"""The first tables: a frozen copy of the models as they were, on purpose independent of them."""

from peewee import *

from dutydesk.models.base import InstantField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class District(Base):
        id = AutoField()
        code = CharField(unique=True)
        name = CharField()

    class Subdistrict(Base):
        id = AutoField()
        district = ForeignKeyField(District, backref="+")
        code = CharField(unique=True)
        name = CharField()
        short_name = CharField()

    class Area(Base):
        id = AutoField()
        subdistrict = ForeignKeyField(Subdistrict, backref="+")
        code = CharField(unique=True)
        name = CharField()
        demo = BooleanField()
        valid_from = DateField()
        valid_to = DateField(null=True)

    class Unit(Base):
        id = AutoField()
        subdistrict = ForeignKeyField(Subdistrict, backref="+")
        code = CharField(unique=True)
        name = CharField()
        kind = CharField()

    class UnitArea(Base):
        id = AutoField()
        unit = ForeignKeyField(Unit, backref="+")
        area = ForeignKeyField(Area, backref="+")
        valid_from = DateField()
        valid_to = DateField(null=True)

    class Department(Base):
        id = AutoField()
        subdistrict = ForeignKeyField(Subdistrict, backref="+", null=True)
        code = CharField(unique=True)
        name = CharField()
        kind = CharField()
        parent_bureau = CharField()

    class TeamSeat(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+")
        kind = CharField()
        force = CharField(null=True)
        title = CharField()
        holder_name = CharField()
        staff_id = IntegerField(index=True, null=True)
        valid_from = DateField()
        valid_to = DateField(null=True)

    class FindKey(Base):
        id = AutoField()
        subject = CharField()
        subject_id = IntegerField()
        key = TextField()
        position = IntegerField()

        class Meta:
            indexes = (
                (("subject", "key"), False),
                (("subject", "subject_id"), False),
            )

    class Staff(Base):
        id = AutoField()
        number = CharField(unique=True)
        name = CharField()
        phone = CharField()
        department = ForeignKeyField(Department, backref="+", null=True)
        active = BooleanField()

    class RoleGrant(Base):
        id = AutoField()
        staff = ForeignKeyField(Staff, backref="+")
        role = CharField()
        subdistrict = ForeignKeyField(Subdistrict, backref="+", null=True)
        area = ForeignKeyField(Area, backref="+", null=True)
        unit = ForeignKeyField(Unit, backref="+", null=True)
        department = ForeignKeyField(Department, backref="+", null=True)
        force = CharField(null=True)
        valid_from = DateField()
        valid_to = DateField(null=True)

        class Meta:
            indexes = ((("role", "area"), False),)

    class Posting(Base):
        id = AutoField()
        staff = ForeignKeyField(Staff, backref="+")
        area = ForeignKeyField(Area, backref="+")
        department = ForeignKeyField(Department, backref="+", null=True)
        line = CharField()
        valid_from = DateField()
        valid_to = DateField(null=True)

    class Shift(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+")
        staff = ForeignKeyField(Staff, backref="+")
        name = CharField()
        starts_at = InstantField()
        ends_at = InstantField()

        class Meta:
            indexes = ((("area", "starts_at"), False),)

    class DeskVisit(Base):
        staff = ForeignKeyField(Staff, backref="+", primary_key=True)
        last_seen_at = InstantField()
        previous_seen_at = InstantField(null=True)

    class Category(Base):
        id = AutoField()
        code = CharField(unique=True)
        group_name = CharField()
        name = CharField()
        force = CharField()
        department_hint = CharField()
        delegated = BooleanField()
        spot_share = FloatField()
        words = TextField()
        active = BooleanField()

    class TimeLimit(Base):
        id = AutoField()
        subdistrict = ForeignKeyField(Subdistrict, backref="+", null=True)
        category = ForeignKeyField(Category, backref="+")
        urgency = CharField()
        phase = CharField()
        amount = IntegerField()
        unit = CharField()
        modelled_on = TextField()
        valid_from = DateField()
        set_by = CharField()

    class DutyItem(Base):
        id = AutoField()
        department = ForeignKeyField(Department, backref="+", null=True)
        category = ForeignKeyField(Category, backref="+")
        basis = TextField()

    class OfficeSetting(Base):
        id = AutoField()
        subdistrict = ForeignKeyField(Subdistrict, backref="+", null=True)
        key = CharField()
        value = TextField()
        valid_from = DateField()
        set_by = CharField()

        class Meta:
            indexes = ((("key", "valid_from"), False),)

    class SpecialDay(Base):
        day = DateField(primary_key=True)
        working = BooleanField()
        name = CharField()

    class Act(Base):
        id = CharField(max_length=36, primary_key=True)
        name = CharField()
        staff = ForeignKeyField(Staff, backref="+", index=False, null=True)
        role = CharField()
        came_from = CharField()
        at = InstantField()
        subject = CharField()
        subject_id = IntegerField(null=True)

    class AuditHead(Base):
        chain = CharField(primary_key=True)
        sequence = IntegerField()
        hash = CharField()

    class AuditEntry(Base):
        id = BigAutoField()
        chain = CharField()
        sequence = IntegerField()
        act = CharField(index=True)
        at = InstantField()
        staff_number = CharField()
        came_from = CharField()
        name = CharField()
        subject = CharField()
        digest = CharField()
        previous = CharField()
        hash = CharField()

        class Meta:
            indexes = ((("chain", "sequence"), True),)

    class AuditValues(Base):
        entry = ForeignKeyField(AuditEntry, backref="+", primary_key=True)
        salt = CharField()
        content = TextField()

    class Draft(Base):
        id = CharField(max_length=36, primary_key=True)
        staff = ForeignKeyField(Staff, backref="+")
        kind = CharField()
        title = CharField()
        content = TextField()
        saved_at = InstantField()

    class Counter(Base):
        name = CharField(primary_key=True)
        value = IntegerField()

    class Issue(Base):
        id = BigAutoField()
        year = IntegerField()
        serial = IntegerField()
        state = CharField()
        is_open = BooleanField()
        returns_to = CharField(null=True)
        merged_into = ForeignKeyField("self", backref="+", null=True)
        subdistrict = ForeignKeyField(Subdistrict, backref="+", index=False)
        area = ForeignKeyField(Area, backref="+", index=False)
        unit = ForeignKeyField(Unit, backref="+", index=False)
        spot = CharField()
        category = ForeignKeyField(Category, backref="+", index=False)
        urgency = CharField()
        source = CharField()
        source_number = CharField(index=True)
        source_due_at = InstantField(null=True)
        force = CharField()
        summary = TextField()
        detail = TextField()
        on_the_spot = TextField()
        strongly_felt = BooleanField()
        beyond_neighbourhood = BooleanField()
        assignee_kind = CharField(null=True)
        assignee_key = CharField(null=True)
        assignee_name = CharField()
        handler = ForeignKeyField(Staff, backref="+", index=False, null=True)
        handled_by = ForeignKeyField(Staff, backref="+", index=False, null=True)
        checked_by = ForeignKeyField(Staff, backref="+", index=False, null=True)
        outcome = TextField()
        feedback_given = BooleanField()
        feedback_text = TextField()
        satisfied = BooleanField(null=True)
        level = CharField(null=True)
        solved_on_spot = BooleanField()
        sample_due = BooleanField()
        sent_down = BooleanField()
        send_backs = IntegerField()
        reworks = IntegerField()
        urges = IntegerField()
        reported_at = InstantField()
        reported_by = ForeignKeyField(Staff, backref="+", index=False, null=True)
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
        version = IntegerField()

        class Meta:
            indexes = (
                (("year", "serial"), True),
                (("area", "is_open", "id"), False),
                (("area", "state", "id"), False),
                (("area", "is_open", "due_at", "id"), False),
                (("area", "changed_at", "id"), False),
                (("unit", "is_open", "id"), False),
                (("assignee_kind", "assignee_key", "is_open", "id"), False),
                (("handler", "is_open", "id"), False),
                (("subdistrict", "is_open", "id"), False),
                (("subdistrict", "state", "id"), False),
                (("is_open", "due_at"), False),
                (("state", "id"), False),
            )

    class Reporter(Base):
        issue = ForeignKeyField(Issue, backref="+", primary_key=True)
        name = CharField()
        phone = CharField()
        address = CharField()

    class IssueStep(Base):
        id = BigAutoField()
        issue = ForeignKeyField(Issue, backref="+")
        act = ForeignKeyField(Act, backref="+", null=True)
        name = CharField()
        from_state = CharField(null=True)
        to_state = CharField()
        staff = ForeignKeyField(Staff, backref="+", index=False, null=True)
        staff_name = CharField()
        role = CharField()
        text = TextField()
        details = TextField()
        occurred_at = InstantField()
        recorded_at = InstantField()

    class Deadline(Base):
        id = BigAutoField()
        issue = ForeignKeyField(Issue, backref="+")
        phase = CharField()
        started_at = InstantField()
        amount = IntegerField(null=True)
        unit = CharField()
        limit = ForeignKeyField(TimeLimit, backref="+", index=False, null=True)
        hours = CharField()
        due_at = InstantField()
        explanation = TextField()
        current = BooleanField()

    class Request(Base):
        id = AutoField()
        issue = ForeignKeyField(Issue, backref="+")
        area = ForeignKeyField(Area, backref="+", index=False)
        kind = CharField()
        state = CharField()
        reason = TextField()
        details = TextField()
        asked_by = ForeignKeyField(Staff, backref="+", index=False)
        asked_at = InstantField()
        decided_by = ForeignKeyField(Staff, backref="+", index=False, null=True)
        decided_at = InstantField(null=True)
        decision = TextField()

        class Meta:
            indexes = ((("area", "state"), False),)

    class ProxyEntry(Base):
        id = AutoField()
        step = ForeignKeyField(IssueStep, backref="+")
        issue = ForeignKeyField(Issue, backref="+")
        staff = ForeignKeyField(Staff, backref="+", null=True)
        department = ForeignKeyField(Department, backref="+", null=True)
        person_name = CharField()
        means = CharField()
        told_at = InstantField()
        entered_by = ForeignKeyField(Staff, backref="+", index=False)
        state = CharField()
        answered_at = InstantField(null=True)
        objection = TextField()

    class Route(Base):
        id = AutoField()
        area = ForeignKeyField(Area, backref="+")
        name = CharField()
        kind = CharField()
        partners = TextField()
        valid_from = DateField()
        valid_to = DateField(null=True)

    class Checkpoint(Base):
        id = AutoField()
        route = ForeignKeyField(Route, backref="+")
        position = IntegerField()
        unit = ForeignKeyField(Unit, backref="+", index=False)
        place = CharField()
        look_at = CharField()
        standard = TextField()
        abnormal = CharField()
        force = CharField()
        category = ForeignKeyField(Category, backref="+", index=False)
        weekdays = CharField()
        valid_from = DateField()
        valid_to = DateField(null=True)

    class Patrol(Base):
        id = AutoField()
        route = ForeignKeyField(Route, backref="+", index=False)
        area = ForeignKeyField(Area, backref="+", index=False)
        day = DateField()
        kind = CharField()
        partners = TextField()
        started_at = InstantField(null=True)
        walked_at = InstantField(null=True)
        finished_at = InstantField(null=True)
        finished_by = ForeignKeyField(Staff, backref="+", index=False, null=True)
        backfilled = BooleanField()
        rest_reason = TextField()
        version = IntegerField()

        class Meta:
            indexes = (
                (("route", "day"), True),
                (("area", "day"), False),
                (("area", "finished_at"), False),
            )

    class PatrolCheck(Base):
        id = BigAutoField()
        patrol = ForeignKeyField(Patrol, backref="+")
        checkpoint = ForeignKeyField(Checkpoint, backref="+", index=False)
        position = IntegerField()
        unit = ForeignKeyField(Unit, backref="+", index=False)
        place = CharField()
        look_at = CharField()
        standard = TextField()
        abnormal = CharField()
        force = CharField()
        category = ForeignKeyField(Category, backref="+", index=False)
        mark = CharField()
        reason = TextField()
        issue = ForeignKeyField(Issue, backref="+", null=True)
        marked_at = InstantField(null=True)
        marked_by = ForeignKeyField(Staff, backref="+", index=False, null=True)
        backfilled = BooleanField()

    db.create_tables(
        [
            District,
            Subdistrict,
            Area,
            Unit,
            UnitArea,
            Department,
            TeamSeat,
            FindKey,
            Staff,
            RoleGrant,
            Posting,
            Shift,
            DeskVisit,
            Category,
            TimeLimit,
            DutyItem,
            OfficeSetting,
            SpecialDay,
            Act,
            AuditHead,
            AuditEntry,
            AuditValues,
            Draft,
            Counter,
            Issue,
            Reporter,
            IssueStep,
            Deadline,
            Request,
            ProxyEntry,
            Route,
            Checkpoint,
            Patrol,
            PatrolCheck,
        ]
    )
    if not isinstance(db, SqliteDatabase):  # finding is a range over an index, by code points
        db.execute_sql('alter table find_key alter column key type text collate "C"')
