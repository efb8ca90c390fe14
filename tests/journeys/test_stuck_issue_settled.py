"""The rest of a stuck case: one comes, one refuses, one is silent; raised, agreed, done, closed, 销项, rated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dutydesk.letter_words import Answer, InvitedState, LetterState, Part, Score
from dutydesk.models import Invited, IssueStep, LetterPromise, LetterStep
from dutydesk.vocabulary import State
from tests.journeys.conftest import OpenDesk
from tests.journeys.hands import become, go_to, looked
from tests.journeys.test_stuck_issue import ESTATE, FIRE, OFFICE, Walk, up_to_the_signed_letter
from tests.journeys.test_whole_day import run

REST = 0.8  # seconds: a hand that fills in a form takes longer than a key held down, which is not listened to

D = InvitedState


def _line(walk: Walk, short: str) -> Invited:
    """One department's line."""
    rows = looked(walk.url, lambda: list(Invited.select().where(Invited.letter == walk.letter_id)))
    return looked(walk.url, lambda: next(row for row in rows if short in row.department.name))


def _at_the_department(walk: Walk, short: str) -> None:
    """Its liaison, with the cursor on the letter."""
    become(walk.desk, "5", short)
    walk.desk.press("f6").wait("条块约请　本部门", "1 应约")
    go_to(walk.desk, walk.letter().number)


def _open(walk: Walk, view: str, state: str) -> None:
    """The letter from one of the lists."""
    walk.desk.press("f6").wait("条块约请　", "Enter 打开")
    if view:
        walk.desk.press(view).settle()
    go_to(walk.desk, walk.letter().number)
    walk.desk.press("enter").wait(f"{walk.letter().number}　{state}")


def one_comes_one_refuses_one_is_silent(walk: Walk) -> None:
    """The liaisons' answers by a digit; the third's limit passes."""
    desk = walk.desk
    _at_the_department(walk, OFFICE)
    desk.press("1").wait("约请　应约", "谁来")
    desk.press("f10").wait("已应约", "应约：")
    walk.station("应约")
    _at_the_department(walk, ESTATE)
    desk.press("3").wait("约请　不属职责", "▶ 1 ")
    desk.press("1").type("通道堆物由清单所列部门依法处置，物业没有处置权")
    desk.press("f10").wait("已记下“不属职责”", "依据")
    walk.station("不属职责")
    refused = _line(walk, ESTATE)
    assert refused.answer is Answer.REFUSE and "演示清单" in refused.basis and refused.instead_id
    late = datetime.now(UTC) - timedelta(days=7)  # the desk's clock stays; only this limit is over
    silent = _line(walk, FIRE).id
    looked(walk.url, lambda: Invited.update(answer_due_at=late).where(Invited.id == silent).execute())
    assert walk.invited() == {OFFICE: D.COMING, ESTATE: D.REFUSED, FIRE: D.SENT}


def reminded_and_raised(walk: Walk) -> None:
    """What the desk says, 催办, 提请区级, the subdistrict's yes."""
    desk = walk.desk
    become(desk, "3")
    _open(walk, "", "待答复")
    shown = desk.settle()
    assert "答复不属职责，请定" in shown and "建议提请区级" in shown and "（逾期未答）" in shown
    desk.press("0").wait("4 催办")
    desk.press("4").wait("约请　催办", "催什么")
    desk.type("请答复能否到场")
    desk.press("enter", "q", "x", "f").wait(f"▶ 1 {FIRE}")
    desk.press("1", "f10").wait("已催办", "催办1次，建议提请区级")
    desk.press("0").wait("7 提请区级")
    desk.press("7").wait("约请　提请区级", "2 部门逾期不答")
    desk.press("2").wait("▶2 部门逾期不答")
    desk.type("催过仍不答复，通道堵着有风险")
    desk.press("f10").wait("已提请区级，现在是待同意提请")
    walk.station("催办、提请区级")
    assert (walk.letter().state, walk.letter().raised_for) == (LetterState.RAISING, "silence")
    assert _line(walk, FIRE).urges == 1
    become(desk, "7")
    _open(walk, "", "待同意提请")
    desk.press("1").wait("约请　同意提请")
    desk.type("街道党工委同意").press("f10").wait("已同意提请，现在是待区级受理")
    walk.station("街镇同意提请")


def the_district_names_the_lead(walk: Walk) -> None:
    """受理, the refusal granted, 指定牵头, 会商, 商定 with two."""
    desk = walk.desk
    desk.press("f9").wait("换成哪个岗位")
    desk.press("9").wait("1 区级协调员")
    desk.press("1").wait("哪一位区级协调员")
    desk.press("1").wait("今日", gone="哪一位")
    _open(walk, "", "待区级受理")
    desk.press("1").wait("约请　受理")
    desk.type("由区里召集相关部门").press("f10").wait("已受理，现在是区级协调", "经过   受理")
    go_to(desk, ESTATE, "不属职责")
    desk.press("enter").wait("1 认可不属职责")
    desk.press("1").wait("已认可不属职责", "不再约请")
    walk.station("受理、认可不属职责")
    desk.press("0").wait("8 指定牵头")
    desk.press("8").wait("约请　指定牵头")
    desk.press("q", "x", "f").wait(f"▶ 1 {FIRE}")
    desk.press("1").type("清单列明消防通道由其执法")
    desk.press("f10").wait("已指定牵头", "经过   指定牵头")
    desk.settle(REST)
    desk.press("1").wait("约请　记会商")
    desk.type("两家到场看过，通道堵塞属实").press("f10").wait("已记会商", "经过   记会商")
    walk.station("指定牵头、会商")
    agreed = ((FIRE, "牵头", "依法清除通道堆物", "03"), (OFFICE, "配合", "配合清理，每天看一次", "1"))
    for short, part, what, keys in agreed:
        desk.settle(REST)
        desk.press(*keys).wait("约请　记商定", short, "何时前")
        desk.press("down", "down").type(what)
        desk.wait(what)
        desk.press("tab").type("+7")
        desk.press("f10").wait("已记商定", f"{part}：{what}", "经过   记商定")
    walk.station("两个部门商定")
    promises = looked(
        walk.url, lambda: list(LetterPromise.select().where(LetterPromise.letter == walk.letter_id))
    )
    assert [row.part for row in promises] == [Part.LEAD, Part.SUPPORT]
    assert walk.letter().state is LetterState.DOING
    assert walk.invited() == {OFFICE: D.PROMISED, ESTATE: D.FREED, FIRE: D.PROMISED}


