"""值班表 and 换班 by keys: drafted, changed, published, printed; swapped with both and the chief."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from rich.cells import cell_len
from textual import events

from dutydesk.models import DutyRoster, RoleGrant, Shift, ShiftSwap, Staff
from dutydesk.rules import swaps
from dutydesk.settings import load
from dutydesk.vocabulary import Role, RosterState, SwapState
from tests.screens.conftest import lines, settle, text


@pytest.fixture
def people(district):
    """Two colleagues of the duty officer."""
    for number, name in (("N1", "王芳"), ("N2", "李强")):
        staff = Staff.create(number=number, name=name)
        RoleGrant.create(
            staff=staff,
            role=Role.DUTY_OFFICER,
            area=district.areas[0],
            subdistrict=district.subdistrict,
            valid_from="2020-01-01",
        )
    return district


async def press(pilot, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def test_next_month_is_drafted_changed_and_published_by_keys(people, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "right", "5", "f10")
        assert "已排出草稿" in text(pilot.app)
        assert any("日班" in line and "夜班" in line for line in lines(pilot.app))
        await press(pilot, "home", "2")
        assert "现在：" in text(pilot.app)
        await press(pilot, "end", "enter")
        assert "空缺" in text(pilot.app) and "1处要注意" in text(pilot.app)
        await press(pilot, "6")
        assert "片区长发布" in text(pilot.app)
    people.connect()
    assert DutyRoster.get().state is RosterState.DRAFT
    async with open_desk(Role.AREA_CHIEF, "shift").run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "right", "6", "1")
        assert "已发布" in text(pilot.app)
        await press(pilot, "7")
        assert "值班表已放进发件夹" in text(pilot.app)
        await press(pilot, "8")
        assert "王芳" in text(pilot.app) and "前半年夜班" in text(pilot.app)
    people.connect()
    assert DutyRoster.get().state is RosterState.PUBLISHED
    assert Shift.select().count() >= 55
    assert [path.suffix for path in load().outbox.iterdir()] == [".xlsx"]


async def test_weekdays_stand_below_each_other(people, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "right", "5", "f10", "home")
        for _ in range(2):  # the first days of the month, and the last
            days = [line for line in lines(pilot.app) if " 周" in line and "月" in line]
            assert len(days) > 9
            assert len({cell_len(line[: line.index(" 周")]) for line in days}) == 1
            await press(pilot, "end")


async def test_what_cannot_be_read_is_said_beside_its_field_and_kept(people, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "right", "5", "down", "end")
        await pilot.press("space", *"赵无名", "f10")
        await settle(pilot)
        assert "赵无名不在本片区值班" in text(pilot.app)


async def test_a_swap_is_asked_agreed_and_decided(people, open_desk):
    now = datetime.now(UTC)
    duty = people.sessions[Role.DUTY_OFFICER].staff_id
    wang = Staff.get(Staff.name == "王芳").id
    made = []
    for staff, days in ((duty, 2), (wang, 5)):
        start = now + timedelta(days=days)
        made.append(
            Shift.create(
                area=people.areas[0],
                staff=staff,
                name="日班",
                starts_at=start,
                ends_at=start + timedelta(hours=9),
            )
        )
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "5", "3", "1")
        assert "王芳" in text(pilot.app) and "可以选" in text(pilot.app)
        await press(pilot, *"wf")
        assert "这里不能打字，打的没有留下" in text(pilot.app)  # nothing vanishes without a word
        await press(pilot, "2", "down", "enter")
        assert "等对方答复" in text(pilot.app)
    people.numbers[Role.HANDLER] = "N1"
    async with open_desk(Role.HANDLER).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "换班等我答复" in text(pilot.app)
        await press(pilot, "enter")
        assert "家里有事" in text(pilot.app)
        assert "请按 1 或 2" in text(pilot.app) and "等对方答复" not in text(pilot.app)
        await press(pilot, "1")
        assert "等片区长定" in text(pilot.app)
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "换班" in text(pilot.app) and "家里有事" in text(pilot.app)
        await press(pilot, "1")
        assert "已换" in text(pilot.app) and "现在没有等您定的事" in text(pilot.app)
    people.connect()
    assert ShiftSwap.get().state is SwapState.DONE
    assert [Shift.get_by_id(shift.id).staff_id for shift in made] == [wang, duty]


async def test_a_chief_who_takes_a_duty_over_is_told_where_to_decide_it(people, open_desk):
    start = datetime.now(UTC) + timedelta(days=2)
    duty, chief = (people.sessions[role] for role in (Role.DUTY_OFFICER, Role.AREA_CHIEF))
    ends = start + timedelta(hours=9)
    shift = Shift.create(
        area=people.areas[0], staff=duty.staff_id, name="日班", starts_at=start, ends_at=ends
    )
    swaps.ask(duty, shift.id, None, chief.staff_id, "看病", str(uuid4()))
    async with open_desk(Role.AREA_CHIEF, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "5", "1")
        assert "还要您在“待我定”里定（回今日按 9）" in text(pilot.app)


async def test_a_month_in_force_is_drawn_anew_by_the_chief_and_can_be_thrown_away(people, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "right", "5", "f10")
    async with open_desk(Role.AREA_CHIEF).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "值班表草稿等发布" in text(pilot.app)
        await press(pilot, "6", "3", "right", "6", "1")
        assert "6 发布" not in lines(pilot.app)[-1]
        await press(pilot, "5")
        assert "重排明天以后的班" in text(pilot.app)
        await press(pilot, "1", "f10")
        assert "重排的草稿　发布前仍照原来的班" in text(pilot.app)
        await press(pilot, "0")
        assert "重排的草稿已撤掉" in text(pilot.app)
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "right", "5")
        assert "重排由片区长办" in text(pilot.app)
        assert "1-4" not in lines(pilot.app)[-1]


async def test_what_was_typed_for_a_month_goes_on_from_the_roster_too(people, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "3", "right", "5", "tab", "tab", "tab")
        await pilot.press(*"王芳 12-7")
        await press(pilot, "escape", "5")
        assert "接着填上次没填完的" in text(pilot.app) and "王芳 12-7" in text(pilot.app)
        await press(pilot, "escape", "right", "5")
        assert "王芳 12-7" not in text(pilot.app), "another month"


async def test_a_key_typed_ahead_answers_no_swap_that_was_not_in_sight(people, open_desk):
    now = datetime.now(UTC)
    duty = people.sessions[Role.DUTY_OFFICER].staff_id
    wang = Staff.get(Staff.number == "N1")
    for days in (2, 4):
        start = now + timedelta(days=days)
        row = Shift.create(
            area=people.areas[0], staff=wang, name="日班", starts_at=start, ends_at=start + timedelta(hours=9)
        )
        ShiftSwap.create(
            area=people.areas[0],
            shift=row,
            asked_by=wang,
            asked_of=duty,
            reason="家里有事",
            asked_at=now,
            state=SwapState.ASKED,
        )
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "5")
        for _ in range(2):
            pilot.app.post_message(events.Key("1", "1"))
        await settle(pilot)
        assert "没有算" in text(pilot.app)
    people.connect()
    assert sorted(swap.state for swap in ShiftSwap.select()) == sorted((SwapState.ASKED, SwapState.AGREED))
