"""What only PostgreSQL does: each trouble in its own words, LISTEN and NOTIFY, giving a query up, connecting anew."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading

import psycopg
import pytest
from playhouse.schema_diff import diff_models

import dutydesk.models.issue_indexes  # noqa: F401  (the model's partial indexes)
from dutydesk.desk import Desk
from dutydesk.models import TABLES, Area, Issue, OfficeSetting, connection, database, search
from dutydesk.models.connection import connect, explain, known_migrations, migrate, upgrade
from dutydesk.models.problems import DatabaseProblem, NewerSchema, NotOurs, OlderSchema
from dutydesk.rules import intake
from dutydesk.settings import load
from dutydesk.vocabulary import Role

pytestmark = pytest.mark.postgresql

ENDLESS = "select count(*) from generate_series(1, 100000000000)"


@pytest.fixture
def new(postgresql):
    """A database with nothing in it."""
    url = postgresql.create()
    yield url
    if database.obj is not None and not database.is_closed():
        database.close()
    postgresql.drop(url)


def register(session, district, act_id="1"):
    fields = {"unit": str(district.units[0]), "category": str(district.categories[0]), "summary": "楼道堆物"}
    return intake.register(session, fields | {"source": "patrol"}, act_id)


def count(_session) -> int:
    return Issue.select().count()


def test_models_and_migrated_schema_agree(new):
    assert migrate(new) == known_migrations()
    assert migrate(new) == []
    connect(new)
    difference = diff_models(database.obj, list(TABLES))
    # indexes over an expression, which no model can say
    assert {index.name for index in difference.drop_indexes} == {"search_text_open", "search_text_words"}
    assert not any([*difference[:4], *difference[5:]]), difference


def test_an_upgrade_brings_the_indexes_of_words_and_drops_that_of_before(new):
    migrate(new)
    with psycopg.connect(new) as raw:
        raw.execute("drop index search_text_words, search_text_open")
        raw.execute("create index search_text_tokens on search_text using gin (string_to_array(tokens, ' '))")
        raw.execute("delete from schema_migration where name = '0009_search_words'")
    with pytest.raises(OlderSchema, match="db upgrade"):
        connect(new)
    assert upgrade(new) == ["0009_search_words"]
    connect(new)
    names = database.execute_sql(
        "select indexname from pg_indexes where tablename = 'search_text'"
    ).fetchall()
    assert {name for (name,) in names} == {"search_text_pkey", "search_text_words", "search_text_open"}
    assert search.index_problem() is None


def test_an_empty_one_another_programs_and_a_newer_one(new):
    with pytest.raises(OlderSchema, match="db init"):
        connect(new)
    with psycopg.connect(new) as raw:
        raw.execute("create table theirs (id int)")
    for way in (connect, migrate):
        with pytest.raises(NotOurs):
            way(new)
    with psycopg.connect(new) as raw:
        raw.execute("drop table theirs")
    migrate(new)
    with psycopg.connect(new) as raw:
        raw.execute("insert into schema_migration (name, applied) values ('9999_later', now())")
    for way in (connect, migrate):
        with pytest.raises(NewerSchema):
            way(new)


def test_no_such_database_and_no_server(postgresql):
    with pytest.raises(DatabaseProblem, match="createdb"):
        connect(postgresql.url("nowhere"))
    with pytest.raises(DatabaseProblem, match="断了") as problem:
        connect("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(problem.value)


def test_a_locked_row_is_waited_for_only_so_long(district, monkeypatch):
    monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "0")
    load.cache_clear()
    district.connect()
    with psycopg.connect(district.url) as other:
        other.execute("select * from area for update")
        try:
            with connection.write_transaction():
                database.execute_sql("update area set name = 'x'")
        except connection.ERRORS as error:
            assert "正被别的程序占用" in str(explain(error))
        else:
            pytest.fail("it was not locked")
    load.cache_clear()


ANOTHER = """
import sys
from dutydesk.models import Act, Area, connection
connection.connect(sys.argv[1])
with connection.write_transaction():
    Area.update(name="又一片区").where(Area.id == sys.argv[2]).execute()
