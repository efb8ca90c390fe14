"""The two text fields: the caret stands where an input method looks for it, and what comes in is harmless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from dutydesk.terminal import literal

LINE_CAP = 1000
PROSE_CAP = 8000


@dataclass
class PasteCut(Message):
    """Not all that was pasted had room; whoever holds the field says so next to it."""

    field: Widget
    kept: int

    @property
    def words(self) -> str:
        """How much was taken."""
        if not self.kept:
            return "这一栏已经写满，粘贴的没有收。"
        return f"粘贴的内容太长，只收了前 {self.kept} 个字。"


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
        self.call_after_refresh(self.show_caret)

    def on_resize(self: Any) -> None:
        """See `on_focus`."""
        self.call_after_refresh(self.show_caret)

    def show_caret(self: Any) -> None:
        """Draw anew, the caret in sight."""
        self.refresh()


class LineField(AtCaret, Input):
    """One line of text, which scrolls sideways. Enter and the arrows belong to whoever holds the field.

    A paste is cut at `paste_limit` characters; typing goes on to `max_length`, so that a long sentence can be shortened.
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        max_length: int = LINE_CAP,
        paste_limit: int = 0,
        id: str | None = None,
    ) -> None:
        super().__init__(
            value, placeholder=placeholder, max_length=max_length, select_on_focus=False, compact=True, id=id
        )
        self.paste_limit = paste_limit or max_length
        self.cursor_blink = False

    def show_caret(self) -> None:
        """Textual does not scroll to the caret when the first text comes all at once, nor when the width changes.

        A field without the caret is read from its beginning.
        """
        at = self._position_to_cell(self.cursor_position) if self.has_focus else 0
        self.scroll_to_region(Region(at, 0, 1, 1), force=True, animate=False)
        self.refresh()

    def watch_value(self) -> None:
        """A text that is put here while the caret is elsewhere."""
        if not self.has_focus:
            self.call_after_refresh(self.show_caret)

    def on_blur(self) -> None:
        """See `show_caret`."""
        self.call_after_refresh(self.show_caret)

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
        text = literal(" ".join(event.text[:LINE_CAP].split()))
        start, end = sorted(self.selection)
        fits = text[: max(self.paste_limit - len(self.value) + end - start, 0)]
        if fits:
            self.replace(fits, start, end)
            self.call_after_refresh(self.show_caret)
        if len(fits) < len(text) or len(event.text) > LINE_CAP:
            self.post_message(PasteCut(self, len(fits)))


class ProseField(AtCaret, TextArea):
    """Several lines. Enter begins a new one, where something is written; the arrows past both ends, and Tab, leave."""

    def __init__(
        self, text: str = "", *, placeholder: str = "", paste_limit: int = PROSE_CAP, id: str | None = None
    ) -> None:
        super().__init__(
            text, placeholder=placeholder, tab_behavior="focus", soft_wrap=True, compact=True, id=id
        )
        self.paste_limit = min(paste_limit, PROSE_CAP)
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.show_line_numbers = False

    def on_key(self, event: events.Key) -> None:
        """Where nothing is written Enter goes on, as it does in a line."""
        if event.key == "enter" and not self.text.strip():
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """At most what the field holds: a million characters would take seconds to paint."""
        event.prevent_default()
        event.stop()
        text = "\n".join(literal(line) for line in event.text[:PROSE_CAP].splitlines())
        fits = text[: max(self.paste_limit - len(self.text) + len(self.selected_text), 0)]
        if fits:
            start, end = self.selection
            self._replace_via_keyboard(fits, start, end)
        if len(fits) < len(text) or len(event.text) > PROSE_CAP:
            self.post_message(PasteCut(self, len(fits)))

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
