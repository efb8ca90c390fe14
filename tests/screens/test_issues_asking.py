"""问题清单: what is asked of the ledger with keys alone: search, filters, order, views, own views."""

from __future__ import annotations

import uuid

import pytest

from dutydesk.models import Issue, SavedView
from dutydesk.rules import intake, issue_acts
from dutydesk.vocabulary import Role
from dutydesk.widgets.search_bar import PAUSE_SECONDS
from dutydesk.widgets.window_list import REST_SECONDS, WindowList
from tests.screens.conftest import lines, settle, text
from tests.screens.test_today import registered


@pytest.fixture
def three(district):
    """Three cases: a lift, a lamp, and an urgent lift, which is opened."""
    cases = [
        registered(district, "三号楼电梯停运", detail="面板不亮"),
        registered(district, "东门路灯不亮"),
        registered(district, "五号楼电梯困人", urgency="urgent"),
    ]
    duty = district.sessions[Role.DUTY_OFFICER]
    issue_acts.perform(duty, cases[2].issue_id, None, "open", {}, str(uuid.uuid4()))
    return cases


class Keys:
    """Presses keys one by one, each with all that it sets in motion."""

    def __init__(self, pilot):
        self.pilot = pilot

    async def __call__(self, *keys):
        for key in keys:
            await self.pilot.press(key)
            await settle(self.pilot)
        return self

    @property
    def seen(self):
        return text(self.pilot.app)

    @property
    def title(self):
        return lines(self.pilot.app)[0]

    @property
    def list(self):
        return self.pilot.app.screen.query_one(WindowList)


@pytest.fixture
def ledger(three, open_desk):
    """`async with ledger() as keys`: the ledger at 80x24 with the three cases."""
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def opened(role=Role.DUTY_OFFICER, size=(80, 24)):
        async with open_desk(role, "issues").run_test(size=size) as pilot:
            await settle(pilot)
            yield Keys(pilot)

    return opened


def shown(keys):
    return [row.summary for row in keys.list.rows_in_sight]


@pytest.mark.parametrize("opens", ["/", "／", "、"])
async def test_search_marks_what_it_found_and_escape_ends_it(ledger, opens):
    async with ledger() as keys:
        await keys(opens, *"电梯", "enter")
        assert shown(keys) == ["五号楼电梯困人", "三号楼电梯停运"]
        assert "查“电梯”" in keys.title
        strips = keys.pilot.app.screen._compositor.render_strips()[2:4]
        marked = [s.text for strip in strips for s in strip if s.style and s.style.underline]
        assert marked == ["电梯", "电梯"]
        await keys("escape")
        assert len(shown(keys)) == 3
        assert "查" not in keys.title
        assert "问题清单" in keys.title


async def test_search_begins_when_the_hand_rests_and_not_at_each_key(ledger):
    async with ledger() as keys:
        await keys("/", "电")
        assert len(shown(keys)) == 3
        await keys("梯")
        await keys.pilot.pause(PAUSE_SECONDS + 0.1)
        await settle(keys.pilot)
        assert len(shown(keys)) == 2
        assert "Esc 不查了" in keys.seen


async def test_search_reaches_details_and_says_so_when_nothing_is_found(ledger):
    async with ledger() as keys:
        await keys("/", *"面板", "enter")
        assert shown(keys) == ["三号楼电梯停运"]
        await keys("/", "backspace", "backspace", *"鳄鱼", "enter")
        assert shown(keys) == []
        assert "鳄鱼" in lines(keys.pilot.app)[2]
        assert "没有找到" in keys.seen
        await keys("backspace")
        assert len(shown(keys)) == 3


async def test_words_that_find_nothing_within_filters_do_not_take_the_blame_alone(ledger):
    async with ledger() as keys:
        await keys("f", *"yuqi", "enter", "/", *"电梯", "enter")
        assert shown(keys) == []
        said = keys.seen.replace("\n", "").replace(" ", "")
        assert "还筛着“逾期”" in said and "按f改筛选，按退格键连查找的字一起清掉" in said


async def test_one_letter_is_too_short_and_what_is_not_searched_is_said(ledger):
    async with ledger() as keys:
        await keys("/", "g", "enter")
        assert "“g”太短" in keys.seen
        await keys("/", "backspace", *"鳄鱼", "enter")
        assert "反映人不能在这里查，反映人的电话要打全号码" in keys.seen.replace("\n  ", "")


@pytest.mark.parametrize("words", ["电", "。。", "'; DROP TABLE issue", "a OR NEAR(b)", '"*"', "x" * 200])
async def test_odd_searches_are_answered(ledger, words):
    async with ledger() as keys:
        await keys("/")
        keys.pilot.app.screen.query_one("SearchBar LineField").value = words
        await keys("enter")
        assert shown(keys) == []
        assert len(lines(keys.pilot.app)[2].strip()) > 10


