"""立案, 派单, 下派, 改派, 改类别, flags, 并案: what each leaves behind, and when it is refused."""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import uuid4

import pytest

from dutydesk.models import Category, Deadline, IssueStep, OfficeSetting, TimeLimit
from dutydesk.rules import issue_acts, ledger, undo
from dutydesk.rules.errors import Refused
from dutydesk.rules.triage import by_number
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import AssigneeKind, Phase, Role, State

R, S = Role, State


def due(cases, issue_id: int, phase: Phase = Phase.COMPLETION) -> datetime:
    row = Deadline.get(Deadline.issue == issue_id, Deadline.phase == phase, Deadline.current)
    return row.due_at.astimezone(CHINA)


class TestOpening:
    def test_both_limits_start_with_opening_and_explain_themselves(self, cases):
        issue_id = cases.in_state(S.OPENED)
        assert due(cases, issue_id, Phase.FIRST_CONTACT) == datetime(2026, 11, 24, 15, 30, tzinfo=CHINA)
        assert due(cases, issue_id) == datetime(2026, 12, 1, 18, 0, tzinfo=CHINA)
        row = cases.row(issue_id)
        assert row.due_at == due(cases, issue_id)
        kept = Deadline.get(Deadline.issue == issue_id, Deadline.phase == Phase.FIRST_CONTACT)
        assert (kept.amount, kept.unit, kept.limit_id is not None) == (4, "work_hours", True)
        assert kept.hours == "09:00-12:00 13:30-18:00"
        assert kept.explanation.startswith("立案 11月24日10:00，4工作时：")

    def test_without_a_reporter_there_is_nobody_to_contact(self, cases):
        issue_id = cases.in_state(S.OPENED, reporter_name="", reporter_phone="")
        assert [row.phase for row in Deadline.select()] == [Phase.COMPLETION]
        assert cases.row(issue_id).first_contact_due_at is None

    def test_a_sources_own_limit_goes_before_the_table(self, cases):
        limit = datetime(2026, 11, 27, 12, 0, tzinfo=CHINA)
        issue_id = cases.in_state(S.OPENED, source="hotline", source_number="H1", source_due=limit)
        kept = Deadline.get(Deadline.phase == Phase.COMPLETION)
        assert due(cases, issue_id) == limit
        assert (kept.limit_id, kept.amount) == (None, None)
        assert "来源" in kept.explanation

    def test_a_new_limit_never_moves_a_running_deadline(self, cases):
        issue_id = cases.in_state(S.OPENED)
        before = due(cases, issue_id)
        TimeLimit.update(amount=1, unit="work_hours").execute()
        cases.do("assign", issue_id)
        assert due(cases, issue_id) == before
        assert due(cases, cases.in_state(S.OPENED)) < before

    def test_a_subdistricts_own_limit_goes_before_the_districts_from_its_day_on(self, cases):
        own = {"subdistrict": 1, "category": cases.fire, "urgency": "normal", "phase": Phase.COMPLETION}
        TimeLimit.create(**own, amount=1, unit="work_days", valid_from="2026-11-25")
        assert due(cases, cases.in_state(S.OPENED)).day == 1
        cases.clock.move_to(datetime(2026, 11, 25, 10, 0, tzinfo=CHINA))
        assert due(cases, cases.in_state(S.OPENED)) == datetime(2026, 11, 26, 18, 0, tzinfo=CHINA)


