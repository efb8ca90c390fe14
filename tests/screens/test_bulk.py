"""What follows on marked cases: menu, form, preview, done; and taking it back."""

from __future__ import annotations

import re
import uuid

import pytest

from dutydesk.models import Draft, Issue, IssueStep
from dutydesk.rules import issue_acts, ledger
from dutydesk.screens.bulk import PreviewScreen, handle_marked, undo_last
from dutydesk.vocabulary import Role, State
from tests.screens.conftest import settle, text
from tests.screens.test_today import registered


def opened(district, count: int) -> list[int]:
    ids = []
    for _ in range(count):
        case = registered(district)
        duty = district.sessions[Role.DUTY_OFFICER]
        issue_acts.perform(duty, case.issue_id, None, "open", {}, str(uuid.uuid4()))
        ids.append(case.issue_id)
    return ids


class Marked:
    """The ledger's screen with these cases marked."""

    def __init__(self, pilot, ids) -> None:
        self.pilot, self.ids, self.screen = pilot, ids, pilot.app.screen
        self.results = []

    async def follow(self) -> None:
        """What follows on them."""
        rows = (await self.screen.desk.read(ledger.after, "all", None, 50)).rows

        async def run() -> None:
            with self.screen.desk_app.holding_keys():
                self.results.append(
                    await handle_marked(self.screen, [row for row in rows if row.key in self.ids])
                )

        self.screen.run_worker(run())
        await settle(self.pilot)

    async def undo(self) -> None:
        """What `u` does."""

        async def run() -> None:
            with self.screen.desk_app.holding_keys():
                self.results.append(await undo_last(self.screen))

        self.screen.run_worker(run())
        await settle(self.pilot)

    async def written(self) -> int:
        """How many are assigned by now."""
        return await self.screen.desk.read(
            lambda _session: Issue.select().where(Issue.state == State.ASSIGNED).count()
        )

    async def press(self, *keys: str) -> str:
        for key in keys:
            await self.pilot.press(key)
            await settle(self.pilot)
        return text(self.pilot.app)


def states(district, ids) -> set[State]:
    district.connect()
    found = {Issue.get_by_id(issue_id).state for issue_id in ids}
    district.close()
    return found


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_marked_ones_are_assigned_after_a_preview_and_taken_back(
    district, open_desk, size, monkeypatch
):
    ids = opened(district, 3)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=size) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        assert "选中 3 件" in text(pilot.app)
        over_the_menu = re.findall(r"│ 2026-\d+ \S+　三号楼门禁坏了一周", text(pilot.app))
        assert len(over_the_menu) == 3, "the menu tells which cases these are, not their numbers alone"
        assert "3件都能办" in text(pilot.app)
        form = await marked.press("1")
        assert "交给谁" in form
        shown = await marked.press("1", "f10")
        assert "派单 3 件。1 就办" in shown
        assert "待派单→待处置" in shown
        assert "交公共安全力量" in shown
        assert await marked.written() == 0, "a preview writes nothing"
        assert "还没有保存。看过再按" in await marked.press("f10"), "the key that led here, still held down"
        monkeypatch.setattr(PreviewScreen, "REST", 0.0)
        done = await marked.press("f10")
        assert "已派单 3 件；0 再按 8 撤销" in done
        assert marked.results == [True]
        await marked.undo()
        assert "派单，3 件？" in text(pilot.app)
        back = await marked.press("1")
        assert "已撤销 3 件的派单" in back
    assert states(district, ids) == {State.OPENED}


async def test_back_from_the_preview_all_that_was_typed_is_there(district, open_desk):
    ids = opened(district, 2)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        shown = await marked.press("1", "1", *"今天", "f10", "escape")
        assert "公共安全力量" in shown and "今天" in shown
        await marked.press("escape")
        assert marked.results == [False]
    assert states(district, ids) == {State.OPENED}


async def test_form_and_preview_tell_each_case_in_words_and_that_their_categories_differ(district, open_desk):
    ids = [
        registered(district, summary="北门灯不亮").issue_id,
        registered(district, summary="南门灯不亮", category=str(district.categories[2])).issue_id,
    ]
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        form = await marked.press("8")
        assert "北门灯不亮" in form
        assert "南门灯不亮" in form
        assert "类别不同：" in form
        shown = await marked.press("2", *"有人受伤", "f10")
        assert "改紧急程度 2 件。1 就办" in shown
        listed = [line for line in shown.splitlines() if "门灯不亮" in line]
        assert len(listed) == 3, "a line each, and the one under the cursor in full"
        assert "类别不同：" in shown


async def test_those_that_will_not_be_done_say_why(district, open_desk):
    ids = [*opened(district, 1), registered(district, category=str(district.categories[2])).issue_id]
    district.connect()
    issue_acts.perform(district.sessions[Role.DUTY_OFFICER], ids[1], None, "open", {}, str(uuid.uuid4()))
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        shown = await marked.press("1", "1", "f10")
        assert "派单 1 件，另有 1 件不能办" in shown
        assert "✗ 不办" in shown
        below = await marked.press("end")
        assert "须由片区长派单，请选“提请片区长派单”" in below.replace("\n", "").replace(" ", "")


