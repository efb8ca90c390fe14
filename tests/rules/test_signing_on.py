"""Signing on: roles with their scopes in words; in a demo, who is near."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.models import Department, OfficeSetting, RoleGrant, Staff
from dutydesk.rules import signing_on
from dutydesk.rules.errors import NotAllowed
from dutydesk.rules.letters import drafting
from dutydesk.vocabulary import Force, Role

R = Role


@pytest.fixture
def demo(cases):
    OfficeSetting.create(key="demo_staff", value='"D00"', valid_from="2020-01-01")
    return cases


def test_a_session_carries_each_role_with_its_scope(cases):
    places = {role: cases[role].main for role in Role}
    assert (places[R.DUTY_OFFICER].place, places[R.DUTY_OFFICER].area_id) == ("康健一片区", 1)
    assert (places[R.NEIGHBOURHOOD_OFFICER].place, places[R.NEIGHBOURHOOD_OFFICER].unit_id) == ("康健新村", 1)
    assert (places[R.HANDLER].place, places[R.HANDLER].force) == ("康健一片区·公共安全", Force.SAFETY)
    assert (places[R.LIAISON].place, places[R.LIAISON].department_id) == ("社区管理办公室", 1)
    assert places[R.COORDINATOR].place == "康健新村街道"
    assert places[R.SUPERVISOR].place == ""
    assert not any(session.demo for session in cases.district.sessions.values())


def test_in_a_demo_the_first_duty_officer_sits_down(demo):
    session = signing_on.sign_on(None, "pts/1")
    assert (session.number, session.demo, session.came_from) == ("D00", True, "pts/1")


def test_in_a_demo_somebody_of_each_role_is_near(demo):
    session = signing_on.sign_on(None)
    for role in Role:
        found = signing_on.holders_nearby(session, role)
        if role is R.DEPARTMENT_HEAD:  # of a bureau of the district: none of this subdistrict
            continue
        assert "D99" not in [each.number for each in found], "the other area's"
        assert demo.district.numbers[role] in [each.number for each in found], role


def test_in_a_demo_who_speaks_for_a_bureau_that_a_letter_invites_is_near(demo):
    session, head = signing_on.sign_on(None), demo.district.numbers[R.DEPARTMENT_HEAD]
    assert head not in [each.number for each in signing_on.holders_nearby(session, R.DEPARTMENT_HEAD)]
    fields = {
        "kind": "letter",
        "subject": "渗水",
        "crossing": "departments",
        "tried": "看过",
        "request": "请来看",
    }
    bureau = str(demo.district.departments[1])
    drafting.draft(demo[R.DUTY_OFFICER], fields | {"department_1": bureau}, str(uuid4()))
    assert head in [each.number for each in signing_on.holders_nearby(session, R.DEPARTMENT_HEAD)]


def test_only_a_demo_tells_who_is_near(cases):
    with pytest.raises(NotAllowed, match="只有演示区"):
        signing_on.holders_nearby(cases[R.DUTY_OFFICER], R.AREA_CHIEF)


def test_who_looks_after_two_units_is_named_once(demo):
    session = signing_on.sign_on(None)
    officer = demo[R.NEIGHBOURHOOD_OFFICER]
    grant = RoleGrant.get(RoleGrant.staff == officer.staff_id)
    RoleGrant.create(
        staff=grant.staff, role=grant.role, unit=demo.district.units[1], valid_from=grant.valid_from
    )
    found = signing_on.holders_nearby(session, R.NEIGHBOURHOOD_OFFICER)
    assert [each.number for each in found].count(officer.number) == 1


def test_who_speaks_for_departments_stands_in_the_order_of_their_names(demo):
    liaison = demo[R.LIAISON]
    for number, name in (("L8", "综合行政执法队"), ("L9", "党群工作办公室")):
        department = Department.create(name=name, code=number, kind="office", subdistrict=1)
        staff = Staff.create(number=number, name=f"联络员{number}")
        RoleGrant.create(staff=staff, role=R.LIAISON, department=department, valid_from="2020-01-01")
    found = signing_on.holders_nearby(signing_on.sign_on(None), R.LIAISON)
    assert [each.number for each in found] == ["L9", liaison.number, "L8"]
    assert [each.place for each in found] == ["党群工作办公室", "社区管理办公室", "综合行政执法队"]
