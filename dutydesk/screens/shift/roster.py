"""值班表: a month of the area, drafted, changed by keys, published by the chief; digits change a shift of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules import drafts, duty_roster, roster_drafting, roster_publishing
from dutydesk.rules.duty_roster import Cell, RosterDay, RosterSheet
from dutydesk.rules.roster_reading import month_after
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.shift import roster_words as words
from dutydesk.settings import placed
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm, TextPage
from dutydesk.widgets.cells import fit
from dutydesk.widgets.frame import BottomLine, Words
from dutydesk.widgets.given import Given
from dutydesk.widgets.window_list import Column, WindowList

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

WEEKDAYS = "一二三四五六日"
DISCARD, DRAFT, PUBLISH, PRINT, SHARES, SWAPS = 0, 5, 6, 7, 8, 9
_CELL = 15


@dataclass(frozen=True)
class DayRow:
    """A day of the month on the screen."""

    key: str
    day: RosterDay

    @property
    def wrong(self) -> str:
        """What is wrong with its shifts."""
        return "、".join(f"{cell.kind.name}：{cell.wrong}" for cell in self.day.cells if cell.wrong)


def day_and_weekday(day: date) -> str:
    """`12月1日　周二`: weekdays stand below each other, whatever the day."""
    return f"{fit(f'{day.month}月{day.day}日', 8)} 周{WEEKDAYS[day.weekday()]}"


def _said(cell: Cell) -> str:
    return fit(f"{cell.kind.name} {cell.name or '空缺'}", _CELL)


COLUMNS = (
    Column(
        "日期",
        13,
        lambda row: day_and_weekday(row.day.day),
    ),
    Column("", 8, lambda row: "" if row.day.name == "工作日" else row.day.name),
    Column("班次", 20, lambda row: " ".join(_said(cell) for cell in row.day.cells), flex=True),
    Column("要注意", 18, lambda row: row.wrong),
)


class RosterScreen(DeskScreen):
    """One month at a time; ← and → go to the months before and after."""

    NAME = "值班表"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1-4", "改这一天的班"),
        ("5", "排班"),
        ("6", "发布"),
        ("7", "打印"),
        ("8", "每人班数"),
        ("9", "换班"),
        ("0", "撤掉重排"),
        ("← →", "前后月"),
        ("F1", "帮助"),
    )
    HELP = (
        "1 至 4 改光标所在那一天的第几个班：选人，或留作空缺。草稿谁都能改，发布以后只有片区长能改还没开始的班。\n"
        "5 按规律排一个月：班次、谁值班、谁哪几天不在；夜班、周末、节假日按各人前半年和本月的次数摊匀。\n"
        "6 片区长发布，还没开始的班从此照这张表；已发布的月份片区长按 5 可以重排明天以后的班，0 撤掉重排的草稿。\n"
        "7 打印（A4，也是 Excel 表，放进发件夹）。8 每人班数。9 换班。\n"
        "空缺、一天两班、夜班后没休息、连上太多天、这天已不在岗，都在行尾说明。← → 看前后月。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "month(-1)", "上个月", show=False),
        Binding("right", "month(1)", "下个月", show=False),
    ]

    def __init__(self, month: str = "") -> None:
        super().__init__()
        self.month = month
        self.sheet: RosterSheet | None = None

    def body(self) -> ComposeResult:
        """Where the month stands, its days, what to look at."""
        yield Words("", id="shift-head")
        yield WindowList(COLUMNS, empty_text="")
        yield Words("", id="shift-line")

    # -- reading --------------------------------------------------------------------------------------------

    def signed_on(self) -> None:
        """Read the month; today is under the cursor."""
        self.show_title()
        self.month = self.month or f"{self.session.day:%Y-%m}"
        listing = self.query_one(WindowList)
        listing.source = Given[DayRow]([])
        listing.focus()
        self.begin()

    @work(exclusive=True, group="read")
    async def begin(self) -> None:
        """The month, from today on where it is this one."""
        with self.desk_app.holding_keys():
            await self._read(self.session.day.isoformat())

    def changed(self) -> None:
        """Somebody wrote."""
        self.read_again()

    @work(exclusive=True, group="read")
    async def read_again(self) -> None:
        """Read the month again."""
        await self._read()

    async def _read(self, key: str | None = None) -> None:
        found = await self.ask(duty_roster.sheet, self.month)
        if found is not None and self.is_attached:
            await self._show(found, key)

    async def _show(self, found: RosterSheet, key: str | None = None) -> None:
        self.sheet = found
        rows = [DayRow(day.day.isoformat(), day) for day in found.days]
        listing = self.query_one(WindowList)
        if isinstance(listing.source, Given):
            same = listing.source.rows == rows
            listing.source.rows = rows
            if key is not None:
                await listing.show(key)
            elif not same:
                await listing.reload()
        self.show_title(f"{words.month_of(found)}　{found.stands}")
        self.query_one("#shift-head", Words).say(words.head(found))
        hidden = words.keys_in_vain(found)
        self.query_one(BottomLine).show([(key, said) for key, said in self.KEYS if key not in hidden])

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """What is to be noted of the day, in full."""
        row = event.row
        said = f"{row.day.day.month}月{row.day.day.day}日 {row.day.name}　{row.wrong}" if row else ""
        self.query_one("#shift-line", Words).say(said)

    # -- keys -----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Digits change a shift of the day, or do something with the month."""
        digit = digit_of(event.key)
        if digit is None or self.sheet is None:
            return
        event.stop()
        acts: dict[int, Callable[[], object]] = {
            DRAFT: self.draft,
            PUBLISH: self.publish,
            PRINT: self.print,
            SHARES: self.shares,
            SWAPS: self.swaps,
            DISCARD: self.discard,
        }
        if digit in acts:
            acts[digit]()
        elif 1 <= digit <= len(self.sheet.kinds):
            self.change(digit - 1)

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter: all that can be done here."""
        self.choose(event.row)

    @work(exclusive=True, group="act")
    async def choose(self, row: DayRow) -> None:
        """The menu of a day."""
        sheet = self.sheet
        assert sheet is not None
        told = [
            (place, f"改{cell.kind.name}", cell.name or "空缺", "")
            for place, cell in enumerate(row.day.cells, 1)
        ]
        told += [
            (DRAFT, "按规律排这个月", "班次、谁值班、谁不在", words.why_not_draft(sheet)),
            (PUBLISH, "发布", "片区长发布后生效", words.why_not_publish(sheet)),
            (PRINT, "打印（A4、Excel）", "", ""),
            (SHARES, "每人班数", "", ""),
            (SWAPS, "换班", "", ""),
        ]
        if "0" not in words.keys_in_vain(sheet):
            told.append((DISCARD, "撤掉重排的草稿", "照原来的班", ""))
        options = [  # with the digits of the list
            Action(digit, label, hint, why, (1, digit)) for digit, label, hint, why in told
        ]
        with self.desk_app.holding_keys():
            title = f"{row.day.day.month}月{row.day.day.day}日 周{WEEKDAYS[row.day.day.weekday()]}"
            chosen = await self.show(ActionMenu(title, options))
            if chosen is None:
                return
            if DISCARD < chosen < DRAFT:
                await self._change(row, chosen - 1)
            else:
                await self._of_the_month(chosen)

    async def _of_the_month(self, what: int) -> None:
        if what == DRAFT:
            await self._draft()
        elif what == PUBLISH:
            await self._publish()
        elif what == PRINT:
            await self._print()
        elif what == SHARES:
            await self._shares()
        elif what == DISCARD:
            await self._discard()
        else:
            await self._swaps()

    async def action_month(self, steps: int) -> None:
        """Another month."""
        self.month = month_after(self.month, steps)
        self.begin()

    @work(exclusive=True, group="act")
    async def change(self, place: int) -> None:
        """One shift of the day under the cursor."""
        row = self.query_one(WindowList).row
        if row is not None and place < len(row.day.cells):
            with self.desk_app.holding_keys():
                await self._change(row, place)

    async def _change(self, row: DayRow, place: int) -> None:
        sheet, cell = self.sheet, row.day.cells[place]
        assert sheet is not None
        if sheet.state is None:
            self.say("这个月还没有排。按 5 先按规律排出草稿。", "bad")
            return
        people = await self.ask(roster_publishing.who_can, row.day.day)
        if people is None:
            return
        had = {share.staff_id: f"本月{share.now.total}班，夜班{share.now.nights}" for share in sheet.shares}
        options = [Action(staff_id, name, had.get(staff_id, "")) for staff_id, name in people]
        options.append(Action(0, "空缺", "还没有人"))
        title = f"{row.day.day.month}月{row.day.day.day}日 {cell.kind}　现在：{cell.name or '空缺'}"
        staff_id = await self.show(ActionMenu(title, options))
        if staff_id is None:
            return
        found = await self.do(
            roster_publishing.assign,
            *(self.month, sheet.version, row.day.day, cell.kind.name, staff_id or None, self.new_act()),
        )
        if found is None:
            await self._read()
            return
        await self._show(found)
        wrong = found.days[row.day.day.day - 1].cells[place].wrong
        self.say(f"已改{'；注意：' + wrong if wrong else '。'}", "good")

    @work(exclusive=True, group="act")
    async def draft(self) -> None:
        """The month from its pattern."""
        with self.desk_app.holding_keys():
            await self._draft()

    async def _draft(self) -> None:
        from dutydesk.screens.shift.pattern import PatternScreen

        sheet = self.sheet
        assert sheet is not None
        if reason := words.why_not_draft(sheet):
            self.say(reason, "bad")
            return
        if words.in_force(sheet):
            lines = ["排出的先是草稿，发布前仍照原来的班；今天和以前的班不动。"]
            if not await self.show(
                Confirm(f"{words.month_of(sheet)}已发布，重排明天以后的班？", lines, "重排")
            ):
                return
        usual = await self.ask(roster_drafting.usual, self.month)
        kept = await self.ask(drafts.kept)
        if usual is None or kept is None:
            return
        begun = (each for each in kept if each.kind == PatternScreen.KIND)
        mine = next((each for each in begun if each.content.get("_month") == self.month), None)
        found = await self.show(PatternScreen(self.month, usual, mine))
        if found is not None:
            await self._show(found)
            wrong = f"有{len(found.problems)}处要注意，见行尾。" if found.problems else ""
            self.say(f"已排出草稿。{wrong}可以逐天改，片区长按 6 发布。", "good")

    @work(exclusive=True, group="act")
    async def publish(self) -> None:
        """The chief publishes it."""
        with self.desk_app.holding_keys():
            await self._publish()

    async def _publish(self) -> None:
        sheet = self.sheet
        assert sheet is not None
        if reason := words.why_not_publish(sheet):
            self.say(reason, "bad")
            return
        lines = [
            *sheet.problems[:6],
            *([f"另有{len(sheet.problems) - 6}处"] if len(sheet.problems) > 6 else []),
        ]
        title = f"发布{words.month_of(sheet)}的值班表？" + (
            f"还有{len(sheet.problems)}处要注意：" if lines else ""
        )
        if not await self.show(Confirm(title, lines, "发布，还没开始的班照这张表")):
            return
        found = await self.do(roster_publishing.publish, self.month, sheet.version, self.new_act())
        if found is None:
            await self._read()
            return
        await self._show(found)
        self.say("已发布，还没开始的班都照这张表。", "good")

    @work(exclusive=True, group="act")
    async def discard(self) -> None:
        """What was drawn anew is thrown away."""
        with self.desk_app.holding_keys():
            await self._discard()

    async def _discard(self) -> None:
        sheet = self.sheet
        assert sheet is not None
        if "0" in words.keys_in_vain(sheet):
            self.say("这里按 0 没有用：没有重排的草稿，或该由片区长撤。", "bad")
            return
        found = await self.do(roster_drafting.discard, self.month, sheet.version, self.new_act())
        if found is not None:
            await self._show(found)
            self.say("重排的草稿已撤掉，照原来的班。", "good")

    @work(exclusive=True, group="act")
    async def print(self) -> None:
        """One A4 page, in Excel too."""
        await self._print()

    async def _print(self) -> None:
        from dutydesk.documents.a4 import SheetNotWritten
        from dutydesk.screens.shift.printing import print_roster

        sheet = self.sheet
        assert sheet is not None
        try:
            path = await print_roster(sheet)
        except (SheetNotWritten, OSError) as problem:
            self.say(str(problem), "bad")
        else:
            self.say(f"值班表已放进发件夹：{placed(path)}", "good")

    @work(exclusive=True, group="act")
    async def shares(self) -> None:
        """What each has."""
        with self.desk_app.holding_keys():
            await self._shares()

    async def _shares(self) -> None:
        sheet = self.sheet
        assert sheet is not None
        await self.show(TextPage(f"{words.month_of(sheet)}　每人班数", words.shares(sheet)))

    @work(exclusive=True, group="act")
    async def swaps(self) -> None:
        """换班."""
        with self.desk_app.holding_keys():
            await self._swaps()

    async def _swaps(self) -> None:
        from dutydesk.screens.shift.swapping import SwapsScreen

        await self.app.push_screen(SwapsScreen())
