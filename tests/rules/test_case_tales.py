"""What the story of each case says of a period: how it stood at its end, what was done inside it, and no more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.rules import case_tales, undo
from dutydesk.rules.case_tales import Period, Tale
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State
DAY = date(2026, 11, 24)


def told(cases, first: date = DAY, last: date = DAY, area: int = 0) -> dict[int, Tale]:
    here = [cases.district.areas[area]]
    found = list(case_tales.tales(here, Period(first, last)))
    assert len({tale.id for tale in found}) == len(found), "each case once"
    return {tale.id: tale for tale in found}


def on(cases, day: int, hour: int = 10) -> None:
    cases.clock.move_to(datetime(2026, 11, day, hour, 0, tzinfo=CHINA))


def test_what_came_in_and_was_closed_inside(cases):
    closed, waiting = cases.in_state(S.CLOSED), cases.new()
    cases.clock.shift(timedelta(seconds=1))
    found = told(cases)
    assert {"received", "opened", "closed", "judged", "in_time"} <= found[closed].marks
    assert "open" not in found[closed].marks
    assert found[waiting].marks == {"received", "open", "reported"}


def test_a_period_that_is_over_stays_as_it_was(cases):
    issue_id = cases.in_state(S.HANDLING)
    on(cases, 26)
    cases.do("report_done", issue_id)
    cases.do("pass_check", issue_id)
    cases.do("feedback", issue_id)
    cases.do("close", issue_id)
    cases.clock.shift(timedelta(seconds=1))
    assert told(cases)[issue_id].state == S.HANDLING
    assert "open" in told(cases)[issue_id].marks
    later = told(cases, DAY, DAY + timedelta(days=2))[issue_id]
    assert (later.state, "closed" in later.marks) == (S.CLOSED, True)


def test_what_was_taken_back_counts_nowhere(cases):
    issue_id = cases.in_state(S.OPENED)
    cases.clock.shift(timedelta(seconds=1))
    chief = cases[R.AREA_CHIEF]
    cases.do("assign", issue_id)
    undo.undo(chief, undo.last(chief).act_id, str(uuid4()))
    cases.clock.shift(timedelta(seconds=1))
    assert told(cases)[issue_id].state == S.OPENED


def test_how_often_it_was_sent_back_inside_the_period_alone(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    cases.do("send_back", issue_id, R.HANDLER)
    on(cases, 25)
    cases.do("assign", issue_id)
    cases.do("send_back", issue_id, R.HANDLER)
    cases.clock.shift(timedelta(seconds=1))
    assert told(cases, DAY, DAY + timedelta(days=1))[issue_id].times["sent_back"] == 2
    assert told(cases, DAY + timedelta(days=1), DAY + timedelta(days=1))[issue_id].times["sent_back"] == 1


def test_since_when_it_has_been_put_aside(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    cases.do("pool", issue_id, until=date(2026, 12, 20))
    on(cases, 29, 11)
    tale = told(cases, DAY, date(2026, 11, 29))[issue_id]
    assert (tale.days, "pooled" in tale.marks, tale.times["newly_pooled"]) == (5, True, 1)
    assert told(cases, date(2026, 11, 25), date(2026, 11, 29))[issue_id].times["newly_pooled"] == 0


def test_late_is_told_by_the_deadline_and_of_each_area_its_own(cases):
    here = cases.in_state(S.ASSIGNED)
    cases.clock.move_to(datetime(2026, 12, 8, 10, 0, tzinfo=CHINA))
    assert {"overdue", "judged"} <= told(cases, DAY, date(2026, 12, 8))[here].marks
    assert "judged" not in told(cases, date(2026, 12, 5), date(2026, 12, 8))[here].marks, "it was late before"
    assert told(cases, DAY, date(2026, 12, 8), area=1) == {}


def test_more_than_may_be_looked_at_is_said(cases, monkeypatch):
    for _ in range(3):
        cases.new()
    cases.clock.shift(timedelta(seconds=1))
    monkeypatch.setattr(case_tales, "LOOKED_AT", 4)
    assert len(told(cases)) == 3
    monkeypatch.setattr(case_tales, "LOOKED_AT", 3)
    with pytest.raises(case_tales.TooMany):
        told(cases)


def test_the_words_of_a_period(cases):
    assert Period(DAY, DAY).words == "11月24日"
    assert Period(date(2025, 12, 30), DAY).words == "2025年12月30日至11月24日"
    assert Period(DAY, DAY).goes_on
    assert not Period(DAY - timedelta(days=1), DAY - timedelta(days=1)).goes_on
