"""人员: from the district to a unit, seats, cards, rosters and postings, by keys alone and without a Latin letter."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.models import (
    Department,
    PostingDay,
    Staff,
)
from dutydesk.rules import intake
from dutydesk.settings import load
from dutydesk.vocabulary import Attendance, Role
from tests.conftest import ELSEWHERE
from tests.screens.conftest import lines
from tests.screens.hand import Hand

R = Role


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


async def test_each_page_says_which_list_it_is_and_what_its_columns_are(people, open_desk):
    async with open_desk(R.COORDINATOR, "people").run_test(size=(120, 36)) as pilot:
        hand = Hand(pilot)
        for digit, name in (("3", "名册"), ("2", "下沉力量"), ("7", "权责问题"), ("1", "区划")):
            await hand(digit)
            await hand.until(f"[{digit} {name}]")
        await hand("enter")
        await hand.until("1+4+N")
        assert "席位、单元" in hand.shown and "[1 区划]" not in hand.shown
        assert "…" not in hand.shown  # nothing is cut where there is room


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
        await hand.until("✓ 已记1人")
        await hand("space", "enter")  # what is said of marks does not wipe it out
        await hand.until("考勤 *")
        await hand("3", "f10")
        await hand.until("✓ 已记1人")
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


async def test_the_usual_word_for_a_duty_finds_what_is_called_nearly_so(people, open_desk):
    async with open_desk(R.DUTY_OFFICER, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand("6", "/", *"违法经营", "enter")
        await hand.until("下面是字面相近的")
        await hand.until("违法搭建")


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


async def test_the_menu_of_a_page_is_named_after_the_page(people, open_desk):
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        for digit, name in (("3", "名册"), ("6", "权责清单"), ("2", "下沉力量")):
            await hand(digit)
            await hand.until(f"[{digit} {name}]")
            await hand("0")
            await hand.until("Enter 选择")
            assert any(line.strip().startswith(f"│ {name}") for line in lines(pilot.app))
            await hand("escape")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_who_answers_for_what_is_named_in_full(people, open_desk, size):
    name = "康健新村街道城市建设管理事务中心"  # thirty-two columns
    Department.update(name=name).execute()
    async with open_desk(R.COORDINATOR, "people").run_test(size=size) as pilot:
        hand = Hand(pilot)
        await hand("6")
        await hand.until(name)
