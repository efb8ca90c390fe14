"""What only PostgreSQL knows: its connection, locks, notifications and errors. The same functions as `on_sqlite`.

psycopg is imported here and nowhere else, and this module only where a URL asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any, TypeVar

import psycopg
from peewee import PeeweeException, PostgresqlDatabase, Psycopg3Adapter, __exception_wrapper__  # type: ignore[attr-defined]
from psycopg.pq import TransactionStatus

from dutydesk.models.base import Table, database
from dutydesk.models.problems import Away, DatabaseProblem, NotOurs
from dutydesk.settings import load, without_password

T = TypeVar("T")
ERROR = psycopg.Error  # what is not raised through peewee

_CHANNEL = "dutydesk"
_MIGRATING = 310104  # the advisory lock of whoever makes or upgrades the schema
_AT_A_TIME = 5_000  # rows of one COPY
_CHECK_EACH = 0.05  # seconds between two looks whether a read is still wanted
# A dead network is noticed after 11 s when idle, after 9 s with a query under way (without: not within a minute).
_ALIVE = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8000,
}
# Lists are walked on their index, and what is read again and again is in memory: there a page costs twenty entries of an
# index, whichever page is next. A plan for any values knows nothing of the scope: each is planned for its own.
_PLANS = "-c seq_page_cost=0.2 -c random_page_cost=0.2 -c plan_cache_mode=force_custom_plan -c jit=off"


class _Line(psycopg.Connection[Any]):
    """A connection that asks now and then, while a query runs, whether anybody still waits for it."""

    abandoned: Callable[[], bool] = staticmethod(lambda: False)
    heard = 0  # notifications of other desks
    kept = 0  # transactions that were written and committed

    def wait(self, gen: Any, interval: float = _CHECK_EACH, timeout: float | None = None) -> Any:
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: Any) -> Any:
        """The steps of a query; one that nobody waits for is cancelled at the server, on this very thread."""
        asked = False
        try:
            state = next(gen)
            while True:
                ready = yield state
                if not ready and not asked and self.abandoned():
                    asked = True
                    self.cancel_safe(timeout=3)
                state = gen.send(ready)
        except StopIteration as end:
            return end.value

    def listen(self) -> None:
        self.add_notify_handler(self._hear)
        self.execute(f"listen {_CHANNEL}")

    def _hear(self, notice: psycopg.Notify) -> None:
        self.heard += notice.pid != self.info.backend_pid

    def take_in(self) -> None:
        """Count what has arrived since the last query. Raises psycopg.OperationalError where the line is lost."""
        self.pgconn.consume_input()
        while notice := self.pgconn.notifies():
            self.heard += notice.be_pid != self.info.backend_pid


class _Adapter(Psycopg3Adapter):
    """peewee's own, but for the connection; it does without peewee having found psycopg (see `base`)."""

    txn_idle = TransactionStatus.IDLE
    txn_inerror = TransactionStatus.INERROR
    txn_unknown = TransactionStatus.UNKNOWN

    def check_driver(self) -> None: ...

    def get_binary_type(self) -> Any:
        return psycopg.Binary

    def connect(self, db: Any, **params: Any) -> _Line:
        return _Line.connect(db.database, **params)


class _Database(PostgresqlDatabase):
    psycopg2_adapter = psycopg3_adapter = _Adapter


def bind(url: str) -> _Database:
    """The database of a URL; does not connect. Several hosts and all of libpq's options may stand in it."""
    wait = max(int(load().lock_wait) * 1000, 1)  # PostgreSQL takes 0 for ever
    chosen = _Database(
        "postgresql://" + url.split("://", 1)[1],
        autoconnect=False,
        field_types={"INSTANT": "TIMESTAMPTZ"},
        options=f"-c timezone=UTC -c lock_timeout={wait} -c client_encoding=UTF8 {_PLANS}",
        **_ALIVE,  # type: ignore[arg-type]
    )
    database.initialize(chosen)
    return chosen


def must_exist(url: str) -> None:
    """The server says it when connecting."""


def is_there(url: str) -> bool:
    """Whether there is any table; also where the server says no, which whoever connects next tells."""
    chosen = bind(url)
    try:
        with chosen.connection_context():
            return bool(chosen.get_tables())
    except PeeweeException:
        return True


def prepare(url: str) -> None:
    """Databases are created by whoever runs the server."""


def settle() -> None:
    """Nothing of a PostgreSQL is kept in files of ours."""


def changing_schema() -> AbstractContextManager[Any]:
    """One transaction."""
    return database.atomic()


def lock_schema() -> None:
    """Only one at a time makes or upgrades the schema, and nobody writes; the lock ends with the connection."""
    database.execute_sql("select pg_advisory_lock(%s)", (_MIGRATING,))


