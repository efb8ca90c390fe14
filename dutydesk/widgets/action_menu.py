"""What opens over a screen: a menu of actions, a question with a safe answer, a page of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget

from dutydesk.widgets.cells import lean, strip_of, wrap
from dutydesk.widgets.choices import Choices, Option, in_order
from dutydesk.widgets.dialog import Dialog
from dutydesk.widgets.frame import Words

T = TypeVar("T")

NO_TYPING = "✗ 这里不能打字，打的没有留下。按数字或 ↑↓ 选，Enter 确定；Esc 返回"


@dataclass(frozen=True)
class Action(Generic[T]):
    """An entry of the menu; with a `disabled_reason` it is shown, and says why it cannot be done now.

    `place` is its page and its digit there, where it has the same in every menu.
    """

    value: T
    label: str
    hint: str = ""
    disabled_reason: str = ""
    place: tuple[int, int] | None = None


class ActionMenu(Dialog[T | None]):
    """Numbered actions: digits, or arrows and Enter, choose; Esc leaves with None."""

    HELP = "按数字就选那一项，或 ↑↓ 移到它再按 Enter。打✗的现在不能办，选它会说为什么；9 下一页。Esc 不选，返回。"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "返回", show=False)]

    def __init__(self, title: str, actions: Sequence[Action[T]]) -> None:
        super().__init__()
        self.words = title
        self.actions = tuple(actions)

    def compose(self) -> ComposeResult:
        """Title, entries, a line that says how."""
        with Vertical(classes="dialog"):
            yield Words(self.words, classes="dialog--title")
            options = [Option(a.label, a.hint, a.disabled_reason, a.place) for a in self.actions]
            yield Choices(options, next(iter(in_order(options)), 0))
            yield Words("数字或 ↑↓ 与 Enter 选择　Esc 返回", id="how", classes="dialog--how")

    def on_mount(self) -> None:
        """Keys go to the entries."""
        self.query_one(Choices).focus()

    def on_key(self, event: events.Key) -> None:
        """A letter that finds nothing: whoever types a name here is told that it goes nowhere."""
        if (event.character or "").isalpha() and (event.character or "").isascii():
            self.tell(NO_TYPING)

    def on_choices_taken(self, event: Choices.Taken) -> None:
        """Leave with the action's value."""
        self.dismiss(self.actions[event.index].value)

    def on_choices_refused(self, event: Choices.Refused) -> None:
        """Say why not, and stay."""
        self.tell(f"✗ 现在不能：{event.reason}")


class Confirm(Dialog[bool]):
    """A question; 1 does it, 2 does not. Enter and Esc are the safe answer until the arrows say otherwise."""

    HELP = "1 就办；2、Esc 或现在就按 Enter 都是不办，什么也不变。也可按 ↑ 移到上面一项，再按 Enter 办。"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "返回", show=False)]

    def __init__(
        self, title: str, lines: Sequence[str] = (), yes: str = "确定", no: str = "不，返回"
    ) -> None:
        super().__init__()
        self.words = title
        self.lines = tuple(lines)
        self.yes, self.no = yes, no

    def compose(self) -> ComposeResult:
        """Title, what is at stake, both answers."""
        with Vertical(classes="dialog"):
            yield Words(self.words, classes="dialog--title")
            if self.lines:
                yield Words("\n".join(self.lines), classes="dialog--body")
            yield Choices([Option(self.yes), Option(self.no)], cursor=1)
            yield Words("数字或 ↑↓ 与 Enter 选择　Esc 返回", id="how", classes="dialog--how")

    def on_mount(self) -> None:
        """Keys go to the answers."""
        self.query_one(Choices).focus()

    def on_choices_taken(self, event: Choices.Taken) -> None:
        """True only for the first answer."""
        self.dismiss(event.index == 0)


class ScrollText(Widget, can_focus=True):
    """Plain text that scrolls by lines; `#how` on its screen says where one is in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "上", show=False),
        Binding("down,j", "scroll_by(1)", "下", show=False),
        Binding("pageup", "scroll_page(-1)", "上一页", show=False),
        Binding("pagedown,space", "scroll_page(1)", "下一页", show=False),
        Binding("home,g", "scroll_by(-999999)", "最前", show=False),
        Binding("end,G", "scroll_by(999999)", "最后", show=False),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.top = 0
        self._wrapped: tuple[int, list[str]] = (0, [])

    def put(self, text: str) -> None:
        """Another text, from its beginning."""
        self.text, self.top, self._wrapped = text, 0, (0, [])
        self.screen.query_one("#how", Words).say(self.where())
        self.refresh()

    def lines(self) -> list[str]:
        """The text broken at the width there is."""
        if self._wrapped[0] != self.size.width:
            self._wrapped = (self.size.width, wrap(self.text, self.size.width))
        return self._wrapped[1]

    def action_scroll_by(self, lines: int) -> None:
        """Move the text, not past its ends."""
        top = min(max(self.top + lines, 0), max(len(self.lines()) - self.size.height, 0))
        if top != self.top:
            self.top = top
            self.refresh()
            self.screen.query_one("#how", Words).say(self.where())

    def action_scroll_page(self, pages: int) -> None:
        """Move by what is in sight, less one line."""
        self.action_scroll_by(pages * max(self.size.height - 1, 1))

    def on_resize(self) -> None:
        """Other breaks: stay inside the text."""
        self.top = min(self.top, max(len(self.lines()) - self.size.height, 0))
        self.screen.query_one("#how", Words).say(self.where())
        self.refresh()

    def where(self) -> str:
        """Which lines are in sight, and how to go on."""
        count, last = len(self.lines()), min(self.top + self.size.height, len(self.lines()))
        place = f"第 {self.top + 1} 至 {last} 行，共 {count} 行　" if count > self.size.height else ""
        return f"{place}↑↓ PgUp PgDn 翻看　Esc 返回"

    def render_line(self, y: int) -> Strip:
        """One line of the text."""
        lines, index = self.lines(), self.top + y
        style = lean(self.rich_style)
        return strip_of(((lines[index] if index < len(lines) else "", style),), self.size.width)


class TextPage(Dialog[None]):
    """A page of plain text over the screen: help, a history, an explanation."""

    HELP = "↑↓ 一行行翻，PgUp PgDn 一页页翻，Home End 到头到尾；Esc 或 Enter 返回。"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter", "dismiss(None)", "返回", show=False)]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.words = title
        self.text = text

    def compose(self) -> ComposeResult:
        """Title, text, where one is in it."""
        with Vertical(classes="dialog dialog-large"):
            yield Words(self.words, classes="dialog--title")
            yield ScrollText(self.text)
            yield Words("", id="how", classes="dialog--how")

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(ScrollText).focus()
