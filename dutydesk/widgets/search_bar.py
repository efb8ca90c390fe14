"""The box after `/`: what is typed there is searched for at a short rest, and at once with Enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from dutydesk.widgets.frame import Words
from dutydesk.widgets.typing_fields import LineField, PasteCut

# A search repaints up to a screen: wait until the hand rests, which an input method's commit does at once.
PAUSE_SECONDS = 0.4
WORDS_LIMIT = 100
_HOW = "Enter 到清单　Esc 不查了"


class SearchBar(Horizontal):
    """One line over the notice line while something is typed; the arrows and Enter lead back to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "不查了", show=False),
        Binding("down,up,pagedown,pageup", "leave", "到清单", show=False),
    ]

    @dataclass
    class Asked(Message):
        """Search for these words ("" for none). `final`: it was Enter, so the keys go to the list now."""

        words: str
        final: bool

    def __init__(self) -> None:
        super().__init__()
        self._pause: Timer | None = None
        self._asked = ""

    def compose(self) -> ComposeResult:
        """The box, and how it goes on."""
        yield Words("查找 ", classes="search--label")
        yield LineField(placeholder="两个以上汉字、编号，或地点、人员、类别的拼音", max_length=WORDS_LIMIT)
        yield Words(_HOW, classes="search--how")

    def begin(self, words: str) -> None:
        """Open with what is searched for now."""
        line = self.query_one(LineField)
        self._asked = words
        with line.prevent(Input.Changed):
            line.value = words
        line.cursor_position = len(words)
        self.query_one(".search--how", Words).say(_HOW)
        self.display = True
        line.focus()

    def on_paste_cut(self, event: PasteCut) -> None:
        """Say how much was taken."""
        event.stop()
        self.query_one(".search--how", Words).say(event.words)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Wait for the hand to rest."""
        event.stop()
        self._stop()
        self._pause = self.set_timer(PAUSE_SECONDS, self._rested)

    def _stop(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _rested(self) -> None:
        self._pause = None
        self._ask(False)

    def _ask(self, final: bool) -> None:
        words = " ".join(self.query_one(LineField).value.split())
        if final or words != self._asked:
            self._asked = words
            self.post_message(self.Asked(words, final))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: at once, and back to the list."""
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        """To the list, with what was typed."""
        self._stop()
        self._ask(True)

    def action_clear(self) -> None:
        """Nothing is searched for any more."""
        with self.prevent(Input.Changed):
            self.query_one(LineField).value = ""
        self.action_leave()

    def on_unmount(self) -> None:
        """No question after the end."""
        self._stop()

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Left by another way: what was typed last is not searched for later."""
        self._stop()