async def test_a_number_leads_to_its_case_wherever_it_is(ledger, three):
    async with ledger() as keys:
        await keys("/", *three[1].number.split("-")[1].lstrip("0"), "enter")
        assert keys.list.row.key == three[1].issue_id
        assert len(shown(keys)) == 3


async def test_a_number_that_the_view_does_not_hold_is_found_among_all(ledger, three):
    async with ledger() as keys:
        await keys("5")
        assert three[1].issue_id not in [row.key for row in keys.list.rows_in_sight]
        await keys("/", *three[1].number, "enter")
        assert keys.list.row.key == three[1].issue_id
        assert "全部" in keys.title


async def test_a_whole_number_leads_to_its_case_though_others_tell_of_it(ledger, three, district):
    duty = district.sessions[Role.DUTY_OFFICER]
    told = {"text": f"和 {three[0].number} 是一回事"}
    issue_acts.perform(duty, three[2].issue_id, None, "note", told, str(uuid.uuid4()))
    async with ledger() as keys:
        await keys("/", *three[0].number, "enter")
        assert keys.list.row.key == three[0].issue_id
        assert len(shown(keys)) == 3


async def test_filters_combine_read_as_words_and_go_with_one_key(ledger):
    async with ledger() as keys:
        await keys("f", "8", "2")
        assert shown(keys) == ["五号楼电梯困人"]
        assert "紧急" in keys.title
        assert "退格 清条件" in keys.seen
        await keys("f", *"dla", "1")
        assert shown(keys) == []
        assert "待立案·紧急" in keys.title
        assert "按退格键清除条件" in keys.seen
        await keys("backspace")
        assert len(shown(keys)) == 3
        assert "紧急" not in keys.title


async def test_one_part_is_opened_again_and_digits_write_a_period(ledger):
    async with ledger() as keys:
        await keys("f", "1", "1")
        assert len(shown(keys)) == 2
        await keys("f", "1")
        assert "现在是待立案" in keys.seen
        await keys("0")
        assert len(shown(keys)) == 3
        await keys("f", "9", "2", *"近7天", "enter")
        assert "近7天" in keys.title
        assert len(shown(keys)) == 3


async def test_the_order_stands_in_the_title(ledger):
    async with ledger() as keys:
        await keys("o", "4")
        assert "按紧急排" in keys.title
        assert shown(keys)[0] == "五号楼电梯困人"


async def test_everything_is_reached_without_a_latin_letter(ledger):
    async with ledger() as keys:
        await keys("0", "3", "8", "2")
        assert shown(keys) == ["五号楼电梯困人"]
        await keys("0", "5")
        assert len(shown(keys)) == 3
        await keys("0", "2", *"路灯", "enter")
        assert shown(keys) == ["东门路灯不亮"]


async def test_a_view_is_kept_under_a_name_put_on_a_digit_renamed_and_removed(ledger, district):
    async with ledger() as keys:
        await keys("f", "8", "2", "0", "9", "1")
        assert "起个名字" in keys.seen
        assert "最多20个字" in keys.seen
        await keys(*"急的", "enter")
        assert "已存为“急的”" in keys.seen
        assert keys.title.startswith("问题清单　急的")
        await keys("0", "9", "2", "1", "2")
        assert "“急的”现在按 2" in keys.seen
        await keys("1")
        assert len(shown(keys)) == 3
        await keys("2")
        assert shown(keys) == ["五号楼电梯困人"]
        await keys("0", "9", "2", "2", *"火急", "enter")
        assert "已改名为“火急”" in keys.seen
        assert keys.title.startswith("问题清单　火急")
        await keys("f1")
        assert "2 火急" in keys.seen
        await keys("escape", "0", "9", "2", "3", "1")
        assert "已删去“火急”" in keys.seen
        assert keys.title.startswith("问题清单　全部未结　紧急")
    district.connect()
    assert SavedView.select().count() == 0


async def test_the_list_of_what_waits_to_be_opened_is_shown_one_by_one_to_whoever_opens_cases(ledger):
    async with ledger() as keys:
        await keys("2", "2")
        assert keys.title.startswith("待立案")
        assert "待立案一次看一件" in keys.seen and "9 看清单" in keys.seen
        await keys("space")
        assert "没有标记" in keys.seen and "按 9 看清单" in keys.seen
        await keys("9")
        assert keys.title.startswith("问题清单　待立案")
        assert len(shown(keys)) == 2


