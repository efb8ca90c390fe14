"""先行联系: one case at a time with its clock; one key records the call, others its words, a call in vain, a promise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import ClassVar

from textual import work
from textual.app import ComposeResult

from dutydesk.rules import case, first_contact
from dutydesk.rules.first_contact import ContactCard
from dutydesk.rules.triage_queue import Meanwhile
from dutydesk.rules.workcalendar import moment
from dutydesk.screens.handling import reveal
from dutydesk.screens.queue import QueueScreen
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.case_view import CaseView
from dutydesk.widgets.frame import Words

EVERY_MINUTE = 60.0


class ContactScreen(QueueScreen[ContactCard]):
    """The case that is due first, until nobody waits to be called."""

    NAME = "先行联系"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "看电话，再按记已联系"),
        ("1", "写明怎么说的"),
        ("2", "没联系上"),
        ("3", "看反映人"),
        ("7", "先放一放"),
        ("F1", "帮助"),
    )
    HELP = (
        "一次看一件，期限近的在前。Enter 看反映人的电话（记入审计），打过后再按 Enter，记下已电话联系，接着看下一件。\n"
        "1 写明对方怎么说、答应了什么、何时前办到（写进交接班）。2 没联系上：记一笔，时限照走，这件先放着。\n"
        "7 先放一放　8 看全案　9 变成清单　0（或 u）撤销上一件。剩下的时间按工作时间算，每分钟更新一次。"
    )
    LIST = "to_contact"
    USUAL = "记下电话联系过了"
    WAITS_NO_MORE = "不用再联系。按 Enter 看下一件。"

    def __init__(self) -> None:
        super().__init__()
        self._number_seen: set[int] = (
            set()
        )  # cases whose number was shown here: only those can have been called

    def body(self) -> ComposeResult:
        """The clock, the case, what Enter would record."""
        yield Words("正在打开…", id="shift-head")
        yield CaseView()
        yield Words("", id="shift-line")

    def on_mount(self) -> None:
        """The clock is worked out anew once a minute; nothing else here ticks."""
        self.set_interval(EVERY_MINUTE, self.look_at_the_clock)

    @work(exclusive=True, group="clock")
    async def look_at_the_clock(self) -> None:
        """What is left now."""
        card = self.card
        if card is not None and not self.gone and not self.busy and self.app.screen is self:
            now = await self.ask(first_contact.card, card.sheet.key)
            if now is not None and self.card is card and now.version == card.version:
                self.card = now
                self._say_left(now)

    def _say_left(self, card: ContactCard) -> None:
        mark, person = "! " if card.over else "", card.sheet.reporter
        who = "没有登记反映人"
        if person is not None:
            who = f"反映人　{' '.join(filter(None, (person.name, person.phone)))}（已隐去，按 3 看）"
        self.query_one("#shift-head", Words).say(f"{mark}{card.left}　{moment(card.due_at)}前联系\n{who}")

    # -- which queue it is ----------------------------------------------------------------------------------

    def focus_view(self) -> None:
        """See the base class."""
        self.query_one(CaseView).focus()

    async def next_cards(self, aside: Collection[int]) -> list[ContactCard] | None:
        """See the base class."""
        return await self.ask(first_contact.cards, tuple(aside), 1)

    async def read_card(self, card: ContactCard) -> ContactCard | None:
        """See the base class."""
        return await self.ask(first_contact.card, card.sheet.key)

    async def since(self, card: ContactCard) -> Meanwhile | None:
        """See the base class."""
        return await self.ask(first_contact.meanwhile, card.sheet.key, card.version)

    async def how_many(self, at_most: int) -> int | None:
        """See the base class."""
        return await self.ask(first_contact.remaining, at_most)

    def draw(self, card: ContactCard | None, words: str = "") -> None:
        """The clock above, the case below."""
        self.query_one(CaseView).show(card.sheet if card else None)
        if card is None or words:
            self.query_one("#shift-head", Words).say(words)
            self.query_one("#shift-line", Words).say("")
            return
        self._say_left(card)
        tried = "；".join(card.tried[-2:])
        self.query_one("#shift-line", Words).say(
            tried or "Enter 看电话（记入审计），打过再按 Enter 记为已电话联系。"
        )

    def nothing(self) -> str:
        """See the base class."""
        return "没有等待先行联系的反映人。9 看清单，Esc 返回。新来的会自己出现在这里。"

    async def take_card(self, card: ContactCard) -> bool:
        """One key: called, with the office's usual words. Nobody can have called a number that was not shown."""
        person = card.sheet.reporter
        if person is not None and person.phone and card.sheet.key not in self._number_seen:
            await self._show_number(card)
            return False
        done = await self.do(first_contact.record, card, self.new_act())
        if done is not None:
            self.say(f"{done.number} 已记：{done.said}", "good")
        return done is not None

    def digits(self) -> dict[int, Callable[[ContactCard], Awaitable[None]]]:
        """See the base class."""
        return {
            1: self._in_words,
            2: self._in_vain,
            3: self._reveal,
            7: self.put_aside,
            8: self.read_whole,
        }

    async def _in_words(self, card: ContactCard) -> None:
        await self.do_other(card, "first_contact", "先行联系")

    async def _in_vain(self, card: ContactCard) -> None:
        usual = await self.ask(first_contact.usual_words)
        if usual is None:
            return
        why = await self.show(ActionMenu("怎么没联系上？", [Action(each, each) for each in usual[1]]))
        if why is None:
            return
        done = await self.do(first_contact.no_answer, card, why, self.new_act())
        if done is not None:
            await self.put_aside(card)
            self.say(f"{done.number} 已记没联系上，时限照走，先放着。", "good")

    async def _reveal(self, card: ContactCard) -> None:
        if card.sheet.reporter is None:
            self.say("没有登记反映人。", "bad")
            return
        person = await reveal(self, card.sheet)
        if person is not None:
            self._number_seen.add(card.sheet.key)
            self.query_one(CaseView).show(card.sheet, person)

    async def _show_number(self, card: ContactCard) -> None:
        """The reason is the queue's own; a second Enter pressed at once does not count as a call."""
        person = await self.do(case.reveal, card.sheet.key, self.NAME, self.new_act())
        if person is not None:
            self.came_in_sight()
            self.say(f"{person.name}　{person.phone}（已记入审计）。打过电话再按 Enter，没打通按 2。")
            self._number_seen.add(card.sheet.key)
            self.query_one(CaseView).show(card.sheet, person)
