"""Lists that come in from elsewhere: sources with the meaning of their columns, and which row became which case."""

from peewee import *

from dutydesk.models.base import InstantField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Issue(Base):
        id = BigAutoField()

    class ImportSource(Base):
        id = AutoField()
        name = CharField(unique=True)
        source = CharField()
        mapping = TextField()
        defaults = TextField()
        changed_at = InstantField()

    class ImportedRow(Base):
        id = BigAutoField()
        source = ForeignKeyField(ImportSource, backref="+", index=False)
        key = CharField()
        issue = ForeignKeyField(Issue, backref="+")
        content = TextField()

        class Meta:
            indexes = ((("source", "key"), True),)

    db.create_tables([ImportSource, ImportedRow])
