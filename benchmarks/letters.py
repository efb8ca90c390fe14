"""What the pages of 条块约请 take in a district of a million cases with 20,000 letters, and of a thousand with 20.

`python benchmarks/letters.py LARGE.db SMALL.db [--letters 20000 20] [--rounds 20]` takes two databases that may be
written to (copies), brings them up to date, fills each with so many letters of all states (two departments each, an
issue each), asks what the list of letters, 今日, an issue's letters, an area's agenda and a liaison's table ask, large
and small in turn, and prints p50 in milliseconds of work of both and the ratio. A fiftieth of the letters is the busiest
area's and a hundredth a department's; what is shown of a list is at most 200 lines, so that the small one shows fewer:
the ratio is to be read with the count of lines that stands beside it.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import thread_time
from typing import Any

from dutydesk.letter_words import InvitedState, LetterKind, LetterState
from dutydesk.models import Area, Department, Invited, Issue, Letter, LetterIssue, database
from dutydesk.models.connection import connect, upgrade, write_transaction
from dutydesk.rules.letters import liaison, tables
from dutydesk.rules.letters.for_agenda import letters_for_agenda
from dutydesk.rules.letters.of_issue import letters_of_issue
from dutydesk.rules.organisation import today
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role

# One in fifteen is open, as in the demo's year of letters.
OPEN = (
    (LetterState.OUT, InvitedState.SENT),
    (LetterState.TALKS, InvitedState.COMING),
    (LetterState.DOING, InvitedState.PROMISED),
    (LetterState.CHECKING, InvitedState.LISTED),
)
DONE = (LetterState.CLOSED, InvitedState.SETTLED)


def fill(many: int) -> None:
    """So many letters."""
    rng = random.Random(1)
    now = datetime.now(UTC)
    areas = [(row.id, row.subdistrict_id) for row in Area.select()]
    offices = [row.id for row in Department.select()]
    issues = [key for (key,) in Issue.select(Issue.id).order_by(Issue.id).limit(many).tuples()]
    letters: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    linked: list[dict[str, Any]] = []
    for key in range(1, many + 1):
        area, town = areas[key % len(areas)]
        state, line = OPEN[key // 15 % len(OPEN)] if key % 15 == 0 or many < 100 else DONE
        at = now - timedelta(days=rng.random() * 365)
        out = "" if state is LetterState.CHECKING else f"徐康办约〔2026〕{key}号"
        crossing = "areas departments" if key % 20 == 0 else "departments"
        letters.append(
            {
                "id": key, "kind": LetterKind.LETTER, "state": state, "subdistrict": town, "area": area,
                "number": out, "subject": "协调解决堆物", "crossing": crossing, "drafted_at": at, "changed_at": at,
            }
        )  # fmt: skip
        for place, office in enumerate(rng.sample(offices, 2)):
            due = now + timedelta(days=rng.uniform(-9, 9))
            lines.append(
                {
                    "id": 2 * key + place, "letter": key, "department": office, "state": line, "added_at": at,
                    "answer_due_at": due,
                }
            )  # fmt: skip
        linked.append({"letter": key, "issue": issues[key % len(issues)]})
    with write_transaction():
        for table, rows in ((Letter, letters), (Invited, lines), (LetterIssue, linked)):
            for begin in range(0, len(rows), 1000):
                table.insert_many(rows[begin : begin + 1000]).execute()


def sessions() -> tuple[Session, Session, Session]:
    """A chief of an area, its coordinator and a liaison."""
    first = Letter.get()
    town, area = first.subdistrict_id, first.area_id
    office = Invited.get().department_id
    grants = (
        Grant(Role.AREA_CHIEF, subdistrict_id=town, area_id=area),
        Grant(Role.COORDINATOR, subdistrict_id=town),
        Grant(Role.LIAISON, subdistrict_id=town, department_id=office),
    )
    chief, coordinator, speaker = (Session(1, "B1", "测试", (grant,), today()) for grant in grants)
    return chief, coordinator, speaker


def questions() -> dict[str, Callable[[], Any]]:
    """What the pages ask."""
    chief, coordinator, speaker = sessions()
    area, issue = chief.area_id or 0, LetterIssue.get().issue_id
    return {
        "待我办, area": lambda: tables.letters(chief, "mine"),
        "在办, area": lambda: tables.letters(chief, "open"),
        "在办, subdistrict": lambda: tables.letters(coordinator, "open"),
        "counts, area": lambda: tables.counts(chief),
        "今日, area": lambda: tables.waiting(chief),
        "an issue's letters": lambda: letters_of_issue(issue),
        "agenda, area": lambda: letters_for_agenda(chief, area, today(), today()),
        "liaison's table": lambda: liaison.for_department(speaker),
    }


def measured(url: str, rounds: int) -> dict[str, tuple[float, int]]:
    """p50 in milliseconds, and how many lines came, by question."""
    connect(url)
    found = {}
    for name, question in questions().items():
        took = []
        for _ in range(rounds):
            began = thread_time()
            answer = question()
            took.append(1000 * (thread_time() - began))
        found[name] = statistics.median(took), len(answer) if hasattr(answer, "__len__") else int(answer)
    database.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("large", type=Path)
    parser.add_argument("small", type=Path)
    parser.add_argument("--letters", type=int, nargs=2, default=(20_000, 20))
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    urls = [f"sqlite:///{path.resolve()}" for path in (given.large, given.small)]
    for url, many in zip(urls, given.letters, strict=True):
        upgrade(url)
        connect(url)
        if not Letter.select().exists():
            fill(many)
        print(f"{Issue.select().count()} cases, {Letter.select().count()} letters")
        database.close()
    large, small = (measured(url, given.rounds) for url in urls)
    for name, (took, lines) in large.items():
        other, few = small[name]
        print(f"{name:20} {took:8.2f} ({lines})  {other:8.2f} ({few})  {took / max(other, 0.01):6.2f}")


if __name__ == "__main__":
    main()
