"""Make of a filled SQLite district one with ten times the cases, for one look at ten million without an hour of filling.

`python benchmarks/tenfold.py FROM TO [--times 10]`. Cases, deadlines, requests, and the entries of the search index are
repeated, each time two years further back in their numbers; steps, audit and the texts that the index was made of stay
those of the first, so `db check` does not hold.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import time
from pathlib import Path

_AGAIN = {"issue": ("id", "merged_into_id"), "deadline": ("id", "issue_id"), "request": ("id", "issue_id")}


def columns(line: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table."""
    return [row[1] for row in line.execute(f"pragma table_info({table})")]


def repeat(line: sqlite3.Connection, table: str, times: int) -> None:
    """Copies of all rows with their ids moved on."""
    names = columns(line, table)
    keys = _AGAIN[table]
    (most_rows,) = line.execute(f"select max(id) from {table}").fetchone()
    (most_issues,) = line.execute("select max(id) from issue where year > 2020").fetchone()
    for copy in range(1, times):
        values = []
        for name in names:
            by = most_rows if name == "id" else most_issues
            moved = f"{name} + {copy * by}" if name in keys else name
            values.append(f"year - {2 * copy}" if name == "year" else moved)
        rows = f"select {', '.join(values)} from {table} where id <= {most_rows}"
        line.execute(f"insert into {table} ({', '.join(names)}) {rows}")
        print(f"{table} {copy + 1}/{times}", flush=True)


def repeat_words(line: sqlite3.Connection, times: int) -> None:
    """The same words under the numbers of the copies; one transaction each, since the index merges as it grows."""
    (most,) = line.execute("select max(issue_id) from search_text").fetchone()
    for copy in range(1, times):
        rows = f"select issue_id + {copy * most}, tokens from search_text"
        line.execute(f"insert into search_index (rowid, tokens) {rows}")
        print(f"search_index {copy + 1}/{times}", flush=True)


def main() -> None:
    """Copy the file, repeat the rows without their indexes, make the indexes again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--times", type=int, default=10)
    chosen = parser.parse_args()
    begun = time.monotonic()
    shutil.copy(chosen.source, chosen.target)
    line = sqlite3.connect(chosen.target, isolation_level=None)
    line.execute("pragma journal_mode = off")
    line.execute("pragma synchronous = off")
    line.execute("pragma cache_size = -1000000")
    made = "select name, sql from sqlite_master where type = 'index' and sql is not null"
    indexes = line.execute(f"{made} and tbl_name in {tuple(_AGAIN)}").fetchall()
    for name, _ in indexes:
        line.execute(f'drop index "{name}"')
    line.execute("begin")
    for table in ("deadline", "request", "issue"):
        repeat(line, table, chosen.times)
    line.execute("commit")
    repeat_words(line, chosen.times)
    for name, sql in indexes:
        line.execute(sql)
        print(name, flush=True)
    line.execute("analyze")
    line.execute("pragma journal_mode = wal")
    line.close()
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
