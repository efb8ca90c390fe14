"""A bare app that carries the shared look, for one widget at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from dutydesk.terminal import DeskFilter, FullWidthKeys
from dutydesk.widgets.frame import STYLES, CalmFocus

LOOK = [STYLES / "dutydesk.tcss", STYLES / "dutydesk-duties.tcss"]


class CalmScreen(CalmFocus, Screen[None]):
    """As the desk's screens are."""


class Stage(FullWidthKeys, App[None]):
    """Shows the given widgets (or what makes them), and keeps every message that reaches it."""

    CSS_PATH = LOOK
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *widgets: Widget | Callable[[], Widget]) -> None:
        super().__init__(ansi_color=True)
        self.widgets = widgets
        self.heard: list[Message] = []
        self.desk_filter = DeskFilter()
        self.animation_level = "none"

    def get_default_screen(self) -> Screen[None]:
        """A screen that repaints no more than it must."""
        return CalmScreen(id="_default")

    def get_line_filters(self) -> list[Any]:
        """The app's filters and, last, the second wall."""
        return [*super().get_line_filters(), self.desk_filter]

    def compose(self) -> ComposeResult:
        """What the test asked for."""
        for widget in self.widgets:
            yield widget if isinstance(widget, Widget) else widget()

    async def _on_message(self, message: Message) -> None:
        self.heard.append(message)
        await super()._on_message(message)

    def of(self, kind: type[Message]) -> list[Any]:
        """The messages of one kind, in order."""
        return [message for message in self.heard if type(message) is kind]

    def lines(self) -> list[str]:
        """The text on the screen, line by line, as it would reach the terminal."""
        _, height = self.size
        return [
            "".join(segment.text for segment in strip).rstrip()
            for strip in self.screen._compositor.render_strips()[:height]
        ]

    def text(self) -> str:
        """The whole screen as text."""
        return "\n".join(self.lines())


@pytest.fixture
def stage() -> type[Stage]:
    """The app class: `app = stage(widget)`."""
    return Stage
