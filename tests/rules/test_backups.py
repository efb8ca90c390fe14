"""A backup made while people write is one moment, whole; restored it is the same district and goes on."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dutydesk.models import TABLES, Act, AuditEntry, Issue, connection, database
from dutydesk.models.problems import DatabaseProblem, NotOurs
from dutydesk.rules import backups, search
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=CHINA)


def quiet(_line: str) -> None: ...


def all_rows() -> dict[str, list[dict[str, object]]]:
    return {
        table.__name__: list(table.select().order_by(table._meta.primary_key).dicts()) for table in TABLES
    }


@pytest.fixture(autouse=True)
def _left_closed():
    yield
    if database.obj is not None and not database.is_closed():
        database.close()


@pytest.fixture
def target(engine, postgresql, tmp_path):
    """A new database of the same kind."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path}/restored.db"
        return
    url = postgresql.create()
    yield url
    if not database.is_closed():
        database.close()
    postgresql.drop(url)


def test_restored_it_is_the_same_district_and_goes_on(cases, district, target, tmp_path):
    cases.in_state(State.CLOSED)
    handled = cases.in_state(State.HANDLING)
    before = all_rows()
    district.close()
    made = backups.backup(district.url, tmp_path / "b.db", None, quiet)
    assert (made.path, made.problems) == (tmp_path / "b.db", [])
    assert made.rows >= sum(map(len, before.values()))
    rows, problems = backups.restore(made.path, target, quiet)
    assert problems == []
    assert rows >= sum(map(len, before.values()))
    assert list(tmp_path.glob("*.filling*")) == []
    connection.connect(target)
    assert all_rows() == before
    cases.do("report_done", handled)
    new = cases.new(summary="水管爆裂")
    found = search.page(
        cases[Role.DUTY_OFFICER], "水管爆裂", open_only=False, edge=None, forward=True, count=5
    )
    assert found == [new]


def test_a_backup_is_one_file_that_only_this_account_reads(cases, district, tmp_path):
    cases.new()
    district.close()
    folder = tmp_path / "backups"
    folder.mkdir()
    made = backups.backup(district.url, folder, None, quiet, NOW)
    assert [path.name for path in folder.iterdir()] == [made.path.name] == ["dutydesk-2026-11-24-020000.db"]
    assert made.path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_over(cases, district, target, tmp_path):
    cases.new()
    district.close()
    made = backups.backup(district.url, tmp_path / "b.db", None, quiet)
    content = made.path.read_bytes()
    with pytest.raises(DatabaseProblem, match="不会覆盖"):
        backups.backup(district.url, tmp_path / "b.db", None, quiet)
    assert made.path.read_bytes() == content
    with pytest.raises(DatabaseProblem, match="不会覆盖"):
        backups.restore(made.path, district.url, quiet)
    connection.connect(district.url)
    assert Issue.select().count() == 1
    assert made.path.read_bytes() == content


def test_what_is_off_is_named_and_kept_all_the_same(cases, district, target, tmp_path):
    """In a disaster a district with a broken link is more than none."""
    cases.in_state(State.ASSIGNED)
    if database.obj.__class__.__name__ == "SqliteDatabase":
        AuditEntry.update(staff_number="D99").where(AuditEntry.sequence == 2).execute()
    else:
        Issue.update(version=0).execute()
    district.close()
    made = backups.backup(district.url, tmp_path / "b.db", None, quiet)
    assert len(made.problems) == 1
    assert backups.restore(made.path, target, quiet)[1] == made.problems


@pytest.mark.parametrize("what", ["missing", "text", "another", "cut"])
def test_what_is_no_backup_makes_no_database(cases, district, target, tmp_path, what):
    cases.new()
    district.close()
    file = tmp_path / "b.db"
    if what == "text":
        file.write_text("备份" * 5000, encoding="utf-8")
    elif what == "another":
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("create table theirs (id int)")
    elif what == "cut":
        backups.backup(district.url, file, None, quiet)
        os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(DatabaseProblem) as problem:
        backups.restore(file, target, quiet)
    assert (type(problem.value) is NotOurs) == (what != "missing")
    with pytest.raises(DatabaseProblem):
        connection.connect(target)
    assert [path.name for path in tmp_path.glob("restored*")] == []


