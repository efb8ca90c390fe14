"""The tree changes on a day: units move, areas merge, units are dissolved or founded. What was stays as it was.

A case keeps the area that its unit had when it was registered (`docs/decisions/0008`); whoever takes over an area or
a unit reaches its cases from that day on (`signing_on.grants_of`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from dutydesk.models import (
    Area,
    Checkpoint,
    Issue,
    Posting,
    RoleGrant,
    Route,
    Sponsorship,
    Subdistrict,
    TeamSeat,
    Unit,
    UnitArea,
)
from dutydesk.models.issue_lists import OPEN
from dutydesk.rules import acts, finding, keeping, neighbours
from dutydesk.rules.acts import Acting
from dutydesk.rules.district import unit_rows
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.keeping import day_before, end
from dutydesk.rules.organisation import on_day, units_of_area
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import Role, SeatKind, UnitKind

_COUNTED = 1000


@dataclass(frozen=True)
class Changed:
    """What a change left behind, in a sentence; `subject_id` is the unit or area that it is about."""

    subject_id: int
    says: str


# -- a unit moves ------------------------------------------------------------------------------------------------


def move_unit(session: Session, unit_id: int, area_id: int, since: date, act_id: str) -> Changed:
    """A unit belongs to another area of its subdistrict from a day on.

    Raises NotAllowed, Refused (with the field `area` or `since`).
    """
    unit = _unit(unit_id)
    area = _area(area_id, since, unit.subdistrict_id)
    try:
        with acts.act(session, act_id, "tree.move_unit") as acting:
            keeping.require(session, "keep_tree", unit.subdistrict_id)
            keeping.not_in_the_past(session, since)
            acting.about("unit", unit.id, unit.name, unit.subdistrict_id)
            before = _move(acting, unit, area, since)
    except AlreadyDone:
        before = None
    left = open_there(Issue.unit == unit.id, Issue.area == before.id) if before else ""
    stays = (
        f"{before.name}还有{left}没办完的，仍由{before.name}办完，到日也可移交。" if before and left else ""
    )
    return Changed(unit.id, f"{unit.name}自{day_said(since)}起归{area.name}。{stays}")


def _move(acting: Acting, unit: Unit, area: Area, since: date) -> Area | None:
    """Write the membership that begins; answers with the area that the unit leaves."""
    rows = list(UnitArea.select().where(UnitArea.unit == unit.id).order_by(UnitArea.valid_from))
    later = next((row for row in rows if row.valid_from > since), None)
    if later:
        raise Refused(
            f"{unit.name}已排定{later.valid_from:%Y-%m-%d}起归{later.area.name}，请选那一天以后。", "since"
        )
    held = next((row for row in reversed(rows) if row.valid_to is None or row.valid_to >= since), None)
    before = held.area if held else None
    if before is not None and before.id == area.id:
        raise Refused(f"{unit.name}那一天已经属于{area.name}。", "area")
    if held is not None:
        end(held, day_before(since))
    UnitArea.create(unit=unit, area=area, valid_from=since)
    town = Subdistrict.get_by_id(unit.subdistrict_id).short_name
    index_unit(unit, town, [area.name, *([before.name] if before else [])])
    what = f"{unit.name}的片区"
    acting.changed(what, {"area": before.name if before else ""}, {"area": area.name, "since": str(since)})
    return before


def index_unit(unit: Unit, town: str, areas: Iterable[str]) -> None:
    """Have a unit found by its own name, its subdistrict's, and those of its areas."""
    from dutydesk.models import FindKey

    FindKey.delete().where(FindKey.subject == "unit", FindKey.subject_id == unit.id).execute()
    rows: dict[str, dict[str, object]] = {}
    for area in areas:
        for row in unit_rows(unit.id, unit.name, town, area):
            rows.setdefault(str(row["key"]), row)
    FindKey.insert_many(list(rows.values())).execute()


