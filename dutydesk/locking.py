"""A desk left alone: one that came in by a password is covered until it is given again, one by a key ends.

The cover lies between the desk and the terminal: no key reaches the desk, nothing that it draws reaches the terminal, and
below everything stands as it was. The wait is one timer, set anew when it goes off: keys only leave their time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from dutydesk.models.connection import DatabaseProblem
from dutydesk.rules import places, sign_in
from dutydesk.rules.errors import Refused
from dutydesk.rules.signing_on import BY_PASSWORD
from dutydesk.secret_page import Blank, SecretPage

if TYPE_CHECKING:
    from textual.events import InputEvent, Paste

    from dutydesk.app import DutyDesk

_HOW_TO_LEAVE = "退出请按 Ctrl+Q；正在填写的内容会留作草稿。"


class Cover:
    """A `SecretPage` over a desk. `done` gets what is typed, and raises Refused or DatabaseProblem where it does not do."""

    def __init__(
        self,
        app: DutyDesk,
        page: SecretPage,
        done: Callable[[list[str]], Awaitable[Any]],
        locked: bool = True,
        said: str = "",
    ) -> None:
        """`locked`: Esc does not lift it. `said` is told on the desk when it has been lifted by `done`."""
        self.app, self.page, self.done, self.locked, self.said = app, page, done, locked, said
        self.asking = False

    def lay(self) -> None:
        """From now on it is all that there is to be seen."""
        self.app.cover = self
        self.draw()

    def draw(self) -> None:
        """At the size that the terminal has now."""
        self.app.write_over(self.page.drawn(*self.app.size))

    def lift(self, said: str = "") -> None:
        """The desk is there again, as it stands now."""
        self.app.cover = None
        self.app.write_over("\x1b[0m\x1b[2J")
        self.app.sent_cells.forget()
        self.app.screen.refresh()
        if said:
            self.app.tell(said)

    def take(self, event: InputEvent | Paste) -> None:
        """A key, or what is pasted; the mouse has nothing to do here."""
        key = getattr(event, "key", "")
        if key == "ctrl+q":
            self.app.run_worker(self.app.save_and_leave(), exclusive=True, group="leaving")
        elif self.asking:
            return
        elif key == "ctrl+c":
            self.page.notice = _HOW_TO_LEAVE
            self.draw()
        elif key == "escape" and not self.locked:
            self.lift()
        elif key:
            character = getattr(event, "character", None)
            if self.page.press(key, character if character and character.isprintable() else None):
                self._ask()
            self.draw()
        elif pasted := getattr(event, "text", ""):
            self.page.take(pasted)
            self.draw()

    def _ask(self) -> None:
        self.asking = True
        self.page.notice = "正在核对…"
        self.app.run_worker(self._answer([blank.value for blank in self.page.blanks]), group="cover")

    async def _answer(self, typed: list[str]) -> None:
        try:
            await self.done(typed)
        except (Refused, DatabaseProblem) as problem:
            self.page.again(f"✗ {problem}")
            self.asking = False
            if self.app.cover is self:
                self.draw()
        else:
            if self.app.cover is self:
                self.lift(self.said)


def lock(app: DutyDesk, because: str) -> None:
    """Cover a desk that came in by a password."""
    session = app.desk.session
    assert session is not None

    async def done(typed: list[str]) -> None:
        await app.desk.run(sign_in.unlock, typed[0], str(uuid4()))

    page = SecretPage(
        "片区长值班台　已锁定",
        f"{session.desk_name}（{session.number}）\n{because}正在办的都还在，输入密码接着办。",
        [Blank("密码")],
        "Enter 打开  Ctrl+U 清空  Ctrl+Q 存好草稿并退出",
    )
    Cover(app, page, done).lay()


def change_password(app: DutyDesk) -> None:
    """Have one's own password changed."""
    session = app.desk.session
    assert session is not None

    async def done(typed: list[str]) -> None:
        stamp = await app.desk.run(sign_in.change, *typed, str(uuid4()))
        if app.desk.key.startswith(BY_PASSWORD):
            app.desk.key = f"{BY_PASSWORD}{stamp}"

    page = SecretPage(
        "改密码",
        "越长越好：用几个不相干的词连起来，空格、汉字都可以。不要用工号、姓名。",
        [Blank("现在的密码"), Blank("新密码"), Blank("再输一遍")],
        "Enter 下一栏、保存  ↑↓ 换一栏  Ctrl+U 清空  Esc 不改、返回",
    )
    Cover(app, page, done, locked=False, said="密码已改。用旧密码在别处打开着的值班台随即退出。").lay()


class LeftAlone:
    """Locks or ends a desk after so many seconds without a key."""

    def __init__(self, app: DutyDesk, seconds: float) -> None:
        self.app, self.seconds = app, seconds
        self.loop = asyncio.get_running_loop()
        app.last_key_at = monotonic()
        self.loop.call_later(seconds, self.look)

    def look(self) -> None:
        """Lock, or wait for what is left since the last key."""
        left = self.app.last_key_at + self.seconds - monotonic()
        locked = self.app.cover is not None and self.app.cover.locked
        if left <= 0 and not locked:
            self._left_alone()
        self.loop.call_later(left if left > 0 else self.seconds, self.look)

    def _left_alone(self) -> None:
        minutes = max(round(self.seconds / 60), 1)
        if self.app.desk.key.startswith(BY_PASSWORD):
            lock(self.app, f"{minutes}分钟没有操作，已锁定。")
        else:
            said = f"{minutes}分钟没有操作，值班台已存好草稿并退出。重新登录就回到刚才的地方。"
            self.app.run_worker(_end(self.app, said), exclusive=True, group="leaving")


async def _end(app: DutyDesk, said: str) -> None:
    from dutydesk.screens.going_on import where

    with suppress(Refused, DatabaseProblem):  # then it begins with 今日, and the drafts are in files
        await app.desk.run(places.keep, await where(app))
    await app.save_and_leave(said)
