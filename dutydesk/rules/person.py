"""A member of staff: the card with seats, roles, postings and open work; hired, mended, and leaving.

Who leaves keeps the history and loses the access by its date; what is open in those hands is shown for 改派.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dutydesk.models import (
    Department,
    Issue,
    Leader,
    Posting,
    RoleGrant,
    Sponsorship,
    Staff,
    TeamSeat,
)
from dutydesk.models.issue_lists import OPEN
from dutydesk.rules import acts, finding, keeping, permission, role_grants
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.keeping import days, end
from dutydesk.rules.organisation import row_id
from dutydesk.rules.permission import given_to
from dutydesk.rules.team_seats import end_seat
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.text import clean, narrow
from dutydesk.vocabulary import AssigneeKind

MANY = 500
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9\-]{1,19}")
_PHONE = re.compile(r"\+?\d[\d\- ]{5,17}\d")
_LINES = 60  # of each part of a card
_KIND_OF = {"席位": "seat", "岗位": "role", "下沉": "posting", "包保": "sponsor", "班子": "leader"}


@dataclass(frozen=True)
class CardLine:
    """A line of the card: of which part, what it says, from when to when, and the row behind it.

    `when` is now, before or later; `kind` is the row's in `dated_rows.KINDS`.
    """

    key: str
    part: str
    text: str
    span: str
    when: str
    row_id: int
    kind: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Card:
    """All that the desk knows of somebody on a day; `open_work` is counted within the reader's scope, to 500.

    `open_beyond` is how many more there are outside of it: who may not see them knows at least that they are there.
    """

    staff_id: int
    number: str
    name: str
    phone: str
    title: str
    department: str
    department_id: int | None
    subdistrict: str
    subdistrict_id: int | None
    status: str
    lines: tuple[CardLine, ...]
    open_work: int
    open_beyond: int


def card(session: Session, staff_id: int, day: date) -> Card:
    """Somebody's card. Raises NotAllowed, Refused where there is nobody."""
    permission.require(session, "people")
    person: Any = Staff.get_or_none(Staff.id == staff_id)
    if person is None:
        raise Refused("没有找到这个人，请返回重看名册。")
    seen = len(open_work(session, staff_id))
    return Card(
        person.id,
        person.number,
        person.name,
        person.phone,
        person.title,
        person.department.name if person.department_id else "",
        person.department_id,
        person.subdistrict.name if person.subdistrict_id else "区级",
        person.subdistrict_id,
        _status(person, day),
        tuple(_lines(person, day)),
        seen,
        _open_at_all(staff_id) - seen,
    )


def _status(person: Staff, day: date) -> str:
    if person.left_on is None:
        return "在岗" if person.active else "已停用"
    return f"{person.left_on:%Y-%m-%d}离岗" if person.left_on < day else f"在岗至{person.left_on:%Y-%m-%d}"


def _lines(person: Staff, day: date) -> list[CardLine]:
    """Seats, roles, postings, 包保 and leadership: what holds first, then what is to come, then what was."""
    found: list[CardLine] = []
    parts: tuple[tuple[str, Any, Callable[[Any], str]], ...] = (
        ("席位", TeamSeat.select().where(TeamSeat.staff_id == person.id), _seat_words),
        ("岗位", RoleGrant.select().where(RoleGrant.staff == person.id), _grant_words),
        ("下沉", Posting.select().where(Posting.staff == person.id), _posting_words),
        ("包保", Sponsorship.select().where(Sponsorship.staff == person.id), _sponsorship_words),
        ("班子", Leader.select().where(Leader.staff == person.id), _leader_words),
    )
    for part, rows, say in parts:
        model: Any = rows.model
        for row in rows.order_by(model.valid_from.desc(), model.id.desc()).limit(_LINES):
            found.append(_card_line(part, row, say(row), day))
    order = ("now", "later", "before")
    return sorted(found, key=lambda line: order.index(line.when))


def _card_line(part: str, row: Any, text: str, day: date) -> CardLine:
    when = "later" if row.valid_from > day else "before" if row.valid_to and row.valid_to < day else "now"
    key = f"{type(row).__name__}:{row.id}"
    span = days(row.valid_from, row.valid_to)
    return CardLine(key, part, text, span, when, row.id, _KIND_OF[part], row.valid_from, row.valid_to)


def _seat_words(seat: TeamSeat) -> str:
    return f"{seat.area.name} {seat.title}{'（代理）' if seat.stands_in else ''}"


