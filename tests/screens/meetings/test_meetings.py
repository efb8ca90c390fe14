"""双周例会 by keys alone: from 今日 to the agenda and its Word file, through the meeting, to signed minutes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dutydesk.meeting_words import ItemState, MeetingState
from dutydesk.models import (
    AgendaItem,
    Attendee,
    Draft,
    Issue,
    Letter,
    Meeting,
    MeetingDecision,
    MinuteParagraph,
    SpecialDay,
)
from dutydesk.models.connection import connect
from dutydesk.rules.meetings import items, series, ways
from dutydesk.rules.organisation import today
from dutydesk.settings import load
from dutydesk.vocabulary import Role, Source, State
from tests.screens.conftest import lines, press, settle, text
from tests.screens.test_today import registered

SIZES = [(80, 24), (120, 36)]


def plan(district, state=MeetingState.PLANNED, *titles):
    """A meeting of the first area, walked to a state, with items added by hand."""
    duty, chief = district.sessions[Role.DUTY_OFFICER], district.sessions[Role.AREA_CHIEF]
    fields = {"kind": "biweekly", "on": today() + timedelta(days=2), "starts": "14:00", "place": "片区会议室"}
    meeting_id = series.extra(duty, district.areas[0], fields, str(uuid4()))
    for title in titles:
        items.add(duty, meeting_id, {"title": title}, str(uuid4()))
    for act in {"running": ["begin"], "held": ["begin", "end"]}.get(state, []):
        ways.perform(chief, meeting_id, act, {}, str(uuid4()))
    return meeting_id


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_from_home_to_a_drafted_agenda_and_its_word_file(district, open_desk, size):
    """At most eight keys; it takes three."""
    registered(district)
    series.keep(
        district.sessions[Role.DUTY_OFFICER],
        district.areas[0],
        {"weekday": "4", "every_weeks": "2", "starts": "14:00", "minutes": "90", "place": "片区会议室"},
        str(uuid4()),
    )
    keys = ("4", "1", "7")
    async with open_desk().run_test(size=size) as pilot:
        await settle(pilot)
        shown = await press(pilot, *keys[:2])
        assert "议程　康健一片区双周例会" in shown and "议程已从台账拟好" in shown
        shown = await press(pilot, keys[2])
        assert "关于召开康健一片区双周例会的通知" in shown
        shown = await press(pilot, "escape")
        assert "会议通知已放进发件夹" in shown
    assert len(list(load().outbox.glob("会议通知-*.docx"))) == 1
    assert "片区会议室" in next(load().outbox.glob("会议通知-*.txt")).read_text(encoding="utf-8")


async def test_the_first_one_is_planned_from_an_empty_page(district, open_desk):
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "按 7 排双周例会的日期" in text(pilot.app)
        shown = await press(pilot, "7", "f10")
        assert "已排好，待开7次双周例会" in shown and "待开" in shown


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_line_fits_and_the_first_names_the_screen(district, open_desk, size):
    meeting_id = plan(district, "running", "消防演练安排", "电动车充电棚选址")
    district.close()
    names = []
    async with open_desk(duty="meetings").run_test(size=size) as pilot:
        await settle(pilot)
        for keys in (
            (),
            ("2",),
            ("6",),
            ("escape", "1", "escape"),
            ("2", "escape", "escape"),
            ("escape", "3"),
        ):
            await press(pilot, *keys)
            names.append(lines(pilot.app)[0].split("　")[0].split()[0])
            assert all(len(line) <= size[0] for line in lines(pilot.app))
    assert meeting_id and names == ["双周例会", "开会", "签到", "开会", "开会", "会议纪要"]


async def test_items_are_ordered_cut_merged_and_added(district, open_desk):
    meeting_id = plan(district, MeetingState.PLANNED, "甲事", "乙事", "丙事")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "1", "down", "1")
        assert next(line for line in lines(pilot.app) if line.startswith("▶")).split()[1:4:2] == ["1", "乙事"]
        shown = await press(pilot, "down", "3")
        assert ("不议" in shown and "放回" in shown) or "3 不议" in shown
        await press(pilot, "5", *"楼道照明", "f10")
        assert "已加上" in text(pilot.app)
        await press(pilot, "4")
    connect(district.url)
    states = {row.title: row.state for row in AgendaItem.select().where(AgendaItem.meeting == meeting_id)}
    assert states == {
        "甲事": ItemState.CUT, "乙事": ItemState.LISTED, "丙事": ItemState.LISTED, "楼道照明": ItemState.MERGED,
    }  # fmt: skip


async def test_the_meeting_by_keys_units_first_then_item_by_item(speaking, open_desk):
    meeting_id = plan(speaking, "running", "消防演练安排", "电动车充电棚选址")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await press(pilot, "enter", "3", *"外出培训", "enter", "4")
        assert "其余" in text(pilot.app)
        await press(pilot, "escape", "down", "enter", *"3号楼楼道堆放旧家具", "enter")
        assert "已登记" in text(pilot.app)
        await press(pilot, "escape", "enter", *"没有", "enter", "enter", *"没有", "enter")
        shown = await press(pilot, "1", *"先在东门试点", "escape")
        assert "值班员甲：先在东门试点" in shown
        await press(pilot, "2", "4", *"摸清停车底数", "enter", *"+7", "f10")
        assert "决定1已记下" in text(pilot.app)
        await press(pilot, "3", "4")
        shown = await press(pilot, "9", "1")
        assert "已散会" in shown
    connect(speaking.url)
    issue = Issue.get(Issue.source == Source.MEETING)
    assert (issue.state, issue.summary) == (State.REPORTED, "3号楼楼道堆放旧家具")
    rows = {row.title: row.state for row in AgendaItem.select().where(AgendaItem.meeting == meeting_id)}
    assert rows == {"消防演练安排": ItemState.DISCUSSED, "电动车充电棚选址": ItemState.DEFERRED}
    assert MeetingDecision.get().due_on == today() + timedelta(days=7)
    assert Attendee.select().where(Attendee.reason == "外出培训").count() == 1
    assert Meeting.get_by_id(meeting_id).state is MeetingState.HELD


async def test_a_category_that_the_words_do_not_give_is_asked(district, open_desk):
    plan(district, "running")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter", "down", "enter", *"说不清的事", "enter")
        assert "是哪一类" in shown
        await press(pilot, *"lddw", "1")
        assert "已登记" in text(pilot.app)


async def test_a_decision_on_a_case_assigns_it(district, open_desk):
    issue_id = registered(district).issue_id
    duty = district.sessions[Role.DUTY_OFFICER]
    meeting_id = plan(district, "running")
    items.add(duty, meeting_id, {"issue": str(issue_id)}, str(uuid4()))
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end", "2", "4", *"清理楼道", "enter", *"+3", "f10")
        assert "派公共安全力量" in text(pilot.app)
    connect(district.url)
    assert Issue.get_by_id(issue_id).state is State.ASSIGNED


async def test_a_decision_half_typed_is_gone_on_with_from_home(district, open_desk):
    plan(district, "running", "消防演练安排")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end", "2", "4", *"先做一次演练", "escape", "escape", "escape")
        assert "决定：先做一次演练" in text(pilot.app)
        await press(pilot, "home", "enter", "1")
        shown = text(pilot.app)
        assert "作决定" in shown and "先做一次演练" in shown and "消防演练安排" in shown


async def test_what_is_typed_stands_in_the_minutes_at_each_pause(district, open_desk):
    plan(district, "running", "消防演练安排")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end", "1", *"各楼组先自查")
        await pilot.pause(0.5)
        await settle(pilot)
        assert await pilot.app.desk.read(lambda _session: MinuteParagraph.get().text) == "各楼组先自查"
        shown = await press(pilot, *"周五汇总", "f10")
        assert "各楼组先自查周五汇总" in shown
        shown = await press(pilot, "1")
        assert "接着写：各楼组先自查周五汇总" in shown and "另起一段" in shown
        await press(pilot, "1", "end", *"到居委", "escape")
    connect(district.url)
    assert [row.text for row in MinuteParagraph.select()] == ["各楼组先自查周五汇总到居委"]
    assert not Draft.select().exists()


async def test_the_minutes_are_sent_signed_and_printed(district, open_desk):
    meeting_id = plan(district, "running", "消防演练安排")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end", "1", *"各楼组先自查", "f10", "9", "2", "escape")
        shown = await press(pilot, "3", "2", "2")
        assert "整理纪要" in shown and "待审签" not in shown
        shown = await press(pilot, "2", "1")
        assert "待审签" in shown and "2 审签" not in shown
    async with open_desk(Role.AREA_CHIEF).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "康健一片区双周例会纪要等您审签" in text(pilot.app)
        await press(pilot, "4", "enter", "3", *"补一句结论", "enter")
        assert "整理纪要" in text(pilot.app)
        await press(pilot, "2", "1")
        shown = await press(pilot, "2", "1")
        assert "已审签，纪要固定" in shown
        shown = await press(pilot, "5")
        assert "已放进发件夹" in shown
        shown = await press(pilot, "4", *"第二项改为三点", "enter")
        assert "补充（片区长甲" in shown
    connect(district.url)
    assert Meeting.get_by_id(meeting_id).hash
    assert len(list(load().outbox.glob("会议纪要-*.docx"))) == 1


async def test_an_item_becomes_an_invitation_on_the_spot(district, open_desk):
    plan(district, "running", "区区对接：河道漂浮物")
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "enter", "end", "5")
        assert "已拟成约请草稿" in shown and "已约请" in shown and "条块约请：约请（草拟）" in shown
        shown = await press(pilot, "5")  # not another one
        assert "约请　草拟" in shown and "河道漂浮物" in shown
    connect(district.url)
    assert Letter.select().count() == 1


async def test_the_agenda_is_that_of_the_next_meeting_though_an_earlier_one_is_not_finished(
    district, open_desk
):
    plan(district, "held", "上次的事项")
    fields = {"kind": "biweekly", "on": today() + timedelta(days=9), "starts": "14:00", "place": "片区会议室"}
    later = series.extra(district.sessions[Role.DUTY_OFFICER], district.areas[0], fields, str(uuid4()))
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = text(pilot.app)
        assert "下一次" in shown and shown.index("下一次") < shown.index("待了结")
        assert "纪要待整理" in shown
        await press(pilot, "1")
        assert pilot.app.screen.meeting_id == later


async def test_moved_with_a_reason_and_called_off_as_the_desk_proposes(district, open_desk):
    meeting_id = plan(district)
    async with open_desk(Role.AREA_CHIEF, "meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "5", "1", *"+5", "enter", "enter", "enter", *"会议室检修", "f10")
        assert "已改期改地点" in shown
        shown = await press(pilot, "1")
        assert "建议免开" in shown and "不算缺开" in shown
        await press(pilot, "9", "4", "down", "enter")
        assert "已免开" in text(pilot.app)
    connect(district.url)
    row = Meeting.get_by_id(meeting_id)
    assert row.state is MeetingState.SKIPPED and row.starts_at.date() == today() + timedelta(days=5)


async def test_decisions_are_followed_up_and_figures_say_how_they_are_made(district, open_desk):
    from dutydesk.rules.meetings import decisions

    meeting_id = plan(district, "running")
    fields = {"who": "force:safety", "what": "摸清底数", "due_on": today() + timedelta(days=1)}
    decisions.decide(district.sessions[Role.DUTY_OFFICER], meeting_id, fields, str(uuid4()))
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "4")
        assert "公共安全力量" in shown and "还有1天" in shown
        await press(pilot, "1", *"清查完了", "enter")
        assert "没有在办的决定" in text(pilot.app)
        shown = await press(pilot, "escape", "8", "3")
        assert "到会率" in shown and "÷" in shown


async def test_a_neighbourhood_officer_adds_and_writes_but_does_not_arrange(district, open_desk):
    plan(district, MeetingState.PLANNED, "甲事")
    async with open_desk(Role.NEIGHBOURHOOD_OFFICER, "meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "1", "5", *"楼道照明", "f10")
        assert "已加上" in text(pilot.app)
        shown = await press(pilot, "3")
        assert "由本片区的值班员、片区长准备" in shown


@pytest.mark.parametrize(
    ("kind", "title"),
    [(2, "康健一片区党委议事协商会"), (3, "康健一片区条块约请协调会"), (4, "康健一片区专题会")],
)
async def test_its_kin_have_the_same_screens_and_papers(district, open_desk, kind, title):
    """The agenda of a 专题会 is its own; the others take theirs from the ledger too."""
    registered(district)
    async with open_desk(duty="meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "6", str(kind), "down", *"+7", "f10", "1")
        assert f"议程　{title}" in shown
        assert ("议程已从台账拟好" in shown) is (kind != 4)
        shown = await press(pilot, "5", *"老旧电梯加装", "f10", "7")
        assert f"关于召开{title}的通知" in shown and "老旧电梯加装" in shown
        shown = await press(pilot, "escape", "escape", "2", "1")
        assert "开会" in shown and "单元先说" in shown and "老旧电梯加装" in shown


async def test_moved_by_hand_to_a_day_off_the_desk_says_so_and_it_is_cancelled_with_a_reason(
    district, open_desk
):
    meeting_id = plan(district)
    SpecialDay.create(day=today() + timedelta(days=9), working=False, name="全区停电检修")
    async with open_desk(Role.AREA_CHIEF, "meetings").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = await press(pilot, "5", "1", *"+9", "down", "down", "down", *"主持人外出", "f10")
        assert "已改期改地点" in shown and "这天是全区停电检修" in shown and "请核对" in shown
        shown = await press(pilot, "5", "3", *"与上级会议冲突", "enter")
        assert "已取消" in shown
        shown = await press(pilot, "enter")
        assert "与上级会议冲突" in shown and "主持人外出" in shown
    connect(district.url)
    assert Meeting.get_by_id(meeting_id).state is MeetingState.CANCELLED
