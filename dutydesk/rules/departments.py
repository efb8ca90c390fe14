"""Departments by kind, with heads and liaisons, and 处级领导包保 of areas, units and projects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN

from dutydesk.models import Area, Department, RoleGrant, Sponsorship, Staff, Subdistrict, Unit
from dutydesk.rules import acts, finding, keeping, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.keeping import days, end
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import DepartmentKind, Role

SPEAKERS = {Role.DEPARTMENT_HEAD: "负责人", Role.LIAISON: "联络员"}


@dataclass(frozen=True)
class DepartmentRow:
    """A department: its kind, whose it is, who leads it and who speaks for it, as (staff id, name)."""

    key: int
    name: str
    kind: DepartmentKind
    parent: str
    heads: tuple[tuple[int, str], ...]
    liaisons: tuple[tuple[int, str], ...]
    subdistrict_id: int | None


def departments(session: Session, words: str = "") -> list[DepartmentRow]:
    """Those of the own subdistrict and of the district by kind, or of all where `words` find them. Raises NotAllowed."""
    permission.require(session, "people")
    query = Department.select()
    if clean(words):
        query = query.where(Department.id.in_(finding.found_ids("department", words)))
    if session.subdistrict_id or not clean(words):
        query = query.where(
            Department.subdistrict.is_null() | (Department.subdistrict == session.subdistrict_id)
        )
    rows = sorted(query, key=lambda row: (list(DepartmentKind).index(row.kind), row.code))
    speakers, bureaus = _speakers(session, [row.id for row in rows]), bureaus_above(rows)
    return [_row(row, speakers, bureaus) for row in rows]


def department(session: Session, department_id: int) -> DepartmentRow:
    """One department. Raises NotAllowed, Refused where there is none."""
    permission.require(session, "people")
    row = Department.get_or_none(Department.id == department_id)
    if row is None:
        raise Refused("没有找到这个部门，请返回重选。")
    return _row(row, _speakers(session, [row.id]), bureaus_above([row]))


def bureaus_above(rows: list[Any]) -> dict[str, str]:
    """The bureaus above departments by their codes, where a code stands for the name."""
    above: Any = Department.select(Department.code, Department.name)
    return dict(above.where(Department.code.in_({row.parent_bureau for row in rows})).tuples())


Speakers = dict[tuple[int, Role], list[tuple[int, str]]]


def _speakers(session: Session, ids: list[int]) -> Speakers:
    found: Speakers = {}
    rows: Any = (
        RoleGrant.select(
            RoleGrant.department, RoleGrant.role, RoleGrant.stands_in_for_id, Staff.id, Staff.name
        )
        .join(Staff, on=(RoleGrant.staff == Staff.id))
        .where(
            RoleGrant.department.in_(ids),
            RoleGrant.role.in_(list(SPEAKERS)),
            on_day(RoleGrant, session.day),
            in_service(session.day),
        )
        .order_by(RoleGrant.id)
        .tuples()
    )
    for department_id, role, instead_of, staff_id, name in rows:
        said = f"{name}（代理）" if instead_of else name
        found.setdefault((department_id, role), []).append((staff_id, said))
    return found


def _row(row: Any, speakers: Speakers, bureaus: dict[str, str]) -> DepartmentRow:
    return DepartmentRow(
        row.id,
        row.name,
        row.kind,
        bureaus.get(row.parent_bureau, row.parent_bureau),
        tuple(speakers.get((row.id, Role.DEPARTMENT_HEAD), [])),
        tuple(speakers.get((row.id, Role.LIAISON), [])),
        row.subdistrict_id,
    )


# -- 包保 ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SponsorRow:
    """A leader who answers for an area, a unit or a project."""

    key: int
    what: str
    place: str
    holder: str
    title: str
    span: str
    staff_id: int | None
    since: date
    until: date | None


def sponsorships(session: Session, day: date, *, to_come: bool = False) -> list[SponsorRow]:
    """Who answers for what on a day: projects, then the own subdistrict's places (all for the district).

    With `to_come` also who is to do so later. Raises NotAllowed.
    """
    permission.require(session, "people")
    query = (
        Sponsorship.select(Sponsorship, Area, Unit, Subdistrict)
        .join(Area, JOIN.LEFT_OUTER)
        .switch(Sponsorship)
        .join(Unit, JOIN.LEFT_OUTER, on=(Sponsorship.unit == Unit.id))
        .switch(Sponsorship)
        .join(Subdistrict, JOIN.LEFT_OUTER, on=(Sponsorship.subdistrict == Subdistrict.id))
        .where(Sponsorship.valid_to.is_null() | (Sponsorship.valid_to >= day))
    )
    if not to_come:
        query = query.where(Sponsorship.valid_from <= day)
    if session.subdistrict_id:
        here: Any = Sponsorship.subdistrict == session.subdistrict_id
        query = query.where(here | Sponsorship.subdistrict.is_null())
    rows: Any = query.order_by(Sponsorship.project.desc(), Subdistrict.code, Area.code, Sponsorship.id)
    return [
        SponsorRow(
            row.id,
            row.area.name if row.area_id else row.unit.name if row.unit_id else row.project,
            row.subdistrict.short_name if row.subdistrict_id else "重点项目",
            row.holder_name,
            row.title,
            days(row.valid_from, row.valid_to),
            row.staff_id,
            row.valid_from,
            row.valid_to,
        )
        for row in rows
    ]


def sponsor(
    session: Session, name: str, title: str, since: date, act_id: str, *,
    area_id: int | None = None, unit_id: int | None = None, project: str = "",
) -> str:  # fmt: skip
    """A leader answers for an area, a unit or a project from a day on; who did before ends the day before.

    Raises NotAllowed, Refused (`name` or `project`).
    """
    name, title, project = clean(name, 30), clean(title, 60), clean(project, 60)
    place: Any = Area.get_or_none(Area.id == area_id) or Unit.get_or_none(Unit.id == unit_id)
    what = place.name if place else project
    if not name or not what:
        raise Refused("请写包保领导的姓名。" if what else "请写包保的项目。", "project" if name else "name")
    try:
        with acts.act(session, act_id, "sponsor.give") as acting:
            town = place.subdistrict_id if place else None
            keeping.require(session, "keep_people", town)
            same: Any = (Sponsorship.area == area_id) if area_id else (Sponsorship.unit == unit_id)
            same = same if place else Sponsorship.project == project
            before = list(Sponsorship.select().where(same, on_day(Sponsorship, since)))
            for row in before:
                end(row, keeping.day_before(since))
            made = Sponsorship.create(
                holder_name=name,
                title=title,
                subdistrict=town,
                area=area_id,
                unit=unit_id,
                project=project,
                valid_from=since,
            )
            acting.about("sponsorship", made.id, what, town)
            acting.changed(
                f"{what}包保",
                {"holders": [row.holder_name for row in before]},
                {"holder": name, "since": str(since)},
            )
    except AlreadyDone:
        pass
    return f"{name}自{day_said(since)}起包保{what}。"


def end_sponsorship(session: Session, sponsorship_id: int, last_day: date, act_id: str) -> str:
    """A leader answers no more after a last day. Raises NotAllowed, Refused (`last_day`)."""
    row = Sponsorship.get_or_none(Sponsorship.id == sponsorship_id)
    if row is None:
        raise Refused("这条包保已有变动，请返回重看。")
    if last_day < row.valid_from:
        raise Refused(f"{row.valid_from:%Y-%m-%d}才开始，最后一天不能更早。", "last_day")
    try:
        with acts.act(session, act_id, "sponsor.end") as acting:
            keeping.require(session, "keep_people", row.subdistrict_id)
            acting.about("sponsorship", row.id, row.holder_name, row.subdistrict_id)
            before = str(row.valid_to or "")
            end(row, last_day)
            acting.changed(f"{row.holder_name}包保", {"until": before}, {"until": str(last_day)})
    except AlreadyDone:
        pass
    return f"{row.holder_name}的包保到{day_said(last_day)}止。"
