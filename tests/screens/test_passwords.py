"""Passwords on a card: the administrator's alone, each shown once."""

from __future__ import annotations

import re

import pytest

from dutydesk.models import Staff, StaffPassword
from dutydesk.rules import passwords
from dutydesk.vocabulary import Role
from tests.screens.hand import Hand
from tests.screens.test_keys import card

R = Role


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_one_for_one_use_is_set_shown_once_and_taken_away(people, open_desk, size):
    officer = Staff.get(Staff.number == people.numbers[R.DUTY_OFFICER])
    async with open_desk(R.ADMINISTRATOR, "people").run_test(size=size) as pilot:
        hand = Hand(pilot)
        await card(hand, officer.id, "值班员甲（D00）")
        await hand.choose("登录密码")
        await hand.until("没有密码")
        await hand.choose("设一次性密码")
        await hand.until("请当面或打电话告诉本人")
        (password,) = re.findall(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", hand.shown)
        await hand("escape")
        await hand.until("已给值班员甲（D00）设一次性密码，7天内有效")
        assert password not in hand.shown
        await hand("0")
        await hand.choose("登录密码")
        await hand.until("一次性密码，还没改成自己的")
        await hand("escape", "0")
        people.connect()
        assert passwords.fits(StaffPassword.get_by_id(officer.id).hash, password)
        people.close()


async def test_it_can_be_taken_away(people, open_desk):
    officer = Staff.get(Staff.number == people.numbers[R.DUTY_OFFICER])
    passwords.set_one_time(people.sessions[R.ADMINISTRATOR], officer.id, passwords.one_time(), "given")
    async with open_desk(R.ADMINISTRATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await card(hand, officer.id, "值班员甲（D00）")
        await hand.choose("登录密码")
        await hand.choose("删去密码")
        await hand.until("已删去值班员甲（D00）的密码")


async def test_nobody_else_is_offered_it(people, open_desk):
    officer = Staff.get(Staff.number == people.numbers[R.DUTY_OFFICER])
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await card(hand, officer.id, "值班员甲（D00）")
        await hand.until("停用账号")
        assert "登录密码" not in hand.shown
