"""决定跟办: what an area's meetings decided and is not done, the longest due first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult

from dutydesk.rules.meetings import followup
from dutydesk.rules.meetings.followup import DecisionLine
from dutydesk.rules.meetings.life import DECISION_BY_ACT
from dutydesk.screens.handling import handle_case
from dutydesk.screens.meetings.acting_list import ActingList, Deed
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.frame import Words
from dutydesk.widgets.window_list import Column, WindowList


@dataclass(frozen=True)
class DecisionRow:
    """A decision on the screen."""

    key: int
    line: DecisionLine


COLUMNS = (
    Column("", 2, lambda row: "!" if row.line.late else ""),
    Column("谁", 16, lambda row: row.line.who),
    Column("做什么", 20, lambda row: row.line.what, flex=True),
    Column("何时前", 8, lambda row: f"{row.line.due_on.month}月{row.line.due_on.day}日"),
    Column("现在", 20, lambda row: row.line.stands),
)


class DecisionsScreen(ActingList):
    """Open decisions of an area; Enter opens the case."""

    NAME = "决定跟办"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "看案件"), ("F1", "帮助"))
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed(1, "办了", "finish", "写明怎么办的"),
        Deed(2, "不再办", "drop", "写明为什么"),
        Deed(3, "看案件", "look"),
    )
    HELP = "例会上定下、还没办的。所列案件都销项的，下次拟议程时自动记为办了；没列案件的，办了按 1。没办的下次会上排在最前。"

    def __init__(self, area_id: int, area: str) -> None:
        super().__init__()
        self.area_id, self.area = area_id, area

    def body(self) -> ComposeResult:
        """The decisions, the one under the cursor in full."""
        yield WindowList(COLUMNS, empty_text="没有在办的决定。")
        yield Words("", id="shift-line")

    async def read(self) -> None:
        """What is open."""
        rows = await self.ask(followup.open_in, self.area_id)
        if rows is not None:
            await self.put([DecisionRow(line.id, line) for line in rows])
            if self.is_attached:
                self.show_title(self.area)
                self.show_deeds("看案件")

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """The decision in full."""
        line: DecisionLine | None = event.row.line if event.row else None
        cases = "　".join(f"{number} {state.label}" for _, number, state in line.cases) if line else ""
        self.query_one("#shift-line", Words).say(f"{line.who}：{line.what}\n{cases}" if line else "")

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter opens the case."""
        self.do_deed(self.DEEDS[2])

    def why_not(self, deed: Deed) -> str:
        """All of it is about a decision."""
        return "" if self.row is not None else "没有在办的决定。"

    async def _take(self, act: str) -> None:
        way, line = DECISION_BY_ACT[act], self.row.line
        said = await self.show(AskText(f"{line.who}：{line.what}　{way.hint}"))
        if said is None:
            return
        if await self.do(followup.perform, line.id, act, {"text": said}, self.new_act()) is not None:
            self.say(f"已记为“{way.name}”。", "good")
            await self.read()

    async def finish(self) -> None:
        """Done."""
        await self._take("finish")

    async def drop(self) -> None:
        """Not any more."""
        await self._take("drop")

    async def look(self) -> None:
        """Its case."""
        cases = self.row.line.cases
        if not cases:
            await self.show(TextPage(self.row.line.who, f"{self.row.line.what}\n没有列案件，办了按 1。"))
            return
        issue_id = cases[0][0]
        if len(cases) > 1:
            options = [Action(each, number, state.label) for each, number, state in cases]
            chosen = await self.show(ActionMenu(self.row.line.what, options))
            if chosen is None:
                return
            issue_id = chosen
        await handle_case(self, issue_id)
