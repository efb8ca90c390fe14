"""How the desk looks: one picture for each state that a duty officer would recognise, at a fixed moment."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from dutydesk.rules import intake, issue_acts
from dutydesk.vocabulary import Role
from tests.screens.conftest import settle


@pytest.fixture
def morning(district: Any) -> Iterator[Any]:
    """Tuesday, 24 November 2026, half past nine, with three cases in the ledger."""
    with time_machine.travel("2026-11-24T09:30:00+08:00", tick=False):
        duty = district.sign_on(Role.DUTY_OFFICER)
        told = {"source": "caller", "reporter_name": "李桂芳", "reporter_phone": "13800001234"}
        for summary, more in (
            ("三号楼楼道里堆满纸箱", {"flags": "strongly_felt"} | told),
            ("东门口垃圾桶满溢", {"category": district.categories[1], "urgency": "urgent"}),
            ("底楼天井搭了雨棚", {"category": district.categories[2]}),
        ):
            given = {"unit": district.units[0], "category": district.categories[0], "summary": summary} | more
            case = intake.register(duty, given, str(uuid.uuid4()))
            if "urgency" not in more:
                issue_acts.perform(duty, case.issue_id, None, "open", {}, str(uuid.uuid4()))
        yield district


async def at_rest(pilot: Any) -> None:
    """The cursor has rested, and the case stands beside the list."""
    await settle(pilot)
    await pilot.pause(0.3)
    await settle(pilot)


def test_today(morning, open_desk, snap_compare):
    assert snap_compare(open_desk(), terminal_size=(80, 24), run_before=at_rest)


def test_the_ledger_with_the_case_beside_it(morning, open_desk, snap_compare):
    assert snap_compare(open_desk(duty="issues"), terminal_size=(120, 36), run_before=at_rest)


def test_messages_beside_the_fields_of_the_intake(morning, open_desk, snap_compare):
    async def save_half_filled(pilot: Any) -> None:
        await settle(pilot)
        await pilot.press("tab", "tab", *"坏了", "f10")
        await at_rest(pilot)

    assert snap_compare(open_desk(duty="intake"), terminal_size=(80, 24), run_before=save_half_filled)
