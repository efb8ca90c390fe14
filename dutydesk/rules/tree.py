"""The tree as it is on a day: district, subdistricts, areas, units, each with what is open there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from peewee import JOIN, fn

from dutydesk.models import (
    Area,
    District,
    Issue,
    RoleGrant,
    Sponsorship,
    Staff,
    Subdistrict,
    TeamSeat,
    Unit,
    UnitArea,
)
from dutydesk.models.issue_lists import OPEN
from dutydesk.rules import neighbours, permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.keeping import days
from dutydesk.rules.organisation import on_day, taken_over
from dutydesk.rules.permission import PLACES
from dutydesk.session import Session
from dutydesk.vocabulary import Role, SeatKind

Kind = Literal["district", "subdistrict", "area", "unit"]
Step = tuple[Kind, int, str]  # a place on the way to another: kind, id, name
MANY = 1000
_INDEXED = {"subdistrict": "town", "area": "area", "unit": "unit"}


@dataclass(frozen=True)
class PlaceRow:
    """A place below another; `open` is how many cases are open there, to 1,000, None where that is not in scope."""

    key: str
    kind: Kind
    id: int
    name: str
    code: str
    detail: str
    who: str
    open: int | None


@dataclass(frozen=True)
class Place:
    """A place: its name, what it lies in, the first one first, and what is to be said of it; its last day, if any."""

    kind: Kind
    id: int
    name: str
    above: tuple[Step, ...]
    says: str
    ends: date | None = None


def home(session: Session) -> tuple[Kind, int]:
    """Where a session begins to walk: its area's subdistrict, else the district."""
    if session.subdistrict_id:
        return "subdistrict", session.subdistrict_id
    return "district", 0


def place(session: Session, kind: Kind, place_id: int, day: date) -> Place:
    """A place with the way to it. Raises NotAllowed, Refused where there is none."""
    permission.require(session, "people")
    district = District.select().first()
    top: Step = ("district", 0, district.name if district else "全区")
    if kind == "district":
        counts = [
            Subdistrict.select().count(),
            Area.select().where(on_day(Area, day)).count(),
            Unit.select().where(on_day(Unit, day)).count(),
        ]
        return Place(kind, 0, top[2], (), "{}个街镇，{}个片区，{}个治理单元".format(*counts))
    if kind == "subdistrict":
        town = _there(Subdistrict, place_id)
        return Place(kind, place_id, town.name, (top,), "")
    if kind == "area":
        area = _there(Area, place_id)
        above: tuple[Step, ...] = (top, _town(area.subdistrict))
        return Place(kind, place_id, area.name, above, _of_area(area, day), area.valid_to)
    unit = _there(Unit, place_id)
    held = _membership(unit.id, day)
    area_above: tuple[Step, ...] = (("area", held.area_id, held.area.name),) if held is not None else ()
    way = (top, _town(unit.subdistrict), *area_above)
    return Place(kind, place_id, unit.name, way, _of_unit(unit, day), unit.valid_to)


def _town(town: Subdistrict) -> Step:
    return "subdistrict", town.id, town.name


def _there(model: Any, row_id: int) -> Any:
    found = model.get_or_none(model.id == row_id)
    if found is None:
        raise Refused("没有找到这个地方，请返回重选。")
    return found


def _membership(unit_id: int, day: date) -> Any:
    rows = UnitArea.select().where(UnitArea.unit == unit_id, on_day(UnitArea, day))
    return rows.order_by(UnitArea.valid_from.desc()).first()


def _of_area(area: Area, day: date) -> str:
    parts = ["演示名称"] if area.demo else []
    if area.valid_to is not None:
        into = f"，并入{area.merged_into.name}" if area.merged_into_id else ""
        parts.append(f"到{area.valid_to:%Y-%m-%d}止{into}")
    gone = taken_over(Area, [area.id], day)
    if gone:
        names = [row.name for row in Area.select().where(Area.id.in_(list(gone))).order_by(Area.code)]
        parts.append(f"由{'、'.join(names)}并入")
    sponsors = _sponsors(Sponsorship.area == area.id, day)
    parts += [f"包保：{sponsors}"] if sponsors else []
    near = neighbours.of_area(area.id, day)
    parts += [f"相邻：{'、'.join(near)}"] if near else []
    return "；".join(parts)


