"""PostgreSQL as `deploy/postgresql` sets it up: the desk's role works, and reaches neither the schema nor the audit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.journeys.terminal import TerminalDesk
from tests.postgresql import Server
from tests.rules.test_ssh_keys import KEY, ed25519

FILES = Path(__file__).resolve().parents[2] / "deploy" / "postgresql"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def as_role(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A command in the database of the page, made by its steps; as the desk's role unless told otherwise."""
    place = f"127.0.0.1:{postgresql.port}/dutydesk"
    home = str(tmp_path_factory.mktemp("state"))

    def run(*words: str, role: str = "dutydesk", given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dutydesk", *words],
            env=os.environ | {"DUTYDESK_DATABASE": f"postgresql://{role}@{place}", "XDG_STATE_HOME": home},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def sql(name: str, url: str) -> None:
        psql = shutil.which("psql")
        assert psql is not None
        command = [psql, "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", str(FILES / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    sql("roles.sql", postgresql.url("postgres"))
    made = run("db", "init", role="dutydesk_owner")
    assert made.returncode == 0, made.stderr
    for _ in range(2):  # it may be done again
        sql("grants.sql", f"postgresql://dutydesk_owner@{place}")
    yield run
    postgresql.drop(f"postgresql://postgres@{place}")
    for role in ("dutydesk", "dutydesk_owner"):
        postgresql.do(f"drop role {role}")


@pytest.fixture
def line(as_role: Run, postgresql: Server) -> Iterator[psycopg.Connection[object]]:
    """A connection of the desk's role."""
    with psycopg.connect(
        f"postgresql://dutydesk@127.0.0.1:{postgresql.port}/dutydesk", autocommit=True
    ) as line:
        yield line


def test_the_desks_role_does_all_that_a_desk_does(as_role: Run, postgresql: Server, tmp_path: Path) -> None:
    done = as_role("staff", "add", "XH0001", "李明", "--role", "值班员", "--scope", "康乐片区")
    assert done.returncode == 0, done.stderr
    assert as_role("staff", "key", "add", "XH0001", given=KEY).returncode == 0
    assert as_role("ssh-keys").stdout.startswith("restrict,pty,")
    url = f"postgresql://dutydesk@127.0.0.1:{postgresql.port}/dutydesk"
    desk = TerminalDesk("desk", "--as", "XH0001", url=url, XDG_STATE_HOME=str(tmp_path))
    try:
        desk.wait("今日", "要办")
        desk.press("f3").wait("登记", "涉密信息不得录入")
        desk.press("k", "l", "x", "q").wait("1 康乐小区").strip()
        desk.press("1").wait("类别 *", gone="klxq")
        desk.press("l", "d", "d", "w").wait("楼道堆物").strip()
        desk.press("1").wait("是什么问题 *", gone="lddw")
        desk.type("3号楼楼道堆放旧家具")
        desk.wait("旧家具")
        desk.press("f10").wait("已登记")
        desk.press("ctrl+q")
        assert desk.wait_for_end() == 0
    finally:
        desk.close()
    checked = as_role("db", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_is_past_its_time_is_let_go_by_the_owner_and_not_by_the_desk(
    as_role: Run, line: psycopg.Connection[object], tmp_path: Path
) -> None:
    assert (
        as_role("staff", "add", "XH0009", "王芳", "--role", "值班员", "--scope", "康乐片区").returncode == 0
    )
    rows = tmp_path / "清单.csv"
    rows.write_text("工单编号,问题描述,地址,类别\nXH-9,楼道堆放旧家具,康乐小区,楼道堆物\n", encoding="utf-8")
    assert as_role("import", "issues", str(rows), "--as", "XH0009").returncode == 0
    own = "source_number = 'XH-9'"
    ended = "state = 'void', is_open = false, closed_at = now() - interval '4 years'"
    assert line.execute(f"update issue set {ended} where {own}").rowcount == 1
    values = "select count(*) from audit_values"
    before = line.execute(values).fetchone()
    refused = as_role("retention")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr, refused.stderr
    assert line.execute(values).fetchone() == before
    done = as_role("retention", role="dutydesk_owner")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "已清除1件的个人信息，已记入审计。")
    checked = as_role("db", "check")
    assert checked.returncode == 0, checked.stdout


def test_who_is_stopped_or_has_lost_the_key_is_out_at_once(
    as_role: Run, postgresql: Server, tmp_path: Path
) -> None:
    url = f"postgresql://dutydesk@127.0.0.1:{postgresql.port}/dutydesk"
    for number, name in (("XH0002", "张敏"), ("XH0003", "陈静")):
        assert (
            as_role("staff", "add", number, name, "--role", "值班员", "--scope", "康乐片区").returncode == 0
        )
    assert as_role("staff", "key", "add", "XH0003", given=ed25519()).returncode == 0
    (record,) = json.loads(as_role("staff", "key", "list", "XH0003", "--json").stdout)
    came_by = ("desk", "--as", "XH0003", "--key", record["fingerprint"])
    stopped = TerminalDesk("desk", "--as", "XH0002", url=url, XDG_STATE_HOME=str(tmp_path))
    keyless = TerminalDesk(*came_by, url=url, XDG_STATE_HOME=str(tmp_path))
    try:
        stopped.wait("今日", "要办")
        keyless.wait("今日", "要办")
        assert as_role("staff", "disable", "XH0002").returncode == 0
        assert stopped.wait_for_end(5) == 1
        assert "张敏的账号已停用" in stopped.text
        assert as_role("staff", "key", "remove", record["fingerprint"]).returncode == 0
        assert keyless.wait_for_end(5) == 1
        assert "登录用的公钥已删去" in keyless.text
    finally:
        stopped.close()
        keyless.close()


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entry set subject = ''",
        "update audit_entry set hash = ''",
        "delete from audit_entry",
        "truncate audit_entry",
        "update audit_values set content = '{}'",
        "delete from audit_values",
        "delete from audit_head",
        "delete from act",
        "update act set staff_id = null",
        "update act set at = now()",
        "alter table audit_entry disable trigger all",
        "alter table issue add column x int",
        "drop table issue",
        "drop index issue_contact_area",
        "create table mine (x int)",
        "create temporary table mine (x int)",
        "create schema mine",
        "create function mine() returns int language sql as 'select 1'",
        "grant dutydesk_owner to dutydesk",
        "set role dutydesk_owner",
        "alter role dutydesk superuser",
        "copy issue to program 'id'",
        "copy issue to '/tmp/issues'",
        "insert into schema_migration (name) values ('9999_mine')",
        "delete from schema_migration",
    ],
)
def test_it_cannot(line: psycopg.Connection[object], statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        line.execute(statement)


def test_nobody_else_comes_into_the_database(as_role: Run, postgresql: Server) -> None:
    postgresql.do("create role stranger login")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(f"postgresql://stranger@127.0.0.1:{postgresql.port}/dutydesk")
    finally:
        postgresql.do("drop role stranger")


def test_the_servers_settings_are_ones_that_it_knows(as_role: Run, postgresql: Server) -> None:
    with psycopg.connect(postgresql.url("postgres")) as admin:
        known = {name for (name,) in admin.execute("select name from pg_settings").fetchall()}
    lines = (FILES / "dutydesk.conf").read_text(encoding="utf-8").splitlines()
    named = {each.split("=")[0].strip() for each in lines if each and not each.startswith("#")}
    assert len(named) > 8
    assert named <= known


def test_the_servers_files_of_who_may_connect_are_read_without_a_mistake(postgresql: Server) -> None:
    """Put before the server's own lines, as the page says; they are looked at, and do not come into force here."""
    data = postgresql.folder / "data"
    own = {name: (data / name).read_text() for name in ("pg_hba.conf", "pg_ident.conf")}
    try:
        for name, text in own.items():
            (data / name).write_text((FILES / name).read_text(encoding="utf-8") + text, encoding="utf-8")
        with psycopg.connect(postgresql.url("postgres")) as admin:
            rules = admin.execute(
                "select database, user_name, auth_method, options, error from pg_hba_file_rules"
            )
            first, second, *_others = rules.fetchall()
            maps = admin.execute("select map_name, sys_name, pg_username, error from pg_ident_file_mappings")
            mapped = maps.fetchall()
    finally:
        for name, text in own.items():
            (data / name).write_text(text)
    assert first == (["dutydesk"], ["dutydesk"], "peer", None, None)
    assert second == (["dutydesk"], ["dutydesk_owner"], "peer", ["map=dutydesk"], None)
    assert mapped == [("dutydesk", "root", "dutydesk_owner", None)]
