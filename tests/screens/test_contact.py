"""先行联系 on the screen: one case at a time with its clock, one key for a call."""

from __future__ import annotations

import uuid

import pytest

from dutydesk.models import Issue, IssueStep, Promise
from dutydesk.rules import intake, issue_acts
from dutydesk.screens.queue import QueueScreen
from dutydesk.vocabulary import Role
from tests.screens.conftest import press, settle, text


@pytest.fixture(autouse=True)
def _keys_as_they_come(monkeypatch):
    monkeypatch.setattr(QueueScreen, "REST", 0.0)


def to_call(district, summary: str) -> str:
    duty = district.sessions[Role.DUTY_OFFICER]
    fields = {
        "unit": district.units[0],
        "category": district.categories[0],
        "summary": summary,
        "source": "caller",
        "reporter_name": "王小明",
        "reporter_phone": "13800001234",
    }
    case = intake.register(duty, fields, str(uuid.uuid4()))
    issue_acts.perform(duty, case.issue_id, None, "open", {}, str(uuid.uuid4()))
    return case.number


async def test_one_key_records_the_call_and_the_next_one_comes(district, open_desk):
    first, second = to_call(district, "三号楼楼道里堆满纸箱"), to_call(district, "底楼天井搭了雨棚")
    async with open_desk(Role.DUTY_OFFICER, "contact").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert first in text(pilot.app) and "前联系" in text(pilot.app) and "还有2件" in text(pilot.app)
        await press(pilot, "enter")  # nobody can have called: the number was not shown
        assert "打过电话再按 Enter" in text(pilot.app) and "还有2件" in text(pilot.app)
        await press(pilot, "enter")
        assert f"{first} 已记：电话联系反映人" in text(pilot.app) and second in text(pilot.app)
        await press(pilot, "enter", "enter")
        assert "没有等待先行联系的反映人" in text(pilot.app)
        await press(pilot, "0", "1")
        assert second in text(pilot.app)
    district.connect()
    assert Issue.select().where(Issue.first_contact_at.is_null(False)).count() == 1


async def test_the_number_is_revealed_on_record_before_the_call(district, open_desk):
    to_call(district, "三号楼楼道里堆满纸箱")
    async with open_desk(Role.DUTY_OFFICER, "contact").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "13800001234" not in text(pilot.app)
        await press(pilot, "3", "1")
        assert "13800001234" in text(pilot.app)


async def test_a_call_in_vain_puts_it_aside_and_is_told_when_it_comes_again(district, open_desk):
    to_call(district, "三号楼楼道里堆满纸箱")
    async with open_desk(Role.DUTY_OFFICER, "contact").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "1")
        assert "还有1件先放着" in text(pilot.app)
        await press(pilot, "enter")
        assert "先行联系未果：电话无人接听" in text(pilot.app)
    district.connect()
    assert IssueStep.select().where(IssueStep.name == "note").count() == 1


async def test_what_was_promised_is_typed_with_what_was_said(district, open_desk):
    to_call(district, "三号楼楼道里堆满纸箱")
    async with open_desk(Role.DUTY_OFFICER, "contact").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "1", "2")
        await pilot.press(*"很着急", "tab", *"明早带工具上门", "f10")
        await settle(pilot)
        assert "没有等待先行联系的反映人" in text(pilot.app)
    district.connect()
    assert Promise.get().text == "明早带工具上门"


async def test_today_opens_it(district, open_desk):
    number = to_call(district, "三号楼楼道里堆满纸箱")
    async with open_desk(Role.DUTY_OFFICER).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "等待先行联系" in text(pilot.app)
        for _ in range(9):
            line = next((each for each in text(pilot.app).split("\n") if each.startswith("▶")), "")
            if "等待先行联系" in line:
                break
            await press(pilot, "down")
        await press(pilot, "enter")
        assert number in text(pilot.app) and "前联系" in text(pilot.app)
