"""Over a real sshd on a machine set up by `deploy/README.md`: signing in, every way out, and lines that are cut."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.journeys.test_terminal import HALF_TYPED
from tests.ssh import Machine, SshDesk, build

OFFICER, STRANGER = "XH0001", "stranger"
NO_COMMAND = "这个账号只能打开值班台"
NO_TERMINAL = "这里不是终端"
PASSED = {"TERM", "SSH_CONNECTION", "SSH_ORIGINAL_COMMAND", "LANG", "PATH", "DUTYDESK_SETTINGS"}
HOSTILE = {
    "TEXTUAL_DRIVER": "os:system",
    "TEXTUAL_LOG": "/tmp/every-key",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_ALLOW_SIGNALS": "1",
    "PYTHONPATH": "/tmp",
    "PYTHONINSPECT": "1",
    "PYTHONSTARTUP": "/tmp/evil.py",
    "PYTHONHOME": "/tmp",
    "DUTYDESK_DATABASE": "sqlite:////tmp/evil.db",
    "DUTYDESK_SETTINGS": "/tmp/evil.toml",
    "ENV": "/tmp/evil.sh",
    "BASH_ENV": "/tmp/evil.sh",
    "XDG_CONFIG_HOME": "/tmp",
    "HOME": "/tmp",
    "EDITOR": "sh",
    "BROWSER": "sh",
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine after the page's steps, with a duty officer who has a key, and somebody else's key."""
    machine = build(tmp_path_factory.mktemp("server"))
    machine.desk(f"staff add {OFFICER} 李明 --role 值班员 --scope 康乐片区")
    machine.desk(f"staff key add {OFFICER}", machine.make_key(OFFICER))
    machine.make_key(STRANGER)
    yield machine
    machine.close()


@pytest.fixture
def machine(server: Machine) -> Iterator[Machine]:
    """The same, with no desk left from the test before."""
    yield server
    server.wait_until_none_runs()


@pytest.fixture
def sign_in(machine: Machine) -> Iterator[object]:
    """Opens desks over ssh; the clients are ended afterwards."""
    desks: list[SshDesk] = []

    def signed_in(*words: str, key: str = OFFICER, **env: str) -> SshDesk:
        desks.append(SshDesk(machine, key, *words, **env))
        return desks[-1]

    yield signed_in
    for desk in desks:
        desk.close()


def the_desk(machine: Machine) -> int:
    """The number of the one desk that runs."""
    (pid,) = machine.processes()
    return pid


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
            if not path.startswith(("/var/lib/dutydesk/data", "/var/lib/dutydesk/state"))
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

    def test_the_nightly_check_is_one_that_systemd_can_run_and_finds_nothing(self, machine):
        units = "/etc/systemd/system/dutydesk-check.service /etc/systemd/system/dutydesk-check.timer"
        assert machine.do(f"systemd-analyze verify --man=no {units}").stderr == ""
        unit = machine.do("cat /etc/systemd/system/dutydesk-check.service").stdout
        environment, command = (
            re.findall(f"^{name}=(.*)$", unit, re.M)[0] for name in ("Environment", "ExecStart")
        )
        done = machine.do(f"runuser -u dutydesk -- env -i {environment} {command}")
        assert done.stdout == "检查完毕，没有发现问题。\n"


