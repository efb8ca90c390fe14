"""问题清单: the ledger with the case beside or below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules import ledger
from dutydesk.rules.ledger import ORDERS, VIEWS, IssueRow, Question, Window
from dutydesk.screens.base import DUTY_OF_KEY, DeskScreen
from dutydesk.screens.ledger.rows import COLUMNS, Rows
from dutydesk.terminal import digit_of
from dutydesk.widgets.case_view import CaseView
from dutydesk.widgets.frame import BottomLine, Divider, Notice, Parts
from dutydesk.widgets.window_list import WindowList

if TYPE_CHECKING:
    from dutydesk.rules.views import ViewEntry
    from dutydesk.widgets.search_bar import SearchBar

BESIDE_FROM = 110
_WAITING = Question("reported")
_NEWS_AT_MOST = 200
_ONE_BY_ONE = "这里是待立案的清单。要一件一件看着立案，再按一次这个数字键。"
_ASK = (("Enter", "办理"), ("/", "查找"), ("f", "筛选"))
_MORE = (("1-9", "清单"), ("0", "菜单·撤销"), ("F1", "帮助"))
_NOTHING = "这个清单里现在没有问题。按 0 看别的清单，F3 登记新问题。"
_NOTHING_FILTERED = "照这些条件没有问题。按退格键清除条件，或按 f 改一项。"


class IssuesScreen(DeskScreen):
    """One question put to the ledger; digits switch views, 0 opens what else can be done, Enter what may be done."""

    NAME = "问题清单"
    UNDO = "0 再按 8 撤销"
    CSS_PATH = None  # it is in the first stylesheet
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        *_ASK,
        ("空格", "标记"),
        *_MORE,
        ("Tab", "翻看案情"),
        ("o", "排序"),
    )
    WHILE_ASKED: ClassVar[tuple[tuple[str, str], ...]] = (
        *_ASK,
        ("退格", "清条件"),
        _MORE[0],
        ("0", "菜单"),
        _MORE[2],
        ("空格", "标记"),
    )
    WHILE_MARKED: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "办理已标记的"),
        ("空格", "标记"),
        ("a", "标记这一屏"),
        *_MORE[1:],
        ("Esc", "取消标记"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "switch_focus", "翻看案情", show=False),
        Binding("slash", "tool('search')", "查找", show=False),
        Binding("f", "tool('filter')", "筛选", show=False),
        Binding("o", "tool('order')", "排序", show=False),
        Binding("backspace", "tool('clear')", "清除条件", show=False),
        Binding("space", "mark", "标记", show=False),
        Binding("shift+down", "mark", "标记", show=False),
        Binding("shift+up", "mark(-1)", "标记", show=False),
        Binding("a", "tool('mark_in_sight')", "标记这一屏", show=False),
        Binding("u", "tool('undo')", "撤销", show=False),
        Binding("c", "tool('case')", "案情显隐", show=False),
    ]

    def __init__(self, view: str = "open") -> None:
        super().__init__()
        self.question = Question(view if view in VIEWS else "open")
        self.entry: ViewEntry | None = None  # the view on a digit or by name that was switched to last
        self.asked_for = ""  # filters, words and order as the title says them
        self.case_hidden = False
        self._views: list[ViewEntry] | None = None
        self._first_seen: int | None = None  # the list's first row when its top was looked at last

    def body(self) -> ComposeResult:
        """List and case."""
        with Parts(id="ledger", classes="-wide" if self.app.size.width >= BESIDE_FROM else ""):
            yield WindowList(COLUMNS, empty_text=_NOTHING)
            yield Divider()
            yield CaseView(empty="光标停在哪一件，这里就显示哪一件。")

    def signed_on(self) -> None:
        """Read the view."""
        self._views = None
        self.query_one(WindowList).focus()
        self.put(self.question)
        if self.question == _WAITING and DUTY_OF_KEY["triage"].open_to(self.session):
            self.say(_ONE_BY_ONE)

    # -- what is asked --------------------------------------------------------------------------------------

    async def views(self) -> list[ViewEntry]:
        """This person's views in the order of the digits; read when first asked for."""
        if self._views is None:
            from dutydesk.rules import views

            self._views = await self.ask(views.for_session) or []
        return self._views

    def forget_views(self) -> None:
        """They have changed."""
        self._views = None

    def put(self, question: Question, entry: ViewEntry | None = None) -> None:
        """Ask something else. Marks stay while the view does."""
        listing = self.query_one(WindowList)
        if question.view != self.question.view and listing.marked:
            listing.clear_marks()
        if entry is not None or question.view != self.question.view:
            self.entry = entry
        self.question, self._first_seen = question, None
        listing.source = Rows(self.desk, question, self._answered)
        self.say_asked()

    def call(self, entry: ViewEntry | None) -> None:
        """The list in sight is called otherwise, or has no name of its own any more."""
        self.entry = entry
        self.say_asked()

    def say_asked(self) -> None:
        """The list's name in the first line, and by what it is narrowed."""
        if self.question.filters:
            self._say_filters()
        else:
            self._show_asked("")

    @property
    def list_name(self) -> str:
        """What the list is called."""
        return self.entry.name if self.entry is not None else VIEWS[self.question.view].name

    @work(exclusive=True, group="title")
    async def _say_filters(self) -> None:
        from dutydesk.rules import filters

        self._show_asked(await self.ask(filters.words_of, self.question.filters) or "")

    def _show_asked(self, filtered: str) -> None:
        question = self.question
        own = self.entry is not None and self.entry.own and self.entry.question == question
        parts = [filtered] if filtered else []
        parts += [f"查“{question.words}”"] if question.words else []
        parts += [f"按{ORDERS[question.order]}排"] if question.order else []
        self.asked_for = "·".join(parts)
        self.show_title(f"{self.list_name}　{'　'.join(parts)}" if parts and not own else self.list_name)
        self._show_keys()

    def _show_keys(self) -> None:
        keys = self.WHILE_ASKED if self.asked_for else self.KEYS
        if self.query_one(WindowList).marked:
            keys = self.WHILE_MARKED
        intake = DUTY_OF_KEY["intake"]
        more = [(intake.key.upper(), intake.title)] if intake.open_to(self.session) else []
        self.query_one(BottomLine).show([*keys, *more])

    def _answered(self, rows: Rows, window: Window) -> None:
        """A window has come and is about to be shown."""
        if rows.question != self.question:
            return
        if not window.rows:
            filtered = _NOTHING_FILTERED if self.question.filters else _NOTHING
            self.query_one(WindowList).empty_text = rows.why_empty or filtered
        elif window.at_start and self._first_seen is None:
            self._first_seen = window.rows[0].key
        if window.narrow:
            self.say(window.narrow)

    def changed(self) -> None:
        """Somebody wrote: read the window again; the cursor keeps its case."""
        self.read_again()

    @work(exclusive=True, group="reload")
    async def read_again(self) -> None:
        """The window, then the case. What is new above is told, not pushed under the reader's hand."""
        listing = self.query_one(WindowList)
        await listing.reload()
        if self._first_seen is not None and listing.row is not None:
            question, first = self.question, self._first_seen
            news = await self.ask(ledger.new_above, question, first, _NEWS_AT_MOST)
            if news and question == self.question:
                many = f"{news}件" if news < _NEWS_AT_MOST else f"{news}件以上"
                self.say(f"上面新来{many}，按 Home 看。")
        if listing.row is not None:
            self.show_case(listing.row)

    # -- the case beside ------------------------------------------------------------------------------------

    def on_window_list_moved(self, event: WindowList.Moved) -> None:
        """At the top of the list its news have been seen."""
        row = event.row
        if row is not None and event.window_list.rows_above == 0 and self._first_seen not in (None, row.key):
            first = event.window_list.rows_in_sight[0].key
            if row.key == first and first != self._first_seen:
                self._first_seen = first
                if self.query_one(Notice).words.startswith("上面新来"):
                    self.query_one(Notice).clear()

    def on_window_list_rested(self, event: WindowList.Rested) -> None:
        """The cursor rests: show the case."""
        if not self.case_hidden:
            if event.row is None:
                self.query_one(CaseView).show(None)
            else:
                self.show_case(event.row)

    @work(exclusive=True, group="case")
    async def show_case(self, row: IssueRow) -> None:
        """Read the case under the cursor."""
        if self.case_hidden:
            return
        from dutydesk.rules import case

        sheet = await self.ask(case.case_sheet, row.key)
        if sheet is not None:
            for view in self.query(CaseView):  # none, when the desk has been left meanwhile
                view.show(sheet)

    def on_window_list_failed(self, event: WindowList.Failed) -> None:
        """The rows stay; say why there are no others."""
        self.say(f"{event.error}　按任一方向键重试。", "bad")

    def toggle_case(self) -> None:
        """Hide or show the case."""
        self.case_hidden = not self.case_hidden
        self.query_one("#ledger").set_class(self.case_hidden, "-alone")
        row = self.query_one(WindowList).row
        if self.case_hidden:
            self.query_one(WindowList).focus()
        elif row is not None:
            self.show_case(row)

    def action_switch_focus(self) -> None:
        """From the list to the case and back."""
        listing, view = self.query_one(WindowList), self.query_one(CaseView)
        self.set_focus(listing if view.has_focus or self.case_hidden else view)

    def on_resize(self) -> None:
        """The case stands beside the list where there is room."""
        self.query_one("#ledger").set_class(self.app.size.width >= BESIDE_FROM, "-wide")

    # -- views ----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Digits switch views; 0 opens the menu."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit == 0:
            self.action_tool("menu")
        else:
            self.switch(digit)

    @work(group="handle")
    async def switch(self, digit: int) -> None:
        """To the view on a digit."""
        with self.desk_app.holding_keys():
            entries = await self.views()
            if digit > len(entries):
                self.say(f"数字键 {digit} 上没有清单。按 0 可以看全部清单。")
            else:
                await self.open_view(entries[digit - 1])

    async def open_view(self, entry: ViewEntry) -> None:
        """Another list. 待立案 asked for again is shown one by one, to whoever opens cases.

        Not at once: a digit shows a list, and what follows it, a number typed or Enter, must not open a case unseen.
        """
        self.query_one(Notice).clear()
        waiting = entry.question == _WAITING and DUTY_OF_KEY["triage"].open_to(self.session)
        if waiting and self.question == _WAITING:
            from dutydesk.screens.triage import TriageScreen

            queue = TriageScreen()
            await self.app.push_screen(queue)
            queue.say("待立案一次看一件：Enter 照提议立案，9 看清单（可标记几件一起办），Esc 返回。")
            return
        self.put(entry.question, entry)
        if waiting:
            self.say(_ONE_BY_ONE)

    # -- searching ------------------------------------------------------------------------------------------

    async def on_search_bar_asked(self, event: SearchBar.Asked) -> None:
        """Search; a number with Enter goes to its case."""
        from dutydesk.screens.ledger import searching

        await searching.answer(self, event)

    def search(self, words: str) -> None:
        """Ask for what these words are found in."""
        if words != self.question.words:
            self.query_one(Notice).clear()
            self.put(self.question._replace(words=words))

    # -- marks ----------------------------------------------------------------------------------------------

    def action_mark(self, step: int = 1) -> None:
        """Mark the row under the cursor, or no longer, and go on to the next."""
        self.query_one(WindowList).action_move("mark", step)

    def on_window_list_marked(self, event: WindowList.Marked) -> None:
        """Say how many."""
        count = len(event.window_list.marked)
        full = "，一次最多这么多" if event.full else ""
        if count:
            self.say(f"已标记{count}件{full}。Enter 一起办，Esc 取消标记。")
        elif self.query_one(Notice).words.startswith("已标记"):
            self.query_one(Notice).clear()
        self._show_keys()

    async def action_back(self) -> None:
        """One step back: marks, then what was searched for, then the screen."""
        listing = self.query_one(WindowList)
        if listing.marked:
            listing.clear_marks()
        elif self.question.words:
            self.search("")
        else:
            await super().action_back()

    # -- acting ---------------------------------------------------------------------------------------------

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter: what may be done, with this one or with all marked."""
        self.handle(event.row)

    @work(group="handle")
    async def handle(self, row: IssueRow) -> None:
        """The menu, the form, the act; then the list as it is now."""
        listing = self.query_one(WindowList)
        with self.desk_app.holding_keys():
            if listing.marked:
                from dutydesk.screens.bulk import handle_marked

                done = await handle_marked(self, listing.marked)
                if done:
                    listing.clear_marks()
            else:
                from dutydesk.screens.handling import handle_case

                done = await handle_case(self, row.key)
            if done:
                self.read_again()

    # -- the tools under 0 and their keys -------------------------------------------------------------------

    @work(group="handle")
    async def action_tool(self, name: str) -> None:
        """One of the tools of `tools.TOOLS`, or the menu of them."""
        from dutydesk.screens.ledger import tools

        with self.desk_app.holding_keys():
            await tools.use(self, name)

    @work(group="handle")
    async def action_help(self) -> None:  # type: ignore[override]
        """The help page needs the views on the digits."""
        with self.desk_app.holding_keys():
            await self.views()
            super().action_help()

    @property
    def HELP(self) -> str:  # type: ignore[override]  # noqa: N802
        """The views on the digits and the tools, from the tables that drive them."""
        from dutydesk.screens.ledger import tools

        return tools.help_text(self._views or [])
