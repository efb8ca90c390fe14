"""The line between screens and database: one thread, reads that are given up, writes that are finished."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import date, datetime, timedelta

import pytest
import time_machine

from dutydesk.desk import Desk
from dutydesk.models import Draft, Issue, OfficeSetting, RoleGrant, Staff, database
from dutydesk.models.connection import DatabaseProblem, write_transaction
from dutydesk.rules import drafts, intake
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.settings import load
from dutydesk.vocabulary import Role

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"


@pytest.fixture
def state(tmp_path, monkeypatch):
    """The folder for what is kept outside the database; nobody waits for locks."""
    folder = tmp_path / "state"
    monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(folder))
    monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "0")
    load.cache_clear()
    yield folder
    load.cache_clear()


@pytest.fixture
async def desk(district, state):
    """A desk of the duty officer; `told` counts how often it was told of a change."""
    district.close()
    told = []
    desk = Desk(district.url, lambda: told.append(threading.current_thread().name))
    desk.told = told
    await desk.open("D00", "测试")
    await desk.read(count_issues)  # by then it has told of the opening
    told.clear()
    yield desk
    await desk.close()


def fields(district, **changes):
    return {
        "unit": str(district.units[0]),
        "category": str(district.categories[0]),
        "summary": "楼道堆放旧家具",
    } | changes


def count_issues(_session) -> int:
    return Issue.select().count()


class Gate:
    """A rule that waits inside the database thread until it is let through."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()

    def wait(self, _session) -> str:
        self.entered.set()
        assert self.open.wait(10)
        return "through"

    async def until_entered(self) -> None:
        assert await asyncio.to_thread(self.entered.wait, 10)


async def test_all_rules_run_on_one_thread_that_is_not_the_screens(desk, district):
    names = {await desk.read(lambda _: threading.current_thread().name) for _ in range(3)}
    names.add(await desk.run(lambda _: threading.current_thread().name))
    assert names == {"database"}
    assert database.is_closed(), "the screens' thread has no connection"


async def test_what_is_asked_for_is_answered_in_order_with_what_the_rule_says(desk, district):
    done = await desk.run(intake.register, fields(district), "act-1")
    assert done.number.endswith("-000001")
    answers = await asyncio.gather(*(desk.read(lambda _, n=n: n) for n in range(20)))
    assert answers == list(range(20))
    assert desk.unfinished == 0


async def test_a_refusal_comes_back_as_it_is(desk, district):
    with pytest.raises(Refused) as refused:
        await desk.run(intake.register, fields(district, summary=""), "act-1")
    assert refused.value.field == "summary"
    with pytest.raises(ZeroDivisionError):
        await desk.read(lambda _: 1 / 0)
    assert await desk.read(count_issues) == 0


class TestGivingUp:
    async def test_a_read_whose_screen_has_moved_on_is_given_up_and_the_next_works(self, desk):
        started = threading.Event()

        def long(_session):
            started.set()
            return database.execute_sql(ENDLESS).fetchall()

        reading = asyncio.create_task(desk.read(long))
        assert await asyncio.to_thread(started.wait, 10)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        async with asyncio.timeout(5):
            assert await desk.read(count_issues) == 0

    async def test_one_that_has_not_begun_is_not_begun(self, desk):
        gate, began = Gate(), []
        first = asyncio.create_task(desk.read(gate.wait))
        await gate.until_entered()
        second = asyncio.create_task(desk.read(began.append))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        await asyncio.sleep(0)  # its answer is cancelled by a callback of the loop
        gate.open.set()
        assert await first == "through"
        assert await desk.read(count_issues) == 0
        assert began == []

    async def test_a_write_once_asked_for_is_done_though_nobody_waits(self, desk, district):
        gate = Gate()
        first = asyncio.create_task(desk.read(gate.wait))
        await gate.until_entered()
        writing = asyncio.create_task(desk.run(intake.register, fields(district), "act-1"))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        gate.open.set()
        await first
        assert await desk.read(count_issues) == 1

    async def test_a_write_under_way_is_finished_though_nobody_waits(self, desk, district):
        gate = Gate()

        def slow(session):
            with write_transaction():
                Staff.update(phone="1").where(Staff.number == "D00").execute()
                gate.wait(session)
                database.execute_sql(f"{ENDLESS.replace('from n)', 'from n where i < 300000)')}").fetchall()

        writing = asyncio.create_task(desk.run(slow))
        await gate.until_entered()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        gate.open.set()
        assert await desk.read(lambda _: Staff.get(Staff.number == "D00").phone) == "1"

    async def test_closing_finishes_what_is_waiting_and_nothing_comes_after(self, desk, district):
        gate = Gate()
        blocked = asyncio.create_task(desk.read(gate.wait))
        await gate.until_entered()
        writings = [
            asyncio.create_task(desk.run(intake.register, fields(district), f"act-{n}")) for n in range(3)
        ]
        await asyncio.sleep(0)
        closing = asyncio.create_task(desk.close())
        gate.open.set()
        await closing
        assert [writing.done() for writing in writings] == [True] * 3
        await blocked
        with pytest.raises(DatabaseProblem, match="已经结束"):
            await desk.read(count_issues)
        district.connect()
        assert Issue.select().count() == 3


