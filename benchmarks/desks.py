"""Many desks on one machine: how long a key takes to be drawn beside N others, and what each costs in memory.

`python benchmarks/desks.py DATABASE [--desks 50] [--seconds 60] [--pace 2.0]`; DATABASE is a path or a `postgresql://`
address of a filled district. Real desks in pseudo-terminals: first one alone, then all, then one alone again; each is
moved through 问题清单 at a hand's pace (seconds between keys, by chance around the mean). A key is drawn when the first
bytes after it arrive. Memory is PSS, after each has opened and left the form of 登记.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import random
import select
import signal
import statistics
import struct
import sys
import termios
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent.parent
DOWN, UP, ESCAPE, INTAKE, LEDGER = b"\x1b[B", b"\x1b[A", b"\x1b", b"\x1bOR", b"\x1bOS"
PATIENCE = 120.0
QUIET = 0.4  # seconds without a byte: the page stands


class Desk:
    """One `dutydesk` in a terminal of 120x36."""

    def __init__(self, url: str, number: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        kept |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "DUTYDESK_DATABASE": url}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(HERE)
            command = [sys.executable, "-m", "dutydesk", "desk", "--as", number, "--open", "issues"]
            os.execve(sys.executable, command, kept)  # noqa: S606
        os.set_inheritable(self.fd, False)  # or the next desks would hold this one's line open
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self.sent = 0.0
        self.took: list[float] = []
        self.steps = 0

    def press(self, key: bytes) -> None:
        """Send a key; what arrives next answers it."""
        os.write(self.fd, key)
        self.sent = time.perf_counter()

    def take(self) -> bytes:
        """What has arrived; answers the key that waits."""
        data = os.read(self.fd, 65536)
        if self.sent:
            self.took.append((time.perf_counter() - self.sent) * 1000)
            self.sent = 0.0
        return data

    @property
    def pss(self) -> float:
        """MiB."""
        told = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="utf-8")
        return int(told.split("Pss:")[1].split()[0]) / 1024

    def end(self) -> None:
        """Hang up, and wait for it."""
        os.close(self.fd)
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            os.kill(self.pid, signal.SIGKILL)


class Load(NamedTuple):
    """Of so many desks: p50 and p95 of a move in ms, keys, and the mean PSS in MiB."""

    desks: int
    p50: float
    p95: float
    keys: int
    pss: float


def settle(desks: list[Desk], words: str = "") -> None:
    """Until each has shown these words and nothing more arrives."""
    shown = {desk.fd: not words for desk in desks}
    by_fd = {desk.fd: desk for desk in desks}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ready, _, _ = select.select(list(by_fd), [], [], QUIET)
        if not ready and all(shown.values()):
            return
        for fd in ready:
            shown[fd] |= words.encode() in by_fd[fd].take()
    raise SystemExit(f"{sum(not each for each in shown.values())} desks did not come so far: {words}")


def run(url: str, numbers: list[str], seconds: float, pace: float, chance: random.Random) -> Load:
    """Open a desk for each number, press keys for so long, measure, end them."""
    desks = []
    for number in numbers:
        desks.append(Desk(url, number))
        settle(desks[-1:], "问题清单")
    for key in (INTAKE, ESCAPE, LEDGER):
        for desk in desks:
            desk.press(key)
        settle(desks)
    for desk in desks:
        desk.took.clear()
    began = time.perf_counter()
    due = {desk.fd: began + chance.uniform(0, pace) for desk in desks}
    by_fd = {desk.fd: desk for desk in desks}
    while (now := time.perf_counter()) < began + seconds:
        for desk in desks:
            if due[desk.fd] <= now:
                desk.steps += 1
                desk.press(DOWN if desk.steps // 15 % 2 == 0 else UP)
                due[desk.fd] = now + chance.uniform(0.5, 1.5) * pace
        wait = max(min(due.values()) - time.perf_counter(), 0)
        for fd in select.select(list(by_fd), [], [], min(wait, 0.05))[0]:
            by_fd[fd].take()
    took = sorted(each for desk in desks for each in desk.took)
    pss = statistics.mean(desk.pss for desk in desks)
    for desk in desks:
        desk.end()
    return Load(len(desks), statistics.median(took), took[int(len(took) * 0.95)], len(took), pss)


def main() -> int:
    """Print the three runs and the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database")
    parser.add_argument("--desks", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pace", type=float, default=2.0, help="seconds between a hand's keys")
    args = parser.parse_args()
    url = args.database if "://" in args.database else f"sqlite:///{args.database}"
    from dutydesk.models import RoleGrant, Staff, database
    from dutydesk.models.connection import connect
    from dutydesk.vocabulary import Role

    connect(url)
    query = Staff.select(Staff.number).join(RoleGrant).where(RoleGrant.role == Role.DUTY_OFFICER).distinct()
    numbers = [row.number for row in query.order_by(Staff.number)]
    database.close()
    numbers = [numbers[index % len(numbers)] for index in range(args.desks)]
    chance = random.Random(1)
    alone, many, again = (
        run(url, some, args.seconds, args.pace, chance) for some in (numbers[:1], numbers, numbers[:1])
    )
    for load in (alone, many, again):
        print(
            f"{load.desks:4} desks: move p50 {load.p50:6.1f} ms, p95 {load.p95:6.1f} ms ({load.keys} keys), "
            f"PSS {load.pss:5.1f} MiB a desk"
        )
    quicker = min(alone.p95, again.p95)
    print(
        f"p95 of {many.desks} desks / of one: {many.p95 / quicker:.2f} (2 at most); PSS {many.pss:.1f} MiB (45 at most)"
    )
    return int(many.p95 > 2 * quicker or many.pss > 45)


if __name__ == "__main__":
    sys.exit(main())
