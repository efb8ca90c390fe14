"""What drafting an agenda takes in an area with 20,000 open cases of a district of a million, and with 200 in a thousand.

`python benchmarks/agenda.py LARGE.db SMALL.db [--open 20000 200] [--rounds 20]` takes two databases that may be written
to (copies), brings them up to date, moves open cases into the busiest area of each until it has so many, drafts the
agenda of a new meeting there, both in turn, and prints p50 and p95 in milliseconds of work of both and the ratio of p50.
The target is 2.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import thread_time
from uuid import uuid4

from peewee import fn

from dutydesk.models import Area, Issue, database
from dutydesk.models.connection import connect, upgrade
from dutydesk.models.issue_lists import OPEN
from dutydesk.rules.meetings import agenda, series, ways
from dutydesk.rules.organisation import today
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role


def busiest(open_cases: int) -> int:
    """The area with the most open cases, brought to `open_cases` by moving others in or out."""
    area = (
        Issue.select(Issue.area)
        .where(OPEN)
        .group_by(Issue.area)
        .order_by(fn.COUNT(Issue.id).desc())
        .first()
        .area_id
    )
    here = Issue.select(Issue.id).where(OPEN, Issue.area == area)
    missing = open_cases - here.count()
    other = Area.get(Area.id != area).id
    moved = (
        Issue.select(Issue.id).where(OPEN, Issue.area != area).limit(missing)
        if missing > 0
        else here.limit(-missing)
    )
    ids = [row.id for row in moved]
    for start in range(0, len(ids), 500):
        Issue.update(area=area if missing > 0 else other).where(
            Issue.id.in_(ids[start : start + 500])
        ).execute()
    print(f"area {area}: {here.count()} open of {Issue.select().count()}")
    return int(area)


def session_of(area_id: int) -> Session:
    """A duty officer of the area."""
    town = Area.get_by_id(area_id).subdistrict_id
    grants = tuple(
        Grant(role, subdistrict_id=town, area_id=area_id) for role in (Role.DUTY_OFFICER, Role.AREA_CHIEF)
    )
    return Session(staff_id=1, number="B1", name="测试", grants=grants, day=today())


def drafts(area_id: int, rounds: int) -> Iterator[float]:
    """Milliseconds of each drafting of a new meeting's agenda, the reading of it for the screen included."""
    session = session_of(area_id)
    for _ in range(rounds):
        fields = {"kind": "biweekly", "on": today() + timedelta(days=2), "starts": "14:00", "place": "会议室"}
        meeting_id = series.extra(session, area_id, fields, str(uuid4()))  # noqa: S610
        began = thread_time()
        ways.perform(session, meeting_id, "draft", {}, str(uuid4()))
        found = agenda.agenda(session, meeting_id)
        yield 1000 * (thread_time() - began)
        assert found.drafted_at


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("large", type=Path)
    parser.add_argument("small", type=Path)
    parser.add_argument("--open", type=int, nargs=2, default=[20_000, 200])
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    urls = [f"sqlite:///{path.resolve()}" for path in (arguments.large, arguments.small)]
    areas = []
    for url, open_cases in zip(urls, arguments.open, strict=True):
        upgrade(url)
        connect(url)
        areas.append(busiest(open_cases))
        database.close()
    times: list[list[float]] = [[], []]
    for _ in range(4):
        for place, url in enumerate(urls):
            connect(url)
            times[place] += list(drafts(areas[place], arguments.rounds // 4 + 1))[1:]
            database.close()
    p50 = [statistics.median(each) for each in times]
    p95 = [statistics.quantiles(each, n=20)[-1] for each in times]
    print(f"large p50 {p50[0]:.1f} p95 {p95[0]:.1f} ms, small p50 {p50[1]:.1f} p95 {p95[1]:.1f} ms")
    print(f"ratio {p50[0] / p50[1]:.2f}")


if __name__ == "__main__":
    main()
