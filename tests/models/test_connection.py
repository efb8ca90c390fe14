"""Opening the database: each thing that can be wrong with it gets its own sentence, and exit code 1."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dutydesk.models import Staff, connection, database
from dutydesk.models.connection import (
    DatabaseProblem,
    NewerSchema,
    NotOurs,
    OlderSchema,
    connect,
    explain,
    migrate,
    upgrade,
)

pytestmark = pytest.mark.sqlite  # a file and its rights; test_on_postgresql has the same for a server

CONNECT = [("staff", "list"), ("export", "issues", "--json"), ("db", "check"), ("db", "upgrade")]


@pytest.fixture
def file(district, tmp_path) -> Path:
    """A sound database that nobody has open."""
    district.close()
    return district.path


@pytest.fixture(autouse=True)
def _left_closed():
    yield
    if database.obj is not None and not database.is_closed():
        database.close()


def dutydesk(
    path: Path | str, *arguments: str, start: tuple[str, ...] = ("-m", "dutydesk")
) -> subprocess.CompletedProcess[str]:
    """The command, on a database, waiting for no lock."""
    url = path if isinstance(path, str) else f"sqlite:///{path}"
    env = os.environ | {"DUTYDESK_DATABASE": url, "DUTYDESK_LOCK_WAIT": "0", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, *start, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """It left with 1 and one sentence that says what to do, and nothing else."""
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    for word in (*words, "请"):
        assert word in result.stderr


def bytes_of(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.iterdir() if each.is_file()}


def test_a_sound_database_is_opened_and_left_as_it_was(file):
    assert dutydesk(file, "staff", "list").returncode == 0
    assert dutydesk(file, "db", "check").returncode == 0
    upgraded = dutydesk(file, "db", "upgrade")
    assert (upgraded.returncode, upgraded.stdout) == (0, "数据库已是最新，无需升级。\n")


def test_a_missing_one(tmp_path):
    missing = tmp_path / "nowhere" / "none.db"
    for arguments in CONNECT:
        refused(dutydesk(missing, *arguments), f"没有找到数据库 {missing}", "dutydesk db init")
    assert not missing.parent.exists(), "looking for it made nothing"


def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("会议记录\n" * 1000)
    before = bytes_of(path)
    for arguments in CONNECT:
        refused(dutydesk(path, *arguments), str(path), "不是值班台的数据库")
    assert bytes_of(path) == before


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_programs_database_is_not_touched(tmp_path, mode):
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute(f"pragma journal_mode = {mode}")
    other.execute("create table photo (id integer)")
    other.commit()
    other.close()
    before = bytes_of(path)
    for arguments in CONNECT:
        refused(dutydesk(path, *arguments), "别的程序的数据库")
    for way in (connect, migrate):
        with pytest.raises(NotOurs):
            way(f"sqlite:///{path}")
    assert bytes_of(path) == before


def test_a_newer_schema(file):
    with sqlite3.connect(file) as other:
        other.execute("insert into schema_migration (name, applied) values ('0999_later', '2030-01-01')")
    other.close()
    for arguments in CONNECT:
        refused(dutydesk(file, *arguments), "更新版本的值班台", "升级值班台程序")
    for way in (connect, migrate):
        with pytest.raises(NewerSchema):
            way(f"sqlite:///{file}")


def test_our_tables_without_our_history_are_not_touched(file):
    with sqlite3.connect(file) as other:
        other.execute("delete from schema_migration")
    other.close()
    for arguments in CONNECT:
        refused(dutydesk(file, *arguments), "别的程序的数据库")


def test_an_empty_file_is_asked_to_be_filled_and_can_be(tmp_path):
    path = tmp_path / "empty.db"
    path.touch()
    refused(dutydesk(path, "staff", "list"), "还是空的", "dutydesk db init")
    with pytest.raises(OlderSchema):
        connect(f"sqlite:///{path}")
    assert dutydesk(path, "db", "init", "--empty").returncode == 0
    assert dutydesk(path, "db", "check").returncode == 0


def test_what_is_there_is_not_made_anew(file):
    before = file.read_bytes()
    refused(dutydesk(file, "db", "init"), "已经存在，不会覆盖", "dutydesk db upgrade")
    assert file.read_bytes() == before


@pytest.mark.parametrize("arguments", CONNECT[:3])
def test_one_that_another_process_holds(file, arguments):
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("pragma locking_mode = exclusive")
    holder.execute("begin exclusive")
    refused(dutydesk(file, *arguments), "正被别的程序占用")
    holder.close()
    assert dutydesk(file, *arguments).returncode == 0


@pytest.fixture
def public(file):
    """A copy of the database in a folder that every account of this machine can reach."""
    folder = Path(tempfile.mkdtemp(prefix="dutydesk-"))
    folder.chmod(0o755)
    copy = folder / "district.db"
    shutil.copy(file, copy)
    yield copy
    shutil.rmtree(folder)


# All that the command needs is imported before the rights go: the interpreter may lie in a home that others cannot read.
_AS_NOBODY = """
import os, shutil, sys
import dutydesk.cli, dutydesk.cli_files, dutydesk.tty, dutydesk.rules.checking, dutydesk.rules.exporting, playhouse.migrations
from dutydesk.models.connection import MIGRATIONS
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
    os.environ['HOME'] = '/nonexistent'
