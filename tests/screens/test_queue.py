"""A queue of cases, one at a time: keys pressed too early, what other desks do meanwhile, what is put aside."""

from __future__ import annotations

import uuid

import pytest
from textual import events
from textual.worker import WorkerState

from dutydesk.rules import intake, issue_acts
from dutydesk.screens.triage import TriageScreen
from dutydesk.vocabulary import Role, State
from dutydesk.widgets.frame import TitleLine
from tests.screens.conftest import lines, press, settle, text
from tests.screens.test_today import registered
from tests.screens.test_triage import states, waiting

pytestmark = pytest.mark.usefixtures("fast_hands")


async def test_keys_typed_ahead_do_not_act_on_a_case_that_was_not_in_sight(speaking, open_desk):
    """Two Enters arrive in one bunch over a poor line: the second was meant for nothing that was read."""
    waiting(speaking, 3)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app = pilot.app
        for _ in range(2):
            app.post_message(events.Key("enter", "\r"))
        await settle(pilot)
        assert "没有算" in text(app)
        assert lines(app)[0].startswith("待立案　还有2件")
    assert states(speaking) == [State.ASSIGNED, State.REPORTED, State.REPORTED]


async def test_a_full_width_digit_typed_ahead_does_not_act_either(speaking, open_desk):
    waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        pilot.app.post_message(events.Key("enter", "\r"))
        pilot.app.post_message(events.Key("７", "７"))
        await settle(pilot)
        assert "没有算" in text(pilot.app)
        await press(pilot, "７")
        assert "先放着" in text(pilot.app)


async def test_a_key_held_down_takes_one_case(speaking, open_desk, monkeypatch):
    monkeypatch.setattr(TriageScreen, "REST", 60.0)
    waiting(speaking, 4)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(5):
            await press(pilot, "enter")
        assert lines(pilot.app)[0].startswith("待立案　还有3件")
    assert states(speaking).count(State.ASSIGNED) == 1


async def test_what_another_desk_does_to_the_case_in_sight_is_told_and_it_is_not_acted_on(
    speaking, open_desk
):
    first, second = waiting(speaking, 2)
    chief = speaking.sessions[Role.AREA_CHIEF]
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.app.desk.run(
            lambda _s: issue_acts.perform(chief, first.issue_id, None, "open", {}, str(uuid.uuid4()))
        )
        await settle(pilot)
        assert "片区长甲刚对" in text(pilot.app) and "按 Enter 看下一件" in text(pilot.app)
        await press(pilot, "enter")
        assert second.number in text(pilot.app)
    assert states(speaking) == [State.OPENED, State.REPORTED]


async def test_a_case_that_changed_and_waits_still_is_proposed_anew(speaking, open_desk):
    case = registered(speaking, "三号楼道堆放旧家具")
    chief = speaking.sessions[Role.AREA_CHIEF]
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        flags = {"flags": "strongly_felt"}
        await pilot.app.desk.run(
            lambda _s: issue_acts.perform(chief, case.issue_id, None, "flag", flags, str(uuid.uuid4()))
        )
        await settle(pilot)
        assert "提议已按最新情况重算" in text(pilot.app).replace("\n", "") and "★ 群众反映强烈" in text(
            pilot.app
        )
        await press(pilot, "enter")
    assert states(speaking) == [State.ASSIGNED]


async def test_a_case_put_aside_stays_and_comes_again(speaking, open_desk):
    first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "7")
        assert second.number in lines(pilot.app)[1]
        await press(pilot, "enter")
        assert "还有1件先放着" in text(pilot.app)
        await press(pilot, "enter")
        assert first.number in lines(pilot.app)[1]
    assert states(speaking) == [State.REPORTED, State.ASSIGNED]


async def test_what_comes_while_the_queue_is_empty_appears_by_itself(speaking, open_desk):
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "没有等待立案的问题" in text(pilot.app)
        given = {
            "unit": speaking.units[0],
            "category": speaking.categories[0],
            "summary": "三号楼道堆放旧家具",
        }
        chief = speaking.sessions[Role.AREA_CHIEF]
        await pilot.app.desk.run(lambda _s: intake.register(chief, given, str(uuid.uuid4())))
        await settle(pilot)
        assert "三号楼道堆放旧家具" in text(pilot.app)


async def test_the_next_case_is_ready_before_it_is_asked_for(speaking, open_desk):
    _first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TriageScreen) and screen.upcoming is not None
        assert screen.upcoming.sheet.number == second.number


async def test_what_waits_for_an_answer_ends_with_its_screen(speaking, open_desk):
    waiting(speaking, 1)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = pilot.app.screen
        await press(pilot, "escape")
        assert pilot.app.screen is not screen

        async def late() -> None:
            screen.query_one(TitleLine)

        worker = screen.run_worker(late)
        await settle(pilot)
        assert worker.state is WorkerState.CANCELLED


@pytest.mark.parametrize("key", ["u", "0"])
async def test_the_last_one_is_taken_back_and_stands_here_again(speaking, open_desk, key):
    first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert second.number in lines(pilot.app)[1]
        await press(pilot, key, "1")
        assert first.number in lines(pilot.app)[1]
    assert states(speaking) == [State.REPORTED] * 2


async def test_what_was_changed_is_undone_with_the_rest(speaking, open_desk):
    waiting(speaking, 1)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = await press(pilot, "2", "2")
        assert "2 紧急　紧急（已改）" in before
        await press(pilot, "enter", "u", "1")
        shown = text(pilot.app)
        assert "已撤销" in shown
        assert "2 紧急　一般" in shown


async def test_what_was_changed_is_not_lost_without_a_word(speaking, open_desk):
    first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "2")
        await press(pilot, "7", "7", "enter")  # put aside, both, and from the beginning
        assert first.number in lines(pilot.app)[1]
        assert "2 紧急　紧急（已改）" in text(pilot.app)
        await press(pilot, "escape")
        assert lines(pilot.app)[0].startswith("待立案")
        assert f"{first.number} 改过的还没有办" in text(pilot.app)
        await press(pilot, "escape")
        assert lines(pilot.app)[0].startswith("今日")
    assert second