def open_there(*where: Any) -> str:
    """How many open cases there are, as a sentence says it; empty where there is none."""
    many = Issue.select(Issue.id).where(OPEN, *where).limit(_COUNTED).count()
    return f"{many}件{'以上' if many == _COUNTED else ''}" if many else ""


# -- areas merge -------------------------------------------------------------------------------------------------


def merge_areas(session: Session, area_id: int, into_id: int, since: date, act_id: str) -> Changed:
    """An area is merged into another of its subdistrict from a day on: its units, people and participants go there.

    Its chief and the holders of its four forces' seats leave them. Raises NotAllowed, Refused.
    """
    try:
        with acts.act(session, act_id, "tree.merge_areas") as acting:
            gone = _area(area_id, since)
            into = _area(into_id, since, gone.subdistrict_id)
            if gone.id == into.id:
                raise Refused("请选另一个片区。", "area")
            if gone.valid_to is not None:
                raise Refused(f"{gone.name}已定于{gone.valid_to:%Y-%m-%d}撤销。", "area")
            keeping.require(session, "keep_tree", gone.subdistrict_id)
            keeping.not_in_the_past(session, since)
            acting.about("area", gone.id, gone.name, gone.subdistrict_id)
            for unit in units_of_area(gone.id, since):
                _move(acting, unit, into, since)
            gone.valid_to, gone.merged_into = day_before(since), into
            gone.save()
            counts = take_people_over(gone, into, since)
            acting.changed(gone.name, None, {"merged_into": into.name, "since": str(since), **counts})
    except AlreadyDone:
        gone, into = Area.get_by_id(area_id), Area.get_by_id(into_id)
    left = open_there(Issue.area == gone.id)
    stays = f"{gone.name}没办完的{left}，由{into.name}接着办。" if left else ""
    return Changed(
        gone.id, f"{gone.name}自{day_said(since)}起并入{into.name}。{stays}巡查路线随之过去，值班表请重排。"
    )


def take_people_over(gone: Area, into: Area, since: date) -> dict[str, int]:
    """Those who work in the area go on in the other one; who leads it does not."""
    moved = 0
    for grant in going_on(RoleGrant, RoleGrant.area == gone.id, since):
        if grant.role is not Role.AREA_CHIEF:
            moved += _again(grant, since, area=into, seat=None)
        end(grant, day_before(since))
    seats = going_on(TeamSeat, TeamSeat.area == gone.id, since)
    for seat in seats:
        if seat.kind is SeatKind.PARTICIPANT:
            _again(seat, since, area=into)
        end(seat, day_before(since))
    postings = going_on(Posting, Posting.area == gone.id, since)
    for posting in postings:
        _again(posting, since, area=into)
        end(posting, day_before(since))
    for sponsorship in going_on(Sponsorship, Sponsorship.area == gone.id, since):
        end(sponsorship, day_before(since))
    for route in going_on(Route, Route.area == gone.id, since):
        _walk_on(route, into, since)
    return {"roles": moved, "postings": len(postings), "seats": len(seats)}


def _walk_on(route: Route, into: Area, since: date) -> None:
    """A route of an area that ends is walked on by the one that takes over; its patrols of before stay with it."""
    taken = Route.create(
        area=into,
        name=route.name,
        kind=route.kind,
        partners=route.partners,
        valid_from=max(since, route.valid_from),
        valid_to=route.valid_to,
    )
    for point in going_on(Checkpoint, Checkpoint.route == route.id, since):
        again = {name: value for name, value in point.__data__.items() if name not in ("id", "route")}
        Checkpoint.create(**again | {"route": taken.id, "valid_from": max(since, point.valid_from)})
    if route.valid_from <= day_before(since):
        end(route, day_before(since))


def going_on(model: Any, where: Any, since: date) -> list[Any]:
    """Rows that hold on a day or begin after it."""
    return list(
        model.select().where(where, model.valid_to.is_null() | (model.valid_to >= since)).order_by(model.id)
    )


