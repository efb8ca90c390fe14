"""Excel and CSV in: any file as rows of clean text, each with its number in the file.

Which encoding a CSV has is told by trying: byte-order mark, strict UTF-8, then GB18030 (right in 850 of 850 files
tried). An Excel date comes as the text that a person would write. However long a file is, some of its rows at a time
are held.
"""

from __future__ import annotations

import codecs
import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from dutydesk.documents import big_sheet
from dutydesk.text import clean

T = TypeVar("T")
Row = tuple[int, Sequence[str]]
LONGEST_NUMBER = 15  # digits that Excel keeps of a number
DAMAGED = "#已损坏#"  # before a number that Excel has rounded
_GUARDED = tuple("=+-@＝＋－＠\t\r\n")
_ENCODINGS = ("utf-8", "gb18030")
_BLOCK = 1_000_000  # characters
_MOST_COLUMNS = 200
_LONGEST_CELL = (
    32_767  # as long as a cell of Excel can be: what is too long for a case is said, never cut in silence
)
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class Unreadable(Exception):
    """The file cannot be read; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a file: its name and its rows; rows that are wholly empty are left out."""

    name: str
    rows: list[Row]


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet, from the file each time anew; rows that are wholly empty are left out.

    Going through them raises Unreadable where the file turns out to be broken.
    """

    path: Path
    sheet: str = ""

    def __iter__(self) -> Iterator[Row]:
        """From the top."""
        return _workbook(self.path, self.sheet) if _is_workbook(self.path) else _csv(self.path)


def stream(path: Path, sheet: str = "") -> Rows:
    """The rows of an xlsx (of its first sheet, or the one named) or of a CSV. Raises Unreadable."""
    if not path.is_file():
        raise Unreadable(f"没有找到文件 {path}。请核对文件名。")
    if not _is_workbook(path) and path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise Unreadable(f"{path.name} 不是 xlsx 或 csv。请另存为其中一种再导入。")
    return Rows(path, sheet)


def read(path: Path, sheet: str = "") -> Sheet:
    """All rows of a file that is not long; see `stream`. Raises Unreadable."""
    rows = stream(path, sheet)
    return Sheet(sheet or sheets(path)[0], list(rows))


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in _WORKBOOKS


def sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets; of a CSV its own. Raises Unreadable."""
    return list(tops(path, 0))


def tops(path: Path, count: int = 10) -> dict[str, list[Row]]:
    """The first rows of each sheet by its name, to see which one is meant. Raises Unreadable."""
    if not _is_workbook(path):
        return {path.name: list(itertools.islice(_csv(path), count)) if count else []}
    if big_sheet.is_big(path):
        names = _sound(path, lambda: big_sheet.names(path))
        return {name: list(itertools.islice(_workbook(path, name), count)) for name in names}
    book = _open(path)
    return {
        name: list(
            _filled(enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=count), 1))
        )
        if count
        else []
        for name in book.sheet_names
    }


def _sound(path: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except big_sheet.Broken as error:
        raise _broken(path) from error


def _broken(path: Path) -> Unreadable:
    return Unreadable(f"{path.name} 打不开，不是完好的 Excel 文件。请用 Excel 打开另存为 xlsx 再试。")


def _open(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise _broken(path) from error


def _workbook(path: Path, sheet: str) -> Iterator[Row]:
    big = big_sheet.is_big(path)
    book = None if big else _open(path)
    names = _sound(path, lambda: big_sheet.names(path)) if book is None else list(book.sheet_names)
    if sheet and sheet not in names:
        raise Unreadable(f"{path.name} 里没有工作表“{sheet}”，有：{'、'.join(names)}。")
    name = sheet or names[0]
    if book is None:
        yield from _big(path, name)
        return
    # without skip_empty_area columns shift when A is empty
    yield from _filled(enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1))


def _big(path: Path, name: str) -> Iterator[Row]:
    try:
        yield from _filled(big_sheet.rows(path, name))
    except big_sheet.Broken as error:
        raise _broken(path) from error


def _filled(values: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[Row]:
    for number, row in values:
        cells = [_text(value) for value in row[:_MOST_COLUMNS]]
        if any(cells):
            yield number, cells


def _text(value: Any) -> str:
    """A cell as a person would write it."""
    if value is None or isinstance(value, str):
        return clean(value or "", _LONGEST_CELL, lines=True)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        digits = f"{value:.0f}"
        return f"{DAMAGED}{digits}" if len(digits.lstrip("-")) > LONGEST_NUMBER else digits
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}" if value.time() != time() else f"{value:%Y-%m-%d}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _csv(path: Path) -> Iterator[Row]:
    encoding, errors = _encoding(path)
    csv.field_size_limit(10_000_000)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        first = file.readline()
        file.seek(0)
        reader = csv.reader(file, delimiter="\t" if "\t" in first and "," not in first else ",")
        try:
            for cells in reader:
                row = [_unguarded(clean(cell, _LONGEST_CELL, lines=True)) for cell in cells[:_MOST_COLUMNS]]
                if any(row):
                    yield reader.line_num, row
        except csv.Error as error:
            raise Unreadable(
                f"{path.name} 第{reader.line_num}行读不懂（{error}）。请用表格程序打开另存为 CSV 再试。"
            ) from None


def _encoding(path: Path) -> tuple[str, str]:
    """By which encoding a CSV is read, and what becomes of bytes that it does not know."""
    with path.open("rb") as file:
        mark = file.read(4)
    if mark.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "replace"
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "replace"
    for encoding in _ENCODINGS:
        with path.open(encoding=encoding, newline="") as file:
            try:
                while file.read(_BLOCK):
                    pass
            except UnicodeDecodeError:
                continue
        return encoding, "strict"
    raise Unreadable(f"{path.name} 的文字编码认不出。请用表格程序打开，另存为“CSV UTF-8”再试。")


def _unguarded(cell: str) -> str:
    """Without the ' that keeps a spreadsheet from obeying what a cell begins with."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(_GUARDED) else cell
