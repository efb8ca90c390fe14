"""巡查单: a day's patrols as A4 pages to walk with, one worksheet for each route; and what was marked, once it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dutydesk.text import clean
from dutydesk.vocabulary import Mark

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from dutydesk.rules.patrol_sheets import Check, PatrolSheet

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
LAST = len(COLUMNS) - 1
TICK = "√"
HOW_TO = "逐处看过后在正常、异常、不适用中打√；不适用写原因，异常在备注写明情况。回来后在值班台“补录”。"
SIGNATURES = "巡查人：＿＿＿＿＿＿  同行人员：＿＿＿＿＿＿＿＿  巡查时间：＿＿时＿＿分至＿＿时＿＿分  录入人：＿＿＿＿＿"
_LINE, _LOWEST = 14, 27  # points: a line of text, and a row with room to write in by hand
_WEEKDAYS = "一二三四五六日"
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


class SheetNotWritten(Exception):
    """The file could not be written whole; the message is Chinese."""


def write(sheets: Sequence[PatrolSheet], path: Path) -> None:
    """Write the patrols to an Excel file, the same bytes for the same patrols.

    Raises SheetNotWritten where the file cannot be made or something would be missing from it.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        with Workbook(str(path), options) as book:
            book.set_properties({"title": "巡查单", "created": datetime(2026, 1, 1)})  # noqa: DTZ001
            names: set[str] = set()
            for sheet in sheets:
                _write_one(_Page(book, _name(sheet.route, names)), sheet)
    except (XlsxWriterException, OSError) as error:
        raise SheetNotWritten(f"巡查单没有写成：{path}。请检查磁盘和目录的写权限。") from error


class _Page:
    """A worksheet being filled from the top: constant memory lets no row be written after a later one."""

    def __init__(self, book: Workbook, name: str) -> None:
        grid = {"font_name": "宋体", "font_size": 11, "border": 1, "valign": "vcenter", "text_wrap": True}
        plain = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        self.title = book.add_format(
            {"font_name": "黑体", "font_size": 18, "align": "center", "valign": "vcenter"}
        )
        self.head = book.add_format(grid | {"bold": True, "align": "center", "bg_color": "#E8E8E8"})
        self.cell = book.add_format(grid)
        self.middle = book.add_format(grid | {"align": "center"})
        self.plain = book.add_format(plain)
        self.sheet: Worksheet = book.add_worksheet(name)
        self.row = 0

    def across(self, text: str, look: Any, height: float) -> None:
        """A line over all columns."""
        _whole(self.sheet.set_row(self.row, height))
        _whole(self.sheet.merge_range(self.row, 0, self.row, LAST, "", look))
        _whole(self.sheet.write_string(self.row, 0, clean(text), look))
        self.row += 1

    def cells(self, texts: Sequence[str], looks: Sequence[Any], height: float) -> None:
        """A row of the table."""
        _whole(self.sheet.set_row(self.row, height))
        for column, (text, look) in enumerate(zip(texts, looks, strict=True)):
            _whole(self.sheet.write_string(self.row, column, clean(text), look))
        self.row += 1


def _whole(code: object) -> None:
    """XlsxWriter drops and cuts in silence but for its answer: 0 is well."""
    if code:
        raise SheetNotWritten("巡查单没有写全：有一格写不进去。请告诉管理员。")


def _name(route: str, taken: set[str]) -> str:
    """A worksheet's name that Excel takes: 31 characters, none of its own signs, no two alike."""
    wanted = " ".join(_NOT_IN_A_NAME.sub(" ", clean(route)).split())[:28] or "巡查单"
    name, number = wanted, 1
    while name.lower() in taken:
        number += 1
        name = f"{wanted}{number}"
    taken.add(name.lower())
    return name


def _write_one(page: _Page, sheet: PatrolSheet) -> None:
    _set_up(page.sheet)
    page.across(f"{sheet.area}每日巡查单", page.title, 30)
    day = f"{sheet.day:%Y年%m月%d日} 周{_WEEKDAYS[sheet.day.weekday()]}"
    page.across(
        f"日期：{day}  路线：{sheet.route}（{sheet.kind.label}）  共{len(sheet.checks)}处", page.plain, 20
    )
    if sheet.partners:
        page.across(f"参加力量和部门：{sheet.partners}", page.plain, _height((sheet.partners,), (130,)))
    if sheet.walked_at:
        walked = sheet.walked_at.astimezone(_SHANGHAI)
        page.across(f"补录：纸质巡查，巡查时间{walked:%m月%d日%H:%M}", page.plain, 20)
    page.across(HOW_TO, page.plain, 20)
    page.sheet.repeat_rows(page.row)
    page.cells([title for title, _ in COLUMNS], [page.head] * len(COLUMNS), 24)
    looks = [page.middle, *[page.cell] * 3, page.middle, page.middle, page.cell, page.cell]
    widths = [width for _, width in COLUMNS]
    for check in sheet.checks:
        texts = _texts(check)
        page.cells(texts, looks, _height(texts, widths))
    if sheet.rest_reason:
        page.across(f"其余未查的理由：{sheet.rest_reason}", page.plain, 20)
    page.across(SIGNATURES, page.plain, 34)


def _set_up(sheet: Worksheet) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页，共 &N 页")
    for column, (_, width) in enumerate(COLUMNS):
        _whole(sheet.set_column(column, column, width))


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


def _height(texts: Sequence[str], widths: Sequence[int]) -> float:
    """Points that the longest cell takes: no program that opens the file need measure it again."""
    lines = max(-(-_columns(text) // (width - 1)) for text, width in zip(texts, widths, strict=True))
    return max(lines * _LINE + 6, _LOWEST)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
