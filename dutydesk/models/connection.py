"""Opening the database, and everything that only one kind of database knows.

SQLite's pragmas, its locks and the counter that tells of other desks' writes are here and nowhere else;
PostgreSQL is a second set of the same functions.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from peewee import PeeweeException, SqliteDatabase

from dutydesk.models.base import Table, database
from dutydesk.settings import load, sqlite_path

MIGRATIONS = Path(__file__).parent / "migrations"
_CHECK_EACH = 20_000  # virtual machine steps between two looks whether a read is still wanted


# What a query can raise: peewee wraps what happens when it is sent, not what happens while rows are fetched.
ERRORS = (PeeweeException, sqlite3.Error)


class DatabaseProblem(Exception):
    """The database cannot be used; the message is Chinese and says what to do."""


class NewerSchema(DatabaseProblem):
    """The database was written by a newer dutydesk."""


class OlderSchema(DatabaseProblem):
    """The database wants `dutydesk db upgrade` first."""


class NotOurs(DatabaseProblem):
    """The file is no database, or one of another program."""


def bind(url: str) -> SqliteDatabase:
    """Make the database of a URL the one behind all tables; does not connect.

    Raises DatabaseProblem for a URL that nothing here understands.
    """
    if not url.startswith("sqlite:///"):
        raise DatabaseProblem(f"数据库地址 {url.split('@')[-1]} 无法识别。请写成 sqlite:////路径/文件.db。")
    chosen = SqliteDatabase(
        str(sqlite_path(url)),
        pragmas={"synchronous": "full", "foreign_keys": 1, "cache_size": -16_000},
        timeout=int(load().lock_wait),
        autoconnect=False,
        field_types={"INSTANT": "TEXT"},
    )
    database.initialize(chosen)
    return chosen


def connect(url: str) -> None:
    """Bind and connect on this thread, and see that the schema is the one that this program writes.

    Raises DatabaseProblem (NotOurs, OlderSchema, NewerSchema) with what to do.
    """
    path = sqlite_path(url)
    chosen = bind(url)
    _must_exist(path)
    try:
        chosen.connect()
        verify_schema()
        _write_ahead(chosen)
    except DatabaseProblem:
        chosen.close()
        raise
    except Exception as error:
        chosen.close()
        raise explain(error, path) from None


def _write_ahead(chosen: SqliteDatabase) -> None:
    """Readers and the writer don't wait for each other. Kept in the file, so not before the file is known as ours."""
    chosen.journal_mode = "wal"


def _what_began(error: BaseException) -> str:
    """What an error says; one that came of undoing what the database had undone itself tells of the one before."""
    before = error
    while "no transaction is active" in str(before) and before.__context__ is not None:
        before = before.__context__
    return str(before)


def explain(error: Exception, path: Path | None = None) -> DatabaseProblem:
    """The Chinese sentence for an error of the database, with what to do."""
    said = _what_began(error).lower()
    where = f" {path}" if path else ""
    if "not a database" in said or "malformed" in said:
        return NotOurs(f"文件{where} 不是值班台的数据库，或已损坏。请核对 DUTYDESK_DATABASE，或从备份恢复。")
    if "readonly" in said or "read-only" in said:
        return DatabaseProblem(f"数据库{where} 只读，无法保存。请管理员检查文件和所在目录的写权限。")
    if "full" in said or "no space" in said:
        return DatabaseProblem("磁盘已满，没有保存。请管理员清理磁盘后再按一次保存，已填内容仍在。")
    if "locked" in said or "busy" in said:
        return DatabaseProblem("数据库正被别的程序占用，没有保存。请稍等再试一次，已填内容仍在。")
    if "unable to open" in said or "permission" in said:
        return DatabaseProblem(f"数据库{where} 打不开。请检查目录是否存在、是否有读写权限。")
    if "disk i/o" in said:
        return DatabaseProblem("读写磁盘出错，没有保存。请管理员检查磁盘，已填内容仍在。")
    return DatabaseProblem(f"数据库出错，没有保存，已填内容仍在。请告诉管理员：{type(error).__name__}。")


def known_migrations() -> list[str]:
    """Names of the migrations that this program brings, in order."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def applied_migrations() -> list[str]:
    """Names of the migrations that the connected database has had, in order."""
    if not database.table_exists("schema_migration"):
        return []
    return sorted(name for (name,) in database.execute_sql("select name from schema_migration").fetchall())


def verify_schema() -> None:
    """Compare the database's migrations with ours. Raises NotOurs, OlderSchema or NewerSchema."""
    applied, known = applied_migrations(), known_migrations()
    if not applied:
        if database.get_tables():
            raise NotOurs("这是别的程序的数据库，值班台不会动它。请核对 DUTYDESK_DATABASE。")
        raise OlderSchema("数据库还是空的。请先运行 dutydesk db init。")
    if set(applied) - set(known):
        raise NewerSchema("数据库由更新版本的值班台写成，本版本不能打开。请升级值班台程序后再来。")
    if set(known) - set(applied):
        raise OlderSchema("数据库是旧版本的。请先备份，再运行 dutydesk db upgrade。")


