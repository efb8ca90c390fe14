"""What stands on the terminal already is not sent again.

Textual compares nothing with what it drew before: opening a dialog draws the whole screen twice and the dialog once more,
closing it draws the screen again, 18 and 11 kB at 120x36. What differs is the dialog.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from rich.cells import cell_len

_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_STYLE = re.compile(r"(\x1b\[[0-9;:]*m)")
_PLAIN = "\x1b[0m"
_DRAWS_NOTHING = re.compile(r"\x1b\[\?(?:2026|25)[hl]|\x1b\]22;\w*(?:\x07|\x1b\\)")  # updates, caret, pointer
_MORE_THAN_TEXT = re.compile(r"\x1b(?!\[[0-9;:]*m)|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f]")
_A_MOVE_COSTS = 8  # columns: so many that are the same are sent again rather than passed over


class _Cell(NamedTuple):
    """A column of a line: its character, and how it looks. Of a wide character's two, the second is `behind`."""

    text: str
    style: str
    behind: bool


class _Styled(dict[str, tuple[_Cell, ...]]):
    """The cells of each character in one style, made once: the same look is the same object."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, character: str) -> tuple[_Cell, ...]:
        cells = (_Cell(character, self.style, False), _Cell(character, self.style, True))
        made = self[character] = cells[: cell_len(character)]
        return made


class _Styles(dict[str, _Styled]):
    def __missing__(self, style: str) -> _Styled:
        made = self[style] = _Styled(style)
        return made


class SentCells:
    """The terminal's cells as they were sent last; None where that is not known."""

    def __init__(self) -> None:
        self._lines: dict[str, list[_Cell | None]] = {}
        self._styles = _Styles()

    def forget(self) -> None:
        """The terminal may show something else now: it was resized, or another program wrote to it."""
        self._lines.clear()

    def only_new(self, data: str) -> str:
        """What of this is to be sent.

        It is read as Textual writes it: to a place, then text in styles. Anything else, scrolling and clearing above
        all, may move what stands there: that passes untouched, and nothing counts as known after it.
        """
        if _DRAWS_NOTHING.fullmatch(data):
            return data
        first, *pieces = _MOVE.split(data)
        cells = [self._cells(text.removesuffix("\n")) for text in pieces[2::3]]
        if first or None in cells:
            self.forget()
            return data
        sent = [
            part
            for row, column, drawn in zip(pieces[::3], pieces[1::3], cells, strict=True)
            for part in self._changes(row, int(column) - 1, drawn or [])
        ]
        if pieces and not cells[-1]:
            sent.append(f"\x1b[{pieces[-3]};{pieces[-2]}H")  # where the caret is to be
        return "".join(sent)

    def _cells(self, text: str) -> list[_Cell] | None:
        """Text in styles as cells; None where it holds anything else, or a character without a column of its own."""
        if _MORE_THAN_TEXT.search(text):
            return None
        cells: list[_Cell] = []
        style = ""
        for number, part in enumerate(_STYLE.split(text)):
            if number % 2:
                style = "" if part == _PLAIN else _without_defaults(part) if not style else style + part
                continue
            styled = self._styles[style]
            found = [styled[character] for character in part]
            if () in found:
                return None
            cells += chain.from_iterable(found)
        return cells

    def _changes(self, row: str, begin: int, drawn: list[_Cell]) -> Iterator[str]:
        """The parts of a line that are not there yet; from now on they are."""
        line = self._lines.setdefault(row, [])
        line += [None] * (begin + len(drawn) - len(line))
        for first, end in _differing(line[begin : begin + len(drawn)], drawn):
            column = begin + first
            before, behind = line[column], line[begin + end] if begin + end < len(line) else None
            if column and before is not None and before.behind:
                line[column - 1] = None  # half of a wide character is gone, and so is the other half
            if behind is not None and behind.behind:
                line[begin + end] = None
            line[column : begin + end] = drawn[first:end]
            yield f"\x1b[{row};{column + 1}H{_written(drawn[first:end])}"


def _without_defaults(style: str) -> str:
    """A style from nothing on: that the colours are the terminal's own need not be said."""
    numbers = style[2:-1].split(";")
    if "38" in numbers or "48" in numbers:
        return style
    kept = ";".join(number for number in numbers if number not in ("39", "49"))
    return f"\x1b[{kept}m" if kept else ""


def _differing(old: list[_Cell | None], new: list[_Cell]) -> Iterator[tuple[int, int]]:
    """Where two stretches of a line differ: first column and the one after the last, near ones as one."""
    if old == new:
        return
    first = end = -1
    for column, (was, now) in enumerate(zip(old, new, strict=True)):
        if was is now:
            continue
        if first < 0:
            first = column
        elif column - end >= _A_MOVE_COSTS:
            yield first, end
            first = column
        end = column + 1
    if first >= 0:
        yield first, end


def _written(cells: list[_Cell]) -> str:
    """The cells as text in styles."""
    parts: list[str] = []
    style = ""
    for cell in cells:
        if cell.style != style:
            if style:
                parts.append(_PLAIN)
            style = cell.style
            parts.append(style)
        if not cell.behind:
            parts.append(cell.text)
    return "".join(parts) + (_PLAIN if style else "")
