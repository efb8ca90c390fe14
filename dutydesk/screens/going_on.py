"""Going on where the desk was that ended because it was left alone: the duty, the line, the form that was half typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.css.query import NoMatches

from dutydesk.screens.base import DUTY_OF_KEY, DeskScreen
from dutydesk.widgets.window_list import WindowList

if TYPE_CHECKING:
    from dutydesk.app import DutyDesk

SAID = "接着上次停下的地方。今日的新情况按 Esc 回去看。"


async def where(app: DutyDesk) -> dict[str, Any]:
    """Where this desk is; what is typed is kept as a draft first."""
    screens = app.desk_screens()
    for screen in screens:
        await screen.keep()
    place: dict[str, Any] = {"duty": "today", "target": ""}
    home, above = screens[0], screens[1:]
    if above and above[0] is app.duty_screen:
        place["duty"], place["target"] = app.duty_place
        home = above[0]
    row = _list_of(home)
    if row is not None and row.row is not None and isinstance(row.row.key, int | str):
        place["row"] = row.row.key
    drafts = [screen.draft_id for screen in screens if screen.draft_id]
    if drafts:
        place["draft"] = drafts[-1]
    return place


async def go_on(app: DutyDesk, place: dict[str, Any]) -> None:
    """Go there."""
    duty = DUTY_OF_KEY.get(place["duty"])
    assert app.desk.session is not None
    if duty is None or not duty.open_to(app.desk.session):
        return
    if duty.screen is not None:
        await app.go(duty, place["target"])
    screen = app.screen
    if not isinstance(screen, DeskScreen):
        return
    listing = _list_of(screen)
    if listing is not None and "row" in place:
        await listing.show(place["row"])
    screen.say(SAID)
    if "draft" in place:
        await _open_draft(app, place["draft"])


async def _open_draft(app: DutyDesk, draft_id: str) -> None:
    from dutydesk.rules import drafts
    from dutydesk.screens.today import TodayScreen, form_of

    home = app.screen_stack[0]
    assert isinstance(home, TodayScreen)
    kept = await home.ask(drafts.kept)
    draft = next((each for each in kept or () if each.id == draft_id), None)
    if draft is not None and draft.kind != "bulk":  # what is done to many is looked over anew: it is on 今日
        await app.push_screen(form_of(draft))


def _list_of(screen: DeskScreen) -> WindowList[Any] | None:
    try:
        found: WindowList[Any] = screen.query_one(WindowList)
    except NoMatches:
        return None
    return found
