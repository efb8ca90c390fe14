"""The page on which passwords are typed: what it shows at which size, what its keys do."""

from __future__ import annotations

import pytest

from dutydesk.secret_page import LONGEST, Blank, SecretPage, columns, wrapped


def page() -> SecretPage:
    return SecretPage(
        "登录", "用工号和密码。", [Blank("工号", hidden=False), Blank("密码")], "Enter 登录  Ctrl+Q 退出"
    )


def typed(on: SecretPage, *keys: str) -> bool:
    return [on.press(key, key if len(key) == 1 else None) for key in keys][-1]


def shown(on: SecretPage, width: int = 80, height: int = 24) -> str:
    return "\n".join(on.lines(width, height)[0])


def test_what_is_hidden_is_not_shown_anywhere():
    on = page()
    typed(on, *"XH0001", "enter", *"s3cret")
    assert "工号：XH0001" in shown(on)
    assert "密码：******" in shown(on)
    assert "s3cret" not in on.drawn(80, 24)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 10), (20, 6), (1, 1)])
def test_it_fits_whatever_the_window(size):
    on = page()
    typed(on, "tab", *("x" * LONGEST))
    on.again("✗ " + "不对。" * 60)
    lines, (row, column) = on.lines(*size)
    assert len(lines) == size[1]
    assert all(columns(line) <= max(size[0], 18) for line in lines)
    assert row < 20
    assert column >= 0
    on.drawn(*size)


def test_enter_goes_on_and_only_the_last_line_sends_it_when_all_is_filled_in():
    on = page()
    assert not typed(on, "enter")
    assert on.at == 1
    assert not typed(on, "x", "enter")
    assert on.at == 0
    assert not typed(on, "A", "enter")
    assert typed(on, "enter")


def test_up_down_tab_go_between_the_lines():
    on = page()
    for key, at in (("down", 1), ("down", 0), ("up", 1), ("tab", 0), ("shift+tab", 1)):
        on.press(key)
        assert on.at == at


def test_backspace_and_ctrl_u_take_back():
    on = page()
    typed(on, *"abc", "backspace")
    assert on.blanks[0].value == "ab"
    typed(on, "ctrl+u")
    assert on.blanks[0].value == ""


def test_a_key_that_is_none_types_nothing():
    on = page()
    for key in ("f1", "f10", "ctrl+z", "left", "pageup"):
        on.press(key)
    assert on.blanks[0].value == ""


def test_of_a_paste_the_first_line_counts_and_nothing_a_terminal_obeys():
    on = page()
    on.take("ab\x1b[31mc\u202ed\u200be\nrm -rf")
    assert on.blanks[0].value == "ab[31mcde"
    on.take("x" * 1000)
    assert len(on.blanks[0].value) == LONGEST


def test_after_a_failure_what_is_hidden_is_typed_anew_and_the_number_stays():
    on = page()
    typed(on, *"XH0001", "enter", *"wrong", "enter")
    on.again("✗ 不对")
    assert [blank.value for blank in on.blanks] == ["XH0001", ""]
    assert on.at == 1
    assert "✗ 不对" in shown(on)


def test_lines_break_by_columns():
    assert wrapped("汉字ab\nc", 5) == ["汉字a", "b", "c"]
    assert columns("汉字ab") == 6
