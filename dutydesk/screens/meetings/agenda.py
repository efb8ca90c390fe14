"""The agenda: the next meeting's drafts itself as it is opened; digits order, cut, add, merge; the notice comes from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult

from dutydesk.meeting_words import ItemKind, ItemState, MeetingKind, MeetingState
from dutydesk.rules.meetings import agenda, items, listing, papers, ways
from dutydesk.rules.meetings.agenda import Agenda, ItemLine
from dutydesk.rules.meetings.listing import Sheet
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.handling import handle_case
from dutydesk.screens.meetings.acting_list import ActingList, Deed
from dutydesk.screens.meetings.asking import MeetingForm
from dutydesk.screens.meetings.home import change_meeting
from dutydesk.session import Session
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm, TextPage
from dutydesk.widgets.frame import Words
from dutydesk.widgets.window_list import Column, WindowList

_LATER: Final = "这不是下一次会，议程没有自动拟；现在就要从台账拟，按 8。"


async def open_agenda(screen: DeskScreen, meeting_id: int) -> None:
    """The agenda; that of the next meeting, where it was never drafted, is drafted first by who may.

    But that of a 专题会: it is about its own topic, and takes from the ledger only where that is asked for. So does
    that of a later meeting: until then the ledger is another.
    """
    found = await screen.ask(listing.sheet, meeting_id)
    if found is None:
        return
    said = ""
    topic = found.kind is MeetingKind.TOPIC
    if not found.drafted and not topic and any(way.act == "draft" for way in found.ways):
        said = await _drafted(screen, meeting_id) if found.is_next else _LATER
    await screen.app.push_screen(AgendaScreen(meeting_id, said))


async def _drafted(screen: DeskScreen, meeting_id: int) -> str:
    """Draft it; answers with what is to be said of that, nothing where it was not done."""
    if await screen.do(ways.perform, meeting_id, "draft", {}, screen.new_act()) is None:
        return ""
    found = await screen.ask(listing.sheet, meeting_id)
    said = found.story[-1].text if found and found.story else ""
    return f"议程已从台账拟好：{said}。按 7 出通知。"


@dataclass(frozen=True)
class ItemRow:
    """An item on the screen."""

    key: int
    line: ItemLine


def _place(row: ItemRow) -> str:
    return str(row.line.place) if row.line.place else "不议"


def _title(row: ItemRow) -> str:
    together = f"（并{len(row.line.with_it)}项）" if row.line.with_it else ""
    return row.line.title + together


COLUMNS = (
    Column("序", 4, _place),
    Column("缘由", 12, lambda row: row.line.kind.label),
    Column("议题", 20, _title, flex=True),
    Column("", 8, lambda row: row.line.mark),
    Column("分钟", 4, lambda row: str(row.line.minutes)),
)


class AgendaScreen(ActingList):
    """The agenda of one meeting; Enter opens an item's case, or what there is of it."""

    NAME = "议程"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "看这一项"), ("F1", "帮助"))
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed(1, "上移", "up"),
        Deed(2, "下移", "down"),
        Deed(3, "不议", "cut", "记着，下次再列；已经不议的放回来", moves_on=True),
        Deed(4, "并入上项", "merge", "一起议；已并的分开", moves_on=True),
        Deed(5, "加一项", "add"),
        Deed(6, "改题目", "reword", "题目和时长"),
        Deed(7, "出通知", "notice", "Word 和可贴的文字，放进发件夹"),
        Deed(8, "重拟", "draft", "新情况列进来，已经改的不动"),
        Deed(9, "改期免开", "change", "改期、取消、免开、并会"),
    )
    HELP = (
        "议程从台账自动拟出，按轻重排好，每项写着为什么列、约几分钟；Enter 看这一项的案子。\n"
        "前哨：上次会以来同一类、同一处的问题成堆出现，还没有变成投诉，先议一议根子在哪里。\n"
        "1 上移 2 下移 3 本次不议（下次会再列出来，并标明第几次）4 并入上一项 5 加一项 6 改题目和时长。\n"
        "7 出会议通知：Word 放进发件夹，文字可以贴到工作群。8 重拟：把新情况列进来，您改过的都留着。9 改期、取消、免开、并会。\n"
        "只有下一次会的议程打开时自动拟；更后面的会要先拟，按 8。轻重、分钟数、每种最多几项，都是本单位的设置。"
    )

    def __init__(self, meeting_id: int, said: str = "") -> None:
        """`said` is what there is to say of it once it is shown."""
        super().__init__()
        self.meeting_id, self.said = meeting_id, said
        self.sheet: Sheet | None = None
        self.found: Agenda | None = None

    def body(self) -> ComposeResult:
        """The meeting, its items, why the one under the cursor is there."""
        yield Words("", id="shift-head")
        yield WindowList(COLUMNS, empty_text="议程上还没有事项。按 5 加一项；要从台账拟按 8。")
        yield Words("", id="shift-line")

    # -- reading ----------------------------------------------------------------------------------------------

    async def read(self) -> None:
        """The agenda as it stands."""
        self.sheet = await self.ask(listing.sheet, self.meeting_id)
        if self.sheet is None or not self.is_attached:
            return
        await self._show()
        if self.said and self.is_attached:
            said, self.said = self.said, ""
            self.say(said, "good")

    async def _show(self) -> None:
        found = await self.ask(agenda.agenda, self.meeting_id)
        if found is None or not self.is_attached:
            return
        self.found = found
        await self.put([ItemRow(line.id, line) for line in (*found.listed, *found.cut)])
        if not self.is_attached or self.sheet is None:
            return
        self.show_title(self.sheet.title)
        self.query_one("#shift-head", Words).say(_head(self.sheet, found))
        self.show_deeds("看这一项")

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """Why it stands there, in full."""
        line: ItemLine | None = event.row.line if event.row else None
        self.query_one("#shift-line", Words).say(_told(line) if line else "")
        if self.sheet is not None:
            self.show_deeds("看这一项")

    def why_not(self, deed: Deed) -> str:
        """Most of it needs an item, and a meeting that is still to be held."""
        sheet = self.sheet
        if sheet is None:
            return "正在读，请稍等。"
        before = sheet.state in (MeetingState.PLANNED, MeetingState.RUNNING)
        if deed.method in ("up", "down", "cut", "merge", "reword"):
            if not before:
                return f"这次会议现在是“{sheet.state.label}”，议程不能再改。"
            return "" if self.row is not None else "议程上还没有事项。"
        if deed.method == "add" and not (before and sheet.may_add):
            return f"这次会议现在是“{sheet.state.label}”，不能再加议题。"
        if deed.method == "draft" and not any(way.act == "draft" for way in sheet.ways):
            return "议程由本片区的值班员、片区长在会前拟。"
        return ""

    def words_of(self, deed: Deed) -> str:
        """What is not to be spoken of is put back by the same key."""
        cut = self.row is not None and self.row.line.state is ItemState.CUT
        return "放回" if deed.method == "cut" and cut else deed.words

    # -- keys -------------------------------------------------------------------------------------------------

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter opens the item's case."""
        self.do_deed(Deed(0, "看", "look"))

    async def look(self) -> None:
        """The case of the item; where there are several, which; where there is none, what it is."""
        line: ItemLine = self.row.line
        rows = line.issues
        if not rows:
            await self.show(TextPage(line.title, _told(line)))
            return
        issue_id = rows[0].key
        if len(rows) > 1:
            options = [Action(row.key, f"{row.number} {row.place}", row.summary) for row in rows]
            chosen = await self.show(ActionMenu(line.title, options))
            if chosen is None:
                return
            issue_id = chosen
        await handle_case(self, issue_id)

    async def _item(self, act: str) -> None:
        """The cursor goes along with what moves, and stays where something goes."""
        assert self.found is not None
        line: ItemLine = self.row.line
        order = [each.id for each in (*self.found.listed, *self.found.cut)]
        place = order.index(line.id)
        after = order[min(place + 1, len(order) - 1)] if act in ("cut", "merge") else line.id
        done = await self.do(items.perform, line.id, act, {}, self.new_act())
        if done is not None:
            await self._show()
            await self.query_one(WindowList).show(after)

    async def up(self) -> None:
        """Sooner."""
        await self._item("up")

    async def down(self) -> None:
        """Later."""
        await self._item("down")

    async def cut(self) -> None:
        """Not this time; or back again."""
        await self._item("put_back" if self.row.line.state is ItemState.CUT else "cut")

    async def merge(self) -> None:
        """Spoken of with the one above; one that is merged is parted again."""
        line: ItemLine = self.row.line
        if not line.with_it:
            await self._item("merge")
            return
        options = [Action(0, "把这一项并入上一项"), Action(1, f"把并进来的分开（{'、'.join(line.with_it)}）")]
        chosen = await self.show(ActionMenu(line.title, options))
        if chosen == 0:
            await self._item("merge")
        elif chosen == 1:
            await self.do(items.part_all, line.id, self.new_act())
            await self._show()

    async def add(self) -> None:
        """A member's item."""

        def rule(session: Session, typed: dict[str, object], act_id: str) -> int:
            return items.add(session, self.meeting_id, typed, act_id)

        assert self.sheet is not None
        head = f"{self.sheet.title}　{self.sheet.when}"
        done = await self.show(MeetingForm("加一项议题", head, "AddItemForm", rule))
        if done is not None:
            await self._show()
            await self.query_one(WindowList).show(done)
            self.say("已加上。", "good")

    async def reword(self) -> None:
        """Title and minutes."""
        line: ItemLine = self.row.line

        def rule(session: Session, typed: dict[str, object], act_id: str) -> int:
            return items.perform(session, line.id, "reword", typed, act_id)

        values = {"title": line.title, "minutes": str(line.minutes)}
        if await self.show(MeetingForm("改题目和时长", line.why, "RewordForm", rule, values)) is not None:
            await self._show()

    async def notice(self) -> None:
        """Word and text into the 发件夹; the text on the screen to copy."""
        from dutydesk.screens.meetings.writing import notice_text, write_notice

        assert self.found is not None
        if self.found.minutes > self.found.has:
            lines = [
                f"议程{len(self.found.listed)}项约{self.found.minutes}分钟，会议只定了{self.found.has}分钟。",
                "可以先返回，按 3 不议几项，或改时长。",
            ]
            if not await self.show(Confirm("议程超出会议时长，照样出通知？", lines, "照样出")):
                return
        found = await self.ask(papers.notice, self.meeting_id)
        if found is None:
            return
        try:
            path = await write_notice(found)
        except OSError as problem:
            self.say(f"没有写进发件夹：{problem}", "bad")
            return
        self.say(f"会议通知已放进发件夹（Word 和文字）：{path}", "good")
        await self.show(TextPage("会议通知（可选中复制；Word 已在发件夹）", notice_text(found)))

    async def draft(self) -> None:
        """Again, from what the ledger says now."""
        if said := await _drafted(self, self.meeting_id):
            await self.read()
            self.say(said, "good")

    async def change(self) -> None:
        """改期、取消、免开、并会."""
        if await change_meeting(self, self.meeting_id):
            await self.read()


