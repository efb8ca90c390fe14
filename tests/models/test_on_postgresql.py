"""What only PostgreSQL does: each trouble in its own words, LISTEN and NOTIFY, giving a query up, connecting anew."""

from __future__ import annotations

import asyncio
import sys
import threading

import psycopg
import pytest
from playhouse.schema_diff import diff_models

import dutydesk.models.issue_indexes  # noqa: F401  (the model's partial indexes)
from dutydesk.desk import Desk
from dutydesk.models import TABLES, Area, Issue, connection, database
from dutydesk.models.connection import connect, explain, known_migrations, migrate
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


@pytest.fixture
async def desk(district, tmp_path, monkeypatch):
    """A desk of the duty officer; `heard` is set when it tells of a change."""
    monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path))
    load.cache_clear()
    district.close()
    heard = threading.Event()
    desk = Desk(district.url, heard.set)
    desk.heard = heard
    await desk.open(district.numbers[Role.DUTY_OFFICER], "测试")
    yield desk
    await desk.close()
    load.cache_clear()


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
    # an index over an expression, which no model can say
    assert [index.name for index in difference.drop_indexes] == ["search_text_tokens"]
    assert not any([*difference[:4], *difference[5:]]), difference


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
from dutydesk.models import Area, connection
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


def cut(district) -> None:
    """End every connection to the database, as a server that is restarted does."""
    with psycopg.connect(district.url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
