"""The page before the desk, and a desk left alone, in a real terminal on a district that is no demo."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import OpenDesk
from tests.journeys.terminal import PATIENCE, TerminalDesk

OWN = "梧桐 and rusty-kettle"


def command(url: str, *words: str) -> str:
    line = [sys.executable, "-m", "dutydesk", *words]
    done = subprocess.run(
        line, env=os.environ | {"DUTYDESK_DATABASE": url}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A district as it is set up, with one duty officer."""
    made = f"sqlite:///{tmp_path_factory.mktemp('district')}/district.db"
    command(made, "db", "init")
    command(made, "staff", "add", "XH0001", "李明", "--role", "值班员", "--scope", "康乐片区")
    return made


@pytest.fixture
def opened(url: str, tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens the page; all are ended afterwards."""
    desks: list[TerminalDesk] = []

    def one(*words: str, **more: str) -> TerminalDesk:
        desks.append(TerminalDesk(*(words or ("desk",)), url=url, XDG_STATE_HOME=str(tmp_path), **more))
        return desks[-1]

    yield one
    for desk in desks:
        desk.close()


def come_in(desk: TerminalDesk, url: str) -> TerminalDesk:
    """With a one-time password, which is changed."""
    desk.wait("登录", "工号：")
    desk.type("xh0001").press("enter").type(command(url, "staff", "password", "XH0001")).press("enter")
    desk.wait("改密码", "新密码：")
    desk.type(OWN).press("enter").type(OWN).press("enter").wait("今日", "要办")
    return desk


def seconds_of_work(pid: int) -> float:
    """What a process has had of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class TestThePage:
    @pytest.mark.parametrize("keys", ["ctrl+c", "ctrl+q", "\x04"])
    def test_it_is_left_without_a_word(self, opened, keys):
        desk = opened()
        desk.wait("登录", "工号：")
        desk.press(keys)
        assert desk.wait_for_end() == 0

    def test_a_line_that_is_cut_ends_it(self, opened):
        desk = opened()
        desk.wait("登录", "工号：")
        desk.hang_up()
        assert desk.wait_for_end() != 0

    def test_keys_that_are_none_and_other_windows_do_no_harm(self, opened):
        desk = opened()
        desk.wait("登录", "工号：")
        desk.type("\x1a\x1c\x1b[15~\x1bOP\x1b[200~")
        for size in ((20, 5), (120, 36), (80, 24)):
            desk.resize(*size)
            desk.settle()
        assert "工号：" in desk.text

    def test_half_of_a_character_waits_for_the_other(self, opened):
        desk = opened()
        desk.wait("登录", "工号：")
        for byte in "汉".encode():
            os.write(desk.fd, bytes([byte]))
            desk.settle(0.05)
        desk.wait("工号：汉")

    def test_no_connection_is_held_while_it_waits(self, opened, url):
        desk = opened()
        desk.wait("登录", "工号：")
        held = [str(link.readlink()) for link in Path(f"/proc/{desk.pid}/fd").iterdir()]
        assert not [path for path in held if "district.db" in path]

    def test_a_database_that_is_away_is_told_before_anything_is_asked(self, opened):
        desk = TerminalDesk("desk", url="sqlite:////no/such.db")
        assert desk.wait_for_end() == 1
        assert "工号：" not in desk.text
        desk.close()


class TestTheLock:
    def test_waiting_for_it_costs_nothing(self, opened, url):
        desk = come_in(opened(), url)
        desk.settle(1.5)
        before = seconds_of_work(desk.pid)
        assert desk.bytes_while_idle(10) == 0
        assert seconds_of_work(desk.pid) - before < 0.3

    def test_covered_it_costs_nothing_either_and_leaving_keeps_what_is_typed(self, opened, url):
        desk = come_in(opened(DUTYDESK_LOCK_AFTER="0.05"), url)
        desk.press("f3").wait("登记", "涉密信息不得录入")
        desk.press("tab", "tab").type("旧沙发没有人搬").wait("旧沙发没有人搬")
        desk.wait("已锁定", gone="旧沙发")
        assert desk.bytes_while_idle(4) == 0
        desk.press("ctrl+q")
        assert desk.wait_for_end(PATIENCE) == 0
        again = opened()
        again.wait("登录")
        again.type("XH0001").press("enter").type(OWN).press("enter").wait("没填完", "旧沙发没有人搬")

    def test_a_line_that_is_cut_while_it_is_locked_keeps_what_is_typed(self, opened, url):
        desk = come_in(opened(DUTYDESK_LOCK_AFTER="0.05"), url)
        desk.press("f3").wait("登记", "涉密信息不得录入")
        desk.press("tab", "tab").type("旧桌子靠在墙边").wait("旧桌子靠在墙边")
        desk.wait("已锁定")
        began = time.monotonic()
        desk.hang_up()
        desk.wait_for_end()
        assert time.monotonic() - began < 5
        again = opened()
        again.wait("登录")
        again.type("XH0001").press("enter").type(OWN).press("enter").wait("没填完", "旧桌子靠在墙边")

    def test_a_new_password_set_elsewhere_ends_a_locked_desk(self, opened, url):
        desk = come_in(opened(DUTYDESK_LOCK_AFTER="0.05"), url)
        desk.wait("已锁定")
        command(url, "staff", "password", "XH0001")
        assert desk.wait_for_end(5) == 1
        assert "密码已在别处改过" in desk.text
