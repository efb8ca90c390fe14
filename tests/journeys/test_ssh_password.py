"""Over a real sshd: terminals and a bastion host without anybody's own key, a desk left alone, a line that does nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from tests.journeys.ssh_desks import OFFICER
from tests.journeys.terminal import TerminalDesk
from tests.ssh import Machine, SshDesk

TERMINAL, OWN, WRONG = "terminal", "梧桐 and rusty-kettle", "not-the-password"
FROM = ("-b", "127.0.0.2")
BEFORE = "/etc/ssh/sshd_config.d/09-dutydesk-terminals.conf"


@pytest.fixture
def bastion(machine: Machine) -> Iterator[Machine]:
    """The page's ninth step to its end: a terminal at 127.0.0.2 has a key of its own."""
    if not (machine.own / TERMINAL).exists():
        machine.make_key(TERMINAL)
    machine.do(
        f"sed -i 's/192.0.2.10/127.0.0.2/' {BEFORE}; "
        f"printf 'restrict,pty %s\\n' \"$(cat {machine.own}/{TERMINAL}.pub)\" >/etc/dutydesk/terminals; sshd -t"
    )
    machine.listen_anew()
    yield machine
    machine.do(f"install -m 0644 deploy/sshd-terminals.conf {BEFORE}; : >/etc/dutydesk/terminals")
    machine.listen_anew()


@pytest.fixture
def locked_after(machine: Machine) -> Iterator[None]:
    """Three seconds in place of a quarter of an hour."""
    settings = "/etc/dutydesk/settings.toml"
    machine.do(f"sed -i 's/^lock_after = 15/lock_after = 0.05/' {settings}")
    yield
    machine.do(f"sed -i 's/^lock_after = 0.05/lock_after = 15/' {settings}")


def given(machine: Machine) -> str:
    """A one-time password, as the operator reads it from the command."""
    return machine.desk(f"staff password {OFFICER}").stdout.strip()


def typed(desk: SshDesk, password: str, number: str = OFFICER) -> TerminalDesk:
    desk.wait("登录", "工号：")
    desk.type(number).press("enter")
    return desk.type(password).press("enter")


def signed_in(sign_in, machine: Machine) -> SshDesk:
    """A desk that came in by the officer's own password."""
    desk = sign_in(*FROM, key=TERMINAL)
    typed(desk, given(machine)).wait("改密码", "一次性密码")
    desk.type(OWN).press("enter")
    desk.type(OWN).press("enter").wait("今日", "要办")
    return desk


