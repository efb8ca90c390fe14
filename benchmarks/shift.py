"""What the shift takes with a district's people and cases and with many, as ratios in one run (SQLite).

`python benchmarks/shift.py [--rounds 20] [--staff 20000] [--few 1000] [--many 1000000]`. A month's roster is asked of
a district of 1,200 staff with half a year of duties, and of one of `--staff` with four years of them, both made in a
folder of their own. The page of a handover and what else a shift opens is asked of demo districts of `--few` and
`--many` cases, kept in `.demo/`, or given as `--few-file`, `--many-file`; none of that writes to them. Asked small and
large in turn; p50 in milliseconds of work (not of waiting) of both, and the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import thread_time
from uuid import uuid4

from ledger import filled
from people import fill

from dutydesk.models import Area, RoleGrant, Shift, database
from dutydesk.models.connection import connect, insert_rows, write_transaction
from dutydesk.rules import (
    duty_roster,
    first_contact,
    handover,
    office,
    on_duty,
    roster_drafting,
    shift_board,
    shift_summary,
    swaps,
)
from dutydesk.rules.roster_reading import days_of, month_after
from dutydesk.rules.shift_pattern import kinds_of
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.vocabulary import Role

Questions = dict[str, Callable[[], object]]
OFFICERS = 4  # of each area; all others of the district are handlers
THIS = f"{date.today():%Y-%m}"  # noqa: DTZ011  (whichever month it is)


def with_duties(url: str, months: int) -> None:
    """A few officers in each area, with so many months of duties before the next one."""
    connect(url)
    areas = [row.id for row in Area.select()]
    many = OFFICERS * len(areas)
    with write_transaction():
        RoleGrant.update(role=Role.HANDLER).where(
            RoleGrant.staff > many, RoleGrant.role == Role.DUTY_OFFICER
        ).execute()
        held: dict[int, list[int]] = {}
        for grant in RoleGrant.select().where(RoleGrant.role == Role.DUTY_OFFICER):
            held.setdefault(grant.area_id, []).append(grant.staff_id)
        insert_rows(Shift, ("area", "staff", "name", "starts_at", "ends_at"), _duties(held, months))
    database.close()


def _duties(held: dict[int, list[int]], months: int) -> list[tuple[object, ...]]:
    kinds = kinds_of(str(office.DEFAULTS["shift_kinds"]))
    days = [day for back in range(months) for day in days_of(month_after(THIS, back + 1 - months))]
    instant = Shift.starts_at.db_value
    return [
        (area, officers[(number * len(kinds) + place) % OFFICERS], kind.name, *map(instant, kind.span(day)))
        for area, officers in held.items()
        for number, day in enumerate(days)
        for place, kind in enumerate(kinds)
    ]


def of_a_roster(session: Session) -> Questions:
    """What a month's roster asks."""
    coming = month_after(THIS)
    usual = roster_drafting.usual(session, coming)
    mine = swaps.coming(session)[0].shift_id
    return {
        "值班表 in force, a month": lambda: duty_roster.sheet(session, THIS),
        "值班表 drafted": lambda: roster_drafting.make(session, coming, usual, str(uuid4())),
        "值班表, a draft read": lambda: duty_roster.sheet(session, coming),
        "换班, what can be had": lambda: swaps.offers(session, mine),
        "who may take over": lambda: handover.successors(session),
    }


def of_a_handover(session: Session) -> Questions:
    """What a shift opens, of the cases of its area."""
    return {
        "交接班 opened": lambda: handover.page(session),
        "值班 on one page": lambda: shift_board.board(session),
        "值班小结": lambda: shift_summary.summary(session),
        "先行联系, next card": lambda: first_contact.cards(session),
        "今日, about the shift": lambda: on_duty.needs(session),
    }


def measure(
    urls: tuple[str, str], numbers: tuple[str, str], ask: Callable[[Session], Questions], rounds: int
) -> None:
    """Print p50 of each question, small and large, asked in turn; the first asking only warms up."""
    took: dict[str, tuple[list[float], list[float]]] = {}
    for _round in range(rounds):
        for place, url in enumerate(urls):
            connect(url)
            for name, question in ask(sign_on(numbers[place])).items():
                question()
                begin = thread_time()
                question()
                took.setdefault(name, ([], []))[place].append(1000 * (thread_time() - begin))
            database.close()
    for name, (small, large) in took.items():
        both = statistics.median(small), statistics.median(large)
        print(f"{name:<26}{both[0]:>8.2f}ms{both[1]:>8.2f}ms{both[1] / both[0]:>7.2f}", flush=True)


def demo_number(url: str) -> str:
    """As whom a demo district is opened."""
    connect(url)
    number = str(office.setting("demo_staff"))
    database.close()
    return number


def lines_of_a_page(url: str, number: str) -> int:
    """How much there is to tell: a section stops at 60 lines, however many cases there are."""
    connect(url)
    many = len(handover.page(sign_on(number)).lines)
    database.close()
    return many


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--staff", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--few-file", default="")
    parser.add_argument("--many-file", default="")
    chosen = parser.parse_args()
    print(f"{'':<26}{'small':>10}{'large':>10}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as folder:
        small, large = (f"sqlite:///{Path(folder) / name}.db" for name in ("small", "large"))
        for url, staff, months in ((small, 1_200, 6), (large, chosen.staff, 48)):
            fill(url, staff, 1_200, 1_200)
            with_duties(url, months)
        measure((small, large), ("N000001", "N000001"), of_a_roster, chosen.rounds)
    files = (filled(chosen.few, chosen.few_file), filled(chosen.many, chosen.many_file))
    few, many = (f"sqlite:///{path}" for path in files)
    numbers = demo_number(few), demo_number(many)
    lines = [lines_of_a_page(*each) for each in ((few, numbers[0]), (many, numbers[1]))]
    print(f"{'lines of the page':<26}{lines[0]:>10}{lines[1]:>10}{lines[1] / lines[0]:>7.2f}", flush=True)
    measure((few, many), numbers, of_a_handover, chosen.rounds)


if __name__ == "__main__":
    main()
