"""From what a 值班表 is made: shifts as they are typed, what counts as what, what is wrong with some duties."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.rules.shift_pattern import Duty, day_kind, kinds_of, wrong_with
from dutydesk.rules.workcalendar import WorkCalendar

TWO = kinds_of("日班 08:30-18:00、夜班 18:00-08:30")
CALENDAR = WorkCalendar()


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


def test_two_duties_on_a_day_are_told():
    day = date(2026, 10, 1)
    assert wrong_with([Duty(day, TWO[0], 1), Duty(day, TWO[1], 1)]) == {(day, "夜班"): "一天两班"}


def test_a_shifted_working_day_is_no_weekend():
    assert day_kind(date(2026, 10, 10), CALENDAR) == "工作日"
    assert day_kind(date(2026, 10, 3), CALENDAR) == "节假日"
    assert day_kind(date(2026, 10, 17), CALENDAR) == "周末"


class TestTooManyDaysInARow:
    def test_from_the_sixth_day_on_it_is_told(self):
        days = [date(2026, 10, 1) + timedelta(days=number) for number in range(7)]
        assert wrong_with([Duty(day, TWO[0], 1) for day in days]) == {
            (days[5], "日班"): "连上6天",
            (days[6], "日班"): "连上7天",
        }

    def test_the_month_before_counts_but_is_not_told(self):
        days = [date(2026, 9, 27) + timedelta(days=number) for number in range(7)]
        duties = [Duty(day, TWO[0], 1) for day in days]
        assert wrong_with(duties[4:], before=duties[:4]) == {
            (days[5], "日班"): "连上6天",
            (days[6], "日班"): "连上7天",
        }

    def test_a_day_off_begins_anew_and_the_office_sets_how_many(self):
        days = [date(2026, 10, number) for number in (1, 2, 3, 5, 6, 7)]
        duties = [Duty(day, TWO[0], 1) for day in days]
        assert wrong_with(duties, 3) == {}
        assert set(wrong_with(duties, 2)) == {(days[2], "日班"), (days[5], "日班")}
