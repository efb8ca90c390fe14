"""DutyDesk: signs in, holds the line to the database, switches duties. No duty's logic is here."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from dutydesk.desk import Desk
from dutydesk.hang_up import watch_for_hangup
from dutydesk.models.connection import DatabaseProblem
from dutydesk.rules.errors import Refused
from dutydesk.screens.base import DUTIES, DUTY_OF_KEY, WOULD_BE_LOST, DeskScreen, Duty
from dutydesk.screens.today import TodayScreen
from dutydesk.settings import load
from dutydesk.terminal import DeskFilter, FullWidthKeys, SendsOnce
from dutydesk.tty import came_from
from dutydesk.vocabulary import Role
from dutydesk.widgets.frame import STYLES

R = TypeVar("R")

_SETTLED = 1.0  # seconds after which the first page is surely drawn


class DutyDesk(SendsOnce, FullWidthKeys, App[str | None]):
    """The desk. Ends with None, or with the sentence that says why it could not go on."""

    TITLE = "片区长值班台"
    CSS_PATH = STYLES / "dutydesk.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(duty.key, f"duty('{duty.name}')", duty.title, show=False) for duty in DUTIES if duty.key),
        Binding("f9", "change_person", "换人（演示）", show=False),
        Binding("f12", "more", "更多", show=False),
        Binding("ctrl+q", "leave", "退出", show=False, priority=True),
        Binding("ctrl+c", "say_how_to_leave", "退出", show=False, priority=True),
    ]

    def __init__(
        self,
        number: str | None = None,
        duty: str = "today",
        url: str = "",
        came_from: str = "",
        key: str = "",
    ) -> None:
        """`number` signs on, let in by `key`; `duty` is opened first."""
        super().__init__(ansi_color=True)
        self.desk = Desk(url or load().database, self._changed_elsewhere, key)
        self.desk.waits = self._desk_waits
        self.number, self.first_duty, self.came_from = number, duty, came_from
        self.animation_level = "none"
        self.crash_report: Path | None = None  # what is told of an error of ours
        # no mouse, no tooltips; what there is to say stands in the notice line: two widgets fewer on each screen
        self._disable_tooltips = self._disable_notifications = True
        self.duty_screen: Screen[object] | None = None  # the duty that was gone to last, and where in it
        self.duty_place = ("today", "")
        self._desk_filter = DeskFilter(load().drawing == "ascii")

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own filters, and the desk's last of all: one object, by which Textual keeps what it filtered."""
        return [*super().get_line_filters(), self._desk_filter]

    def get_default_screen(self) -> Screen[object]:
        """今日 is at the bottom of everything."""
        return TodayScreen(late=self.first_duty != "today")

    async def on_mount(self) -> None:
        """Sign on; what can be shown before is shown already."""
        if not self.is_headless:
            watch_for_hangup(self, self.save_and_leave, self._last_words)
        first = DUTY_OF_KEY[self.first_duty]
        if first.at_once and first.screen is not None:
            self.duty_screen, self.duty_place = first.screen(""), (first.name, "")
            self.push_screen(self.duty_screen)  # its frame is drawn while the database opens
        try:
            await self.desk.open(self.number, self.came_from)
        except (DatabaseProblem, Refused) as problem:
            await self.desk.close()
            self.exit(str(problem), return_code=1)
            return
        if not first.open_to(self.desk.session):
            await self._today_instead_of(first)
        elif first.at_once:
            self.first_duty = "today"
        elif self.first_duty != "today":
            self.action_duty(self.first_duty)
        for screen in self.desk_screens():
            screen.signed_on()
        self.set_timer(_SETTLED, self._settled)

    async def _settled(self) -> None:
        """The first page stands: what nobody waited for. A desk that nobody was let in to is never locked."""
        _collect_again()
        if not self.desk.key:
            return
        if len(self.screen_stack) == 1 and self.first_duty == "today" and not self.last_key_at:
            self.run_worker(self._go_on(), exclusive=True, group="duty")
        if minutes := float(load().lock_after):
            from dutydesk.locking import LeftAlone

            LeftAlone(self, minutes * 60)

    async def _go_on(self) -> None:
        from dutydesk.rules import places

        with contextlib.suppress(Refused, DatabaseProblem), self.holding_keys():
            place = await self.desk.run(places.take)
            if place is not None:
                from dutydesk.screens.going_on import go_on

                await go_on(self, place)

    async def _today_instead_of(self, duty: Duty) -> None:
        """Someone without this duty asked for it on the command line."""
        self.first_duty = "today"
        today = self.screen_stack[0]
        if isinstance(today, TodayScreen):
            today.first_words = _not_yours(duty)
            if len(self.screen_stack) > 1:
                await self.pop_screen()
            else:
                today.compose_late()

    async def show(self, screen: Screen[R]) -> R | None:
        """Open a dialog or form and wait for its result; for workers inside `holding_keys`.

        Keys typed ahead reach it as soon as it is drawn, and wait again for what follows its result.
        """
        answer: asyncio.Future[R | None] = asyncio.get_running_loop().create_future()
        await self.push_screen(screen, answer.set_result)
        with self.handing_keys():
            return await answer

    # -- duties ---------------------------------------------------------------------------------------------

    def action_duty(self, name: str, target: str = "") -> None:
        """Go to a duty; what was open above 今日 is left, its typed text kept as a draft."""
        duty = DUTY_OF_KEY[name]
        if self.desk.session is None:
            return
        if not duty.open_to(self.desk.session):
            self._say(_not_yours(duty))
            return
        self.run_worker(self._go(duty, target), exclusive=True, group="duty")

    async def _go(self, duty: Duty, target: str) -> None:
        with self.holding_keys():
            await self.go(duty, target)

    async def go(self, duty: Duty, target: str) -> None:
        """Leave what is open above 今日, and open a duty."""
        left = None
        for screen in self.desk_screens():
            await screen.keep()
            left = screen if screen.unkept or screen.draft_id else left
        if self.would_lose(self.desk_screens()):
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if duty.screen is not None:
            self.duty_screen, self.duty_place = duty.screen(target), (duty.name, target)
            await self.push_screen(self.duty_screen)
        self.first_duty = "today"
        if left is not None and isinstance(self.screen, DeskScreen):
            self.screen.left_above(left)

    def would_lose(self, screens: Iterable[DeskScreen]) -> bool:
        """Whether something typed there lies nowhere else, and whoever leaves is told so for the first time."""
        for screen in screens:
            if screen.unsafe and not screen.warned:
                screen.warned = True
                screen.say(WOULD_BE_LOST, "bad")
                return True
        return False

    def action_more(self) -> None:
        """What else there is."""
        if isinstance(self.screen_stack[0], TodayScreen) and self.desk.session is not None:
            self.screen_stack[0].more()

    @work(exclusive=True, group="person")
    async def action_change_person(self) -> None:
        """In a demo: become somebody else, so that one person can walk a case through everyone's hands."""
        if self.desk.session is None or not self.desk.session.demo:
            self._say("只有演示区可以换人。")
            return
        from dutydesk.screens.people.change_person import choose_person

        with self.holding_keys():
            number = await choose_person(self)
            if number is not None:
                await self._become(*number)

    async def _become(self, number: str, role: Role) -> None:
        while len(self.screen_stack) > 1:  # first: what they show is the one's before
            await self.pop_screen()
        await self.desk.change_person(number, role)
        for screen in self.desk_screens():
            screen.signed_on()

    def action_say_how_to_leave(self) -> None:
        """Ctrl+C does nothing here; people press it."""
        self._say("退出请按 Ctrl+Q；正在填写的内容会留作草稿。")

    def on_key(self, event: events.Key) -> None:
        """Words typed where no field takes them: nobody may believe that they were kept."""
        if event.is_printable and not (event.character or "a").isascii():
            if isinstance(self.screen, DeskScreen):
                self._say("这里不能打字。要写字先按 Enter 看能办什么；F1 是这一屏的键。")
            elif (tell := getattr(self.screen, "tell", None)) is not None:
                tell("✗ 这里不能打字。F1 告诉您这里按什么；Esc 返回")

    def _say(self, words: str) -> None:
        self.tell(words, "bad")

    def tell(self, words: str, kind: str = "good") -> None:
        """Say something on the screen in sight, where it has a line for that."""
        if isinstance(self.screen, DeskScreen) and self.screen.composed:
            self.screen.say(words, kind)

    def _desk_waits(self, words: str) -> None:
        """Called on the database thread: it waits for something, or does no longer."""
        if self._loop is not None and self._running:
            self._loop.call_soon_threadsafe(self.tell, words, "info")

    def _changed_elsewhere(self) -> None:
        """Called on the database thread: this desk or another has written."""
        if self._loop is not None and self._running:
            self._loop.call_soon_threadsafe(self._tell_screens)

    def _tell_screens(self) -> None:
        if self.desk.put_out:
            self.run_worker(self.save_and_leave(self.desk.put_out), exclusive=True, group="leaving")
        elif self.desk.session is not None:
            for screen in self.desk_screens():
                if screen is not self.screen:
                    screen.stale = True
                    continue
                if self.desk.came_back:
                    self.desk.came_back = False
                    screen.say("已重新连上数据库。")
                screen.changed()

    def desk_screens(self) -> list[DeskScreen]:
        """The desk's own screens that are drawn, the lowest first."""
        return [each for each in self.screen_stack if isinstance(each, DeskScreen) and each.composed]

    # -- leaving --------------------------------------------------------------------------------------------

    async def action_leave(self) -> None:
        """Save what is typed and end; where it lies nowhere, only when asked a second time."""
        self.desk.hurry()
        for screen in self.desk_screens():
            await screen.keep()
        if self.would_lose(self.desk_screens()):
            self.desk.hurry(False)
        else:
            await self.save_and_leave()

    async def save_and_leave(self, because: str | None = None) -> None:
        """Keep every open form's text, finish what is being written, and end."""
        self.desk.hurry()
        for screen in self.desk_screens():
            await screen.keep()
        if self.desk.cut_off:
            with contextlib.suppress(OSError):
                self._last_words()
        await self.desk.close()
        self.exit(because)

    def _fatal_error(self) -> None:
        """An error of ours: no traceback on the screen. Drafts and the traceback (without values) go to files."""
        if self.is_headless:
            super()._fatal_error()
            return
        self._last_words()
        folder = load().state
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.crash_report = report = folder / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}.txt"
            report.touch(mode=0o600)
            import traceback

            from dutydesk.text import mask_phones_in

            report.write_text(mask_phones_in(traceback.format_exc()), encoding="utf-8")
        self._close_messages_no_wait()

    def _last_words(self) -> None:
        """The loop is stuck or the database gone: write the open drafts to files. May run on a thread, touches no widget."""
        from dutydesk.rules import drafts

        session = self.desk.session
        open_drafts = {
            draft_id: draft
            for screen in self.desk_screens()
            for draft_id, draft in screen.plain_drafts().items()
        }
        if session and open_drafts:
            drafts.last_words(load().state, session, open_drafts)


def _not_yours(duty: Duty) -> str:
    return f"{duty.title}不在您的岗位职责内。"


def _collect_again() -> None:
    """`cli` put off the collecting of garbage until the first page stood; what was loaded by then stays for good."""
    gc.freeze()
    gc.enable()


def open_desk(number: str | None, duty: str, key: str = "") -> str | None:
    """Run the desk until it is left; answers with the sentence why it could not go on, if so."""
    app = DutyDesk(number, duty, came_from=came_from(), key=key)
    problem = app.run(mouse=False)
    if problem is None and app.return_code:
        told = f"并请把这个文件交给他：{app.crash_report}" if app.crash_report else ""
        return f"值班台出错退出了，已保存的都在，没填完的在草稿里。请重新打开；若再出现，请告诉管理员。{told}"
    return problem
