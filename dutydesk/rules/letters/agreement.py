"""What was agreed: which department leads, which supports, what it does, by when. One promise an act, as many as there are."""

from __future__ import annotations

from typing import Any

from dutydesk.letter_words import InvitedState, Part
from dutydesk.models import Invited, Letter, LetterPromise
from dutydesk.rules.errors import Refused
from dutydesk.rules.letters.life import INVITED_ENDS
from dutydesk.rules.letters.taking import Doing, all_invited, effect, invited_of, tell_issues
from dutydesk.rules.organisation import row_id


@effect("agree")
def _agree(doing: Doing) -> str:
    letter = doing.letter
    invited = invited_of(letter, row_id(doing.fields.get("invited")))
    if invited.state in INVITED_ENDS:
        raise Refused(f"{invited.department.name}已不再约请，请选别的部门。", "invited")
    part = doing.one_of("part", Part, "请选牵头还是配合。")
    leads = leading(letter)
    if part is Part.LEAD and leads is not None and leads.id != invited.id:
        raise Refused(f"已由{leads.department.name}牵头；只有一个部门牵头，请选配合。", "part")
    what = doing.need("what", "请写明做什么。")
    due_on = doing.need_day("due_on", "请写明何时前做完。")
    if due_on < doing.session.day:
        raise Refused("完成的日期不能早于今天。", "due_on")
    LetterPromise.create(
        letter=letter.id, invited=invited.id, part=part, what=what, due_on=due_on, made_at=doing.acting.at
    )
    invited.state, invited.lead = InvitedState.PROMISED, invited.lead or part is Part.LEAD
    invited.version += 1
    invited.save()
    said = f"{invited.department.name}{part.label}：{what}，{due_on.month}月{due_on.day}日前"
    tell_issues(doing, f"{letter.number}商定，{said}")
    return said


def leading(letter: Letter) -> Invited | None:
    """The department that leads, by agreement or by the district's word."""
    return next((each for each in all_invited(letter) if each.lead and each.state not in INVITED_ENDS), None)


def promises_of(letter: Letter) -> list[LetterPromise]:
    """What was agreed, in order."""
    return list(LetterPromise.select().where(LetterPromise.letter == letter.id).order_by(LetterPromise.id))


def undone(letter: Letter) -> list[LetterPromise]:
    """What was agreed and is not done yet."""
    return [each for each in promises_of(letter) if each.done_at is None]


def next_one(letter: Letter) -> dict[str, Any]:
    """The department that has not agreed to anything yet, as the form may begin: the first leads, the others support."""
    promised = {each.invited_id for each in promises_of(letter)}
    here = [each for each in all_invited(letter) if each.state not in INVITED_ENDS]
    left = [each for each in here if each.id not in promised] or here
    lead = leading(letter)
    if lead is not None and lead.id not in promised:
        left = [lead]
    first = left[0] if left else None
    part = Part.LEAD if lead is None or (first and lead.id == first.id) else Part.SUPPORT
    return {
        "invited": str(first.id) if first else "",
        "part": part.value,
        "_shown": {"invited": [first.department.name, first.state.label]} if first else {},
    }
