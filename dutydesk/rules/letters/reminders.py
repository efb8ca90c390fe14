"""What a letter's limits say today, by working days: before, at and after them, then the proposal to raise it.

Nothing here writes: a reminder is shown, and a person urges or raises.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from dutydesk.letter_words import InvitedState, LetterKind, LetterState
from dutydesk.models import Invited, Letter, LetterPromise
from dutydesk.rules import office
from dutydesk.rules.letters.life import LETTER_ENDS, UNANSWERED
from dutydesk.rules.letters.taking import all_invited
from dutydesk.rules.organisation import day_of
from dutydesk.rules.workcalendar import WorkCalendar


class Reminder(NamedTuple):
    """One line: which department (None: the letter), what, and the act that would follow from it."""

    invited_id: int | None
    said: str
    act: str  # urge, raise, deliver, meet …; empty where it is only said
    late: bool


def reminders_of(letter: Letter, now: datetime) -> list[Reminder]:
    """What there is to say about a letter now, the most pressing first."""
    if letter.state in LETTER_ENDS:
        return []
    if not letter.number:
        return _before_it_is_out(letter)
    days = office.calendar(letter.subdistrict_id)
    lines = []
    for each in all_invited(letter):
        lines += _of_answer(letter, each, now, days)
    lines += _of_promises(letter, day_of(now), days)
    return sorted(lines, key=lambda line: (line.act != "raise", not line.late))


def _before_it_is_out(letter: Letter) -> list[Reminder]:
    """A 约请函 is for what a recorded call or a 约请单 within the subdistrict did not settle."""
    inside = [
        each.department.name for each in all_invited(letter) if each.department.subdistrict_id is not None
    ]
    if letter.kind is not LetterKind.LETTER or not inside:
        return []
    said = f"街镇之内的用约请单或电话就够，不必核稿、签发：{'、'.join(inside)}"
    return [Reminder(None, said, "amend", False)]


def _of_answer(letter: Letter, invited: Invited, now: datetime, days: WorkCalendar) -> list[Reminder]:
    name = invited.department.name
    if invited.state is InvitedState.LISTED:
        return [Reminder(invited.id, f"{name}没有账号，还没有送达", "deliver", True)]
    if invited.state is InvitedState.REFUSED:
        if not _can_be_raised(letter):
            return [
                Reminder(invited.id, f"{name}答复不属职责，请区里定：认可、不认可，或指定牵头", "", False)
            ]
        return [Reminder(invited.id, f"{name}答复不属职责，请定：认可、不认可，或提请区级", "raise", True)]
    if invited.state is InvitedState.MOVING:
        return [Reminder(invited.id, f"{name}请求改期，请答复", "agree_time", False)]
    if invited.state not in UNANSWERED or invited.answer_due_at is None:
        return []
    today, due_on = day_of(now), day_of(invited.answer_due_at)
    if invited.answer_due_at >= now:
        left = days.working_days_between(today, due_on)
        if left > int(office.setting("letter_remind_before", letter.subdistrict_id)):
            return []
        said = "今天到期" if due_on == today else f"还有{left}个工作日到期"
        return [Reminder(invited.id, f"{name}答复{said}", "urge", False)]
    over = days.working_days_between(due_on, today)
    late = f"{name}答复逾期" + (f"{over}个工作日" if over else "")
    if over >= int(office.setting("letter_raise_after", letter.subdistrict_id)) and _can_be_raised(letter):
        return [Reminder(invited.id, f"{late}，催办{invited.urges}次，建议提请区级", "raise", True)]
    return [Reminder(invited.id, late, "urge", True)]


def _can_be_raised(letter: Letter) -> bool:
    return letter.state in (LetterState.OUT, LetterState.TALKS, LetterState.DOING)


def _of_promises(letter: Letter, today: date, days: WorkCalendar) -> list[Reminder]:
    found = []
    before = int(office.setting("letter_remind_before", letter.subdistrict_id))
    rows = LetterPromise.select().where(LetterPromise.letter == letter.id, LetterPromise.done_at.is_null())
    for row in rows.order_by(LetterPromise.due_on, LetterPromise.id):
        name = row.invited.department.name
        if row.due_on < today:
            over = days.working_days_between(row.due_on, today)
            found.append(
                Reminder(row.invited_id, f"{name}答应的逾期{over}个工作日：{row.what}", "urge", True)
            )
        elif days.working_days_between(today, row.due_on) <= before:
            when = "今天" if row.due_on == today else f"{row.due_on.month}月{row.due_on.day}日"
            found.append(Reminder(row.invited_id, f"{name}答应的{when}到期：{row.what}", "urge", False))
    return found
