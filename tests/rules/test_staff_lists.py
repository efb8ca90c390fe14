"""Staff lists: ten kinds of error and more, each said under its column; what is well comes in, and comes out again."""

from __future__ import annotations

from datetime import date

import pytest

from dutydesk.documents.issue_sheet import write_xlsx
from dutydesk.models import AuditEntry, Posting, RoleGrant, Staff, TeamSeat
from dutydesk.rules import finding, staff_files, staff_lists, staff_records
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import sign_on
from dutydesk.vocabulary import Role, SeatKind

pytestmark = pytest.mark.both
HEADS = ["工号", "姓名", "电话", "部门", "职务", "岗位", "范围", "力量", "条线", "起", "止"]
TODAY = date(2026, 11, 24)
GOOD = [
    "XH2001",
    "陈佳怡",
    "13800000001",
    "社区管理办公室",
    "科员",
    "值班员",
    "康健一片区",
    "",
    "",
    "2026-12-01",
    "",
]
R = Role


def row(**changes: str) -> list[str]:
    """The good row with other cells."""
    return [changes.get(head, cell) for head, cell in zip(HEADS, GOOD, strict=True)]


@pytest.fixture
def keeper(cases):
    here = RoleGrant.select(RoleGrant.staff).where(RoleGrant.subdistrict == cases.district.subdistrict)
    Staff.update(subdistrict=cases.district.subdistrict).where(Staff.id.in_(here)).execute()
    return cases[R.COORDINATOR]


def bring(session, *rows, dry=False, heads=HEADS):
    return staff_lists.bring_in(session, heads, list(enumerate(rows, 2)), TODAY, dry)


# Each kind of error: the cells that are wrong, under which head, and what it says.
WRONG = {
    "工号空着": ({"工号": ""}, "工号", "不能是空的，每个人都要有工号。"),
    "工号写法不对": ({"工号": "陈佳怡"}, "工号", "“陈佳怡”不像工号：用字母和数字，2 至 20 位，例如 XH0012。"),
    "工号被表格改坏": (
        {"工号": "#已损坏#3101040000000000000"},
        "工号",
        "位数太长，被表格程序改坏了。请把这一列设成“文本”重新填。",
    ),
    "工号是身份证号": (
        {"工号": "31010419820705123x"},
        "工号",
        "像身份证号码，是个人信息，不能当工号。请改用单位的工号。",
    ),
    "姓名空着": ({"姓名": ""}, "姓名", "不能是空的。"),
    "姓名填成别的": ({"姓名": "13800000001"}, "姓名", "“13800000001”不像姓名，是不是填错了列？"),
    "工号是别人的": (
        {"工号": "D99"}, "姓名", "工号 D99 现在是值班员乙的。换人请用新工号，改名请在名片上更正。"
    ),
    "电话不对": ({"电话": "一三八"}, "电话", "“一三八”不像电话：只填数字，可带区号；没有就空着。"),
    "没有这个部门": ({"部门": "水务办"}, "部门", "没有部门“水务办”，请写全称或代码。"),
    "没有这个岗位": (
        {"岗位": "班长"},
        "岗位",
        f"没有岗位“班长”，可用：{'、'.join(role.label for role in Role)}、下沉。",
    ),
    "没写范围": ({"范围": ""}, "范围", "值班员要写明哪个片区。"),
    "没有这个片区": ({"范围": "康健九片区"}, "范围", "没有片区“康健九片区”，请写名称或代码。"),
    "没有这个单元": (
        {"岗位": "居委干部", "范围": "康健九村"}, "范围", "没有居民区等单元“康健九村”，请写名称或代码。"
    ),
    "处置人员没写力量": ({"岗位": "处置人员"}, "力量", "处置人员要写明属于哪一方力量。"),
    "没有这方力量": (
        {"岗位": "处置人员", "力量": "公共卫生"},
        "力量",
        "没有力量“公共卫生”，可用：基层党建、公共管理、公共服务、公共安全。",
    ),
    "日期看不懂": ({"起": "去年底"}, "起", "“去年底”看不懂，请写成 2026-12-01。"),
    "止早于起": ({"止": "2026-11-30"}, "止", "2026-11-30早于起的日期2026-12-01，请核对。"),
    "全区的岗位": (
        {"岗位": "审计员"}, "范围", "不在您管的街镇，请交给该街镇的协调员或管理员。"
    ),
}  # fmt: skip


