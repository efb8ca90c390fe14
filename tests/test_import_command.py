"""`dutydesk import issues` as somebody types it: what it says, how it ends, and where the refused rows are."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dutydesk.models import Issue
from dutydesk.vocabulary import Role, Source

LIST = (
    "编码,说的什么,小区,类型,受理时间\n"
    "W-1,楼道堆物,康健新村,楼道堆物,2026-11-20 9:05\n"
    "W-2,楼道堆物,康健新村,楼道堆物,某日\n"
)


@pytest.fixture
def command(district, tmp_path):
    """Run the line of command on the district; answers with the code, and what was said."""
    path = tmp_path / "网格.csv"
    path.write_bytes(LIST.encode("gb18030"))
    district.close()
    kept = os.environ | {
        "DUTYDESK_DATABASE": district.url,
        "DUTYDESK_OUTBOX_FOLDER": str(tmp_path / "out"),
        "PYTHONIOENCODING": "utf-8",
    }

    def run(*options, number=district.numbers[Role.AREA_CHIEF]):
        arguments = [
            sys.executable,
            "-m",
            "dutydesk",
            "import",
            "issues",
            str(path),
            "--as",
            number,
            *options,
        ]
        done = subprocess.run(arguments, env=kept, capture_output=True, encoding="utf-8", check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_from_the_dry_run_to_the_file_of_what_was_refused(command, district, tmp_path):
    mapping = ("--map", "说的什么=summary", "--map", "编码=source_number")
    code, said = command()
    assert (code, "没有认出写问题的列" in said) == (1, True)
    code, said = command(*mapping, "--source", "网格", "--kind", "grid", "--dry-run")
    assert "新增1件" in said
    assert "第3行" in said
    assert not (tmp_path / "out").exists()
    code, said = command(*mapping, "--source", "网格", "--kind", "grid")
    assert code == 1
    assert "已导入 1/1" in said
    assert len(list((tmp_path / "out").iterdir())) == 1
    code, said = command("--source", "网格")
    assert "没有变化1件" in said
    district.connect()
    [issue] = Issue.select()
    assert (issue.source, issue.source_number) == (Source.GRID, "W-1")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--kind", "mail"), "没有来源 mail"),
        (("--map", "说的什么"), "列=字段"),
        (("--map", "说的什么=题目"), "没有字段“题目”"),
        (("--unit", "火星"), "没有治理单元“火星”"),
        (("--category", "火星"), "没有类别“火星”"),
    ],
)
def test_what_is_typed_wrong_is_said_and_nothing_comes_in(command, district, options, says):
    code, said = command(*options)
    assert (code, says in said) == (1, True)
    district.connect()
    assert not Issue.select().exists()


def test_who_may_not_is_told_who_may(command, district):
    code, said = command(number=district.numbers[Role.HANDLER])
    assert code == 1
    assert "不能导入" in said
