"""Text broken into lines of the terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.style import Style

from dutydesk.widgets.cells import at_most, strip_of, wrap, wrap_at_most


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五六", 8, ["一二三四", "五六"]),
        ("一二三四）五六", 8, ["一二三", "四）五六"]),
        ("（本单位设置）", 12, ["（本单位设", "置）"]),
        ("一二三四）。五", 8, ["一二三", "四）。五"]),
        ("一二三）。四五六", 8, ["一二", "三）。四", "五六"]),
        ("一二\n三", 8, ["一二", "三"]),
        ("", 8, [""]),
        ("。。。。。。", 4, ["。。", "。。", "。。"]),
        ("一。。。。", 4, ["一。", "。。", "。"]),
    ],
)
def test_no_line_begins_with_what_closes_the_one_before(text, width, lines):
    assert wrap(text, width) == lines


@pytest.mark.parametrize("width", range(1, 30))
def test_nothing_is_lost_and_nothing_is_too_wide(width):
    text = "现在的期限（本单位设置）：11月26日，周四18:00。“好”，……！？ok) 以后再说；就这样、吧。"
    lines = wrap(text, width)
    assert "".join(lines) == text
    assert all(cell_len(line) <= max(width, 2) for line in lines)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("期限到周四18:00止", 12, ["期限到周四", "18:00止"]),
        ("限11月26日前办", 5, ["限", "11月", "26日", "前办"]),
        ("一二三（四五）", 8, ["一二三", "（四五）"]),
        ("见[催]催办", 4, ["见", "[催]", "催办"]),
        ("号2026-000123的", 12, ["号", "2026-000123", "的"]),
        ("12345678", 4, ["1234", "5678"]),
    ],
)
def test_a_number_stays_whole_with_its_unit_and_a_bracket_with_what_it_holds(text, width, lines):
    assert wrap(text, width) == lines


def test_what_is_left_out_is_said_by_the_last_line():
    assert wrap_at_most("一二三四五六", 4, 2) == ["一二", "三…"]
    assert wrap_at_most("一二三四", 4, 2) == ["一二", "三四"]


@pytest.mark.parametrize("width", range(1, 12))
def test_a_line_that_is_too_long_ends_in_an_ellipsis_and_is_as_wide_as_it_must_be(width):
    strip = strip_of((("编号", Style()), ("一二三四五", Style(bold=True))), width)
    assert strip.cell_length == cell_len(strip.text) == width
    assert strip.text.endswith("…")
    assert not strip_of((("一二三", Style()),), 6).text.endswith("…")


def test_of_more_lines_than_there_is_room_for_the_last_one_says_so():
    lines = [((word, Style()),) for word in ("甲", "乙", "丙")]
    assert ["".join(text for text, _ in line) for line in at_most(lines, 2)] == ["甲", "乙…"]
    assert at_most(lines, 3) == lines
    assert at_most(lines, 0) == []
    assert at_most([(), ()], 1) == [(("…", Style.null()),)]


@pytest.mark.parametrize("word", ["居委会", "居民区", "片区", "街道", "街镇"])
def test_a_word_of_the_office_is_not_broken(word):
    for before in range(1, 6):
        lines = wrap("甲" * before + word + "乙" * 6, 10)
        assert any(word in line for line in lines), lines


@pytest.mark.parametrize("place", ["康乐片区", "上海新村片区", "天平路街道", "康平居委会", "华泾镇"])
def test_the_name_of_a_place_is_not_broken(place):
    for before in range(1, 12):
        lines = wrap(
            "已移交" + "，甲乙丙丁" * (before // 5) + "甲" * (before % 5) + "，" + place + "，由值班员跟办。",
            24,
        )
        assert any(place in line for line in lines), lines
