"""Deadlines against the reference table, against a count of single minutes, and in words."""

from __future__ import annotations

import csv
import random
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from dutydesk.rules.deadlines import (
    LimitUnit,
    TimeLimit,
    due,
    explain,
    extended_by_pause,
    is_due_today,
    is_overdue,
    time_left,
)
from dutydesk.rules.workcalendar import CHINA, OfficeHours, WorkCalendar

WORK_HOURS, WORK_DAYS, CLOCK_HOURS, WORK_MINUTES = LimitUnit
CALENDAR = WorkCalendar()

EXPLAINED = {
    "National Day and lunch": "立案 9月30日16:00，8工作时：当日2小时，跳过国庆假期10月1日至7日，10月8日6小时 → 10月8日16:30",
    "start at closing time": "立案 9月30日18:00（下班后），1工作时：跳过国庆假期10月1日至7日，10月8日1小时 → 10月8日10:00",
    "start in a holiday": "立案 10月3日10:00，7.5工作时：跳过国庆假期10月3日至7日，10月8日7.5小时 → 10月8日18:00",
    "shifted working Saturday": "立案 10月9日17:00，2工作时：当日1小时，10月10日（调休上班）1小时 → 10月10日10:00",
    "shifted Saturday then Sunday": "立案 10月10日14:00，8工作时：当日（调休上班）4小时，跳过周末10月11日，"
    "10月12日4小时 → 10月12日14:30",
    "shifted working Sunday": "立案 9月18日17:30，1工作时：当日30分钟，跳过周末9月19日，"
    "9月20日（调休上班）30分钟 → 9月20日09:30",
    "Mid-Autumn; due at the lunch edge": "立案 9月24日11:30，8工作时：当日5小时，跳过中秋假期9月25日至27日，"
    "9月28日3小时 → 9月28日12:00",
    "start at lunch": "立案 9月8日12:30（午休），4.5工作时：当日4.5小时 → 9月8日18:00",
    "start at midnight": "立案 9月8日23:59（下班后），7.5工作时：9月9日7.5小时 → 9月9日18:00",
    "shifted Saturday and Spring Festival": "立案 2月13日16:00，16工作时：当日2小时，2月14日（调休上班）7.5小时，"
    "跳过春节假期2月15日至23日，2月24日6.5小时 → 2月24日17:00",
    "plain weekend": "立案 9月11日16:00，8工作时：当日2小时，跳过周末9月12日至13日，9月14日6小时 → 9月14日16:30",
    "across lunch": "立案 9月8日11:45，30工作分钟：当日30分钟 → 9月8日13:45",
    "Saturday night; three days": "立案 9月19日22:00，22.5工作时：跳过周末9月19日，9月20日（调休上班）7.5小时，"
    "9月21日至22日15小时 → 9月22日18:00",
    "year's edge (2027 is not needed)": "立案 12月31日16:00，2工作时：当日2小时 → 12月31日18:00",
}


def at(text: str) -> datetime:
    """An instant in China's time, of 2026 where no year is given."""
    return datetime.fromisoformat(text if text.startswith("20") else f"2026-{text}").replace(tzinfo=CHINA)


def reference_cases() -> list[dict[str, str]]:
    """The rows of the reference table, counted twice independently for office hours of 450 minutes."""
    with (Path(__file__).parent / "deadline_cases.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", reference_cases(), ids=lambda case: case["covers"])
def test_a_reference_case_is_due_and_explained(case: dict[str, str]) -> None:
    """The table's instant, and the line word for word."""
    limit = TimeLimit(int(case["working_minutes"]), WORK_MINUTES)
    due_at = due(at(case["start"]), limit, CALENDAR)
    assert due_at == at(case["due"])
    assert explain(at(case["start"]), limit, CALENDAR, due_at) == EXPLAINED[case["covers"]]


def test_hours_and_minutes_count_alike_and_seconds_are_cut() -> None:
    """Eight hours are 480 minutes; UTC is the same instant."""
    start = at("09-30 16:00:59")
    assert due(start, TimeLimit(8, WORK_HOURS), CALENDAR) == at("10-08 16:30")
    assert due(start.astimezone(UTC), TimeLimit(480, WORK_MINUTES), CALENDAR) == at("10-08 16:30")


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("09-30 16:00", 1, "10-08 18:00"),
        ("09-30 08:00", 1, "10-08 18:00"),
        ("09-30 23:00", 3, "10-10 18:00"),
        ("10-03 10:00", 1, "10-08 18:00"),
        ("09-11 16:00", 5, "09-18 18:00"),
        ("09-18 16:00", 1, "09-20 18:00"),
    ],
)
def test_working_days_begin_on_the_day_after(start: str, days: int, expected: str) -> None:
    """Due at the end of office hours; 10-10 and 09-20 are shifted working days."""
    assert due(at(start), TimeLimit(days, WORK_DAYS), CALENDAR) == at(expected)


def test_clock_hours_run_round_the_clock() -> None:
    """Through night and holiday."""
    assert due(at("10-01 20:00"), TimeLimit(24, CLOCK_HOURS), CALENDAR) == at("10-02 20:00")


