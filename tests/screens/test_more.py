"""8 更多: each thing on the same digit for everybody who may do it."""

from __future__ import annotations

import asyncio
import re

import pytest

from dutydesk.screens.base import DUTIES
from dutydesk.screens.more import PAGE
from dutydesk.vocabulary import Role
from tests.screens.conftest import press, settle, text


def entries(shown: str) -> dict[str, str]:
    """What stands in the menu, and on which digit."""
    return {name: digit for digit, name in re.findall(r"│ [▶ ] (\d) (\S+)", shown)}


async def menu(open_desk, role: Role) -> dict[str, str]:
    async with open_desk(role).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        return entries(await press(pilot, "f12"))


@pytest.mark.parametrize("role", [Role.AREA_CHIEF, Role.COORDINATOR, Role.HANDLER, Role.AUDITOR])
async def test_what_two_may_both_do_is_on_the_same_digit(district, open_desk, role):
    mine, theirs = await menu(open_desk, Role.DUTY_OFFICER), await menu(open_desk, role)
    both = mine.keys() & theirs.keys()
    assert {"人员", "退出", "帮助"} <= both
    assert {name: mine[name] for name in both} == {name: theirs[name] for name in both}


def test_each_duty_without_a_key_has_its_digit() -> None:
    placed = {name for names in PAGE for name in names}
    assert {duty.name for duty in DUTIES if not duty.key and duty.screen} <= placed
    assert len(PAGE) <= 9, "on two pages 9 turns the page"


async def test_the_desk_is_left_by_digits_alone(district, open_desk):
    app = open_desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "8 退出" in await press(pilot, "8")
        await pilot.press("8")
        async with asyncio.timeout(5):
            while app.is_running:
                await pilot.pause()


async def test_help_is_of_the_page_below(district, open_desk):
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "8", "9")
        assert "帮助·今日" in text(pilot.app)


async def test_what_is_chosen_speaks_on_the_page_that_one_is_on(district, open_desk):
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        digit = entries(await press(pilot, "f12"))["导入清单"]
        assert "收件夹里没有" in await press(pilot, digit)
        assert "问题清单" in text(pilot.app)


async def test_help_from_another_page_is_of_that_page(district, open_desk):
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        digit = entries(await press(pilot, "f12"))["帮助"]
        assert "帮助·问题清单" in await press(pilot, digit)
