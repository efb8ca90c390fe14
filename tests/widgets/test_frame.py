"""The frame: nothing overlaps at any width, and the desk speaks in words."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from dutydesk.widgets.frame import BottomLine, Notice, TitleLine, Words

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


async def test_a_long_place_is_cut_before_the_name(stage):
    app = stage(TitleLine("条块约请　本部门", "康健新村街道社区党建办公室 部门负责人 黄雯珏"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines()[0].endswith("康健新村街道社区党建… 部门负责人 黄雯珏")


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


@pytest.mark.parametrize("width", [80, 120])
async def test_words_break_as_chinese_does_and_end_in_an_ellipsis_where_room_ends(stage, width):
    words = Words("反馈：无反映人（日常巡查），不需反馈。" * 12)
    words.styles.max_height = 2
    async with stage(words).run_test(size=(width, 24)) as pilot:
        first, second = pilot.app.lines()[:2]
        assert words.size.height == 2
        assert second.endswith("…")
        assert not second.startswith(("，", "。", "）", "：")), first


async def test_words_grow_with_what_is_said_and_are_literal(stage):
    words = Words("一行")
    async with stage(words, Words("下面")).run_test(size=(80, 24)) as pilot:
        assert pilot.app.lines()[1] == "下面"
        words.say("第一行 [red]\n第二行\x1b[2J")
        await pilot.pause()
        assert pilot.app.lines()[:3] == ["第一行 [red]", "第二行[2J", "下面"]