class TestAssigning:
    @pytest.mark.parametrize(
        ("assignee", "kind", "name"),
        [
            ("force:safety", AssigneeKind.FORCE, "公共安全力量"),
            ("department:1", AssigneeKind.DEPARTMENT, "社区管理办公室"),
            ("department:2", AssigneeKind.DEPARTMENT, "区住房保障和房屋管理局"),
            ("staff:4", AssigneeKind.STAFF, "处置人员甲"),
            ("partner:6", AssigneeKind.PARTNER, "康健物业"),
        ],
    )
    def test_a_case_can_be_given_to_each_kind(self, cases, assignee, kind, name):
        issue_id = cases.in_state(S.OPENED)
        cases.do("assign", issue_id, assignee=assignee, note="今天内")
        row = cases.row(issue_id)
        assert (row.assignee_kind, f"{row.assignee_kind}:{row.assignee_key}") == (kind, assignee)
        assert (row.assignee_name, cases.last(issue_id).text) == (name, f"交{name}：今天内")

    @pytest.mark.parametrize(
        "wrong",
        ["", "nobody", "force:", "force:army", "staff:", "staff:0", "staff:999", "department:99", "partner:99",
         "unit:1", "unit:2", "staff:²", "staff:99999999999999999999", "department:1;drop table issue"],
    )  # fmt: skip
    def test_nobody_else_can_be_named(self, cases, wrong):
        issue_id = cases.in_state(S.OPENED)
        with pytest.raises(Refused) as refused:
            cases.do("assign", issue_id, assignee=wrong)
        assert refused.value.field == "assignee"

    def test_a_department_of_another_subdistrict_cannot_be_named(self, cases):
        from dutydesk.models import Department, Subdistrict

        town = Subdistrict.create(district=1, code="3", name="别处街道", short_name="别处")
        strange = Department.create(subdistrict=town, code="Q", name="别处管理办", kind="office")
        with pytest.raises(Refused):
            cases.do("assign", cases.in_state(S.OPENED), assignee=f"department:{strange.id}")

    def test_what_the_chief_has_not_delegated_the_duty_officer_only_proposes(self, cases):
        issue_id = cases.in_state(S.OPENED, category=str(cases.building))
        for act in ("assign", "send_down"):
            with pytest.raises(Refused, match="须由片区长派单"):
                cases.do(act, issue_id, R.DUTY_OFFICER, assignee="force:safety")
        menu = {choice.act: choice.refusal for choice in issue_acts.menu(cases[R.DUTY_OFFICER], issue_id)}
        assert "片区长" in menu["assign"]
        assert menu["propose_assign"] == ""
        cases.do("propose_assign", issue_id)
        with pytest.raises(Refused, match="已经提请"):
            cases.do("propose_assign", issue_id)
        cases.do("assign", issue_id, R.AREA_CHIEF)
        with pytest.raises(Refused, match="须由片区长改派"):
            cases.do("reassign", issue_id, R.DUTY_OFFICER)
        cases.do("reassign", issue_id, R.AREA_CHIEF)

    def test_what_is_delegated_is_not_proposed(self, cases):
        issue_id = cases.in_state(S.OPENED)
        assert "propose_assign" not in {
            choice.act for choice in issue_acts.menu(cases[R.DUTY_OFFICER], issue_id)
        }
        with pytest.raises(Refused, match="可以直接派单"):
            cases.do("propose_assign", issue_id)

    def test_the_chief_may_recall_what_was_delegated(self, cases):
        Category.update(delegated=False).where(Category.id == cases.fire).execute()
        with pytest.raises(Refused):
            cases.do("assign", cases.in_state(S.OPENED), R.DUTY_OFFICER)


class TestReassigning:
    def test_another_gets_it_with_a_new_limit_for_sending_back_and_nobody_has_taken_it_up(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        cases.clock.shift(3600)
        cases.do("reassign", issue_id, R.DUTY_OFFICER)
        row = cases.row(issue_id)
        assert (row.state, row.assignee_key, row.handler_id) == (S.ASSIGNED, "management", None)
        assert row.assigned_at == datetime.now(CHINA)
        assert cases.last(issue_id).text == "由公共安全力量改交公共管理力量：写明的reason"

    def test_giving_it_to_who_has_it_is_refused(self, cases):
        with pytest.raises(Refused, match="已经在他手上") as refused:
            cases.do("reassign", cases.in_state(S.ASSIGNED), assignee="force:safety")
        assert refused.value.field == "assignee"


class TestSendingDown:
    def test_with_a_listed_duty_it_names_its_basis_and_is_counted(self, cases):
        issue_id = cases.in_state(S.OPENED, category=str(cases.rubbish))
        cases.do("send_down", issue_id, note="请当天办")
        row = cases.row(issue_id)
        assert (row.assignee_kind, row.assignee_key) == (AssigneeKind.UNIT, str(row.unit_id))
        assert row.sent_down
        assert "居委清单第3条" in cases.last(issue_id).text

    def test_without_a_listed_duty_it_needs_consent(self, cases):
        issue_id = cases.in_state(S.OPENED)
        with pytest.raises(Refused, match="没有“楼道堆物”") as refused:
            cases.do("send_down", issue_id)
        assert refused.value.field == "ground"
        with pytest.raises(Refused) as refused:
            cases.do("send_down", issue_id, ground="consent")
        assert refused.value.field == "consent_by"
        assert not cases.row(issue_id).sent_down
        cases.do("send_down", issue_id, ground="consent", consent_by="张书记，今天上午电话")
        assert cases.row(issue_id).sent_down
        assert "居委同意：张书记" in cases.last(issue_id).text

    def test_it_stays_counted_when_it_is_passed_up_with_what_was_tried(self, cases):
        issue_id = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, S.ASSIGNED)
        cases.do("pass_up", issue_id, tried="上门三次，对方不肯搬")
        row = cases.row(issue_id)
        assert (row.state, row.sent_down, row.assignee_kind, row.assignee_name) == (S.OPENED, True, None, "")
        assert cases.last(issue_id).text == "居委已做：上门三次，对方不肯搬"


