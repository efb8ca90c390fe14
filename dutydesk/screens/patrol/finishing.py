"""A patrol comes to its end: finished, given up with a reason, or filled in from paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dutydesk.rules import patrol
from dutydesk.rules.patrol_sheets import PatrolSheet
from dutydesk.screens.patrol import rows
from dutydesk.screens.patrol.backfill import BackfillScreen
from dutydesk.screens.patrol.reasons import ask_reason
from dutydesk.screens.patrol.rows import CheckRow
from dutydesk.widgets.action_menu import Confirm

if TYPE_CHECKING:
    from dutydesk.screens.patrol.walk import PatrolScreen


async def finish(screen: PatrolScreen, row: CheckRow) -> None:
    """Finish all that is checked of the day, or this route with a reason for the rest."""
    left = rows.unchecked(screen.given.rows, row.sheet)
    if left:
        await _give_up(screen, row.sheet, left)
        return
    ready = rows.checked(screen.given.rows, row.sheet.day)
    lines = [f"{sheet.route}　{rows.counts(screen.given.rows, sheet)}" for sheet in ready]
    if await screen.show(Confirm("完成巡查？完成后标记不能再改。", lines, "完成")):
        await _finish(screen, ready, "")


async def _give_up(screen: PatrolScreen, sheet: PatrolSheet, left: int) -> None:
    """A route with 未查 left is finished only after a second word: it cannot be taken back."""
    usual = await screen.ask(patrol.rest_reasons) or []
    reason = await ask_reason(screen, f"{sheet.route}还有{left}处未查：为什么不查了？", usual)
    if not reason:
        return
    lines = [f"还有{left}处未查，理由：{reason}", "完成后标记不能再改。"]
    if await screen.show(Confirm(f"{sheet.route}不再查了？", lines, "完成")):
        await _finish(screen, [sheet], reason)


async def _finish(screen: PatrolScreen, sheets: Sequence[PatrolSheet], reason: str) -> None:
    if not await screen.drain():
        return
    told = await screen.do(patrol.finish, [sheet.id for sheet in sheets], reason, screen.new_act())
    if told is not None:
        screen.acted = True
        await screen.read()
        screen.say(f"已完成：{'、'.join(sheet.route for sheet in told)}。", "good")


async def backfill(screen: PatrolScreen, row: CheckRow) -> None:
    """First the time of the walk; the exceptions are marked; then 其余正常."""
    if not await screen.drain():
        return
    day = row.sheet.day
    if not row.sheet.backfilled:
        same_day = [each for each in rows.unfinished(screen.given.rows, day) if not each.backfilled]
        if await screen.show(BackfillScreen(row.sheet, same_day)):
            await screen.read()
            screen.say("已补录巡查时间。先标异常和不适用的点，再按 Enter 选“其余正常”。", "good")
        return
    sheets = rows.from_paper(screen.given.rows, day)
    lines = [f"{sheet.route}　未查{rows.unchecked(screen.given.rows, sheet)}处" for sheet in sheets]
    if await screen.show(Confirm("把其余未查的点都标为正常？", lines, "其余正常")):
        told = await screen.do(patrol.rest_normal, [sheet.id for sheet in sheets], screen.new_act())
        if told is not None:
            await screen.read()
            screen.say("其余已标为正常。按 Enter 再选“完成”。", "good")
