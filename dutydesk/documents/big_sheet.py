"""A sheet of an xlsx too large to be held: its rows are read from the archive one after the other.

For small ones python-calamine is quicker and knows more; it holds a whole sheet, about 800 bytes a row. What is read
here are the values as the file has them: texts, numbers, dates by their format; of a formula its last result.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from dutydesk.settings import load

BIG = 32_000_000  # bytes of a sheet's XML
_FOLDER = "xl/"
# Formats that are built in, China's among them.
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_IN_A_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_LETTERS = re.compile(r"[A-Z]+")
_BROKEN = (BadZipFile, zlib.error, OSError, ElementTree.ParseError, LookupError, ValueError)


class Broken(Exception):
    """The archive or its XML cannot be read."""


def is_big(path: Path) -> bool:
    """Whether a file is an xlsx of which a sheet should not be held whole."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return False
    try:
        with ZipFile(path) as book:
            return any(part.file_size > BIG for part in book.infolist())
    except (BadZipFile, OSError):
        return False


def names(path: Path) -> list[str]:
    """The names of the sheets in order. Raises Broken."""
    with _opened(path) as book:
        return list(_sheets(book)[0])


def rows(path: Path, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    """The rows of a sheet, each with its number in the file; cells as str, float, bool, dates or None. Raises Broken."""
    with _opened(path) as book, _waiting() as waiting:
        parts, since = _sheets(book)
        texts, dated = _Texts(book, waiting), _dated(book)
        number = 0
        with book.open(parts[sheet]) as file:
            for element in _each(file, "row"):
                number = int(element.get("r") or number + 1)
                yield number, _cells(element, texts, dated, since)


def _waiting() -> Any:
    """A file without a name, where temporary files are not memory."""
    folder = load().state
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


@contextmanager
def _opened(path: Path) -> Iterator[ZipFile]:
    try:
        with ZipFile(path) as book:
            yield book
    except _BROKEN as error:
        raise Broken(str(error)) from error


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _each(file: Any, name: str) -> Iterator[ElementTree.Element]:
    """Elements of a name as they end; what was read is let go of."""
    parents: list[ElementTree.Element] = []
    for event, element in ElementTree.iterparse(file, ("start", "end")):  # noqa: S314 - expat bounds what expands
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        if _name(element) == name:
            yield element
            if parents:
                parents[-1].clear()


def _sheets(book: ZipFile) -> tuple[dict[str, str], datetime]:
    """The part of the archive for each sheet, and the day from which dates are counted."""
    links = ElementTree.fromstring(book.read(f"{_FOLDER}_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): (link.get("Target") or "") for link in links}
    whole = ElementTree.fromstring(book.read(f"{_FOLDER}workbook.xml"))  # noqa: S314
    found, since = {}, datetime(1899, 12, 30)  # noqa: DTZ001
    for element in whole.iter():
        if _name(element) == "sheet":
            link = next(value for key, value in element.attrib.items() if key.rpartition("}")[2] == "id")
            target = targets[link]
            found[element.get("name") or ""] = target[1:] if target.startswith("/") else _FOLDER + target
        elif _name(element) == "workbookPr" and element.get("date1904") in ("1", "true"):
            since = datetime(1904, 1, 1)  # noqa: DTZ001
    return found, since


def _dated(book: ZipFile) -> frozenset[int]:
    """The styles of cells that show a date or a time."""
    if f"{_FOLDER}styles.xml" not in book.namelist():
        return frozenset()
    own: dict[int, str] = {}
    used: list[int] = []
    for element in ElementTree.fromstring(book.read(f"{_FOLDER}styles.xml")).iter():  # noqa: S314
        if _name(element) == "numFmt":
            own[int(element.get("numFmtId") or 0)] = element.get("formatCode") or ""
        elif _name(element) == "cellXfs":
            used = [int(style.get("numFmtId") or 0) for style in element]
    return frozenset(
        place
        for place, code in enumerate(used)
        if (_shows_a_date(own[code]) if code in own else code in _DATES)
    )


def _shows_a_date(code: str) -> bool:
    return bool(set(_NOT_IN_A_FORMAT.sub("", code).lower()) & set("ymdhs")) and "general" not in code.lower()


class _Texts:
    """The texts that cells share, in a file, with the place of each."""

    def __init__(self, book: ZipFile, waiting: Any) -> None:
        self.file, self.places = waiting, array("Q", [0])
        part = f"{_FOLDER}sharedStrings.xml"
        if part in book.namelist():
            with book.open(part) as file:
                for element in _each(file, "si"):
                    self.file.write(_written(element).encode())
                    self.places.append(self.file.tell())

    def __getitem__(self, place: int) -> str:
        self.file.seek(self.places[place])
        text: bytes = self.file.read(self.places[place + 1] - self.places[place])
        return text.decode()


def _written(element: ElementTree.Element) -> str:
    """The text of a cell; how it is to be read aloud (rPh) is none of it."""
    parts = []
    for child in element:
        if _name(child) == "t":
            parts.append(child.text or "")
        elif _name(child) == "r":
            parts += [each.text or "" for each in child if _name(each) == "t"]
    return "".join(parts)


def _cells(row: ElementTree.Element, texts: _Texts, dated: frozenset[int], since: datetime) -> list[Any]:
    cells: list[Any] = []
    for cell in row:
        letters = _LETTERS.match(cell.get("r") or "")
        place = _column(letters[0]) if letters else len(cells)
        cells += [None] * (place - len(cells))
        cells.append(_value(cell, texts, dated, since))
    return cells


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _value(cell: ElementTree.Element, texts: _Texts, dated: frozenset[int], since: datetime) -> Any:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return "".join(_written(child) for child in cell if _name(child) == "is")
    said = next((child.text for child in cell if _name(child) == "v"), None)
    if said is None:
        return None
    if kind == "s":
        return texts[int(said)]
    if kind == "b":
        return said == "1"
    if kind != "n":
        return said
    number = float(said)
    return _date(number, since) if int(cell.get("s") or 0) in dated else number


def _date(number: float, since: datetime) -> date | time | datetime:
    """A date as Excel counts it, to the second."""
    moment = since + timedelta(seconds=round(number * 86_400))
    if 0 <= number < 1:
        return moment.time()
    return moment.date() if moment.time() == time() else moment