if not os.access(MIGRATIONS, os.R_OK):
    sys.exit(77)
dutydesk.cli.main(sys.argv[1:])
"""


def as_nobody(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as an account that owns nothing; as ourselves where we are not root anyway."""
    result = dutydesk(path, *arguments, start=("-c", _AS_NOBODY))
    if result.returncode == 77:
        pytest.skip("this checkout lies where other accounts cannot read it")
    return result


class TestRights:
    def test_a_read_only_folder_and_file(self, public):
        public.chmod(0o444)
        public.parent.chmod(0o555)
        for arguments in CONNECT[:3]:
            refused(as_nobody(public, *arguments), str(public), "写权限")
        public.parent.chmod(0o755)

    def test_a_file_that_may_not_be_read(self, public):
        public.chmod(0o000)
        for arguments in CONNECT:
            refused(as_nobody(public, *arguments), str(public), "打不开", "读写权限")

    def test_a_folder_in_which_nothing_can_be_made(self, public):
        public.parent.chmod(0o555)
        refused(as_nobody(public.parent / "new" / "new.db", "db", "init", "--empty"), "打不开")
        public.parent.chmod(0o755)


def test_a_folder_in_place_of_the_file(tmp_path):
    refused(dutydesk(tmp_path, "staff", "list"), str(tmp_path), "打不开")


@pytest.mark.parametrize("url", ["mysql://root:secret@host/db", "oracle://host/db", "/tmp/x.db", "x"])
def test_an_address_that_nothing_understands(url):
    result = dutydesk(url, "staff", "list")
    refused(result, "数据库地址", "无法识别")
    assert "secret" not in result.stderr


def test_a_damaged_one(file):
    with sqlite3.connect(file) as other:
        other.execute("pragma wal_checkpoint(truncate)")
    other.close()
    size = file.stat().st_size
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\x55" * (size - 4096))
    result = dutydesk(file, "db", "check")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "损坏" in result.stderr


def test_the_connection_is_what_the_desk_relies_on(file):
    connect(f"sqlite:///{file}")
    pragmas = {
        name: database.execute_sql(f"pragma {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with pytest.raises(DatabaseProblem) as problem:
        try:
            Staff.insert(number="X", name="某", department=999).execute()
        except connection.ERRORS as error:
            raise explain(error) from None
    assert "IntegrityError" in str(problem.value)


def test_changes_of_others_are_seen_and_own_ones_are_not(file):
    connect(f"sqlite:///{file}")
    before = connection.changes_seen()
    Staff.update(phone="1").execute()
    assert connection.changes_seen() == before
    with sqlite3.connect(file) as other:
        other.execute("update staff set phone = '2'")
    other.close()
    assert connection.changes_seen() != before


def test_upgrading_needs_something_to_upgrade(tmp_path):
    with pytest.raises(DatabaseProblem, match="没有找到"):
        upgrade(f"sqlite:///{tmp_path}/typo.db")
    assert not (tmp_path / "typo.db").exists()
