"""The passwords of staff who come in without a key, failed tries, and where a desk was that ended by itself."""

from __future__ import annotations

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.staff import Staff


class StaffPassword(Table):
    """The argon2 hash of somebody's password. `one_time`: set by an administrator, to be changed at the first use.

    `stamp` is another one at each change: a desk that came in by the password before it ends.
    """

    staff = ForeignKeyField(Staff, primary_key=True, backref="+")
    hash = CharField()
    one_time = BooleanField(default=True)
    stamp = CharField()
    set_at = InstantField()
    set_by = ForeignKeyField(Staff, null=True, backref="+", index=False)


class SignInFailure(Table):
    """Failed tries for a staff number, or from an address, and until when the next has to wait."""

    subject = CharField(primary_key=True)
    failures = IntegerField()
    last_at = InstantField()
    wait_until = InstantField()


class DeskPlace(Table):
    """Where somebody's desk was when it ended by itself: JSON, opaque here. Signing in again goes there once."""

    staff = ForeignKeyField(Staff, primary_key=True, backref="+")
    place = TextField()
    left_at = InstantField()
