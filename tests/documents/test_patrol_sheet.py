"""The printed 巡查单, read back as a spreadsheet program would."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from dutydesk.documents import a4
from dutydesk.documents.patrol_sheet import SheetNotWritten, write
from dutydesk.rules.patrol_sheets import Check, PatrolSheet
from dutydesk.vocabulary import Force, Mark, PatrolKind

CHECK = Check(
    id=1,
    patrol_id=1,
    position=1,
    unit_id=1,
    unit="康健新村",
    place="3号楼底层",
    look_at="楼道、门厅有无堆物",
    standard="公共部位无堆物，通行宽度不受影响",
    abnormal="",
    force=Force.SAFETY,
    category_id=1,
    category="楼道堆物",
    mark=Mark.UNCHECKED,
    reason="",
    issue_id=None,
    issue_number="",
    marked_at=None,
    marked_by="",
    backfilled=False,
)


def patrol(*checks: Check, **changes) -> PatrolSheet:
    sheet = PatrolSheet(
        id=1,
        area="康健一片区",
        route="居民区安全线",
        kind=PatrolKind.DAILY,
        day=date(2026, 9, 25),
        partners="",
        walked_at=None,
        finished_at=None,
        finished_by="",
        backfilled=False,
        rest_reason="",
        checks=checks or (CHECK,),
    )
    return replace(sheet, **changes)


def rows(path, index=0) -> list[list[str]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(index).to_python(skip_empty_area=False)


def xml(path, member="xl/worksheets/sheet1.xml") -> str:
    return zipfile.ZipFile(path).read(member).decode()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "巡查单.xlsx"


def test_a_sheet_says_whose_when_and_which(path):
    write([patrol()], path)
    said = rows(path)
    assert said[0][0] == "康健一片区每日巡查单"
    assert said[1][0] == "日期：2026年09月25日 周五  路线：居民区安全线（日常巡查）  共1处"
    assert said[3] == ["序号", "地点", "看什么", "标准", "正常", "异常", "不适用（原因）", "备注"]
    assert said[4] == ["1", "康健新村 3号楼底层", CHECK.look_at, CHECK.standard, "", "", "", ""]
    assert said[-1][0].startswith("巡查人：")


def test_a_joint_patrol_names_who_walks_along(path):
    write([patrol(kind=PatrolKind.JOINT, partners="公共安全、康健派出所")], path)
    assert rows(path)[2][0] == "参加力量和部门：公共安全、康健派出所"


def test_marks_made_so_far_are_on_it(path):
    done = patrol(
        replace(CHECK, mark=Mark.NORMAL),
        replace(CHECK, position=2, mark=Mark.ABNORMAL, issue_number="2026-000123"),
        replace(CHECK, position=3, mark=Mark.NOT_APPLICABLE, reason="停用", backfilled=True),
        walked_at=datetime(2026, 9, 25, 1, 30, tzinfo=UTC),
        backfilled=True,
        rest_reason="暴雨",
    )
    write([done], path)
    said = rows(path)
    assert said[2][0] == "补录：纸质巡查，巡查时间09月25日09:30"
    assert [row[4:] for row in said[5:8]] == [
        ["√", "", "", ""],
        ["", "√", "", "2026-000123"],
        ["", "", "√停用", "补录"],
    ]
    assert said[8][0] == "其余未查的理由：暴雨"


def test_each_route_has_its_own_page_even_when_two_are_called_alike(path):
    write([patrol(), patrol(), patrol(route="[甲]/乙:丙*丁?"), patrol(route="线" * 60)], path)
    names = CalamineWorkbook.from_path(path).sheet_names
    assert names == ["居民区安全线", "居民区安全线2", "甲 乙 丙 丁", "线" * 28]


def test_no_text_is_ever_a_formula_and_no_control_gets_in(path):
    sly = replace(CHECK, place='=HYPERLINK("http://x")', look_at="a\x1b[2Jb\x00", standard="\u202e反")
    write([patrol(sly)], path)
    assert rows(path)[4][1:4] == ['康健新村 =HYPERLINK("http://x")', "a[2Jb", "反"]
    assert "<f>" not in xml(path)
    assert "hyperlink" not in xml(path)


def test_it_prints_on_a4_one_page_across_with_its_head_on_each_page(path):
    write([patrol(*[replace(CHECK, position=n) for n in range(1, 61)])], path)
    page = xml(path)
    assert re.search(r'<pageSetup paperSize="9" [^>]*orientation="landscape"', page)
    assert 'fitToHeight="0"' in page and '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' in page
    assert "第 &amp;P 页，共 &amp;N 页" in page
    assert "居民区安全线!$4:$4" in xml(path, "xl/workbook.xml")


def test_a_long_standard_gets_a_row_high_enough_for_it(path):
    write([patrol(CHECK, replace(CHECK, standard="标准" * 100))], path)
    heights = [float(height) for height in re.findall(r'<row r="[56]"[^>]* ht="([\d.]+)"', xml(path))]
    assert heights[0] == a4.LOWEST
    assert heights[1] >= 400 / 33 * a4.LINE


def test_the_same_patrols_make_the_same_bytes(path, tmp_path):
    other = tmp_path / "other.xlsx"
    write([patrol()], path)
    write([patrol()], other)
    assert path.read_bytes() == other.read_bytes()


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path):
    with pytest.raises(SheetNotWritten, match="没有写成"):
        write([patrol()], tmp_path / "nowhere" / "x.xlsx")
