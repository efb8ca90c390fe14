"""Two people on one case: the later one sees both versions, decides field by field, and saves on the new one."""

from __future__ import annotations

import uuid

import pytest

from dutydesk.models import Issue
from dutydesk.rules import case, issue_acts
from dutydesk.screens.handling import take_act
from dutydesk.vocabulary import Role
from tests.screens.conftest import press, settle, text
from tests.screens.test_today import registered

REASON = "现场复看"


async def open_form(pilot, issue_id: int, act: str, name: str) -> None:
    """The form of an act on a case, over the ledger."""
    screen = pilot.app.screen
    sheet = await screen.desk.read(case.case_sheet, issue_id)

    async def run() -> None:
        with screen.desk_app.holding_keys():
            await take_act(screen, sheet, issue_acts.Choice(act, name, ""))

    screen.run_worker(run())
    await settle(pilot)


async def meanwhile(pilot, session, issue_id: int, act: str, **fields) -> None:
    await pilot.app.desk.run(
        lambda _session: issue_acts.perform(session, issue_id, None, act, fields, str(uuid.uuid4()))
    )


def kept(district, issue_id: int) -> Issue:
    district.connect()
    return Issue.get_by_id(issue_id)


async def both_amend(pilot, district, issue_id: int) -> str:
    """The chief corrects text and spot while the duty officer has the form open with another text."""
    await open_form(pilot, issue_id, "amend", "更正案情")
    chief = district.sessions[Role.AREA_CHIEF]
    await meanwhile(pilot, chief, issue_id, "amend", summary="三号楼门禁坏了两周", spot="南门", reason=REASON)
    await press(pilot, "end", *"业主着急", *["tab"] * 4, *REASON)
    return await press(pilot, "f10")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_both_versions_are_shown_and_mine_is_kept(district, open_desk, size):
    issue_id = registered(district).issue_id
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=size) as pilot:
        await settle(pilot)
        shown = await both_amend(pilot, district, issue_id)
        assert "填写期间，别人先改了" in shown
        assert "片区长甲已先一步更正案情" in shown
        assert "打开时：三号楼门禁坏了一周" in shown
        assert "现在是：三号楼门禁坏了两周" in shown
        assert "我填的：三号楼门禁坏了一周业主着急" in shown
        assert "您没有改，用现在的" in shown, "the spot was the chief's alone"
        await press(pilot, "1", "f10")
    row = kept(district, issue_id)
    assert (row.summary, row.spot) == ("三号楼门禁坏了一周业主着急", "南门")


async def test_a_field_may_be_taken_over(district, open_desk):
    issue_id = registered(district).issue_id
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await both_amend(pilot, district, issue_id)
        shown = await press(pilot, "2")
        assert "→ 用现在的" in shown
        said = await press(pilot, "f10")
        assert "没有改动" in said, "all was taken over: there is nothing left to save"
    row = kept(district, issue_id)
    assert (row.summary, row.spot) == ("三号楼门禁坏了两周", "南门")


async def test_back_in_the_form_everything_typed_is_there(district, open_desk):
    issue_id = registered(district).issue_id
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await both_amend(pilot, district, issue_id)
        shown = await press(pilot, "escape")
        assert "业主着急" in shown and REASON in shown
        assert "没有保存，填的都在" in shown
        assert "现在是：三号楼门禁坏了两周" in await press(pilot, "f10"), "it asks again"
    assert kept(district, issue_id).summary == "三号楼门禁坏了两周"


async def test_what_has_nothing_to_do_with_it_is_saved_as_it_is(district, open_desk):
    issue_id = registered(district).issue_id
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await open_form(pilot, issue_id, "note", "备注")
        await meanwhile(
            pilot, district.sessions[Role.AREA_CHIEF], issue_id, "amend", summary="门禁全坏", reason=REASON
        )
        shown = await press(pilot, *"看过了", "f10")
        assert "片区长甲已先一步更正案情" in shown
        assert "不相干" in shown
        assert "已备注" in await press(pilot, "f10")
    row = kept(district, issue_id)
    assert (row.summary, row.version) == ("门禁全坏", 3)


async def test_telephone_numbers_stay_masked_and_are_not_lost(district, open_desk):
    issue_id = registered(district, summary="门禁坏了，打13912345678").issue_id
    async with open_desk(Role.DUTY_OFFICER, "issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await open_form(pilot, issue_id, "amend", "更正案情")
        shown = text(pilot.app)
        assert "13912345678" not in shown and "139******78" in shown
        await press(pilot, "end", *"急", *["tab"] * 4, *REASON, "f10")
    assert kept(district, issue_id).summary == "门禁坏了，打13912345678急"
