"""值班表 drafted: fair over nights, weekends and holidays, past months too; rest after a night; days in a row; vacancies."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from dutydesk.rules.fair_draft import draft
from dutydesk.rules.roster_reading import days_of, month_after
from dutydesk.rules.shift_pattern import Duty, Pattern, Tally, day_kind, kinds_of, wrong_with
from dutydesk.rules.workcalendar import WorkCalendar

TWO = kinds_of("日班 08:30-18:00、夜班 18:00-08:30")
PATTERNS = {
    "day and night": TWO,
    "one a day": kinds_of("白班 09:00-21:00"),
    "three a day": kinds_of("早班 08:00-16:00、中班 16:00-23:00、夜班 23:00-08:00"),
}
CALENDAR = WorkCalendar()
HALF_A_YEAR = [date(2026, 1, 1) + timedelta(days=number) for number in range(181)]
OCTOBER = [date(2026, 10, 1) + timedelta(days=number) for number in range(31)]


def counted(duties: list[Duty], which) -> Counter[int]:
    return Counter(duty.staff_id for duty in duties if which(duty))


def spread(counts: Counter[int], people) -> int:
    had = [counts[who] for who in people]
    return max(had) - min(had)


def tallied(duties: list[Duty], people) -> dict[int, Tally]:
    found = {who: Tally() for who in people}
    for duty in duties:
        if duty.staff_id in found:
            found[duty.staff_id].add(duty.kind.night, day_kind(duty.day, CALENDAR))
    return found


def far_apart(duties: list[Duty], people, past: dict[int, Tally] | None = None) -> dict[str, int]:
    """What is more than one apart: the month's totals; nights, weekends and holidays with those before."""
    now, past = tallied(duties, people), past or {who: Tally() for who in people}
    found = {}
    for kind in Tally.KINDS:
        counts = [
            getattr(now[who], kind) + (getattr(past[who], kind) if kind != "total" else 0) for who in people
        ]
        if max(counts) - min(counts) > 1:
            found[kind] = max(counts) - min(counts)
    return found


def longest_row(duties: list[Duty], who: int) -> int:
    days = sorted({duty.day for duty in duties if duty.staff_id == who})
    longest = run = min(len(days), 1)
    for day, following in pairwise(days):
        run = run + 1 if following - day == timedelta(days=1) else 1
        longest = max(longest, run)
    return longest


class TestFairness:
    @pytest.mark.parametrize("many", [3, 4, 5, 7])
    @pytest.mark.parametrize("days", [OCTOBER, HALF_A_YEAR], ids=["a month", "half a year"])
    def test_nights_weekends_and_holidays_are_shared(self, many, days):
        people = tuple(range(1, many + 1))
        duties = draft(Pattern(TWO, people), days, CALENDAR)
        assert far_apart(duties, people) == {}

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


class TestByProperty:
    """Over a year of months, each beginning with what the ones before have left."""

    @pytest.mark.parametrize("many", [3, 4, 5, 6, 8, 11])
    @pytest.mark.parametrize("year", [2025, 2026])
    @pytest.mark.parametrize("shifts", ["day and night", "one a day"])
    def test_everything_is_within_one_month_after_month(self, shifts, year, many):
        people, past, before = tuple(range(1, many + 1)), {}, []
        past = {who: Tally() for who in people}
        month = f"{year}-01"
        for _ in range(12):
            duties = draft(Pattern(PATTERNS[shifts], people), days_of(month), CALENDAR, past, before)
            assert wrong_with(duties, before=before) == {}, month
            assert far_apart(duties, people, past) == {}, month
            for who, tally in tallied(duties, people).items():
                for kind in Tally.KINDS:
                    setattr(past[who], kind, getattr(past[who], kind) + getattr(tally, kind))
            before, month = duties[-30:], month_after(month)

    @pytest.mark.parametrize("seed", range(60))
    def test_who_is_never_away_is_fair_to_the_others_who_never_are(self, seed):
        dice = Random(seed)
        many = dice.randint(4, 9)
        people = tuple(range(1, many + 1))
        days = days_of(f"{dice.randint(2024, 2026)}-{dice.randint(1, 12):02d}")
        away = []
        for who in people[: dice.randint(0, many - 3)]:
            first = dice.choice(days)
            away.append((who, first, first + timedelta(days=dice.randint(0, 12))))
        pattern = Pattern(TWO, people, away=tuple(away), most=dice.choice((4, 5, 6)))
        duties = draft(pattern, days, CALENDAR)
        assert wrong_with(duties, pattern.most) == {}
        assert not any(duty.staff_id and pattern.is_away(duty.staff_id, duty.day) for duty in duties)
        always = [who for who in people if who not in {each for each, *_ in away}]
        assert far_apart(duties, always) == {}
        assert all(longest_row(duties, who) <= pattern.most for who in people)

    @pytest.mark.parametrize("many", [5, 6, 7])
    def test_three_shifts_a_day(self, many):
        people = tuple(range(1, many + 1))
        for month in range(1, 13):
            duties = draft(Pattern(PATTERNS["three a day"], people), days_of(f"2026-{month:02d}"), CALENDAR)
            assert wrong_with(duties) == {} and far_apart(duties, people) == {}, month

    def test_the_same_question_has_the_same_answer(self):
        pattern = Pattern(TWO, (1, 2, 3, 4, 5))
        assert draft(pattern, OCTOBER, CALENDAR) == draft(pattern, OCTOBER, CALENDAR)


class TestDaysInARow:
    def test_no_more_than_the_office_has_set(self):
        for most in (2, 3, 5):
            duties = draft(Pattern(TWO, (1, 2, 3, 4, 5), most=most), OCTOBER, CALENDAR)
            assert max(longest_row(duties, who) for who in range(1, 6)) <= most

    def test_those_of_the_month_before_count(self):
        before = [Duty(date(2026, 9, day), TWO[0], 1) for day in range(26, 31)]
        duties = draft(Pattern(TWO, (1, 2, 3, 4)), OCTOBER, CALENDAR, before=before)
        assert all(duty.staff_id != 1 for duty in duties if duty.day == OCTOBER[0])

    def test_with_too_few_people_it_is_more_and_told(self):
        duties = draft(Pattern(kinds_of("白班 09:00-21:00"), (1,)), OCTOBER, CALENDAR)
        wrong = wrong_with(duties)
        assert all(duty.staff_id == 1 for duty in duties) and wrong[OCTOBER[5], "白班"] == "连上6天"


def test_who_is_away_for_half_the_month_has_half_of_it():
    away = ((1, OCTOBER[0], OCTOBER[15]),)
    totals = counted(draft(Pattern(TWO, (1, 2, 3, 4, 5), away=away), OCTOBER, CALENDAR), lambda duty: True)
    assert 6 <= totals[1] <= 8 and min(totals[who] for who in (2, 3, 4, 5)) >= 13