class TestRecategorising:
    def test_the_limits_are_counted_anew_from_opening(self, cases):
        issue_id = cases.in_state(S.OPENED)
        cases.clock.shift(3600)
        cases.do("recategorise", issue_id, urgency="critical")
        row = cases.row(issue_id)
        assert (row.category_id, row.force.value, row.urgency.value) == (
            cases.rubbish,
            "management",
            "critical",
        )
        assert due(cases, issue_id) == datetime(2026, 11, 24, 14, 0, tzinfo=CHINA)
        assert Deadline.select().where(Deadline.issue == issue_id, Deadline.current).count() == 2
        assert Deadline.select().where(Deadline.issue == issue_id).count() == 4

    def test_before_opening_there_is_no_limit_yet(self, cases):
        issue_id = cases.new()
        cases.do("recategorise", issue_id)
        assert cases.row(issue_id).due_at is None

    def granted(self, cases) -> int:
        """Due on 1 December; until the 10th by the chief's word; back to the area for another class."""
        issue_id = cases.in_state(S.OPENED)
        cases.clock.shift(60)
        cases.do("extend", issue_id, until=date(2026, 12, 10), reason="等配件")
        return issue_id

    def test_what_the_chief_extended_stays_extended(self, cases):
        issue_id = self.granted(cases)
        cases.do("recategorise", issue_id, urgency="urgent")
        assert due(cases, issue_id) == datetime(2026, 12, 10, 18, 0, tzinfo=CHINA)
        kept = Deadline.get(Deadline.issue == issue_id, Deadline.phase == Phase.COMPLETION, Deadline.current)
        assert (kept.amount, kept.unit) == (8, "work_hours")
        assert kept.explanation.startswith("立案 11月24日10:00，8工作时")
        assert kept.explanation.endswith("；准予延期至12月10日18:00，现定12月10日18:00")

    def test_a_limit_that_is_longer_than_what_was_granted_holds(self, cases):
        issue_id = self.granted(cases)
        TimeLimit.update(amount=20).where(TimeLimit.category == cases.rubbish).execute()
        cases.do("recategorise", issue_id, urgency="normal")
        assert due(cases, issue_id) == datetime(2026, 12, 22, 18, 0, tzinfo=CHINA)

    def test_an_extension_that_was_taken_back_is_none(self, cases):
        issue_id = self.granted(cases)
        chief = cases[R.AREA_CHIEF]
        undo.undo(chief, undo.last(chief).act_id, str(uuid4()))
        cases.do("recategorise", issue_id, urgency="urgent")
        assert due(cases, issue_id) == datetime(2026, 11, 25, 10, 30, tzinfo=CHINA)

    @pytest.mark.parametrize("kind", ["pause", "pool"])
    def test_the_time_that_it_stood_still_is_not_counted(self, cases, kind):
        """Two of eight working hours were used; the six that were left begin on Monday at nine."""
        issue_id = cases.in_state(S.OPENED)
        cases.clock.shift(2 * 3600)
        cases.do(kind, issue_id, until=date(2026, 12, 6))
        cases.clock.move_to(datetime(2026, 12, 7, 9, 0, tzinfo=CHINA))
        cases.do("resume", issue_id)
        cases.do("recategorise", issue_id, urgency="urgent")
        assert due(cases, issue_id) == datetime(2026, 12, 7, 16, 30, tzinfo=CHINA)

    def test_a_pause_that_ran_over_its_day_counts_up_to_that_day(self, cases):
        issue_id = cases.in_state(S.OPENED)
        cases.clock.shift(2 * 3600)
        cases.do("pause", issue_id, until=date(2026, 12, 6))
        cases.clock.move_to(datetime(2026, 12, 9, 9, 0, tzinfo=CHINA))
        cases.do("resume", issue_id)
        cases.do("recategorise", issue_id, urgency="urgent")
        assert due(cases, issue_id) == datetime(2026, 12, 7, 16, 30, tzinfo=CHINA)

    def test_twice_over_nothing_is_granted_twice(self, cases):
        issue_id = self.granted(cases)
        cases.do("pause", issue_id, until=date(2026, 12, 4))
        cases.clock.move_to(datetime(2026, 12, 4, 9, 0, tzinfo=CHINA))
        cases.do("resume", issue_id)
        cases.do("recategorise", issue_id, urgency="urgent")
        first = due(cases, issue_id)
        cases.do("recategorise", issue_id, urgency="normal", category=str(cases.fire))
        cases.do("recategorise", issue_id, urgency="urgent")
        assert due(cases, issue_id) == first == datetime(2026, 12, 22, 16, 59, tzinfo=CHINA)

    def test_what_was_granted_before_it_was_closed_once_counts_no_more(self, cases):
        issue_id = self.granted(cases)
        for act in ("assign", "take_up", "report_done", "pass_check", "feedback", "close"):
            cases.do(act, issue_id)
        cases.do("reopen", issue_id)
        cases.do("recategorise", issue_id, urgency="urgent")
        assert due(cases, issue_id) == datetime(2026, 11, 25, 10, 31, tzinfo=CHINA)

    def test_a_class_without_a_limit_leaves_the_deadline_as_it_is(self, cases):
        issue_id = self.granted(cases)
        TimeLimit.delete().where(TimeLimit.category == cases.rubbish).execute()
        cases.do("recategorise", issue_id)
        assert due(cases, issue_id) == datetime(2026, 12, 10, 18, 0, tzinfo=CHINA)

    def test_a_reporter_who_was_called_is_not_waiting_any_more(self, cases):
        issue_id = cases.in_state(S.OPENED)
        by = due(cases, issue_id, Phase.FIRST_CONTACT)
        cases.do("first_contact", issue_id)
        cases.do("recategorise", issue_id, urgency="critical")
        assert due(cases, issue_id, Phase.FIRST_CONTACT) == by

    @pytest.mark.parametrize(("field", "wrong"), [("category", "99"), ("category", "²"), ("urgency", "soon")])
    def test_what_is_on_no_list_is_refused(self, cases, field, wrong):
        with pytest.raises(Refused) as refused:
            cases.do("recategorise", cases.new(), **{field: wrong})
        assert refused.value.field == field


