"""登记 on the screen: messages beside the fields, likely duplicates, drafts."""

from __future__ import annotations

from dutydesk.models import Issue
from dutydesk.rules import drafts
from dutydesk.vocabulary import Role, State
from tests.screens.conftest import lines, settle, text
from tests.screens.test_today import registered


async def filled(pilot, words: str) -> None:
    """The place by its initials, the category, a sentence."""
    await settle(pilot)
    await pilot.press(*"kjxc", "enter")
    await settle(pilot)
    await pilot.press(*"ldd", "enter")
    await settle(pilot)
    await pilot.press(*words)
    await settle(pilot)


async def test_what_is_missing_is_said_beside_each_field_and_nothing_typed_is_lost(district, open_desk):
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("tab", "tab", *"坏了", "f10")
        await settle(pilot)
        shown = text(pilot.app)
        assert "✗ 请选地点。" in shown
        assert "✗ 至少写 4 个字。" in shown
        assert "坏了" in shown
        assert "涉密信息不得录入" in lines(pilot.app)[1]


async def test_registering_leaves_an_empty_form_and_the_number(district, open_desk):
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await filled(pilot, "楼道里堆满纸箱")
        await pilot.press("f10")
        await settle(pilot)
        assert "已登记" in text(pilot.app)
        assert "楼道里堆满纸箱" not in text(pilot.app)
    district.connect()
    assert [issue.summary for issue in Issue.select()] == ["楼道里堆满纸箱"]
    assert drafts.kept(district.sessions[Role.DUTY_OFFICER]) == []


async def test_a_likely_duplicate_shows_and_f11_merges_into_it(district, open_desk):
    first = registered(district, "三号楼楼道里堆满纸箱")
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await filled(pilot, "楼道里又堆满纸箱")
        for _ in range(20):
            if first.number in text(pilot.app):
                break
            await pilot.pause(0.1)
        assert f"{first.number} 待立案" in text(pilot.app)
        await pilot.press("f11")
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        assert "（并案）" in text(pilot.app)
    district.connect()
    second = Issue.select().order_by(Issue.id.desc()).first()
    assert (second.state, second.merged_into_id) == (State.MERGED, first.issue_id)


async def test_a_place_outside_the_own_area_is_refused_beside_the_place(district, open_desk):
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*"gly", "enter")
        await settle(pilot)
        await pilot.press(*"ldd", "enter")
        await settle(pilot)
        await pilot.press(*"楼道里堆满纸箱", "f10")
        await settle(pilot)
        assert "✗ 这个地点不在您的职责范围内" in text(pilot.app)
        assert "楼道里堆满纸箱" in text(pilot.app)


async def test_escape_keeps_a_draft(district, open_desk):
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await filled(pilot, "楼道里堆满纸箱")
        await pilot.press("escape")
        await settle(pilot)
        assert "没填完" in text(pilot.app)


async def test_after_a_draft_is_registered_the_form_is_empty_and_cannot_be_saved_twice(district, open_desk):
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await filled(pilot, "楼道里堆满纸箱")
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("home", "enter")
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("f10")
        await settle(pilot)
        assert "已登记" in text(pilot.app)
        await pilot.press("f10")
        await settle(pilot)
        assert "没有保存" in text(pilot.app)
    district.connect()
    assert Issue.select().count() == 1


async def test_another_source_takes_the_caret_to_the_next_field_that_is_there(district, open_desk):
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(5):
            await pilot.press("tab")
        await pilot.press("5")
        await settle(pilot)
        assert "▶ 来源编号 *" in text(pilot.app)
        await pilot.press("up", "6")
        await settle(pilot)
        assert "来源编号" not in text(pilot.app)
        assert "▶ 反映人" in text(pilot.app)
        await pilot.press(*"王阿姨")
        await settle(pilot)
        assert "王阿姨" in text(pilot.app)


async def test_all_that_is_wrong_is_said_at_once_and_taken_back_as_it_is_put_right(district, open_desk):
    async with open_desk(duty="intake").run_test(size=(80, 24)) as pilot:
        await filled(pilot, "坏了")
        await pilot.press("down", "down", "down", "5", "f10")
        await settle(pilot)
        assert "没有保存：2项要改" in text(pilot.app)
        assert "✗ 至少写 4 个字。" in text(pilot.app)
        assert "✗ 12345热线件，请写明来源编号" in text(pilot.app)
        await pilot.press(*"很久", "down", "down")
        await settle(pilot)
        assert "至少写 4 个字" not in text(pilot.app)
        assert "还有1项要改" in text(pilot.app)
        await pilot.press("down", "down", *"sh1")
        await settle(pilot)
        assert "✗ 12345" not in text(pilot.app)
        assert "都改好了，按 F10 再保存" in text(pilot.app)


async def test_on_today_it_is_said_that_a_draft_was_kept_and_the_cursor_is_on_it(district, open_desk):
    app = open_desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("end", "f3")
        await filled(pilot, "楼道里堆满纸箱")
        await pilot.press("escape")
        await settle(pilot)
        await settle(pilot)
        assert "已留作草稿" in text(app)
        assert any("▶" in line and "没填完 楼道里堆满纸箱" in line for line in lines(app))
        await pilot.press("f3")
        await settle(pilot)
        await pilot.press("escape", "escape")  # the list of places, then the form, which was not touched
        await settle(pilot)
        assert len([line for line in lines(app) if "没填完" in line]) == 1


async def test_another_duty_opened_over_a_half_typed_form_says_that_it_is_kept(district, open_desk):
    app = open_desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await filled(pilot, "楼道里堆满纸箱")
        await pilot.press("f4")
        await settle(pilot)
        assert lines(app)[0].startswith("问题清单")
        assert "已留作草稿，今日的“没填完”里可以接着填" in text(app)
