"""The filter bar: a digit picks a part and then its value; what is typed finds the value of any part.

Of several values each is marked with Space first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from dutydesk.terminal import digit_of
from dutydesk.widgets.choices import Choices, Option
from dutydesk.widgets.dialog import Dialog
from dutydesk.widgets.frame import Words
from dutydesk.widgets.picker import NOTHING_FOUND
from dutydesk.widgets.typing_fields import LineField

HOW = "数字选一项，或直接打字（汉字、拼音首字母）　Esc 返回"
HOW_SEVERAL = "数字选一项；要几项，用空格一项项选上再按 Enter　Esc 返回"
HOW_MARKED = "空格、数字 选上或取消　Enter {what}　Esc 不选了"
TAKEN = "▪ 已选"
NOW = "现在"


class FilterPart(NamedTuple):
    """A part of the bar: its name, what the screen calls it, what it is set to, and whether it may be one of several.

    `words` are those of `value`, whose parts are joined by `,`.
    """

    name: str
    label: str
    words: str
    value: str = ""
    several: bool = False


class FilterChoice(NamedTuple):
    """A value of a part, what it is called, and a detail that tells namesakes apart."""

    part: str
    value: str
    title: str
    detail: str = ""


Find = Callable[[str, str], Awaitable[Sequence[FilterChoice]]]


class _Line(LineField):
    """The typed line; the bar looks at each key first."""

    def on_key(self, event: events.Key) -> None:
        """Keys that choose do not reach the text."""
        bar = self.screen
        if isinstance(bar, FilterBar) and bar.take_key(event):
            event.stop()
            event.prevent_default()


class FilterBar(Dialog[FilterChoice | None]):
    """Leaves with the choice that was made, or None. `find` is asked with a part's name ("" for all) and the text."""

    HELP = (
        "数字选按什么筛，再选哪一个；也可直接打汉字或拼音首字母，马上列出。0 去掉这一项。"
        "要几个用空格逐个选上再按 Enter。条件可以叠加；回到清单按退格一起清掉。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "返回", show=False, priority=True)]

    def __init__(self, title: str, parts: Sequence[FilterPart], find: Find) -> None:
        super().__init__()
        self.words, self.parts, self.find = title, tuple(parts), find
        self.part: FilterPart | None = None
        self.marked: list[str] | None = None  # the values marked with Space; None while none was
        self._found: list[FilterChoice | FilterPart] = []
        self._question = 0

    def compose(self) -> ComposeResult:
        """What is asked for, the line, the choices, how."""
        with Vertical(classes="dialog"):
            yield Words(self.words, id="asks", classes="dialog--title")
            yield _Line(placeholder="或直接打：待核查、yq（逾期）、紫鹃园……")
            choices = Choices()
            choices.can_focus = False
            yield choices
            yield Words(HOW, id="how", classes="dialog--how")

    def on_mount(self) -> None:
        """The parts first."""
        self._show_parts()
        self.query_one(LineField).focus()

    def _show_parts(self) -> None:
        self.part = None
        self.marked = None
        self.query_one("#asks", Words).say(self.words)
        self.query_one("#how", Words).say(HOW)
        self._offer(self.parts)

    def _offer(self, found: Sequence[FilterChoice | FilterPart], cursor: int = 0) -> None:
        self._found = list(found)
        self.query_one(Choices).set_options([self._option(one) for one in found], cursor)

    def _option(self, one: FilterChoice | FilterPart) -> Option:
        if isinstance(one, FilterPart):
            return Option(one.label, one.words)
        mark = ""
        if self.marked is not None:
            mark = TAKEN if one.value in self.marked else ""
        elif self.part is not None and one.value in self.part.value.split(","):
            mark = NOW
        return Option(one.title, "　".join(words for words in (mark, one.detail) if words))

    # -- keys -----------------------------------------------------------------------------------------------

    def take_key(self, event: events.Key) -> bool:
        """Whether the key was for the choices."""
        choices, line = self.query_one(Choices), self.query_one(LineField)
        digit = digit_of(event.key)
        if digit == 0 and not line.value and self.part is not None and self.part.words:
            self.dismiss(FilterChoice(self.part.name, "", ""))
            return True
        if digit is not None and not (line.value and self._digits_are_text()):
            return choices.take_digit(digit)
        if event.key in ("down", "up"):
            choices.action_step(1 if event.key == "down" else -1)
        elif event.key in ("pagedown", "pageup"):
            choices.action_turn(1 if event.key == "pagedown" else -1)
        elif event.key == "space" and self.part is not None and self.part.several:
            self._toggle(choices.cursor)
        elif event.key == "enter" and self.marked is not None and self.part is not None:
            self.dismiss(FilterChoice(self.part.name, ",".join(self.marked), ""))
        elif event.key == "enter":
            choices.action_take()
        elif event.key == "backspace" and not line.value and self.part is not None:
            self._show_parts()
        else:
            return False
        return True

    def _digits_are_text(self) -> bool:
        """A period is written with digits: `近7天`, `从11-1到11-24`."""
        return self.part is not None and self.part.name == "period"

    def _toggle(self, index: int) -> None:
        """Mark a value, or no longer; the first mark comes beside what the part is set to now."""
        if self.part is None or index >= len(self._found):
            return
        one = self._found[index]
        assert isinstance(one, FilterChoice)
        if self.marked is None:
            self.marked = self.part.value.split(",") if self.part.value else []
        if one.value in self.marked:
            self.marked.remove(one.value)
        else:
            self.marked.append(one.value)
        if self.query_one(LineField).value:
            self._empty_line()
            self._ask("")
        else:
            self._offer(self._found, index)
            self._say_how()

    def _empty_line(self) -> None:
        with self.prevent(Input.Changed):
            self.query_one(LineField).value = ""

    def action_back(self) -> None:
        """From a part's values to the parts, from those away."""
        if self.part is None and not self.query_one(LineField).value:
            self.dismiss(None)
            return
        self._empty_line()
        self._question += 1
        self._show_parts()

    def on_choices_taken(self, event: Choices.Taken) -> None:
        """A part opens its values; a value is the answer."""
        event.stop()
        chosen = self._found[event.index]
        if isinstance(chosen, FilterChoice):
            if self.marked is not None:
                self._toggle(event.index)
            else:
                self.dismiss(chosen)
            return
        self.part = chosen
        said = f"{self.words}　{chosen.label}{f'，现在是{chosen.words}' if chosen.words else ''}"
        self.query_one("#asks", Words).say(said)
        self._ask("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each change is a new question."""
        event.stop()
        self._ask(event.value.strip())

    def _ask(self, text: str) -> None:
        self._question += 1
        if not text and self.part is None:
            self._show_parts()
        else:
            self.run_worker(self._answer(text, self._question), exit_on_error=False)

    async def _answer(self, text: str, question: int) -> None:
        # Digits and Enter typed ahead are for what is about to be found
        with getattr(self.app, "holding_keys", contextlib.nullcontext)():
            found = list(await self.find(self.part.name if self.part else "", text))
        if question != self._question or not self.is_attached:
            return
        self._offer(found)
        self._say_how(text)

    def _say_how(self, text: str = "") -> None:
        """What the keys do now, or that nothing was found for the text."""
        how = HOW_SEVERAL if self.part is not None and self.part.several else HOW
        if not self._found:
            how = f"✗ {NOTHING_FOUND.format(text=text)}"
        elif self.marked is not None:
            how = HOW_MARKED.format(what=f"就筛这{len(self.marked)}项" if self.marked else "不限")
        elif self.part is not None and self.part.words:
            how = f"0 不限　{how}"
        if self._digits_are_text():
            how = f"{how}\n也可以写：近7天，从11-1到11-24"
        self.query_one("#how", Words).say(how)
