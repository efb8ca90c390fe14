"""Who is not marked is not told of as absent; who presided was there."""

from __future__ import annotations

import pytest

from dutydesk.meeting_words import MeetingState
from dutydesk.rules.meetings import attendance, papers

pytestmark = pytest.mark.both


def test_not_marked_is_not_absent_and_the_chair_was_there(meet):
    running = meet.new(MeetingState.RUNNING)
    rows = attendance.of_meeting(meet.duty, running)
    attendance.mark(
        meet.duty, running, [rows[1].id], {"presence": "absent", "reason": "外出培训"}, meet.act()
    )
    found = papers.record(meet.duty, running)
    assert found.chair == rows[0].name and found.came == (found.chair,)
    assert found.absent == (f"{rows[1].name}（外出培训）",)
    assert found.unmarked == tuple(row.name for row in rows[2:])
    assert "未签到 " in papers.as_text(found) and "未到）" not in papers.as_text(found)
