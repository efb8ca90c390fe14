"""待立案: what was reported, one case at a time, each with its proposal; Enter takes it and goes on to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from dutydesk.rules import case, issue_acts, proposals, triage_queue
from dutydesk.rules.issue_acts import Choice
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.handling import CaseScreen, take_act
from dutydesk.terminal import digit_of
from dutydesk.vocabulary import Urgency
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.picker import Choice as Picked
from dutydesk.widgets.picker import PickOne
from dutydesk.widgets.triage_view import TriageView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from dutydesk.rules.finding import Found
    from dutydesk.rules.triage_queue import Card, Meanwhile

_MANY = 1000
_ASIDE_AT_MOST = 200
_TOO_EARLY = "刚才的键按在这一件出现之前，没有算。看过这一件再按。"


class TriageScreen(DeskScreen):
    """One waiting case with its proposal. Digits change a part of it or do something else with the case."""

    NAME = "待立案"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "照提议办，看下一件"),
        ("1-3", "改提议"),
        ("7", "先放一放"),
        ("8", "看全案"),
        ("F1", "帮助"),
    )
    HELP = (
        "一次看一件。Enter 照提议立案并派出，接着看下一件；1 改类别，2 改紧急程度，3 改承办，改后期限和承办随之重算。\n"
        "4 不予立案　5 当场解决　6 并案　7 先放一放（还在待立案里）　8 看全案　9 变成清单　0（或 u）撤销上一件\n"
        "群众反映强烈、居民区难以协调的排在最前，其余先来的在前。片区长未授权的类别，照提议办就是提请片区长派单。"
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("u", "undo", "撤销上一件", show=False)]
    REST: ClassVar[float] = 0.3  # seconds between two Enters: a key held down takes one case

    def __init__(self) -> None:
        super().__init__()
        self.card: Card | None = None
        self.upcoming: Card | None = None
        self.aside: dict[int, None] = {}
        self.last_taken: int | None = None
        self.gone = False
        self.busy = False
        self.in_sight_since = 0.0
        self.enter_at = 0.0

    def body(self) -> ComposeResult:
        """The case and its proposal."""
        yield TriageView()

    def signed_on(self) -> None:
        """Read the queue, for whoever sits here now."""
        self.card = self.upcoming = self.last_taken = None
        self.aside.clear()
        self.show_title()
        self.query_one(TriageView).focus()
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
            if found := await self.ask(triage_queue.cards, tuple(self.aside), 1):
                self._show(found[0])
                card = self.card
        elif not self.gone:
            since = await self.ask(triage_queue.meanwhile, card.sheet.key, card.proposal.version)
            if since is not None and since.said and card is self.card:
                await self._overtaken(card, since)
        left = await self.ask(triage_queue.remaining, _MANY)
        if left is not None:
            self._show_left(left)
        here = {self.card.sheet.key} if self.card else set()
        found = await self.ask(triage_queue.cards, (*self.aside, *here), 1)
        if (here == {self.card.sheet.key} if self.card else not here) and found is not None:
            self.upcoming = found[0] if found else None

    async def _overtaken(self, card: Card, since: Meanwhile) -> None:
        """Somebody acted on the case in sight: show it as it is now, or that it waits no longer."""
        now = None
        if since.waits:
            now = await self.ask(triage_queue.card, card.sheet.key, card.proposal.changes)
        if card is not self.card:
            return
        if now is not None:
            self._show(now)
            self.say(f"{since.said}。提议已按最新情况重算，请再看一眼。", "bad")
        else:
            self.gone = True
            self.in_sight_since = monotonic()
            self.query_one(TriageView).show(card, f"{since.said}，不用再立案。按 Enter 看下一件。")

    def _show_left(self, left: int) -> None:
        many = f"{left}+" if left >= _MANY else str(left)
        self.show_title(f"还有{many}件" if left else "没有了")

    def _show(self, card: Card | None) -> None:
        """Another case comes in sight; keys pressed before do not count for it."""
        same = (
            card is not None and self.card is not None and card.proposal.number == self.card.proposal.number
        )
        versions = {each.proposal.version for each in (card, self.card) if each is not None}
        if not same or len(versions) > 1:
            self.in_sight_since = monotonic()
        self.card, self.gone = card, False
        self.query_one(TriageView).show(card, "" if card else self._nothing())

    def _nothing(self) -> str:
        if self.aside:
            return f"都看过了，还有{len(self.aside)}件先放着。按 Enter 从头再看，Esc 返回。"
        return "没有等待立案的问题。F3 登记新问题，9 看问题清单，Esc 返回。新来的会自己出现在这里。"

    async def _go_on(self) -> None:
        """The next case: it is there already when the one before was read long enough."""
        card, self.upcoming = self.upcoming, None
        if card is None:
            passed = (self.card.sheet.key,) if self.card else ()
            found = await self.ask(triage_queue.cards, (*self.aside, *passed), 1)
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
        """Enter takes the proposal; digits do the rest. A key that was pressed before this case stood here does nothing."""
        digit = digit_of(event.key)
        if event.key != "enter" and digit is None:
            return
        event.stop()
        held = event.key == "enter" and event.time - self.enter_at < self.REST
        if event.key == "enter":
            self.enter_at = event.time
        if held or event.time < self.in_sight_since:
            self.say(_TOO_EARLY)
        elif event.key == "enter":
            self.take()
        elif digit is not None:
            self.do_digit(digit)

    @work(group="act")
    async def take(self) -> None:
        """Take the proposal in sight, as it is or as it was changed, and go on."""
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
                await self._take(self.card)

    async def _take(self, card: Card) -> None:
        done = await self.do(proposals.take, card.proposal, self.new_act())
        if done is None:
            return
        self.last_taken = done.issue_id
        self.say(f"{done.number} 已{done.said}", "good")
        await self._go_on()

    @work(group="act")
    async def do_digit(self, digit: int) -> None:
        """What stands on a digit."""
        if self.busy:
            return
        async with self._acting():
            if digit == 9:
                self.desk_app.action_duty("issues", "reported")
            elif digit == 0:
                await self._undo()
            elif self.card is not None and (not self.gone or digit in (7, 8)):
                await self._digits()[digit](self.card)

    def _digits(self) -> dict[int, Callable[[Card], Awaitable[None]]]:
        return {
            1: self._change_category,
            2: self._change_urgency,
            3: self._change_assignee,
            4: self._reject,
            5: self._solve,
            6: self._merge,
            7: self._put_aside,
            8: self._read,
        }

    # -- changing a part ------------------------------------------------------------------------------------

    async def _change(self, card: Card, **changes: str) -> None:
        """Propose again with a part changed by hand."""
        wanted = {**card.proposal.changes, **changes}
        now = await self.ask(triage_queue.card, card.sheet.key, wanted)
        if now is not None:
            self._show(now)
            self.say(f"已改，按 Enter 就{now.proposal.does}。")

    async def _pick(self, title: str, find: Callable[[str], Awaitable[list[Found] | None]]) -> str:
        async def search(text: str) -> list[Picked]:
            return [Picked(each.value, each.title, each.detail) for each in await find(text) or []]

        picked = await self.show(PickOne(title, search, "数字直接选；也可打拼音首字母或汉字"))
        return str(picked.value) if picked else ""

    async def _change_category(self, card: Card) -> None:
        key = card.sheet.key
        value = await self._pick("改成哪一类？", lambda text: self.ask(proposals.categories, key, text))
        if value:
            await self._change(card, category=value)

    async def _change_urgency(self, card: Card) -> None:
        options = [Action(each.value, each.label) for each in Urgency]
        value = await self.show(ActionMenu("改成多急？", options))
        if value:
            await self._change(card, urgency=value)

    async def _change_assignee(self, card: Card) -> None:
        proposal = card.proposal
        value = await self._pick("交给谁？", lambda text: self.ask(proposals.assignees, proposal, text))
        if not value:
            return
        consent = ""
        if await self.ask(proposals.needs_consent, proposal, value):
            said = await self.show(AskText("不在居委职责清单里，须居委同意：谁、何时同意的？"))
            if said is None:
                return
            consent = said
        await self._change(card, assignee=value, consent_by=consent)

    # -- other ways -----------------------------------------------------------------------------------------

    async def _other(self, card: Card, act: str, name: str) -> None:
        if await take_act(self, card.sheet, Choice(act, name, "")):
            self.last_taken = card.sheet.key
            await self._go_on()

    async def _reject(self, card: Card) -> None:
        await self._other(card, "reject", "不予立案")

    async def _solve(self, card: Card) -> None:
        await self._other(card, "solve_on_spot", "当场解决")

    async def _merge(self, card: Card) -> None:
        """Into one of those that look alike, or into the one whose number is typed."""
        options = [
            Action(
                each.number, f"并入 {each.number}", f"{each.state.label} {each.reported_on} {each.summary}"
            )
            for each in card.likely
        ]
        if not options:
            await self._other(card, "merge", "并案")
            return
        chosen = await self.show(ActionMenu("并入哪一件？", [*options, Action("", "别的，打编号")]))
        if chosen == "":
            await self._other(card, "merge", "并案")
        elif chosen is not None:
            await self._merge_into(card, chosen)

    async def _merge_into(self, card: Card, number: str) -> None:
        fields = {"target": number, "reason": "立案时认出是同一件"}
        sheet = card.sheet
        done = await self.do(issue_acts.perform, sheet.key, sheet.version, "merge", fields, self.new_act())
        if done is not None:
            self.last_taken = sheet.key
            self.say(f"{done.number} 已{done.said}", "good")
            await self._go_on()

    async def _put_aside(self, card: Card) -> None:
        """It stays where it is, and comes again when the others have been looked at."""
        self.aside[card.sheet.key] = None
        while len(self.aside) > _ASIDE_AT_MOST:
            del self.aside[next(iter(self.aside))]
        self.say(f"{card.sheet.number} 先放着，还在待立案里。")
        await self._go_on()

    async def _read(self, card: Card) -> None:
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
