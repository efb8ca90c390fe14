"""A4 pages made with XlsxWriter: what every sheet that is printed shares. The same bytes for the same content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutydesk.text import clean

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LINE, LOWEST = 14, 27  # points: a line of text, and a row with room to write in by hand
WEEKDAYS = "一二三四五六日"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


class SheetNotWritten(Exception):
    """The file could not be written whole; the message is Chinese."""


@contextmanager
def book(path: Path, title: str) -> Iterator[Workbook]:
    """A workbook being written. Raises SheetNotWritten where the file cannot be made or something would be missing."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        with Workbook(str(path), options) as made:
            made.set_properties({"title": title, "created": datetime(2026, 1, 1)})  # noqa: DTZ001
            yield made
    except (XlsxWriterException, OSError) as error:
        raise SheetNotWritten(f"{title}没有写成：{path}。请检查磁盘和目录的写权限。") from error


class Page:
    """A worksheet being filled from the top: constant memory lets no row be written after a later one.

    `columns` are heads with their widths in characters of the default font; together one A4 page across.
    """

    def __init__(
        self, made: Workbook, name: str, columns: Sequence[tuple[str, int]], *, landscape: bool = True
    ) -> None:
        grid = {"font_name": "宋体", "font_size": 11, "border": 1, "valign": "vcenter", "text_wrap": True}
        plain = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        self.title = made.add_format(
            {"font_name": "黑体", "font_size": 18, "align": "center", "valign": "vcenter"}
        )
        self.head = made.add_format(grid | {"bold": True, "align": "center", "bg_color": "#E8E8E8"})
        self.cell = made.add_format(grid)
        self.middle = made.add_format(grid | {"align": "center"})
        self.plain = made.add_format(plain)
        self.sheet: Worksheet = made.add_worksheet(name)
        self.columns = tuple(columns)
        self.widths = [width for _, width in columns]
        self.row = 0
        self._set_up(landscape)

    def _set_up(self, landscape: bool) -> None:
        sheet = self.sheet
        sheet.set_paper(9)  # A4
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.center_horizontally()
        sheet.set_footer("&C第 &P 页，共 &N 页")
        for column, width in enumerate(self.widths):
            whole(sheet.set_column(column, column, width))

    def across(self, text: str, look: Any, height: float = 0) -> None:
        """A line over all columns; as high as its text needs where no height is given."""
        last = len(self.columns) - 1
        whole(self.sheet.set_row(self.row, height or height_of((text,), (sum(self.widths),), 20)))
        whole(self.sheet.merge_range(self.row, 0, self.row, last, "", look))
        whole(self.sheet.write_string(self.row, 0, clean(text, 2000), look))
        self.row += 1

    def heads(self) -> None:
        """The heads of the columns, on every page."""
        self.sheet.repeat_rows(self.row)
        self.cells([title for title, _ in self.columns], [self.head] * len(self.columns), 24)

    def cells(self, texts: Sequence[str], looks: Sequence[Any], height: float = 0) -> None:
        """A row of the table; as high as its texts need where no height is given."""
        whole(self.sheet.set_row(self.row, height or height_of(texts, self.widths)))
        for column, (text, look) in enumerate(zip(texts, looks, strict=True)):
            whole(self.sheet.write_string(self.row, column, clean(text, 500), look))
        self.row += 1


def whole(code: object) -> None:
    """XlsxWriter drops and cuts in silence but for its answer: 0 is well."""
    if code:
        raise SheetNotWritten("没有写全：有一格写不进去。请告诉管理员。")


def sheet_name(wanted: str, taken: set[str], usual: str) -> str:
    """A worksheet's name that Excel takes: 31 characters, none of its own signs, no two alike."""
    wanted = " ".join(_NOT_IN_A_NAME.sub(" ", clean(wanted)).split())[:28] or usual
    name, number = wanted, 1
    while name.lower() in taken:
        number += 1
        name = f"{wanted}{number}"
    taken.add(name.lower())
    return name


def height_of(texts: Sequence[str], widths: Sequence[int], lowest: float = LOWEST) -> float:
    """Points that the longest cell takes: no program that opens the file need measure it again."""
    lines = max(-(-columns_of(text) // (width - 1)) for text, width in zip(texts, widths, strict=True))
    return max(lines * LINE + 6, lowest)


def columns_of(text: str) -> int:
    """How many characters of the default font a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
