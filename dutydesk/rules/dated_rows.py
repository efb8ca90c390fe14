"""What is planned is taken back, a wrong date corrected: seats, roles, postings, leaders, 包保, moves, neighbours.

Each is an act with its reason; the audit keeps the dates that stood there before. What has begun is not taken back: it
ends, or its dates are corrected. The tree is corrected only while it has not happened yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import Expression

from dutydesk.models import (
    Leader,
    Posting,
    PostingDay,
    RoleGrant,
    Sponsorship,
    Staff,
    TeamSeat,
    UnitArea,
    UnitNeighbour,
)
from dutydesk.rules import acts, finding, keeping, neighbours, role_grants, team_seats
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.keeping import day_before, days
from dutydesk.rules.role_grants import NOT_ONESELF
from dutydesk.rules.tree_changes import index_unit
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import SeatKind

_CHANGED = "这一项已有变动，请返回重看。"


@dataclass(frozen=True)
class _Kind:
    """A dated table: what its acts are called, whose subdistrict and whom a row is about, which others end for it."""

    model: Any
    act: str
    says: Callable[[Any], str]
    town: Callable[[Any], int | None]
    beside: Callable[[Any], Expression | None]


def _seat_says(row: Any) -> str:
    return f"{row.holder_name}任{row.area.name}{row.title}"


def _role_says(row: Any) -> str:
    return f"{row.staff.name}任{role_grants.words(row.role, role_grants.scope_of(row))}"


def _sponsor_says(row: Any) -> str:
    place = row.area or row.unit
    return f"{row.holder_name}包保{place.name if place else row.project}"


def _same_seat(row: Any) -> Expression | None:
    """Who sits there before; participants and those who stand in follow nobody."""
    if row.kind is SeatKind.PARTICIPANT or row.stands_in:
        return None
    same: Any = TeamSeat.force.is_null() if row.force is None else TeamSeat.force == row.force
    return (TeamSeat.area == row.area_id) & (TeamSeat.kind == row.kind) & same & ~TeamSeat.stands_in


def _same_sponsored(row: Any) -> Expression:
    if row.area_id:
        return Sponsorship.area == row.area_id
    return Sponsorship.unit == row.unit_id if row.unit_id else Sponsorship.project == row.project


KINDS: dict[str, _Kind] = {
    "seat": _Kind(TeamSeat, "seat", _seat_says, lambda row: row.area.subdistrict_id, _same_seat),
    "role": _Kind(RoleGrant, "role", _role_says, lambda row: row.subdistrict_id, lambda _row: None),
    "posting": _Kind(
        Posting,
        "posting",
        lambda row: f"{row.staff.name}下沉{row.area.name}",
        lambda row: row.area.subdistrict_id,
        lambda _row: None,
    ),
    "leader": _Kind(
        Leader,
        "staff",
        lambda row: f"{row.staff.name}任{row.title}",
        lambda row: row.subdistrict_id,
        lambda row: Leader.staff == row.staff_id,
    ),
    "sponsor": _Kind(Sponsorship, "sponsor", _sponsor_says, lambda row: row.subdistrict_id, _same_sponsored),
    "move": _Kind(
        UnitArea,
        "tree",
        lambda row: f"{row.unit.name}归{row.area.name}",
        lambda row: row.unit.subdistrict_id,
        lambda row: UnitArea.unit == row.unit_id,
    ),
    "neighbour": _Kind(
        UnitNeighbour,
        "tree",
        lambda row: f"{row.unit.name}与{row.neighbour.name}相邻",
        lambda row: row.unit.subdistrict_id,
        lambda _row: None,
    ),
}
_OF_THE_TREE = ("move", "neighbour")


def _found(kind: str, row_id: int) -> Any:
    model = KINDS[kind].model
    row = model.get_or_none(model.id == row_id)
    if row is None:
        raise Refused(_CHANGED)
    if kind == "role" and row.seat_id is not None:
        raise Refused("这个岗位随 1+4+N 的席位，请在片区的席位上办。")
    return row


def _require(session: Session, kind: str, row: Any) -> None:
    if getattr(row, "staff_id", None) == session.staff_id:
        raise NotAllowed(NOT_ONESELF)
    if kind == "seat":
        team_seats.require(session, team_seats.Place(row.area_id, row.kind, row.force))
    else:
        keeping.require(
            session, "keep_tree" if kind in _OF_THE_TREE else "keep_people", KINDS[kind].town(row)
        )


def _before(kind: str, row: Any) -> list[Any]:
    """Who held the same place up to the day before: whose end was set when this row was."""
    model, where = KINDS[kind].model, KINDS[kind].beside(row)
    if where is None:
        return []
    return list(model.select().where(where, model.id != row.id, model.valid_to == day_before(row.valid_from)))


def _not_of_a_merger(kind: str, row: Any) -> None:
    """Raise Refused for a unit's move that comes with the merger of its area: that is taken back as a whole."""
    for each in _before(kind, row) if kind == "move" else []:
        if each.area.valid_to == each.valid_to:
            raise Refused(f"{row.unit.name}随{each.area.name}并入，请在{each.area.name}的页面撤回并入。")


