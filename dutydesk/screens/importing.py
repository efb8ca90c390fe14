"""导入: a file of the 收件夹 becomes cases. It is read and written by a process of its own; the desk goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dutydesk.rules import finding, import_asking
from dutydesk.rules.import_asking import KnownSource
from dutydesk.rules.workcalendar import CHINA
from dutydesk.screens.base import DeskScreen
from dutydesk.settings import load
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage
from dutydesk.widgets.picker import Choice, PickOne

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from dutydesk.rules.importing import Rows

_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt", ".tsv"})
_LEAVE_OUT = "-"
_ANSWERED = (
    Action("待核查", "按「待核查」接续办理", "今天立案，到现场核查后销项"),
    Action("旧案入档", "作为已办结旧案入档", "按答复日期销项，不计逾期，不再核查；记入审计"),
)
_EACH = 1.0  # seconds between two lines of progress


@dataclass
class _Wanted:
    """What is to be brought in, as the line of command takes it."""

    path: Path
    sheet: str = ""
    source: KnownSource | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    category: str = ""
    answered: str = ""  # what becomes of what the source has answered; empty until it is asked

    def arguments(self, number: str) -> list[str]:
        found = ["import", "issues", str(self.path), "--as", number]
        if self.sheet:
            found += ["--sheet", self.sheet]
        if self.source:
            found += ["--source", self.source.name, "--kind", self.source.kind.value]
        for head, name in self.mapping.items():
            found.append(f"--map={head}={name}")
        given = (("--unit", self.unit), ("--category", self.category), ("--answered", self.answered))
        for option, value in given:
            found += [option, value] if value else []
        return found


async def import_list(screen: DeskScreen) -> bool:
    """From the file to the result, asking what must be asked. Says whether the import began."""
    from dutydesk.rules.import_files import is_edited

    sources = await screen.ask(import_asking.sources)
    if sources is None:
        return False
    wanted = await _file(screen)
    rows = await _rows(screen, wanted) if wanted else None
    if wanted is None or rows is None:
        return False
    if not await asyncio.to_thread(is_edited, rows) and not await _meaning(screen, wanted, sources, rows):
        return False
    if not await _agreed(screen, wanted):
        return False
    screen.run_worker(_import(screen, wanted), exclusive=True, group="import")
    return True


# -- which file ------------------------------------------------------------------------------------------------------


async def _file(screen: DeskScreen) -> _Wanted | None:
    path = await inbox_file(screen, "导入收件夹里的哪个文件")
    return _Wanted(path) if path else None


async def inbox_file(screen: DeskScreen, question: str) -> Path | None:
    """A list of the 收件夹, chosen; None where there is none, and then it is said where they go, or none is chosen."""
    inbox = load().inbox
    files = await asyncio.to_thread(_files, inbox)
    if not files:
        screen.say(f"收件夹里没有 xlsx 或 csv 文件。请把文件放进 {inbox} 再来。", "bad")
        return None
    return await screen.show(ActionMenu(f"{question}（共{len(files)}个，新的在前）", files))


def _files(inbox: Path) -> list[Action[Path]]:
    inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = [
        (path.stat(), path)
        for path in inbox.iterdir()
        if path.suffix.lower() in _SUFFIXES
        and path.is_file()
        and not path.is_symlink()
        and not path.name.startswith((".", "~"))
    ]
    found.sort(key=lambda pair: -pair[0].st_mtime)
    return [
        Action(path, path.name, f"{_size(about.st_size)}，{_day(about.st_mtime)}") for about, path in found
    ]


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count // 1000, 1)} KB"


def _day(stamp: float) -> str:
    return f"{datetime.fromtimestamp(stamp, CHINA):%m-%d %H:%M}"


async def _rows(screen: DeskScreen, wanted: _Wanted) -> Rows | None:
    """The rows of the file, of the sheet that is chosen where several may be meant."""
    from dutydesk.documents import reading
    from dutydesk.rules.import_files import candidates

    screen.say(f"正在读 {wanted.path.name}…")
    try:
        names = await asyncio.to_thread(candidates, wanted.path)
        if len(names) > 1:
            options = [Action(name, name) for name in names]
            chosen = await screen.show(ActionMenu("文件里有几张工作表，导入哪一张", options))
            if chosen is None:
                return None
            wanted.sheet = chosen
        rows = await asyncio.to_thread(reading.stream, wanted.path, wanted.sheet or names[0])
        filled = await asyncio.to_thread(_holds_anything, rows)
        screen.say("")
    except reading.Unreadable as problem:
        screen.say(str(problem), "bad")
        return None
    if not filled:
        screen.say(f"{wanted.path.name} 里没有内容，请核对。", "bad")
        return None
    return rows


def _holds_anything(rows: Rows) -> bool:
    return next(iter(rows), None) is not None


# -- what it means ---------------------------------------------------------------------------------------------------


async def _meaning(screen: DeskScreen, wanted: _Wanted, sources: list[KnownSource], rows: Rows) -> bool:
    """Whose list it is, and what each unknown column means; remembered for the source. False: left."""
    options = [
        Action(each, each.name, "第一次导入" if each.new else f"{each.kind.label}，列的对应已记住")
        for each in sources
    ]
    wanted.source = await screen.show(ActionMenu(f"“{wanted.path.name}”是谁的清单", options))
    if wanted.source is None:
        return False
    asked = await screen.ask(import_asking.columns, wanted.source.name, rows)
    if asked is None:
        return False
    free = dict(asked.free)
    for column in asked.unknown:
        fields = [Action(_LEAVE_OUT, "不要这一列"), *(Action(name, label) for name, label in free.items())]
        title = f"“{column.head}”这一列是什么？（例：{column.sample}）"
        chosen = await screen.show(ActionMenu(title, fields))
        if chosen is None:
            return False
        wanted.mapping[column.head] = chosen
        free.pop(chosen, None)
    return True


async def _agreed(screen: DeskScreen, wanted: _Wanted) -> bool:
    """Show what the file would do, until it is agreed to or left; what it does not say can be filled in."""
    from dutydesk.rules.import_files import ANSWERED

    page = True
    while True:
        told: list[str] = []
        screen.say(f"正在核对 {wanted.path.name}…")
        if not await _run(screen, wanted, _Told(screen, told), dry=True):
            screen.say(told[-1] if told else "没有核对成，请再试一次。", "bad")
            return False
        screen.say("")
        if page:
            await screen.show(TextPage(f"{wanted.path.name}：还没有导入，看完按 Esc 接着选", "\n".join(told)))
        page = False
        answered = next((line.split("，")[0] for line in told if line.startswith(ANSWERED)), "")
        if answered and not wanted.answered:
            chosen = await screen.show(ActionMenu(f"{answered}，怎么办", _ANSWERED))
            if chosen is None:
                return False
            wanted.answered = chosen
            continue
        says = next((line for line in told if line.startswith("核对")), "")
        chosen = await screen.show(ActionMenu(says or wanted.path.name, _options(wanted, says, answered)))
        if chosen in (None, "go"):
            return chosen == "go"
        page = chosen != "answered"
        if chosen == "answered":
            wanted.answered = ""
        elif chosen in ("unit", "category"):
            picked = await _pick(screen, chosen)
            setattr(wanted, chosen, picked or getattr(wanted, chosen))


def _options(wanted: _Wanted, says: str, answered: str) -> list[Action[str]]:
    from dutydesk.rules.importing import NOTHING_NEW

    go = Action("go", "导入没有错的行", "有错的行连同原因写到发件夹")
    if NOTHING_NEW in says:
        none_wrong = "有错0行" in says
        why = "没有新的，也没有变化的。" if none_wrong else ""
        go = Action("go", "只把有错的行写到发件夹", "没有可以导入的；连同原因，便于改好", why)
    options = [go, Action("read", "再看一遍核对结果")]
    if answered:
        options.append(Action("answered", f"{answered}换一种办法", f"现在是：{wanted.answered}"))
    if wanted.source is not None:
        options += [
            Action("unit", "没写明地点的归到一处", wanted.unit or "选一个居民区，再核对"),
            Action("category", "看不出类别的归到一类", wanted.category or "选一类，再核对"),
        ]
    return options


async def _pick(screen: DeskScreen, what: str) -> str | None:
    rule = finding.places if what == "unit" else finding.categories

    async def search(text: str) -> list[Choice]:
        return [Choice(each.value, each.title, each.detail) for each in await screen.desk.read(rule, text)]

    title = "没写明地点的归到哪里" if what == "unit" else "看不出类别的归到哪一类"
    picked = await screen.show(PickOne(title, search, "拼音首字母或汉字"))
    return picked.title if picked else None


# -- doing it --------------------------------------------------------------------------------------------------------


class _Told:
    """What the process says: progress on the notice line, a line a second at most; the rest is kept."""

    def __init__(self, screen: DeskScreen, kept: list[str], hint: str = "") -> None:
        self.screen, self.kept, self.hint = screen, kept, hint
        self.last = 0.0

    def __call__(self, line: str) -> None:
        """Hear a line."""
        if not line.startswith("已"):
            self.kept.append(line)
            return
        now = asyncio.get_running_loop().time()
        if now - self.last >= _EACH:
            self.last = now
            self.screen.say(f"{line}{self.hint}")


async def _import(screen: DeskScreen, wanted: _Wanted) -> None:
    from dutydesk.rules.import_files import place_of_refused

    told: list[str] = []
    screen.say(f"正在导入 {wanted.path.name}…")
    hear = _Told(screen, told, "。可以继续办理；中断了再导一次就接着导。")
    good = await _run(screen, wanted, hear, dry=False)
    done = next((line for line in told if line.startswith(("导入完毕", "读回"))), "导入完毕。")
    done += next((line.replace("：", "。") for line in told if line.startswith("来源改了而没有照改")), "")
    if any(line.startswith("没有导入的行") for line in told):
        place = place_of_refused(wanted.path, load().outbox).name
        done += f"有错的行在发件夹的“{place}”，写明了原因；改好放进收件夹再导。"
    if good:
        screen.say(done, "good")
    else:
        screen.say(f"没有导完：{told[-1] if told else '程序中断了'}。已导入的都在，再导一次就接着导。", "bad")


async def _run(screen: DeskScreen, wanted: _Wanted, say: Callable[[str], None], dry: bool) -> bool:
    """Run the line of command and hear what it says, line by line; false where it could not do it."""
    arguments = wanted.arguments(screen.session.number) + (["--dry-run"] if dry else [])
    kept = {name: value for name, value in os.environ.items() if name != "SSH_ORIGINAL_COMMAND"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dutydesk", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=kept | {"DUTYDESK_DATABASE": screen.desk.url, "PYTHONIOENCODING": "utf-8"},
    )
    try:
        return await _follow(process, say, "核对" if dry else ("导入完毕", "读回"))
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)


async def _follow(process: Process, say: Callable[[str], None], done: str | tuple[str, ...]) -> bool:
    """Hear a process to its end. It ends with 1 for refused rows as well, but then it has said that it is `done`."""
    assert process.stderr is not None
    well = False
    async for line in process.stderr:
        told = line.decode("utf-8", "replace").rstrip()
        well |= told.startswith(done)
        say(told)
    return await process.wait() == 0 or well
