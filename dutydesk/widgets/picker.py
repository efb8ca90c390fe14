"""A field in which a few typed letters find a place, a person, a category; and the same as a dialog."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from dutydesk.terminal import digit_of
from dutydesk.widgets.choices import ON_ONE_PAGE, Choices, Option
from dutydesk.widgets.dialog import Dialog
from dutydesk.widgets.frame import Words
from dutydesk.widgets.typing_fields import LineField

NOTHING_FOUND = "没有找到“{text}”。试试拼音首字母、全拼或名称里的一两个字。"
ONLY_AROUND = "名称里没有“{text}”，列出的是所属街镇对得上的：按数字或 ↓ 选一项。"
SEARCH_FAILED = "没有查成：{error}。再按一个字可重试。"


@dataclass(frozen=True)
class Choice:
    """What can be picked: `value` is kept, `title` is shown, `detail` (parent, code …) tells namesakes apart.

    One that is not `sure` was found by something else than its name: Enter does not take it unasked.
    """

    value: Any
    title: str
    detail: str = ""
    sure: bool = True


Search = Callable[[str], Awaitable[list[Choice]]]


class _PickLine(LineField):
    """The typed line; the picker looks at each key first."""

    def on_key(self, event: events.Key) -> None:
        """Keys that choose do not reach the text."""
        if self.picker.take_key(event):
            event.stop()
            event.prevent_default()

    @property
    def picker(self) -> Picker:
        """The picker around it."""
        return next(node for node in self.ancestors if isinstance(node, Picker))


class Picker(Widget):
    """Type to search, digits or Enter to pick. Backspace on what was picked clears it.

    A digit picks while choices are shown, so a text to search begins with something else.
    """

    @dataclass
    class Picked(Message):
        """A choice was made, or cleared (None)."""

        picker: Picker
        choice: Choice | None

        @property
        def control(self) -> Picker:
            """The picker."""
            return self.picker

    def __init__(self, search: Search, *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self.search = search
        self.choice: Choice | None = None
        self._found: list[Choice] = []
        self._question = 0  # an older question's answer is dropped
        self._open = False
        self._stays_closed = False
        self._words = ""  # below the choices
        self._line = _PickLine(placeholder=placeholder)
        self._detail = Words(classes="picker--detail")
        self._choices = Choices()
        self._choices.can_focus = False
        self._note = Words(classes="picker--note")
        self._box = Vertical(self._choices, self._note, classes="picker--box")
        self._box.display = False

    def compose(self) -> ComposeResult:
        """The line with the picked one's detail, the choices below."""
        yield Horizontal(self._line, self._detail, classes="picker--line")
        yield self._box

    # What others use

    @property
    def value(self) -> Any | None:
        """The value picked, or None."""
        return None if self.choice is None else self.choice.value

    @property
    def typed(self) -> str:
        """Text typed that is not (yet) a choice."""
        return "" if self.choice is not None else self._line.value

    @property
    def line(self) -> LineField:
        """The text field, which takes the focus."""
        return self._line

    @property
    def is_open(self) -> bool:
        """Whether choices are in sight."""
        return self._open

    def set(self, choice: Choice | None) -> None:
        """Take this choice without a word; None empties the field."""
        self._question += 1
        self.choice = choice
        with self.prevent(Input.Changed):
            self._line.value = "" if choice is None else choice.title
        self._line.cursor_position = len(self._line.value)
        self._detail.say("" if choice is None or not choice.detail else choice.detail)
        self._close()

    def take_typed(self, text: str) -> None:
        """Put back text that was typed and not yet picked."""
        self.set(None)
        with self.prevent(Input.Changed):
            self._line.value = text
        self._line.cursor_position = len(text)

    def stay_closed(self) -> None:
        """Do not suggest at the next focus, only from the next key on."""
        self._close()
        self._stays_closed = not self._line.has_focus

    # Keys

    def take_key(self, event: events.Key) -> bool:
        """Whether the key was for the choices."""
        if self.choice is not None and event.key in ("backspace", "delete"):
            self._pick(None)
            self._ask("")
            return True
        if self.choice is not None and event.is_printable:
            self._pick(None)  # typing over a choice begins anew; the key goes on to the empty line
            return False
        if event.key == "enter" and self._unsettled:
            return True
        if not self._open:
            return False
        digit = digit_of(event.key)
        if digit is not None and self._choices.options:
            return self._choices.take_digit(digit)
        if event.key == "up" and self._choices.cursor <= 0:
            return False  # to the field above
        if event.key in ("down", "up") and self._choices.options:
            self._choices.action_step(1 if event.key == "down" else -1)
        elif event.key == "enter" and self._choices.options:
            self._choices.action_take()
        elif event.key == "escape":
            self._close()
        else:
            return False
        return True

    @property
    def _unsettled(self) -> bool:
        """Whether something is typed and nothing is under the cursor; then Enter stays, and says why."""
        if self.choice is not None or not self._line.value.strip():
            return False
        if not self._open:
            self._ask(self._line.value)
        elif self._choices.options and self._choices.cursor >= 0:
            return False
        else:
            self._note.say(f"✗ {self._words}")
        return True

    @property
    def _exact(self) -> int | None:
        """Which of those found has the very name that is typed, if it is one alone."""
        typed = self._line.value.strip()
        same = [index for index, choice in enumerate(self._found) if choice.title == typed]
        return same[0] if len(same) == 1 else None

    def settle(self) -> bool:
        """Take the one whose name was typed whole; says whether there was one."""
        exact = self._exact if self.choice is None else None
        if exact is not None:
            self.set(self._found[exact])
        return exact is not None

    # Searching

    def on_descendant_focus(self) -> None:
        """An empty field suggests at once."""
        if self.choice is None and not self._open and not self._stays_closed:
            self._ask(self._line.value)
        self._stays_closed = False

    def on_descendant_blur(self) -> None:
        """What is not looked at is closed; typed text stays."""
        self._question += 1
        self._close()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each change is a new question."""
        if self.choice is None:
            self._ask(event.value)

    def _ask(self, text: str) -> None:
        self._question += 1
        self.run_worker(self._answer(text, self._question), exit_on_error=False)

    async def _answer(self, text: str, question: int) -> None:
        note = ""
        # Enter and digits typed ahead are for what is about to be found
        holding = getattr(self.app, "holding_keys", contextlib.nullcontext)
        try:
            with holding():
                found = await self.search(text.strip())
        except Exception as error:  # whatever the search raises, the text stays
            found, note = [], SEARCH_FAILED.format(error=error)
        if question != self._question or self.choice is not None or not self.is_attached:
            return
        self._found = found[:ON_ONE_PAGE]
        if not found and text.strip() and not note:
            note = NOTHING_FOUND.format(text=text.strip())
        if len(found) > ON_ONE_PAGE:
            note = "还有更多，再打几个字。"
        if not found and not note:
            self._close()
            return
        cursor = self._exact or 0
        if found and not found[0].sure:
            cursor, note = -1, ONLY_AROUND.format(text=text.strip())
        options = [Option(choice.title, choice.detail) for choice in self._found]
        self._choices.set_options(options, cursor)
        self._words = note
        self._note.say(note)
        self._note.display = bool(note)
        self._choices.display = bool(found)
        self._open = self._box.display = True

    def _close(self) -> None:
        self._open = self._box.display = False
        self._choices.set_options(())

    def on_choices_taken(self, event: Choices.Taken) -> None:
        """A digit or Enter."""
        event.stop()
        self._pick(self._found[event.index])

    def _pick(self, choice: Choice | None) -> None:
        self.set(choice)
        self.post_message(self.Picked(self, choice))


class PickOne(Dialog[Choice | None]):
    """A picker in a dialog; leaves with the choice, or None."""

    HELP = "打汉字、全拼或拼音首字母，列表随着变；数字选那一项，或 ↑↓ 移到它再按 Enter；9 下一页。Esc 不选，返回。"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "返回", show=False, priority=True)
    ]

    def __init__(self, title: str, search: Search, placeholder: str = "") -> None:
        super().__init__()
        self.words = title
        self.picker = Picker(search, placeholder=placeholder)

    def compose(self) -> ComposeResult:
        """Title, picker, how."""
        with Vertical(classes="dialog"):
            yield Words(self.words, classes="dialog--title")
            yield self.picker
            yield Words("打字查找，数字或 ↑↓ 与 Enter 选择　Esc 返回", id="how", classes="dialog--how")

    def on_mount(self) -> None:
        """Typing begins at once."""
        self.picker.line.focus()

    def on_picker_picked(self, event: Picker.Picked) -> None:
        """One choice and done."""
        if event.choice is not None:
            self.dismiss(event.choice)
