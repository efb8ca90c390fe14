"""What only a terminal shows: launch, caret, resize, paste, silence, hang-up, kill."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.journeys.conftest import OpenDesk
from tests.journeys.terminal import TerminalDesk

HALF_TYPED = "东门口的路灯坏了两盏"


def in_the_intake(desk: TerminalDesk) -> TerminalDesk:
    """登记, with a place and a sentence typed."""
    desk.wait("今日", "要办")
    desk.press("f3").wait("登记", "涉密信息不得录入")
    desk.press("k", "j", "x", "c").wait("康健新村·")
    desk.press("1").wait("类别 *", gone="kjxc")
    desk.press("tab").type(HALF_TYPED)
    desk.wait(HALF_TYPED)
    return desk


def test_the_first_line_holds_the_screen_and_whose_desk_it_is(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.wait("今日", "要办")
    assert desk.lines[0].startswith("今日")
    assert "值班员" in desk.lines[0]


@pytest.mark.parametrize(
    ("duty", "name"), [("today", "今日"), ("patrol", "每日巡查"), ("intake", "登记"), ("issues", "问题清单")]
)
def test_each_duty_can_be_opened_first(open_desk: OpenDesk, duty: str, name: str) -> None:
    desk = open_desk("desk", "--open", duty)
    desk.wait(name)
    assert desk.settle().splitlines()[0].startswith(name)


def test_with_no_key_pressed_nothing_is_written(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "issues", size=(120, 36))
    desk.wait("问题清单", "经过")
    assert desk.bytes_while_idle(3.0) == 0


def test_the_caret_stands_in_the_field_from_the_first_frame_on(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "intake")
    desk.wait("登记", "地点 *")
    desk.settle()
    line = next(number for number, words in enumerate(desk.lines) if "地点 *" in words)
    assert (desk.screen.cursor.x, desk.screen.cursor.y) == (16, line)


def test_full_width_digits_and_marks_act_as_their_ascii_twins(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.wait("今日", "要办")
    desk.press("３").wait("问题清单")
    desk.press("？").wait("帮助·问题清单")


def test_resizing_while_typing_loses_nothing(open_desk: OpenDesk) -> None:
    desk = in_the_intake(open_desk())
    for size in ((120, 36), (60, 15), (200, 50), (80, 24)):
        desk.resize(*size)
        desk.wait(HALF_TYPED)
    desk.resize(70, 20)
    desk.wait("请放大到80×24以上", HALF_TYPED)


def test_a_paste_is_text_and_nothing_in_it_is_obeyed(open_desk: OpenDesk) -> None:
    desk = in_the_intake(open_desk())
    desk.paste("[/b]一\x07二\u202e三\u200b四\n五")
    shown = desk.wait("[/b]一")
    assert "五" in shown
    assert "\u202e" not in shown


def test_kill_minus_9_loses_at_most_what_came_after_the_last_pause(open_desk: OpenDesk) -> None:
    desk = in_the_intake(open_desk())
    desk.settle(1.0)
    desk.signal(signal.SIGKILL)
    assert desk.wait_for_end() == -signal.SIGKILL
    again = open_desk()
    again.wait("没填完", HALF_TYPED)
    again.press("home", "enter").wait("继续填写")
    again.press("1").wait("登记", HALF_TYPED, "康健新村·")


def test_a_hang_up_saves_and_ends_within_seconds(open_desk: OpenDesk) -> None:
    desk = in_the_intake(open_desk())
    desk.hang_up()
    assert desk.wait_for_end(8) == 129
    open_desk().wait("没填完", HALF_TYPED)


def test_being_told_to_end_saves_and_ends(open_desk: OpenDesk) -> None:
    desk = in_the_intake(open_desk())
    desk.signal(signal.SIGTERM)
    assert desk.wait_for_end(8) == 143
    open_desk().wait("没填完", HALF_TYPED)


def test_ctrl_q_keeps_what_is_typed(open_desk: OpenDesk) -> None:
    desk = in_the_intake(open_desk())
    desk.press("ctrl+q")
    assert desk.wait_for_end() == 0
    open_desk().wait("没填完", HALF_TYPED)


def test_without_a_terminal_it_says_so_and_leaves(demo_copy: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dutydesk", "desk"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        env={"DUTYDESK_DATABASE": demo_copy, "TERM": "xterm", "PYTHONPATH": "."},
        check=False,
    )
    assert done.returncode == 1
    assert "这里不是终端" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_terminal_is_refused_with_what_to_do(open_desk: OpenDesk) -> None:
    desk = open_desk(TERM="no-such-terminal")
    desk.wait("xterm-256color")
    assert desk.wait_for_end() == 1


def test_the_ascii_drawing_keeps_to_plain_lines(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "issues", DUTYDESK_DRAWING="ascii")
    shown = desk.wait("问题清单", "还有")
    assert not set(shown) & set("─│┌┐└┘▶★◆✓✗…↓")
    assert "-----" in shown
