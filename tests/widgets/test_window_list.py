"""The windowed list: what it fetches, what it repaints, and that no key is lost."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from rich.cells import cell_len

from dutydesk.widgets.window_list import Column, Page, WindowList


@dataclass(frozen=True)
class Issue:
    key: int
    title: str


COLUMNS = [Column("编号", 6, lambda row: str(row.key)), Column("问题", 20, lambda row: row.title, flex=True)]


class Rows:
    """Rows in key order, counting what was asked for; `gate` holds answers back until it is set."""

    def __init__(self, rows: list[Issue]) -> None:
        self.rows = rows
        self.asked: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def _page(self, start: int, stop: int) -> Page[Issue]:
        start, stop = max(start, 0), min(max(stop, 0), len(self.rows))
        self.asked.append(stop - start)
        await self.gate.wait()
        if self.error:
            raise self.error
        return Page(self.rows[start:stop], start == 0, stop == len(self.rows))

    def _place(self, key: Hashable) -> int:
        return next((i for i, row in enumerate(self.rows) if row.key >= key), len(self.rows))  # type: ignore[operator]

    async def after(self, key: Hashable | None, count: int) -> Page[Issue]:
        start = 0 if key is None else self._place(key + 1)  # type: ignore[operator]
        return await self._page(start, start + count)

    async def before(self, key: Hashable | None, count: int) -> Page[Issue]:
        stop = len(self.rows) if key is None else self._place(key)
        return await self._page(stop - count, stop)

    async def around(self, key: Hashable, count: int) -> Page[Issue]:
        start = max(self._place(key) - count // 2, 0)
        return await self._page(start, start + count)


def rows(count: int) -> Rows:
    return Rows([Issue(key, f"第{key}件电梯停运") for key in range(count)])


@pytest.fixture
def repainted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The regions of each repaint from now on, as the list asks for them."""
    regions: list[Any] = []
    refresh = WindowList.refresh

    def watched(self: Any, *asked: Any, **options: Any) -> Any:
        regions.append(asked)
        return refresh(self, *asked, **options)

    monkeypatch.setattr(WindowList, "refresh", watched)
    return regions


async def test_a_move_repaints_exactly_two_lines(stage, repainted):
    ledger = WindowList(COLUMNS, rows(100))
    async with stage(ledger).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        repainted.clear()
        await pilot.press("down")
        assert [[region.y for region in asked] for asked in repainted] == [[1, 2]]
        assert all(region.height == 1 for asked in repainted for region in asked)


async def test_ten_thousand_rows_are_never_fetched_whole(stage):
    source = rows(10_000)
    ledger = WindowList(COLUMNS, source)
    async with stage(ledger).run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert ledger.row.key == 9_999
        await pilot.press(*["pageup"] * 20)
        await pilot.pause()
        assert ledger.row.key == 9_999 - 20 * 23
        await pilot.press("home", "down")
        await pilot.pause()
        assert ledger.row.key == 1
        assert max(source.asked) <= 3 * 23
        assert len(ledger._window.rows) <= 8 * 23


async def test_keys_pressed_during_a_slow_fetch_are_answered_in_order(stage):
    source = rows(500)
    ledger = WindowList(COLUMNS, source)
    app = stage(ledger)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        source.gate.clear()
        await pilot.press(*["pagedown"] * 6, "down", "down", "enter")
        assert not app.of(WindowList.Chosen)
        source.gate.set()
        await pilot.pause()
        assert ledger.row.key == 6 * 23 + 2
        assert [message.row.key for message in app.of(WindowList.Chosen)] == [6 * 23 + 2]


async def test_moved_comes_at_once_and_rested_once_the_cursor_stays(stage):
    ledger = WindowList(COLUMNS, rows(50))
    app = stage(ledger)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.heard.clear()
        await pilot.press("j", "j", "j", "k")
        assert [message.row.key for message in app.of(WindowList.Moved)] == [1, 2, 3, 2]
        while not app.of(WindowList.Rested):
            await pilot.pause(0.02)
        assert [message.row.key for message in app.of(WindowList.Rested)] == [2]


async def test_a_row_replaced_shows_at_once_and_repaints_its_line_alone(stage, repainted):
    ledger = WindowList(COLUMNS, rows(100))
    app = stage(ledger)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        repainted.clear()
        app.heard.clear()
        ledger.replace(replace(ledger._window.rows[2], title="改过了"))
        assert [[region.y for region in asked] for asked in repainted] == [[3]]
        ledger.replace(replace(ledger.row, title="也改过了"))
        await pilot.pause()
        assert [message.row.title for message in app.of(WindowList.Moved)] == ["也改过了"]
        ledger.replace(Issue(999, "不在列表里"))
        assert len(repainted) == 2


async def test_reload_keeps_row_and_place_and_repaints_only_what_differs(stage, repainted):
    source = rows(200)
    ledger = WindowList(COLUMNS, source)
    async with stage(ledger).run_test(size=(80, 24)) as pilot:
        await pilot.press(*["down"] * 40)
        await pilot.pause()
        key, line = ledger.row.key, ledger._window.cursor - ledger._window.top
        source.rows[key + 1] = replace(source.rows[key + 1], title="改过了")
        del source.rows[3]
        repainted.clear()
        await ledger.reload()
        assert (ledger.row.key, ledger._window.cursor - ledger._window.top) == (key, line)
        assert [len(asked) for asked in repainted] == [1]
        del source.rows[key - 1]  # its own row: one before it went already
        await ledger.reload()
        assert ledger.row.key == key + 1


