"""The roster: staff by number, a window at a time, with the roles of the day; or found by pinyin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, Expression

from dutydesk.models import Area, Department, RoleGrant, Staff, Subdistrict, Unit
from dutydesk.rules import finding, permission
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.session import Session
from dutydesk.text import clean, narrow

_FOUND = 100
_ROLES_SHOWN = 3


@dataclass(frozen=True)
class StaffRow:
    """A line of the roster; `roles` are those of the day in words."""

    key: int
    number: str
    name: str
    department: str
    title: str
    roles: str


@dataclass(frozen=True)
class Window:
    """A stretch of rows, and whether the list begins or ends with it."""

    rows: list[StaffRow]
    at_start: bool
    at_end: bool


@dataclass(frozen=True)
class Question:
    """Whose roster: a subdistrict's, a department's, or all; with `words` who is found by them; `left`: who has left."""

    subdistrict_id: int | None = None
    department_id: int | None = None
    words: str = ""
    left: bool = False


def after(session: Session, question: Question, key: int | None, count: int) -> Window:
    """The rows after the one with `key`, by number; the first ones when None. Raises NotAllowed."""
    permission.require(session, "people")
    if question.words:
        rows = _found(session, question) if key is None else []
        return Window(rows, key is None, True)
    rows = _page(session, question, key, count, down=True)
    return Window(rows, key is None, len(rows) < count)


def before(session: Session, question: Question, key: int | None, count: int) -> Window:
    """The rows before the one with `key`; the last ones when None. Raises NotAllowed."""
    permission.require(session, "people")
    if question.words:
        rows = _found(session, question) if key is None else []
        return Window(rows, True, key is None)
    rows = _page(session, question, key, count, down=False)
    return Window(rows[::-1], len(rows) < count, key is None)


def around(session: Session, question: Question, key: int, count: int) -> Window:
    """A window about the row with `key`. Raises NotAllowed."""
    permission.require(session, "people")
    if question.words:
        return Window(_found(session, question), True, True)
    earlier = _page(session, question, key, count // 2, down=False)
    itself = (
        _rows(session, [key])
        if Staff.select().where(_whose(session, question), Staff.id == key).exists()
        else []
    )
    later = _page(session, question, key, count - len(earlier) - len(itself), down=True)
    room = count - len(earlier) - len(itself)
    return Window(earlier[::-1] + itself + later, len(earlier) < count // 2, len(later) < room)


def _whose(session: Session, question: Question) -> Expression:
    """Whose roster, as a condition on an index that goes on by number."""
    serving: Any = in_service(session.day)
    where: Any = ~serving if question.left else serving
    if question.department_id is not None:
        return where & (Staff.department == question.department_id)
    if question.subdistrict_id is not None:
        return where & (Staff.subdistrict == question.subdistrict_id)
    return where


def _page(session: Session, question: Question, key: int | None, count: int, *, down: bool) -> list[StaffRow]:
    query: Any = Staff.select(Staff.id).where(_whose(session, question))
    if key is not None:
        edge = Staff.get_or_none(Staff.id == key)
        number = edge.number if edge else ""
        query = query.where(Staff.number > number if down else Staff.number < number)
    query = query.order_by(Staff.number if down else Staff.number.desc()).limit(count)
    return _rows(session, [staff_id for (staff_id,) in query.tuples()])


def _found(session: Session, question: Question) -> list[StaffRow]:
    """Who is found by name, initials, full pinyin or number, the likeliest first."""
    asked = narrow(clean(question.words)).upper()
    ids = finding.found_ids("staff", question.words)
    if any(character.isdigit() for character in asked):
        numbered: Any = Staff.select(Staff.id).where(Staff.number.contains(asked)).order_by(Staff.number)
        ids += [staff_id for (staff_id,) in numbered.limit(_FOUND).tuples()]
    within: Any = Staff.select(Staff.id).where(Staff.id.in_(ids), _whose(session, question)).tuples()
    kept = {staff_id for (staff_id,) in within}
    return _rows(session, [staff_id for staff_id in dict.fromkeys(ids) if staff_id in kept][:_FOUND])


def _rows(session: Session, ids: Sequence[int]) -> list[StaffRow]:
    people: dict[int, Any] = {
        row.id: row
        for row in Staff.select(Staff, Department)
        .join(Department, JOIN.LEFT_OUTER)
        .where(Staff.id.in_(list(ids)))
    }
    roles = roles_of(session, ids)
    return [
        StaffRow(
            staff_id,
            people[staff_id].number,
            people[staff_id].name,
            people[staff_id].department.name if people[staff_id].department_id else "",
            people[staff_id].title,
            _said(roles.get(staff_id, [])),
        )
        for staff_id in ids
    ]


def _said(roles: Sequence[str]) -> str:
    more = f" 等{len(roles)}岗" if len(roles) > _ROLES_SHOWN else ""
    return "；".join(roles[:_ROLES_SHOWN]) + more


def roles_of(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """The roles of today of several people, in words."""
    rows: Any = (
        RoleGrant.select(
            RoleGrant.staff,
            RoleGrant.role,
            Area.name,
            Unit.name,
            Department.name,
            Subdistrict.short_name,
            RoleGrant.force,
            RoleGrant.stands_in_for_id,
        )
        .join(Area, JOIN.LEFT_OUTER, on=(RoleGrant.area == Area.id))
        .join(Unit, JOIN.LEFT_OUTER, on=(RoleGrant.unit == Unit.id))
        .join(Department, JOIN.LEFT_OUTER, on=(RoleGrant.department == Department.id))
        .join(Subdistrict, JOIN.LEFT_OUTER, on=(RoleGrant.subdistrict == Subdistrict.id))
        .where(RoleGrant.staff.in_(list(ids)), on_day(RoleGrant, session.day))
        .order_by(RoleGrant.id)
        .tuples()
    )
    found: dict[int, list[str]] = {}
    for staff_id, role, area, unit, department, town, force, instead_of in rows:
        place = area or unit or department or town or ""
        said = f"{role.label} {place}{f'·{force.label}' if force else ''}".strip()
        found.setdefault(staff_id, []).append(f"{said}（代理）" if instead_of else said)
    return found