class TestComingInByPassword:
    def test_the_one_for_one_use_is_changed_and_then_it_is_the_desk(self, sign_in, bastion):
        desk = signed_in(sign_in, bastion)
        assert "值班员 李明" in desk.lines[0]
        (command,) = bastion.processes().values()
        assert OWN not in command
        desk.press("ctrl+q")
        assert desk.wait_for_end() == 0
        again = sign_in(*FROM, key=TERMINAL)
        typed(again, OWN).wait("今日", "要办")

    def test_nothing_that_is_typed_is_echoed_and_wrong_is_wrong(self, sign_in, bastion):
        said = set()
        desk = sign_in(*FROM, key=TERMINAL)
        desk.wait("登录", "工号：")
        for number, go in ((OFFICER, ()), ("ZZ9999", ("up",))):
            desk.press(*go).type("\x15" + number).press("down").type(WRONG).wait(number, "*" * len(WRONG))
            assert WRONG not in desk.text
            desk.press("enter").wait("✗", gone="*")
            said.add(re.search(r"✗ (.*)", desk.text)[1])
        assert said == {"工号或密码不对。忘了密码请找管理员重设。"}
        desk.press("ctrl+c")
        assert desk.wait_for_end() == 0

    def test_tries_wait_and_go_on_waiting_on_another_line(self, sign_in, bastion):
        given(bastion)
        try:
            desk = sign_in(*FROM, key=TERMINAL)
            typed(desk, WRONG).wait("✗")
            for _ in range(4):
                desk.type(WRONG).press("enter").wait("正在核对").strip()
                desk.wait("✗")
            desk.type(WRONG).press("enter").wait("请等")
            again = sign_in(*FROM, key=TERMINAL)
            typed(again, WRONG).wait("试得太多了，请等")
        finally:
            given(bastion)  # which ends it

    @pytest.mark.parametrize("words", [("--", "id"), ("-tt", "--", "sh"), ("-s", "--", "sftp")])
    def test_there_is_no_way_out_of_the_page(self, bastion, words):
        done = bastion.ssh(TERMINAL, *FROM, *words)
        assert (done.returncode, "uid=" in done.stdout) == (1, False)
        assert "-s" in words or "这个账号只能打开值班台" in done.stdout + done.stderr

    def test_no_port_and_no_environment(self, sign_in, bastion):
        done = bastion.ssh(TERMINAL, *FROM, "-W", f"127.0.0.1:{bastion.port}")
        assert (done.returncode, "forwarding failed" in done.stderr) == (255, True)
        desk = sign_in(
            *FROM, "-o", "SetEnv=DUTYDESK_DATABASE=sqlite:////tmp/x.db TEXTUAL_LOG=/tmp/keys", key=TERMINAL
        )
        desk.wait("登录", "工号：")

    def test_the_machines_key_opens_nothing_from_elsewhere(self, bastion):
        assert bastion.ssh(TERMINAL).returncode == 255

    def test_a_personal_key_still_says_who_it_is_from_elsewhere(self, sign_in, bastion):
        sign_in().wait("今日", "值班员 李明")


class TestLeftAlone:
    def test_by_a_key_it_ends_and_the_next_time_goes_on_where_it_was(self, sign_in, machine, locked_after):
        desk = sign_in()
        desk.wait("今日", "要办")
        desk.press("f3").wait("登记", "涉密信息不得录入")
        desk.press("k", "l", "x", "q").wait("1 康乐小区")
        desk.press("1").wait("类别 *", gone="klxq")
        desk.press("tab").type("楼道里堆着的旧沙发没有人搬")
        assert desk.wait_for_end() == 1
        assert "没有操作，值班台已存好草稿并退出" in desk.text
        again = sign_in()
        again.wait("登记", "康乐小区", "旧沙发没有人搬")
        assert again.lines[0].startswith("登记")

    def test_by_a_password_it_is_covered_and_opens_with_it(self, sign_in, bastion, locked_after):
        desk = signed_in(sign_in, bastion)
        desk.press("f3").wait("登记", "涉密信息不得录入")
        desk.press("k", "l", "x", "q").wait("1 康乐小区")
        desk.press("1").wait("类别 *", gone="klxq")
        before = desk.press("tab").type("旧沙发").wait("旧沙发")
        desk.wait("已锁定", gone="旧沙发")
        desk.press("f4", "ctrl+c", "f12", "esc").settle()
        desk.resize(120, 36)
        desk.settle()
        desk.resize(80, 24)
        assert "已锁定" in desk.settle()
        assert "康乐小区" not in desk.text
        desk.type(f"\x15{WRONG}").press("enter").wait("✗ 密码不对")
        desk.type(OWN).press("enter").wait("旧沙发")
        assert desk.settle(0.2) == before


def test_a_line_on_which_nothing_is_opened_is_ended(machine):
    """As the drop-in says, after two seconds in place of a minute."""
    installed = "/etc/ssh/sshd_config.d/10-dutydesk.conf"
    machine.do(f"sed -i 's/UnusedConnectionTimeout 1m/UnusedConnectionTimeout 2/' {installed}; sshd -t")
    try:
        machine.listen_anew()
        began = time.monotonic()
        done = machine.ssh(OFFICER, "-N")
        assert done.returncode == 255
        assert time.monotonic() - began < 25
    finally:
        machine.do(f"install -m 0644 deploy/sshd.conf {installed}")
        machine.listen_anew()
