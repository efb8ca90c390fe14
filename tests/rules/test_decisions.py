"""待我定: all that waits for the chief on one page, in order."""

from __future__ import annotations

from datetime import datetime

from dutydesk.models import Issue
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


def test_an_answered_case_that_lacks_something_says_so_and_comes_last(cases):
    """A case that was merged in and whose reporter has not been told."""
    lacking, ready = cases.in_state(S.FEEDBACK), cases.in_state(S.FEEDBACK)
    other = cases.new(source="caller", reporter_name="李桂芳", reporter_phone="13800001234")
    for each in (lacking, ready):
        cases.do("feedback", each)
    cases.do("merge", other, target=cases.row(lacking).number, reason="是同一件")
    Issue.update(feedback_given=True).where(Issue.id == lacking).execute()  # as an import may leave it
    found = decisions.waiting(cases[R.AREA_CHIEF])
    assert [each.issue_id for each in found if each.kind == "close"] == [ready, lacking]
    assert found[-1].asked == f"✗ 缺反馈 {cases.row(other).number}"
    assert "反映人还没有告知" in found[-1].lacking
    assert not found[0].lacking
    assert not any("。；" in each.reason or "；。" in each.reason for each in found)
