"""审计: the list, its filters and one entry whole, by keys alone."""

from __future__ import annotations

import pytest

from dutydesk.vocabulary import Role
from tests.rules.conftest import Cases
from tests.screens.conftest import press, settle, text

pytestmark = pytest.mark.parametrize("size", [(80, 24), (120, 36)])


@pytest.fixture
def told(district):
    cases = Cases(district, None)
    issue_id = cases.new()
    cases.do("open", issue_id)
    cases.new()
    return cases.row(issue_id).number


async def test_the_auditor_reads_it_from_the_menu_and_sees_before_and_after(told, open_desk, size):
    async with open_desk(Role.AUDITOR).run_test(size=size) as pilot:
        await settle(pilot)
        assert "审计" in await press(pilot, "f12")
        shown = await press(pilot, "2")
        assert "问题·登记" in shown and "问题·立案" in shown and f"问题 {told}" in shown
        await press(pilot, "4", *told, "enter")
        shown = text(pilot.app)
        assert shown.count(f"问题 {told}") == 2 and f"审计　{told}" in shown
        shown = await press(pilot, "enter")
        assert "以前" in shown and "以后" in shown and "状态=待派单" in shown
        await press(pilot, "escape", "5")
        assert text(pilot.app).count("问题 2") == 3


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
async def test_others_read_it_without_values(told, open_desk, size, role):
    async with open_desk(role, "audit").run_test(size=size) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter")
        assert "前后值只对审计员开放" in shown and "以前" not in shown


async def test_what_is_not_understood_is_said_and_changes_nothing(told, open_desk, size):
    async with open_desk(Role.AUDITOR, "audit").run_test(size=size) as pilot:
        await settle(pilot)
        shown = await press(pilot, "1", "x", "x", "enter")
        assert "没有工号或姓名是“xx”的人" in shown and "问题·登记" in shown


async def test_an_area_chief_has_no_way_to_it(told, open_desk, size):
    async with open_desk(Role.AREA_CHIEF, "audit").run_test(size=size) as pilot:
        await settle(pilot)
        assert "问题·登记" not in text(pilot.app)
        assert "2 审计" not in await press(pilot, "f12")
