"""The demo's 双周例会: a year in every area, one in each state, minutes that are what the rules would have signed."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from dutydesk.meeting_words import DecisionState, ItemKind, ItemState, MeetingKind, MeetingState, Presence
from dutydesk.models import (
    AgendaItem,
    Area,
    Attendee,
    DecisionIssue,
    Issue,
    Meeting,
    MeetingDecision,
    MeetingSeries,
    MeetingStep,
    UnitTurn,
)
from dutydesk.rules.meetings import agenda, figures, listing, signing
from dutydesk.rules.meetings.life import BY_ACT, HELD, SAME
from dutydesk.session import Session


def test_every_area_has_a_series_and_has_met_for_a_year(demo: Session) -> None:
    assert MeetingSeries.select().count() == Area.select().count()
    met = Counter(
        meeting.area_id
        for meeting in Meeting.select().where(
            Meeting.kind == MeetingKind.BIWEEKLY, Meeting.state.in_(list(HELD))
        )
    )
    assert len(met) == Area.select().count()
    assert min(met.values()) > 18


def test_there_is_a_meeting_in_each_state_and_an_item_in_most(demo: Session) -> None:
    assert {meeting.state for meeting in Meeting.select()} == set(MeetingState)
    assert {meeting.kind for meeting in Meeting.select()} == set(MeetingKind)
    near = Meeting.select().where(Meeting.subdistrict == demo.subdistrict_id)
    assert {meeting.state for meeting in near} >= {
        MeetingState.RUNNING,
        MeetingState.HELD,
        MeetingState.REVIEW,
        MeetingState.CANCELLED,
    }
    assert {item.state for item in AgendaItem.select()} >= set(ItemState) - {ItemState.MERGED}
    assert {row.presence for row in Attendee.select(Attendee.presence).distinct()} == set(Presence) - {
        Presence.EXPECTED
    }
    assert {row.state for row in MeetingDecision.select()} == set(DecisionState)


def test_each_story_goes_by_the_life_of_a_meeting(demo: Session) -> None:
    stories: dict[int, list[MeetingStep]] = defaultdict(list)
    for step in MeetingStep.select().order_by(MeetingStep.id):
        stories[step.meeting_id].append(step)
    for meeting in Meeting.select():
        story = stories[meeting.id]
        assert story[0].name == "plan"
        assert story[-1].to_state == meeting.state.value
        assert meeting.version == len(story)
        times = [step.at for step in story]
        assert times == sorted(times), meeting.title
        for step in story:
            if way := BY_ACT.get(step.name):
                assert MeetingState(step.from_state) in way.frm
                assert step.to_state == (step.from_state if way.to == SAME else way.to.value)
        for before, after in itertools.pairwise(step for step in story if step.name in BY_ACT):
            assert before.to_state == after.from_state


def test_nothing_has_happened_that_is_still_to_come(demo: Session) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert not MeetingStep.select().where(MeetingStep.at > soon).exists()
    assert not Meeting.select().where(Meeting.ended_at > soon).exists()
    assert (
        not Meeting.select().where(Meeting.starts_at > soon, Meeting.state != MeetingState.PLANNED).exists()
    )


def test_signed_minutes_are_what_the_rules_would_keep(demo: Session) -> None:
    assert list(signing.problems()) == []
    signed = Meeting.select().where(Meeting.area == demo.area_id, Meeting.state == MeetingState.SIGNED)
    kept = [
        (json.loads(meeting.content), json.loads(signing.content_of(demo, meeting))) for meeting in signed
    ]
    assert len(kept) > 15
    assert all(mine == theirs for mine, theirs in kept)


def test_decisions_hang_on_cases_and_end_with_them(demo: Session) -> None:
    links = list(
        DecisionIssue.select(DecisionIssue, MeetingDecision, Issue).join(MeetingDecision).switch().join(Issue)
    )
    assert len(links) > 50
    for link in links:
        assert link.issue.area_id == link.decision.area_id
        assert link.issue.reported_at < link.decision.made_at
        assert link.issue.is_open == (link.decision.state is DecisionState.OPEN)
    assert UnitTurn.select().where(UnitTurn.issue.is_null(False)).exists()


def test_the_own_areas_next_meeting_drafts_itself(demo: Session) -> None:
    board = listing.board(demo, demo.area_id)
    coming = (
        Meeting.select()
        .where(Meeting.area == demo.area_id, Meeting.state == MeetingState.PLANNED)
        .order_by(Meeting.starts_at)
        .first()
    )
    assert 0 < (coming.starts_at - datetime.now(UTC)).days + 1 <= 10
    assert coming.drafted_at is None
    assert coming.title in str(board)
    assert agenda.agenda(demo, coming.id).listed == ()


def test_a_decision_not_done_stands_on_the_next_agenda(demo: Session) -> None:
    items = AgendaItem.select().where(AgendaItem.kind == ItemKind.DECISION)
    assert items.count() > 100
    for item in items.limit(200):
        decision = MeetingDecision.get_by_id(item.decision_id)
        assert decision.meeting_id < item.meeting_id
        assert item.key == f"decision:{decision.id}"


def test_figures_of_the_year_are_those_of_a_district_that_works(demo: Session) -> None:
    whole = figures.of_period(demo, demo.day - timedelta(days=364), demo.day)[0]
    values = {figure.name: figure.value for figure in whole.figures}
    assert values["按时召开率"] not in ("—", "0.0%")
    assert 80 < float(values["到会率"].rstrip("%")) < 100
    assert 50 < float(values["决定按期办结率"].rstrip("%")) < 100
