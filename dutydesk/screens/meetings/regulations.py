"""本单位规定: limits, weights, roles and words for meetings and letters, each with since when; changed by the coordinator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult

from dutydesk.rules.meetings import regulations
from dutydesk.rules.meetings.regulations import RegulationLine
from dutydesk.screens.meetings.acting_list import ActingList, Deed
from dutydesk.screens.meetings.asking import MeetingForm
from dutydesk.session import Session
from dutydesk.widgets.frame import Words
from dutydesk.widgets.window_list import Column, WindowList


@dataclass(frozen=True)
class RegulationRow:
    """A regulation on the screen."""

    key: str
    line: RegulationLine


def _since(row: RegulationRow) -> str:
    since = row.line.since
    return f"{since.year}年{since.month}月{since.day}日" if since else "自带，没有改过"


COLUMNS = (
    Column("", 8, lambda row: row.line.group),
    Column("规定", 26, lambda row: row.line.name),
    Column("现在", 20, lambda row: row.line.value, flex=True),
    Column("何时起", 14, _since),
)


class RegulationsScreen(ActingList):
    """The settings of the office, one a line; Enter or 1 changes the one under the cursor."""

    NAME = "本单位规定"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "改这一项"), ("F1", "帮助"))
    DEEDS: ClassVar[tuple[Deed, ...]] = (Deed(1, "改", "change", "今天起用，记入审计"),)
    HELP = (
        "例会和约请的期限、分工、轻重、文书写法，文件没有规定，都是本单位自己的设置，不是法规。\n"
        "“自带”是值班台装好时的值。由街镇协调员改：光标移到一项，按 Enter 或 1，写新的，F10 起用。\n"
        "改了从今天起算，已经定下的日期、已编的号、已审签的纪要不变；谁改的、原来怎样，在审计里。\n"
        "约请函的单位名称、标题、文号在条块约请的“公文写法”里改。"
    )

    def body(self) -> ComposeResult:
        """Whose they are, the list, the one under the cursor in full."""
        yield Words("", id="shift-head")
        yield WindowList(COLUMNS, empty_text="")
        yield Words("", id="shift-line")

    async def read(self) -> None:
        """All of them."""
        found = await self.ask(regulations.of_office)
        if found is None or not self.is_attached:
            return
        await self.put([RegulationRow(line.known_as, line) for line in found])
        if not self.is_attached:
            return
        who = "您可以改" if regulations.may_change(self.session) else "由街镇协调员改"
        self.query_one("#shift-head", Words).say(f"都是本单位的设置，{who}；改动记入审计")
        self._tell()

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """The whole of it."""
        self._tell()

    def _tell(self) -> None:
        row: RegulationRow | None = self.row
        if row is None:
            return
        by = f"　{row.line.by}改" if row.line.by else ""
        told = f"{row.line.group}·{row.line.name}：{row.line.value}\n{_since(row)}{by}　{row.line.hint}"
        self.query_one("#shift-line", Words).say(told)
        self.show_deeds("改这一项" if regulations.may_change(self.session) else "")

    def why_not(self, deed: Deed) -> str:
        """The coordinator's alone."""
        return "" if regulations.may_change(self.session) else "本单位规定由街镇协调员改。"

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter changes it."""
        self.do_deed(self.DEEDS[0])

    async def change(self) -> None:
        """Written anew, from today on."""
        line: RegulationLine = self.row.line

        def rule(session: Session, typed: dict[str, object], act_id: str) -> bool:
            regulations.change(session, line.known_as, str(typed["value"]), act_id)
            return True

        head = f"{line.group}·{line.name}，现在：{line.value}\n{line.hint}"
        if await self.show(MeetingForm("改规定", head, "RegulationForm", rule)):
            await self.read()
            self.say(f"“{line.name}”已改，今天起用。", "good")
