"""In the meeting: units speak first, who is there, then item by item with the case in view; minutes and decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult

from dutydesk.desk import DatabaseProblem
from dutydesk.meeting_words import ItemState, MeetingState, Presence
from dutydesk.rules.errors import Refused
from dutydesk.rules.meetings import agenda, attendance, followup, items, listing, minutes, turns, ways
from dutydesk.rules.meetings.agenda import ItemLine
from dutydesk.rules.meetings.followup import DecisionLine
from dutydesk.rules.meetings.listing import Sheet
from dutydesk.rules.meetings.minutes import Paragraph
from dutydesk.rules.meetings.turns import TurnLine
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.handling import handle_case
from dutydesk.screens.meetings.acting_list import ActingList, Deed
from dutydesk.screens.meetings.asking import MeetingForm
from dutydesk.screens.meetings.ending import END, SIGN_IN, ask_end, left_to_sign
from dutydesk.session import Session
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.frame import Words
from dutydesk.widgets.window_list import Column, WindowList

NOTHING = "没有"
_DONE = (ItemState.DISCUSSED, ItemState.DEFERRED)


@dataclass(frozen=True)
class RunRow:
    """A line of the meeting: the attendance, a unit's turn, or an item; `below` is told under the list."""

    key: str
    section: str
    words: str
    now: str
    below: str = ""
    turn: TurnLine | None = None
    item: ItemLine | None = None


COLUMNS = (
    Column("", 10, lambda row: row.section),
    Column("", 20, lambda row: row.words, flex=True),
    Column("现在", 26, lambda row: row.now),
)


async def open_running(screen: DeskScreen, meeting_id: int) -> None:
    """The meeting; one that has not begun is begun after a question."""
    found = await screen.ask(listing.sheet, meeting_id)
    if found is None:
        return
    if found.state is MeetingState.PLANNED:
        if not any(way.act == "begin" for way in found.ways):
            screen.say("开会由本片区的值班员、片区长点。", "bad")
            return
        listed = await screen.ask(agenda.agenda, meeting_id)
        if listed is None:
            return
        chair = found.chair or "片区长"
        lines = [f"{found.when}　{found.place}", f"{chair}主持，议程{len(listed.listed)}项。"]
        lines += [] if found.drafted else ["议程还没有拟：按 2 返回，再按 1 拟议程。"]
        asked = f"会议定在{found.early}，现在就开？" if found.early else "现在开会？"
        if not await screen.show(Confirm(asked, lines, "开会")):
            return
        if await screen.do(ways.perform, meeting_id, "begin", {}, screen.new_act()) is None:
            return
    elif found.state not in (MeetingState.RUNNING, MeetingState.HELD):
        screen.say(f"这次会议现在是“{found.state.label}”。看纪要按 3。", "bad")
        return
    await screen.app.push_screen(RunningScreen(meeting_id))