class TestWaysOut:
    @pytest.mark.parametrize(
        "words",
        [
            ("--", "id"),
            ("--", "/bin/sh"),
            ("--", "bash -i"),
            ("--", "dutydesk db check"),
            ("--", "$(id)"),
            ("--", '"; id; "'),
            ("--", "`id`"),
            ("--", "x\nid"),
            ("--", "rsync --server --sender -e.LsfxC . /etc/passwd"),
            ("-tt", "--", "/bin/sh"),
            ("-tt", "--", "id"),
        ],
    )
    def test_a_command_is_not_run(self, machine, words):
        done = machine.ssh(OFFICER, *words)
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert NO_COMMAND in said
        assert "uid=" not in said

    @pytest.mark.parametrize("name", ["sftp", "netconf"])
    def test_a_subsystem_is_not_started(self, machine, name):
        """One that sshd knows ends in the desk's refusal, which sshd passes to nobody; others are refused by sshd."""
        done = machine.ssh(OFFICER, "-s", "--", name)
        assert (done.returncode in (1, 255), done.stdout) == (True, "")

    @pytest.mark.parametrize("program", ["sftp", "scp", "scp -O", "scp -r"])
    def test_no_file_goes_in_or_out(self, machine, program, tmp_path):
        name, *more = program.split()
        own = tmp_path / "own"
        own.write_text("mine", encoding="utf-8")
        there = "dutydesk@127.0.0.1:/etc/passwd"
        options = machine.options(OFFICER, "-P")
        for line in ([there, str(tmp_path / "out")], [str(own), "dutydesk@127.0.0.1:/srv/dutydesk/inbox/in"]):
            words = [there] if name == "sftp" else line
            done = machine.client([name, *more, *options, *words])
            assert done.returncode != 0
        assert not (tmp_path / "out").exists()
        assert machine.do("ls /srv/dutydesk/inbox").stdout == ""

    def test_without_a_terminal_it_says_so_and_leaves(self, machine):
        done = machine.ssh(OFFICER, "-T")
        assert done.returncode == 1
        assert NO_TERMINAL in done.stderr

    def test_a_port_is_not_reached_through_it(self, machine):
        done = machine.ssh(OFFICER, "-W", f"127.0.0.1:{machine.port}")
        assert done.returncode == 255
        assert "SSH-2.0" not in done.stdout
        assert "forwarding failed" in done.stderr

    @pytest.mark.parametrize("to", ["127.0.0.1:22", "/run/nothing.sock"])
    def test_a_local_port_leads_nowhere(self, sign_in, machine, to):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        target = f"127.0.0.1:{machine.port}" if ":" in to else to
        desk = sign_in("-L", f"127.0.0.1:{port}:{target}")
        desk.wait("今日", "要办")
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            assert line.recv(20) == b""

    @pytest.mark.parametrize("asked", ["127.0.0.1:0:127.0.0.1:22", "/run/out.sock:127.0.0.1:22", "0"])
    def test_no_port_of_the_server_is_opened(self, machine, asked):
        done = machine.ssh(OFFICER, "-N", "-o", "ExitOnForwardFailure=yes", "-R", asked)
        assert done.returncode == 255
        assert "forwarding failed" in done.stderr

    def test_neither_agent_nor_screen_is_passed_on(self, sign_in, machine, tmp_path):
        """Asked for all at once; the desk's environment, below, shows that none came through."""
        socket_file = tmp_path / "a"
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket_file)], stdout=subprocess.DEVNULL)
        try:
            desk = sign_in(
                "-A", "-Y", "-o", f"ForwardAgent={socket_file}", DISPLAY=":0", SSH_AUTH_SOCK=str(socket_file)
            )
            desk.wait("今日", "要办")
            assert self.environment(machine).keys() == PASSED
        finally:
            agent.terminate()
            agent.wait(5)

    def test_nothing_of_the_clients_environment_comes_through(self, sign_in, machine):
        setting = " ".join(f"{name}={value}" for name, value in HOSTILE.items())
        desk = sign_in("-o", f"SetEnv={setting}", "-o", "SendEnv=SENT_*", SENT_EVIL="1")
        desk.wait("今日", "要办")
        found = self.environment(machine)
        assert found.keys() == PASSED
        assert found["DUTYDESK_SETTINGS"] == "/etc/dutydesk/settings.toml"
        assert (found["LANG"], found["PATH"]) == ("C.UTF-8", "/usr/bin:/bin")
        assert not Path("/tmp/every-key").exists()

    def environment(self, machine: Machine) -> dict[str, str]:
        raw = Path(f"/proc/{the_desk(machine)}/environ").read_bytes().decode()
        return dict(entry.split("=", 1) for entry in raw.split("\0") if entry)

    def test_the_environment_of_a_test_reaches_sshd(self, machine):
        """The main configuration accepts anything, so that the one above could fail."""
        told = machine.do(
            "sshd -T -C user=dutydesk,host=127.0.0.1,addr=127.0.0.1,laddr=127.0.0.1,lport=22"
        ).stdout
        assert "\nacceptenv *\n" in told

    @pytest.mark.parametrize(
        "term", ['xterm"; id; "', "$(id)", "`id`", "../../etc/passwd", "dumb", "-V", "x\nid"]
    )
    def test_a_terminals_name_is_only_a_name(self, sign_in, term):
        desk = sign_in(TERM=term)
        desk.wait("xterm-256color")
        assert "uid=" not in desk.settle()
        assert desk.wait_for_end() == 1

    def test_a_second_session_on_the_same_line_is_refused(self, sign_in, machine, tmp_path):
        control = tmp_path / "c"
        sign_in("-M", "-S", str(control)).wait("今日", "要办")
        done = machine.client(
            ["ssh", "-S", str(control), *machine.options(OFFICER), "dutydesk@127.0.0.1", "id"]
        )
        assert done.returncode != 0
        assert "uid=" not in done.stdout
        assert len(machine.processes()) == 1

    def test_it_is_neither_put_aside_nor_broken_off(self, sign_in, machine):
        """Ctrl+Z, Ctrl+\\ and Ctrl+C, as keys while it starts and while it runs, and as signals."""
        desk = sign_in()
        desk.type("\x1a")
        desk.wait("今日", "要办")
        desk.type("\x1a\x1c\x03\x10\x1a")
        pid = the_desk(machine)
        for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            os.kill(pid, number)
        desk.press("f1").wait("帮助")
        assert re.search(r"^State:\s+[RS]", Path(f"/proc/{pid}/status").read_text(), re.M)

    def test_it_leaves_no_image_of_its_memory(self, sign_in, machine):
        desk = sign_in()
        desk.wait("今日", "要办")
        pid = the_desk(machine)
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"^Max core file size\s+0\s+0\s", limits, re.M)
        os.kill(pid, signal.SIGABRT)
        desk.wait_for_end()
        where = "/var/lib/dutydesk /srv/dutydesk /tmp"  # all that the account may write to
        images = machine.do(f"find {where} -name 'core*' -type f -user dutydesk 2>/dev/null || true")
        assert images.stdout == ""


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
        desk.press("1").wait("已导出到发件夹：/srv/dutydesk/outbox/")
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
