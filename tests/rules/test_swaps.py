"""换班: agreed by both and the chief; what a swap would make wrong is told before it is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Shift, ShiftSwap
from dutydesk.rules import decisions, swaps, today
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, SwapState
from tests.rules.rosters import with_colleagues

R = Role
pytestmark = pytest.mark.both


@pytest.fixture
def desk(cases):
    """Two colleagues more: with the duty officer and the chief four may have duties."""
    return with_colleagues(cases)


@pytest.fixture
def wish(desk):
    """A duty of the officer's on the 9th and one of 王芳's on the 12th, with a wish to swap them."""
    duty, wang = desk[R.DUTY_OFFICER], desk.colleagues[0]
    made = []
    for session, day in ((duty, 9), (wang, 12)):
        start = datetime(2026, 12, day, 8, 30, tzinfo=CHINA)
        made.append(
            Shift.create(
                area=1,
                staff=session.staff_id,
                name="日班",
                starts_at=start,
                ends_at=start + timedelta(hours=9.5),
            )
        )
    desk.shifts = made
    desk.swap = swaps.ask(duty, made[0].id, made[1].id, None, "家里有事", str(uuid4()))
    return desk


def holders(desk) -> list[int]:
    return [Shift.get_by_id(shift.id).staff_id for shift in desk.shifts]


class TestSwaps:
    def test_both_agree_then_the_chief_and_it_is_done(self, wish):
        duty, wang, chief = wish[R.DUTY_OFFICER], wish.colleagues[0], wish[R.AREA_CHIEF]
        needs = [line.text for line in today.today_sheet(wang, None).needs]
        assert "换班等我答复" in needs
        assert decisions.count(chief) == 0
        assert not swaps.answer(wang, wish.swap.id, True, str(uuid4())).decides
        assert decisions.count(chief) == 1
        (asked,) = decisions.waiting(chief)
        assert (asked.kind, asked.summary) == ("swap", "值班员甲 12月9日 日班 换 王芳 12月12日 日班")
        done = swaps.decide(chief, wish.swap.id, True, "", str(uuid4()))
        assert done.state is SwapState.DONE
        assert holders(wish) == [wang.staff_id, duty.staff_id]
        assert decisions.count(chief) == 0
        assert check() == []

    def test_a_chief_who_takes_a_duty_over_is_told_to_decide_it_too(self, wish):
        duty, chief = wish[R.DUTY_OFFICER], wish[R.AREA_CHIEF]
        swaps.withdraw(duty, wish.swap.id, str(uuid4()))
        asked = swaps.ask(duty, wish.shifts[0].id, None, chief.staff_id, "看病", str(uuid4()))
        agreed = swaps.answer(chief, asked.id, True, str(uuid4()))
        assert (agreed.state, agreed.decides) == (SwapState.AGREED, True)
        assert decisions.count(chief) == 1

    def test_the_colleague_or_the_chief_may_say_no(self, wish):
        duty, wang, chief = wish[R.DUTY_OFFICER], wish.colleagues[0], wish[R.AREA_CHIEF]
        before = holders(wish)
        assert swaps.answer(wang, wish.swap.id, False, str(uuid4())).state is SwapState.REFUSED
        again = swaps.ask(duty, wish.shifts[0].id, wish.shifts[1].id, None, "真的有事", str(uuid4()))
        swaps.answer(wang, again.id, True, str(uuid4()))
        with pytest.raises(Refused, match="写明理由"):
            swaps.decide(chief, again.id, False, "", str(uuid4()))
        swaps.decide(chief, again.id, False, "那天人手不够", str(uuid4()))
        assert holders(wish) == before
        assert swaps.listed(duty)[0].warning == "那天人手不够"

    def test_each_says_only_what_is_his_to_say(self, wish):
        duty, chief = wish[R.DUTY_OFFICER], wish[R.AREA_CHIEF]
        with pytest.raises(NotAllowed):
            swaps.answer(duty, wish.swap.id, True, str(uuid4()))
        with pytest.raises(Refused, match="等对方答复"):
            swaps.decide(chief, wish.swap.id, True, "", str(uuid4()))
        with pytest.raises(NotAllowed):
            swaps.withdraw(wish.colleagues[0], wish.swap.id, str(uuid4()))
        assert swaps.withdraw(duty, wish.swap.id, str(uuid4())).state is SwapState.WITHDRAWN

    def test_one_may_take_a_duty_over(self, wish):
        duty, li = wish[R.DUTY_OFFICER], wish.colleagues[1]
        swaps.withdraw(duty, wish.swap.id, str(uuid4()))
        swap = swaps.ask(duty, wish.shifts[0].id, None, li.staff_id, "看病", str(uuid4()))
        swaps.answer(li, swap.id, True, str(uuid4()))
        swaps.decide(wish[R.AREA_CHIEF], swap.id, True, "", str(uuid4()))
        assert holders(wish)[0] == li.staff_id

    def test_only_the_own_duty_to_come_and_in_one_swap_at_a_time(self, wish):
        duty = wish[R.DUTY_OFFICER]
        with pytest.raises(Refused, match="已经在换"):
            swaps.ask(duty, wish.shifts[0].id, wish.shifts[1].id, None, "又有事", str(uuid4()))
        swaps.withdraw(duty, wish.swap.id, str(uuid4()))
        with pytest.raises(Refused, match="只能换自己的班"):
            swaps.ask(duty, wish.shifts[1].id, wish.shifts[0].id, None, "有事", str(uuid4()))
        wish.clock.move_to(datetime(2026, 12, 9, 9, tzinfo=CHINA))
        with pytest.raises(Refused, match="已经开始"):
            swaps.ask(duty, wish.shifts[0].id, wish.shifts[1].id, None, "有事", str(uuid4()))

    def test_nobody_without_duties_here_is_asked(self, wish):
        duty = wish[R.DUTY_OFFICER]
        swaps.withdraw(duty, wish.swap.id, str(uuid4()))
        with pytest.raises(Refused, match="那天不在本片区值班"):
            swaps.ask(duty, wish.shifts[0].id, None, wish[R.HANDLER].staff_id, "看病", str(uuid4()))

    def test_who_was_asked_still_sees_it_after_answering(self, wish):
        wang = wish.colleagues[0]
        swaps.answer(wang, wish.swap.id, True, str(uuid4()))
        (line,) = swaps.listed(wang)
        assert (line.state, line.asked, line.mine, line.fresh) == (SwapState.AGREED, False, False, True)
        swaps.decide(wish[R.AREA_CHIEF], wish.swap.id, True, "", str(uuid4()))
        wish.clock.shift(timedelta(days=4))
        assert [line.fresh for line in swaps.listed(wang)] == [False]

    def test_what_each_swap_would_make_wrong_is_told_before_it_is_asked(self, wish):
        duty, wang = wish[R.DUTY_OFFICER], wish.colleagues[0]
        start = datetime(2026, 12, 9, 18, tzinfo=CHINA)
        Shift.create(
            area=1,
            staff=wang.staff_id,
            name="夜班",
            starts_at=start,
            ends_at=start + timedelta(hours=14.5),
        )
        own = swaps.coming(duty)
        assert [line.words for line in own] == ["12月9日 周三 日班"]
        told = {line.words: line.warning for line in swaps.offers(duty, own[0].shift_id)}
        assert told == {
            "12月9日 周三 夜班 王芳": "",
            "12月12日 周六 日班 王芳": "王芳12月9日一天两班",
        }
        told = {line.words: line.warning for line in swaps.stand_ins(duty, own[0].shift_id)}
        assert told["王芳"] == "王芳12月9日一天两班" and told["李强"] == "" and "值班员甲" not in told

    def test_those_that_fit_stand_first_and_nobody_is_named_twice(self, wish):
        duty, wang = wish[R.DUTY_OFFICER], wish.colleagues[0]
        for day, hour, hours in ((8, 18, 14.5), (9, 18, 14.5)):  # a night before and one on the day itself
            start = datetime(2026, 12, day, hour, tzinfo=CHINA)
            ends = start + timedelta(hours=hours)
            Shift.create(area=1, staff=wang.staff_id, name="夜班", starts_at=start, ends_at=ends)
        found = swaps.stand_ins(duty, wish.shifts[0].id)
        assert [bool(line.warning) for line in found] == sorted(bool(line.warning) for line in found)
        assert found[-1].words == "王芳" and found[-1].warning.count("王芳") == 1
        assert "、" in found[-1].warning

    def test_too_many_days_in_a_row_are_told(self, wish):
        for day in range(13, 18):
            start = datetime(2026, 12, day, 8, 30, tzinfo=CHINA)
            Shift.create(
                area=1,
                staff=wish[R.DUTY_OFFICER].staff_id,
                name="日班",
                starts_at=start,
                ends_at=start + timedelta(hours=9.5),
            )
        (line,) = swaps.listed(wish.colleagues[0])
        assert line.warning == "值班员甲12月17日连上6天"

    def test_what_it_would_make_wrong_is_told(self, wish):
        start = datetime(2026, 12, 11, 18, tzinfo=CHINA)
        Shift.create(
            area=1,
            staff=wish[R.DUTY_OFFICER].staff_id,
            name="夜班",
            starts_at=start,
            ends_at=start + timedelta(hours=14.5),
        )
        (line,) = swaps.listed(wish.colleagues[0])
        assert line.warning == "值班员甲12月12日夜班后没休息"

    def test_a_duty_that_has_changed_hands_is_not_swapped(self, wish):
        swaps.answer(wish.colleagues[0], wish.swap.id, True, str(uuid4()))
        Shift.update(staff=wish.colleagues[1].staff_id).where(Shift.id == wish.shifts[1].id).execute()
        with pytest.raises(Refused, match="已不是王芳的班"):
            swaps.decide(wish[R.AREA_CHIEF], wish.swap.id, True, "", str(uuid4()))
        assert ShiftSwap.get().state is SwapState.AGREED

    def test_who_reads_it_is_addressed(self, wish):
        duty, wang = wish[R.DUTY_OFFICER], wish.colleagues[0]
        start = datetime(2026, 12, 11, 18, tzinfo=CHINA)
        ends = start + timedelta(hours=14.5)
        Shift.create(area=1, staff=duty.staff_id, name="夜班", starts_at=start, ends_at=ends)
        (own,) = [line for line in swaps.listed(duty) if line.mine]
        assert own.warning == "您12月12日夜班后没休息"
        (asked,) = swaps.listed(wang)
        assert asked.warning == "值班员甲12月12日夜班后没休息"
        found = {line.words: line.warning for line in swaps.offers(duty, wish.shifts[0].id)}
        assert found["12月12日 周六 日班 王芳"] == "您12月12日夜班后没休息"
