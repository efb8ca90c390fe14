"""值班表: drafted, changed, published, and what is told of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import RoleGrant, Shift
from dutydesk.rules import duty_roster, roster_drafting, roster_publishing, today
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused, Stale
from dutydesk.rules.roster_reading import days_of, parse_away
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, RosterState
from tests.rules.rosters import MONTH, drafted, published, with_colleagues

R = Role
pytestmark = pytest.mark.both


@pytest.fixture
def desk(cases):
    """Two colleagues more: with the duty officer and the chief four may have duties."""
    return with_colleagues(cases)


class TestDrafting:
    def test_a_month_is_drafted_and_nobody_has_a_duty_yet(self, desk):
        sheet = drafted(desk)
        assert (sheet.state, len(sheet.days), sheet.problems) == (RosterState.DRAFT, 31, ())
        assert {cell.name for day in sheet.days for cell in day.cells} == {"值班员甲", "王芳", "李强"}
        assert not Shift.select().exists()

    def test_nights_of_past_months_count(self, desk):
        wang = desk.colleagues[0].staff_id
        others = (desk[R.DUTY_OFFICER], desk[R.AREA_CHIEF], desk.colleagues[1])
        for day, session in enumerate(others, 10):
            start = datetime(2026, 11, day, 8, tzinfo=CHINA)
            Shift.create(
                area=1,
                staff=session.staff_id,
                name="日班",
                starts_at=start,
                ends_at=start + timedelta(hours=9),
            )
        for number in range(8):
            start = datetime(2026, 11, 1 + 2 * number, 18, tzinfo=CHINA)
            Shift.create(
                area=1, staff=wang, name="夜班", starts_at=start, ends_at=start + timedelta(hours=14)
            )
        sheet = drafted(desk, people="值班员甲、王芳、李强、片区长甲")
        nights = {share.name: share.now.nights for share in sheet.shares}
        assert nights["王芳"] + 7 <= min(nights["值班员甲"], nights["李强"], nights["片区长甲"])
        assert next(share.past.nights for share in sheet.shares if share.name == "王芳") == 8

    def test_a_newcomer_makes_up_for_nothing_in_the_second_month_either(self, desk):
        old = (desk[R.DUTY_OFFICER].staff_id, desk[R.AREA_CHIEF].staff_id, desk.colleagues[0].staff_id)
        new = desk.colleagues[1].staff_id
        for number in range(150):
            day = datetime(2026, 7, 4, tzinfo=CHINA) + timedelta(days=number)
            three = number < 120
            who = old[number % 3] if three else (*old, new)[number % 4]
            start = day + timedelta(hours=18)
            Shift.create(
                area=1, staff=who, name="夜班", starts_at=start, ends_at=start + timedelta(hours=14.5)
            )
        sheet = drafted(desk, people="值班员甲、王芳、李强、片区长甲")
        nights = {share.name: share.now.nights for share in sheet.shares}
        assert sum(nights.values()) == 31 and nights["李强"] <= 9, nights

    def test_who_is_away_and_whose_role_ends_has_no_duty_then(self, desk):
        RoleGrant.update(valid_to=date(2026, 12, 15)).where(
            RoleGrant.staff == desk.colleagues[1].staff_id
        ).execute()
        sheet = drafted(desk, people="值班员甲、王芳、李强、片区长甲", away="王芳 12-1至12-10、20")
        days = {name: set() for name in ("王芳", "李强")}
        for day in sheet.days:
            for cell in day.cells:
                days.get(cell.name, set()).add(day.day.day)
        assert days["王芳"] and not days["王芳"] & {*range(1, 11), 20}
        assert days["李强"] and max(days["李强"]) <= 15

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("shifts", "日班", "没看懂"),
            ("people", "王芳、赵无名", "赵无名不在本片区值班"),
            ("people", "", "请写明谁值班"),
            ("away", "王芳", "没写哪几天"),
            ("away", "王芳 12-40", "没看懂"),
            ("away", "王芳 12-9至12-5", "不能早于"),
            ("away", "王芳12-40", "没有12月40日这一天"),
            ("away", "王芳，2-30", "没有2月30日这一天"),
            ("away", "王芳：下周", "里的“下周”没看懂"),
            ("away", "12-3至12-5", "没写是谁"),
            ("away", "赵无名12-3", "赵无名不在本片区值班"),
        ],
    )
    def test_what_cannot_be_read_is_said_beside_its_field(self, desk, field, value, said):
        with pytest.raises(Refused, match=said) as refused:
            drafted(desk, **{field: value})
        assert refused.value.field == field

    def test_no_blank_is_needed_between_the_name_and_the_days(self):
        people = {1: ("王芳", "XH1"), 2: ("王芳芳", "XH2"), 3: ("李强", "XH3")}
        said = "王芳芳12-3至12-5\n李强，12月7日、9\nXH1：20"
        assert parse_away(said, people, days_of("2026-12")) == [
            (2, date(2026, 12, 3), date(2026, 12, 5)),
            (3, date(2026, 12, 7), date(2026, 12, 7)),
            (3, date(2026, 12, 9), date(2026, 12, 9)),
            (1, date(2026, 12, 20), date(2026, 12, 20)),
        ]

    def test_the_next_month_begins_with_the_last_pattern(self, desk):
        drafted(desk, shifts="白班 09:00-21:00", away="王芳 3")
        usual = roster_drafting.usual(desk[R.DUTY_OFFICER], "2027-01")
        assert (usual["shifts"], usual["people"], usual["away"]) == (
            "白班 09:00-21:00",
            "值班员甲、王芳、李强",
            "",
        )

    def test_a_year_without_a_notice_is_said(self, desk):
        assert "2027年的节假日安排尚未导入" in drafted(desk, "2027-01").notice

    def test_another_area_keeps_its_own(self, desk):
        drafted(desk)
        assert duty_roster.sheet(desk.district.elsewhere, MONTH).state is None
        with pytest.raises(NotAllowed):
            duty_roster.sheet(desk[R.SUPERVISOR], MONTH)


class TestByHand:
    def test_vacancies_double_duties_and_nights_without_rest_are_told(self, desk):
        sheet = drafted(desk)
        duty, day = desk[R.DUTY_OFFICER], date(2026, 12, 3)
        sheet = roster_publishing.assign(duty, MONTH, sheet.version, day, "日班", None, str(uuid4()))
        assert "12月3日日班：空缺" in sheet.problems
        for kind in ("日班", "夜班"):
            sheet = roster_publishing.assign(
                duty, MONTH, sheet.version, day, kind, duty.staff_id, str(uuid4())
            )
        assert "12月3日夜班 值班员甲：一天两班" in sheet.problems
        sheet = roster_publishing.assign(
            duty, MONTH, sheet.version, day + timedelta(days=1), "日班", duty.staff_id, str(uuid4())
        )
        assert "12月4日日班 值班员甲：夜班后没休息" in sheet.problems

    def test_a_duty_in_another_area_on_the_day_is_told(self, desk):
        sheet = drafted(desk)
        wang, start = desk.colleagues[0].staff_id, datetime(2026, 12, 3, 8, 30, tzinfo=CHINA)
        Shift.create(
            area=desk.district.areas[1],
            staff=wang,
            name="日班",
            starts_at=start,
            ends_at=start + timedelta(hours=9),
        )
        duty, day = desk[R.DUTY_OFFICER], date(2026, 12, 3)
        sheet = roster_publishing.assign(duty, MONTH, sheet.version, day, "日班", wang, str(uuid4()))
        assert "12月3日日班 王芳：别的片区也排了班" in sheet.problems

    def test_a_change_on_an_older_version_is_refused(self, desk):
        sheet = drafted(desk)
        duty, day = desk[R.DUTY_OFFICER], date(2026, 12, 3)
        roster_publishing.assign(duty, MONTH, sheet.version, day, "日班", None, str(uuid4()))
        with pytest.raises(Stale):
            roster_publishing.assign(duty, MONTH, sheet.version, day, "夜班", None, str(uuid4()))

    def test_somebody_without_duties_here_is_refused(self, desk):
        sheet = drafted(desk)
        with pytest.raises(Refused, match="不在本片区值班"):
            roster_publishing.assign(
                desk[R.DUTY_OFFICER],
                MONTH,
                sheet.version,
                date(2026, 12, 3),
                "日班",
                desk[R.HANDLER].staff_id,
                str(uuid4()),
            )


class TestPublishing:
    def test_the_chief_publishes_and_the_duties_hold(self, desk):
        sheet = published(desk)
        assert (sheet.state, Shift.select().count()) == (RosterState.PUBLISHED, 62)
        shift = Shift.get(Shift.name == "夜班")
        assert shift.ends_at - shift.starts_at == timedelta(hours=14.5)
        desk.clock.move_to(datetime(2026, 12, 1, 9, tzinfo=CHINA))
        assert today.on_duty(desk[R.DUTY_OFFICER])[0].startswith("在班 日班")
        assert check() == []

    def test_nobody_else_does(self, desk):
        sheet = drafted(desk)
        with pytest.raises(NotAllowed, match="片区长发布"):
            roster_publishing.publish(desk[R.DUTY_OFFICER], MONTH, sheet.version, str(uuid4()))

    def test_what_has_begun_stays_as_it_was(self, desk):
        start = datetime(2026, 11, 24, 8, 30, tzinfo=CHINA)
        held = Shift.create(
            area=1,
            staff=desk[R.AREA_CHIEF].staff_id,
            name="日班",
            starts_at=start,
            ends_at=start + timedelta(hours=9.5),
        )
        sheet = drafted(desk, "2026-11")
        roster_publishing.publish(desk[R.AREA_CHIEF], "2026-11", sheet.version, str(uuid4()))
        assert Shift.get_by_id(held.id).staff_id == desk[R.AREA_CHIEF].staff_id
        assert Shift.select().where(Shift.starts_at < start).count() == 0
        assert Shift.select().count() == 1 + 1 + 6 * 2  # that one, tonight, six days to come

    def test_afterwards_only_the_chief_changes_a_duty_to_come(self, desk):
        sheet = published(desk)
        day, wang = date(2026, 12, 9), desk.colleagues[0].staff_id
        with pytest.raises(NotAllowed, match="由片区长改"):
            roster_publishing.assign(
                desk[R.DUTY_OFFICER], MONTH, sheet.version, day, "日班", wang, str(uuid4())
            )
        chief = desk[R.AREA_CHIEF]
        sheet = roster_publishing.assign(chief, MONTH, sheet.version, day, "日班", wang, str(uuid4()))
        assert sheet.days[8].cells[0].name == "王芳"
        sheet = roster_publishing.assign(chief, MONTH, sheet.version, day, "夜班", None, str(uuid4()))
        assert "12月9日夜班：空缺" in sheet.problems
        sheet = roster_publishing.assign(chief, MONTH, sheet.version, day, "夜班", wang, str(uuid4()))
        assert "12月9日夜班 王芳：一天两班" in sheet.problems

    def test_one_that_has_begun_is_not_changed(self, desk):
        sheet = published(desk)
        desk.clock.move_to(datetime(2026, 12, 9, 9, tzinfo=CHINA))
        with pytest.raises(Refused, match="已经开始"):
            roster_publishing.assign(
                desk[R.AREA_CHIEF], MONTH, sheet.version, date(2026, 12, 9), "日班", None, str(uuid4())
            )

    def test_it_is_drafted_no_more(self, desk):
        published(desk)
        with pytest.raises(Refused, match="已发布"):
            drafted(desk)


class TestAStandIn:
    """Who stands in for two weeks has duties in these and in no others."""

    @pytest.fixture
    def standing_in(self, desk):
        """A handler is a duty officer from the 7th to the 20th."""
        RoleGrant.create(
            staff=desk[R.HANDLER].staff_id,
            role=R.DUTY_OFFICER,
            area=desk.district.areas[0],
            subdistrict=desk.district.subdistrict,
            valid_from=date(2026, 12, 7),
            valid_to=date(2026, 12, 20),
        )
        return desk

    def test_the_month_is_drafted_with_whoever_stands_in_for_these_days(self, standing_in):
        usual = roster_drafting.usual(standing_in[R.DUTY_OFFICER], MONTH)
        assert "处置人员甲" in usual["people"]
        sheet = drafted(standing_in, people=usual["people"])
        days = {day.day.day for day in sheet.days for cell in day.cells if cell.name == "处置人员甲"}
        assert days and days <= set(range(7, 21)) and sheet.problems == ()
        had = {share.name: share.now.total for share in sheet.shares}
        assert had["处置人员甲"] < min(had[name] for name in ("值班员甲", "王芳", "李强"))

    def test_the_menu_of_a_shift_has_the_name_on_these_days_only(self, standing_in):
        duty = standing_in[R.DUTY_OFFICER]
        on = {day: dict(roster_publishing.who_can(duty, date(2026, 12, day))) for day in (6, 7, 20, 21)}
        assert ["处置人员甲" in on[day].values() for day in (6, 7, 20, 21)] == [False, True, True, False]

    def test_a_duty_left_behind_by_a_shorter_stand_in_is_told(self, standing_in):
        drafted(standing_in, people="值班员甲、王芳、李强、处置人员甲")
        RoleGrant.update(valid_to=date(2026, 12, 8)).where(
            RoleGrant.staff == standing_in[R.HANDLER].staff_id, RoleGrant.role == R.DUTY_OFFICER
        ).execute()
        sheet = duty_roster.sheet(standing_in[R.DUTY_OFFICER], MONTH)
        assert any("处置人员甲：这天已不在岗" in problem for problem in sheet.problems)