"""


async def test_a_desk_hears_what_another_wrote(desk, district):
    await desk.read(count)  # by then it has told of the opening
    desk.heard.clear()
    another = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ANOTHER, district.url, str(district.areas[0])
    )
    assert await another.wait() == 0
    assert await asyncio.to_thread(desk.heard.wait, 10)
    assert await desk.read(lambda _: Area.get_by_id(district.areas[0]).name) == "又一片区"


async def test_a_read_that_nobody_waits_for_is_given_up(desk):
    begun = threading.Event()

    def endless(_session):
        begun.set()
        database.execute_sql(ENDLESS)

    waiting = asyncio.create_task(desk.read(endless))
    assert await asyncio.to_thread(begun.wait, 10)
    waiting.cancel()
    assert await asyncio.wait_for(desk.read(count), 10) == 0


async def test_a_line_cut_while_idle_is_mended_unseen(desk, district):
    cut(district)
    assert await desk.read(count) == 0
    await desk.run(register, district)
    assert await desk.read(count) == 1


async def test_a_line_cut_in_an_act_is_told_of_and_the_act_done_again(desk, district):

    def cut_short(session):
        cut(district)
        return register(session, district)

    with pytest.raises(DatabaseProblem, match="已填内容仍在"):
        await desk.run(cut_short)
    await desk.run(register, district)
    assert await desk.read(count) == 1


async def test_a_write_that_anothers_came_across_is_done_again_unseen(desk, district):
    """Each holds what the other wants next; the server breaks the desk's off."""
    first, second = district.areas
    tries = []
    with psycopg.connect(district.url) as other:

        def crosswise(_session):
            tries.append("")
            if len(tries) > 1:  # at once it could come across the other again
                assert committed.wait(10)
            with connection.write_transaction():
                database.execute_sql("set local deadlock_timeout = '10ms'")
                Area.update(name="我的").where(Area.id == first).execute()
                if len(tries) == 1:  # the other waits for mine already
                    waiting.set()
                    while not blocked(other.info.backend_pid):
                        pass
                Area.update(name="我的").where(Area.id == second).execute()

        def blocked(pid) -> bool:
            asked = "select 1 from pg_locks where not granted and pid = %s"
            return bool(database.execute_sql(asked, (pid,)).fetchone())

        def come_across():
            other.execute("set deadlock_timeout = '1min'")
            other.execute("update area set name = '别人的' where id = %s", (second,))
            assert waiting.wait(10)
            other.execute("update area set name = '别人的' where id = %s", (first,))
            other.commit()
            committed.set()

        waiting, committed = threading.Event(), threading.Event()
        across = asyncio.create_task(asyncio.to_thread(come_across))
        await asyncio.gather(across, desk.run(crosswise))
    assert len(tries) == 2
    assert await desk.read(lambda _: [area.name for area in Area.select()]) == ["我的", "我的"]


async def test_what_was_kept_already_is_not_done_again(desk):
    """Of a rule with several acts the first stands: doing all again would do it twice."""
    tries = []

    def two(_session):
        tries.append("")
        with connection.write_transaction():
            database.execute_sql("update area set name = name || '一'")
        with connection.write_transaction():
            Area.insert(Area.get().__data__).execute()  # one with this id is there already

    with pytest.raises(DatabaseProblem, match="与别人同时改到了一处，没有保存"):
        await desk.run(two)
    assert len(tries) == 1


