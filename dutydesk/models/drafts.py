"""What is being typed, kept from the first pause on."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, TextField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.staff import Staff


class Draft(Table):
    """What is being typed: no act, unaudited; goes when its act is done or it is thrown away.

    The id is that of the act to come; `content` is JSON, opaque here.
    """

    id = CharField(max_length=36, primary_key=True)
    staff = ForeignKeyField(Staff, backref="drafts")
    kind = CharField()
    title = CharField(default="")
    content = TextField()
    saved_at = InstantField()
