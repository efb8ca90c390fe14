"""给来源的答复: to whom, since when; as the sheet that the source wants, or one by one as text to paste."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from dutydesk.rules import answer_sheets
from dutydesk.rules.answer_sheets import EMPTY, Asked
from dutydesk.rules.answers import FIELDS
from dutydesk.rules.errors import Refused
from dutydesk.rules.import_asking import KnownSource
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.exporting import begin
from dutydesk.screens.importing import inbox_file
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage

_DAYS = ((0, "今天起"), (6, "最近7天"), (29, "最近30天"), (364, "最近一年"))


async def answer_source(screen: DeskScreen) -> None:
    """From whom to the file or the text; what the source's sheet looks like is asked once."""
    sources = await screen.ask(answer_sheets.sources)
    if sources is None:
        return
    source = await screen.show(ActionMenu("给谁的答复", [Action(each, each.name) for each in sources]))
    if source is None:
        return
    since = await screen.show(ActionMenu(f"{source.name}：哪天起有变动的", _since(screen.session.day)))
    while since is not None:
        shape = await screen.ask(answer_sheets.shape_of, source.name)
        kind = "表头照来源的" if shape else "表头是值班台的"
        ways = [
            Action("text", "逐件看", "每件一段话"),
            Action("txt", "做成文本", "写到发件夹，每件一段话，便于粘贴"),
            Action("xlsx", "做成 Excel 表", f"写到发件夹，{kind}"),
            Action("csv", "做成 CSV 表", f"写到发件夹，{kind}"),
            Action("heads", "换表头", "照来源给的空表，记住以后都照它"),
        ]
        way = await screen.show(
            ActionMenu(f"{source.name}，{since.year}年{since.month}月{since.day}日起的答复", ways)
        )
        if way == "text":
            await _texts(screen, source, since)
        elif way == "heads":
            await _ask_shape(screen, source)
        elif way == "txt" or (way and (shape is not None or await _ask_shape(screen, source))):
            wanted = ["answers", "--source", source.name, "--since", f"{since:%Y-%m-%d}"]
            begin(screen, f"办理答复·{source.name}", way, wanted)
            return
        elif way is None:
            return


def _since(today: date) -> list[Action[date]]:
    days = [(today - timedelta(days=back), words) for back, words in _DAYS]
    return [Action(day, words, f"{day.year}年{day.month}月{day.day}日起") for day, words in days]


async def _texts(screen: DeskScreen, source: KnownSource, since: date) -> None:
    text = await screen.ask(answer_sheets.texts, source, since)
    if text is not None:
        nothing = "这段时间没有可以答复的：还没有办出结果，或都是旧案入档的。"
        await screen.show(TextPage(f"给{source.name}的答复", text or nothing))


async def _ask_shape(screen: DeskScreen, source: KnownSource) -> bool:
    """What the source's sheet looks like; remembered. False: left."""
    options = [
        Action("theirs", "照来源给的空表", "放在收件夹里，只看它的表头"),
        Action("ours", "用值班台的表头", "、".join(list(FIELDS.values())[:5]) + "等"),
    ]
    chosen = await screen.show(ActionMenu(f"{source.name}要什么样的表（只问这一次）", options))
    shape: answer_sheets.Shape | None = () if chosen == "ours" else None
    if chosen == "theirs":
        asked = await _their_heads(screen)
        shape = await _meant(screen, asked) if asked else None
    if shape is None:
        return False
    act_id = screen.new_act()
    await screen.do(answer_sheets.remember, source.name, source.kind, shape, act_id)
    return True


async def _their_heads(screen: DeskScreen) -> Asked | None:
    from dutydesk.documents import reading

    path = await inbox_file(screen, "来源要的是哪张表")
    if path is None:
        return None
    try:
        return await asyncio.to_thread(lambda: answer_sheets.asked_by(reading.stream(path)))
    except (Refused, reading.Unreadable) as problem:
        screen.say(str(problem), "bad")
        return None


async def _meant(screen: DeskScreen, asked: Asked) -> answer_sheets.Shape | None:
    """The part of an answer below each header that is not known."""
    meant: dict[str, str] = {}
    parts = [Action(EMPTY, "留空"), *(Action(part, label) for part, label in FIELDS.items())]
    for head in asked.unknown:
        chosen = await screen.show(ActionMenu(f"“{head}”这一列填什么", parts))
        if chosen is None:
            return None
        meant[head] = chosen
    return asked.shape(meant)
