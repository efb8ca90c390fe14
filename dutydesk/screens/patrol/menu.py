"""Enter on the patrol: what can be done with the checkpoint, with its route, with the whole day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from dutydesk.rules import patrol, patrol_sheets
from dutydesk.rules.workcalendar import day_said
from dutydesk.screens.patrol import finishing, rows
from dutydesk.screens.patrol.printing import print_sheets
from dutydesk.screens.patrol.rows import CheckRow
from dutydesk.settings import placed
from dutydesk.vocabulary import Mark
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText

if TYPE_CHECKING:
    from dutydesk.screens.patrol.walk import PatrolScreen


async def choose(screen: PatrolScreen, row: CheckRow) -> None:
    """Ask what is to be done, and do it."""
    title = f"{row.check.where}：{rows.mark_label(row)}"
    chosen = await screen.show(ActionMenu(title, rows.menu(screen.given.rows, row)))
    if chosen is not None:
        await ACTS[chosen](screen, row)


async def _normal(screen: PatrolScreen, _row: CheckRow) -> None:
    screen.action_normal()


async def _abnormal(screen: PatrolScreen, _row: CheckRow) -> None:
    screen.action_abnormal()


async def _not_applicable(screen: PatrolScreen, _row: CheckRow) -> None:
    screen.action_not_applicable()


async def _take_back(screen: PatrolScreen, row: CheckRow) -> None:
    screen.put(row, Mark.UNCHECKED, "")
    screen.say(f"已撤回：{row.check.where}")


async def _routes(screen: PatrolScreen, _row: CheckRow) -> None:
    """Go to another route, at its first 未查."""
    actions = []
    for sheet in rows.sheets(screen.given.rows):
        day = "" if sheet.day == screen.session.day else day_said(sheet.day)
        left = rows.unchecked(screen.given.rows, sheet)
        said = "已完成" if sheet.finished else f"未查{left}处" if left else "已查完"
        actions.append(Action(sheet.id, day + sheet.route, f"{said}，共{len(sheet.checks)}处"))
    chosen = await screen.show(ActionMenu("换到哪条路线？", actions))
    there = [row for row in screen.given.rows if row.sheet.id == chosen]
    if there:
        screen.move_to(next((row for row in there if row.check.open), there[0]).key)


async def _partners(screen: PatrolScreen, row: CheckRow) -> None:
    """Who walked along on this day."""
    words = await screen.show(AskText("参加的力量和部门（用顿号分开）", value=row.sheet.partners, edit=True))
    if words and await screen.do(patrol.set_partners, row.sheet.id, words, screen.new_act()) is not None:
        await screen.read()


async def _print(screen: PatrolScreen, row: CheckRow) -> None:
    """Write the day's sheets and say where they are."""
    from dutydesk.documents.patrol_sheet import SheetNotWritten

    if not await screen.drain():
        return
    sheets = [each for each in await screen.ask(patrol_sheets.todays) or [] if each.day == row.sheet.day]
    try:
        path = await print_sheets(sheets) if sheets else None
    except (SheetNotWritten, OSError) as error:
        screen.say(str(error), "bad")
    else:
        screen.say(f"巡查单（{len(sheets)}条路线）已放进发件夹：{placed(path)}", "good")


# By the values of `rows.menu`.
ACTS: dict[str, Callable[[PatrolScreen, CheckRow], Awaitable[None]]] = {
    "normal": _normal,
    "abnormal": _abnormal,
    "not_applicable": _not_applicable,
    "take_back": _take_back,
    "finish": finishing.finish,
    "backfill": finishing.backfill,
    "print": _print,
    "routes": _routes,
    "partners": _partners,
}
