"""Days and moments as typed in the field, on Tuesday 24 November 2026, 10:00."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine

from dutydesk.forms import when

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=when.SHANGHAI)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("11-26", "2026-11-26"),
        ("1126", "2026-11-26"),
        ("１１２６", "2026-11-26"),
        ("2026-11-26", "2026-11-26"),
        ("２０２６年１１月２６日", "2026-11-26"),
        ("20261126", "2026-11-26"),
        ("11/26", "2026-11-26"),
        ("11。26", "2026-11-26"),
        ("26日", "2026-11-26"),
        ("明天", "2026-11-25"),
        ("后天", "2026-11-26"),
        ("昨天", "2026-11-23"),
        ("+3", "2026-11-27"),
        ("＋３", "2026-11-27"),
        ("周五", "2026-11-27"),
        ("下周一", "2026-11-30"),
        ("01-05", "2027-01-05"),
        ("8月1日", "2026-08-01"),
        ("12月31日", "2026-12-31"),
        ("十二月三十一日", "2026-12-31"),
        ("十二月三十一", "2026-12-31"),
        ("二〇二六年十二月一日", "2026-12-01"),
        ("二十六号", "2026-11-26"),
        ("十日", "2026-11-10"),
        ("月底", "2026-11-30"),
        ("下月底", "2026-12-31"),
        ("年底", "2026-12-31"),
        ("明年底", "2027-12-31"),
        ("周日", "2026-11-29"),
    ],
)
def test_each_way_to_write_a_day(typed, day):
    with time_machine.travel(NOW, tick=False):
        assert when.parse_day(typed) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("13-40", when.NO_SUCH_DAY),
        ("2-30", when.NO_SUCH_DAY),
        ("哪天", when.DAY_UNREAD),
        ("十十月一日", when.DAY_UNREAD),
        ("", when.DAY_UNREAD),
    ],
)
def test_what_is_no_day_says_what_to_write(typed, message):
    with pytest.raises(ValueError, match="。") as raised:
        when.parse_day(typed, NOW.date())
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("1530", "2026-11-24T15:30"),
        ("１５：３０", "2026-11-24T15:30"),
        ("9:05", "2026-11-24T09:05"),
        ("26日15:30", "2026-11-26T15:30"),
        ("11-26 15:30", "2026-11-26T15:30"),
        ("11261530", "2026-11-26T15:30"),
        ("202611261530", "2026-11-26T15:30"),
        ("明天9:00", "2026-11-25T09:00"),
        ("明天 0900", "2026-11-25T09:00"),
        ("昨天下午3点", "2026-11-23T15:00"),
        ("下午3点半", "2026-11-24T15:30"),
        ("2026-11-26T15:30:00+08:00", "2026-11-26T15:30"),
        ("现在", "2026-11-24T10:00"),
    ],
)
def test_each_way_to_write_a_moment(typed, moment):
    with time_machine.travel(NOW, tick=False):
        assert when.parse_moment(typed) == datetime.fromisoformat(moment).replace(tzinfo=when.SHANGHAI)


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("26日", "几点"),
        ("20261126", "几点"),
        ("2561", "没有这个时刻"),
        ("25:00", "没有这个时刻"),
        ("什么", "没看懂"),
    ],
)
def test_what_is_no_moment_says_what_is_wrong(typed, part):
    with pytest.raises(ValueError, match=part):
        when.parse_moment(typed, NOW)


def test_a_leap_day_is_found_in_the_nearest_leap_year():
    assert when.parse_day("2-29", date(2027, 11, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("明天", date(2026, 11, 25)),
        ("周五前", date(2026, 11, 27)),
        ("27日之前", date(2026, 11, 27)),
        ("明天下午", date(2026, 11, 25)),
        ("明天下班前", date(2026, 11, 25)),
        ("下班前", date(2026, 11, 24)),
        ("明天上午", datetime(2026, 11, 25, 12, tzinfo=when.SHANGHAI)),
        ("明天10:00前", datetime(2026, 11, 25, 10, tzinfo=when.SHANGHAI)),
        ("明天下午3点", datetime(2026, 11, 25, 15, tzinfo=when.SHANGHAI)),
    ],
)
def test_a_day_alone_is_enough_for_by_when_something_is_to_be_done(typed, meant):
    assert when.parse_by(typed, NOW) == meant


@pytest.mark.parametrize("typed", ["什么", "尽快", "25:00", "前"])
def test_what_is_neither_a_day_nor_a_moment_is_said(typed):
    with pytest.raises(ValueError, match=r"没看懂|没有这个时刻"):
        when.parse_by(typed, NOW)
