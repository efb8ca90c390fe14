"""Finding places, people, departments and categories by Chinese, pinyin initials or full pinyin."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from peewee import JOIN, Expression, fn

from dutydesk.models import (
    Area,
    Category,
    Department,
    FindKey,
    Issue,
    RoleGrant,
    Staff,
    Subdistrict,
    Unit,
    UnitArea,
)
from dutydesk.rules import office, permission
from dutydesk.rules.assignees import Assignee, forces_and_partners
from dutydesk.rules.organisation import (
    area_in_charge,
    duty_bases,
    in_service,
    on_day,
    today,
    units_of_area,
)
from dutydesk.session import Session
from dutydesk.text import clean, find_keys, narrow
from dutydesk.vocabulary import AssigneeKind, Force, Role

SHOWN = 9
_LOOKED_AT = 400
BY_PARENT = 60  # the place of a key that is the name of what a unit belongs to; past the end of any name
_WORDS = 4
_OF_EACH = 3  # people, areas and so on, where one word may mean any of them


@dataclass(frozen=True)
class Found:
    """One thing found: the value that a form carries, its name, and what tells it from others of the name.

    It is not `sure` where only what it belongs to has the name that was asked for.
    """

    value: str
    title: str
    detail: str = ""
    sure: bool = True


def index(subject: str, subject_id: int, name: str) -> None:
    """Write the keys under which a name is found, in place of the older ones; called where a name is written."""
    forget(subject, subject_id)
    rows = key_rows(subject, subject_id, name)
    FindKey.insert_many(rows).execute()


def forget(subject: str, subject_id: int) -> None:
    """What was planned and never came is not found any more."""
    FindKey.delete().where(FindKey.subject == subject, FindKey.subject_id == subject_id).execute()


def key_rows(subject: str, subject_id: int, name: str) -> list[dict[str, object]]:
    """The rows of `FindKey` for a name. Subjects: unit, staff, department, category, seat, force (by its place)."""
    return [
        {"subject": subject, "subject_id": subject_id, "key": key, "position": position}
        for key, position in find_keys(name).items()
    ]


def _asked(text: str) -> list[str]:
    """The words asked for: `kjxc zw` asks for both."""
    return narrow(clean(text)).lower().replace("'", "").split()


def _begins(word: str, keys: Any) -> Expression:
    """Keys that begin with a word: a range over the index, since nothing sorts after the last code point."""
    return (keys.key >= word) & (keys.key < word + "\U0010ffff")


def _ids(subject: str, text: str) -> list[int]:
    """Ids found by a prefix of a key, for each word: those that begin the name first, then the shortest keys."""
    words = _asked(text)[:_WORDS]
    if not words:
        return []
    best = fn.MIN(FindKey.position * 100 + fn.LENGTH(FindKey.key))
    query = FindKey.select(FindKey.subject_id).where(FindKey.subject == subject, _begins(words[0], FindKey))
    for word in words[1:]:
        keys: Any = FindKey.alias()
        also = keys.select(keys.subject_id).where(keys.subject == subject, _begins(word, keys))
        query = query.where(FindKey.subject_id.in_(also))
    rows = query.group_by(FindKey.subject_id).order_by(best, FindKey.subject_id).limit(_LOOKED_AT)
    return [row.subject_id for row in rows]


def found_ids(subject: str, text: str) -> list[int]:
    """Ids of a subject (see `key_rows`) that a text finds by name, initials or pinyin; the likeliest first."""
    return _ids(subject, text)


def _in_order(ids: list[int], found: dict[int, Found], first: Iterable[int] = ()) -> list[Found]:
    near = set(first)
    ordered = [i for i in ids if i in near] + [i for i in ids if i not in near]
    return [found[i] for i in ordered if i in found][:SHOWN]


def _by_own_name(text: str) -> set[int]:
    """Ids of units whose own name, not only their subdistrict's or area's, has one of the words asked for."""
    words = [_begins(word, FindKey) for word in _asked(text)[:_WORDS]]
    if not words:
        return set()
    own: Any = FindKey.select(FindKey.subject_id).where(
        reduce(operator.or_, words), FindKey.subject == "unit"
    )
    return {unit_id for (unit_id,) in own.where(FindKey.position != BY_PARENT).distinct().tuples()}


def _nearby(session: Session) -> list[int]:
    """Ids of the units of the own area; of a neighbourhood officer the own unit first."""
    own = [grant.unit_id for grant in session.grants if grant.unit_id]
    area_id = session.area_id
    return own + ([unit.id for unit in units_of_area(area_id, session.day)] if area_id else [])


def example_place(session: Session) -> tuple[str, str] | None:
    """The initials and the name of a unit of the own area: how places are found, shown on one that exists."""
    for unit in Unit.select().where(Unit.id.in_(_nearby(session))).order_by(Unit.id).limit(1):
        keys: Any = FindKey.select(FindKey.key).where(
            FindKey.subject == "unit", FindKey.subject_id == unit.id, FindKey.position == 0
        )
        spoken = sorted((key for (key,) in keys.tuples() if key.isascii()), key=len)
        return (spoken[0], unit.name) if spoken else None
    return None


def places(session: Session, text: str) -> list[Found]:
    """治理单元 by name; those of the own area first, each with its parent, since initials collide.

    Those found only by their subdistrict or area come last and are not `sure`. Without text: the units of the own
    area (of a neighbourhood officer: the own unit first).
    """
    nearby = _nearby(session)
    ids = _ids("unit", text) if _asked(text) else nearby
    named = _by_own_name(text) if _asked(text) else set(nearby)
    rows = (
        Unit.select(Unit, Subdistrict, Area.name.alias("area_name"))
        .join(Subdistrict)
        .switch(Unit)
        .join(UnitArea, JOIN.LEFT_OUTER, on=(UnitArea.unit == Unit.id) & on_day(UnitArea, session.day))
        .join(Area, JOIN.LEFT_OUTER, on=(UnitArea.area == Area.id))
        .where(Unit.id.in_(ids), on_day(Unit, session.day))
        .objects()
    )
    found = {
        unit.id: Found(
            str(unit.id), unit.name, f"{unit.short_name}·{unit.area_name or '未划片区'}", unit.id in named
        )
        for unit in rows
    }
    by_name = _in_order([i for i in ids if i in named], found, nearby)
    return (by_name + _in_order([i for i in ids if i not in named], found, nearby))[:SHOWN]


def elsewhere(session: Session, text: str) -> Found | None:
    """The likeliest place of that name, where none is in the own areas and units; None for who sees beyond them."""
    own: set[str] = set()
    for grant in session.grants:
        if grant.area_id is None and grant.unit_id is None:
            return None
        units = [unit.id for unit in units_of_area(grant.area_id, session.day)] if grant.area_id else []
        own.update(str(unit_id) for unit_id in (*units, grant.unit_id))
    found = [place for place in places(session, text) if place.sure]
    return found[0] if found and not any(place.value in own for place in found) else None


def categories(session: Session, text: str) -> list[Found]:
    """Categories by name, group or the words that speak for them; without text: the most used here lately."""
    if _asked(text):
        ids = _ids("category", text)
    else:
        lately: Any = Issue.select(Issue.category).order_by(Issue.id.desc()).limit(_LOOKED_AT)
        if session.area_id:
            lately = lately.where(Issue.area == session.area_id)
        counts: dict[int, int] = {}
        for row in lately.tuples():
            counts[row[0]] = counts.get(row[0], 0) + 1
        ids = sorted(counts, key=lambda i: (-counts[i], i))
        if not ids:
            ids = [row.id for row in Category.select(Category.id).where(Category.active).limit(SHOWN)]
    found = {
        row.id: Found(str(row.id), row.name, f"{row.group_name}·{row.force.label}")
        for row in Category.select().where(Category.id.in_(ids), Category.active)
    }
    return _in_order(ids, found)


def staff(session: Session, text: str) -> list[Found]:
    """Active staff by name or number, with their department; of the own area first, then of the own subdistrict."""
    return _people(text, session.area_id, session.subdistrict_id)


def _people(
    text: str, area_id: int | None, subdistrict_id: int | None, role: Role | None = None
) -> list[Found]:
    """Active staff by name or number (of a role today, where one is given).

    Those with a role in the area come first, then those with one in the subdistrict.
    """
    held = RoleGrant.select(RoleGrant.staff).where(on_day(RoleGrant, today()))
    if role:
        held = held.where(RoleGrant.role == role)
    rows = (
        Staff.select(Staff, Department)
        .left_outer_join(Department)
        .where(in_service(today()), Staff.id.in_(ids := _ids("staff", text) + _numbered(text)))
    )
    if role:
        rows = rows.where(Staff.id.in_(held))
    found = {row.id: Found(str(row.id), row.name, _belongs(row)) for row in rows}
    near: Any = held.where(RoleGrant.area == area_id, RoleGrant.staff.in_(ids)).tuples()
    own = {staff_id for (staff_id,) in near}
    here: Any = held.where(RoleGrant.staff.in_(ids), _within(subdistrict_id)).tuples()
    around = {staff_id for (staff_id,) in here} if subdistrict_id else set()
    return _in_order([i for i in ids if i in around] + [i for i in ids if i not in around], found, own)


def _within(subdistrict_id: int | None) -> Any:
    """Roles of a subdistrict: its own, and those in its areas, units and departments."""
    return (
        (RoleGrant.subdistrict == subdistrict_id)
        | RoleGrant.area.in_(Area.select(Area.id).where(Area.subdistrict == subdistrict_id))
        | RoleGrant.unit.in_(Unit.select(Unit.id).where(Unit.subdistrict == subdistrict_id))
        | RoleGrant.department.in_(
            Department.select(Department.id).where(Department.subdistrict == subdistrict_id)
        )
    )


def _numbered(text: str) -> list[int]:
    """Ids of staff whose number holds what is asked for, where that has a digit."""
    words = _asked(text)
    if len(words) != 1 or not any(character.isdigit() for character in words[0]):
        return []
    rows = Staff.select(Staff.id).where(Staff.number.contains(words[0])).order_by(Staff.number)
    return [row.id for row in rows.limit(SHOWN)]


def _belongs(person: Staff) -> str:
    """What tells one of the name from another: the department, and the number."""
    return " ".join(
        part for part in (person.department.name if person.department else "", person.number) if part
    )


def areas(session: Session, text: str) -> list[Found]:
    """Areas of today by name or pinyin; those of the own subdistrict first, and without text only they."""
    asked = clean(text)
    rows = Area.select(Area, Subdistrict).join(Subdistrict).where(on_day(Area, session.day))
    if asked:
        ids = _ids("area", text)
        rows = rows.where(Area.id.in_(ids) | Area.name.contains(asked) | Area.code.contains(asked.upper()))
    elif session.subdistrict_id:
        rows = rows.where(Area.subdistrict == session.subdistrict_id)
    own: Any = Area.subdistrict == session.subdistrict_id
    ordered = rows.order_by(own.desc(), Area.code) if session.subdistrict_id else rows.order_by(Area.code)
    return [Found(str(row.id), row.name, row.subdistrict.short_name) for row in ordered.limit(SHOWN)]


def departments_here(session: Session, text: str) -> list[Found]:
    """Departments of the own subdistrict and of the district by name; without text the first of them."""
    if _asked(text):
        return departments(session, text, session.subdistrict_id)
    own = Department.subdistrict.is_null() | (Department.subdistrict == session.subdistrict_id)
    rows = Department.select().where(own).order_by(Department.subdistrict.is_null(), Department.code)
    return [Found(str(row.id), row.name, row.kind.label) for row in rows.limit(SHOWN)]


def anything(session: Session, text: str) -> list[Found]:
    """People, areas, units and departments by name or pinyin; values as `person:3`, `area:1`, `unit:7`, `department:2`."""
    if not _asked(text):
        return []
    found = []
    for kind, label, rows in (
        ("person", "", staff(session, text)),
        ("area", "片区 ", areas(session, text)),
        ("unit", "单元 ", places(session, text)),
        ("department", "部门 ", departments(session, text, session.subdistrict_id)),
    ):
        found.append([Found(f"{kind}:{row.value}", row.title, label + row.detail) for row in rows])
    fair = [rows[:_OF_EACH] for rows in found]
    rest = [rows[_OF_EACH:] for rows in found]
    return [row for rows in (*fair, *rest) for row in rows][:SHOWN]


def departments(session: Session, text: str, subdistrict_id: int | None) -> list[Found]:
    """Departments of a subdistrict and of the district, by name."""
    ids = _ids("department", text)
    reachable = Department.subdistrict.is_null() | (Department.subdistrict == subdistrict_id)
    found = {
        row.id: Found(str(row.id), row.name, row.kind.label)
        for row in Department.select().where(Department.id.in_(ids), reachable)
    }
    return _in_order(ids, found)


def assignees(session: Session, issue_id: int, text: str) -> list[Found]:
    """To whom a case can be given. Without text: its force, who the 权责清单 names, then the other forces and N.

    Raises NotAllowed outside the session's scope.
    """
    permission.require(session, "read", issue_id)
    issue = Issue.get_by_id(issue_id)
    in_charge = area_in_charge(issue.area_id, today())
    near = forces_and_partners(in_charge)
    if not _asked(text):
        return [_as_found(each, issue) for each in _proposed(issue, near)][:SHOWN]
    forces = {list(Force)[position].value for position in _ids("force", text)}
    seats = {str(seat_id) for seat_id in _ids("seat", text)}
    found = [
        _as_found(each, issue)
        for each in near
        if each.key in (forces if each.kind is AssigneeKind.FORCE else seats)
    ]
    found += [
        Found(f"{AssigneeKind.DEPARTMENT.value}:{each.value}", each.title, each.detail)
        for each in departments(session, text, issue.subdistrict_id)
    ]
    found += [
        Found(f"{AssigneeKind.STAFF.value}:{each.value}", each.title, each.detail)
        for each in _people(text, in_charge, issue.subdistrict_id, Role.HANDLER)
    ]
    return found[:SHOWN]


def _proposed(issue: Issue, near: list[Assignee]) -> list[Assignee]:
    listed = [
        Assignee(AssigneeKind.DEPARTMENT, str(department.id), department.name)
        for department in Department.select()
        .where(Department.subdistrict.is_null() | (Department.subdistrict == issue.subdistrict_id))
        .order_by(Department.subdistrict.is_null(), Department.id)
        if duty_bases(issue.category_id, department.id)
    ]
    own_force = [each for each in near if each.kind is AssigneeKind.FORCE and each.key == issue.force.value]
    rest = [each for each in near if each not in own_force]
    return own_force + listed[:3] + rest


def _as_found(assignee: Assignee, issue: Issue) -> Found:
    detail = assignee.kind.label
    if assignee.kind is AssigneeKind.FORCE and assignee.key == issue.force.value:
        detail = "四方力量·本类归口"
    if assignee.kind is AssigneeKind.DEPARTMENT:
        bases = duty_bases(issue.category_id, int(assignee.key))
        detail = f"权责清单：{bases[0]}" if bases else "部门"
    return Found(assignee.value, assignee.name, detail)


def no_feedback_reasons(session: Session) -> list[str]:
    """Usual reasons why nobody is told; a setting of the office."""
    return list(office.setting("no_feedback_reasons", session.subdistrict_id))


def reveal_reasons(session: Session) -> list[str]:
    """Usual reasons for looking at who raised a case; a setting of the office."""
    return list(office.setting("reveal_reasons", session.subdistrict_id))
