"""Opening the database: one set of functions, whichever kind of database is behind them.

What only one kind knows is in `on_sqlite` and `on_postgresql`, each with the same functions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from peewee import Database, PeeweeException, SqliteDatabase

from dutydesk.models import on_sqlite
from dutydesk.models.base import Table, database
from dutydesk.models.problems import DatabaseProblem, NewerSchema, NotOurs, OlderSchema
from dutydesk.settings import is_postgresql, without_password

MIGRATIONS = Path(__file__).parent / "migrations"

# What a query can raise: peewee wraps what happens when it is sent, SQLite's own come while rows are fetched.
ERRORS = (PeeweeException, sqlite3.Error)


def _kind(url: str) -> Any:
    """The functions for the database of a URL. Raises DatabaseProblem for one that nothing here understands."""
    if url.startswith("sqlite:///"):
        return on_sqlite
    if not is_postgresql(url):
        raise DatabaseProblem(
            f"数据库地址 {without_password(url)} 无法识别。"
            "请写成 sqlite:////路径/文件.db 或 postgresql://账号@主机/库名。"
        )
    from dutydesk.models import on_postgresql

    _also(on_postgresql.ERROR)
    return on_postgresql


def _also(kind: type[Exception]) -> None:
    """What a driver raises where peewee does not stand between."""
    global ERRORS
    if kind not in ERRORS:
        ERRORS = (*ERRORS, kind)  # type: ignore[assignment]


def _bound() -> Any:
    """The functions for the database that is bound."""
    if database.obj is None or isinstance(database.obj, SqliteDatabase):
        return on_sqlite
    from dutydesk.models import on_postgresql

    return on_postgresql


def bind(url: str) -> Database:
    """Make the database of a URL the one behind all tables; does not connect.

    Raises DatabaseProblem for a URL that nothing here understands.
    """
    chosen: Database = _kind(url).bind(url)
    return chosen


def connect(url: str) -> None:
    """Bind and connect on this thread, and see that the schema is the one that this program writes.

    Raises DatabaseProblem (NotOurs, OlderSchema, NewerSchema) with what to do.
    """
    chosen = bind(url)
    kind = _kind(url)
    kind.must_exist(url)
    try:
        chosen.connect()
        verify_schema()
        kind.settle()
    except DatabaseProblem:
        chosen.close()
        raise
    except Exception as error:
        chosen.close()
        raise kind.explain(error, url) from None


def is_there(url: str) -> bool:
    """Whether there is a file, or something in the database of a server. A server that says no is told of later."""
    return bool(_kind(url).is_there(url))


def explain(error: Exception, url: str = "") -> DatabaseProblem:
    """The Chinese sentence for an error of the database, with what to do."""
    problem: DatabaseProblem = _bound().explain(error, url)
    return problem


def is_lost(error: BaseException) -> bool:
    """Whether an error means that the server is gone, so that only connecting anew helps."""
    return bool(_bound().is_lost(error))


def is_crossed(error: BaseException) -> bool:
    """Whether an error says that somebody else's transaction came across this one, which may go well next time."""
    return bool(_bound().is_crossed(error))


def kept() -> int:
    """How many transactions this connection has written and committed, where one may have to be done again."""
    return int(_bound().kept())


def take_turn(of: str) -> None:
    """In a transaction: wait for others of this name to end, so that it decides on what they left."""
    _bound().take_turn(of)


def known_migrations() -> list[str]:
    """Names of the migrations that this program brings, in order."""
    return list(_known(MIGRATIONS))


@cache  # what comes to lie there while this program runs is not this program's
def _known(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.iterdir() if path.name[0].isdigit()))


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
    _kind(url).must_exist(url)
    return migrate(url)


