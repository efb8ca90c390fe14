"""值班 on one page: what waits for oneself comes first, what was signed is said, what has become of one's swaps."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Shift
from dutydesk.rules import handover, shift_board, swaps
from dutydesk.rules.errors import NotAllowed
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State
pytestmark = pytest.mark.both
DAY = datetime(2026, 11, 24, tzinfo=CHINA)


@pytest.fixture
def desk(cases):
    """The duty officer has today and the 26th, the chief tonight and the 27th."""
    cases.made = []
    plan = ((R.DUTY_OFFICER, 8.5), (R.AREA_CHIEF, 18), (R.DUTY_OFFICER, 56.5), (R.AREA_CHIEF, 80.5))
    for who, hours in plan:
        begins = DAY + timedelta(hours=hours)
        cases.made.append(
            Shift.create(
                area=1,
                staff=cases[who].staff_id,
                name="夜班" if hours == 18 else "日班",
                starts_at=begins,
                ends_at=begins + timedelta(hours=14.5 if hours == 18 else 9.5),
            )
        )
    return cases


def lines(session, section: str) -> list[shift_board.BoardLine]:
    return [line for line in shift_board.board(session) if line.section == section]


def test_the_page_to_sign_and_the_calls_to_make(desk):
    desk.in_state(S.OPENED)
    duty = desk[R.DUTY_OFFICER]
    assert [line.text for line in lines(duty, "交班")] == ["日班交给片区长甲"]
    assert [line.text for line in lines(duty, "先行联系")] == ["1件等联系反映人"]
    this, following = (line.text for line in lines(duty, "值班表"))
    assert this.startswith("2026-11　已发布，") and following == "2026-12　还没有排"


def test_who_has_signed_is_told_so_and_who_comes_finds_it_first(desk):
    duty, chief = desk[R.DUTY_OFFICER], desk[R.AREA_CHIEF]
    page = handover.page(duty)
    handover.sign_out(duty, page.digest, {"incoming": str(chief.staff_id)}, str(uuid4()))
    (line,) = lines(duty, "交班")
    assert (line.text, line.note) == ("日班：您已签字（11月24日 10:00）", "等片区长甲签收")
    first = shift_board.board(chief)[0]
    assert (first.section, first.note, first.pressing) == ("交接记录", "等您签收", True)


def test_a_swap_is_there_for_both_until_some_days_after_it_is_settled(desk):
    duty, chief = desk[R.DUTY_OFFICER], desk[R.AREA_CHIEF]
    swap = swaps.ask(duty, desk.made[2].id, desk.made[3].id, None, "家里有事", str(uuid4()))
    assert [(line.note, line.pressing) for line in lines(duty, "换班")] == [("等对方答复", False)]
    assert [(line.note, line.pressing) for line in lines(chief, "换班")] == [("等您答复", True)]
    swaps.answer(chief, swap.id, True, str(uuid4()))
    swaps.decide(chief, swap.id, True, "", str(uuid4()))
    for session in (duty, chief):
        (line,) = lines(session, "换班")
        assert (line.key, line.note) == (f"swaps:{swap.id}", "已换")
    desk.clock.shift(timedelta(days=4))
    assert lines(duty, "换班") == []


def test_who_has_no_area_has_no_page(desk):
    with pytest.raises(NotAllowed):
        shift_board.board(desk[R.SUPERVISOR])
