"""PostgreSQL: words are looked for in stretches of numbers, with an index that holds both. Nothing changes on SQLite."""

from dutydesk.models import search


def up(migrator, db):
    search.renew_index()
