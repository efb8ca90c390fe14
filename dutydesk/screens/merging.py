"""并案 and 撤销并案: both cases with their stories next to each other (above each other at 80), then a digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from dutydesk.rules import case, issue_acts, merged
from dutydesk.rules.case import CaseSheet
from dutydesk.screens.base import DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.case_view import CaseView
from dutydesk.widgets.frame import Divider

BESIDE_FROM = 110
_OTHER = ""
_WHICH = "哪一件作主案？主案接着办，另一件并进去；两件的反映人都会得到反馈。"
_PART = "两件不是一回事就按 1 分开，各办各的；是一回事按 Esc。"


class PairScreen(DeskScreen):
    """Two cases; leaves with the digit that was pressed, one of those that mean something, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "switch_focus", "换一件翻看", show=False),
    ]

    def __init__(
        self, name: str, asks: str, first: CaseSheet, second: CaseSheet, digits: tuple[tuple[str, str], ...]
    ) -> None:
        super().__init__()
        self.named, self.asks, self.sheets, self.digits = name, asks, (first, second), digits

    def body(self) -> ComposeResult:
        """Both."""
        with Container(id="pair", classes="-wide" if self.app.size.width >= BESIDE_FROM else ""):
            yield CaseView(id="first")
            yield Divider()
            yield CaseView(id="second")

    def signed_on(self) -> None:
        """Show them, and what the digits do."""
        self.show_title(self.named)
        self.say(self.asks)
        self.show_keys(before=self.digits, after=[("↑↓ Tab", "翻看、换一件")])
        for view, sheet in zip(self.query(CaseView), self.sheets, strict=True):
            view.show(sheet)
        self.query_one("#first").focus()

    def action_switch_focus(self) -> None:
        """From one case to the other."""
        first = self.query_one("#first")
        (self.query_one("#second") if first.has_focus else first).focus()

    def on_key(self, event: events.Key) -> None:
        """A digit that means something ends it."""
        digit = digit_of(event.key)
        if digit is not None and str(digit) in dict(self.digits):
            event.stop()
            self.dismiss(digit)

    def on_resize(self) -> None:
        """Next to each other where there is room."""
        self.query_one("#pair").set_class(self.app.size.width >= BESIDE_FROM, "-wide")


async def merge_side_by_side(screen: DeskScreen, first_id: int, second_id: int) -> bool:
    """Look at both and say which one stays: 1 the first (left or above), 2 the second. Says whether it was done."""
    first = await screen.ask(case.case_sheet, first_id)
    second = await screen.ask(case.case_sheet, second_id)
    if first is None or second is None:
        return False
    digits = (("1", f"{first.number} 作主案"), ("2", f"{second.number} 作主案"))
    chosen = await screen.show(PairScreen("并案", _WHICH, first, second, digits))
    if chosen is None:
        return False
    main, other = (first, second) if chosen == 1 else (second, first)
    fields = {"target": main.number, "reason": "对照后认出是同一件"}
    done = await screen.do(issue_acts.perform, other.key, other.version, "merge", fields, screen.new_act())
    if done is None:
        return False
    screen.say(f"{done.number} 已{done.said}；反映人都要告知。", "good")
    return True


async def merge(screen: DeskScreen, sheet: CaseSheet) -> bool:
    """Choose the other one among those that look alike, or by number or words; then side by side."""
    other = await other_case(screen, sheet.key, sheet.number)
    return other is not None and await merge_side_by_side(screen, sheet.key, int(other.value))


async def other_case(
    screen: DeskScreen, issue_id: int, number: str, likely_first: bool = True
) -> Action[str] | None:
    """Which case another one goes with: its id as `value`, its number as `label`; None when left.

    Among those that look alike (`likely_first`), or by number or words.
    """
    text, asking = "", not likely_first
    while True:
        found = [] if asking else await screen.ask(merged.candidates, issue_id, text)
        if found is None:
            return None
        options = [Action(each.value, each.title, each.detail) for each in found]
        if text and not found:
            screen.say(f"没有找到“{text}”：可打编号（今年的只打序号），或问题里的两个字以上。", "bad")
        title = f"{number} 和哪一件并案？" + ("（相似的）" if found and not text else "")
        ask = Action(_OTHER, "打编号或字词找", "未结的问题")
        chosen = _OTHER if not options else await screen.show(ActionMenu(title, [*options, ask]))
        if chosen is None:
            return None
        if chosen != _OTHER:
            return next(each for each in options if each.value == chosen)
        none = "没有相似的。" if not asking and not text and not found else ""
        asks = f"{none}{number} 和哪一件并案？打编号（今年的只打序号），或问题里的字词"
        typed = await screen.show(AskText(asks, value=text))
        if typed is None:
            return None
        text, asking = typed, False


async def main_of_marked(screen: DeskScreen, rows: Sequence[tuple[int, str]]) -> str | None:
    """The number of the case that all of these (id, number) are merged into: one of them, or another; None when left."""
    options = [Action(number, number) for _, number in rows]
    ask = Action(_OTHER, "打编号或字词找", "不在选中的里面")
    chosen = await screen.show(ActionMenu(f"选中的 {len(rows)} 件，哪一件作主案？", [*options, ask]))
    if chosen != _OTHER:
        return chosen
    other = await other_case(screen, *rows[0], likely_first=False)
    return None if other is None else other.label


async def unmerge(screen: DeskScreen, sheet: CaseSheet) -> bool:
    """Look at both once more, then 1 parts them, with a reason."""
    from dutydesk.rules.lifecycle import BY_ACT
    from dutydesk.screens.handling import take_act

    main_id = await screen.ask(merged.main_of, sheet.key)
    main = await screen.ask(case.case_sheet, main_id) if main_id else None
    if main is None:
        return False
    digits = (("1", f"{sheet.number} 撤销并案"),)
    if await screen.show(PairScreen("撤销并案", _PART, sheet, main, digits)) is None:
        return False
    way = BY_ACT["unmerge"]
    return await take_act(screen, sheet, issue_acts.Choice(way.act, way.name, way.hint))
