"""The working calendar against the State Council's notice for 2026 and against a count of single minutes."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest

from dutydesk.rules.workcalendar import CHINA, OfficeHours, WorkCalendar

# The notice for 2026, written out here so that the library is checked and not believed.
FREE_2026 = {
    date(2026, month, day)
    for month, first, last in [
        (1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7),
    ]
    for day in range(first, last + 1)
}  # fmt: skip
SHIFTED_2026 = {date(2026, *day) for day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}


def worked_in_2026(day: date) -> bool:
    """Whether the notice has the day as worked."""
    return day in SHIFTED_2026 or (day.weekday() < 5 and day not in FREE_2026)


def test_every_day_of_2026_is_as_in_the_notice() -> None:
    """All 365 days."""
    calendar = WorkCalendar()
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert {day: calendar.is_working(day) for day in days} == {day: worked_in_2026(day) for day in days}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 10, 3), "国庆节"),
        (date(2026, 9, 26), "中秋节"),
        (date(2026, 4, 5), "清明节"),
        (date(2026, 6, 19), "端午节"),
        (date(2026, 2, 20), "春节"),
        (date(2026, 5, 1), "劳动节"),
        (date(2026, 1, 2), "元旦"),
        (date(2026, 9, 12), "周末"),
        (date(2026, 10, 10), "调休上班"),
        (date(2026, 9, 8), "工作日"),
    ],
)
def test_a_day_has_its_chinese_name(day: date, name: str) -> None:
    """As the explanation of a deadline shows it."""
    assert WorkCalendar().name(day) == name


def test_an_unknown_year_is_monday_to_friday_and_the_screen_can_say_so() -> None:
    """Nobody has published 2099 yet."""
    calendar = WorkCalendar()
    assert not calendar.known(2099)
    assert calendar.known(2026)
    assert [calendar.is_working(date(2099, 10, day)) for day in range(1, 8)] == [True, True] + [False] * 2 + [
        True
    ] * 3
    assert (
        calendar.notice(date(2098, 12, 1), date(2099, 1, 5))
        == "2098、2099年的节假日安排尚未导入，按周一至周五计算"
    )
    assert calendar.notice(date(2026, 1, 1), date(2026, 12, 31)) == ""


def test_an_offices_own_table_goes_before_everything() -> None:
    """Its rows make a year known, and override a notice's day."""
    calendar = WorkCalendar(
        exceptions={
            date(2099, 10, 1): (False, "国庆节"),
            date(2099, 10, 3): (True, ""),
            date(2026, 9, 9): (False, "台风停工"),
            date(2026, 10, 1): (True, "国庆值守"),
        }
    )
    assert calendar.known(2099)
    assert (calendar.is_working(date(2099, 10, 1)), calendar.name(date(2099, 10, 1))) == (False, "国庆节")
    assert (calendar.is_working(date(2099, 10, 3)), calendar.name(date(2099, 10, 3))) == (True, "调休上班")
    assert (calendar.is_working(date(2026, 9, 9)), calendar.name(date(2026, 9, 9))) == (False, "台风停工")
    assert (calendar.is_working(date(2026, 10, 1)), calendar.name(date(2026, 10, 1))) == (True, "国庆值守")


def test_office_hours_are_written_and_read_back() -> None:
    """As kept beside each deadline."""
    hours = OfficeHours()
    assert str(hours) == "09:00-12:00 13:30-18:00"
    assert OfficeHours.parse(str(hours)) == hours
    assert hours.minutes_a_day == 450
    assert OfficeHours.parse("08:30-17:00").minutes_a_day == 510


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(12), time(9)),),
        ((time(9), time(9)),),
        ((time(9), time(12)), (time(11), time(18))),
        ((time(9, 0, 30), time(12)),),
    ],
)
def test_office_hours_that_cannot_be_counted_are_refused(spans: tuple[tuple[time, time], ...]) -> None:
    """Empty, backwards, overlapping, or with seconds."""
    with pytest.raises(ValueError, match="office hours"):
        OfficeHours(spans)


@pytest.mark.parametrize(
    ("minute", "name"),
    [
        (0, "上班前"),
        (539, "上班前"),
        (540, ""),
        (719, ""),
        (720, "午休"),
        (809, "午休"),
        (810, ""),
        (1080, "下班后"),
    ],
)
def test_a_minute_outside_the_hours_has_its_name(minute: int, name: str) -> None:
    """Edges: 9:00, 12:00, 13:30, 18:00."""
    assert OfficeHours().outside(minute) == name


def test_an_instant_without_a_zone_is_refused() -> None:
    """A naive time cannot be placed."""
    with pytest.raises(ValueError, match="time zone"):
        WorkCalendar().working_minutes_between(
            datetime(2026, 9, 8, 9), datetime(2026, 9, 8, 10, tzinfo=CHINA)
        )


def test_working_minutes_agree_with_a_count_of_single_minutes() -> None:
    """Seeded random pairs all over 2026, given in UTC too."""
    chance = random.Random(20260930)
    calendar = WorkCalendar()
    for _ in range(200):
        start = datetime(2026, 1, 1, tzinfo=CHINA) + timedelta(minutes=chance.randrange(350 * 1440))
        end = start + timedelta(minutes=chance.randrange(-100, 12 * 1440))
        counted = 0
        moment = start
        while moment < end:
            in_hours = time(9) <= moment.time() < time(12) or time(13, 30) <= moment.time() < time(18)
            counted += in_hours and worked_in_2026(moment.date())
            moment += timedelta(minutes=1)
        assert calendar.working_minutes_between(start.astimezone(UTC), end) == counted, (start, end)


def test_the_calendar_loads_no_library_before_it_is_asked() -> None:
    """The desk starts without chinese_calendar."""
    code = "import sys, dutydesk.rules.deadlines as d; d.WorkCalendar(); sys.exit('chinese_calendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