async def test_who_opens_no_cases_sees_the_list_itself(ledger):
    async with ledger(Role.NEIGHBOURHOOD_OFFICER) as keys:
        await keys("7")
        assert keys.title.startswith("问题清单　待立案")


async def test_digits_without_a_view_say_so(ledger):
    async with ledger(Role.HANDLER) as keys:
        await keys("9")
        assert "数字键 9 上没有清单" in keys.seen


async def test_help_lists_views_and_tools_from_their_tables(ledger):
    async with ledger(size=(120, 50)) as keys:
        await keys("f1")
        assert "2 待立案" in keys.seen
        assert "存为我的清单" in keys.seen
        assert "标记这一屏" in keys.seen


async def test_what_comes_in_above_is_told_and_the_cursor_keeps_its_case(ledger, district, three):
    async with ledger() as keys:
        await keys("down")
        at = keys.list.row.key
        duty = district.sessions[Role.DUTY_OFFICER]
        given = {"unit": district.units[0], "category": district.categories[0]}

        def elsewhere(_session):
            for summary in ("新来一件", "又来一件"):
                intake.register(duty, given | {"summary": summary}, str(uuid.uuid4()))

        await keys.pilot.app.desk.run(elsewhere)
        await settle(keys.pilot)
        assert "上面新来2件" in keys.seen
        assert keys.list.row.key == at
        await keys("home")
        assert "上面新来" not in keys.seen
        assert shown(keys)[0] == "又来一件"


async def test_late_urgent_and_sent_back_read_without_colour(ledger, three):
    Issue.update(send_backs=1, due_at=Issue.due_at).where(Issue.id == three[2].issue_id).execute()
    async with ledger() as keys:
        line = next(line for line in lines(keys.pilot.app) if "困人" in line)
        assert "紧急" in line
        assert "[退]" in line


async def test_when_not_all_could_be_looked_through_it_is_said(ledger, monkeypatch):
    monkeypatch.setattr("dutydesk.rules.ledger.LOOKED_AT", 2)
    async with ledger() as keys:
        await keys("f", "8", "1")
        assert "请加上状态、地点或时间" in keys.seen


async def test_several_values_of_a_part_are_marked_with_space_and_read_as_words(ledger):
    async with ledger() as keys:
        await keys("f", "1")
        assert "要几项，用空格一项项选上再按 Enter" in keys.seen
        await keys("space", "down", "space")
        assert keys.seen.count("▪ 已选") == 2
        assert "Enter 就筛这2项" in keys.seen
        await keys("enter")
        assert "待立案或待派单" in keys.title
        assert len(shown(keys)) == 3
        await keys("f", "1")
        assert "现在是待立案或待派单" in keys.seen
        await keys("space", "enter")
        assert "待派单" in keys.title
        assert "待立案" not in keys.title
        assert shown(keys) == ["五号楼电梯困人"]
        await keys("f", "1", "down", "space")
        assert "Enter 不限" in keys.seen
        await keys("enter")
        assert len(shown(keys)) == 3


async def test_marked_values_may_be_looked_for_by_typing_and_marked_by_digit(ledger):
    async with ledger() as keys:
        await keys("f", "1", *"dla", "space")
        assert "Enter 就筛这1项" in keys.seen
        await keys("4", "enter")
        assert "待立案或处置中" in keys.title
        assert len(shown(keys)) == 2


async def test_a_period_is_one_and_a_blank_in_it_is_text(ledger):
    async with ledger() as keys:
        await keys("f", "9", "2", "space")
        assert "已选" not in keys.seen
        await keys("backspace", *"近7天", "enter")
        assert "近7天" in keys.title


async def test_a_number_after_a_rest_leads_to_its_case_as_well(ledger, three):
    async with ledger() as keys:
        await keys("/", *three[1].number.split("-")[1].lstrip("0"))
        await keys.pilot.pause(PAUSE_SECONDS + 0.1)
        await settle(keys.pilot)
        assert len(shown(keys)) == 1
        await keys("enter")
        assert keys.list.row.key == three[1].issue_id
        assert len(shown(keys)) == 3


async def test_the_case_stays_beside_a_list_that_begins_with_it_and_goes_with_an_empty_one(ledger):
    async with ledger(size=(120, 36)) as keys:
        await rested(keys)
        assert "经过" in keys.seen
        await keys("f", "8", "2")
        await rested(keys)
        assert shown(keys) == ["五号楼电梯困人"]
        assert "经过" in keys.seen
        await keys("f", *"dla", "1")
        await rested(keys)
        assert shown(keys) == []
        assert "经过" not in keys.seen


async def rested(keys):
    """The cursor has rested, and the case has been read."""
    await keys.pilot.pause(REST_SECONDS + 0.05)
    await settle(keys.pilot)
