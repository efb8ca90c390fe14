"""How the shift looks: the page to sign, a month's roster; at a fixed moment."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from dutydesk.models import RoleGrant, Shift, Staff
from dutydesk.rules import intake, issue_acts, roster_drafting
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role
from tests.screens.conftest import settle


@pytest.fixture
def afternoon(district: Any) -> Iterator[Any]:
    """Tuesday, 24 November 2026, four in the afternoon: two cases, a shift, two colleagues, next month drafted."""
    with time_machine.travel("2026-11-24T16:00:00+08:00", tick=False):
        duty = district.sign_on(Role.DUTY_OFFICER)
        told = {"source": "caller", "reporter_name": "李桂芳", "reporter_phone": "13800001234"}
        for summary, more in (
            ("三号楼楼道里堆满纸箱", {"flags": "strongly_felt", "urgency": "urgent"} | told),
            ("东门口垃圾桶满溢", {"category": district.categories[1]}),
        ):
            given = {"unit": district.units[0], "category": district.categories[0], "summary": summary} | more
            case = intake.register(duty, given, str(uuid.uuid4()))
            issue_acts.perform(duty, case.issue_id, None, "open", {}, str(uuid.uuid4()))
        for number, name in (("N1", "王芳"), ("N2", "李强")):
            staff = Staff.create(number=number, name=name)
            RoleGrant.create(
                staff=staff,
                role=Role.DUTY_OFFICER,
                area=district.areas[0],
                subdistrict=district.subdistrict,
                valid_from="2020-01-01",
            )
        start = datetime(2026, 11, 24, 8, 30, tzinfo=CHINA)
        for who, name, hours in ((duty.staff_id, "日班", 0), (staff.id, "夜班", 9.5)):
            begins = start + timedelta(hours=hours)
            Shift.create(
                area=district.areas[0],
                staff=who,
                name=name,
                starts_at=begins,
                ends_at=begins + timedelta(hours=9.5),
            )
        usual = roster_drafting.usual(duty, "2026-12")
        roster_drafting.make(duty, "2026-12", usual | {"away": "王芳 12-7至12-9"}, str(uuid.uuid4()))
        yield district


def pressed(*keys: str) -> Any:
    async def press(pilot: Any) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        await pilot.pause(0.3)
        await settle(pilot)

    return press


def test_the_page_to_sign(afternoon, open_desk, snap_compare):
    assert snap_compare(open_desk(duty="shift"), terminal_size=(80, 24), run_before=pressed("1"))


def test_a_month_drafted(afternoon, open_desk, snap_compare):
    assert snap_compare(open_desk(duty="shift"), terminal_size=(120, 36), run_before=pressed("3", "right"))
