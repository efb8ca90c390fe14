"""A queue of cases, one at a time: Enter does what is usual and goes on to the next, digits do something else.

What 待立案 and 先行联系 share: the case in sight and the one after it, those put aside, keys pressed too early, and
what somebody else does meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from textual import events, work
from textual.binding import Binding, BindingType

from dutydesk.rules import case
from dutydesk.rules.case import CaseSheet
from dutydesk.rules.issue_acts import Choice
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.handling import CaseScreen, take_act
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.terminal import digit_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from dutydesk.rules.triage_queue import Meanwhile

_MANY = 1000
_ASIDE_AT_MOST = 200
ONE_BY_ONE = "这里一次看一件，没有标记。Enter {usual}；要标记几件一起办，按 9 看清单。"


class Card(Protocol):
    """A case as a queue shows it, and the version at which it was read."""

    @property
    def sheet(self) -> CaseSheet:
        """The case."""

    @property
    def version(self) -> int:
        """Of the case, when it was read."""


C = TypeVar("C", bound=Card)


class QueueScreen(InSight, DeskScreen, Generic[C]):
    """One case of a queue. `LIST` is the view of the ledger that holds them all; the hooks below say which queue it is."""

    LIST: ClassVar[str] = ""
    USUAL: ClassVar[str] = "办这一件"  # what Enter does, in a few words
    BINDINGS: ClassVar[list[BindingType]] = [Binding("u", "undo", "撤销上一件", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self.card: C | None = None
        self.upcoming: C | None = None
        self.aside: dict[int, None] = {}
        self.last_taken: int | None = None
        self.gone = False
        self.busy = False

    # -- which queue it is ----------------------------------------------------------------------------------

    async def next_cards(self, aside: Collection[int]) -> list[C] | None:
        """The next one, those aside left out; none where nothing waits."""
        raise NotImplementedError

    async def read_card(self, card: C) -> C | None:
        """The same case as it is now."""
        raise NotImplementedError

    async def since(self, card: C) -> Meanwhile | None:
        """What has become of a case since it was read."""
        raise NotImplementedError

    async def how_many(self, at_most: int) -> int | None:
        """How many wait."""
        raise NotImplementedError

    def draw(self, card: C | None, words: str = "") -> None:
        """Show a card; `words` where there is none, or what has become of it."""
        raise NotImplementedError

    async def take_card(self, card: C) -> bool:
        """Enter: do what is usual; says whether it was done."""
        raise NotImplementedError

    def digits(self) -> dict[int, Callable[[C], Awaitable[None]]]:
        """What stands on the digits, 9 (the list) and 0 (undo) apart."""
        raise NotImplementedError

    def nothing(self) -> str:
        """What is said where nothing waits."""
        raise NotImplementedError

    def focus_view(self) -> None:
        """Keys go to the card."""
        raise NotImplementedError

    OVERTAKEN: ClassVar[str] = "已按最新情况重读，请再看一眼。"
    WAITS_NO_MORE: ClassVar[str] = "不用再办。按 Enter 看下一件。"

    def signed_on(self) -> None:
        """Read the queue, for whoever sits here now."""
        self.card = self.upcoming = self.last_taken = None
        self.aside.clear()
        self.show_title()
        self.focus_view()
        self.begin()

    # -- reading --------------------------------------------------------------------------------------------

    @work(group="act")
    async def begin(self) -> None:
        """The first case."""
        async with self._acting():
            await self._go_on()

    def changed(self) -> None:
        """Somebody wrote: see whether the case in sight is still as it was read."""
        if not self.busy:
            self.keep_up()

    @work(exclusive=True, group="keep_up")
    async def keep_up(self) -> None:
        """See whether the case in sight was changed elsewhere, how many wait, and have the next one ready."""
        card = self.card
        if card is None:
            if found := await self.next_cards(self.aside):
                self._show(found[0])
                card = self.card
        elif not self.gone:
            since = await self.since(card)
            if since is not None and since.said and card is self.card:
                await self._overtaken(card, since)
        left = await self.how_many(_MANY)
        if left is not None:
            self._show_left(left)
        here = {self.card.sheet.key} if self.card else set()
        found = await self.next_cards((*self.aside, *here))
        if (here == {self.card.sheet.key} if self.card else not here) and found is not None:
            self.upcoming = found[0] if found else None

    async def _overtaken(self, card: C, since: Meanwhile) -> None:
        """Somebody acted on the case in sight: show it as it is now, or that it waits no longer."""
        now = None
        if since.waits:
            now = await self.read_card(card)
        if card is not self.card:
            return
        if now is not None:
            self._show(now)
            self.say(f"{since.said}。{self.OVERTAKEN}", "bad")
        else:
            self.gone = True
            self.came_in_sight()
            self.draw(card, f"{since.said}，{self.WAITS_NO_MORE}")

    def _show_left(self, left: int) -> None:
        many = f"{left}+" if left >= _MANY else str(left)
        self.show_title(f"还有{many}件" if left else "没有了")

    def _show(self, card: C | None) -> None:
        """Another case comes in sight; keys pressed before do not count for it."""
        same = card is not None and self.card is not None and card.sheet.number == self.card.sheet.number
        versions = {each.version for each in (card, self.card) if each is not None}
        if not same or len(versions) > 1:
            self.came_in_sight()
        self.card, self.gone = card, False
        self.draw(card, "" if card else self._nothing())

    def _nothing(self) -> str:
        if self.aside:
            return f"都看过了，还有{len(self.aside)}件先放着。按 Enter 从头再看，Esc 返回。"
        return self.nothing()

    async def _go_on(self) -> None:
        """The next case: it is there already when the one before was read long enough."""
        card, self.upcoming = self.upcoming, None
        if card is None:
            passed = (self.card.sheet.key,) if self.card else ()
            found = await self.next_cards((*self.aside, *passed))
            card = found[0] if found else None
        self._show(card)

    @asynccontextmanager
    async def _acting(self) -> AsyncIterator[None]:
        """One thing at a time: keys wait, and what is written meanwhile is looked at afterwards."""
        with self.desk_app.holding_keys():
            self.busy = True
            try:
                yield
            finally:
                self.busy = False
                self.keep_up()

    # -- keys -----------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Enter does what is usual; digits do the rest. A key that was pressed before this case stood here does nothing."""
        digit = digit_of(event.key)
        if event.key not in ("enter", "space") and digit is None:
            return
        event.stop()
        if event.key == "space":
            self.say(ONE_BY_ONE.format(usual=self.USUAL))
            return
        if self.too_early(event, repeats=event.key == "enter"):
            self.say(TOO_EARLY)
        elif event.key == "enter":
            self.take()
        elif digit is not None:
            self.do_digit(digit)

    @work(group="act")
    async def take(self) -> None:
        """Do what is usual with the case in sight, and go on."""
        if self.busy:
            return
        async with self._acting():
            if self.card is None and self.aside:
                self.aside.clear()
                self.upcoming = None
                await self._go_on()
            elif self.card is not None and self.gone:
                await self._go_on()
            elif self.card is not None:
                await self.take_and_go_on(self.card)

    async def take_and_go_on(self, card: C) -> None:
        """What is usual, then the next one."""
        if await self.take_card(card):
            self.last_taken = card.sheet.key
            await self._go_on()

    @work(group="act")
    async def do_digit(self, digit: int) -> None:
        """What stands on a digit."""
        if self.busy:
            return
        async with self._acting():
            if digit == 9:
                self.desk_app.action_duty("issues", self.LIST)
            elif digit == 0:
                await self._undo()
            elif self.card is not None and (not self.gone or digit in (7, 8)):
                await self.digits().get(digit, self.no_such_key)(self.card)

    async def no_such_key(self, _card: C) -> None:
        """A digit that does nothing here."""
        self.say("这里按这个数字没有用；F1 看各键的用处。", "bad")

    async def do_other(self, card: C, act: str, name: str) -> None:
        """An act of the life cycle with its form, then the next one."""
        if await take_act(self, card.sheet, Choice(act, name, "")):
            self.last_taken = card.sheet.key
            await self._go_on()

    async def put_aside(self, card: C) -> None:
        """It stays where it is, and comes again when the others have been looked at."""
        self.aside[card.sheet.key] = None
        while len(self.aside) > _ASIDE_AT_MOST:
            del self.aside[next(iter(self.aside))]
        self.say(f"{card.sheet.number} 先放着，还在{self.NAME}里。")
        await self._go_on()

    async def read_whole(self, card: C) -> None:
        """The whole case."""
        sheet = await self.ask(case.case_sheet, card.sheet.key)
        if sheet is not None:
            await self.show(CaseScreen(sheet))

    @work(group="act")
    async def action_undo(self) -> None:
        """Undo what was done last here."""
        if not self.busy:
            async with self._acting():
                await self._undo()

    async def _undo(self) -> None:
        from dutydesk.screens.bulk import undo_last

        if await undo_last(self):
            self.upcoming = None
            if self.last_taken is not None:
                self.aside.pop(self.last_taken, None)
            self.card = None
            await self._go_on()
