"""Write docs/plans.md: by which index each hot query of the ledger is read, as the database itself says.

`python scripts/plans_page.py DATABASE…`: a filled one of each kind (a path, or a postgresql:// address).
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

from dutydesk.models import RoleGrant, Staff, database
from dutydesk.models.connection import connect
from dutydesk.rules import answers, case, decisions, intake, ledger, search, today, triage_queue, views
from dutydesk.rules.questions import Question
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.vocabulary import Role, Source

_OURS = r"(?:issue|search|deadline)\w*"
PAGE = Path(__file__).parent.parent / "docs" / "plans.md"
ROLES = (
    Role.DUTY_OFFICER,
    Role.NEIGHBOURHOOD_OFFICER,
    Role.HANDLER,
    Role.LIAISON,
    Role.COORDINATOR,
    Role.SUPERVISOR,
)
HEAD = """# Plans of the hot queries

Written by `scripts/plans_page.py`; `tests/rules/test_plans.py` holds what it shows. Each list of the ledger is read
by keyset on an index that begins with the scope and ends with the order (`models/issue_indexes.py`); where the scope
or the view is an alternative, each part is walked by itself and merged. `id` is the table by number; search asks of
what it found there whether it belongs. PostgreSQL sorts the deadlines and steps of one case after it has found them,
and either the steps of a page of answers.
"""


class Ear(logging.Handler):
    """Keeps the queries that are sent."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.queries: list[tuple[str, list[object]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One query, with its values."""
        if isinstance(record.msg, tuple):
            self.queries.append(record.msg)


def indexes_of(read: Callable[[], object]) -> str:
    """The indexes of the big tables by which something is read, each once."""
    ear, logger = Ear(), logging.getLogger("peewee")
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    try:
        read()
    finally:
        logger.removeHandler(ear)
        logger.setLevel(logging.WARNING)
    found: dict[str, None] = {}
    for sql, values in ear.queries:
        if re.match("select|with", sql, re.I) and re.search(r"\b(issue|issue_step|search_\w+)\b", sql):
            found.update(dict.fromkeys(_indexes(sql, values)))
    return "、".join(found) or "-"


def _indexes(sql: str, values: object) -> Iterator[str]:
    if isinstance(database.obj, SqliteDatabase):
        yield from _on_sqlite(sql, values)
    else:
        rows = database.execute_sql(f"explain (format json) {sql}", values).fetchone()
        yield from _on_postgresql(rows[0][0]["Plan"])


def _on_sqlite(sql: str, values: object) -> Iterator[str]:
    for row in database.execute_sql(f"explain query plan {sql}", values).fetchall():
        line = str(row[-1])
        if match := re.search(rf"USING (?:COVERING )?INDEX ({_OURS})", line):
            yield match[1]
        elif "INTEGER PRIMARY KEY" in line or re.search(r"SCAN t1$", line):
            yield "id"
        elif "VIRTUAL TABLE" in line:
            yield "search_index"
        elif "TEMP B-TREE" in line:
            yield line


def _on_postgresql(node: dict[str, Any]) -> Iterator[str]:
    name, table = node.get("Index Name", ""), node.get("Relation Name", "")
    if re.match(_OURS, name):
        yield "id" if name.endswith("_pkey") else name
    elif node["Node Type"] == "Seq Scan" and re.match(_OURS, table):
        yield f"Seq Scan {table}"
    for inner in node.get("Plans", ()):
        yield from _on_postgresql(inner)


def queries(session: Session) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is read again and again."""
    for entry in views.for_session(session):
        yield entry.name, lambda question=entry.question: ledger.ids(session, question, 50)
    if session.main is not None and session.main.role is Role.DUTY_OFFICER:
        for view, order in (("open", "deadline"), ("open", "urgency"), ("open", "place"), ("all", "changed")):
            name = f"{views.VIEWS[view].name}，按{ledger.ORDERS[order]}"
            yield name, lambda view=view, order=order: ledger.ids(session, Question(view, order=order), 50)
        yield "搜索", lambda: search.page(session, "电梯", open_only=True, edge=None, forward=True, count=50)
        yield "待立案的下一件", lambda: triage_queue.cards(session)
        yield "待立案还有几件", lambda: triage_queue.remaining(session)
        yield "登记时的相似问题", lambda: intake.likely_duplicates(session, 1, 1, "楼道堆物旧家具")
        first = ledger.ids(session, "all", 1)
        yield "案情", lambda: case.case_sheet(session, first[0])
        yield "今日", lambda: today.today_sheet(session, datetime.now(UTC) - timedelta(days=1))
    if session.main is not None and session.main.role is Role.SUPERVISOR:
        day = datetime.now(UTC).date()
        yield "全区给来源的答复", lambda: next(answers.answers(session, Source.HOTLINE, day), None)
    if session.main is not None and session.main.role is Role.AREA_CHIEF:
        yield "待我定", lambda: decisions.waiting(session)


def plans(url: str) -> dict[tuple[str, str], str]:
    """For each role and query the indexes, on one database."""
    connect(url if "://" in url else f"sqlite:///{url}")
    found = {}
    for role in (*ROLES, Role.AREA_CHIEF):
        rows = Staff.select(Staff.number).join(RoleGrant).where(RoleGrant.role == role).order_by(Staff.id)
        session = sign_on(rows.scalar())
        for name, read in queries(session):
            if role is not Role.AREA_CHIEF or name == "待我定":
                found[role.label, name] = indexes_of(read)
    database.close()
    return found


def main() -> None:
    """Write the page."""
    columns = [plans(url) for url in sys.argv[1:]]
    kinds = ["PostgreSQL" if "://" in url and "sqlite" not in url else "SQLite" for url in sys.argv[1:]]
    lines = [HEAD, f"| 角色 | 读什么 | {' | '.join(kinds)} |", "|" + "---|" * (2 + len(kinds))]
    for what in columns[0]:
        lines.append(f"| {what[0]} | {what[1]} | {' | '.join(column.get(what, '-') for column in columns)} |")
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
