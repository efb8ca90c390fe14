"""导出: the list on screen into a file of the 发件夹. It is written by a process of its own; the desk goes on."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dutydesk.rules import answers, exporting, permission
from dutydesk.rules.questions import Question, as_json
from dutydesk.rules.workcalendar import CHINA
from dutydesk.screens.base import DeskScreen
from dutydesk.settings import load, placed
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage
from dutydesk.widgets.ask_text import AskText

if TYPE_CHECKING:
    from asyncio.subprocess import Process

FORMATS = (
    Action("xlsx", "Excel 表", "带筛选和下拉，改好可以再导入"),
    Action("csv", "CSV 表", "任何表格程序都能打开，也可以改好再导入"),
    Action("json", "JSON", "给别的程序用"),
)
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')


def outbox() -> Path:
    """The 发件夹."""
    return load().outbox


async def export_list(screen: DeskScreen, question: Question) -> bool:
    """Ask for the format and begin to write the list into the 发件夹; what comes of it is said. Says whether it began.

    Leaving the screen stops the writing; then there is no file.
    """
    what = await screen.ask(exporting.offered, question)
    if what is None:
        return False
    formats = list(FORMATS)
    if permission.may_at_all(screen.session, "export_personal"):
        formats.append(
            Action("personal", "含个人信息的 Excel 表", "反映人的姓名、电话、住址；要写事由，单独记入审计")
        )
    form = await screen.show(ActionMenu(f"导出“{what}”（个人信息打码，会记入审计）", formats))
    if form is None:
        return False
    if form == "personal":
        reason = await screen.show(AskText("为什么要导出个人信息？事由记入审计"))
        if reason is None:
            return False
        wanted = ["issues", "--question", as_json(question), "--personal", reason]
        begin(screen, f"问题清单·{what}·含个人信息", "xlsx", wanted)
        return True
    begin(screen, f"问题清单·{what}", form, ["issues", "--question", as_json(question)])
    return True


def begin(screen: DeskScreen, what: str, form: str, wanted: list[str]) -> None:
    """Begin to write a file of this format into the 发件夹, named by what is in it and the time; what comes is said."""
    now = datetime.now(CHINA)
    name = _NOT_IN_A_NAME.sub("·", f"{what}-{now:%Y%m%d-%H%M%S}")[:80]
    path = outbox() / f"{name}.{form}"
    arguments = ["export", *wanted, "--format", form, "--as", screen.session.number, "--output", str(path)]
    screen.run_worker(_write(screen, arguments, path), exclusive=True, group="export")


async def _write(screen: DeskScreen, arguments: list[str], path: Path) -> None:
    """Run the line of command; its progress stands on the notice line, then where the file is or why there is none."""
    screen.say("正在导出…")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dutydesk", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(screen.desk.url),
    )
    try:
        last = await _follow(screen, process)
        if await process.wait() == 0:
            screen.say(f"已导出到发件夹：{placed(path)}", "good")
        else:
            screen.say(f"没有导出：{last or '写文件的程序中断了，请再试一次。'}", "bad")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)  # it puts its half-written file away


def _environment(url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "SSH_ORIGINAL_COMMAND"}
    return kept | {"DUTYDESK_DATABASE": url, "PYTHONIOENCODING": "utf-8"}


async def _follow(screen: DeskScreen, process: Process) -> str:
    """Say each line of progress; answers with the last one."""
    assert process.stderr is not None
    last = ""
    async for line in process.stderr:
        last = line.decode("utf-8", "replace").strip()
        if last.startswith("已写"):
            screen.say(f"正在导出，{last}。可以继续办理，离开这一屏就不导了。")
    return last


async def show_answer(screen: DeskScreen, issue_id: int, number: str) -> None:
    """The answer to a case as a page, to copy from."""
    text = await screen.ask(answers.answer_of, issue_id)
    if text is not None:
        await screen.show(TextPage(f"{number} 给来源的答复（可选中复制）", text))