_WORDS = {ItemKind.CLUSTER: "前哨（同类或同处问题成堆，可能变成投诉）："}


def _told(line: ItemLine) -> str:
    cases = "　".join(
        f"{row.number} {row.state.label}{row.holder and '·' + row.holder}{row.left and ' ' + row.left}"
        for row in line.issues[:3]
    )
    more = f"等{len(line.issues)}件" if len(line.issues) > 3 else ""
    together = f"　一并议：{'、'.join(line.with_it)}" if line.with_it else ""
    cut = f"　不议：{line.outcome}" if line.state is ItemState.CUT and line.outcome else ""
    letters = f"　约请：{'、'.join(line.letters)}" if line.letters else ""
    told = f"　由{line.reporter}汇报" if line.reporter else ""
    return f"{_WORDS.get(line.kind, '')}{line.why}{told}{together}{letters}{cut}\n{cases}{more}"


def _head(sheet: Sheet, found: Agenda) -> str:
    chair = f"{sheet.chair}主持" if sheet.chair else "主持人未定"
    over = "，超出了" if found.minutes > found.has else ""
    lines = [
        f"{sheet.when}　{sheet.place}　{chair}　{sheet.state.label}",
        f"{len(found.listed)}项，约{found.minutes}分钟（定{found.has}分钟{over}）",
    ]
    if sheet.warning:
        lines[0] += f"　! {sheet.warning}"
    if found.worth:
        near = f"最近的是{found.others[0].title} {found.others[0].when}" if found.others else ""
        lines.append(f"! {found.worth}。按 9 办。{near}")
    return "\n".join(lines)
