"""A list whose digits act on the row under the cursor; Enter, where it opens nothing, offers the same as a menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from textual import events, work

from dutydesk.screens.in_sight import TOO_EARLY, InSight
from dutydesk.screens.whole_list import WholeListScreen
from dutydesk.terminal import digit_of
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.frame import BottomLine, Notice
from dutydesk.widgets.window_list import WindowList


class Deed(NamedTuple):
    """What a digit does: its words on the last line, in the menu, and the name of the screen's method."""

    digit: int
    words: str
    method: str
    hint: str = ""
    moves_on: bool = False  # another row comes under the cursor by it: a key held down counts once


class ActingList(InSight, WholeListScreen):
    """Digits and the menu are made from `DEEDS`, where `why_not` says what cannot be done now."""

    DEEDS: ClassVar[tuple[Deed, ...]] = ()

    @property
    def row(self) -> Any:
        """The row under the cursor, or None."""
        return self.query_one(WindowList).row

    def why_not(self, deed: Deed) -> str:
        """Why something cannot be done with this row now; empty where it can."""
        return ""

    def words_of(self, deed: Deed) -> str:
        """What it is called now."""
        return deed.words

    def show_deeds(self, enter: str = "") -> None:
        """The last line: what can be done here now."""
        keys = [(str(deed.digit), self.words_of(deed)) for deed in self.DEEDS if not self.why_not(deed)]
        keys += [("Enter", enter)] if enter else []
        bottom = self.query_one(BottomLine)
        bottom.show([*keys, ("F1", "帮助")])

    def on_key(self, event: events.Key) -> None:
        """A digit acts."""
        digit = digit_of(event.key)
        if digit is None:
            return
        event.stop()
        deed = next((each for each in self.DEEDS if each.digit == digit), None)
        if deed is None:
            self.say(f"这里按 {digit} 没有用；可用的见下面一行。", "bad")
        elif deed.moves_on and self.too_early(event):
            self.say(TOO_EARLY)
        else:
            self.do_deed(deed)

    async def put(self, rows: Sequence[Any]) -> None:
        """Where other rows stand now, keys pressed before are not meant for them, nor is what was refused still so."""
        listing = self.query_one(WindowList) if self.is_attached else None
        under = listing.row if listing is not None else None
        await super().put(rows)
        if listing is None or not self.is_attached or under is None or listing.row == under:
            return
        if self.query_one(Notice).kind == "bad":
            self.say("")
        if listing.row is None or listing.row.key != under.key:
            self.came_in_sight()

    @work(exclusive=True, group="act")
    async def do_deed(self, deed: Deed) -> None:
        """Do it, or say why not."""
        with self.desk_app.holding_keys():
            self.say("")  # what was said of the deed before is no longer so
            await self._do(deed)

    async def _do(self, deed: Deed) -> None:
        if reason := self.why_not(deed):
            self.say(reason, "bad")
        else:
            await getattr(self, deed.method)()

    async def offer(self, title: str) -> None:
        """The menu of all that can be done."""
        options: Sequence[Action[Deed]] = [
            Action(deed, self.words_of(deed), deed.hint, self.why_not(deed)) for deed in self.DEEDS
        ]
        chosen = await self.show(ActionMenu(title, options))
        if chosen is not None:
            await self._do(chosen)
