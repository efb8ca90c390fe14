"""How a case stood before an act: taken down, kept with the act, and put back to the last value."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import ActChange, Deadline, Issue, Request
from dutydesk.rules import acts
from dutydesk.rules.before import WATCHED, Before, columns_back, plain, put_back, restored, values_of
from dutydesk.vocabulary import AssigneeKind, Level, Phase, RequestKind, RequestState, Role, State, Urgency

R, S = Role, State
NOW = datetime(2026, 11, 24, 2, 0, 0, 123456, tzinfo=UTC)
VALUES = {
    "state": S.HANDLING,
    "returns_to": None,
    "urgency": Urgency.CRITICAL,
    "level": Level.AREA,
    "assignee_kind": AssigneeKind.FORCE,
    "is_open": False,
    "satisfied": None,
    "due_at": NOW,
    "closed_at": None,
    "paused_until": date(2026, 12, 1),
    "summary": "“三号楼”\n楼道 堆物 \\ 😀",
    "send_backs": 3,
    "merged_into": 7,
    "assignee_key": "safety",
}


def in_act(cases, work) -> ActChange:
    """Do something inside an act; answers with what was kept of it."""
    with acts.act(cases[R.AREA_CHIEF], act_id := str(uuid4()), "issue.note") as acting:
        work(acting)
    return ActChange.get(ActChange.act == act_id)


def change(cases, issue_id: int, **columns) -> ActChange:
    """Change columns of a case inside an act; answers with what was kept of it."""

    def work(acting) -> None:
        issue = cases.row(issue_id)
        before = Before(issue)
        for name, value in columns.items():
            setattr(issue, name, value)
        issue.version += 1
        issue.save()
        assert before.changed(issue) == sorted(columns)
        before.keep(acting, issue)

    return in_act(cases, work)


@pytest.mark.parametrize(("name", "value"), VALUES.items(), ids=VALUES)
def test_a_value_comes_back_as_it_was_through_json(name, value):
    kept = json.loads(json.dumps(plain(Issue, name, value)))
    back = restored(Issue, name, kept)
    assert (back, type(back)) == (value, type(value))


def test_number_version_and_time_of_reporting_are_never_put_back():
    assert not {"id", "year", "serial", "version", "changed_at", "reported_at"} & set(WATCHED)
    assert {"state", "due_at", "unit", "summary", "feedback_given", "merged_into"} <= set(WATCHED)


def test_only_what_changed_is_kept_with_the_version_after_it(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    was = cases.row(issue_id)
    kept = change(cases, issue_id, summary="别的", urges=2)
    assert (kept.issue_id, kept.version, kept.staff_id) == (
        issue_id,
        was.version + 1,
        cases[R.AREA_CHIEF].staff_id,
    )
    assert json.loads(kept.before) == {"columns": {"summary": was.summary, "urges": 0}}


def test_where_nothing_changed_nothing_but_the_version_is_kept(cases):
    kept = change(cases, cases.new())
    assert json.loads(kept.before) == {"columns": {}}


def test_every_column_is_put_back(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    was = values_of(cases.row(issue_id))
    wanted = {**VALUES, "merged_into": cases.new()}
    kept = change(cases, issue_id, **{name: value for name, value in wanted.items() if was[name] != value})
    issue = cases.row(issue_id)
    assert values_of(issue) != was
    put_back(issue, kept.before)
    issue.save()
    assert values_of(cases.row(issue_id)) == was


def test_the_columns_alone_leave_deadlines_and_requests(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    cases.do("extend", issue_id)
    kept = ActChange.select().where(ActChange.issue == issue_id).order_by(ActChange.id.desc()).first()
    issue = cases.row(issue_id)
    columns_back(issue, kept.before)
    assert issue.due_at < cases.row(issue_id).due_at
    current = Deadline.get(Deadline.issue == issue_id, Deadline.phase == Phase.COMPLETION, Deadline.current)
    assert current.due_at == cases.row(issue_id).due_at, "nothing was written"


def test_deadlines_go_out_of_force_and_those_from_before_count_again(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    was = {row.id for row in Deadline.select().where(Deadline.issue == issue_id, Deadline.current)}
    cases.do("extend", issue_id)
    kept = ActChange.select().where(ActChange.issue == issue_id).order_by(ActChange.id.desc()).first()
    assert json.loads(kept.before)["deadlines"] == sorted(was)
    put_back(cases.row(issue_id), kept.before)
    rows = list(Deadline.select().where(Deadline.issue == issue_id))
    assert {row.id for row in rows if row.current} == was
    assert len(rows) == 3, "the one that was taken back stays on record"


@pytest.mark.parametrize("answered", [RequestState.APPROVED, RequestState.REFUSED])
def test_an_answer_to_the_chief_is_open_again_and_what_was_asked_meanwhile_withdrawn(cases, answered):
    issue_id = cases.in_state(S.HANDLING)
    cases.do("ask_pause", issue_id)
    asked, chief = Request.get(), cases[R.AREA_CHIEF].staff_id

    def work(acting) -> None:
        issue = cases.row(issue_id)
        before = Before(issue)
        Request.update(state=answered, decided_by=chief, decided_at=acting.at, decision="好").execute()
        asked.id, asked.kind = None, RequestKind.POOL
        asked.save(force_insert=True)
        before.keep(acting, issue)

    put_back(cases.row(issue_id), in_act(cases, work).before)
    first, second = Request.select().order_by(Request.id)
    assert (first.state, first.decided_by_id, first.decided_at, first.decision) == (
        RequestState.PENDING,
        None,
        None,
        "",
    )
    assert (second.state, second.decision) == (RequestState.WITHDRAWN, "申请已撤销")


def test_the_audit_hears_both_values_and_what_the_act_has_to_say(cases):
    def work(acting) -> None:
        issue = cases.row(issue_id)
        before = Before(issue)
        issue.paused_until = date(2026, 12, 1)
        before.tell(acting, issue, {"text": "等配件"})
        before.keep(acting, issue)
        assert acting.changes == [
            {
                "what": issue.number,
                "before": {"paused_until": None},
                "after": {"paused_until": "2026-12-01", "text": "等配件"},
            }
        ]

    issue_id = cases.new()
    cases.clock.shift(timedelta(seconds=1))
    in_act(cases, work)
