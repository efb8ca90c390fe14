"""The sheet that a source wants its answers in: headers asked for once and remembered, each answer as text."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dutydesk.documents import reading
from dutydesk.models import AuditEntry, ImportedRow, ImportSource, Issue
from dutydesk.rules import answer_sheets, export_files, importing
from dutydesk.rules.answer_sheets import asked_by, source_called
from dutydesk.rules.answers import FIELDS
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.import_asking import KnownSource
from dutydesk.vocabulary import Role, Source, State

R, S = Role, State
DAY = date(2026, 11, 24)
HOTLINE = {"source": "hotline", "source_number": "XH-7"}
LINE = KnownSource("12345热线", Source.HOTLINE, True)
THEIRS = [(1, ["十一月答复"]), (2, ["工单编号", "处理结果（200字内）", "满意度", "经办人手机", ""])]


@pytest.fixture
def duty(cases):
    return cases[R.DUTY_OFFICER]


def rows(session, source=LINE):
    sheet = answer_sheets.sheet(session, source, DAY)
    heads = [column.head for column in sheet.columns]
    return [dict(zip(heads, row, strict=True)) for row in sheet.rows]


def test_a_sources_sheet_is_known_by_its_headers_and_the_rest_is_asked(duty):
    asked = asked_by(THEIRS)
    assert asked.heads == (
        ("工单编号", "source_number"),
        ("处理结果（200字内）", "outcome"),
        ("满意度", "satisfied"),
        ("经办人手机", None),
    )
    assert asked.unknown == ["经办人手机"]
    with pytest.raises(Refused, match="没有“手机”"):
        asked.shape({"经办人手机": "手机"})


def test_what_the_source_wants_is_remembered_and_its_answers_stand_so(cases, duty):
    cases.in_state(S.CLOSED, **HOTLINE)
    assert answer_sheets.shape_of(duty, LINE.name) is None
    assert set(rows(duty)[0]) == set(FIELDS.values())
    answer_sheets.remember(duty, LINE.name, LINE.kind, asked_by(THEIRS).shape({"经办人手机": ""}), "a-1")
    assert rows(duty) == [
        {"工单编号": "XH-7", "处理结果（200字内）": "写明的done", "满意度": "满意", "经办人手机": None}
    ]
    assert AuditEntry.get(AuditEntry.name == "answers.shape").staff_number == duty.number
    assert source_called("12345").name == LINE.name


def test_what_was_asked_of_its_lists_stays_remembered_too(duty):
    source = importing.source_named(LINE.name)
    listed = [(1, ("编码", "题目", "小区")), (2, ("1", "楼道堆物", "康健新村"))]
    meant = {"题目": "summary", "编码": "source_number"}
    importing.run(duty, importing.look(duty, source, listed, meant, {"category": "1"}))
    answer_sheets.remember(duty, LINE.name, LINE.kind, (("件号", "source_number"),), "a-1")
    importing.run(
        duty, importing.look(duty, importing.source_named(LINE.name), listed, None, {"category": "2"})
    )
    kept = ImportSource.get()
    assert json.loads(kept.mapping) == meant
    assert answer_sheets.shape_of(duty, LINE.name) == (("件号", "source_number"),)


def test_each_source_gets_what_came_in_by_its_own_list_and_what_was_typed_in(cases, duty):
    made = {
        name: cases.in_state(S.CLOSED, **HOTLINE | {"source_number": name})
        for name in ("市-1", "区-1", "手-1")
    }
    for name in ("市热线", "区热线"):
        source = ImportSource.create(name=name, source=Source.HOTLINE, changed_at=Issue.get().changed_at)
        ImportedRow.create(source=source, key="1", issue=made[f"{name[0]}-1"], content="{}")
    told = [row["来源编号"] for row in rows(duty, source_called("市热线"))]
    assert told == ["市-1", "手-1"]


def test_old_cases_have_their_answer_and_are_not_answered_again(cases, duty):
    cases.do("file_old", cases.answered(S.REVIEW))
    assert rows(duty) == []
    assert answer_sheets.texts(duty, LINE, DAY) == ""


def test_each_answer_is_a_piece_of_text_to_paste(cases, duty):
    for number in ("XH-7", "XH-8"):
        cases.in_state(S.CLOSED, **HOTLINE | {"source_number": number})
    first, second = answer_sheets.texts(duty, LINE, DAY).split("\n\n")
    assert first.startswith("【XH-7】\n关于康健新村")
    assert second.startswith("【XH-8】\n")
    assert "13800001234" not in first


def test_all_of_them_go_into_a_text_file(cases, duty, tmp_path):
    for number in ("XH-7", "XH-8"):
        cases.in_state(S.CLOSED, **HOTLINE | {"source_number": number})
    path = tmp_path / "答复.txt"
    assert export_files.write_answers(duty, LINE, DAY, path, "txt", lambda _line: None) == 2
    text = path.read_text(encoding="utf-8-sig")
    assert text.split() == answer_sheets.texts(duty, LINE, DAY).split()


def test_a_file_of_the_source_gives_the_headers(cases, duty, tmp_path):
    cases.in_state(S.CLOSED, **HOTLINE)
    empty, out, said = tmp_path / "空表.csv", tmp_path / "答复.xlsx", []
    empty.write_text("工单编号,处理结果,处理人\n", encoding="gb18030")
    with pytest.raises(Refused, match=r"认不出这些列：处理人.*--map 处理人="):
        answer_sheets.take_shape(duty, LINE, empty, {}, said.append)
    answer_sheets.take_shape(duty, LINE, empty, {"处理人": "holder"}, said.append)
    assert said == ["表头已记住：工单编号→来源编号，处理结果→办理情况，处理人→承办。"]
    assert export_files.write_answers(duty, LINE, DAY, out, "xlsx", lambda _line: None) == 1
    written = [list(cells) for _, cells in reading.read(out).rows]
    assert written == [["工单编号", "处理结果", "处理人"], ["XH-7", "写明的done", "公共安全力量"]]


def test_an_empty_file_is_no_sheet_of_a_source():
    with pytest.raises(Refused, match="没有表头"):
        asked_by([])


def test_who_may_not_export_neither_sees_nor_sets_it(cases):
    handler = cases[R.HANDLER]
    for ask in (
        lambda: answer_sheets.sheet(handler, LINE, DAY),
        lambda: answer_sheets.texts(handler, LINE, DAY),
        lambda: answer_sheets.sources(handler),
        lambda: answer_sheets.remember(handler, LINE.name, LINE.kind, (), "a-1"),
    ):
        with pytest.raises(NotAllowed):
            ask()
