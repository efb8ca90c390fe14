"""What is asked before a meeting is over: what was not reached, and who is not marked yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dutydesk.meeting_words import ItemState, Presence
from dutydesk.rules.meetings import agenda, attendance
from dutydesk.screens.base import DeskScreen
from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm

END: Final = "end"
SIGN_IN: Final = "sign in"


def left_to_sign(people: Sequence[attendance.AttendeeLine]) -> str:
    """`还有16人没有签到`."""
    left = sum(row.presence is Presence.EXPECTED for row in people)
    return f"还有{left}人没有签到" if left else f"{len(people)}人都已签到"


async def ask_end(screen: DeskScreen, meeting_id: int) -> str | None:
    """END, SIGN_IN or None. Minutes say who came: where somebody is not marked, the way to 签到 comes first."""
    found = await screen.ask(agenda.agenda, meeting_id)
    people = await screen.ask(attendance.of_meeting, meeting_id)
    if found is None or people is None:
        return None
    left = sum(line.state is ItemState.LISTED for line in found.listed)
    said = f"还有{left}项没有议到，下次再议。" if left else "议程都议到了。"
    if not any(row.presence is Presence.EXPECTED for row in people):
        return END if await screen.show(Confirm("散会？", [said], "散会")) else None
    options = [
        Action(SIGN_IN, "先去签到", "纪要照签到写谁到会"),
        Action(END, "就这样散会", "纪要里写作未签到"),
    ]
    return await screen.show(ActionMenu(f"散会？{left_to_sign(people)}。{said}", options))
