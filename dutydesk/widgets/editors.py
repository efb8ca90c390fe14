"""One editor for each kind of field. All have `data` (JSON-able), `load(data)`, `target` (takes the focus), `is_typed`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from dutydesk.terminal import digit_of
from dutydesk.widgets.cells import Line, lean, strip_of
from dutydesk.widgets.picker import Choice, Picker, Search
from dutydesk.widgets.typing_fields import LineField, ProseField

if TYPE_CHECKING:
    from datetime import date, datetime

    from dutydesk.forms.base import FieldSpec

INLINE_AT_MOST = 9
WHEN_LIMIT = 40
DAY_ALONE = "，没写几点：按当天下班前"
CHOSEN, OTHER = "▶", " "


class Editor(Protocol):
    """What the form asks of a field's widget."""

    @property
    def data(self) -> Any:
        """The value as it is kept in a draft and handed to the check; None when nothing is there."""

    @property
    def target(self) -> Widget:
        """The widget that takes the focus."""

    def load(self, data: Any) -> None:
        """Put a value there without a word."""


class LineEditor(LineField):
    """Text and numbers on one line."""

    usual = ""  # what is often written here

    def suggest(self, text: str) -> None:
        """Show it in the empty line; → takes it over."""
        self.usual, self.placeholder = text, f"→ 填入：{text}"

    def on_key(self, event: events.Key) -> None:
        """→ has nowhere to go in an empty line."""
        if event.key == "right" and self.usual and not self.value:
            event.stop()
            event.prevent_default()
            self.value = self.usual
            self.cursor_position = len(self.value)

    @property
    def data(self) -> str | None:
        """The text as typed."""
        return self.value or None

    @property
    def target(self) -> Widget:
        """Itself."""
        return self

    def load(self, data: Any) -> None:
        """Show the text."""
        with self.prevent(Input.Changed):
            self.value = "" if data is None else str(data)
        self.cursor_position = len(self.value)


class WhenEditor(LineEditor):
    """A day or a moment (`by`: either): typed as one likes, kept and shown as one value once it is understood."""

    def __init__(self, kind: str, *, placeholder: str = "") -> None:
        usual = "如 11-26、明天、+3" if kind == "date" else "如 1530、26日15:30、明天9:00"
        super().__init__(placeholder=placeholder or usual, paste_limit=WHEN_LIMIT)
        self.kind = kind
        self.select_on_focus = True  # a day that stands there is replaced by typing another

    def _parsed(self) -> date | datetime:
        from dutydesk.forms.when import parse_by, parse_day, parse_moment

        parse = {"date": parse_day, "by": parse_by}.get(self.kind, parse_moment)
        return parse(self.value)

    def _read(self) -> date | datetime | None:
        try:
            return self._parsed()
        except ValueError:
            return None

    def unread(self) -> str:
        """What is wrong with it, or nothing."""
        try:
            self._parsed()
        except ValueError as error:
            return str(error)
        return ""

    def in_words(self) -> str:
        """The day of the week beside it, or nothing when it cannot be read."""
        from datetime import datetime

        from dutydesk.forms.when import day_in_words, moment_in_words

        read = self._read()
        if read is None:
            return ""
        if isinstance(read, datetime):
            return moment_in_words(read)
        return day_in_words(read) + (DAY_ALONE if self.kind == "by" else "")

    def settle(self) -> bool:
        """`明天` becomes the day it means: in a draft opened tomorrow it would mean another. Says if it changed."""
        from datetime import datetime

        read = self._read()
        if read is None:
            return False
        settled = f"{read:%Y-%m-%d %H:%M}" if isinstance(read, datetime) else f"{read:%Y-%m-%d}"
        changed = settled != self.value
        if changed:
            self.load(settled)
        return changed


class ProseEditor(ProseField):
    """Several lines."""

    @property
    def data(self) -> str | None:
        """The text as typed."""
        return self.text or None

    @property
    def target(self) -> Widget:
        """Itself."""
        return self

    def load(self, data: Any) -> None:
        """Show the text."""
        self.text = "" if data is None else str(data)
        self.move_cursor(self.document.end)


