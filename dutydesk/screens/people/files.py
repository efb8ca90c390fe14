"""Staff lists, postings and trees from the 收件夹 and to the 发件夹, read and written by a process of their own."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import date

from dutydesk.screens.importing import inbox_file
from dutydesk.screens.people.acting import fill_in
from dutydesk.screens.people.listing import PeopleList
from dutydesk.session import Session
from dutydesk.settings import load, placed
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage

NAMES = {"staff": "名册", "postings": "下沉力量", "tree": "区划", "duties": "权责清单"}
_HEADS = {
    "staff": "没写起的日期的岗位从哪一天起",
    "postings": "没写起的日期的从哪一天起下沉",
    "tree": "区划从哪一天起变动",
    "duties": "这份清单从哪一天起；表里各部门原来的到前一天止",
}


async def bring_in(screen: PeopleList, what: str) -> None:
    """A file of the 收件夹: what it would change is shown before it is brought in."""
    path = await inbox_file(screen, f"导入收件夹里的哪个{NAMES[what]}")
    since = await _since(screen, what) if path else None
    if path is None or since is None:
        return
    given = ["import", what, str(path), "--as", screen.session.number, "--from", since.isoformat()]
    screen.say(f"正在核对 {path.name}…")
    _, told = await _run(screen, [*given, "--dry-run"])
    screen.say("")
    lines = [line for line in told if not line.startswith("已核对")]
    await screen.show(TextPage(f"核对结果·{path.name}（还没有导入）", "\n".join(lines)))
    says = lines[-1] if lines else path.name
    if not says.startswith("核对结果"):
        screen.say(f"没有核对成：{says}", "bad")
        return
    hint = "有错的行不导入" if what in ("staff", "postings") else "有一处错就都不导入"
    ways = [Action("go", "导入", hint)]
    if any("没写的相邻" in line for line in lines):
        ways.append(Action("end", "导入，并结束表里没写的相邻", "从那天起不再相邻；过去的不变"))
    chosen = await screen.show(ActionMenu(says, ways))
    if chosen is not None:
        given += ["--end-neighbours"] if chosen == "end" else []
        screen.say(f"正在导入 {path.name}…")
        code, told = await _run(screen, given)
        done = told[-1] if told else "没有导入成，请再试一次。"
        screen.say(done, "good" if code == 0 or done.startswith("导入完毕") else "bad")
        screen.read_again()


async def _since(screen: PeopleList, what: str) -> date | None:
    """From which day it holds."""
    chosen: list[date] = []

    def take(_session: Session, fields: dict[str, date], _act_id: str) -> str:
        chosen.append(fields["since"])
        return "好"

    await fill_in(screen, "从哪天起", _HEADS[what], "SinceForm", take, {"since": "今天"})
    return chosen[0] if chosen else None


async def take_out(screen: PeopleList, what: str) -> None:
    """The list of today into the 发件夹."""
    path = load().outbox / f"{NAMES[what]}-{screen.session.day:%Y%m%d}.xlsx"
    screen.say("正在导出…")
    given = ["export", what, "--as", screen.session.number, "--output", str(path)]
    code, told = await _run(screen, given)
    if code == 0:
        screen.say(f"已导出到发件夹：{placed(path)}", "good")
    else:
        screen.say(f"没有导出：{told[-1] if told else '程序中断了，请再试一次。'}", "bad")


async def _run(screen: PeopleList, arguments: list[str]) -> tuple[int, list[str]]:
    """Run the line of command; answers with its exit code and what it said."""
    kept = {name: value for name, value in os.environ.items() if name != "SSH_ORIGINAL_COMMAND"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dutydesk", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=kept | {"DUTYDESK_DATABASE": screen.desk.url, "PYTHONIOENCODING": "utf-8"},
    )
    _, said = await process.communicate()
    return process.returncode or 0, said.decode("utf-8", "replace").splitlines()
