"""Rows as lines: which columns fit the width, and each row's cells with what was searched for marked in them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from rich.style import Style

from dutydesk.widgets.cells import Line, fit

MARK_WIDTH = 2
SHORTEST_FLEX = 8
_HIT = Style(underline=True)


class Column(NamedTuple):
    """A column `width` terminal columns wide; `flex` takes what is left. Shown in a list of `from_width` and wider.

    `cell` gives the text, or text and a Rich style. Fewer styles mean fewer bytes for each cursor move.
    """

    title: str
    width: int
    cell: Callable[[Any], str | tuple[str, str]]
    flex: bool = False
    from_width: int = 0


def columns_at(columns: Sequence[Column], width: int) -> list[tuple[Column, int]]:
    """The columns shown at this width and how wide each is."""
    shown = [column for column in columns if width >= column.from_width]
    room = width - MARK_WIDTH - sum(c.width + 1 for c in shown if not c.flex) + 1
    flexes = sum(column.flex for column in shown)
    share = max((room - flexes) // flexes, SHORTEST_FLEX) if flexes else 0
    return [(column, share if column.flex else column.width) for column in shown]


class RowLines:
    """The lines of rows, each worked out once: a row that is the same object keeps its line."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self._kept: dict[Hashable, tuple[Any, Line]] = {}
        self._header = (0, "")

    def clear(self) -> None:
        """Width or styles are others."""
        self._kept.clear()

    def header(self, width: int) -> str:
        """The titles of the columns."""
        if self._header[0] != width:
            titles = [fit(column.title, wide) for column, wide in columns_at(self.columns, width)]
            self._header = (width, " ".join(titles))
        return self._header[1]

    def body(self, row: Any, width: int, plain: Style, at_most: int) -> Line:
        """A row's cells, neighbours of one style joined, without the cursor's mark; no more than so many are kept."""
        known = self._kept.get(row.key)
        if known is not None and known[0] is row:
            return known[1]
        hits = getattr(row, "hits", ())
        parts: list[tuple[str, Style]] = []
        for column, wide in columns_at(self.columns, width):
            cell = column.cell(row)
            text, style = cell if isinstance(cell, tuple) else (cell, "")
            look = plain + Style.parse(style) if style else plain
            if parts:
                parts[-1] = (parts[-1][0] + " ", parts[-1][1])
            shown = fit(text, wide)
            for piece, hit in _pieces(shown, hits) if hits else ((shown, False),):
                _join(parts, piece, look + _HIT if hit else look)
        if len(self._kept) > at_most:
            self._kept.clear()
        body = tuple(parts)
        self._kept[row.key] = (row, body)
        return body


def _join(parts: list[tuple[str, Style]], text: str, look: Style) -> None:
    """Add text to the last part where it looks the same; a blank between cells belongs to the plain part."""
    if parts and parts[-1][1] == look:
        parts[-1] = (parts[-1][0] + text, look)
    else:
        parts.append((text, look))


def _pieces(text: str, hits: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, and which of them were searched for; the longest hit first where two begin alike."""
    low, start, here = text.lower(), 0, 0
    if len(low) != len(text):  # a letter whose small form is longer: nothing to count on
        low = text
    while here < len(text):
        found = next((hit for hit in hits if hit and low.startswith(hit, here)), "")
        if not found:
            here += 1
            continue
        if start < here:
            yield text[start:here], False
        yield text[here : here + len(found)], True
        start = here = here + len(found)
    if start < len(text):
        yield text[start:], False


def one_look(mark: str, body: Line, look: Style) -> Line:
    """The cursor's line: one look from end to end, what was searched for underlined in it too."""
    if len(body) == 1:
        return ((mark + body[0][0], look),)
    if not any(style.underline for _, style in body):
        return ((mark + "".join(text for text, _ in body), look),)
    under = look + _HIT
    return ((mark, look), *((text, under if style.underline else look) for text, style in body))
