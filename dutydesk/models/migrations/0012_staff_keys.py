"""The public keys with which staff come in over SSH."""

from peewee import *

from dutydesk.models.base import InstantField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Staff(Base):
        id = AutoField()

    class StaffKey(Base):
        id = AutoField()
        staff = ForeignKeyField(Staff, backref="+")
        kind = CharField()
        body = TextField()
        fingerprint = CharField(unique=True)
        comment = CharField()
        added_at = InstantField()
        added_by = ForeignKeyField(Staff, null=True, backref="+", index=False)

    db.create_tables([StaffKey])
