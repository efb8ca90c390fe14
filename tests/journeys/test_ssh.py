"""Over a real sshd on a machine set up by `deploy/README.md`: signing in, and who no longer may."""

from __future__ import annotations

import re

import pytest

from tests.journeys.ssh_desks import OFFICER, STRANGER


class TestComingIn:
    def test_the_key_says_who_it_is(self, sign_in, machine):
        desk = sign_in()
        desk.wait("今日", "要办")
        assert "值班员 李明" in desk.lines[0]
        desk.press("ctrl+q")
        assert desk.wait_for_end() == 0

    def test_a_key_that_nobody_has_is_turned_away(self, machine):
        done = machine.ssh(STRANGER)
        assert (done.returncode, done.stdout) == (255, "")
        assert "Permission denied (publickey)" in done.stderr

    def test_there_is_no_other_way_in_than_by_a_key(self, machine):
        for method in ("password", "keyboard-interactive", "hostbased", "gssapi-with-mic"):
            done = machine.ssh(STRANGER, "-o", f"PreferredAuthentications={method}", "-o", "BatchMode=no")
            assert done.returncode == 255, method
            assert "(publickey)" in done.stderr, method

    def test_keys_that_the_account_has_by_itself_count_for_nothing(self, machine):
        machine.do(
            f"mkdir -p /var/lib/dutydesk/.ssh && cp {machine.own}/{STRANGER}.pub /var/lib/dutydesk/.ssh/authorized_keys"
        )
        assert machine.ssh(STRANGER).returncode == 255

    def test_with_the_database_away_nobody_comes_in(self, machine):
        data = "/var/lib/dutydesk/data/district.db"
        machine.do(f"mv {data} {data}.away")
        try:
            assert machine.ssh(OFFICER).returncode == 255
        finally:
            machine.do(f"mv {data}.away {data}")

    def test_who_is_stopped_is_out_at_once_and_does_not_come_in_again(self, sign_in, machine):
        desk = sign_in()
        desk.wait("今日", "要办")
        machine.desk(f"staff disable {OFFICER}")
        try:
            assert desk.wait_for_end(5) == 1
            assert "李明的账号已停用" in desk.text
            assert machine.ssh(OFFICER).returncode == 255
        finally:
            machine.desk(f"staff enable {OFFICER}")
        sign_in().wait("今日", "要办")

    def test_whose_key_is_taken_away_is_out_at_once(self, sign_in, machine):
        machine.desk(f"staff key add {OFFICER}", machine.make_key("laptop"))
        lost, own = sign_in(key="laptop"), sign_in()
        lost.wait("今日", "要办")
        own.wait("今日", "要办")
        fingerprint = machine.do(f"ssh-keygen -lf {machine.own}/laptop").stdout.split()[1]
        machine.desk(f"staff key remove {fingerprint}")
        assert lost.wait_for_end(5) == 1
        assert "登录用的公钥已删去" in lost.text
        assert machine.ssh("laptop").returncode == 255
        own.press("f1").wait("帮助")

    def test_the_account_owns_nothing_that_it_could_start_from(self, machine):
        """The program, the settings and its own home belong to root."""
        writable = machine.do(
            "runuser -u dutydesk -- find /opt/dutydesk /etc/dutydesk /etc/ssh /var/lib/dutydesk -writable ! -type l"
        ).stdout.split()
        assert {
            path
            for path in writable
            if not path.startswith(
                ("/var/lib/dutydesk/data", "/var/lib/dutydesk/state", "/var/lib/dutydesk/backups")
            )
        } == set()
        assert machine.do("stat -c %a /etc/dutydesk/settings.toml").stdout == "640\n"

    def test_sshd_sees_the_settings_of_the_page(self, machine):
        """Of what a client cannot try, such as tunnels on a machine without the device."""
        told = machine.do(
            "sshd -T -C user=dutydesk,host=127.0.0.1,addr=127.0.0.1,laddr=127.0.0.1,lport=22"
        ).stdout
        for line in (
            "permittunnel no", "allowagentforwarding no", "allowtcpforwarding no", "allowstreamlocalforwarding no",
            "x11forwarding no", "permituserrc no", "permituserenvironment no", "disableforwarding yes", "maxsessions 1",
            "clientaliveinterval 15", "clientalivecountmax 3", "authorizedkeysfile none", "forcecommand none",
            "passwordauthentication no", "kbdinteractiveauthentication no",
        ):  # fmt: skip
            assert f"\n{line}\n" in told, line

    @pytest.mark.parametrize(
        ("what", "says"),
        [
            ("check", "检查完毕，没有发现问题。\n"),
            ("backup", "核对完毕，没有发现问题。\n"),
            ("retention", "已清除0件的个人信息，已记入审计。\n"),
        ],
    )
    def test_what_runs_by_night_is_what_systemd_can_run_and_finds_nothing(self, machine, what, says):
        units = f"/etc/systemd/system/dutydesk-{what}.service /etc/systemd/system/dutydesk-{what}.timer"
        assert machine.do(f"systemd-analyze verify --man=no {units}").stderr == ""
        unit = machine.do(f"cat /etc/systemd/system/dutydesk-{what}.service").stdout
        environment, command = (
            re.findall(f"^{name}=(.*)$", unit, re.M)[0] for name in ("Environment", "ExecStart")
        )
        done = machine.do(f"runuser -u dutydesk -- env -i {environment} {command}")
        assert done.stdout.endswith(says)

    def test_the_backups_are_read_by_nobody_else(self, machine):
        assert machine.do("stat -c '%U %a' /var/lib/dutydesk/backups").stdout == "dutydesk 700\n"
