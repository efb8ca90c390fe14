"""Text measured in terminal columns: a Chinese character takes two."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from dutydesk.terminal import literal

ELLIPSIS = "…"
_CLOSES = "）」』】〕》〉”’，。、；：！？…)],.;:!?"
_OPENS = "（「『【〔《〈“‘(["
_BACK = 24  # characters that a line gives up at most to end well
_JOINS = ":.-/"  # inside a time, a day, a number
_UNITS = "年月日号时分秒点天周岁件个人次条项户幢栋室元米%"
# What is said by a look besides plain text, and never by a look alone. Not in the stylesheet: a component class
# costs each launch a millisecond, and what differs here is the terminal's own attributes.
LOOKS = {
    "head": Style(bold=True),
    "head-here": Style(bold=True, reverse=True),  # the keys go to what it heads
    "mark": Style(bold=True),
    "dim": Style(dim=True),
    "titles": Style(underline=True),  # of columns
    "cursor": Style(reverse=True),
    "cursor-elsewhere": Style(bold=True),  # the keys go to another part
    "good": Style(color="green"),
    "bad": Style(color="red", bold=True),
}
Line = tuple[tuple[str, Style], ...]


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, ending in … where something was left out."""
    text = literal(text)
    if len(text) * 2 <= width or cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    room = width - 1
    kept = []
    for character in text:
        room -= cell_len(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + ELLIPSIS


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` columns."""
    shown = cut(text, width)
    return shown + " " * (width - cell_len(shown))


def wrap(text: str, width: int) -> list[str]:
    """`text` broken into lines of at most `width` columns; its own line ends stay. At least one line.

    No line begins with what closes the one before it or ends with what opens the next, and no number is broken or
    parted from its unit, unless there is no other way.
    """
    width, lines = max(width, 2), []
    for paragraph in text.split("\n"):
        rest = literal(paragraph)
        while len(rest) * 2 > width and (most := _fits(rest, width)) < len(rest):
            ends = [i for i in range(most, max(most - _BACK, 0), -1) if _may_break(rest[i - 1], rest[i])]
            at = next((i for i in ends if not _in_a_place(rest, i)), ends[0] if ends else most)
            lines.append(rest[:at])
            rest = rest[at:]
        lines.append(rest)
    return lines


def wrap_at_most(text: str, width: int, many: int) -> list[str]:
    """The first lines of `text`, as `wrap` breaks it; the last one ends in … where more would follow."""
    lines = wrap(text, width)
    return lines if len(lines) <= many else [*lines[: many - 1], cut("".join(lines[many - 1 :]), width)]


def at_most(lines: list[Line], many: int) -> list[Line]:
    """The first lines; the last one ends in … where more would follow."""
    if len(lines) <= many or many < 1:
        return lines[: max(many, 0)]
    last = lines[many - 1]
    text, style = last[-1] if last else ("", Style.null())
    return [*lines[: many - 1], (*last[:-1], (text + ELLIPSIS, style))]


def _fits(text: str, width: int) -> int:
    """How many characters from the beginning on have room; one at least."""
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(index, 1)
    return len(text)


# Words of the office that are not read in two halves: 居委会, 居民区, 片区, 街道, 街镇.
_TOGETHER = frozenset(("居委", "委会", "居民", "民区", "片区", "街道", "街镇"))


_PLACES = ("片区", "街道", "居委", "居民区", "镇")
_NAME = 4  # characters: 上海新村, 武康安福, 康健新村


def _in_a_place(text: str, at: int) -> bool:
    """Whether a line that ends at `at` would leave the name of a place, 康乐片区, in two halves."""
    if not "\u4e00" <= text[at - 1] <= "\u9fff":
        return False
    ahead = text[at : at + _NAME - 1]
    name = next((i for i, each in enumerate(ahead) if not "\u4e00" <= each <= "\u9fff"), len(ahead))
    return any(text.startswith(each, at + i) for i in range(name + 1) for each in _PLACES)


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between these two characters."""
    if after in _CLOSES or before in _OPENS or before + after in _TOGETHER or not cell_len(after):
        return False
    if before in _JOINS or (before.isascii() and before.isalnum()):
        number = before.isdigit() and after in _UNITS
        return not (number or after in _JOINS or (after.isascii() and after.isalnum()))
    return True


def strip_of(line: Line, width: int, plain: Style | None = None) -> Strip:
    """The line as a strip exactly `width` wide; its last style goes on to the edge. A longer one ends in …."""
    used = sum(cell_len(text) for text, _ in line)
    parts = list(line)
    if used < width:
        blank = " " * (width - used)
        if parts:
            parts[-1] = (parts[-1][0] + blank, parts[-1][1])
        else:
            parts = [(blank, plain or Style.null())]
    merged: list[Segment] = []
    for text, style in parts:
        if merged and merged[-1].style == style:
            merged[-1] = Segment(merged[-1].text + text, style)
        else:
            merged.append(Segment(text, style))
    strip = Strip(merged, max(used, width))
    if used <= width:
        return strip
    kept = list(strip.crop(0, max(width - 1, 0)))
    return Strip([*kept, Segment(ELLIPSIS if width else "", kept[-1].style if kept else None)], width)


def lean(style: Style) -> Style:
    """The style without the terminal's default colours, which need no bytes to say."""
    color = None if style.color is None or style.color.is_default else style.color
    background = None if style.bgcolor is None or style.bgcolor.is_default else style.bgcolor
    flags = {name: True for name in ("bold", "dim", "italic", "underline", "reverse") if getattr(style, name)}
    return Style(color=color, bgcolor=background, **flags)
