"""How meetings look: the agenda and the minutes, at a fixed moment."""

from __future__ import annotations

import uuid
from typing import Any

import time_machine

from dutydesk.rules.meetings import items, minutes, series, ways
from dutydesk.vocabulary import Role
from tests.screens.conftest import press, settle

MOMENT = "2026-11-24T09:30:00+08:00"


def planned(district: Any) -> tuple[Any, int]:
    """A meeting of the first area on 26 November with two items, and the duty officer who arranged it."""
    duty = district.sign_on(Role.DUTY_OFFICER)
    fields = {"kind": "biweekly", "on": "2026-11-26", "starts": "14:00", "place": "片区会议室"}
    meeting_id = series.extra(duty, district.areas[0], fields, str(uuid.uuid4()))
    for title in ("消防演练安排", "电动车充电棚选址"):
        items.add(duty, meeting_id, {"title": title}, str(uuid.uuid4()))
    return duty, meeting_id


def test_the_agenda(district, open_desk, snap_compare):
    async def opened(pilot: Any) -> None:
        await settle(pilot)
        await press(pilot, "1")

    with time_machine.travel(MOMENT, tick=False):
        planned(district)
        assert snap_compare(open_desk(duty="meetings"), terminal_size=(80, 24), run_before=opened)


def test_the_minutes_that_wait_for_the_chair(district, open_desk, snap_compare):
    async def opened(pilot: Any) -> None:
        await settle(pilot)
        await press(pilot, "3")

    with time_machine.travel(MOMENT, tick=False):
        duty, meeting_id = planned(district)
        item_id = items.of_meeting(meeting_id)[0].id
        ways.perform(duty, meeting_id, "begin", {}, str(uuid.uuid4()))
        minutes.save(duty, meeting_id, str(uuid.uuid4()), "各楼组先自查，周五前报。", item_id)
        for act in ("end", "submit"):
            ways.perform(duty, meeting_id, act, {}, str(uuid.uuid4()))
        assert snap_compare(open_desk(Role.AREA_CHIEF, "meetings"), terminal_size=(80, 24), run_before=opened)
