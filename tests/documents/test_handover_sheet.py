"""The printed 交接班记录 and 值班表, read back as a spreadsheet program would."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dutydesk.documents import handover_sheet, roster_sheet
from dutydesk.documents.a4 import SheetNotWritten
from dutydesk.rules.duty_roster import Cell, RosterDay, RosterSheet, Share
from dutydesk.rules.handover_lines import SECTIONS, Line
from dutydesk.rules.handover_page import Page
from dutydesk.rules.shift_pattern import Tally, kinds_of
from dutydesk.vocabulary import RosterState

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PAGE = Page(
    id=3,
    area="康健一片区",
    shift="日班",
    since=AT,
    until=AT,
    next_until=AT,
    outgoing="值班员甲",
    incoming_id=2,
    incoming="王芳",
    lines=(
        Line("due", "康健新村 楼道堆物（处置中）", "11月24日 18:00", 1, "2026-000001"),
        Line("free", "=1+1 钥匙在门卫" + "，请还" * 60),
    ),
    digest="ab" * 32,
    signed_in_at=AT,
    remark="收到",
    notes=("11月24日 18:10 值班员甲：钥匙其实在居委",),
)
KINDS = kinds_of("日班 08:30-18:00、夜班 18:00-08:30")
ROSTER = RosterSheet(
    area="康健一片区",
    month="2026-12",
    state=RosterState.PUBLISHED,
    kinds=KINDS,
    days=(
        RosterDay(
            date(2026, 12, 1), "工作日", True, (Cell(KINDS[0], 1, "王芳"), Cell(KINDS[1], None, "", "空缺"))
        ),
    ),
    shares=(Share(1, "王芳", Tally(1), Tally(9, 4, 2, 1)),),
    problems=("12月1日夜班：空缺",),
    version=2,
    chief=True,
    notice="",
)


def rows(path: Path, sheet: int = 0) -> list[list[str]]:
    book = CalamineWorkbook.from_path(str(path))
    return [
        [str(cell) for cell in row if cell != ""]
        for row in book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)
    ]


def test_a_page_is_all_there_with_its_additions_and_its_hash(tmp_path):
    path = tmp_path / "page.xlsx"
    handover_sheet.write(PAGE, SECTIONS, "康健一片区 11月24日 日班交接班记录", path)
    found = rows(path)
    assert found[0] == ["康健一片区 11月24日 日班交接班记录"]
    assert ["1", "下一班内到期", "2026-000001", "11月24日 18:00", "康健新村 楼道堆物（处置中）"] in found
    assert any(row and row[-1].startswith("=1+1 钥匙在门卫") for row in found), "shown, not calculated"
    said = [row[0] for row in found if row]
    assert "补充 11月24日 18:10 值班员甲：钥匙其实在居委" in said
    assert f"签字内容校验码 sha256：{'ab' * 32}" in said
    assert said[-1].startswith("交班人：")


def test_a_month_is_on_one_page_with_what_is_vacant_and_what_each_has_had(tmp_path):
    path = tmp_path / "roster.xlsx"
    roster_sheet.write(ROSTER, path)
    found = rows(path)
    assert found[0] == ["康健一片区2026年12月值班表"]
    assert ["12月1日", "二", "工作日", "王芳", "（空缺）"] in found
    assert ["注意：12月1日夜班：空缺"] in found
    assert rows(path, 1)[0] == ["康健一片区2026年12月值班表：每人班数"]
    assert rows(path, 1)[2] == ["王芳", "1", "0", "0", "0", "4", "2", "1"]


@pytest.mark.parametrize(
    "write",
    [
        lambda path: handover_sheet.write(PAGE, SECTIONS, "记录", path),
        lambda path: roster_sheet.write(ROSTER, path),
    ],
)
def test_the_same_content_gives_the_same_bytes_and_it_is_a4(tmp_path, write):
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    write(first)
    write(second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'paperSize="9"' in sheet and "landscape" not in sheet


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SheetNotWritten, match="没有写成"):
        roster_sheet.write(ROSTER, tmp_path / "file" / "roster.xlsx")
