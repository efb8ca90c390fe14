"""每日巡查: making a day's patrols, marking, 异常 through 登记, finishing, and 补录 from paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from dutydesk.models import Act, AuditEntry, Issue, Patrol, PatrolCheck
from dutydesk.rules import audit, intake, patrol, patrol_sheets
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Mark, PatrolKind, Role, Source, State

FRIDAY = datetime(2026, 9, 25, 9, 0, tzinfo=CHINA)  # a holiday: patrols are walked all the same
TODAY = date(2026, 9, 25)


def new_id() -> str:
    return str(uuid4())


@pytest.fixture(autouse=True)
def _friday_morning():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def duty(district):
    district.add_route()
    return district.sign_on(Role.DUTY_OFFICER)


def prepared(session):
    return patrol.prepare(session, TODAY, new_id())


def checks(session):
    return patrol.todays(session)[0].checks


def mark_all(session, to=Mark.NORMAL):
    for check in checks(session):
        if check.open:
            patrol.mark(session, check.id, to, "", new_id())


def raise_issue(session, check, **changes):
    fields = patrol_sheets.intake_fields(session, check.id) | changes
    return intake.register(session, fields, new_id())


class TestMakingADay:
    def test_reading_today_writes_nothing_and_tells_what_is_to_do(self, duty):
        assert patrol.todays(duty) == []
        assert [(left.text, left.count, left.key) for left in patrol.left_undone(duty)] == [
            ("每日巡查未查完", 4, 0)
        ]
        assert Patrol.select().count() == Act.select().count() == 0

    def test_preparing_twice_makes_one_patrol_and_one_act(self, duty):
        first = prepared(duty)
        assert prepared(duty) == first
        assert [len(sheet.checks) for sheet in first] == [4]
        assert [act.name for act in Act.select()] == ["patrol.prepare"]

    def test_only_checkpoints_of_the_weekday_are_walked(self, district, duty):
        district.add_route("周末线", checkpoints=2, weekdays="67")
        district.add_route("周五线", checkpoints=3, weekdays="5")
        assert [sheet.route for sheet in prepared(duty)] == ["居民区安全线", "周五线"]

    def test_checkpoints_are_counted_as_they_are_walked_that_day(self, duty):
        patrol.Checkpoint.update(weekdays="1").where(patrol.Checkpoint.position == 2).execute()
        [sheet] = prepared(duty)
        assert [(check.position, check.place) for check in sheet.checks] == [
            (1, "1号楼底层"),
            (2, "3号楼底层"),
            (3, "4号楼底层"),
        ]

    def test_joint_patrols_come_last_and_name_who_walks_along(self, district, duty):
        district.add_route("联合巡查", kind=PatrolKind.JOINT, partners="公共安全、派出所")
        district.add_route("环境市容线")
        sheets = prepared(duty)
        assert [sheet.route for sheet in sheets] == ["居民区安全线", "环境市容线", "联合巡查"]
        assert sheets[-1].partners == "公共安全、派出所"

    def test_texts_stay_as_they_were_that_day(self, duty):
        prepared(duty)
        patrol.Checkpoint.update(place="别处").execute()
        assert checks(duty)[0].place == "1号楼底层"

    def test_another_area_s_desk_sees_and_touches_nothing(self, district, duty):
        check = prepared(duty)[0].checks[0]
        assert patrol.todays(district.elsewhere) == []
        with pytest.raises(NotAllowed):
            patrol.mark(district.elsewhere, check.id, Mark.NORMAL, "", new_id())
        assert checks(duty)[0].open

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.DUTY_OFFICER, Role.AREA_CHIEF}))
    def test_other_roles_do_not_walk(self, district, duty, role):
        check = prepared(duty)[0].checks[0]
        session = district.sign_on(role)
        assert patrol.left_undone(session) == []
        with pytest.raises(NotAllowed):
            patrol.prepare(session, TODAY, new_id())
        with pytest.raises(NotAllowed):
            patrol.mark(session, check.id, Mark.NORMAL, "", new_id())

    def test_a_day_to_come_cannot_be_made(self, duty):
        with pytest.raises(Refused):
            patrol.prepare(duty, TODAY + timedelta(days=1), new_id())


class TestMarking:
    def test_a_mark_says_when_and_by_whom(self, duty):
        check = patrol.mark(duty, prepared(duty)[0].checks[0].id, Mark.NORMAL, "", new_id())
        assert (check.mark, check.marked_by, check.marked_at) == (Mark.NORMAL, "值班员甲", FRIDAY)
        assert not check.backfilled
        assert patrol.left_undone(duty)[0].count == 3

    def test_the_same_act_marks_once(self, duty):
        check, act_id = prepared(duty)[0].checks[0], new_id()
        patrol.mark(duty, check.id, Mark.NORMAL, "", act_id)
        patrol.mark(duty, check.id, Mark.UNCHECKED, "", new_id())
        assert patrol.mark(duty, check.id, Mark.NORMAL, "", act_id).mark is Mark.UNCHECKED

    def test_not_applicable_needs_a_reason(self, duty):
        check = prepared(duty)[0].checks[0]
        with pytest.raises(Refused) as refused:
            patrol.mark(duty, check.id, Mark.NOT_APPLICABLE, "", new_id())
        assert refused.value.field == "reason"
        marked = patrol.mark(duty, check.id, Mark.NOT_APPLICABLE, "施工封闭", new_id())
        assert (marked.mark, marked.reason) == (Mark.NOT_APPLICABLE, "施工封闭")

    def test_remarking_drops_the_old_reason_and_the_audit_keeps_both(self, duty):
        check = prepared(duty)[0].checks[0]
        patrol.mark(duty, check.id, Mark.NOT_APPLICABLE, "施工封闭", new_id())
        assert patrol.mark(duty, check.id, Mark.NORMAL, "", new_id()).reason == ""
        values = [entry.id for entry in AuditEntry.select().where(AuditEntry.name == "patrol.mark")]
        contents = [audit.AuditValues.get_by_id(entry).content for entry in values]
        assert "施工封闭" in contents[0] and "施工封闭" in contents[1]
        assert audit.verify("310104012") is None

    def test_taking_a_mark_back_leaves_no_trace_on_the_sheet(self, duty):
        check = prepared(duty)[0].checks[0]
        patrol.mark(duty, check.id, Mark.NORMAL, "", new_id())
        assert patrol.mark(duty, check.id, Mark.UNCHECKED, "", new_id()) == check

    def test_abnormal_is_never_set_without_an_issue(self, duty):
        check = prepared(duty)[0].checks[0]
        with pytest.raises(Refused):
            patrol.mark(duty, check.id, Mark.ABNORMAL, "", new_id())
        assert checks(duty)[0].open


class TestAbnormal:
    def test_intake_begins_with_what_the_checkpoint_knows(self, district, duty):
        check = prepared(duty)[0].checks[0]
        assert patrol_sheets.intake_fields(duty, check.id) == {
            "unit": str(district.units[1]),
            "spot": "1号楼底层",
            "category": str(district.categories[0]),
            "force": "safety",
            "source": "patrol",
            "summary": "1号楼底层楼道堆物，影响通行",
            "patrol_check": str(check.id),
        }

    def test_registering_marks_the_checkpoint_in_the_same_act(self, duty):
        check = prepared(duty)[0].checks[0]
        done = raise_issue(duty, check)
        marked = checks(duty)[0]
        assert (marked.mark, marked.issue_number, marked.marked_at) == (Mark.ABNORMAL, done.number, FRIDAY)
        assert Issue.get_by_id(done.issue_id).source is Source.PATROL
        assert Act.select().where(Act.name == "patrol.mark").count() == 0

    def test_a_refused_intake_leaves_the_checkpoint_unchecked(self, duty):
        with pytest.raises(Refused):
            raise_issue(duty, prepared(duty)[0].checks[0], summary="")
        assert checks(duty)[0].open

    def test_a_joint_patrol_is_the_source(self, district):
        district.add_route("联合巡查", kind=PatrolKind.JOINT, partners="派出所")
        duty = district.sign_on(Role.DUTY_OFFICER)
        fields = patrol_sheets.intake_fields(duty, prepared(duty)[0].checks[0].id)
        assert fields["source"] == "joint_patrol"

    def test_the_mark_stands_while_its_issue_does(self, duty):
        check = prepared(duty)[0].checks[0]
        done = raise_issue(duty, check)
        with pytest.raises(Refused, match=done.number):
            patrol.mark(duty, check.id, Mark.NORMAL, "", new_id())
        Issue.update(state=State.VOID, is_open=False).execute()
        marked = patrol.mark(duty, check.id, Mark.NORMAL, "", new_id())
        assert (marked.mark, marked.issue_id) == (Mark.NORMAL, None)

    def test_a_second_issue_of_a_checkpoint_leaves_the_first_on_the_sheet(self, duty):
        check = prepared(duty)[0].checks[0]
        first = raise_issue(duty, check)
        raise_issue(duty, check, summary="灯也不亮")
        assert checks(duty)[0].issue_number == first.number
        assert Issue.select().count() == 2

    def test_an_issue_that_comes_after_the_end_is_registered_and_the_sheet_stays(self, duty):
        check = prepared(duty)[0].checks[0]
        patrol.finish(duty, [check.patrol_id], "天气恶劣", new_id())
        raise_issue(duty, check)
        assert checks(duty)[0].open


class TestFinishing:
    def test_unfinished_while_something_is_left(self, duty):
        sheet = prepared(duty)[0]
        with pytest.raises(Refused, match="还有4处未查") as refused:
            patrol.finish(duty, [sheet.id], "", new_id())
        assert refused.value.field == "reason"

    def test_a_reason_stands_for_the_rest(self, duty):
        sheet = prepared(duty)[0]
        [ended] = patrol.finish(duty, [sheet.id], "暴雨", new_id())
        assert (ended.finished, ended.left, ended.rest_reason) == (True, 4, "暴雨")
        assert patrol.left_undone(duty) == []

    def test_all_marked_needs_no_reason_and_keeps_none(self, duty):
        sheet = prepared(duty)[0]
        mark_all(duty)
        assert patrol.left_undone(duty)[0].text == "每日巡查已查完，等待完成"
        [ended] = patrol.finish(duty, [sheet.id], "多余的理由", new_id())
        assert (ended.finished_by, ended.rest_reason) == ("值班员甲", "")

    def test_nothing_changes_after_the_end(self, duty):
        sheet = prepared(duty)[0]
        patrol.finish(duty, [sheet.id], "暴雨", new_id())
        for change in (
            lambda: patrol.mark(duty, sheet.checks[0].id, Mark.NORMAL, "", new_id()),
            lambda: patrol.backfill(duty, [sheet.id], FRIDAY, new_id()),
            lambda: patrol.rest_normal(duty, [sheet.id], new_id()),
            lambda: patrol.finish(duty, [sheet.id], "再来", new_id()),
        ):
            with pytest.raises(Refused, match="已完成"):
                change()

    def test_several_finish_in_one_act_or_none_of_them(self, district, duty):
        district.add_route("环境市容线")
        ids = [sheet.id for sheet in prepared(duty)]
        mark_all(duty)
        with pytest.raises(Refused, match="环境市容线还有4处"):
            patrol.finish(duty, ids, "", new_id())
        assert not any(sheet.finished for sheet in patrol.todays(duty))
        told = patrol.finish(duty, ids, "暴雨", new_id())
        assert [(sheet.finished, sheet.rest_reason) for sheet in told] == [(True, ""), (True, "暴雨")]
        assert Act.select().where(Act.name == "patrol.finish").count() == 1

    def test_half_done_is_there_tomorrow_as_unfinished(self, district, duty):
        sheet = prepared(duty)[0]
        patrol.mark(duty, sheet.checks[0].id, Mark.NORMAL, "", new_id())
        with time_machine.travel(FRIDAY + timedelta(days=1), tick=False):
            saturday = district.sign_on(Role.DUTY_OFFICER)
            told = [(left.text, left.count, left.earlier) for left in patrol.left_undone(saturday)]
            assert told == [("每日巡查未查完", 4, False), ("9月25日居民区安全线未完成", 3, True)]
            sheets = patrol.prepare(saturday, saturday.day, new_id())
            assert [each.day.day for each in sheets] == [26, 25]
            patrol.finish(saturday, [sheet.id], "昨日暴雨", new_id())
            assert [each.day.day for each in patrol.todays(saturday)] == [26]


class TestFromPaper:
    def test_the_time_of_the_walk_is_said_once_and_stays(self, duty):
        sheet = prepared(duty)[0]
        walked = FRIDAY - timedelta(hours=1)
        [told] = patrol.backfill(duty, [sheet.id], walked, new_id())
        assert (told.walked_at, told.backfilled) == (walked, True)
        with pytest.raises(Refused, match="08:00"):
            patrol.backfill(duty, [sheet.id], walked, new_id())

    @pytest.mark.parametrize("hours", [1, -10])
    def test_not_in_the_future_nor_before_the_day(self, duty, hours):
        sheet = prepared(duty)[0]
        with pytest.raises(Refused) as refused:
            patrol.backfill(duty, [sheet.id], FRIDAY + timedelta(hours=hours), new_id())
        assert refused.value.field == "walked_at"
        assert not patrol.todays(duty)[0].backfilled

    def test_the_rest_is_normal_in_one_act_and_shown_as_backfilled(self, duty):
        sheet = prepared(duty)[0]
        on_the_spot = patrol.mark(duty, sheet.checks[0].id, Mark.NORMAL, "", new_id())
        walked = FRIDAY - timedelta(hours=1)
        patrol.backfill(duty, [sheet.id], walked, new_id())
        patrol.mark(duty, sheet.checks[1].id, Mark.NOT_APPLICABLE, "停用", new_id())
        raise_issue(duty, sheet.checks[2])
        [told] = patrol.rest_normal(duty, [sheet.id], new_id())
        marks = [(c.mark, c.backfilled, c.marked_at) for c in told.checks]
        assert marks == [
            (Mark.NORMAL, False, on_the_spot.marked_at),
            (Mark.NOT_APPLICABLE, True, walked),
            (Mark.ABNORMAL, True, walked),
            (Mark.NORMAL, True, walked),
        ]
        assert Act.select().where(Act.name == "patrol.rest_normal").count() == 1
        assert Patrol.get_by_id(sheet.id).started_at == FRIDAY

    def test_the_rest_is_never_normal_without_a_time_of_the_walk(self, duty):
        with pytest.raises(Refused, match="补录"):
            patrol.rest_normal(duty, [prepared(duty)[0].id], new_id())
        assert PatrolCheck.select().where(PatrolCheck.mark == Mark.NORMAL).count() == 0

    def test_its_issues_were_found_when_it_was_walked(self, duty):
        sheet = prepared(duty)[0]
        walked = FRIDAY - timedelta(hours=1)
        patrol.backfill(duty, [sheet.id], walked, new_id())
        done = raise_issue(duty, sheet.checks[0])
        assert Issue.get_by_id(done.issue_id).reported_at == walked.astimezone(UTC)

    def test_the_time_of_a_walk_over_several_routes_is_said_once(self, district, duty):
        district.add_route("环境市容线")
        ids = [sheet.id for sheet in prepared(duty)]
        patrol.backfill(duty, ids, FRIDAY - timedelta(hours=1), new_id())
        told = patrol.rest_normal(duty, ids, new_id())
        assert [sheet.left for sheet in told] == [0, 0]
        assert [act.name for act in Act.select().order_by(Act.at)][1:] == [
            "patrol.backfill",
            "patrol.rest_normal",
        ]

    def test_an_earlier_day_s_patrol_can_be_entered_today(self, district, duty):
        sheet = prepared(duty)[0]
        with time_machine.travel(FRIDAY + timedelta(days=1), tick=False):
            saturday = district.sign_on(Role.DUTY_OFFICER)
            patrol.backfill(saturday, [sheet.id], FRIDAY + timedelta(hours=5), new_id())
            patrol.rest_normal(saturday, [sheet.id], new_id())
            assert patrol.finish(saturday, [sheet.id], "", new_id())[0].finished


class TestPartners:
    def test_who_walked_along_is_written_down_for_the_day(self, district):
        route = district.add_route("联合巡查", kind=PatrolKind.JOINT, partners="公共安全、派出所")
        duty = district.sign_on(Role.DUTY_OFFICER)
        sheet = prepared(duty)[0]
        assert (
            patrol.set_partners(duty, sheet.id, "公共安全、城管中队", new_id()).partners
            == "公共安全、城管中队"
        )
        assert patrol.Patrol.get(patrol.Patrol.route == route).route.partners == "公共安全、派出所"

    def test_a_daily_patrol_has_none(self, duty):
        with pytest.raises(Refused):
            patrol.set_partners(duty, prepared(duty)[0].id, "派出所", new_id())
