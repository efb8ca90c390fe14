"""The form of an act: begun before, it goes on; what has to be known stands beside the field."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

from dutydesk.models import Draft, Issue, Request
from dutydesk.rules import issue_acts
from dutydesk.vocabulary import Role
from tests.screens.conftest import lines, settle, text
from tests.screens.test_today import registered


async def choose(pilot, name: str) -> None:
    """Enter on the case under the cursor, then what is called so, on whichever page of the menu it stands."""
    await pilot.press("enter")
    await settle(pilot)
    for _ in range(5):
        digits = [found[1] for line in lines(pilot.app) if (found := re.search(rf"(\d) {name}\s", line))]
        if digits:
            await pilot.press(digits[0])
            await settle(pilot)
            return
        await pilot.press("9")
        await settle(pilot)
    raise AssertionError(text(pilot.app))


def opened(district) -> int:
    """A case with its limit running."""
    session = district.sessions[Role.DUTY_OFFICER]
    case = registered(district, "三号楼楼道里堆满纸箱")
    version = Issue.get_by_id(case.issue_id).version
    issue_acts.perform(session, case.issue_id, version, "open", {}, str(uuid.uuid4()))
    return case.issue_id


async def test_an_act_that_was_begun_goes_on_and_its_draft_ends_with_it(district, open_desk):
    later = Issue.get_by_id(opened(district)).due_at + timedelta(days=1)
    app = open_desk(duty="issues")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await choose(pilot, "申请延期")
        await pilot.press(*f"{later:%Y%m%d}", "down", *"等配件")
        await pilot.press("escape")
        await settle(pilot)
        assert "已留作草稿" in text(app)
        await choose(pilot, "申请延期")
        assert "等配件" in text(app)
        assert "接着填上次没填完的" in text(app)
        await pilot.press("f10")
        await settle(pilot)
        assert "已申请延期" in text(app)
    district.connect()
    assert Request.select().count() == 1
    assert Draft.select().count() == 0


async def test_f11_begins_anew(district, open_desk):
    opened(district)
    app = open_desk(duty="issues")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await choose(pilot, "备注")
        await pilot.press(*"写到一半", "escape")
        await settle(pilot)
        await choose(pilot, "备注")
        assert "写到一半" in text(app) and "F11 重新填写" in text(app)
        await pilot.press("f11")
        await settle(pilot)
        assert "写到一半" not in text(app) and "F11" not in text(app)
        await pilot.press(*"另写一句", "f10")
        await settle(pilot)
        assert "已备注" in text(app)
    district.connect()
    assert Draft.select().count() == 0


async def test_the_present_deadline_stands_below_the_date(district, open_desk):
    due = Issue.get_by_id(opened(district)).due_at
    assert due is not None
    app = open_desk(duty="issues")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await choose(pilot, "申请延期")
        day = next(n for n, line in enumerate(lines(app)) if "到哪一天" in line)
        assert "现在的期限" in lines(app)[day + 1]
        assert "一次最多延期" in lines(app)[day + 1]
