"""SSH keys and stopped accounts on the screen: the administrator's, by keys alone."""

from __future__ import annotations

import sqlite3

import pytest
from textual.events import Paste

from dutydesk.models import Staff
from dutydesk.vocabulary import Role
from tests.rules.test_ssh_keys import FINGERPRINT, KEY
from tests.screens.conftest import lines
from tests.screens.hand import Hand

R = Role


async def card(hand: Hand, staff_id: int, name: str) -> None:
    """Somebody's card, with its menu."""
    await hand.until("办理")
    hand.pilot.app.action_duty("people", f"person:{staff_id}")
    await hand.until(name)
    await hand("0")


def kept(people) -> int:
    """How many keys are in the database."""
    other = sqlite3.connect(people.path)
    (count,) = other.execute("select count(*) from staff_key").fetchone()
    other.close()
    return count


async def paste(hand: Hand, text: str) -> None:
    """A paste into the field that has the focus."""
    app = hand.pilot.app
    app.focused.post_message(Paste(text))
    await hand.pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_key_is_added_checked_and_removed(people, open_desk, size):
    officer = Staff.get(Staff.number == people.numbers[R.DUTY_OFFICER])
    async with open_desk(R.ADMINISTRATOR, "people").run_test(size=size) as pilot:
        hand = Hand(pilot)
        await card(hand, officer.id, "值班员甲（D00）")
        await hand.choose("SSH 公钥")
        await hand.until("还没有登记公钥")
        await hand("0")
        await hand.choose("登记公钥")
        await hand.until("以 ssh- 开头的一整行")
        await paste(hand, "ssh-dss AAAAB3NzaC1kc3M= old@pc")
        await hand("f10")
        await hand.until("DSA 公钥早已不安全")
        below = lines(pilot.app)
        field = next(number for number, said in enumerate(below) if "公钥 *" in said)
        assert any("DSA 公钥早已不安全" in said for said in below[field : field + 3])
        assert kept(people) == 0
        await hand("ctrl+u", "home", "ctrl+k")
        await paste(hand, f"{KEY}\n")
        await hand("f10")
        await hand.until("已给值班员甲（D00）登记公钥")
        await hand.until(FINGERPRINT)
        row = next(said for said in lines(pilot.app) if "zhang@pc" in said)
        assert FINGERPRINT in row
        await hand("enter")
        await hand.choose("删去这个公钥")
        await hand.until("还没有登记公钥")
        assert kept(people) == 0


async def test_somebodys_account_is_stopped_and_allowed_again(people, open_desk):
    officer = Staff.get(Staff.number == people.numbers[R.DUTY_OFFICER])
    async with open_desk(R.COORDINATOR, "people").run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await card(hand, officer.id, "值班员甲（D00）")
        assert "SSH 公钥" not in hand.shown
        await hand.choose("停用账号")
        await hand.until("已停用值班员甲（D00）")
        await hand("0")
        await hand.choose("恢复在岗")
        await hand.until("岗位照旧")


async def test_a_desk_whose_account_is_stopped_ends_and_says_why(people, open_desk):
    app = open_desk(R.DUTY_OFFICER)
    async with app.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("要办")
        other = sqlite3.connect(people.path)
        other.execute("update staff set active = 0 where number = ?", (people.numbers[R.DUTY_OFFICER],))
        other.commit()
        other.close()
        while app.return_value is None:
            await pilot.pause(0.02)
    assert app.return_value == "值班员甲的账号已停用，值班台已退出。有疑问请找管理员。"