def upgrade(url: str) -> list[str]:
    """Upgrade the schema of a database that there is. Returns and raises as `migrate` does."""
    _must_exist(sqlite_path(url))
    return migrate(url)


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise DatabaseProblem(
            f"没有找到数据库 {path}。请先运行 dutydesk db init 建库，或 make run 打开演示。"
        )


def migrate(url: str) -> list[str]:
    """Create or upgrade the schema; returns the names of the migrations applied. Raises DatabaseProblem."""
    path = sqlite_path(url)
    chosen = bind(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        chosen.connect()
        if not applied_migrations() and chosen.get_tables():
            raise NotOurs("这是别的程序的数据库，值班台不会动它。请核对 DUTYDESK_DATABASE。")
        if set(applied_migrations()) - set(known_migrations()):
            raise NewerSchema("数据库由更新版本的值班台写成，本版本不能升级它。请升级值班台程序。")
        from playhouse.migrations import Runner

        _write_ahead(chosen)
        applied: list[str] = Runner(chosen, str(MIGRATIONS)).up()
        return applied
    except DatabaseProblem:
        raise
    except Exception as error:
        raise explain(error, path) from error
    finally:
        if not chosen.is_closed():
            chosen.close()


@contextmanager
def made_whole(url: str) -> Iterator[None]:
    """A new database, connected on this thread while it is filled; it stands at its place only when all is in it.

    Raises DatabaseProblem where something stands there already or nothing can be written.
    """
    path = sqlite_path(url)
    if path.exists() and path.stat().st_size:
        raise DatabaseProblem(
            f"{path} 已经存在，不会覆盖。升级请用 dutydesk db upgrade；要重建请先移走它，或换一个位置。"
        )
    beside = path.with_name(path.name + ".filling")
    try:
        _remove(beside)
        migrate(f"sqlite:///{beside}")
        connect(f"sqlite:///{beside}")
        try:
            yield
        finally:
            database.close()
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.rename(path)
    except OSError as error:
        raise DatabaseProblem(f"{path} 写不了（{error.strerror}）。请检查目录是否存在、是否可写。") from error
    except ERRORS as error:
        raise explain(_first(error), path) from error
    finally:
        with suppress(OSError):
            _remove(beside)
    bind(url)


def _first(error: BaseException) -> Exception:
    """What went wrong at first: rolling back, where nothing can be, hides it."""
    while error.__context__ is not None:
        error = error.__context__
    return error if isinstance(error, Exception) else Exception(error)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def write_transaction() -> AbstractContextManager[Any]:
    """One transaction that takes the write lock at once, so that waiting happens before anything is read."""
    return database.atomic("IMMEDIATE")


def read_transaction() -> AbstractContextManager[Any]:
    """One transaction in which all reads see the same moment."""
    return database.atomic()


def changes_seen() -> int:
    """A number that differs when another connection has written since it was last asked."""
    row = database.execute_sql("pragma data_version").fetchone()
    return int(row[0])


def stop_when(abandoned: Callable[[], bool]) -> None:
    """Let a read that nobody waits for end early: SQLite asks `abandoned` now and then while it works."""
    connection: sqlite3.Connection = database.connection()
    connection.set_progress_handler(lambda: int(abandoned()), _CHECK_EACH)


def integrity_problems() -> list[str]:
    """What the database itself finds wrong with its file."""
    found = [str(row[0]) for row in database.execute_sql("pragma integrity_check(20)").fetchall()]
    broken = [f"{row[0]} 行 {row[1]}" for row in database.execute_sql("pragma foreign_key_check").fetchall()]
    return [line for line in found if line != "ok"] + broken


def insert_rows(table: type[Table], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows as they are kept, given in the order of the fields named by `columns`."""
    meta = table._meta
    names = ", ".join(f'"{meta.fields[name].column_name}"' for name in columns)
    marks = ", ".join([database.param] * len(columns))
    cursor = database.cursor()
    cursor.executemany(f'insert into "{meta.table_name}" ({names}) values ({marks})', rows)  # noqa: S608


@contextmanager
def bulk_writing() -> Iterator[None]:
    """Write fast into a database that is thrown away when this is interrupted.

    Nothing is synced or rolled back, references are not looked up, and the indexes come at the end in one go.
    """
    indexes = [sql for (sql,) in database.execute_sql(_SECONDARY_INDEXES).fetchall()]
    names = [name for (name,) in database.execute_sql(_SECONDARY_INDEX_NAMES).fetchall()]
    for pragma in ("foreign_keys = 0", "synchronous = off", "journal_mode = off", "cache_size = -64000"):
        database.execute_sql(f"pragma {pragma}")
    for name in names:
        database.execute_sql(f'drop index "{name}"')
    yield
    for sql in indexes:
        database.execute_sql(sql)
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = 1"):
        database.execute_sql(f"pragma {pragma}")


_SECONDARY_INDEXES = "select sql from sqlite_master where type = 'index' and sql is not null order by name"
_SECONDARY_INDEX_NAMES = (
    "select name from sqlite_master where type = 'index' and sql is not null order by name"
)
