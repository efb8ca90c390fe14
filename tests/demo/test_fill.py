"""The demo district: complete, the same for the same seed, and each of its stories such as the rules allow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from dutydesk.demo import fill
from dutydesk.models import (
    Area,
    Category,
    Deadline,
    Issue,
    IssueStep,
    Patrol,
    PatrolCheck,
    Posting,
    ProxyEntry,
    Reporter,
    Request,
    RoleGrant,
    Shift,
    Staff,
    Subdistrict,
    TeamSeat,
    Unit,
    database,
)
from dutydesk.models.connection import DatabaseProblem, connect
from dutydesk.rules import deadlines, exporting, ledger, office, patrol, permission, signing_on
from dutydesk.rules.checking import check
from dutydesk.rules.deadlines import LimitUnit, TimeLimit
from dutydesk.rules.lifecycle import BY_ACT, REMEMBERED, SAME, STEP_NAMES
from dutydesk.rules.organisation import on_day, today
from dutydesk.session import Session
from dutydesk.vocabulary import (
    Force,
    Mark,
    ProxyState,
    RequestKind,
    RequestState,
    Role,
    SeatKind,
    Source,
    State,
    UnitKind,
)

FICTIONAL = "1380000"


def silent(_line: str) -> None:
    return None


@pytest.fixture(scope="module")
def demo(demo_url: str) -> Iterator[Session]:
    """The session of whoever the demo opens as; its database is connected, and only read."""
    connect(demo_url)
    yield signing_on.sign_on(None)
    database.close()


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Any]:
    """Fills small districts and connects to them."""

    def make(name: str = "demo", issues: int = 60, seed: int = 1) -> str:
        url = f"sqlite:///{tmp_path / name}.db"
        fill(url, issues, seed, silent)
        connect(url)
        return url

    yield make
    if not database.is_closed():
        database.close()


def own(session: Session) -> Any:
    """The cases of the demo's own area."""
    return Issue.select().where(Issue.area == session.area_id)


def stories() -> Iterator[tuple[Issue, list[IssueStep]]]:
    """Every case with its steps in order."""
    steps: dict[int, list[IssueStep]] = {}
    for step in IssueStep.select().order_by(IssueStep.id):
        steps.setdefault(step.issue_id, []).append(step)
    for issue in Issue.select(Issue, Category).join(Category):
        yield issue, steps[issue.id]


class TestTheDistrict:
    def test_check_finds_nothing(self, demo: Session) -> None:
        assert check() == []

    def test_it_has_the_size_of_the_real_one(self, demo: Session) -> None:
        residential = Unit.select().where(Unit.kind == UnitKind.RESIDENTIAL)
        assert (Subdistrict.select().count(), Area.select().count(), residential.count()) == (13, 61, 312)
        assert Staff.select().count() == 1200
        assert Posting.select().count() == 1200

    def test_every_role_is_held_in_its_whole_scope(self, demo: Session) -> None:
        held = {role: RoleGrant.select().where(RoleGrant.role == role) for role in Role}
        assert {grant.area_id for grant in held[Role.AREA_CHIEF]} == {area.id for area in Area.select()}
        officers = Counter(grant.area_id for grant in held[Role.DUTY_OFFICER])
        assert len(officers) == 61 and set(officers.values()) <= {2, 3}
        assert {grant.unit_id for grant in held[Role.NEIGHBOURHOOD_OFFICER]} == {u.id for u in Unit.select()}
        hands = {(grant.area_id, grant.force) for grant in held[Role.HANDLER]}
        assert len(hands) == 61 * 4
        for role in (Role.COORDINATOR, Role.SIGNATORY):
            assert len({grant.subdistrict_id for grant in held[role]}) == 13
        assert len({grant.department_id for grant in held[Role.LIAISON]}) == len(
            {grant.department_id for grant in held[Role.DEPARTMENT_HEAD]}
        )
        for role in (Role.DISTRICT_COORDINATOR, Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR):
            assert held[role].exists()

    def test_every_area_has_its_team_of_one_and_four_and_several(self, demo: Session) -> None:
        vacant = 0
        for area in Area.select():
            held = TeamSeat.select().where(TeamSeat.area == area, on_day(TeamSeat, demo.day))
            seats = Counter(seat.kind for seat in held if not seat.stands_in)
            assert seats[SeatKind.CHIEF] == 1 and seats[SeatKind.FORCE] in (3, 4)
            assert 3 <= seats[SeatKind.PARTICIPANT] <= 6
            vacant += 4 - seats[SeatKind.FORCE]
        assert vacant == 1
        assert TeamSeat.select().where(TeamSeat.stands_in).count() == 1

    def test_somebody_is_on_duty_everywhere_now_and_in_the_own_area_it_is_the_demos_own(
        self, demo: Session
    ) -> None:
        now = datetime.now(UTC)
        shifts = Shift.select().where(Shift.starts_at <= now, Shift.ends_at > now)
        assert len({shift.area_id for shift in shifts}) == 61
        assert shifts.where(Shift.area == demo.area_id).get().staff_id == demo.staff_id

    def test_telephone_numbers_are_plainly_made_up(self, demo: Session) -> None:
        phones = [row.phone for row in Reporter.select() if row.phone]
        phones += [row.phone for row in Staff.select() if row.phone]
        assert phones and all(re.fullmatch(FICTIONAL + r"\d{4}", phone) for phone in phones)
        for issue in Issue.select():
            said = issue.summary + issue.detail + issue.outcome + issue.feedback_text
            assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", said)

    def test_no_gap_of_a_template_is_left(self, demo: Session) -> None:
        texts = [issue.summary + issue.detail + issue.outcome + issue.spot for issue in Issue.select()]
        texts += [step.text for step in IssueStep.select()]
        assert not [text for text in texts if "{" in text or "}" in text]


