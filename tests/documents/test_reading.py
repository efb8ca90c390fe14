"""Reading files from anywhere: encodings, dates, damaged numbers, empty rows, text that must stay text."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from dutydesk.documents import big_sheet, reading
from dutydesk.documents.reading import DAMAGED, Unreadable, read, sheets

HEADS = ["来源编号", "标题", "时间"]


def cells(path: Path, sheet: str = ""):
    return [list(row) for _, row in read(path, sheet).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_the_usual_encodings(tmp_path, encoding):
    path = tmp_path / "表.csv"
    path.write_bytes("来源编号,标题\r\nA1,“电梯”故障，停运\r\n".encode(encoding))
    assert cells(path) == [["来源编号", "标题"], ["A1", "“电梯”故障，停运"]]


def test_what_no_encoding_reads_says_what_to_do(tmp_path):
    path = tmp_path / "表.csv"
    path.write_bytes(b"\xff\xff\x00\x81\x00\xff")
    with pytest.raises(Unreadable, match="编码"):
        read(path)


def test_a_guard_before_a_formula_goes_and_the_text_stays(tmp_path):
    path = tmp_path / "表.csv"
    path.write_text("编号,标题\n1,'=1+1\n2,'普通\n", encoding="utf-8")
    assert cells(path)[1:] == [["1", "=1+1"], ["2", "'普通"]]


def test_excel_dates_numbers_and_damaged_ones(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("清单")
        sheet.write_row(1, 1, HEADS)
        sheet.write_number(3, 1, 123456)
        sheet.write_string(3, 2, "\x07电梯\u202e故障")
        sheet.write_datetime(
            3, 3, datetime(2026, 11, 24, 9, 5), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        )
        sheet.write_number(4, 1, 2026112400001234567)
        book.add_worksheet("别的").write(0, 0, "x")
    assert sheets(path) == ["清单", "别的"]
    rows = read(path).rows
    assert [number for number, _ in rows] == [2, 4, 5]
    assert rows[0][1] == ["", *HEADS]
    assert rows[1][1] == ["", "123456", "电梯故障", "2026-11-24 09:05:00"]
    assert rows[2][1][1].startswith(DAMAGED)
    assert cells(path, "别的") == [["x"]]
    with pytest.raises(Unreadable, match="没有工作表"):
        read(path, "没有")


def test_no_such_file_a_wrong_kind_and_a_broken_one(tmp_path):
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    for path in (tmp_path / "无.csv", tmp_path / "图.png", broken):
        if path.suffix == ".png":
            path.write_bytes(b"x")
        with pytest.raises(Unreadable):
            read(path)


def rows_of(path, name):
    """Its rows, without the empty cells with which one way of reading fills up a row."""
    return [(number, "\t".join(row).rstrip("\t")) for number, row in reading.stream(path, name)]


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("since_1904", [False, True])
def test_a_large_sheet_is_read_as_a_small_one_is(tmp_path, monkeypatch, inline, since_1904):
    """Row by row from the archive, and whole by calamine: the same rows, whatever stands in the cells."""
    path = tmp_path / "多种.xlsx"
    options = {"constant_memory": inline, "date_1904": since_1904, "strings_to_formulas": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.add_worksheet("说明").write_string(0, 0, "第一张")
        sheet, bold = book.add_worksheet("清单"), book.add_format({"bold": True})
        look = {
            code: book.add_format({"num_format": code})
            for code in ("yyyy-mm-dd hh:mm", 'yyyy"年"m"月"d"日"', "h:mm", "0.00", '0"月"', "[Red]#,##0", "@")
        }
        sheet.write_row(0, 0, ["编号", "空", "日期"])
        sheet.write_datetime(2, 2, datetime(2026, 11, 20, 9, 5), look["yyyy-mm-dd hh:mm"])
        sheet.write_datetime(2, 4, datetime(2026, 11, 20), look['yyyy"年"m"月"d"日"'])
        sheet.write_datetime(2, 5, time(9, 5), look["h:mm"])
        sheet.write_number(3, 1, 12.5, look["0.00"])
        sheet.write_number(3, 2, 7, look['0"月"'])
        sheet.write_number(3, 3, 2026112400001234560, look["[Red]#,##0"])
        sheet.write_boolean(4, 0, True)
        sheet.write_formula(4, 1, "=1+1", None, 2)
        sheet.write_formula(4, 2, '="字"&"甲"', None, "字甲")
        if not inline:
            sheet.write_rich_string(4, 3, "一", bold, "粗的", "字")
        sheet.write_string(5, 0, "两行\n=1+1 &<甲>", look["@"])
    small = {name: rows_of(path, name) for name in ("说明", "清单")}
    monkeypatch.setattr(big_sheet, "BIG", 0)
    assert {name: rows_of(path, name) for name in ("说明", "清单")} == small
    assert [len(top) for top in reading.tops(path, 3).values()] == [1, 3]
    assert len(small["清单"]) == 5
    with pytest.raises(reading.Unreadable, match="没有工作表"):
        list(reading.stream(path, "无"))


@pytest.mark.parametrize("wrong", [b"\x00", b"\xff"])
def test_a_large_sheet_that_is_broken_says_so(tmp_path, monkeypatch, wrong):
    path = tmp_path / "坏.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["甲", "乙"])
    whole = bytearray(path.read_bytes())
    at = whole.index(b"xl/worksheets/sheet1.xml") + 40
    whole[at : at + 30] = wrong * 30
    path.write_bytes(whole)
    monkeypatch.setattr(big_sheet, "BIG", 0)
    with pytest.raises(reading.Unreadable, match="打不开"):
        list(reading.stream(path))
