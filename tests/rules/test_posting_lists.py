"""下沉力量 as a list: each wrong cell is told under its head, what is well comes in, and goes out as it is read in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.documents.issue_sheet import write_xlsx
from dutydesk.models import Area, AuditEntry, Posting, PostingDay, Staff
from dutydesk.rules import posting_lists, postings, staff_files, staff_records
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Attendance, Role
from tests.conftest import ELSEWHERE
from tests.rules.eyes import THE_DAY, TODAY, audited

pytestmark = pytest.mark.both
R = Role
HEADS = ["工号", "姓名", "派出部门", "片区", "条线", "起", "止"]
GOOD = ["D99", "值班员乙", "社区管理办公室", "康健一片区", "民政", "2026-12-01", ""]


def row(**changes: str) -> list[str]:
    """The good row with other cells."""
    return [changes.get(head, cell) for head, cell in zip(HEADS, GOOD, strict=True)]


def bring(session, *rows, dry=False, heads=HEADS):
    return posting_lists.bring_in(session, heads, list(enumerate(rows, 2)), TODAY, dry)


WRONG = {
    "工号空着": ({"工号": ""}, "工号", "不能是空的，每个人都要有工号。"),
    "不在名册": ({"工号": "XH9"}, "工号", "名册里没有工号“XH9”，请先添加或导入名册。"),
    "姓名是别人": ({"姓名": "许志强"}, "姓名", "工号 D99 是值班员乙的，请核对是不是同一个人。"),
    "没有这个部门": ({"派出部门": "水务办"}, "派出部门", "没有部门“水务办”，请写全称或代码。"),
    "片区空着": ({"片区": ""}, "片区", "要写明下沉到哪个片区。"),
    "没有这个片区": ({"片区": "漕溪片区"}, "片区", "没有片区“漕溪片区”，请写名称或代码。"),
    "起看不懂": ({"起": "去年底"}, "起", "“去年底”看不懂，请写成 2026-12-01。"),
    "没有那一天": ({"止": "2026-02-30"}, "止", "“2026-02-30”看不懂，请写成 2026-12-01。"),
    "止早于起": ({"止": "2026-11-01"}, "止", "2026-11-01早于起的日期2026-12-01，请核对。"),
    "离岗以后": ({"工号": "D03", "姓名": ""}, "工号", "处置人员甲2026-11-30离岗，请核对起止。"),
    "片区已撤": (
        {"片区": "康健二片区"},
        "片区",
        "康健二片区在2026-12-01起不是一直都有，请核对起止。",
    ),
}


@pytest.fixture
def ready(cases, keeper):
    Staff.update(left_on=date(2026, 11, 30)).where(Staff.number == "D03").execute()
    Area.update(valid_to=date(2026, 12, 31)).where(Area.id == cases.district.areas[1]).execute()
    return keeper


@pytest.mark.parametrize("kind", WRONG)
def test_each_wrong_cell_is_told_and_the_other_rows_come_in(ready, kind):
    changes, head, says = WRONG[kind]
    report = bring(ready, row(**changes), row())
    assert [(error.row, error.head, error.says) for error in report.errors] == [(2, head, says)]
    assert report.says == "1条下沉：新增1条，更正0条，不变0条；1行有错，不导入"
    assert Posting.select().count() == 1


def test_a_dry_run_says_the_same_and_writes_nothing(ready):
    entries = AuditEntry.select().count()
    assert (
        bring(ready, row(), row(工号=""), dry=True).says
        == "1条下沉：新增1条，更正0条，不变0条；1行有错，不导入"
    )
    assert (Posting.select().count(), AuditEntry.select().count()) == (0, entries)


def test_brought_in_again_it_changes_nothing_and_other_cells_mend(cases, ready):
    assert bring(ready, row(), row(起="", 片区="康健二片区", 止="2026-12-20")).new == 2
    again = bring(ready, row(), row(起="", 片区="康健二片区", 止="2026-12-20"))
    assert (again.new, again.mended, again.same) == (0, 0, 2)
    mended = bring(ready, row(条线="信访", 止="2026-12-31"))
    assert (mended.new, mended.mended) == (0, 1)
    first = Posting.get(Posting.area == cases.district.areas[0])
    assert (first.line, first.valid_to, first.department_id) == (
        "信访",
        date(2026, 12, 31),
        cases.district.departments[0],
    )
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.name, entry.staff_number) == ("posting.import", ready.number)
    audited()


def test_nobody_is_twice_in_an_area_on_a_day(ready):
    report = bring(ready, row(), row(), row(起="2026-12-05"), row(起="2026-11-01", 止="2026-11-30"))
    assert [(error.row, error.says) for error in report.errors] == [
        (3, "与前面的一行重复，删去一行。"),
        (4, "与值班员乙在康健一片区的另一段重叠：2026-12-01起。"),
    ]
    assert sorted(each.valid_from for each in Posting.select()) == [date(2026, 11, 1), THE_DAY]


def test_a_day_with_attendance_stays_within(ready):
    bring(ready, row(起="2026-11-01"))
    posting = Posting.get()
    PostingDay.create(posting=posting, day=TODAY, attendance=Attendance.PRESENT)
    report = bring(ready, row(起="2026-11-01", 止="2026-11-20"))
    assert [error.says for error in report.errors] == ["2026-11-24已记考勤，不能更早结束。"]
    assert Posting.get().valid_to is None


def test_only_the_own_subdistrict_and_who_keeps_people(cases, ready):
    stranger = cases.hire("X1", R.COORDINATOR)
    assert [error.says for error in bring(stranger, row()).errors] == [
        "不在您管的街镇，请交给该街镇的协调员或管理员。"
    ]
    for role in (R.AREA_CHIEF, R.DUTY_OFFICER, R.SUPERVISOR):
        with pytest.raises(NotAllowed):
            bring(cases[role], row())
    with pytest.raises(Refused, match="缺少列：片区"):
        bring(ready, ["D99"], heads=["工号"])
    with pytest.raises(Refused, match="没有一条下沉"):
        bring(ready, ["", "", "", "", "", "", ""])


def test_it_goes_out_and_comes_in_unchanged(cases, ready, tmp_path):
    other = Staff.get(Staff.number == ELSEWHERE)
    until = TODAY + timedelta(days=9)
    postings.post(ready, other.id, cases.district.areas[0], "民政", TODAY, "a" * 36, until)
    path = tmp_path / "下沉.xlsx"
    write_xlsx(staff_records.posting_sheet(ready, TODAY), path)
    told: list[str] = []
    assert staff_files.bring_in_postings(ready, path, "", TODAY, told.append)
    assert told[-1] == "导入完毕：1条下沉：新增0条，更正0条，不变1条"
    with pytest.raises(NotAllowed):
        staff_records.posting_sheet(cases[R.DUTY_OFFICER], TODAY)