class TestErrors:
    @pytest.mark.parametrize(("cells", "head", "says"), WRONG.values(), ids=WRONG)
    def test_each_is_said_under_its_column_and_nothing_of_the_row_comes_in(self, keeper, cells, head, says):
        before = (Staff.select().count(), RoleGrant.select().count())
        report = bring(keeper, row(**cells))
        assert [(error.row, error.head, error.says) for error in report.errors] == [(2, head, says)]
        assert (Staff.select().count(), RoleGrant.select().count()) == before

    def test_two_names_for_one_number(self, keeper):
        report = bring(keeper, row(), row(姓名="陈家怡", 岗位="居委干部", 范围="康健新村"))
        assert [(e.row, e.says) for e in report.errors] == [
            (3, "工号 XH2001 在第2行写的是陈佳怡，请核对是不是同一个人。")
        ]
        assert report.new == 1

    def test_the_same_role_twice(self, keeper):
        report = bring(keeper, row(), row())
        assert [(e.row, e.head) for e in report.errors] == [(3, "岗位")]

    def test_who_has_left_is_brought_back_first(self, keeper):
        Staff.update(left_on=TODAY).where(Staff.number == "D99").execute()
        report = bring(keeper, row(工号="D99", 姓名="值班员乙"))
        assert [e.says for e in report.errors] == ["值班员乙已办离岗，请先在名片上恢复在岗。"]

    def test_nobody_gives_himself_a_role(self, keeper):
        report = bring(keeper, row(工号=keeper.number, 姓名=keeper.name, 岗位="片区长"))
        assert [e.head for e in report.errors] == ["岗位"]
        assert report.roles == 0

    def test_the_others_come_in_all_the_same(self, keeper):
        report = bring(keeper, row(工号=""), row(), row(工号="XH2002", 姓名="许志强", 电话="x"))
        assert (report.new, {error.row for error in report.errors}) == (1, {2, 4})
        assert report.says == "1人：新增1人，更正0人，新增岗位和下沉1项，不变0人；2行有错，不导入"

    def test_without_the_needed_columns_it_says_which_heads_there_are(self, keeper):
        with pytest.raises(Refused, match="缺少列：姓名。表头请写 工号 姓名 电话"):
            bring(keeper, ["XH1"], heads=["工号"])
        with pytest.raises(Refused, match="没有一个人"):
            bring(keeper)

    def test_only_who_keeps_the_people_may(self, cases):
        for role in set(Role) - {R.COORDINATOR, R.DISTRICT_COORDINATOR, R.ADMINISTRATOR}:
            with pytest.raises(NotAllowed):
                bring(cases[role], row(), dry=True)