class RunningScreen(ActingList):
    """A meeting under way, or one that is over while its minutes are written."""

    NAME = "开会"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "办这一行"), ("F1", "帮助"))
    DEEDS: ClassVar[tuple[Deed, ...]] = (
        Deed(1, "记纪要", "write", "边打边存；两个人可以同时记"),
        Deed(2, "决定", "decide", "谁、做什么、何时前、管哪几件"),
        Deed(3, "议过", "discuss", "到下一项", moves_on=True),
        Deed(4, "下次议", "defer", "下次排在前面", moves_on=True),
        Deed(5, "约请", "invite", "这一项请部门来，转条块约请"),
        Deed(6, "签到", "attend", "到会、代会、请假、列席"),
        Deed(7, "加一项", "add", "临时提出的"),
        Deed(8, "看案件", "look"),
        Deed(9, "散会", "end", "没议到的下次再议；还没散的接着开"),
    )
    HELP = (
        "从上往下走：先签到，再各单元先说（Enter，一行一件，登记成“双周例会”来源的问题；没有就写“没有”），再逐项议。\n"
        "1 记纪要：打的字随打随存，断线也不丢；各人写各人的段落。2 决定：谁办、做什么、何时前，当场进问题清单派出去。\n"
        "3 议过、4 下次议：到下一项。5 约请：这一项转成条块约请的草稿。6 签到。7 加一项。8 看案件、当场办理。9 散会。"
    )

    def __init__(self, meeting_id: int) -> None:
        super().__init__()
        self.meeting_id = meeting_id
        self.sheet: Sheet | None = None
        self.cursor_set = False

    def body(self) -> ComposeResult:
        """Where the meeting stands, its lines, the one under the cursor in full."""
        yield Words("", id="shift-head")
        yield WindowList(COLUMNS, empty_text="")
        yield Words("", id="meeting-below")

    # -- reading ----------------------------------------------------------------------------------------------

    async def read(self) -> None:
        """The whole meeting."""
        found = await self.ask(_whole, self.meeting_id)
        if found is None or not self.is_attached:
            return
        self.sheet, rows, head = found
        await self.put(rows)
        if not self.is_attached:
            return
        self.show_title(f"{self.sheet.title}　{self.sheet.state.label}")
        self.query_one("#shift-head", Words).say(head)
        self.show_deeds("办这一行")
        if not self.cursor_set:
            self.cursor_set = True
            first = next((row.key for row in rows if row.item and row.item.state is ItemState.LISTED), None)
            spoken = all(row.turn.done for row in rows if row.turn)
            if spoken and first:
                await self.query_one(WindowList).show(first)

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """The line in full: the cases, what was said and decided."""
        self.query_one("#meeting-below", Words).say(event.row.below if event.row else "")
        if self.sheet is not None:
            self.show_deeds("办这一行")

    def why_not(self, deed: Deed) -> str:
        """What is about an item needs one under the cursor; what changes the meeting needs it to be on."""
        sheet, row = self.sheet, self.row
        if sheet is None or row is None:
            return "正在读，请稍等。"
        on = sheet.state is MeetingState.RUNNING
        if deed.method in ("discuss", "defer", "invite", "look") and row.item is None:
            return "请把光标移到一项议程上再按。"
        if deed.method in ("discuss", "defer", "add") and not on:
            return f"这次会议现在是“{sheet.state.label}”，议程不能再动。"
        if deed.method == "look" and not row.item.issues:
            return "这一项没有列案件。"
        if deed.method in ("write", "decide", "attend") and not sheet.may_write:
            return "纪要由参会的值班员、片区长等记（本单位设置）。"
        if deed.method == "end" and not any(way.act in ("end", "resume") for way in sheet.ways):
            return "散会由本片区的值班员、片区长点。"
        return ""

    def words_of(self, deed: Deed) -> str:
        """What was dealt with can be taken up again, a meeting that is over gone on with."""
        row = self.row
        if deed.method == "discuss" and row is not None and row.item and row.item.state in _DONE:
            return "再议"
        over = self.sheet is not None and self.sheet.state is not MeetingState.RUNNING
        return "接着开" if deed.method == "end" and over else deed.words

    # -- the line under the cursor ----------------------------------------------------------------------------

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter does what the line is for."""
        self.do_deed(Deed(0, "办", "enter"))

    async def enter(self) -> None:
        """Attendance, a unit's line, or the menu of an item."""
        row: RunRow = self.row
        if row.turn is not None:
            await self._take_turn(row.turn)
        elif row.item is not None:
            await self.offer(row.item.title)
        elif not (reason := self.why_not(self.DEEDS[5])):
            await self.attend()
        else:
            self.say(reason, "bad")

    async def _take_turn(self, turn: TurnLine) -> None:
        """One line after another, until there is nothing more; then the next unit."""
        registered, spoke, typed = 0, turn.done, ""
        while True:
            more = f"已登记{registered}件，还有就接着写，" if registered else "一行一件，"
            usual = (NOTHING,) if not registered else ()
            asked = f"{turn.unit}要反映什么？{more}没有就写“没有”"
            said = await self.show(AskText(asked, usual, typed, edit=True))
            if said is None or (said == NOTHING and registered):
                break
            number = await self._say(turn, "" if said == NOTHING else said)
            if number is None:  # refused, or left at the category: the line is not lost
                typed = said
                continue
            spoke, typed = True, ""
            if not number:
                break
            registered += 1
            category = await self.ask(turns.category_of, self.meeting_id, turn.unit_id) or ""
            self.say(f"已登记 {number} {said}（{turn.unit}），类别 {category}，在待立案。", "good")
        await self.read()
        if spoke:
            await self._to_next_turn(turn)

    async def _to_next_turn(self, turn: TurnLine) -> None:
        row = self.row
        if row is not None and row.turn is not None and row.turn.unit_id == turn.unit_id:
            self.query_one(WindowList).action_move("lines", 1)

    async def _say(self, turn: TurnLine, text: str, category: str = "") -> str | None:
        """Register a unit's line; where its words speak for no category it is asked. None where nothing came of it."""
        fields = {"text": text, "category": category}
        try:
            return await self.desk.run(turns.take, self.meeting_id, turn.unit_id, fields, self.new_act())
        except Refused as refused:
            if refused.field != "category":
                self.say(refused.message, "bad")
                return None
        except DatabaseProblem as problem:
            self.say(str(problem), "bad")
            return None
        from dutydesk.screens.meetings.asking import ask_category

        chosen = await ask_category(self, text)
        return await self._say(turn, text, chosen) if chosen is not None else None

    # -- digits -----------------------------------------------------------------------------------------------

    @property
    def _item_id(self) -> int | None:
        row: RunRow | None = self.row
        return row.item.id if row and row.item else None

    async def write(self) -> None:
        """A paragraph: a new one, or an own one to go on with."""
        from dutydesk.screens.meetings.writing_down import choose_paragraph

        row: RunRow = self.row
        title = row.item.title if row.item else "会议情况"
        await choose_paragraph(self, self.meeting_id, self._item_id, title)
        await self.read()

    async def decide(self) -> None:
        """A decision on the item under the cursor, or on none."""
        from dutydesk.screens.meetings.deciding import DecisionScreen

        assert self.sheet is not None
        item = self.row.item
        done = await self.show(DecisionScreen(self.meeting_id, self.sheet.title, item))
        if done is not None:
            await self.read()
            cases = "；".join(done.cases) or "没有列案件，只在决定里跟办"
            self.say(f"决定{done.number}已记下：{cases}。", "good")

    async def _on(self, act: str, fields: dict[str, str]) -> None:
        done = await self.do(items.perform, self._item_id or 0, act, fields, self.new_act())
        if done is not None:
            await self.read()
            self.query_one(WindowList).action_move("lines", 1)

    async def discuss(self) -> None:
        """Dealt with; on an item that was, once more."""
        if self.row.item.state in _DONE:
            act = "again" if self.row.item.state is ItemState.DISCUSSED else "put_back"
            await self.do(items.perform, self._item_id or 0, act, {}, self.new_act())
            await self.read()
        else:
            await self._on("discuss", {})

    async def defer(self) -> None:
        """Next time."""
        await self._on("defer", {})

    async def invite(self) -> None:
        """The item becomes an invitation."""
        from dutydesk.rules.letters.drafting import from_agenda_item, letters_of_item
        from dutydesk.screens.letters.letter import LetterScreen

        item: ItemLine = self.row.item
        there = await self.ask(lambda _session: letters_of_item(item.id)) or []
        if item.letter_id is not None or there:
            await self.show(LetterScreen(item.letter_id or there[-1].letter_id))
            return
        ids = [row.key for row in item.issues]
        letter = await self.do(from_agenda_item, item.id, item.title, ids, self.new_act())
        if letter is not None:
            await self.read()
            self.say("已拟成约请草稿。再按 5 打开，或以后在条块约请里接着办。", "good")

    async def attend(self) -> None:
        """Who is there."""
        from dutydesk.screens.meetings.presence import PresenceScreen

        assert self.sheet is not None
        await self.app.push_screen(PresenceScreen(self.meeting_id, self.sheet.title))

    async def add(self) -> None:
        """Something that came up."""

        def rule(session: Session, typed: dict[str, object], act_id: str) -> int:
            return items.add(session, self.meeting_id, typed, act_id)

        done = await self.show(MeetingForm("加一项议题", "会上临时提出的", "AddItemForm", rule))
        if done is not None:
            await self.read()
            await self.query_one(WindowList).show(f"item:{done}")

    async def look(self) -> None:
        """The case of the item, to be handled on the spot."""
        rows = self.row.item.issues
        issue_id = rows[0].key
        if len(rows) > 1:
            options = [Action(row.key, f"{row.number} {row.place}", row.summary) for row in rows]
            chosen = await self.show(ActionMenu(self.row.item.title, options))
            if chosen is None:
                return
            issue_id = chosen
        if await handle_case(self, issue_id):
            await self.read()

    async def end(self) -> None:
        """散会, or on again."""
        from dutydesk.screens.meetings.asking import go

        sheet = self.sheet
        assert sheet is not None
        way = next(way for way in sheet.ways if way.act in ("end", "resume"))
        if way.act == "end" and (chosen := await ask_end(self, self.meeting_id)) != END:
            if chosen == SIGN_IN:
                await self.attend()
            return
        if await go(self, sheet, way):
            await self.read()
            if way.act == "end":
                self.say("已散会。纪要可以接着记；按 Esc 返回，再按 3 送审。", "good")


