"""The two lives as tables: each path is gone once, each state is reached, nothing but ends is a dead end."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from dutydesk.meeting_words import DecisionState, ItemState, MeetingState
from dutydesk.models import MeetingDecision
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.meetings import followup
from dutydesk.rules.meetings.life import (
    DECISION_ENDS,
    DECISION_WAYS,
    ITEM_ENDS,
    ITEM_WAYS,
    MEETING_ENDS,
    MEETING_WAYS,
    SAME,
)
from tests.rules.meetings.conftest import ITEM_PATHS, PATHS

pytestmark = pytest.mark.both
MEETING_STEPS = [(way, state) for way in MEETING_WAYS for state in MeetingState if state in way.frm]
ITEM_STEPS = [
    (way, state, at)
    for way in ITEM_WAYS
    for state in ItemState
    if state in way.frm
    for at in sorted(way.during)
    if at is MeetingState.RUNNING or not {"discuss", "defer"} & set(ITEM_PATHS[state])
]
DECISION_STEPS = [(way, state) for way in DECISION_WAYS for state in DecisionState if state in way.frm]


def names(steps):
    return [f"{way.act}-{'-'.join(state.value for state in states)}" for way, *states in steps]


@pytest.mark.parametrize(("way", "state"), MEETING_STEPS, ids=names(MEETING_STEPS))
def test_each_way_of_a_meeting_is_gone(meet, way, state):
    meeting_id = meet.new(state)
    assert meet.row(meeting_id).state is state
    version = meet.row(meeting_id).version
    meet.do(way.act, meeting_id)
    row = meet.row(meeting_id)
    assert row.state is (state if way.to == SAME else way.to)
    assert row.version == version + 1
    assert meet.story(meeting_id)[-1] == way.act


@pytest.mark.parametrize("state", MeetingState)
def test_from_every_state_the_menu_leads_to_an_end(meet, state):
    """By what the chief is offered there and no more; after an end nothing but an addition is offered."""
    meeting_id = meet.new(state)
    for _ in MeetingState:
        offered = {way.act for way in meet.sheet(meeting_id, meet.chief).ways}
        forward = [act for act in ("restore", "begin", "end", "submit", "sign") if act in offered]
        if not forward:
            break
        meet.do(forward[0], meeting_id)
    assert meet.row(meeting_id).state in MEETING_ENDS
    assert {way.act for way in meet.sheet(meeting_id, meet.chief).ways} <= {"add"}
    assert set(PATHS) == set(MeetingState)


@pytest.mark.parametrize("way", MEETING_WAYS, ids=lambda way: way.act)
def test_no_way_is_gone_from_another_state_or_by_who_may_not(meet, way):
    for state in PATHS:
        if state in way.frm:
            continue
        meeting_id = meet.new(state)
        with pytest.raises(Refused, match=state.label):
            meet.do(way.act, meeting_id)
        assert meet.row(meeting_id).state is state
    allowed = meet.new(next(state for state in PATHS if state in way.frm))
    with pytest.raises(NotAllowed):
        meet.do(way.act, allowed, meet.district.elsewhere)


@pytest.mark.parametrize("way", [way for way in MEETING_WAYS if way.demands], ids=lambda way: way.act)
def test_what_a_way_demands_must_be_there(meet, way):
    for name in way.demands:
        meeting_id = meet.new(next(state for state in PATHS if state in way.frm))
        with pytest.raises(Refused) as refused:
            meet.do(way.act, meeting_id, **{name: ""})
        assert refused.value.field == name


@pytest.mark.parametrize(("way", "state", "at"), ITEM_STEPS, ids=names(ITEM_STEPS))
def test_each_way_of_an_item_is_gone(meet, way, state, at):
    meeting_id = meet.new(at)
    meet.add(meeting_id, "第一项")
    item_id = meet.add(meeting_id, "第二项")
    meet.add(meeting_id, "第三项")
    for act in ITEM_PATHS[state]:
        meet.item(item_id, act)
    assert meet.item_row(item_id).state is state
    meet.item(item_id, way.act, title="第二项改", minutes="7", reason="来不及", outcome="同意")
    assert meet.item_row(item_id).state is (state if way.to == SAME else way.to)


@pytest.mark.parametrize(("way", "state"), DECISION_STEPS, ids=names(DECISION_STEPS))
def test_each_way_of_a_decision_is_gone(meet, way, state):
    decided = meet.decide(meet.new(MeetingState.RUNNING))
    for act in {DecisionState.OPEN: (), DecisionState.DONE: ("finish",), DecisionState.DROPPED: ("drop",)}[
        state
    ]:
        followup.perform(meet.chief, decided.id, act, {"text": "已经清完"}, meet.act())
    with pytest.raises(Refused):
        followup.perform(meet.chief, decided.id, way.act, {"text": ""}, meet.act())
    followup.perform(meet.chief, decided.id, way.act, {"text": "现场看过"}, meet.act())
    assert MeetingDecision.get_by_id(decided.id).state is way.to


@pytest.mark.parametrize(
    ("ways", "states", "first", "ends"),
    [
        (MEETING_WAYS, MeetingState, MeetingState.PLANNED, MEETING_ENDS),
        (ITEM_WAYS, ItemState, ItemState.LISTED, ITEM_ENDS),
        (DECISION_WAYS, DecisionState, DecisionState.OPEN, DECISION_ENDS),
    ],
    ids=["meeting", "item", "decision"],
)
@pytest.mark.sqlite
def test_every_state_is_reached_and_only_ends_are_dead_ends(ways, states, first, ends):
    reached = {first}
    for _ in states:
        reached |= {way.to for way in ways if way.frm & reached and way.to != SAME}
    assert reached == set(states)
    ended = set(ends)
    for _ in states:
        ended |= {state for way in ways if way.to in ended for state in way.frm}
    assert ended == set(states), "from every state an end is come to"
    leads_on = {state for way in ways if way.to != SAME for state in way.frm}
    assert set(states) - leads_on <= ends


@pytest.mark.sqlite
def test_the_documentation_has_the_tables_as_they_are():
    root = Path(__file__).parents[3]
    page = (root / "docs" / "meetings.md").read_text(encoding="utf-8")
    made = runpy.run_path(str(root / "scripts" / "meetings_page.py"))["page"](page)
    assert page == made, "请运行 .venv/bin/python scripts/meetings_page.py"
    assert "| 待审签 | 审签 | 已审签 | `sign` |" in page
