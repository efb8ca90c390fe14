"""The frame of every screen: the title above; what was said last and the keys below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget

from dutydesk.widgets.cells import LOOKS, Line, at_most, cut, fit, lean, literal, strip_of, wrap, wrap_at_most

Kind = Literal["info", "good", "bad"]
MARKS: dict[str, str] = {"info": "", "good": "✓ ", "bad": "✗ "}
BACK = ("Esc", "返回")
NOTICE_LINES = 2
_PACKAGE = Path(__file__).parents[1]
# In a checkout the stylesheets are beside the package, in a wheel inside.
STYLES = _PACKAGE.parent if (_PACKAGE.parent / "dutydesk.tcss").exists() else _PACKAGE


class CalmFocus:
    """Mixin before `Screen` for all screens and dialogs: how they look, and a calm focus.

    Going from field to field repaints those two, not (as Textual has it) the whole screen.

    At 120x36 that is 0.9 kB in place of 6.
    """

    CSS_PATH: ClassVar[Path | None] = STYLES / "dutydesk-duties.tcss"
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)


class QuietFocus:
    """Mixin before a widget that draws by itself what its focus changes: Textual would draw all its lines, 5 kB."""

    def on_focus(self, event: events.Focus) -> None:
        """In place of Textual's own handler."""
        self._focus(event, True, events.DescendantFocus)

    def on_blur(self, event: events.Blur) -> None:
        """See `on_focus`."""
        self._focus(event, False, events.DescendantBlur)

    def _focus(self: Any, event: events.Event, has_focus: bool, told: type[events.Event]) -> None:
        event.prevent_default()
        self.has_focus = has_focus
        if self.parent is not None:
            self.parent.post_message(told(self))
        self.focus_changed()

    def focus_changed(self) -> None:
        """The focus has come or gone."""


class LineWidget(Widget):
    """A widget that draws its own lines; its looks are worked out once, since Textual takes 0.1 ms for each."""

    ALLOW_SELECT = False
    _drawn: tuple[Region, list[Strip]] | None = None

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """What was drawn no longer holds."""
        self._drawn = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """As drawn last: for each change Textual asks all widgets of the screen for all their lines."""
        if self._drawn is None or self._drawn[0] != crop:
            self._drawn = (crop, super().render_lines(crop))
        return self._drawn[1]

    def look(self, part: str = "") -> Style:
        """The plain style, or one of `LOOKS` upon it."""
        kept: dict[str, Style] = self.__dict__.setdefault("_looks", {})
        if part not in kept:
            plain = lean(self.rich_style)
            kept[part] = plain + LOOKS[part] if part else plain
        return kept[part]

    def notify_style_update(self) -> None:
        """Other styles: other looks."""
        self._drawn = None
        super().notify_style_update()
        self.__dict__.pop("_looks", None)


