"""What the pickers of the letters' forms offer: the departments of a letter, a department's promises."""

from __future__ import annotations

from dutydesk.models import Invited
from dutydesk.rules.finding import Found
from dutydesk.rules.letters import access
from dutydesk.rules.letters.agreement import promises_of, undone
from dutydesk.rules.letters.life import INVITED_ENDS
from dutydesk.rules.letters.taking import all_invited
from dutydesk.session import Session
from dutydesk.text import find_keys, narrow


def invited(session: Session, letter_id: int, text: str = "") -> list[Found]:
    """The departments that a letter invites and that still take part, by name or pinyin. Raises NotAllowed."""
    letter = access.readable(session, letter_id)
    here = [each for each in all_invited(letter) if each.state not in INVITED_ENDS]
    promised = {each.invited_id for each in promises_of(letter)}
    return [
        Found(
            str(each.id),
            each.department.name,
            each.state.label + ("，已有商定" if each.id in promised else ""),
        )
        for each in here
        if _means(each.department.name, text)
    ]


def promises(session: Session, invited_id: int, text: str = "") -> list[Found]:
    """What a department promised and has not done. Raises NotAllowed."""
    row = Invited.get_by_id(invited_id)
    letter = access.readable(session, row.letter_id)
    return [
        Found(str(each.id), each.what, f"{each.due_on.month}月{each.due_on.day}日前")
        for each in undone(letter)
        if each.invited_id == invited_id and text.strip() in each.what
    ]


def _means(name: str, text: str) -> bool:
    asked = narrow(text).strip().lower()
    return not asked or asked in name or any(key.startswith(asked) for key in find_keys(name))
