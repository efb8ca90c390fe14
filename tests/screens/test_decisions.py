"""待我定 on the screen: a key each."""

from __future__ import annotations

import uuid
from datetime import timedelta

from dutydesk.models import Issue
from dutydesk.rules import issue_acts
from dutydesk.rules.organisation import today
from dutydesk.vocabulary import Role, State
from tests.screens.conftest import settle, text
from tests.screens.test_today import registered


def asked(district, act: str = "ask_pause"):
    """A case for which the duty officer has asked the chief."""
    case = registered(district)
    duty = district.sessions[Role.DUTY_OFFICER]
    issue_acts.perform(duty, case.issue_id, None, "open", {}, str(uuid.uuid4()))
    fields = {"until": today() + timedelta(days=7), "reason": "等配件到货"}
    issue_acts.perform(duty, case.issue_id, None, act, fields, str(uuid.uuid4()))
    return case


async def test_one_key_grants_what_was_asked(district, open_desk):
    case = asked(district)
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "等配件到货" in text(pilot.app)
        await pilot.press("1")
        await settle(pilot)
        assert "现在没有等您定的事" in text(pilot.app)
    district.connect()
    assert Issue.get_by_id(case.issue_id).state is State.PAUSED


async def test_a_no_needs_a_reason(district, open_desk):
    case = asked(district)
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "至少写两个字" in text(pilot.app)
        await pilot.press(*"先催供应商", "enter")
        await settle(pilot)
        assert "现在没有等您定的事" in text(pilot.app)
    district.connect()
    assert Issue.get_by_id(case.issue_id).state is State.OPENED


async def test_marked_requests_are_granted_together_and_taken_back(district, open_desk):
    cases = [asked(district) for _ in range(3)]
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("home", "space", "space", "1"):
            await pilot.press(key)
            await settle(pilot)
        assert "同意这 2 项申请？" in text(pilot.app)
        await pilot.press("1")
        await settle(pilot)
        assert "已同意 2 项申请；u 撤销" in text(pilot.app)
        for key in ("u", "1"):
            await pilot.press(key)
            await settle(pilot)
        assert "已撤销 2 件的缓办" in text(pilot.app)
    district.connect()
    assert {Issue.get_by_id(case.issue_id).state for case in cases} == {State.OPENED}


async def test_a_word_on_what_has_changed_since_is_refused_with_who_and_what(district, open_desk):
    case = asked(district)
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        waiting = pilot.app.screen.query_one("WindowList").row.waiting
        duty = district.sessions[Role.DUTY_OFFICER]
        await pilot.app.desk.run(
            lambda _session: issue_acts.perform(
                duty, case.issue_id, None, "note", {"text": "配件到了"}, str(uuid.uuid4())
            )
        )
        await pilot.app.screen._decide(waiting, agree=True)
        assert "值班员甲已先一步备注：配件到了" in text(pilot.app)
    district.connect()
    assert Issue.get_by_id(case.issue_id).state is State.OPENED
