"""问题清单: rows marked for one act."""

from __future__ import annotations

from dutydesk.models import Issue
from dutydesk.vocabulary import State
from dutydesk.widgets.window_list import WindowList
from tests.screens.conftest import lines, settle, text
from tests.screens.test_issues_asking import Keys
from tests.screens.test_today import registered


def many(district, count):
    return [registered(district, f"{number}号楼门禁坏了") for number in range(1, count + 1)]


async def test_marks_are_seen_counted_kept_through_scrolling_and_news_and_cleared_first(district, open_desk):
    many(district, 40)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        keys = Keys(pilot)
        await keys("space", "space", "end", "space")
        assert "已标记3件" in keys.seen
        assert "Esc 取消标记" in keys.seen
        assert lines(pilot.app)[12].startswith("▶▪")
        await keys("home")
        assert [line[:2] for line in lines(pilot.app)[2:5]] == ["▶▪", " ▪", "  "]
        await keys("space")
        assert "已标记2件" in keys.seen
        await keys("escape")
        assert pilot.app.screen.query_one(WindowList).marked == []
        assert "已标记" not in keys.seen
        assert "问题清单" in text(pilot.app)


async def test_all_in_sight_are_marked_by_one_key(district, open_desk):
    many(district, 30)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await Keys(pilot)("a")
        listing = pilot.app.screen.query_one(WindowList)
        assert len(listing.marked) == len(listing.rows_in_sight) < 30


async def test_enter_is_for_all_marked_and_u_takes_it_back(district, open_desk):
    many(district, 4)
    async with open_desk(duty="issues").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        keys = Keys(pilot)
        await keys("space", "space", "enter")
        entry = next(line for line in lines(pilot.app) if "立案" in line and "2件都能办" in line)
        digit = next(part for part in entry.split() if part.isdecimal())
        await keys(digit)
        for _ in range(4):
            if "已标记" not in keys.seen and "8 撤销" in keys.seen:
                break
            await keys("enter" if "1 " not in keys.seen else "1")
        opened = await pilot.app.desk.read(
            lambda _s: Issue.select().where(Issue.state == State.OPENED).count()
        )
        assert opened == 2
        assert pilot.app.screen.query_one(WindowList).marked == []
