"""审计: who did what, when and from where, the newest first; filtered by person, period, act and case, and taken out."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult

from dutydesk.rules import audit_reading
from dutydesk.rules.audit_reading import Asked, Entry, Window
from dutydesk.rules.audit_words import name_of
from dutydesk.screens.base import DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.window import Page
from dutydesk.widgets.window_list import Column, WindowList

PERSON, PERIOD, ACT, CASE, ALL, EXPORT = 1, 2, 3, 4, 5, 6
_ASKED = {
    PERSON: ("person", "谁做的？工号或姓名"),
    PERIOD: ("period", "哪段时间？如 今天、本周、近7天、11-1到11-24"),
    CASE: ("case", "哪件问题？编号如 2026-000123"),
}
FORMATS = (
    Action("xlsx", "Excel 表", "一条一行"),
    Action("csv", "CSV 表", "任何表格程序都能打开"),
    Action("json", "JSON", "给别的程序用"),
)
COLUMNS = (
    Column("时间", 14, lambda row: f"{row.at:%y-%m-%d %H:%M}"),
    Column("谁", 16, lambda row: row.person),
    Column("做了什么", 20, lambda row: row.act),
    Column("对什么", 14, lambda row: row.subject, flex=True),
    Column("从哪里", 20, lambda row: row.came_from, from_width=96),
)


class AuditRows:
    """The windowed list's rows; what a window has to say is said on the screen."""

    def __init__(self, screen: AuditScreen, asked: Asked) -> None:
        self.screen, self.desk, self.asked = screen, screen.desk, asked

    async def after(self, key: Hashable | None, count: int) -> Page[Entry]:
        """See `Source`."""
        return self._page(await self.desk.read(audit_reading.after, self.asked, key, count))  # type: ignore[arg-type]

    async def before(self, key: Hashable | None, count: int) -> Page[Entry]:
        """See `Source`."""
        return self._page(await self.desk.read(audit_reading.before, self.asked, key, count))  # type: ignore[arg-type]

    async def around(self, key: Hashable, count: int) -> Page[Entry]:
        """See `Source`."""
        return self._page(await self.desk.read(audit_reading.around, self.asked, key, count))  # type: ignore[arg-type]

    def _page(self, window: Window) -> Page[Entry]:
        if window.narrow:
            self.screen.say(window.narrow, "bad")
        return Page(window.rows, window.at_start, window.at_end)


class AuditScreen(DeskScreen):
    """The audit; Enter tells one entry whole."""

    NAME = "审计"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "看这一条"),
        (f"{PERSON}-{CASE}", "人 时间 操作 问题"),
        (str(ALL), "全部"),
        (str(EXPORT), "导出"),
        ("F1", "帮助"),
    )
    HELP = (
        "谁、何时、从哪里、做了什么、对什么，新的在前。1 至 4 按人、时间、操作、问题编号筛选，可以合用；5 回到全部。\n"
        "前后值只有审计员看得到，电话和证件号码打码。6 导出到发件夹，导出本身记入审计。\n"
        "这里只能看，谁也改不了、删不了。核对审计链是否完整由管理员运行 dutydesk db check。"
    )

    def __init__(self) -> None:
        super().__init__()
        self.asked = Asked()
        self.typed: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """The list."""
        yield WindowList(COLUMNS, empty_text="没有符合的记录。按 5 看全部，或换一个条件。")

    def signed_on(self) -> None:
        """Read for whoever sits here now."""
        self.asked, self.typed = Asked(), {}
        self.query_one(WindowList).focus()
        self.put()

    def changed(self) -> None:
        """Somebody wrote; the cursor keeps its row."""
        self.read_again()

    @work(exclusive=True, group="read")
    async def read_again(self) -> None:
        """The window in sight, read anew."""
        await self.query_one(WindowList).reload()

    def put(self) -> None:
        """Ask for what is wanted now, from the newest."""
        self.show_title(audit_reading.words_of(self.asked))
        self.query_one(WindowList).source = AuditRows(self, self.asked)

    # -- what is asked --------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Digits narrow, widen and take out."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit == ALL:
            self.asked, self.typed = Asked(), {}
            self.put()
        elif digit == EXPORT:
            self.export()
        elif digit in _ASKED or digit == ACT:
            self.narrow(digit)
        else:
            self.say(f"数字键 {digit} 在这里没有用处。1 至 4 筛选，5 全部，6 导出。")

    @work(exclusive=True, group="choose")
    async def narrow(self, digit: int) -> None:
        """One more condition, or another in the place of the one that was there."""
        with self.desk_app.holding_keys():
            if digit == ACT:
                name, said = "act", await self._choose_act()
            else:
                name, question = _ASKED[digit]
                said = await self.show(AskText(question, value=self.typed.get(name, "")))
            if said is None:
                return
            typed = self.typed | {name: said}
            asked = await self.ask(audit_reading.asked_for, **typed)
            if asked is not None:
                self.asked, self.typed = asked, typed
                self.put()

    async def _choose_act(self) -> str | None:
        acts = await self.ask(audit_reading.acts_to_choose)
        if not acts:
            return None
        return await self.show(ActionMenu("哪种操作？", [Action(act, name_of(act)) for act in acts]))

    # -- one entry, and all of them -------------------------------------------------------------------------

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter."""
        self.tell(event.row)

    @work(exclusive=True, group="choose")
    async def tell(self, row: Entry) -> None:
        """The entry whole, as a page."""
        sheet = await self.ask(audit_reading.sheet, row.key)
        if sheet is None:
            return
        lines = [f"{name}：{value}" for name, value in sheet.facts if value]
        for what, before, after in sheet.values:
            lines += ["", what, f"以前：{before or '（无）'}", f"以后：{after or '（无）'}"]
        await self.show(TextPage("审计", "\n".join([*lines, "", sheet.said] if sheet.said else lines)))

    @work(exclusive=True, group="choose")
    async def export(self) -> None:
        """What is asked for, into a file of the 发件夹."""
        from dutydesk.screens.exporting import begin

        what = audit_reading.words_of(self.asked)
        form = await self.show(ActionMenu(f"导出审计“{what}”（会记入审计）", FORMATS))
        if form is not None:
            wanted = [part for name, said in self.typed.items() for part in (f"--{name}", said)]
            begin(self, f"审计·{what}", form, ["audit", *wanted])
