"""Whoever writes to the file of many desks waits in the order of coming, is told when it takes long, and hears of no lock."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dutydesk.desk import Desk
from dutydesk.models import Act, Issue, connection, writers_queue
from dutydesk.models.problems import DatabaseProblem
from dutydesk.models.writers_queue import turn
from dutydesk.rules import intake
from dutydesk.rules.checking import check
from dutydesk.settings import load

pytestmark = pytest.mark.sqlite

WAITER = """
import sys
from pathlib import Path
from dutydesk.models.writers_queue import turn
with turn(Path(sys.argv[1]), 60, print):
    print(sys.argv[2], flush=True)
    sys.stdin.readline()
"""
WRITER = """
import sys
from dutydesk.models import connection
from dutydesk.rules import intake
from dutydesk.rules.signing_on import sign_on
connection.connect(sys.argv[1])
session = sign_on("D00", "测试")
fields = {"unit": sys.argv[2], "category": sys.argv[3], "summary": "楼道堆放旧家具"}
for n in range(int(sys.argv[5])):
    intake.register(session, fields, f"{sys.argv[4]}-{n}")
"""


def quiet(_words: str) -> None: ...


def come(file: Path, name: str) -> subprocess.Popen[str]:
    """Somebody who has taken a ticket."""
    before = tickets(file)
    command = [sys.executable, "-c", WAITER, str(file), name]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while tickets(file) == before:
        assert process.poll() is None
    return process


def tickets(file: Path) -> int:
    queue = Path(f"{file}-queue")
    return int.from_bytes(queue.read_bytes()[:8], "little") if queue.exists() else 0


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.wait(20)
    process.stdout.close()


def test_they_come_to_their_turn_in_the_order_of_coming(tmp_path):
    file = tmp_path / "district.db"
    with turn(file, 1, quiet):
        waiting = [come(file, str(number)) for number in range(5)]
    for number, process in enumerate(waiting):
        assert process.stdout.readline() == f"{number}\n"
        later = waiting[number + 1 :]
        assert all(each.poll() is None for each in later)
        go_on(process)


def test_whoever_dies_is_not_waited_for(tmp_path):
    file = tmp_path / "district.db"
    first, second, third = (come(file, name) for name in ("first", "second", "third"))
    assert first.stdout.readline() == "first\n"
    for process in (second, first):
        os.kill(process.pid, signal.SIGKILL)
        go_on(process)
    assert third.stdout.readline() == "third\n"
    go_on(third)
    with turn(file, 0, quiet):
        pass


def test_a_folder_that_cannot_be_written_is_told_of_by_the_database_itself(tmp_path):
    with turn(tmp_path / "none" / "district.db", 0, quiet):
        pass


def test_many_who_write_at_once_hear_of_no_lock_and_nothing_is_lost(district):
    words = (district.url, str(district.units[0]), str(district.categories[0]))
    district.close()
    env = os.environ | {"DUTYDESK_LOCK_WAIT": "60"}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *words, f"w{n}", "12"], stderr=subprocess.PIPE, env=env, text=True
        )
        for n in range(8)
    ]
    said = [writer.communicate(timeout=100)[1] for writer in writers]
    assert said == [""] * 8
    district.connect()
    assert Issue.select().count() == Act.select().count() == 96
    assert check() == []


class TestDesk:
    """What a person sees of it."""

    @pytest.fixture
    async def desk(self, district, tmp_path, monkeypatch):
        monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path / "state"))
        load.cache_clear()
        district.close()
        desk = Desk(district.url)
        await desk.open("D00", "测试")
        yield desk
        await desk.close()
        connection.tell_waiting(quiet)
        load.cache_clear()

    def register(self, desk, district):
        fields = {"unit": str(district.units[0]), "category": str(district.categories[0]), "summary": "楼道"}
        return asyncio.create_task(desk.run(intake.register, fields, "1"))

    async def test_one_who_waits_long_is_told_so_and_saved_in_turn(self, desk, district, monkeypatch):
        monkeypatch.setattr(writers_queue, "_LONG", 0.02)
        said, told = [], threading.Event()
        desk.waits = lambda words: (said.append(words), told.set())
        with turn(district.path, 1, quiet):
            writing = self.register(desk, district)
            assert await asyncio.to_thread(told.wait, 10)
            assert said == ["别的值班台正在保存，正在排队…已填内容仍在，不用再按。"]
            assert not writing.done()
        assert (await writing).number.endswith("000001")
        assert said[1:] == ["轮到了，正在保存…"]

    async def test_one_who_waits_in_vain_is_told_what_to_do(self, desk, district, monkeypatch):
        monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "0")
        load.cache_clear()
        with turn(district.path, 1, quiet), pytest.raises(DatabaseProblem, match="占用，没有保存") as problem:
            await self.register(desk, district)
        assert "locked" not in str(problem.value)
        assert (await self.register(desk, district)).number
