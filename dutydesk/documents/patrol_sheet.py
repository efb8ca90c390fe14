"""巡查单: a day's patrols as A4 pages to walk with, one worksheet for each route; and what was marked, once it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dutydesk.documents.a4 import WEEKDAYS, Page, SheetNotWritten, book, height_of, sheet_name
from dutydesk.vocabulary import Mark

if TYPE_CHECKING:
    from dutydesk.rules.patrol_sheets import Check, PatrolSheet

__all__ = ["COLUMNS", "SheetNotWritten", "write"]

# Head and width (in characters of the default font) of each column; together one A4 page across.
COLUMNS = (
    ("序号", 5),
    ("地点", 26),
    ("看什么", 24),
    ("标准", 34),
    ("正常", 6),
    ("异常", 6),
    ("不适用（原因）", 18),
    ("备注", 22),
)
TICK = "√"
HOW_TO = "逐处看过后在正常、异常、不适用中打√；不适用写原因，异常在备注写明情况。回来后在值班台“补录”。"
SIGNATURES = "巡查人：＿＿＿＿＿＿  同行人员：＿＿＿＿＿＿＿＿  巡查时间：＿＿时＿＿分至＿＿时＿＿分  录入人：＿＿＿＿＿"
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def write(sheets: Sequence[PatrolSheet], path: Path) -> None:
    """Write the patrols to an Excel file, the same bytes for the same patrols.

    Raises SheetNotWritten where the file cannot be made or something would be missing from it.
    """
    with book(path, "巡查单") as made:
        names: set[str] = set()
        for sheet in sheets:
            _write_one(Page(made, sheet_name(sheet.route, names, "巡查单"), COLUMNS), sheet)


def _write_one(page: Page, sheet: PatrolSheet) -> None:
    page.across(f"{sheet.area}每日巡查单", page.title, 30)
    day = f"{sheet.day:%Y年%m月%d日} 周{WEEKDAYS[sheet.day.weekday()]}"
    page.across(
        f"日期：{day}  路线：{sheet.route}（{sheet.kind.label}）  共{len(sheet.checks)}处", page.plain, 20
    )
    if sheet.partners:
        page.across(f"参加力量和部门：{sheet.partners}", page.plain, height_of((sheet.partners,), (130,)))
    if sheet.walked_at:
        walked = sheet.walked_at.astimezone(_SHANGHAI)
        page.across(f"补录：纸质巡查，巡查时间{walked:%m月%d日%H:%M}", page.plain, 20)
    page.across(HOW_TO, page.plain, 20)
    page.heads()
    looks = [page.middle, *[page.cell] * 3, page.middle, page.middle, page.cell, page.cell]
    for check in sheet.checks:
        page.cells(_texts(check), looks)
    if sheet.rest_reason:
        page.across(f"其余未查的理由：{sheet.rest_reason}", page.plain, 20)
    page.across(SIGNATURES, page.plain, 34)


def _texts(check: Check) -> tuple[str, ...]:
    ticks = {mark: TICK if check.mark is mark else "" for mark in Mark}
    remarks = [check.issue_number, "补录" if check.backfilled else ""]
    return (
        str(check.position),
        check.where,
        check.look_at,
        check.standard,
        ticks[Mark.NORMAL],
        ticks[Mark.ABNORMAL],
        f"{ticks[Mark.NOT_APPLICABLE]}{check.reason}",
        " ".join(filter(None, remarks)),
    )
