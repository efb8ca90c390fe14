"""今日: who is on duty, what is new since the last visit, what needs this person now."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dutydesk.models import Shift
from dutydesk.rules import drafts, signing_on, today
from dutydesk.rules.today import Line
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State


def needs(cases, role: Role) -> dict[str, int]:
    return {line.text: line.count for line in today.today_sheet(cases[role], None).needs}


def test_nothing_to_do_is_an_empty_page(cases):
    for role in Role:
        sheet = today.today_sheet(cases[role], None)
        assert (sheet.news, sheet.drafts, sheet.on_duty, sheet.since) == ((), (), (), "")
        assert sheet.needs == ()


def test_each_state_that_waits_is_a_line_that_opens_its_list(cases):
    for state in State:
        cases.in_state(state)
    cases.new(category=str(cases.rubbish), solved=True, on_the_spot="清走")
    cases.new(flags="strongly_felt")
    found = needs(cases, R.DUTY_OFFICER)
    assert found == {
        "群众反映强烈、居民区难以协调": 1,
        "等待立案": 3,  # one of them is the main case of the merged one
        "等待派单": 1,
        "等待先行联系": 7,
        "等待现场核查": 1,
        "等待反馈": 1,
        "当场解决待抽查": 1,
    }
    lines = today.today_sheet(cases[R.DUTY_OFFICER], None).needs
    assert lines[0] == Line("群众反映强烈、居民区难以协调", 1, "issues", "first", True)
    assert [line.pressing for line in lines] == sorted((line.pressing for line in lines), reverse=True)


def test_a_list_that_two_roles_look_at_stands_once(cases):
    from dutydesk.models import RoleGrant

    RoleGrant.create(staff=1, role=R.HANDLER, area=1, force="safety", valid_from="2020-01-01")
    cases.in_state(S.ASSIGNED)
    cases.clock.move_to(datetime(2026, 12, 2, 9, 0, tzinfo=CHINA))
    lines = today.today_sheet(signing_on.sign_on("D00"), None).needs
    assert [line.target for line in lines].count("overdue") == 1
    assert "mine" in [line.target for line in lines]


def test_the_chief_sees_what_waits_for_a_word(cases):
    cases.do("ask_pause", cases.in_state(S.HANDLING))
    cases.do("feedback", cases.in_state(S.FEEDBACK))
    found = needs(cases, R.AREA_CHIEF)
    assert (found["待我定"], found["可以销项"]) == (2, 1)
    assert "待我定" not in needs(cases, R.DUTY_OFFICER)


def test_what_others_entered_for_me_waits_for_my_answer(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    cases.do("take_up", issue_id, R.DUTY_OFFICER, proxy=cases.told_by(R.HANDLER))
    assert needs(cases, R.HANDLER)["别人代我录入、等我确认"] == 1


def test_patrols_not_done_are_told_to_who_walks_them(cases):
    cases.district.add_route(checkpoints=4)
    assert needs(cases, R.DUTY_OFFICER)["每日巡查未查完"] == 4
    assert "每日巡查未查完" not in needs(cases, R.HANDLER)


class TestNews:
    def test_what_others_did_since_the_last_visit_is_counted_by_kind(self, cases):
        duty = cases[R.DUTY_OFFICER]
        old = cases.in_state(S.HANDLING)
        cases.clock.shift(timedelta(days=2))
        since = datetime.now(CHINA) - timedelta(hours=1)
        cases.do("report_done", old)
        cases.do("fail_check", old, R.COORDINATOR)
        cases.do("urge", old, R.COORDINATOR)
        cases.do("urge", old, R.SUPERVISOR)
        cases.do("urge", old, R.DUTY_OFFICER)  # the own one is no news
        cases.new()  # nor is this
        cases.new(cases[R.AREA_CHIEF])
        sheet = today.today_sheet(duty, since)
        assert {line.text: line.count for line in sheet.news} == {
            "新登记": 1,
            "已报完成": 1,
            "核查未通过，返工": 1,
            "被催办": 2,
        }
        assert sheet.since == "11月26日 09:00"

    def test_the_first_time_there_is_no_news(self, cases):
        cases.new()
        assert today.today_sheet(cases[R.DUTY_OFFICER], None).news == ()


class TestVisits:
    """Since when somebody has been away: a weekend, perhaps."""

    def test_the_first_visit_knows_of_none_before(self, cases):
        assert signing_on.seen(cases[R.DUTY_OFFICER]) is None

    def test_after_a_weekend_it_is_since_friday(self, cases):
        duty = cases[R.DUTY_OFFICER]
        cases.clock.move_to(datetime(2026, 11, 27, 17, 30, tzinfo=CHINA))
        signing_on.seen(duty)
        cases.clock.move_to(datetime(2026, 11, 30, 8, 50, tzinfo=CHINA))
        assert signing_on.seen(duty) == datetime(2026, 11, 27, 17, 30, tzinfo=CHINA)

    def test_a_dropped_line_does_not_hide_what_is_new(self, cases):
        duty = cases[R.DUTY_OFFICER]
        first = datetime.now(CHINA)
        signing_on.seen(duty)
        cases.clock.shift(timedelta(hours=10))
        assert signing_on.seen(duty) == first
        cases.clock.shift(timedelta(minutes=5))
        assert signing_on.seen(duty) == first
        cases.clock.shift(timedelta(minutes=59))
        assert signing_on.seen(duty) == first

    def test_each_has_the_own(self, cases):
        signing_on.seen(cases[R.DUTY_OFFICER])
        cases.clock.shift(timedelta(hours=2))
        assert signing_on.seen(cases[R.AREA_CHIEF]) is None


class TestOnDuty:
    @pytest.fixture
    def shifts(self, cases):
        start = datetime(2026, 11, 24, 8, 0, tzinfo=CHINA)
        for number, name in enumerate(("早班", "晚班", "早班")):
            begins = start + timedelta(hours=12 * number)
            Shift.create(
                area=1, staff=number + 1, name=name, starts_at=begins, ends_at=begins + timedelta(hours=12)
            )
        Shift.create(area=2, staff=1, name="别处", starts_at=start, ends_at=start + timedelta(hours=12))
        return cases

    def test_who_is_here_until_when_and_who_comes(self, shifts):
        assert today.on_duty(shifts[R.DUTY_OFFICER]) == ["在班 早班 值班员甲 至20:00", "接班 晚班 居委干部甲"]
        shifts.clock.move_to(datetime(2026, 11, 24, 20, 0, tzinfo=CHINA))
        assert today.on_duty(shifts[R.DUTY_OFFICER]) == ["在班 晚班 居委干部甲 至08:00", "接班 早班 片区长甲"]

    def test_who_has_no_area_is_told_nothing(self, shifts):
        assert today.on_duty(shifts[R.SUPERVISOR]) == []


def test_drafts_are_offered(cases):
    drafts.keep(cases[R.DUTY_OFFICER], "act-1", "intake", "楼道堆物", {})
    assert [kept.title for kept in today.today_sheet(cases[R.DUTY_OFFICER], None).drafts] == ["楼道堆物"]
    assert today.today_sheet(cases[R.AREA_CHIEF], None).drafts == ()


def test_the_area_is_named_with_its_mark(cases):
    assert today.area_name(cases[R.DUTY_OFFICER]) == "康健一片区（演示）"
    assert today.area_name(cases[R.SUPERVISOR]) == ""


def test_what_is_looked_at_here_has_a_list_of_its_role():
    from dutydesk.rules import views

    for role, looks in today.LOOKS.items():
        assert {view for view, _, _ in looks} <= set(views.VIEWS)
        wide = {view for view, _, _ in looks if not {"town", "district"} <= views.VIEWS[view].scopes}
        assert role not in (Role.DISTRICT_COORDINATOR, Role.SUPERVISOR) or not wide, (
            "counted over the whole district"
        )
