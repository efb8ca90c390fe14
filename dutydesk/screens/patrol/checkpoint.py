"""A checkpoint in full: what to look at and by which standard."""

from __future__ import annotations

from rich.cells import cell_len

from dutydesk.rules.patrol_sheets import PatrolSheet
from dutydesk.rules.workcalendar import day_said, moment
from dutydesk.screens.patrol.rows import CheckRow, mark_label
from dutydesk.widgets.cells import Line, wrap
from dutydesk.widgets.frame import KeptLines

_LABEL = 7


class CheckpointView(KeptLines):
    """The checkpoint under the cursor; only the lines that differ are drawn again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.row: CheckRow | None = None

    def show(self, row: CheckRow | None) -> None:
        """Show another checkpoint, or the same as it is now."""
        self.row = row
        self.paint()

    def lines_in_sight(self, width: int, height: int) -> list[Line]:
        """What matters on the spot comes first: the lowest lines go when there is no room."""
        if self.row is None:
            return []
        check, sheet = self.row.check, self.row.sheet
        plain, head = self.look(), self.look("head")
        lines: list[Line] = [
            ((line, head),)
            for line in wrap(f"{check.position}/{len(sheet.checks)} {check.where}（{sheet.route}）", width)
        ]
        facts = [("看什么", check.look_at), ("标准", check.standard), ("结果", _result(self.row))]
        if sheet.partners:
            facts.append(("参加", sheet.partners))
        facts += [("归口", f"{check.force.label}·{check.category}"), ("本路线", _progress(sheet))]
        for name, value in facts:
            label = name + " " * (_LABEL - cell_len(name))
            for number, line in enumerate(wrap(value, max(width - _LABEL, 4))):
                lines.append((((label if number == 0 else " " * _LABEL) + line, plain),))
        return lines


def _result(row: CheckRow) -> str:
    check = row.check
    if check.open:
        return mark_label(row)
    words = [check.mark.label, check.issue_number, check.reason, check.marked_by, moment(check.marked_at)]
    return " ".join(filter(None, words)) + ("（补录）" if check.backfilled else "")


def _progress(sheet: PatrolSheet) -> str:
    words = [f"{day_said(sheet.day)} {sheet.kind.label}"]
    if sheet.backfilled:
        words.append(f"补录，{moment(sheet.walked_at)}走的")
    if sheet.finished:
        words.append(
            f"{sheet.finished_by}已完成" + (f"，其余未查：{sheet.rest_reason}" if sheet.rest_reason else "")
        )
    return " ".join(words)
