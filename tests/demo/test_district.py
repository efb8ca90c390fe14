"""The demo district: as large as the real one, everybody in place, the demo's own area with all that a shift meets."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dutydesk.models import (
    Area,
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
)
from dutydesk.rules import finding, ledger, patrol
from dutydesk.rules.checking import check
from dutydesk.rules.organisation import on_day, today
from dutydesk.rules.questions import Question
from dutydesk.session import Session
from dutydesk.vocabulary import (
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
from tests.demo.conftest import own

FICTIONAL = "1380000"
ROOT = Path(__file__).parents[2]


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

    def test_the_readmes_example_of_initials_finds_cases_on_the_desk_that_make_run_opens(
        self, demo: Session
    ) -> None:
        for page, written in (
            ("README.md", r"`(\w+)` finds (\w+)\)"),
            ("README.zh.md", r"`(\w+)` 找到(\w+)）"),
        ):
            [(initials, name)] = re.findall(written, (ROOT / page).read_text("utf-8"))
            assert finding.places(demo, initials)[0].title == name
            rows = ledger.after(demo, Question(words=initials), None, 9).rows
            assert name in [row.place for row in rows], page

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
