"""A decision becomes tracked work in the ledger at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.meeting_words import DecisionState, MeetingState
from dutydesk.models import DecisionIssue, Issue, IssueStep, MeetingDecision
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.meetings import decisions, followup
from dutydesk.rules.organisation import day_of
from dutydesk.vocabulary import Role, Source, State

pytestmark = pytest.mark.both
DUE = date(2026, 11, 27)


@pytest.fixture
def running(meet):
    return meet.new(MeetingState.RUNNING)


def about(meet, running, cases, issue_id, **changes):
    return meet.decide(running, issues=cases.row(issue_id).number, due_on=DUE, **changes)


@pytest.mark.parametrize("state", [State.REPORTED, State.OPENED])
def test_a_case_that_waits_is_opened_and_assigned_due_by_the_day(meet, running, cases, state):
    issue_id = cases.in_state(state)
    done = about(meet, running, cases, issue_id)
    row = cases.row(issue_id)
    assert row.state is State.ASSIGNED and row.assignee_name == "公共安全力量"
    assert day_of(row.due_at) == DUE
    last = cases.last(issue_id)
    assert (
        last.name == "assign" and "康健一片区双周例会决定1：公共安全力量11月27日前清理楼道堆物" in last.text
    )
    assert done.cases == (f"{row.number} 派公共安全力量，11月27日到期",)


def test_with_another_it_is_given_over_with_the_same_it_is_noted(meet, running, cases):
    issue_id = cases.in_state(State.HANDLING)
    about(meet, running, cases, issue_id)
    assert cases.last(issue_id).name == "note"
    about(meet, running, cases, issue_id, who="force:management")
    row = cases.row(issue_id)
    assert (row.state, row.assignee_name, cases.last(issue_id).name) == (
        State.ASSIGNED, "公共管理力量", "reassign",
    )  # fmt: skip


@pytest.mark.parametrize("state", [State.REVIEW, State.FEEDBACK, State.PAUSED, State.POOLED, State.CLOSED])
def test_elsewhere_in_its_life_it_is_noted_and_nothing_else_moves(meet, running, cases, state):
    issue_id = cases.in_state(state)
    before = cases.row(issue_id)
    about(meet, running, cases, issue_id)
    row = cases.row(issue_id)
    assert (row.state, row.assignee_name) == (before.state, before.assignee_name)
    assert "决定1" in cases.last(issue_id).text


def test_a_later_day_moves_no_deadline_and_a_sources_own_stays(meet, running, cases):
    early = cases.in_state(State.OPENED)
    due = cases.row(early).due_at
    done = meet.decide(running, issues=cases.row(early).number, due_on=DUE + timedelta(days=30))
    assert cases.row(early).due_at == due and "原期限更早" in done.cases[0]
    hot = cases.in_state(
        State.OPENED, source="hotline", source_number="H1", source_due=due + timedelta(days=9)
    )
    done = about(meet, running, cases, hot)
    assert cases.row(hot).due_at == due + timedelta(days=9) and "来源时限不变" in done.cases[0]


def test_what_the_chief_has_not_delegated_is_asked_of_the_chief(meet, running, cases):
    issue_id = cases.in_state(State.OPENED, category=str(cases.building))
    done = about(meet, running, cases, issue_id)
    assert cases.row(issue_id).state is State.OPENED and "提请片区长" in done.cases[0]
    assert cases.last(issue_id).name == "propose_assign"
    meet.decide(running, meet.chief, issues=cases.row(issue_id).number, due_on=DUE)
    assert cases.row(issue_id).state is State.ASSIGNED


def test_a_neighbourhood_needs_a_listed_duty_or_its_consent(meet, running, cases):
    unit = f"unit:{meet.district.units[0]}"
    issue_id = cases.in_state(State.OPENED)
    with pytest.raises(Refused) as refused:
        about(meet, running, cases, issue_id, who=unit)
    assert refused.value.field == "consent_by"
    assert cases.row(issue_id).state is State.OPENED and not MeetingDecision.select().exists()
    about(meet, running, cases, issue_id, who=unit, consent_by="李书记会上同意")
    row = cases.row(issue_id)
    assert row.sent_down and row.state is State.ASSIGNED and "李书记会上同意" in cases.last(issue_id).text
    listed = cases.in_state(State.OPENED, category=str(cases.rubbish))
    about(meet, running, cases, listed, who=unit)
    assert cases.row(listed).sent_down


def test_without_a_case_it_becomes_one(meet, running, cases):
    fields = {"unit": str(meet.district.units[0]), "category": str(cases.fire), "due_on": DUE}
    done = meet.decide(running, **fields)
    link = DecisionIssue.get(DecisionIssue.decision == done.id)
    row = Issue.get_by_id(link.issue_id)
    assert link.made and (row.source, row.summary, row.state) == (
        Source.MEETING,
        "清理楼道堆物",
        State.ASSIGNED,
    )
    assert day_of(row.due_at) == DUE
    assert cases.story(row.id) == ["register", "open", "assign"]


def test_the_items_cases_are_meant_where_none_is_named(meet, running, cases):
    issue_id = cases.in_state(State.OPENED)
    item_id = meet.add(running, "", issue=str(issue_id))
    done = meet.decide(running, item=str(item_id))
    assert [link.issue_id for link in DecisionIssue.select()] == [issue_id]
    assert followup.of_meeting(meet.duty, running)[0].item_id == item_id and done.number == 1


def test_several_cases_in_one_decision_or_none_of_them(meet, running, cases):
    ids = [cases.in_state(State.OPENED) for _ in range(3)]
    numbers = " ".join(cases.row(each).number for each in ids)
    with pytest.raises(Refused, match="2026-999999"):
        meet.decide(running, issues=f"{numbers} 2026-999999")
    assert {cases.row(each).state for each in ids} == {State.OPENED}
    meet.decide(running, issues=numbers.replace(" ", "、"))
    assert {cases.row(each).state for each in ids} == {State.ASSIGNED}


def test_the_same_act_twice_decides_once(meet, running, cases):
    issue_id, act_id = cases.in_state(State.OPENED), meet.act()
    fields = {"who": "force:safety", "what": "清理", "due_on": DUE, "issues": cases.row(issue_id).number}
    first = decisions.decide(meet.duty, running, fields, act_id)
    assert decisions.decide(meet.duty, running, fields, act_id).id == first.id
    assert MeetingDecision.select().count() == 1
    assert IssueStep.select().where(IssueStep.issue == issue_id, IssueStep.name == "assign").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("who", ""), ("what", ""), ("due_on", ""), ("due_on", date(2026, 11, 1)), ("who", "force:x")],
)
def test_who_what_and_by_when_must_be_said(meet, running, field, value):
    with pytest.raises(Refused) as refused:
        meet.decide(running, **{field: value})
    assert refused.value.field == field


def test_nobody_decides_before_or_after_or_from_elsewhere(meet, running):
    for state in (MeetingState.PLANNED, MeetingState.SIGNED):
        with pytest.raises(Refused, match=state.label):
            meet.decide(meet.new(state))
    with pytest.raises(NotAllowed):
        meet.decide(running, meet.district.elsewhere)


def test_what_is_open_and_late_is_shown(meet, running, cases):
    meet.decide(running, due_on=DUE)
    meet.decide(running, due_on=DUE + timedelta(days=30))
    cases.clock.shift(timedelta(days=7))
    lines = followup.open_in(meet.duty, meet.area)
    assert [(line.late, line.stands) for line in lines] == [(True, "过期4天"), (False, "还有26天")]
    assert followup.late_in(meet.area) == (2, 1)
    followup.perform(meet.duty, lines[0].id, "finish", {"text": "清完了"}, meet.act())
    assert MeetingDecision.get_by_id(lines[0].id).state is DecisionState.DONE


def test_who_can_be_found_by_initials_too(meet, running):
    assert [each.value for each in decisions.who(meet.duty, running)][:4] == [
        "force:party", "force:management", "force:service", "force:safety",
    ]  # fmt: skip
    assert "department:" in decisions.who(meet.duty, running, "社区管理")[0].value
    assert decisions.who(meet.duty, running, "处置人员甲")[0].value == f"staff:{meet[Role.HANDLER].staff_id}"
