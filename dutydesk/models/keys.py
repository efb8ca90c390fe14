"""The public keys with which staff come in over SSH."""

from __future__ import annotations

from peewee import AutoField, CharField, ForeignKeyField, TextField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.staff import Staff


class StaffKey(Table):
    """A public key of somebody's: the key is the identity, so it is one person's alone.

    `kind` and `body` (base64) are as in an `authorized_keys` line; `comment` is only shown, never given to sshd.
    """

    id = AutoField()
    staff = ForeignKeyField(Staff, backref="keys")
    kind = CharField()
    body = TextField()
    fingerprint = CharField(unique=True)
    comment = CharField(default="")
    added_at = InstantField()
    added_by = ForeignKeyField(Staff, null=True, backref="+", index=False)
