"""What each act on a case replaced, so that it can be undone."""

from peewee import *


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Act(Base):
        id = CharField(max_length=36, primary_key=True)

    class Issue(Base):
        id = BigAutoField()

    class Staff(Base):
        id = AutoField()

    class ActChange(Base):
        id = BigAutoField()
        act = ForeignKeyField(Act, backref="+")
        issue = ForeignKeyField(Issue, backref="+", index=False)
        staff = ForeignKeyField(Staff, null=True, backref="+", index=False)
        version = IntegerField()
        before = TextField()
        undone_by = ForeignKeyField(Act, null=True, backref="+", index=False)

        class Meta:
            indexes = ((("staff", "id"), False), (("issue", "version"), False))

    db.create_tables([ActChange])
