"""Who is where until when: units and areas that end, stand-ins, leaders, 包保, attendance, questions about duties."""

from peewee import *

from dutydesk.models.base import InstantField

COLUMNS = (
    "area add column merged_into_id integer references area (id)",
    "unit add column valid_from date not null default '2024-01-01'",
    "unit add column valid_to date",
    "unit add column merged_into_id integer references unit (id)",
    "team_seat add column stands_in boolean not null default false",
    "staff add column title varchar(255) not null default ''",
    "staff add column subdistrict_id integer references subdistrict (id)",
    "staff add column left_on date",
    "role_grant add column seat_id integer references team_seat (id)",
    "role_grant add column stands_in_for_id integer references staff (id)",
)
DEAD = ("staff_department_id", "posting_area_id", "posting_department_id")
INDEXES = (
    ("area_merged_into_id", "area (merged_into_id)"),
    ("unit_merged_into_id", "unit (merged_into_id)"),
    ("staff_subdistrict_id_number", "staff (subdistrict_id, number)"),
    ("staff_department_id_number", "staff (department_id, number)"),
    ("role_grant_seat_id", "role_grant (seat_id)"),
    ("posting_area_id_valid_to_id", "posting (area_id, valid_to, id)"),
    ("posting_department_id_valid_to_id", "posting (department_id, valid_to, id)"),
    ("posting_valid_to_area_id", "posting (valid_to, area_id)"),
)
# Whose somebody is: the department's subdistrict, else that of the first role that has one.
BELONGS = """
update staff set subdistrict_id = coalesce(
    (select subdistrict_id from department where department.id = staff.department_id),
    (select subdistrict_id from role_grant where id = (
        select min(id) from role_grant where staff_id = staff.id and subdistrict_id is not null)))
"""


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Subdistrict(Base):
        id = AutoField()

    class Area(Base):
        id = AutoField()

    class Unit(Base):
        id = AutoField()

    class Department(Base):
        id = AutoField()

    class Category(Base):
        id = AutoField()

    class Staff(Base):
        id = AutoField()

    class Posting(Base):
        id = AutoField()

    class UnitNeighbour(Base):
        id = AutoField()
        unit = ForeignKeyField(Unit, backref="+", index=False)
        neighbour = ForeignKeyField(Unit, backref="+", index=False)

        class Meta:
            indexes = ((("unit", "neighbour"), True),)

    class Leader(Base):
        id = AutoField()
        staff = ForeignKeyField(Staff, backref="+")
        subdistrict = ForeignKeyField(Subdistrict, null=True, backref="+")
        title = CharField()
        valid_from = DateField()
        valid_to = DateField(null=True)

    class Sponsorship(Base):
        id = AutoField()
        staff = ForeignKeyField(Staff, null=True, backref="+")
        holder_name = CharField()
        title = CharField()
        subdistrict = ForeignKeyField(Subdistrict, null=True, backref="+")
        area = ForeignKeyField(Area, null=True, backref="+")
        unit = ForeignKeyField(Unit, null=True, backref="+")
        project = CharField()
        valid_from = DateField()
        valid_to = DateField(null=True)

    class PostingDay(Base):
        id = BigAutoField()
        posting = ForeignKeyField(Posting, backref="+", index=False)
        day = DateField()
        attendance = CharField()
        note = CharField()

        class Meta:
            indexes = ((("posting", "day"), True),)

    class DutyQuestion(Base):
        id = AutoField()
        subdistrict = ForeignKeyField(Subdistrict, null=True, backref="+")
        category = ForeignKeyField(Category, null=True, backref="+")
        question = TextField()
        issue_id = BigIntegerField(null=True)
        asked_by = CharField()
        asked_at = InstantField()
        department = ForeignKeyField(Department, null=True, backref="+", index=False)
        answer = TextField()
        answered_by = CharField()
        answered_at = InstantField(null=True)

    for column in COLUMNS:
        db.execute_sql(f"alter table {column}")
    for name in DEAD:
        db.execute_sql(f'drop index "{name}"')
    for name, where in INDEXES:
        db.execute_sql(f"create index {name} on {where}")
    db.create_tables([UnitNeighbour, Leader, Sponsorship, PostingDay, DutyQuestion])
    db.execute_sql(BELONGS)
