"""The two text fields: the caret stands where an input method looks for it, and what comes in is harmless."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widgets import Input, TextArea

from dutydesk.terminal import literal

LINE_CAP = 1000
PROSE_CAP = 8000


class AtCaret:
    """Mixin before Input or TextArea: each time the field is drawn the hardware cursor goes to its caret.

    Textual sets the cursor when the caret moves in the text, which is too early when the field itself moves (first
    frame, resize, scrolling): drawing comes after the layout. No Widget, because Textual takes the style classes of the
    first base that is one.
    """

    def render_lines(self: Any, crop: Region) -> list[Strip]:
        """Draw, the cursor in the right place."""
        if self.has_focus and self.screen.is_active:
            self.app.cursor_position = self.cursor_screen_offset
        return super().render_lines(crop)  # type: ignore[misc]

    def on_focus(self: Any) -> None:
        """Nothing of the field may change by the focus, so ask for a frame."""
        self.call_after_refresh(self.refresh)

    def on_resize(self: Any) -> None:
        """See `on_focus`."""
        self.call_after_refresh(self.refresh)


class LineField(AtCaret, Input):
    """One line of text. Enter and the arrows belong to whoever holds the field."""

    def __init__(
        self, value: str = "", *, placeholder: str = "", max_length: int = LINE_CAP, id: str | None = None
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, max_length=max_length, select_on_focus=False, compact=True, id=id
        )
        self.cursor_blink = False

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is drawn; Textual's own stands one column on at the end of the text.

        Textual moves the hardware cursor to any field whose text is set: one without the focus leaves it alone.
        """
        if not self.has_focus:
            return self.app.cursor_position
        x, y, _width, _height = self.content_region
        return Offset(x + self._position_to_cell(self.cursor_position) - self.scroll_offset.x, y)

    def validate_value(self, value: str) -> str:
        """Whatever way the text came, nothing in it is obeyed by a terminal."""
        return literal(value)

    def on_paste(self, event: events.Paste) -> None:
        """Several lines become one; Textual would keep only the first."""
        event.prevent_default()
        event.stop()
        text = literal(" ".join(event.text[: self.max_length or LINE_CAP].split()))
        start, end = self.selection
        self.replace(text, start, end)


class ProseField(AtCaret, TextArea):
    """Several lines. Enter begins a new one; the arrows past the first and last line, and Tab, leave."""

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(
            text, placeholder=placeholder, tab_behavior="focus", soft_wrap=True, compact=True, id=id
        )
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.show_line_numbers = False

    def on_paste(self, event: events.Paste) -> None:
        """At most what the field holds: a million characters would take seconds to paint."""
        event.prevent_default()
        event.stop()
        room = max(PROSE_CAP - len(self.text), 0)
        text = "\n".join(literal(line) for line in event.text[:room].splitlines())
        start, end = self.selection
        self._replace_via_keyboard(text, start, end)

    @property
    def cursor_screen_offset(self) -> Offset:
        """See `LineField`."""
        return super().cursor_screen_offset if self.has_focus else self.app.cursor_position

    @property
    def on_first_line(self) -> bool:
        """Whether ↑ leaves the field."""
        return self.wrapped_document.location_to_offset(self.cursor_location).y == 0

    @property
    def on_last_line(self) -> bool:
        """Whether ↓ leaves the field."""
        last = self.wrapped_document.location_to_offset(self.document.end).y
        return self.wrapped_document.location_to_offset(self.cursor_location).y == last
