"""1+4+N of an area: who sits where on a day and before, what is odd about it, and who stands in.

The one chief and the four forces are seats that every area has; N are as many as take part. A role hangs on a seat:
it begins and ends with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from dutydesk.models import Area, Leader, RoleGrant, Staff, TeamSeat
from dutydesk.rules import acts, finding, keeping, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.keeping import day_before, days, end
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.rules.role_grants import NOT_ONESELF
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import Force, Role, SeatKind

VACANT = "空缺"
TWO_CHIEFS = "同时有两位片区长"
NO_LEADER = "不是本街镇领导班子成员"
NO_ACCOUNT = "没有工号，代录办理"
HAS_LEFT = "已离岗"

# The role that hangs on a seat; participants need none.
ROLE_OF = {SeatKind.CHIEF: Role.AREA_CHIEF, SeatKind.FORCE: Role.HANDLER}


@dataclass(frozen=True)
class SeatLine:
    """A seat as it is on a day: who sits there, since when, who stands in until when, and what is odd about it.

    `seat_id` is None for a vacancy.
    """

    key: str
    kind: SeatKind
    force: Force | None
    title: str
    seat_id: int | None
    staff_id: int | None
    holder: str
    since: date | None
    until: date | None
    stands_in: bool
    odd: tuple[str, ...]


def team(session: Session, area_id: int, day: date) -> list[SeatLine]:
    """The seats of an area on a day: the chief, the four forces, the participants. Raises NotAllowed."""
    permission.require(session, "people")
    area = Area.get_by_id(area_id)
    held = list(
        TeamSeat.select()
        .where(TeamSeat.area == area_id, on_day(TeamSeat, day))
        .order_by(TeamSeat.stands_in, TeamSeat.valid_from, TeamSeat.id)
    )
    known = _known(held, area.subdistrict_id, day)
    places: list[tuple[SeatKind, Force | None]] = [
        (SeatKind.CHIEF, None),
        *((SeatKind.FORCE, f) for f in Force),
    ]
    lines: list[SeatLine] = []
    for kind, force in places:
        here = [seat for seat in held if seat.kind is kind and seat.force is force]
        if not any(not seat.stands_in for seat in here):
            lines.append(_vacancy(kind, force, [seat for seat in here if seat.stands_in]))
        lines += [_line(seat, known, here) for seat in here]
    lines += [_line(seat, known, []) for seat in held if seat.kind is SeatKind.PARTICIPANT]
    return lines


def to_come(session: Session, area_id: int, day: date) -> list[SeatLine]:
    """Who is to sit in an area's seats after a day, the soonest first. Raises NotAllowed."""
    permission.require(session, "people")
    rows = TeamSeat.select().where(TeamSeat.area == area_id, TeamSeat.valid_from > day)
    return [_as_it_is(seat) for seat in rows.order_by(TeamSeat.valid_from, TeamSeat.id)]


def all_of(session: Session, area_id: int, kind: SeatKind, force: Force | None) -> list[SeatLine]:
    """Who sits, sat or is to sit in a seat, the latest first. Raises NotAllowed."""
    permission.require(session, "people")
    return [_as_it_is(seat) for seat in _ever(area_id, kind, force)]


def _as_it_is(seat: TeamSeat, odd: tuple[str, ...] = ()) -> SeatLine:
    return SeatLine(
        f"seat:{seat.id}",
        seat.kind,
        seat.force,
        seat.title,
        seat.id,
        seat.staff_id,
        seat.holder_name,
        seat.valid_from,
        seat.valid_to,
        seat.stands_in,
        odd,
    )


def title_of(kind: SeatKind, force: Force | None) -> str:
    """What a seat is called: `片区长`, `公共安全力量`."""
    return f"{force.label}力量" if force else kind.label


def _vacancy(kind: SeatKind, force: Force | None, standing_in: list[TeamSeat]) -> SeatLine:
    odd = (VACANT, f"由{'、'.join(s.holder_name for s in standing_in)}代理") if standing_in else (VACANT,)
    key = f"vacant:{kind.value}:{force.value if force else ''}"
    return SeatLine(key, kind, force, title_of(kind, force), None, None, "", None, None, False, odd)


def _known(seats: list[TeamSeat], subdistrict_id: int, day: date) -> tuple[set[int], set[int]]:
    """Of those who sit there: who is in service, and who is a leader of the subdistrict."""
    ids = [seat.staff_id for seat in seats if seat.staff_id]
    serving: Any = Staff.select(Staff.id).where(Staff.id.in_(ids), in_service(day)).tuples()
    leading: Any = (
        Leader.select(Leader.staff)
        .where(Leader.staff.in_(ids), Leader.subdistrict == subdistrict_id, on_day(Leader, day))
        .tuples()
    )
    return {row[0] for row in serving}, {row[0] for row in leading}