def test_a_limit_of_nothing_is_refused() -> None:
    """It would be over before it starts."""
    with pytest.raises(ValueError, match="at least one"):
        TimeLimit(0, WORK_DAYS)


def test_an_office_with_other_hours_and_days_counts_its_own() -> None:
    """Hours 8:30 to 11:30 and 13:00 to 17:00, and a day closed for a typhoon, named in the line."""
    calendar = WorkCalendar(
        OfficeHours.parse("08:30-11:30 13:00-17:00"), {date(2026, 9, 9): (False, "台风停工")}
    )
    start, limit = at("09-08 16:00"), TimeLimit(4, WORK_HOURS)
    assert due(start, limit, calendar) == at("09-10 11:30")
    assert (
        explain(start, limit, calendar, at("09-10 11:30"))
        == "立案 9月8日16:00，4工作时：当日1小时，跳过台风停工9月9日，9月10日3小时 → 9月10日11:30"
    )


def in_hours(moment: datetime) -> bool:
    """Whether the minute that begins at `moment` is one of the default office hours."""
    inside = time(9) <= moment.time() < time(12) or time(13, 30) <= moment.time() < time(18)
    return inside and CALENDAR.is_working(moment.date())


def counted_due(start: datetime, minutes: int) -> datetime:
    """The end of the minute in which the last office minute is used, by going through all of them."""
    moment = start
    while minutes:
        minutes -= in_hours(moment)
        moment += timedelta(minutes=1)
    return moment


def random_instants(seed: int, count: int) -> list[tuple[random.Random, datetime]]:
    """Seeded random minutes of 2026."""
    chance = random.Random(seed)
    first = datetime(2026, 1, 1, tzinfo=CHINA)
    return [(chance, first + timedelta(minutes=chance.randrange(330 * 1440))) for _ in range(count)]


def test_working_minutes_agree_with_a_count_of_single_minutes() -> None:
    """A few hundred random cases; the answer is never the beginning of office hours."""
    for chance, start in random_instants(1, 300):
        minutes = chance.choice((chance.randint(1, 60), chance.randint(1, 2000), 450 * chance.randint(1, 4)))
        due_at = due(start, TimeLimit(minutes, WORK_MINUTES), CALENDAR)
        assert due_at == counted_due(start, minutes), (start, minutes)
        assert due_at.time() not in (time(9), time(13, 30))
        assert CALENDAR.working_minutes_between(start, due_at) == minutes


def test_working_days_agree_with_a_count_of_single_days() -> None:
    """Random cases up to forty days."""
    for chance, start in random_instants(2, 200):
        wanted = left = chance.randint(1, 40)
        day = start.date()
        while left:
            day += timedelta(days=1)
            left -= CALENDAR.is_working(day)
        assert due(start, TimeLimit(wanted, WORK_DAYS), CALENDAR) == datetime.combine(day, time(18), CHINA)


def test_a_pause_leaves_the_same_working_time() -> None:
    """Random pauses: the office minutes left at the pause are left on resuming, and no deadline comes nearer."""
    for chance, start in random_instants(3, 200):
        due_at = due(start, TimeLimit(chance.randint(60, 1500), WORK_MINUTES), CALENDAR)
        paused = start + (due_at - start) * chance.random()
        resumed = paused + timedelta(minutes=chance.randrange(0, 20000))
        later = extended_by_pause(due_at, paused, resumed, CALENDAR)
        left = CALENDAR.working_minutes_between(paused, due_at)
        assert CALENDAR.working_minutes_between(resumed, later) == left
        assert later >= due_at


def test_a_pause_of_no_length_moves_nothing() -> None:
    """For each unit."""
    for unit in LimitUnit:
        due_at = due(at("09-24 16:00"), TimeLimit(5, unit), CALENDAR)
        assert extended_by_pause(due_at, at("09-24 16:02"), at("09-24 16:02"), CALENDAR, unit) == due_at


@pytest.mark.parametrize(
    ("unit", "due_at", "paused", "resumed", "expected"),
    [
        (WORK_DAYS, "09-10 18:00", "09-08 10:00", "09-08 15:00", "09-10 18:00"),
        (WORK_DAYS, "09-10 18:00", "09-08 10:00", "09-09 08:00", "09-11 18:00"),
        (WORK_DAYS, "09-10 18:00", "09-10 10:00", "09-14 10:00", "09-14 18:00"),
        (WORK_DAYS, "09-10 18:00", "09-10 10:00", "09-14 18:00", "09-15 18:00"),
        (WORK_DAYS, "09-30 18:00", "09-30 10:00", "10-04 10:00", "10-08 18:00"),
        (CLOCK_HOURS, "09-10 18:00", "09-10 10:00", "09-10 20:00", "09-11 04:00"),
        (WORK_HOURS, "09-10 18:00", "09-10 17:00", "09-11 17:30", "09-14 09:30"),
        (WORK_HOURS, "09-10 18:00", "09-10 18:00", "09-11 17:30", "09-10 18:00"),
    ],
)
def test_a_pause_moves_the_deadline_in_its_own_unit(
    unit: LimitUnit, due_at: str, paused: str, resumed: str, expected: str
) -> None:
    """Days stay whole, the clock runs on, and what was over stays over."""
    assert extended_by_pause(at(due_at), at(paused), at(resumed), CALENDAR, unit) == at(expected)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    """It would bring a deadline nearer."""
    with pytest.raises(ValueError, match="ends after"):
        extended_by_pause(at("09-10 18:00"), at("09-09 10:00"), at("09-08 10:00"), CALENDAR)


