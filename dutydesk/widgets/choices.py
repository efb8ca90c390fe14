"""Numbered lines to choose from by digit or arrows: inside the action menu, below the picker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dutydesk.terminal import digit_of
from dutydesk.widgets.cells import Line, cut, fit, lean, strip_of, wrap

MARK, NO_MARK = "▶ ", "  "
INDENT = "    "
ON_ONE_PAGE = 9
ON_EACH_PAGE = 8
NEXT_PAGE = "下一页"
MORE_ABOVE, MORE_BELOW = "    ↑ 上面还有", "    ↓ 下面还有"
LABEL_COLUMNS = 28


@dataclass(frozen=True)
class Option:
    """One line: what it is called, a dim hint, and why it cannot be taken now, if so.

    `place` is its page and its digit there; where no option has one they are numbered as they come.
    """

    label: str
    hint: str = ""
    disabled_reason: str = ""
    place: tuple[int, int] | None = None


def _pages(options: Sequence[Option]) -> list[list[tuple[int, int]]]:
    """The digit and the index of each option, page by page."""
    if any(option.place for option in options):
        places = sorted((option.place or (1, 0), index) for index, option in enumerate(options))
        numbers = sorted({page for (page, _), _ in places})
        return [[(digit, index) for (page, digit), index in places if page == number] for number in numbers]
    size = ON_ONE_PAGE if len(options) <= ON_ONE_PAGE else ON_EACH_PAGE
    starts = range(0, max(len(options), 1), size)
    return [
        [(number, index) for number, index in enumerate(range(start, min(start + size, len(options))), 1)]
        for start in starts
    ]


def in_order(options: Sequence[Option]) -> list[int]:
    """The indices of the options as they stand on the pages, one below the other."""
    return [index for page in _pages(options) for _, index in page]


class Choices(Widget, can_focus=True):
    """Up to nine numbered options, or pages with `9 下一页`. The owner may focus it, or send it keys."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choices--cursor", "choices--hint"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "上一项", show=False),
        Binding("down,j", "step(1)", "下一项", show=False),
        Binding("home", "step(-999)", "第一项", show=False),
        Binding("end", "step(999)", "最后一项", show=False),
        Binding("pagedown", "turn(1)", "下一页", show=False),
        Binding("pageup", "turn(-1)", "上一页", show=False),
        Binding("enter", "take", "选定", show=False),
    ]

    @dataclass
    class Taken(Message):
        """An option was chosen; `index` counts from 0 in the options given."""

        choices: Choices
        index: int

        @property
        def control(self) -> Choices:
            """The list of choices."""
            return self.choices

    @dataclass
    class Refused(Message):
        """An option that is switched off was chosen."""

        choices: Choices
        reason: str

    def __init__(self, options: Sequence[Option] = (), cursor: int = 0, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.options = tuple(options)
        self.cursor = cursor
        self._pages = _pages(options)

    def set_options(self, options: Sequence[Option], cursor: int = 0) -> None:
        """Show other options."""
        if self.options != tuple(options) or self.cursor != cursor:
            self.options, self.cursor, self._pages = tuple(options), cursor, _pages(options)
            self.refresh(layout=True)

    # Choosing

    @property
    def _order(self) -> list[int]:
        return in_order(self.options)

    @property
    def _page(self) -> int:
        """The page in sight: the cursor's."""
        return next((n for n, page in enumerate(self._pages) if self.cursor in [i for _, i in page]), 0)

    def action_step(self, lines: int) -> None:
        """Move the cursor; it goes from page to page, and stops at the ends."""
        page, order = self._page, self._order
        if order:
            here = order.index(self.cursor) if self.cursor in order else -1
            self.cursor = order[min(max(here + lines, 0), len(order) - 1)]
        self.refresh(layout=page != self._page)

    def action_turn(self, pages: int) -> None:
        """The next page, after the last the first."""
        if len(self._pages) > 1:
            self.cursor = self._pages[(self._page + pages) % len(self._pages)][0][1]
            self.refresh(layout=True)
        else:
            self.action_step(pages * 999)

    def action_take(self) -> None:
        """Choose what is under the cursor; at -1 it is under none."""
        if self.options and self.cursor >= 0:
            option = self.options[self.cursor]
            if option.disabled_reason:
                self.post_message(self.Refused(self, option.disabled_reason))
            else:
                self.post_message(self.Taken(self, self.cursor))

    def take_digit(self, digit: int) -> bool:
        """Choose by number; says whether that number is on the page."""
        if digit == ON_ONE_PAGE and len(self._pages) > 1:
            self.action_turn(1)
            return True
        index = dict(self._pages[self._page]).get(digit)
        if index is None:
            return False
        self.cursor = index
        self.refresh()
        self.action_take()
        return True

    def on_key(self, event: events.Key) -> None:
        """Digits choose, full-width ones too."""
        digit = digit_of(event.key)
        if digit is not None and self.take_digit(digit):
            event.stop()

    # Drawing

    def _option_lines(self, index: int, number: int, width: int) -> list[Line]:
        option = self.options[index]
        plain, dim = lean(self.rich_style), lean(self.get_component_rich_style("choices--hint"))
        hint = f"✗ {option.disabled_reason}" if option.disabled_reason else option.hint
        name = f"{number} {option.label}"
        here = index == self.cursor
        head = (MARK if here else NO_MARK) + name
        look = lean(self.get_component_rich_style("choices--cursor")) if here else plain
        if option.disabled_reason and not here:
            look = dim
        column = self._label_columns(width)
        if hint and cell_len(head) < column and column + cell_len(hint) <= width:
            return [((fit(head, column), look), (hint, look if here else dim))]
        lines: list[Line] = [((fit(line, width) if here else line, look),) for line in wrap(head, width)]
        if hint:
            lines += [((INDENT + line, dim),) for line in wrap(hint, width - len(INDENT))]
        return lines

    def _label_columns(self, width: int) -> int:
        """Where hints begin: the same for the whole page, past the longest label that leaves room for one."""
        page = self._pages[self._page]
        lengths = [cell_len(f"{MARK}1 {self.options[index].label}  ") for _, index in page]
        return max([LABEL_COLUMNS, *(length for length in lengths if length <= width * 3 // 5)])

    def _lines(self, width: int) -> tuple[list[Line], int]:
        """All lines of the page, and where the option under the cursor ends."""
        lines: list[Line] = []
        cursor_end = 0
        for digit, index in self._pages[self._page]:
            lines += self._option_lines(index, digit, width)
            if index == self.cursor:
                cursor_end = len(lines)
        if len(self._pages) > 1:
            words = f"{NO_MARK}{ON_ONE_PAGE} {NEXT_PAGE}（第 {self._page + 1} 页，共 {len(self._pages)} 页）"
            lines.append(((words, lean(self.rich_style)),))
        return lines, cursor_end

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the page has at this width."""
        return len(self._lines(width)[0])

    def render_line(self, y: int) -> Strip:
        """Lines from the one that keeps the cursor in sight."""
        width, height = self.size
        lines, cursor_end = self._lines(width)
        start = max(0, min(cursor_end - height + 1, len(lines) - height))
        if y == height - 1 and start + height < len(lines):
            return strip_of(((cut(MORE_BELOW, width), lean(self.rich_style)),), width)
        if y == 0 and start:
            return strip_of(((cut(MORE_ABOVE, width), lean(self.rich_style)),), width)
        index = start + y
        return strip_of(lines[index] if index < len(lines) else (), width, Style.null())