def _again(row: Any, since: date, **changes: Any) -> int:
    """The same row with changes, from a day on, unless there is one already; says whether it was written."""
    model = type(row)
    values = {
        name: value for name, value in row.__data__.items() if name not in ("id", "valid_from", "valid_to")
    } | {name: getattr(value, "id", value) for name, value in changes.items()}
    same = [
        getattr(model, name).is_null() if value is None else getattr(model, name) == value
        for name, value in values.items()
        if name != "seat"
    ]
    if model.select().where(*same, on_day(model, since)).exists():
        return 0
    made = model.create(**values, valid_from=max(since, row.valid_from), valid_to=row.valid_to)
    if isinstance(made, TeamSeat):
        finding.index("seat", made.id, made.holder_name)
    return 1


# -- units begin and end -----------------------------------------------------------------------------------------


def dissolve_unit(session: Session, unit_id: int, into_id: int | None, since: date, act_id: str) -> Changed:
    """A unit is no more from a day on; where another takes over, its officers and its cases go there.

    Raises NotAllowed, Refused.
    """
    try:
        with acts.act(session, act_id, "tree.dissolve_unit") as acting:
            unit = _unit(unit_id)
            into = _unit(into_id) if into_id else None
            if into is not None and (into.id == unit.id or into.subdistrict_id != unit.subdistrict_id):
                raise Refused("请选同一街镇的另一个单元。", "into")
            keeping.require(session, "keep_tree", unit.subdistrict_id)
            keeping.not_in_the_past(session, since)
            acting.about("unit", unit.id, unit.name, unit.subdistrict_id)
            for row in going_on(UnitArea, UnitArea.unit == unit.id, since):
                end(row, day_before(since))
            unit.valid_to, unit.merged_into = day_before(since), into
            unit.save()
            _officers_go_on(unit, into, since)
            after = {"merged_into": into.name if into else "", "since": str(since)}
            acting.changed(unit.name, {"valid_to": None}, after)
    except AlreadyDone:
        unit = Unit.get_by_id(unit_id)
        into = Unit.get_by_id(into_id) if into_id else None
    left = open_there(Issue.unit == unit.id)
    who = into.name if into else "所在片区"
    stays = f"没办完的{left}由{who}接着办。" if left else ""
    return Changed(
        unit.id, f"{unit.name}自{day_said(since)}起撤销{f'，并入{into.name}' if into else ''}。{stays}"
    )


def _officers_go_on(unit: Unit, into: Unit | None, since: date) -> None:
    from dutydesk.models import FindKey

    for grant in going_on(RoleGrant, RoleGrant.unit == unit.id, since):
        if into is not None:
            _again(grant, since, unit=into)
        end(grant, day_before(since))
    for sponsorship in going_on(Sponsorship, Sponsorship.unit == unit.id, since):
        end(sponsorship, day_before(since))
    if into is not None:  # who asks for the old name finds the unit that took over
        known = {
            row.key
            for row in FindKey.select().where(FindKey.subject == "unit", FindKey.subject_id == into.id)
        }
        rows = [row | {"position": 70} for row in finding.key_rows("unit", into.id, unit.name)]
        fresh = [row for row in rows if row["key"] not in known]
        if fresh:
            FindKey.insert_many(fresh).execute()


