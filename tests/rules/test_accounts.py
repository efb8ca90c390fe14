"""Accounts: the operator of the machine, and who is stopped."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, Staff
from dutydesk.rules import accounts
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import out, sign_on
from dutydesk.vocabulary import Role
from tests.rules.test_ssh_keys import KEY, add


@pytest.fixture
def admin(district):
    return district.sessions[Role.ADMINISTRATOR]


@pytest.fixture
def officer(district):
    return Staff.get(Staff.number == district.numbers[Role.DUTY_OFFICER])


def test_the_operator_of_the_machine_brings_in_the_first_administrator(district, officer):
    operator = accounts.operator("命令行 root")
    add(operator, officer, KEY)
    entry = AuditEntry.get(AuditEntry.name == "staff.key_add")
    assert (entry.staff_number, entry.came_from) == ("", "命令行 root")


def test_who_is_stopped_is_not_there_any_more(admin, officer, district):
    session = district.sessions[Role.DUTY_OFFICER]
    assert out(session) == ""
    says = accounts.disable(admin, officer.id, str(uuid4())).says
    assert "已停用值班员甲（D00）" in says
    assert "值班员甲的账号已停用" in out(session)
    with pytest.raises(NotAllowed):
        sign_on("D00", "测试")
    with pytest.raises(Refused, match="已经停用了"):
        accounts.disable(admin, officer.id, str(uuid4()))


def test_nobody_stops_oneself_and_only_keepers_stop_others(admin, officer, district):
    with pytest.raises(NotAllowed, match="不能停用自己"):
        accounts.disable(admin, admin.staff_id, str(uuid4()))
    with pytest.raises(NotAllowed):
        accounts.disable(district.sessions[Role.AREA_CHIEF], officer.id, str(uuid4()))


def test_a_number_names_one_of_the_staff_or_is_refused(district, officer):
    assert accounts.numbered("D00").id == officer.id
    with pytest.raises(Refused, match="D404"):
        accounts.numbered("D404")