class TestComingIn:
    def test_a_dry_run_tells_the_same_and_writes_nothing(self, keeper):
        before = (Staff.select().count(), RoleGrant.select().count(), AuditEntry.select().count())
        told = bring(keeper, row(), row(工号="XH2002", 姓名="许志强"), dry=True).says
        assert (Staff.select().count(), RoleGrant.select().count(), AuditEntry.select().count()) == before
        assert bring(keeper, row(), row(工号="XH2002", 姓名="许志强")).says == told

    def test_somebody_new_has_roles_postings_and_is_found_and_signs_on_on_the_day(self, keeper, clock):
        rows = [
            row(),
            row(岗位="处置人员", 范围="康健二片区", 力量="公共安全力量", 起="2026-11-24"),
            row(岗位="下沉", 条线="市场监管", 止="2027-06-30"),
            row(岗位="部门联络员", 范围=""),
        ]
        report = bring(keeper, *rows)
        assert (report.new, report.roles, report.errors) == (1, 4, [])
        made = Staff.get(Staff.number == "XH2001")
        assert (made.department.name, made.subdistrict_id) == ("社区管理办公室", keeper.subdistrict_id)
        assert [one.title for one in finding.staff(keeper, "cjy")] == ["陈佳怡"]
        assert sign_on("XH2001").roles == {R.HANDLER}
        clock.move_to("2026-12-01T10:00:00+08:00")
        assert sign_on("XH2001").roles == {R.HANDLER, R.DUTY_OFFICER, R.LIAISON}
        posting = Posting.get(Posting.staff == made)
        assert (posting.line, str(posting.valid_to)) == ("市场监管", "2027-06-30")

    def test_brought_in_again_it_changes_nothing(self, keeper):
        rows = [row(), row(岗位="下沉", 条线="民政")]
        bring(keeper, *rows)
        before = (RoleGrant.select().count(), AuditEntry.select().count())
        report = bring(keeper, *rows)
        assert (report.new, report.mended, report.roles, report.same) == (0, 0, 0, 1)
        assert (RoleGrant.select().count(), AuditEntry.select().count()) == before

    def test_what_it_is_silent_on_stays(self, keeper):
        bring(keeper, row())
        report = bring(keeper, row(电话="", 职务="主任科员", 岗位="", 范围=""))
        made = Staff.get(Staff.number == "XH2001")
        assert (made.phone, made.title, report.mended) == ("13800000001", "主任科员", 1)
        assert RoleGrant.select().where(RoleGrant.staff == made).count() == 1

    def test_a_chief_sits_in_the_seat_beside_who_sits_there(self, keeper, cases):
        bring(keeper, row(岗位="片区长", 起="2026-11-24"))
        seats = TeamSeat.select().where(
            TeamSeat.area == cases.district.areas[0], TeamSeat.kind == SeatKind.CHIEF
        )
        assert {seat.holder_name for seat in seats} == {"片区长甲", "陈佳怡"}


class TestGoingOut:
    def test_what_goes_out_as_xlsx_comes_in_again_unchanged(self, keeper, tmp_path):
        bring(keeper, row(起="2026-11-01"), row(岗位="下沉", 条线="民政", 起="2026-11-01", 止="2027-01-31"))
        path = tmp_path / "名册.xlsx"
        write_xlsx(staff_records.sheet(keeper, TODAY), path)
        told: list[str] = []
        assert staff_files.bring_in_staff(keeper, path, "", TODAY, told.append, dry=True)
        assert "新增0人，更正0人，新增岗位和下沉0项" in told[-1]

    def test_a_file_with_errors_tells_each_with_its_row(self, keeper, tmp_path):
        path = tmp_path / "名册.csv"
        path.write_text("工号,姓名,岗位\n,陈佳怡,\nXH3,许志强,班长\n", encoding="utf-8")
        told: list[str] = []
        assert not staff_files.bring_in_staff(keeper, path, "", TODAY, told.append)
        assert told[0] == "  第2行　工号：不能是空的，每个人都要有工号。"
        assert told[1].startswith("  第3行　岗位：没有岗位“班长”，可用：值班员、")
        assert told[-1].startswith("导入完毕：0人")

    def test_records_for_scripts_hold_no_telephone_numbers(self, keeper):
        bring(keeper, row(起="2026-11-01"), row(岗位="下沉", 条线="民政", 起="2026-11-01"))
        [made] = [one for one in staff_records.staff(keeper, TODAY) if one["number"] == "XH2001"]
        assert made == {
            "number": "XH2001",
            "name": "陈佳怡",
            "title": "科员",
            "department": "社区管理办公室",
            "roles": [
                {
                    "role": "duty_officer",
                    "scope": "康健一片区",
                    "force": None,
                    "from": "2026-11-01",
                    "to": None,
                }
            ],
        }
        assert [one["line"] for one in staff_records.postings(keeper, TODAY)] == ["民政"]
        assert "13800000001" not in str(list(staff_records.staff(keeper, TODAY)))
