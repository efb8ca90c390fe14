"""A line that is cut while somebody types, and one that stalls; 100 cuts are `python -m benchmarks.line_cuts`."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from peewee import SqliteDatabase

from benchmarks.line_cuts import FORMS, HUNG_UP, Form, cut
from dutydesk.models import Draft, database
from dutydesk.models.connection import write_transaction
from tests.journeys.conftest import OpenDesk
from tests.journeys.hands import database_of, looked
from tests.journeys.terminal import KEYS, TerminalDesk

MANY = 400_000  # bytes: a desk that took them all would have grown by 100 MiB


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_line_cut_at_any_instant_of_typing_keeps_what_was_seen_and_leaves_no_process(
    demo_copy: str, tmp_path: Path, form: Form
) -> None:
    came = cut(demo_copy, tmp_path, Random(form.name), form)
    assert came.well, came


class TestALineThatStalls:
    """The client sends keys without end and reads nothing."""

    @pytest.fixture
    def stalled(self, open_desk: OpenDesk) -> TerminalDesk:
        """The event loop is stuck in a write, and no more keys are taken off the line."""
        desk = open_desk("desk", "--open", "issues", size=(120, 36))
        desk.wait("问题清单", "经过")
        desk.settle()
        self.before = memory_of(desk.pid)
        assert send_without_reading(desk, KEYS["pgdn"] + KEYS["pgup"]) < 100_000
        return desk

    @pytest.mark.both
    def test_it_eats_no_memory_and_holds_neither_lock_nor_transaction(
        self, stalled: TerminalDesk, demo_copy: str
    ) -> None:
        assert memory_of(stalled.pid) < self.before + 8
        assert looked(demo_copy, others_in_a_transaction) == 0
        with database_of(demo_copy), write_transaction():
            Draft.delete().execute()

    def test_it_goes_on_when_the_client_reads_again(self, stalled: TerminalDesk) -> None:
        os.set_blocking(stalled.fd, True)
        stalled.settle()
        stalled.press("f3").wait("登记", "涉密信息不得录入")

    def test_it_ends_when_the_client_dies(self, stalled: TerminalDesk) -> None:
        stalled.hang_up()
        assert stalled.wait_for_end(8) == HUNG_UP


def memory_of(pid: int) -> float:
    """PSS in MiB."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    return int(told.split("Pss:")[1].split()[0]) / 1024


def send_without_reading(desk: TerminalDesk, keys: str) -> int:
    """Send keys until the line takes no more for a second; how many bytes it took."""
    os.set_blocking(desk.fd, False)
    sent, data = 0, keys.encode() * 40
    while select.select([], [desk.fd], [], 1.0)[1] and sent < MANY:
        with suppress(BlockingIOError):
            sent += os.write(desk.fd, data)
    return sent


def others_in_a_transaction() -> int:
    """How many connections of a server stand in a transaction; a file tells by the lock that can be had."""
    if isinstance(database.obj, SqliteDatabase):
        return 0
    open_ones = (
        "select count(*) from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid()"
    )
    mine = " and datname = current_database()"
    return int(database.execute_sql(open_ones + mine).fetchone()[0])
