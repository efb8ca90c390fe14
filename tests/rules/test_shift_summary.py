"""值班小结: what a chat is told, and that it names nobody who reported."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.rules import handover, shift_summary
from dutydesk.vocabulary import Role, State

R, S = Role, State
pytestmark = pytest.mark.both


def test_it_tells_what_came_what_was_done_and_what_is_to_come(cases):
    cases.in_state(S.OPENED, summary="三号楼楼道堆放旧家具", flags="strongly_felt")
    found = shift_summary.summary(cases[R.DUTY_OFFICER])
    assert found.title == "康健一片区（演示） 11月24日值班小结"
    assert "值班：值班员甲" in found.text
    assert "新到1，本班办了1" in found.text
    for section in ("■ 新到（1）", "■ 本班办了（1）", "■ 重点关注（1）"):
        assert section in found.text
    assert "康健新村 ★群众反映强烈 三号楼楼道堆放旧家具" in found.text


def test_names_and_numbers_of_who_reported_are_masked_wherever_they_were_typed(cases):
    issue_id = cases.in_state(
        S.OPENED,
        summary="王小明说三号楼漏水，电话13800001234",
        reporter_name="王小明",
        reporter_address="三号楼502室",
    )
    cases.do("first_contact", issue_id, promised="王小明家明早上门，三号楼502室")
    duty = cases[R.DUTY_OFFICER]
    page = handover.page(duty)
    page = handover.sign_out(duty, page.digest, {"free": "王小明晚上在家，打13800001234"}, str(uuid4()))
    for found in (shift_summary.summary(duty, page.id), shift_summary.summary(duty)):
        told = found.text + str(found.page)
        assert "王小明" not in told and "13800001234" not in told and "502室" not in told
        assert "王*" in told


def test_a_quiet_shift_says_so(cases):
    assert "本班没有新情况" in shift_summary.summary(cases[R.DUTY_OFFICER]).text


def test_a_long_section_is_cut_and_says_how_much(cases):
    for number in range(8):
        cases.new(summary=f"第{number}件新到的事")
    text = shift_summary.summary(cases[R.DUTY_OFFICER]).text
    assert "（其余2条见交接班页）" in text and text.count("件新到的事") == 6
    brief = [line.text for line in shift_summary.summary(cases[R.DUTY_OFFICER]).brief.lines]
    assert len([each for each in brief if "件新到的事" in each]) == 6 and "其余2条见交接班页" in brief
