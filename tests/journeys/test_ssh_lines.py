"""Over a real sshd on a machine set up by `deploy/README.md`: the two folders, and lines that are cut."""

from __future__ import annotations

import re
import signal
import time
from contextlib import suppress

import pytest

from tests.journeys.test_terminal import HALF_TYPED
from tests.ssh import SshDesk


class TestTheTwoFolders:
    def test_what_is_exported_lies_in_the_outbox_that_the_operator_named(self, sign_in, machine):
        desk = sign_in()
        desk.wait("今日", "要办")
        desk.press("f3").wait("登记", "涉密信息不得录入")
        desk.press("k", "l", "x", "q").wait("1 康乐小区")
        desk.press("1").wait("类别 *", gone="klxq")
        desk.press("l", "d", "d", "w").wait("1 楼道堆物")
        desk.press("1").wait("是什么问题 *", gone="lddw")
        desk.type("楼道堆放旧家具").wait("旧家具")
        desk.press("f10").wait("已登记")
        desk.press("f4").wait("问题清单", "旧家具")
        desk.press("0").wait("Enter 选择")
        desk.press("9").wait("导出这个清单")
        (entry,) = re.findall(r"(\d) 导出这个清单", desk.text)
        desk.press(entry).wait("1 Excel 表")
        desk.press("1").wait("已导出到发件夹：问题清单", "/srv/dutydesk/outbox")
        files = machine.do("ls /srv/dutydesk/outbox").stdout.split()
        assert [name.startswith("问题清单") for name in files] == [True]

    def test_nobody_else_on_the_machine_looks_into_them_or_at_the_data(self, machine):
        for place in (
            "/srv/dutydesk/inbox",
            "/srv/dutydesk/outbox",
            "/var/lib/dutydesk/data",
            "/etc/dutydesk",
        ):
            done = machine.do(f"runuser -u nobody -- ls {place}", check=False)
            assert "Permission denied" in done.stderr, place


class TestCutLines:
    def half_typed(self, desk: SshDesk) -> SshDesk:
        """登记, with a place and a sentence typed."""
        desk.wait("今日", "要办")
        desk.press("f3").wait("登记", "涉密信息不得录入")
        desk.press("k", "l", "x", "q").wait("1 康乐小区")
        desk.press("1").wait("类别 *", gone="klxq")
        desk.press("tab").type(HALF_TYPED)
        desk.wait(HALF_TYPED)
        return desk

    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
    def test_the_desk_ends_within_seconds_keeps_the_draft_and_leaves_no_process(self, sign_in, machine, how):
        desk = self.half_typed(sign_in())
        desk.signal(how)
        desk.wait_for_end()
        assert machine.wait_until_none_runs(8) < 8
        again = sign_in()
        again.wait("没填完", HALF_TYPED)
        again.press("home", "enter").wait("继续填写")
        again.press("1").wait("登记", HALF_TYPED)
        again.press("ctrl+q")
        again.wait_for_end()

    def test_one_that_is_cut_while_it_starts_leaves_no_process(self, sign_in, machine):
        desk = sign_in()
        until = time.monotonic() + 10
        while not machine.processes() and time.monotonic() < until:
            pass
        desk.signal(signal.SIGKILL)
        with suppress(AssertionError):
            desk.wait_for_end()
        machine.wait_until_none_runs(10)

    def test_a_line_that_falls_silent_is_noticed_by_what_sshd_asks_the_client(self, sign_in, machine):
        """As on a network that is gone: nothing comes any more, not even an end. Asked each second instead of fifteen."""
        installed = "/etc/ssh/sshd_config.d/10-dutydesk.conf"
        machine.do(f"sed -i 's/ClientAliveInterval 15/ClientAliveInterval 1/' {installed}")
        try:
            machine.listen_anew()
            desk = self.half_typed(sign_in())
            desk.signal(signal.SIGSTOP)
            assert 2 < machine.wait_until_none_runs(15) < 15
        finally:
            machine.do(f"install -m 0644 deploy/sshd.conf {installed}")
            machine.listen_anew()
        sign_in().wait("没填完", HALF_TYPED)
