"""Who is to come: who tells of an item is invited, and of a seat who holds it on the meeting's day, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.meeting_words import ItemKind, MeetingState
from dutydesk.models import Department, TeamSeat
from dutydesk.rules.meetings import attendance, papers
from dutydesk.rules.organisation import today
from dutydesk.vocabulary import Force, Role, SeatKind, State

pytestmark = pytest.mark.both


def deputy(meet, name, since, kind=SeatKind.CHIEF, force=None):
    """Somebody stands in for a week."""
    TeamSeat.create(
        area=meet.area, kind=kind, force=force, title="片区长" if force is None else f"{force.label}力量",
        holder_name=name, stands_in=True, valid_from=since, valid_to=since + timedelta(days=7),
    )  # fmt: skip


def people(meet, meeting_id):
    return [(row.name, row.title, row.guest) for row in attendance.of_meeting(meet.duty, meeting_id)]


def test_who_tells_of_an_item_is_invited_once_and_is_a_guest_at_the_meeting(meet, cases):
    bureau = meet.district.departments[1]
    first = meet.new(MeetingState.RUNNING)
    for what in ("摸清底数", "增设护栏"):
        meet.decide(first, issues="", who=f"department:{bureau}", what=what)
    meet.decide(first, issues="", what="夜间巡查")
    meet.do("end", first)
    cases.clock.shift(timedelta(days=1))
    meeting_id = meet.new()
    meet.draft(meeting_id)
    name = Department.get_by_id(bureau).name
    notice = papers.notice(meet.duty, meeting_id)
    assert [item.reporter for item in notice.items].count(name) == 2
    assert notice.to.count(f"{name}（汇报）") == 1
    # The force that tells of the third has its seat there already.
    assert sum("公共安全力量" in each for each in notice.to) == 1
    before = people(meet, meeting_id)
    assert before[-1] == (name, "汇报", True)
    meet.do("begin", meeting_id)
    assert people(meet, meeting_id) == before


def test_who_was_asked_by_name_already_is_not_asked_twice(meet):
    meeting_id = meet.new()
    meet.add(meeting_id, "充电棚选址")
    attendance.invite(meet.duty, meeting_id, {"name": meet.duty.name, "title": "值班"}, meet.act())
    assert [row[:2] for row in people(meet, meeting_id) if row[2]] == [(meet.duty.name, "值班")]


def test_a_case_that_came_back_is_told_by_the_duty_desk_till_somebody_has_it(meet, cases):
    issue_id = cases.in_state(State.OPENED)
    for _ in range(2):
        cases.do("assign", issue_id)
        cases.do("send_back", issue_id, Role.HANDLER)
    meeting_id = meet.new()
    found = [line for line in meet.draft(meeting_id).listed if line.kind is ItemKind.SENT_BACK]
    assert [line.reporter for line in found] == ["片区值班员"]
    assert "片区值班员（汇报）" in papers.notice(meet.duty, meeting_id).to
    cases.do("assign", issue_id)
    found = [line for line in meet.agenda(meeting_id).listed if line.kind is ItemKind.SENT_BACK]
    assert [line.reporter for line in found] == [cases.row(issue_id).assignee_name]


def test_a_stand_in_in_force_is_named_in_place_of_the_holder(meet):
    deputy(meet, "王莉芸", today())
    deputy(meet, "周敏（演示）", today(), SeatKind.FORCE, Force.SERVICE)
    meeting_id = meet.new()
    names = [name for name, _, _ in people(meet, meeting_id)]
    assert names[0] == "王莉芸（代理）" and "片区长甲" not in names
    assert "周敏（演示，代理）" in names and f"{Force.SERVICE.label}力量甲" not in names
    assert "王莉芸（代理，片区长）" in papers.notice(meet.duty, meeting_id).to
    meet.do("begin", meeting_id)
    rows = attendance.of_meeting(meet.duty, meeting_id)
    assert [row.name for row in rows] == names
    attendance.mark(meet.duty, meeting_id, [rows[0].id], {"presence": "present"}, meet.act())
    assert papers.record(meet.duty, meeting_id).came[0] == "王莉芸（代理）"


@pytest.mark.parametrize("begins", [1, -9])
def test_of_the_seat_counts_the_meetings_own_day(meet, begins):
    """Neither who begins the day after the meeting, nor who ended before it."""
    deputy(meet, "王莉芸", today() + timedelta(days=2 + begins))
    before = people(meet, meet.new())
    assert before[0][0] == "片区长甲" and not any("王莉芸" in name for name, _, _ in before)
