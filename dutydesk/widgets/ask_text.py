"""One line of text asked for in a dialog: a reason, a note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from dutydesk.text import LINE_LIMIT, clean
from dutydesk.widgets.dialog import Dialog
from dutydesk.widgets.frame import Words
from dutydesk.widgets.typing_fields import LineField, PasteCut


class AskText(Dialog[str | None]):
    """Leaves with the text, at least two characters of it, or None. Usual answers are picked with ↓ or ↑."""

    HELP = "打字，至少两个字；Enter 或 F10 确定，Esc 不填、返回。下面写着“换常用语”时，↓↑ 换一句现成的。"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "返回", show=False),
        Binding("f10", "take", "确定", show=False),
    ]

    def __init__(
        self,
        title: str,
        usual: Sequence[str] = (),
        value: str = "",
        limit: int = LINE_LIMIT,
        edit: bool = False,
    ) -> None:
        """What is suggested as `value` is selected: typing replaces it, or with `edit` adds to it.

        `limit`: characters at most.
        """
        super().__init__()
        self.edit = edit
        self.words, self.usual, self.value, self.limit = title, list(usual), value[:limit], limit

    def compose(self) -> ComposeResult:
        """Title, line, how."""
        with Vertical(classes="dialog"):
            yield Words(self.words, classes="dialog--title")
            short = {"max_length": self.limit} if self.limit < LINE_LIMIT else {}
            yield LineField(self.value, paste_limit=self.limit, **short)
            how = "↓↑ 换常用语　" if self.usual else ""
            yield Words(f"{how}Enter 确定　Esc 返回", id="how", classes="dialog--how")

    def on_mount(self) -> None:
        """Keys go to the line, what is suggested there selected."""
        line = self.query_one(LineField)
        line.focus()
        if self.value and not self.edit:
            line.action_select_all()

    def on_paste_cut(self, event: PasteCut) -> None:
        """Say how much was taken."""
        event.stop()
        self.tell(f"{event.words}Enter 确定　Esc 返回")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes it when it is long enough."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """F10 as well: it saves everywhere."""
        text = clean(self.query_one(LineField).value)
        if len(text) < 2:
            self.tell("✗ 请至少写两个字。Esc 返回")
        else:
            self.dismiss(text)

    def on_key(self, event: events.Key) -> None:
        """The arrows go through the usual answers."""
        if self.usual and event.key in ("down", "up"):
            event.stop()
            line = self.query_one(LineField)
            at = self.usual.index(line.value) if line.value in self.usual else -1
            step = 1 if event.key == "down" else -1
            line.value = self.usual[(at + step) % len(self.usual)] if at >= 0 else self.usual[0]
            line.cursor_position = len(line.value)
