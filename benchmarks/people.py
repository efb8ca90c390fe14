"""What 人员 takes with a district's people and with many: 1,200 staff and postings, 20,000 staff and 100,000 postings.

`python benchmarks/people.py [--rounds 20] [--staff 20000] [--postings 100000] [--current 1200]` makes both databases
in a folder of their own (SQLite), asks what each page of 人员 asks, small and large in turn, and prints p50 in
milliseconds of work (not of waiting) of both and the ratio. `--current` of the postings hold today; the others are
of the years before.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import thread_time
from typing import Any

from dutydesk.models import Area, Department, FindKey, Posting, RoleGrant, Staff, Subdistrict, database
from dutydesk.models.connection import connect, insert_rows, made_whole, write_transaction
from dutydesk.rules import departments, person, postings, roster, team_seats, tree
from dutydesk.rules.district import load_shipped
from dutydesk.rules.finding import anything, key_rows
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.vocabulary import Role

PAGE = 50
DAY = date.today()  # noqa: DTZ011  (whichever day it is)
NAMES = "张王李赵陈杨周吴徐孙朱高林何郭马罗梁宋郑"


def fill(url: str, staff: int, posted: int, current: int) -> None:
    """A district with so many staff and postings."""
    rng = random.Random(1)
    with made_whole(url):
        load_shipped(lambda _line: None)
        with write_transaction():
            areas = [(row.id, row.subdistrict_id) for row in Area.select()]
            offices: dict[int | None, list[int]] = {}
            for row in Department.select():
                offices.setdefault(row.subdistrict_id, []).append(row.id)
            people = []
            for key in range(1, staff + 1):
                area, town = areas[key % len(areas)]
                name = "".join(rng.choice(NAMES) for _ in range(3))
                people.append((key, f"N{key:06d}", name, town, rng.choice(offices[town]), True, area))
            columns = ("id", "number", "name", "subdistrict", "department", "active", "phone")
            insert_rows(Staff, columns, ((*row[:6], "") for row in people))
            keys = (key for row in people for key in key_rows("staff", row[0], row[2]))
            of_keys = ("subject", "subject_id", "key", "position")
            insert_rows(FindKey, of_keys, ([row[name] for name in of_keys] for row in keys))
            held = ((row[0], Role.DUTY_OFFICER.value, row[3], row[6], "2020-01-01") for row in people)
            insert_rows(RoleGrant, ("staff", "role", "subdistrict", "area", "valid_from"), held)
            RoleGrant.create(
                staff=1, role=Role.COORDINATOR, subdistrict=people[0][3], valid_from="2020-01-01"
            )
            insert_rows(
                Posting,
                ("staff", "area", "department", "line", "valid_from", "valid_to"),
                _postings(rng, people, posted, current),
            )


def _postings(rng: random.Random, people: list[Any], posted: int, current: int) -> Any:
    for number in range(posted):
        person_row = people[number % len(people)]
        if number < current:
            begin, end = DAY - timedelta(days=rng.randrange(1, 300)), None
        else:
            begin = DAY - timedelta(days=rng.randrange(400, 3000))
            end = (begin + timedelta(days=rng.randrange(30, 390))).isoformat()
        yield (person_row[0], person_row[6], person_row[4], "民政", begin.isoformat(), end)


def questions(session: Session) -> dict[str, Callable[[], object]]:
    """What the pages ask, by name."""
    town = Subdistrict.get_by_id(session.subdistrict_id)
    area = Area.get(Area.subdistrict == town)
    mine, everybody = roster.Question(town.id), roster.Question()
    first = roster.after(session, everybody, None, PAGE).rows[-1].key
    here = postings.Question(DAY, area_id=area.id)
    past = postings.Question(DAY - timedelta(days=1500), area_id=area.id)
    key = postings.after(session, here, None, 5).rows[0].key
    office = Department.get(Department.subdistrict == town)
    return {
        "signing on": lambda: sign_on("N000001"),
        "district": lambda: tree.below(session, "district", 0, DAY),
        "subdistrict": lambda: tree.below(session, "subdistrict", town.id, DAY),
        "1+4+N": lambda: team_seats.team(session, area.id, DAY),
        "roster, first": lambda: roster.after(session, mine, None, PAGE),
        "roster of all, page": lambda: roster.after(session, everybody, first, PAGE),
        "roster of all, end": lambda: roster.before(session, everybody, None, PAGE),
        "roster of all, around": lambda: roster.around(session, everybody, first, PAGE),
        "found by initials": lambda: anything(session, "zwl"),
        "card": lambda: person.card(session, 1, DAY),
        "departments": lambda: departments.departments(session),
        "postings by area": lambda: postings.by_area(session, DAY),
        "postings by department": lambda: postings.by_department(session, DAY),
        "postings here, first": lambda: postings.after(session, here, None, PAGE),
        "postings here, around": lambda: postings.around(session, here, key, PAGE),
        "postings of an office": lambda: postings.after(
            session, postings.Question(DAY, department_id=office.id), None, PAGE
        ),
        "postings here long ago": lambda: postings.after(session, past, None, PAGE),
    }


def measure(urls: tuple[str, str], rounds: int) -> dict[str, tuple[float, float]]:
    """p50 in milliseconds of each question, small and large, asked in turn."""
    took: dict[str, tuple[list[float], list[float]]] = {}
    for _round in range(rounds):
        for place, url in enumerate(urls):
            connect(url)
            for name, ask in questions(sign_on("N000001")).items():
                ask()
                begin = thread_time()
                ask()
                took.setdefault(name, ([], []))[place].append(1000 * (thread_time() - begin))
            database.close()
    return {
        name: (statistics.median(small), statistics.median(large)) for name, (small, large) in took.items()
    }


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--staff", type=int, default=20_000)
    parser.add_argument("--postings", type=int, default=100_000)
    parser.add_argument("--current", type=int, default=1_200)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = (f"sqlite:///{Path(folder) / 'small.db'}", f"sqlite:///{Path(folder) / 'large.db'}")
        fill(urls[0], 1_200, 1_200, 1_200)
        fill(urls[1], chosen.staff, chosen.postings, chosen.current)
        print(f"{'':<26}{'small':>9}{'large':>9}{'ratio':>7}")
        for name, (small, large) in measure(urls, chosen.rounds).items():
            print(f"{name:<26}{small:>7.2f}ms{large:>7.2f}ms{large / small:>7.2f}")


if __name__ == "__main__":
    main()
