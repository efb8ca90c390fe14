"""What only SQLite knows: its file, pragmas and locks, and the counter that tells of other desks' writes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from peewee import PeeweeException, SqliteDatabase

from dutydesk.models.base import Table, database
from dutydesk.models.problems import Away, DatabaseProblem, NotOurs
from dutydesk.settings import load, sqlite_path

_CHECK_EACH = 20_000  # virtual machine steps between two looks whether a read is still wanted


def bind(url: str) -> SqliteDatabase:
    """Make the database of a URL the one behind all tables; does not connect."""
    chosen = SqliteDatabase(
        str(sqlite_path(url)),
        pragmas={"synchronous": "full", "foreign_keys": 1, "cache_size": -16_000},
        timeout=int(load().lock_wait),
        autoconnect=False,
        field_types={"INSTANT": "TEXT"},
    )
    database.initialize(chosen)
    return chosen


def must_exist(url: str) -> None:
    """Raise DatabaseProblem where the file is missing: opening it would make an empty one."""
    path = sqlite_path(url)
    if str(path) in _opened and not path.exists():
        raise Away(_MOVED.format(path=path))
    if not path.exists():
        raise DatabaseProblem(
            f"没有找到数据库 {path}。请先运行 dutydesk db init 建库，或 make run 打开演示。"
        )


def is_there(url: str) -> bool:
    """Whether the file is there."""
    return sqlite_path(url).exists()


def prepare(url: str) -> None:
    """Make the folder that the file will lie in."""
    sqlite_path(url).parent.mkdir(parents=True, exist_ok=True)


def settle() -> None:
    """Readers and the writer don't wait for each other. Kept in the file, so not before the file is known as ours."""
    database.obj.journal_mode = "wal"
    _opened[database.obj.database] = _identity(database.obj.database)


_MOVED = "数据库文件 {path} 不在原处，没有保存。已填内容仍在，请管理员放回，放回后接着办。"
_opened: dict[str, tuple[int, int]] = {}  # which file this program has open at a path


class _Moved(sqlite3.OperationalError):
    """Another file lies at the database's path, or none: what is written goes where nobody looks for it."""


def _identity(path: str) -> tuple[int, int]:
    found = Path(path).stat()
    return found.st_dev, found.st_ino


def _must_be_the_same() -> None:
    """Raise _Moved where the file was moved away, or exchanged for another, while it is open."""
    path = database.obj.database
    try:
        same = _opened.get(path) in (None, _identity(path))
    except OSError:
        same = False
    if not same:
        raise _Moved(path)


@contextmanager
def changing_schema() -> Iterator[None]:
    """One transaction, in its turn: one that had read before others wrote would be refused.

    A table that is made anew must take no rows of others along, and only before a transaction is this said.
    """
    database.execute_sql("pragma foreign_keys = 0")
    try:
        with write_transaction():
            yield
    finally:
        database.execute_sql("pragma foreign_keys = 1")


def lock_schema() -> None:
    """Each migration's transaction locks the file."""


def tell_others() -> None:
    """They see that the file has changed."""


def make_sure() -> None:
    """What is committed is on the disk."""


def is_lost(error: BaseException) -> bool:
    """Whether another file lies where this one was opened."""
    return isinstance(error, _Moved)


def take_turn(of: str) -> None:
    """Whoever writes has the whole file."""


def is_crossed(error: BaseException) -> bool:
    """Whoever writes is alone."""
    return False


def kept() -> int:
    """Nothing is done again."""
    return 0


def _what_began(error: BaseException) -> str:
    """What an error says; one that came of undoing what the database had undone itself tells of the one before."""
    before = error
    while "no transaction is active" in str(before) and before.__context__ is not None:
        before = before.__context__
    return str(before)


def explain(error: Exception, url: str = "") -> DatabaseProblem:
    """The Chinese sentence for an error of the database, with what to do."""
    if isinstance(error, _Moved):
        return Away(_MOVED.format(path=error))
    said = _what_began(error).lower()
    where = f" {sqlite_path(url)}" if url else ""
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


@contextmanager
def made_whole(url: str, make: Callable[[str], object]) -> Iterator[None]:
    """A file beside, made by `make`, that comes to its place when all is in it. See `connection.made_whole`."""
    path = sqlite_path(url)
    if path.exists() and path.stat().st_size:
        raise DatabaseProblem(
            f"{path} 已经存在，不会覆盖。升级请用 dutydesk db upgrade；要重建请先移走它，或换一个位置。"
        )
    beside = path.with_name(path.name + ".filling")
    try:
        _remove(beside)
        make(f"sqlite:///{beside}")
        try:
            yield
        finally:
            database.close()
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.rename(path)
    except OSError as error:
        raise DatabaseProblem(f"{path} 写不了（{error.strerror}）。请检查目录是否存在、是否可写。") from error
    except (PeeweeException, sqlite3.Error) as error:
        raise explain(_first(error), url) from error
    finally:
        with suppress(OSError):
            _remove(beside)


def _first(error: BaseException) -> Exception:
    """What went wrong at first: rolling back, where nothing can be, hides it."""
    while error.__context__ is not None:
        error = error.__context__
    return error if isinstance(error, Exception) else Exception(error)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal", "-queue"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def write_transaction() -> Iterator[None]:
    """One transaction that takes the write lock at once, so that waiting happens before anything is read."""
    if database.in_transaction():
        with database.obj.atomic():
            yield
        return
    from dutydesk.models.writers_queue import turn

    with turn(Path(database.obj.database), float(load().lock_wait), _say), database.obj.atomic("IMMEDIATE"):
        _must_be_the_same()
        yield


def _silent(_words: str) -> None: ...


_say: Callable[[str], None] = _silent


def tell_waiting(say: Callable[[str], None]) -> None:
    """`say` is called when a write waits long for others, and when that is over."""
    global _say
    _say = say


def read_transaction() -> AbstractContextManager[Any]:
    """One transaction in which all reads see the same moment."""
    return database.obj.atomic()


def take_time() -> None:
    """A file ends no transaction by itself."""


def listen() -> None:
    """Other desks' writes are asked for, see `changes_seen`."""
    return


def changes_seen() -> int:
    """A number that differs when another connection has written since it was last asked."""
    _must_be_the_same()
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
def bulk_writing(progress: Callable[[int, int], None]) -> Iterator[None]:
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
    for done, sql in enumerate(indexes, 1):
        database.execute_sql(sql)
        progress(done, len(indexes))
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = 1"):
        database.execute_sql(f"pragma {pragma}")


_SECONDARY_INDEXES = "select sql from sqlite_master where type = 'index' and sql is not null order by name"
_SECONDARY_INDEX_NAMES = (
    "select name from sqlite_master where type = 'index' and sql is not null order by name"
)
