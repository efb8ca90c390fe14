"""A desk left alone: what was on it stays below the cover; nothing but the password goes past."""

from __future__ import annotations

import re
from time import monotonic
from uuid import uuid4

import pytest
from textual.events import Key, Paste

from dutydesk import locking
from dutydesk.models import Draft, StaffPassword
from dutydesk.rules import passwords, places
from dutydesk.rules.signing_on import BY_PASSWORD
from dutydesk.vocabulary import Role
from tests.rules.test_passwords import GOOD, OTHER
from tests.screens.conftest import lines, settle, text
from tests.screens.hand import Hand

R = Role
WRONG = "not-the-password"


@pytest.fixture
def by_password(district, open_desk):
    """A desk whose person came in by a password."""
    staff = district.sessions[R.DUTY_OFFICER].staff_id
    passwords.set_one_time(district.sessions[R.ADMINISTRATOR], staff, GOOD, str(uuid4()))
    key = BY_PASSWORD + StaffPassword.get_by_id(staff).stamp
    app = open_desk(R.DUTY_OFFICER)
    app.desk.key = key
    return app


def cover(app) -> str:
    """What stands on the cover."""
    return "\n".join(app.cover.page.lines(*app.size)[0])


async def typed(pilot, words: str, *keys: str) -> None:
    await pilot.press(*("minus" if character == "-" else character for character in words), *keys)
    await settle(pilot)


async def half_typed(hand: Hand) -> None:
    """登记, with the picker of places open."""
    await hand.until("要办")
    await hand("f3")
    await hand.until("涉密信息不得录入")
    await hand("k", "j")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_is_covered_and_opens_as_it_was(by_password, size):
    async with by_password.run_test(size=size) as pilot:
        app, hand = pilot.app, Hand(pilot)
        await half_typed(hand)
        before, focused, stack = text(app), app.focused, list(app.screen_stack)
        locking.lock(app, "15分钟没有操作，已锁定。")
        assert "康健一片区 值班员 值班员甲（D00）\n" in cover(app).replace("    ", "")
        await hand("f1", "f4", "f12", "escape", "ctrl+c", "ctrl+l", "ctrl+z", "f10", "1", "tab", "down")
        assert app.cover is not None
        assert "退出请按 Ctrl+Q" in cover(app)
        await pilot.resize_terminal(100, 30)
        await settle(pilot)
        await pilot.resize_terminal(*size)
        await settle(pilot)
        await hand("ctrl+u")
        await typed(pilot, WRONG)
        assert "密码：" + "*" * len(WRONG) in cover(app)
        await hand("enter")
        assert "✗ 密码不对" in cover(app)
        app.post_message(Paste(GOOD))
        await settle(pilot)
        await hand("enter")
        assert app.cover is None
        assert (text(app), app.focused, app.screen_stack) == (before, focused, stack)


async def test_what_others_write_meanwhile_is_there_when_it_is_opened(by_password, district):
    async with by_password.run_test(size=(80, 24)) as pilot:
        app, hand = pilot.app, Hand(pilot)
        await hand.until("要办")
        locking.lock(app, "")
        app._tell_screens()
        await settle(pilot)
        assert app.cover is not None


async def test_wrong_tries_wait_here_too(by_password):
    async with by_password.run_test(size=(80, 24)) as pilot:
        app, hand = pilot.app, Hand(pilot)
        await hand.until("要办")
        locking.lock(app, "")
        for _ in range(5):
            await typed(pilot, "wrong", "enter")
        await typed(pilot, "wrong", "enter")
        assert re.search(r"试得太多了，请等(30|29|28)秒再试", cover(app))
        app.post_message(Paste(GOOD))
        await hand("enter")
        assert app.cover is not None


async def test_one_may_leave_and_the_draft_is_kept(by_password, district):
    async with by_password.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await half_typed(hand)
        await hand("escape", "tab", "down", "旧", "沙", "发")
        locking.lock(pilot.app, "")
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert pilot.app.return_value is None
    district.connect()
    assert "旧沙发" in Draft.get().content


