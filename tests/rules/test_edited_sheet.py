"""An export that was edited comes back: just what was edited is done, and nobody's work is written over."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.documents import reading
from dutydesk.models import AuditEntry, Issue, IssueStep
from dutydesk.rules import edited_sheet, export_files, exporting, import_files
from dutydesk.rules.errors import Refused
from dutydesk.rules.questions import Question
from dutydesk.vocabulary import Role, State, Urgency

R, S = Role, State


class Exported:
    """A sheet as it was exported, with cells that can be edited by the heads of their columns."""

    def __init__(self, session, question=Question("all")):  # noqa: B008
        self.sheet = exporting.sheet(session, question)
        self.heads = [column.head for column in self.sheet.columns]
        self.rows = [[cell if isinstance(cell, str) else "" for cell in row] for row in self.sheet.rows]

    def edit(self, place: int = 0, **cells: str) -> None:
        for head, text in cells.items():
            self.rows[place][self.heads.index("备注（新增）" if head == "备注" else head)] = text

    def cell(self, head: str, place: int = 0) -> str:
        return self.rows[place][self.heads.index(head)]

    def dry_run(self, session):
        return edited_sheet.dry_run(session, self.heads, enumerate(self.rows, 2))

    def apply(self, session, act_id=None):
        return edited_sheet.apply(session, self.heads, enumerate(self.rows, 2), act_id or str(uuid4()))


def steps(issue_id: int) -> list[str]:
    return [
        step.name for step in IssueStep.select().where(IssueStep.issue == issue_id).order_by(IssueStep.id)
    ]


def test_only_a_file_that_was_exported_is_taken(cases):
    assert edited_sheet.is_edited_export(["编号", "问题", "版本", "校验"])
    assert not edited_sheet.is_edited_export(["编号", "问题"])
    with pytest.raises(Refused, match="不是从值班台导出"):
        edited_sheet.dry_run(cases[R.DUTY_OFFICER], ["编号", "问题"], [])


def test_a_file_that_nobody_edited_changes_nothing(cases):
    for state in State:
        cases.in_state(state)
    file = Exported(cases[R.AREA_CHIEF])
    before = cases.written()
    done = file.apply(cases[R.AREA_CHIEF])
    assert (done.changes, done.refused) == ((), ())
    assert done.unchanged == Issue.select().count()
    assert cases.written() == before


def test_just_what_was_edited_is_done_by_the_acts_of_the_screen(cases):
    first, second = cases.new(), cases.new(summary="2号楼电梯停运")
    file = Exported(cases[R.DUTY_OFFICER])
    file.edit(0, 类别="垃圾满溢", 紧急程度="紧急", 优先标记="群众反映强烈", 备注="居民又来电")
    done = file.apply(cases[R.DUTY_OFFICER])
    assert [change.row for change in done.changes] == [2]
    assert done.changes[0].says == (
        "类别由楼道堆物改为垃圾满溢；紧急程度由一般改为紧急", "优先标记改为群众反映强烈", "备注：居民又来电",
    )  # fmt: skip
    issue = Issue.get_by_id(first)
    assert (issue.category_id, issue.urgency, issue.strongly_felt) == (cases.rubbish, Urgency.URGENT, True)
    assert steps(first) == ["register", "recategorise", "flag", "note"]
    assert steps(second) == ["register"]
    assert AuditEntry.select().where(AuditEntry.name == "issues.edited_sheet").count() == 1


def test_texts_are_corrected_and_masked_numbers_stay_as_they_were(cases):
    issue_id = cases.new(summary="楼道堆物，找13912345678王阿姨", spot="3号楼")
    file = Exported(cases[R.DUTY_OFFICER])
    shown = file.cell("问题")
    assert "13912345678" not in shown
    file.edit(0, 问题=f"{shown}，已堵住消防栓", 具体位置="3号楼2层")
    done = file.apply(cases[R.DUTY_OFFICER])
    assert done.refused == ()
    issue = Issue.get_by_id(issue_id)
    assert issue.summary == "楼道堆物，找13912345678王阿姨，已堵住消防栓"
    assert issue.spot == "3号楼2层"


def test_the_dry_run_says_the_same_and_writes_nothing(cases):
    cases.new()
    cases.in_state(S.CLOSED)
    file = Exported(cases[R.DUTY_OFFICER])
    file.edit(0, 优先标记="居民区难以协调")
    file.edit(1, 优先标记="居民区难以协调")
    before = cases.written()
    said = file.dry_run(cases[R.DUTY_OFFICER])
    assert cases.written() == before
    done = file.apply(cases[R.DUTY_OFFICER])
    assert (said.changes, said.refused, said.unchanged) == (done.changes, done.refused, done.unchanged)
    assert said.says == "改动1件，不能改1件，未动0件"


def test_what_somebody_else_changed_since_is_refused_saying_who_and_what(cases):
    issue_id = cases.new()
    file = Exported(cases[R.DUTY_OFFICER])
    cases.do("note", issue_id, R.AREA_CHIEF, text="先核实权属")
    file.edit(0, 类别="垃圾满溢")
    done = file.apply(cases[R.DUTY_OFFICER])
    assert done.changes == ()
    assert "片区长甲已先一步备注：先核实权属" in done.refused[0].reason
    assert Issue.get_by_id(issue_id).category_id == cases.fire


def test_what_somebody_else_changed_is_no_matter_where_the_row_was_not_edited(cases):
    issue_id = cases.new()
    file = Exported(cases[R.DUTY_OFFICER])
    cases.do("note", issue_id, R.AREA_CHIEF, text="先核实权属")
    done = file.apply(cases[R.DUTY_OFFICER])
    assert (done.changes, done.refused, done.unchanged) == ((), (), 1)


def test_reading_the_file_twice_makes_nothing_twice(cases):
    issue_id = cases.new()
    file = Exported(cases[R.DUTY_OFFICER])
    file.edit(0, 类别="垃圾满溢", 备注="居民又来电")
    file.apply(cases[R.DUTY_OFFICER])
    before = cases.written()
    again = file.apply(cases[R.DUTY_OFFICER])
    assert (again.changes, again.refused, again.unchanged) == ((), (), 1)
    assert cases.written() == before
    assert steps(issue_id).count("note") == 1


def test_the_same_act_tried_again_does_nothing(cases):
    cases.new()
    file = Exported(cases[R.DUTY_OFFICER])
    file.edit(0, 优先标记="群众反映强烈")
    act_id = str(uuid4())
    file.apply(cases[R.DUTY_OFFICER], act_id)
    before = cases.written()
    file.apply(cases[R.DUTY_OFFICER], act_id)
    assert cases.written() == before


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"类别": "没有的类"}, "没有类别“没有的类”"),
        ({"紧急程度": "急急"}, "紧急程度没有“急急”"),
        ({"优先标记": "很急"}, "优先标记没有“很急”"),
        ({"问题": " "}, "“问题”不能是空的"),
        ({"具体位置": "长" * 300}, "“具体位置”最多60个字"),
    ],
)
def test_a_cell_that_means_nothing_is_refused_with_what_to_do(cases, cells, reason):
    cases.new()
    file = Exported(cases[R.DUTY_OFFICER])
    file.edit(0, **cells)
    done = file.apply(cases[R.DUTY_OFFICER])
    assert done.changes == ()
    assert reason in done.refused[0].reason


def test_a_row_is_done_whole_or_not_at_all(cases):
    issue_id = cases.in_state(S.REVIEW)
    file = Exported(cases[R.DUTY_OFFICER])
    file.edit(0, 优先标记="群众反映强烈", 类别="垃圾满溢")
    done = file.apply(cases[R.DUTY_OFFICER])
    assert "待核查，不能改类别" in done.refused[0].reason
    assert not Issue.get_by_id(issue_id).strongly_felt


def test_what_one_may_not_do_on_the_screen_is_refused(cases):
    cases.new()
    file = Exported(cases[R.SUPERVISOR])
    file.edit(0, 类别="垃圾满溢")
    assert "您在这里不能改类别" in file.apply(cases[R.SUPERVISOR]).refused[0].reason
    assert "不在您的范围内" in file.apply(cases.district.elsewhere).refused[0].reason


def test_refused_rows_come_back_in_the_same_shape_with_the_reason(cases):
    cases.new()
    file = Exported(cases[R.DUTY_OFFICER])
    file.edit(0, 类别="没有的类")
    sheet = edited_sheet.refused_sheet(file.apply(cases[R.DUTY_OFFICER]))
    heads = [column.head for column in sheet.columns]
    assert heads == [*file.heads, "未改原因"]
    row = next(sheet.rows)
    assert row[:-1] == tuple(file.rows[0])
    assert "没有类别" in row[-1]
    mended = [list(row)]
    mended[0][heads.index("类别")] = "垃圾满溢"
    done = edited_sheet.apply(cases[R.DUTY_OFFICER], heads, enumerate(mended, 2), str(uuid4()))
    assert [change.number for change in done.changes] == [file.cell("编号")]


def test_five_hundred_cases_are_one_act(cases, monkeypatch):
    monkeypatch.setattr(edited_sheet, "AT_A_TIME", 3)
    for _ in range(7):
        cases.new()
    file = Exported(cases[R.DUTY_OFFICER])
    for place in range(7):
        file.edit(place, 优先标记="群众反映强烈")
    assert len(file.apply(cases[R.DUTY_OFFICER]).changes) == 7
    assert AuditEntry.select().where(AuditEntry.name == "issues.edited_sheet").count() == 3


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_through_a_file_nothing_is_taken_for_an_edit_that_was_none(cases, tmp_path, form):
    for text in (
        "=1+1，请看",
        "'=1 单引号",
        "  两头有空格 ",
        "全角＝开头",
        "@楼组长",
        "-1层积水",
        "打13912345678找人",
    ):
        cases.new(summary=text, detail=f"{text}\n第二行，\t有制表符", spot="0012")
    for state in State:
        cases.in_state(state)
    path = tmp_path / f"清单.{form}"
    export_files.write_issues(cases[R.AREA_CHIEF], Question("all"), path, form, lambda _line: None)
    rows = reading.read(path, "问题清单" if form == "xlsx" else "").rows
    outcome = edited_sheet.dry_run(cases[R.AREA_CHIEF], rows[0][1], rows[1:])
    assert (outcome.changes, outcome.refused) == ((), ())
    assert outcome.unchanged == Issue.select().count()


def test_before_it_is_read_back_each_change_is_told_and_each_that_cannot_be(cases, tmp_path):
    for _ in range(3):
        cases.new()
    duty, path, said = cases[R.DUTY_OFFICER], tmp_path / "清单.csv", []
    file = Exported(duty)
    file.edit(0, 具体位置="门厅")
    file.edit(1, 类别="没有的类")
    lines = [file.heads, *file.rows]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in lines), encoding="utf-8-sig")
    before = cases.written()
    assert import_files.bring_in(duty, import_files.Wanted(path), tmp_path, said.append, dry=True) == 1
    assert cases.written() == before
    first, *rest = said
    assert first == "核对改过的导出清单：改动1件，不能改1件，未动1件。"
    assert [line.split("　")[0].strip() for line in rest] == ["第2行", "第3行"]
    assert "具体位置改为“门厅”" in rest[0]
    assert "不能改：没有类别" in rest[1]
