"""Lists that come in from elsewhere: how a source's columns are read, and which row became which case."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, CharField, ForeignKeyField, TextField
from playhouse.fields import EnumField

from dutydesk.models.base import InstantField, Table
from dutydesk.models.issues import Issue
from dutydesk.vocabulary import Source


class ImportSource(Table):
    """A list of a name: what its columns mean (`mapping` is JSON, header → field) and what stands where it is silent.

    `defaults` is JSON too: the unit and category for rows that name none, and under `answers` the headers of the sheet
    that the source wants its answers in, each with the part of the answer below it.
    """

    id = AutoField()
    name = CharField(unique=True)
    source = EnumField(Source)
    mapping = TextField(default="{}")
    defaults = TextField(default="{}")
    changed_at = InstantField()


class ImportedRow(Table):
    """A row of a source's list, by its 来源编号 or the digest of its text.

    `content` is JSON with a fingerprint of each field as it was last read: it tells what a newer list changes, and
    holds no personal data.
    """

    id = BigAutoField()
    source = ForeignKeyField(ImportSource, backref="rows", index=False)
    key = CharField()
    issue = ForeignKeyField(Issue, backref="imported_rows")
    content = TextField()

    class Meta:
        """One case for each row of a source."""

        indexes = ((("source", "key"), True),)
