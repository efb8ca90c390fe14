"""The plans of queries as each kind of database tells them, and what is wrong with one."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import SqliteDatabase

from dutydesk.models import database

BIG = {"issue", "issue_step", "search_text", "deadline"}  # of one case a handful of deadlines is sorted
# Rows of a big table that a query may look at which names no number of rows itself: those of a case, of a page.
SOME = 300
STRETCH = 2 << 12  # the cases of the first stretches in which PostgreSQL looks for words

Query = tuple[str, Any]

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
def heard() -> Iterator[list[Query]]:
    """The queries that are sent meanwhile, with their values."""
    queries: list[Query] = []

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
        # not by assignment: what it once let through it would go on letting through
        logger.setLevel(before[0])
        logger.propagate = before[1]


def wrong_in(queries: list[Query], seen: set[str]) -> list[str]:
    """What of these queries reads a big table through, sorts what it found in one, or looks at too much of it.

    Those in `seen` are left out: the same query, but for its numbers.
    """
    found = []
    for sql, values in queries:
        words = [value for value in values or () if isinstance(value, str)]
        alike = re.sub(r"\d+(, \d+)*", "#", f"{sql} {words}")
        if alike in seen or not re.match(rf"select\b.*\b({'|'.join(BIG)})\b", sql, re.I):
            continue
        seen.add(alike)
        wrong = _wrong_sqlite(sql, values) if on_sqlite() else _wrong_postgresql(sql, values)
        found += [f"{line} in {sql} with {values}" for line in wrong]
    return found


def _wrong_sqlite(sql: str, values: Any) -> Iterator[str]:
    tables = dict(re.findall(r'"(\w+)" AS "(t\d+)"', sql))
    names = {alias: table for table, alias in tables.items()}
    if not BIG & set(tables):
        return
    for row in database.execute_sql("explain query plan " + sql, values).fetchall():
        line = row[3]
        scanned = re.match(r"SCAN (t\d+)", line)
        whole = scanned and names.get(scanned[1]) in BIG
        walked = _WHOLE_DISTRICT.match(line) or _NEWEST_OF_ALL.search(sql)
        if (whole and not walked) or ("TEMP B-TREE" in line and "deadline" not in tables):
            yield line


def _wrong_postgresql(sql: str, values: Any) -> Iterator[str]:
    limits = _limits(sql, values)
    most = max(limits) * 5 // 4 + 10 if limits else SOME
    for node in nodes(explained(sql, values)):
        what = node.get("Relation Name") or node.get("Index Name", "")
        if not any(what == table or what.startswith(f"{table}_") for table in BIG):
            continue
        looked = looked_at(node)
        if node["Node Type"] == "Seq Scan" or looked > (STRETCH if what.startswith("search_") else most):
            yield f"{node['Node Type']} of {what} looks at {looked} rows"


def _limits(sql: str, values: Any) -> list[int]:
    """The numbers of rows at which the query itself stops."""
    return [
        int(values[sql[: found.start()].count("%s")]) for found in re.finditer(r"(?<=limit )%s", sql.lower())
    ]


def looked_at(node: dict[str, Any]) -> int:
    """Rows that a node of a plan found and those that it dropped again, in all its turns."""
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + dropped) * node["Actual Loops"])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a plan."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def explained(sql: str, values: Any) -> dict[str, Any]:
    """PostgreSQL's plan of a query, and what it really did, on the connection as the desk has it."""
    how = "explain (analyze, timing off, format json) "
    found: dict[str, Any] = database.execute_sql(how + sql, values).fetchone()[0][0]["Plan"]
    return found
