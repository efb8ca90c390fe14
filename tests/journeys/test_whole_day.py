"""An area's day by keys alone: patrol, intake, triage, handling, check, feedback, 销项, through everyone's hands."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.journeys.conftest import OpenDesk
from tests.journeys.terminal import TerminalDesk


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The `dutydesk` command on a database."""
    return subprocess.run(
        [sys.executable, "-m", "dutydesk", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={"DUTYDESK_DATABASE": url, "PYTHONPATH": ".", "LANG": "C.UTF-8"},
        check=False,
    )


def exported(url: str, number: str) -> dict[str, object]:
    """One case as scripts read it."""
    found = [
        row for row in json.loads(run(url, "export", "issues", "--json").stdout) if row["number"] == number
    ]
    return dict(found[0])


def become(desk: TerminalDesk, role: str, *then: str) -> None:
    """F9, a role by its digits, and who of them."""
    desk.press("f9").wait("换成哪个岗位")
    desk.press(*role)
    if then:
        desk.wait("哪一位")
        desk.press(*then)
    desk.wait("今日", gone="换成哪个岗位")


@pytest.mark.both
def test_a_case_walks_from_registration_to_closed_through_everyones_hands(
    open_desk: OpenDesk, demo_copy: str
) -> None:
    desk = open_desk()
    desk.wait("今日", "要办")

    # 登记: at most 12 keys, prose apart
    desk.keys = 0
    desk.press("2").wait("登记", "地点 *")
    desk.press("k", "j", "x", "c").wait("康健新村·")
    desk.press("1").wait("类别 *", gone="kjxc")
    desk.press("w", "y").wait("物业服务")
    desk.press("1").wait("房屋物业·")
    desk.type("三号楼门禁坏了一周没人修")
    desk.press("f10")
    number = desk.wait("已登记").split("已登记 ")[1][:11]
    assert desk.keys <= 12
    assert exported(demo_copy, number)["state"] == "reported"

    # 立案, 派单
    desk.press("f4").wait("问题清单", number)
    desk.press("enter").wait("立案")
    desk.press("1").wait(f"{number} 已立案")
    desk.press("enter").wait("派单")
    desk.press("1").wait("交给谁", "公共管理力量")
    desk.press("1").wait("交办要求")
    desk.press("f10").wait(f"{number} 已派单")

    # 接单, 报完成 by the force's handler
    become(desk, "4", *_one_of(desk, "4", "公共管理"))
    desk.press("3").wait("问题清单", number)
    desk.press("enter").wait("接单")
    desk.press("1").wait(f"{number} 已接单")
    desk.press("enter").wait("报完成")
    desk.press("1").wait("做了什么")
    desk.type("联系物业当天换了门禁主板")
    desk.press("f10").wait(f"{number} 已报完成")

    # the check by somebody else: nobody raised it, so it waits for 销项
    become(desk, "1", "1")
    desk.press("f4").wait("问题清单")
    desk.press("5").wait("待核查", number)
    desk.press("enter").wait("核查通过")
    desk.press("1").wait("现场情况")
    desk.type("现场刷卡能开门")
    desk.press("f10").wait(f"{number} 已核查通过")

    # 销项 by the chief
    become(desk, "3")
    desk.press("9").wait("待我定", number)
    desk.move_to(number)
    desk.press("1").wait(f"{number} 已定")
    case = exported(demo_copy, number)
    assert (case["state"], case["level"]) == ("closed", "area")
    assert run(demo_copy, "db", "check").returncode == 0


def _one_of(desk: TerminalDesk, role: str, place: str) -> tuple[str, ...]:
    """The digit of the first person of a role whose scope reads so."""
    desk.press("f9").wait("换成哪个岗位")
    desk.press(role).wait("哪一位")
    line = next(line for line in desk.settle().splitlines() if place in line)
    desk.press("esc").wait(gone="哪一位")
    return (line.split("│")[1].strip(" ▶")[0],)


def test_a_trifle_solved_on_the_spot_is_closed_in_one_act(open_desk: OpenDesk, demo_copy: str) -> None:
    desk = open_desk("desk", "--open", "intake")
    desk.wait("登记", "地点 *")
    desk.press("k", "j", "x", "c").wait("康健新村·")
    desk.press("1").wait("类别 *", gone="kjxc")
    desk.press("l", "j").wait("▶ 1 ")
    desk.press("1").type("垃圾箱房门口有散落纸箱")
    desk.press(*["down"] * 6).type("已和保洁员一起清走")
    desk.press("down", "1", "f10")
    number = desk.wait("已登记", "已销项").split("已登记 ")[1][:11]
    case = exported(demo_copy, number)
    assert (case["state"], case["steps"]) == ("closed", 2)


@pytest.mark.both
def test_what_another_desk_writes_shows_within_two_seconds(open_desk: OpenDesk) -> None:
    watching = open_desk("desk", "--open", "issues")
    watching.wait("问题清单", "还有")
    writing = open_desk("desk", "--open", "intake")
    writing.wait("登记", "地点 *")
    writing.press("k", "j", "x", "c").wait("康健新村·")
    writing.press("1").wait("类别 *", gone="kjxc")
    writing.press("w", "y").wait("物业服务")
    writing.press("1").type("另一张桌上登记的事")
    writing.press("f10").wait("已登记")
    watching.wait("上面新来1件", seconds=4)
    assert "另一张桌上登记的事" not in watching.text
    watching.press("home").wait("另一张桌上登记的事")
