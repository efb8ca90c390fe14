"""待我定: what waits for the chief's word, and what others entered for this person; settled with a key each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules import bulk, case, decisions, issue_acts, on_behalf
from dutydesk.rules.decisions import EnteredForMe, Waiting
from dutydesk.rules.issue_acts import Choice
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.screens.bulk import close_marked, undo_last
from dutydesk.screens.handling import CaseScreen, handle_case, take_act
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.whole_list import WholeListScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm, TextPage, Words
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.window_list import Column, WindowList

# What is filled in a form, by the kind of line and whether the chief pressed 1 or 2.
_FORMS = {
    ("close", True): "close",
    ("close", False): "rework",
    ("pooled", True): "look_again",
    ("pooled", False): "resume",
    ("paused", True): "resume",
}
AGREE, REFUSE, READ, ALL, UNDO = 1, 2, 3, 5, 0


@dataclass(frozen=True)
class DecisionRow:
    """A line of the page: something asked, a case to close, or an entry to confirm."""

    key: str
    asked: str
    number: str
    words: str
    why: str
    waiting: Waiting | None = None
    entered: EnteredForMe | None = None


COLUMNS = (
    Column("要定的事", 24, lambda row: row.asked),
    Column("编号", 11, lambda row: row.number),
    Column("问题", 20, lambda row: row.words, flex=True),
)


class DecisionsScreen(InSight, WholeListScreen):
    """One page for everything that waits for a word."""

    NAME = "待我定"
    UNDO = "0 撤销"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "同意"),
        ("2", "不同意"),
        ("3", "看全案"),
        ("0", "撤销"),
        ("空格", "标记"),
        ("Enter", "别的办法"),
        ("F1", "帮助"),
    )
    HELP = (
        "申请派单、延期、缓办、挂账、换班：1 同意就按申请办，2 不同意要写理由。\n"
        "可以销项的：1 按所列层级销项，Enter 可另选层级或看所缺。几次退单、建议约请的：1 拟约请。\n"
        "缓办、挂账到日的：1 恢复办理缓办的、续挂挂账的（另定再看日期），2 恢复办理挂账的。\n"
        "别人代您录入的：1 确认，2 有异议，5 一次确认全部。\n"
        "空格标记几项，再按 1、2 或 Enter 一起定；可以销项的按 1 一起销项。0（或 u）撤销刚才定的。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "标记", show=False),
        Binding("u", "undo", "撤销", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._looked_at = ""  # the line whose words stand below the list

    def body(self) -> ComposeResult:
        """The list, and why for the one under the cursor."""
        yield WindowList(COLUMNS, empty_text="现在没有等您定的事。")
        yield Words("", id="why")

    async def read(self) -> None:
        """What waits for this person; the cursor goes on to the next line."""
        waiting = await self.ask(decisions.waiting)
        entered = await self.ask(decisions.proxies_to_answer)
        if waiting is None or entered is None:
            return
        rows = [_asked(each) for each in waiting] + [_entered(each) for each in entered]
        await self.put(rows)
        self.show_title(f"{len(rows)}件" if rows else "")

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """Why it is asked for."""
        self.query_one("#why", Words).say(event.row.why if event.row else "")
        if event.row is not None and event.row.key != self._looked_at:
            self._looked_at = event.row.key
            self.came_in_sight()

    def on_key(self, event: events.Key) -> None:
        """A digit settles the line under the cursor."""
        digit = digit_of(event.key)
        row = self.query_one(WindowList).row
        if digit is None:
            return
        event.stop()
        if digit in (AGREE, REFUSE) and self.too_early(event):
            self.say(TOO_EARLY)
        elif digit == ALL:
            self.confirm_all()
        elif digit == UNDO:
            self.action_undo()
        elif digit in (AGREE, REFUSE) and self.query_one(WindowList).marked:
            self.settle_marked(digit == AGREE)
        elif row is not None and digit in (AGREE, REFUSE, READ):
            self.settle(row, digit)

    @work(exclusive=True, group="settle")
    async def settle(self, row: DecisionRow, digit: int) -> None:
        """One line, one key (and a reason where it is no)."""
        with self.desk_app.holding_keys():
            await self._settle(row, digit)
            await self.read()  # keys pressed meanwhile find the next line, and are too early for it

    def action_mark(self) -> None:
        """Mark the line under the cursor, or no longer, and go on."""
        self.query_one(WindowList).action_move("mark", 1)

    def on_window_list_marked(self, event: WindowList.Marked) -> None:
        """Say how many."""
        if many := len(self.query_one(WindowList).marked):
            self.say(f"已标记 {many} 项，按 1、2 或 Enter 一起定，Esc 取消标记。")

    async def action_back(self) -> None:
        """Marks first, then the screen."""
        listing = self.query_one(WindowList)
        if listing.marked:
            listing.clear_marks()
        else:
            await super().action_back()

    @work(exclusive=True, group="settle")
    async def settle_marked(self, agree: bool) -> None:
        """All marked lines at once: requests, or cases to close."""
        with self.desk_app.holding_keys():
            await self._settle_marked(agree)

    async def _settle_marked(self, agree: bool) -> None:
        listing = self.query_one(WindowList)
        marked = [row.waiting for row in listing.marked if row.waiting is not None]
        kinds = {waiting.kind for waiting in marked}
        if len(marked) == len(listing.marked) and kinds == {"request"}:
            done = await self._decide_marked(marked, agree)
        elif len(marked) == len(listing.marked) and kinds == {"close"} and agree:
            done = await close_marked(self, [(each.issue_id, each.version) for each in marked])
        else:
            self.say("一起定的要是同一种：都是申请，或都是可以销项的（只能按 1）。", "bad")
            return
        if done:
            listing.clear_marks()
            await self.read()

    async def _decide_marked(self, marked: list[Waiting], agree: bool) -> bool:
        title = f"{'同意' if agree else '不同意'}这 {len(marked)} 项申请？"
        if agree:
            lines = [f"{each.number} {each.asked}　{each.reason}" for each in marked[:8]]
            if not await self.show(Confirm(title, lines, "全部同意")):
                return False
        text = "" if agree else await self._reason(f"{title}写明理由，申请人看得到")
        if text is None:
            return False
        asked = [(each.request_id, each.version) for each in marked]
        done = await self.do(bulk.decide, asked, agree, text, self.new_act())
        if done is None:
            return False
        self.say(f"{done.said}；{self.UNDO}", "good")
        return True

    @work(exclusive=True, group="settle")
    async def action_undo(self) -> None:
        """Take back what was decided last."""
        with self.desk_app.holding_keys():
            await undo_last(self)

    async def _settle(self, row: DecisionRow, digit: int) -> None:
        issue_id = row.waiting.issue_id if row.waiting else row.entered.issue_id if row.entered else 0
        if row.waiting is not None and row.waiting.kind == "swap":
            await self._swap(row.waiting, digit)
        elif digit == READ:
            sheet = await self.ask(case.case_sheet, issue_id)
            if sheet is not None:
                await self.show(CaseScreen(sheet))
        elif row.entered is not None:
            await self._answer([row.entered], digit == AGREE)
        elif row.waiting is not None:
            await self._decide(row.waiting, digit == AGREE)

    async def _decide(self, waiting: Waiting, agree: bool) -> None:
        if waiting.kind == "request":
            text = "" if agree else await self._reason("为什么不同意？申请人看得到")
            if text is None:
                return
            done = await self.do(
                issue_acts.decide, waiting.request_id, agree, text, self.new_act(), version=waiting.version
            )
        elif waiting.lacking and agree:
            self.say(f"{waiting.number} 还不能销项：{waiting.lacking}。3 看全案，Enter 看别的办法。", "bad")
            return
        elif waiting.kind == "close" and agree and waiting.satisfied:
            fields = {"level": waiting.level}
            done = await self.do(
                issue_acts.perform, waiting.issue_id, waiting.version, "close", fields, self.new_act()
            )
        elif waiting.kind == "sent_back" and agree:
            from dutydesk.screens.letters.drafting import begin

            await begin(self, [waiting.issue_id])
            return
        elif act := _FORMS.get((waiting.kind, agree)):
            sheet = await self.ask(case.case_sheet, waiting.issue_id)
            if sheet is not None:
                await take_act(self, sheet, Choice(act, BY_ACT[act].name, ""))
            return
        else:
            await handle_case(self, waiting.issue_id)
            return
        if done is not None:
            self.say(
                f"{done.number} {'已定' if agree else '已退回'}，现在是{done.state.label}。{done.said}",
                "good",
            )

    async def _swap(self, waiting: Waiting, digit: int) -> None:
        """换班: both agree already."""
        from dutydesk.rules import swaps

        if digit == READ:
            await self.show(TextPage("换班", f"{waiting.summary}\n{waiting.reason}"))
            return
        agree = digit == AGREE
        text = "" if agree else await self._reason("为什么不同意换班？两位都看得到")
        if text is None:
            return
        done = await self.do(swaps.decide, waiting.request_id, agree, text, self.new_act())
        if done is not None:
            self.say(f"{done.words}：{done.state.label}。", "good")

    async def _answer(self, entries: list[EnteredForMe], confirm: bool) -> None:
        text = "" if confirm else await self._reason("实际是怎么回事？")
        if text is None:
            return
        ids = [entry.key for entry in entries]
        count = await self.do(on_behalf.answer_proxies, ids, confirm, text, self.new_act())
        if count is not None:
            self.say(f"{count} 条代录{'已确认' if confirm else '已记下异议'}。", "good")

    async def _reason(self, title: str) -> str | None:
        return await self.show(AskText(title))

    @work(exclusive=True, group="settle")
    async def confirm_all(self) -> None:
        """Confirm everything that others entered for this person."""
        with self.desk_app.holding_keys():
            entered = await self.ask(decisions.proxies_to_answer)
            if not entered:
                self.say("没有等您确认的代录。")
                return
            sure = await self.show(
                ActionMenu(
                    f"一次确认 {len(entered)} 条代录？",
                    [Action(True, "全部确认"), Action(False, "不，逐条看")],
                )
            )
            if sure:
                await self._answer(entered, confirm=True)

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter: all that may be done to the case, or what is decided about all marked."""
        if self.query_one(WindowList).marked:
            self.choose_for_marked()
        else:
            self.handle(event.row)

    @work(exclusive=True, group="settle")
    async def choose_for_marked(self) -> None:
        """The same as 1 and 2, from a menu."""
        with self.desk_app.holding_keys():
            marked = self.query_one(WindowList).marked
            options = [Action(AGREE, "同意（可以销项的：销项）"), Action(REFUSE, "不同意", "写明理由")]
            digit = await self.show(ActionMenu(f"已标记的 {len(marked)} 项，一起怎么定？", options))
            if digit is not None:
                await self._settle_marked(digit == AGREE)

    @work(exclusive=True, group="settle")
    async def handle(self, row: DecisionRow) -> None:
        """The case's own menu."""
        issue_id = row.waiting.issue_id if row.waiting else row.entered.issue_id if row.entered else 0
        with self.desk_app.holding_keys():
            if row.waiting is not None and row.waiting.kind == "swap":
                await self._choose_for_swap(row.waiting)
            else:
                await handle_case(self, issue_id)

    async def _choose_for_swap(self, waiting: Waiting) -> None:
        options = [Action(AGREE, "同意换班"), Action(REFUSE, "不同意", "写明理由"), Action(READ, "看全部")]
        digit = await self.show(ActionMenu(f"换班　{waiting.summary}", options))
        if digit is not None:
            await self._swap(waiting, digit)


def _asked(waiting: Waiting) -> DecisionRow:
    return DecisionRow(
        waiting.key,
        waiting.asked,
        waiting.number,
        f"{waiting.place} {waiting.summary}".strip(),
        waiting.reason,
        waiting,
    )


def _entered(entry: EnteredForMe) -> DecisionRow:
    return DecisionRow(f"proxy:{entry.key}", "确认代录", entry.number, entry.what, entry.when, entered=entry)