def test_flags_put_a_case_first_and_are_taken_away_again(cases):
    duty, issue_id = cases[R.DUTY_OFFICER], cases.new()
    cases.do("flag", issue_id, flags="strongly_felt beyond_neighbourhood")
    assert ledger.count(duty, "first") == 1
    assert cases.last(issue_id).text == "标记：群众反映强烈、居民区难以协调"
    cases.do("flag", issue_id, flags=None)
    assert ledger.count(duty, "first") == 0
    assert cases.last(issue_id).text == "取消标记"
    with pytest.raises(Refused, match="没有改动"):  # the story tells of no change where there was none
        cases.do("flag", issue_id, flags=None)
    cases.do("flag", issue_id, flags="strongly_felt")
    with pytest.raises(Refused, match="没有改动"):
        cases.do("flag", issue_id, flags="strongly_felt")


class TestMerging:
    def test_both_stories_tell_of_it_and_it_comes_back_to_its_state(self, cases):
        main, follower = cases.in_state(S.ASSIGNED), cases.in_state(S.HANDLING)
        number = cases.row(main).number
        cases.do("merge", follower, target=number, reason="同一堆家具")
        row = cases.row(follower)
        assert (row.state, row.merged_into_id, row.returns_to, row.is_open) == (
            S.MERGED,
            main,
            S.HANDLING,
            False,
        )
        assert cases.story(main)[-1] == "merged_in"
        assert cases.row(main).version == 4
        cases.do("unmerge", follower)
        row = cases.row(follower)
        assert (row.state, row.merged_into_id, row.returns_to) == (S.HANDLING, None, None)
        assert (row.closed_at, row.is_open, row.handler_id) == (None, True, cases[R.HANDLER].staff_id)

    def test_those_merged_into_a_case_hear_of_it(self, cases):
        main, follower = cases.in_state(S.HANDLING), cases.new(reporter_name="", reporter_phone="")
        cases.do("merge", follower, target=cases.row(main).number)
        for act in ("report_done", "pass_check", "feedback", "close"):
            cases.do(act, main)
        assert cases.story(follower)[-2:] == ["follow_main", "follow_main"]
        assert "已清理，请您看看" in told(follower)
        assert "已销项" in told(follower)

    @pytest.mark.parametrize("act", ["reject", "solve_on_spot"])
    def test_they_hear_of_an_early_end_too(self, cases, act):
        main, follower = cases.new(), cases.new()
        cases.do("merge", follower, target=cases.row(main).number)
        cases.do(act, main)
        assert cases.story(follower)[-1] == "follow_main"
        assert cases.row(main).number in told(follower)
        assert cases.row(follower).state is S.MERGED

    def test_a_case_is_not_merged_into_itself_an_ended_one_or_one_that_is_not_there(self, cases):
        issue_id, closed = cases.new(), cases.in_state(S.CLOSED)
        wrong = {
            cases.row(issue_id).number: "不能并入自己",
            cases.row(closed).number: "已销项，不能再并入",
            "2026-999999": "没有找到",
            "康健": "没有找到",
        }
        for number, message in wrong.items():
            with pytest.raises(Refused, match=message) as refused:
                cases.do("merge", issue_id, target=number)
            assert refused.value.field == "target"

    def test_a_main_case_is_not_merged_on(self, cases):
        main, follower, third = cases.new(), cases.new(), cases.new()
        cases.do("merge", follower, target=cases.row(main).number)
        with pytest.raises(Refused, match="已有别的问题并入这一件"):
            cases.do("merge", main, target=cases.row(third).number)


