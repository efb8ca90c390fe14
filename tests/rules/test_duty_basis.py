"""What a 退单 rests on: the 权责清单 names another, or does not name whoever has the case, or is silent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.models import Department, DutyItem, Subdistrict
from dutydesk.rules import duty_basis, ledger
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role, State
from tests.rules.test_duty_lists import BUREAU, OFFICE, put

R, S = Role, State
DAY = date(2026, 11, 24)


def bases(cases, issue_id: int, text: str = "", role: Role = R.HANDLER) -> dict[str, str]:
    found = duty_basis.send_back_bases(cases[role], issue_id, text)
    return {each.title: each.value for each in found}


def test_who_the_list_names_is_offered_first_and_quoted(cases):
    put(cases, [BUREAU, "楼道堆物", "甲-2", "督促物业清理共用部位"])
    issue_id = cases.in_state(S.ASSIGNED)
    offered = bases(cases, issue_id)
    assert list(offered) == ["甲-2 督促物业清理共用部位", "清单无此项"]
    cases.do("send_back", issue_id, basis=offered["甲-2 督促物业清理共用部位"], reason="属物业共用部位")
    row = ledger.after(cases[R.DUTY_OFFICER], "sent_back", None, 5).rows[0]
    assert "退单1次" in row.marks
    assert f"依据：甲-2 督促物业清理共用部位（{BUREAU}）。属物业共用部位" in cases.last(issue_id).text


def test_the_own_list_that_lacks_the_category_is_a_basis(cases):
    issue_id = cases.in_hands(R.LIAISON, S.ASSIGNED)
    offered = bases(cases, issue_id, role=R.LIAISON)
    title = f"{OFFICE}清单不含楼道堆物"
    assert offered[title] == "own"
    cases.do("send_back", issue_id, R.LIAISON, basis="own")
    assert f"权责清单中{OFFICE}的职责不含“楼道堆物”" in cases.last(issue_id).text


def test_what_the_own_list_names_cannot_be_refused_on_it(cases):
    put(cases, [OFFICE, "楼道堆物", "第7条", "牵头整治楼道堆物"])
    issue_id = cases.in_hands(R.LIAISON, S.ASSIGNED)
    assert list(bases(cases, issue_id, role=R.LIAISON)) == ["清单无此项"]
    with pytest.raises(Refused, match="请从权责清单列出的几项里选一项") as refused:
        cases.do("send_back", issue_id, R.LIAISON, basis="own")
    assert refused.value.field == "basis"


def test_where_the_list_is_silent_it_says_so_and_that_is_marked(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    [silent] = duty_basis.send_back_bases(cases[R.HANDLER], issue_id, "")
    assert silent.detail.startswith("清单里没有“楼道堆物”由谁负责")
    cases.do("send_back", issue_id, basis=silent.value, reason="历史遗留，无人认领")
    assert "依据：清单无此项。历史遗留，无人认领" in cases.last(issue_id).text
    assert '"unlisted": true' in cases.last(issue_id).details


@pytest.mark.parametrize("text", ["zfbz", "房屋管理", "甲-2", "共用部位"])
def test_a_basis_is_found_by_pinyin_name_number_and_words(cases, text):
    put(
        cases, [BUREAU, "楼道堆物", "甲-2", "督促物业清理共用部位"], ["居委", "楼道堆物", "3", "楼道巡查劝导"]
    )
    issue_id = cases.in_state(S.ASSIGNED)
    assert list(bases(cases, issue_id, text)) == ["甲-2 督促物业清理共用部位", "清单无此项"]


def test_a_line_about_another_category_is_no_basis(cases):
    item = DutyItem.get(DutyItem.category == cases.rubbish)
    issue_id = cases.in_state(S.ASSIGNED)
    with pytest.raises(Refused, match="请从权责清单"):
        cases.do("send_back", issue_id, basis=f"item:{item.id}")


def test_lines_of_other_subdistricts_and_other_days_are_none(cases):
    town = Subdistrict.create(district=1, code="3", name="别处街道", short_name="别处")
    strange = Department.create(subdistrict=town, code="Q", name="别处管理办", kind="office")
    office = cases.district.departments[0]
    common = {"category": cases.fire, "number": "", "basis": "牵头整治"}
    DutyItem.create(**common, department=strange)
    DutyItem.create(**common, department=office, valid_to=DAY - timedelta(days=1))
    DutyItem.create(**common, department=office, valid_from=DAY + timedelta(days=1))
    issue_id = cases.in_state(S.ASSIGNED)
    assert list(bases(cases, issue_id)) == ["清单无此项"]
    for item in DutyItem.select().where(DutyItem.basis == "牵头整治"):
        with pytest.raises(Refused, match="请从权责清单"):
            duty_basis.basis_said(cases.row(issue_id), f"item:{item.id}")


def test_what_the_residents_committee_answers_for_it_cannot_give_away(cases):
    issue_id = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, S.ASSIGNED)
    assert list(bases(cases, issue_id, role=R.NEIGHBOURHOOD_OFFICER)) == ["清单无此项"]


def test_a_force_has_no_list_of_its_own(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    with pytest.raises(Refused) as refused:
        cases.do("send_back", issue_id, basis="own")
    assert refused.value.field == "basis"
    assert cases.row(issue_id).send_backs == 0


@pytest.mark.parametrize("value", ["", "item:", "item:0", "item:99999", "item:²", "someone", "item:1;--"])
def test_what_was_not_offered_is_refused_and_nothing_is_written(cases, value):
    issue_id = cases.in_state(S.ASSIGNED)
    written = cases.written()
    with pytest.raises(Refused) as refused:
        cases.do("send_back", issue_id, basis=value)
    assert refused.value.field == "basis"
    assert cases.written() == written


def test_it_is_shown_within_ones_scope_only(cases):
    issue_id = cases.in_state(S.ASSIGNED)
    with pytest.raises(NotAllowed):
        duty_basis.send_back_bases(cases.district.elsewhere, issue_id, "")
