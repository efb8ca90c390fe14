"""A screen about one short list, whose rows are all read at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import work

from dutydesk.screens.base import DeskScreen
from dutydesk.widgets.given import Given
from dutydesk.widgets.window_list import WindowList


class WholeListScreen(DeskScreen):
    """Its list is read when somebody signs on and again whenever somebody has written; the cursor keeps its row."""

    def signed_on(self) -> None:
        """Read for whoever sits here now."""
        self.show_title()
        listing = self.query_one(WindowList)
        listing.source = None  # that there is nothing is said when that is known
        listing.focus()
        self.begin()

    @work(exclusive=True, group="read")
    async def begin(self) -> None:
        """Keys wait for the rows that they are meant for."""
        with self.desk_app.holding_keys():
            await self.read()

    def changed(self) -> None:
        """Somebody wrote."""
        self.read_again()

    @work(exclusive=True, group="read")
    async def read_again(self) -> None:
        """Read the list again."""
        await self.read()

    async def read(self) -> None:
        """Ask a rule for the rows, and put them."""
        raise NotImplementedError

    async def put(self, rows: Sequence[Any]) -> None:
        """Show these rows; drawn again only where they are others than before."""
        if not self.is_attached:  # left while it was read
            return
        listing = self.query_one(WindowList)
        if not isinstance(listing.source, Given):
            listing.source = Given[Any](rows)
        elif listing.source.rows == list(rows):
            return
        listing.source.rows = list(rows)
        await listing.reload()
