"""The search index. What it holds is derived: it is made by the program's own code, and can be made anew any time."""

from peewee import *

from dutydesk.models import search


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Issue(Base):
        id = BigAutoField()

    class SearchText(Base):
        issue = ForeignKeyField(Issue, backref="+", primary_key=True, index=False)
        tokens = TextField()

    db.create_tables([SearchText])
    search.create_index()
    for _done in search.rebuild():
        pass
