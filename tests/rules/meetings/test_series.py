"""Dates drawn up for months ahead, off holidays and 调休, moved without losing anything."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.meeting_words import MeetingKind
from dutydesk.models import Meeting, SpecialDay
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.meetings import calendar, listing, moving, series
from dutydesk.rules.organisation import day_of
from dutydesk.rules.workcalendar import WorkCalendar
from dutydesk.vocabulary import Role

pytestmark = pytest.mark.both
OFFICE = WorkCalendar()


def days(weekday, since, until, weeks=2, first=date(2026, 1, 1)):
    return list(calendar.days(weekday, weeks, first, since, until, OFFICE))


@pytest.mark.sqlite
class TestDays:
    def test_every_two_weeks_counted_from_the_first(self):
        found = days(4, date(2026, 11, 24), date(2027, 1, 1), first=date(2026, 11, 19))
        assert [day.held for day in found][:3] == [date(2026, 12, 3), date(2026, 12, 17), date(2026, 12, 31)]

    def test_a_holiday_goes_to_the_nearest_day_that_is_worked_and_says_why(self):
        [day] = days(4, date(2026, 10, 1), date(2026, 10, 1), weeks=1)
        assert day.planned == date(2026, 10, 1) and day.held == date(2026, 9, 30)
        assert day.why == "10月1日国庆节"

    def test_a_worked_weekend_is_none_to_meet_on(self):
        assert OFFICE.name(date(2026, 10, 10)) == "调休上班"
        for weekday in range(1, 8):
            for day in days(weekday, date(2026, 1, 1), date(2026, 12, 31), weeks=1):
                assert OFFICE.is_working(day.held)
                assert day.held.isoweekday() <= 5 or day.held == day.planned
                assert abs((day.held - day.planned).days) <= 9

    def test_a_saturday_series_meets_where_saturdays_are_worked(self):
        assert date(2026, 10, 10) in [
            day.held for day in days(6, date(2026, 10, 1), date(2026, 10, 20), weeks=1)
        ]


def held(meet, kind=MeetingKind.BIWEEKLY):
    rows = Meeting.select().where(
        Meeting.area == meet.area, Meeting.kind == kind, Meeting.series.is_null(False)
    )
    return [day_of(row.starts_at) for row in rows.order_by(Meeting.starts_at)]


def test_setting_a_series_draws_three_months_up(meet):
    meet.series()
    found = held(meet)
    assert found[0] == date(2026, 11, 26) and len(found) == 7
    row = Meeting.select().order_by(Meeting.starts_at).first()
    assert (row.title, row.chair_name, row.place) == ("康健一片区双周例会", "片区长甲", "片区会议室")


def test_drawing_up_again_brings_only_what_is_missing(meet):
    meet.series()
    assert series.draw_up(meet.duty, meet.area, meet.act()) == 0
    meet.cases.clock.shift(timedelta(days=28))
    assert series.draw_up(meet.duty, meet.area, meet.act()) == 2
    assert len(held(meet)) == len(set(held(meet)))


def test_the_offices_own_days_count(meet):
    SpecialDay.create(day=date(2026, 12, 10), working=False, name="街道运动会")
    meet.series()
    assert date(2026, 12, 9) in held(meet) and date(2026, 12, 10) not in held(meet)


def test_another_weekday_takes_the_agendas_along(meet):
    meet.series()
    first = Meeting.select().order_by(Meeting.starts_at).first()
    meet.add(first.id, "楼道照明")
    meet.series(weekday="2", first_on=date(2026, 12, 1))
    row = meet.row(first.id)
    assert day_of(row.starts_at) == date(2026, 12, 1)
    assert [line.title for line in meet.agenda(row.id).listed] == ["楼道照明"]
    assert all(day.isoweekday() == 2 for day in held(meet) if OFFICE.is_working(day) and day.year == 2026)
    assert [line.words for line in series.of_area(meet.duty, meet.area)] == [
        "双周例会　双周周二 14:00　片区会议室"
    ]


def test_one_moved_by_hand_stays_when_the_series_changes(meet):
    meet.series()
    first = Meeting.select().order_by(Meeting.starts_at).first()
    meet.do("move", first.id, on=date(2026, 11, 27), reason="会议室检修", starts="9:00", place="党群服务中心")
    meet.series(weekday="2", first_on=date(2026, 12, 1))
    row = meet.row(first.id)
    assert day_of(row.starts_at) == date(2026, 11, 27) and row.place == "党群服务中心"
    text = meet.sheet(first.id).story[-1].text
    assert text == "原定11月26日 14:00，改到11月27日 09:00，地点由片区会议室改为党群服务中心：会议室检修"


def test_two_kinds_of_series_stand_side_by_side(meet):
    meet.series()
    meet.series(kind="council", weekday="5", every_weeks="4", first_on=date(2026, 11, 27))
    assert held(meet, MeetingKind.COUNCIL)[0] == date(2026, 11, 27)
    assert len(series.of_area(meet.chief, meet.area)) == 2
    with pytest.raises(Refused, match="加开"):
        meet.series(kind="topic")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekday", "8"),
        ("every_weeks", "0"),
        ("minutes", "5"),
        ("starts", "25:00"),
        ("place", "x"),
        ("kind", "tea"),
    ],
)
def test_a_series_that_cannot_be_is_refused_beside_its_field(meet, field, value):
    with pytest.raises(Refused) as refused:
        meet.series(**{field: value})
    assert refused.value.field == field
    assert not Meeting.select().exists()


def test_moved_to_a_day_that_is_not_worked_it_is_said(meet):
    meeting_id = meet.new()
    meet.do("move", meeting_id, on=date(2026, 11, 28))
    assert meet.sheet(meeting_id).warning == "这天是周末"
    with pytest.raises(Refused) as refused:
        meet.do("move", meeting_id, on=date(2026, 11, 20))
    assert refused.value.field == "on"


def test_it_is_joined_only_with_a_planned_one_of_the_subdistrict(meet):
    meeting_id, other = meet.new(), meet.neighbours()
    assert [each.id for each in moving.others(meet.duty, meeting_id)] == [other]
    with pytest.raises(Refused) as refused:
        meet.do("join", meeting_id, with_meeting=str(meeting_id))
    assert refused.value.field == "with_meeting"


def test_who_sees_the_board_and_who_does_not(meet):
    meet.new()
    assert [line.turn for line in listing.board(meet.duty).coming] == [""]
    assert listing.board(meet[Role.COORDINATOR]).coming
    assert not listing.board(meet[Role.NEIGHBOURHOOD_OFFICER]).may_prepare
    with pytest.raises(NotAllowed):
        listing.board(meet.district.elsewhere, meet.area)
    with pytest.raises(NotAllowed):
        listing.board(meet[Role.AUDITOR])
    with pytest.raises(NotAllowed):
        meet.sheet(meet.new(), meet.district.elsewhere)
