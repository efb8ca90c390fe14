"""A SQLite file page by page: what `db backup` and `db restore` copy while others go on reading and writing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from dutydesk.models import connection, database, on_sqlite
from dutydesk.models.problems import DatabaseProblem, NotOurs

_TABLES = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"


def copy_pages(source: Path, target: Path) -> dict[str, int]:
    """Copy one moment of a file that others write to; answers with how many rows each of its tables has there.

    In one step: with several, each write of others would begin it anew. Nobody waits for it. Raises sqlite3.Error
    and OSError.
    """
    target.touch(mode=0o600)
    with closing(sqlite3.connect(f"file:{_quoted(source)}?mode=ro", uri=True)) as whole:
        whole.execute("begin")
        counts = _counts(whole)
        with closing(sqlite3.connect(target)) as copy:
            whole.backup(copy)
            copy.execute(
                "pragma journal_mode = delete"
            )  # one file, which can be read where nothing is written
    return counts


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))


def _counts(raw: sqlite3.Connection) -> dict[str, int]:
    names = [name for (name,) in raw.execute(_TABLES)]
    return {name: raw.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}  # noqa: S608


def is_ours(file: Path) -> None:
    """Raise DatabaseProblem (NotOurs) where a file cannot be one of ours; it is only read."""
    if not file.is_file():
        raise DatabaseProblem(f"没有找到备份文件 {file}。请核对。")
    try:
        with closing(sqlite3.connect(f"file:{_quoted(file)}?mode=ro", uri=True)) as raw:
            ours = raw.execute("select 1 from sqlite_master where name = 'schema_migration'").fetchone()
    except sqlite3.Error as error:
        raise on_sqlite.explain(error, f"sqlite:///{file}") from error
    if not ours:
        raise NotOurs(f"文件 {file} 不是值班台的备份。请核对。")


@contextmanager
def copied(source: Path, url: str) -> Iterator[dict[str, int]]:
    """A new SQLite database with the pages of another, connected on this thread; in its place when all went well.

    Gives the rows that each table had. One of an older version is brought to this one's schema. Raises
    DatabaseProblem where something stands there already or nothing can be written.
    """
    counts: dict[str, int] = {}

    def make(place: str) -> None:
        path = on_sqlite.sqlite_path(place)
        counts.update(copy_pages(source, path))
        if counts != (arrived := _counts_in(path)):
            odd = next(name for name in counts if counts[name] != arrived.get(name))
            raise DatabaseProblem(f"{odd} 的行数没有全部写下，没有保存。请检查磁盘后再试。")
        connection.migrate(place)
        connection.connect(place)

    on_sqlite.bind(url)
    with on_sqlite.made_whole(url, make):
        yield counts
        # what was opened to be looked at is one file again
        database.execute_sql("pragma journal_mode = delete")
    _fsync_folder(on_sqlite.sqlite_path(url))


def _counts_in(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as raw:
        return _counts(raw)


def _fsync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
