"""人员: from the district to a unit, seats, cards, rosters and postings, by keys alone and without a Latin letter."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import (
    AuditEntry,
    Draft,
    Issue,
    Posting,
    PostingDay,
    RoleGrant,
    Staff,
    TeamSeat,
    UnitArea,
)
from dutydesk.rules import finding, intake, issue_acts, organisation, team_seats, tree_changes
from dutydesk.rules.team_seats import Place
from dutydesk.settings import load
from dutydesk.vocabulary import Attendance, Force, Role, SeatKind
from tests.conftest import ELSEWHERE
from tests.screens.conftest import lines, settle, text

R = Role


@pytest.fixture
def people(district):
    """The small district, where everybody belongs to the subdistrict, and two are posted to the first area."""
    Staff.update(subdistrict=district.subdistrict).execute()
    other = Staff.get(Staff.number == ELSEWHERE)
    finding.index("staff", other.id, other.name)
    for place, force in enumerate(Force):
        finding.index("force", place, f"{force.label}力量")
    for number in (district.numbers[R.HANDLER], ELSEWHERE):
        Posting.create(
            staff=Staff.get(Staff.number == number),
            area=district.areas[0],
            department=district.departments[0],
            line="民政",
            valid_from=date(2026, 1, 1),
        )
    return district


class Hand:
    """Presses keys, each after all before it has been answered."""

    def __init__(self, pilot):
        self.pilot = pilot

    async def __call__(self, *keys):
        for key in keys:
            await self.pilot.press(key)
            await settle(self.pilot)

    async def until(self, words):
        for _ in range(300):
            await settle(self.pilot)
            if words in self.shown:
                return
            await self.pilot.pause(0.05)
        pytest.fail(f"{words} is not to be seen:\n{text(self.pilot.app)}")

    async def choose(self, words):
        """Press the digit before these words in the menu, on the page where they stand."""
        await self.until("Enter 选择")
        for _page in range(3):
            for line in lines(self.pilot.app):
                entry = re.search(rf"│ [▶ ] (\d) .*{words}", line)
                if entry:
                    return await self(entry[1])
            await self("9")
        return pytest.fail(f"no entry {words}:\n{text(self.pilot.app)}")

    async def down_to(self, words):
        """Move the cursor to the row with these words."""
        for _ in range(60):
            if any(words in line and "▶" in line for line in lines(self.pilot.app)):
                return
            await self("down")
        pytest.fail(f"no row {words}:\n{text(self.pilot.app)}")

    @property
    def shown(self):
        return text(self.pilot.app).replace("\n", "")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_from_the_district_to_a_unit_and_back(people, open_desk, size):
    intake.register(
        people.sessions[R.DUTY_OFFICER],
        {"unit": people.units[0], "category": people.categories[0], "summary": "三号楼门禁坏了一周"},
        str(uuid4()),
    )
    async with open_desk(R.COORDINATOR, "people").run_test(size=size) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("0")
        await hand.choose("看全区各街镇")
        await hand.until("1个街镇，2个片区，6个治理单元")
        assert "2个片区，6个单元" in hand.shown
        await hand("enter", "enter")
        await hand.until("徐汇区 › 康健新村街道 › 康健一片区")
        assert "不是本街镇领导班子成员" in hand.shown
        await hand.down_to("康健新村 ")
        await hand("enter")
        await hand.until("› 康健一片区 › 康健新村")
        assert "居委干部甲" in hand.shown
        row = next(line for line in lines(pilot.app) if "看这里没办完的" in line)
        assert row.split()[-1] == "1"
        await hand.down_to("看这里没办完的")
        await hand("enter")
        await hand.until("三号楼门禁坏了一周")
        await hand("escape", "escape", "escape")
        await hand.until("康健二片区")


async def test_a_stand_in_is_entered_by_digits_pinyin_and_days(people, open_desk):
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("enter")
        await hand.until("片区长甲")
        await hand("enter")
        await hand.choose("请人代理")
        await hand.until("从哪天起 *")
        for letter in "zbyy":
            await pilot.press(letter)
        await hand.until("D99")
        await hand("1")
        await hand.down_to("到哪天止")
        await hand(*"+14", "f10")
        await hand.until("到期自行结束")
        await hand.until("代理 值班员乙")
    people.connect()
    seat = TeamSeat.get(TeamSeat.stands_in == True)  # noqa: E712
    day = organisation.today()
    assert (seat.valid_from, seat.valid_to) == (day, day + timedelta(days=14))
    assert RoleGrant.get(RoleGrant.seat == seat).role is R.AREA_CHIEF


async def test_what_a_rule_refuses_stands_beside_its_field_and_esc_keeps_nothing(people, open_desk):
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("enter")
        await hand.down_to("长桥二村")
        await hand("enter", "0")
        await hand.choose("划到另一个片区")
        await hand.until("哪个片区 *")
        await hand(*"一片区")
        await hand.until("1 康健一片区")
        await hand("1", "f10")
        await hand.until("那一天已经属于康健一片区")
        await hand("escape")
        await hand.until("所属片区")
    people.connect()
    assert (UnitArea.select().count(), Draft.select().count()) == (6, 0)


async def test_who_may_not_is_told_who_does(people, open_desk):
    Staff.update(phone="021-50000000").where(Staff.number == people.numbers[R.COORDINATOR]).execute()
    other = Staff.get(Staff.number == ELSEWHERE).id
    async with open_desk(R.AREA_CHIEF, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("enter")
        await hand.until("片区长甲")
        await hand("enter")
        await hand.until("由街镇协调员街镇协调员甲办")
        await hand.choose("请人代理、接任、离任找谁")
        await hand.until("街镇协调员甲　街镇协调员　021-50000000")
        await hand("escape", "0")
        await hand.choose("任免、代理、改区划找谁")
        await hand.until("区级协调员甲　区级协调员　没有登记电话")
        await hand("escape")
        pilot.app.action_duty("people", f"person:{other}")
        await hand.until("值班员乙（D99）")
        await hand("0")
        await hand.choose("岗位、代理、离岗找谁办")
        await hand.until("021-50000000")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_vacant_post_has_a_stand_in_for_two_weeks(people, open_desk, size):
    async with open_desk(R.COORDINATOR, "people").run_test(size=size) as pilot:
        hand = Hand(pilot)
        await hand.until("康健二片区")
        await hand.down_to("康健二片区")
        await hand("enter")
        await hand.until("片区长")
        await hand("enter")
        await hand.choose("请人代理")
        await hand.until("从哪天起 *")
        for letter in "zbyy":
            await pilot.press(letter)
        await hand.until("D99")
        await hand("1")
        await hand.down_to("到哪天止")
        await hand(*"+13", "f10")
        await hand.until("代理 值班员乙")
        assert "！空缺" in hand.shown
        await hand.down_to("桂林苑")
        await hand("enter")
        await hand.until("居委干部 空缺")
        await hand.down_to("居委干部")
        await hand("enter")
        await hand.choose("请人代理")
        await hand.until("从哪天起 *")
        for letter in "zbyy":
            await pilot.press(letter)
        await hand.until("D99")
        await hand("1")
        await hand.down_to("到哪天止")
        await hand(*"+13", "f10")
        await hand.until("值班员乙（代理）")
    people.connect()
    who = Staff.get(Staff.number == ELSEWHERE)
    last = organisation.today() + timedelta(days=13)
    held = RoleGrant.select().where(RoleGrant.staff == who, RoleGrant.stands_in_for_id == who.id)
    assert {(row.role, row.valid_to) for row in held} == {
        (R.AREA_CHIEF, last),
        (R.NEIGHBOURHOOD_OFFICER, last),
    }


async def test_somebody_is_found_by_pinyin_from_anywhere(people, open_desk):
    async with open_desk(R.DUTY_OFFICER, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("slash")
        for letter in "pqz":
            await pilot.press(letter)
        await hand.until("片区长甲")
        await hand("1")
        await hand.until("片区长甲（D02）")
        assert "片区长 康健一片区" in hand.shown
        await hand("0")
        await hand.until("数字或 ↑↓")
        assert "安排岗位" not in hand.shown  # a duty officer looks and does not change


async def test_who_leaves_has_the_open_work_reassigned_in_bulk(people, open_desk):
    officer = people.sessions[R.DUTY_OFFICER]
    fields = {"unit": people.units[0], "category": people.categories[0], "summary": "三号楼门禁坏了一周"}
    case = intake.register(officer, fields, str(uuid4()))
    handler = Staff.get(Staff.number == people.numbers[R.HANDLER])
    opened = issue_acts.perform(officer, case.issue_id, case.version, "open", {}, str(uuid4()))
    to_handler = {"assignee": f"staff:{handler.id}"}
    issue_acts.perform(officer, case.issue_id, opened.version, "assign", to_handler, str(uuid4()))
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        pilot.app.action_duty("people", f"person:{handler.id}")
        await hand.until("1件没办完")
        await hand("0")
        await hand.choose("办离岗")
        await hand.until("最后一天 *")
        await hand("f10")
        await hand.until("改派 1 件")
        await hand.until("交给谁")
        await hand(*"公共管理")
        await hand.until("1 公共管理力量")
        await hand("1")
        await hand.down_to("理由")
        await hand(*"原承办人离岗", "f10")
        await hand.until("1 就办")
        await hand("1")
        await hand.until("已改派 1 件")
    people.connect()
    assert Staff.get_by_id(handler.id).left_on == organisation.today()
    assert Issue.get_by_id(case.issue_id).assignee_key == "management"
    assert AuditEntry.select().order_by(AuditEntry.id.desc()).first().name == "bulk.reassign"


async def test_a_unit_that_moves_today_has_its_open_cases_handed_over_at_once(people, open_desk):
    officer = people.sessions[R.DUTY_OFFICER]
    fields = {"unit": people.units[1], "category": people.categories[0], "summary": "三号楼门禁坏了一周"}
    cases = [intake.register(officer, fields, str(uuid4())).issue_id for _ in range(2)]
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("enter")
        await hand.down_to("长桥二村")
        await hand("enter", "0")
        await hand.choose("划到另一个片区")
        await hand.until("哪个片区 *")
        await hand(*"二片区")
        await hand.until("1 康健二片区")
        await hand("1")
        await hand.down_to("从哪天起")
        for _ in range(2):
            await pilot.press("backspace")
        await hand(*"今天", "f10")
        await hand.until("还在康健一片区的2件")
        await hand("escape")
        await hand.until("还在康健一片区，可移交康健二片区")
        await hand.down_to("还在康健一片区")
        await hand("enter")
        await hand.choose("一起移交康健二片区")
        await hand.until("理由 *")
        await hand(*"单元已划走", "f10")
        await hand.until("移交片区 2 件")
        await hand.until("1 就办")
        await hand("1")
        await hand.until("已移交片区 2 件")
    people.connect()
    assert {Issue.get_by_id(case).area_id for case in cases} == {people.areas[1]}


async def test_what_is_planned_is_taken_back_and_a_date_corrected(people, open_desk):
    keeper = people.sessions[R.COORDINATOR]
    day = organisation.today() + timedelta(days=20)
    other = Staff.get(Staff.number == ELSEWHERE).id
    chief = Place(people.areas[0], SeatKind.CHIEF)
    team_seats.fill(keeper, chief, other, "", day, str(uuid4()))
    tree_changes.move_unit(keeper, people.units[1], people.areas[1], day, str(uuid4()))
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("enter")
        await hand.until(f"值班员乙　{day:%m-%d}起")
        await hand.down_to("将来")
        await hand("enter")
        await hand.choose("撤回")
        await hand.until("原任照旧")
        await hand(*"文件改期", "f10")
        await hand.until("片区长甲任康健一片区片区长照旧")
        await hand("home", "enter")
        await hand.choose("更正日期")
        await hand.until("到哪天止")
        for _ in range(10):
            await pilot.press("backspace")
        await hand(*"2021-1-1")
        await hand.down_to("原因")
        await hand(*"写错了", "f10")
        await hand.until("更正为 2021-01-01起")
        await hand.down_to("长桥二村")
        await hand("enter")
        await hand.until("将来归")
        await hand.down_to("将来归")
        await hand("enter")
        await hand.choose("撤回")
        await hand.until("原因 *")
        await hand(*"文件改期", "f10")
        await hand.until("已撤回：长桥二村归康健二片区")
    people.connect()
    assert TeamSeat.get(TeamSeat.kind == SeatKind.CHIEF).valid_from == date(2021, 1, 1)
    assert UnitArea.select().where(UnitArea.valid_from >= day).count() == 0


async def test_attendance_is_marked_and_the_rest_was_there(people, open_desk):
    async with open_desk(R.DUTY_OFFICER, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("2")
        await hand.until("共2人下沉")
        await hand("enter")
        await hand.until("未记")
        await hand("enter")
        await hand.choose("记考勤")
        await hand.until("考勤 *")
        await hand("3", "f10")
        await hand.until("请假")
        await hand("0")
        await hand.choose("其余到岗")
        await hand.until("到岗率50%")
    people.connect()
    assert sorted(row.attendance for row in PostingDay.select()) == [Attendance.LEAVE, Attendance.PRESENT]


async def test_digits_switch_the_lists_and_full_width_ones_too(people, open_desk):
    async with open_desk(R.SUPERVISOR, "people").run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot)
        for digit, words in (
            ("3", "D00"),
            ("4", "区住房保障和房屋管理局"),
            ("5", "还没有定包保领导"),
            ("6", "科室职责第5条：违建处置"),
            ("７", "没有权责问题"),
            ("1", "康健新村街道"),
        ):
            await hand(digit)
            await hand.until(words)


async def test_a_question_about_a_duty_is_asked_and_answered(people, open_desk):
    async with open_desk(R.DUTY_OFFICER, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand("7")
        await hand.until("没有权责问题")
        await hand("0")
        await hand.choose("提一个权责问题")
        await hand.until("问题 *")
        await hand(*"围墙倒了归谁修", "f10")
        await hand.until("待答复")
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand("7")
        await hand.until("围墙倒了归谁修")
        await hand("enter", "1")
        await hand.until("答复 *")
        await hand(*"由房管所先行处置", "f10")
        await hand.until("已答复")


async def test_a_roster_comes_in_from_the_inbox(people, open_desk):
    app = open_desk(R.COORDINATOR, "people")
    load().inbox.mkdir(parents=True, exist_ok=True)
    rows = "工号,姓名,岗位,范围\nXH9,陈佳怡,值班员,康健一片区\n,许志强,,\n"
    (load().inbox / "名册.csv").write_text(rows, encoding="utf-8-sig")
    async with app.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand("3")
        await hand.until("D00")
        await hand("0")
        await hand.choose("导入名册")
        await hand.choose("名册.csv")
        await hand.until("从哪天起 *")
        await hand("f10")
        await hand.until("第3行　工号：不能是空的")
        await hand("escape")
        await hand.choose("有错的行不导入")
        await hand.until("导入完毕：1人：新增1人")
        await hand.until("陈佳怡")


async def test_a_list_of_postings_comes_in_from_the_inbox(people, open_desk):
    app = open_desk(R.COORDINATOR, "people")
    load().inbox.mkdir(parents=True, exist_ok=True)
    rows = "工号,片区,条线\nD99,康健二片区,信访\nXH9,康健二片区,\n"
    (load().inbox / "下沉.csv").write_text(rows, encoding="utf-8-sig")
    async with app.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand("2")
        await hand.until("共2人下沉")
        await hand("0")
        await hand.choose("导入下沉名单")
        await hand.choose("下沉.csv")
        await hand.until("从哪天起 *")
        await hand("f10")
        await hand.until("第3行　工号：名册里没有工号“XH9”")
        await hand("escape")
        await hand.choose("有错的行不导入")
        await hand.until("导入完毕：1条下沉：新增1条")
        await hand.until("共3人下沉")
