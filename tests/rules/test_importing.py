"""Importing a list: what is new, changed, the same or wrong; twice nothing twice; newer lists; interrupted ones."""

from __future__ import annotations

from datetime import timedelta

import pytest
import xlsxwriter

from dutydesk.documents import reading
from dutydesk.models import ImportedRow, ImportSource, Issue, IssueStep
from dutydesk.rules import import_files, importing, search
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, Source, State
from tests.rules.conftest import NOW

HEADS = (
    "工单编号",
    "诉求标题",
    "诉求内容",
    "居民区",
    "问题类型",
    "来电时间",
    "办理期限",
    "处理结果",
    "办结时间",
)
GOOD = ("XH-1", "楼道堆物", "三楼堆满旧家具", "康健新村", "楼道堆物", "2026-11-20 9:05", "2026-11-30", "", "")


def rows(*told):
    return list(enumerate([HEADS, *told], 1))


@pytest.fixture
def chief(cases):
    return cases[Role.AREA_CHIEF]


def bring(session, *told, name="热线", **more):
    plan = importing.look(session, importing.source_named(name), rows(*told), **more)
    importing.run(session, plan)
    return plan.report


def counts(report):
    return report.new, report.changed, report.same, len(report.refused)


def test_a_row_becomes_a_case_with_its_number_and_its_sources_limit(cases, chief):
    assert counts(bring(chief, GOOD)) == (1, 0, 0, 0)
    issue = Issue.get()
    assert (issue.summary, issue.source, issue.source_number) == ("楼道堆物", Source.HOTLINE, "XH-1")
    assert issue.state is State.REPORTED
    assert issue.source_due_at.astimezone(CHINA).strftime("%m-%d %H:%M") == "11-30 18:00"
    assert issue.reported_at.astimezone(CHINA).strftime("%m-%d %H:%M") == "11-20 09:05"
    cases.do("open", issue.id)
    assert Issue.get().due_at == issue.source_due_at
    assert search.page(chief, "XH-1", open_only=True, edge=None, forward=True, count=9) == [issue.id]
    assert check() == []


def test_twice_the_same_makes_nothing_twice(chief):
    bring(chief, GOOD)
    assert counts(bring(chief, GOOD)) == (0, 0, 1, 0)
    assert Issue.select().count() == ImportedRow.select().count() == ImportSource.select().count() == 1


def test_without_a_number_a_row_is_known_by_what_it_says(chief):
    told = ("", *GOOD[1:])
    bring(chief, told)
    assert counts(bring(chief, told)) == (0, 0, 1, 0)
    assert counts(bring(chief, ("", "垃圾满溢", *GOOD[2:]))) == (1, 0, 0, 0)


def test_a_newer_list_changes_what_it_says_anew_and_not_what_staff_wrote(cases, chief):
    bring(chief, GOOD)
    issue = Issue.get()
    cases.do("open", issue.id)
    Issue.update(detail="本单位更正过的详情").where(Issue.id == issue.id).execute()
    newer = ("XH-1", "楼道堆物严重", "又多了两件", *GOOD[3:6], "2026-12-10", "", "")
    assert counts(bring(chief, newer)) == (0, 1, 0, 0)
    issue = Issue.get()
    assert (issue.summary, issue.detail) == ("楼道堆物严重", "本单位更正过的详情")
    assert issue.due_at == issue.source_due_at
    assert issue.due_at.astimezone(CHINA).strftime("%m-%d") == "12-10"
    assert [step.name for step in issue.steps.order_by(IssueStep.id)][-2:] == [
        "source_update",
        "source_extension",
    ]
    assert "未覆盖" in IssueStep.get(IssueStep.name == "source_update").text


def test_an_answer_becomes_a_step_of_its_day_and_waits_for_the_check(chief):
    bring(chief, (*GOOD[:7], "已清理完毕", "2026-11-22 15:00"))
    issue = Issue.get()
    assert (issue.state, issue.outcome) == (State.REVIEW, "已清理完毕")
    step = IssueStep.select().order_by(IssueStep.id.desc()).first()
    assert step.name == "source_answer"
    assert step.occurred_at.astimezone(CHINA).strftime("%m-%d %H:%M") == "11-22 15:00"
    assert step.recorded_at - step.occurred_at > timedelta(days=1)
    assert check() == []