# -- what the list says -------------------------------------------------------------------------------------------


def _whole(session: Session, meeting_id: int) -> tuple[Sheet, list[RunRow], str]:
    """All lines of the meeting in one reading."""
    sheet = listing.sheet(session, meeting_id)
    people = attendance.of_meeting(session, meeting_id)
    said = turns.of_meeting(session, meeting_id)
    found = agenda.agenda(session, meeting_id)
    decided = followup.of_meeting(session, meeting_id)
    paragraphs = minutes.of_meeting(session, meeting_id)
    below = _told_of(paragraphs, decided, None)
    rows = [RunRow("attend", "签到", _counted(people), left_to_sign(people), below)]
    rows += [_turn_row(turn) for turn in said]
    rows += [_item_row(line, paragraphs, decided) for line in found.listed]
    done = sum(line.state is ItemState.DISCUSSED for line in found.listed)
    head = f"{sheet.when}　{sheet.place}　{sheet.chair}主持\n议到{done}/{len(found.listed)}项，决定{len(decided)}项"
    return sheet, rows, head


def _counted(people: list[attendance.AttendeeLine]) -> str:
    counts = {each: sum(row.presence is each for row in people) for each in Presence}
    return "　".join(
        f"{each.label}{many}" for each, many in counts.items() if many and each is not Presence.EXPECTED
    )


