"""A merger or a dissolution that was planned and is still to come is taken back: area or unit go on with all they had.

Whoever was to go over stays, with the last day that the row over there had. Those for whom the end was planned alone (the
chief, the holders of the four seats, 包保) go on without one; a stand-in is arranged anew.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dutydesk.models import (
    Area,
    Checkpoint,
    FindKey,
    Posting,
    RoleGrant,
    Route,
    Sponsorship,
    Staff,
    TeamSeat,
    Unit,
    UnitArea,
)
from dutydesk.rules import acts, finding, keeping
from dutydesk.rules.dated_rows import said_why
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.tree_changes import index_unit
from dutydesk.session import Session
from dutydesk.vocabulary import Role, SeatKind

_CHECK = "请看一遍席位和包保。"


def take_back_merger(session: Session, area_id: int, reason: str, act_id: str) -> str:
    """An area that was to be merged goes on. Raises NotAllowed, Refused (`reason`, or where the day has come)."""
    reason = said_why(reason)
    area = Area.get_by_id(area_id)
    try:
        with acts.act(session, act_id, "tree.take_back_merger") as acting:
            keeping.require(session, "keep_tree", area.subdistrict_id)
            since, into = _to_come(session, area), area.merged_into
            acting.about("area", area.id, area.name, area.subdistrict_id)
            units = _units_stay(area, into, since)
            people = _people_stay(area, into, since)
            area.valid_to = area.merged_into = None
            area.save()
            after = {"taken_back": reason, "units": units, "people": people}
            acting.changed(area.name, {"merged_into": into.name, "since": str(since)}, after)
    except AlreadyDone:
        pass
    return f"已撤回：{area.name}不再并入别的片区，单元、人员、路线照旧。{_CHECK}"


def take_back_dissolution(session: Session, unit_id: int, reason: str, act_id: str) -> str:
    """A unit that was to be dissolved goes on. Raises NotAllowed, Refused (`reason`, or where the day has come)."""
    reason = said_why(reason)
    unit = Unit.get_by_id(unit_id)
    try:
        with acts.act(session, act_id, "tree.take_back_dissolution") as acting:
            keeping.require(session, "keep_tree", unit.subdistrict_id)
            since, into = _to_come(session, unit), unit.merged_into
            acting.about("unit", unit.id, unit.name, unit.subdistrict_id)
            for row in _ended(UnitArea, UnitArea.unit == unit.id, since):
                _go_on(row, None)
            for grant in _ended(RoleGrant, RoleGrant.unit == unit.id, since):
                _stays(grant, since, unit=into.id if into else None)
            for row in _ended(Sponsorship, Sponsorship.unit == unit.id, since):
                _go_on(row, None)
            if into is not None:
                _forget_old_name(unit, into)
            unit.valid_to = unit.merged_into = None
            unit.save()
            before = {"merged_into": into.name if into else "", "since": str(since)}
            acting.changed(unit.name, before, {"taken_back": reason})
    except AlreadyDone:
        pass
    return f"已撤回：{unit.name}不撤销，照旧。请看一遍居委干部和包保。"


def _to_come(session: Session, place: Any) -> date:
    """The first day on which a place would be no more. Raises Refused where none is planned, or it has come."""
    if place.valid_to is None:
        raise Refused(f"{place.name}没有要撤销，请返回重看。")
    since: date = place.valid_to + timedelta(days=1)
    if since <= session.day or (isinstance(place, Area) and place.merged_into_id is None):
        raise Refused(f"{place.name}已在{place.valid_to:%Y-%m-%d}止，过去的保持原样，不能撤回。")
    return since


def _ended(model: Any, where: Any, since: date) -> list[Any]:
    """Rows that end the day before."""
    return list(model.select().where(where, model.valid_to == keeping.day_before(since)).order_by(model.id))


def _go_on(row: Any, until: date | None) -> None:
    row.valid_to = until
    row.save(only=[type(row).valid_to])


def _units_stay(area: Area, into: Area, since: date) -> int:
    town, many = area.subdistrict.short_name, 0
    for held in _ended(UnitArea, UnitArea.area == area.id, since):
        moved = UnitArea.get_or_none(
            UnitArea.unit == held.unit_id, UnitArea.area == into.id, UnitArea.valid_from == since
        )
        if moved is not None:
            _go_on(held, moved.valid_to)
            moved.delete_instance()
            index_unit(held.unit, town, [area.name])
            many += 1
    return many


def _people_stay(area: Area, into: Area, since: date) -> int:
    many = 0
    for seat in _ended(TeamSeat, TeamSeat.area == area.id, since):
        many += _stays(seat, since, area=into.id if seat.kind is SeatKind.PARTICIPANT else None)
    for grant in _ended(RoleGrant, RoleGrant.area == area.id, since):
        many += _stays(grant, since, area=None if grant.role is Role.AREA_CHIEF else into.id)
    for posting in _ended(Posting, Posting.area == area.id, since):
        many += _stays(posting, since, area=into.id)
    for row in _ended(Sponsorship, Sponsorship.area == area.id, since):
        _go_on(row, None)
    for route in _ended(Route, Route.area == area.id, since):
        taken = Route.get_or_none(
            Route.area == into.id,
            Route.name == route.name,
            Route.kind == route.kind,
            Route.valid_from == since,
        )
        if taken is not None:
            _go_on(route, taken.valid_to)
            Checkpoint.delete().where(Checkpoint.route == taken.id).execute()
            taken.delete_instance()
    return many


def _stays(row: Any, since: date, **place: int | None) -> int:
    """A row goes on as it would have gone on in the other place; says whether it does.

    Without another place it was to end alone. Who stands in, or leaves on that day, had an end of the own.
    """
    if getattr(row, "stands_in", False) or getattr(row, "stands_in_for_id", None) or _leaves(row):
        return 0
    [(column, there)] = place.items()
    copy = None if there is None else _copy(row, since, column, there)
    if there is not None and copy is None:
        return 0  # it had ended by itself
    _go_on(row, copy.valid_to if copy is not None else None)
    if copy is not None:
        if isinstance(copy, TeamSeat):
            finding.forget("seat", copy.id)
        copy.delete_instance()
    return 1


def _leaves(row: Any) -> bool:
    staff_id = getattr(row, "staff_id", None)
    gone = Staff.left_on.is_null(False) & (Staff.left_on <= row.valid_to)
    return bool(staff_id) and Staff.select().where(Staff.id == staff_id, gone).exists()


def _copy(row: Any, since: date, column: str, place_id: int) -> Any:
    """What the merger wrote for a row in the other place."""
    model = type(row)
    beside = ("id", "valid_from", "valid_to", "seat", "subdistrict", column)
    same = [
        getattr(model, name).is_null() if value is None else getattr(model, name) == value
        for name, value in row.__data__.items()
        if name not in beside
    ]
    there = getattr(model, column) == place_id
    return model.select().where(there, model.valid_from == since, *same).order_by(model.id.desc()).first()


def _forget_old_name(unit: Unit, into: Unit) -> None:
    """The unit that was to take over is no longer found by the name of the one that stays."""
    keys = [str(row["key"]) for row in finding.key_rows("unit", into.id, unit.name)]
    FindKey.delete().where(
        FindKey.subject == "unit",
        FindKey.subject_id == into.id,
        FindKey.position == 70,
        FindKey.key.in_(keys),
    ).execute()