@pytest.mark.parametrize(
    ("place", "said", "field", "words"),
    [
        (0, f"{reading.DAMAGED}2026112400001234567", "source_number", "15位"),
        (1, "", "summary", "空的"),
        (3, "没有的小区", "unit", "不在治理单元里"),
        (3, "桂林苑", "unit", "职责范围"),
        (4, "没有的类", "category", "不在类别里"),
        (5, "上上周三", "reported_at", "上上周三"),
        (5, "2027-01-01 9:00", "reported_at", "还没到"),
        (6, "尽快", "source_due", "尽快"),
        (8, "二〇二六年", "answered_at", "二〇二六年"),
    ],
)
def test_what_is_wrong_is_said_by_column_and_the_rest_goes_in(chief, place, said, field, words):
    bad = list(GOOD)
    bad[0], bad[place] = "XH-2", said
    if place == 1:
        bad[2] = ""
    report = bring(chief, GOOD, tuple(bad))
    assert counts(report) == (1, 0, 0, 1)
    assert words in report.refused[0].wrong[field]
    assert Issue.select().count() == 1


def test_what_is_wrong_is_said_in_words_of_the_office_and_not_of_the_command(chief):
    report = bring(chief, ("XH-9", "", "", "没有的小区", "没有的类", "尽快", "", "", ""))
    why = report.refused[0].why
    assert "--" not in why and "。；" not in why
    assert "2026-11-24 15:30" in report.refused[0].wrong["reported_at"]
    assert "统一归到一处" in report.refused[0].wrong["unit"]


def test_a_number_twice_in_one_file_goes_in_once(chief):
    report = bring(chief, GOOD, ("XH-1", "垃圾满溢", *GOOD[2:]))
    assert counts(report) == (1, 0, 0, 1)
    assert "第2行" in report.refused[0].why


def test_columns_are_asked_for_once_and_remembered(chief):
    strange = [(1, ("编码", "说的什么", "哪里")), (2, ("1", "楼道堆物", "康健新村"))]
    source = importing.source_named("居委自办表")
    with pytest.raises(Refused, match="--map"):
        importing.look(chief, source, strange)
    meant = {"说的什么": "summary", "哪里": "unit", "编码": "source_number"}
    plan = importing.look(chief, importing.source_named("居委自办表"), strange, meant, {"category": "1"})
    importing.run(chief, plan)
    again = importing.look(chief, importing.source_named("居委自办表"), strange)
    assert counts(again.report) == (0, 0, 1, 0)


def test_an_interrupted_import_goes_on(chief, monkeypatch):
    many = [(f"XH-{n}", f"楼道堆物第{n}处", *GOOD[2:]) for n in range(7)]
    monkeypatch.setattr(importing, "AT_A_TIME", 3)
    plan = importing.look(chief, importing.source_named("热线"), rows(*many))

    def cut(line):
        if "6/7" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.run(chief, plan, cut)
    assert Issue.select().count() == 6
    assert counts(bring(chief, *many)) == (1, 0, 6, 0)
    assert Issue.select().count() == 7
    assert check() == []


def test_only_desks_and_coordinators_may(cases):
    for role in (Role.HANDLER, Role.LIAISON, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.NEIGHBOURHOOD_OFFICER):
        with pytest.raises(NotAllowed):
            importing.look(cases[role], importing.source_named("热线"), rows(GOOD))
    plan = importing.look(
        cases[Role.COORDINATOR], importing.source_named("热线"), rows((*GOOD[:3], "桂林苑", *GOOD[4:]))
    )
    assert importing.run(cases[Role.COORDINATOR], plan) == 1


def test_a_file_hands_its_bad_rows_back_in_its_own_shape(chief, tmp_path):
    path, outbox, said = tmp_path / "热线.xlsx", tmp_path / "发件夹", []
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((HEADS, GOOD, ("XH-2", "", "", *GOOD[3:]))):
            sheet.write_row(place, 0, row)
    wanted = import_files.Wanted(path)
    assert import_files.bring_in(chief, wanted, outbox, said.append, dry=True) == 1
    assert Issue.select().count() == 0 and not outbox.exists()
    assert import_files.bring_in(chief, wanted, outbox, said.append) == 1
    assert Issue.select().count() == 1
    back = reading.read(outbox / "未导入-热线.xlsx").rows
    assert [len(cells) for _, cells in back] == [len(HEADS) + 1] * 2
    assert back[1][1][-1].startswith("问题：")
    assert any("新增1件" in line for line in said)
    assert NOW


def test_a_file_that_is_none_says_so(chief, tmp_path):
    with pytest.raises(Refused, match="没有找到文件"):
        import_files.bring_in(chief, import_files.Wanted(tmp_path / "无.xlsx"), tmp_path, print)
