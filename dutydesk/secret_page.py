"""A page on which a password is typed, drawn by itself: before Textual is there, or over all that it draws.

What is typed is in no widget, no clipboard, no draft. Imports nothing of ours.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LONGEST = 128
_MARGIN = 4
_TALL = 16  # lines from which there are blank ones between the parts
_CLEAN = "\x1b[0m\x1b[?25l\x1b[H\x1b[2J"


def columns(text: str) -> int:
    """How many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most so many columns."""
    lines = [""]
    for character in text:
        if character == "\n" or columns(lines[-1] + character) > width:
            lines.append("")
        if character != "\n":
            lines[-1] += character
    return lines


class Blank:
    """A line to be filled in; of a `hidden` one only stars are shown."""

    def __init__(self, label: str, hidden: bool = True, value: str = "") -> None:
        self.label, self.hidden, self.value = label, hidden, value

    @property
    def shown(self) -> str:
        """What stands there."""
        return "*" * len(self.value) if self.hidden else self.value


class SecretPage:
    """Title, words, blanks, what was said last, keys. `press` takes keys by Textual's names."""

    def __init__(self, title: str, words: str, blanks: Sequence[Blank], keys: str) -> None:
        self.title, self.words, self.blanks, self.keys = title, words, list(blanks), keys
        self.at = next((place for place, blank in enumerate(blanks) if not blank.value), 0)
        self.notice = ""

    def press(self, key: str, character: str | None = None) -> bool:
        """Take a key; answers whether all is filled in and Enter was pressed."""
        blank = self.blanks[self.at]
        if key == "enter":
            if self.at == len(self.blanks) - 1:
                return all(each.value for each in self.blanks) or self._go_to_empty()
            self.at += 1
        elif key in ("tab", "down"):
            self.at = (self.at + 1) % len(self.blanks)
        elif key in ("shift+tab", "up"):
            self.at = (self.at - 1) % len(self.blanks)
        elif key == "backspace":
            blank.value = blank.value[:-1]
        elif key in ("ctrl+u", "escape"):
            blank.value = ""
        elif character:
            self.take(character)
        return False

    def take(self, text: str) -> None:
        """What is typed or pasted; of several lines the first, and nothing that a terminal obeys."""
        line = text.splitlines()[0] if text else ""
        typed = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
        blank = self.blanks[self.at]
        blank.value = (blank.value + typed)[:LONGEST]

    def _go_to_empty(self) -> bool:
        self.at = next(place for place, blank in enumerate(self.blanks) if not blank.value)
        return False

    def again(self, notice: str) -> None:
        """What was typed did not do: say so, and have what is hidden typed anew."""
        self.notice = notice
        for blank in self.blanks:
            if blank.hidden:
                blank.value = ""
        self.at = next((place for place, blank in enumerate(self.blanks) if blank.hidden), 0)

    def lines(self, width: int, height: int) -> tuple[list[str], tuple[int, int]]:
        """The lines, and where the caret is: line and column from 0."""
        room = max(width - 2 * _MARGIN, 10)
        gap = [""] if height >= _TALL else []
        found = [*gap, self.title, *gap, *wrapped(self.words, room), *gap]
        caret = (0, 0)
        label = max(columns(blank.label) for blank in self.blanks)
        for place, blank in enumerate(self.blanks):
            shown = blank.shown
            while columns(shown) > room - label - 4:
                shown = shown[1:]
            line = " " * (label - columns(blank.label)) + f"{blank.label}：{shown}"
            if place == self.at:
                caret = (len(found), _MARGIN + columns(line))
            found += [line, *gap]
        found += wrapped(self.notice, room)
        body = [" " * _MARGIN + line if line else "" for line in found][: max(height - 1, 0)]
        body += [""] * (height - 1 - len(body))
        return [*body, wrapped(self.keys, width)[0]], caret

    def drawn(self, width: int, height: int) -> str:
        """All of it, for a terminal of this size: nothing that stood there before is left."""
        lines, (row, column) = self.lines(width, height)
        rows = "".join(f"\x1b[{number};1H{line}" for number, line in enumerate(lines[:height], 1) if line)
        at = f"\x1b[{row + 1};{min(column, width - 1) + 1}H"
        return f"{_CLEAN}{rows}{at}\x1b[7m \x1b[0m{at}"
