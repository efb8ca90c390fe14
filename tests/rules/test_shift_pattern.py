"""值班表 drafted: fair over nights, weekends and holidays, past months too; rest after a night; what is vacant."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from dutydesk.rules.shift_pattern import Duty, Pattern, Tally, day_kind, draft, kinds_of, wrong_with
from dutydesk.rules.workcalendar import WorkCalendar

TWO = kinds_of("日班 08:30-18:00、夜班 18:00-08:30")
CALENDAR = WorkCalendar()
HALF_A_YEAR = [date(2026, 1, 1) + timedelta(days=number) for number in range(181)]
OCTOBER = [date(2026, 10, 1) + timedelta(days=number) for number in range(31)]


def counted(duties: list[Duty], which) -> Counter[int]:
    return Counter(duty.staff_id for duty in duties if which(duty))


def spread(counts: Counter[int], people) -> int:
    had = [counts[who] for who in people]
    return max(had) - min(had)


class TestKinds:
    def test_they_are_read_as_people_type_them(self):
        assert kinds_of("夜班 18：00至8:30，日班 8:30-18:00") == TWO
        assert [kind.night for kind in TWO] == [False, True]
        assert "、".join(map(str, TWO)) == "日班 08:30-18:00、夜班 18:00-08:30"

    @pytest.mark.parametrize("text", ["", "日班", "日班 25:00-26:00", "日班 8:00-9:00、日班 9:00-10:00"])
    def test_what_is_none_is_said(self, text):
        with pytest.raises(ValueError, match="日班 08:30-18:00"):
            kinds_of(text)

    def test_a_night_ends_on_the_next_day(self):
        start, end = TWO[1].span(date(2026, 10, 31))
        assert (start.day, end.day, end.hour, end.minute) == (31, 1, 8, 30)


class TestFairness:
    # among three the rest after a night leaves hardly a choice, but who takes the night before a holiday
    @pytest.mark.parametrize("many", [3, 4, 5, 7])
    @pytest.mark.parametrize("days", [OCTOBER, HALF_A_YEAR], ids=["a month", "half a year"])
    def test_nights_weekends_and_holidays_are_shared(self, many, days):
        people = tuple(range(1, many + 1))
        duties = draft(Pattern(TWO, people), days, CALENDAR)
        assert spread(counted(duties, lambda duty: duty.kind.night), people) <= 1
        assert spread(counted(duties, lambda duty: True), people) <= 2
        for named in ("周末", "节假日"):
            of_these = counted(duties, lambda duty, n=named: day_kind(duty.day, CALENDAR) == n)
            assert spread(of_these, people) <= 2, named

    def test_who_had_more_nights_before_has_fewer_now(self):
        past = {1: Tally(20, 14, 4, 0), 2: Tally(20, 8, 4, 0), 3: Tally(20, 8, 4, 0), 4: Tally(20, 8, 4, 0)}
        nights = counted(
            draft(Pattern(TWO, (1, 2, 3, 4)), OCTOBER, CALENDAR, past), lambda duty: duty.kind.night
        )
        assert nights[1] + 6 <= min(nights[2], nights[3], nights[4]) + 1

    def test_who_had_the_holidays_before_has_the_fewest_now(self):
        past = {who: Tally(10, 4, 2, 6 if who == 1 else 0) for who in (1, 2, 3, 4)}
        had = counted(draft(Pattern(TWO, (1, 2, 3, 4)), OCTOBER[:7], CALENDAR, past), lambda duty: True)
        assert had[1] < min(had[2], had[3], had[4])

    def test_a_newcomer_need_not_make_up_for_the_months_before(self):
        past = {who: Tally(60, 30, 16, 4) for who in (1, 2, 3)}
        nights = counted(
            draft(Pattern(TWO, (1, 2, 3, 4)), OCTOBER, CALENDAR, past), lambda duty: duty.kind.night
        )
        assert spread(nights, (1, 2, 3, 4)) <= 1


class TestRest:
    def test_nobody_has_a_duty_on_the_day_after_a_night_or_two_on_a_day(self):
        duties = draft(Pattern(TWO, (1, 2, 3)), OCTOBER, CALENDAR)
        assert wrong_with(duties) == {}
        assert all(duty.staff_id is not None for duty in duties)

    def test_the_night_before_the_month_counts(self):
        night = Duty(date(2026, 9, 30), TWO[1], 1)
        first = draft(Pattern(TWO, (1, 2, 3)), OCTOBER[:1], CALENDAR, before=[night])
        assert {duty.staff_id for duty in first} == {2, 3}

    def test_two_people_get_along_with_less_rest_and_that_is_told(self):
        duties = draft(Pattern(TWO, (1, 2)), OCTOBER[:5], CALENDAR)
        assert all(duty.staff_id is not None for duty in duties)
        assert set(wrong_with(duties).values()) == {"夜班后没休息"}
        mornings = [duty for duty in duties if not duty.kind.night]
        nights = {duty.day: duty.staff_id for duty in duties if duty.kind.night}
        assert all(duty.staff_id != nights.get(duty.day - timedelta(days=1)) for duty in mornings)

    def test_one_alone_leaves_vacancies(self):
        duties = draft(Pattern(TWO, (1,)), OCTOBER[:3], CALENDAR)
        assert "空缺" in wrong_with(duties).values()
        assert all(duty.staff_id in (1, None) for duty in duties)

    def test_who_is_away_has_none(self):
        away = ((1, date(2026, 10, 5), date(2026, 10, 20)),)
        duties = draft(Pattern(TWO, (1, 2, 3, 4), away=away), OCTOBER, CALENDAR)
        days = {duty.day.day for duty in duties if duty.staff_id == 1}
        assert days and not days & set(range(5, 21))


def test_two_duties_on_a_day_are_told():
    day = date(2026, 10, 1)
    assert wrong_with([Duty(day, TWO[0], 1), Duty(day, TWO[1], 1)]) == {(day, "夜班"): "一天两班"}


def test_a_shifted_working_day_is_no_weekend():
    assert day_kind(date(2026, 10, 10), CALENDAR) == "工作日"
    assert day_kind(date(2026, 10, 3), CALENDAR) == "节假日"
    assert day_kind(date(2026, 10, 17), CALENDAR) == "周末"
