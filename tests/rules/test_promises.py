"""What was promised to who reported: until when, and when it is owed again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest

from dutydesk.models import OfficeSetting
from dutydesk.rules import promises, undo
from dutydesk.rules.errors import Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, S = Role, State
pytestmark = pytest.mark.both


def promised(cases, by) -> str:
    """What the story says of a promise for then."""
    issue_id = cases.in_state(S.OPENED)
    return cases.do("first_contact", issue_id, R.DUTY_OFFICER, promised="带工具上门", promised_by=by).said


class TestADayWithoutAClockTime:
    def test_it_is_up_to_the_end_of_the_working_day_and_the_story_says_so(self, cases):
        said = promised(cases, date(2026, 11, 27))
        assert said.endswith("。答应11月27日 18:00前（没说几点，按下班前）：带工具上门")
        (owed,) = promises.open_in(cases.district.areas[0])
        assert owed.due_at == datetime(2026, 11, 27, 18, tzinfo=CHINA)

    def test_the_hours_are_the_offices_own(self, cases):
        OfficeSetting.create(
            key="office_hours",
            value='["09:00-12:00", "13:00-17:15"]',
            valid_from=date(2020, 1, 1),
            set_by="",
        )
        promised(cases, date(2026, 11, 27))
        assert promises.open_in(1)[0].due_at == datetime(2026, 11, 27, 17, 15, tzinfo=CHINA)

    def test_today_after_closing_it_is_up_to_midnight(self, cases):
        issue_id = cases.in_state(S.OPENED)
        cases.clock.move_to(datetime(2026, 11, 24, 20, tzinfo=CHINA))
        done = cases.do(
            "first_contact",
            issue_id,
            R.DUTY_OFFICER,
            promised="今晚回电话",
            promised_by=date(2026, 11, 24),
        )
        assert "11月24日 23:59前" in done.said

    def test_a_day_that_is_over_is_refused(self, cases):
        with pytest.raises(Refused, match="已经过去了"):
            promised(cases, date(2026, 11, 23))

    def test_a_moment_stays_that_moment(self, cases):
        assert "没说几点" not in promised(cases, datetime(2026, 11, 27, 9, tzinfo=CHINA))


def test_what_a_feedback_had_kept_is_owed_again_when_it_is_undone(cases):
    issue_id = cases.in_state(S.OPENED)
    cases.do("first_contact", issue_id, promised="办好了打电话")
    cases.do("assign", issue_id)
    for act in ("take_up", "report_done", "pass_check"):
        cases.do(act, issue_id)
    duty = cases[R.DUTY_OFFICER]
    cases.do("feedback", issue_id, R.DUTY_OFFICER)
    assert not promises.open_in(1)
    undo.undo(duty, undo.last(duty).act_id, str(uuid4()))
    assert [owed.text for owed in promises.open_in(1)] == ["办好了打电话"]
