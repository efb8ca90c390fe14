"""每日巡查: one list of all of the day's checkpoints, a digit marks and the cursor goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from dutydesk.desk import DatabaseProblem
from dutydesk.rules import drafts, patrol, patrol_sheets
from dutydesk.rules.patrol_sheets import Check, PatrolSheet
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.patrol import rows
from dutydesk.screens.patrol.checkpoint import CheckpointView
from dutydesk.screens.patrol.marks import MarkQueue, Pressed
from dutydesk.screens.patrol.reasons import ask_reason
from dutydesk.screens.patrol.rows import COLUMNS, CheckRow
from dutydesk.terminal import digit_of
from dutydesk.vocabulary import Mark
from dutydesk.widgets.frame import BottomLine, Divider
from dutydesk.widgets.given import Given
from dutydesk.widgets.window_list import WindowList

BESIDE_FROM = 110
NO_ROUTES = "今天没有要走的巡查路线。路线由管理员设置。"


class PatrolScreen(InSight, DeskScreen):
    """The day's routes one below the other, unfinished ones of earlier days last."""

    NAME = "每日巡查"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "正常"),
        ("2", "异常"),
        ("3", "不适用"),
        ("Enter", "完成、补录、打印"),
        ("0", "撤回标记"),
        ("F1", "帮助"),
    )
    KEYS_WHEN_FINISHED: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "打印、换路线"), ("F1", "帮助"))
    HELP = (
        "一处一键：1 正常，2 异常（打开登记，保存后回到下一处），3 不适用（选理由）。标完光标自动到下一个未查的点，"
        "一条路线走完接着下一条。全部标完后按 Enter 完成巡查。"
        "标错了按 0（或 u）撤回刚才的标记；要改某一处，移到那里重新标。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "normal", "正常", show=False),
        Binding("2", "abnormal", "异常", show=False),
        Binding("3", "not_applicable", "不适用", show=False),
        Binding("0,u", "take_back", "撤回", show=False),
    ]

    def __init__(self, target: str = "") -> None:
        """`target` is the id of the patrol to begin on."""
        super().__init__()
        self.begin_on = int(target) if target.isdigit() else 0
        self.given: Given[CheckRow] = Given([])
        self.marks = MarkQueue(self._write_one)
        self.marked: list[int] = []  # checkpoints marked here, the latest last
        self.reasons: list[str] = []
        self.leaving = False
        self.acted = False  # whether anything was marked or finished here
        self.in_sight_since = inf  # nothing counts before the first checkpoint stands there

    def body(self) -> ComposeResult:
        """The list, and the checkpoint in full below or beside it."""
        with Container(id="patrol", classes="-wide" if self.app.size.width >= BESIDE_FROM else ""):
            yield WindowList(COLUMNS, self.given, empty_text="")
            yield Divider()
            yield CheckpointView()

    @property
    def listing(self) -> WindowList[CheckRow]:
        """The list."""
        return self.query_one(WindowList)

    def on_resize(self) -> None:
        """The checkpoint stands beside the list where there is room."""
        self.query_one("#patrol").set_class(self.app.size.width >= BESIDE_FROM, "-wide")

    # -- reading --------------------------------------------------------------------------------------------

    def signed_on(self) -> None:
        """Make what is missing of today's patrols, and begin at the first 未查."""
        super().signed_on()
        self.listing.focus()
        self.begin()

    @work(exclusive=True, group="read")
    async def begin(self) -> None:
        """Read everything; a database that cannot be written still shows what there is."""
        sheets = await self.do(patrol.prepare, self.session.day, self.new_act())
        if sheets is None:
            sheets = await self.ask(patrol_sheets.todays) or []
        self.reasons = await self.ask(patrol.not_applicable_reasons) or []
        self.given.rows = self._rows(sheets)
        self.listing.empty_text = NO_ROUTES
        first = rows.first_of(self.given.rows, self.begin_on)
        await self.listing.show(first.key if first else None)
        self.came_in_sight()
        self._say_progress()

    def changed(self) -> None:
        """This desk or another has written."""
        if self.given.rows and not self.marks.waiting:
            self.read_again()

    @work(exclusive=True, group="read")
    async def read_again(self) -> None:
        """Read what is shown."""
        await self.read()

    async def read(self) -> None:
        """See `read_again`."""
        sheets = await self.ask(patrol_sheets.todays)
        if sheets is None:
            return
        found = self._rows(sheets)
        if found != self.given.rows:
            self.given.rows = found
            await self.listing.reload()
        self._say_progress()

    def _rows(self, sheets: Sequence[PatrolSheet]) -> list[CheckRow]:
        today = self.session.day
        return [
            CheckRow(check.id, self.marks.over(check), sheet, today)
            for sheet in sheets
            for check in sheet.checks
        ]

    def _say_progress(self) -> None:
        self.show_title(rows.progress(self.given.rows))
        self._show_bar()

    def _show_bar(self) -> None:
        """Where a route is finished nothing can be marked, and the last line offers nothing of the kind."""
        row = self.listing.row
        finished = row is not None and row.sheet.finished
        self.query_one(BottomLine).show(self.KEYS_WHEN_FINISHED if finished else self.KEYS)

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """What to look at there, at once."""
        self.query_one(CheckpointView).show(event.row)
        self._show_bar()

    def on_key(self, event: events.Key) -> None:
        """A digit or Enter pressed before the checkpoints were shown marks and opens nothing."""
        if (digit_of(event.key) is not None or event.key in ("enter", "u")) and self.too_early(
            event, repeats=False
        ):
            event.stop()
            self.say(TOO_EARLY)

    # -- marking --------------------------------------------------------------------------------------------

    def _markable(self) -> CheckRow | None:
        row = self.listing.row
        if row is not None and row.sheet.finished:
            self.say(f"{row.sheet.route}已完成，不能再改。", "bad")
            return None
        return row

    def action_normal(self) -> None:
        """正常, and on."""
        if row := self._markable():
            self._mark(row, Mark.NORMAL)

    def action_abnormal(self) -> None:
        """异常: register it; when it is saved, on."""
        row = self._markable()
        if row is None:
            return
        self.open_intake(row)

    @work
    async def open_intake(self, row: CheckRow) -> None:
        """登记 for this checkpoint; what was left half typed here is gone on with."""
        from dutydesk.screens.intake import IntakeScreen

        check = row.check
        known: dict[str, Any] = dict(patrol_sheets.prefill(row.sheet, check))
        known["_shown"] = {"unit": [check.unit, ""], "category": [check.category, ""]}
        usual = known.pop("summary")  # what is often wrong here: to be taken over, for nobody has said so yet
        with self.desk_app.holding_keys():
            kept = await self.ask(drafts.kept) or []
            mine = (each for each in kept if each.content.get("patrol_check") == known["patrol_check"])
            done = await self.show(IntakeScreen(known, next(mine, None), usual))
            if done is None:
                self.say("没有登记，这一处标记没有变。")
                return
            await self.read()
            self._go_on(row.key, f"已登记 {done.number}（{done.state.label}）。")
            self.came_in_sight()

    @work
    async def action_not_applicable(self) -> None:
        """不适用: why, and on."""
        row = self._markable()
        if row is None:
            return
        with self.desk_app.holding_keys():
            reason = await ask_reason(self, f"{row.check.where}：为什么不适用？", self.reasons)
        if reason:
            self._mark(row, Mark.NOT_APPLICABLE, reason)

    def action_take_back(self) -> None:
        """Take back the latest mark made here; the cursor goes there."""
        if not self.marked:
            self.say("这里还没有可撤回的标记。要改某一处，移到那里重新标。")
            return
        check_id = self.marked.pop()
        row = next((row for row in self.given.rows if row.key == check_id), None)
        if row is not None:
            self.put(row, Mark.UNCHECKED, "")
            self.move_to(row.key)
            self.say(f"已撤回：{row.check.where}")

    def _mark(self, row: CheckRow, mark: Mark, reason: str = "") -> None:
        self.say("")
        self.marked.append(row.key)
        self.put(row, mark, reason)
        self._go_on(row.key)

    def put(self, row: CheckRow, mark: Mark, reason: str) -> None:
        """Show a mark at once and have it written in its turn; 异常 stays until the rule has said yes."""
        self.acted = True
        self.marks.put(Pressed(row.key, mark, reason, self.new_act()))
        if row.check.mark is not Mark.ABNORMAL:
            self._show(row.key, replace(row.check, mark=mark, reason=reason, marked_by="", marked_at=None))
        self._say_progress()
        if not self.marks.writing:
            self.write()

    def _show(self, check_id: int, check: Check) -> None:
        for number, row in enumerate(self.given.rows):
            if row.key == check_id:
                self.given.rows[number] = replace(row, check=check)
                self.listing.replace(self.given.rows[number])

    @work(group="marks")
    async def write(self) -> None:
        """Write what waits, then show it as it is written."""
        if await self.drain():
            self.read_again()

    async def drain(self) -> bool:
        """Write all marks that wait; says whether none waits any more."""
        try:
            refused = await self.marks.drain()
        except DatabaseProblem as problem:
            self.say(f"{problem}（{len(self.marks.waiting)}处标记待存，下次标记时一起存）", "bad")
            return False
        if refused is not None:
            self.say(refused.message, "bad")
        return True

    async def _write_one(self, pressed: Pressed) -> None:
        await self.desk.run(patrol.mark, pressed.check_id, pressed.mark, pressed.reason, pressed.act_id)

    async def keep(self) -> None:
        """Leaving: what was marked is written first."""
        await self.drain()

    async def action_back(self) -> None:
        """Leave; with marks that could not be written only at the second time."""
        await self.keep()
        if self.marks.waiting and not self.leaving:
            self.leaving = True
            self.say(
                f"还有{len(self.marks.waiting)}处标记没有存进数据库。再按一次 Esc 放弃它们并离开。", "bad"
            )
            return
        self._tell_where_it_stands()
        self.dismiss()

    def _tell_where_it_stands(self) -> None:
        """The screen below says what was done here, and what is still to be done."""
        below = self.app.screen_stack[-2]
        if self.acted and isinstance(below, DeskScreen) and below.composed:
            below.say(rows.stands(self.given.rows), "good")

    # -- moving ---------------------------------------------------------------------------------------------

    def _go_on(self, check_id: int, done: str = "") -> None:
        """To the next 未查; says `done`, and what came to its end with this mark."""
        following = rows.following(self.given.rows, check_id)
        if following is not None:
            self.move_to(following.key)
        done += rows.ended(self.given.rows, check_id, following)
        if done:
            self.say(done, "good")

    def move_to(self, check_id: int) -> None:
        """Put the cursor on a checkpoint."""
        here = self.listing.row
        if here is None:
            return
        places = {row.key: number for number, row in enumerate(self.given.rows)}
        self.listing.action_move("lines", places[check_id] - places[here.key])

    # -- the menu -------------------------------------------------------------------------------------------

    @work
    async def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Everything that can be done here; 1 to 3 are the same as on the list."""
        from dutydesk.screens.patrol.menu import choose

        with self.desk_app.holding_keys():
            await choose(self, event.row)
