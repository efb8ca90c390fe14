"""每日巡查 as a duty officer walks it: by digits, faster than the database, with paper, half done."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from rich.cells import cell_len

from dutydesk.models import Act, Issue, Patrol, PatrolCheck
from dutydesk.rules import patrol
from dutydesk.screens.intake import IntakeScreen
from dutydesk.screens.patrol import PatrolScreen
from dutydesk.screens.patrol.rows import CheckRow, following
from dutydesk.settings import load
from dutydesk.vocabulary import Mark, PatrolKind, Role
from dutydesk.widgets.frame import Notice
from tests.screens.conftest import lines, settle, text

SMALL, LARGE = (80, 24), (120, 36)


class Walker:
    """Presses keys and counts them."""

    def __init__(self, pilot) -> None:
        self.pilot = pilot
        self.pressed = 0

    async def press(self, *keys: str) -> None:
        """Each key when what the one before did is over."""
        for key in keys:
            await self.hammer(key)
            await settle(self.pilot)

    async def hammer(self, *keys: str) -> None:
        """Without waiting."""
        self.pressed += len(keys)
        await self.pilot.press(*keys)


def marks(district) -> list[Mark]:
    district.connect()
    return [check.mark for check in PatrolCheck.select().order_by(PatrolCheck.id)]


async def test_forty_checkpoints_with_two_abnormal_take_at_most_seventy_keys(district, open_desk):
    for name in ("安全线", "环境线", "设施线", "民生线"):
        district.add_route(name, checkpoints=10)
    app = open_desk()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        walker = Walker(pilot)
        await walker.press("1")  # 今日 → 每日巡查
        await walker.hammer(*"111111")
        await walker.press("2", "right", "f10")
        await walker.hammer(*"1" * 15)
        await walker.press("2", "right", "f10")
        await walker.hammer(*"1" * 16, "1")
        await settle(pilot)
        assert "已查 40/40" in lines(app)[0]
        await walker.press("enter", "5", "1")  # 完成巡查
        assert "已完成：安全线、环境线、设施线、民生线" in text(app)
    assert walker.pressed <= 70
    found = marks(district)
    assert (found.count(Mark.NORMAL), found.count(Mark.ABNORMAL)) == (38, 2)
    assert Issue.select().count() == 2
    assert Patrol.select().where(Patrol.finished_at.is_null()).count() == 0


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_checkpoint_under_the_cursor_is_shown_in_full(district, open_desk, size):
    district.add_route()
    app = open_desk(duty="patrol")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        assert lines(app)[0].startswith("每日巡查　已查 0/4")
        assert "值班员甲" in lines(app)[0]
        shown = text(app)
        assert "公共部位无堆物，通行宽度不受影响" in shown
        assert "1/4 长桥二村 1号楼底层" in shown
        assert (
            lines(app)[-1]
            == "1 正常  2 异常  3 不适用  Enter 完成、补录、打印  0 撤回标记  F1 帮助  Esc 返回"
        )
        await pilot.press("down")
        assert "2/4 寿昌坊 2号楼底层" in text(app)
        assert max(map(cell_len, lines(app))) <= size[0]


async def test_resizing_keeps_cursor_and_marks(district, open_desk):
    district.add_route()
    app = open_desk(duty="patrol")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("1")
        await pilot.resize_terminal(*LARGE)
        await settle(pilot)
        assert "2/4 寿昌坊" in text(app)
        await pilot.resize_terminal(70, 20)
        await settle(pilot)
        assert app.screen.listing.row.check.position == 2
        assert "80×24" in text(app)


class TestMarking:
    async def test_a_mark_is_seen_before_the_database_has_it(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            other = sqlite3.connect(district.path, isolation_level=None)
            other.execute("begin immediate")  # nobody else can write now
            for _ in range(4):
                await pilot.press("1")
            assert text(app).count("正常") >= 4
            assert "已查 4/4" in lines(app)[0]
            assert other.execute("select count(*) from patrol_check where mark = 'normal'").fetchone() == (0,)
            other.rollback()
            await settle(pilot)
        assert marks(district) == [Mark.NORMAL] * 4

    async def test_keys_faster_than_the_database_are_written_in_their_order(self, district, open_desk):
        district.add_route(checkpoints=12)
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            await pilot.press(*"1111", "up", "1", "0", *"1111")
            await settle(pilot)
        district.connect()
        assert [act.name for act in Act.select().order_by(Act.at)] == ["patrol.prepare"] + [
            "patrol.mark"
        ] * 10
        assert marks(district) == [Mark.NORMAL] * 7 + [Mark.UNCHECKED] * 5

    async def test_leaving_at_once_loses_no_mark(self, district, open_desk):
        district.add_route()
        app = open_desk()
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            await pilot.press("1")
            await settle(pilot)
            await pilot.press("1", "1", "escape")
            await settle(pilot)
            assert lines(app)[0].startswith("今日")
            assert "每日巡查未查完" in text(app)
        assert marks(district).count(Mark.NORMAL) == 2

    async def test_what_the_database_refused_stays_on_the_screen_and_is_written_later(
        self, district, open_desk, monkeypatch
    ):
        monkeypatch.setenv("DUTYDESK_LOCK_WAIT", "0")
        load.cache_clear()
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            other = sqlite3.connect(district.path, isolation_level=None)
            other.execute("begin immediate")
            await pilot.press("1")
            await settle(pilot)
            assert "1处标记待存" in app.screen.query_one(Notice).words
            await pilot.press("escape")
            await settle(pilot)
            assert "再按一次 Esc" in text(app)
            other.rollback()
            await pilot.press("1")
            await settle(pilot)
            assert "已查 2/4" in lines(app)[0]
        assert marks(district).count(Mark.NORMAL) == 2

    async def test_not_applicable_takes_a_usual_reason_by_digit_or_one_s_own(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("3", "2", "3", "5")
            await walker.press(*"zhuangxiu", "enter")
            assert "已查 2/4" in lines(app)[0]
            await walker.press("3", "escape")
            assert "已查 2/4" in lines(app)[0]
        district.connect()
        reasons = [check.reason for check in PatrolCheck.select().order_by(PatrolCheck.id)]
        assert reasons == ["施工封闭，无法到达", "zhuangxiu", "", ""]

    async def test_leaving_the_intake_leaves_the_checkpoint_unchecked(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            await pilot.press("2")
            await settle(pilot)
            assert isinstance(app.screen, IntakeScreen)
            assert "长桥二村" in text(app) and "→ 填入：1号楼底层楼道堆物" in text(app)
            await pilot.press("escape")
            await settle(pilot)
            assert "没有登记" in text(app)
        assert marks(district) == [Mark.UNCHECKED] * 4

    async def test_what_is_usual_here_is_only_offered_and_never_recorded_by_itself(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("2", "f10")
            assert isinstance(app.screen, IntakeScreen)
            assert "没有保存" in text(app)
            assert "→ 填入常见的一句" in lines(app)[-1]
            await walker.press("right", "backspace", "backspace", *"车多", "f10")
            assert isinstance(app.screen, PatrolScreen)
        district.connect()
        assert Issue.get().summary == "1号楼底层楼道堆物，影响车多"

    async def test_zero_takes_back_the_latest_mark_and_goes_there(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            await pilot.press("1", "1", "0")
            await settle(pilot)
            assert app.screen.listing.row.check.position == 2
            assert "已查 1/4" in lines(app)[0]
        assert marks(district) == [Mark.NORMAL] + [Mark.UNCHECKED] * 3

    async def test_a_mark_whose_issue_stands_is_not_taken_away(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("2", "right", "f10", "up", "1")
            assert "不予立案" in text(app)
        assert marks(district)[0] is Mark.ABNORMAL

    async def test_another_desk_s_mark_shows(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            other = sqlite3.connect(district.path)
            other.execute("update patrol_check set mark = 'normal' where position = 3")
            other.commit()
            app.screen.changed()  # what the desk calls when it sees that another has written
            await settle(pilot)
            assert "已查 1/4" in lines(app)[0]


async def test_a_line_of_today_opens_the_patrol_that_it_names(district, open_desk):
    district.add_route()
    session = district.sign_on(Role.DUTY_OFFICER)
    patrol.prepare(session, session.day - timedelta(days=1), "yesterday")
    app = open_desk()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await pilot.press("enter")  # the unfinished one presses most and stands first
        await settle(pilot)
        assert isinstance(app.screen, PatrolScreen)
        assert app.screen.listing.row.earlier


async def test_a_joint_patrol_shows_who_walks_along_and_lets_it_be_changed(district, open_desk):
    district.add_route("联合巡查", kind=PatrolKind.JOINT, partners="派出所")
    app = open_desk(duty="patrol")
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        assert "参加   派出所" in text(app)
        await Walker(pilot).press("enter", "9", *"和城管", "enter")
        assert "参加   派出所和城管" in text(app)


async def test_another_route_is_two_keys_and_a_digit_away(district, open_desk):
    district.add_route("安全线")
    district.add_route("环境线")
    app = open_desk(duty="patrol")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        await Walker(pilot).press("enter", "8", "2")
        assert app.screen.listing.row.sheet.route == "环境线"


async def test_a_day_without_routes_says_so(district, open_desk):
    app = open_desk(duty="patrol")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "没有要走的巡查路线" in text(app)
        await pilot.press("1", "2", "3", "0", "enter")
        await settle(pilot)
        assert isinstance(app.screen, PatrolScreen)


async def test_markup_and_controls_in_texts_are_shown_as_text(district, open_desk):
    district.add_route()
    patrol.Checkpoint.update(
        place="[b]1号[/b]\x1b[2J", look_at="[@click=app.quit]x", standard="\u202e[/b]"
    ).execute()
    app = open_desk(duty="patrol")
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        assert "[b]1号[/b]" in text(app) and "[@click=app.quit]x" in text(app)
        assert "\x1b" not in text(app) and "\u202e" not in text(app)
        await pilot.press("enter")
        await settle(pilot)
        assert "[b]1号[/b]" in text(app)


def test_the_next_unchecked_is_looked_for_round_once_and_within_the_day(district):
    district.add_route()
    session = district.sign_on(Role.DUTY_OFFICER)
    patrol.prepare(session, session.day - timedelta(days=1), "yesterday")
    sheets = patrol.prepare(session, session.day, "today")
    rows = [CheckRow(check.id, check, sheet, session.day) for sheet in sheets for check in sheet.checks]
    assert following(rows, rows[3].key) == rows[0]
    assert following(rows, rows[4].key) == rows[5]
