"""值班表: drafted, changed, published, and what is told of it; swaps agreed by both and the chief."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import RoleGrant, Shift, ShiftSwap, Staff
from dutydesk.rules import decisions, duty_roster, roster_drafting, roster_publishing, swaps, today
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused, Stale
from dutydesk.rules.roster_reading import days_of, parse_away
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, RosterState, SwapState

R = Role
pytestmark = pytest.mark.both
MONTH = "2026-12"
KINDS = "日班 08:30-18:00、夜班 18:00-08:30"


@pytest.fixture
def desk(cases):
    """Two colleagues more: with the duty officer and the chief four may have duties."""
    cases.colleagues = []
    for number, name in (("N1", "王芳"), ("N2", "李强")):
        staff = Staff.create(number=number, name=name)
        RoleGrant.create(
            staff=staff,
            role=R.DUTY_OFFICER,
            area=cases.district.areas[0],
            subdistrict=cases.district.subdistrict,
            valid_from=date(2020, 1, 1),
        )
        cases.colleagues.append(sign_on(number))
    return cases


def drafted(desk, month: str = MONTH, **changes):
    fields = {"shifts": KINDS, "people": "值班员甲、王芳、李强", "rest": True, "away": ""} | changes
    return roster_drafting.make(desk[R.DUTY_OFFICER], month, fields, str(uuid4()))


def published(desk, **changes):
    sheet = drafted(desk, **changes)
    return roster_publishing.publish(desk[R.AREA_CHIEF], MONTH, sheet.version, str(uuid4()))


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
        swaps.answer(wang, wish.swap.id, True, str(uuid4()))
        assert decisions.count(chief) == 1
        (asked,) = decisions.waiting(chief)
        assert (asked.kind, asked.summary) == ("swap", "值班员甲 12月9日 日班 换 王芳 12月12日 日班")
        done = swaps.decide(chief, wish.swap.id, True, "", str(uuid4()))
        assert done.state is SwapState.DONE
        assert holders(wish) == [wang.staff_id, duty.staff_id]
        assert decisions.count(chief) == 0
        assert check() == []

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