class TestChanges:
    async def test_an_own_write_is_told_and_a_read_is_not(self, desk, district):
        await desk.read(count_issues)
        assert desk.told == []
        await desk.run(intake.register, fields(district), "act-1")
        await desk.read(count_issues)
        assert desk.told == ["database"]

    async def test_another_desks_write_is_told_within_two_seconds(self, desk, district):
        await self.told_of_another(desk, district)

    async def test_even_while_this_desk_is_busy(self, desk, district):
        async def busy():
            while True:
                await desk.read(count_issues)

        working = asyncio.create_task(busy())
        await self.told_of_another(desk, district)
        working.cancel()

    async def test_who_is_stopped_elsewhere_is_put_out_within_two_seconds_and_nobody_else(
        self, desk, district
    ):
        await self.told_of_another(desk, district, "update staff set active = 0 where number = 'D01'")
        assert not desk.put_out
        await self.told_of_another(desk, district, "update staff set active = 0 where number = 'D00'")
        assert desk.put_out == "值班员甲的账号已停用，值班台已退出。有疑问请找管理员。"

    async def told_of_another(
        self, desk, district, wrote: str = "update staff set phone = '1' where number = 'D01'"
    ):
        heard, loop = asyncio.Event(), asyncio.get_running_loop()
        desk.changed = lambda: loop.call_soon_threadsafe(heard.set)
        other = sqlite3.connect(district.path)
        other.execute(wrote)
        other.commit()
        other.close()
        async with asyncio.timeout(2):
            await heard.wait()

    async def test_a_screen_that_is_gone_does_not_end_the_thread(self, desk, district):
        def gone() -> None:
            raise RuntimeError("Event loop is closed")

        desk.changed = gone
        await desk.run(intake.register, fields(district), "act-1")
        assert await desk.read(count_issues) == 1


