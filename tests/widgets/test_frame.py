"""The frame: nothing overlaps at any width, and the desk speaks in words."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from dutydesk.widgets.frame import BottomLine, Notice, TitleLine

KEYS = [("↑↓", "选择"), ("Enter", "办理"), ("/", "查找"), ("f", "筛选"), ("u", "撤销"), ("?", "帮助")]


def frame():
    return [TitleLine("问题清单", "乐山片区（演示）· 值班员 王一"), Notice(), BottomLine(KEYS)]


@pytest.mark.parametrize("width", [120, 80, 40, 20])
async def test_the_frame_fits_every_width(stage, width):
    app = stage(*frame())
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        title, bottom = app.lines()[0], app.lines()[2]
        assert title.startswith("问题清单")
        assert bottom.endswith("Esc 返回")
        assert max(cell_len(line) for line in app.lines()) <= width
        assert ("? 帮助" in bottom) == (width >= 80)


async def test_a_notice_is_literal_marked_and_cut_at_two_lines(stage):
    app = stage(*frame())
    async with app.run_test(size=(80, 24)) as pilot:
        notice = app.query_one(Notice)
        notice.say("[/b]\x1b[2J没有登记成：数据库没有应答。", "bad")
        await pilot.pause()
        assert app.lines()[1] == "✗ [/b][2J没有登记成：数据库没有应答。"
        notice.say("很长的一句话，" * 40, "good")
        await pilot.pause()
        assert app.lines()[2].endswith("…")
        assert app.lines()[3].endswith("Esc 返回")
        notice.clear()
        await pilot.pause()
        assert app.lines()[1] == ""
        assert app.lines()[2].endswith("Esc 返回")
