"""What scripts read: every case and everybody once, in order, without personal data."""

from __future__ import annotations

from dutydesk.models import Issue, RoleGrant
from dutydesk.rules import exporting
from dutydesk.vocabulary import Role, State

R, S = Role, State


def test_every_case_is_told_once_in_the_order_of_its_number(cases):
    for state in State:
        cases.in_state(state)
    records = list(exporting.issues())
    assert [record["number"] for record in records] == [
        row.number for row in Issue.select().order_by(Issue.id)
    ]
    assert {record["state"] for record in records} == {state.value for state in State}
    closed = next(record for record in records if record["state"] == "closed")
    assert {name: closed[name] for name in ("category", "unit", "urgency", "level", "version", "steps")} == {
        "category": "XF01", "unit": "310104012000", "urgency": "normal", "level": "area", "version": 8, "steps": 8,
    }  # fmt: skip
    assert closed["closed"] > closed["opened"] or closed["closed"] == closed["opened"]
    assert closed["due"].startswith("2026-12-01T10:00:00")
    assert all(name in closed for name in ("source", "opened", "due", "closed", "category_name", "unit_name"))


def test_more_than_one_stretch_is_told_whole(cases):
    model = Issue.select().where(Issue.id == cases.new()).dicts().get()
    for first in range(2, 2300, 300):
        rows = [model | {"id": n, "serial": n} for n in range(first, first + 300)]
        Issue.insert_many(rows).execute()
    numbers = [record["number"] for record in exporting.issues()]
    assert len(numbers) == len(set(numbers)) == Issue.select().count() > 2000


def test_no_personal_data_is_told(cases):
    cases.new(summary="找13912345678王阿姨的楼道", reporter_address="桂林路9号")
    told = str(list(exporting.issues()))
    for hidden in ("13912345678", "王小明", "13800001234", "桂林路"):
        assert hidden not in told


def test_staff_are_told_a_record_a_role(cases):
    RoleGrant.create(staff=1, role=R.HANDLER, area=2, force="safety", valid_from="2020-01-01")
    records = [record for record in exporting.staff() if record["number"] == "D00"]
    assert records == [
        {"number": "D00", "name": "值班员甲", "role": "duty_officer", "scope": "康健一片区"},
        {"number": "D00", "name": "值班员甲", "role": "handler", "scope": "康健二片区·公共安全"},
    ]
    scopes = {record["role"]: record["scope"] for record in exporting.staff() if record["number"] != "D00"}
    assert scopes["neighbourhood_officer"] == "康健新村"
    assert scopes["liaison"] == "社区管理办公室"
    assert scopes["coordinator"] == "康健新村街道"
    assert scopes["supervisor"] == ""