def _of_unit(unit: Unit, day: date) -> str:
    parts = [unit.kind.label, f"代码{unit.code}"]
    if unit.valid_to is not None:
        into = f"，并入{unit.merged_into.name}" if unit.merged_into_id else ""
        parts.append(f"到{unit.valid_to:%Y-%m-%d}止{into}")
    coming = (
        UnitArea.select(UnitArea, Area).join(Area).where(UnitArea.unit == unit.id, UnitArea.valid_from > day)
    )
    parts += [f"{row.valid_from:%Y-%m-%d}起归{row.area.name}" for row in coming.order_by(UnitArea.valid_from)]
    sponsors = _sponsors(Sponsorship.unit == unit.id, day)
    parts += [f"包保：{sponsors}"] if sponsors else []
    near = neighbours.names(unit.id, day)
    parts += [f"相邻：{'、'.join(near)}"] if near else []
    return "；".join(parts)


def memberships(session: Session, unit_id: int) -> list[str]:
    """To which areas a unit has belonged, the latest first. Raises NotAllowed."""
    permission.require(session, "people")
    rows = UnitArea.select(UnitArea, Area).join(Area).where(UnitArea.unit == unit_id)
    return [
        f"{days(row.valid_from, row.valid_to)}　{row.area.name}"
        for row in rows.order_by(UnitArea.valid_from.desc(), UnitArea.id.desc())
    ]


@dataclass(frozen=True)
class Membership:
    """That a unit belongs to an area from a day on, which is still to come."""

    row_id: int
    area: str
    since: date
    until: date | None


def moves_to_come(session: Session, unit_id: int, day: date) -> list[Membership]:
    """To which areas a unit is to belong after a day, the soonest first. Raises NotAllowed."""
    permission.require(session, "people")
    rows = UnitArea.select(UnitArea, Area).join(Area)
    rows = rows.where(UnitArea.unit == unit_id, UnitArea.valid_from > day)
    return [
        Membership(row.id, row.area.name, row.valid_from, row.valid_to)
        for row in rows.order_by(UnitArea.valid_from)
    ]


def officers(session: Session, unit_id: int, day: date) -> list[tuple[int, str, str]]:
    """A unit's officers on a day: staff id, name, from when to when. Raises NotAllowed."""
    permission.require(session, "people")
    rows = (
        RoleGrant.select(RoleGrant, Staff)
        .join(Staff, on=(RoleGrant.staff == Staff.id))
        .where(
            RoleGrant.unit == unit_id, RoleGrant.role == Role.NEIGHBOURHOOD_OFFICER, on_day(RoleGrant, day)
        )
    )
    return [
        (
            row.staff_id,
            row.staff.name + ("（代理）" if row.stands_in_for_id else ""),
            days(row.valid_from, row.valid_to),
        )
        for row in rows.order_by(RoleGrant.id)
    ]


def _sponsors(where: Any, day: date) -> str:
    rows = Sponsorship.select().where(where, on_day(Sponsorship, day)).order_by(Sponsorship.id)
    return "、".join(f"{row.holder_name}（{row.title}）" if row.title else row.holder_name for row in rows)


# -- what is below -----------------------------------------------------------------------------------------------


def below(session: Session, kind: Kind, place_id: int, day: date) -> list[PlaceRow]:
    """The places below a place on a day, by code; units of no area stand below their subdistrict. Raises NotAllowed."""
    permission.require(session, "people")
    if kind == "district":
        return _subdistricts(session, day)
    if kind == "subdistrict":
        return [*_areas(session, place_id, day), *_units(session, day, town_id=place_id)]
    if kind == "area":
        return _units(session, day, area_id=place_id)
    return []


