"""反馈 and 销项: nothing is closed before all is there; 当场解决, 抽查 and reopening."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dutydesk.models import Category, Deadline, Issue
from dutydesk.rules import closing, decisions, issue_acts, ledger
from dutydesk.rules.errors import Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Level, Phase, Role, State

R, S = Role, State


class TestDemands:
    """销项 needs what was done, the check by somebody else, and the feedback."""

    @pytest.mark.parametrize(
        ("broken", "missing"),
        [
            ({"outcome": ""}, "做了什么："),
            ({"checked_by": None}, "现场核查："),
            ({"checked_by": 4}, "现场核查：核查人就是处置人"),
            ({"feedback_given": False, "feedback_text": ""}, "反馈："),
        ],
    )
    def test_what_is_missing_is_named_and_nothing_is_closed(self, cases, broken, missing):
        issue_id = cases.in_state(S.FEEDBACK)
        cases.do("feedback", issue_id)
        assert closing.missing(cases.row(issue_id)) == []
        Issue.update(**broken).where(Issue.id == issue_id).execute()
        with pytest.raises(Refused, match=f"还缺——{missing}"):
            cases.do("close", issue_id)
        assert cases.row(issue_id).state is S.FEEDBACK
        menu = {choice.act: choice.refusal for choice in issue_acts.menu(cases[R.AREA_CHIEF], issue_id)}
        assert missing in menu["close"]

    def test_the_handler_of_this_test_is_the_fourth(self, cases):
        assert cases[R.HANDLER].staff_id == 4

    def test_closed_it_keeps_the_level_at_which_it_was_solved(self, cases):
        for level in Level:
            issue_id = cases.in_state(S.FEEDBACK)
            cases.do("feedback", issue_id)
            cases.do("close", issue_id, level=level, note="好")
            row = cases.row(issue_id)
            assert (row.level, row.closed_at) == (level, datetime.now(CHINA))
            assert cases.last(issue_id).text == f"在{level.label}一级解决：好"

    def test_a_level_that_is_none_is_refused(self, cases):
        issue_id = cases.in_state(S.FEEDBACK)
        cases.do("feedback", issue_id)
        with pytest.raises(Refused) as refused:
            cases.do("close", issue_id, level="市")
        assert refused.value.field == "level"


class TestFeedback:
    def test_told_and_satisfied(self, cases):
        issue_id = cases.in_state(S.FEEDBACK)
        cases.do("feedback", issue_id, told="家具已清走")
        row = cases.row(issue_id)
        assert (row.feedback_given, row.satisfied) == (True, True)
        assert row.feedback_text == "电话告知反映人：家具已清走。反映人满意"

    def test_or_why_nobody_was_told(self, cases):
        issue_id = cases.in_state(S.FEEDBACK)
        cases.do(
            "feedback", issue_id, told=None, told_how=None, satisfied=None, no_feedback_reason="三次联系不上"
        )
        row = cases.row(issue_id)
        assert (row.feedback_given, row.satisfied, row.feedback_text) == (True, None, "未反馈：三次联系不上")
        cases.do("close", issue_id)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("told_how", None), ("told_how", "鸽子"), ("told", ""), ("satisfied", ""), ("satisfied", "也许")],
    )
    def test_anything_left_out_is_refused_beside_its_field(self, cases, field, value):
        with pytest.raises(Refused) as refused:
            cases.do("feedback", cases.in_state(S.FEEDBACK), **{field: value})
        assert refused.value.field == field


class TestSolvedOnTheSpot:
    """当场解决 goes from 发现 to 已销项 in one act."""

    def test_registering_and_closing_are_one_act(self, cases):
        written = cases.written()
        issue_id = cases.new(solved=True, on_the_spot="当场请居民搬走")
        row, now = cases.row(issue_id), cases.written()
        assert (row.state, row.is_open, row.outcome) == (S.CLOSED, False, "当场请居民搬走")
        assert (row.level, row.solved_on_spot, row.feedback_text) == (Level.AREA, True, "当场告知")
        assert now["Act"] == written["Act"] + 1
        assert now["AuditEntry"] == written["AuditEntry"] + 1
        assert cases.story(issue_id) == ["register", "solve_on_spot"]

    def test_a_neighbourhoods_own_is_solved_at_its_level(self, cases):
        issue_id = cases.new(cases[R.NEIGHBOURHOOD_OFFICER], solved=True, on_the_spot="搬走了")
        assert cases.row(issue_id).level is Level.NEIGHBOURHOOD

    def test_what_was_done_must_be_said_and_else_nothing_is_registered(self, cases):
        written = cases.written()
        with pytest.raises(Refused) as refused:
            cases.new(solved=True)
        assert refused.value.field == "on_the_spot"
        assert cases.written() == written

    def test_it_is_drawn_for_a_look_afterwards_at_its_categorys_share(self, cases):
        assert not cases.row(cases.new(solved=True, on_the_spot="搬走")).sample_due
        assert cases.row(cases.new(category=str(cases.rubbish), solved=True, on_the_spot="清走")).sample_due
        Category.update(spot_share=0.3).where(Category.id == cases.rubbish).execute()
        category = Category.get_by_id(cases.rubbish)
        drawn = sum(
            closing.drawn_for_sample(Issue(year=2026, serial=serial, category=category))
            for serial in range(1000)
        )
        assert 250 < drawn < 350

    def test_the_look_is_somebody_elses(self, cases):
        issue_id = cases.new(category=str(cases.rubbish), solved=True, on_the_spot="清走")
        duty = cases[R.DUTY_OFFICER]
        assert ledger.count(duty, "sample") == 1
        with pytest.raises(Refused, match="不能抽查自己"):
            cases.do("sample_check", issue_id, duty)
        menu = {choice.act: choice.refusal for choice in issue_acts.menu(duty, issue_id)}
        assert "不能抽查自己" in menu["sample_check"]
        cases.do("sample_check", issue_id, R.AREA_CHIEF)
        assert (cases.row(issue_id).sample_due, ledger.count(duty, "sample")) == (False, 0)
        with pytest.raises(Refused, match="没有抽中"):
            cases.do("sample_check", issue_id, R.AREA_CHIEF)

    def test_what_was_not_drawn_is_not_offered(self, cases):
        issue_id = cases.new(solved=True, on_the_spot="搬走")
        assert "sample_check" not in {choice.act for choice in issue_acts.menu(cases[R.AREA_CHIEF], issue_id)}


class TestReopening:
    def test_it_begins_anew_and_its_old_end_is_gone(self, cases):
        issue_id = cases.in_state(S.CLOSED)
        old = cases.row(issue_id)
        cases.clock.shift(timedelta(days=2))
        cases.do("reopen", issue_id)
        row = cases.row(issue_id)
        assert (row.state, row.is_open, row.closed_at, row.level) == (S.OPENED, True, None, None)
        assert (row.assignee_kind, row.handler_id, row.handled_by_id, row.checked_by_id) == (None,) * 4
        assert (row.outcome, row.feedback_given, row.feedback_text, row.satisfied) == ("", False, "", None)
        assert row.opened_at == datetime.now(CHINA)
        assert row.due_at == old.due_at + timedelta(days=2)
        current = Deadline.select().where(Deadline.phase == Phase.COMPLETION, Deadline.current)
        assert [each.due_at for each in current] == [row.due_at]

    def test_solved_on_the_spot_it_goes_the_whole_way_now(self, cases):
        issue_id = cases.new(category=str(cases.rubbish), solved=True, on_the_spot="清走")
        cases.do("reopen", issue_id)
        row = cases.row(issue_id)
        assert (row.solved_on_spot, row.sample_due) == (False, False)
        for act in ("assign", "take_up", "report_done", "pass_check"):
            cases.do(act, issue_id)
        with pytest.raises(Refused, match="反馈"):
            cases.do("close", issue_id)


def test_the_level_proposed_is_that_of_the_hands_which_solved_it(cases):
    levels = {
        R.NEIGHBOURHOOD_OFFICER: Level.NEIGHBOURHOOD,
        R.HANDLER: Level.AREA,
        R.LIAISON: Level.SUBDISTRICT,
        R.DEPARTMENT_HEAD: Level.DISTRICT,
    }
    for role, level in levels.items():
        issue_id = cases.in_hands(role, S.ASSIGNED)
        assert closing.proposed_level(cases.row(issue_id)) is level, role


def test_what_can_be_closed_waits_for_the_chief_with_its_level(cases):
    issue_id = cases.in_state(S.FEEDBACK)
    chief = cases[R.AREA_CHIEF]
    assert decisions.waiting(chief) == []
    cases.do("feedback", issue_id)
    (waiting,) = decisions.waiting(chief)
    assert (waiting.kind, waiting.issue_id, waiting.level) == ("close", issue_id, "area")
    assert "现场核查" in waiting.reason


def test_a_reopened_case_is_not_overdue_by_its_sources_old_limit(cases, clock):
    limit = datetime(2026, 11, 27, 12, tzinfo=CHINA)
    issue_id = cases.in_state(State.CLOSED, source="hotline", source_number="H1", source_due=limit)
    clock.move_to(limit + timedelta(days=10))
    cases.do("reopen", issue_id)
    assert cases.row(issue_id).due_at > limit + timedelta(days=10)


def test_a_case_whose_reporter_is_not_satisfied_is_closed_only_with_a_word_why(cases):
    issue_id = cases.in_state(State.FEEDBACK)
    cases.do("feedback", issue_id, satisfied="no")
    with pytest.raises(Refused, match="不满意") as refused:
        cases.do("close", issue_id, note="")
    assert refused.value.field == "note"
    cases.do("close", issue_id, note="诉求超出政策，已当面说明")
    assert cases.row(issue_id).state is State.CLOSED


def test_a_request_that_falls_away_is_told_in_the_story(cases):
    issue_id = cases.in_state(State.HANDLING)
    cases.do("ask_extension", issue_id)
    cases.do("report_done", issue_id)
    assert "延期申请随之撤回" in cases.last(issue_id).text
