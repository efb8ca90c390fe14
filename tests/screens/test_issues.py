"""问题清单 and every act's form on the screen."""

from __future__ import annotations

import uuid

import pytest
from rich.cells import cell_len

from dutydesk.models import AuditEntry, Issue
from dutydesk.rules import issue_acts
from dutydesk.rules.ledger import Question
from dutydesk.rules.views import ViewEntry
from dutydesk.screens.ledger.rows import COLUMNS
from dutydesk.screens.ledger.tools import help_text
from dutydesk.vocabulary import Role, State
from tests.screens.conftest import lines, press, settle, text
from tests.screens.test_today import registered

SIZES = [(80, 24), (120, 36)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_case_stands_below_the_list_or_beside_it(district, open_desk, size):
    case = registered(district, detail="门禁主板烧坏")
    async with open_desk(duty="issues").run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.pause(0.3)
        await settle(pilot)
        beside = [line for line in lines(pilot.app) if line.count(case.number) == 2 or "│" in line]
        assert bool(beside) == (size[0] >= 110)
        assert text(pilot.app).count(case.number) >= 2


async def test_c_hides_the_case_and_shows_it_again(district, open_desk):
    registered(district)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "c")
        assert "来源" not in text(pilot.app)
        await press(pilot, "c")
        assert "来源" in text(pilot.app)


async def test_the_menu_offers_what_may_be_done_and_a_digit_does_it(district, open_desk):
    case = registered(district)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert "1 立案" in text(pilot.app)
        assert "销项" not in text(pilot.app).replace("直接销项", "").replace("销项还缺什么", "")
        await press(pilot, "1")
        assert f"{case.number} 已立案" in text(pilot.app)
    district.connect()
    assert Issue.get_by_id(case.issue_id).state is State.OPENED


async def test_keys_typed_ahead_reach_the_menu_and_the_form_that_they_are_for(district, open_desk):
    case = registered(district)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "1", "enter", "1", "1", "f10")
        await settle(pilot)
        assert f"{case.number} 已派单" in text(pilot.app)


async def test_a_case_that_somebody_else_changed_meanwhile_is_refused_and_the_form_stays(district, open_desk):
    case = registered(district)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter", "3")
        await settle(pilot)
        await pilot.press(*"重复反映不成立")
        chief = district.sessions[Role.AREA_CHIEF]

        def meanwhile(_session):
            return issue_acts.perform(chief, case.issue_id, None, "open", {}, str(uuid.uuid4()))

        await pilot.app.desk.run(meanwhile)
        await press(pilot, "f10")
        assert "已先一步立案" in text(pilot.app).replace("\n", "").replace(" ", "")
        await press(pilot, "escape")
        assert "重复反映不成立" in text(pilot.app)


async def test_who_raised_it_is_masked_until_a_reason_is_given_and_that_is_on_record(district, open_desk):
    registered(district, reporter_name="李桂芳", reporter_phone="13800001234")
    async with open_desk(duty="issues").run_test(size=(80, 36)) as pilot:
        await settle(pilot)
        assert "李桂芳" not in text(pilot.app)
        await press(pilot, "enter")
        assert "里面可看反映人" in text(pilot.app)
        await press(pilot, "8")
        assert "1 看反映人" in lines(pilot.app)[-1]
        assert "李桂芳" not in text(pilot.app)
        await pilot.press("1", "1")
        await settle(pilot)
        assert text(pilot.app).count("李桂芳") == 2, "in the case, and in the notice"
        await press(pilot, "2")
        assert "不用答复来源" in text(pilot.app)
    district.connect()
    assert AuditEntry.select().where(AuditEntry.name == "issue.reveal").count() == 1


async def test_hostile_text_is_shown_and_not_obeyed(district, open_desk):
    case = registered(district)
    Issue.update(summary="[/b]\x1b[31m红\u202e[@click=app.quit]点").where(Issue.id == case.issue_id).execute()
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "[/b]" in text(pilot.app)
        assert "[@click=app.quit]" in text(pilot.app)
        assert "\x1b[31m" not in text(pilot.app)
        assert "\u202e" not in text(pilot.app)


def test_help_breaks_no_name_and_says_which_days_are_working_days():
    shown = help_text([ViewEntry(str(n), f"名字很长的清单第{n}个", Question("open")) for n in range(1, 10)])
    assert all(f"{n} 名字很长的清单第{n}个" in shown for n in range(1, 10))
    assert max(cell_len(line) for line in shown.splitlines()[:7]) <= 76
    assert "剩几天算工作日" in shown
    for sign in ("等几时", "逾几天", "缓办到哪天", "挂账哪天再看"):  # whatever stands in the column is told
        assert sign in shown


def test_the_column_of_times_has_a_head_for_all_that_stands_in_it():
    """等10时 and 看27/1/24 are no working days left."""
    heads = [column.title for column in COLUMNS]
    assert "时限" in heads and "剩工作日" not in heads
