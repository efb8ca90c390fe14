"""Everybody who raised a case is told of the outcome, those too whose case was merged into another."""

from __future__ import annotations

import pytest

from dutydesk.models import Issue, IssueStep
from dutydesk.rules import case, issue_acts, search
from dutydesk.rules.errors import Refused
from dutydesk.vocabulary import Role, State

R, S = Role, State
NOBODY = {"reporter_name": "", "reporter_phone": ""}


def row(issue_id: int) -> Issue:
    return Issue.get_by_id(issue_id)


def merged(cases, main: int, **changes) -> int:
    follower = cases.new(**changes)
    cases.do("merge", follower, target=row(main).number)
    return follower


def in_feedback(cases, followers: int = 1, **changes) -> tuple[int, list[int]]:
    main = cases.in_state(S.HANDLING, **changes)
    ids = [merged(cases, main) for _ in range(followers)]
    cases.do("report_done", main)
    cases.do("pass_check", main)
    return main, ids


def acts(cases, issue_id: int, role: Role = R.DUTY_OFFICER) -> list[str]:
    return [choice.act for choice in issue_acts.menu(cases[role], issue_id)]


def test_the_main_case_is_not_closed_before_each_has_been_told(cases):
    main, (first, second) = in_feedback(cases, 2)
    cases.do("feedback", main)
    for waiting in ((first, second), (second,)):
        assert not row(main).feedback_given
        with pytest.raises(Refused) as refused:
            cases.do("close", main)
        assert [row(i).number in str(refused.value) for i in (first, second)] == [
            i in waiting for i in (first, second)
        ]
        cases.do("feedback", waiting[0], told="您反映的那处也清了")
    assert row(main).feedback_given
    cases.do("close", main)
    assert row(main).state is S.CLOSED


def test_each_has_an_answer_of_its_own(cases):
    main, (follower,) = in_feedback(cases)
    cases.do("feedback", follower, told="您反映的那处也清了", satisfied="no")
    assert row(follower).feedback_text == "电话告知反映人：您反映的那处也清了。反映人不满意"
    assert (row(follower).state, row(follower).satisfied, row(follower).is_open) == (S.MERGED, False, False)
    assert (row(main).feedback_text, row(main).satisfied) == ("", None)
    last = IssueStep.select().where(IssueStep.issue == main).order_by(IssueStep.id.desc()).get()
    assert (last.name, last.text.startswith(f"{row(follower).number} 的反映人：电话告知")) == (
        "merged_told",
        True,
    )


def test_an_unsatisfied_one_among_them_asks_for_a_word_at_closing(cases):
    main, (follower,) = in_feedback(cases)
    cases.do("feedback", main)
    cases.do("feedback", follower, satisfied="no")
    with pytest.raises(Refused, match=f"反映人不满意（{row(follower).number}）"):
        cases.do("close", main)
    cases.do("close", main, note="已上门说明，无法再扩大范围")


def test_the_main_case_shows_who_has_still_to_be_told(cases):
    main, (follower,) = in_feedback(cases)
    demands = case.case_sheet(cases[R.DUTY_OFFICER], main).demands
    assert (f"反馈 {row(follower).number}", False) in [(each.name, each.met) for each in demands]


def test_where_only_the_merged_one_has_a_reporter_the_main_one_asks_for_nothing_more(cases):
    main, (follower,) = in_feedback(cases, **NOBODY)
    assert not row(main).feedback_given
    cases.do("feedback", follower)
    assert row(main).feedback_given
    cases.do("close", main)


def test_a_merged_one_is_told_when_there_is_an_outcome_and_somebody_to_tell(cases):
    main = cases.in_state(S.HANDLING)
    follower, anonymous = merged(cases, main), merged(cases, main, **NOBODY)
    assert "feedback" not in acts(cases, follower)
    with pytest.raises(Refused, match="还没有结果"):
        cases.do("feedback", follower)
    cases.do("report_done", main)
    cases.do("pass_check", main)
    assert "feedback" in acts(cases, follower)
    assert "feedback" not in acts(cases, anonymous)


def test_after_an_early_end_they_can_be_told_too(cases):
    main = cases.new()
    follower = merged(cases, main)
    cases.do("solve_on_spot", main)
    cases.do("feedback", follower)
    assert row(follower).feedback_given


@pytest.mark.parametrize("act", ["rework", "reopen"])
def test_worked_on_anew_all_are_told_anew(cases, act):
    main, (follower,) = in_feedback(cases)
    cases.do("feedback", main)
    cases.do("feedback", follower)
    if act == "reopen":
        cases.do("close", main)
    cases.do(act, main)
    assert (row(follower).feedback_given, row(follower).feedback_text, row(follower).satisfied) == (
        False,
        "",
        None,
    )
    assert search.problems() == []


def test_what_is_merged_into_a_case_that_was_told_has_to_be_told_as_well(cases):
    main, _ = in_feedback(cases, 0)
    cases.do("feedback", main)
    assert row(main).feedback_given
    merged(cases, main)
    assert not row(main).feedback_given
    with pytest.raises(Refused, match="还没有告知"):
        cases.do("close", main)