class TestTrouble:
    async def test_a_lock_held_elsewhere_is_said_and_the_next_try_works(self, desk, district):
        other = sqlite3.connect(district.path, isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(DatabaseProblem, match="正被别的程序占用，没有保存"):
            await desk.run(intake.register, fields(district), "act-1")
        assert await desk.read(count_issues) == 0, "reading goes on"
        other.execute("rollback")
        assert (await desk.run(intake.register, fields(district), "act-1")).number

    async def test_a_full_disk_is_said_nothing_is_kept_and_the_next_try_works(self, desk, district):
        def limit(_session, pages: int) -> None:
            database.execute_sql(f"pragma max_page_count = {pages}").fetchall()

        used = await desk.read(lambda _: database.execute_sql("pragma page_count").fetchone()[0])
        await desk.read(limit, used)
        much = fields(district, detail="梯" * 50_000)
        with pytest.raises(DatabaseProblem, match="磁盘已满，没有保存"):
            await desk.run(intake.register, much, "act-1")
        assert await desk.read(count_issues) == 0
        await desk.read(limit, used + 10_000)
        assert (await desk.run(intake.register, much, "act-1")).issue_id

    async def test_a_damaged_file_is_said_while_rows_are_fetched(self, desk):
        """What goes wrong while rows are fetched is not wrapped by peewee."""

        def broken(_session):
            raise sqlite3.DatabaseError("database disk image is malformed")

        with pytest.raises(DatabaseProblem, match="或已损坏"):
            await desk.read(broken)

    async def test_before_it_is_open_nothing_is_read(self, district, state):
        district.close()
        desk = Desk(district.url)
        with pytest.raises(DatabaseProblem, match="还没有登录"):
            await desk.read(count_issues)
        with pytest.raises(NotAllowed, match="没有工号"):
            await desk.open("nobody")
        with pytest.raises(DatabaseProblem, match="还没有登录"):
            await desk.read(count_issues)
        assert (await desk.open("D00")).number == "D00"
        await desk.close()

    async def test_a_missing_database_is_said(self, tmp_path, state):
        desk = Desk(f"sqlite:///{tmp_path}/none.db")
        with pytest.raises(DatabaseProblem, match="没有找到数据库"):
            await desk.open("D00")
        assert not (tmp_path / "none.db").exists()
        await desk.close()


class TestOpening:
    async def test_the_heads_of_the_audit_are_kept_outside_once_a_day(self, desk, district, state):
        await desk.run(intake.register, fields(district), "act-1")
        await desk.close()
        again = Desk(district.url)
        await again.open("D00")
        await again.close()
        assert (state / "audit-heads.tsv").read_text(encoding="utf-8").count("\t310104012\t1\t") == 1

    async def test_drafts_left_as_files_are_taken_in(self, district, state):
        duty = district.sessions[Role.DUTY_OFFICER]
        drafts.last_words(state, duty, {"act-9": {"kind": "intake", "content": {"summary": "楼道"}}})
        district.close()
        desk = Desk(district.url)
        await desk.open("D00")
        kept = await desk.read(drafts.kept)
        assert [(each.id, each.content) for each in kept] == [("act-9", {"summary": "楼道"})]
        assert list(state.glob("draft-*")) == []
        await desk.close()

    async def test_a_folder_that_cannot_be_written_stops_nobody(self, district, state):
        state.write_text("a file where the folder should be")
        district.close()
        desk = Desk(district.url)
        assert (await desk.open("D00")).number == "D00"
        await desk.close()

    async def test_drafts_wait_while_the_database_is_locked(self, district, state):
        duty = district.sessions[Role.DUTY_OFFICER]
        drafts.last_words(state, duty, {"act-9": {"kind": "intake", "content": {}}})
        other = sqlite3.connect(district.path, isolation_level=None)
        other.execute("begin immediate")
        district.close()
        desk = Desk(district.url)
        await desk.open("D00")
        assert len(list(state.glob("draft-*"))) == 1
        assert await desk.read(lambda _: Draft.select().count()) == 0
        await desk.close()

    async def test_only_a_demo_lets_one_be_somebody_else(self, desk):
        with pytest.raises(NotAllowed, match="只有演示区"):
            await desk.change_person("D02")
        assert (await desk.read(lambda session: session.number)) == "D00"

    async def test_in_a_demo_one_is_somebody_else_from_then_on(self, district, state):
        OfficeSetting.create(key="demo_staff", value='"D00"', valid_from=date(2020, 1, 1))
        district.close()
        desk = Desk(district.url)
        assert (await desk.open(None, "测试")).number == "D00"
        chief = await desk.change_person("D02")
        assert (chief.roles, chief.came_from) == ({Role.AREA_CHIEF}, "测试")
        assert await desk.read(lambda session: session.number) == "D02"
        await desk.close()


class TestMidnight:
    """Roles are dated: after midnight they are asked for again."""

    async def test_a_new_day_brings_its_roles_and_a_role_that_is_over_ends(self, district, state):
        last = date(2026, 11, 24)
        with time_machine.travel(datetime(2026, 11, 24, 23, 59, tzinfo=CHINA), tick=False) as clock:
            grants = RoleGrant.select().join(Staff).where(Staff.number == "D99")
            RoleGrant.update(valid_to=last).where(RoleGrant.id == grants.get().id).execute()
            RoleGrant.create(
                staff=Staff.get(Staff.number == "D00"),
                role=Role.AREA_CHIEF,
                area=1,
                valid_from=date(2026, 11, 25),
            )
            district.close()
            desk = Desk(district.url)
            before = await desk.open("D00", "测试")
            clock.shift(timedelta(minutes=2))
            after = await desk.read(lambda session: session)
            assert (before.day, before.roles) == (last, {Role.DUTY_OFFICER})
            assert (after.day, after.roles) == (date(2026, 11, 25), {Role.DUTY_OFFICER, Role.AREA_CHIEF})
            assert (after.came_from, desk.session) == ("测试", after)
            await desk.close()

    async def test_who_has_no_role_any_more_is_told_so_at_the_next_step(self, district, state):
        with time_machine.travel(datetime(2026, 11, 24, 23, 59, tzinfo=CHINA), tick=False) as clock:
            RoleGrant.update(valid_to=date(2026, 11, 24)).execute()
            district.close()
            desk = Desk(district.url)
            await desk.open("D00")
            clock.shift(timedelta(minutes=2))
            with pytest.raises(NotAllowed, match="今天没有任何岗位"):
                await desk.read(count_issues)
            await desk.close()
