"""条块约请: the letters on a table, or, for a liaison, what concerns the department; digits and Enter do the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.letter_words import NumberKind
from dutydesk.rules.letters import access, balance, numbers, standing_in, tables
from dutydesk.rules.letters.tables import VIEWS
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.letters import department
from dutydesk.screens.whole_list import WholeListScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage
from dutydesk.widgets.cells import cell_len, fit
from dutydesk.widgets.frame import BottomLine, Words
from dutydesk.widgets.window_list import Column, WindowList

COLUMNS = (
    Column("文号", 20, lambda row: row.number or row.kind),
    Column("事由", 12, lambda row: row.title, flex=True),
    Column("现在", 10, lambda row: row.state.label),
    Column("轮到", 10, lambda row: row.turn),
    Column("时限", 8, lambda row: ("!" if row.late else "") + row.left),
    Column("片区", 12, lambda row: row.area, from_width=110),
)


class LettersScreen(InSight, WholeListScreen):
    """The table."""

    NAME = "条块约请"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1-7", "换清单"),
        ("Enter", "打开"),
        ("0", "起草、登记簿、平衡表"),
        ("F1", "帮助"),
    )
    HELP = (
        "一件问题要几个部门来办、办不动、被退来退去，就约请：先电话或约请单，区里的部门用约请函。\n"
        "从问题清单里约请：Enter 的菜单里选“约请”；标记几件一起约也行。这里按 0 可从头起草。\n"
        "待我办：轮到您提出、核稿、签发、答复改期和不属职责、同意办结、评价的。时限前的 ! 是已经过了。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", "标记", show=False)]

    def __init__(self, view: str = "mine") -> None:
        super().__init__()
        self.view = view if view in dict(VIEWS) else "mine"
        self.began = False

    @property
    def of_department(self) -> bool:
        """Whether a department's person sits here, and nobody else."""
        return access.only_department(self.session)

    def body(self) -> ComposeResult:
        """The lists on the digits, the table, the line under the cursor in full."""
        ours = self.desk.session is not None and self.of_department
        yield Words("", id="where")
        yield WindowList(department.COLUMNS if ours else COLUMNS, empty_text="这里没有约请。")
        yield Words("", id="letter-line")

    async def read(self) -> None:
        """The view, and how many each has."""
        if self.of_department:
            await department.read(self)
            return
        counts = await self.ask(tables.counts)
        if counts is not None and not self.began:  # nothing waits: show what goes on
            self.began = True
            if self.view == "mine" and not counts["mine"]:
                self.view = "open"
        rows = await self.ask(tables.letters, self.view)
        if rows is None or counts is None or not self.is_attached:
            return
        self.show_title(dict(VIEWS)[self.view])
        self.query_one("#where", Words).say(
            "　".join(f"{digit} {name}{counts[view] or ''}" for digit, (view, name) in enumerate(VIEWS, 1))
        )
        await self.put(rows)

    async def put(self, rows: Sequence[Any]) -> None:
        """Where another letter stands under the cursor now, no key pressed before is an answer to it."""
        under = self.query_one(WindowList).row if self.is_attached else None
        await super().put(rows)
        if under is None or not self.is_attached:
            return
        now = self.query_one(WindowList).row
        if now is None or (now.key, now.state) != (under.key, under.state):
            self.came_in_sight()

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """The departments of the letter under the cursor, or what the line says in full."""
        line = self.query_one("#letter-line", Words)
        if event.row is None:
            line.say("")
        elif self.of_department:
            line.say(department.in_full(event.row))
        else:
            line.say(f"{event.row.title}\n{event.row.departments}")

    def on_key(self, event: events.Key) -> None:
        """Digits switch lists, or answer; 0 opens the menu."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit == 0:
            self.menu()
        elif self.of_department and self.too_early(event, repeats=self.in_sight_since > 0):
            self.say(TOO_EARLY)
        elif self.of_department:
            self.answer(digit)
        elif digit <= len(VIEWS):
            self.view = VIEWS[digit - 1][0]
            self.query_one(WindowList).source = None  # another list, read from its top
            self.begin()
        else:
            self.say(f"数字键 {digit} 上没有清单；0 是能办的事。", "bad")

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter opens the letter."""
        self.open_row(event.row)

    @work(exclusive=True, group="act")
    async def open_row(self, row: Any) -> None:
        """The letter under the cursor; marked ones are answered together."""
        with self.desk_app.holding_keys():
            if self.of_department:
                await department.open_row(self, row)
            else:
                await self._open(row.key)
            await self.read()

    async def _open(self, letter_id: int) -> None:
        from dutydesk.screens.letters.letter import LetterScreen

        await self.show(LetterScreen(letter_id))

    @work(exclusive=True, group="act")
    async def answer(self, digit: int) -> None:
        """A department's answer to the letter under the cursor."""
        with self.desk_app.holding_keys():
            await department.answer(self, digit)
            await self.read()

    def action_mark(self) -> None:
        """Mark a line, for one answer to several; only where a department sits here."""
        if self.of_department:
            self.query_one(WindowList).action_move("mark", 1)

    def on_window_list_marked(self, event: WindowList.Marked) -> None:
        """Say how many."""
        if many := len(event.window_list.marked):
            self.say(f"已标记{many}封，Enter 一起答复同一个人、同一个时间；Esc 取消标记。")

    async def action_back(self) -> None:
        """Marks first, then the screen."""
        listing = self.query_one(WindowList)
        if listing.marked:
            listing.clear_marks()
        else:
            await super().action_back()

    # -- what else there is ---------------------------------------------------------------------------------

    @work(exclusive=True, group="act")
    async def menu(self) -> None:
        """Draft from scratch, the register, the balance, what others entered for this person."""
        with self.desk_app.holding_keys():
            entered = await self.ask(standing_in.waiting) or []
            options = []
            if access.may_draft(self.session):
                options.append(Action("draft", "从头起草", "不从问题开始的约请"))
            if entered:
                options.append(Action("entered", f"别人代我录入的 {len(entered)} 条", "确认，或说有异议"))
            if not self.of_department and self.session.subdistrict_id is not None:
                options.append(Action("register", "登记簿", "今年的文号，作废的也在"))
                options.append(Action("words", "公文写法", "单位名称、标题、文号怎样写；由街镇协调员改"))
            if access.may_balance(self.session):
                options.append(Action("balance", "平衡表", "各片区约请多少，各部门答得怎样"))
            if not options:
                self.say("这里没有别的可办；Enter 打开一封。")
                return
            chosen = await self.show(ActionMenu("条块约请", options))
            if chosen == "draft":
                from dutydesk.screens.letters.drafting import begin

                await begin(self)
            elif chosen == "entered":
                await self._entered(entered)
            elif chosen == "words":
                from dutydesk.screens.letters.words import show_words

                await show_words(self)
            elif chosen == "register":
                await self._register()
            elif chosen == "balance":
                await self._balance()
            await self.read()

    async def _entered(self, entered: list[standing_in.EnteredForMe]) -> None:
        from dutydesk.widgets.ask_text import AskText

        lines = [f"{each.letter}　{each.what}（{each.by}，{each.when}告知）" for each in entered]
        options = [Action(True, "全部确认", lines[0]), Action(False, "有异议", "写明实际是怎么回事")]
        confirm = await self.show(ActionMenu("\n".join(["别人代您录入的：", *lines[:6]]), options))
        if confirm is None:
            return
        text = "" if confirm else await self.show(AskText("实际是怎么回事？"))
        if text is None:
            return
        ids = [each.key for each in entered]
        count = await self.do(standing_in.answer, ids, confirm, text, self.new_act())
        if count is not None:
            self.say(f"{count} 条代录{'已确认' if confirm else '已记下异议'}。", "good")

    async def _register(self) -> None:
        town = self.session.subdistrict_id
        if town is None:
            return
        year = self.session.day.year
        lines = []
        for kind in NumberKind:
            found = await self.ask(numbers.register, town, kind, year)
            if found:
                lines += [
                    f"{kind.label}　{len(found)}个号，作废{sum(bool(each.void) for each in found)}个",
                    "",
                ]
                lines += [
                    f"{fit(each.text, 22)} {fit(each.taken, 14)} {each.subject}"
                    + (f"（作废：{each.void}）" if each.void else "")
                    for each in found
                ]
                lines.append("")
        await self.show(TextPage(f"{year}年登记簿", "\n".join(lines) or "今年还没有编过号。"))

    async def _balance(self) -> None:
        day = self.session.day
        found = await self.ask(balance.balance, day.replace(month=1, day=1), day)
        if found is not None:
            await self.show(TextPage(f"{day.year}年平衡表", balance_text(found)))

    def show_keys_of(self, keys: list[tuple[str, str]]) -> None:
        """The last line, where a department sits here."""
        for line in self.query(BottomLine):
            line.show(keys)


