"""待我定 on the screen: a key each."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from textual import events

from dutydesk.models import Issue
from dutydesk.rules import issue_acts
from dutydesk.rules.organisation import today
from dutydesk.screens.decisions import DecisionsScreen
from dutydesk.vocabulary import Role, State
from tests.screens.conftest import press, settle, text
from tests.screens.test_today import registered


@pytest.fixture(autouse=True)
def _fast_hands(monkeypatch):
    """The tests press faster than anybody reads."""
    monkeypatch.setattr(DecisionsScreen, "REST", 0.0)


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
        await press(pilot, "1")
        assert "现在没有等您定的事" in text(pilot.app)
    district.connect()
    assert Issue.get_by_id(case.issue_id).state is State.PAUSED


async def test_a_no_needs_a_reason(district, open_desk):
    case = asked(district)
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "enter")
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
            await press(pilot, key)
        assert "同意这 2 项申请？" in text(pilot.app)
        await press(pilot, "1")
        assert "已同意 2 项申请；0 撤销" in text(pilot.app)
        for key in ("0", "1"):
            await press(pilot, key)
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


async def test_what_is_pooled_comes_back_on_its_day_to_be_kept_or_taken_up(district, open_desk):
    kept, taken, paused = (registered(district) for _ in range(3))
    chief = district.sessions[Role.AREA_CHIEF]
    fields = {"until": today() + timedelta(days=7), "reason": "等配件到货"}
    for case, act in ((kept, "pool"), (taken, "pool"), (paused, "pause")):
        issue_acts.perform(chief, case.issue_id, None, "open", {}, str(uuid.uuid4()))
        issue_acts.perform(chief, case.issue_id, None, act, fields, str(uuid.uuid4()))
    Issue.update(look_again_on=today()).where(Issue.state == State.POOLED).execute()
    Issue.update(paused_until=today() - timedelta(days=1)).where(Issue.state == State.PAUSED).execute()
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert text(pilot.app).count("挂账到日：1续挂 2恢复") == 2
        assert text(pilot.app).count("缓办到日：1恢复办理") == 1
        listing = pilot.app.screen.query_one("WindowList")
        for case, digit, title in (
            (kept, "1", "挂账再议"),
            (taken, "2", "恢复办理"),
            (paused, "1", "恢复办理"),
        ):
            await listing.show(next(row.key for row in listing.source.rows if row.number == case.number))
            await settle(pilot)
            await pilot.press(digit)
            await settle(pilot)
            assert title in text(pilot.app).splitlines()[0]
            await press(pilot, "escape")


async def test_a_key_held_down_decides_one_line(district, open_desk, monkeypatch):
    monkeypatch.setattr(DecisionsScreen, "REST", 60.0)
    cases = [asked(district) for _ in range(3)]
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(5):
            await press(pilot, "1")
        assert "没有算" in text(pilot.app)
    district.connect()
    assert [Issue.get_by_id(case.issue_id).state for case in cases].count(State.PAUSED) == 1


async def test_a_key_typed_ahead_does_not_decide_a_line_that_was_not_in_sight(district, open_desk):
    cases = [asked(district) for _ in range(3)]
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(2):
            pilot.app.post_message(events.Key("1", "1"))
        await settle(pilot)
        assert "没有算" in text(pilot.app)
        await press(pilot, "1")
    district.connect()
    assert [Issue.get_by_id(case.issue_id).state for case in cases].count(State.PAUSED) == 2


async def test_enter_acts_on_all_that_is_marked(district, open_desk):
    cases = [asked(district) for _ in range(3)]
    async with open_desk(Role.AREA_CHIEF, "decisions").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("home", "space", "space", "enter", "1", "1"):
            await press(pilot, key)
        assert "已同意 2 项申请" in text(pilot.app)
    district.connect()
    assert [Issue.get_by_id(case.issue_id).state for case in cases].count(State.PAUSED) == 2
