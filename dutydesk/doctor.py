"""`dutydesk doctor`: what this terminal can draw, found by asking it; each finding says what to do.

A character of ambiguous width takes one column in most fonts and two in some Chinese ones; then frames and marks push
what follows to the side. No setting tells which: the terminal is asked where its cursor stands after each.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import sys
import termios
import time
import tty
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dutydesk.settings import OF_THE_MACHINE, load, settings_file
from dutydesk.tty import NO_TTY_MESSAGE, allowed_term, has_tty

SMALLEST = (80, 24)
DRAWN = "─│┌▶●✓✗…“”·↑"  # what the desk draws, each of ambiguous width
ANSWER_SECONDS = 2.0
_PLACE = re.compile(rb"\x1b\[(\d+);(\d+)R")


class Finding(NamedTuple):
    """What was looked at, how it is, and what to do where that is not well."""

    name: str
    found: str
    advice: str = ""


class NoAnswer(Exception):
    """The terminal does not say where its cursor is."""


class _Terminal:
    """The terminal, asked; nothing that it answers is shown."""

    def __init__(self) -> None:
        self.fd = sys.stdin.fileno()

    def columns_of(self, text: str) -> int:
        """How many columns it gives to a text. Raises NoAnswer."""
        sys.stdout.write(f"\r{text}\x1b[6n")
        sys.stdout.flush()
        answer, until = b"", time.monotonic() + ANSWER_SECONDS
        while (place := _PLACE.search(answer)) is None:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise NoAnswer
            answer += os.read(self.fd, 64)
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()
        return int(place[2]) - 1


def examine() -> list[Finding]:
    """Look at this terminal, which must be one, and choose the drawing that suits it."""
    kept = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        return [*_plain_findings(), *_measured(_Terminal())]
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, kept)


def _plain_findings() -> Iterator[Finding]:
    columns, lines = shutil.get_terminal_size()
    small = columns < SMALLEST[0] or lines < SMALLEST[1]
    enough = "请把窗口拉大到至少 80 列 24 行；120 列 36 行最好用。"
    yield Finding("窗口大小", f"{columns} 列 {lines} 行", enough if small else "")
    term = os.environ.get("TERM", "")
    unknown = "请把终端类型（TERM）设为 xterm-256color。"
    yield Finding("终端类型", term or "没有写明", "" if allowed_term(term) else unknown)
    encoding = (sys.stdout.encoding or "").lower()
    other = "请把终端和语言环境都设为 UTF-8，例如 LANG=C.UTF-8；PuTTY 在“窗口—翻译”里选 UTF-8。"
    yield Finding("编码", encoding or "没有写明", "" if encoding.replace("-", "") == "utf8" else other)
    many = os.environ.get("COLORTERM") in ("truecolor", "24bit") or "256" in term
    yield Finding("颜色", "256 色及以上" if many else "16 色", "")
    yield Finding("输入法", "值班台不必切换：数字和标点的全角、半角都有效；打拼音首字母时请切到英文", "")


def _measured(terminal: _Terminal) -> Iterator[Finding]:
    try:
        chinese = terminal.columns_of("中")
        wide = [each for each in DRAWN if terminal.columns_of(each) != 1]
    except NoAnswer:
        yield Finding(
            "字符宽度", "终端不回答光标在哪里，量不出来", "画线若歪斜，请把设置 drawing 改成 ascii。"
        )
        return
    narrow = "请换一种中文等宽字体，或在终端里把编码改为 UTF-8。"
    yield Finding("汉字宽度", f"{chinese} 列", "" if chinese == 2 else narrow)
    if not wide:
        yield Finding("线条和记号", "都占 1 列", "")
    drawing = "ascii" if wide else "auto"
    if wide:
        yield Finding("线条和记号", f"{' '.join(wide)} 占 2 列", _choose(drawing))
    elif load().drawing == "ascii":
        yield Finding("画线", "现在用的是 ascii，这个终端用不着", _choose(drawing))


def _choose(drawing: str) -> str:
    """Write the drawing into this person's settings, if they are theirs; answers with what was done or is to do."""
    path = settings_file()
    if path == OF_THE_MACHINE:
        return f'请管理员在 {path} 里写上 drawing = "{drawing}"。'
    try:
        write_setting(path, "drawing", drawing)
    except OSError as error:
        return f'写不进 {path}（{error.strerror}），请自己写上 drawing = "{drawing}"。'
    words = "线条和记号改用 ASCII 字符" if drawing == "ascii" else "线条和记号改回原样"
    return f"已替您写进设置 {path}：{words}，下次打开值班台起有效。"


def write_setting(path: Path, name: str, value: str) -> None:
    """Set one value in a TOML file of plain settings; the other lines stay. Raises OSError."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in lines if not re.match(rf"\s*{name}\s*=", line)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*kept, f'{name} = "{value}"', ""]), encoding="utf-8")


def tell(findings: Iterable[Finding]) -> int:
    """Print them as they come; 1 where something is to do."""
    off = False
    for each in findings:
        off = off or bool(each.advice)
        print(f"{'!' if each.advice else '✓'} {each.name}：{each.found}")  # noqa: T201
        if each.advice:
            print(f"    {each.advice}")  # noqa: T201
    return int(off)


def main() -> int:
    """What `dutydesk doctor` does."""
    if not has_tty():
        print(NO_TTY_MESSAGE, file=sys.stderr)  # noqa: T201
        return 1
    return tell(examine())
