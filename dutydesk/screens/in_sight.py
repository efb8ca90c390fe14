"""A key counts for what was in sight when it was pressed: what comes up under a held or hasty key is not acted on."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from textual import events

TOO_EARLY = "刚才的键按在这一件出现之前，没有算。看过这一件再按。"


class InSight:
    """For screens whose keys act at once on the one thing in sight, and bring up the next one by themselves."""

    REST: ClassVar[float] = 0.7  # seconds between two presses: a key held down repeats after half a second
    in_sight_since = 0.0
    _pressed: tuple[str, float] = ("", 0.0)

    def came_in_sight(self, by: str = "") -> None:
        """Something else stands there now: keys pressed before do not count for it, nor does `by`, still held down."""
        self.in_sight_since = monotonic()
        if by:
            self._pressed = (by, self.in_sight_since)

    def too_early(self, event: events.Key, repeats: bool = True) -> bool:
        """Whether the key was pressed before what stands here did, or is one key held down (where it `repeats`)."""
        (last, at), self._pressed = self._pressed, (event.key, event.time)
        held = repeats and event.key == last and event.time - at < self.REST
        return held or event.time < self.in_sight_since
