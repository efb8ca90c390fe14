"""换班: what colleagues ask of me, what I asked, and asking anew; the chief's word is given on 待我定."""

from __future__ import annotations

from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult

from dutydesk.rules import swaps
from dutydesk.rules.swaps import OPEN, DutyLine, SwapLine
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.whole_list import WholeListScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.frame import BottomLine, Words
from dutydesk.widgets.window_list import Column, WindowList

AGREE, REFUSE, ASK, WITHDRAW = 1, 2, 3, 4  # 1 and 2 as on 待我定
YOURS = "还要您在“待我定”里定（回今日按 9）。"
USUAL_REASONS = ("家里有事", "看病就医", "参加培训或会议", "临时有工作安排")
COLUMNS = (
    Column("", 10, lambda row: "! 等您答复" if row.asked else "  我提出的" if row.mine else "  找我换的"),
    Column("换班", 20, lambda row: row.words, flex=True),
    Column("现在", 14, lambda row: "请按 1 或 2" if row.asked else row.state.label),
)


class SwapRow:
    """A swap on the screen, known by its id."""

    def __init__(self, line: SwapLine) -> None:
        self.key, self.line = line.id, line
        self.asked, self.mine, self.words, self.state = line.asked, line.mine, line.words, line.state

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SwapRow) and other.line == self.line

    def __hash__(self) -> int:
        return hash(self.line)


class SwapsScreen(InSight, WholeListScreen):
    """One list for both sides."""

    NAME = "换班"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "同意"),
        ("2", "不同意"),
        ("3", "提出换班"),
        ("4", "撤回"),
        ("Enter", "办理"),
        ("F1", "帮助"),
    )
    HELP = (
        "1 同意、2 不同意同事提出的。3 提出：选自己的一班，再选换哪位同事的哪一班，或请谁代。4 撤回自己提出的。\n"
        "双方同意以后由片区长在“待我定”里定，定了值班表才改。换了会一天两班、夜班后没休息的，下面会说明。"
    )

    def __init__(self, swap_id: int = 0) -> None:
        """`swap_id` is the swap under the cursor at first."""
        super().__init__()
        self.swap_id = swap_id
        self._looked_at: int | None = None  # the swap whose reason stands below the list

    def body(self) -> ComposeResult:
        """The list, and why for the one under the cursor."""
        yield WindowList(COLUMNS, empty_text="没有换班。按 3 提出。")
        yield Words("", id="shift-line")

    async def read(self) -> None:
        """What is asked of this person, and what this person asked."""
        found = await self.ask(swaps.listed)
        if found is not None:
            await self.put([SwapRow(line) for line in found])
            begins, self.swap_id = self.swap_id, 0
            if begins and self.is_attached:
                await self.query_one(WindowList).show(begins)
            if not found and self.is_attached:
                self._show_keys(None)

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """Why, and what it would make wrong."""
        line = event.row.line if event.row else None
        if line is not None and line.id != self._looked_at:
            self._looked_at = line.id
            self.came_in_sight()
        self._show_keys(line)
        said = []
        if line is not None:
            word = "注意" if line.state in OPEN else "答复"
            said = [f"原因：{line.reason}", f"{word}：{line.warning}" if line.warning else ""]
        self.query_one("#shift-line", Words).say("　".join(filter(None, said)))

    def _show_keys(self, line: SwapLine | None) -> None:
        """Only the keys that do something with the line."""
        hidden = set() if line and line.asked else {"1", "2"}
        hidden |= set() if line and line.mine and line.state in OPEN else {"4"}
        hidden |= set() if line else {"Enter"}
        self.query_one(BottomLine).show([(key, words) for key, words in self.KEYS if key not in hidden])

    def on_key(self, event: events.Key) -> None:
        """A digit asks, or answers the line under the cursor."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        row = self.query_one(WindowList).row
        if digit in (AGREE, REFUSE, WITHDRAW) and self.too_early(event):
            self.say(TOO_EARLY)
        elif digit == ASK:
            self.ask_anew()
        elif row is not None and digit in (AGREE, REFUSE, WITHDRAW):
            self.settle(row.line, digit)

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter: what can be done with the line."""
        self.choose(event.row.line)

    @work(exclusive=True, group="act")
    async def choose(self, line: SwapLine) -> None:
        """The menu of a swap."""
        options = []
        if line.asked:
            options += [Action(AGREE, "同意"), Action(REFUSE, "不同意")]
        if line.mine and line.state in OPEN:
            options.append(Action(WITHDRAW, "撤回"))
        options.append(Action(ASK, "提出另一次换班"))
        with self.desk_app.holding_keys():
            chosen = await self.show(ActionMenu(line.words, options))
            if chosen == ASK:
                await self._ask()
            elif chosen is not None:
                await self._settle(line, chosen)

    @work(exclusive=True, group="act")
    async def settle(self, line: SwapLine, digit: int) -> None:
        """Answer or take back."""
        with self.desk_app.holding_keys():
            await self._settle(line, digit)

    async def _settle(self, line: SwapLine, digit: int) -> None:
        if digit == WITHDRAW:
            done = await self.do(swaps.withdraw, line.id, self.new_act())
        else:
            done = await self.do(swaps.answer, line.id, digit == AGREE, self.new_act())
        if done is not None:
            rest = YOURS if done.decides else f"{done.state.label}。"
            self.say(f"{done.words}：{rest}", "good")

    @work(exclusive=True, group="act")
    async def ask_anew(self) -> None:
        """Which of my duties, for which of a colleague's, why."""
        with self.desk_app.holding_keys():
            await self._ask()

    async def _ask(self) -> None:
        mine = await self.ask(swaps.coming)
        if mine is None:
            return
        if not mine:
            self.say("值班表上今后没有您的班。", "bad")
            return
        own = await self.show(
            ActionMenu("您的哪一班要换？", [Action(each, each.words) for each in mine[:20]])
        )
        if own is None:
            return
        others = await self.ask(swaps.offers, own.shift_id) or []
        nobody = DutyLine(0, 0, "请人代一班")
        options = [Action(nobody, nobody.words, "不用还")]
        options += [Action(each, each.words, _hint(each)) for each in others[:30]]
        chosen = await self.show(ActionMenu(f"您的{own.words}，换谁的哪一班？", options))
        if chosen is None:
            return
        other, stand_in = (chosen if chosen.shift_id else None), None
        if other is None and (stand_in := await self._stand_in(own)) is None:
            return
        reason = await self.show(AskText("为什么换？对方和片区长看得到", USUAL_REASONS))
        if reason is None:
            return
        other_id = other.shift_id if other else None
        done = await self.do(swaps.ask, own.shift_id, other_id, stand_in, reason, self.new_act())
        if done is not None:
            self.say(f"已提出：{done.words}，等对方答复。", "good")

    async def _stand_in(self, own: DutyLine) -> int | None:
        people = await self.ask(swaps.stand_ins, own.shift_id) or []
        options = [Action(each.staff_id, each.words, _hint(each)) for each in people]
        if not options:
            self.say("那天本片区没有别人可以代。", "bad")
            return None
        return await self.show(ActionMenu(f"您的{own.words}，请谁代？", options))


def _hint(line: DutyLine) -> str:
    """Whether it fits the roster, and what not: it may be asked all the same, the chief decides."""
    return f"! 可以提，但{line.warning}" if line.warning else "可以选"
