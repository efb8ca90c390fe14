"""What a key costs on the line, at 120x36: a dialog is sent when it opens, what was below it when it closes."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import OpenDesk
from tests.journeys.terminal import TerminalDesk

FORM = "F10 保存"
LEDGER = "Tab 翻看案情"


def sent_by(desk: TerminalDesk, key: str, words: str, gone: str = "") -> int:
    """The bytes that a key has the desk write, until these words stand there and all is at rest."""
    desk.settle()
    before = desk.received
    desk.press(key)
    desk.wait(words, gone=gone)
    desk.settle(0.6)
    return desk.received - before


@pytest.mark.parametrize(("key", "words"), [("enter", "看全案"), ("f", "紧急程度"), ("0", "全部清单")])
def test_a_dialog_over_the_ledger_costs_less_than_three_kilobytes_and_so_does_closing_it(
    open_desk: OpenDesk, key: str, words: str
) -> None:
    desk = open_desk("desk", "--open", "issues", size=(120, 36))
    desk.wait("问题清单", "经过")
    below = desk.settle()
    assert 300 < sent_by(desk, key, words) < 3000
    assert sent_by(desk, "esc", LEDGER, gone=words) < 3000
    assert desk.settle() == below


def test_the_form_of_an_act_costs_less_than_seven_kilobytes_and_leaving_it_too(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "issues", size=(120, 36))
    desk.wait("问题清单", "经过")
    below = desk.settle()
    desk.press("enter").wait("备注")
    assert 300 < sent_by(desk, "5", FORM) < 7000
    assert 300 < sent_by(desk, "esc", LEDGER) < 7000
    assert desk.settle() == below


def test_ctrl_l_draws_all_anew(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "issues", size=(120, 36))
    desk.wait("问题清单", "经过")
    whole = desk.settle()
    desk.screen.reset()  # another program wrote over the terminal
    desk.press("\x0c")
    desk.settle()
    assert desk.text == whole
