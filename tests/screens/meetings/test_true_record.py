"""Minutes are no false record: who is not marked is asked about, a meeting is not opened days early unasked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from dutydesk.meeting_words import MeetingState
from dutydesk.models import AgendaItem, Meeting
from dutydesk.models.connection import connect
from dutydesk.rules.meetings import items, series
from dutydesk.rules.organisation import today
from dutydesk.settings import load
from dutydesk.vocabulary import Role
from tests.screens.conftest import press, settle, text
from tests.screens.meetings.test_meetings import plan
from tests.screens.test_today import registered


async def test_nobody_marked_the_end_leads_to_signing_in(district, open_desk):
    meeting_id = plan(district, "running", "消防演练安排")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter", "9")
        assert "人没有签到" in shown and "1 先去签到" in shown
        shown = await press(pilot, "1")
        assert "签到" in shown.splitlines()[0]
    connect(district.url)
    assert Meeting.get_by_id(meeting_id).state is MeetingState.RUNNING


async def test_days_early_it_is_asked_and_what_was_cut_is_not_counted(district, open_desk):
    meeting_id = plan(district, MeetingState.PLANNED, "甲事", "乙事", "丙事")
    cut = AgendaItem.get(AgendaItem.meeting == meeting_id, AgendaItem.title == "甲事")
    items.perform(district.sessions[Role.DUTY_OFFICER], cut.id, "cut", {}, "cut")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "2")
        assert "会议定在" in shown and "14:00，现在就开？" in shown and "议程2项" in shown
        await press(pilot, "enter")
        assert "现在就开" not in text(pilot.app)
    connect(district.url)
    assert Meeting.get_by_id(meeting_id).state is MeetingState.PLANNED


async def test_an_agenda_longer_than_its_meeting_is_asked_about_before_the_notice(district, open_desk):
    plan(district, MeetingState.PLANNED, *(f"第{place}件要议的事" for place in range(30)))
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "1", "7")
        assert "照样出通知？" in shown and not list(load().outbox.glob("会议通知-*"))
        shown = await press(pilot, "1")
        assert "关于召开康健一片区双周例会的通知" in shown
    assert list(load().outbox.glob("会议通知-*.docx"))


async def test_one_word_alone_asks_the_category_and_leaving_it_keeps_the_line(speaking, open_desk):
    plan(speaking, "running")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter", "down", "enter", *"楼道有渗水", "enter")
        assert "是哪一类" in shown
        shown = await press(pilot, "escape")
        assert "要反映什么" in shown and "楼道有渗水" in shown
        await press(pilot, "enter", *"lddw", "1")
        shown = text(pilot.app)
        assert "楼道有渗水" in shown and "类别" in shown


async def test_by_when_is_understood_as_it_is_spoken(district, open_desk):
    plan(district, "running", "消防演练安排")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter", "end", "2", "4", *"摸清底数", "enter", *"下周五前", "f10")
        assert "决定1已记下" in shown


async def test_the_coordinator_sets_a_rule_of_the_office_by_keys_and_others_only_read(district, open_desk):
    plan(district)
    async with open_desk(Role.COORDINATOR, "meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "0")
        assert "本单位规定" in shown and "自带，没有改过" in shown
        shown = await press(pilot, "down", "enter", "3", "f10")
        assert "“隔几周”已改，今天起用" in shown
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "0", "down")
        assert "例会日期·隔几周：3" in shown and "由街镇协调员改" in shown
        assert "本单位规定由街镇协调员改" in await press(pilot, "enter")


async def test_only_the_next_meetings_agenda_drafts_itself_a_later_one_by_key(district, open_desk):
    registered(district)
    plan(district)
    fields = {
        "kind": "biweekly",
        "on": today() + timedelta(days=30),
        "starts": "14:00",
        "place": "片区会议室",
    }
    later = series.extra(district.sessions[Role.DUTY_OFFICER], district.areas[0], fields, str(uuid4()))
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "end", "1")
        assert pilot.app.screen.meeting_id == later and "这不是下一次会" in shown
        assert await pilot.app.desk.read(lambda _session: AgendaItem.select().count()) == 0
        shown = await press(pilot, "8")
        assert "议程已从台账拟好" in shown
        shown = await press(pilot, "escape", "home", "1")
        assert pilot.app.screen.meeting_id != later and "议程已从台账拟好" in shown


async def test_a_decision_says_what_may_be_left_empty_and_asks_a_category_only_with_a_place(
    district, open_desk
):
    plan(district, "running", "消防演练安排")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter", "end", "2", "4", *"摸清底数", "enter", *"+7", "enter")
        assert "哪一类" not in shown
        for label in ("管哪几件", "新问题在哪里", "居委谁同意的"):
            assert "可不填" in next(line for line in shown.splitlines() if label in line)
        shown = await press(pilot, "enter", *"kj", "1")
        assert "哪一类 *" in shown
