"""The rows known of a longer list, a cursor and the lines in sight: the windowed list without its drawing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

SMALLEST_WINDOW = 20
# Lines that stay in sight when the cursor leaves the screen: few, since a scroll repaints all lines (6 kB at 120x36).
CONTEXT_LINES = 3


class Row(Protocol):
    """Anything that can stand in the list."""

    @property
    def key(self) -> Hashable:
        """What tells this row from all others and stays when the row changes."""


R = TypeVar("R", bound=Row)


class Page(NamedTuple, Generic[R]):
    """Neighbouring rows, in order, and whether they touch the ends of the whole list."""

    rows: Sequence[R]
    at_start: bool
    at_end: bool


class Source(Protocol[R]):
    """Where the rows come from. Each call is one query; none reads more than `count` rows."""

    async def after(self, key: Hashable | None, count: int) -> Page[R]:
        """The rows that follow the one with this key; with None the very first ones."""

    async def before(self, key: Hashable | None, count: int) -> Page[R]:
        """The rows just before the one with this key, in list order; with None the very last ones."""

    async def around(self, key: Hashable, count: int) -> Page[R]:
        """A window with that row about its middle, or the place where it would stand."""


class Wish(NamedTuple):
    """A key that waits for its rows: `lines` and `pages` move, `mark` marks and moves; the others speak for themselves."""

    kind: str
    amount: int = 0


class Window(Generic[R]):
    """Rows, cursor and top line. `cursor` and `top` count from the first row known, not from the list's first."""

    def __init__(self) -> None:
        self.rows: list[R] = []
        self.at_start = self.at_end = True
        self.cursor = self.top = 0
        self.height = 1

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def size(self) -> int:
        """Rows in sight, or somewhat more on a tiny screen: the measure for all fetching."""
        return max(self.height, SMALLEST_WINDOW)

    def nearest_keys(self) -> list[Hashable]:
        """Where the cursor may fall back to when rows vanish: its row, those below, then those above."""
        return [row.key for row in self.rows[self.cursor :] + self.rows[: self.cursor][::-1]]

    def take(self, page: Page[R], keys: Sequence[Hashable] = (), screen_line: int = 0) -> None:
        """Begin anew with this page: the cursor on the first of `keys` that it holds, on that line of the screen."""
        self.rows = list(page.rows)
        self.at_start, self.at_end = page.at_start, page.at_end
        places = {row.key: index for index, row in enumerate(self.rows)}
        missing = 0 if page.at_start or not keys else len(self.rows) // 2
        self.cursor = next((places[key] for key in keys if key in places), missing)
        self.top = self.cursor - screen_line
        self.hold()

    def join_newer(self, page: Page[R]) -> None:
        """Rows to follow the last; far off rows at the other end are let go."""
        self.rows.extend(page.rows)
        self.at_end = page.at_end or not page.rows
        surplus = min(len(self.rows) - 6 * self.size, self.top - self.size)
        if surplus > 0:
            del self.rows[:surplus]
            self._shift(-surplus)
            self.at_start = False

    def join_older(self, page: Page[R]) -> None:
        """Rows to go before the first."""
        self.rows[:0] = page.rows
        self._shift(len(page.rows))
        self.at_start = page.at_start or not page.rows
        surplus = min(len(self.rows) - 6 * self.size, len(self.rows) - self.top - 2 * self.size)
        if surplus > 0:
            del self.rows[-surplus:]
            self.at_end = False

    def _shift(self, rows: int) -> None:
        self.cursor += rows
        self.top += rows

    def _aim(self, wish: Wish) -> tuple[int, int]:
        """Cursor and top after the wish, were there rows without end."""
        if wish.kind == "pages":
            return self.cursor + wish.amount * self.height, self.top + wish.amount * self.height
        cursor, top = self.cursor + wish.amount, self.top
        step = max(self.height - CONTEXT_LINES, 1)
        if cursor >= top + self.height:
            top = max(top + step, cursor - self.height + 1)
        elif cursor < top:
            top = min(top - step, cursor)
        return cursor, top

    def missing(self, wish: Wish) -> str:
        """Which rows must come before the wish can be granted: `newer`, `older`, `first`, `last` or nothing."""
        if wish.kind == "choose" or not self.rows:
            return ""
        if wish.kind == "first":
            return "" if self.at_start else "first"
        if wish.kind == "last":
            return "" if self.at_end else "last"
        cursor, top = self._aim(wish)
        if wish.amount > 0 and max(cursor, top + self.height - 1) >= len(self.rows) and not self.at_end:
            return "newer"
        if wish.amount < 0 and min(cursor, top) < 0 and not self.at_start:
            return "older"
        return ""

    def wanted_ahead(self) -> str:
        """Which rows to fetch before anybody asks: less than a screenful is left on that side."""
        if self.rows and not self.at_end and self.top + 2 * self.height > len(self.rows):
            return "newer"
        return "older" if self.rows and not self.at_start and self.top < self.height else ""

    def move(self, wish: Wish) -> None:
        """Grant a wish whose rows are there."""
        if wish.kind == "first":
            self.cursor = self.top = 0
        elif wish.kind == "last":
            self.cursor = self.top = len(self.rows) - 1
        else:
            self.cursor, self.top = self._aim(wish)
        self.hold()

    def hold(self) -> None:
        """Keep the cursor on a row and in sight, and the screen full where there are rows."""
        count = len(self.rows)
        self.cursor = min(max(self.cursor, 0), max(count - 1, 0))
        in_sight = max(self.top, 0, self.cursor - self.height + 1)
        self.top = min(in_sight, max(count - self.height, 0), self.cursor)