def test_one_of_an_older_version_is_brought_to_this_ones_schema(target, tmp_path):
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.executescript((FIXTURES / "0005_duties.sql").read_text(encoding="utf-8"))
    content = file.read_bytes()
    assert backups.restore(file, target, quiet)[1] == []
    assert file.read_bytes() == content
    connection.connect(target)
    assert Issue.select().count() > 0


def test_old_ones_go_and_the_newest_always_stays(tmp_path):
    for days in (0, 1, 6, 8, 30):
        (tmp_path / f"dutydesk-{NOW - timedelta(days=days):%Y-%m-%d-%H%M%S}.db").touch()
    (tmp_path / "dutydesk-1999-01-01.db").touch()  # named by somebody else
    gone = backups.thin_out(tmp_path, 7, NOW)
    assert [path.name for path in gone] == ["dutydesk-2026-10-25-020000.db", "dutydesk-2026-11-16-020000.db"]
    assert len(list(tmp_path.iterdir())) == 4
    assert len(backups.thin_out(tmp_path, 1, NOW + timedelta(days=90))) == 2
    with pytest.raises(DatabaseProblem, match="至少是 1"):
        backups.thin_out(tmp_path, 0, NOW)


WRITER = """
import sys
from dutydesk.models import connection
from dutydesk.rules import intake
from dutydesk.rules.signing_on import sign_on
connection.connect(sys.argv[1])
session = sign_on("D00", "测试")
fields = {"unit": sys.argv[2], "category": sys.argv[3], "summary": "楼道堆放旧家具"}
n = 0
while True:
    intake.register(session, fields, f"{sys.argv[4]}-{n}")
    print(f"{sys.argv[4]}-{n}", flush=True)
    n += 1
"""


def test_made_while_people_write_it_is_one_moment(district, tmp_path):
    """What was acknowledged before the backup began is in it, and the rest whole or not at all."""
    district.close()
    words = (district.url, str(district.units[0]), str(district.categories[0]))
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, *words, name], stdout=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    try:
        for round_ in range(3):
            done = [writer.stdout.readline().strip() for writer in writers for _ in range(5)]
            made = backups.backup(district.url, tmp_path / f"{round_}.db", None, quiet)
            assert made.problems == []
            connection.connect(f"sqlite:///{made.path}")
            assert Act.select().where(Act.id.in_(done)).count() == len(done) == 10
            assert Issue.select().count() == Act.select().count() == AuditEntry.select().count()
            database.close()
        assert all(writer.poll() is None for writer in writers)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
            writer.stdout.close()


def command(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dutydesk", "db", *words],
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_commands(cases, district, target, tmp_path):
    cases.new()
    district.close()
    here = {"DUTYDESK_DATABASE": district.url, "DUTYDESK_STATE_FOLDER": str(tmp_path / "state")}
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / "dutydesk-2020-01-01-000000.db"
    old.touch()
    done = command("backup", str(folder), "--keep", "14", **here)
    assert (done.returncode, old.exists()) == (0, False), done.stderr
    assert "已删去 1 个" in done.stdout
    (file,) = folder.iterdir()
    done = command("restore", str(file), target.removeprefix("sqlite:///"), **here)
    assert done.returncode == 0, done.stderr
    assert "已恢复到" in done.stdout
    again = command("restore", str(file), target, **here)
    assert (again.returncode, "不会覆盖" in again.stderr) == (1, True)
    alone = command("backup", str(tmp_path / "x.db"), "--keep", "3", **here)
    assert (alone.returncode, "--keep 只用于备份到文件夹" in alone.stderr) == (1, True)
