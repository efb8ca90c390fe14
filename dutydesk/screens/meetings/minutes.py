"""纪要: read as a page, sent for signing, signed, returned, added to; as a Word document."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult

from dutydesk.meeting_words import MeetingState
from dutydesk.rules import finding, permission
from dutydesk.rules.meetings import listing, papers, personal, ways
from dutydesk.rules.meetings.life import BY_ACT, WRITING
from dutydesk.rules.meetings.listing import Sheet
from dutydesk.rules.meetings.papers import Record
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.meetings.asking import go
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm, ScrollText, TextPage
from dutydesk.widgets.frame import BottomLine, Notice, Words

WRITE, SEND, RETURN, ADD, WORD, STORY = 1, 2, 3, 4, 5, 6
WHOLE = 1  # on the paper's menu: with the telephone numbers


class MinutesScreen(InSight, DeskScreen):
    """The minutes of one meeting as they stand, or as they were signed."""

    NAME = "会议纪要"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "办理"), ("↑↓", "翻看"), ("F1", "帮助"))
    HELP = (
        "1 回到会上接着记、改自己的段落。2 送审；主持人按 2 审签，审签后固定，不能再改。3 主持人退回修改。\n"
        "4 补充更正：附在后面，纪要本身不动。5 出 Word：GB/T 9704 纪要格式，放进发件夹；记下的电话略去，写明要理由，记入审计。\n"
        "6 这次会议的经过。"
    )

    def __init__(self, meeting_id: int) -> None:
        super().__init__()
        self.meeting_id = meeting_id
        self.sheet: Sheet | None = None
        self.found: Record | None = None
        self.turn = (
            asyncio.Lock()
        )  # an act and a reading wait for each other: no act begins on what is being read

    def body(self) -> ComposeResult:
        """Where it stands, the text, which part of it is in sight."""
        yield Words("", id="shift-head")
        yield ScrollText("")
        yield Words("", id="how")

    def signed_on(self) -> None:
        """Read it."""
        super().signed_on()
        self.query_one(ScrollText).focus()
        self.begin()

    def changed(self) -> None:
        """Somebody wrote."""
        self.begin()

    @work(exclusive=True, group="read")
    async def begin(self) -> None:
        """Keys wait for what they are meant for; those of a dialog that an act has open do not."""
        async with self.turn:
            with self.desk_app.holding_keys():
                await self._read()

    async def _read(self) -> None:
        sheet = await self.ask(listing.sheet, self.meeting_id)
        found = await self.ask(papers.record, self.meeting_id)
        if sheet is None or found is None or not self.is_attached:
            return
        before, self.sheet, self.found = (self.sheet, self.found), sheet, found
        if before[0] is not None and before != (sheet, found):
            self.came_in_sight()
            if self.query_one(Notice).kind == "bad":
                self.say("")  # it was said of what stood here before
        text = papers.as_text(found)
        page = self.query_one(ScrollText)
        if page.text != text:
            page.put(text)
        self.show_title(sheet.title)
        signed = f"　{sheet.signed}审签" if sheet.signed else ""
        self.query_one("#shift-head", Words).say(f"{sheet.when}　{sheet.state.label}{signed}")
        self.query_one(BottomLine).show(
            [*((str(digit), words) for digit, words, why in self._deeds() if not why), *self.KEYS]
        )

    def _deeds(self) -> list[tuple[int, str, str]]:
        """Each digit, what it does here, and why not now."""
        sheet = self.sheet
        assert sheet is not None
        acts = {way.act for way in sheet.ways}
        writing = sheet.state in WRITING and sheet.may_write
        waiting = f"这次会议现在是“{sheet.state.label}”"
        send = "审签" if sheet.state is MeetingState.REVIEW else "送审"
        may_send = bool(acts & {"submit", "sign"})
        return [
            (WRITE, "接着记", "" if writing else f"{waiting}，纪要不能再记。"),
            (
                SEND,
                send,
                "" if may_send else f"{waiting}，{'等主持人审签' if send == '审签' else '不能送审'}。",
            ),
            (RETURN, "退回", "" if "return" in acts else f"{waiting}，不能退回。"),
            (ADD, "补充更正", "" if "add" in acts else "审签以后才用补充；现在直接改。"),
            (WORD, "出 Word", ""),
            (STORY, "经过", ""),
        ]

    # -- keys -------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Digits act; Enter asks what to do."""
        digit = digit_of(event.key)
        if self.sheet is None or (digit is None and event.key != "enter"):
            return
        event.stop()
        if digit in (SEND, RETURN) and self.too_early(event, repeats=False):
            self.say(TOO_EARLY)
        else:
            self.act_on(digit)

    @work(group="act")
    async def act_on(self, digit: int | None) -> None:
        """Do what a digit is for, or say why not; one after the other, and never on what is just read anew."""
        with self.desk_app.holding_keys():
            async with self.turn:
                await self._act_on(digit)

    async def _act_on(self, digit: int | None) -> None:
        if self.sheet is None:
            return
        deeds = self._deeds()
        if digit is None:
            options = [Action(number, words, "", why) for number, words, why in deeds]
            digit = await self.show(ActionMenu(self.NAME, options))
            if digit is None:
                return
        why = next((why for number, _, why in deeds if number == digit), None)
        if why is None:
            self.say(f"这里按 {digit} 没有用；可用的见下面一行。", "bad")
        elif why:
            self.say(why, "bad")
        else:
            await self._do(digit)

    async def _do(self, digit: int) -> None:
        assert self.sheet is not None
        if digit == WRITE:
            from dutydesk.screens.meetings.running import open_running

            await open_running(self, self.meeting_id)
        elif digit == SEND and self.sheet.state is MeetingState.REVIEW:
            await self._sign(self.sheet)
        elif digit == WORD:
            await self._word()
        elif digit == STORY:
            lines = [f"{step.when} {step.who} {step.what}　{step.text}" for step in self.sheet.story]
            await self.show(TextPage(f"{self.sheet.title}　经过", "\n".join(lines)))
        else:
            act = {SEND: "submit", RETURN: "return", ADD: "add"}[digit]
            lines = ["送审以后不能再记，等主持人审签；主持人可以退回修改。"]
            if act == "submit" and not await self.show(Confirm("纪要现在送审？", lines, "送审")):
                return
            if await go(self, self.sheet, BY_ACT[act]):
                await self._read()

    async def _sign(self, sheet: Sheet) -> None:
        """Only what was seen is signed."""
        assert self.found is not None
        lines = ["审签后纪要固定，不能再改；更正用补充，附在后面。"]
        if not await self.show(Confirm(f"审签{sheet.title}的纪要？", lines, "审签")):
            return
        seen = {"seen": self.found.digest}
        done = await self.do(ways.perform, sheet.id, "sign", seen, self.new_act(), sheet.version)
        await self._read()
        if done is not None:
            self.say("已审签，纪要固定。按 5 出 Word。", "good")

    async def _word(self) -> None:
        """Telephone numbers are left out; who may, and says why, has them in."""
        from dutydesk.screens.meetings.writing import write_minutes

        found = self.found
        assert found is not None
        if found.masked and permission.may_at_all(self.session, "reveal"):
            options = [
                Action(False, "略去电话", "记下的电话只留头尾几位"),
                Action(True, "写明电话", "要写理由，记入审计"),
            ]
            whole = await self.show(ActionMenu("放进发件夹的会议纪要", options))
            found = await self._with_numbers() if whole else found if whole is False else None
            if found is None:
                return
        try:
            path = await write_minutes(found)
        except OSError as problem:
            self.say(f"没有写进发件夹：{problem}", "bad")
        else:
            draft = "" if found.signed_on else "（还没有审签，是草稿）"
            whole_words = "（写明了电话，请妥善保管）" if found.revealed_by else ""
            self.say(f"会议纪要{draft}已放进发件夹：{path}{whole_words}", "good")

    async def _with_numbers(self) -> Record | None:
        from dutydesk.widgets.ask_text import AskText

        usual = await self.ask(finding.reveal_reasons) or []
        reason = await self.show(AskText("为什么要写明电话？会记入审计", usual))
        if reason is None:
            return None
        return await self.do(personal.include, self.meeting_id, reason, self.new_act())
