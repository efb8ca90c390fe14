"""Keys that arrive in one bunch, as over a poor line, act as if each had waited for the one before."""

from __future__ import annotations

import asyncio
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from dutydesk.terminal import FullWidthKeys
from dutydesk.widgets.action_menu import Action, ActionMenu
from dutydesk.widgets.window_list import Column, Page, WindowList


class Row:
    key = 1


class OneRow:
    async def after(self, key: Any, count: int) -> Page[Any]:
        return Page([Row()], True, True)

    before = around = after


class Desk(FullWidthKeys, App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.digits_on_the_list: list[str] = []
        self.chosen: list[Any] = []
        self.looked_up = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield WindowList([Column("编号", 8, lambda row: str(row.key))], OneRow())
        yield Input(select_on_focus=False)
        yield Input(select_on_focus=False)

    async def on_window_list_chosen(self) -> None:
        await self.looked_up.wait()
        self.push_screen(ActionMenu("怎么办", [Action("a", "甲"), Action("b", "乙")]), self.chosen.append)

    def on_key(self, event: events.Key) -> None:
        if event.key in "12１２":
            self.digits_on_the_list.append(event.key)


def bunch(app: App[Any], *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def until(pilot: Any, happened: Any) -> None:
    for _ in range(300):
        if happened():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never happened")


async def test_a_digit_typed_ahead_goes_to_the_menu_that_enter_opens():
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.query_one(WindowList).focus()
        await pilot.pause()
        bunch(app, "enter", "２")
        app.looked_up.set()
        await until(pilot, lambda: app.chosen)
        assert app.chosen == ["b"]
        assert app.digits_on_the_list == []


async def test_text_typed_ahead_goes_to_the_field_that_tab_reaches():
    app = Desk()
    async with app.run_test() as pilot:
        first, second = app.query(Input)
        first.focus()
        await pilot.pause()
        bunch(app, "a", "tab", "b", "c", "shift+tab", "d")
        await until(pilot, lambda: first.value == "ad")
        assert second.value == "bc"