def _subdistricts(session: Session, day: date) -> list[PlaceRow]:
    areas = _counted(Area, on_day(Area, day))
    units = _counted(Unit, on_day(Unit, day))
    return [
        PlaceRow(
            f"subdistrict:{row.id}",
            "subdistrict",
            row.id,
            row.name,
            row.code,
            f"{areas.get(row.id, 0)}个片区，{units.get(row.id, 0)}个单元",
            "",
            open_count(session, "subdistrict", row.id, row.id, None),
        )
        for row in Subdistrict.select().order_by(Subdistrict.code)
    ]


def _counted(model: Any, where: Any) -> dict[int, int]:
    rows = model.select(model.subdistrict, fn.COUNT(model.id)).where(where).group_by(model.subdistrict)
    return dict(rows.tuples())


def _areas(session: Session, town_id: int, day: date) -> list[PlaceRow]:
    areas = list(Area.select().where(Area.subdistrict == town_id, on_day(Area, day)).order_by(Area.code))
    ids = [area.id for area in areas]
    chiefs: dict[int, list[str]] = {}
    seats = TeamSeat.select().where(
        TeamSeat.area.in_(ids), TeamSeat.kind == SeatKind.CHIEF, on_day(TeamSeat, day)
    )
    for seat in seats.order_by(TeamSeat.stands_in, TeamSeat.id):
        chiefs.setdefault(seat.area_id, []).append(
            f"{seat.holder_name}{'（代理）' if seat.stands_in else ''}"
        )
    rows: Any = UnitArea.select(UnitArea.area, fn.COUNT(UnitArea.id))
    rows = rows.where(UnitArea.area.in_(ids), on_day(UnitArea, day)).group_by(UnitArea.area)
    units: dict[int, int] = dict(rows.tuples())
    return [
        PlaceRow(
            f"area:{area.id}",
            "area",
            area.id,
            area.name,
            area.code,
            f"{units.get(area.id, 0)}个单元{'，演示' if area.demo else ''}",
            "、".join(chiefs.get(area.id, [])) or "片区长空缺",
            open_count(session, "area", area.id, town_id, area.id),
        )
        for area in areas
    ]


def _units(session: Session, day: date, town_id: int = 0, area_id: int = 0) -> list[PlaceRow]:
    """The units of an area, or those of a subdistrict that belong to none."""
    held = (UnitArea.unit == Unit.id) & on_day(UnitArea, day)
    query = Unit.select().join(UnitArea, JOIN.LEFT_OUTER, on=held).where(on_day(Unit, day))
    of_no_area: Any = (Unit.subdistrict == town_id) & UnitArea.id.is_null()
    units = list(query.where(UnitArea.area == area_id if area_id else of_no_area).order_by(Unit.code))
    officers: dict[int, list[str]] = {}
    grants = (
        RoleGrant.select(RoleGrant, Staff)
        .join(Staff, on=(RoleGrant.staff == Staff.id))
        .where(
            RoleGrant.unit.in_([unit.id for unit in units]),
            RoleGrant.role == Role.NEIGHBOURHOOD_OFFICER,
            on_day(RoleGrant, day),
        )
    )
    for grant in grants.order_by(RoleGrant.id):
        officers.setdefault(grant.unit_id, []).append(grant.staff.name)
    return [
        PlaceRow(
            f"unit:{unit.id}",
            "unit",
            unit.id,
            unit.name,
            unit.code,
            unit.kind.label if area_id else f"{unit.kind.label}，未划片区",
            "、".join(officers.get(unit.id, [])),
            open_count(session, "unit", unit.id, unit.subdistrict_id, area_id or None),
        )
        for unit in units
    ]


def open_count(session: Session, kind: Kind, place_id: int, town_id: int, area_id: int | None) -> int | None:
    """How many cases are open in a place, to 1,000; None where the place is not in the session's scope."""
    within = {
        "district": None,
        "town": town_id,
        "area": area_id,
        "unit": place_id if kind == "unit" else None,
    }
    parts = [part for part in permission.reaches(session) if part.kind in within]
    if not any(part.kind == "district" or part.key == within[part.kind] for part in parts):
        return None
    query: Any = Issue.select(Issue.id).where(OPEN, PLACES[_INDEXED[kind]] == place_id)
    if kind == "unit":
        query = permission.narrow_beside(query, session)
    return int(query.limit(MANY).count())
