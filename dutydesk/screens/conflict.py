"""Two people on one case: what the other one changed, field by field, beside what was typed here; the later decides.

Above each other, since two columns of Chinese leave no room at 80: as it was when it was read, as it is now, as typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.strip import Strip

from dutydesk.rules.clashes import Clash
from dutydesk.screens.base import DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.cells import Line, cut, strip_of, wrap
from dutydesk.widgets.choices import MARK, NO_MARK
from dutydesk.widgets.dialog import Dialog
from dutydesk.widgets.frame import LineWidget, Words

MINE, THEIRS = 1, 2
_INDENT = "    "
_LABEL_COLUMNS = 12
_HOW = "1 用我填的　2 用现在的　↑↓ 换项　F10 按所选保存　Esc 回到表单"
_NOTHING_MINE = "您填的和这些改动不相干。F10 仍按您填的保存　Esc 回到表单再看"


async def show_conflict(
    screen: DeskScreen, number: str, words: str, clashes: Sequence[Clash]
) -> dict[str, str] | None:
    """Let the person decide field by field; the values that the form is to take over, None to go back to the form.

    An empty answer saves what was typed as it is. A field that was left as it had been read takes what is there now
    by itself: nobody's change is undone by a form that only had it before its eyes.
    """
    return await screen.show(ConflictScreen(number, words, clashes))


class Decisions(LineWidget, can_focus=True):
    """The fields that differ, each with what was chosen for it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "上一项", show=False),
        Binding("down,j,tab", "step(1)", "下一项", show=False),
    ]

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__()
        self.clashes = list(clashes)
        self.chosen = {place: MINE for place, clash in enumerate(clashes) if clash.own}
        self.cursor = min(self.chosen, default=0)
        self.top = 0

    def taken_over(self) -> dict[str, str]:
        """The form's fields that take what is there now."""
        return {
            clash.field: clash.value
            for place, clash in enumerate(self.clashes)
            if clash.field and self.chosen.get(place) != MINE
        }

    def action_step(self, lines: int) -> None:
        """Another field."""
        self.cursor = min(max(self.cursor + lines, 0), len(self.clashes) - 1)
        self.refresh()

    def on_key(self, event: events.Key) -> None:
        """1 and 2 decide the field under the cursor, and go on to the next that is to be decided."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit in (MINE, THEIRS) and self.cursor in self.chosen:
            self.chosen[self.cursor] = digit
            self.cursor = min((place for place in self.chosen if place > self.cursor), default=self.cursor)
            self.refresh()

    def _lines(self, width: int) -> tuple[list[Line], list[int]]:
        """All lines, and where each field begins."""
        lines: list[Line] = []
        begins = []
        for place, clash in enumerate(self.clashes):
            begins.append(len(lines))
            here = place == self.cursor
            head = (MARK if here else NO_MARK) + clash.label
            if place in self.chosen:
                head += "　→ 用我填的" if self.chosen[place] == MINE else "　→ 用现在的"
            elif clash.field:
                head += "　您没有改，用现在的"
            lines.append(((cut(head, width), self.look("cursor") if here else self.look()),))
            said = [("打开时：", clash.was), ("现在是：", f"{clash.now}（{clash.by}）")]
            if clash.own:
                said.append(("我填的：", clash.typed))
            for label, text in said:
                dim = self.look("dim") if label == "打开时：" else self.look()
                for number, line in enumerate(wrap(text, width - _LABEL_COLUMNS)):
                    lines.append(((_INDENT + (label if number == 0 else " " * 8) + line, dim),))
        return lines, [*begins, len(lines)]

    def render_line(self, y: int) -> Strip:
        """Lines such that the field under the cursor is in sight."""
        width, height = self.size
        lines, begins = self._lines(width)
        begin, end = begins[self.cursor], begins[self.cursor + 1]
        self.top = max(min(self.top, begin), end - height, 0)
        index = self.top + y
        return strip_of(lines[index] if index < len(lines) else (), width, self.look())


class ConflictScreen(Dialog[dict[str, str] | None]):
    """Both versions; leaves with what the form takes over, or None."""

    HELP = (
        "别人先存了一版，您的还没有存。↑↓ 到一项，1 用您填的，2 用现在的；F10 按所选保存。"
        "Esc 回到表单，您填的都在。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "返回", show=False),
        Binding("f10,enter", "save", "保存", show=False),
    ]

    def __init__(self, number: str, words: str, clashes: Sequence[Clash]) -> None:
        super().__init__()
        self.number, self.words = number, words
        self.clashes = tuple(clashes)

    def compose(self) -> ComposeResult:
        """Who was first with what; the fields; how."""
        with Vertical(classes="dialog dialog-large"):
            yield Words(f"{self.number} 填写期间，别人先改了", classes="dialog--title")
            yield Words(self.words, classes="dialog--body")
            if self.clashes:
                yield Decisions(self.clashes)
            else:
                yield Words("案情的内容没有变。")
            own = any(clash.own for clash in self.clashes)
            yield Words(_HOW if own else _NOTHING_MINE, id="how", classes="dialog--how")

    def on_mount(self) -> None:
        """Keys decide."""
        if self.clashes:
            self.query_one(Decisions).focus()

    def action_save(self) -> None:
        """Leave with what was decided."""
        self.dismiss(self.query_one(Decisions).taken_over() if self.clashes else {})
