"""What the import of a hotline's list takes, against the plain `executemany` of the rows that it wrote.

`python benchmarks/importing.py [--rows 100000] [--rounds 5]`, on SQLite, in a folder of its own. Each round brings in
its share of new rows by the rules (read, looked up, numbered, told, indexed, audited) and then inserts what that wrote
into the same tables of a second database, which has the same indexes. Rows a second of both, and the ratio: by the
clock, and of processor time, which other work on the machine and its disk disturbs less.

`--memory 100000 500000` says instead how much memory the line of command takes at most for CSV of so many rows, looked
at only and brought in.
"""

from __future__ import annotations

import argparse
import csv
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from dutydesk.demo import fill
from dutydesk.models import Unit
from dutydesk.models.connection import connect
from dutydesk.rules import importing
from dutydesk.rules.exporting import staff
from dutydesk.rules.signing_on import sign_on
from dutydesk.vocabulary import Role

HEADS = (
    "工单编号",
    "诉求标题",
    "诉求内容",
    "居民区",
    "问题类型",
    "来电时间",
    "办理期限",
    "来电人",
    "来电号码",
)
TABLES = (
    "issue",
    "issue_step",
    "reporter",
    "imported_row",
    "search_text",
    "act",
    "audit_entry",
    "audit_values",
)
WHAT = (
    "楼道堆物",
    "路灯不亮",
    "垃圾满溢",
    "电梯停运",
    "下水道堵塞",
    "违法搭建",
    "乱停车",
    "油烟扰民",
    "树枝遮光",
)


def rows(first: int, count: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """A hotline's list."""
    yield 1, HEADS
    places = [unit.name for unit in Unit.select(Unit.name).order_by(Unit.id)]
    for number in range(first, first + count):
        what, no = WHAT[number % len(WHAT)], number % 180 + 1
        yield (
            number + 2,
            (
                f"RX2026{number:09d}",
                f"{no}号门口{what}",
                f"市民来电反映{no}号门口{what}已有数日，多次向物业反映没有解决，要求尽快处理并答复。",
                places[number % len(places)],
                "",
                f"2026-{number % 10 + 1:02d}-{number % 28 + 1:02d} {number % 12 + 8}:{number % 60:02d}",
                "2026-12-31 17:00",
                "王先生",
                f"138{number % 100_000_000:08d}",
            ),
        )


class Took(NamedTuple):
    """Seconds, by the clock and of the processor."""

    clock: float
    processor: float


def since(began: Took) -> Took:
    """What has gone by since then."""
    return Took(perf_counter() - began.clock, process_time() - began.processor)


def now() -> Took:
    """From when on `since` counts."""
    return Took(perf_counter(), process_time())


def rules(number: str, first: int, count: int) -> Took:
    """What the import takes."""
    session = sign_on(number, "量速度")
    listed = list(rows(first, count))
    began = now()
    plan = importing.look(session, importing.source_named("12345热线"), listed)
    assert (plan.report.new, len(plan.report.refused)) == (count, 0), plan.report.says
    importing.run(session, plan)
    return since(began)


class Plain:
    """The second database, and how far the first was copied to it."""

    def __init__(self, source: Path, target: Path) -> None:
        self.source, self.target = sqlite3.connect(source), sqlite3.connect(target, isolation_level=None)
        self.target.execute("pragma journal_mode = wal")
        self.target.execute("pragma synchronous = normal")
        self.last = {table: self._last(self.source, table) for table in TABLES}

    @staticmethod
    def _last(base: sqlite3.Connection, table: str) -> int:
        return int(base.execute(f"select coalesce(max(rowid), 0) from {table}").fetchone()[0])

    def copy(self) -> Took:
        """What inserting the new rows takes, in one transaction."""
        new = {}
        for table in TABLES:
            found = self.source.execute(f"select * from {table} where rowid > ?", (self.last[table],))
            new[table] = found.fetchall()
            self.last[table] = self._last(self.source, table)
        began = now()
        self.target.execute("begin")
        for table, found in new.items():
            marks = ", ".join("?" * len(found[0]))
            self.target.executemany(f"insert into {table} values ({marks})", found)
        told = [(row[0], row[1]) for row in new["search_text"]]
        self.target.executemany("insert into search_index (rowid, tokens) values (?, ?)", told)
        self.target.execute("commit")
        return since(began)


CHILD = """
import sys
from dutydesk.cli import main
try:
    main(sys.argv[1:])
finally:
    print([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1])
"""


def memory(number: str, count: int, folder: Path, database: Path) -> Iterator[tuple[str, float]]:
    """The most MB that the line of command holds of itself, looking at a CSV of so many rows and bringing it in."""
    path = folder / f"{count}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(cells for _, cells in rows(0, count))
    given = ["import", "issues", str(path), "--as", number, "--source", f"热线{count}"]
    env = os.environ | {"DUTYDESK_DATABASE": f"sqlite:///{database}"}
    for what, more in (("looked at", ["--dry-run"]), ("brought in", [])):
        arguments = [sys.executable, "-c", CHILD, *given, *more]
        done = subprocess.run(arguments, env=env, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
        yield what, int(done.stdout.split()[-1]) / 1000


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, nargs="*", metavar="ROWS")
    chosen = parser.parse_args()
    share = chosen.rows // chosen.rounds
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.db", Path(folder) / "theirs.db"
        fill(f"sqlite:///{ours}", issues=100, seed=1, say=lambda _line: None)
        with sqlite3.connect(ours) as one, sqlite3.connect(theirs) as other:
            one.backup(other)
        connect(f"sqlite:///{ours}")
        number = next(staff(Role.DISTRICT_COORDINATOR))["number"]
        for count in chosen.memory or ():
            for what, most in memory(number, count, Path(folder), ours):
                print(f"{count:,} rows {what}: {most:.0f} MB at most")
        if chosen.memory:
            return
        plain = Plain(ours, theirs)
        taken = []
        for turn in range(chosen.rounds):
            taken.append((rules(number, turn * share, share), plain.copy()))
            by_rules, by_hand = (share / each.clock for each in taken[-1])
            print(f"{turn + 1}: {by_rules:,.0f} rows/s, executemany {by_hand:,.0f} rows/s")
        rate = statistics.median(share / by_rules.clock for by_rules, _ in taken)
        clock, processor = (statistics.median(a[i] / b[i] for a, b in taken) for i in (0, 1))
        print(
            f"median: {rate:,.0f} rows/s, {clock:.1f} times the executemany of the same rows by the clock, "
            f"{processor:.1f} times in processor time"
        )


if __name__ == "__main__":
    main()
