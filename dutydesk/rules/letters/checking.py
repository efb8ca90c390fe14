"""What `dutydesk db check` asks of letters: the register has no gap, each line and story fits the letter's state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peewee import fn

from dutydesk.letter_words import InvitedState, LetterState, Part
from dutydesk.models import Counter, Invited, Letter, LetterNumber, LetterPromise, LetterStep
from dutydesk.rules.letters.life import LETTER_ENDS, ON_PAPER

_TOLD = 3


def problems() -> Iterator[str]:
    """All that is wrong with letters, in sentences."""
    yield from _numbers()
    yield from _letters()
    yield from _lines()
    yield from _stories()


def _numbers() -> Iterator[str]:
    registers: Any = (
        LetterNumber.select(
            LetterNumber.subdistrict,
            LetterNumber.kind,
            LetterNumber.year,
            fn.MIN(LetterNumber.serial),
            fn.MAX(LetterNumber.serial),
            fn.COUNT(LetterNumber.id),
        )
        .group_by(LetterNumber.subdistrict, LetterNumber.kind, LetterNumber.year)
        .tuples()
    )
    for town, kind, year, first, last, many in registers:
        if (first, last) != (1, many):
            yield f"{year}年约请登记簿（{kind.label}）有缺号"
        counter = Counter.get_or_none(Counter.name == f"letter:{kind.value}:{town}:{year}")
        if counter is None or counter.value != last:
            yield f"{year}年约请登记簿（{kind.label}）的计数器与已编的号不符"
    live: Any = LetterNumber.select(LetterNumber.letter).where(LetterNumber.void_at.is_null())
    ended = (LetterState.WITHDRAWN, LetterState.REPLACED)
    for letter in Letter.select().where(Letter.state.in_(ended), Letter.id.in_(live)).limit(_TOLD):
        yield f"已{letter.state.label.removeprefix('已')}的约请，文号没有作废：{letter.number}"


def _letters() -> Iterator[str]:
    gone = Letter.state.not_in([*ON_PAPER, LetterState.WITHDRAWN])
    rules: tuple[tuple[str, Any], ...] = (
        ("发出了却没有文号", gone & (Letter.number == "")),
        ("还在拟稿却有文号", Letter.state.in_(ON_PAPER) & (Letter.number != "")),
        ("已结却没有时间", Letter.state.in_(LETTER_ENDS) & Letter.closed_at.is_null()),
        ("未结却有办结时间", Letter.state.not_in(LETTER_ENDS) & Letter.closed_at.is_null(False)),
        (
            "提请区级却没有记下原来的状态",
            Letter.state.in_((LetterState.RAISING, LetterState.RAISED)) & Letter.returns_to.is_null(),
        ),
    )
    for what, broken in rules:
        for letter in Letter.select().where(broken).order_by(Letter.id).limit(_TOLD):
            yield f"约请{what}：{letter.number or letter.subject}"


def _lines() -> Iterator[str]:
    after_closing = (InvitedState.ENDED, InvitedState.RATED, InvitedState.SETTLED)
    rows = (
        Invited.select(Invited, Letter)
        .join(Letter)
        .where(
            (Invited.state.in_(after_closing) & (Letter.state != LetterState.CLOSED))
            | (Letter.state.in_(ON_PAPER) & (Invited.state != InvitedState.LISTED))
        )
    )
    for row in rows.order_by(Invited.id).limit(_TOLD):
        yield f"约请部门的状态与约请不符：{row.letter.number or row.letter.subject} {row.department.name}"
    leads: Any = (
        LetterPromise.select(LetterPromise.letter)
        .where(LetterPromise.part == Part.LEAD)
        .group_by(LetterPromise.letter)
        .having(fn.COUNT(fn.DISTINCT(LetterPromise.invited)) > 1)
    )
    for letter in Letter.select().where(Letter.id.in_(leads)).limit(_TOLD):
        yield f"约请有两个牵头部门：{letter.number}"


def _stories() -> Iterator[str]:
    told = LetterStep.select(LetterStep.letter)
    for letter in Letter.select().where(Letter.id.not_in(told)).order_by(Letter.id).limit(_TOLD):
        yield f"约请没有任何经过：{letter.number or letter.subject}"