def _set(kind: str, row: Any, since: date, until: date | None) -> None:
    """Give a row its dates, and with it the roles that hang on a seat, or the other row of two neighbours."""
    if kind == "neighbour":
        twin = neighbours.twin(row)
        twin.valid_from, twin.valid_to = since, until
        twin.save()
    if kind == "seat":
        for grant in team_seats.hung_on(row):
            if (grant.valid_from, grant.valid_to) == (row.valid_from, row.valid_to):
                grant.valid_from, grant.valid_to = since, until
                grant.save()
    row.valid_from, row.valid_to = since, until
    row.save()


def said_why(reason: str) -> str:
    """A reason as it is kept. Raises Refused (`reason`) where there is none."""
    said = clean(reason, 200)
    if len(said) < 2:
        raise Refused("请写明为什么。", "reason")
    return said


def _about(acting: Acting, kind: str, row: Any) -> None:
    """The place or the person that the other acts on such rows are about."""
    town = KINDS[kind].town(row)
    if kind == "seat":
        acting.about("area", row.area_id, row.area.name, town)
    elif kind in _OF_THE_TREE:
        acting.about("unit", row.unit_id, row.unit.name, town)
    elif kind == "sponsor":
        acting.about("sponsorship", row.id, row.holder_name, town)
    else:
        acting.about("staff", row.staff_id, f"{row.staff.number} {row.staff.name}", town)


# -- taking back -------------------------------------------------------------------------------------------------


def take_back(session: Session, kind: str, row_id: int, reason: str, act_id: str, resume: bool = True) -> str:
    """What has not begun yet never will; who was to end the day before goes on, unless `resume` is False.

    A unit goes on in the area in which it is. Raises NotAllowed, Refused (`reason`).
    """
    said = ""
    reason = said_why(reason)
    try:
        with acts.act(session, act_id, f"{KINDS[kind].act}.take_back") as acting:
            row = _found(kind, row_id)
            _require(session, kind, row)
            if row.valid_from <= session.day:
                raise Refused(f"{row.valid_from:%Y-%m-%d}已经开始，不能撤回。请办结束，日期错了就更正日期。")
            _not_of_a_merger(kind, row)
            _about(acting, kind, row)
            what, span = KINDS[kind].says(row), days(row.valid_from, row.valid_to)
            going_on = _before(kind, row) if resume or kind == "move" else []
            going_on = [each for each in going_on if not _gone(each, row.valid_to)]
            for each in going_on:
                _set(kind, each, each.valid_from, row.valid_to)
            if kind == "seat":
                for grant in team_seats.hung_on(row):
                    if grant.seat_id == row.id:
                        grant.delete_instance()
                finding.forget("seat", row.id)
            if kind == "neighbour":
                neighbours.twin(row).delete_instance()
            row.delete_instance()
            if kind == "move":
                index_unit(row.unit, row.unit.subdistrict.short_name, [each.area.name for each in going_on])
            names = [KINDS[kind].says(each) for each in going_on]
            acting.changed(what, {"planned": span}, {"taken_back": reason, "goes_on": names})
            said = f"已撤回：{what}（{span}）。" + "".join(f"{name}照旧。" for name in names)
    except AlreadyDone:
        pass
    return said or "已撤回。"


def _gone(row: Any, until: date | None) -> bool:
    """Whether the holder of a row has left before a day."""
    staff_id = getattr(row, "staff_id", None)
    person = Staff.get_or_none(Staff.id == staff_id) if staff_id else None
    left = person.left_on if person is not None else None
    return left is not None and (until is None or left < until)


# -- correcting --------------------------------------------------------------------------------------------------


