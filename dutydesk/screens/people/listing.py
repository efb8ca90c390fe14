"""What every page of 人员 shares: a line that says where one is, a list, digits for the other lists, 0 for the menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules import finding, keeping
from dutydesk.screens.base import DeskScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage
from dutydesk.widgets.frame import Words
from dutydesk.widgets.given import Given
from dutydesk.widgets.picker import Choice, PickOne
from dutydesk.widgets.window import Source
from dutydesk.widgets.window_list import Column, WindowList

# The lists on the digits: name for the program, what the screen calls it.
LISTS: tuple[tuple[str, str], ...] = (
    ("tree", "区划"),
    ("postings", "下沉力量"),
    ("roster", "名册"),
    ("departments", "部门"),
    ("sponsors", "包保"),
    ("duties", "权责清单"),
    ("questions", "权责问题"),
)
NUMBERED = tuple(enumerate(LISTS, 1))


@dataclass(frozen=True)
class Line:
    """A line of a page: of which part, what it says, beside it, and where Enter leads (`person`, 3)."""

    key: str
    part: str
    text: str
    note: str = ""
    count: str = ""
    target: tuple[str, Any] | None = None


LINE_COLUMNS = (
    Column("", 8, lambda row: row.part),
    Column("", 20, lambda row: row.text, flex=True),
    Column("", 24, lambda row: row.note),
    Column("", 6, lambda row: row.count),
)


class PeopleList(DeskScreen):
    """A page of 人员. `load` reads it; `choose` is Enter on a row; `actions` stand under 0."""

    NAME = "人员"
    LIST: ClassVar[str] = ""  # which of `LISTS` this is
    COLUMNS: ClassVar[tuple[Column, ...]] = LINE_COLUMNS
    EMPTY: ClassVar[str] = "这里还没有人员资料。"
    FIND: ClassVar[str] = "查人查处"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "打开"),
        ("/", "查找"),
        ("0", "办理"),
        ("F1", "帮助"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("slash", "find", "查找", show=False)]

    def body(self) -> ComposeResult:
        """The lists on the digits, where one is, and the list."""
        marked = (
            f"[{n} {title}]" if name == self.LIST else f" {n} {title} " for n, (name, title) in NUMBERED
        )
        yield Words("".join(marked), classes="people--where")
        yield Words("", id="where", classes="people--where")
        yield WindowList(self.COLUMNS, empty_text=self.EMPTY)

    @property
    def HELP(self) -> str:  # type: ignore[override]  # noqa: N802
        """The lists on the digits."""
        return "数字换清单：" + "，".join(f"{n} {title}" for n, (_, title) in NUMBERED) + "。0 是能办的事。"

    # -- reading --------------------------------------------------------------------------------------------

    def signed_on(self) -> None:
        """Read for whoever sits here now."""
        self.show_title(self.heading)
        self.query_one(WindowList).focus()
        self.changed()

    @property
    def heading(self) -> str:
        """What stands beside the name in the first line."""
        return ""

    def changed(self) -> None:
        """Somebody wrote: read again; the cursor keeps its row."""
        self.read_again()

    @work(exclusive=True, group="read")
    async def read_again(self) -> None:
        """Read the page."""
        await self.load()

    async def load(self) -> None:
        """Read what is shown."""
        raise NotImplementedError

    async def fill(self, rows: Sequence[Any], where: str = "") -> None:
        """Show rows that are all there."""
        self.tell(where)
        listing = self.query_one(WindowList)
        if not isinstance(listing.source, Given):
            await self.draw_from(Given(rows))
        else:
            listing.source.rows = list(rows)
            await listing.reload()

    async def draw_from(self, source: Source[Any]) -> None:
        """Show the rows of another source, from the top.

        A list reads by itself once it is mounted, and when it is mounting; an answer may come in between.
        """
        listing = self.query_one(WindowList)
        listing.source = source
        if not listing.is_mounted:
            await listing.show()

    def tell(self, where: str) -> None:
        """The line above the list."""
        words = self.query_one("#where", Words)
        words.say(where)
        words.display = bool(where)

    # -- going on -------------------------------------------------------------------------------------------

    def on_window_list_chosen(self, event: WindowList.Chosen) -> None:
        """Enter."""
        self.take(event.row)

    @work(group="handle")
    async def take(self, row: Any) -> None:
        """Go where the row leads, or do what can be done with it."""
        with self.desk_app.holding_keys():
            await self.choose(row)

    async def choose(self, row: Any) -> None:
        """Enter on a row; a line leads to its target, or is read whole."""
        if row.target is not None:
            await self.go(row.target)
        else:
            await self.page(row.part, [row.text, row.note])

    async def go(self, target: tuple[str, Any]) -> None:
        """Open what a target names."""
        from dutydesk.screens.people.going import page_of

        await self.app.push_screen(page_of(*target))

    def on_key(self, event: events.Key) -> None:
        """Digits switch lists; 0 opens the menu."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        if digit == 0:
            self.menu()
        elif digit <= len(LISTS):
            self.desk_app.action_duty("people", LISTS[digit - 1][0])
        else:
            self.say(f"数字键 {digit} 上没有清单。1 至 {len(LISTS)} 换清单，0 是能办的事。")

    @work(group="handle")
    async def menu(self) -> None:
        """What can be done here."""
        with self.desk_app.holding_keys():
            own = list(await self.actions())
            chosen = await self.show(
                ActionMenu(self.heading or self.NAME, [*own, Action("find", f"{self.FIND}（/）")])
            )
            if chosen is None:
                return
            if chosen == "find":
                await self.find()
            elif str(chosen).startswith("whom:"):
                await self.tell_whom(str(chosen))
            else:
                await self.do_action(str(chosen))

    async def actions(self) -> Sequence[Action[str]]:
        """What can be done on this page."""
        return ()

    async def do_action(self, name: str) -> None:
        """Do what was chosen from `actions`."""

    @work(group="handle")
    async def action_find(self) -> None:
        """Find by pinyin."""
        with self.desk_app.holding_keys():
            await self.find()

    async def find(self) -> None:
        """A person, an area, a unit or a department by name or pinyin; then its page."""

        async def search(text: str) -> list[Choice]:
            rows = await self.desk.read(finding.anything, text)
            return [Choice(row.value, row.title, row.detail) for row in rows]

        picked = await self.show(PickOne("查人、片区、单元、部门", search, "拼音首字母、汉字或工号"))
        if picked is not None:
            kind, _, key = str(picked.value).partition(":")
            await self.go((kind, int(key)))

    async def whom(self, act: str, town: int | None, what: str, may: bool | None = None) -> list[Action[str]]:
        """Where this session may not do an act: an entry that names who does."""
        if keeping.keeps(self.session, act, town) if may is None else may:
            return []
        who = await self.ask(keeping.keepers, act, town)
        return [Action(f"whom:{act}:{town or ''}", what, f"由{keeping.named(who)}办" if who else "")]

    async def tell_whom(self, chosen: str) -> None:
        """Who they are, with their telephone numbers."""
        _, act, town = chosen.split(":")
        who = await self.ask(keeping.keepers, act, int(town) if town else None)
        lines = [f"{one.name}　{one.role}　{one.phone or '没有登记电话'}" for one in who or []]
        told = ["这些事您看得到，要请下面的人办：", "", *lines] if lines else [f"{keeping.named([])}。"]
        await self.page("找谁办", told)

    async def page(self, title: str, lines: Sequence[str]) -> None:
        """A page of text over the list."""
        await self.show(TextPage(title, "\n".join(lines) or "没有记录。"))

    def done(self, words: str | None) -> None:
        """Say what an act has done, and read again."""
        if words:
            self.say(words, "good")
            self.read_again()