async def test_what_moved_on_meanwhile_is_named_and_the_preview_is_new(district, open_desk):
    ids = opened(district, 2)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        await marked.press("1", "1", "f10")
        chief = district.sessions[Role.AREA_CHIEF]

        def note(_session):
            return issue_acts.perform(chief, ids[0], None, "note", {"text": "先等等"}, str(uuid.uuid4()))

        await pilot.app.desk.run(note)
        shown = await marked.press("1")
        assert "1 件现在不能办，一件也没有办" in shown
        assert "派单 1 件，另有 1 件不能办" in shown
        await marked.press("1")
        assert marked.results == [True]
    district.connect()
    assert [Issue.get_by_id(each).state for each in ids] == [State.OPENED, State.ASSIGNED]
    assert IssueStep.select().where(IssueStep.name == "assign").count() == 1


async def test_undo_says_who_acted_since(district, open_desk):
    ids = opened(district, 1)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        await marked.press("1", "1", "f10", "1")
        handler = district.sessions[Role.HANDLER]
        await pilot.app.desk.run(
            lambda _session: issue_acts.perform(handler, ids[0], None, "take_up", {}, str(uuid.uuid4()))
        )
        await marked.undo()
        assert "处置人员甲" in text(pilot.app)
        assert "不能撤销" in text(pilot.app)
        assert marked.results == [True, False]
    assert states(district, ids) == {State.HANDLING}


async def test_nothing_to_undo_is_told(district, open_desk):
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await Marked(pilot, []).undo()
        assert "今天没有可以撤销的操作" in text(pilot.app)


def kept_drafts(district) -> list[Draft]:
    district.connect()
    found = list(Draft.select())
    district.close()
    return found


async def test_what_was_typed_for_many_is_a_draft_that_is_gone_on_with_on_the_same_cases(district, open_desk):
    ids = opened(district, 2)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        await marked.press("1", "1", *"今天办", "escape")
        assert marked.results == [False]
    assert [draft.title for draft in kept_drafts(district)] == ["派单 2 件"]
    async with open_desk(Role.DUTY_OFFICER).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        today = Marked(pilot, ids)
        assert "没填完" in text(pilot.app) or "接着填" in text(pilot.app)
        shown = await today.press("enter", "1")
        assert "选中 2 件" in shown
        assert "公共安全力量" in shown
        assert "今天办" in shown
        shown = await today.press("f10")
        assert "派单 2 件。1 就办" in shown
        done = await today.press("1")
        assert "已派单 2 件；在问题清单按 0 再按 8 可撤销" in done
    assert states(district, ids) == {State.ASSIGNED}
    assert kept_drafts(district) == []


async def test_a_line_that_drops_over_the_form_or_the_preview_for_many_loses_nothing(district, open_desk):
    ids = opened(district, 2)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        await marked.press("1", "1")
        [draft] = pilot.app.screen.plain_drafts().values()
        assert draft["kind"] == "bulk"
        assert draft["content"]["_rows"] == pilot.app.screen.marked.rows
        await marked.press(*"今天", "f10")
        await pilot.app.save_and_leave()
    [kept] = kept_drafts(district)
    assert "今天" in kept.content


async def test_a_form_for_many_that_was_left_as_it_opened_leaves_no_draft(district, open_desk):
    ids = opened(district, 2)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        await marked.press("1", "escape", "escape")
    assert kept_drafts(district) == []


async def test_the_main_case_of_several_is_chosen_and_not_typed(district, open_desk):
    ids = opened(district, 3)
    numbers = [Issue.get_by_id(issue_id).number for issue_id in ids]
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        digit = re.search(r"(\d) 并案", text(pilot.app))
        assert digit is not None
        shown = await marked.press(digit[1])
        assert "哪一件作主案？" in shown
        assert all(number in shown for number in numbers)
        await marked.press("2", "f10", "1")
        assert marked.results == [True]
    district.connect()
    assert [Issue.get_by_id(key).merged_into_id for key in ids] == [ids[1], None, ids[1]]


async def test_the_form_for_the_same_cases_goes_on_with_what_was_typed_and_f11_begins_anew(
    district, open_desk
):
    ids = opened(district, 2)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids)
        await marked.follow()
        await marked.press("1", "1", *"今天办", "escape")
        again = Marked(pilot, ids)
        await again.follow()
        shown = await again.press("1")
        assert "接着填上次没填完的" in shown and "今天办" in shown
        shown = await again.press("f11")
        assert "重新填写" in shown and "今天办" not in shown
        await again.press("escape")
    assert kept_drafts(district) == []


async def test_a_draft_of_the_same_act_on_other_cases_is_pointed_to(district, open_desk):
    ids = opened(district, 3)
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        marked = Marked(pilot, ids[:2])
        await marked.follow()
        await marked.press("1", "1", *"今天办", "escape")
        others = Marked(pilot, ids[2:])
        await others.follow()
        shown = await others.press("1")
        assert "另有一份没填完的“派单 2 件”" in shown and "今天办" not in shown
        await others.press("escape")
    assert [draft.title for draft in kept_drafts(district)] == ["派单 2 件"]
