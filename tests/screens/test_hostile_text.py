"""What stands in the database, whoever wrote it there, is shown as text on every screen and obeyed by none."""

from __future__ import annotations

import pytest

from dutydesk.vocabulary import Role
from tests.rules.conftest import Cases
from tests.screens.conftest import press, settle, text
from tests.test_hostile_text import poison, unsafe, with_everything

R = Role


@pytest.fixture
def cases(district):
    return Cases(district, None)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize(
    ("role", "duty"),
    [
        (R.DUTY_OFFICER, "today"), (R.DUTY_OFFICER, "issues"), (R.DUTY_OFFICER, "triage"), (R.AREA_CHIEF, "decisions"),
        (R.DUTY_OFFICER, "meetings"), (R.DUTY_OFFICER, "letters"), (R.DUTY_OFFICER, "shift"),
        (R.DUTY_OFFICER, "contact"), (R.COORDINATOR, "people"), (R.AUDITOR, "audit"), (R.DUTY_OFFICER, "patrol"),
    ],
)  # fmt: skip
async def test_screens(cases, open_desk, role, duty, size):
    with_everything(cases)
    poison()
    async with open_desk(role, duty).run_test(size=size) as pilot:
        await settle(pilot)
        shown = text(pilot.app)
        for key in ("enter", "escape", "down", "0", "escape", "f1", "escape"):
            shown += await press(pilot, key)
        assert pilot.app.is_running and pilot.app._exception is None
    assert unsafe(shown) == []