def _line(seat: TeamSeat, known: tuple[set[int], set[int]], here: list[TeamSeat]) -> SeatLine:
    serving, leading = known
    odd = []
    if seat.kind is SeatKind.CHIEF and not seat.stands_in:
        if sum(not each.stands_in for each in here) > 1:
            odd.append(TWO_CHIEFS)
        if seat.staff_id not in leading:
            odd.append(NO_LEADER)
    if seat.kind is not SeatKind.PARTICIPANT:
        if not seat.staff_id:
            odd.append(NO_ACCOUNT)
        elif seat.staff_id not in serving:
            odd.append(HAS_LEFT)
        standing_in = [each.holder_name for each in here if each.stands_in]
        if standing_in and not seat.stands_in:
            odd.append(f"由{'、'.join(standing_in)}代理")
    return _as_it_is(seat, tuple(odd))


def history(session: Session, area_id: int, kind: SeatKind, force: Force | None) -> list[str]:
    """Who has sat in a seat, the latest first, as sentences: `2024-01-01至2025-03-31 王芳（代理）`. Raises NotAllowed."""
    permission.require(session, "people")
    return [
        f"{days(row.valid_from, row.valid_to)}　{row.holder_name}{'（代理）' if row.stands_in else ''}"
        for row in _ever(area_id, kind, force)
    ]


def _ever(area_id: int, kind: SeatKind, force: Force | None) -> list[TeamSeat]:
    same = TeamSeat.force.is_null() if force is None else TeamSeat.force == force
    rows = TeamSeat.select().where(TeamSeat.area == area_id, TeamSeat.kind == kind, same)
    return list(rows.order_by(TeamSeat.valid_from.desc(), TeamSeat.id.desc()).limit(200))


# -- acts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A seat of an area, whoever sits there."""

    area_id: int
    kind: SeatKind
    force: Force | None = None


def require(session: Session, place: Place, person: Staff | None = None) -> Area:
    """Who keeps the people keeps the seats, the own ones left out; the chief those of the own area's participants.

    Answers with the area. Raises NotAllowed.
    """
    if person is not None and person.id == session.staff_id:
        raise NotAllowed(NOT_ONESELF)
    area = Area.get_by_id(place.area_id)
    chief = any(grant.role is Role.AREA_CHIEF and grant.area_id == place.area_id for grant in session.grants)
    if not (place.kind is SeatKind.PARTICIPANT and chief):
        keeping.require(session, "keep_people", area.subdistrict_id)
    return area


def fill(
    session: Session,
    place: Place,
    staff_id: int | None,
    name: str,
    since: date,
    act_id: str,
    title: str = "",
    beside: bool = False,
) -> str:
    """Somebody (of staff, or by name alone) sits in a seat from a day on; whoever sat there leaves the day before.

    With `beside` the one before stays. Raises NotAllowed, Refused (with the field `staff`, `name` or `since`).
    """
    person = _person(staff_id, since)
    name = person.name if person else clean(name, 60)
    if not name:
        raise Refused("请选人，或写明姓名、单位名称。", "staff")
    try:
        with acts.act(session, act_id, "seat.fill") as acting:
            area = require(session, place, person)
            acting.about("area", area.id, area.name, area.subdistrict_id)
            before = [] if beside or place.kind is SeatKind.PARTICIPANT else _holders(place, since)
            for seat in before:
                end_seat(seat, day_before(since))
            seat = _sit(place, person, name, title or title_of(place.kind, place.force), since, None)
            acting.changed(
                f"{area.name} {seat.title}",
                {"holders": [each.holder_name for each in before]},
                {"holder": name, "since": str(since)},
            )
    except AlreadyDone:
        pass
    return f"{name}自{day_said(since)}起任{title or title_of(place.kind, place.force)}。"


def _holders(place: Place, since: date) -> list[TeamSeat]:
    """Who sits in a seat on a day or is to sit there later, those that stand in left out."""
    same = TeamSeat.force.is_null() if place.force is None else TeamSeat.force == place.force
    return list(
        TeamSeat.select().where(
            TeamSeat.area == place.area_id,
            TeamSeat.kind == place.kind,
            same,
            TeamSeat.stands_in == False,  # noqa: E712
            TeamSeat.valid_to.is_null() | (TeamSeat.valid_to >= since),
        )
    )


