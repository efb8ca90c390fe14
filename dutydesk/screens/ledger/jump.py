"""A number that was searched for leads to its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dutydesk.rules import search
from dutydesk.rules.ledger import Question
from dutydesk.text import narrow
from dutydesk.widgets.window_list import WindowList

if TYPE_CHECKING:
    from dutydesk.screens.issues import IssuesScreen


async def to_number(screen: IssuesScreen, words: str) -> bool:
    """Put the cursor on the case with this number, in the list if it holds it, else among all. Says whether it did."""
    if not narrow(words).replace("-", "").isdecimal():
        return False
    exact = await screen.ask(search.of_number, words)
    found = (
        [exact]
        if exact
        else await screen.ask(search.page, words, open_only=False, edge=None, forward=True, count=2)
    )
    if not found or len(found) > 1:
        return False
    listing: WindowList[Any] = screen.query_one(WindowList)
    for question in (screen.question._replace(words=""), Question("all")):
        if question != screen.question:
            screen.put(question)
            await _begun(listing)
        await listing.show(found[0])
        if listing.row is not None and listing.row.key == found[0]:
            return True
    return False


async def _begun(listing: WindowList[Any]) -> None:
    """Until the list has read its top for a new question: a row asked for before that would be overtaken."""
    await listing.workers.wait_for_complete(worker for worker in listing.workers if worker.node is listing)
