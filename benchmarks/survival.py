"""What outlives a kill -9: of writers at any instant, and of a primary under load with a synchronous standby.

`python -m benchmarks.survival kill9 [--kills 1000] [--on sqlite|postgresql]` has people write through the rules in
processes of their own, and kills one of them at a random instant, again and again.
`python -m benchmarks.survival failover [--times 20]` has desks register cases against two hosts
(`target_session_attrs=read-write`, the standby synchronous), kills the primary with all its processes, promotes the
standby and makes a new one, again and again.

Both print how many acts were acknowledged, how many of those are gone, how many were done twice, and what
`dutydesk db check` finds; they end with 1 where it is not 0, 0 and nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple, NoReturn

from dutydesk.desk import Desk
from dutydesk.models import Act, AuditEntry, Issue, connection, database
from dutydesk.models.connection import DatabaseProblem
from dutydesk.rules import intake
from dutydesk.rules.checking import check
from dutydesk.settings import load
from tests.conftest import SmallDistrict, _made
from tests.postgresql import Server, start
from tests.rules.conftest import Cases

ACTS = ("open", "assign", "take_up", "note", "report_done")
OFFICER = "D00"


class Outcome(NamedTuple):
    """What came of it; `seconds` of each time from the kill to the next act that was acknowledged."""

    acknowledged: int
    lost: int
    twice: int
    unknown: int
    problems: list[str]
    seconds: list[float]

    @property
    def good(self) -> bool:
        """Nothing lost, nothing done twice, nothing broken."""
        return not (self.lost or self.twice or self.problems)

    def __str__(self) -> str:
        """In a line."""
        said = (
            f"{self.acknowledged} acknowledged, {self.lost} lost, {self.twice} twice, {self.unknown} unknown"
        )
        if self.seconds:
            some = sorted(self.seconds)
            said += f"; back after {some[len(some) // 2]:.1f} s (median), {some[-1]:.1f} s (longest)"
        return f"{said}; db check: {self.problems or 'nothing'}"


@dataclass
class Writers:
    """Processes that write; each appends to one file what it begins (`?`) and what was acknowledged (`=`)."""

    log: Path
    write: Callable[[str, Callable[[str], None]], None]
    running: list[int] = field(default_factory=list)
    count: int = 0

    def begin(self) -> int:
        """One more, in a process of its own."""
        self.count += 1
        name = f"w{self.count}"
        pid = os.fork()
        if not pid:
            self._child(name)
        self.running.append(pid)
        return pid

    def _child(self, name: str) -> NoReturn:
        try:
            file = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            self.write(name, lambda line: void(os.write(file, f"{line}\n".encode())))
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(1)

    def kill(self, pid: int) -> None:
        """As the kernel would."""
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.running.remove(pid)

    def said(self, mark: str) -> list[str]:
        """What was told so far, with this mark."""
        with suppress(FileNotFoundError):
            lines = self.log.read_text(encoding="utf-8").splitlines()
            return [line[2:] for line in lines if line.startswith(mark)]
        return []

    def all_said(self) -> int:
        """How much was told so far."""
        return self.log.stat().st_size if self.log.exists() else 0

    def end(self) -> None:
        """Kill those that run."""
        for pid in list(self.running):
            self.kill(pid)


def void(_anything: object) -> None:
    """Nothing."""


def outcome(url: str, writers: Writers, seconds: list[float] | None = None) -> Outcome:
    """Compare what was acknowledged with what is there."""
    done, begun = writers.said("="), set(writers.said("?"))
    with connected(url):
        acts = {act.id: act.name for act in Act.select()}
        entries = Counter(entry.act for entry in AuditEntry.select(AuditEntry.act))
        cases = Counter(issue.summary for issue in Issue.select(Issue.summary))
        registered = {act for act, name in acts.items() if name == "issue.register" and act in begun}
        lost = [act for act in done if act not in acts or not entries[act]]
        lost += [act for act in done if act in registered and not cases[act]]
        twice = [act for act in begun if entries[act] > 1 or (act in registered and cases[act] > 1)]
        twice += [act for act in cases if act in begun and act not in acts]  # half of one
        return Outcome(len(done), len(lost), len(twice), len(begun) - len(set(done)), check(), seconds or [])


@contextmanager
def connected(url: str) -> Iterator[None]:
    """Connected on this thread while it lasts."""
    connection.connect(url)
    with closing(database):
        yield


# -- kill -9 of whoever writes ------------------------------------------------------------------------------


def kill_writers(url: str, small: SmallDistrict, kills: int, log: Path, seed: int = 1) -> Outcome:
    """Two people write; one of them is killed at a random instant, so many times."""

    def write(name: str, tell: Callable[[str], None]) -> None:
        connection.connect(url)
        cases, number = Cases(small, None), 0
        while True:
            tell(f"? {name}-{number}")
            issue_id = cases.new(act_id=f"{name}-{number}", summary=f"{name}-{number}")
            tell(f"= {name}-{number}")
            for act in ACTS:
                number += 1
                tell(f"? {name}-{number}")
                cases.do(act, issue_id, act_id=f"{name}-{number}")
                tell(f"= {name}-{number}")
            number += 1

    rng, writers = random.Random(seed), Writers(log, write)
    log.touch()
    try:
        writers.begin()
        for _ in range(kills):
            writers.begin()
            begun, until = f"? w{writers.count}-".encode(), monotonic() + 30
            while begun not in log.read_bytes()[-20_000:]:
                if monotonic() > until:
                    raise TimeoutError("whoever was begun does not write")
                sleep(0.002)
            sleep(rng.random() * 0.08)
            writers.kill(rng.choice(writers.running))
    finally:
        writers.end()
    return outcome(url, writers)


# -- kill -9 of the primary ---------------------------------------------------------------------------------


def fail_over(times: int, desks: int, log: Path, seed: int = 1) -> Outcome:
    """Desks register cases; the primary is killed and its synchronous standby promoted, so many times."""
    primary = start(durable=True)
    standby: Server | None = None
    try:
        small = _made(primary.create())
        name = small.url.rsplit("/", 1)[1]
        primary.do("alter system set synchronous_standby_names = '*'")
        primary.do("select pg_reload_conf()")
        standby = primary.standby()
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        url = f"postgresql://postgres@{hosts}/{name}?target_session_attrs=read-write"
        writers = Writers(log, lambda who, tell: asyncio.run(_desk(url, small, who, tell)))
        rng, seconds = random.Random(seed), []
        try:
            for _ in range(desks):
                writers.begin()
            for turn in range(times):
                _wait_for_more(writers, len(writers.said("=")) + 10 * desks)
                sleep(rng.random())
                primary.kill()
                killed, before = monotonic(), len(writers.said("="))
                standby.promote()
                port = primary.port
                primary.stop()
                primary, standby = standby, standby.standby(port)
                _wait_for_more(writers, before + 1)
                seconds.append(monotonic() - killed)
                print(f"failover {turn + 1}: {seconds[-1]:.1f} s", file=sys.stderr)
            _wait_for_more(writers, len(writers.said("=")) + 10 * desks)
        finally:
            writers.end()
        return outcome(url, writers, seconds)
    finally:
        for server in (primary, standby):
            if server is not None:
                server.stop()


def _wait_for_more(writers: Writers, many: int) -> None:
    until = monotonic() + 120
    while len(writers.said("=")) < many:
        if monotonic() > until:
            raise TimeoutError("nothing is acknowledged any more")
        sleep(0.02)


async def _desk(url: str, small: SmallDistrict, name: str, tell: Callable[[str], None]) -> None:
    """A desk whose person presses F10 again when told to, until it is saved."""
    desk = Desk(url)
    desk.waits = lambda words: tell(f"! {words}")
    await desk.open(OFFICER, "测试")
    fields = {"unit": str(small.units[0]), "category": str(small.categories[0]), "source": "patrol"}
    number = 0
    while True:
        act_id = f"{name}-{number}"
        tell(f"? {act_id}")
        while True:
            try:
                await desk.run(intake.register, fields | {"summary": act_id}, act_id)
            except DatabaseProblem as problem:
                tell(f"! {problem}")
                continue
            break
        tell(f"= {act_id}")
        number += 1


def main() -> None:
    """As the page above says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("kill9", "failover"))
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--desks", type=int, default=4)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DUTYDESK_STATE_FOLDER"] = folder
        load.cache_clear()
        log = Path(folder) / "log"
        if chosen.what == "failover":
            found = fail_over(chosen.times, chosen.desks, log)
            told = Writers(log, lambda _name, _tell: None).said("! ")
            waited = sum("正在重新连接" in line for line in told)
            refused = sum("没有保存" in line or "连接断了" in line for line in told)
            print(f"desks waited {waited} times, and {refused} times somebody was asked to press again")
        elif chosen.on == "sqlite":
            small = _made(f"sqlite:///{folder}/district.db")
            found = kill_writers(small.url, small, chosen.kills, log)
        else:
            server = start(durable=True)
            try:
                small = _made(server.create())
                found = kill_writers(small.url, small, chosen.kills, log)
            finally:
                server.stop()
    print(found)
    raise SystemExit(not found.good)


if __name__ == "__main__":
    main()