def migrate(url: str) -> list[str]:
    """Create or upgrade the schema; returns the names of the migrations applied. Raises DatabaseProblem."""
    kind = _kind(url)
    chosen = bind(url)
    try:
        kind.prepare(url)
        chosen.connect()
        kind.lock_schema()
        if not applied_migrations() and chosen.get_tables():
            raise NotOurs("这是别的程序的数据库，值班台不会动它。请核对 DUTYDESK_DATABASE。")
        if set(applied_migrations()) - set(known_migrations()):
            raise NewerSchema("数据库由更新版本的值班台写成，本版本不能升级它。请升级值班台程序。")
        kind.settle()
        applied = _run_migrations()
        if applied:
            kind.tell_others()
        return applied
    except DatabaseProblem:
        raise
    except Exception as error:
        raise kind.explain(error, url) from error
    finally:
        if not chosen.is_closed():
            chosen.close()


def _run_migrations() -> list[str]:
    from playhouse.migrations import Runner

    with _bound().changing_schema():  # all or none: half way between two versions no program opens it
        applied: list[str] = Runner(database.obj, str(MIGRATIONS)).up()
    return applied


@contextmanager
def made_whole(url: str) -> Iterator[None]:
    """A new database, connected on this thread while it is filled; it stands at its place only when all is in it.

    Raises DatabaseProblem where something stands there already or nothing can be written.
    """

    def make(place: str) -> None:
        if database.is_closed():
            migrate(place)
            connect(place)
        else:  # in the transaction that is under way
            _run_migrations()

    kind = _kind(url)
    bind(url)
    try:
        with kind.made_whole(url, make):
            yield
    except ERRORS as error:
        raise kind.explain(error, url) from error
    bind(url)


@contextmanager
def write_transaction() -> Iterator[None]:
    """One transaction whose waiting for locks happens before anything that it decides on is read.

    Raises NewerSchema where the database was upgraded since this program connected: none of it is written.
    """
    nested = database.in_transaction()
    with _bound().write_transaction():
        if not nested:
            still_ours()
        yield


def still_ours() -> None:
    """Raise NewerSchema where the schema is another than the one that this program writes."""
    newest = database.execute_sql("select max(name) from schema_migration").fetchone()[0]
    if newest != _known(MIGRATIONS)[-1]:
        raise NewerSchema(
            "值班台已升级，这个窗口还是旧版本，没有保存。已填内容已留下，请退出后重新登录，接着办。"
        )


def make_sure() -> None:
    """Wait until what was committed before is where it outlives this server, as a commit of one's own does."""
    _bound().make_sure()


def tell_waiting(say: Callable[[str], None]) -> None:
    """`say` is called with a sentence when a write has waited for others for some time, and with "" after that."""
    _bound().tell_waiting(say)


def read_transaction() -> AbstractContextManager[Any]:
    """One transaction in which all reads see the same moment."""
    transaction: AbstractContextManager[Any] = _bound().read_transaction()
    return transaction


def take_time() -> None:
    """In a transaction that only reads: the database may not end it while nothing is asked for long."""
    _bound().take_time()


def listen() -> int | None:
    """Hear of other desks' writes; a file descriptor to wait on, or None where they have to be asked for."""
    descriptor: int | None = _bound().listen()
    return descriptor


def changes_seen() -> int:
    """A number that differs when another connection has written since it was last asked."""
    return int(_bound().changes_seen())


def stop_when(abandoned: Callable[[], bool]) -> None:
    """Let a read that nobody waits for end early: `abandoned` is asked now and then while it works."""
    _bound().stop_when(abandoned)


def integrity_problems() -> list[str]:
    """What the database itself finds wrong."""
    found: list[str] = _bound().integrity_problems()
    return found


def insert_rows(table: type[Table], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows as they are kept, given in the order of the fields named by `columns`."""
    _bound().insert_rows(table, columns, rows)


def bulk_writing(
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> AbstractContextManager[None]:
    """For a database that is being filled and thrown away when that fails: what can be done at the end is.

    Of a large one the end takes long: `progress` hears how many of the indexes are made, of how many.
    """
    writing: AbstractContextManager[None] = _bound().bulk_writing(progress)
    return writing
