"""`dutydesk export meetings --json` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dutydesk.meeting_words import MeetingState
from dutydesk.vocabulary import Role

pytestmark = pytest.mark.sqlite


def exported(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dutydesk", "export", "meetings", *arguments],
        cwd=Path(__file__).parents[3],
        env=os.environ | {"DUTYDESK_DATABASE": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_prints_what_a_script_reads(meet):
    meeting_id = meet.new(MeetingState.RUNNING)
    meet.decide(meeting_id)
    month = f"{meet.row(meeting_id).starts_at:%Y-%m}"
    url, number = meet.district.url, meet.district.numbers[Role.DUTY_OFFICER]
    meet.district.close()
    done = exported(url, "--json", "--as", number, "--month", month)
    assert (done.returncode, done.stderr) == (0, "")
    [record] = json.loads(done.stdout)
    assert record["title"] == "康健一片区双周例会" and record["decisions"][0]["what"] == "清理楼道堆物"
    assert json.loads(exported(url, "--json", "--month", month).stdout) == [record], "all of the district"
    assert exported(url, "--json").returncode == 0, "a year back and a quarter ahead"
    assert exported(url, "--json", "--month", "2026-13").returncode == 2
    assert exported(url).returncode == 2
