"""Telephone numbers in minutes: masked on paper unless somebody who may says why, and then that stands on record."""

from __future__ import annotations

import io

import pytest

from dutydesk.meeting_words import MeetingState
from dutydesk.models import AuditEntry, AuditValues
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.meetings import papers, personal
from dutydesk.screens.meetings.writing import as_minutes
from dutydesk.vocabulary import Role

pytestmark = pytest.mark.both
NUMBER = "13800001234"


@pytest.fixture
def told(meet):
    """Minutes with a number typed into a paragraph, sent for signing and signed."""
    meeting_id = meet.new(MeetingState.HELD)
    meet.write(meeting_id, f"住户电话{NUMBER}，限三天内回话。")
    for act in ("submit", "sign"):
        meet.do(act, meeting_id)
    return meeting_id


def printed(found):
    from docx import Document

    from dutydesk.documents.meeting_minutes import write

    stream = io.BytesIO()
    write(as_minutes(found), stream)
    return "\n".join(paragraph.text for paragraph in Document(stream).paragraphs)


def test_it_is_masked_on_the_screen_and_on_paper(meet, told):
    found = papers.record(meet.duty, told)
    assert found.masked and NUMBER not in papers.as_text(found) and NUMBER not in printed(found)


def test_with_a_reason_it_is_on_paper_and_on_record_and_what_was_signed_stays(meet, told):
    kept, act = meet.row(told).content, meet.act()
    found = personal.include(meet.duty, told, "首次联系反映人", act)
    assert NUMBER in printed(found) and found.revealed_by == act
    assert meet.row(told).content == kept and NUMBER not in kept
    assert meet.story(told)[-1] == "include"
    values = AuditValues.get(AuditValues.entry == AuditEntry.get(AuditEntry.act == act)).content
    assert "首次联系反映人" in values and NUMBER not in values
    assert NUMBER not in papers.as_text(papers.record(meet.duty, told))


@pytest.mark.parametrize("reason", ["", "好"])
def test_without_a_reason_it_is_refused(meet, told, reason):
    with pytest.raises(Refused) as refused:
        personal.include(meet.duty, told, reason, meet.act())
    assert refused.value.field == "reason" and meet.story(told)[-1] == "sign"


def test_nor_is_it_for_everybody(meet, told):
    for who in (meet.district.elsewhere, meet[Role.COORDINATOR], meet[Role.SUPERVISOR]):
        with pytest.raises(NotAllowed):
            personal.include(who, told, "首次联系反映人", meet.act())
    assert meet.story(told)[-1] == "sign"


def test_where_nothing_is_masked_there_is_nothing_to_include(meet):
    meeting_id = meet.new(MeetingState.HELD)
    meet.write(meeting_id)
    assert not papers.record(meet.duty, meeting_id).masked
    with pytest.raises(Refused, match="没有略去"):
        personal.include(meet.duty, meeting_id, "首次联系反映人", meet.act())
