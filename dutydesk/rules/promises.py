"""What was promised to the one who raised a case (答应反映人): made with 先行联系, kept when that person is told again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from peewee import JOIN

from dutydesk.models import ActChange, Issue, Promise, Unit
from dutydesk.models.issues import case_number
from dutydesk.rules import acts, office, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.steps import Step
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session
from dutydesk.text import mask_phones_in

_SHOWN = 60


@dataclass(frozen=True)
class Owed:
    """A promise that stands: of which case, what, until when."""

    id: int
    issue_id: int
    number: str
    place: str
    text: str
    due_at: datetime | None


def make(step: Step) -> str:
    """Note what was promised with an act on a case; answers with what the story says of it, empty for nothing."""
    text, by = step.text("promised"), step.fields.get("promised_by")
    due_at = _until(step, by)
    if not text:
        if due_at:
            raise Refused("写了时间，还要写答应了什么。", "promised")
        return ""
    if due_at and due_at <= step.at:
        raise Refused("这个时间已经过去了，请写以后的时间。", "promised_by")
    Promise.create(
        issue=step.issue,
        area=step.issue.area_id,
        act=step.acting.row,
        text=text,
        due_at=due_at,
        made_by=step.session.staff_id,
        made_at=step.at,
    )
    step.details["promised"] = {"text": text, "until": due_at.isoformat() if due_at else ""}
    assumed = "（没说几点，按下班前）" if by and not isinstance(by, datetime) else ""
    return f"。答应{moment(due_at) + '前' if due_at else ''}{assumed}：{text}"


def _until(step: Step, by: date | datetime | None) -> datetime | None:
    """A day alone is up to the end of the office's day; where that is over already, up to the end of the day."""
    if by is None or isinstance(by, datetime):
        return by
    closing = office.calendar(step.issue.subdistrict_id).hours.closing
    end = datetime.combine(by, closing, CHINA)
    return end if end > step.at else datetime.combine(by, time(23, 59), CHINA)


def told_again(step: Step) -> None:
    """The one who raised the case was told: what had been promised is kept."""
    Promise.update(kept_at=step.at).where(Promise.issue == step.issue.id, Promise.kept_at.is_null()).execute()


def owed_again(issue_id: int, told_at: datetime) -> None:
    """That the person was told has been taken back: what it had kept is owed again."""
    Promise.update(kept_at=None).where(Promise.issue == issue_id, Promise.kept_at == told_at).execute()


def open_in(area_id: int, at_most: int = _SHOWN) -> list[Owed]:
    """What is still owed in an area on open cases, the soonest first, then what has no date.

    What was promised with an act that was undone is left out.
    """
    rows = [
        *_open(area_id, Promise.due_at.is_null(False), at_most),
        *_open(area_id, Promise.due_at.is_null(), at_most),
    ]
    return [
        Owed(row[0], row[1], case_number(row[4], row[5]), row[6], mask_phones_in(row[2]), row[3])
        for row in rows[:at_most]
    ]


def _open(area_id: int, dated: Any, at_most: int) -> list[Any]:
    query: Any = (
        Promise.select(
            Promise.id, Promise.issue, Promise.text, Promise.due_at, Issue.year, Issue.serial, Unit.name
        )
        .join(Issue)
        .join(Unit)
        .join(ActChange, JOIN.LEFT_OUTER, on=((ActChange.act == Promise.act) & (ActChange.issue == Issue.id)))
        .where(
            Promise.area == area_id,
            Promise.kept_at.is_null(),
            dated,
            Issue.is_open == True,  # noqa: E712
            ActChange.undone_by.is_null(),
        )
        .order_by(Promise.due_at, Promise.id)
        .limit(at_most)
    )
    return list(query.tuples())


def keep(session: Session, promise_id: int, act_id: str) -> str:
    """已兑现: what was promised was done; answers with the case's number. Raises NotAllowed, Refused."""
    promise = Promise.get_or_none(Promise.id == promise_id)
    if promise is None:
        raise Refused("没有找到这一条，请返回重看。")
    try:
        with acts.act(session, act_id, "promise.keep") as acting:
            permission.require(session, "first_contact", promise.issue_id)
            if promise.kept_at is not None:
                raise Refused("这一条已经记为兑现。")
            issue = promise.issue
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            Promise.update(kept_at=acting.at).where(Promise.id == promise.id).execute()
            acting.changed(f"答应反映人 {issue.number}", {"kept_at": None}, {"kept_at": acting.at})
    except AlreadyDone:
        pass
    return str(promise.issue.number)
