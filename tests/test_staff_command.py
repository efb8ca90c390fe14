"""`dutydesk staff …` and `dutydesk ssh-keys`: as they are typed, and as sshd runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dutydesk.models import AuditEntry, RoleGrant, Staff, StaffKey
from dutydesk.vocabulary import Role
from tests.rules.test_ssh_keys import FINGERPRINT, KEY

ROOT = Path(__file__).parent.parent
HEAVY = """
import sys
from dutydesk import cli
try:
    cli.main(["ssh-keys"])
except SystemExit as end:
    heavy = {"textual", "rich", "pydantic", "pypinyin", "psycopg", "asyncio", "chinese_calendar", "ssl"}
    print(end.code, sorted({name.split(".")[0] for name in sys.modules} & heavy))
"""


@pytest.fixture
def run(district, tmp_path):
    def typed(
        *arguments: object, given: str = "", url: str = district.url
    ) -> subprocess.CompletedProcess[str]:
        district.close()
        done = subprocess.run(
            [sys.executable, "-m", "dutydesk", *map(str, arguments)],
            input=given,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
            env=os.environ
            | {
                "DUTYDESK_DATABASE": url,
                "DUTYDESK_STATE_FOLDER": str(tmp_path / "state"),
                "PYTHONIOENCODING": "utf-8",
            },
            cwd=ROOT,
        )
        district.connect()
        return done

    return typed


def test_somebody_is_added_with_a_role_and_a_second_time_refused(run):
    done = run(
        "staff",
        "add",
        "xh01",
        "王芳",
        "--role",
        "duty_officer",
        "--scope",
        "康健一片区",
        "--phone",
        "021-64000000",
    )
    assert (done.returncode, done.stdout) == (0, "已添加王芳（XH01）。\n"), done.stderr
    person = Staff.get(Staff.number == "XH01")
    assert RoleGrant.get(RoleGrant.staff == person).role is Role.DUTY_OFFICER
    done = run("staff", "add", "XH01", "王芳")
    assert (done.returncode, done.stdout) == (1, "")
    assert "已是王芳的" in done.stderr


def test_what_is_wrong_is_said_by_its_name_and_nobody_is_added(run):
    done = run(
        "staff", "add", "XH01", "王芳", "--role", "片区长", "--scope", "不存在", "--phone", "请打办公室"
    )
    assert done.returncode == 1
    assert "电话：“请打办公室”不像电话" in done.stderr
    assert "范围：没有片区“不存在”" in done.stderr
    assert not Staff.select().where(Staff.number == "XH01").exists()


def test_editing_changes_what_is_named_and_nothing_else(run):
    Staff.update(phone="021-64000000").where(Staff.number == "D00").execute()
    assert run("staff", "edit", "d00", "--name", "值班员丙", "--title", "科员").returncode == 0
    person = Staff.get(Staff.number == "D00")
    assert (person.name, person.title, person.phone) == ("值班员丙", "科员", "021-64000000")
    done = run("staff", "edit", "D00")
    assert (done.returncode, "没有写要改什么" in done.stderr) == (1, True)
    assert run("staff", "edit", "D00", "--role", "审计员").returncode == 0
    assert {grant.role for grant in person.grants} == {Role.DUTY_OFFICER, Role.AUDITOR}


def test_who_is_stopped_has_no_key_for_sshd_until_allowed_again(run):
    assert run("staff", "key", "add", "D00", given=KEY).returncode == 0
    assert run("ssh-keys").stdout.startswith('restrict,pty,command="')
    assert run("staff", "disable", "D00").returncode == 0
    assert run("ssh-keys").stdout == ""
    assert run("staff", "enable", "D00").returncode == 0
    assert run("ssh-keys", FINGERPRINT).stdout.count("\n") == 1


def test_keys_are_added_listed_and_removed(run, tmp_path):
    file = tmp_path / "id.pub"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    done = run("staff", "key", "add", "D00", file, "--as", "D11")
    assert FINGERPRINT in done.stdout, done.stderr
    assert AuditEntry.get(AuditEntry.name == "staff.key_add").staff_number == "D11"
    (record,) = json.loads(run("staff", "key", "list", "--json").stdout)
    assert (record["number"], record["fingerprint"], record["comment"]) == ("D00", FINGERPRINT, "zhang@pc")
    assert run("staff", "key", "list", "D01").stdout == ""
    assert run("staff", "key", "remove", FINGERPRINT[:14]).returncode == 0
    assert not StaffKey.select().exists()


def test_a_key_that_is_none_a_file_that_is_missing_and_who_may_not_end_with_one(run):
    for arguments, given, says in (
        (("add", "D00"), "ssh-dss AAAA", "DSA"),
        (("add", "D00", "no-such.pub"), "", "no-such.pub 读不了"),
        (("add", "NOBODY"), KEY, "没有工号为 NOBODY 的人"),
        (("add", "D00", "--as", "D00"), KEY, "您在这里不能"),
        (("remove", "SHA256:none"), "", "没有这个指纹"),
    ):
        done = run("staff", "key", *arguments, given=given)
        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert says in done.stderr
    assert not StaffKey.select().exists()


def test_a_password_for_one_use_is_all_that_is_printed(run):
    done = run("staff", "password", "d00")
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\n", done.stdout)
    assert "已给值班员甲（D00）设一次性密码" in done.stderr
    assert run("staff", "password", "D00").stdout != done.stdout
    assert "已删去值班员甲（D00）的密码" in run("staff", "password", "D00", "--remove").stdout
    for arguments, says in (
        (("D00", "--remove"), "没有密码"),
        (("NOBODY",), "没有工号为 NOBODY 的人"),
        (("D00", "--as", "D00"), "您在这里不能"),
    ):
        done = run("staff", "password", *arguments)
        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert says in done.stderr


def test_wrong_usage_ends_with_two(run):
    for arguments in (("staff", "key"), ("staff", "add", "XH01"), ("staff", "key", "remove")):
        assert run(*arguments).returncode == 2


@pytest.mark.parametrize("url", ["sqlite:////nowhere/none.db", "postgresql://127.0.0.1:1/none", "nonsense"])
def test_with_the_database_away_sshd_is_given_no_key(run, url):
    done = run("ssh-keys", FINGERPRINT, url=url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr and "Traceback" not in done.stderr


def test_it_runs_at_each_login_and_loads_little(run, district):
    run("staff", "key", "add", "D00", given=KEY)
    district.close()
    env = os.environ | {"DUTYDESK_DATABASE": district.url}
    done = subprocess.run(
        [sys.executable, "-c", HEAVY],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env=env,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 []"
