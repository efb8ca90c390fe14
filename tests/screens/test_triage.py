"""待立案 one case at a time: Enter takes the proposal and goes on; the keys are counted."""

from __future__ import annotations

import uuid

import pytest
from textual import events
from textual.worker import WorkerState

from dutydesk.models import AuditEntry, Category, Issue, IssueStep
from dutydesk.rules import intake, issue_acts
from dutydesk.screens.triage import TriageScreen
from dutydesk.vocabulary import Role, State, Urgency
from dutydesk.widgets.frame import TitleLine
from tests.screens.conftest import lines, settle, text
from tests.screens.test_today import registered

SIZES = [(80, 24), (120, 36)]


@pytest.fixture(autouse=True)
def _fast_hands(monkeypatch):
    """The tests press faster than anybody reads."""
    monkeypatch.setattr(TriageScreen, "REST", 0.0)


@pytest.fixture
def speaking(district):
    """The first category has words that speak for it."""
    Category.update(words="楼道 堆放 旧家具").where(Category.id == district.categories[0]).execute()
    return district


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
        await pilot.press("enter")
        await settle(pilot)
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
        await pilot.press("enter")
        await settle(pilot)
        assert "立案，派给社区管理办公室" in text(pilot.app)


async def test_keys_typed_ahead_do_not_act_on_a_case_that_was_not_in_sight(speaking, open_desk):
    """Two Enters arrive in one bunch over a poor line: the second was meant for nothing that was read."""
    waiting(speaking, 3)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app = pilot.app
        for _ in range(2):
            app.post_message(events.Key("enter", "\r"))
        await settle(pilot)
        assert "没有算" in text(app)
        assert lines(app)[0].startswith("待立案　还有2件")
    assert states(speaking) == [State.ASSIGNED, State.REPORTED, State.REPORTED]


async def test_a_full_width_digit_typed_ahead_does_not_act_either(speaking, open_desk):
    waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        pilot.app.post_message(events.Key("enter", "\r"))
        pilot.app.post_message(events.Key("７", "７"))
        await settle(pilot)
        assert "没有算" in text(pilot.app)
        await pilot.press("７")
        await settle(pilot)
        assert "先放着" in text(pilot.app)


async def test_a_key_held_down_takes_one_case(speaking, open_desk, monkeypatch):
    monkeypatch.setattr(TriageScreen, "REST", 60.0)
    waiting(speaking, 4)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(5):
            await pilot.press("enter")
            await settle(pilot)
        assert lines(pilot.app)[0].startswith("待立案　还有3件")
    assert states(speaking).count(State.ASSIGNED) == 1


async def test_what_another_desk_does_to_the_case_in_sight_is_told_and_it_is_not_acted_on(
    speaking, open_desk
):
    first, second = waiting(speaking, 2)
    chief = speaking.sessions[Role.AREA_CHIEF]
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.app.desk.run(
            lambda _s: issue_acts.perform(chief, first.issue_id, None, "open", {}, str(uuid.uuid4()))
        )
        await settle(pilot)
        assert "片区长甲刚对" in text(pilot.app) and "按 Enter 看下一件" in text(pilot.app)
        await pilot.press("enter")
        await settle(pilot)
        assert second.number in text(pilot.app)
    assert states(speaking) == [State.OPENED, State.REPORTED]


async def test_a_case_that_changed_and_waits_still_is_proposed_anew(speaking, open_desk):
    case = registered(speaking, "三号楼道堆放旧家具")
    chief = speaking.sessions[Role.AREA_CHIEF]
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        flags = {"flags": "strongly_felt"}
        await pilot.app.desk.run(
            lambda _s: issue_acts.perform(chief, case.issue_id, None, "flag", flags, str(uuid.uuid4()))
        )
        await settle(pilot)
        assert "提议已按最新情况重算" in text(pilot.app).replace("\n", "") and "★ 群众反映强烈" in text(
            pilot.app
        )
        await pilot.press("enter")
        await settle(pilot)
    assert states(speaking) == [State.ASSIGNED]


async def test_a_case_put_aside_stays_and_comes_again(speaking, open_desk):
    first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("7")
        await settle(pilot)
        assert second.number in lines(pilot.app)[1]
        await pilot.press("enter")
        await settle(pilot)
        assert "还有1件先放着" in text(pilot.app)
        await pilot.press("enter")
        await settle(pilot)
        assert first.number in lines(pilot.app)[1]
    assert states(speaking) == [State.REPORTED, State.ASSIGNED]


