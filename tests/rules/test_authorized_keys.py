"""The lines that sshd is given: one a key, each opening the desk of its owner and nothing else."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Staff, StaffKey
from dutydesk.rules import accounts, authorized_keys, person, ssh_keys
from dutydesk.vocabulary import Role
from tests.rules.test_ssh_keys import FINGERPRINT, KEY, add, ed25519

PROGRAM = ["/opt/dutydesk/bin/python", "-I", "-m", "dutydesk", "desk", "--as"]


@pytest.fixture
def admin(district):
    return district.sessions[Role.ADMINISTRATOR]


@pytest.fixture
def officer(district):
    return Staff.get(Staff.number == district.numbers[Role.DUTY_OFFICER])


def offered() -> list[str]:
    return authorized_keys.lines(PROGRAM)


def test_one_line_a_key_that_opens_the_desk_of_its_owner_and_nothing_else(admin, officer):
    add(admin, officer, KEY)
    (given,) = offered()
    options, command, kind, body = re.fullmatch(r'(restrict,pty),command="(.*)" (\S+) (\S+)', given).groups()
    assert (options, f"{kind} {body} zhang@pc") == ("restrict,pty", KEY)
    words = shlex.split(command.replace('\\"', '"'))
    assert words[-9:] == [*PROGRAM, "D00", "--key", FINGERPRINT]
    assert words[:6] == ["ulimit", "-c", "0;", "exec", "/usr/bin/env", "-i"]


def test_what_the_owner_wrote_behind_the_key_is_not_in_it(admin, officer):
    add(admin, officer, ed25519(comment='x" command="/bin/sh'))
    assert "/bin/sh" not in offered()[0]
    assert StaffKey.get().comment == 'x" command="/bin/sh'


def test_what_was_put_into_the_database_by_other_ways_is_left_out(admin, officer):
    add(admin, officer, KEY)
    for column, value in (
        ("kind", 'x" ssh-rsa'),
        ("body", "AAAA\nssh-rsa AAAA"),
        ("fingerprint", "SHA256:$(id)"),
    ):
        kept = getattr(StaffKey.get(), column)
        StaffKey.update(**{column: value}).execute()
        assert offered() == []
        StaffKey.update(**{column: kept}).execute()
    assert len(offered()) == 1
    Staff.update(number="D00;sh").where(Staff.id == officer.id).execute()
    assert offered() == []


def test_asked_for_one_fingerprint_only_that_key_is_given(admin, officer):
    add(admin, officer, KEY)
    add(admin, officer, ed25519())
    assert len(offered()) == 2
    (given,) = authorized_keys.lines(PROGRAM, "", FINGERPRINT)
    assert given.endswith(KEY.removesuffix(" zhang@pc"))
    assert authorized_keys.lines(PROGRAM, "", "SHA256:none") == []


def test_a_settings_file_is_passed_on_whatever_its_name(admin, officer):
    add(admin, officer, KEY)
    (given,) = authorized_keys.lines(PROGRAM, "/etc/duty desk/it's.toml")
    command = given.removeprefix('restrict,pty,command="').rpartition('" ssh-')[0].replace('\\"', '"')
    assert "DUTYDESK_SETTINGS=/etc/duty desk/it's.toml" in shlex.split(command)


def test_whose_account_is_stopped_has_none_and_has_them_again_afterwards(admin, officer):
    add(admin, officer, KEY)
    accounts.disable(admin, officer.id, str(uuid4()))
    assert offered() == []
    assert [key.active for key in ssh_keys.keys(admin)] == [False]
    assert "岗位照旧" in person.come_back(admin, officer.id, str(uuid4())).says
    assert len(offered()) == 1


def test_who_has_left_has_none(admin, officer):
    add(admin, officer, KEY)
    person.leave(admin, officer.id, admin.day - timedelta(days=1), str(uuid4()))
    assert offered() == []


def test_where_nobody_has_a_key_sshd_is_given_nothing(district):
    assert offered() == []
