"""权责清单: an office's list is read in, holds from a day on, and what was stays; a 退单 rests on it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, DutyItem
from dutydesk.rules import duty_basis, duty_files, duty_lists, ledger
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.organisation import duty_bases
from dutydesk.vocabulary import Role, State

R, S = Role, State
DAY = date(2026, 11, 24)
HEADS = ["部门", "类别", "编号", "职责"]
OFFICE, BUREAU = "社区管理办公室", "区住房保障和房屋管理局"


def put(cases, *rows, since: date = DAY, heads=HEADS, act_id: str = ""):
    return duty_lists.replace(cases[R.COORDINATOR], heads, enumerate(rows, 2), since, act_id or str(uuid4()))


def test_a_list_holds_from_its_day_on_and_the_past_stays(cases):
    office = cases.district.departments[0]
    report = put(
        cases,
        [OFFICE, "楼道堆物、垃圾满溢", "第7条", "牵头整治楼道堆物"],
        ["居委", "LJ01", "第3条", "环境卫生日常巡查"],
        since=DAY + timedelta(days=7),
    )
    assert report.says == "2个部门：新增3条，不变0条，停用2条"
    assert duty_bases(cases.building, office) == ["科室职责第5条：违建处置"], "until the day before"
    assert duty_bases(cases.fire, office) == []
    cases.clock.shift(timedelta(days=7))
    assert duty_bases(cases.building, office) == []
    assert duty_bases(cases.fire, office) == ["第7条 牵头整治楼道堆物"]
    assert duty_bases(cases.rubbish, None) == ["第3条 环境卫生日常巡查"]
    old = DutyItem.get(DutyItem.category == cases.building)
    assert old.valid_to == DAY + timedelta(days=6)
    assert AuditEntry.select().where(AuditEntry.name == "duties.replace").count() == 1


def test_departments_that_are_not_in_the_file_keep_theirs(cases):
    put(cases, ["居委", "楼道堆物", "", "楼道巡查劝导"])
    assert duty_bases(cases.building, cases.district.departments[0]) == ["科室职责第5条：违建处置"]
    assert duty_bases(cases.rubbish, None) == []


def test_the_same_list_again_changes_nothing(cases):
    rows = (["居委", "楼道堆物", "第1条", "楼道巡查"], [BUREAU, "违法搭建", "甲-2", "物业监管"])
    put(cases, *rows)
    assert put(cases, *rows).says == "2个部门：新增0条，不变2条，停用0条"


def test_the_same_act_tried_again_does_nothing(cases):
    act_id = str(uuid4())
    for _ in range(2):
        put(cases, ["居委", "楼道堆物", "第1条", "楼道巡查"], act_id=act_id)
    assert DutyItem.select().where(DutyItem.number == "第1条").count() == 1


def test_with_one_wrong_row_nothing_is_changed_and_each_is_named(cases):
    before = list(DutyItem.select().order_by(DutyItem.id).dicts())
    report = put(
        cases,
        ["居委", "楼道堆物", "", "楼道巡查"],
        ["没有的部门", "楼道堆物", "", "某事"],
        [OFFICE, "没有的类、楼道堆物", "", "某事"],
        [OFFICE, "", "", "某事"],
        ["", "", "", ""],
    )
    assert [(error.row, error.head) for error in report.errors] == [(3, "部门"), (4, "类别"), (5, "类别")]
    assert "没有类别“没有的类”" in report.errors[1].says
    assert list(DutyItem.select().order_by(DutyItem.id).dicts()) == before


def test_a_dry_run_tells_and_changes_nothing(cases):
    before = cases.written(), list(DutyItem.select().dicts())
    report = duty_lists.dry_run(cases[R.COORDINATOR], HEADS, [(2, ["居委", "楼道堆物", "", "巡查"])], DAY)
    assert (report.new, report.ended) == (1, 1)
    assert (cases.written(), list(DutyItem.select().dicts())) == before


@pytest.mark.parametrize(
    ("heads", "says"), [(["部门", "内容"], "缺少列：类别"), (["甲", "乙"], "缺少列：部门、类别、依据")]
)
def test_missing_columns_are_named(cases, heads, says):
    with pytest.raises(Refused, match=says):
        put(cases, ["居委", "某事"], heads=heads)


def test_only_who_keeps_the_list_may_change_it(cases):
    with pytest.raises(NotAllowed, match="管权责清单"):
        duty_lists.replace(cases[R.DUTY_OFFICER], HEADS, [], DAY, str(uuid4()))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_written_out_it_can_be_read_in_again(cases, tmp_path, form):
    path, said = tmp_path / f"权责清单.{form}", []
    assert duty_files.write_out(cases[R.COORDINATOR], DAY, path, form) == 2
    assert duty_files.bring_in(cases[R.COORDINATOR], path, "", DAY, said.append)
    assert said[-1].endswith("2个部门：新增0条，不变2条，停用0条")


# -- the basis of a 退单 ---------------------------------------------------------------------------------------------


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
