"""办件统计 on the screen: a period and a breakdown by digits, a figure opened in the ledger by Enter."""

from __future__ import annotations

import uuid
from datetime import timedelta

from dutydesk.rules import issue_acts
from dutydesk.rules.organisation import today
from dutydesk.vocabulary import Role
from tests.screens.conftest import lines, press, settle, text
from tests.screens.test_today import registered


def act(district, case, name: str, role: Role = Role.AREA_CHIEF, **fields) -> None:
    issue_acts.perform(district.sessions[role], case.issue_id, None, name, fields, str(uuid.uuid4()))


async def test_it_opens_from_the_menu_of_today_and_tells_how_each_figure_is_made(district, open_desk):
    case = registered(district)
    act(district, case, "open")
    act(district, case, "pause", until=today() + timedelta(days=9), reason="等业主大会")
    async with open_desk(Role.AREA_CHIEF).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "8")
        menu = next(line for line in lines(pilot.app) if "办件统计" in line)
        await press(pilot, next(character for character in menu if character.isdigit()))
        shown = text(pilot.app)
        assert "办件统计　本月" in shown
        assert "缓办     1件" in shown
        assert "缓办1件、挂账0件停止计算，不算在内" in shown
        assert shown.splitlines()[-1].startswith("1-4 本周 本月 上月 起止  5-8 合计 片区 类别 力量  9 地点")
        await press(pilot, *["down"] * 7)
        assert "期末仍在缓办，最长0天，平均0天；期内新缓办1次" in text(pilot.app)


async def test_enter_opens_the_very_cases_in_the_ledger_and_esc_comes_back(district, open_desk):
    first, second = registered(district), registered(district)
    act(district, second, "reject", reason="同一件")
    async with open_desk(Role.AREA_CHIEF, "figures").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "down", "down", "down", "enter")
        shown = text(pilot.app)
        assert "在办（" in shown and "所列1件" in shown
        assert first.number in shown and second.number not in shown
        await press(pilot, "escape")
        assert "办件统计" in lines(pilot.app)[0]
        assert "Enter 看是哪些。" in text(pilot.app)
        await press(pilot, "down", "enter")
        assert "Enter 看是哪些。" not in text(pilot.app)
        assert "逾期：没有可列的问题。" in text(pilot.app)


async def test_by_category_enter_shows_one_of_them_and_esc_all_again(district, open_desk):
    registered(district)
    async with open_desk(Role.AREA_CHIEF, "figures").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "7")
        shown = text(pilot.app)
        assert "按类别" in shown.splitlines()[0]
        assert "收到 立案 销项 在办 逾期 按期 延期 缓办 挂账 退单 返工 满意" in shown
        assert "▶ 楼道堆物" in shown
        await press(pilot, "enter")
        assert "楼道堆物" in lines(pilot.app)[0]
        assert "▶ 收到     1件" in text(pilot.app)
        await press(pilot, "escape")
        assert "按类别" in lines(pilot.app)[0]
        await press(pilot, "5")
        assert "▶ 收到     1件" in text(pilot.app)


async def test_another_period_and_place(district, open_desk):
    registered(district)
    async with open_desk(Role.COORDINATOR, "figures").run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "3")
        assert "上月" in lines(pilot.app)[0] and "收到     0件" in text(pilot.app)
        await press(pilot, "4", *"近7天", "enter")
        assert "收到     1件" in text(pilot.app)
        await press(pilot, "4", *"昨天的明天", "enter")
        assert "没看懂" in text(pilot.app)
        await press(pilot, "9", "3")
        assert "康健二片区" in lines(pilot.app)[0] and "收到     0件" in text(pilot.app)
        await press(pilot, "9", "1")
        assert "收到     1件" in text(pilot.app)


async def test_what_others_write_is_told_and_counted_when_asked_for(district, open_desk):
    async with open_desk(Role.AREA_CHIEF, "figures").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.app.desk.run(lambda _session: registered(district))
        await settle(pilot)
        assert "有新的变动，按 0 重新统计。" in text(pilot.app)
        assert "收到     0件" in text(pilot.app)
        await press(pilot, "0")
        assert "收到     1件" in text(pilot.app) and "有新的变动" not in text(pilot.app)
