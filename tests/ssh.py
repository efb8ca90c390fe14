"""A server set up as `deploy/README.md` says, in a mount namespace of its own: its /etc, /opt, /var/lib are no one else's.

The page's blocks are run as they stand. What would fetch packages or needs systemd is stood in for: the virtual
environment finds the packages of the one that runs the tests.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import suppress
from pathlib import Path

import pyte
import pytest

from tests.journeys.terminal import TerminalDesk

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "deploy" / "README.md"
SSHD = Path("/usr/sbin/sshd")
DESK = "/opt/dutydesk/bin/dutydesk"
_SYSTEM = """
set -eu
cp -a /etc "$own/etc"
mkdir "$own/source" "$own/packages" "$own/base"
mount --bind "$source" "$own/source"
mount -o remount,ro,bind "$own/source"
mount --bind "$packages" "$own/packages"
mount --bind "$base" "$own/base"
mount --bind "$own/etc" /etc
for folder in /srv /run /var/lib /usr/local/src; do mount -t tmpfs -o mode=755 none $folder; done
case $base in
/usr*) ;;
*)  # an interpreter in somebody's home, say, which the account of the desk could not enter
    mount -t tmpfs -o mode=755 none "/$(echo "$base" | cut -d/ -f2)"
    mkdir -p "$base"
    mount --bind "$own/base" "$base" ;;
