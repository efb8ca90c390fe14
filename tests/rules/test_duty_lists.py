"""权责清单: an office's list is read in, holds from a day on, and what was stays."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, DutyItem
from dutydesk.rules import duty_lists
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
