"""`dutydesk db check` tells of letters that the rules could not have left."""

from __future__ import annotations

import pytest

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Invited, Letter, LetterNumber, LetterPromise, LetterStep
from dutydesk.rules.checking import check

L = LetterState


def test_letters_in_every_state_are_in_order(letters):
    for state in LetterState:
        letters.in_state(state)
    assert check() == []


@pytest.mark.parametrize(
    ("state", "spoil", "told"),
    [
        (L.OUT, lambda _id: LetterNumber.update(serial=2).execute(), "有缺号"),
        (L.OUT, lambda _id: LetterNumber.update(serial=2).execute(), "计数器与已编的号不符"),
        (L.REPLACED, lambda _id: LetterNumber.update(void_at=None).execute(), "文号没有作废"),
        (L.OUT, lambda _id: Letter.update(number="").execute(), "发出了却没有文号"),
        (L.DRAFT, lambda _id: Letter.update(number="徐康办约〔2026〕9号").execute(), "还在拟稿却有文号"),
        (L.CLOSED, lambda _id: Letter.update(closed_at=None).execute(), "已结却没有时间"),
        (L.RAISED, lambda _id: Letter.update(returns_to=None).execute(), "没有记下原来的状态"),
        (L.OUT, lambda _id: Invited.update(state=InvitedState.RATED).execute(), "状态与约请不符"),
        (L.DOING, lambda _id: LetterStep.delete().execute(), "没有任何经过"),
    ],
)
def test_what_is_broken_is_named(letters, state, spoil, told):
    spoil(letters.in_state(state))
    assert any(told in each for each in check())


def test_two_leads_are_told_of(letters):
    letter_id = letters.in_state(L.DOING)
    bureau = letters.line(letter_id, letters.bureau)
    letters.do("agree", letter_id, invited=str(bureau.id), part="support")
    LetterPromise.update(part="lead").execute()
    assert any("两个牵头部门" in each for each in check())