class TestTheOwnArea:
    def test_it_lies_where_kjxc_is_found(self, demo: Session) -> None:
        area = Area.get_by_id(demo.area_id)
        assert area.subdistrict.name == "康健新村街道"
        assert Role.DUTY_OFFICER in demo.roles
        assert demo.number.startswith("XH")

    def test_every_state_stands_in_it(self, demo: Session) -> None:
        found = Counter(issue.state for issue in own(demo))
        assert set(found) == set(State)
        assert found[State.REPORTED] >= 40

    def test_everything_that_today_tells_of_is_there(self, demo: Session) -> None:
        views = (
            "first",
            "overdue",
            "due_today",
            "sent_back",
            "closable",
            "sample",
            "set_aside",
            "to_contact",
        )
        assert not [view for view in views if not ledger.count(demo, view)]
        sent_back = {issue.send_backs for issue in own(demo)}
        assert {1, 2} <= sent_back
        assert own(demo).where(Issue.strongly_felt).exists()
        assert own(demo).where(Issue.beyond_neighbourhood).exists()

    def test_each_kind_of_request_waits_for_the_chief(self, demo: Session) -> None:
        waiting = Request.select().where(Request.area == demo.area_id, Request.state == RequestState.PENDING)
        assert {request.kind for request in waiting} == set(RequestKind)

    def test_steps_entered_for_others_wait_for_them(self, demo: Session) -> None:
        waiting = (
            ProxyEntry.select()
            .join(Issue)
            .where(ProxyEntry.state == ProxyState.PENDING, Issue.area == demo.area_id)
        )
        assert waiting.count() >= 5
        assert all(entry.staff_id for entry in waiting)

    def test_others_were_at_work_since_the_last_visit(self, demo: Session) -> None:
        since = datetime.now(UTC) - timedelta(days=3)
        steps = (
            IssueStep.select()
            .join(Issue)
            .where(
                Issue.area == demo.area_id, IssueStep.recorded_at > since, IssueStep.staff != demo.staff_id
            )
        )
        assert len({step.name for step in steps}) >= 8

    def test_todays_patrol_is_to_be_made_and_yesterdays_is_half_done(self, demo: Session) -> None:
        patrols = Patrol.select().where(Patrol.area == demo.area_id)
        assert not patrols.where(Patrol.day == today()).exists()
        left = [row for row in patrols if row.finished_at is None]
        assert [row.day for row in left] == [today() - timedelta(days=1)]
        marks = Counter(check.mark for check in left[0].checks)
        assert marks[Mark.UNCHECKED] and marks[Mark.NORMAL]
        assert [line.earlier for line in patrol.left_undone(demo)] == [False, True]


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
            due = office.deadline_for(
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


class TestThePatrols:
    def test_every_area_walked_its_routes_for_thirty_days(self, demo: Session) -> None:
        days = {(row.area_id, row.day) for row in Patrol.select()}
        assert len(days) == 61 * 30
        assert min(day for _, day in days) == today() - timedelta(days=30)

    def test_marks_of_every_kind_and_walks_entered_from_paper_or_broken_off(self, demo: Session) -> None:
        assert {row.mark for row in PatrolCheck.select(PatrolCheck.mark).distinct()} == set(Mark)
        assert Patrol.select().where(Patrol.backfilled, Patrol.walked_at.is_null(False)).exists()
        assert Patrol.select().where(Patrol.rest_reason != "").exists()

    def test_what_was_abnormal_is_an_issue_of_that_place(self, demo: Session) -> None:
        rows = list(PatrolCheck.select().where(PatrolCheck.mark == Mark.ABNORMAL))
        assert rows
        for row in rows:
            assert (row.issue.unit_id, row.issue.category_id) == (row.unit_id, row.category_id)
            assert row.issue.source in (Source.PATROL, Source.JOINT_PATROL)
            assert row.issue.reported_at < row.patrol.finished_at if row.patrol.finished_at else True


@time_machine.travel(datetime(2026, 11, 24, 6, 0, tzinfo=UTC), tick=False)
def test_the_same_seed_gives_the_same_district_and_another_seed_another(filled: Any) -> None:
    def told(name: str, seed: int) -> tuple[list[Any], list[Any], list[Any]]:
        filled(name, seed=seed)
        steps = IssueStep.select().order_by(IssueStep.id)
        lines = [(step.issue_id, step.name, step.text, step.recorded_at) for step in steps]
        everything = list(exporting.issues()), list(exporting.staff()), lines
        database.close()
        return everything

    first = told("first", 1)
    assert told("second", 1) == first
    other = told("other", 2)
    assert all(mine != theirs for mine, theirs in zip(first, other, strict=True))


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2027-01-02T15:50:00Z", id="shortly before midnight in a year without notices"),
        pytest.param("2026-10-05T16:01:00Z", id="shortly after midnight in a holiday"),
    ],
)
def test_it_can_be_filled_at_any_time(filled: Any, now: str) -> None:
    with time_machine.travel(datetime.fromisoformat(now), tick=False):
        filled()
        assert check() == []
        session = signing_on.sign_on(None)
        assert (
            Shift.select()
            .where(
                Shift.staff == session.staff_id,
                Shift.starts_at <= datetime.now(UTC),
                Shift.ends_at > datetime.now(UTC),
            )
            .exists()
        )
        first_of_year: dict[int, int] = {}
        for issue in Issue.select().order_by(Issue.id):
            first_of_year.setdefault(issue.year, issue.serial)
        assert set(first_of_year.values()) == {1}
        numbers = [row.number for row in Issue.select().order_by(Issue.id)]
        assert numbers == sorted(numbers)
        assert own(session).count() >= 20


def test_a_database_that_exists_is_not_touched(filled: Any, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("my own notes", encoding="utf-8")
    with pytest.raises(DatabaseProblem, match="已经存在"):
        fill(f"sqlite:///{there}", 10, 1, silent)
    assert there.read_text(encoding="utf-8") == "my own notes"


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseProblem, match="写不了"):
        fill(f"sqlite:///{tmp_path / 'file' / 'demo.db'}", 10, 1, silent)


def test_an_interrupted_fill_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "half.db"

    def interrupt(line: str) -> None:
        if "问题" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(f"sqlite:///{target}", 20, 1, interrupt)
    assert list(tmp_path.iterdir()) == []
    assert database.is_closed()


def test_no_issues_at_all_is_a_district_too(filled: Any) -> None:
    filled(issues=0)
    assert Issue.select().count() == 0
    assert check() == []
    assert {force for (force,) in RoleGrant.select(RoleGrant.force).distinct().tuples()} >= set(Force)
