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

from peewee import SqliteDatabase

from dutydesk.models import RoleGrant, Staff, database
from dutydesk.models.connection import connect
from dutydesk.rules import case, decisions, intake, ledger, search, today, views
from dutydesk.rules.questions import Question
from dutydesk.rules.signing_on import sign_on
from dutydesk.session import Session
from dutydesk.vocabulary import Role

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
or the view is an alternative, each part is walked by itself and merged. `id` is the table by number.
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
    how = "explain query plan " if isinstance(database.obj, SqliteDatabase) else "explain "
    for row in database.execute_sql(how + sql, values).fetchall():
        line = str(row[-1])
        if match := re.search(
            r"(?:USING (?:COVERING )?INDEX|using|Index Scan on) (issue\w*|search\w*|deadline\w*)", line
        ):
            yield match[1].replace("issue_pkey", "id")
        elif "INTEGER PRIMARY KEY" in line or re.search(r"SCAN t1$", line):
            yield "id"
        elif "VIRTUAL TABLE" in line or "Seq Scan on" in line or "TEMP B-TREE" in line:
            yield line.strip("-> ").split("  ")[0]


def queries(session: Session) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is read again and again."""
    for entry in views.for_session(session):
        yield entry.name, lambda question=entry.question: ledger.ids(session, question, 50)
    if session.main is not None and session.main.role is Role.DUTY_OFFICER:
        for view, order in (("open", "deadline"), ("open", "urgency"), ("open", "place"), ("all", "changed")):
            name = f"{views.VIEWS[view].name}，按{ledger.ORDERS[order]}"
            yield name, lambda view=view, order=order: ledger.ids(session, Question(view, order=order), 50)
        yield "搜索", lambda: search.page(session, "电梯", open_only=True, edge=None, forward=True, count=50)
        yield "登记时的相似问题", lambda: intake.likely_duplicates(session, 1, 1, "楼道堆物旧家具")
        first = ledger.ids(session, "all", 1)
        yield "案情", lambda: case.case_sheet(session, first[0])
        yield "今日", lambda: today.today_sheet(session, datetime.now(UTC) - timedelta(days=1))
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