def done_by_both_and_by_the_force(walk: Walk) -> None:
    """报落实 twice; the force that the meeting named does its part of the case."""
    desk = walk.desk
    for short in (FIRE, OFFICE):
        _at_the_department(walk, short)
        desk.press("5").wait("约请　报落实")
        desk.type("通道已清空" if short == FIRE else "已配合清理")
        desk.press("f10").wait("已报落实")
    walk.station("两个部门报落实")
    assert walk.invited() == {OFFICE: D.DONE, ESTATE: D.FREED, FIRE: D.DONE}
    become(desk, "4", "公共安全")
    desk.press("3").wait("问题清单", walk.number)
    go_to(desk, walk.number)
    desk.press("enter").wait("1 接单")
    desk.press("1").wait(f"{walk.number} 已接单")
    desk.press("enter").wait("报完成")
    desk.press("1").wait("做了什么")
    desk.type("通道堆物已清走，告示已贴").press("f10").wait(f"{walk.number} 已报完成")
    walk.station("接单、报完成")
    assert walk.issue().state is State.REVIEW


def closed_by_all_three_sides(walk: Walk) -> None:
    """提请办结 by the area, 同意 by both departments, by the subdistrict with the look on site."""
    desk = walk.desk
    become(desk, "3")
    _open(walk, "", "跟办　等片区")
    desk.press("1").wait("约请　提请办结", "通道已清空；已配合清理")
    desk.press("f10").wait("已提请办结，现在是待办结", "还没有答")
    for short in (FIRE, OFFICE):
        _at_the_department(walk, short)
        desk.press("5").wait("已同意办结")
    assert walk.letter().state is LetterState.CLOSING
    become(desk, "7")
    _open(walk, "", "待办结")
    desk.press("1").wait("约请　同意办结", "现场看到什么")
    desk.type("现场看过，通道畅通").press("f10").wait("已同意办结，现在是已办结")
    walk.station("三方同意办结")
    assert walk.letter().state is LetterState.CLOSED
    assert walk.invited() == {OFFICE: D.ENDED, ESTATE: D.FREED, FIRE: D.ENDED}


def checked_and_struck_off(walk: Walk) -> None:
    """销项: checked when the letter was closed; nobody reported it, so there is nobody to tell."""
    desk = walk.desk
    assert walk.issue().state is not State.REVIEW, "the look on site at closing was its check"
    become(desk, "3")
    desk.press("9").wait("待我定", walk.number)
    go_to(desk, walk.number)
    desk.press("1").wait(f"{walk.number} 已定")
    walk.station("核查、销项")
    assert walk.issue().state is State.CLOSED


def rated(walk: Walk) -> None:
    """评价 by the chief of each department, and what one says to it."""
    desk = walk.desk
    for short, score in ((FIRE, "2"), (OFFICE, "1")):
        _open(walk, "1", "已办结")
        go_to(desk, "部门", short)
        desk.press("enter").wait("1 评价")
        desk.settle(REST)
        desk.press("1").wait("约请　评价")
        desk.press(score, "f10").wait("已评价")
    _at_the_department(walk, FIRE)
    desk.press("5").wait("约请　部门说明")
    desk.type("今后加强联系").press("f10").wait("已记下“部门说明”")
    walk.station("评价、部门说明")
    assert (_line(walk, FIRE).score, _line(walk, OFFICE).score) == (Score.FAIR, Score.GOOD)
    assert walk.invited() == {OFFICE: D.RATED, ESTATE: D.FREED, FIRE: D.SETTLED}


def test_a_stuck_case_is_raised_agreed_done_closed_and_rated(open_desk: OpenDesk, demo_copy: str) -> None:
    walk = up_to_the_signed_letter(open_desk(), demo_copy)
    one_comes_one_refuses_one_is_silent(walk)
    reminded_and_raised(walk)
    the_district_names_the_lead(walk)
    done_by_both_and_by_the_force(walk)
    closed_by_all_three_sides(walk)
    checked_and_struck_off(walk)
    rated(walk)
    walk.tell()
    issue, number = walk.issue().id, walk.letter().number
    told = looked(walk.url, lambda: [row.text for row in IssueStep.select().where(IssueStep.issue == issue)])
    assert any(number in text and "办结" in text for text in told)
    names = looked(
        walk.url, lambda: [row.name for row in LetterStep.select().where(LetterStep.letter == walk.letter_id)]
    )
    assert {"sign", "urge", "raise", "accept", "name_lead", "agree", "fulfil", "rate"} <= set(names)
    walk.desk.press("ctrl+q").wait_for_end()
    assert run(walk.url, "db", "check").returncode == 0