def _turn_row(turn: TurnLine) -> RunRow:
    raised = [each for each in turn.said if each.number]
    now = f"反映{len(raised)}件" if raised else "没有新的问题" if turn.done else "还没有说"
    below = "\n".join(f"{each.number} {each.text}".strip() for each in turn.said)
    return RunRow(f"turn:{turn.unit_id}", "单元先说", turn.unit, now, below, turn=turn)


def _item_row(line: ItemLine, paragraphs: list[Paragraph], decided: list[DecisionLine]) -> RunRow:
    own = sum(each.item_id == line.id for each in decided)
    now = line.state.label + (f"　决定{own}项" if own else "") + (f"　{line.mark}" if line.mark else "")
    now += "　已约请" if line.letters else ""
    cases = [
        f"{row.number} {row.state.label}{row.holder and '·' + row.holder} {row.left}".strip()
        for row in line.issues[:4]
    ]
    letters = [f"条块约请：{'、'.join(line.letters)}　按 5 打开"] if line.letters else []
    below = "\n".join(
        [f"{line.kind.label}：{line.why}", *cases[:2], *letters, _told_of(paragraphs, decided, line.id)]
    )
    return RunRow(f"item:{line.id}", f"第{line.place}项", line.title, now, below.strip(), item=line)


def _told_of(paragraphs: list[Paragraph], decided: list[DecisionLine], item_id: int | None) -> str:
    lines = [
        f"决定{each.number} {each.who} {each.due_on.month}月{each.due_on.day}日前 {each.what}"
        for each in decided
        if each.item_id == item_id
    ]
    lines += [f"{each.author}：{each.text}" for each in paragraphs if each.item_id == item_id][-2:]
    return "\n".join(lines)