def _grant_words(grant: RoleGrant) -> str:
    said = role_grants.words(grant.role, role_grants.scope_of(grant))
    if grant.stands_in_for_id is None:
        return said
    if grant.stands_in_for_id == grant.staff_id:
        return f"{said}（代理）"
    held = Staff.get_or_none(Staff.id == grant.stands_in_for_id)
    return f"{said}（代理{held.name if held else ''}）"


def _posting_words(posting: Any) -> str:
    sent = f"，{posting.department.name}派出" if posting.department_id else ""
    return f"{posting.area.name} {posting.line}{sent}"


def _sponsorship_words(row: Sponsorship) -> str:
    place = row.area or row.unit
    return f"包保{place.name if place else row.project}"


def _leader_words(row: Any) -> str:
    return f"{row.subdistrict.name if row.subdistrict_id else '区'} {row.title}"


# -- what is open in somebody's hands ----------------------------------------------------------------------------


def open_work(session: Session, staff_id: int) -> list[tuple[int, int]]:
    """Open cases with somebody, as (id, version) for a bulk 改派; at most 500, within the reader's scope."""
    found: dict[int, int] = {}
    for hands in (Issue.handler == staff_id, given_to(AssigneeKind.STAFF, str(staff_id))):
        query = Issue.select(Issue.id, Issue.version).where(OPEN, hands)
        rows: Any = permission.narrow_beside(query, session).order_by(Issue.id).limit(MANY).tuples()
        found.update(rows)
    return sorted(found.items())[:MANY]


def _open_at_all(staff_id: int) -> int:
    """How many open cases are with somebody, whoever asks; to 500."""
    found: set[int] = set()
    for hands in (Issue.handler == staff_id, given_to(AssigneeKind.STAFF, str(staff_id))):
        rows: Any = Issue.select(Issue.id).where(OPEN, hands).limit(MANY).tuples()
        found |= {issue_id for (issue_id,) in rows}
    return min(len(found), MANY)


@dataclass(frozen=True)
class OpenCase:
    """An open case in somebody's hands, as a bulk act takes it."""

    key: int
    version: int
    number: str


def open_cases(session: Session, staff_id: int) -> list[OpenCase]:
    """The same with their numbers, for choosing what to do with them."""
    ids = [issue_id for issue_id, _ in open_work(session, staff_id)]
    rows = Issue.select(Issue.id, Issue.version, Issue.year, Issue.serial).where(Issue.id.in_(ids))
    return [OpenCase(row.id, row.version, row.number) for row in rows.order_by(Issue.id)]


# -- acts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """Who was written, and what is said of it."""

    staff_id: int
    says: str