async def test_the_wait_is_one_timer_that_keys_put_off(by_password):
    async with by_password.run_test(size=(80, 24)) as pilot:
        app, hand = pilot.app, Hand(pilot)
        await hand.until("要办")
        watch = locking.LeftAlone(app, 900)
        await hand("f3")
        assert monotonic() - app.last_key_at < 60
        watch.look()
        assert app.cover is None
        app.last_key_at -= 901
        watch.look()
        assert "15分钟没有操作，已锁定" in cover(app)
        app.cover.page.blanks[0].value = "half"
        watch.look()
        assert app.cover.page.blanks[0].value == "half"


async def test_ones_own_password_is_changed_and_the_desk_stays(by_password, district):
    async with by_password.run_test(size=(80, 24)) as pilot:
        app, hand = pilot.app, Hand(pilot)
        await hand.until("要办")
        before = app.desk.key
        await hand("8")
        await hand.choose("密码、锁定")
        await hand.choose("改密码")
        assert "现在的密码" in cover(app)
        for words in (GOOD, "short", "short"):
            app.post_message(Paste(words))
            await hand("enter")
        assert "至少要10个字符" in cover(app)
        for words in (GOOD, OTHER, OTHER):
            app.post_message(Paste(words))
            await hand("enter")
        assert app.cover is None
        assert "密码已改" in hand.shown
        assert app.desk.key != before
        app.desk._look_who_is_here(app.desk.session)
        assert app.desk.put_out == ""


async def test_changing_it_can_be_left(by_password):
    async with by_password.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("要办")
        locking.change_password(pilot.app)
        await hand("x", "escape")
        assert pilot.app.cover is None


async def test_one_locks_it_oneself(by_password):
    async with by_password.run_test(size=(80, 24)) as pilot:
        hand = Hand(pilot)
        await hand.until("要办")
        await hand("8")
        await hand.choose("密码、锁定")
        await hand.choose("锁定 +离开座位")
        assert "已锁定" in cover(pilot.app)


async def test_a_password_typed_ahead_goes_to_the_cover(by_password):
    async with by_password.run_test(size=(80, 24)) as pilot:
        app, hand = pilot.app, Hand(pilot)
        await hand.until("要办")
        for key in ("8", "9", "2", *"secret"):
            app.post_message(Key(key, key))
        for _ in range(100):
            await settle(pilot)
            if app.cover is not None and len(app.cover.page.blanks[0].value) == 6:
                break
            await pilot.pause(0.02)
        assert app.cover.page.blanks[0].value == "secret"


class TestByAKey:
    async def test_it_ends_and_says_so(self, district, open_desk):
        app = open_desk(R.DUTY_OFFICER)
        async with app.run_test(size=(80, 24)) as pilot:
            hand = Hand(pilot)
            await hand.until("要办")
            app.desk.key = "SHA256:of-a-key"
            await hand("f4")
            await hand.until("问题清单")
            watch = locking.LeftAlone(app, 900)
            app.last_key_at -= 901
            watch.look()
            await pilot.pause()
            await app.workers.wait_for_complete()
        assert app.return_value == "15分钟没有操作，值班台已存好草稿并退出。重新登录就回到刚才的地方。"
        district.connect()
        place = places.take(district.sessions[R.DUTY_OFFICER])
        assert (place["duty"], place["target"]) == ("issues", "")

    async def test_the_next_time_goes_on_there(self, district, open_desk):
        places.keep(district.sessions[R.DUTY_OFFICER], {"duty": "issues", "target": "open"})
        app = open_desk(R.DUTY_OFFICER)
        async with app.run_test(size=(80, 24)) as pilot:
            hand = Hand(pilot)
            await hand.until("要办")
            await app._go_on()
            await settle(pilot)
            assert lines(app)[0].startswith("问题清单")
            assert "接着上次停下的地方" in hand.shown
            await app._go_on()  # once
            await hand("escape")
            assert lines(app)[0].startswith("今日")

    async def test_without_a_password_there_is_nothing_to_change(self, open_desk):
        app = open_desk(R.DUTY_OFFICER)
        async with app.run_test(size=(80, 24)) as pilot:
            hand = Hand(pilot)
            await hand.until("要办")
            app.desk.key = "SHA256:of-a-key"
            await hand("8")
            await hand.choose("密码、锁定")
            await hand.choose("改密码")
            await hand.until("您用公钥登录，没有密码")
