"""While a letter runs: the time of the talks, what was said there, urging, what a department says that it has done."""

from __future__ import annotations

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Invited, Letter, LetterPromise
from dutydesk.rules.errors import Refused
from dutydesk.rules.letters.answers import meet_at
from dutydesk.rules.letters.life import INVITED_ENDS, TAKING_PART, UNANSWERED
from dutydesk.rules.letters.taking import Doing, all_invited, effect, invited_of
from dutydesk.rules.organisation import row_id
from dutydesk.rules.workcalendar import moment


@effect("meet", "convene")
def _meet(doing: Doing) -> str:
    at = doing.moment("meeting_at")
    if at is None:
        raise Refused("请写明什么时候会商。", "meeting_at")
    if at <= doing.acting.at:
        raise Refused("会商的时间要在以后。", "meeting_at")
    meet_at(doing.letter, at)
    doing.letter.meeting_place = doing.text("meeting_place") or doing.letter.meeting_place
    said = f"{moment(at)} {doing.letter.meeting_place}".strip()
    if doing.way.act == "convene":
        said += "。" + doing.need("reason", "请写明为什么召集、请谁来。")
    return said


@effect("hold")
def _hold(doing: Doing) -> str:
    held = doing.moment("held_at") or doing.acting.at
    if held > doing.acting.at:
        raise Refused("会商的时间还没有到。", "held_at")
    doing.letter.held_at = held
    if doing.letter.state is not LetterState.DISTRICT:
        doing.to = LetterState.TALKS
    return f"{moment(held)}会商：{doing.need('text', '请写明谁来了、谈了什么。')}"


@effect("urge")
def _urge(doing: Doing) -> str:
    text = doing.need("text", "请写明催什么。")
    return f"{'、'.join(each.department.name for each in urged(doing))}：{text}"


def urged(doing: Doing) -> list[Invited]:
    """The department that the form names, or all that owe something, each counted as urged once more. Raises Refused."""
    chosen = row_id(doing.fields.get("invited"))
    found = [invited_of(doing.letter, chosen)] if chosen else _owing(doing.letter)
    found = [each for each in found if each.state not in INVITED_ENDS]
    if not found:
        raise Refused("现在没有部门欠着答复或答应的事；要催哪个部门，请选上。", "invited")
    for each in found:
        each.urges += 1
        each.version += 1
        each.save()
    return found


def _owing(letter: Letter) -> list[Invited]:
    """Whoever owes something now: an answer, what was promised, or a word to closing."""
    if letter.state is LetterState.CLOSING:
        return [
            each for each in all_invited(letter) if each.state in TAKING_PART and each.consented_at is None
        ]
    return [each for each in all_invited(letter) if each.state in UNANSWERED | {InvitedState.PROMISED}]


@effect("name_lead")
def _name_lead(doing: Doing) -> str:
    chosen = invited_of(doing.letter, row_id(doing.fields.get("invited")))
    if chosen.state in INVITED_ENDS:
        raise Refused(f"{chosen.department.name}已不再约请；请先加约或选别的部门。", "invited")
    for each in all_invited(doing.letter):
        if each.lead != (each.id == chosen.id):
            each.lead = each.id == chosen.id
            each.version += 1
            each.save()
    return f"{chosen.department.name}牵头：{doing.need('reason', '请写明为什么由它牵头。')}"


@effect("note")
def _note(doing: Doing) -> str:
    return doing.need("text", "请写下要备注的内容。")


@effect("fulfil")
def _fulfil(doing: Doing) -> str:
    """One promise, or all that are left where none is named; the last one brings the department to 已落实."""
    text = doing.need("text", "请写明做了什么。")
    chosen = row_id(doing.fields.get("promise"))
    own = LetterPromise.select().where(LetterPromise.invited == doing.one.id, LetterPromise.done_at.is_null())
    rows = list(own.order_by(LetterPromise.id))
    done = [each for each in rows if not chosen or each.id == chosen]
    if not done:
        raise Refused("这一项已经报过了，请选别的。", "promise")
    for each in done:
        each.done_at, each.done_text = doing.at, text
        each.save()
    doing.to = InvitedState.DONE if len(done) == len(rows) else InvitedState.PROMISED
    return f"{doing.one.department.name}：{text}"


@effect("not_done")
def _not_done(doing: Doing) -> str:
    reason = doing.need("reason", "请写明哪里没有落实。")
    last = LetterPromise.select().where(LetterPromise.invited == doing.one.id)
    promise = last.order_by(LetterPromise.done_at.desc(), LetterPromise.id.desc()).first()
    promise.done_at, promise.done_text = None, ""
    promise.save()
    return f"{doing.one.department.name}：{reason}"


def open_names(letter: Letter) -> list[str]:
    """The departments that still take part."""
    return [each.department.name for each in all_invited(letter) if each.state not in INVITED_ENDS]
