"""The cases of the demo: as many as asked for, and each of their stories such as the rules allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dutydesk.models import (
    Deadline,
    Issue,
    RoleGrant,
)
from dutydesk.rules import deadlines, office, permission, time_limits
from dutydesk.rules.deadlines import LimitUnit, TimeLimit
from dutydesk.rules.lifecycle import BY_ACT, REMEMBERED, SAME, STEP_NAMES
from dutydesk.session import Session
from dutydesk.vocabulary import (
    Role,
    Source,
    State,
)
from tests.demo.conftest import stories


class TestTheCases:
    def test_as_many_as_asked_for_from_all_sources(self, demo: Session) -> None:
        assert Issue.select().count() == 400
        assert {issue.source for issue in Issue.select()} == set(Source)

    def test_needs_collected_ahead_and_solved_have_their_share(self, demo: Session) -> None:
        needs = Issue.select().where(Issue.source.in_((Source.VISIT, Source.MEETING)))
        assert needs.count() == 20
        assert needs.where(Issue.state == State.CLOSED).count() == 16

    def test_numbers_follow_the_time_of_reporting(self, demo: Session) -> None:
        rows = list(Issue.select().order_by(Issue.id))
        assert [row.id for row in rows] == list(range(1, 401))
        assert [row.number for row in rows] == sorted(row.number for row in rows)
        assert [row.reported_at for row in rows] == sorted(row.reported_at for row in rows)
        assert rows[0].reported_at > datetime.now(UTC) - timedelta(days=184)

    def test_every_story_is_a_walk_along_the_life_cycle(self, demo: Session) -> None:
        for issue, steps in stories():
            assert (steps[0].name, steps[0].from_state, steps[0].to_state) == (
                "register",
                None,
                State.REPORTED,
            )
            before: list[State] = [State.REPORTED]
            for step in steps[1:]:
                told = f"{issue.number} {step.name} {step.from_state} {step.to_state}"
                assert step.from_state is before[-1], told
                way = BY_ACT.get(step.name)
                if way is None:
                    assert step.name in STEP_NAMES and step.to_state is step.from_state, told
                    continue
                assert step.from_state in way.frm, told
                if way.to == SAME:
                    assert step.to_state is step.from_state, told
                elif way.to == REMEMBERED:
                    remembered = [state for state in before if state is not step.from_state]
                    assert step.to_state is remembered[-1], told
                else:
                    assert step.to_state is way.to, told
                before.append(step.to_state)
            assert before[-1] is issue.state, issue.number

    def test_every_step_comes_after_the_one_before_and_none_in_the_future(self, demo: Session) -> None:
        for issue, steps in stories():
            recorded = [step.recorded_at for step in steps]
            assert recorded == sorted(recorded), issue.number
            assert all(step.occurred_at <= step.recorded_at for step in steps), issue.number
            assert recorded[0] == issue.reported_at
            assert recorded[-1] <= datetime.now(UTC)

    def test_every_step_is_of_somebody_who_may(self, demo: Session) -> None:
        roles: dict[int, set[Role]] = {}
        for grant in RoleGrant.select():
            roles.setdefault(grant.staff_id, set()).add(grant.role)
        for issue, steps in stories():
            for step in steps:
                way = BY_ACT.get(step.name)
                if way is None:
                    continue
                proxied = way.proxied and "proxy" in step.details
                may = permission.MAY["enter_for_others"] if proxied else way.who
                assert roles[step.staff_id] & may, (issue.number, step.name, step.role)
                if step.name in ("assign", "send_down", "reassign") and not issue.category.delegated:
                    assert step.role == Role.AREA_CHIEF.value, issue.number

    def test_nobody_sends_back_past_the_limit(self, demo: Session) -> None:
        limit, calendar = (
            TimeLimit(office.setting("send_back_limit"), LimitUnit.WORK_HOURS),
            office.calendar(),
        )
        sent_back = 0
        for issue, steps in stories():
            assigned = None
            for step in steps:
                if step.to_state is State.ASSIGNED:
                    assigned = step.recorded_at
                if step.name == "send_back":
                    sent_back += 1
                    assert assigned and step.occurred_at <= deadlines.due(assigned, limit, calendar), (
                        issue.number
                    )
        assert sent_back

    def test_deadlines_are_those_of_the_rules(self, demo: Session) -> None:
        rows = (
            Deadline.select(Deadline, Issue)
            .join(Issue)
            .where(Deadline.limit.is_null(False), Deadline.started_at == Issue.opened_at, Deadline.current)
        )
        assert rows.count() > 200
        for row in rows:
            issue = row.issue
            due = time_limits.deadline_for(
                issue.category_id, issue.urgency, row.phase, issue.subdistrict_id, row.started_at
            )
            assert due is not None
            assert (row.due_at, row.explanation, row.limit_id) == (due.at, due.explanation, due.limit.id)

    def test_every_case_with_a_deadline_knows_it(self, demo: Session) -> None:
        opened = Issue.select().where(Issue.opened_at.is_null(False))
        current = {row.issue_id for row in Deadline.select().where(Deadline.current)}
        assert all(issue.due_at and issue.id in current for issue in opened)

    def test_merged_ones_stand_in_the_story_of_the_main_one(self, demo: Session) -> None:
        merged = list(Issue.select().where(Issue.state == State.MERGED))
        assert merged
        for issue in merged:
            main = issue.merged_into
            assert main.id < issue.id and main.merged_into is None
            assert any(issue.number in step.text for step in main.steps if step.name == "merged_in")
