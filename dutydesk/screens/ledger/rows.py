"""The ledger's lines, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from dutydesk.desk import Desk
from dutydesk.rules import ledger
from dutydesk.rules.ledger import IssueRow, Question, Window
from dutydesk.vocabulary import Urgency
from dutydesk.widgets.row_lines import Column
from dutydesk.widgets.window import Page

_SHORT_MARKS = {"群众反映强烈": "强", "居民区难以协调": "难", "待抽查": "抽"}


def _left(row: IssueRow) -> str:
    return f"!{row.left}" if row.overdue else row.left


def _urgency(row: IssueRow) -> str:
    return "" if row.urgency is Urgency.NORMAL else row.urgency.label


def _state(row: IssueRow) -> str:
    return "可销项" if row.closable else row.state.label


def _summary(row: IssueRow) -> str:
    if not row.marks and not row.hits:
        return row.summary
    short = [_SHORT_MARKS[mark] for mark in row.marks if mark in _SHORT_MARKS]
    short += [mark[:1] for mark in row.marks if mark.startswith(("退单", "返工", "催办"))]
    return _why_found(row) + (f"[{''.join(short)}]" if short else "") + row.summary


def _why_found(row: IssueRow) -> str:
    """In whose hands a case is, where it was found by that and nothing else of the line says so."""
    shown = f"{row.number} {row.place} {row.summary}".lower()
    if any(hit in shown for hit in row.hits):
        return ""
    if row.handler:
        return f"（承办 {row.handler}）"
    return f"（承办 {row.holder}）" if any(hit in row.holder.lower() for hit in row.hits) else ""


COLUMNS = (
    Column("编号", 11, lambda row: row.number),
    Column("时限", 9, _left),
    Column("急", 4, _urgency),
    Column("状态", 8, _state),
    Column("地点", 12, lambda row: row.place),
    Column("问题", 16, _summary, flex=True),
    Column("承办", 12, lambda row: row.holder, from_width=96),
)


class Rows:
    """The windowed list's rows for one question. `answered` hears of each window, before the list takes it."""

    def __init__(self, desk: Desk, question: Question, answered: Callable[[Rows, Window], None]) -> None:
        self.desk, self.question, self.answered = desk, question, answered
        self.why_empty = ""

    async def after(self, key: Hashable | None, count: int) -> Page[IssueRow]:
        """See `Source`."""
        return await self._page(await self.desk.read(ledger.after, self.question, key, count))  # type: ignore[arg-type]

    async def before(self, key: Hashable | None, count: int) -> Page[IssueRow]:
        """See `Source`."""
        return await self._page(await self.desk.read(ledger.before, self.question, key, count))  # type: ignore[arg-type]

    async def around(self, key: Hashable, count: int) -> Page[IssueRow]:
        """See `Source`."""
        return await self._page(await self.desk.read(ledger.around, self.question, key, count))  # type: ignore[arg-type]

    async def _page(self, window: Window) -> Page[IssueRow]:
        if self.question.words and not window.rows and window.at_start and window.at_end:
            from dutydesk.rules import search

            asked = self.question
            self.why_empty = await self.desk.read(search.explain, asked.words, asked.filters)
        self.answered(self, window)
        return Page(window.rows, window.at_start, window.at_end)
