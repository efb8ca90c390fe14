"""Who is signed in: roles, and whose desk it is."""

from __future__ import annotations

from datetime import date

from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role


def session(*grants: Grant) -> Session:
    return Session(1, "D00", "王芳", grants, date(2026, 11, 24))


def test_the_desk_is_named_after_the_first_role():
    duty = Grant(Role.DUTY_OFFICER, "康健一片区", area_id=7, subdistrict_id=3)
    handler = Grant(Role.HANDLER, "康健二片区", area_id=8, subdistrict_id=3)
    both = session(duty, handler)
    assert both.desk_name == "康健一片区 值班员 王芳"
    assert (both.area_id, both.subdistrict_id) == (7, 3)
    assert both.roles == {Role.DUTY_OFFICER, Role.HANDLER}


def test_the_area_is_that_of_the_first_role_that_has_one():
    assert session(Grant(Role.SUPERVISOR), Grant(Role.AREA_CHIEF, area_id=7)).area_id == 7


def test_without_a_role_it_is_just_a_person():
    nobody = session()
    assert (nobody.desk_name, nobody.main, nobody.roles) == ("王芳", None, frozenset())
    assert (nobody.area_id, nobody.subdistrict_id) == (None, None)


def test_a_role_of_the_whole_district_names_no_place():
    assert session(Grant(Role.SUPERVISOR)).desk_name == "区级督查 王芳"
