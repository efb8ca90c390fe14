"""Two people in one meeting, each at a desk of their own: nothing is lost, each sees the other's; keys wait in turn."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from uuid import uuid4

from dutydesk.meeting_words import ItemState, MeetingState
from dutydesk.models import AgendaItem, Meeting, MeetingDecision, MinuteParagraph
from dutydesk.models.connection import connect
from dutydesk.rules.meetings import minutes, ways
from dutydesk.vocabulary import Role
from tests.screens.conftest import press, settle, text
from tests.screens.meetings import other_desk
from tests.screens.meetings.test_meetings import plan

WITHIN = 2.0  # seconds until one desk shows what the other wrote


async def test_both_write_and_each_sees_the_others(district, open_desk, tmp_path):
    meeting_id = plan(district, "running", "消防演练安排")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end")
        chief = await asyncio.create_subprocess_exec(
            sys.executable, other_desk.__file__, district.url, district.numbers[Role.AREA_CHIEF],
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {
                "PYTHONPATH": str(Path(__file__).parents[3]),
                "DUTYDESK_STATE_FOLDER": str(tmp_path / "other"),
            },
        )  # fmt: skip
        assert chief.stdout is not None
        assert await chief.stdout.readline() == b"there\n"
        await press(pilot, "1", *"各楼组先自查", "f10")
        shown_there = float(await chief.stdout.readline())
        shown_here = await other_desk.seen(pilot, f"片区长甲：{other_desk.WRITTEN_HERE}")
        await press(pilot, "2", "4", *"摸清停车底数", "enter", *"+7", "f10")
        assert await asyncio.wait_for(chief.wait(), 30) == 0
    connect(district.url)
    told = {row.author_name: row for row in MinuteParagraph.select()}
    assert {name: row.text for name, row in told.items()} == {
        "值班员甲": "各楼组先自查",
        "片区长甲": other_desk.WRITTEN_HERE,
    }
    assert shown_there - told["值班员甲"].saved_at.timestamp() < WITHIN
    assert shown_here - told["片区长甲"].saved_at.timestamp() < WITHIN
    assert MeetingDecision.select().where(MeetingDecision.meeting == meeting_id).count() == 1


async def test_what_is_pressed_after_ones_own_act_is_not_overtaken_by_it(district, open_desk):
    """送审 and 审签 in one breath: the second waits until what the first did has been read."""
    meeting_id = plan(district, "running", "消防演练安排")
    async with open_desk(Role.AREA_CHIEF, "meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end", "1", *"各楼组先自查", "f10", "9", "2", "escape")
        await pilot.press("3", "2", "1", "5", "2", "1")
        await settle(pilot)
        shown = text(pilot.app)
        assert "已先一步" not in shown
        if "待审签" in shown:  # pressed before it stood there
            shown = await press(pilot, "2", "1")
        assert "已审签" in shown
    connect(district.url)
    assert Meeting.get_by_id(meeting_id).state is MeetingState.SIGNED


async def test_what_was_refused_is_no_longer_said_when_the_page_has_changed(district, open_desk):
    meeting_id = plan(district, "held", "消防演练安排")
    duty, chief = district.sessions[Role.DUTY_OFFICER], district.sessions[Role.AREA_CHIEF]
    minutes.save(duty, meeting_id, str(uuid4()), "各楼组先自查")
    ways.perform(duty, meeting_id, "submit", {}, str(uuid4()))
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "3", "2")
        assert "✗" in shown and "等主持人审签" in shown
        back = {"reason": "补一句结论"}
        await pilot.app.desk.run(
            lambda _session: ways.perform(chief, meeting_id, "return", back, str(uuid4()))
        )
        await other_desk.seen(pilot, "整理纪要")
        assert "✗" not in text(pilot.app)


async def test_a_key_held_down_deals_with_one_item(district, open_desk):
    meeting_id = plan(district, "running", "消防演练安排", "充电棚选址", "停车")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end", "up", "up")
        await pilot.press("3", "3", "3")
        await settle(pilot)
        assert "没有算" in text(pilot.app)
    connect(district.url)
    done = AgendaItem.select().where(
        AgendaItem.meeting == meeting_id, AgendaItem.state == ItemState.DISCUSSED
    )
    assert done.count() == 1
