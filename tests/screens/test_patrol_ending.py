"""How a patrol ends: finished, finished with a reason for the rest, entered from paper, carried into tomorrow."""

from __future__ import annotations

from datetime import timedelta

from python_calamine import CalamineWorkbook
from textual import events

from dutydesk.models import Act, Issue, Patrol, PatrolCheck
from dutydesk.rules import patrol
from dutydesk.screens.patrol import PatrolScreen
from dutydesk.screens.patrol.rows import CheckRow
from dutydesk.settings import load
from dutydesk.vocabulary import Mark, PatrolKind, Role
from tests.screens.conftest import lines, settle, text
from tests.screens.hand import Hand
from tests.screens.test_patrol import LARGE, SMALL, Walker


class TestFinishing:
    async def test_a_reason_stands_for_the_rest(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("1", "enter", "5")
            assert "还有3处未查" in text(app)
            await walker.press("1")
            assert "居民区安全线不再查了？" in text(app)
            await walker.press("1")
            assert "已完成：居民区安全线" in text(app)
            assert "3处不再查" in text(app)
            await walker.press("1")
            assert "已完成，不能再改" in text(app)
        district.connect()
        assert Patrol.get().rest_reason == "天气恶劣，停止巡查"

    async def test_one_digit_too_many_never_finishes(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            await pilot.press(*"111111")
            await settle(pilot)
            assert "已全部标完" in text(app)
        district.connect()
        assert Patrol.get().finished_at is None

    async def test_half_done_is_there_tomorrow_below_today_s(self, district, open_desk):
        district.add_route()
        session = district.sign_on(Role.DUTY_OFFICER)
        patrol.prepare(session, session.day - timedelta(days=1), "yesterday")
        app = open_desk()
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("1", *"1111")
            assert "已查 4/4" in lines(app)[0]
            row: CheckRow = app.screen.listing.row
            assert not row.earlier  # the cursor never goes on into another day by itself
            await walker.press("escape", "1", "1")
            assert not app.screen.listing.row.earlier  # nor does it begin there
            await walker.press("end", "1", "f2")
        district.connect()
        assert PatrolCheck.select().where(PatrolCheck.mark == Mark.NORMAL).count() == 5


class TestFromPaper:
    async def test_time_once_exceptions_and_the_rest_in_one_act(self, district, open_desk):
        district.add_route("安全线")
        district.add_route("环境线")
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("enter", "6", *"0001", "f10")  # walked at 00:01 today
            assert "已补录巡查时间" in text(app)
            await walker.press("2", "right", "f10")
            await walker.press("enter", "6")
            assert "其余正常" in text(app)
            await walker.press("1")
            assert "已查 8/8" in lines(app)[0]
            assert text(app).count("·补") == 8
            await walker.press("enter", "5", "1")
        district.connect()
        walked = {check.marked_at for check in PatrolCheck.select()}
        assert len(walked) == 1 and Issue.get().reported_at in walked
        assert all(row.backfilled and row.finished_at for row in Patrol.select())
        assert Act.select().where(Act.name == "patrol.rest_normal").count() == 1

    async def test_a_time_to_come_is_refused_beside_the_field_and_kept(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("enter", "6", *"+1 0900".replace("+1", "明天"), "f10")
            assert "还没有到" in text(app)
            await walker.press("escape")
            assert isinstance(app.screen, PatrolScreen)
        district.connect()
        assert Patrol.get().walked_at is None


async def test_the_sheet_goes_to_the_outbox_and_the_screen_says_where(district, open_desk):
    district.add_route("安全线")
    district.add_route("联合巡查", kind=PatrolKind.JOINT, partners="派出所")
    app = open_desk(duty="patrol")
    async with app.run_test(size=LARGE) as pilot:
        await settle(pilot)
        await Walker(pilot).press("1", "enter", "7")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert "已放进发件夹" in text(app)
    [path] = (load().state / "outbox").glob("*.xlsx")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["安全线", "联合巡查"]
    assert "√" in [row[4] for row in book.get_sheet_by_index(0).to_python()]


class TestSayingWhereItStands:
    async def test_a_hasty_second_key_at_home_marks_nothing(self, district, open_desk):
        district.add_route()
        app = open_desk()
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            for _ in range(2):  # in one bunch, as over a poor line
                app.post_message(events.Key("1", "1"))
            await Hand(pilot).until("没有算")
            assert isinstance(app.screen, PatrolScreen)
            assert "已查 0/4" in lines(app)[0]
            await Walker(pilot).press("1")
            assert "已查 1/4" in lines(app)[0]
        district.connect()
        assert PatrolCheck.select().where(PatrolCheck.mark == Mark.NORMAL).count() == 1

    async def test_enter_typed_ahead_opens_no_menu_that_the_next_digit_would_act_in(
        self, district, open_desk
    ):
        district.add_route()
        app = open_desk()
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            for key, character in (("1", "1"), ("enter", "\r"), ("1", "1")):
                app.post_message(events.Key(key, character))
            await Hand(pilot).until("没有算")
            assert isinstance(app.screen, PatrolScreen)
            assert "已查 0/4" in lines(app)[0]

    async def test_the_end_of_each_route_is_told_with_what_finishes_it(self, district, open_desk):
        district.add_route("安全线", checkpoints=2)
        district.add_route("环境线", checkpoints=1)
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("1")
            assert "查完了" not in text(app)
            await walker.press("1")
            assert "安全线查完了（Enter 再按 5 完成）。接着查环境线。" in text(app)
            await walker.press("1")
            assert "查完了，当天的检查点已全部标完。按 Enter 再按 5 完成巡查。" in text(app)

    async def test_a_finished_route_has_nothing_unchecked_and_offers_no_marks(self, district, open_desk):
        district.add_route()
        app = open_desk(duty="patrol")
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            assert "1 正常" in lines(app)[-1]
            await Walker(pilot).press("1", "enter", "5", "1", "1")
            assert "未查" not in text(app)[: text(app).index("已完成")]
            assert text(app).count("不再查") >= 3
            assert "正常" not in lines(app)[-1]
            assert lines(app)[-1].startswith("Enter 打印")

    async def test_home_says_how_the_patrol_was_left(self, district, open_desk):
        district.add_route()
        app = open_desk()
        async with app.run_test(size=SMALL) as pilot:
            await settle(pilot)
            walker = Walker(pilot)
            await walker.press("1", "escape")
            assert "巡查已查" not in text(app)  # nothing was done
            await walker.press("1", "1", "0")
            assert "已撤回" in text(app)
            await walker.press("1", "escape")
            assert "巡查已查 1/4，标记都已保存；还有3处未查，按 1 接着查。" in text(app)
            await walker.press("1", *"111", "escape")
            assert "还没有完成巡查" in text(app)
            await walker.press("1", "enter", "5", "1", "escape")
            assert "今天的巡查已完成。" in text(app)
