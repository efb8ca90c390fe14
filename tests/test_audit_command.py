"""`dutydesk export audit`: by somebody who may read it, as JSON or as a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dutydesk.models import AuditEntry
from dutydesk.vocabulary import Role
from tests.rules.conftest import Cases


@pytest.fixture
def cases(district):
    return Cases(district, None)


@pytest.fixture
def export(cases, tmp_path):
    """Run the command; answers with its exit code, what it printed and what it complained of."""
    cases.new()

    def run(*words: str) -> tuple[int, str, str]:
        cases.district.close()
        own = {"DUTYDESK_DATABASE": cases.district.url, "DUTYDESK_STATE_FOLDER": str(tmp_path / "state")}
        done = subprocess.run(
            [sys.executable, "-m", "dutydesk", "export", "audit", *words],
            capture_output=True, encoding="utf-8", check=False, timeout=60,
            env=os.environ | own | {"PYTHONIOENCODING": "utf-8"}, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        cases.district.connect()
        return done.returncode, done.stdout, done.stderr

    return run


def test_an_auditor_takes_it_out_with_values_a_supervisor_without(export, cases):
    numbers = cases.district.numbers
    code, out, _err = export("--json", "--as", numbers[Role.AUDITOR])
    first = json.loads(out)[-1]
    assert code == 0 and first["act"] == "问题·登记" and first["changes"]
    code, out, _err = export("--json", "--as", numbers[Role.SUPERVISOR], "--act", "问题·登记")
    assert code == 0 and ["changes" in record for record in json.loads(out)] == [False]
    assert AuditEntry.select().where(AuditEntry.name == "audit.export").count() == 2


def test_a_file(export, cases, tmp_path):
    path = tmp_path / "审计.xlsx"
    code, out, _err = export("--as", cases.district.numbers[Role.ADMINISTRATOR], "--output", str(path))
    assert (code, out) == (0, f"已导出1条：{path}\n") and path.stat().st_size > 1000


def test_nobody_else_and_nobody_unnamed(export, cases):
    code, _out, err = export("--json", "--as", cases.district.numbers[Role.AREA_CHIEF])
    assert code == 1 and "看审计" in err
    code, _out, err = export("--json")
    assert code == 1 and "--as" in err
    code, _out, err = export("--as", cases.district.numbers[Role.AUDITOR])
    assert code == 1 and "--output" in err
