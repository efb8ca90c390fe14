"""The duties of a month for scripts, within the scope of who asks."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from dutydesk.models import Shift
from dutydesk.rules import shift_export
from dutydesk.rules.errors import NotAllowed
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role


@pytest.fixture
def shifts(district):
    for area, month in ((0, 11), (0, 12), (1, 12)):
        start = datetime(2026, month, 1, 18, tzinfo=CHINA)
        Shift.create(
            area=district.areas[area],
            staff=district.sessions[Role.DUTY_OFFICER].staff_id,
            name="夜班",
            starts_at=start,
            ends_at=start + timedelta(hours=14.5),
        )
    return district


@pytest.mark.both
def test_each_sees_the_own_areas(shifts):
    found = list(shift_export.shifts(shifts.sessions[Role.DUTY_OFFICER], "2026-12"))
    assert [(row["area"], row["shift"], row["number"], row["starts_at"]) for row in found] == [
        ("康健一片区", "夜班", "D00", "2026-12-01T10:00:00+00:00")
    ]
    for role in (Role.COORDINATOR, Role.SUPERVISOR):
        assert len(list(shift_export.shifts(shifts.sessions[role], "2026-12"))) == 2
    with pytest.raises(NotAllowed):
        list(shift_export.shifts(shifts.sessions[Role.HANDLER], "2026-12"))


def run(district, *arguments: str) -> subprocess.CompletedProcess[str]:
    district.close()
    return subprocess.run(
        [sys.executable, "-m", "dutydesk", "export", "shifts", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={"DUTYDESK_DATABASE": district.url, "PYTHONPATH": ".", "LANG": "C.UTF-8"},
        check=False,
    )


def test_the_command_writes_them_as_json(shifts):
    done = run(shifts, "--json", "--month", "2026-12")
    assert [row["area"] for row in json.loads(done.stdout)] == ["康健一片区", "康健二片区"]
    assert run(shifts, "--json").returncode == 0, "this month"
    assert run(shifts, "--json", "--month", "十二月").returncode == 2
