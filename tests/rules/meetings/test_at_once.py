"""Two people in one meeting at the same moment on PostgreSQL: nothing of either is lost."""

from __future__ import annotations

from functools import partial

import pytest

from dutydesk.meeting_words import MeetingState
from dutydesk.models import AgendaItem, MeetingDecision, MinuteParagraph
from dutydesk.rules.checking import check
from dutydesk.rules.meetings import items, minutes
from tests.rules.test_at_once import crowd, sorted_out  # noqa: F401  (the fixture)

pytestmark = pytest.mark.postgresql


def test_both_write_and_decide(meet, crowd):  # noqa: F811
    meeting_id = meet.new(MeetingState.RUNNING)
    people = (meet.duty, meet.chief)
    with crowd.before(f"select * from meeting where id = {meeting_id} for update"):
        answers = [
            crowd.set_on(partial(minutes.save, who, meeting_id, meet.act(), f"{who.name}记的"), waiting=place)
            for place, who in enumerate(people, 1)
        ]
        answers += [crowd.set_on(partial(meet.decide, meeting_id, who)) for who in people]
    _, errors = sorted_out(*answers)
    assert errors == []
    assert {row.text for row in MinuteParagraph.select()} == {"值班员甲记的", "片区长甲记的"}
    assert sorted(row.number for row in MeetingDecision.select()) == [1, 2]
    assert check() == []


def test_an_agenda_arranged_from_two_desks_keeps_all_its_items(meet, crowd):  # noqa: F811
    meeting_id = meet.new()
    ids = [meet.add(meeting_id, title) for title in ("甲事", "乙事", "丙事", "丁事")]
    with crowd.before(f"select * from meeting where id = {meeting_id} for update"):
        answers = [
            crowd.set_on(partial(items.perform, who, item_id, "up", {}, meet.act()))
            for who, item_id in ((meet.duty, ids[3]), (meet.chief, ids[2]), (meet.duty, ids[3]))
        ]
    _, errors = sorted_out(*answers)
    assert errors == []
    places = [row.position for row in AgendaItem.select().where(AgendaItem.meeting == meeting_id)]
    assert sorted(places) == [1, 2, 3, 4]