def test_many_rows_may_come_of_questions_to_the_same_database(district):
    written = []

    def fill():
        with database.obj.connection_context(), connection.write_transaction():
            rows = ((f"k{n}", str(Area.select().count()), "2020-01-01", "") for n in range(3))
            connection.insert_rows(OfficeSetting, ("key", "value", "valid_from", "set_by"), rows)
            written.append(OfficeSetting.select().where(OfficeSetting.value == "2").count())

    filling = threading.Thread(target=fill, daemon=True)  # it would wait for itself for ever
    filling.start()
    filling.join(20)
    assert written == [3]


class TestServer:
    """The server goes and comes back, or another takes its place."""

    @pytest.fixture
    def server(self, postgresql):
        yield postgresql
        if postgresql.process.poll() is not None:
            postgresql.go()

    async def test_while_it_is_away_the_desk_says_so_and_goes_on_where_it_was(
        self, server, desk, district, monkeypatch
    ):
        monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "0")  # nobody waits for it
        load.cache_clear()
        server.halt()
        for ask in (desk.read(count), desk.run(register, district)):
            with pytest.raises(DatabaseProblem, match=r"连接断了.*已填内容仍在"):
                await ask
        server.go()
        await desk.run(register, district)
        assert await desk.read(count) == 1

    async def test_it_comes_back_by_itself_and_hears_of_others_again(self, server, desk, district):
        await desk.read(count)
        server.halt()
        server.go()
        desk.heard.clear()
        assert await asyncio.to_thread(desk.heard.wait, 10), "it reads what it may have missed"
        desk.heard.clear()
        with psycopg.connect(district.url) as other:
            other.execute("notify dutydesk")
        assert await asyncio.to_thread(desk.heard.wait, 10)

    async def test_where_another_takes_its_place_the_desk_goes_on_there(
        self, server, district, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path))
        monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "0")  # what is away is told of at once
        load.cache_clear()
        district.close()
        other = server.standby()
        name = district.url.rsplit("/", 1)[1]
        hosts = f"127.0.0.1:{other.port},127.0.0.1:{server.port}"
        desk = Desk(f"postgresql://postgres@{hosts}/{name}?target_session_attrs=read-write")
        try:
            await desk.open(district.numbers[Role.DUTY_OFFICER], "测试")  # not on the one that is named first
            await desk.run(register, district)
            with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
                caught_up = "select replay_lsn >= pg_current_wal_lsn() from pg_stat_replication"
                while not (admin.execute(caught_up).fetchone() or [False])[0]:
                    pass
            server.halt()
            with pytest.raises(DatabaseProblem, match="连接断了"):
                await desk.run(register, district, "2")
            other.promote()
            await desk.run(register, district, "2")
            await desk.run(register, district, "1")  # an act whose outcome was unknown is done once
            assert await desk.read(count) == 2
        finally:
            await desk.close()
            other.stop()
            load.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://zhang:mima123@127.0.0.1:{port}/{name}",
        "postgresql://127.0.0.1:{port}/{name}?user=zhang&password=mima123",
        "postgresql://zhang:mima123@127.0.0.1:1,127.0.0.1:{port}/{name}?target_session_attrs=read-write",
    ],
)
def test_a_password_is_never_shown(postgresql, url):
    """No such database, no such account, no server: whatever is wrong, the password is not in what is said."""
    url = url.format(port=postgresql.port, name="nowhere")
    for wrong in (url, url.replace("nowhere", "postgres"), url.replace(str(postgresql.port), "1")):
        for way in (connect, migrate):
            says = "不接受这个账号或密码" if str(postgresql.port) in wrong else "断了"
            with pytest.raises(DatabaseProblem, match=says) as problem:
                way(wrong)
            assert "ma123" not in str(problem.value)
    told = subprocess.run(
        [sys.executable, "-m", "dutydesk", "db", "check"],
        env={"DUTYDESK_DATABASE": url, "PATH": os.environ["PATH"], "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert told.returncode == 1
    assert "ma123" not in told.stdout + told.stderr


def cut(district) -> None:
    """End every connection to the database, as a server that is restarted does."""
    with psycopg.connect(district.url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
