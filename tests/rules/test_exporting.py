"""What scripts read: every case and everybody once, in order, without personal data."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from dutydesk.models import AuditEntry, Issue, RoleGrant
from dutydesk.rules import export_files, exporting
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.questions import Filters, Question
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


# -- by list and scope ------------------------------------------------------------------------------------------


def numbers(session, question) -> list[str]:
    return [row[0] for row in exporting.sheet(session, question).rows]


def test_a_list_is_exported_by_its_name_or_key_and_within_the_scope(cases):
    here = cases.in_state(S.REVIEW)
    cases.in_state(S.OPENED)
    there = cases.new(cases.district.elsewhere, unit=str(cases.district.units[3]))
    review = exporting.view_named("待核查")
    assert review == exporting.view_named("review")
    assert numbers(cases[R.DUTY_OFFICER], review) == [Issue.get_by_id(here).number]
    whole = exporting.whole_district("测试")
    assert Issue.get_by_id(there).number in numbers(whole, exporting.view_named("all"))
    assert Issue.get_by_id(there).number not in numbers(cases[R.DUTY_OFFICER], exporting.view_named("all"))
    with pytest.raises(Refused, match="没有清单“没有的”。可用：全部未结、待立案"):
        exporting.view_named("没有的")


def test_filters_count_as_on_the_screen(cases):
    cases.new(urgency="urgent")
    cases.new()
    question = Question("all", Filters(urgency="urgent"))
    assert len(numbers(cases[R.DUTY_OFFICER], question)) == 1
    assert exporting.words_of(cases[R.DUTY_OFFICER], question) == "全部·紧急"


def test_only_who_may_export_does(cases):
    cases.new()
    with pytest.raises(NotAllowed):
        exporting.sheet(cases[R.HANDLER], Question("all"))
    with pytest.raises(NotAllowed):
        list(exporting.issues(cases[R.NEIGHBOURHOOD_OFFICER]))


def test_the_sheet_shows_no_personal_data_and_every_row_fits_its_heads(cases):
    cases.new(summary="找13912345678王阿姨的楼道", reporter_address="桂林路9号")
    for state in State:
        cases.in_state(state)
    sheet = exporting.sheet(cases[R.AREA_CHIEF], Question("all"))
    rows = list(sheet.rows)
    assert sheet.total == len(rows) == Issue.select().count()
    assert {len(row) for row in rows} == {len(sheet.columns)}
    for hidden in ("13912345678", "王小明", "13800001234", "桂林路"):
        assert hidden not in str(rows)
    assert "王*" in rows[0]


def test_moments_are_those_of_shanghai(cases):
    cases.in_state(S.OPENED)
    sheet = exporting.sheet(cases[R.AREA_CHIEF], Question("all"))
    place = [column.head for column in sheet.columns].index("立案时间")
    assert next(sheet.rows)[place] == datetime(2026, 11, 24, 10, 0)


def test_an_export_into_a_file_is_an_act_on_record(cases, tmp_path):
    cases.new()
    said: list[str] = []
    for form in ("xlsx", "csv", "json"):
        path = tmp_path / f"清单.{form}"
        count = export_files.write_issues(cases[R.DUTY_OFFICER], Question("all"), path, form, said.append)
        assert count == 1
        assert path.stat().st_size > 100
    entries = list(AuditEntry.select().where(AuditEntry.name == "issues.export"))
    assert [(entry.staff_number, entry.subject) for entry in entries] == [("D00", "export 全部")] * 3
    assert said[0] == "已写1件，100%"
    assert json.loads((tmp_path / "清单.json").read_text())[0]["number"] == "2026-000001"
    assert sorted(path.name for path in tmp_path.iterdir() if "清单" in path.name) == [
        "清单.csv", "清单.json", "清单.xlsx",
    ]  # fmt: skip


def test_the_line_of_command_is_on_record_too(cases, tmp_path):
    cases.new()
    whole = exporting.whole_district("命令行 某账号")
    export_files.write_issues(whole, Question("all"), tmp_path / "a.csv", "csv", lambda _line: None)
    entry = AuditEntry.get(AuditEntry.name == "issues.export")
    assert (entry.staff_number, entry.came_from) == ("", "命令行 某账号")


def test_no_file_is_handed_over_that_is_not_on_record(cases, tmp_path):
    cases.new()
    with pytest.raises(NotAllowed):
        export_files.write_issues(
            cases[R.HANDLER], Question("all"), tmp_path / "a.csv", "csv", lambda _line: None
        )
    assert not (tmp_path / "a.csv").exists()
