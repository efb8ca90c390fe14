"""The ledger as offices use it: an Excel file or CSV with Chinese heads, to be edited and read back."""

from __future__ import annotations

import csv
import itertools
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dutydesk.text import clean

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from dutydesk.rules.exporting import Cell, Sheet

ROWS_OF_A_SHEET = 1_048_575  # what Excel takes below the head; what is more goes on a further worksheet
LISTS = "选项"  # the hidden worksheet with what drop-downs offer
NOTES = "说明"
_LIST_LIMIT = 255  # characters of a drop-down's own list
_CELL_LIMIT = 32_000
_DATE = "yyyy-mm-dd hh:mm"

# A cell that a spreadsheet program would take for a formula, or that was guarded against it already.
_LIVE = re.compile(r"^[\s'\u3000]*[=+\-@\t\r\n＝＋－＠]")


_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class NotWritten(Exception):
    """The file could not be written whole; the message is Chinese and says what to do."""


def guard(text: str) -> str:
    """A text that no program that opens a CSV takes for a formula: `'` before it where it begins like one."""
    return f"'{text}" if _LIVE.match(text) else text


def write_csv(sheet: Sheet, path: Path) -> None:
    """UTF-8 with the byte-order mark by which Excel knows it. Raises NotWritten."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([_plain(column.head) for column in sheet.columns])
            writer.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    except OSError as error:
        raise _failed(path) from error


def _plain(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return guard(_clean(cell)) if cell else ""


def _clean(text: str) -> str:
    """Most texts are clean, and that is seen at once."""
    if text.isprintable() and len(text) <= _CELL_LIMIT:
        return text
    return clean(text, _CELL_LIMIT, lines=True)


def _cleaned(sheet: Sheet) -> Sheet:
    """The sheet with heads, choices, title and notes without what a program could obey; its cells are cleaned one by one."""
    columns = tuple(
        replace(column, head=_clean(column.head), choices=tuple(map(_clean, column.choices)))
        for column in sheet.columns
    )
    return replace(sheet, title=_clean(sheet.title), columns=columns, notes=tuple(map(_clean, sheet.notes)))


def write_xlsx(sheet: Sheet, path: Path, most: int = ROWS_OF_A_SHEET) -> None:
    """An Excel file, the same bytes for the same rows, in memory that does not grow with them.

    What is over `most` rows goes on further worksheets. Raises NotWritten where something would be missing.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    sheet = _cleaned(sheet)

    try:
        # Rows wait in a folder beside the file, not in memory nor where temporary files are memory.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as waiting:
            book = Workbook(str(path), _OPTIONS | {"tmpdir": waiting})
            book.use_zip64()  # which takes effect beyond 4 GB only
            book.set_properties({"title": sheet.title, "created": datetime(2026, 1, 1)})  # noqa: DTZ001
            _Writer(book, sheet).write(most)
            book.close()  # not as a context: what was interrupted need not be finished
    except (XlsxWriterException, OSError) as error:
        raise _failed(path) from error


def _failed(path: Path) -> NotWritten:
    return NotWritten(f"{path} 没有写成。请检查磁盘空间和目录的写权限。")


class _Writer:
    """One workbook being written from the top: constant memory lets no row be written after a later one."""

    def __init__(self, book: Workbook, sheet: Sheet) -> None:
        self.book, self.sheet = book, sheet
        font = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        head = font | {"bold": True, "align": "center", "border": 1, "text_wrap": True}
        # Text by its format as well: a cell that is edited by hand does not become a formula or a number.
        self.text = book.add_format(font | {"num_format": "@"})
        self.date = book.add_format(font | {"num_format": _DATE, "align": "left"})
        self.head = book.add_format(head | {"bg_color": "#E8E8E8"})
        self.open_head = book.add_format(head | {"bg_color": "#FFF2CC"})

    def write(self, most: int) -> None:
        """The rows, then what the drop-downs offer and how the sheet is used."""
        rows = iter(self.sheet.rows)
        worksheets: list[tuple[Worksheet, int]] = []
        first = next(rows, None)
        while first is not None or not worksheets:
            name = "问题清单" if not worksheets else f"问题清单{len(worksheets) + 1}"
            worksheet = self.book.add_worksheet(name)
            stretch: Iterator[Any] = iter(()) if first is None else itertools.chain([first], rows)
            worksheets.append((worksheet, self._fill(worksheet, itertools.islice(stretch, most))))
            first = next(rows, None)
        sources = self._lists()
        for worksheet, count in worksheets:
            self._drop_downs(worksheet, max(count, 1), sources)
        if self.sheet.notes:
            notes = self.book.add_worksheet(NOTES)
            notes.set_column(0, 0, 110)
            for place, line in enumerate(self.sheet.notes):
                _whole(notes.write_string(place, 0, line, self.text))

    def _fill(self, worksheet: Worksheet, rows: Iterable[Sequence[Cell]]) -> int:
        worksheet.freeze_panes(1, 1)
        for place, column in enumerate(self.sheet.columns):
            _whole(worksheet.set_column(place, place, column.width, self.text, {"hidden": column.hidden}))
        for place, column in enumerate(self.sheet.columns):
            look = self.open_head if column.editable else self.head
            _whole(worksheet.write_string(0, place, column.head, look))
        count = 0
        for count, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    _whole(worksheet.write_datetime(count, place, cell, self.date))
                elif cell:
                    _whole(worksheet.write_string(count, place, _clean(cell), self.text))
        worksheet.autofilter(0, 0, max(count, 1), len(self.sheet.columns) - 1)
        return count

    def _lists(self) -> dict[int, Any]:
        """What each drop-down offers: a short list itself, a long one from a hidden worksheet."""
        chosen = [(place, column) for place, column in enumerate(self.sheet.columns) if column.choices]
        long = [pair for pair in chosen if len(",".join(pair[1].choices)) > _LIST_LIMIT]
        sources: dict[int, Any] = {place: list(column.choices) for place, column in chosen}
        if long:
            hidden = self.book.add_worksheet(LISTS)
            hidden.hide()
            for row in range(max(len(column.choices) for _, column in long)):
                for at, (_, column) in enumerate(long):
                    if row < len(column.choices):
                        _whole(hidden.write_string(row, at, column.choices[row], self.text))
            for at, (place, column) in enumerate(long):
                letter = chr(ord("A") + at)
                sources[place] = f"={LISTS}!${letter}$1:${letter}${len(column.choices)}"
        return sources

    def _drop_downs(self, worksheet: Worksheet, last: int, sources: dict[int, Any]) -> None:
        for place, source in sources.items():
            rule = {
                "validate": "list",
                "source": source,
                "error_title": self.sheet.columns[place].head,
                "error_message": "请从下拉的几项里选一项。",
            }
            _whole(worksheet.data_validation(1, place, last, place, rule))


def _whole(code: object) -> None:
    """XlsxWriter drops and cuts in silence but for its answer: 0 is well."""
    if code:
        raise NotWritten("表没有写全：有一格写不进去。请告诉管理员。")
