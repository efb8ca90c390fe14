"""The sheet of the ledger, read back as a spreadsheet program would."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import datetime

import pytest
from python_calamine import CalamineWorkbook

from dutydesk.documents.issue_sheet import NotWritten, guard, write_csv, write_xlsx
from dutydesk.rules.exporting import Column, Sheet

COLUMNS = (
    Column("编号", 13),
    Column("类别", 14, editable=True, choices=("楼道堆物", "垃圾满溢")),
    Column("问题", 40, editable=True),
    Column("期限", 16),
    Column("版本", 6, hidden=True),
)
AT = datetime(2026, 11, 24, 10, 30)


def sheet(*rows, columns=COLUMNS, notes=()) -> Sheet:
    return Sheet("问题清单", columns, iter(rows), len(rows), notes)


def row(number: int, text: str = "3号楼楼道堆放旧家具"):
    return (f"2026-{number:06d}", "楼道堆物", text, AT, "4")


def member(path, name: str) -> str:
    with zipfile.ZipFile(path) as book:
        return book.read(name).decode()


def read(path, index: int = 0):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(index).to_python(skip_empty_area=False)


def test_rows_come_back_as_they_were_with_moments_as_dates(tmp_path):
    write_xlsx(sheet(row(1), row(2, "")), tmp_path / "a.xlsx")
    heads, first, second = read(tmp_path / "a.xlsx")
    assert heads == ["编号", "类别", "问题", "期限", "版本"]
    assert first == ["2026-000001", "楼道堆物", "3号楼楼道堆放旧家具", AT, "4"]
    assert second[2] == ""


def test_the_head_stays_in_sight_with_a_filter_and_what_may_be_edited_has_drop_downs(tmp_path):
    write_xlsx(sheet(row(1), row(2)), tmp_path / "a.xlsx")
    page = member(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert '<pane xSplit="1" ySplit="1"' in page
    assert '<autoFilter ref="A1:E3"/>' in page
    assert 'sqref="B2:B3"' in page
    assert '<formula1>"楼道堆物,垃圾满溢"</formula1>' in page
    assert re.search(r'<col min="5" max="5" [^>]*hidden="1"', page)


def test_a_long_list_stands_on_a_hidden_worksheet(tmp_path):
    many = tuple(f"第{n}类问题说明" for n in range(60))
    columns = (Column("编号", 13), Column("类别", 14, editable=True, choices=many))
    write_xlsx(sheet(("2026-000001", many[0]), columns=columns), tmp_path / "a.xlsx")
    page = member(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert "<formula1>选项!$A$1:$A$60</formula1>" in page
    assert 'name="选项" sheetId="2" state="hidden"' in member(tmp_path / "a.xlsx", "xl/workbook.xml")
    assert [line[0] for line in read(tmp_path / "a.xlsx", 1)] == list(many)


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-cmd|' /C calc'!A0", "@SUM(A1)", " =1", "＝1", "http://x.example"]
)
def test_no_text_is_a_formula_or_a_link(tmp_path, text):
    write_xlsx(sheet(row(1, text)), tmp_path / "a.xlsx")
    page = member(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml")
    assert "<f>" not in page
    assert "hyperlink" not in page
    assert read(tmp_path / "a.xlsx")[1][2] == text


def test_more_rows_than_a_worksheet_takes_go_on_the_next_one(tmp_path):
    write_xlsx(sheet(*(row(n) for n in range(1, 6))), tmp_path / "a.xlsx", most=2)
    book = CalamineWorkbook.from_path(tmp_path / "a.xlsx")
    assert book.sheet_names == ["问题清单", "问题清单2", "问题清单3"]
    numbers = [line[0] for page in range(3) for line in read(tmp_path / "a.xlsx", page)[1:]]
    assert numbers == [f"2026-{n:06d}" for n in range(1, 6)]


def test_an_empty_list_has_its_heads(tmp_path):
    write_xlsx(sheet(), tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx") == [["编号", "类别", "问题", "期限", "版本"]]


def test_the_same_rows_make_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(sheet(row(1), row(2), notes=("说明",)), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_is_left_lying_about(tmp_path):
    write_xlsx(sheet(row(1)), tmp_path / "a.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    with pytest.raises(NotWritten, match="写权限"):
        write_xlsx(sheet(row(1)), tmp_path / "nowhere" / "a.xlsx")
    with pytest.raises(NotWritten, match="写权限"):
        write_csv(sheet(row(1)), tmp_path / "nowhere" / "a.csv")


def test_csv_is_utf8_with_the_mark_and_quotes_what_must_be(tmp_path):
    write_csv(sheet(row(1, '门口"积水"，\n请看')), tmp_path / "a.csv")
    raw = (tmp_path / "a.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    heads, first = csv.reader((tmp_path / "a.csv").open(encoding="utf-8-sig", newline=""))
    assert heads[0] == "编号"
    assert first == ["2026-000001", "楼道堆物", '门口"积水"，\n请看', "2026-11-24 10:30", "4"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "＠a", "'=1"])
def test_csv_guards_what_would_be_a_formula(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["3号楼", "1-2号楼", "'单引号", ""])
def test_csv_leaves_other_texts_alone(text):
    assert guard(text) == text


def test_a_sheet_beyond_the_size_of_old_archives_is_written_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)  # 2 GB, as a test can afford them
    write_xlsx(sheet(*(row(n) for n in range(1, 200))), tmp_path / "a.xlsx")
    assert len(read(tmp_path / "a.xlsx")) == 200
