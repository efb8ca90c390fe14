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


def test_a_notice_names_what_is_spoken_of_and_nothing_of_the_desks_own(meet):
    from dutydesk.models import Attendee
    from dutydesk.screens.meetings.writing import notice_text

    meeting_id = meet.new()
    meet.add(meeting_id, "充电棚选址")
    attendance.invite(meet.duty, meeting_id, {"name": "王芳（演示）", "title": "多元参与"}, meet.act())
    assert Attendee.get().guest
    said = notice_text(papers.notice(meet.duty, meeting_id))
    assert f"\n1. 充电棚选址（{meet.duty.name}汇报）\n" in said and "王芳（演示，多元参与）" in said
    assert "现定于11月26日召开" in said and "近期" not in said and "分钟" not in said
