"""To whom a case can be given, in whose hands it is, and for whom its next step may be entered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.models import RoleGrant, Staff, TeamSeat
from dutydesk.rules.assignees import forces_and_partners, give, is_with, resolve, who_could_speak_for
from dutydesk.rules.errors import Refused
from dutydesk.vocabulary import AssigneeKind, Force, Role, SeatKind, State

R, S = Role, State
K = AssigneeKind
DAY = date(2026, 11, 24)


@pytest.fixture
def issue(cases):
    return cases.row(cases.in_state(S.OPENED))


def numbers(issue) -> list[str]:
    return [staff.number for staff in who_could_speak_for(issue)]


class TestWho:
    def test_what_a_form_carries_comes_back_the_same(self, cases, issue):
        for value in (
            "force:safety",
            "department:1",
            "staff:4",
            f"partner:{cases.partner()}",
            f"unit:{issue.unit_id}",
        ):
            assert resolve(value, issue).value == value

    @pytest.mark.parametrize(
        ("until", "taken"), [(None, True), (DAY, True), (DAY - timedelta(days=1), False)]
    )
    def test_a_person_is_a_handler_on_this_very_day(self, cases, issue, until, taken):
        hired = cases.hire("H7", R.HANDLER, area=cases.district.areas[0], force=Force.SAFETY)
        RoleGrant.update(valid_to=until).where(RoleGrant.staff == hired.staff_id).execute()
        if taken:
            assert resolve(f"staff:{hired.staff_id}", issue).name == "处置人员H7"
        else:
            with pytest.raises(Refused, match="今天不是处置人员") as refused:
                resolve(f"staff:{hired.staff_id}", issue)
            assert refused.value.field == "assignee"

    def test_a_seat_that_is_no_longer_held_or_of_another_area_takes_nothing(self, cases, issue):
        seat = cases.partner()
        TeamSeat.update(area=cases.district.areas[1]).where(TeamSeat.id == seat).execute()
        with pytest.raises(Refused, match="请从列出的"):
            resolve(f"partner:{seat}", issue)
        TeamSeat.update(area=cases.district.areas[0], valid_to=DAY - timedelta(days=1)).execute()
        with pytest.raises(Refused, match="请从列出的"):
            resolve(f"partner:{seat}", issue)

    def test_another_places_committee_takes_nothing(self, cases, issue):
        with pytest.raises(Refused, match="所在的居委"):
            resolve(f"unit:{cases.district.units[1]}", issue)

    def test_an_area_has_its_forces_and_those_that_take_part_today(self, cases):
        TeamSeat.create(
            area=cases.district.areas[0], kind=SeatKind.PARTICIPANT, title="志愿者", holder_name="昨日志愿队",
            valid_from="2020-01-01", valid_to=DAY - timedelta(days=1),
        )  # fmt: skip
        found = forces_and_partners(cases.district.areas[0])
        assert [each.name for each in found] == [*(f"{force.label}力量" for force in Force), "康健物业"]
        assert len(forces_and_partners(cases.district.areas[1])) == len(Force)


class TestInWhoseHands:
    @pytest.mark.parametrize(
        ("value", "whose"),
        [
            ("force:safety", {R.HANDLER}),
            ("force:service", set()),
            ("staff:4", {R.HANDLER}),
            ("department:1", {R.LIAISON}),
            ("department:2", {R.DEPARTMENT_HEAD}),
            ("unit:1", {R.NEIGHBOURHOOD_OFFICER}),
            ("partner:6", set()),
        ],
    )
    def test_it_is_with_those_to_whom_it_was_given_and_nobody_else(self, cases, issue, value, whose):
        give(issue, resolve(value, issue))
        assert {role for role in Role if is_with(cases[role], issue)} == whose

    def test_it_is_nobodys_before(self, cases, issue):
        assert not any(is_with(cases[role], issue) for role in Role)
        assert who_could_speak_for(issue) == []

    def test_a_force_of_the_other_area_does_not_have_it(self, cases, issue):
        other = cases.hire("H8", R.HANDLER, area=cases.district.areas[1], force=Force.SAFETY)
        give(issue, resolve("force:safety", issue))
        assert not is_with(other, issue)

    def test_who_took_it_up_has_it_whoever_it_was_given_to(self, cases, issue):
        give(issue, resolve("department:1", issue))
        issue.handler_id = cases[R.DUTY_OFFICER].staff_id
        assert is_with(cases[R.DUTY_OFFICER], issue)
        assert numbers(issue) == ["D00"]

    def test_given_anew_nobody_has_taken_it_up(self, cases, issue):
        give(issue, resolve("staff:4", issue))
        assert issue.handler_id == 4
        give(issue, resolve("force:safety", issue))
        assert (issue.handler_id, issue.assignee_name) == (None, "公共安全力量")


class TestWhoSpeaks:
    @pytest.mark.parametrize(
        ("value", "whom"),
        [
            ("force:safety", ["D03"]),
            ("department:1", ["D04"]),
            ("department:2", []),
            ("unit:1", ["D01"]),
            ("staff:4", ["D03"]),
            ("partner:6", []),
        ],
    )
    def test_those_that_have_it_by_number(self, cases, issue, value, whom):
        assert [cases.district.numbers[role] for role in (R.HANDLER, R.LIAISON)] == ["D03", "D04"]
        give(issue, resolve(value, issue))
        assert numbers(issue) == whom

    def test_nobody_who_has_left_or_whose_role_has_ended(self, cases, issue):
        give(issue, resolve("force:safety", issue))
        second = cases.hire("A1", R.HANDLER, area=cases.district.areas[0], force=Force.SAFETY)
        assert numbers(issue) == ["A1", "D03"]
        RoleGrant.update(valid_to=DAY - timedelta(days=1)).where(RoleGrant.staff == second.staff_id).execute()
        assert numbers(issue) == ["D03"]
        Staff.update(active=False).where(Staff.number == "D03").execute()
        assert numbers(issue) == []
