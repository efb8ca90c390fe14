"""The list that fetches only the window it shows. Every duty's ledger is one of these."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any, ClassVar, Generic

from textual import events
from textual.geometry import Size
from textual.message import Message

from dutydesk.widgets.cells import Line, wrap
from dutydesk.widgets.frame import KeptLines, QuietFocus
from dutydesk.widgets.row_lines import Column, RowLines, one_look
from dutydesk.widgets.window import Page, R, Source, Window, Wish

__all__ = ["Column", "Page", "WindowList"]

REST_SECONDS = 0.2
MARK = "▶ "
NO_MARK = "  "
MARKS = ((NO_MARK, " ▪"), (MARK, "▶▪"))  # what stands before a row: is the cursor on it, is it marked
MOST_MARKED = 500


class WindowList(QuietFocus, KeptLines, Generic[R], can_focus=True):
    """Rows of a source, one under the cursor. Keys are kept and answered in order while rows are on their way."""

    # Answered here, at the first stop of a key: a binding is looked up when it has bubbled up to the app.
    KEYS: ClassVar[dict[str, tuple[str, int]]] = {
        **dict.fromkeys(("up", "k"), ("lines", -1)),
        **dict.fromkeys(("down", "j"), ("lines", 1)),
        "pageup": ("pages", -1),
        "pagedown": ("pages", 1),
        **dict.fromkeys(("home", "g"), ("first", 0)),
        **dict.fromkeys(("end", "G"), ("last", 0)),
        "enter": ("choose", 0),
    }

    class About(Message):
        """What the messages of a list have in common. Plain classes: a dataclass takes a sixth of a ms of each start."""

        def __init__(self, window_list: WindowList[Any]) -> None:
            super().__init__()
            self.window_list = window_list

        @property
        def control(self) -> WindowList[Any]:
            """The list."""
            return self.window_list

    class OfRow(About):
        """What is told of a row; None where the list is empty."""

        def __init__(self, window_list: WindowList[Any], row: Any) -> None:
            super().__init__(window_list)
            self.row = row

    class Moved(OfRow):
        """The cursor stands on another row, or its row has changed."""

    class Rested(OfRow):
        """The cursor has stayed on the row for 0.2 s: time to show the case."""

    class Chosen(OfRow):
        """Enter on a row."""

    class Marked(About):
        """Rows were marked, or are so no longer; `full` when no more may be."""

        def __init__(self, window_list: WindowList[Any], full: bool = False) -> None:
            super().__init__(window_list)
            self.full = full

    class Failed(About):
        """The source could not answer; what was on the screen stays."""

        def __init__(self, window_list: WindowList[Any], error: Exception) -> None:
            super().__init__(window_list)
            self.error = error

    def __init__(
        self,
        columns: Sequence[Column],
        source: Source[R] | None = None,
        *,
        empty_text: str = "这里还没有内容。",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.empty_text = empty_text
        self._source = source
        self._window: Window[R] = Window()
        self._asked = False  # whether a first answer has come: "empty" is only said then
        self._wishes: deque[Wish] = deque()
        self._holding: contextlib.ExitStack | None = None
        self._underway = ""  # which fetch is in flight: older, newer, first, last, all
        self._generation = 0  # answers to questions of an earlier generation are dropped
        self._texts = RowLines(columns)
        self._marked: dict[Hashable, R] = {}
        self._announced: R | None = None
        self._rest: asyncio.TimerHandle | None = None

    # What screens use

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        return self._window.row

    @property
    def rows_above(self) -> int | None:
        """How many rows of the list are above those in sight; None when there may be more than are known."""
        return self._window.top if self._window.at_start else None

    @property
    def source(self) -> Source[R] | None:
        """Where the rows come from. Setting it starts again at the top."""
        return self._source

    @source.setter
    def source(self, source: Source[R] | None) -> None:
        self._source = source
        if self.is_mounted:
            self._begin(self.show)

    def _begin(self, work: Any, *about: Any) -> None:
        """Let a worker begin it; its coroutine is made when it runs, for a list that is gone by then awaits none."""
        self.run_worker(partial(work, *about), exit_on_error=False)

    async def show(self, key: Hashable | None = None) -> None:
        """Start again at the top, or with the cursor on the row with this key (or where it would stand)."""
        source, window = self._source, self._window
        self._wishes.clear()
        self._hold_what_follows()
        if source is None:
            self._take(Page((), True, True))
            return
        count = 3 * window.size
        page = await self._ask("all", source.after(None, count) if key is None else source.around(key, count))
        if page is not None:
            self._take(page, [] if key is None else [key], window.height // 2)

    async def reload(self) -> None:
        """Read the window again. The cursor keeps its row, or the nearest left, and its line on the screen."""
        source, window = self._source, self._window
        if source is None or window.row is None:
            await self.show()
            return
        keys, screen_line = window.nearest_keys(), window.cursor - window.top
        count = max(3 * window.size, len(window.rows))
        page = await self._ask("all", source.around(keys[0], count))
        if page is not None:
            self._take(page, keys, screen_line)

    @property
    def marked(self) -> list[R]:
        """The rows that the next act is for, in the order of marking. They stay through scrolling and reloading."""
        return list(self._marked.values())

    @property
    def rows_in_sight(self) -> list[R]:
        """The rows on the screen."""
        return self._window.rows[self._window.top : self._window.top + self._window.height]

    def mark(self, rows: Iterable[R]) -> None:
        """Mark these rows, no more than 500 in all."""
        full = False
        for row in rows:
            full = row.key not in self._marked and len(self._marked) >= MOST_MARKED
            if full:
                break
            self._marked[row.key] = row
        self.paint()
        self.post_message(self.Marked(self, full))

    def clear_marks(self) -> None:
        """Nothing is marked any more."""
        self._marked.clear()
        self.paint()
        self.post_message(self.Marked(self))

    def _toggle_mark(self, row: R) -> None:
        if self._marked.pop(row.key, None) is None:
            self.mark([row])
        else:
            self.post_message(self.Marked(self))

    def replace(self, row: R) -> None:
        """Show a row that has changed without asking the source: what was done here is seen at once."""
        for index, known in enumerate(self._window.rows):
            if known.key == row.key:
                self._window.rows[index] = row
        self.paint()
        self._announce()

    # Fetching

    async def _ask(self, what: str, question: Awaitable[Page[R]]) -> Page[R] | None:
        """The answer, or None when it failed (said by Failed) or a later question has made it pointless."""
        self._generation += 1
        generation = self._generation
        self._underway = what
        try:
            page = await question
        except Exception as error:  # whatever a source raises must leave the rows on the screen
            if generation == self._generation:
                self._underway = ""
                self._wishes.clear()
                self._hold_what_follows()
                self.post_message(self.Failed(self, error))
            return None
        if generation != self._generation:
            return None
        self._underway = ""
        self._asked = True
        return page

    def _fetch(self, what: str) -> None:
        if not self._underway and self._source is not None:
            self._underway = what
            self._begin(self._load, what, self._source)

    async def _load(self, what: str, source: Source[R]) -> None:
        window = self._window
        if self._underway != what or not window.rows:  # overtaken by show or reload before it began
            return
        count = 2 * window.size
        if what in ("newer", "first"):
            question = source.after(window.rows[-1].key if what == "newer" else None, count)
        else:
            question = source.before(window.rows[0].key if what == "older" else None, count)
        page = await self._ask(what, question)
        if page is None:
            return
        if what == "newer":
            window.join_newer(page)
        elif what == "older":
            window.join_older(page)
        else:
            window.take(page)
        self._answer_keys()

    def _take(self, page: Page[R], keys: Sequence[Hashable] = (), screen_line: int = 0) -> None:
        self._texts.clear()
        self._window.take(page, keys, screen_line)
        if self._marked:
            self._marked |= {row.key: row for row in page.rows if row.key in self._marked}
        self._answer_keys()

    # Moving

    def on_key(self, event: events.Key) -> None:
        """One of the keys of a list; all others go on."""
        wish = self.KEYS.get(event.key)
        if wish is not None:
            event.stop()
            self.action_move(*wish)

    def action_move(self, kind: str, amount: int) -> None:
        """One key's wish: granted now, or in its turn when its rows have come."""
        self._wishes.append(Wish(kind, amount))
        self._answer_keys()

    def _hold_what_follows(self) -> None:
        """Enter waits for its rows: the keys after it are for what Enter opens."""
        waits = any(wish.kind == "choose" for wish in self._wishes)
        if waits and self._holding is None:
            self._holding = contextlib.ExitStack()
            self._holding.enter_context(getattr(self.app, "holding_keys", contextlib.nullcontext)())
        elif not waits and self._holding is not None:
            self._holding.close()
            self._holding = None

    def on_unmount(self) -> None:
        """Nothing waits any more."""
        self._wishes.clear()
        self._hold_what_follows()
        if self._rest is not None:
            self._rest.cancel()

    def _answer_keys(self) -> None:
        """Grant what can be granted, draw, tell, and fetch what will be wanted next."""
        window = self._window
        while self._wishes and self._underway != "all":
            missing = window.missing(self._wishes[0])
            if missing:
                self._fetch(missing)
                break
            wish = self._wishes.popleft()
            if wish.kind == "mark" and window.row is not None:
                self._toggle_mark(window.row)
            if wish.kind != "choose":
                window.move(wish)
            elif window.row is not None:
                self._announce()
                self.post_message(self.Chosen(self, window.row))
        self._hold_what_follows()
        window.hold()
        self.paint()
        self._announce()
        ahead = window.wanted_ahead()
        if ahead:
            self._fetch(ahead)

    def _announce(self) -> None:
        row = self.row
        if row is self._announced or row == self._announced:
            return
        self._announced = row
        self.post_message(self.Moved(self, row))
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(REST_SECONDS, self._say_rested)

    def _say_rested(self) -> None:
        self._rest = None
        self.post_message(self.Rested(self, self.row))

    # Events

    def on_mount(self) -> None:
        """Read the first window."""
        if self._source is not None and not self._underway and not self._asked:
            self._begin(self.show)

    def anew(self) -> None:
        """The columns change with the width; the cursor stays in sight."""
        self._window.height = max(self.size.height - 1, 1)
        self._texts.clear()
        self._shown = []
        if self.is_mounted:
            self._answer_keys()

    def focus_changed(self) -> None:
        """The cursor's look says where the keys go."""
        self.paint()

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on the cursor's own row it opens it."""
        window, line = self._window, event.y - 1
        if 0 <= line < len(window.rows) - window.top:
            distance = window.top + line - window.cursor
            self.action_move("lines" if distance else "choose", distance)

    # Drawing

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as rows known, and the header."""
        return max(len(self._window.rows), 1) + 1

    def lines_in_sight(self, width: int, height: int) -> list[Line]:
        """The header on line 0, then the rows."""
        header: Line = ((NO_MARK + self._texts.header(width), self.look("titles")),)
        return [header, *(self._line(number) for number in range(height - 1))]

    def _line(self, line: int) -> Line:
        """What stands on a line below the header."""
        window = self._window
        index = window.top + line
        if index < len(window.rows):
            row, here = window.rows[index], index == window.cursor
            body = self._texts.body(row, self.size.width, self.look(), 10 * window.size)
            mark = MARKS[here][row.key in self._marked]
            if not here:
                return ((mark, self.look()), *body)
            look = self.look("cursor" if self.has_focus else "cursor-elsewhere")
            return one_look(mark, body, look)
        if not window.rows and self._asked:
            words = wrap(self.empty_text, self.size.width - 2 * len(NO_MARK))
            if line < len(words):
                return ((NO_MARK + words[line], self.look("dim")),)
        return ()
