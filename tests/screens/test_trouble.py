"""A database that is full, read-only, gone or slow, and clocks that are wrong: what the desk says, and what is kept."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import time_machine

from dutydesk.models import Act, Draft, Issue, database
from dutydesk.rules.checking import check
from dutydesk.settings import load
from dutydesk.vocabulary import Role
from tests.screens.hand import Hand

TYPED = "三号楼楼道堆放旧家具"


@pytest.fixture
def impatient(monkeypatch):
    """Nobody waits long for locks or servers."""
    monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "1")
    load.cache_clear()


class Typing(Hand):
    """In 登记, with all that is necessary typed, the last sentence just now."""

    async def begin(self):
        await self.until("地点 *")
        await self("k", "j", "x", "c")
        await self.until("1 康健新村")
        await self("1", "l", "d", "d", "w")
        await self.until("1 楼道堆物")
        await self("1", *TYPED)
        return self

    async def told(self, words):
        """Wait for words of the desk's own: nothing is asked of the database meanwhile."""
        until = time.monotonic() + 20
        while words not in self.shown and time.monotonic() < until:
            await self.pilot.pause(0.1)
        assert words in self.shown

    @property
    def desk(self):
        return self.pilot.app.desk


def registered(district) -> list[str]:
    district.connect()
    return [issue.summary for issue in Issue.select()]


async def saves_in_the_end(hand, district):
    """What was said stands, what was typed stands; and now it can be saved."""
    assert TYPED in hand.shown
    await hand("f10")
    await hand.until("已登记")
    assert registered(district) == [TYPED]
    assert check() == []


class TestOnAFile:
    async def test_a_full_disk_for_files_too_lets_nobody_leave_unsaid(self, open_desk, district, impatient):
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            await hand.desk.read(lambda _: database.execute_sql("pragma query_only = 1").fetchall())
            load().state.rename(load().state.with_name("away"))
            load().state.write_text("no folder any more")
            await hand("梯")
            await hand("ctrl+q")
            assert "离开这里，填的就没有了" in hand.shown
            assert TYPED in hand.shown
            await hand.desk.read(lambda _: database.execute_sql("pragma query_only = 0").fetchall())
            await pilot.press("ctrl+q")
        district.connect()
        assert TYPED in Draft.get().content

    async def test_read_only(self, open_desk, district, impatient):
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            await hand.desk.read(lambda _: database.execute_sql("pragma query_only = 1").fetchall())
            await hand("f10")
            await hand.until("只读，无法保存")
            await hand.desk.read(lambda _: database.execute_sql("pragma query_only = 0").fetchall())
            await saves_in_the_end(hand, district)

    async def test_moved_away_and_back(self, open_desk, district, impatient):
        away = district.path.with_name("away.db")
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            district.path.rename(away)
            await pilot.press("f10")
            await hand.told("不在原处，没有保存")
            assert TYPED in hand.shown
            away.rename(district.path)
            await hand.told("已重新连上")
            await saves_in_the_end(hand, district)

    async def test_moved_away_while_nobody_saves(self, open_desk, district, impatient):
        away = district.path.with_name("away.db")
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            district.path.rename(away)
            await hand.told("正在重新连接")
            away.rename(district.path)
            await hand.told("已重新连上")
            await saves_in_the_end(hand, district)

    async def test_exchanged_for_a_restored_one(self, open_desk, district, impatient):
        """What is saved goes into the file that lies there now, not into the one that was taken away."""
        restored = district.path.with_name("restored.db")
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            with sqlite3.connect(district.path) as old:
                old.execute("vacuum into ?", (str(restored),))
            old.close()
            for suffix in ("", "-wal", "-shm"):
                district.path.with_name(f"district.db{suffix}").rename(
                    district.path.with_name(f"old{suffix}")
                )
            restored.rename(district.path)
            await saves_in_the_end(hand, district)

    async def test_slow(self, open_desk, district):
        """Another program holds the file for five seconds."""
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            other = sqlite3.connect(district.path, isolation_level=None)
            other.execute("begin immediate")
            await pilot.press("f10")
            await pilot.pause()
            assert "正在保存" in hand.shown
            began = time.monotonic()
            await hand.told("数据库答得慢")
            assert "已填内容仍在" in hand.shown
            assert TYPED in hand.shown
            await pilot.pause(max(0, began + 5 - time.monotonic()))
            other.execute("rollback")
            await hand.until("已登记")
        assert registered(district) == [TYPED]


class TestTheClock:
    async def test_moved_back_a_day_is_said_once_and_then_it_is_the_persons_word(self, open_desk, district):
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            with time_machine.travel(datetime.now(UTC) - timedelta(days=1)):
                await hand("f10")
                await hand.until("时钟倒退了")
                assert "告诉管理员校时" in hand.shown
                await saves_in_the_end(hand, district)

    async def test_behind_what_others_did_is_said_too(self, open_desk, district):
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            await (hand := await Typing(pilot).begin())("f10")
            await hand.until("已登记")
        with time_machine.travel(datetime.now(UTC) - timedelta(days=1)):
            async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
                await (hand := await Typing(pilot).begin())("f10")
                await hand.until("时钟倒退了")

    async def test_a_wrong_zone_changes_no_time(self, open_desk, district, monkeypatch):
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
        try:
            async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
                hand = await Typing(pilot).begin()
                await hand("f10")
                await hand.until("已登记")
            district.connect()
            assert abs(Act.get().at - datetime.now(UTC)) < timedelta(minutes=1)
        finally:
            monkeypatch.undo()
            time.tzset()


@pytest.mark.postgresql
class TestOnAServer:
    @pytest.fixture
    def admin(self, district):
        with psycopg.connect(district.url, autocommit=True) as line:
            yield line
            line.execute("drop trigger if exists trouble on issue")

    def trouble(self, admin, body: str) -> None:
        """From now on this happens to whoever registers a case."""
        admin.execute(
            f"create or replace function trouble() returns trigger language plpgsql as $$ begin {body}; return new; end $$"
        )
        admin.execute("create trigger trouble before insert on issue for each row execute function trouble()")

    @pytest.mark.parametrize(
        ("state", "said"), [("53100", "磁盘已满，没有保存"), ("25006", "数据库现在只读，没有保存")]
    )
    async def test_full_and_read_only(self, open_desk, district, admin, state, said):
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            self.trouble(admin, f"raise exception using errcode = '{state}'")
            await hand("f10")
            await hand.until(said)
            admin.execute("drop trigger trouble on issue")
            await saves_in_the_end(hand, district)

    async def test_slow(self, open_desk, district, admin):
        async with open_desk(Role.DUTY_OFFICER, "intake").run_test(size=(80, 30)) as pilot:
            hand = await Typing(pilot).begin()
            self.trouble(admin, "perform pg_sleep(5)")
            await pilot.press("f10")
            await hand.told("数据库答得慢")
            assert TYPED in hand.shown
            await hand.until("已登记")
        assert registered(district) == [TYPED]
