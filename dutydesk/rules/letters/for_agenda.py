"""What 条块约请 brings to an area's meeting: letters unanswered past their limit, promises late."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dutydesk.letter_words import LetterState
from dutydesk.meeting_words import ItemKind
from dutydesk.models import Letter
from dutydesk.rules.letters.agreement import undone
from dutydesk.rules.letters.answers import is_silent
from dutydesk.rules.letters.life import RUNNING
from dutydesk.rules.letters.taking import all_invited, issues_of
from dutydesk.rules.meetings.agenda_matters import Matter
from dutydesk.rules.organisation import start_of, today
from dutydesk.session import Session
from dutydesk.text import mask_phones_in


def letters_for_agenda(session: Session, area_id: int, since: date, on: date) -> list[Matter]:
    """The area's letters that a meeting on a day should speak of; weight and minutes are the office's table's.

    `since`, the last meeting, is not asked: what is late stays on the table until it is not. The caller has checked
    that the session may see the area.
    """
    now = datetime.now(UTC) if on <= today() else start_of(on)
    found = []
    rows = Letter.select().where(Letter.area == area_id, Letter.state.in_(list(RUNNING))).order_by(Letter.id)
    for letter in rows:
        silent = [each.department.name for each in all_invited(letter) if is_silent(each, now)]
        late = [each for each in undone(letter) if each.due_on < on]
        title = f"{letter.number}：{mask_phones_in(letter.subject)}"
        ids = tuple(issues_of(letter))
        if silent:
            why = f"{'、'.join(silent)}逾期未答复"
            found.append(Matter(ItemKind.LETTER_SILENT, 0, 0, title, why, ids, letter.id))
        elif late and letter.state is not LetterState.CLOSING:
            names = "；".join(
                f"{each.invited.department.name}{each.due_on.month}月{each.due_on.day}日前{each.what}"
                for each in late
            )
            found.append(
                Matter(
                    ItemKind.LETTER_LATE, 0, 0, title, f"逾期未落实：{mask_phones_in(names)}", ids, letter.id
                )
            )
    return found
