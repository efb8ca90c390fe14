"""What a department answers: 应约, 改期, 不属职责, 书面答复; drafted by the liaison, released by the head where it is so.

Silence is no answer that anybody gives: it is worked out from the limit (`is_silent`), never stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from dutydesk.letter_words import Answer, InvitedState
from dutydesk.models import Category, Department, DutyItem, Invited, Issue, Letter
from dutydesk.rules import duty_questions
from dutydesk.rules.duty_basis import NOT_LISTED, NOTHING_LISTED
from dutydesk.rules.errors import Refused
from dutydesk.rules.finding import Found, found_ids
from dutydesk.rules.letters import access
from dutydesk.rules.letters.life import ANSWERED, UNANSWERED
from dutydesk.rules.letters.limits import due, head_releases
from dutydesk.rules.letters.taking import Doing, all_invited, effect, issues_of
from dutydesk.rules.organisation import clause, on_day, row_id, today
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.vocabulary import Role


def is_silent(invited: Invited, now: datetime) -> bool:
    """Whether a department has not answered and its limit is over."""
    return invited.state in UNANSWERED and invited.answer_due_at is not None and invited.answer_due_at < now


@effect("come")
def _come(doing: Doing) -> str:
    time = doing.moment("time") or doing.letter.meeting_at
    values = {
        "attendee": doing.need("attendee", "请写明谁来。"),
        "time": time,
        "text": doing.text("text", lines=True),
    }
    said = f"{values['attendee']}来" + (f"，{moment(time)}" if time else "，时间另定")
    return _answer(doing, Answer.COME, values, said + (f"。{values['text']}" if values["text"] else ""))


@effect("move")
def _move(doing: Doing) -> str:
    time = doing.moment("time")
    if time is None:
        raise Refused("请写明改到什么时候。", "time")
    if time <= doing.acting.at:
        raise Refused("改期要改到以后的时间。", "time")
    reason = doing.need("reason", "请写明为什么改期。")
    values = {"time": time, "text": reason, "attendee": doing.text("attendee")}
    return _answer(doing, Answer.MOVE, values, f"请改到{moment(time)}：{reason}")


@effect("refuse")
def _refuse(doing: Doing) -> str:
    chosen = doing.need("basis", "请选权责清单上的依据：哪一条说明不归您。")
    basis, owner = basis_said(doing.letter, doing.one, chosen)
    reason = doing.need("reason", "请写明理由。")
    instead = row_id(doing.fields.get("instead")) or owner
    if instead == doing.one.department_id:
        raise Refused("“该找谁”不能是本部门。", "instead")
    named = Department.get_or_none(Department.id == instead) if instead else None
    if chosen == NOT_LISTED:
        _collect(doing, reason)
    values = {"text": reason, "basis": basis, "instead": named.id if named else None}
    who = f"该找{named.name}。" if named else ""
    return _answer(doing, Answer.REFUSE, values, f"依据：{basis}。{who}{reason}")


@effect("write")
def _write(doing: Doing) -> str:
    text = doing.need("text", "请写明答复。")
    return _answer(doing, Answer.WRITE, {"text": text}, text)


def _collect(doing: Doing, reason: str) -> None:
    """What is on nobody's list is collected for those who revise it."""
    for issue_id in issues_of(doing.letter)[:1]:
        said = f"{doing.one.department.name}答复不属职责：{reason}"
        duty_questions.collect(doing.session, Issue.get_by_id(issue_id), said, doing.acting.at)


def _answer(doing: Doing, answer: Answer, values: Mapping[str, Any], said: str) -> str:
    """The answer counts, or waits for the department's head."""
    name = doing.one.department.name
    if _waits_for_head(doing):
        doing.to = InvitedState.DRAFTED
        kept = {
            key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()
        }
        doing.one.drafted = json.dumps({"answer": answer.value, "said": said, **kept}, ensure_ascii=False)
        return f"{name}拟{answer.label}，待负责人审发：{said}"
    _counts(doing, answer, values)
    return f"{name}{answer.label}：{said}"


def _waits_for_head(doing: Doing) -> bool:
    """A paper or somebody without an account speaks for the department as it is; a liaison only where heads do not."""
    if doing.proxy is not None and not doing.proxy.staff_id:
        return False
    own = access.roles_on(doing.session, doing.letter, doing.one)
    return Role.DEPARTMENT_HEAD not in own and head_releases(doing.letter, doing.one.department_id)


def _counts(doing: Doing, answer: Answer, values: Mapping[str, Any]) -> None:
    one = doing.one
    one.answer, one.answered_at, one.drafted = answer, doing.at, ""
    one.received_at = one.received_at or doing.at
    one.text = values.get("text") or ""
    one.attendee = values.get("attendee") or ""
    one.time = values.get("time")
    one.basis = values.get("basis") or ""
    one.instead = values.get("instead")
    one.refusals += answer is Answer.REFUSE


