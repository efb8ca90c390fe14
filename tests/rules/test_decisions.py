"""待我定: all that waits for the chief on one page, in order."""

from __future__ import annotations

from datetime import datetime

from dutydesk.rules import decisions
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State


def test_requests_come_first_then_what_can_be_closed_set_aside_or_was_sent_back(cases):
    paused = cases.in_state(S.PAUSED)
    ready = cases.in_state(S.FEEDBACK)
    cases.do("feedback", ready)
    twice = cases.in_state(S.OPENED)
    for _ in range(2):
        cases.do("assign", twice)
        cases.do("send_back", twice)
    asked = cases.in_state(S.HANDLING)
    cases.do("ask_pool", asked)
    cases.clock.move_to(datetime(2026, 12, 20, 9, 0, tzinfo=CHINA))
    waiting = decisions.waiting(cases[R.AREA_CHIEF])
    assert [(each.kind, each.issue_id) for each in waiting] == [
        ("request", asked), ("close", ready), ("paused", paused), ("sent_back", twice),
    ]  # fmt: skip
    assert decisions.count(cases[R.AREA_CHIEF]) == 4
    assert len({each.key for each in waiting}) == 4
    for each in waiting:
        row = cases.row(each.issue_id)
        assert (each.number, each.version, each.place, each.summary) == (
            row.number,
            row.version,
            "康健新村",
            row.summary,
        )


def test_what_waits_can_be_settled_from_what_the_line_carries(cases):
    ready = cases.in_state(S.FEEDBACK)
    cases.do("feedback", ready)
    (waiting,) = decisions.waiting(cases[R.AREA_CHIEF])
    cases.do("close", waiting.issue_id, version=waiting.version, level=waiting.level)
    assert decisions.waiting(cases[R.AREA_CHIEF]) == []


def test_two_chiefs_of_one_area_see_the_same_and_others_nothing(cases):
    cases.do("ask_pause", cases.in_state(S.HANDLING))
    deputy = cases.hire("C2", R.AREA_CHIEF, area=cases.district.areas[0])
    assert decisions.waiting(deputy) == decisions.waiting(cases[R.AREA_CHIEF])
    for role in set(Role) - {R.AREA_CHIEF}:
        assert decisions.waiting(cases[role]) == []
        assert decisions.count(cases[role]) == 0