def correct(
    session: Session, kind: str, row_id: int, since: date, until: date | None, reason: str, act_id: str
) -> str:
    """A row has other dates; who ended the day before ends the day before again.

    Raises NotAllowed, Refused (`since`, `until` or `reason`).
    """
    keeping.in_order(since, until)
    reason = said_why(reason)
    says = ""
    try:
        with acts.act(session, act_id, f"{KINDS[kind].act}.correct") as acting:
            row = _found(kind, row_id)
            _require(session, kind, row)
            _about(acting, kind, row)
            _not_of_a_merger(kind, row)
            was, now = days(row.valid_from, row.valid_to), days(since, until)
            if was == now:
                raise Refused("日期没有变，不用更正。按 Esc 返回。", "since")
            _fits(session, kind, row, since, until)
            before = _before(kind, row) if since != row.valid_from else []
            for each in before:
                if each.valid_from > day_before(since):
                    raise Refused(
                        f"与{KINDS[kind].says(each)}（{days(each.valid_from, None)}）重叠。", "since"
                    )
                _set(kind, each, each.valid_from, day_before(since))
            _set(kind, row, since, until)
            what = KINDS[kind].says(row)
            after: dict[str, Any] = {"dates": now, "reason": reason}
            moved = {"ends_before": [KINDS[kind].says(each) for each in before]} if before else {}
            acting.changed(what, {"dates": was}, after | moved)
            says = f"{what}：{was} 更正为 {now}。"
            says += "".join(f"{KINDS[kind].says(each)}到{day_said(day_before(since))}止。" for each in before)
    except AlreadyDone:
        pass
    return says or "已更正日期。"


def _fits(session: Session, kind: str, row: Any, since: date, until: date | None) -> None:
    """Raise Refused where other dates would contradict what else is on record."""
    if kind == "move":
        if row.valid_from <= session.day:
            raise Refused("区划过去的保持原样，只有还没到的可以更正。", "since")
        keeping.not_in_the_past(session, since)
        _alone(UnitArea, (UnitArea.unit == row.unit_id), row, since, until)
    if kind == "neighbour":
        _only_what_is_to_come(session, row, since, until)
        same: Any = (UnitNeighbour.unit == row.unit_id) & (UnitNeighbour.neighbour == row.neighbour_id)
        _alone(UnitNeighbour, same, row, since, until)
    if _stands_in(row) and until is None:
        raise Refused("代理要写明到哪天止。", "until")
    staff_id = getattr(row, "staff_id", None)
    person = Staff.get_or_none(Staff.id == staff_id) if staff_id else None
    if person is not None and person.left_on is not None and (until is None or until > person.left_on):
        raise Refused(f"{person.name}{person.left_on:%Y-%m-%d}离岗，不能更晚。", "until")
    if kind == "posting":
        _covers_attendance(row, since, until)
        _alone(Posting, (Posting.staff == row.staff_id) & (Posting.area == row.area_id), row, since, until)
    if kind == "role":
        role_grants.not_twice(row.staff, row.role, role_grants.scope_of(row), since, until, row.id)


def _only_what_is_to_come(session: Session, row: Any, since: date, until: date | None) -> None:
    """Raise Refused where another beginning or end would change what the tree was on a day that is over."""
    if since != row.valid_from and min(since, row.valid_from) < session.day:
        raise Refused("区划过去的保持原样，只有还没到的可以更正。", "since")
    ends = [each for each in (until, row.valid_to) if each is not None]
    if until != row.valid_to and min(ends) < day_before(session.day):
        raise Refused("区划过去的保持原样，只有还没到的可以更正。", "until")


def _stands_in(row: Any) -> bool:
    return bool(getattr(row, "stands_in", False) or getattr(row, "stands_in_for_id", None))


def _alone(model: Any, same: Any, row: Any, since: date, until: date | None) -> None:
    """Raise Refused where another row of the same kind holds in those days: the one before gives way, no other does."""
    others = model.select().where(
        same,
        model.id != row.id,
        model.valid_to.is_null()
        | ((model.valid_to >= since) & (model.valid_to != day_before(row.valid_from))),
    )
    for other in others:
        if until is None or other.valid_from <= until:
            raise Refused(f"与另一段重叠：{days(other.valid_from, other.valid_to)}。", "since")


def _covers_attendance(row: Any, since: date, until: date | None) -> None:
    """Raise Refused where attendance is on record for a day that would lie outside."""
    outside: Any = PostingDay.day < since
    if until is not None:
        outside = outside | (PostingDay.day > until)
    marked = PostingDay.select().where(PostingDay.posting == row.id, outside).order_by(PostingDay.day).first()
    if marked is not None:
        field = "since" if marked.day < since else "until"
        raise Refused(f"{marked.day:%Y-%m-%d}已记考勤，这一天要在起止之内。", field)
