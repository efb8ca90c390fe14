"""今日: what needs somebody is on one page, and each line opens what it names."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.models import DeskVisit
from dutydesk.rules import drafts, intake
from dutydesk.screens.today import _side_by_side
from dutydesk.vocabulary import Role
from tests.screens.conftest import lines, press, settle, text


def registered(
    district: Any, summary: str = "三号楼门禁坏了一周", by: Role = Role.DUTY_OFFICER, **fields: Any
) -> Any:
    """A case of the small district's first unit."""
    given = {"unit": district.units[0], "category": district.categories[0], "summary": summary} | fields
    return intake.register(district.sessions[by], given, str(uuid.uuid4()))


async def test_a_line_opens_the_view_that_it_names(district, open_desk):
    registered(district, flags="strongly_felt")
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "群众反映强烈、居民区难以协调" in text(pilot.app)
        await pilot.press("enter")
        await settle(pilot)
        assert lines(pilot.app)[0].startswith("问题清单　群众反映强烈、居民区难以协调")
        assert "三号楼门禁坏了一周" in text(pilot.app)


async def test_only_the_duties_of_the_role_are_offered(district, open_desk):
    async with open_desk(Role.AUDITOR).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "每日巡查" not in text(pilot.app)
        await pilot.press("f2")
        await settle(pilot)
        assert "不在您的岗位职责内" in text(pilot.app)


async def test_a_duty_that_does_not_exist_yet_is_not_shown_and_its_digit_says_so(district, open_desk):
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "督查考核" not in text(pilot.app)
        await pilot.press("7")
        await settle(pilot)
        assert "这里按 7 没有用" in text(pilot.app)


async def test_what_was_left_half_typed_is_offered_first_and_can_be_thrown_away(district, open_desk):
    session = district.sessions[Role.DUTY_OFFICER]
    drafts.keep(session, str(uuid.uuid4()), "intake", "东门路灯", {"summary": "东门路灯坏了"})
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "东门路灯" in lines(pilot.app)[3]
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert "东门路灯" not in text(pilot.app)
    district.connect()
    assert drafts.kept(session) == []


async def test_what_is_new_above_the_first_line_is_in_sight(district, open_desk):
    session = district.sessions[Role.DUTY_OFFICER]
    for number in range(22):
        drafts.keep(session, str(uuid.uuid4()), "intake", f"第{number}件", {"summary": f"第{number}件"})
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "第21件" in lines(pilot.app)[3]
        await pilot.app.desk.run(drafts.keep, str(uuid.uuid4()), "intake", "刚写的", {"summary": "刚写的"})
        await settle(pilot)
        assert "刚写的" in lines(pilot.app)[3]
        assert "▶" in lines(pilot.app)[4] and "第21件" in lines(pilot.app)[4]
        await pilot.press("end")
        await pilot.app.desk.run(drafts.keep, str(uuid.uuid4()), "intake", "又写的", {"summary": "又写的"})
        await settle(pilot)
        assert "又写的" not in text(pilot.app), "who has gone down stays where he reads"


async def test_the_help_page_names_the_keys_that_act(district, open_desk):
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f1")
        await settle(pilot)
        assert all(words in text(pilot.app) for words in ("F2", "每日巡查", "F12", "Ctrl+Q"))


async def test_only_a_demo_changes_persons(district, open_desk):
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f9")
        await settle(pilot)
        assert "只有演示区可以换人" in text(pilot.app)


async def test_after_a_weekend_it_tells_what_is_new(district, open_desk):
    friday = datetime.now(UTC) - timedelta(days=3)
    DeskVisit.create(staff=district.sessions[Role.DUTY_OFFICER].staff_id, last_seen_at=friday)
    registered(district)
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "以来别人办的" in text(pilot.app)
        assert "新登记" not in text(pilot.app), "one's own are no news"
        await pilot.app.desk.run(lambda _session: registered(district, by=Role.AREA_CHIEF))
        await settle(pilot)
        assert "新登记" in text(pilot.app)


async def test_where_one_is_is_said_until_the_next_key(district, open_desk):
    registered(district)
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "已经在今日" in text(pilot.app)
        await pilot.press("3", "escape")
        await settle(pilot)
        assert "已经在今日" not in text(pilot.app)


async def test_f12_opens_what_else_there_is_from_anywhere(district, open_desk):
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f12")
        await settle(pilot)
        assert "更多" in text(pilot.app)
        assert "Ctrl+Q" in text(pilot.app)


async def test_the_duties_are_on_one_line_however_many_somebody_has(district, open_desk):
    async with open_desk(Role.AREA_CHIEF).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        (line,) = (line for line in lines(pilot.app) if "1 每日巡查" in line)
        assert "9 待我定" in line and line.rstrip().endswith("8 更多")


async def test_who_asks_for_a_duty_of_others_is_shown_today_and_told(open_desk):
    desk = open_desk(Role.HANDLER, "triage")
    async with desk.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = text(desk)
    assert shown.startswith("今日")
    assert "不在您的岗位职责内" in shown


async def test_words_typed_where_nothing_takes_them_are_not_dropped_in_silence(open_desk):
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "这里不能打字" in await press(pilot, "王")
        await press(pilot, "8")
        assert "这里不能打字。F1" in await press(pilot, "王")


async def test_rows_below_what_is_in_sight_are_told_until_one_is_there(district, open_desk):
    session = district.sign_on(Role.DUTY_OFFICER)
    for number in range(20):
        drafts.keep(
            session, uuid.uuid4().hex, "intake", f"没填完的{number}", {"summary": f"没填完的{number}"}
        )
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "↓ 下面还有" in lines(pilot.app)[0]
        await press(pilot, "end")
        assert "下面还有" not in lines(pilot.app)[0]
        await pilot.resize_terminal(120, 50)
        await press(pilot, "home")
        assert "下面还有" not in lines(pilot.app)[0]


def test_a_duty_s_name_is_never_broken():
    words = ["1 每日巡查", "2 登记", "3 问题清单", "8 更多"]
    assert _side_by_side(words, 40) == "1 每日巡查　2 登记　3 问题清单　8 更多"
    assert _side_by_side(words, 37) == "1 每日巡查 2 登记 3 问题清单 8 更多"
    assert _side_by_side(words, 34) == "1 每日巡查 2 登记 3 问题清单\n8 更多"
