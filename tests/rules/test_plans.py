"""How the hot queries are read: on an index that gives their order, at any size of the table, in every scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import pytest
import time_machine

from dutydesk.models import connection, database
from dutydesk.rules import (
    case,
    decisions,
    finding,
    intake,
    ledger,
    permission,
    search,
    today,
    triage_queue,
    views,
)
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.vocabulary import Role
from tests.conftest import SmallDistrict, _made
from tests.many_cases import fill, first_case, index, more_places, tell
from tests.plans import explained, heard, nodes, on_sqlite, wrong_in
from tests.postgresql import Server
from tests.rules.conftest import NOW

R = Role
MANY, YEARS = 20_000, 60_000
WORDS = (
    "楼道",
    "井盖",
    "楼道堆放旧家具",
    "井盖缺失",
    "楼道灯不亮",
    "二楼楼道堆放",
    "楼道 家具",
    "kj",
    "2026-12",
)
READERS = [role for role in Role if views.MADE[role]]


@pytest.fixture(scope="session")
def years_on_postgresql(postgresql: Server) -> Iterator[SmallDistrict]:
    """A district of its own with so many cases that the planner minds how it reads them; made once."""
    made = _made(postgresql.create())
    connection.connect(made.url)
    with time_machine.travel(NOW, tick=False):
        template = first_case(made)
        places = more_places(made, 18)
        with connection.bulk_writing():
            fill(template, *places, YEARS)
            tell(10, YEARS)
            index(10, YEARS)
    database.execute_sql("vacuum analyze")
    database.close()
    yield made
    postgresql.drop(made.url)


@pytest.fixture
def big(engine: str, request: pytest.FixtureRequest) -> Iterator[SmallDistrict]:
    """A district of some areas with many cases, most of them ended, as a district has them after years."""
    if engine == "sqlite":
        made = request.getfixturevalue("district")
        request.getfixturevalue("clock")
        template = first_case(made)
        fill(template, *more_places(made, 18), MANY)
        tell(10, MANY)
    else:
        made = request.getfixturevalue("years_on_postgresql")
        request.getfixturevalue("clock")
        made.connect()
    yield made
    made.close()


def windows(session: Session, question: Question) -> Iterator[Callable[[], Any]]:
    """All that a list asks of the database as its reader goes about in it."""
    yield lambda: ledger.after(session, question, None, 50)
    yield lambda: ledger.before(session, question, None, 50)
    rows = ledger.after(session, question, None, 30).rows
    if rows:
        key = rows[-1].key
        yield lambda: ledger.after(session, question, key, 50)
        yield lambda: ledger.before(session, question, key, 50)
        yield lambda: ledger.around(session, question, key, 50)
        yield lambda: ledger.new_above(session, question, key)
    yield lambda: ledger.count(session, question)


def sorted_ways(session: Session) -> list[Question]:
    """The other orders that an area's desk has indexes for."""
    if session.main is None or session.main.role not in (R.DUTY_OFFICER, R.AREA_CHIEF):
        return []
    return [Question("open", order=order) for order in ("deadline", "urgency", "place")] + [
        Question("all", order="changed"),
        Question("all", order="place"),
        Question("open", Filters(place="unit:2")),
        Question("all", Filters(state="review,feedback")),
    ]


