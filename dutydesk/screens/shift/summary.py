"""值班小结: the text to copy into a chat; it lies in the 发件夹 beside its A4 sheet, and a key puts both there anew."""

from __future__ import annotations

from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult

from dutydesk.rules import shift_summary
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu, ScrollText
from dutydesk.widgets.frame import Words

SAVE, RETURN = 1, 2
SAVE_WORDS = "存进发件夹"


class SummaryScreen(InSight, DeskScreen):
    """The summary of the own shift, or of a page; written to the 发件夹 as it opens."""

    NAME = "值班小结"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("1", "存进发件夹（文字和A4表）"),
        ("Enter", "办理"),
        ("↑↓", "翻看"),
        ("F1", "帮助"),
    )
    HELP = (
        "这段文字可以选中复制，贴到工作群；姓名、电话已经隐去。打开时已连同 A4 表放进发件夹。\n"
        "1 再存一次：按现在的情况重写这段文字和 A4 表，放进发件夹（同名的换成新的）。"
    )

    def __init__(self, page_id: int | None = None) -> None:
        """`page_id` is a signed page, 0 as it stands now, None the own shift, which may be handed over."""
        super().__init__()
        self.page_id = page_id

    def body(self) -> ComposeResult:
        """What it is, the text, which part of it is in sight."""
        yield Words("值班小结（可选中复制，姓名电话已隐去）", id="shift-head")
        yield ScrollText("")
        yield Words("", id="how")

    def signed_on(self) -> None:
        """Read it, write it, show it."""
        super().signed_on()
        self.query_one(ScrollText).focus()
        self.save()

    def on_key(self, event: events.Key) -> None:
        """1 saves; Enter asks what to do."""
        if event.key == "enter":
            event.stop()
            self.choose()
        elif (digit := digit_of(event.key)) is not None:
            event.stop()
            if not self.in_sight_since or self.too_early(event):
                self.say(TOO_EARLY)
            elif digit == SAVE:
                self.save()
            else:
                self.say(f"这里按 {digit} 没有用；可用的见下面一行。", "bad")

    @work(exclusive=True, group="act")
    async def choose(self) -> None:
        """The menu."""
        with self.desk_app.holding_keys():
            options = [Action(SAVE, SAVE_WORDS, "文字和 A4 表"), Action(RETURN, "返回")]
            chosen = await self.show(ActionMenu(self.NAME, options))
            if chosen == SAVE:
                await self._save()
            elif chosen == RETURN:
                await self.action_back()

    @work(exclusive=True, group="act")
    async def save(self) -> None:
        """Write it as it is now."""
        with self.desk_app.holding_keys():
            await self._save()

    async def _save(self) -> None:
        from dutydesk.documents.a4 import SheetNotWritten
        from dutydesk.screens.shift.printing import write_summary

        found = await self.ask(shift_summary.summary, self.page_id)
        if found is None or not self.is_attached:
            return
        self.query_one(ScrollText).put(found.text)
        if not self.in_sight_since:
            self.came_in_sight()
        try:
            path = await write_summary(found)
        except (SheetNotWritten, OSError) as problem:
            self.say(f"没有写进发件夹：{problem}", "bad")
        else:
            self.say(f"值班小结已放进发件夹（文字和 A4 表）：{path}", "good")
