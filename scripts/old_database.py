"""Makes the dump of an old database that a new migration owes: the newest dump, upgraded by that one migration.

`python scripts/old_database.py 0007_name "insert into …;"` writes `tests/fixtures/0007_name.sql`; the SQL fills what the
migration brought, since each table of a dump holds something. Once a later migration stands, a dump is never made again.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playhouse.migrations import Runner

from dutydesk.models import database
from dutydesk.models.connection import MIGRATIONS, bind

FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "fixtures"
INDEX = "search_index"


def lines_of(raw: sqlite3.Connection) -> Iterator[str]:
    """The dump; of the full-text index only that it is there, since it is made anew from its table."""
    made = raw.execute("select sql from sqlite_master where name = ?", (INDEX,)).fetchone()
    of_the_index = (
        f'INSERT INTO "{INDEX}',
        f"CREATE TABLE '{INDEX}_",
        "PRAGMA writable_schema",
        "INSERT INTO sqlite_master",
    )
    for line in raw.iterdump():
        if line == "COMMIT;" and made:
            yield f"{made[0]};"
            yield f"INSERT INTO {INDEX}({INDEX}) VALUES('rebuild');"
        if not line.startswith(of_the_index):
            yield line


def main() -> None:
    """Upgrade, fill, write."""
    name, *filling = sys.argv[1:]
    newest = sorted(FIXTURES.glob("*.sql"))[-1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old.db"
        raw = sqlite3.connect(path)
        raw.executescript(newest.read_text(encoding="utf-8"))
        raw.close()
        bind(f"sqlite:///{path}").connect()
        Runner(database.obj, str(MIGRATIONS)).up(name)
        database.close()
        raw = sqlite3.connect(path)
        for sql in filling:
            raw.executescript(sql)
        (FIXTURES / f"{name}.sql").write_text("\n".join(lines_of(raw)) + "\n", encoding="utf-8")
        raw.close()


if __name__ == "__main__":
    main()
