"""The picker: search while typing, digits, races, and the caret that stays."""

from __future__ import annotations

import asyncio

import pytest
from rich.cells import cell_len

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


async def press(pilot, *keys):
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


async def test_enter_on_what_matches_nothing_stays_and_says_so(stage):
    picker = Picker(find)
    app = stage(picker)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "z", "z", "enter")
        assert "✗ 没有找到“zz”" in app.text()
        assert app.focused is picker.line
        await press(pilot, "escape", "enter")
        assert "没有找到“zz”" in app.text()


async def test_the_one_whose_name_is_typed_whole_is_under_the_cursor_and_settled_by_leaving(stage):
    async def named(text: str) -> list[Choice]:
        return [Choice(1, "康健新村北区"), Choice(2, "康健新村")] if text else []

    picker = Picker(named)
    app = stage(picker)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *"康健新村")
        assert "▶ 2 康健新村" in app.text()
        assert picker.settle()
        assert picker.value == 2


async def test_what_only_belongs_to_it_is_not_taken_unasked(stage):
    async def around(text: str) -> list[Choice]:
        return [Choice(1, "寿昌山", "康健新村", sure=False), Choice(2, "寿祥坊", sure=False)] if text else []

    picker = Picker(around)
    app = stage(picker)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *"kjxc", "enter")
        assert picker.value is None
        assert "▶" not in app.text()
        assert "✗ 名称里没有“kjxc”" in app.text()
        await press(pilot, "down", "down", "enter")
        assert picker.value == 2


async def test_a_long_list_keeps_its_cursor_in_sight(stage):
    detail = "权责清单：科室职责第5条，这一条说得很长，一行写不下，要另起一行才看得全，所以一项占去三行"
    many = [Choice(number, f"第{number}科", detail) for number in range(1, 10)]

    async def all_of_them(text: str) -> list[Choice]:
        return many

    app = stage()
    answers = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(PickOne("交给谁？", all_of_them), answers.append)
        await pilot.pause()
        assert "下面还有" in app.text()
        for number in range(1, 9):
            assert f"▶ {number} 第{number}科" in app.text()
            await press(pilot, "down")
        assert "▶ 9 第9科" in app.text()
        assert "上面还有" in app.text() and "下面还有" not in app.text()
        assert "Esc 返回" in app.text()
        await press(pilot, "enter")
        assert answers[0].value == 9


async def test_details_begin_in_one_column_and_a_longer_name_has_its_own_below(stage):
    found = [
        Choice(1, "寿昌山", "康健·康乐片区"),
        Choice(2, "桂林西街商业广场（演示）", "康健·康乐片区"),
        Choice(3, "上海市徐汇区康健新村街道桂林西街商业广场二期北楼（演示）", "康健·康乐片区"),
    ]

    async def some(text: str) -> list[Choice]:
        return found

    app = stage(Picker(some))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = [line for line in app.lines() if "康健·康乐" in line]
        columns = [cell_len(line[: line.index("康健·康乐")]) for line in lines]
        assert columns[0] == columns[1] > columns[2]