async def test_other_digits_reject_merge_and_read(speaking, open_desk):
    first = registered(speaking, "三号楼道堆放旧家具")
    again = registered(speaking, "三号楼道堆放旧家具没人管")
    third = registered(speaking, "别处楼道堆放杂物")
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await settle(pilot)
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
        await pilot.press("7")
        await settle(pilot)
        await pilot.press("6")
        await settle(pilot)
        assert "打编号（今年的只打序号），或问题里的字词" in text(pilot.app)
        await pilot.press(*"电梯停运", "enter")
        await settle(pilot)
        assert f"1 {far.number}" in text(pilot.app)
        await pilot.press("1")
        await settle(pilot)
        assert "已并入" in text(pilot.app)
    speaking.connect()
    assert Issue.get_by_id(again.issue_id).merged_into_id == far.issue_id


async def test_nine_makes_it_the_list(speaking, open_desk):
    waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("9")
        await settle(pilot)
        assert lines(pilot.app)[0].startswith("问题清单　待立案")


async def test_what_comes_while_the_queue_is_empty_appears_by_itself(speaking, open_desk):
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "没有等待立案的问题" in text(pilot.app)
        given = {
            "unit": speaking.units[0],
            "category": speaking.categories[0],
            "summary": "三号楼道堆放旧家具",
        }
        chief = speaking.sessions[Role.AREA_CHIEF]
        await pilot.app.desk.run(lambda _s: intake.register(chief, given, str(uuid.uuid4())))
        await settle(pilot)
        assert "三号楼道堆放旧家具" in text(pilot.app)


async def test_the_next_case_is_ready_before_it_is_asked_for(speaking, open_desk):
    _first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TriageScreen) and screen.upcoming is not None
        assert screen.upcoming.sheet.number == second.number


async def test_what_waits_for_an_answer_ends_with_its_screen(speaking, open_desk):
    waiting(speaking, 1)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        screen = pilot.app.screen
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen is not screen

        async def late() -> None:
            screen.query_one(TitleLine)

        worker = screen.run_worker(late)
        await settle(pilot)
        assert worker.state is WorkerState.CANCELLED


async def test_a_digit_shows_the_list_and_the_same_again_goes_case_by_case(speaking, open_desk):
    """A number typed into the ledger must not end in a case that nobody looked at."""
    waiting(speaking, 2)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert lines(pilot.app)[0].startswith("问题清单　待立案") and "再按一次" in text(pilot.app)
        await pilot.press("2")
        await settle(pilot)
        assert isinstance(pilot.app.screen, TriageScreen)


async def test_who_may_not_open_cases_is_sent_to_the_list(speaking, open_desk):
    waiting(speaking, 1)
    async with open_desk(Role.NEIGHBOURHOOD_OFFICER).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert lines(pilot.app)[0].startswith("问题清单　待立案")


async def test_it_is_reached_from_anywhere_by_more_and_a_digit(speaking, open_desk):
    waiting(speaking, 1)
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f12")
        await settle(pilot)
        assert "1 待立案" in text(pilot.app)
        await pilot.press("1")
        await settle(pilot)
        assert lines(pilot.app)[0].startswith("待立案　还有1件")


@pytest.mark.parametrize("key", ["u", "0"])
async def test_the_last_one_is_taken_back_and_stands_here_again(speaking, open_desk, key):
    first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert second.number in lines(pilot.app)[1]
        await pilot.press(key)
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        assert first.number in lines(pilot.app)[1]
    assert states(speaking) == [State.REPORTED] * 2


async def test_what_was_changed_is_not_lost_without_a_word(speaking, open_desk):
    first, second = waiting(speaking, 2)
    async with open_desk(duty="triage").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        press = Counting(pilot)
        await press("2", "2")
        await press("7", "7", "enter")  # put aside, both, and from the beginning
        assert first.number in lines(pilot.app)[1]
        assert "2 紧急　紧急（已改）" in text(pilot.app)
        await press("escape")
        assert lines(pilot.app)[0].startswith("待立案")
        assert f"{first.number} 改过的还没有办" in text(pilot.app)
        await press("escape")
        assert lines(pilot.app)[0].startswith("今日")
    assert second
