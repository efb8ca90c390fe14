"""双周例会: the meetings of an area, what each waits for; digits open its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult

from dutydesk.meeting_words import MeetingKind, MeetingState
from dutydesk.rules import finding
from dutydesk.rules.meetings import listing
from dutydesk.rules.meetings.life import CALLED_OFF
from dutydesk.rules.meetings.listing import Board, MeetingLine
from dutydesk.screens.meetings.acting_list import ActingList, Deed
from dutydesk.screens.meetings.asking import extra_meeting, go, set_series
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage
from dutydesk.widgets.frame import Words
from dutydesk.widgets.window_list import Column, WindowList

_AT_ONCE = ("draft", "begin", "submit", "sign", "return", "add", "end", "resume")  # done on the other pages


@dataclass(frozen=True)
class MeetingRow:
    """A meeting on the screen, under the word that says when it is."""

    key: int
    section: str
    line: MeetingLine


def _mark(row: MeetingRow) -> str:
    pressing = row.line.state in (MeetingState.RUNNING, MeetingState.REVIEW) or "已到时间" in row.line.turn
    return ("! " if pressing else "  ") + row.section


COLUMNS = (
    Column("", 8, _mark),
    Column("时间", 25, lambda row: row.line.when),
    Column("会议", 14, lambda row: row.line.title, flex=True),
    Column("地点", 12, lambda row: row.line.place, from_width=100),
    Column("现在", 18, lambda row: row.line.turn),
)


class MeetingsScreen(ActingList):
    """An area's meetings. `target` is a meeting's id, opened at once."""

    NAME = "双周例会"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "打开"), ("F1", "帮助"))
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed(1, "议程", "agenda", "从台账拟出，调顺序，增删"),
        Deed(2, "开会", "run", "单元先说，签到，逐项议"),
        Deed(3, "纪要", "minutes", "看、送审、审签、Word"),
        Deed(4, "决定", "decisions", "本片区还没办的"),
        Deed(5, "改期取消", "change", "改期、取消、免开、并会"),
        Deed(6, "加开", "extra", "专题会、协调会"),
        Deed(7, "排日期", "series", "星期几、几点、在哪里"),
        Deed(8, "统计", "figures", "按时召开、到会、决定按期办结"),
        Deed(9, "换片区", "area", "看别的片区"),
        Deed(0, "规定", "regulations", "期限、分工、轻重、文书写法：本单位的设置"),
    )
    HELP = (
        "上面是正在开的、下一次的，然后是待了结的（纪要没审签）、待开的、开过的。光标移到哪一次，按 Enter 打开。\n"
        "1 议程：第一次打开就从台账拟好；里面可出通知（Word 和文字）。2 开会：单元先说、签到、逐项议、记纪要、作决定。\n"
        "3 纪要：整理、送审、审签，出 Word。4 决定：谁办、何时前、到哪一步。5 改期、取消、免开、并会，都要写理由，议程不会丢。\n"
        "6 加开专题会、条块约请协调会。7 排日期：定星期几、隔几周，排出几个月，避开节假日。8 统计。9 看别的片区。\n"
        "0 本单位规定：期限、分工、议程轻重、文书写法，都是本单位的设置，由街镇协调员改。"
    )

    def __init__(self, target: str = "") -> None:
        super().__init__()
        self.target = int(target) if target.isdecimal() else 0
        self.area_id: int | None = None
        self.board: Board | None = None

    def body(self) -> ComposeResult:
        """The area, its meetings, the one under the cursor."""
        yield Words("", id="shift-head")
        yield WindowList(COLUMNS, empty_text="还没有排会。按 7 排双周例会的日期，或按 6 加开一次。")

    def signed_on(self) -> None:
        """Read, and open the meeting that was asked for."""
        super().signed_on()
        target, self.target = self.target, 0
        if target:
            self.open_meeting(target)

    async def read(self) -> None:
        """The area's meetings."""
        found = await self.ask(listing.board, self.area_id)
        if found is None or not self.is_attached:
            return
        self.board = found
        on = tuple(line for line in found.now if line.state is MeetingState.RUNNING)
        sections = (  # the cursor begins at what a digit is most likely meant for
            ("正在开", on),
            ("下一次", found.coming[:1]),
            ("待了结", tuple(line for line in found.now if line not in on)),
            ("待开", found.coming[1:]),
            ("开过", found.past),
        )
        await self.put([MeetingRow(line.id, name, line) for name, lines in sections for line in lines])
        if not self.is_attached:
            return
        self.show_title(found.area)
        late = f"，过期{found.late_decisions}项" if found.late_decisions else ""
        decided = f"在办的决定{found.open_decisions}项{late}" if found.open_decisions else "没有在办的决定"
        self.query_one("#shift-head", Words).say(f"{found.area}　{decided}　按 0 看本单位规定")
        self.show_deeds("打开")

    def why_not(self, deed: Deed) -> str:
        """Most of it is about the meeting under the cursor."""
        row, board = self.row, self.board
        if board is None:
            return "正在读，请稍等。"
        if deed.method in ("extra", "series") and not board.may_prepare:
            return "会议由本片区的值班员、片区长排。"
        if deed.method in ("agenda", "run", "minutes", "change") and row is None:
            return "还没有会。按 7 排日期，或按 6 加开一次。"
        return ""

    # -- opening ----------------------------------------------------------------------------------------------

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter opens what the meeting is about now."""
        self.open_row(event.row)

    @work(exclusive=True, group="act")
    async def open_row(self, row: MeetingRow) -> None:
        """The agenda before it, the meeting itself, the minutes after it; the story of one that was called off."""
        with self.desk_app.holding_keys():
            await self._open(row.line.id, row.line.state)

    @work(exclusive=True, group="act")
    async def open_meeting(self, meeting_id: int) -> None:
        """The same, by id."""
        with self.desk_app.holding_keys():
            found = await self.ask(listing.sheet, meeting_id)
            if found is not None:
                await self._open(found.id, found.state)

    async def _open(self, meeting_id: int, state: MeetingState) -> None:
        if state is MeetingState.PLANNED:
            await self._agenda(meeting_id)
        elif state is MeetingState.RUNNING:
            await self._run(meeting_id)
        elif state in CALLED_OFF:
            await self._story(meeting_id)
        else:
            await self._minutes(meeting_id)

    async def _agenda(self, meeting_id: int) -> None:
        from dutydesk.screens.meetings.agenda import open_agenda

        await open_agenda(self, meeting_id)

    async def _run(self, meeting_id: int) -> None:
        from dutydesk.screens.meetings.running import open_running

        await open_running(self, meeting_id)

    async def _minutes(self, meeting_id: int) -> None:
        from dutydesk.screens.meetings.minutes import MinutesScreen

        await self.app.push_screen(MinutesScreen(meeting_id))

    async def _story(self, meeting_id: int) -> None:
        found = await self.ask(listing.sheet, meeting_id)
        if found is None:
            return
        lines = [f"{found.when}　{found.place}　{found.state.label}：{found.reason}"]
        lines += [f"并到 {found.joined}"] if found.joined else []
        lines += ["", *(f"{step.when} {step.who} {step.what}　{step.text}" for step in found.story)]
        await self.show(TextPage(found.title, "\n".join(lines)))

    # -- digits -----------------------------------------------------------------------------------------------

    async def agenda(self) -> None:
        """议程."""
        await self._agenda(self.row.key)

    async def run(self) -> None:
        """开会."""
        await self._run(self.row.key)

    async def minutes(self) -> None:
        """纪要."""
        await self._minutes(self.row.key)

    async def decisions(self) -> None:
        """What is not done."""
        from dutydesk.screens.meetings.decisions import DecisionsScreen

        assert self.board is not None
        await self.app.push_screen(DecisionsScreen(self.board.area_id, self.board.area))

    async def change(self) -> None:
        """改期、取消、免开、并会、改主持人, or 恢复."""
        await change_meeting(self, self.row.key)
        await self.read()

    async def extra(self) -> None:
        """加开一次."""
        assert self.board is not None
        meeting_id = await extra_meeting(self, self.board.area_id, self.board.area)
        if meeting_id is not None:
            await self.read()
            await self.query_one(WindowList).show(meeting_id)
            self.say("已排进去。按 1 看议程。", "good")

    async def series(self) -> None:
        """排日期."""
        assert self.board is not None
        if await set_series(self, self.board.area_id, self.board.area):
            await self.read()
            assert self.board is not None
            many = sum(line.kind is MeetingKind.BIWEEKLY for line in self.board.coming)
            self.say(f"已排好，待开{many}次双周例会。节假日已避开。", "good")

    async def figures(self) -> None:
        """统计."""
        from dutydesk.screens.meetings.figures import show_figures

        await show_figures(self)

    async def regulations(self) -> None:
        """本单位规定."""
        from dutydesk.screens.meetings.regulations import RegulationsScreen

        await self.app.push_screen(RegulationsScreen())

    async def area(self) -> None:
        """Another area."""
        from dutydesk.widgets.picker import Choice, PickOne

        async def search(text: str) -> list[Choice]:
            rows = await self.desk.read(finding.areas, text)
            return [Choice(row.value, row.title, row.detail, row.sure) for row in rows]

        chosen = await self.show(PickOne("看哪个片区的会？", search, "片区名称或拼音首字母"))
        if chosen is None:
            return
        before, self.area_id = self.area_id, int(chosen.value)
        found = await self.ask(listing.board, self.area_id)
        if found is None:
            self.area_id = before
        else:
            await self.read()


async def change_meeting(screen: ActingList, meeting_id: int) -> bool:
    """The ways of a meeting that are not gone on another page; says whether one was gone."""
    found = await screen.ask(listing.sheet, meeting_id)
    if found is None:
        return False
    choices = [way for way in found.ways if way.act not in _AT_ONCE]
    if not choices:
        screen.say(
            f"这次会议现在是“{found.state.label}”，没有可改的；改期、取消由片区的值班员、片区长办。", "bad"
        )
        return False
    options = [Action(way, way.name, way.hint) for way in choices]
    way = await screen.show(ActionMenu(f"{found.title}　{found.when}", options))
    return way is not None and await go(screen, found, way)
