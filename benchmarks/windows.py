"""What windows of the ledger take at two sizes of the table: each shipped view and order, in each role's scope.

`python benchmarks/windows.py SMALL LARGE [--rounds 5] [--role duty_officer …]`, two databases (a path, or a
`postgresql://` address). For each view: p50 and p95 in milliseconds of the first rows, a page on, a window about a
row, and the end, small and large, interleaved, and the ratio of the medians of what both took together.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

from dutydesk.models import RoleGrant, Staff, database
from dutydesk.models.connection import connect
from dutydesk.rules import ledger, views
from dutydesk.rules.questions import Question
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.vocabulary import Role

PAGE = 50
REPEATS = 4
ROLES = ("duty_officer", "neighbourhood_officer", "handler", "liaison", "coordinator", "supervisor")


def url_of(path: str) -> str:
    """A path is a SQLite file."""
    return path if "://" in path else f"sqlite:///{path}"


def somebody(role: Role) -> Session | None:
    """The first who holds a role, with that role alone."""
    number = (
        Staff.select(Staff.number).join(RoleGrant).where(RoleGrant.role == role).order_by(Staff.id).scalar()
    )
    return sign_on(number) if number else None


def windows(session: Session, question: Question) -> Iterator[tuple[str, Callable[[], ledger.Window]]]:
    """The windows that a reader asks for, one after the other."""
    first = ledger.after(session, question, None, PAGE)
    yield "first", lambda: ledger.after(session, question, None, PAGE)
    yield "end", lambda: ledger.before(session, question, None, PAGE)
    if first.rows:
        key = first.rows[-1].key
        yield "page", lambda: ledger.after(session, question, key, PAGE)
        yield "around", lambda: ledger.around(session, question, key, PAGE)


def asked(session: Session) -> list[tuple[str, Question]]:
    """The views made for a role, and for an area's desk the orders that have an index."""
    found = [(entry.key, entry.question) for entry in views.for_session(session) if not entry.own]
    if session.main is not None and session.main.role is Role.DUTY_OFFICER:
        orders = ("deadline", "urgency", "place", "changed")
        found += [
            (f"{view}·{order}", Question(view, order=order)) for order in orders for view in ("open", "all")
        ]
    return found


def measure(path: str, roles: list[Role], times: dict[tuple[str, str, str], list[float]]) -> None:
    """One round on one database."""
    connect(url_of(path))
    for role in roles:
        session = somebody(role)
        if session is None:
            continue
        for name, question in asked(session):
            for window, read in windows(session, question):
                for _repeat in range(REPEATS):
                    start = perf_counter()
                    read()
                    times.setdefault((role.value, name, window), []).append((perf_counter() - start) * 1000)
    database.close()


def p95(values: list[float]) -> float:
    """The value below which 95 of 100 lie."""
    return sorted(values)[int(len(values) * 0.95)] if len(values) > 1 else values[0]


def main() -> None:
    """Measure in interleaved rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("small")
    parser.add_argument("large")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--role", nargs="*", default=list(ROLES))
    chosen = parser.parse_args()
    roles = [Role(name) for name in chosen.role]
    small: dict[tuple[str, str, str], list[float]] = {}
    large: dict[tuple[str, str, str], list[float]] = {}
    for _round in range(chosen.rounds):
        measure(chosen.small, roles, small)
        measure(chosen.large, roles, large)
    sys.stdout.write(
        f"{'role':22}{'view':22}{'window':8}{'small p50/p95':>16}{'large p50/p95':>16}{'ratio':>8}" + "\n"
    )
    ratios = []
    for what, values in large.items():
        few = small.get(what)
        if not few:
            continue
        ratios.append(statistics.median(values) / statistics.median(few))
        pairs = [f"{statistics.median(each):.2f}/{p95(each):.2f}" for each in (few, values)]
        sys.stdout.write(
            f"{what[0]:22}{what[1]:22}{what[2]:8}{pairs[0]:>16}{pairs[1]:>16}{ratios[-1]:>8.2f}" + "\n"
        )
    sys.stdout.write(
        f"ratio of medians: {statistics.median(ratios):.2f} in the middle, {max(ratios):.2f} at most" + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