def tell_others() -> None:
    """Desks that are open look whether they may go on."""
    database.execute_sql(f"notify {_CHANNEL}")


def make_sure() -> None:
    """An act that is found to be there may wait for the standby still: its own commit was cut off while it waited.

    A commit of one's own waits for all before it, if it writes anything.
    """
    if not database.in_transaction():
        with database.obj.atomic():
            database.execute_sql("select pg_logical_emit_message(true, 'dutydesk', '')")


def tell_waiting(say: Callable[[str], None]) -> None:
    """Whoever waits here waits for a row, not for everybody's writing."""


def take_turn(of: str) -> None:
    """Wait, in a transaction, until no other of this name is under way; until it ends all others wait."""
    database.execute_sql("select pg_advisory_xact_lock(hashtext(%s))", (of,))


def _of_psycopg(error: BaseException | None) -> psycopg.Error | None:
    """The error below those of peewee."""
    while error is not None:
        if isinstance(error, psycopg.Error):
            return error
        inner = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        error = inner or error.__cause__ or error.__context__
    return None


def is_lost(error: BaseException) -> bool:
    """Whether an error means that the line to the server is gone, so that only connecting anew helps."""
    if not database.is_closed() and database.connection().closed:
        return True
    below = _of_psycopg(error)
    state = (below and below.sqlstate) or ""
    # written to until a moment ago, and now one that follows another
    stepped_down = state == "25006" and "target_session_attrs" in str(database.obj.database)
    return stepped_down or state.startswith("08") or state in ("57P01", "57P02", "57P03")


_CROSSED = {"40P01", "40001", "23505"}  # a deadlock, a moment that is over, a row that another made meanwhile


def is_crossed(error: BaseException) -> bool:
    """Whether an error says that somebody else's transaction came across this one, which may go well next time."""
    below = _of_psycopg(error)
    return below is not None and below.sqlstate in _CROSSED


def kept() -> int:
    """How many transactions this connection has written and committed."""
    return 0 if database.is_closed() else int(database.connection().kept)


_AT_ONCE = "与别人同时改到了一处，没有保存。请再试一次，已填内容仍在。"
_SAYS = {
    "55P03": "数据库正被别的程序占用，没有保存。请稍等再试一次，已填内容仍在。",
    **dict.fromkeys(_CROSSED, _AT_ONCE),
    "53100": "数据库服务器磁盘已满，没有保存。请管理员清理磁盘后再按一次保存，已填内容仍在。",
    "53300": "数据库服务器的连接已用完。请稍等再试；常常如此请告诉管理员。",
    "25006": "数据库现在只读，没有保存。请稍等再试一次，已填内容仍在；一直如此请告诉管理员。",
    "42501": "数据库账号没有权限。请管理员检查数据库里的授权。",
    "57014": "查得太久，已停下。请缩小范围再试。",
}

# Who cannot connect is told no SQLSTATE, only words, in English or in Chinese.
_NO_DATABASE = re.compile('database ".*" does not exist|数据库.*不存在')
_NO_ACCOUNT = re.compile(
    'role ".*" does not exist|authentication failed|no password supplied|角色.*不存在|认证失败'
)


def explain(error: Exception, url: str = "") -> DatabaseProblem:
    """The Chinese sentence for an error, by its SQLSTATE: the server's words may be in any language."""
    below = _of_psycopg(error)
    state = (below and below.sqlstate) or ""
    said = str(error)
    where = f" {without_password(url)}" if url else ""
    if state in _SAYS:
        return DatabaseProblem(_SAYS[state])
    if state == "3D000" or _NO_DATABASE.search(said):
        return DatabaseProblem(
            f"数据库服务器上没有这个库：{where}。请管理员先用 createdb -E UTF8 建好空库，再试。"
        )
    if state.startswith("28") or _NO_ACCOUNT.search(said):
        return DatabaseProblem(f"数据库服务器不接受这个账号或密码：{where}。请核对 DUTYDESK_DATABASE。")
    if is_lost(error) or (isinstance(below, psycopg.OperationalError) and not state):
        return Away(
            "与数据库服务器的连接断了。已填内容仍在，请稍等再试一次，不会存两遍；一直如此请告诉管理员。"
        )
    if isinstance(below, psycopg.ProgrammingError) and not database.is_closed() and state == "42P01":
        return NotOurs(f"数据库{where} 缺少值班台的表。请核对 DUTYDESK_DATABASE。")
    return DatabaseProblem(
        f"数据库出错，没有保存，已填内容仍在。请告诉管理员：{type(error).__name__} {state}。"
    )


