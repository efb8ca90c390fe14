"""待立案 one case at a time: Enter takes the proposal and goes on; the keys are counted."""

from __future__ import annotations

import pytest

from dutydesk.models import AuditEntry, Issue, IssueStep
from dutydesk.screens.triage import TriageScreen
from dutydesk.vocabulary import Role, State, Urgency
from tests.screens.conftest import lines, press, settle, text
from tests.screens.test_today import registered

SIZES = [(80, 24), (120, 36)]


pytestmark = pytest.mark.usefixtures("fast_hands")


def waiting(district, many):
    """So many reported cases, no two alike."""
    return [registered(district, f"{place}楼道堆放旧家具，{place}") for place in _PLACES[:many]]


_PLACES = [first + second for first in "甲乙丙丁戊己" for second in "子丑寅卯辰"]


def states(district):
    district.connect()
    return [row.state for row in Issue.select().order_by(Issue.id)]


class Counting:
    """Presses keys, waits for what follows, and counts."""

    def __init__(self, pilot):
        self.pilot, self.count = pilot, 0

    async def __call__(self, *keys):
        for key in keys:
            self.count += 1
            await self.pilot.press(key)
            await settle(self.pilot)


async def test_thirty_cases_with_twenty_four_taken_as_proposed_need_at_most_sixty_keys(speaking, open_desk):
    district = speaking
    waiting(district, 30)
    async with open_desk().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        press = Counting(pilot)
        await press("enter")
        assert lines(pilot.app)[0].startswith("待立案　还有30件")
        for number in range(30):
            if number % 5 == 4:
                await press("2", "2")  # one part changed: 紧急
            await press("enter")
        assert "没有等待立案的问题" in text(pilot.app)
        await press("escape")
        assert lines(pilot.app)[0].startswith("今日")
        assert press.count == 1 + 24 + 6 * 3 + 1
        assert press.count <= 60
    assert states(district) == [State.ASSIGNED] * 30
    assert Issue.select().where(Issue.urgency == Urgency.URGENT).count() == 6
    assert AuditEntry.select().where(AuditEntry.name == "issue.triage").count() == 30


@pytest.mark.parametrize("size", SIZES)
async def test_the_case_and_the_proposal_with_its_reasons_are_in_sight(speaking, open_desk, size):
    registered(
        speaking,
        "三号楼道堆放旧家具",
        detail="居民多次反映，绕行不便",
        flags="strongly_felt",
        reporter_name="李桂芳",
        reporter_phone="13800001234",
        source="caller",
    )
    async with open_desk(duty="triage").run_test(size=size) as pilot:
        await settle(pilot)
        shown = text(pilot.app)
        for words in (
            "★ 群众反映强烈",
            "居民多次反映",
            "来访来电",
            "李*",
            "1 类别　消防安全·楼道堆物",
            "2 紧急　一般",
            "3 承办　公共安全力量",
            "楼道堆物归口公共安全",
            "期限",
            "4 不予立案",
            "Enter 照提议办，看下一件",
        ):
            assert words in shown, words
        assert "李桂芳" not in shown and "13800001234" not in shown


@pytest.mark.parametrize("size", SIZES)
async def test_a_long_report_leaves_room_for_the_proposal_and_all_its_keys(speaking, open_desk, size):
    for _ in range(3):
        registered(speaking, "三号楼道堆放旧家具" + "，绕行不便" * 20, detail="多次反映没人管。" * 60)
    latest = registered(
        speaking,
        "三号楼道堆放旧家具" + "，绕行不便" * 20,
        detail="开头的话。" + "多次反映没人管。" * 60,
        flags="strongly_felt",
        on_the_spot="当场劝说过" * 9,
    )
    async with open_desk(duty="triage").run_test(size=size) as pilot:
        await settle(pilot)
        shown = text(pilot.app)
        assert latest.number in lines(pilot.app)[1]
        for words in (
            "开头的话",
            "可能与",
            "1 类别",
            "3 承办",
            "期限",
            "0 撤销上一件",
            "Enter 照提议办",
        ):
            assert words in shown, words
        assert ("（8 看全案）" in shown) == (size == SIZES[0])


