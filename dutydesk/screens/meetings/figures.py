"""统计 of meetings: a period is chosen, each figure stands with its formula."""

from __future__ import annotations

from datetime import timedelta

from dutydesk.rules.meetings import figures
from dutydesk.screens.base import DeskScreen
from dutydesk.widgets.action_menu import Action, ActionMenu, TextPage

_PERIODS = (Action(90, "近三个月"), Action(183, "近半年"), Action(365, "近一年"))


async def show_figures(screen: DeskScreen) -> None:
    """Ask for the period, show the figures of the session's areas."""
    days = await screen.show(ActionMenu("统计哪一段？", _PERIODS))
    if days is None:
        return
    until = screen.session.day
    since = until - timedelta(days=days)
    rows = await screen.ask(figures.of_period, since, until)
    if rows is None:
        return
    lines = [f"{since.year}年{since.month}月{since.day}日 至 {until.year}年{until.month}月{until.day}日"]
    for row in rows:
        lines += ["", row.area]
        lines += [f"  {figure.name} {figure.value}　{figure.formula}" for figure in row.figures]
    lines += ["", "免开、并会不算缺开，不进任何一项。"]
    await screen.show(TextPage("例会统计", "\n".join(lines)))
