"""An export into a file: whole and on record, or nothing of it, and what stood there stays."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dutydesk.documents.issue_sheet import NotWritten
from dutydesk.models import AuditEntry, AuditValues
from dutydesk.rules import export_files
from dutydesk.rules.errors import NotAllowed
from dutydesk.rules.import_asking import KnownSource
from dutydesk.rules.questions import Question
from dutydesk.vocabulary import Role, Source, State

ALL = Question("all")
HOTLINE = KnownSource("12345热线", Source.HOTLINE, True)
DAY = date(2026, 11, 24)


def silent(_line: str) -> None: ...


def write(cases, path, form: str, role: Role = Role.DUTY_OFFICER, say=silent) -> int:
    return export_files.write_issues(cases[role], ALL, path, form, say)


def records() -> int:
    return AuditEntry.select().where(AuditEntry.name == "issues.export").count()


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
class TestEachForm:
    def test_what_is_on_record_is_how_many_went_out_and_as_what(self, cases, tmp_path, form):
        for _ in range(3):
            cases.new()
        assert write(cases, tmp_path / "清单", form) == 3
        entry = AuditEntry.get(AuditEntry.name == "issues.export")
        values = json.dumps(AuditValues.get(AuditValues.entry == entry.id).content, ensure_ascii=False)
        assert "3" in values and form in values

    def test_nothing_is_left_where_the_place_cannot_be_written(self, cases, tmp_path, form):
        cases.new()
        (tmp_path / "是文件").write_text("x")
        with pytest.raises(NotWritten, match="没有写成"):
            write(cases, tmp_path / "是文件" / "清单", form)
        assert [path.name for path in tmp_path.iterdir() if "清单" in path.name] == []
        assert records() == 0

    def test_what_stood_there_stays_where_the_export_is_refused(self, cases, tmp_path, form):
        path = tmp_path / "清单"
        path.write_text("昨天的")
        with pytest.raises(NotAllowed):
            write(cases, path, form, Role.HANDLER)
        assert path.read_text() == "昨天的"
        assert records() == 0

    def test_a_new_one_takes_the_place_of_the_old_and_nothing_lies_beside(self, cases, tmp_path, form):
        path = tmp_path / "出" / "清单"
        cases.new()
        assert write(cases, path, form) == 1
        before = path.read_bytes()
        cases.new()
        assert write(cases, path, form) == 2
        assert path.read_bytes() != before
        assert [each.name for each in path.parent.iterdir()] == ["清单"]
        assert path.parent.stat().st_mode & 0o077 == 0, "a folder made for it is its owner's"


def test_an_empty_list_is_a_list(cases, tmp_path):
    said: list[str] = []
    assert write(cases, tmp_path / "清单.json", "json", say=said.append) == 0
    assert json.loads((tmp_path / "清单.json").read_text(encoding="utf-8")) == []
    assert said == ["已写0件"]


def test_the_records_of_a_file_are_the_cases_in_order(cases, tmp_path):
    numbers = [cases.row(cases.new()).number for _ in range(4)]
    write(cases, tmp_path / "清单.json", "json")
    told = json.loads((tmp_path / "清单.json").read_text(encoding="utf-8"))
    assert [record["number"] for record in told] == numbers


def test_answers_to_paste_are_parted_by_lines_as_windows_has_them(cases, tmp_path):
    for number in ("XH-1", "XH-2"):
        cases.in_state(State.CLOSED, source="hotline", source_number=number)
    said: list[str] = []
    path = tmp_path / "答复.txt"
    duty = cases[Role.DUTY_OFFICER]
    assert export_files.write_answers(duty, HOTLINE, DAY, path, "txt", said.append) == 2
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "an editor of old needs to be told that it is UTF-8"
    assert raw.count(b"\n") == raw.count(b"\r\n") > 0
    assert [line for line in raw.decode("utf-8-sig").splitlines() if line.startswith("【")] == [
        "【XH-1】",
        "【XH-2】",
    ]
    assert said == ["已写2件"]
    assert AuditEntry.get(AuditEntry.name == "issues.export").subject == "export 办理答复·12345热线"


def test_who_may_not_export_gets_no_answers(cases, tmp_path):
    for form in ("txt", "csv"):
        with pytest.raises(NotAllowed):
            export_files.write_answers(
                cases[Role.HANDLER], HOTLINE, DAY, tmp_path / f"答复.{form}", form, silent
            )
    assert [path for path in tmp_path.iterdir() if "答复" in path.name] == []
    assert records() == 0
