"""先行联系: who is called first, the working time that is left, one key, a call in vain, a promise."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Issue
from dutydesk.rules import first_contact, promises
from dutydesk.rules.errors import Refused, Stale
from dutydesk.rules.first_contact import time_left
from dutydesk.rules.workcalendar import CHINA, WorkCalendar
from dutydesk.vocabulary import Role, State

R, S = Role, State


@pytest.mark.both
class TestTheQueue:
    def test_what_is_due_first_comes_first_and_what_is_put_aside_not(self, cases):
        later, sooner = cases.in_state(S.OPENED), cases.in_state(S.OPENED, urgency="urgent")
        duty = cases[R.DUTY_OFFICER]
        assert first_contact.queue(duty, count=5) == [sooner, later]
        assert first_contact.queue(duty, aside=(sooner,), count=5) == [later]
        assert first_contact.remaining(duty) == 2
        assert first_contact.queue(cases.district.elsewhere) == []

    def test_one_key_records_the_call(self, cases):
        issue_id = cases.in_state(S.OPENED)
        duty = cases[R.DUTY_OFFICER]
        (card,) = first_contact.cards(duty)
        done = first_contact.record(duty, card, str(uuid4()))
        assert done.said == "电话联系反映人：已电话告知受理，会尽快办理并反馈"
        assert Issue.get_by_id(issue_id).first_contact_at is not None
        assert first_contact.queue(duty) == []

    def test_a_case_that_somebody_else_called_meanwhile_is_not_called_again(self, cases):
        issue_id = cases.in_state(S.OPENED)
        duty = cases[R.DUTY_OFFICER]
        (card,) = first_contact.cards(duty)
        cases.do("first_contact", issue_id, R.AREA_CHIEF)
        since = first_contact.meanwhile(duty, issue_id, card.version)
        assert (since.waits, since.said) == (False, "片区长甲刚对2026-000001办了先行联系")
        with pytest.raises(Stale):
            first_contact.record(duty, card, str(uuid4()))

    def test_a_call_in_vain_is_noted_and_the_clock_runs_on(self, cases):
        cases.in_state(S.OPENED)
        duty = cases[R.DUTY_OFFICER]
        (card,) = first_contact.cards(duty)
        first_contact.no_answer(duty, card, "电话无人接听", str(uuid4()))
        (again,) = first_contact.cards(duty)
        assert again.tried == ("11月24日 10:00 值班员甲：先行联系未果：电话无人接听",)
        assert again.due_at == card.due_at

    def test_what_was_promised_is_in_the_story_and_owed(self, cases):
        issue_id = cases.in_state(S.OPENED)
        by = datetime(2026, 11, 25, 9, tzinfo=CHINA)
        done = cases.do("first_contact", issue_id, R.DUTY_OFFICER, promised="带工具上门", promised_by=by)
        assert done.said.endswith("。答应11月25日 09:00前：带工具上门")
        (owed,) = promises.open_in(cases.district.areas[0])
        assert (owed.issue_id, owed.due_at) == (issue_id, by)

    def test_nothing_is_promised_for_a_time_that_is_over(self, cases):
        issue_id = cases.in_state(S.OPENED)
        by = datetime(2026, 11, 20, 15, 30, tzinfo=CHINA)
        with pytest.raises(Refused, match="已经过去了"):
            cases.do("first_contact", issue_id, R.DUTY_OFFICER, promised="上门", promised_by=by)
        assert not promises.open_in(cases.district.areas[0])


@pytest.mark.parametrize(
    ("now", "due", "by_the_clock", "said"),
    [
        ("24 10:00", "24 14:00", False, "工作时间还剩2小时30分"),
        ("24 17:50", "25 09:20", False, "工作时间还剩30分钟"),
        ("27 17:00", "30 10:00", False, "工作时间还剩2小时"),
        ("24 14:30", "24 14:00", False, "工作时间已超过30分钟"),
        ("24 20:00", "24 18:00", False, "已超过2小时"),
        ("24 20:00", "24 21:15", True, "还剩1小时15分"),
    ],
)
def test_what_is_left_is_told_in_working_time(now, due, by_the_clock, said):
    moments = []
    for text in (now, due):
        day, clock = text.split()
        hour, minute = clock.split(":")
        moments.append(datetime(2026, 11, int(day), int(hour), int(minute), tzinfo=CHINA))
    assert time_left(*moments, WorkCalendar(), by_the_clock) == said


def test_the_clock_of_an_urgent_case_runs_at_night_too(cases):
    cases.in_state(S.OPENED, urgency="critical")
    cases.clock.shift(timedelta(minutes=20))
    (card,) = first_contact.cards(cases[R.DUTY_OFFICER])
    assert (card.left, card.over) == ("还剩40分钟", False)
    cases.clock.shift(timedelta(minutes=41))
    assert first_contact.cards(cases[R.DUTY_OFFICER])[0].over