def _columns(session: Session, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a member of staff from a form's fields. Raises Refused with the field."""
    number = narrow(clean(str(fields.get("number") or ""), 40)).upper()
    name = clean(str(fields.get("name") or ""), 30)
    phone = narrow(clean(str(fields.get("phone") or ""), 30))
    if not _NUMBER.fullmatch(number):
        raise Refused("工号用字母和数字，2 至 20 位，例如 XH0012。", "number")
    if not name:
        raise Refused("请写姓名。", "name")
    if phone and not _PHONE.fullmatch(phone):
        raise Refused("电话只填数字，可带区号，例如 021-00000000；没有就空着。", "phone")
    department = Department.get_or_none(Department.id == row_id(fields.get("department")))
    town = department.subdistrict_id if department else session.subdistrict_id
    return {
        "number": number,
        "name": name,
        "phone": phone,
        "title": clean(str(fields.get("title") or ""), 40),
        "department": department.id if department else None,
        "subdistrict": town,
    }


def hire(session: Session, fields: Mapping[str, Any], act_id: str) -> Saved:
    """Write down a new member of staff (number, name, phone, title, department). Raises NotAllowed, Refused."""
    columns = _columns(session, fields)
    try:
        with acts.act(session, act_id, "staff.hire") as acting:
            keeping.require(session, "keep_people", columns["subdistrict"])
            taken = Staff.get_or_none(Staff.number == columns["number"])
            if taken is not None:
                raise Refused(f"工号 {taken.number} 已是{taken.name}的。", "number")
            person = Staff.create(**columns)
            finding.index("staff", person.id, person.name)
            acting.about("staff", person.id, f"{person.number} {person.name}", columns["subdistrict"])
            acting.changed(person.number, None, _audited(columns))
            staff_id = int(person.id)
    except AlreadyDone as done:
        staff_id = int(done.subject_id or 0)
    return Saved(staff_id, f"已添加{columns['name']}（{columns['number']}）。请给{columns['name']}安排岗位。")


def mend(session: Session, staff_id: int, fields: Mapping[str, Any], act_id: str) -> Saved:
    """Correct name, phone, title or department; the number stays. Raises NotAllowed, Refused."""
    person = Staff.get_or_none(Staff.id == staff_id)
    if person is None:
        raise Refused("没有找到这个人，请返回重看名册。")
    columns = _columns(session, {**fields, "number": person.number})
    if columns["department"] is None:
        columns["subdistrict"] = person.subdistrict_id
    try:
        with acts.act(session, act_id, "staff.mend") as acting:
            for town in {person.subdistrict_id, columns["subdistrict"]}:
                keeping.require(session, "keep_people", town)
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            names = ("name", "phone", "title", "department_id", "subdistrict_id")
            before = {name.removesuffix("_id"): getattr(person, name) for name in names}
            Staff.update(**columns).where(Staff.id == person.id).execute()
            if columns["name"] != person.name:
                finding.index("staff", person.id, columns["name"])
                TeamSeat.update(holder_name=columns["name"]).where(
                    TeamSeat.staff_id == person.id,
                    TeamSeat.valid_to.is_null() | (TeamSeat.valid_to >= session.day),
                ).execute()
            changed = {name for name in before if before[name] != columns[name]}
            acting.changed(
                person.number,
                {name: before[name] for name in sorted(changed)},
                {name: columns[name] for name in sorted(changed)},
            )
    except AlreadyDone:
        pass
    return Saved(person.id, f"已更正{columns['name']}（{person.number}）的资料。")


def _audited(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if value not in (None, "")}


def leave(session: Session, staff_id: int, last_day: date, act_id: str) -> Saved:
    """Somebody's work ends after a last day: seats, roles, postings and 包保 end with it, all of it stays on record.

    Raises NotAllowed, Refused (`last_day`).
    """
    person = Staff.get_or_none(Staff.id == staff_id)
    if person is None:
        raise Refused("没有找到这个人，请返回重看名册。")
    try:
        with acts.act(session, act_id, "staff.leave") as acting:
            if person.id == session.staff_id:
                raise NotAllowed("不能给自己办离岗，请交给其他管理员或协调员。")
            keeping.require(session, "keep_people", person.subdistrict_id)
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            ended = _end_all(person, last_day)
            before = str(person.left_on or "")
            person.left_on = last_day
            person.save()
            acting.changed(person.number, {"left_on": before}, {"left_on": str(last_day), **ended})
    except AlreadyDone:
        pass
    left, seen = _open_at_all(staff_id), bool(open_work(session, staff_id))
    who = "请改派" if seen else "请街镇协调员改派"
    hands = f"手上还有{left}件没办完，{who}。" if left else "手上没有没办完的。"
    return Saved(person.id, f"{person.name}在岗到{day_said(last_day)}止，历史都保留。{hands}")


def _end_all(person: Staff, last_day: date) -> dict[str, int]:
    counts = {}
    for seat in TeamSeat.select().where(TeamSeat.staff_id == person.id):
        if seat.valid_to is None or seat.valid_to > last_day:
            end_seat(seat, last_day)
    for model in (RoleGrant, Posting, Sponsorship, Leader):
        rows = list(
            model.select().where(
                model.staff == person.id, model.valid_to.is_null() | (model.valid_to > last_day)
            )
        )
        for row in rows:
            end(row, last_day)
        counts[model._meta.table_name] = len(rows)
    return counts


def come_back(session: Session, staff_id: int, act_id: str) -> Saved:
    """Somebody who has left is in service again; roles are given anew. Raises NotAllowed, Refused."""
    person = Staff.get_or_none(Staff.id == staff_id)
    if person is None or (person.active and person.left_on is None):
        raise Refused("这个人就在岗。")
    try:
        with acts.act(session, act_id, "staff.come_back") as acting:
            keeping.require(session, "keep_people", person.subdistrict_id)
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            before = str(person.left_on or "")
            Staff.update(active=True, left_on=None).where(Staff.id == person.id).execute()
            acting.changed(person.number, {"left_on": before}, {"left_on": ""})
    except AlreadyDone:
        pass
    roles = "请重新安排岗位" if person.left_on else "岗位照旧"
    return Saved(person.id, f"{person.name}恢复在岗。{roles}。")
