"""What all that opens over a screen has in common: how it looks, its last line that says how, and F1."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from dutydesk.widgets.frame import CalmFocus, Words

R = TypeVar("R")


class Dialog(CalmFocus, ModalScreen[R]):
    """Has a `Words` with the id `how` in its last line; F1 says there what the keys do.

    The help page of the screen below would not be about it.
    """

    HELP: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1,question_mark", "help", "帮助", show=False)]

    def action_help(self) -> None:
        """How this is used."""
        self.tell(self.HELP)

    def tell(self, words: str) -> None:
        """Say something on the last line."""
        self.query_one("#how", Words).say(words)
