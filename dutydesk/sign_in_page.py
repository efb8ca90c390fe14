"""The page before the desk for whoever has no key: staff number and password, and another password where one is owed.

It is no Textual: what is not signed in has no more than this on the other side. No connection to the database is held
while it waits for a person, and it does not wait for ever.
"""

from __future__ import annotations

import codecs
import os
import select
import shutil
import signal
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, TypeVar
from uuid import uuid4

from dutydesk.models import connection, database
from dutydesk.models.connection import DatabaseProblem
from dutydesk.rules import office, sign_in, signing_on
from dutydesk.rules.errors import Refused
from dutydesk.secret_page import Blank, SecretPage

T = TypeVar("T")

_PATIENCE = 180  # seconds without a key
_TOO_LONG = "太久没有输入，登录页已关闭。请重新打开。"
_KEYS = {
    "\r": "enter",
    "\n": "enter",
    "\t": "tab",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x15": "ctrl+u",
    "\x1b": "escape",
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1bOA": "up",
    "\x1bOB": "down",
    "\x1b[Z": "shift+tab",
}
_LEAVE = ("\x03", "\x04", "\x11")  # Ctrl+C, Ctrl+D, Ctrl+Q
_SIGN_IN = "用工号和密码登录。还没有密码，或者忘了，请找管理员设一个一次性密码。"
_OWE = (
    "您用的是一次性密码，请先改成自己的。\n"
    "至少{least}个字符，越长越好：用几个不相干的词连起来，空格、汉字都可以。\n"
    "不要用工号、姓名。"
)


class CameIn(NamedTuple):
    """Who has signed in, and by what (see `signing_on.out`)."""

    number: str
    key: str


class NotNow(Exception):
    """Nobody came in; the message, where there is one, says why."""


def come_in(url: str, came_from: str) -> CameIn | None:
    """Show the page until somebody is in; None where nobody need be named (a demo).

    Raises NotNow, DatabaseProblem where the database is away before anything is shown.
    """
    if _with_database(url, lambda: bool(office.setting("demo_staff"))):
        return None
    with _terminal() as keys:
        page = SecretPage(
            "片区长值班台　登录",
            _SIGN_IN,
            [Blank("工号", hidden=False), Blank("密码")],
            "Enter 下一栏、登录  ↑↓ 换一栏  Ctrl+U 清空  Ctrl+Q 退出",
        )
        while True:
            number, password = _filled(page, keys)
            try:
                entered = _with_database(
                    url, partial(sign_in.enter, number, password, came_from, str(uuid4()))
                )
                stamp = _own(url, entered, password, came_from, keys) if entered.one_time else entered.stamp
                return CameIn(entered.number, f"{signing_on.BY_PASSWORD}{stamp}")
            except (Refused, DatabaseProblem) as problem:
                page.again(f"✗ {problem}")


def _own(url: str, entered: sign_in.Entered, now: str, came_from: str, keys: Iterator[str]) -> str:
    """Have another password chosen; answers with its stamp."""
    least = _with_database(url, lambda: str(office.setting("password_least")))
    page = SecretPage(
        "片区长值班台　改密码",
        _OWE.format(least=least),
        [Blank("新密码"), Blank("再输一遍")],
        "Enter 下一栏、保存  ↑↓ 换一栏  Ctrl+U 清空  Ctrl+Q 退出",
    )
    while True:
        new, again = _filled(page, keys)
        try:
            return _with_database(url, partial(_changed, entered.number, came_from, now, new, again))
        except (Refused, DatabaseProblem) as problem:
            page.again(f"✗ {problem}")


def _changed(number: str, came_from: str, now: str, new: str, again: str) -> str:
    session = signing_on.sign_on(number, came_from)
    return sign_in.change(session, now, new, again, str(uuid4()))


def _with_database(url: str, rule: Callable[[], T]) -> T:
    """Run a rule on a connection of its own. Raises what it raises, and DatabaseProblem."""
    try:
        connection.connect(url)
        return rule()
    except connection.ERRORS as error:
        raise connection.explain(error, url) from None
    finally:
        if database.obj is not None and not database.is_closed():
            database.close()


def _filled(page: SecretPage, keys: Iterator[str]) -> list[str]:
    """What stands in the blanks once Enter is pressed in the last. Raises NotNow."""

    def draw(*_: object) -> None:
        size = shutil.get_terminal_size()
        _write(page.drawn(size.columns, size.lines))

    signal.signal(signal.SIGWINCH, draw)
    draw()
    for key in keys:
        if key in _LEAVE:
            raise NotNow
        if page.press(_KEYS.get(key, key), key if key.isprintable() else None):
            break
        draw()
    else:
        raise NotNow
    page.notice = "正在核对…"
    draw()
    return [blank.value for blank in page.blanks]


def _write(text: str) -> None:
    os.write(2, text.encode())


@contextmanager
def _terminal() -> Iterator[Iterator[str]]:
    """The terminal with nothing echoed and no key that interrupts; answers with the keys."""
    before = termios.tcgetattr(0)
    resized = signal.getsignal(signal.SIGWINCH)
    try:
        tty.setraw(0)
        _write("\x1b[?1049h")
        yield _keys()
    finally:
        signal.signal(signal.SIGWINCH, resized)
        _write("\x1b[0m\x1b[H\x1b[2J\x1b[?1049l\x1b[?25h")
        termios.tcsetattr(0, termios.TCSAFLUSH, before)


def _keys() -> Iterator[str]:
    """Keys, until the line is gone. Raises NotNow when none comes for long."""
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    while True:
        if not select.select([0], [], [], _PATIENCE)[0]:
            raise NotNow(_TOO_LONG)
        try:
            data = os.read(0, 1024)
        except OSError:
            return
        if not data:
            return
        yield from _split(decoder.decode(data))


def _split(text: str) -> Iterator[str]:
    """Characters, and whole sequences of keys that have one."""
    while text:
        size = 1
        if text[0] == "\x1b" and text[1:2] in ("[", "O"):
            size = 3
            while text[1] == "[" and size <= len(text) and not "@" <= text[size - 1] <= "~":
                size += 1
        yield text[:size]
        text = text[size:]
