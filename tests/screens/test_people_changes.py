"""人员: stand-ins, moves, mergers, who leaves, what is taken back or corrected, by keys alone."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import (
    AuditEntry,
    Draft,
    Issue,
    RoleGrant,
    Staff,
    TeamSeat,
    UnitArea,
)
from dutydesk.rules import intake, issue_acts, neighbours, organisation, team_seats, tree_changes
from dutydesk.rules.team_seats import Place
from dutydesk.vocabulary import Role, SeatKind
from tests.conftest import ELSEWHERE
from tests.screens.conftest import lines
from tests.screens.hand import Hand

R = Role


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
        shown = [line for line in lines(pilot.app)[4:-2] if "康健二片区" in line]
        assert len(shown) == 1  # what is to come stands once
        await hand.down_to("将来归")
        await hand("enter")
        await hand.choose("撤回")
        await hand.until("原因 *")
        await hand(*"文件改期", "f10")
        await hand.until("已撤回：长桥二村归康健二片区")
    people.connect()
    assert TeamSeat.get(TeamSeat.kind == SeatKind.CHIEF).valid_from == date(2021, 1, 1)
    assert UnitArea.select().where(UnitArea.valid_from >= day).count() == 0


async def test_a_merger_that_is_to_come_is_taken_back_on_the_areas_page(people, open_desk):
    keeper, (first, second) = people.sessions[R.COORDINATOR], people.areas
    day = organisation.today() + timedelta(days=20)
    tree_changes.merge_areas(keeper, first, second, day, str(uuid4()))
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("康健一片区")
        await hand("enter")
        await hand.until("并入康健二片区")
        await hand("0")
        await hand.choose("撤回并入")
        await hand.until("原因 *")
        await hand(*"方案调整", "f10")
        await hand.until("不再并入别的片区")
        assert "并入康健二片区" not in hand.shown
    people.connect()
    assert UnitArea.select().where(UnitArea.valid_from >= day).count() == 0


async def test_a_neighbour_from_a_day_on_is_put_off_and_taken_back(people, open_desk):
    one, two = people.units[:2]
    day = organisation.today() + timedelta(days=10)
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        pilot.app.action_duty("people", f"unit:{one}")
        await hand.until("看这里没办完的")
        await hand("0")
        await hand.choose("记相邻的单元")
        await hand.until("相邻的单元 *")
        await hand(*"长桥")
        await hand.until("1 长桥二村")
        await hand("1")
        await hand.down_to("从哪天起")
        for _ in range(2):
            await pilot.press("backspace")
        await hand(*"+10", "f10")
        await hand.until("将来相邻")
        await hand.until(f"{day:%Y-%m-%d}起")
        await hand.down_to("将来相邻")
        await hand("enter")
        await hand.choose("撤回")
        await hand.until("原因 *")
        await hand(*"还没定", "f10")
        await hand.until("已撤回")
    people.connect()
    assert (neighbours.names(one), neighbours.names(two, day)) == ([], [])
    names = AuditEntry.select(AuditEntry.name).order_by(AuditEntry.id.desc()).limit(2)
    assert [entry.name for entry in names] == ["tree.take_back", "tree.neighbour"]