class Words(LineWidget):
    """Text from anybody, shown as it is: no markup, nothing a terminal obeys.

    Lines break as Chinese text does; the last one ends in … where there is no room for the rest.
    """

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.text = text

    def say(self, text: str) -> None:
        """Show another text."""
        if text == self.text:
            return
        before, self.text = self.text, text
        width = self.size.width
        own_width = self.styles.width is not None and self.styles.width.is_auto
        self.refresh(layout=own_width or len(wrap(before, width)) != len(wrap(text, width)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Of the longest line."""
        return max(cell_len(literal(line)) for line in self.text.split("\n"))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text has at this width."""
        return len(wrap(self.text, width))

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        width, height = self.size
        lines = wrap_at_most(self.text, width, height)
        return strip_of(((lines[y], self.look()),) if y < len(lines) else (), width, self.look())


class KeptLines(LineWidget):
    """Lines that are made as a whole and kept: only those that differ from what is on the screen are drawn again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: list[Line] = []

    def lines_in_sight(self, width: int, height: int) -> list[Line]:
        """What stands there now. Of more lines than `height` the last one that is shown ends in …."""
        raise NotImplementedError

    def paint(self) -> None:
        """Have those lines drawn again which changed."""
        width, height = self.size
        lines = at_most(self.lines_in_sight(width, height), height) if width else []
        lines += [()] * (height - len(lines))
        before, self._shown = self._shown, lines
        if len(before) != len(lines):
            self.refresh()
            return
        changed = [Region(0, y, width, 1) for y, line in enumerate(lines) if line != before[y]]
        if changed:
            self.refresh(*changed)

    def anew(self) -> None:
        """Another size or other styles: nothing that is kept holds."""
        self._shown = []
        if self.is_mounted:
            self.paint()

    def on_resize(self) -> None:
        """Other breaks."""
        self.anew()

    def notify_style_update(self) -> None:
        """Styles are part of the lines kept. Textual tells of a change at each focus, when there is none."""
        before = self.__dict__.get("_looks", {})
        super().notify_style_update()
        if not before or any(self.look(part) != look for part, look in before.items()):
            self.anew()

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        return strip_of(self._shown[y] if y < len(self._shown) else (), self.size.width, self.look())


class Parts(Widget):
    """Holds the parts of a screen and draws nothing itself."""

    DEFAULT_CSS = "Parts { width: 1fr; height: 1fr; overflow: hidden hidden; }"
    BLANK = True


class TitleLine(LineWidget):
    """The first line: which screen this is, and whose desk. No clock: nothing ticks."""

    def __init__(self, title: str, whose: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.title = title
        self.whose = whose

    def show(self, title: str, whose: str) -> None:
        """Show another title or desk."""
        if (title, whose) != (self.title, self.whose):
            self.title, self.whose = title, whose
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line."""
        return 1

    def render_line(self, y: int) -> Strip:
        """Title left, desk right; the title goes first when there is no room for both, and a long place before a name."""
        width = self.size.width
        whose, room = self.whose, max(width // 2, 1)
        if cell_len(whose) > room:
            place, _, person = whose.partition(" ")
            left = room - cell_len(person) - 1
            whose = f"{cut(place, left)} {person}" if person and left > 2 else whose
        whose = cut(whose, room)
        line = fit(self.title, width - cell_len(whose)) + whose
        return strip_of(((line, self.look()),), width)


class BottomLine(LineWidget):
    """The last line: the keys of this screen, as many as fit, and always how to go back."""

    def __init__(
        self,
        keys: Sequence[tuple[str, str]] = (),
        back: tuple[str, str] = BACK,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.keys = tuple(keys)
        self.back = back

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show other keys."""
        if tuple(keys) != self.keys:
            self.keys = tuple(keys)
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line."""
        return 1

    def words(self, width: int) -> str:
        """The line at this width."""
        last = " ".join(next((pair for pair in self.keys if pair[0] == self.back[0]), self.back))
        line = ""
        for key, words in self.keys:
            if key == self.back[0]:
                continue
            item = f"{key} {words}  "
            if cell_len(line) + cell_len(item) + cell_len(last) > width:
                break
            line += item
        return line + last

    def render_line(self, y: int) -> Strip:
        """One style for all: fewest bytes."""
        width = self.size.width
        return strip_of(((cut(self.words(width), width), self.look()),), width)


class Divider(LineWidget):
    """A line between two parts, across or down, whichever way it is longer.

    A widget of its own and no border: a border is drawn again with each line of the widget that it belongs to.
    """

    def render_line(self, y: int) -> Strip:
        """Once, and again only when the layout changes."""
        width, height = self.size
        words = "─" * width if width > height else "│"
        return strip_of(((words, self.look()),), width)


class Notice(LineWidget):
    """Where the desk speaks to the user: one line, two when it must. It stays until `clear`, said at the next act."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words = ""
        self.kind: Kind = "info"

    def say(self, text: str, kind: Kind = "info") -> None:
        """Say this; the mark ✓ or ✗ before it says which kind it is, where there is no colour."""
        words = f"{MARKS[kind]}{text}" if text else ""
        if (words, kind) == (self.words, self.kind):
            return
        lines_before = len(self._lines(self.size.width))
        self.words, self.kind = words, kind
        self.refresh(layout=len(self._lines(self.size.width)) != lines_before)

    def clear(self) -> None:
        """Nothing more to say: call it when the next key changes something."""
        self.say("")

    def _lines(self, width: int) -> list[str]:
        lines = wrap(self.words, max(width, 2)) if self.words else [""]
        if len(lines) > NOTICE_LINES:
            lines = [*lines[: NOTICE_LINES - 1], cut("".join(lines[NOTICE_LINES - 1 :]), width)]
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line kept free, so that nothing jumps; two for long words."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """The words."""
        lines = self._lines(self.size.width)
        look = self.look("" if self.kind == "info" else self.kind)
        line: Line = ((lines[y], look),) if y < len(lines) and lines[y] else ()
        return strip_of(line, self.size.width, self.look())
