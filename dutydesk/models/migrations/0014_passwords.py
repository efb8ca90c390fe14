"""Passwords for whoever comes in without a key, the tries that failed, and where a desk was that ended by itself."""

from peewee import *

from dutydesk.models.base import InstantField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Staff(Base):
        id = AutoField()

    class StaffPassword(Base):
        staff = ForeignKeyField(Staff, primary_key=True, backref="+")
        hash = CharField()
        one_time = BooleanField()
        stamp = CharField()
        set_at = InstantField()
        set_by = ForeignKeyField(Staff, null=True, backref="+", index=False)

    class SignInFailure(Base):
        subject = CharField(primary_key=True)
        failures = IntegerField()
        last_at = InstantField()
        wait_until = InstantField()

    class DeskPlace(Base):
        staff = ForeignKeyField(Staff, primary_key=True, backref="+")
        place = TextField()
        left_at = InstantField()

    db.create_tables([StaffPassword, SignInFailure, DeskPlace])
