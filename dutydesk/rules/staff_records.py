"""Staff and postings go out: as the list that is read in again, and as records for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from peewee import JOIN

from dutydesk.models import Area, Department, Posting, RoleGrant, Staff, Subdistrict, Unit
from dutydesk.rules import permission, posting_lists
from dutydesk.rules.exporting import Column, Sheet
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.rules.staff_rows import HEADS, POSTED
from dutydesk.session import Session
from dutydesk.vocabulary import Role

_AT_A_TIME = 1000
_WIDTHS = (10, 10, 14, 30, 20, 12, 24, 10, 12, 12, 12)


def _people(session: Session, day: date, town: int | None) -> Iterator[list[Any]]:
    """Who is in service on a day, by number, a stretch at a time."""
    last = ""
    while True:
        query = Staff.select(Staff, Department).join(Department, JOIN.LEFT_OUTER)
        query = query.where(in_service(day), Staff.number > last)
        if town is not None:
            query = query.where(Staff.subdistrict == town)
        found = list(query.order_by(Staff.number).limit(_AT_A_TIME))
        if found:
            yield found
            last = found[-1].number
        if len(found) < _AT_A_TIME:
            return


Held = tuple[Role | None, str, str, str, date, date | None]  # role, place, force, line, from, to


def _held(ids: Sequence[int], day: date) -> dict[int, list[Held]]:
    """The roles and postings of a day of several people."""
    found: dict[int, list[Held]] = {}
    grants: Any = (
        RoleGrant.select(
            RoleGrant.staff, RoleGrant.role, Area.name, Unit.name, Department.name, Subdistrict.name,
            RoleGrant.force, RoleGrant.valid_from, RoleGrant.valid_to,
        )
        .join(Area, JOIN.LEFT_OUTER, on=(RoleGrant.area == Area.id))
        .join(Unit, JOIN.LEFT_OUTER, on=(RoleGrant.unit == Unit.id))
        .join(Department, JOIN.LEFT_OUTER, on=(RoleGrant.department == Department.id))
        .join(Subdistrict, JOIN.LEFT_OUTER, on=(RoleGrant.subdistrict == Subdistrict.id))
        .where(RoleGrant.staff.in_(list(ids)), on_day(RoleGrant, day))
        .order_by(RoleGrant.id)
        .tuples()
    )  # fmt: skip
    for staff_id, role, area, unit, department, town, force, since, until in grants:
        place = area or unit or department or town or ""
        found.setdefault(staff_id, []).append((role, place, force.label if force else "", "", since, until))
    postings: Any = (
        Posting.select(Posting.staff, Area.name, Posting.line, Posting.valid_from, Posting.valid_to)
        .join(Area)
        .where(Posting.staff.in_(list(ids)), on_day(Posting, day))
        .order_by(Posting.id)
        .tuples()
    )
    for staff_id, area, line, since, until in postings:
        found.setdefault(staff_id, []).append((None, area, "", line, since, until))
    return found


def sheet(session: Session, day: date) -> Sheet:
    """The staff list of a day for the own subdistrict (all for the district), as it is read in. Raises NotAllowed."""
    permission.require(session, "keep_people")
    columns = tuple(Column(head, width) for head, width in zip(HEADS, _WIDTHS, strict=True))
    notes = (
        "一人有几个岗位就写几行；“岗位”写“下沉”是下沉到片区。",
        "改好后用 dutydesk import staff 读回：只添加和更正，表里没写的人和岗位都不动。",
    )
    return Sheet(f"名册（{day:%Y-%m-%d}）", columns, _rows(session, day), notes=notes)


def _rows(session: Session, day: date) -> Iterator[tuple[str, ...]]:
    for people in _people(session, day, session.subdistrict_id):
        held = _held([person.id for person in people], day)
        for person in people:
            department = person.department.name if person.department_id else ""
            about = (person.number, person.name, person.phone, department, person.title)
            for role, place, force, line, since, until in held.get(person.id) or [_NOTHING]:
                if since is None:
                    yield (*about, "", "", "", "", "", "")
                else:
                    what = role.label if role else POSTED
                    yield (*about, what, place, force, line, str(since), str(until or ""))


def posting_sheet(session: Session, day: date) -> Sheet:
    """Who is posted where on a day, in the own subdistrict (all for the district), as it is read in. Raises NotAllowed."""
    permission.require(session, "keep_people")
    widths = (10, 10, 30, 24, 14, 12, 12)
    heads = tuple(Column(head, width) for head, width in zip(posting_lists.HEADS, widths, strict=True))
    rows = (
        tuple(row[name] or "" for name in ("number", "name", "department", "area", "line", "from", "to"))
        for row in postings(session, day)
    )
    notes = ("改好后用 dutydesk import postings 读回：只添加和更正，表里没写的不动；结束下沉就填“止”。",)
    return Sheet(f"下沉力量（{day:%Y-%m-%d}）", heads, rows, notes=notes)


_NOTHING: Any = (None, "", "", "", None, None)


def staff(session: Session, day: date) -> Iterator[dict[str, Any]]:
    """Who is in service on a day, with roles, for scripts; without telephone numbers. Raises NotAllowed."""
    permission.require(session, "people")
    for people in _people(session, day, session.subdistrict_id):
        held = _held([person.id for person in people], day)
        for person in people:
            yield {
                "number": person.number,
                "name": person.name,
                "title": person.title,
                "department": person.department.name if person.department_id else None,
                "roles": [
                    {
                        "role": role.value,
                        "scope": place,
                        "force": force or None,
                        "from": str(since),
                        "to": str(until) if until else None,
                    }
                    for role, place, force, _, since, until in held.get(person.id, [])
                    if role is not None
                ],
            }


def postings(session: Session, day: date) -> Iterator[dict[str, Any]]:
    """Who is posted where on a day, for scripts. Raises NotAllowed."""
    permission.require(session, "people")
    last = 0
    while True:
        query: Any = (
            Posting.select(
                Posting.id, Staff.number, Staff.name, Area.name, Department.name, Posting.line,
                Posting.valid_from, Posting.valid_to,
            )
            .join(Staff)
            .switch(Posting)
            .join(Area)
            .switch(Posting)
            .join(Department, JOIN.LEFT_OUTER)
            .where(on_day(Posting, day), Posting.id > last)
        )  # fmt: skip
        if session.subdistrict_id:
            query = query.where(Area.subdistrict == session.subdistrict_id)
        rows = list(query.order_by(Posting.id).limit(_AT_A_TIME).tuples())
        for posting_id, number, name, area, department, line, since, until in rows:
            last = posting_id
            yield {
                "number": number,
                "name": name,
                "area": area,
                "department": department,
                "line": line,
                "from": str(since),
                "to": str(until) if until else None,
            }
        if len(rows) < _AT_A_TIME:
            return
