"""待立案: what was reported, one case at a time, each with its proposal; Enter takes it and goes on to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from dutydesk.rules import issue_acts, proposals, triage_queue
from dutydesk.rules.triage_queue import Card, Meanwhile
from dutydesk.screens.queue import QueueScreen
from dutydesk.vocabulary import Urgency
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.picker import Choice as Picked
from dutydesk.widgets.picker import PickOne
from dutydesk.widgets.triage_view import TriageView

if TYPE_CHECKING:
    from dutydesk.rules.finding import Found


class TriageScreen(QueueScreen[Card]):
    """One waiting case with its proposal. Digits change a part of it or do something else with the case."""

    NAME = "待立案"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "照提议办，看下一件"),
        ("1-3", "改提议"),
        ("9", "清单"),
        ("0", "撤销"),
        ("F1", "帮助"),
    )
    HELP = (
        "一次看一件。Enter 照提议立案并派出，接着看下一件；1 改类别，2 改紧急程度，3 改承办，改后期限和承办随之重算。\n"
        "4 不予立案　5 当场解决　6 并案　7 先放一放（还在待立案里）　8 看全案　9 变成清单　0（或 u）撤销上一件\n"
        "群众反映强烈、居民区难以协调的排在最前，其余先来的在前。片区长未授权的类别，照提议办就是提请片区长派单。"
    )
    LIST = "reported"
    USUAL = "照提议立案"
    OVERTAKEN = "提议已按最新情况重算，请再看一眼。"
    WAITS_NO_MORE = "不用再立案。按 Enter 看下一件。"

    def __init__(self) -> None:
        super().__init__()
        self.by_hand: dict[int, Mapping[str, str]] = {}  # what was changed of a case that is not taken yet
        self._warned = False

    def body(self) -> ComposeResult:
        """The case and its proposal."""
        yield TriageView()

    def focus_view(self) -> None:
        """See the base class."""
        self.query_one(TriageView).focus()

    async def next_cards(self, aside: Collection[int]) -> list[Card] | None:
        """See the base class."""
        found = await self.ask(triage_queue.cards, tuple(aside), 1)
        if found and (changes := self.by_hand.get(found[0].sheet.key)):
            return await self.ask(lambda session: [triage_queue.card(session, found[0].sheet.key, changes)])
        return found

    async def read_card(self, card: Card) -> Card | None:
        """Proposed again, with what was changed by hand."""
        return await self.ask(triage_queue.card, card.sheet.key, card.proposal.changes)

    async def since(self, card: Card) -> Meanwhile | None:
        """See the base class."""
        return await self.ask(triage_queue.meanwhile, card.sheet.key, card.version)

    async def how_many(self, at_most: int) -> int | None:
        """See the base class."""
        return await self.ask(triage_queue.remaining, at_most)

    def draw(self, card: Card | None, words: str = "") -> None:
        """See the base class."""
        self.query_one(TriageView).show(card, words)

    def nothing(self) -> str:
        """See the base class."""
        return "没有等待立案的问题。F3 登记新问题，9 看问题清单，Esc 返回。新来的会自己出现在这里。"

    async def take_card(self, card: Card) -> bool:
        """Take the proposal in sight, as it is or as it was changed."""
        done = await self.do(proposals.take, card.proposal, self.new_act())
        if done is not None:
            self.by_hand.pop(card.sheet.key, None)  # undone, it is proposed anew
            self.say(f"{done.number} 已{done.said}", "good")
        return done is not None

    def digits(self) -> dict[int, Callable[[Card], Awaitable[None]]]:
        """See the base class."""
        return {
            1: self._change_category,
            2: self._change_urgency,
            3: self._change_assignee,
            4: self._reject,
            5: self._solve,
            6: self._merge,
            7: self.put_aside,
            8: self.read_whole,
        }

    # -- changing a part ------------------------------------------------------------------------------------

    async def _change(self, card: Card, **changes: str) -> None:
        """Propose again with a part changed by hand."""
        wanted = {**card.proposal.changes, **changes}
        now = await self.ask(triage_queue.card, card.sheet.key, wanted)
        if now is not None:
            self.by_hand[card.sheet.key] = now.proposal.changes
            self._warned = False
            self._show(now)
            self.say(f"已改，按 Enter 就{now.proposal.does}。")

    async def action_back(self) -> None:
        """What was changed and not taken is lost with the screen: said once."""
        if self.card is not None and self.by_hand.get(self.card.sheet.key) and not self._warned:
            self._warned = True
            self.say(
                f"{self.card.sheet.number} 改过的还没有办：Enter 就照改的办，再按 Esc 不要改的、返回。", "bad"
            )
        else:
            await super().action_back()

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

    async def _reject(self, card: Card) -> None:
        await self.do_other(card, "reject", "不予立案")

    async def _solve(self, card: Card) -> None:
        await self.do_other(card, "solve_on_spot", "当场解决")

    async def _merge(self, card: Card) -> None:
        """Into one of those that look alike, or into one found by number or words."""
        options = [
            Action(
                each.number, f"并入 {each.number}", f"{each.state.label} {each.reported_on} {each.summary}"
            )
            for each in card.likely
        ]
        other = Action("", "打编号或字词找", "未结的问题")
        chosen = await self.show(ActionMenu("并入哪一件？", [*options, other])) if options else ""
        if chosen == "":
            from dutydesk.screens import merging

            found = await merging.other_case(self, card.sheet.key, card.sheet.number, likely_first=False)
            chosen = found.label if found else None
        if chosen is not None:
            await self._merge_into(card, chosen)

    async def _merge_into(self, card: Card, number: str) -> None:
        fields = {"target": number, "reason": "立案时认出是同一件"}
        sheet = card.sheet
        done = await self.do(issue_acts.perform, sheet.key, sheet.version, "merge", fields, self.new_act())
        if done is not None:
            self.last_taken = sheet.key
            self.say(f"{done.number} 已{done.said}", "good")
            await self._go_on()
