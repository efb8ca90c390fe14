"""接单, 退单, 报完成, the check on site, 催办, 先行联系: what each leaves behind, and when it is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dutydesk.models import OfficeSetting
from dutydesk.rules import case, decisions, issue_acts, ledger
from dutydesk.rules.errors import Refused
from dutydesk.rules.steps import Proxy
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State


def refusals(cases, role: Role, issue_id: int) -> dict[str, str]:
    return {choice.act: choice.refusal for choice in issue_acts.menu(cases[role], issue_id)}


class TestSendingBack:
    """退单: on a basis of the 权责清单, within so many working hours of the assignment."""

    def test_the_case_is_the_areas_again_and_counts(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.do("send_back", issue_id, basis="none", reason="不是消防通道")
        row = cases.row(issue_id)
        assert (row.assignee_kind, row.assignee_key, row.handler_id, row.assignee_name) == (
            None,
            None,
            None,
            "",
        )
        assert row.send_backs == 1
        assert cases.last(issue_id).text == "公共安全力量退单。依据：清单无此项。不是消防通道"
        assert ledger.count(cases[R.DUTY_OFFICER], "sent_back") == 1

    @pytest.mark.parametrize(
        ("minutes", "allowed"), [(0, True), (329, True), (330, True), (331, False), (3000, False)]
    )
    def test_the_limit_is_four_working_hours_with_the_lunch_apart(self, cases, minutes, allowed):
        """From 10:00: two hours to noon, two from 13:30; due at 15:30 sharp."""
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.shift(minutes * 60)
        refusal = refusals(cases, R.HANDLER, issue_id)["send_back"]
        if allowed:
            assert refusal == ""
            cases.do("send_back", issue_id)
        else:
            assert "11月24日15:30（本单位设置），已过" in refusal
            with pytest.raises(Refused, match="已过"):
                cases.do("send_back", issue_id)

    def test_a_night_and_a_weekend_do_not_count(self, cases):
        cases.clock.move_to(datetime(2026, 11, 27, 17, 0, tzinfo=CHINA))  # a Friday
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.move_to(datetime(2026, 11, 30, 12, 0, tzinfo=CHINA))
        assert refusals(cases, R.HANDLER, issue_id)["send_back"] == ""
        cases.clock.move_to(datetime(2026, 11, 30, 13, 31, tzinfo=CHINA))
        assert "11月30日12:00" in refusals(cases, R.HANDLER, issue_id)["send_back"]

    def test_being_reassigned_starts_the_limit_anew(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.move_to(datetime(2026, 11, 25, 9, 0, tzinfo=CHINA))
        cases.do("reassign", issue_id, assignee=f"staff:{cases[R.HANDLER].staff_id}")
        cases.do("send_back", issue_id)

    def test_the_limit_is_a_setting_of_the_office(self, cases):
        OfficeSetting.create(key="send_back_limit", value="1", valid_from="2026-01-01", subdistrict=1)
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.shift(61 * 60)
        with pytest.raises(Refused, match="11:00"):
            cases.do("send_back", issue_id)

    def test_told_within_the_limit_it_may_be_entered_after_it(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        told = datetime(2026, 11, 24, 15, 0, tzinfo=CHINA)
        cases.clock.move_to(datetime(2026, 11, 24, 17, 0, tzinfo=CHINA))
        cases.do("send_back", issue_id, R.DUTY_OFFICER, proxy=cases.told_by(R.HANDLER, told))
        assert cases.row(issue_id).state is S.OPENED

    def test_a_second_time_proposes_an_invitation(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.do("send_back", issue_id)
        assert "约请" not in cases.last(issue_id).text
        assert [each.kind for each in decisions.waiting(cases[R.AREA_CHIEF])] == []
        cases.do("assign", issue_id, assignee="department:1")
        cases.do("send_back", issue_id, R.LIAISON)
        assert "已多次退单，建议条块约请" in cases.last(issue_id).text
        shown = case.case_sheet(cases[R.AREA_CHIEF], issue_id)
        assert shown.waiting == ("已退单2次，建议条块约请",)
        waiting = decisions.waiting(cases[R.AREA_CHIEF])
        assert [(each.kind, each.asked) for each in waiting] == [("sent_back", "已退单2次，建议约请")]

    def test_after_how_many_times_is_a_setting(self, cases):
        OfficeSetting.create(key="send_backs_before_invitation", value="1", valid_from="2026-01-01")
        issue_id = cases.in_state(S.ASSIGNED)
        cases.do("send_back", issue_id)
        assert "约请" in cases.last(issue_id).text
        assert [each.kind for each in decisions.waiting(cases[R.AREA_CHIEF])] == ["sent_back"]


class TestHands:
    """What is done to a case in hand is done by those who have it in hand."""

    def test_another_force_has_nothing_to_do_with_it(self, cases):
        issue_id = cases.in_state(S.OPENED)
        cases.do("assign", issue_id, assignee=f"staff:{cases[R.HANDLER].staff_id}")
        cases.do("take_up", issue_id)
        cases.do("reassign", issue_id, assignee="force:party")
        with pytest.raises(Refused):
            cases.do("take_up", issue_id)
        assert issue_acts.menu(cases[R.HANDLER], issue_id) == []

    def test_who_has_it_not_is_told_to_enter_it_for_others(self, cases):
        issue_id = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, S.ASSIGNED)
        cases.do("reassign", issue_id, assignee="force:safety")
        with pytest.raises(Refused, match=r"公共安全力量手上.*代录"):
            cases.do("take_up", issue_id, R.NEIGHBOURHOOD_OFFICER)

    def test_who_takes_it_up_is_its_handler(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        assert cases.row(issue_id).handler_id == cases[R.HANDLER].staff_id

    def test_a_neighbourhood_handles_by_itself_and_its_case_is_opened_with_it(self, cases):
        issue_id = cases.new()
        cases.do("handle_locally", issue_id)
        row = cases.row(issue_id)
        assert (row.state, row.assignee_kind.value, row.sent_down) == (S.HANDLING, "unit", False)
        assert row.handler_id == cases[R.NEIGHBOURHOOD_OFFICER].staff_id
        assert row.opened_at == row.assigned_at == datetime.now(CHINA)
        assert row.due_at is not None

    def test_opened_already_its_limit_runs_on(self, cases):
        issue_id = cases.in_state(S.OPENED)
        before = cases.row(issue_id)
        cases.clock.shift(3600)
        cases.do("handle_locally", issue_id)
        after = cases.row(issue_id)
        assert (after.opened_at, after.due_at) == (before.opened_at, before.due_at)


class TestReportingDone:
    def test_joint_work_lists_who_took_part(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        with pytest.raises(Refused) as refused:
            cases.do("report_done", issue_id, joint_work="enforcement")
        assert refused.value.field == "participants"
        with pytest.raises(Refused) as refused:
            cases.do("report_done", issue_id, joint_work="party", participants="城管")
        assert refused.value.field == "joint_work"
        done = {"done": "拆除棚子", "joint_work": "enforcement", "participants": "城管、派出所"}
        cases.do("report_done", issue_id, **done)
        assert cases.last(issue_id).text == "拆除棚子（联合执法：城管、派出所）"
        assert (cases.row(issue_id).outcome, cases.row(issue_id).handled_by_id) == (
            "拆除棚子",
            cases[R.HANDLER].staff_id,
        )

    @pytest.mark.parametrize(
        ("kind", "said", "text"),
        [
            ("photos", "3张，存内网相册", "（凭据·照片：3张，存内网相册）"),
            ("file", "2026-000001.jpg", "（凭据·收件夹文件：2026-000001.jpg）"),
            ("", "收据一张", "（凭据·文字：收据一张）"),
            ("photos", "", ""),
        ],
    )
    def test_evidence_stands_in_the_story(self, cases, kind, said, text):
        issue_id = cases.in_state(S.HANDLING)
        cases.do("report_done", issue_id, done="已清理", evidence_kind=kind, evidence=said)
        assert cases.last(issue_id).text == f"已清理{text}"


class TestChecking:
    """The check on site is somebody else's than the handler's."""

    def test_who_handled_it_cannot_check_it(self, cases):
        issue_id = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, S.HANDLING)
        cases.do("report_done", issue_id, R.NEIGHBOURHOOD_OFFICER)
        assert "处置人不能核查自己办的" in refusals(cases, R.NEIGHBOURHOOD_OFFICER, issue_id)["pass_check"]
        for act in ("pass_check", "fail_check"):
            with pytest.raises(Refused, match="处置人不能核查"):
                cases.do(act, issue_id, R.NEIGHBOURHOOD_OFFICER)
        cases.do("pass_check", issue_id, R.DUTY_OFFICER)
        assert cases.row(issue_id).checked_by_id == cases[R.DUTY_OFFICER].staff_id

    def test_nor_when_the_duty_officer_entered_it_for_the_handler(self, cases):
        issue_id = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, S.ASSIGNED)
        for act in ("take_up", "report_done"):
            cases.do(act, issue_id, R.DUTY_OFFICER, proxy=cases.told_by(R.NEIGHBOURHOOD_OFFICER))
        row = cases.row(issue_id)
        assert row.handler_id == row.handled_by_id == cases[R.NEIGHBOURHOOD_OFFICER].staff_id
        with pytest.raises(Refused, match="处置人不能核查"):
            cases.do("pass_check", issue_id, R.NEIGHBOURHOOD_OFFICER)
        cases.do("pass_check", issue_id, R.DUTY_OFFICER)

    def test_nor_who_took_it_up_when_another_reported_it_done(self, cases):
        other = cases.hire("N2", R.NEIGHBOURHOOD_OFFICER, unit=cases.district.units[0])
        issue_id = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, S.HANDLING)
        cases.do("report_done", issue_id, other)
        for session in (cases[R.NEIGHBOURHOOD_OFFICER], other):
            with pytest.raises(Refused, match="处置人不能核查"):
                cases.do("pass_check", issue_id, session)

    def test_a_failed_check_goes_back_to_the_handler_and_counts(self, cases):
        issue_id = cases.in_state(S.REVIEW)
        cases.do("fail_check", issue_id, reason="门厅还堵着")
        row = cases.row(issue_id)
        assert (row.state, row.reworks, row.handler_id) == (S.HANDLING, 1, cases[R.HANDLER].staff_id)
        cases.do("report_done", issue_id)
        cases.do("fail_check", issue_id)
        assert cases.row(issue_id).reworks == 2

    def test_not_satisfied_takes_the_check_and_the_feedback_back(self, cases):
        issue_id = cases.in_state(S.FEEDBACK)
        cases.do("feedback", issue_id, satisfied="no")
        assert cases.row(issue_id).satisfied is False
        cases.do("rework", issue_id)
        row = cases.row(issue_id)
        assert (row.state, row.reworks, row.checked_by_id) == (S.HANDLING, 1, None)
        assert (row.feedback_given, row.feedback_text, row.satisfied) == (False, "", None)

    def test_with_nobody_to_tell_the_feedback_is_settled_by_the_check(self, cases):
        issue_id = cases.in_state(S.FEEDBACK, reporter_name="", reporter_phone="")
        row = cases.row(issue_id)
        assert (row.feedback_given, row.feedback_text) == (True, "无反映人（来访来电），不需反馈")
        cases.do("close", issue_id)

    def test_a_telephone_number_alone_is_somebody_to_tell(self, cases):
        assert not cases.row(cases.in_state(S.FEEDBACK, reporter_name="")).feedback_given


class TestUrging:
    def test_it_is_counted_and_the_state_stays(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        for role in (R.DUTY_OFFICER, R.SUPERVISOR, R.DISTRICT_COORDINATOR):
            cases.do("urge", issue_id, role)
        row = cases.row(issue_id)
        assert (row.urges, row.state) == (3, S.ASSIGNED)


class TestFirstContact:
    def test_its_time_is_kept_once(self, cases):
        duty, issue_id = cases[R.DUTY_OFFICER], cases.in_state(S.OPENED)
        assert ledger.count(duty, "to_contact") == 1
        cases.clock.shift(600)
        cases.do("first_contact", issue_id, text="说家具是5楼的")
        assert cases.row(issue_id).first_contact_at == datetime.now(CHINA)
        assert cases.last(issue_id).text == "电话联系反映人：说家具是5楼的"
        assert ledger.count(duty, "to_contact") == 0
        with pytest.raises(Refused, match="已经先行联系过"):
            cases.do("first_contact", issue_id)
        assert "first_contact" not in refusals(cases, R.DUTY_OFFICER, issue_id)

    def test_it_needs_somebody_to_call_and_a_way_of_calling(self, cases):
        with pytest.raises(Refused, match="没有登记反映人"):
            cases.do("first_contact", cases.new(reporter_name="", reporter_phone=""))
        with pytest.raises(Refused) as refused:
            cases.do("first_contact", cases.new(), told_how="pigeon")
        assert refused.value.field == "told_how"

    def test_told_by_the_handler_it_counts_from_when_it_was(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.shift(3600)
        told = datetime.now(CHINA) - timedelta(minutes=30)
        cases.do("first_contact", issue_id, R.DUTY_OFFICER, proxy=cases.told_by(R.HANDLER, told))
        assert cases.row(issue_id).first_contact_at == told


def test_the_menu_shows_only_ways_that_this_person_may_go(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    assert list(refusals(cases, R.HANDLER, issue_id)) == [
        "take_up", "send_back", "first_contact", "note", "ask_extension", "ask_pause", "ask_pool",
    ]  # fmt: skip
    assert {"take_up", "send_back"}.isdisjoint(refusals(cases, R.DUTY_OFFICER, issue_id))
    assert list(refusals(cases, R.SUPERVISOR, issue_id)) == ["urge"]
    assert refusals(cases, R.AUDITOR, issue_id) == {}


def test_each_line_of_the_menu_can_be_done_or_says_why_not(cases):
    """The menu and the rules agree, for every role in every state."""
    for state in State:
        issue_id = cases.in_state(state)
        for role in Role:
            for act, refusal in refusals(cases, role, issue_id).items():
                if refusal:
                    with pytest.raises(Refused) as refused:
                        cases.do(act, issue_id, role)
                    assert refused.value.message == refusal


def test_a_partner_without_an_account_is_entered_from_beginning_to_end(cases):
    seat = cases.partner()
    issue_id = cases.in_state(S.OPENED)
    cases.do("assign", issue_id, assignee=f"partner:{seat}")
    duty, told = cases[R.DUTY_OFFICER], datetime.now(CHINA)
    partner = Proxy(None, "康健物业", "phone", told)
    offered = [choice.act for choice in issue_acts.proxy_menu(duty, issue_id)]
    assert offered == ["take_up", "send_back", "ask_extension", "ask_pause", "ask_pool"]
    for act in ("take_up", "report_done"):
        cases.do(act, issue_id, duty, proxy=partner)
    assert cases.last(issue_id).text == "代康健物业录入（电话）：写明的done"
    cases.do("pass_check", issue_id, duty)
    cases.do("feedback", issue_id)
    cases.do("close", issue_id)
