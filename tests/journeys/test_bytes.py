"""What a key costs on the line, at 120x36: a dialog is sent when it opens, what was below it when it closes."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import OpenDesk
from tests.journeys.terminal import TerminalDesk


def sent_by(desk: TerminalDesk, *keys: str) -> int:
    """The bytes that keys have the desk write, until it is at rest."""
    desk.settle()
    before = desk.received
    desk.press(*keys)
    desk.settle(0.6)
    return desk.received - before


@pytest.mark.parametrize("key", ["enter", "f", "0"])
def test_a_dialog_over_the_ledger_costs_less_than_three_kilobytes_and_so_does_closing_it(
    open_desk: OpenDesk, key: str
) -> None:
    desk = open_desk("desk", "--open", "issues", size=(120, 36))
    desk.wait("问题清单", "经过")
    desk.press("down")
    below = desk.settle()
    assert 300 < sent_by(desk, key) < 3000
    assert "Esc 返回" in desk.text
    assert sent_by(desk, "esc") < 3000
    assert desk.settle() == below


def test_the_form_of_an_act_costs_less_than_seven_kilobytes_and_leaving_it_too(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "issues", size=(120, 36))
    desk.wait("问题清单", "经过")
    below = desk.settle()
    desk.press("enter").wait("备注")
    assert sent_by(desk, "5") < 7000
    assert "F10 保存" in desk.text
    assert sent_by(desk, "esc") < 7000
    assert desk.settle() == below


def test_ctrl_l_draws_all_anew(open_desk: OpenDesk) -> None:
    desk = open_desk("desk", "--open", "issues", size=(120, 36))
    desk.wait("问题清单", "经过")
    whole = desk.settle()
    desk.screen.reset()  # another program wrote over the terminal
    desk.press("\x0c")
    desk.settle()
    assert desk.text == whole
