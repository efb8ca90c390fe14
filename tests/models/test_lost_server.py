"""A server that is gone is waited for: what may be done twice is done again, and an act once."""

from __future__ import annotations

import asyncio
import threading

import psycopg
import pytest

from dutydesk.models import Act, database
from dutydesk.models.problems import DatabaseProblem
from dutydesk.settings import load
from dutydesk.vocabulary import Role
from tests.models.test_on_postgresql import count, cut, register

pytestmark = pytest.mark.postgresql


class TestWaitingForAServer:
    """What was asked for while the server is away is done when it is back, once exactly."""

    @pytest.fixture
    def server(self, postgresql):
        yield postgresql
        if postgresql.process.poll() is not None:
            postgresql.go()

    @pytest.fixture
    def desk(self, desk):
        """`said` is what it waited for; `saying` is set with each sentence."""
        desk.said, desk.saying = [], threading.Event()

        def say(words):
            desk.said.append(words)
            desk.saying.set()

        desk.waits = say
        return desk

    async def waiting(self, desk):
        assert await asyncio.to_thread(desk.saying.wait, 20)

    async def test_reads_and_acts_go_on_when_it_is_back(self, server, desk, district):
        server.halt()
        reading = asyncio.create_task(desk.read(count))
        writing = asyncio.create_task(desk.run(register, district, "1"))
        await self.waiting(desk)
        assert desk.said == ["正在重新连接…已填内容仍在，连上后接着办，不用再按。"]
        assert not reading.done()
        server.go()
        await asyncio.wait_for(asyncio.gather(reading, writing), 30)
        assert await desk.read(count) == 1
        assert desk.said[1:] == ["已重新连上数据库。"]

    async def test_one_whose_outcome_is_unknown_is_looked_up_and_not_done_again(self, desk, district):
        tries = []

        def cut_after_the_commit(session, act_id):
            tries.append(act_id)
            done = register(session, district, act_id)
            if len(tries) == 1:  # the commit has come, the answer has not
                cut(district)
                count(session)
            return done

        done = await desk.run(cut_after_the_commit, "1")
        assert done.number.endswith("000001")
        assert tries == ["1", "1"]
        assert await desk.read(count) == 1
        assert await desk.read(lambda _: Act.select().count()) == 1

    async def test_what_has_no_id_is_not_done_again(self, desk, district):
        tries = []

        def without(session):
            tries.append("")
            cut(district)
            return count(session)

        with pytest.raises(DatabaseProblem, match="连接断了"):
            await desk.run(without)
        assert len(tries) == 1

    async def test_it_waits_only_so_long_and_then_says_so(self, server, desk, monkeypatch):
        monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "0")
        load.cache_clear()
        server.halt()
        with pytest.raises(DatabaseProblem, match=r"连接断了.*已填内容仍在"):
            await desk.read(count)

    async def test_a_read_that_nobody_waits_for_waits_no_longer(self, server, desk, district):
        server.halt()
        reading = asyncio.create_task(desk.read(count))
        await self.waiting(desk)
        reading.cancel()
        server.go()
        await asyncio.wait_for(desk.run(register, district, "1"), 30)

    async def test_who_leaves_meanwhile_is_not_held_up(self, server, desk, district):
        server.halt()
        writing = asyncio.create_task(desk.run(register, district, "1"))
        await self.waiting(desk)
        desk.hurry()
        with pytest.raises(DatabaseProblem, match="连接断了"):
            await asyncio.wait_for(writing, 5)
        assert desk.cut_off

    async def test_an_idle_desk_says_so_too(self, server, desk):
        server.halt()
        await self.waiting(desk)
        assert desk.said == ["正在重新连接…已填内容仍在，连上后接着办，不用再按。"]
        desk.said.clear()
        desk.saying.clear()
        server.go()
        await self.waiting(desk)
        assert desk.said == ["已重新连上数据库。"]


def test_an_act_that_is_there_already_is_told_of_only_when_a_standby_has_it_too(postgresql, district):
    """Its own commit was cut off while it waited for the standby: what is told to be saved must outlive this server."""
    session = district.sessions[Role.DUTY_OFFICER]
    register(session, district)

    def again():
        with database.obj.connection_context():
            database.execute_sql("set synchronous_commit = on")
            register(session, district)

    trying = threading.Thread(target=again, daemon=True)
    postgresql.do("alter system set synchronous_standby_names = 'nobody'")
    postgresql.do("select pg_reload_conf()")
    try:
        with psycopg.connect(district.url, autocommit=True) as other:
            while not other.execute("show synchronous_standby_names").fetchone()[0]:
                pass
            trying.start()
            asked = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
            while trying.is_alive() and not other.execute(asked).fetchone()[0]:
                pass
            assert trying.is_alive(), "it waits"
    finally:
        postgresql.do("alter system reset synchronous_standby_names")
        postgresql.do("select pg_reload_conf()")
    trying.join(20)
    assert not trying.is_alive()
    assert count(session) == 1
