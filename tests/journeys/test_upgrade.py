"""The database is upgraded while a desk of the old version is open: it is sent away with what is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import OpenDesk
from tests.upgrading import upgrade

pytestmark = pytest.mark.both
HALF_TYPED = "地下车库入口的照明坏了三盏"


def begun(open_desk: OpenDesk, words: str):
    desk = open_desk("desk", "--open", "intake")
    desk.wait("登记", "地点 *")
    desk.press("k", "j", "x", "c").wait("康健新村·")
    desk.press("1").wait("类别 *", gone="kjxc")
    desk.press("w", "y").wait("物业服务")
    desk.press("1").type(words)
    desk.wait(words)
    return desk


def test_a_desk_of_the_old_version_is_told_to_leave_and_keeps_what_is_typed(
    open_desk: OpenDesk, demo_copy: str, tmp_path: Path
) -> None:
    desk = begun(open_desk, HALF_TYPED)
    upgrade(demo_copy, tmp_path)
    assert desk.wait_for_end(8) is not None
    assert "值班台已升级" in desk.text
    kept = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("draft-*.json")]
    assert len(kept) == 1
    assert HALF_TYPED in kept[0]
    again = open_desk("desk")
    again.wait("更新版本")
    assert again.wait_for_end(8) == 1
