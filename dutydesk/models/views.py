"""Own views of the ledger (清单): what somebody asks for again and again, under a name and on a digit."""

from __future__ import annotations

from peewee import AutoField, CharField, ForeignKeyField, IntegerField, TextField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.staff import Staff


class SavedView(Table):
    """A person's own view. `question` is JSON (see `rules/questions.py`); `position` is its place among the own."""

    id = AutoField()
    staff = ForeignKeyField(Staff, backref="views", index=False)
    name = CharField()
    question = TextField()
    position = IntegerField()
    saved_at = InstantField()

    class Meta:
        """A name stands once for each person."""

        indexes = ((("staff", "name"), True),)
