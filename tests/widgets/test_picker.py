"""The picker: search while typing, digits, races, and the caret that stays."""

from __future__ import annotations

import asyncio

import pytest

from dutydesk.widgets.picker import Choice, Picker, PickOne

PLACES = [
    Choice(1, "康健新村", "康健新村街道"),
    Choice(2, "康健体育", "长桥街道"),
    Choice(3, "[/b]\x1b[2J坏名字", "天平"),
]


async def find(text: str) -> list[Choice]:
    keys = {"kj": PLACES[:2], "kjx": PLACES[:1], "": [PLACES[2]]}
    return keys.get(text, [])


async def test_typing_digit_picks_and_backspace_clears(stage):
    picker = Picker(find)
    app = stage(picker)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k", "j")
        await pilot.pause()
        assert "1 康健新村" in app.text()
        await pilot.press("２")
        await pilot.pause()
        assert picker.value == 2
        assert "长桥街道" in app.lines()[0]
        await pilot.press("backspace")
        await pilot.pause()
        assert picker.value is None
        assert [message.choice for message in app.of(Picker.Picked)] == [PLACES[1], None]


async def test_enter_takes_the_first_and_arrows_move(stage):
    picker = Picker(find)
    async with stage(picker).run_test(size=(80, 24)) as pilot:
        await pilot.press("k", "j", "enter")
        await pilot.pause()
        assert picker.value == 1
        await pilot.press("k", "j")  # typing over a choice begins anew
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert picker.value == 2


async def test_an_empty_field_suggests_and_strangers_names_are_literal(stage):
    app = stage(Picker(find))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "1 [/b][2J坏名字" in app.text()


async def test_nothing_found_says_what_to_try(stage):
    app = stage(Picker(find))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("z", "z")
        await pilot.pause()
        assert "没有找到“zz”" in app.text()
        assert "拼音首字母" in app.text()


async def test_an_older_answer_that_comes_late_is_dropped(stage):
    gates = {"": asyncio.Event(), "k": asyncio.Event(), "kj": asyncio.Event()}
    answers = {"": [], "k": [PLACES[2]], "kj": PLACES[:2]}

    async def slow(text: str) -> list[Choice]:
        await gates[text].wait()
        return answers[text]

    app = stage(Picker(slow))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k", "j")
        gates["kj"].set()
        await pilot.pause()
        gates["k"].set()
        gates[""].set()
        await pilot.pause()
        assert "1 康健新村" in app.text()
        assert "坏名字" not in app.text()


async def test_a_failing_search_is_told_and_the_text_stays(stage):
    async def broken(text: str) -> list[Choice]:
        raise OSError("连接断了")

    picker = Picker(broken)
    app = stage(picker)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await pilot.pause()
        assert "没有查成：连接断了" in app.text()
        assert picker.typed == "k"


async def test_the_caret_does_not_jump_when_choices_appear(stage):
    app = stage(Picker(find))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k", "j")
        await pilot.pause()
        assert app.cursor_position == (2, 0)
        await pilot.press("x", "x")
        await pilot.pause()
        assert app.cursor_position == (4, 0)


@pytest.mark.parametrize(("keys", "value"), [(["k", "j", "1"], 1), (["escape", "escape"], None)])
async def test_pick_one_in_a_dialog(stage, keys, value):
    answers = []
    app = stage()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(PickOne("派给谁", find), answers.append)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        assert [answer and answer.value for answer in answers] == [value]
