"""问题清单: the ledger with the case beside or below it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from dutydesk.rules import ledger
from dutydesk.rules.ledger import ON_DIGITS, VIEWS, IssueRow, Window
from dutydesk.screens.base import DUTY_OF_KEY, DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.vocabulary import Urgency
from dutydesk.widgets.case_view import CaseView
from dutydesk.widgets.frame import Divider
from dutydesk.widgets.window import Page
from dutydesk.widgets.window_list import Column, WindowList

BESIDE_FROM = 110
_SHORT_MARKS = {"群众反映强烈": "强", "居民区难以协调": "难", "待抽查": "抽"}


def _left(row: IssueRow) -> str:
    return f"!{row.left}" if row.overdue else row.left


def _urgency(row: IssueRow) -> str:
    return "" if row.urgency is Urgency.NORMAL else row.urgency.label


def _state(row: IssueRow) -> str:
    return "可销项" if row.closable else row.state.label


def _summary(row: IssueRow) -> str:
    short = [_SHORT_MARKS[mark] for mark in row.marks if mark in _SHORT_MARKS]
    short += [mark[:1] for mark in row.marks if mark.startswith(("退单", "返工", "催办"))]
    return (f"[{''.join(short)}]" if short else "") + row.summary


COLUMNS = (
    Column("编号", 11, lambda row: row.number),
    Column("时限", 9, _left),
    Column("急", 4, _urgency),
    Column("状态", 8, _state),
    Column("地点", 12, lambda row: row.place),
    Column("问题", 16, _summary, flex=True),
    Column("承办", 12, lambda row: row.holder, from_width=96),
)


class _Ledger:
    """The windowed list's rows, from a view of the ledger."""

    def __init__(self, screen: IssuesScreen, view: str) -> None:
        self.desk, self.view = screen.desk, view

    async def after(self, key: Hashable | None, count: int) -> Page[IssueRow]:
        """See `Source`."""
        return _page(await self.desk.read(ledger.after, self.view, key, count))  # type: ignore[arg-type]

    async def before(self, key: Hashable | None, count: int) -> Page[IssueRow]:
        """See `Source`."""
        return _page(await self.desk.read(ledger.before, self.view, key, count))  # type: ignore[arg-type]

    async def around(self, key: Hashable, count: int) -> Page[IssueRow]:
        """See `Source`."""
        return _page(await self.desk.read(ledger.around, self.view, key, count))  # type: ignore[arg-type]


def _page(window: Window) -> Page[IssueRow]:
    return Page(window.rows, window.at_start, window.at_end)


class IssuesScreen(DeskScreen):
    """A view of the ledger; digits switch views, 0 hides or shows the case, Enter opens what may be done."""

    NAME = "问题清单"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "办理"),
        ("1-9", "换清单"),
        ("0", "案情显隐"),
        ("Tab", "翻看案情"),
        ("F1", "帮助"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "switch_focus", "翻看案情", show=False),
    ]

    def __init__(self, view: str = "open") -> None:
        super().__init__()
        self.view = view if view in VIEWS else "open"
        self.case_hidden = False

    @property
    def HELP(self) -> str:  # type: ignore[override]  # noqa: N802
        """The views on the digits, from the table that switches them."""
        views = "，".join(f"{digit} {VIEWS[key].name}" for digit, key in enumerate(ON_DIGITS, 1))
        return f"数字换清单：{views}。\n时限前的 ! 是逾期；[强] 群众反映强烈 [难] 居委难协调 [退] 退单 [返] 返工 [催] 催办。"

    def body(self) -> ComposeResult:
        """List and case."""
        with Container(id="ledger", classes="-wide" if self.app.size.width >= BESIDE_FROM else ""):
            yield WindowList(
                COLUMNS, empty_text="这个清单里现在没有问题。按 1 看全部未结，按 9 看全部，F3 登记新问题。"
            )
            yield Divider()
            yield CaseView(empty="光标停在哪一件，这里就显示哪一件。")

    def signed_on(self) -> None:
        """Read the view."""
        intake = DUTY_OF_KEY["intake"]
        self.show_keys(after=[(intake.key.upper(), intake.title)] if intake.open_to(self.session) else [])
        self.query_one(WindowList).focus()
        self.show_view(self.view)

    def show_view(self, view: str) -> None:
        """Another list."""
        self.view = view
        self.show_title(VIEWS[view].name)
        self.query_one(CaseView).show(None)
        self.query_one(WindowList).source = _Ledger(self, view)

    def changed(self) -> None:
        """Somebody wrote: read the window again; the cursor keeps its case."""
        self.read_again()

    @work(exclusive=True, group="reload")
    async def read_again(self) -> None:
        """The window, then the case. What is new above is told, not pushed under the reader's hand."""
        listing = self.query_one(WindowList)
        was_at_top = listing.rows_above == 0
        await listing.reload()
        if was_at_top and listing.rows_above:
            self.say(f"上面新来{listing.rows_above}件，按 Home 看。")
        if listing.row is not None:
            self.show_case(listing.row)

    # -- the case beside ------------------------------------------------------------------------------------

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
            self.query_one(CaseView).show(sheet)

    def on_window_list_failed(self, event: WindowList.Failed) -> None:
        """The rows stay; say why there are no others."""
        self.say(f"{event.error}　按任一方向键重试。", "bad")

    # -- keys -----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Digits switch views."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit == 0:
            self.action_toggle_case()
        else:
            self.show_view(ON_DIGITS[digit - 1])

    def action_toggle_case(self) -> None:
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
        (listing if view.has_focus or self.case_hidden else view).focus()

    def on_resize(self) -> None:
        """The case stands beside the list where there is room."""
        self.query_one("#ledger").set_class(self.app.size.width >= BESIDE_FROM, "-wide")

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter: what may be done."""
        self.handle(event.row)

    @work(group="handle")
    async def handle(self, row: IssueRow) -> None:
        """The menu, the form, the act; then the list as it is now."""
        from dutydesk.screens.handling import handle_case

        with self.desk_app.holding_keys():
            if await handle_case(self, row.key):
                self.read_again()
