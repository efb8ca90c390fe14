"""Search in a filled ledger: p50 and p95 of words of two, and of four to ten characters, with scope and open state.

`python benchmarks/search.py URL [--rounds 5]`; the ratio is to a keyset page of 50 rows of the same list in the same run.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable
from time import perf_counter

from dutydesk.models import Issue, Staff
from dutydesk.models.connection import connect
from dutydesk.rules import ledger, search
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.text import search_tokens

WORDS = 60


def _words(rng: random.Random, shortest: int, longest: int) -> list[str]:
    """Pieces of what is written in the ledger: words that are rare, common, and all between."""
    last = Issue.select(Issue.id).order_by(Issue.id.desc()).first().id
    found: list[str] = []
    while len(found) < WORDS:
        issue = Issue.get_or_none(Issue.id == rng.randint(1, last))
        if issue is None:
            continue
        text = issue.detail or issue.summary
        length = rng.randint(shortest, longest)
        start = rng.randint(0, max(len(text) - length, 0))
        piece = text[start : start + length]
        if len(search_tokens(piece).replace(" ", "")) >= shortest and "\n" not in piece:
            found.append(piece)
    return found


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def _told(name: str, times: list[float], base: float) -> None:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(
        f"{name:<34} p50 {statistics.median(times):7.2f} ms  p95 {p95:7.2f} ms  p95/page p95 x{p95 / base:.2f}"
    )


def _measure(session: Session, who: str, rounds: int) -> None:
    rng = random.Random(1)
    short, long = _words(rng, 2, 2), _words(rng, 4, 10)
    pages: list[float] = []
    found: dict[str, list[float]] = {"2 characters": [], "4 to 10 characters": []}
    edges = [row.key for row in ledger.after(session, "open", None, 200).rows] or [1]
    for _ in range(rounds):
        for short_word, long_word in zip(short, long, strict=True):
            edge = rng.choice(edges)
            pages.append(_timed(lambda edge=edge: ledger.after(session, "open", edge, 50)))
            for kind, word in (("2 characters", short_word), ("4 to 10 characters", long_word)):
                found[kind].append(
                    _timed(
                        lambda word=word: search.page(
                            session, word, open_only=True, edge=None, forward=True, count=50
                        )
                    )
                )
    base = sorted(pages)[int(len(pages) * 0.95)]
    _told(f"{who}: page of 50", pages, base)
    for kind, times in found.items():
        _told(f"{who}: {kind}, open", times, base)


def main() -> None:
    """Measure for an area's desk and for the district."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    connect(chosen.url)
    print(f"{Issue.select().count():,} issues, {Staff.select().count():,} staff")
    _measure(sign_on(None, ""), "area", chosen.rounds)
    _measure(sign_on("XH0001", ""), "district", chosen.rounds)


if __name__ == "__main__":
    main()
