"""`/` in the ledger: the search box in the place of the notice line, so that nothing else moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dutydesk.screens.ledger.jump import to_number
from dutydesk.widgets.frame import Notice
from dutydesk.widgets.search_bar import SearchBar
from dutydesk.widgets.window_list import WindowList

if TYPE_CHECKING:
    from dutydesk.screens.issues import IssuesScreen


async def open_bar(screen: IssuesScreen) -> None:
    """Open the box with what is searched for now."""
    notice = screen.query_one(Notice)
    bar = next(iter(screen.query(SearchBar)), None)
    if bar is None:
        bar = SearchBar()
        bar.display = False  # shown and hidden in one go with the notice line: the list keeps its height
        await screen.mount(bar, before=notice)
    notice.display = False
    bar.begin(screen.question.words)


async def answer(screen: IssuesScreen, event: SearchBar.Asked) -> None:
    """Search with each rest of the typing; Enter closes the box, and a number with it goes to its case."""
    if not event.final:
        screen.search(event.words)
        return
    with screen.desk_app.holding_keys():
        bar = screen.query_one(SearchBar)
        if bar.display:
            bar.display = False
            screen.query_one(Notice).display = True
            screen.set_focus(screen.query_one(WindowList))
        if not event.words or not await to_number(screen, event.words):
            screen.search(event.words)
