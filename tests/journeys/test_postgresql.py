"""A desk in a terminal while its PostgreSQL goes away: it says so, keeps what is typed, and comes back by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.conftest import OpenDesk
from tests.postgresql import Server

pytestmark = pytest.mark.postgresql

HALF_TYPED = "地下车库入口的照明坏了三盏"


@pytest.fixture
def server(postgresql: Server) -> Iterator[Server]:
    yield postgresql
    if postgresql.process is not None and postgresql.process.poll() is not None:
        postgresql.go()


def test_what_is_typed_outlives_a_server_that_is_away_and_is_saved_when_it_is_back(
    open_desk: OpenDesk, server: Server
) -> None:
    desk = open_desk("desk", "--open", "intake")
    desk.wait("登记", "地点 *")
    desk.press("k", "j", "x", "c").wait("康健新村·")
    desk.press("1").wait("类别 *", gone="kjxc")
    desk.press("w", "y").wait("物业服务")
    desk.press("1").type(HALF_TYPED)
    desk.wait(HALF_TYPED)
    server.halt()
    desk.press("f10")
    shown = desk.wait("正在重新连接", "已填内容仍在", HALF_TYPED)
    assert "postgresql" not in shown
    desk.settle()
    server.go()
    desk.wait("已登记", gone="正在重新连接")


def test_a_desk_left_while_its_server_is_away_ends_at_once_and_offers_what_was_typed(
    open_desk: OpenDesk, server: Server
) -> None:
    desk = open_desk("desk", "--open", "intake")
    desk.wait("登记", "地点 *")
    desk.press("tab", "tab").type(HALF_TYPED)
    desk.wait(HALF_TYPED)
    server.halt()
    desk.press("ctrl+q")
    desk.wait_for_end(8)
    server.go()
    again = open_desk("desk", "--open", "intake")
    again.wait("登记", "草稿")


def test_a_desk_that_watches_hears_of_others_again_after_a_restart(
    open_desk: OpenDesk, server: Server
) -> None:
    watching = open_desk("desk", "--open", "issues")
    watching.wait("问题清单", "还有")
    server.halt()
    server.go()
    writing = open_desk("desk", "--open", "intake")
    writing.wait("登记", "地点 *")
    writing.press("k", "j", "x", "c").wait("康健新村·")
    writing.press("1").wait("类别 *", gone="kjxc")
    writing.press("w", "y").wait("物业服务")
    writing.press("1").type(HALF_TYPED)
    writing.press("f10").wait("已登记")
    watching.wait("上面新来1件", seconds=6)


def test_a_desk_on_a_server_that_is_not_there_says_so_and_leaves(open_desk: OpenDesk) -> None:
    desk = open_desk(url="postgresql://zhang:mima123@127.0.0.1:1/xuhui")
    shown = desk.wait("连接断了")
    assert "mima123" not in shown
    assert desk.wait_for_end() == 1
