"""`dutydesk import issues` as somebody types it: what it says, how it ends, and where the refused rows are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from dutydesk.models import Issue, IssueStep
from dutydesk.rules.checking import check
from dutydesk.vocabulary import Role, Source, State

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

    def run(*options, number=district.numbers[Role.AREA_CHIEF]):
        done = subprocess.run(
            typed(path, number, *options),
            env=beside(district, tmp_path),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def typed(path, number, *options):
    return [sys.executable, "-m", "dutydesk", "import", "issues", str(path), "--as", number, *options]


def beside(district, tmp_path):
    """The environment in which the line of command runs."""
    return os.environ | {
        "DUTYDESK_DATABASE": district.url,
        "DUTYDESK_STATE_FOLDER": str(tmp_path / "state"),
        "DUTYDESK_OUTBOX_FOLDER": str(tmp_path / "out"),
        "PYTHONIOENCODING": "utf-8",
    }


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


def test_killed_in_the_midst_it_goes_on_and_makes_nothing_twice(district, tmp_path):
    """Killed as by a power cut, at whatever it does just then; what was told as done stands, the rest comes after."""
    path, many = tmp_path / "热线.csv", 4000
    lines = (f"W-{n},{n}号门口楼道堆物,康健新村,楼道堆物,2026-11-20 9:05" for n in range(many))
    path.write_text("\n".join(["编码,标题,小区,类型,受理时间", *lines]), encoding="utf-8")
    arguments = typed(path, district.numbers[Role.AREA_CHIEF], "--map", "编码=source_number")
    district.close()
    env = beside(district, tmp_path)
    with subprocess.Popen(arguments, env=env, stderr=subprocess.PIPE, encoding="utf-8") as process:
        told = next(line for line in process.stderr if line.startswith("已导入"))
        process.kill()
    stood = int(told.removeprefix("已导入 ").split("/")[0])
    assert process.returncode == -signal.SIGKILL
    district.connect()
    half = Issue.select().count()
    assert stood <= half < many
    assert check() == []
    district.close()

    done = subprocess.run(arguments, env=env, capture_output=True, encoding="utf-8", check=False)
    assert f"新增{many - half}件，有变化0件，没有变化{half}件" in done.stderr
    district.connect()
    numbers = [number for (number,) in Issue.select(Issue.source_number).tuples()]
    assert sorted(numbers) == sorted(f"W-{n}" for n in range(many))
    assert IssueStep.select().count() == many
    assert check() == []


def test_what_was_answered_goes_where_the_option_says(district, tmp_path):
    path = tmp_path / "热线.csv"
    path.write_text(
        "编码,标题,小区,类型,答复,答复时间\nW-1,堆物,康健新村,楼道堆物,已清理,2025-03-04\n", encoding="utf-8"
    )
    district.close()
    chief = district.numbers[Role.AREA_CHIEF]
    for option, state, says in (
        ((), State.REVIEW, "按「待核查」接续办理"),
        (("--answered", "旧案入档"), State.CLOSED, "作为已办结旧案入档"),
    ):
        arguments = typed(path, chief, "--map", "编码=source_number", *option)
        done = subprocess.run(
            arguments, env=beside(district, tmp_path), capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0
        assert says in done.stderr
        district.connect()
        assert Issue.get().state is state
        district.close()


def test_answers_go_out_in_the_sheet_that_the_source_gave(district, tmp_path):
    empty, out = tmp_path / "空表.csv", tmp_path / "答复.csv"
    empty.write_bytes("工单编号,处理结果,处理人手机\n".encode("gb18030"))
    district.close()
    arguments = [
        sys.executable,
        "-m",
        "dutydesk",
        "export",
        "answers",
        "--as",
        district.numbers[Role.AREA_CHIEF],
    ]
    arguments += ["--output", str(out), "--heads", str(empty)]
    env = beside(district, tmp_path)
    refused = subprocess.run(arguments, env=env, capture_output=True, encoding="utf-8", check=False)
    assert (refused.returncode, "认不出这些列：处理人手机" in refused.stderr) == (1, True)
    assert not out.exists()
    done = subprocess.run(
        [*arguments, "--map", "处理人手机="], env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "工单编号→来源编号，处理结果→办理情况，处理人手机→留空" in done.stderr
    assert out.read_text(encoding="utf-8-sig").splitlines() == ["工单编号,处理结果,处理人手机"]
