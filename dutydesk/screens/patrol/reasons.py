"""A reason, asked for when a checkpoint does not apply or a route is left unfinished."""

from __future__ import annotations

from collections.abc import Sequence

from dutydesk.screens.base import DeskScreen
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.ask_text import AskText

OTHER_REASON = "其他理由，自己写…"


async def ask_reason(screen: DeskScreen, title: str, usual: Sequence[str]) -> str | None:
    """One of the usual reasons by digit, or one's own; None when there is none after all."""
    reason = await screen.show(ActionMenu(title, [Action(each, each) for each in (*usual, OTHER_REASON)]))
    return await screen.show(AskText(title)) if reason == OTHER_REASON else reason
