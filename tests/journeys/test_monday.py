"""A shift by keys alone: taking over, first contacts, the summary, handing over, and the successor's signature."""

from __future__ import annotations

import re

from tests.journeys.conftest import OpenDesk
from tests.journeys.terminal import TerminalDesk
from tests.journeys.test_whole_day import run


def become_officer(desk: TerminalDesk, name: str) -> None:
    """F9, 值班员, and the one of this name."""
    desk.press("f9").wait("换成哪个岗位")
    desk.press("1").wait("哪一位", name)
    line = next(line for line in desk.settle().splitlines() if name in line and "│" in line)
    desk.press(line.split("│")[1].strip(" ▶")[0])
    desk.wait("今日", name, gone="哪一位")


def test_a_shift_is_taken_over_worked_and_handed_over(open_desk: OpenDesk, demo_copy: str) -> None:
    desk = open_desk()
    desk.wait("今日", "交班等我签收")
    desk.keys = 0

    # 接班: the page that the shift before has signed
    desk.press("6").wait("值班", "等您签收")
    desk.press("1").wait("交接班", "已签，等", "下一班内到期", "1 签收接班")
    desk.press("1").wait("签收后这些就由您接着办")
    desk.press("1").wait("已签收接班")

    # each line opens its case
    before = desk.keys
    desk.move_to("下一班内到期")  # below what was left to read
    read = desk.keys - before
    desk.press("enter").wait("看全案")
    desk.press("esc").wait(gone="看全案")

    # 先行联系: the number first, then one key, with its clock
    desk.press("esc").wait("件等联系反映人")
    desk.press("4").wait("先行联系　还有", "前联系")
    left = int(re.findall(r"还有(\d+)件", desk.text)[0])
    desk.press("enter").wait("打过电话再按 Enter")
    desk.settle(0.8)  # an Enter at once would not count as a call
    desk.press("enter").wait("已记：电话联系反映人")
    desk.wait(f"还有{left - 1}件" if left > 1 else "没有了")
    desk.press("esc").wait("值班", "交接记录")

    # 值班小结: one key, as text and as a sheet
    desk.press("2").wait("值班小结（可选中复制", "■ ", "值班小结已放进发件夹", "1 存进发件夹")
    desk.press("esc").wait("值班", "交接记录")

    # 交班: the page is written already; a free line, and the signature
    desk.press("1").wait("1 签字交班", "本班办了" if "本班办了" in desk.text else "接班 ")
    desk.press("1").wait("交班签字", "交给谁")
    desk.type("钥匙在门卫室")
    desk.press("f10")
    early = desk.wait_for_one_of("已签字交班，等", "现在就交班？") == "现在就交班？"
    if early:  # long before the shift's end
        desk.press("1")
    desk.wait("已签字交班，等")
    successor = re.findall(r"已签字交班，等(\w+)签收", desk.text)[0]
    assert desk.keys - early - read <= 16
    desk.press("1").wait("您已签字（", "不用再签")

    # the successor finds it on 今日, signs, and has what was taken over there
    become_officer(desk, successor)
    desk.wait("交班等我签收")
    desk.press("6").wait("等您签收")
    desk.press("1").wait("1 签收接班")
    desk.press("1").wait("签收后这些就由您接着办", "留言：钥匙在门卫室")
    desk.press("1").wait("已签收接班", "钥匙在门卫室")
    desk.press("esc").wait("签收", gone="已签收接班")
    desk.press("esc").wait("今日", "接班接下的还没办完")
    desk.press("ctrl+q").wait_for_end()
    assert run(demo_copy, "db", "check").returncode == 0


def test_a_line_half_typed_outlives_a_broken_line(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "shift")
    desk.wait("值班", "等您签收")
    desk.press("down", "down", "enter").wait("1 签字交班")
    desk.press("1").wait("交班签字", "交给谁")
    desk.type("电梯维保").wait("电梯维保", seconds=60)
    desk.hang_up()
    desk.wait_for_end()
    again = open_desk()
    again.wait("今日", "交班留言")
    again.move_to("交班留言")
    again.press("enter").wait("继续填写")
    again.press("1").wait("电梯维保")
