"""What windows of the ledger take at two sizes of the table: each shipped view and order, in each role's scope.

`python benchmarks/windows.py SMALL LARGE [--rounds 5] [--role duty_officer …]`, two databases (a path, or a
`postgresql://` address). For each view: p50 and p95 in milliseconds of the first rows, a page on, a window about a
row, and the end, small and large, interleaved, and the ratio of the medians. The last lines tell of those windows that
hold the same number of rows in both and are read on an index: of the medians, and of the least, which other work on
the machine disturbs less.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import NamedTuple

from dutydesk.models import RoleGrant, Staff, database
from dutydesk.models.connection import connect
from dutydesk.rules import ledger, views
from dutydesk.rules.listing import listing
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


class Taken(NamedTuple):
    """What a window took, in milliseconds; how many rows it holds; whether an index gives its order."""

    times: list[float]
    rows: int
    indexed: bool


def measure(path: str, roles: list[Role], taken: dict[tuple[str, str, str], Taken]) -> None:
    """One round on one database."""
    connect(url_of(path))
    for role in roles:
        session = somebody(role)
        if session is None:
            continue
        for name, question in asked(session):
            indexed = bool(listing(session, question).segments)
            for window, read in windows(session, question):
                here = taken.setdefault((role.value, name, window), Taken([], len(read().rows), indexed))
                for _repeat in range(REPEATS):
                    start = perf_counter()
                    read()
                    here.times.append((perf_counter() - start) * 1000)
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
    small: dict[tuple[str, str, str], Taken] = {}
    large: dict[tuple[str, str, str], Taken] = {}
    for _round in range(chosen.rounds):
        measure(chosen.small, roles, small)
        measure(chosen.large, roles, large)
    sys.stdout.write(
        f"{'role':22}{'view':22}{'window':8}{'small p50/p95':>16}{'large p50/p95':>16}{'ratio':>8}" + "\n"
    )
    medians, least, all_of_large = [], [], []
    for what, there in large.items():
        here = small.get(what)
        if not here:
            continue
        ratio = statistics.median(there.times) / statistics.median(here.times)
        if here.rows == there.rows > 0 and there.indexed:
            medians.append(ratio)
            least.append(min(there.times) / min(here.times))
            all_of_large += there.times
        pairs = [f"{statistics.median(each.times):.2f}/{p95(each.times):.2f}" for each in (here, there)]
        sys.stdout.write(
            f"{what[0]:22}{what[1]:22}{what[2]:8}{pairs[0]:>16}{pairs[1]:>16}{ratio:>8.2f}" + "\n"
        )
    for name, ratios in (("medians", medians), ("the least", least)):
        sys.stdout.write(
            f"ratio of {name}: {statistics.median(ratios):.2f} in the middle, {max(ratios):.2f} at most, "
            f"of {len(ratios)} windows" + "\n"
        )
    sys.stdout.write(
        f"large: p50 {statistics.median(all_of_large):.2f} ms, p95 {p95(all_of_large):.2f} ms" + "\n"
    )


if __name__ == "__main__":
    sys.exit(main())
