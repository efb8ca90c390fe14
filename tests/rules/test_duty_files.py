"""The 权责清单 as a file: read in as an office has it, told what it would change, written out again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.models import DutyItem
from dutydesk.rules import duty_files
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role

R = Role
DAY = date(2026, 11, 24)


@pytest.fixture
def file(tmp_path):
    """Write a CSV as an office would send it."""

    def make(*lines: str, encoding: str = "utf-8"):
        path = tmp_path / "清单.csv"
        path.write_text("\n".join(("部门,类别,编号,依据", *lines)), encoding=encoding)
        return path

    return make


def bring(cases, path, **more):
    said: list[str] = []
    well = duty_files.bring_in(cases[R.COORDINATOR], path, "", DAY, said.append, **more)
    return well, said


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_written_out_it_can_be_read_in_again(cases, tmp_path, form):
    path, said = tmp_path / f"权责清单.{form}", []
    assert duty_files.write_out(cases[R.COORDINATOR], DAY, path, form) == 2
    assert duty_files.bring_in(cases[R.COORDINATOR], path, "", DAY, said.append)
    assert said[-1].endswith("2个部门：新增0条，不变2条，停用0条")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_comes_in_and_it_is_said_from_when(cases, file, encoding):
    well, said = bring(cases, file("居委,楼道堆物,第1条,楼道巡查", encoding=encoding))
    assert (well, said) == (True, ["权责清单自2026年11月24日起：1个部门：新增1条，不变0条，停用1条"])
    assert DutyItem.select().where(DutyItem.number == "第1条").count() == 1


def test_told_beforehand_nothing_changes(cases, file):
    written = cases.written(), list(DutyItem.select().dicts())
    well, said = bring(cases, file("居委,楼道堆物,第1条,楼道巡查"), dry=True)
    assert (well, said) == (True, ["核对结果：1个部门：新增1条，不变0条，停用1条"])
    assert (cases.written(), list(DutyItem.select().dicts())) == written


def test_each_wrong_place_is_named_the_first_forty_of_them_and_nothing_changes(cases, file):
    written = cases.written(), list(DutyItem.select().dicts())
    well, said = bring(cases, file(*["没有的部门,楼道堆物,,某事"] * 43))
    assert not well
    assert said[0].startswith("  第2行　部门：没有部门“没有的部门”")
    assert said[39].startswith("  第41行") and said[40] == "  还有3处。"
    assert said[41].startswith("核对结果：") and len(said) == 42
    assert (cases.written(), list(DutyItem.select().dicts())) == written


def test_what_is_no_list_is_refused_with_what_to_do(cases, tmp_path, file):
    empty, broken = tmp_path / "空.csv", tmp_path / "坏.xlsx"
    empty.touch()
    broken.write_bytes(b"PK not a workbook")
    for path in (empty, broken, tmp_path / "没有.csv"):
        with pytest.raises(Refused, match=path.name):
            bring(cases, path)


def test_who_does_not_keep_the_list_neither_reads_it_in_nor_writes_it_out(cases, file, tmp_path):
    out = tmp_path / "出" / "清单.csv"
    for dry in (True, False):
        with pytest.raises(NotAllowed, match="管权责清单"):
            duty_files.bring_in(cases[R.DUTY_OFFICER], file("居委,楼道堆物,,某事"), "", DAY, print, dry)
    with pytest.raises(NotAllowed, match="管权责清单"):
        duty_files.write_out(cases[R.DUTY_OFFICER], DAY, out, "csv")
    assert not out.exists()


def test_written_out_is_what_holds_on_that_day(cases, file, tmp_path):
    duty_files.bring_in(
        cases[R.COORDINATOR], file("居委,楼道堆物,第1条,楼道巡查"), "", DAY + timedelta(days=7), print
    )
    for day, has in ((DAY, False), (DAY + timedelta(days=7), True)):
        path = tmp_path / "新的文件夹" / f"{day}.csv"
        assert duty_files.write_out(cases[R.COORDINATOR], day, path, "csv") == 2
        assert ("第1条" in path.read_text(encoding="utf-8-sig")) is has
