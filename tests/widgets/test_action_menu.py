"""Menus and questions: every entry by digit, arrows and full-width digit; Esc and Enter are harmless."""

from __future__ import annotations

import pytest

from dutydesk.widgets.action_menu import Action, ActionMenu, Confirm, TextPage
from dutydesk.widgets.ask_text import AskText
from dutydesk.widgets.filter_bar import FilterBar
from dutydesk.widgets.picker import PickOne

ACTIONS = [
    Action("assign", "派单", "交给谁去办"),
    Action("merge", "并案", disabled_reason="没有同类问题"),
    Action("close", "销项", "先看还缺什么：" + "办理情况、核查、反馈，" * 8),
]


async def answer(app, screen, *keys, size=(80, 24)):
    answers = []
    async with app.run_test(size=size) as pilot:
        app.push_screen(screen, answers.append)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        return answers, app.text()


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["1"], "assign"),
        (["１"], "assign"),
        (["3"], "close"),
        (["enter"], "assign"),
        (["down", "down", "enter"], "close"),
        (["escape"], None),
    ],
)
async def test_each_way_to_choose(stage, keys, value):
    answers, _ = await answer(stage(), ActionMenu("怎么办", ACTIONS), *keys)
    assert answers == [value]


async def test_an_action_switched_off_says_why_and_stays(stage):
    answers, text = await answer(stage(), ActionMenu("怎么办", ACTIONS), "2")
    assert answers == []
    assert "✗ 现在不能：没有同类问题" in text


async def test_long_hints_wrap_and_hostile_titles_are_literal(stage):
    _, text = await answer(stage(), ActionMenu("[/b]\x1b[2J标题", ACTIONS))
    assert "[/b][2J标题" in text
    assert text.count("办理情况、核查、反馈") >= 4
    assert "Esc 返回" in text


async def test_more_than_nine_come_in_pages_of_eight(stage):
    many = [Action(number, f"动作{number}", "说明" * 30) for number in range(1, 21)]
    answers, text = await answer(stage(), ActionMenu("怎么办", many), "9", "2")
    assert answers == [10]
    answers, text = await answer(stage(), ActionMenu("怎么办", many), *["down"] * 8, "enter")
    assert answers == [9]
    _, text = await answer(stage(), ActionMenu("怎么办", many), *["down"] * 7)
    assert "▶ 8 动作8" in text
    assert "Esc 返回" in text


async def test_the_last_page_wraps_to_the_first(stage):
    many = [Action(number, f"动作{number}") for number in range(1, 13)]
    answers, _ = await answer(stage(), ActionMenu("怎么办", many), "9", "9", "1")
    assert answers == [1]


@pytest.mark.parametrize(
    ("keys", "value"),
    [("1", True), ("2", False), ("enter", False), ("escape", False), ("up enter", True), ("１", True)],
)
async def test_only_a_clear_yes_is_yes(stage, keys, value):
    answers, _ = await answer(stage(), Confirm("删除？", ["不能恢复"], "删除", "留着"), *keys.split())
    assert answers == [value]


async def test_a_page_of_text_scrolls_to_its_end_and_no_further(stage):
    text = "\n".join(f"第{number}行 [red]" for number in range(1, 101))
    _, shown = await answer(stage(), TextPage("帮助", text))
    assert "第1行 [red]" in shown
    assert "第100行" not in shown
    _, shown = await answer(stage(), TextPage("帮助", text), *["pagedown"] * 10)
    assert "第100行" in shown
    assert "共 100 行" in shown


async def nothing(*_asked):
    return []


@pytest.mark.parametrize(
    ("dialog", "said"),
    [
        (lambda: ActionMenu("怎么办", ACTIONS), "选它会说为什么"),
        (lambda: Confirm("删除？", ["不能恢复"], "删除", "留着"), "都是不办，什么也不变"),
        (lambda: TextPage("帮助", "一行"), "一页页翻"),
        (lambda: AskText("为什么？"), "至少两个字"),
        (lambda: PickOne("交给谁？", nothing), "列表随着变"),
        (lambda: FilterBar("筛选", [], nothing), "条件可以叠加"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_f1_says_in_each_dialog_what_its_keys_do(stage, dialog, said, size):
    answers, shown = await answer(stage(), dialog(), "f1", size=size)
    assert answers == []
    assert said in shown.replace("\n", "").replace(" ", "").replace("││", "")


async def test_a_question_names_its_keys_before_anybody_asks(stage):
    _, shown = await answer(stage(), Confirm("删除？", ["不能恢复"], "删除", "留着"))
    assert "数字或 ↑↓ 与 Enter 选择　Esc 返回" in shown