esac
case $base in /opt*) ;; *) mount -t tmpfs -o mode=755 none /opt ;; esac
mkdir /run/sshd /usr/local/src/dutydesk /opt/packages
mount --bind "$own/source" /usr/local/src/dutydesk
mount --bind "$own/packages" /opt/packages
rm -f /etc/ssh/sshd_config.d/*
ssh-keygen -q -A
echo 'AcceptEnv *' >>/etc/ssh/sshd_config  # as careless as it can be: the desk must not depend on it
mkdir -p /etc/dutydesk
cp "$own/GL0001.pub" /etc/dutydesk/admin.pub
echo ready
exec sleep 86400
"""
# Instead of fetching: an environment that finds what the one of the tests has.
_VENV = f"""#!/bin/sh
set -eu
test "$*" = "-m venv /opt/dutydesk"
{sys._base_executable} -m venv --without-pip /opt/dutydesk
printf '%s\\n' /opt/packages /usr/local/src/dutydesk >"$(echo /opt/dutydesk/lib/python3.*/site-packages)/here.pth"
printf '#!/bin/sh\\nexec /opt/dutydesk/bin/python -m dutydesk "$@"\\n' >{DESK}
printf '#!/bin/sh\\nfor each in "$@"; do last=$each; done\\ntest -e "$last"\\n' >/opt/dutydesk/bin/pip
chmod 755 {DESK} /opt/dutydesk/bin/pip
"""


def blocks() -> list[str]:
    """The commands of the page, block by block."""
    return re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.S | re.M)


class Machine:
    """The server. `port` is where its sshd listens on 127.0.0.1."""

    def __init__(self, own: Path) -> None:
        self.own = own
        own.chmod(0o755)
        self.make_key("GL0001")
        bin_folder = own / "bin"
        bin_folder.mkdir()
        for name, script in (("python3", _VENV), ("apt-get", "#!/bin/sh\n"), ("systemctl", "#!/bin/sh\n")):
            (bin_folder / name).write_text(script, encoding="utf-8")
            (bin_folder / name).chmod(0o755)
        places = {
            "own": str(own),
            "source": str(ROOT),
            "packages": sysconfig.get_path("purelib"),
            "base": sys.base_prefix,
        }
        self.system = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", _SYSTEM],
            env=os.environ | places,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.system.stdout is not None and self.system.stderr is not None
        if self.system.stdout.readline() != "ready\n":
            unable(f"a mount namespace cannot be had: {self.system.stderr.read()}")
        self.space = Path(f"/proc/{self.system.pid}/ns/mnt").readlink()
        self.port = 0
        self.sshd: subprocess.Popen[bytes] | None = None

    # -- inside ---------------------------------------------------------------------------------------------

    def do(self, script: str, check: bool = True, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a script on the machine, as root, where the program lies."""
        done = subprocess.run(
            [
                "nsenter",
                "-t",
                str(self.system.pid),
                "-m",
                "--",
                "sh",
                "-euc",
                f"cd /usr/local/src/dutydesk\n{script}",
            ],
            env={"PATH": f"{self.own}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0 or not check, f"{script}\n{done.stdout}{done.stderr}"
        return done

    def desk(self, words: str, given: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """A `dutydesk` command, as the page says to run it."""
        return self.do(f"runuser -u dutydesk -- {DESK} {words}", check, given)

    def listen(self) -> None:
        """Start sshd with the machine's own configuration."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            str(SSHD),
            "-D",
            "-e",
            "-p",
            str(self.port),
            "-o",
            "ListenAddress=127.0.0.1",
            "-o",
            "PidFile=none",
        ]
        with (self.own / "sshd.log").open("ab") as log:
            inside = ["nsenter", "-t", str(self.system.pid), "-m", "--", *command]
            self.sshd = subprocess.Popen(inside, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while True:
            assert self.sshd.poll() is None, self.log()
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.recv(1)
                return

    def listen_anew(self) -> None:
        """End sshd and start it again, as its configuration is now; on another port."""
        assert self.sshd is not None
        self.sshd.terminate()
        self.sshd.wait(10)
        self.listen()

    def log(self) -> str:
        """What sshd said."""
        return (self.own / "sshd.log").read_text(errors="replace")

    def processes(self) -> dict[int, str]:
        """Desks that run on the machine: their numbers, with their command lines."""
        found = {}
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                if folder.name.isdigit() and (folder / "ns/mnt").readlink() == self.space:
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    if " -m dutydesk desk" in command and not command.startswith("sh"):
                        found[int(folder.name)] = command
        return found

    def wait_until_none_runs(self, seconds: float = 10) -> float:
        """How long it took until no desk ran any more."""
        began = time.monotonic()
        while self.processes():
            assert time.monotonic() - began < seconds, self.processes()
        return time.monotonic() - began

    # -- outside --------------------------------------------------------------------------------------------

    def make_key(self, name: str) -> str:
        """A new pair of keys; the public one."""
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.own / name)]
        subprocess.run(command, check=True)
        return (self.own / f"{name}.pub").read_text()

    def options(self, key: str, port_option: str = "-p") -> list[str]:
        """What every client is started with."""
        known = (
            "UserKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=no",
            "IdentitiesOnly=yes",
            "LogLevel=ERROR",
        )
        plain = [part for each in (*known, "BatchMode=yes", "IdentityAgent=none") for part in ("-o", each)]
        return ["-F", "none", "-i", str(self.own / key), port_option, str(self.port), *plain]

    def ssh(self, key: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """`ssh` with options and perhaps a command, without a terminal, to its end."""
        cut = words.index("--") if "--" in words else len(words)
        return self.client(
            ["ssh", *self.options(key), *words[:cut], "dutydesk@127.0.0.1", *words[cut + 1 :]], **env
        )

    @staticmethod
    def client(line: list[str], **env: str) -> subprocess.CompletedProcess[str]:
        """Any client, to its end."""
        return subprocess.run(
            line,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=False,
            env=os.environ | {"TERM": "xterm-256color"} | env,
        )

    def close(self) -> None:
        """End sshd and the machine."""
        for process in (self.sshd, self.system):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(10)
        if self.sshd is not None:
            for pid in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


class SshDesk(TerminalDesk):
    """A desk at the other end of an ssh client in a terminal; `pid` is the client's."""

    def __init__(
        self, machine: Machine, key: str, *words: str, size: tuple[int, int] = (80, 24), **env: str
    ) -> None:
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self.received = self.keys = 0
        self.status: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            line = ["ssh", "-e", "none", *machine.options(key), *words, "dutydesk@127.0.0.1"]
            os.execvpe(line[0], line, os.environ | {"TERM": "xterm-256color"} | env)
        self.resize(*size)


def unable(why: str) -> None:
    """Skip; fail where DUTYDESK_TEST_SSH=required."""
    if os.environ.get("DUTYDESK_TEST_SSH") == "required":
        pytest.fail(f"{why}, and these tests must run")
    pytest.skip(why)


def build(own: Path) -> Machine:
    """A machine after all of the page's steps, listening. Skips the test where there can be none."""
    if os.geteuid() != 0:
        unable("only root may set up a server of its own")
    for program in (
        str(SSHD),
        "ssh",
        "ssh-keygen",
        "scp",
        "sftp",
        "unshare",
        "nsenter",
        "runuser",
        "systemd-sysusers",
    ):
        if shutil.which(program) is None:
            unable(f"{program} is not installed")
    machine = Machine(own)
    try:
        for block in blocks():
            machine.do(block)
        machine.listen()
    except BaseException:
        machine.close()
        raise
    return machine