class PickEditor(Picker):
    """A picker; text not yet picked is kept in drafts, but is no value."""

    @property
    def data(self) -> Any:
        """The value picked."""
        return self.value

    @property
    def shown(self) -> list[str] | None:
        """What a draft needs to show it again: title and detail, or the typed text alone."""
        if self.choice is not None:
            return [self.choice.title, self.choice.detail]
        return [self.typed] if self.typed else None

    @property
    def target(self) -> Widget:
        """The line in it."""
        return self.line

    def load(self, data: Any, shown: list[str] | None = None) -> None:
        """Show a `Choice`, or a bare value with what a draft kept to show."""
        if isinstance(data, Choice) or data is None:
            self.set(data)
            if data is None and shown:
                self.take_typed(shown[0])
        else:
            title, detail = (shown or [str(data), ""])[:2]
            self.set(Choice(data, title, detail))


class ChoiceEditor(Widget, can_focus=True):
    """A few options on one line or more: a digit picks, ← → move."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice-editor--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "前一项", show=False),
        Binding("right,space", "step(1)", "后一项", show=False),
        Binding("backspace,delete", "clear", "清除", show=False),
    ]

    class Changed(Message):
        """Another option, or none; `by_digit` when the field is done and the next may come."""

        def __init__(self, editor: ChoiceEditor, by_digit: bool) -> None:
            super().__init__()
            self.editor = editor
            self.by_digit = by_digit

    def __init__(self, choices: tuple[tuple[Any, str], ...]) -> None:
        super().__init__()
        self.choices = choices
        self.index: int | None = None

    @property
    def data(self) -> Any:
        """The kept value of the option."""
        return None if self.index is None else self.choices[self.index][0]

    @property
    def target(self) -> Widget:
        """Itself."""
        return self

    def load(self, data: Any) -> None:
        """Choose the option kept under this value; an unknown one chooses nothing."""
        self.index = next((i for i, (value, _) in enumerate(self.choices) if value == data), None)
        self.refresh()

    def choose(self, index: int | None, by_digit: bool = False) -> None:
        """Choose and tell."""
        self.index = index
        self.refresh()
        self.post_message(self.Changed(self, by_digit))

    def action_step(self, options: int) -> None:
        """The neighbour, round and round."""
        start = -1 if self.index is None and options > 0 else self.index or 0
        self.choose((start + options) % len(self.choices))

    def action_clear(self) -> None:
        """None of them."""
        self.choose(None)

    def on_key(self, event: events.Key) -> None:
        """A digit picks, a full-width one too."""
        digit = digit_of(event.key)
        if digit is not None and 1 <= digit <= len(self.choices):
            event.stop()
            self.choose(digit - 1, by_digit=True)

    def _lines(self, width: int) -> list[Line]:
        plain = lean(self.rich_style)
        chosen = lean(self.get_component_rich_style("choice-editor--chosen"))
        lines: list[Line] = []
        line: Line = ()
        used = 0
        for index, (_, label) in enumerate(self.choices):
            mark = CHOSEN if index == self.index else OTHER
            text = f"{mark}{index + 1} {label} "
            if line and used + cell_len(text) > width:
                lines.append(line)
                line, used = (), 0
            line += ((text, chosen if index == self.index else plain), (" ", plain))
            used += cell_len(text) + 1
        return [*lines, line]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the options take."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """Options, the chosen one marked and reversed."""
        lines = self._lines(self.size.width)
        return strip_of(lines[y] if y < len(lines) else (), self.size.width, lean(self.rich_style))


def editor_for(spec: FieldSpec, searches: dict[str, Search]) -> Editor:
    """The editor of a field. A choice of more than nine options is picked by typing."""
    kind, hint = spec.entry.kind, spec.entry.hint
    if kind == "pick":
        return PickEditor(searches[spec.entry.search], placeholder=hint)
    if kind in ("choice", "yesno") and len(spec.choices) <= INLINE_AT_MOST:
        return ChoiceEditor(spec.choices)
    if kind in ("choice", "yesno"):
        return PickEditor(_search_in(spec.choices), placeholder=hint)
    if kind == "prose":
        return ProseEditor(placeholder=hint, paste_limit=spec.entry.limit)
    if kind in ("date", "moment", "by"):
        return WhenEditor(kind, placeholder=hint)
    return LineEditor(placeholder=hint, paste_limit=spec.entry.limit)


def _search_in(choices: tuple[tuple[Any, str], ...]) -> Search:
    async def search(text: str) -> list[Choice]:
        return [Choice(value, label) for value, label in choices if text.lower() in label.lower()]

    return search