@effect("release")
def _release(doing: Doing) -> str:
    one = doing.one
    drafted = json.loads(one.drafted)
    answer = Answer(drafted["answer"])
    time = drafted.get("time")
    _counts(doing, answer, drafted | {"time": datetime.fromisoformat(time) if time else None})
    doing.to = ANSWERED[answer]
    note = doing.text("note")
    return f"{one.department.name}{answer.label}：{drafted['said']}" + (f"（{note}）" if note else "")


@effect("hand_back")
def _hand_back(doing: Doing) -> str:
    doing.one.drafted = ""
    return doing.need("reason", "请写明怎样改。")


def drafted_words(invited: Invited) -> str:
    """What waits for the head's release, in words; empty where nothing does."""
    if not invited.drafted:
        return ""
    drafted = json.loads(invited.drafted)
    return f"拟{Answer(drafted['answer']).label}：{drafted['said']}"


# -- what the area says to an answer ---------------------------------------------------------------------------------


@effect("agree_time")
def _agree_time(doing: Doing) -> str:
    one = doing.one
    meet_at(doing.letter, one.time, but=one.id)
    note = doing.text("note")
    return f"会商改到{moment(one.time)}" + (f"。{note}" if note else "")


def meet_at(letter: Letter, at: datetime | None, but: int | None = None) -> None:
    """They meet at another time; whoever said to come, comes then, and sees it."""
    letter.meeting_at = at
    for each in all_invited(letter):
        if each.id != but and each.state is InvitedState.COMING and each.time != at:
            each.time = at
            each.version += 1
            each.save()


@effect("keep_time", "insist")
def _again(doing: Doing) -> str:
    reason = doing.need("reason", "请写明理由，部门看得到。")
    doing.one.answer_due_at = due("letter_answer_limit", doing.letter.subdistrict_id, doing.acting.at)
    return f"{doing.one.department.name}：{reason}"


@effect("free")
def _free(doing: Doing) -> str:
    instead = doing.one.instead
    note = doing.text("note")
    said = f"{doing.one.department.name}不属职责" + (f"，该找{instead.name}" if instead else "")
    return said + (f"。{note}" if note else "")


@effect("drop")
def _drop(doing: Doing) -> str:
    return f"{doing.one.department.name}：{doing.need('reason', '请写明为什么不再需要。')}"


# -- what a refusal may rest on --------------------------------------------------------------------------------------


def _categories(letter: Letter) -> list[int]:
    rows: Any = Issue.select(Issue.category).where(Issue.id.in_(issues_of(letter))).distinct().tuples()
    return sorted(category_id for (category_id,) in rows)


def _others(letter: Letter, department_id: int) -> Iterator[Any]:
    """Today's lines by which another department here, or every 居委, answers for what the letter is about."""
    query: Any = (
        DutyItem.select(DutyItem, Department, Category)
        .left_outer_join(Department)
        .switch(DutyItem)
        .join(Category)
        .where(DutyItem.category.in_(_categories(letter)), on_day(DutyItem, today()))
        .order_by(DutyItem.department.is_null(), DutyItem.id)
    )
    for item in query:
        if item.department_id is None or (
            item.department_id != department_id
            and item.department.subdistrict_id in (None, letter.subdistrict_id)
        ):
            yield item


def refusal_bases(session: Session, invited_id: int, text: str = "") -> list[Found]:
    """What 不属职责 may rest on: who the 权责清单 names for these matters, or that it is silent. Raises NotAllowed."""
    invited = Invited.get_by_id(invited_id)
    letter = access.readable(session, invited.letter_id)
    named = set(found_ids("department", text)) if text.strip() else set()
    found = [
        Found(f"item:{item.id}", clause(item), f"{_owner(item)}负责{item.category.name}")
        for item in _others(letter, invited.department_id)
        if not text.strip() or item.department_id in named or text.strip() in clause(item) + _owner(item)
    ]
    return [*found, Found(NOT_LISTED, NOTHING_LISTED, "请在理由里写明；会汇总给修订清单的人")]


def _owner(item: Any) -> str:
    return str(item.department.name) if item.department_id else "居委"


def basis_said(letter: Letter, invited: Invited, value: str) -> tuple[str, int | None]:
    """The basis in words, and the department that it names. Raises Refused where the list does not hold it."""
    if value == NOT_LISTED:
        return NOTHING_LISTED, None
    for item in _others(letter, invited.department_id):
        if value == f"item:{item.id}":
            return f"{clause(item)}（{_owner(item)}）", item.department_id
    raise Refused("请从权责清单列出的几项里选一项；清单里没有的，选“清单无此项”。", "basis")


def usual(session: Session, letter: Letter, invited: Invited) -> dict[str, Any]:
    """What an answer may begin with: the time that is set, and who answers."""
    mine = access.roles_on(session, letter, invited)
    time = letter.meeting_at if letter.meeting_at and letter.meeting_at > datetime.now(UTC) else None
    return {"time": time, "attendee": session.name if Role.LIAISON in mine else ""}