def told(issue_id: int) -> str:
    return "\n".join(step.text for step in IssueStep.select().where(IssueStep.issue == issue_id))


def test_a_number_is_read_with_or_without_its_year(cases):
    issue_id = cases.new()
    for number in ("2026-000001", " 2026-1 ", "1", "000001", "１"):
        assert by_number(number).id == issue_id, number
    for strange in ("", "-", "2025-1", "2026-", "-1", "²", "1" * 20, "9" * 5000, "1-1-1", "x", "'; --"):
        assert by_number(strange) is None, strange


def test_what_a_step_demanded_is_kept_with_it(cases):
    issue_id = cases.in_state(S.OPENED)
    cases.do("assign", issue_id)
    assert json.loads(cases.last(issue_id).details) == {"assignee": "force:safety"}


def test_settings_count_from_their_day_and_the_subdistricts_own_first(cases):
    from dutydesk.rules import office

    def put(value: str, since: str, subdistrict: int | None = None) -> None:
        OfficeSetting.create(key="pause_max", value=value, valid_from=since, subdistrict=subdistrict)

    assert office.setting("pause_max", 1) == 60
    put("30", "2026-01-01")
    put("20", "2026-11-25")
    assert office.setting("pause_max") == office.setting("pause_max", 1) == 30
    put("10", "2026-01-01", 1)
    assert (office.setting("pause_max"), office.setting("pause_max", 1)) == (30, 10)
    cases.clock.move_to(datetime(2026, 11, 25, 0, 1, tzinfo=CHINA))
    assert office.setting("pause_max") == 20


def test_a_category_and_urgency_that_are_so_already_write_no_step(cases):
    issue_id = cases.new()
    issue = cases.row(issue_id)
    with pytest.raises(Refused, match="没有改动") as refused:
        cases.do("recategorise", issue_id, category=str(issue.category_id), urgency=issue.urgency.value)
    assert refused.value.field == "urgency"
    assert cases.last(issue_id).name == "register"