def searches(session: Session) -> Iterator[Callable[[], Any]]:
    """Words of two characters and longer, common and rare, and what holds all the pairs but not the words."""
    for words in (
        "楼道",
        "井盖",
        "家具",
        "楼道堆放旧家具",
        "井盖缺失",
        "楼道灯不亮",
        "二楼楼道堆放",
        "楼道 家具",
        "kj",
        "2026-12",
    ):
        for open_only in (True, False):
            for edge, forward in ((None, True), (MANY // 2, True), (MANY // 2, False)):
                yield partial(
                    search.page, session, words, open_only=open_only, edge=edge, forward=forward, count=50
                )


def pages(session: Session) -> Iterator[Callable[[], Any]]:
    """What else is read again and again."""
    yield lambda: today.today_sheet(session, datetime.now(CHINA) - timedelta(days=2))
    yield lambda: decisions.waiting(session)
    yield lambda: finding.categories(session, "")
    if permission.may_at_all(session, "register"):
        yield lambda: intake.likely_duplicates(session, 2, 1, "楼道堆物旧家具")
    yield lambda: triage_queue.remaining(session)
    yield lambda: triage_queue.cards(session, count=2)
    rows = ledger.after(session, "all", None, 5).rows
    if rows:
        yield lambda: case.case_sheet(session, rows[0].key)


def hot(session: Session) -> Iterator[tuple[str, Callable[[], Any]]]:
    """All that is read again and again by somebody, with what it is."""
    for question in [entry.question for entry in views.for_session(session)] + sorted_ways(session):
        for step in windows(session, question):
            yield str(question), step
    for step in pages(session):
        yield "page", step
    for step in searches(session):
        yield "search", step


def wrong_of(steps: Iterable[tuple[str, Callable[[], Any]]], seen: set[str]) -> list[str]:
    wrong = []
    for what, step in steps:
        with heard() as queries:
            step()
        wrong += [f"{what}: {line}" for line in wrong_in(queries, seen)]
    return wrong


def all_wrong(district: SmallDistrict) -> str:
    seen: set[str] = set()
    found = [
        f"{role.value} {line}" for role in READERS for line in wrong_of(hot(district.sessions[role]), seen)
    ]
    return "\n".join(found[:20])


def test_no_hot_query_reads_a_big_table_through_or_sorts_it(big):
    if on_sqlite():
        index(10, MANY)
        database.execute_sql("analyze")
    assert all_wrong(big) == ""


@pytest.mark.sqlite
def test_so_it_is_without_statistics(big):
    index(10, MANY)
    assert all_wrong(big) == ""


def without_index(name: str, steps: list[tuple[str, Callable[[], Any]]]) -> list[str]:
    with database.atomic() as transaction:
        database.execute_sql(f"drop index {name}")
        wrong = wrong_of(steps, set())
        transaction.rollback()
    assert not wrong_of(steps, set())
    return wrong


def test_an_index_that_is_not_there_is_missed(big):
    if on_sqlite():
        database.execute_sql("analyze")
    steps = [("list", step) for step in windows(big.sessions[R.SUPERVISOR], Question("overdue"))]
    assert without_index("issue_due_district", steps)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("name", "role", "question"),
    [
        ("issue_open_area", R.DUTY_OFFICER, Question("open")),
        ("issue_due_area", R.DUTY_OFFICER, Question("overdue")),
        ("issue_urgency_area", R.DUTY_OFFICER, Question("open", order="urgency")),
        ("issue_all_team", R.HANDLER, Question("all")),
    ],
)
def test_so_is_one_whose_rows_another_finds_after_many(big, name, role, question):
    """SQLite's plan does not say how many rows are passed over; see how much work it does, below."""
    assert without_index(name, [("list", step) for step in windows(big.sessions[role], question)])


@pytest.mark.postgresql
def test_so_is_that_of_words(big):
    """Of those that look among all cases: what is open has an index of its own."""
    of_all = islice(searches(big.sessions[R.DUTY_OFFICER]), 3, 6)
    steps = [("search", step) for step in of_all]
    assert without_index("search_text_words", steps)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("open_only", "of"), [(True, "search_text_open"), (False, "search_text_words")], ids=["open", "all"]
)
def test_words_among_what_is_open_are_looked_for_in_an_index_of_these_alone(big, open_only, of):
    """However many cases have ended since, it stays as small as what is open."""
    for role in (R.DUTY_OFFICER, R.SUPERVISOR):
        for words in WORDS:
            with heard() as queries:
                search.page(big.sessions[role], words, open_only=open_only, edge=None, forward=True, count=50)
            found = [
                node
                for sql, values in queries
                if "search_text" in sql
                for node in nodes(explained(sql, values))
            ]
            names = {node["Index Name"] for node in found if "Index Name" in node}
            assert names - {"search_text_pkey"} == {of}, (role, words)


def work_of(step: Callable[[], Any]) -> int:
    """How much SQLite does for it, in hundreds of its instructions."""
    done = [0]

    def count() -> int:
        done[0] += 1
        return 0

    raw = database.connection()
    raw.set_progress_handler(count, 100)
    step()
    raw.set_progress_handler(None, 0)
    return done[0]


def short_windows(session: Session, question: Question) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "first", lambda: ledger.after(session, question, None, 5)
    yield "last", lambda: ledger.before(session, question, None, 5)
    rows = ledger.after(session, question, None, 7).rows
    assert len(rows) == 7, (question, "the test needs more such cases")
    key = rows[-1].key
    yield "page", lambda: ledger.after(session, question, key, 5)
    yield "back", lambda: ledger.before(session, question, key, 5)
    yield "around", lambda: ledger.around(session, question, key, 5)
    yield "count", lambda: ledger.count(session, question, 7)


def all_work(district) -> dict[str, int]:
    found = {}
    for role in READERS:
        session = district.sessions[role]
        for question in [entry.question for entry in views.for_session(session)] + sorted_ways(session):
            if question.view == "mine" and role not in (R.HANDLER, R.LIAISON, R.NEIGHBOURHOOD_OFFICER):
                continue  # nothing is in the hands of the others here
            for name, step in short_windows(session, question):
                found[f"{role.value} {question} {name}"] = work_of(step)
    return found


@pytest.mark.sqlite
def test_a_list_of_five_times_as_many_cases_takes_the_same_work(district, clock):
    """Scopes, views and windows: SQLite's own count of what it does, whatever plan it chose."""
    template = first_case(district)
    areas, units = more_places(district, 2)
    fill(template, areas, units, MANY // 2)
    few = all_work(district)
    fill(template, areas, units, MANY * 2, first=100_000)
    fill(template, areas, units, MANY, first=500_000, plain=True)
    many = all_work(district)
    assert few.keys() == many.keys()
    more = {what: (few[what], many[what]) for what in few if many[what] > few[what] * 1.3 + 4}
    assert not more, "\n".join(f"{what}: {counts}" for what, counts in more.items())


@pytest.mark.parametrize("order", ["", "urgency", "place"])
def test_what_no_index_answers_is_looked_through_so_far_and_then_asks_to_narrow(big, order):
    supervisor = big.sessions[R.SUPERVISOR]
    nothing = Question("all", Filters(category="999999"), order=order)
    with heard() as queries:
        window = ledger.after(supervisor, nothing, None, 50)
    assert (window.rows, window.at_end, window.narrow) == ([], True, ledger.NARROW)
    assert len(queries) < 40
    assert ledger.after(supervisor, Question("all", Filters(source="visit")), None, 50).narrow == ""
    assert ledger.after(big.sessions[R.DUTY_OFFICER], nothing, None, 50).narrow == ""


def test_no_table_is_read_from_end_to_end_for_the_next_card_of_the_queue(big):
    duty = big.sessions[Role.DUTY_OFFICER]
    with heard() as queries:
        triage_queue.remaining(duty)
        assert triage_queue.cards(duty, (), 1)
    assert queries
    assert wrong_in(queries, set()) == []