def _sit(
    place: Place,
    person: Staff | None,
    name: str,
    title: str,
    since: date,
    until: date | None,
    stands_in_for: int | None = None,
    stands_in: bool = False,
) -> TeamSeat:
    seat = TeamSeat.create(
        area=place.area_id,
        kind=place.kind,
        force=place.force,
        title=title,
        holder_name=name,
        staff_id=person.id if person else None,
        stands_in=stands_in,
        valid_from=since,
        valid_to=until,
    )
    if place.kind is SeatKind.PARTICIPANT:
        finding.index("seat", seat.id, name)
    role = ROLE_OF.get(place.kind)
    if person is not None and role is not None:
        RoleGrant.create(
            staff=person,
            role=role,
            seat=seat,
            stands_in_for_id=stands_in_for,
            subdistrict=Area.get_by_id(place.area_id).subdistrict_id,
            area=place.area_id,
            force=place.force,
            valid_from=since,
            valid_to=until,
        )
    return seat


def hung_on(seat: TeamSeat) -> list[RoleGrant]:
    """The roles that end with a seat: those that hang on it, and the same role of its holder from before seats had any."""
    same_force = RoleGrant.force.is_null() if seat.force is None else RoleGrant.force == seat.force
    older = (
        RoleGrant.seat.is_null()
        & (RoleGrant.staff == seat.staff_id)
        & (RoleGrant.role == ROLE_OF.get(seat.kind))
        & (RoleGrant.area == seat.area_id)
        & same_force
    )
    return list(RoleGrant.select().where((RoleGrant.seat == seat.id) | older))


def end_seat(seat: TeamSeat, last_day: date) -> None:
    """A seat is left after a day, and the roles that hang on it with it."""
    for grant in hung_on(seat):
        end(grant, last_day)
    if seat.valid_from > last_day:
        RoleGrant.update(seat=None).where(RoleGrant.seat == seat.id).execute()
    end(seat, last_day)


def vacate(session: Session, seat_id: int, last_day: date, act_id: str) -> str:
    """Who sits in a seat leaves it after a last day. Raises NotAllowed, Refused (`last_day`)."""
    seat = TeamSeat.get_or_none(TeamSeat.id == seat_id)
    if seat is None:
        raise Refused("这个席位已有变动，请返回重看。")
    if last_day < seat.valid_from:
        raise Refused(f"{seat.holder_name}{seat.valid_from:%Y-%m-%d}才到任，最后一天不能更早。", "last_day")
    try:
        with acts.act(session, act_id, "seat.vacate") as acting:
            area = require(session, Place(seat.area_id, seat.kind, seat.force))
            acting.about("area", area.id, area.name, area.subdistrict_id)
            before = str(seat.valid_to or "")
            end_seat(seat, last_day)
            acting.changed(
                f"{area.name} {seat.title} {seat.holder_name}", {"until": before}, {"until": str(last_day)}
            )
    except AlreadyDone:
        pass
    return f"{seat.holder_name}任{seat.title}到{day_said(last_day)}止，此后空缺。"


def stand_in(
    session: Session, place: Place, staff_id: int | None, since: date, until: date, act_id: str
) -> str:
    """Somebody stands in for whoever sits in a seat, or for nobody, from a day to a day; it ends by itself.

    Raises NotAllowed, Refused (with the field `staff`, `since` or `until`).
    """
    person = _person(staff_id, since)
    if person is None:
        raise Refused("请选代理的人，可打拼音首字母或工号。", "staff")
    keeping.in_order(since, until)
    title = title_of(place.kind, place.force)
    try:
        with acts.act(session, act_id, "seat.stand_in") as acting:
            area = require(session, place, person)
            acting.about("area", area.id, area.name, area.subdistrict_id)
            holders = [seat for seat in _holders(place, since) if seat.valid_from <= until]
            if any(seat.staff_id == person.id for seat in holders):
                raise Refused(f"{person.name}本来就任{title}，不用代理。", "staff")
            replaced = next((seat for seat in holders if seat.staff_id), None)
            instead_of = replaced.staff_id if replaced else person.id  # for nobody: see `RoleGrant`
            _sit(place, person, person.name, title, since, until, instead_of, True)
            _note_stand_in(acting, f"{area.name} {title}", holders, person, since, until)
    except AlreadyDone:
        pass
    return f"{person.name}{days(since, until)}代理{title}，到期自行结束。"


def _note_stand_in(
    acting: Acting, what: str, holders: list[TeamSeat], person: Staff, since: date, until: date
) -> None:
    after = {"stands_in": person.name, "since": str(since), "until": str(until)}
    acting.changed(what, {"holders": [seat.holder_name for seat in holders]}, after)


def _person(staff_id: int | None, day: date) -> Staff | None:
    if not staff_id:
        return None
    person = Staff.get_or_none(Staff.id == staff_id, in_service(day))
    if person is None:
        raise Refused("这个人那一天已不在岗，请另选。", "staff")
    return person
