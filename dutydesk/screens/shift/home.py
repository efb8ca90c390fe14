"""值班: one page for the shift; each line opens what it names, digits open its parts."""

from __future__ import annotations

from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.screen import Screen

from dutydesk.rules import shift_board
from dutydesk.screens.shift.page import HandoverScreen
from dutydesk.screens.whole_list import WholeListScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.given import Given
from dutydesk.widgets.window_list import Column, WindowList

COLUMNS = (
    Column("", 10, lambda row: ("! " if row.pressing else "  ") + row.section),
    Column("事项", 20, lambda row: row.text, flex=True),
    Column("", 22, lambda row: row.note),
)


class ShiftScreen(WholeListScreen):
    """The shift. `target` opens one of its parts at once."""

    NAME = "值班"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "交接班"),
        ("2", "值班小结"),
        ("3", "值班表"),
        ("4", "先行联系"),
        ("5", "换班"),
        ("Enter", "打开"),
        ("F1", "帮助"),
    )
    HELP = "值班的事都在这一页：光标移到哪一行，按 Enter 打开。行首的 ! 表示等您办。"

    def __init__(self, target: str = "") -> None:
        super().__init__()
        self.target = target

    def body(self) -> ComposeResult:
        """The list."""
        yield WindowList(COLUMNS, empty_text="")

    def signed_on(self) -> None:
        """Read the page, and open the part that was asked for."""
        super().signed_on()
        target, self.target = self.target, ""
        if target:
            self.open_part(target)

    async def read(self) -> None:
        """What there is to do about shifts."""
        rows = await self.ask(shift_board.board)
        if rows is not None:
            await self.put(rows)

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter opens what the line names."""
        self.open_part(event.row.key)

    def on_key(self, event: events.Key) -> None:
        """Digits open the parts."""
        parts = {1: self._page_to_see(), 2: "summary", 3: "roster", 4: "contact", 5: "swaps"}
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit in parts:
            self.open_part(parts[digit])
        else:
            self.say(f"这里按 {digit} 没有用；可用的见下面一行。", "bad")

    def _page_to_see(self) -> str:
        """A page that waits for this person's signature comes before the own one."""
        source = self.query_one(WindowList).source
        rows = source.rows if isinstance(source, Given) else []
        return next((row.key for row in rows if row.pressing and row.key.startswith("page:")), "page:0")

    @work(exclusive=True, group="part")
    async def open_part(self, part: str) -> None:
        """Open a part over this page."""
        kind, _, key = part.partition(":")
        with self.desk_app.holding_keys():
            if (screen := _screen(kind, key)) is not None:
                await self.app.push_screen(screen)


def _screen(kind: str, key: str) -> Screen[object] | None:
    if kind == "page":
        return HandoverScreen(int(key or 0))
    if kind == "summary":
        from dutydesk.screens.shift.summary import SummaryScreen

        return SummaryScreen()
    if kind == "roster":
        from dutydesk.screens.shift.roster import RosterScreen

        return RosterScreen(key)
    if kind == "contact":
        from dutydesk.screens.shift.contact import ContactScreen

        return ContactScreen()
    if kind == "swaps":
        from dutydesk.screens.shift.swapping import SwapsScreen

        return SwapsScreen(int(key or 0))
    return None
