"""How the hot queries are read: on an index that gives their order, at any size of the table, in every scope."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from peewee import SqliteDatabase

from dutydesk.models import database
from dutydesk.rules import case, decisions, finding, intake, ledger, today, views
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.vocabulary import Role
from tests.many_cases import fill, first_case, more_places, tell

R = Role
MANY = 20_000
BIG = {"issue", "issue_step", "search_text", "deadline"}  # of one case a handful of deadlines is sorted
PAGES = 2_000
READERS = [role for role in Role if views.MADE[role]]

# What an index of the whole district gives in order is walked as a scan of that index, and stops at the limit.
_WHOLE_DISTRICT = re.compile(r"^SCAN t\d USING (COVERING )?INDEX issue_\w+_district$")
# So is the table itself, by number, where nothing else is asked: the newest of all, or a count that stops.
_NEWEST_OF_ALL = re.compile(
    r'FROM "(issue|issue_step)" AS "t1"( WHERE \("t1"\."id" (IS NOT NULL|[<>] [?%s]+)\))?'
    r'( ORDER BY "t1"\."id"( DESC| ASC)?)? LIMIT'
)


def on_sqlite() -> bool:
    return isinstance(database.obj, SqliteDatabase)


@contextmanager
def heard() -> Iterator[list[tuple[str, Any]]]:
    """The queries that are sent meanwhile, with their values."""
    queries: list[tuple[str, Any]] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if isinstance(record.msg, tuple):
                queries.append(record.msg)

    ear, logger = Ear(logging.DEBUG), logging.getLogger("peewee")
    before = logger.level, logger.propagate
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield queries
    finally:
        logger.removeHandler(ear)
        logger.level, logger.propagate = before


def plan_of(sql: str, values: Any) -> list[str]:
    how = "explain query plan " if on_sqlite() else "explain "
    rows = database.execute_sql(how + sql, values).fetchall()
    return [row[3] if on_sqlite() else row[0].strip() for row in rows]


def sorted_by_postgresql(line: str) -> int:
    """How many rows a line of a plan sorts: some pages of them, however big the table, it may fetch and sort."""
    found = re.match(r"(?:->\s+)?(?:Incremental )?Sort\b.*rows=(\d+)", line)
    return int(found[1]) if found else 0


def wrong_in(sql: str, plan: list[str]) -> list[str]:
    """Lines of a plan that read a big table from end to end, or sort what they found in it."""
    tables = dict(re.findall(r'"(\w+)" AS "(t\d+)"', sql))
    names = {alias: table for table, alias in tables.items()}
    if not BIG & set(tables):
        return []
    bad = []
    for line in plan:
        if on_sqlite():
            scanned = re.match(r"SCAN (t\d+)", line)
            whole = scanned and names.get(scanned[1]) in BIG
            walked = _WHOLE_DISTRICT.match(line) or _NEWEST_OF_ALL.search(sql)
            if (whole and not walked) or ("TEMP B-TREE" in line and "deadline" not in tables):
                bad.append(line)
        elif re.search(rf"Seq Scan on ({'|'.join(BIG)})\b", line) or sorted_by_postgresql(line) > PAGES:
            bad.append(line)
    return bad


@pytest.fixture
def big(district, clock):
    """A district of some areas with many cases, most of them ended, as a district has them after years."""
    template = first_case(district)
    fill(template, *more_places(district, 18), MANY)
    tell(10, MANY)
    return district


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


def pages(session: Session) -> Iterator[Callable[[], Any]]:
    """What else is read again and again."""
    yield lambda: today.today_sheet(session, datetime.now(CHINA) - timedelta(days=2))
    yield lambda: decisions.waiting(session)
    yield lambda: finding.categories(session, "")
    yield lambda: intake.likely_duplicates(session, 2, 1, "楼道堆物旧家具")
    rows = ledger.after(session, "all", None, 5).rows
    if rows:
        yield lambda: case.case_sheet(session, rows[0].key)


def all_wrong(district) -> list[str]:
    wrong = []
    for role in READERS:
        session = district.sessions[role]
        asked = [entry.question for entry in views.for_session(session)] + sorted_ways(session)
        steps = [(str(question), step) for question in asked for step in windows(session, question)]
        steps += [("page", step) for step in pages(session)]
        for what, step in steps:
            with heard() as queries:
                step()
            for sql, values in {sql: (sql, values) for sql, values in queries}.values():
                if sql.startswith("SELECT"):
                    wrong += [
                        f"{role.value} {what}: {line} in {sql}"
                        for line in wrong_in(sql, plan_of(sql, values))
                    ]
    return wrong


@pytest.mark.parametrize("analysed", [True, False], ids=["with statistics", "without"])
def test_no_hot_query_reads_a_big_table_through_or_sorts_it(big, analysed):
    if analysed or not on_sqlite():
        database.execute_sql("analyze")
    wrong = all_wrong(big)
    assert not wrong, "\n".join(wrong[:20])


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
