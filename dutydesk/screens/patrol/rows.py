"""The lines of the list, what can be counted in them, and what the menu offers on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dutydesk.rules.patrol_sheets import Check, PatrolSheet
from dutydesk.vocabulary import Mark, PatrolKind
from dutydesk.widgets.action_menu import Action
from dutydesk.widgets.window_list import Column


@dataclass(frozen=True)
class CheckRow:
    """A line of the list; `key` is the checkpoint's id. `sheet` is its patrol as it was last read."""

    key: int
    check: Check
    sheet: PatrolSheet
    today: date

    @property
    def earlier(self) -> bool:
        """Whether it is left from an earlier day."""
        return self.sheet.day < self.today


def _route(row: CheckRow) -> str:
    return f"{row.sheet.day.day}日{row.sheet.route}" if row.earlier else row.sheet.route


NO_LONGER = "不再查"  # 未查 where the patrol is finished


def mark_label(row: CheckRow) -> str:
    """The mark in words; what was left unmarked in a finished patrol waits for nobody."""
    return NO_LONGER if row.check.open and row.sheet.finished else row.check.mark.label


def _mark(row: CheckRow) -> str:
    return mark_label(row) + ("·补" if row.check.backfilled else "")


COLUMNS = (
    Column("路线", 12, _route),
    Column("序", 3, lambda row: f"{row.check.position:>2}"),
    Column("地点", 20, lambda row: row.check.where, flex=True),
    Column("标记", 9, _mark),
)

Rows = Sequence[CheckRow]


def sheets(rows: Rows) -> list[PatrolSheet]:
    """The patrols of these rows as they were last read, each once."""
    return list({row.sheet.id: row.sheet for row in rows}.values())


def unchecked(rows: Rows, sheet: PatrolSheet) -> int:
    """How many checkpoints of a patrol are 未查 on the screen now."""
    return sum(row.check.open for row in rows if row.sheet.id == sheet.id)


def progress(rows: Rows) -> str:
    """How far today is, for the title."""
    today = [row for row in rows if not row.earlier]
    done = sum(not row.check.open for row in today)
    dropped = sum(row.check.open and row.sheet.finished for row in today)
    return f"已查 {done}/{len(today)}" + (f"，{dropped}处不再查" if dropped else "") if today else ""


def counts(rows: Rows, sheet: PatrolSheet) -> str:
    """How often each mark stands in a patrol."""
    marks = [row.check.mark for row in rows if row.sheet.id == sheet.id]
    return "　".join(f"{mark.label}{marks.count(mark)}" for mark in Mark if mark in marks)


def first_of(rows: Rows, patrol_id: int) -> CheckRow | None:
    """Where to begin: the first 未查 of this patrol, else of today; where all is marked, its first checkpoint."""
    named = [row for row in rows if row.sheet.id == patrol_id]
    here = named or [row for row in rows if not row.earlier] or rows
    return next((row for row in here if row.check.open and not row.sheet.finished), next(iter(here), None))


def following(rows: Rows, check_id: int) -> CheckRow | None:
    """The next 未查 of the same day, round once: never by itself into another day."""
    at = next(number for number, row in enumerate(rows) if row.key == check_id)
    ahead = [*rows[at + 1 :], *rows[: at + 1]]
    return next(
        (
            row
            for row in ahead
            if row.check.open and not row.sheet.finished and row.sheet.day == rows[at].sheet.day
        ),
        None,
    )


def ended(rows: Rows, check_id: int, after: CheckRow | None) -> str:
    """What has come to its end with the mark of a checkpoint: its route, or with nothing `after` it the day."""
    if after is None:
        return "查完了，当天的检查点已全部标完。按 Enter 再按 5 完成巡查。"
    here = next(row.sheet for row in rows if row.key == check_id)
    if here.id == after.sheet.id or unchecked(rows, here):
        return ""
    return f"{here.route}查完了（Enter 再按 5 完成）。接着查{after.sheet.route}。"


def stands(rows: Rows) -> str:
    """How today's patrol is left, and what is still to be done, for the screen that one goes back to."""
    today = [row for row in rows if not row.earlier]
    open_ = [row for row in today if not row.sheet.finished]
    left = sum(row.check.open for row in open_)
    if not open_:
        return "今天的巡查已完成。"
    if not left:
        return "检查点都查完了，还没有完成巡查：按 1 回到巡查，Enter 再按 5。"
    return f"巡查{progress(rows)}，标记都已保存；还有{left}处未查，按 1 接着查。"


def unfinished(rows: Rows, day: date) -> list[PatrolSheet]:
    """The patrols of a day that can still change."""
    return [sheet for sheet in sheets(rows) if sheet.day == day and not sheet.finished]


def checked(rows: Rows, day: date) -> list[PatrolSheet]:
    """The patrols of a day that can be finished as they are."""
    return [sheet for sheet in unfinished(rows, day) if not unchecked(rows, sheet)]


def from_paper(rows: Rows, day: date) -> list[PatrolSheet]:
    """The unfinished patrols of a day that are 补录."""
    return [sheet for sheet in unfinished(rows, day) if sheet.backfilled]


def menu(rows: Rows, row: CheckRow) -> list[Action[str]]:
    """All that can be done on a row; the digits 1 to 3 mean what they mean on the list."""
    ended = f"{row.sheet.route}已完成" if row.sheet.finished else ""
    left = sum(unchecked(rows, sheet) for sheet in unfinished(rows, row.sheet.day))
    actions = [
        Action("normal", "正常", "", ended),
        Action("abnormal", "异常", "登记问题", ended),
        Action("not_applicable", "不适用", "写明理由", ended),
        Action("take_back", "撤回这一处的标记", "", ended or ("还没有标记" if row.check.open else "")),
        _finish(rows, row, ended),
        _backfill(rows, row, ended),
        Action("print", "打印A4巡查单", "Excel，放进发件夹"),
        Action("routes", "换路线…", f"当天未查{left}处"),
    ]
    if row.sheet.kind is PatrolKind.JOINT:
        actions.append(Action("partners", "改参加的力量和部门…", row.sheet.partners, ended))
    return actions


def _finish(rows: Rows, row: CheckRow, ended: str) -> Action[str]:
    left = unchecked(rows, row.sheet)
    if left:
        return Action("finish", "完成本路线", f"还有{left}处未查，须写理由", ended)
    names = "、".join(sheet.route for sheet in checked(rows, row.sheet.day))
    return Action("finish", "完成巡查", names, ended)


def _backfill(rows: Rows, row: CheckRow, ended: str) -> Action[str]:
    if not row.sheet.backfilled:
        return Action("backfill", "补录：填巡查时间", "纸质巡查走完后用", ended)
    left = sum(unchecked(rows, sheet) for sheet in from_paper(rows, row.sheet.day))
    closed = ended or ("" if left else "没有未查的了")
    return Action("backfill", "补录：其余正常", f"{left}处未查一次标完", closed)
