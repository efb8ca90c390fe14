"""值班 on the screen: the page that writes itself, both signatures by keys, the summary, what is half typed."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from textual import events

from dutydesk.models import Draft, Handover, RoleGrant, Shift, Staff
from dutydesk.rules import handover
from dutydesk.settings import load
from dutydesk.vocabulary import Role
from tests.screens.conftest import lines, settle, text
from tests.screens.test_today import registered


@pytest.fixture
def shifts(district):
    """The duty officer is here for half an hour more, the chief comes next."""
    now = datetime.now(UTC)
    duty, chief = (district.sessions[role].staff_id for role in (Role.DUTY_OFFICER, Role.AREA_CHIEF))
    for staff, name, begins in ((duty, "日班", -8.5), (chief, "夜班", 0.5)):
        start = now + timedelta(hours=begins)
        Shift.create(
            area=district.areas[0],
            staff=staff,
            name=name,
            starts_at=start,
            ends_at=start + timedelta(hours=9),
        )
    return district


async def test_the_page_is_signed_by_who_goes_and_by_who_comes(shifts, open_desk):
    case = registered(shifts)
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("1", "1"):
            await pilot.press(key)
            await settle(pilot)
        assert "片区长甲" in text(pilot.app) and "签字后页面不能再改" in text(pilot.app)
        await pilot.press(*"钥匙在门卫", "f10")
        await settle(pilot)
        assert "已签字交班，等片区长甲签收" in text(pilot.app)
    async with open_desk(Role.AREA_CHIEF).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "交班等我签收" in text(pilot.app)
        for key in ("6", "1"):
            await pilot.press(key)
            await settle(pilot)
        first = next(line for line in lines(pilot.app) if line.startswith("▶"))
        assert "留言" in first and "钥匙在门卫" in first
        await pilot.press("1")
        await settle(pilot)
        assert "留言：钥匙在门卫" in text(pilot.app) and "签收后这些就由您接着办" in text(pilot.app)
        for key in ("1", "1"):
            await pilot.press(key)
            await settle(pilot)
        assert "您已签收（" in text(pilot.app) and "不用再签" in text(pilot.app)
        assert any(line.rstrip().endswith("片区长甲签收") for line in lines(pilot.app)[1:4])  # on one line
    shifts.connect()
    page = Handover.get()
    assert case.number in page.content and page.signed_in_at is not None


async def test_handing_over_long_before_the_end_is_asked_about(shifts, open_desk):
    Shift.update(ends_at=datetime.now(UTC) + timedelta(hours=5, minutes=1)).where(
        Shift.name == "日班"
    ).execute()
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("1", "1", "f10"):
            await pilot.press(key)
            await settle(pilot)
        assert "离这一班结束还有5小时" in text(pilot.app)
        await pilot.press("enter")  # the safe answer
        await settle(pilot)
        assert "没有签字，填的都在" in text(pilot.app)
        for key in ("f10", "1"):
            await pilot.press(key)
            await settle(pilot)
        assert "已签字交班" in text(pilot.app)
        await pilot.press("1")
        await settle(pilot)
        assert "您已签字（" in text(pilot.app) and "等片区长甲签收，不用再签" in text(pilot.app)


async def test_a_page_that_was_signed_while_it_was_read_stays_the_signed_one(shifts, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        screen = pilot.app.screen
        for key in ("1", "f10"):
            await pilot.press(key)
            await settle(pilot)
        screen.page_id, signed = 0, screen.page_id
        unsigned = asyncio.create_task(screen.read())  # begun before, answered after
        await asyncio.sleep(0)
        screen.page_id = signed
        await unsigned
        await settle(pilot)
        assert "已签，等片区长甲签收" in text(pilot.app)
        assert "这一班已经交过了" not in text(pilot.app)


async def test_each_line_opens_its_case(shifts, open_desk):
    case = registered(shifts)
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("1", "enter"):
            await pilot.press(key)
            await settle(pilot)
        assert f"{case.number} 待立案" in text(pilot.app) and "看全案" in text(pilot.app)


async def test_what_is_half_typed_is_a_draft_and_goes_on_from_today(shifts, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("1", "1"):
            await pilot.press(key)
            await settle(pilot)
        await pilot.press(*"台风要来", "ctrl+q")
    shifts.connect()
    assert Draft.get().title == "交班留言"
    async with open_desk(Role.DUTY_OFFICER).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("enter", "1"):
            await pilot.press(key)
            await settle(pilot)
        assert "台风要来" in text(pilot.app)
        await pilot.press("f10")
        await settle(pilot)
    shifts.connect()
    assert "台风要来" in Handover.get().content


async def test_what_happens_while_it_is_typed_is_told_before_it_is_signed(shifts, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("1", "1"):
            await pilot.press(key)
            await settle(pilot)
        await pilot.press(*"钥匙在门卫")
        await pilot.app.desk.run(lambda _session: registered(shifts))
        await pilot.press("f10")
        await settle(pilot)
        assert "刚才又有变动" in text(pilot.app) and "钥匙在门卫" in text(pilot.app)
        await pilot.press("f10")
        await settle(pilot)
        assert "已签字交班" in text(pilot.app)


async def test_one_key_gives_the_summary_as_text_and_sheet(shifts, open_desk):
    registered(shifts)
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert "值班小结" in text(pilot.app) and "■ 新到（1）" in text(pilot.app)
        assert "1 存进发件夹" in lines(pilot.app)[-1]
        files = sorted(load().outbox.iterdir())
        assert [path.suffix for path in files] == [".txt", ".xlsx"]
        for path in files:
            path.unlink()
        for keys in (["1"], ["enter", "1"]):
            await pilot.press(*keys)
            await settle(pilot)
            assert sorted(load().outbox.iterdir()) == files and "已放进发件夹" in text(pilot.app)
            for path in files:
                path.unlink()


async def test_who_stands_in_for_the_successor_says_why(shifts, open_desk):
    other = Staff.create(number="N1", name="夜班员丙")
    RoleGrant.create(
        staff=other,
        role=Role.DUTY_OFFICER,
        area=shifts.areas[0],
        subdistrict=shifts.subdistrict,
        valid_from="2020-01-01",
    )
    duty = shifts.sessions[Role.DUTY_OFFICER]
    page = handover.page(duty)
    handover.sign_out(duty, page.digest, {"incoming": str(other.id)}, str(uuid.uuid4()))
    async with open_desk(Role.AREA_CHIEF, "shift").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("end", "enter")
        await settle(pilot)
        for key in ("1", "1"):
            await pilot.press(key)
            await settle(pilot)
        assert "为什么由您代签" in text(pilot.app)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert "已签收接班" in text(pilot.app)
    shifts.connect()
    assert Handover.get().remark == "原接班人请假"


async def test_a_key_typed_ahead_of_the_page_neither_signs_nor_saves(shifts, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        for opening, heading in (("1", "签字交班"), ("2", "值班小结")):
            await settle(pilot)
            await pilot.press(opening)
            early = events.Key("1", "1")
            early.time = 0.0  # long before the page came in sight
            await settle(pilot)
            pilot.app.post_message(early)
            await settle(pilot)
            assert heading in text(pilot.app) and "没有算" in text(pilot.app)
            await pilot.press("escape")


async def test_after_the_handover_the_summary_is_that_of_the_page_signed(shifts, open_desk):
    case = registered(shifts)
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(120, 36)) as pilot:
        for keys in (["1"], ["1"], ["f10"], ["escape"], ["2"]):
            await settle(pilot)
            await pilot.press(*keys)
        await settle(pilot)
        assert "■ 新到（1）" in text(pilot.app) and case.number in text(pilot.app)


async def test_signing_once_more_is_no_failure(shifts, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "shift").run_test(size=(80, 24)) as pilot:
        for key in ("1", "1", "f10", "1"):
            await settle(pilot)
            await pilot.press(key)
        await settle(pilot)
        assert "不用再签" in text(pilot.app) and "✗" not in text(pilot.app)
