"""办件统计: the figures of a period, how each is made, and by area, category or force; Enter opens its cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult

from dutydesk.rules import figures, filters
from dutydesk.rules.figures import BREAKDOWNS, Figure, FigureSheet, Group
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.views import ViewEntry
from dutydesk.screens.base import DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.frame import Notice, Words
from dutydesk.widgets.given import Given
from dutydesk.widgets.window_list import Column, WindowList

AT_MOST = 1000  # cases that a figure opens in the ledger
PERIODS = {1: ("week", "本周"), 2: ("month", "本月"), 3: ("last_month", "上月")}
SPAN, TOTAL, PLACE, AGAIN = 4, 5, 9, 0
BY = {6: "area", 7: "category", 8: "force"}

COLUMNS = (
    Column("事项", 8, lambda figure: figure.name),
    Column("件数", 12, lambda figure: figure.value),
    Column("怎么算的", 20, lambda figure: figure.note, flex=True),
)
_SHORT = {"办结销项": "销项", "按期率": "按期", "满意率": "满意"}


def _short_of(place: int) -> Callable[[Group], str]:
    return lambda group: f"{group.figures[place].short:>4}"


def _group_columns() -> list[Column]:
    names = [_SHORT.get(figure.name, figure.name) for figure in figures.nothing().figures]
    return [
        Column("名称", 10, lambda group: group.name, flex=True),
        *(Column(name, 4, _short_of(place)) for place, name in enumerate(names)),
    ]


class FiguresScreen(DeskScreen):
    """A period's figures in all, or a line for each area, category or force."""

    NAME = "办件统计"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        (f"1-{SPAN}", " ".join([*(name for _value, name in PERIODS.values()), "起止"])),
        (f"{TOTAL}-8", " ".join(["合计", *BREAKDOWNS.values()])),
        (str(PLACE), "地点"),
        ("F1", "帮助"),
        (str(AGAIN), "重新统计"),
        ("Enter", "看是哪些"),
    )
    HELP = (
        "每一项都写明怎么算；Enter 在问题清单里打开这一项的问题（按期率、满意率打开的是没按期、不满意的）。\n"
        "按各件经过里的时间统计：上月的数字只算到上月底，以后办结的当时仍算在办。\n"
        "撤销了的不算；补录、代录的算在实际发生的那天。缓办、挂账停止计算期限，不算逾期，另列在旁边。\n"
        "按片区、类别、力量分列时，Enter 看那一行的各项数字。"
    )

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.by, self.place, self.inside = "month", "", "", ""
        self.sheet: FigureSheet | None = None
        self.away = False

    def body(self) -> ComposeResult:
        """The figures, or the lines of a breakdown; and how the one under the cursor is made."""
        yield WindowList(COLUMNS, Given[Figure]([]), id="figures")
        yield WindowList(_group_columns(), Given[Group]([]), id="groups")
        yield Words("", id="made")

    @property
    def listing(self) -> WindowList[Figure] | WindowList[Group]:
        """The list in sight."""
        return self.query_one("#groups" if self.by and not self.inside else "#figures", WindowList)

    def signed_on(self) -> None:
        """Count for whoever sits here now."""
        self.place = self.inside = ""
        self.read_again()

    def changed(self) -> None:
        """Somebody wrote: to count again takes a while, so it is offered."""
        if self.sheet is not None:
            self.say("有新的变动，按 0 重新统计。")

    def on_screen_resume(self) -> None:
        """Back from the cases: something may have been done to them."""
        if self.away and self.wanted_now():
            self.away = False
            self.read_again()

    @work(exclusive=True, group="figures")
    async def read_again(self) -> None:
        """Count, and show it; the database's thread does it."""
        self.show_title("正在统计…")
        sheet = await self.ask(figures.figures, self.asked, self.by, self.place)
        if sheet is None:
            self.show_title()
            return
        self.sheet = sheet
        self.query_one(Notice).clear()
        if self.inside not in {group.key for group in sheet.groups}:
            self.inside = ""
        await self.put()

    async def put(self) -> None:
        """What was counted, as it is asked for now."""
        sheet = self.sheet
        if sheet is None:
            return
        shown = next((group for group in sheet.groups if group.key == self.inside), sheet.total)
        listing = self.listing
        for each in self.query(WindowList):
            each.display = each is listing
        if isinstance(listing.source, Given):
            listing.empty_text = sheet.narrow or "这段时间里没有问题。"
            figures_shown = list(shown.figures) if shown else []
            listing.source.rows = list(sheet.groups) if listing.id == "groups" else figures_shown
            await listing.reload()
        self.set_focus(listing)
        self._explain(listing.row)
        self.show_title("　".join(self._about(sheet)))

    def _about(self, sheet: FigureSheet) -> list[str]:
        name = next((name for value, name in PERIODS.values() if value == self.asked), "")
        inside = next((group.name for group in sheet.groups if group.key == self.inside), "")
        by = f"按{BREAKDOWNS[self.by]}" if self.by and not inside else ""
        return [part for part in (name, sheet.days.words, sheet.place, inside, by) if part]

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """How it is made."""
        if event.window_list is self.listing:
            self._explain(event.row)

    def _explain(self, row: Figure | Group | None) -> None:
        said = ""
        if isinstance(row, Group):
            said = (
                f"{row.name}："
                + "　".join(f"{each.name}{each.value}" for each in row.figures)
                + "。Enter 单看。"
            )
        elif row is not None:
            said = f"{row.name} {row.value}：{row.note}。" + ("Enter 看是哪些。" if row.ids else "")
        self.query_one("#made", Words).say(said)

    # -- asking something else ------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Digits choose the period, the breakdown and the place."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit == SPAN:
            self.choose_span()
        elif digit == PLACE:
            self.choose_place()
        else:
            if digit in PERIODS:
                self.asked = PERIODS[digit][0]
            elif digit != AGAIN:
                self.by, self.inside = BY.get(digit, ""), ""
            self.read_again()

    @work(exclusive=True, group="choose")
    async def choose_span(self) -> None:
        """From when to when."""
        with self.desk_app.holding_keys():
            typed = await self.show(AskText("统计从哪天到哪天？例如 10-1到10-31、近30天"))
            asked = await self.ask(filters.typed, "period", typed) if typed else None
            if asked:
                self.asked = asked
                self.read_again()

    @work(exclusive=True, group="choose")
    async def choose_place(self) -> None:
        """One of the subdistricts or areas in scope, or all of it."""
        with self.desk_app.holding_keys():
            places = await self.ask(figures.places)
            if not places or len(places) == 1:
                self.say("您的范围就是这一个片区。")
                return
            options = [Action("", "全部"), *(Action(value, name) for value, name in places)]
            chosen = await self.show(ActionMenu("统计哪里？", options))
            if chosen is not None:
                self.place, self.inside = chosen, ""
                self.read_again()

    # -- opening --------------------------------------------------------------------------------------------

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter: a group's figures, a figure's cases."""
        if isinstance(event.row, Group):
            self.inside = event.row.key
            self.show_inside()
        else:
            self.open_cases(event.row)

    @work(exclusive=True, group="choose")
    async def show_inside(self) -> None:
        """The figures of one line, or the lines again."""
        await self.put()

    @work(exclusive=True, group="choose")
    async def open_cases(self, figure: Figure) -> None:
        """The cases of a figure in the ledger, the newest first."""
        from dutydesk.screens.issues import IssuesScreen

        if not figure.ids or self.sheet is None:
            self.say(f"{figure.name}：没有可列的问题。")
            return
        cases = ",".join(map(str, figure.ids[:AT_MOST]))
        screen = IssuesScreen("all")
        screen.question = Question("all", Filters(cases=cases))
        screen.entry = ViewEntry("figure", f"{figure.listed}（{self.sheet.days.words}）", screen.question)
        self.away = True
        await self.app.push_screen(screen)
        if len(figure.ids) > AT_MOST:
            screen.say(f"共{len(figure.ids)}件，这里列最近的{AT_MOST}件。")

    async def action_back(self) -> None:
        """From a group's figures to the lines, then home."""
        if self.inside:
            self.inside = ""
            self.show_inside()
        else:
            await super().action_back()
