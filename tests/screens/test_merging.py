"""并案 and 撤销并案 on the screen: both cases in sight, a digit says which one stays."""

from __future__ import annotations

import re

import pytest

from dutydesk.models import Issue
from dutydesk.vocabulary import Role, State
from tests.screens.conftest import lines, press, settle, text
from tests.screens.test_bulk import Marked, opened
from tests.screens.test_today import registered

SIZES = [(80, 24), (120, 36)]


async def choose(pilot, words: str) -> None:
    """Press the digit of the line with these words, on whichever page of the menu it is."""
    for _page in range(4):
        found = re.search(rf"(\d) {words}", text(pilot.app))
        if found:
            await pilot.press(found[1])
            await settle(pilot)
            return
        await press(pilot, "pagedown")
    raise AssertionError(text(pilot.app))


async def open_menu(pilot) -> None:
    await settle(pilot)
    pilot.app.action_duty("issues", "open")
    await settle(pilot)
    await press(pilot, "home", "enter")


def reversed_words(app) -> list[str]:
    """The numbers that stand reversed above the last line."""
    strips = app.screen._compositor.render_strips()[: app.size[1] - 1]
    return [s.text.split()[0] for strip in strips for s in strip if s.style and s.style.reverse]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("digit", ["1", "2"])
async def test_one_that_looks_alike_is_merged_by_digits(district, open_desk, size, digit):
    older, newer = registered(district), registered(district, summary="三号楼门禁又坏了")
    async with open_desk(Role.DUTY_OFFICER).run_test(size=size) as pilot:
        await open_menu(pilot)
        await choose(pilot, "并案")
        await choose(pilot, older.number)
        shown = lines(pilot.app)
        assert (sum(older.number in line and newer.number in line for line in shown[1:-2]) > 0) == (
            size[0] >= 110
        )
        assert "三号楼门禁坏了一周" in text(pilot.app)
        assert "三号楼门禁又坏了" in text(pilot.app)
        assert "哪一件作主案？" in text(pilot.app)
        assert reversed_words(pilot.app) == [newer.number]
        await pilot.press("tab")
        assert reversed_words(pilot.app) == [older.number], "which case the arrows move is to be seen"
        await pilot.press(digit)
        await settle(pilot)
        assert "反映人都要告知" in text(pilot.app)
    district.connect()
    main, other = (newer, older) if digit == "1" else (older, newer)
    row = Issue.get_by_id(other.issue_id)
    assert (row.state, row.merged_into_id) == (State.MERGED, main.issue_id)


async def test_the_other_one_is_found_by_its_number(district, open_desk):
    far = registered(district, summary="电梯停运两天", unit=district.units[1])
    newer = registered(district)
    async with open_desk(Role.DUTY_OFFICER).run_test(size=(80, 24)) as pilot:
        await open_menu(pilot)
        await choose(pilot, "并案")
        await pilot.press(*far.number, "enter")
        await settle(pilot)
        await choose(pilot, far.number)
        assert "电梯停运两天" in text(pilot.app)
        await press(pilot, "2")
    district.connect()
    assert Issue.get_by_id(newer.issue_id).merged_into_id == far.issue_id


async def test_esc_merges_nothing(district, open_desk):
    older, _newer = registered(district), registered(district, summary="三号楼门禁又坏了")
    async with open_desk(Role.DUTY_OFFICER).run_test(size=(80, 24)) as pilot:
        await open_menu(pilot)
        await choose(pilot, "并案")
        await choose(pilot, older.number)
        await press(pilot, "escape")
    district.connect()
    assert Issue.select().where(Issue.state == State.MERGED).count() == 0


async def test_parting_shows_both_and_asks_for_the_reason(district, open_desk):
    older, newer = registered(district), registered(district, summary="三号楼门禁又坏了")
    async with open_desk(Role.DUTY_OFFICER).run_test(size=(80, 24)) as pilot:
        await open_menu(pilot)
        await choose(pilot, "并案")
        await choose(pilot, older.number)
        await press(pilot, "2")
        pilot.app.action_duty("issues", "all")
        await settle(pilot)
        await press(pilot, "home", "enter")
        await choose(pilot, "撤销并案")
        assert older.number in text(pilot.app)
        assert newer.number in text(pilot.app)
        await press(pilot, "1")
        await pilot.press(*"两处不同", "f10")
        await settle(pilot)
    district.connect()
    row = Issue.get_by_id(newer.issue_id)
    assert (row.state, row.merged_into_id) == (State.REPORTED, None)


async def test_a_marked_pair_is_looked_at_side_by_side(district, open_desk):
    older, newer = opened(district, 2)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, [older, newer])
        await marked.follow()
        await choose(pilot, "并案")
        assert "1 2026-000001 作主案" in text(pilot.app)
        await press(pilot, "1")
        assert marked.results == [True]
    district.connect()
    assert Issue.get_by_id(newer).merged_into_id == older