def balance_text(found: balance.Balance) -> str:
    """Both tables as text, with what each figure counts."""
    areas = ("片区", "电话", "约请单", "约请函", "提请", "办结", "撤回")
    lines = [_row(areas, 7), *(_row(tuple(map(str, each)), 7) for each in found.areas), ""]
    departments = ("部门", "约请", "按时", "逾期", "未答", "应约", "改期", "不属", "书面", "守信", "评价")
    lines.append(_row(departments, 5))
    for each in found.departments:
        cells = [each.department, each.invited, each.in_time, each.late, each.silent]
        cells += [each.came, each.moved, each.refused, each.written]
        lines.append(_row((*map(str, cells), f"{each.kept}/{each.promises}", f"{each.good}/{each.rated}"), 5))
    return "\n".join([*lines, "", *found.explained, "评价：满意数/计入数；守信：按期落实数/到期数"])


_NAME = 26  # cells of a name: with ten figures of five a line has the 76 of the narrow page


def _row(cells: tuple[str, ...], width: int) -> str:
    """A line of a table; a name that is longer has a line to itself."""
    first, *rest = cells
    figures = "".join(fit(cell, width) for cell in rest).rstrip()
    if cell_len(first) >= _NAME:
        return f"{first}\n{' ' * _NAME}{figures}"
    return fit(first, _NAME) + figures