def add_unit(
    session: Session, area_id: int, code: str, name: str, kind: UnitKind, since: date, act_id: str
) -> Changed:
    """A new unit of an area from a day on. Raises NotAllowed, Refused (with the field `code`, `name` or `since`)."""
    area = _area(area_id, since)
    code, name = clean(code, 40), clean(name, 60)
    if not name:
        raise Refused("请写单元的名称。", "name")
    try:
        with acts.act(session, act_id, "tree.add_unit") as acting:
            keeping.require(session, "keep_tree", area.subdistrict_id)
            keeping.not_in_the_past(session, since)
            if not code or Unit.select().where(Unit.code == code).exists():
                raise Refused(f"代码“{code}”已有单元在用。" if code else "请写单元的代码。", "code")
            unit = Unit.create(
                subdistrict=area.subdistrict_id, code=code, name=name, kind=kind, valid_from=since
            )
            UnitArea.create(unit=unit, area=area, valid_from=since)
            index_unit(unit, area.subdistrict.short_name, [area.name])
            acting.about("unit", unit.id, name, area.subdistrict_id)
            acting.changed(
                name, None, {"area": area.name, "code": code, "kind": kind.value, "since": str(since)}
            )
            unit_id = int(unit.id)
    except AlreadyDone as done:
        unit_id = int(done.subject_id or 0)
    return Changed(unit_id, f"{name}自{day_said(since)}起属于{area.name}。")


def add_area(
    session: Session, subdistrict_id: int, code: str, name: str, since: date, act_id: str
) -> Changed:
    """A new area of a subdistrict from a day on. Raises NotAllowed, Refused (`code`, `name` or `since`)."""
    code, name = clean(code, 40), clean(name, 60)
    if not name:
        raise Refused("请写片区的名称。", "name")
    try:
        with acts.act(session, act_id, "tree.add_area") as acting:
            keeping.require(session, "keep_tree", subdistrict_id)
            keeping.not_in_the_past(session, since)
            if not code or Area.select().where(Area.code == code).exists():
                raise Refused(f"代码“{code}”已有片区在用。" if code else "请写片区的代码。", "code")
            area = Area.create(subdistrict=subdistrict_id, code=code, name=name, valid_from=since)
            finding.index("area", area.id, name)
            acting.about("area", area.id, name, subdistrict_id)
            acting.changed(name, None, {"code": code, "since": str(since)})
            area_id = int(area.id)
    except AlreadyDone as done:
        area_id = int(done.subject_id or 0)
    return Changed(area_id, f"{name}自{day_said(since)}起设立。请把单元划进来，配好 1+4+N。")


def add_neighbour(
    session: Session, unit_id: int, neighbour_id: int, act_id: str, since: date | None = None
) -> Changed:
    """Two units lie beside each other from a day (today) on, or no longer where they did; what was stays on record.

    Raises NotAllowed, Refused (`neighbour` or `since`).
    """
    unit, other, since = _unit(unit_id), _unit(neighbour_id), since or session.day
    if unit.id == other.id:
        raise Refused("请选另一个单元。", "neighbour")
    said = "已记下"
    try:
        with acts.act(session, act_id, "tree.neighbour") as acting:
            keeping.require(session, "keep_tree", unit.subdistrict_id)
            keeping.not_in_the_past(session, since)
            acting.about("unit", unit.id, unit.name, unit.subdistrict_id)
            beside = neighbours.turn(unit.id, other.id, since)
            after = {other.name: beside, "since": str(since)}
            acting.changed(f"{unit.name}的相邻", {other.name: not beside}, after)
            said = "相邻" if beside else "不再相邻"
    except AlreadyDone:
        pass
    return Changed(unit.id, f"{unit.name}与{other.name}自{day_said(since)}起{said}。")


# -- looking up --------------------------------------------------------------------------------------------------


def _unit(unit_id: int) -> Unit:
    unit = Unit.get_or_none(Unit.id == unit_id)
    if unit is None:
        raise Refused("请选一个单元，可打拼音首字母。", "unit")
    if unit.valid_to is not None:
        raise Refused(f"{unit.name}已定于{unit.valid_to:%Y-%m-%d}撤销。", "unit")
    return unit


def _area(area_id: int, since: date, subdistrict_id: int | None = None) -> Area:
    area = Area.get_or_none(Area.id == area_id, on_day(Area, since))
    if area is None:
        raise Refused("请选一个那一天还在的片区。", "area")
    if subdistrict_id is not None and area.subdistrict_id != subdistrict_id:
        raise Refused(f"{area.name}不在同一个街镇。", "area")
    return area
