"""How a department did, as the area rates it; the rating counts after the department has had its say, or let it pass."""

from __future__ import annotations

from datetime import datetime

from dutydesk.letter_words import Score
from dutydesk.models import Invited
from dutydesk.rules.errors import Refused
from dutydesk.rules.letters.limits import due
from dutydesk.rules.letters.taking import Doing, effect


def counts(invited: Invited, now: datetime) -> bool:
    """Whether a rating counts: the department has spoken, or its time for that (a setting) is over."""
    if invited.rated_at is None:
        return False
    over = invited.say_until is not None and invited.say_until < now
    return invited.said_at is not None or over


@effect("rate")
def _rate(doing: Doing) -> str:
    one = doing.one
    one.score = doing.one_of("score", Score, "请选评价。")
    one.rated_text = doing.text("text", lines=True)
    if one.score is Score.POOR and not one.rated_text:
        raise Refused("不满意要写明为什么，部门看得到。", "text")
    one.rated_at = doing.acting.at
    one.say_until = due("letter_say_limit", doing.letter.subdistrict_id, doing.acting.at)
    return f"{one.department.name}：{one.score.label}" + (f"，{one.rated_text}" if one.rated_text else "")


@effect("say")
def _say(doing: Doing) -> str:
    one = doing.one
    one.said, one.said_at = doing.text("text", lines=True), doing.at
    return f"{one.department.name}：{one.said or '没有意见'}"