async def test_a_failing_source_is_told_and_the_rows_stay(stage):
    source = rows(100)
    ledger = WindowList(COLUMNS, source)
    app = stage(ledger)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        source.error = OSError("line lost")
        await ledger.reload()
        await pilot.press("end")
        await pilot.pause()
        assert [str(message.error) for message in app.of(WindowList.Failed)] == ["line lost"] * 2
        assert "第0件" in app.text()
        source.error = None
        await pilot.press("end")
        await pilot.pause()
        assert ledger.row.key == 99


async def test_hostile_text_is_shown_and_not_obeyed(stage):
    source = Rows([Issue(0, "[/b][@click=app.bell]点[/]\x1b[31m\u202e红\x9b2J\u200b\U000e0041\ttab\nline")])
    app = stage(WindowList(COLUMNS, source))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        line = app.lines()[1]
        assert "[/b][@click=app.bell]点[/][31m红2J tab line" in line
        assert not set(line) & set("\x1b\x9b\u202e\u200b\U000e0041")
        width = sum(segment.cell_length for segment in app.screen._compositor.render_strips()[1])
        assert width == 80


async def test_wide_text_is_cut_by_columns_with_an_ellipsis(stage):
    source = Rows([Issue(0, "电梯故障" * 20), Issue(1, "x" + "电梯故障" * 20)])
    app = stage(WindowList(COLUMNS, source))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        for line in app.lines()[1:3]:
            assert line.endswith("…")
            assert 39 <= cell_len(line) <= 40


async def test_columns_appear_with_the_width(stage):
    columns = [*COLUMNS, Column("时限", 10, lambda row: "明天", from_width=100)]
    app = stage(WindowList(columns, rows(3)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "时限" not in app.text()
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert "时限" in app.lines()[0]
        assert app.lines()[1].endswith("明天")


async def test_an_empty_list_says_what_to_do(stage):
    app = stage(WindowList(COLUMNS, rows(0), empty_text="没有问题。按 F3 登记。"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "pageup", "end", "enter")
        assert "按 F3 登记" in app.text()
        assert not app.of(WindowList.Chosen)


async def test_the_cursor_is_seen_without_colour_and_in_ascii(stage):
    app = stage(WindowList(COLUMNS, rows(3)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines()[1].startswith("▶ 0")
        app.desk_filter.ascii_drawing = True
        await pilot.press("down")
        assert app.lines()[2].startswith("> 1")


async def test_show_puts_the_cursor_on_a_key_far_down(stage):
    ledger = WindowList(COLUMNS, rows(5_000))
    async with stage(ledger).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await ledger.show(4_321)
        await pilot.press("up")
        assert ledger.row.key == 4_320


@dataclass(frozen=True)
class Found(Issue):
    hits: tuple[str, ...] = ()


def underlined(app: Any) -> list[list[str]]:
    """What is underlined in each line below the header."""
    strips = app.screen._compositor.render_strips()[1:]
    return [[part.text for part in strip if part.style and part.style.underline] for strip in strips]


async def test_what_was_searched_for_is_underlined_under_the_cursor_too(stage):
    found = [
        Found(0, "电梯停运，电梯困人", ("电梯",)),
        Found(1, "LED灯和led", ("led", "灯")),
        Found(2, "别的", ("电梯",)),
    ]
    app = stage(WindowList(COLUMNS, Rows(found)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert underlined(app)[:3] == [["电梯", "电梯"], ["LED灯", "led"], []]
        await pilot.press("down")
        assert underlined(app)[:3] == [["电梯", "电梯"], ["LED灯", "led"], []]


async def test_marking_repaints_the_rows_that_it_touches_and_waits_its_turn(stage, repainted):
    source = rows(200)
    ledger = WindowList(COLUMNS, source)
    app = stage(ledger)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        repainted.clear()
        ledger.action_move("mark", 1)
        assert {region.y for asked in repainted for region in asked} == {1, 2}
        source.gate.clear()
        await pilot.press(*["pagedown"] * 4)
        ledger.action_move("mark", 1)
        assert [row.key for row in ledger.marked] == [0]
        source.gate.set()
        await pilot.pause()
        assert [row.key for row in ledger.marked] == [0, 1 + 4 * 23]
        await pilot.press("home")
        await pilot.pause()
        assert app.lines()[1].startswith("▶▪0")
        assert app.lines()[2].startswith("  1")


async def test_marks_stay_through_reload_with_the_rows_as_they_are_now_and_end_at_five_hundred(stage):
    source = rows(600)
    ledger = WindowList(COLUMNS, source)
    app = stage(ledger)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        ledger.action_move("mark", 1)
        source.rows[0] = replace(source.rows[0], title="改过了")
        await ledger.reload()
        assert [row.title for row in ledger.marked] == ["改过了"]
        ledger.mark(source.rows)
        await pilot.pause()
        assert len(ledger.marked) == 500
        assert app.of(WindowList.Marked)[-1].full
        ledger.clear_marks()
        assert ledger.marked == []


async def test_focus_coming_and_going_repaints_the_cursor_s_line_alone(stage, repainted):
    ledger = WindowList(COLUMNS, rows(100))
    app = stage(ledger)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        repainted.clear()
        app.screen.set_focus(None)
        await pilot.pause()
        app.screen.set_focus(ledger)
        await pilot.pause()
        assert [[region.y for region in asked] for asked in repainted] == [[1], [1]]


async def test_a_list_that_goes_before_its_worker_runs_leaves_nothing_unawaited(stage, recwarn):
    ledger = WindowList(COLUMNS, rows(20))
    async with stage(ledger).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        ledger.source = rows(30)
        ledger.workers.cancel_node(ledger)  # as when its screen is left in the same moment
        await pilot.pause()
    gc.collect()
    assert not [each for each in recwarn if "never awaited" in str(each.message)]
