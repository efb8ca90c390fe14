"""A paste that has no room is said to have none, wherever a line is asked for."""

from __future__ import annotations

from textual import events

from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.search_bar import SearchBar


async def test_the_search_box_says_how_much_it_took_and_shows_it(stage):
    app = stage(SearchBar)
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.query_one(SearchBar)
        bar.begin("")
        await pilot.pause()
        app.post_message(events.Paste("电梯" * 5_000))
        await pilot.pause()
        await pilot.pause()
        assert "只收了前 100 个字" in app.text()
        assert "电梯电梯" in app.text()
        bar.begin("")
        await pilot.pause()
        assert "Enter 到清单" in app.text()


async def test_a_line_asked_for_in_a_dialog_says_so_too(stage):
    app = stage()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(AskText("为什么？"))
        await pilot.pause()
        app.post_message(events.Paste("因" * 5_000))
        await pilot.pause()
        assert "粘贴的内容太长，只收了前 200 个字。" in app.text()