@pytest.mark.parametrize(
    ("now", "due_at", "words"),
    [
        ("09-08 09:00", "09-10 18:00", "剩2天"),
        ("09-30 09:00", "10-08 16:30", "剩1天"),
        ("09-11 17:00", "09-14 18:00", "剩1天"),
        ("09-11 20:00", "09-12 10:00", "剩1天"),
        ("09-08 09:00", "09-08 18:00", "今日到期"),
        ("09-08 12:00", "09-08 18:00", "今日到期"),
        ("09-08 12:01", "09-08 18:00", "剩5时"),
        ("09-08 23:00", "09-09 03:00", "剩4时"),
        ("09-08 17:35", "09-08 18:00", "剩25分"),
        ("09-08 18:00", "09-08 18:00", "剩1分"),
        ("09-08 18:01", "09-08 18:00", "逾1分"),
        ("09-08 23:30", "09-08 18:00", "逾5时"),
        ("09-09 18:00", "09-08 18:00", "逾1天"),
        ("09-14 09:00", "09-11 18:00", "逾2天"),
    ],
)
def test_what_is_left_is_said_in_a_few_characters(now: str, due_at: str, words: str) -> None:
    """Working days to come, hours when it is close, the clock for what is over."""
    assert time_left(at(now), at(due_at), CALENDAR) == words


def test_overdue_and_due_today_exclude_each_other() -> None:
    """The minute of the deadline itself is still in time; today is China's day."""
    assert not is_overdue(at("09-08 18:00:30"), at("09-08 18:00"))
    assert is_due_today(at("09-08 18:00"), at("09-08 18:00"))
    assert is_overdue(at("09-08 18:01"), at("09-08 18:00"))
    assert not is_due_today(at("09-08 18:01"), at("09-08 18:00"))
    assert not is_due_today(at("09-07 18:00"), at("09-08 18:00"))
    assert is_due_today(at("09-08 01:00").astimezone(UTC), at("09-08 18:00"))


@pytest.mark.parametrize(
    ("start", "limit", "line"),
    [
        (
            "10-03 10:00",
            TimeLimit(3, WORK_DAYS),
            (
                "立案 10月3日10:00，3工作日：当日不计，跳过国庆假期10月4日至7日，10月8日至9日2天，"
                "10月10日（调休上班）1天 → 10月10日18:00"
            ),
        ),
        (
            "09-08 10:00",
            TimeLimit(30, WORK_DAYS),
            (
                "立案 9月8日10:00，30工作日：当日不计，9月9日至10月26日共30个工作日（含调休上班2天），"
                "跳过休息日18天（含中秋假期、国庆假期） → 10月26日18:00"
            ),
        ),
        (
            "08-31 16:00",
            TimeLimit(200, WORK_HOURS),
            (
                "立案 8月31日16:00，200工作时：当日2小时，9月1日至10月13日共27个工作日（含调休上班2天），计198小时，"
                "跳过休息日16天（含中秋假期、国庆假期） → 10月13日12:00"
            ),
        ),
        (
            "10-01 20:00",
            TimeLimit(24, CLOCK_HOURS),
            "立案 10月1日20:00，24小时(连续计算)：不分昼夜和节假日 → 10月2日20:00",
        ),
        (
            "2098-12-31 17:15",
            TimeLimit(3, WORK_HOURS),
            "立案 12月31日17:15，3工作时：当日45分钟，2099年1月1日2小时15分 → 2099年1月1日11:15",
        ),
    ],
)
def test_other_limits_are_explained_too(start: str, limit: TimeLimit, line: str) -> None:
    """Days, a long way shortened, the clock, and a way into another year (2099 is not known: a Thursday)."""
    assert explain(at(start), limit, CALENDAR, due(at(start), limit, CALENDAR)) == line


def test_a_moved_deadline_is_explained_with_both_instants() -> None:
    """What was counted, and what holds now."""
    line = explain(at("09-08 09:00"), TimeLimit(2, WORK_HOURS), CALENDAR, at("09-09 12:00"), label="派单")
    assert line == "派单 9月8日09:00，2工作时：当日2小时 → 9月8日11:00，现定9月9日12:00"


def test_no_explanation_is_longer_than_a_line() -> None:
    """Random limits of each unit, up to more than a year."""
    for chance, start in random_instants(4, 300):
        limit = TimeLimit(chance.randint(1, 300), chance.choice(list(LimitUnit)))
        assert len(explain(start, limit, CALENDAR, due(start, limit, CALENDAR))) <= 130
