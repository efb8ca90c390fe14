"""Over a real sshd on a machine set up by `deploy/README.md`: every way out of the desk leads nowhere."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.journeys.ssh_desks import OFFICER, the_desk
from tests.ssh import Machine

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
