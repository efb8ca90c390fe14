"""Each unit speaks first: one line typed becomes a reported case with the source 双周例会, or is said to be nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from dutydesk.models import Category, Issue, Unit, UnitTurn
from dutydesk.models.issues import case_number
from dutydesk.rules import evidence
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.decisions import enter
from dutydesk.rules.meetings.life import WRITING
from dutydesk.rules.meetings.story import acting_on, line, record
from dutydesk.rules.organisation import area_in_charge, day_of, row_id, units_of_area
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Source

_MOST = 60  # lines of a meeting


class Said(NamedTuple):
    """A line of a unit's turn, with the case that it became (`number` empty: nothing was raised)."""

    text: str
    issue_id: int | None
    number: str


class TurnLine(NamedTuple):
    """A unit of the area with what it said; `done` once it has had its turn."""

    unit_id: int
    unit: str
    done: bool
    said: tuple[Said, ...]


def of_meeting(session: Session, meeting_id: int) -> list[TurnLine]:
    """The units of the meeting's area on its day, in order. Raises NotAllowed outside the session's areas."""
    meeting = access.readable(session, meeting_id)
    day = day_of(meeting.starts_at)
    said: dict[int, list[Said]] = defaultdict(list)
    numbers: dict[int, str] = {}
    rows = list(UnitTurn.select().where(UnitTurn.meeting == meeting.id).order_by(UnitTurn.id))
    ids = [row.issue_id for row in rows if row.issue_id]
    found: Any = Issue.select(Issue.id, Issue.year, Issue.serial).where(Issue.id.in_(ids)).tuples()
    for issue_id, year, serial in found if ids else ():
        numbers[issue_id] = case_number(year, serial)
    for row in rows:
        said[row.unit_id].append(Said(row.text, row.issue_id, numbers.get(row.issue_id, "")))
    units = units_of_area(area_in_charge(meeting.area_id, day), day)
    return [TurnLine(unit.id, unit.name, bool(said[unit.id]), tuple(said[unit.id])) for unit in units]


def kind_of(text: str) -> Category | None:
    """The category for which the words of a line speak plainly; None where they do not, so that it is asked."""
    stub = Issue(summary=text, detail="", spot="")
    found = evidence.likenesses(stub)
    second = found[1] if len(found) > 1 else None
    return found[0].category if found and evidence.plainly(found[0], second) else None


def category_of(session: Session, meeting_id: int, unit_id: int) -> str:
    """What the last case of a unit was registered as. Raises NotAllowed outside the session's areas."""
    access.readable(session, meeting_id)
    mine = (UnitTurn.meeting == meeting_id) & (UnitTurn.unit == unit_id) & UnitTurn.issue.is_null(False)
    row = UnitTurn.select().where(mine).order_by(UnitTurn.id.desc()).first()
    return str(row.issue.category.name) if row else ""


def take(session: Session, meeting_id: int, unit_id: int, fields: Mapping[str, Any], act_id: str) -> str:
    """One line (`text`) of a unit becomes a case; without text the unit has nothing. Answers with the case's number.

    The category is that of its words unless `category` names one. Raises NotAllowed, Refused (`category` where the
    words speak for none).
    """
    try:
        with acting_on(session, meeting_id, "turn", act_id) as (acting, meeting):
            access.require(session, "write", meeting)
            if meeting.state not in WRITING:
                raise Refused(f"这次会议现在是“{meeting.state.label}”，不能再登记。")
            day = day_of(meeting.starts_at)
            units = {unit.id: unit for unit in units_of_area(area_in_charge(meeting.area_id, day), day)}
            if unit_id not in units:
                raise Refused("这个单元不属于本片区。", "unit")
            if UnitTurn.select().where(UnitTurn.meeting == meeting.id).count() >= _MOST:
                raise Refused(f"一次会最多登记{_MOST}件，其余请从登记里录。", "text")
            text = line(fields.get("text"))
            number, issue_id = "", None
            if text:
                issue_id = enter(session, acting, _fields(text, units[unit_id], meeting.title, fields))
                number = Issue.get_by_id(issue_id).number
            shown = mask_phones_in(text) or "没有新的问题"
            UnitTurn.create(
                meeting=meeting,
                unit=unit_id,
                issue=issue_id,
                text=shown,
                noted_by=session.staff_id,
                at=acting.at,
            )
            record(
                acting, session, meeting, "turn", f"{units[unit_id].name}：{shown}{number and ' ' + number}"
            )
            acting.changed(f"{meeting.title} {units[unit_id].name}", None, {"text": shown, "issue": issue_id})
            return number
    except AlreadyDone:
        row = UnitTurn.select().where(UnitTurn.meeting == meeting_id, UnitTurn.unit == unit_id)
        last = row.order_by(UnitTurn.id.desc()).first()
        return last.issue.number if last and last.issue_id else ""


def _fields(text: str, unit: Unit, title: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    chosen = row_id(fields.get("category"))
    category = Category.get_or_none(Category.id == chosen) if chosen else kind_of(text)
    if category is None:
        raise Refused("看不出是哪一类，请选类别。", "category")
    return {
        "unit": unit.id,
        "category": category.id,
        "summary": text,
        "source": Source.MEETING.value,
        "detail": f"{title}上{unit.name}提出",
    }
