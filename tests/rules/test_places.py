"""Where a desk was that ended by itself: gone to once, not the next day."""

from __future__ import annotations

from datetime import timedelta

from dutydesk.models import DeskPlace
from dutydesk.rules import places
from dutydesk.vocabulary import Role

THERE = {"duty": "issues", "target": "open", "row": 7}


def test_it_is_gone_to_once_by_whom_it_belongs_to(cases):
    me, other = cases[Role.DUTY_OFFICER], cases[Role.AREA_CHIEF]
    places.keep(me, {"duty": "shift"})
    places.keep(me, THERE)
    assert places.take(other) is None
    assert places.take(me) == THERE
    assert places.take(me) is None


def test_the_next_day_begins_anew(cases):
    me = cases[Role.DUTY_OFFICER]
    places.keep(me, THERE)
    cases.clock.shift(timedelta(hours=12, seconds=1))
    assert places.take(me) is None
    assert not DeskPlace.select().exists()
