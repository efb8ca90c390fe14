"""A list with the personal data of those who raised its cases: for the area's desk, an act of its own, with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from dutydesk.models import Issue, Reporter
from dutydesk.rules import exporting, permission
from dutydesk.rules.exporting import SHEET, Cell, Column, Line, Names, Sheet, row_of, stretches
from dutydesk.rules.questions import Question
from dutydesk.session import Session

_WHO = 15  # the column 反映人, before 联系电话
_KEEP_SAFE = ("本表含反映人的姓名、电话和住址，只用于写明的事由，用后请删除；导出人、事由、件数已记入审计。",)


def _revealed(session: Session, question: Question) -> Iterator[tuple[Cell, ...]]:
    """The rows with who raised each case, as far as this session may have them revealed; masked beyond."""
    names, now = Names(), datetime.now(UTC)
    parts = permission.reaches(session, permission.MAY["export_personal"])
    within = permission.any_of(part.beside() for part in parts)
    for rows in stretches(session, question, SHEET):
        ids = [row[0] for row in rows]
        mine: Any = Issue.select(Issue.id).where(Issue.id.in_(ids), within)
        open_to = {key for (key,) in mine.tuples()}
        who = {row.issue_id: row for row in Reporter.select().where(Reporter.issue.in_(ids))}
        for row in rows:
            one = who.get(row[0])
            said = (one.name, one.phone) if one else ("", "")
            cells = list(row_of(Line(*row), names, said, now))
            if one and row[0] in open_to:
                cells[_WHO : _WHO + 2] = said
            yield (*cells, one.address if one and row[0] in open_to else "")


def sheet(session: Session, question: Question) -> Sheet:
    """A list as a sheet with names, numbers and addresses, where the session may have them revealed.

    Raises NotAllowed.
    """
    permission.require(session, "export_personal")
    title = f"问题清单·{exporting.words_of(session, question)}（含个人信息）"
    heads = (*exporting.columns(), Column("反映人住址", 24))
    total = exporting.count_of(session, question)
    return Sheet(title, heads, _revealed(session, question), total, _KEEP_SAFE)