@contextmanager
def made_whole(url: str, make: Callable[[str], object]) -> Iterator[None]:
    """All in one transaction: the schema by `make`, and what the caller fills in. See `connection.made_whole`."""
    chosen = bind(url)
    try:
        chosen.connect()
        lock_schema()
        if chosen.get_tables():
            raise DatabaseProblem(
                f"库 {without_password(url)} 里已有数据，不会覆盖。升级请用 dutydesk db upgrade；要重建请换一个空库。"
            )
        with chosen.atomic():
            make(url)
            yield
        chosen.execute_sql("analyze")  # type: ignore[no-untyped-call]
    finally:
        if not chosen.is_closed():
            chosen.close()


@contextmanager
def write_transaction() -> Iterator[None]:
    """Rows are locked as they are written or read `for update`; other desks hear of it when it is committed."""
    with database.obj.atomic():
        database.execute_sql("select pg_advisory_xact_lock_shared(%s)", (_MIGRATING,))  # see `lock_schema`
        yield
        database.execute_sql(f"notify {_CHANNEL}")
    if not database.in_transaction():
        database.connection().kept += 1


def read_transaction() -> Any:
    """One transaction in which all reads see the same moment."""
    chosen = database.obj  # the proxy behind `database` may be bound anew before this ends (see `copying`)
    return chosen.atomic() if chosen.in_transaction() else chosen.atomic("REPEATABLE READ")


def take_time() -> None:
    """In a transaction that only reads: it may wait long for what is done elsewhere with the rows."""
    database.execute_sql("set local idle_in_transaction_session_timeout = 0")


def listen() -> int:
    """Hear of other desks' writes from now on; the file descriptor that becomes readable when there is one."""
    with __exception_wrapper__:
        line: _Line = database.connection()
        line.listen()
        return line.fileno()


def changes_seen() -> int:
    """A number that differs when another connection has written since it was last asked."""
    with __exception_wrapper__:
        line: _Line = database.connection()
        line.take_in()
        return line.heard


def stop_when(abandoned: Callable[[], bool]) -> None:
    """Let a read that nobody waits for end early."""
    database.connection().abandoned = abandoned


def integrity_problems() -> list[str]:
    """Indexes and constraints that the server knows to be unfinished."""
    rows = database.execute_sql(
        "select indexrelid::regclass::text from pg_index where not indisvalid "
        "union all select conname from pg_constraint where not convalidated"
    ).fetchall()
    return [f"{name} 没有建完" for (name,) in rows]


def insert_rows(table: type[Table], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows by COPY; a number given by hand moves the sequence on."""
    meta: Any = table._meta
    names = ", ".join(f'"{meta.fields[name].column_name}"' for name in columns)
    with __exception_wrapper__, database.connection().cursor() as cursor:
        coming = iter(rows)
        while some := list(islice(coming, _AT_A_TIME)):  # what yields them may ask this very connection
            with cursor.copy(f'copy "{meta.table_name}" ({names}) from stdin') as copy:
                for row in some:
                    copy.write_row(row)
        key = meta.primary_key.column_name
        if meta.primary_key.field_type in ("AUTO", "BIGAUTO"):
            cursor.execute(
                f"select setval(pg_get_serial_sequence('{meta.table_name}', '{key}'), "  # noqa: S608
                f'coalesce(max("{key}"), 0) + 1, false) from "{meta.table_name}"'
            )


_FOREIGN_KEYS = (
    "select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint "
    "where contype = 'f' and connamespace = current_schema()::regnamespace order by conname"
)
_INDEXES = (
    "select quote_ident(indexname), indexdef from pg_indexes where schemaname = current_schema() and not exists "
    "(select 1 from pg_constraint where connamespace = current_schema()::regnamespace and conname = indexname) "
    "and tablename <> 'schema_migration' order by indexname"
)


@contextmanager
def bulk_writing(progress: Callable[[int, int], None]) -> Iterator[None]:
    """For a database that is being filled: references are verified and indexes made at the end in one go."""
    keys = database.execute_sql(_FOREIGN_KEYS).fetchall()
    indexes = database.execute_sql(_INDEXES).fetchall()
    for table, name, _definition in keys:
        database.execute_sql(f"alter table {table} drop constraint {name}")
    for name, _definition in indexes:
        database.execute_sql(f"drop index {name}")
    yield
    database.execute_sql(
        "select set_config('maintenance_work_mem', '256MB', true)"
    )  # the words' index is large
    for done, (_name, definition) in enumerate(indexes, 1):
        database.execute_sql(definition)
        progress(done, len(indexes))
    for table, name, definition in keys:
        database.execute_sql(f"alter table {table} add constraint {name} {definition}")