async def test_changing_the_category_changes_what_depends_on_it(speaking, open_desk):
    registered(speaking, "三号楼道堆放旧家具")
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = next(line for line in lines(pilot.app) if "期限" in line)
        await pilot.press("2", "3", "1", *"wfdj", "1")
        await settle(pilot)
        shown = text(pilot.app)
        assert "1 类别　市容秩序·违法搭建（已改）" in shown
        assert "提请片区长派给公共管理力量" in shown
        assert next(line for line in lines(pilot.app) if "期限" in line) != before
        await press(pilot, "enter")
    district = speaking
    assert states(district) == [State.OPENED]
    assert IssueStep.select().where(IssueStep.name == "propose_assign").count() == 1


async def test_another_assignee_is_a_digit_and_a_choice(speaking, open_desk):
    registered(speaking, "三号楼道堆放旧家具")
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("3", *"glb", "1")
        await settle(pilot)
        assert "3 承办　社区管理办公室（已改）" in text(pilot.app)
        await press(pilot, "enter")
        assert "立案，派给社区管理办公室" in text(pilot.app)


async def test_other_digits_reject_merge_and_read(speaking, open_desk):
    first = registered(speaking, "三号楼道堆放旧家具")
    again = registered(speaking, "三号楼道堆放旧家具没人管")
    third = registered(speaking, "别处楼道堆放杂物")
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "8")
        assert lines(pilot.app)[0].startswith("案情")
        await pilot.press("escape", "7")
        await settle(pilot)
        assert f"可能与 {first.number} 是同一件" in text(pilot.app)
        await pilot.press("6", "1")
        await settle(pilot)
        assert third.number in lines(pilot.app)[1]
        await pilot.press("4", *"重复反映不成立", "f10")
        await settle(pilot)
    assert states(speaking) == [State.REPORTED, State.MERGED, State.VOID]
    assert Issue.get_by_id(again.issue_id).merged_into_id == first.issue_id


async def test_the_case_to_merge_into_is_found_by_number_or_words(speaking, open_desk):
    far = registered(speaking, "电梯停运两天", unit=speaking.units[1])
    again = registered(speaking, "三号楼道堆放旧家具")
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "7", "6")
        assert "打编号（今年的只打序号），或问题里的字词" in text(pilot.app)
        await pilot.press(*"电梯停运", "enter")
        await settle(pilot)
        assert f"1 {far.number}" in text(pilot.app)
        await press(pilot, "1")
        assert "已并入" in text(pilot.app)
    speaking.connect()
    assert Issue.get_by_id(again.issue_id).merged_into_id == far.issue_id


async def test_nine_makes_it_the_list(speaking, open_desk):
    waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "9")
        assert lines(pilot.app)[0].startswith("问题清单　待立案")


async def test_a_digit_shows_the_list_and_the_same_again_goes_case_by_case(speaking, open_desk):
    """A number typed into the ledger must not end in a case that nobody looked at."""
    waiting(speaking, 2)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2")
        assert lines(pilot.app)[0].startswith("问题清单　待立案") and "再按一次" in text(pilot.app)
        await press(pilot, "2")
        assert isinstance(pilot.app.screen, TriageScreen)


async def test_who_may_not_open_cases_is_sent_to_the_list(speaking, open_desk):
    waiting(speaking, 1)
    async with open_desk(Role.NEIGHBOURHOOD_OFFICER).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert lines(pilot.app)[0].startswith("问题清单　待立案")


async def test_it_is_reached_from_anywhere_by_more_and_a_digit(speaking, open_desk):
    waiting(speaking, 1)
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "f12")
        assert "1 待立案" in text(pilot.app)
        await press(pilot, "1")
        assert lines(pilot.app)[0].startswith("待立案　还有1件")
