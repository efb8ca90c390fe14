"""`dutydesk export staff|postings|tree`, `dutydesk import staff|postings|tree`: as they are typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from dutydesk.models import Area, AuditEntry, Posting, Staff, Unit
from dutydesk.rules import neighbours
from dutydesk.vocabulary import Role


@pytest.fixture
def run(district, tmp_path):
    Staff.update(subdistrict=district.subdistrict).execute()
    who = Staff.get(Staff.number == district.numbers[Role.HANDLER])
    Posting.create(
        staff=who,
        area=district.areas[0],
        department=district.departments[0],
        line="民政",
        valid_from=date(2026, 1, 1),
    )

    def typed(*arguments: object) -> subprocess.CompletedProcess[str]:
        district.close()
        done = subprocess.run(
            [sys.executable, "-m", "dutydesk", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
            env=os.environ
            | {
                "DUTYDESK_DATABASE": district.url,
                "DUTYDESK_STATE_FOLDER": str(tmp_path / "state"),
                "PYTHONIOENCODING": "utf-8",
            },
            cwd=Path(__file__).parent.parent,
        )
        district.connect()
        return done

    return typed


def test_staff_and_postings_for_scripts(run, district):
    done = run("export", "staff", "--json")
    assert done.returncode == 0, done.stderr
    people = {row["number"]: row for row in json.loads(done.stdout)}
    assert people[district.numbers[Role.AREA_CHIEF]]["roles"][0]["scope"] == "康健一片区"
    done = run("export", "postings", "--json", "--as", district.numbers[Role.DUTY_OFFICER])
    assert [(row["area"], row["line"], row["to"]) for row in json.loads(done.stdout)] == [
        ("康健一片区", "民政", None)
    ]
    assert json.loads(run("export", "postings", "--json", "--day", "2025-12-31").stdout) == []


def test_a_day_that_is_none_and_a_way_out_that_is_missing_say_so(run):
    done = run("export", "staff", "--json", "--day", "去年")
    assert (done.returncode, done.stderr) == (1, "日期 去年 看不懂。请写成 2026-11-01。\n")
    assert run("export", "postings").returncode == 1
    assert run("import", "staff", "no-such.xlsx", "--as", "D06").returncode == 1


def test_a_list_goes_out_comes_in_and_its_errors_end_with_one(run, district, tmp_path):
    keeper, path = district.numbers[Role.COORDINATOR], tmp_path / "名册.xlsx"
    assert run("export", "staff", "--as", keeper, "--output", path).returncode == 0
    assert AuditEntry.get(AuditEntry.name == "issues.export").staff_number == keeper
    bad = tmp_path / "新.csv"
    bad.write_text("工号,姓名\nXH9,陈佳怡\n,许志强\n", encoding="utf-8")
    done = run("import", "staff", bad, "--as", keeper)
    assert done.returncode == 1
    assert "第3行　工号：不能是空的" in done.stderr
    assert Staff.get(Staff.number == "XH9").name == "陈佳怡"


def test_postings_go_out_come_in_and_end_by_their_list(run, district, tmp_path):
    keeper, path = district.numbers[Role.COORDINATOR], tmp_path / "下沉.csv"
    assert run("export", "postings", "--as", keeper, "--output", path).returncode == 0
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("2026-01-01,", "2026-01-01,2026-12-31"), encoding="utf-8")
    done = run("import", "postings", path, "--as", keeper, "--dry-run")
    assert (done.returncode, Posting.get().valid_to) == (0, None)
    assert "核对结果：1条下沉：新增0条，更正1条" in done.stderr
    assert run("import", "postings", path, "--as", keeper).returncode == 0
    assert Posting.get().valid_to == date(2026, 12, 31)


def test_a_tree_goes_out_and_comes_in(run, district, tmp_path):
    keeper, path = district.numbers[Role.COORDINATOR], tmp_path / "区划.csv"
    assert run("export", "tree", "--as", keeper, "--output", path).returncode == 0
    text = path.read_text(encoding="utf-8-sig").replace("康健一片区,KJ01", "桂林片区,GL01")
    path.write_text(text, encoding="utf-8")
    done = run("import", "tree", path, "--as", keeper, "--dry-run")
    assert (done.returncode, Area.select().count()) == (0, 2)
    assert "撤销片区：康健一片区（由桂林片区接管）" in done.stderr
    assert run("import", "tree", path, "--as", keeper).returncode == 0
    assert Area.get(Area.code == "GL01").name == "桂林片区"


def test_neighbours_that_a_tree_leaves_out_end_when_that_is_asked(run, district, tmp_path):
    keeper, path = district.numbers[Role.COORDINATOR], tmp_path / "tree.csv"
    one, two, three = district.units[:3]
    neighbours.turn(one, two, date(2026, 1, 1))
    neighbours.turn(two, three, date(2026, 1, 1))
    assert run("export", "tree", "--as", keeper, "--output", path).returncode == 0
    name = Unit.get_by_id(three).name
    said = path.read_text("utf-8-sig").splitlines()
    rest = [line.replace(f"、{name}", "") if f"、{name}" in line else line for line in said]
    own = next(place for place, line in enumerate(rest) if name in line)
    rest[own] = rest[own].replace(Unit.get_by_id(two).name, "")
    path.write_text("\n".join(rest), encoding="utf-8")
    dry = run("import", "tree", path, "--as", keeper, "--dry-run")
    assert "表里没写的相邻1对，仍记为相邻" in dry.stdout + dry.stderr
    done = run("import", "tree", path, "--as", keeper, "--end-neighbours")
    assert "表里没写的相邻1对，不再相邻" in done.stdout + done.stderr
    assert neighbours.names(three) == [] and neighbours.names(two) == [Unit.get_by_id(one).name]
