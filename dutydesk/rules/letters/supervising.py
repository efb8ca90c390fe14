"""督办单: a notice, with a number of its own register, to those departments of a letter that owe something."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, NamedTuple

from dutydesk.letter_words import NumberKind
from dutydesk.models import Letter, LetterNumber, LetterStep
from dutydesk.rules.errors import Refused
from dutydesk.rules.letters import numbers
from dutydesk.rules.letters.answers import is_silent
from dutydesk.rules.letters.follow_up import urged
from dutydesk.rules.letters.taking import Doing, effect, tell_issues
from dutydesk.rules.organisation import day_of
from dutydesk.text import mask_phones_in


class Supervised(NamedTuple):
    """A 督办单 as it was issued."""

    number: str
    day: date
    to: tuple[str, ...]
    reason: str
    wanted: str
    by: date | None
    void: bool


@effect("supervise")
def _supervise(doing: Doing) -> str:
    letter = doing.letter
    wanted = doing.need("text", "请写明督办什么。")
    by = doing.need_day("due_on", "请写明何时前办结并回复。")
    if by < doing.session.day:
        raise Refused("期限不能早于今天。", "due_on")
    to = urged(doing)
    behind = [each.department.name for each in to if is_silent(each, doing.acting.at)]
    reason = (
        f"{letter.number}约请答复期限已过，至今未答复" if behind else f"{letter.number}约请的事项尚未落实"
    )
    number = numbers.take(letter, doing.acting.at, NumberKind.SUPERVISION)
    names = [each.department.name for each in to]
    doing.details |= {"number": number, "to": names, "reason": reason, "wanted": wanted, "by": by.isoformat()}
    tell_issues(doing, f"{number}督办{'、'.join(names)}")
    return f"{number}，督{'、'.join(names)}：{wanted}"


def notices(letter: Letter) -> list[Supervised]:
    """The 督办单 of a letter, the newest first; void ones too."""
    void: Any = LetterNumber.select(LetterNumber.text).where(
        LetterNumber.letter == letter.id, LetterNumber.void_at.is_null(False)
    )
    gone = {text for (text,) in void.tuples()}
    rows = LetterStep.select().where(LetterStep.letter == letter.id, LetterStep.name == "supervise")
    return [_notice(row, gone) for row in rows.order_by(LetterStep.id.desc())]


def _notice(step: LetterStep, gone: set[str]) -> Supervised:
    kept = json.loads(step.details)
    return Supervised(
        kept["number"],
        day_of(step.occurred_at),
        tuple(kept["to"]),
        kept["reason"],
        mask_phones_in(kept["wanted"]),
        date.fromisoformat(kept["by"]),
        kept["number"] in gone,
    )
