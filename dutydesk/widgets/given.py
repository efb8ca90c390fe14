"""A source for lists whose rows are all there already."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic

from dutydesk.widgets.window import Page, R


class Given(Generic[R]):
    """Rows that are all there: for short lists."""

    def __init__(self, rows: Sequence[R]) -> None:
        self.rows = list(rows)

    async def after(self, key: Hashable | None, count: int) -> Page[R]:
        """Everything from the beginning, or nothing more."""
        return Page(self.rows if key is None else [], key is None, True)

    async def before(self, key: Hashable | None, count: int) -> Page[R]:
        """See `after`."""
        return Page(self.rows if key is None else [], True, key is None)

    async def around(self, key: Hashable, count: int) -> Page[R]:
        """Everything: the list looks for the row itself."""
        return Page(self.rows, True, True)
