"""What a source proposes for an agenda; each source of `agenda_sources` and 条块约请 answer with these."""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.meeting_words import ItemKind


class Matter(NamedTuple):
    """One matter: why it should be spoken of, how much it weighs, how long it takes.

    `weight` and `minutes` are left 0 where the office's table (`agenda_table`) is to give them by `kind`.
    """

    kind: ItemKind
    weight: int
    minutes: int
    title: str
    why: str
    issue_ids: tuple[int, ...] = ()
    letter_id: int | None = None
    decision_id: int | None = None
    key: str = ""

    @property
    def known_as(self) -> str:
        """By what the same matter is known again at the next meeting: one case keeps its own over all kinds."""
        if self.key:
            return self.key
        if self.decision_id:
            return f"decision:{self.decision_id}"
        if self.letter_id:
            return f"letter:{self.letter_id}"
        return f"issue:{self.issue_ids[0]}" if self.issue_ids else f"text:{self.title}"
