"""值班表: a month of an area, drafted from its pattern, changed by hand, published by the chief; then it holds.

A draft is nobody's duty yet. Publishing makes the duties that begin from now on; what has begun stays as it was. After
that only the chief changes one, or a swap does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from dutydesk.models import Area, DutyRoster, RoleGrant, Shift, Staff
from dutydesk.rules import acts, office, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.handling import name_of
from dutydesk.rules.on_duty import in_turn, need_area, shifts_between
from dutydesk.rules.organisation import in_service, start_of
from dutydesk.rules.roster_reading import days_of, parse_away, parse_people
from dutydesk.rules.shift_pattern import (
    Duty,
    Kind,
    Pattern,
    Tally,
    day_kind,
    draft,
    kinds_of,
    wrong_with,
)
from dutydesk.rules.workcalendar import CHINA, WorkCalendar
from dutydesk.session import Session
from dutydesk.vocabulary import Role, RosterState

ENOUGH = 3  # people for a day and a night with a day of rest
PAST_DAYS = 183  # how far back nights, weekends and holidays are counted


@dataclass(frozen=True)
class Cell:
    """A shift of a day: who has it, and what is wrong with that."""

    kind: Kind
    staff_id: int | None
    name: str
    wrong: str = ""
    shift_id: int | None = None


@dataclass(frozen=True)
class RosterDay:
    """A day of the month: what it is called, whether the office works, its shifts."""

    day: date
    name: str
    working: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Share:
    """What somebody has this month, and has had in the half year before."""

    staff_id: int
    name: str
    now: Tally
    past: Tally


@dataclass(frozen=True)
class RosterSheet:
    """A month of an area. `state` is None where nobody drafted it; `problems` are sentences."""

    area: str
    month: str
    state: RosterState | None
    kinds: tuple[Kind, ...]
    days: tuple[RosterDay, ...]
    shares: tuple[Share, ...]
    problems: tuple[str, ...]
    version: int
    chief: bool
    notice: str

    @property
    def stands(self) -> str:
        """Its state in a word."""
        return self.state.label if self.state else "还没有排"


# -- who ---------------------------------------------------------------------------------------------------------


def people(area_id: int, days: list[date]) -> dict[int, tuple[str, str, list[tuple[date, date]]]]:
    """Who may have duties in an area in these days: name, number, and the spans of days on which they hold the role."""
    roles = [role.value for role in permission.MAY["shift"]]
    first, last = days[0], days[-1]
    rows: Any = (
        RoleGrant.select(Staff.id, Staff.name, Staff.number, RoleGrant.valid_from, RoleGrant.valid_to)
        .join(Staff)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.area == area_id,
            RoleGrant.valid_from <= last,
            RoleGrant.valid_to.is_null() | (RoleGrant.valid_to >= first),
            in_service(first),
        )
        .order_by(RoleGrant.id)
        .tuples()
    )
    found: dict[int, tuple[str, str, list[tuple[date, date]]]] = {}
    for staff_id, name, number, since, until in rows:
        found.setdefault(staff_id, (name, number, []))[2].append((since, until or date.max))
    return found


def tallies(area_id: int, before: date, calendar: WorkCalendar) -> dict[int, Tally]:
    """What everybody has had in an area in the half year before a day."""
    since = start_of(before - timedelta(days=PAST_DAYS))
    rows: Any = Shift.select(Shift.staff, Shift.starts_at, Shift.ends_at).where(
        Shift.area == area_id, Shift.starts_at >= since, Shift.starts_at < start_of(before)
    )
    return _count(((who, start, end) for who, start, end in rows.tuples()), calendar)


def _count(rows: Iterable[tuple[int, datetime, datetime]], calendar: WorkCalendar) -> dict[int, Tally]:
    found: dict[int, Tally] = {}
    for who, start, end in rows:
        day = start.astimezone(CHINA).date()
        night = end.astimezone(CHINA).date() > day
        found.setdefault(who, Tally()).add(night, day_kind(day, calendar))
    return found


# -- reading -----------------------------------------------------------------------------------------------------


def sheet(session: Session, month: str) -> RosterSheet:
    """A month of the own area: the draft while it is one, else the duties that hold. Raises NotAllowed, Refused."""
    area = Area.get_by_id(need_area(session))
    days, calendar = days_of(month), office.calendar(area.subdistrict_id)
    row = roster_row(area.id, month)
    who = people(area.id, days)
    kinds, cells = _drafted(row, who) if _is_draft(row) else _in_force(area, days, row)
    cells = _with_what_is_wrong(cells, who, _elsewhere(area.id, days, cells))
    past = tallies(area.id, days[0], calendar)
    return RosterSheet(
        area=str(area.name) + ("（演示）" if area.demo else ""),
        month=month,
        state=row.state if row else (RosterState.PUBLISHED if cells else None),
        kinds=kinds,
        days=tuple(
            RosterDay(
                day,
                calendar.name(day),
                calendar.is_working(day),
                tuple(cells.get((day, kind.name), Cell(kind, None, "")) for kind in kinds),
            )
            for day in days
        ),
        shares=tuple(_shares(cells, who, past, calendar)),
        problems=tuple(_problems(cells)),
        version=row.version if row else 0,
        chief=permission.covers(session, "decide", area.id),
        notice=calendar.notice(days[0], days[-1]),
    )


Cells = dict[tuple[date, str], Cell]


def roster_row(area_id: int, month: str) -> DutyRoster | None:
    """The row of a month, where somebody drafted it."""
    found = DutyRoster.get_or_none(DutyRoster.area == area_id, DutyRoster.month == month)
    return found if isinstance(found, DutyRoster) else None


def _is_draft(row: DutyRoster | None) -> bool:
    return row is not None and row.state is RosterState.DRAFT


def _drafted(
    row: DutyRoster | None, who: Mapping[int, tuple[str, str, Any]]
) -> tuple[tuple[Kind, ...], Cells]:
    assert row is not None
    kinds = kinds_of(json.loads(row.pattern)["shifts"])
    by_name = {kind.name: kind for kind in kinds}
    cells: Cells = {}
    for day, name, staff_id in json.loads(row.lines):
        named = who[staff_id][0] if staff_id in who else name_of(staff_id)
        cells[date.fromisoformat(day), name] = Cell(by_name[name], staff_id, named)
    return kinds, cells


def _in_force(area: Area, days: list[date], row: DutyRoster | None) -> tuple[tuple[Kind, ...], Cells]:
    """The duties as they hold, and which shifts the month has: the pattern's, or those that there are."""
    shifts = shifts_between(area.id, start_of(days[0]), start_of(days[-1] + timedelta(days=1)))
    kinds = {kind.name: kind for kind in _kinds_of_row(row, area)} if row or not shifts else {}
    cells: Cells = {}
    for shift in shifts:
        start, end = (at.astimezone(CHINA) for at in (shift.starts_at, shift.ends_at))
        kind = Kind(shift.name, start.hour * 60 + start.minute, end.hour * 60 + end.minute)
        kinds.setdefault(shift.name, kind)
        cells.setdefault(
            (start.date(), shift.name),
            Cell(kinds[shift.name], shift.staff_id, shift.staff.name, shift_id=shift.id),
        )
    ordered = tuple(sorted(kinds.values(), key=lambda kind: kind.begins))
    if shifts:
        cells |= {
            (day, kind.name): Cell(kind, None, "")
            for day in days
            for kind in ordered
            if (day, kind.name) not in cells
        }
    return ordered, cells


def _kinds_of_row(row: DutyRoster | None, area: Area) -> tuple[Kind, ...]:
    text = json.loads(row.pattern)["shifts"] if row else office.setting("shift_kinds", area.subdistrict_id)
    return kinds_of(text)


def _elsewhere(area_id: int, days: list[date], cells: Cells) -> set[tuple[int, date]]:
    """Who of them has a duty in another area on which of these days."""
    ids = {cell.staff_id for cell in cells.values() if cell.staff_id is not None}
    if not ids:
        return set()
    rows: Any = Shift.select(Shift.staff, Shift.starts_at).where(
        Shift.staff.in_(ids),
        Shift.area != area_id,
        Shift.starts_at >= start_of(days[0]),
        Shift.starts_at < start_of(days[-1] + timedelta(days=1)),
    )
    return {(staff_id, at.astimezone(CHINA).date()) for staff_id, at in rows.tuples()}


def _with_what_is_wrong(
    cells: Cells,
    who: Mapping[int, tuple[str, str, list[tuple[date, date]]]],
    elsewhere: set[tuple[int, date]],
) -> Cells:
    wrong = wrong_with([Duty(day, cell.kind, cell.staff_id) for (day, _), cell in cells.items()])
    for (day, name), cell in cells.items():
        if cell.staff_id is None:
            continue
        if (cell.staff_id, day) in elsewhere:
            wrong[day, name] = "别的片区也排了班"
        spans = who[cell.staff_id][2] if cell.staff_id in who else []
        if not any(first <= day <= last for first, last in spans):
            wrong[day, name] = "这天已不在岗"
    return {key: replace(cell, wrong=wrong.get(key, "")) for key, cell in cells.items()}


def _problems(cells: Cells) -> list[str]:
    return [
        f"{day.month}月{day.day}日{name}" + (f" {cell.name}" if cell.name else "") + f"：{cell.wrong}"
        for (day, name), cell in sorted(cells.items(), key=lambda item: (item[0][0], item[1].kind.begins))
        if cell.wrong
    ]


def _shares(
    cells: Cells, who: Mapping[int, tuple[str, str, Any]], past: Mapping[int, Tally], calendar: WorkCalendar
) -> list[Share]:
    had = [
        (cell.staff_id, *cell.kind.span(day)) for (day, _), cell in cells.items() if cell.staff_id is not None
    ]
    now = _count(had, calendar)
    names = {staff_id: name for staff_id, (name, *_rest) in who.items()}
    names |= {cell.staff_id: cell.name for cell in cells.values() if cell.staff_id}
    return [
        Share(staff_id, name, now.get(staff_id, Tally()), past.get(staff_id, Tally()))
        for staff_id, name in names.items()
        if staff_id in now or staff_id in who
    ]


# -- drafting ----------------------------------------------------------------------------------------------------


def usual(session: Session, month: str) -> dict[str, Any]:
    """With what the form of a pattern begins: that of this month's or the last roster, else the office's shifts."""
    area_id = need_area(session)
    area = Area.get_by_id(area_id)
    found = (
        DutyRoster.select()
        .where(DutyRoster.area == area_id, DutyRoster.month <= month)
        .order_by(DutyRoster.month.desc())
        .first()
    )
    kept = json.loads(found.pattern) if found else {}
    who = people(area_id, days_of(month))
    names = [who[staff_id][0] for staff_id in kept.get("people") or _usually(area_id, who) if staff_id in who]
    return {
        "shifts": kept.get("shifts") or str(office.setting("shift_kinds", area.subdistrict_id)),
        "people": "、".join(names),
        "rest": kept.get("rest", True),
        "away": kept.get("away", "") if found and found.month == month else "",
    }


def _usually(area_id: int, who: Iterable[int]) -> list[int]:
    """The duty officers; where they are fewer than three, the chief too."""
    officers: Any = RoleGrant.select(RoleGrant.staff).where(
        RoleGrant.role == Role.DUTY_OFFICER, RoleGrant.area == area_id
    )
    ids = {staff_id for (staff_id,) in officers.tuples()}
    found = [staff_id for staff_id in who if staff_id in ids]
    return found if len(found) >= ENOUGH else list(who)


def make(session: Session, month: str, fields: Mapping[str, Any], act_id: str) -> RosterSheet:
    """Draft a month from a pattern (`shifts`, `people`, `rest`, `away`), over a draft that there is.

    Raises Refused with the field for what cannot be read, and where the month is published already.
    """
    try:
        with acts.act(session, act_id, "roster.draft") as acting:
            area = _area(session)
            days = days_of(month)
            row = roster_row(area.id, month)
            if row is not None and row.state is RosterState.PUBLISHED:
                raise Refused(f"{month}的值班表已发布，不能重排。要改某一天，请片区长改，或换班。")
            pattern = _pattern(area.id, days, fields)
            calendar = office.calendar(area.subdistrict_id)
            duties = draft(
                pattern, days, calendar, tallies(area.id, days[0], calendar), _before(area.id, days[0])
            )
            kept: dict[str, Any] = {
                "shifts": "、".join(map(str, pattern.kinds)),
                "people": list(pattern.people),
            }
            kept |= {"rest": pattern.rest, "away": str(fields.get("away") or "")}
            _save(session, acting, row, area, month, kept, duties)
    except AlreadyDone:
        pass
    return sheet(session, month)


def _area(session: Session) -> Area:
    area_id = need_area(session)
    permission.require_area(session, "shift", area_id)
    return in_turn(area_id)


def _pattern(area_id: int, days: list[date], fields: Mapping[str, Any]) -> Pattern:
    who = people(area_id, days)
    try:
        kinds = kinds_of(str(fields.get("shifts") or ""))
    except ValueError as error:
        raise Refused(str(error), "shifts") from None
    named = {staff_id: (name, number) for staff_id, (name, number, _) in who.items()}
    chosen = parse_people(str(fields.get("people") or ""), named)
    away = parse_away(str(fields.get("away") or ""), named, days)
    gone = [
        (staff_id, day, day)
        for staff_id in chosen
        for day in days
        if not any(first <= day <= last for first, last in who[staff_id][2])
    ]
    return Pattern(kinds, tuple(chosen), fields.get("rest") is not False, (*away, *gone))


def _before(area_id: int, first: date) -> list[Duty]:
    """The last duties before a month, for the rest after a night."""
    shifts = shifts_between(area_id, start_of(first - timedelta(days=2)), start_of(first))
    duties = []
    for shift in shifts:
        start, end = (at.astimezone(CHINA) for at in (shift.starts_at, shift.ends_at))
        kind = Kind(shift.name, start.hour * 60 + start.minute, end.hour * 60 + end.minute)
        duties.append(Duty(start.date(), kind, shift.staff_id))
    return duties


def _save(
    session: Session,
    acting: Acting,
    row: DutyRoster | None,
    area: Area,
    month: str,
    pattern: Mapping[str, Any],
    duties: list[Duty],
) -> None:
    lines = json.dumps(
        [[duty.day.isoformat(), duty.kind.name, duty.staff_id] for duty in duties], ensure_ascii=False
    )
    before = json.loads(row.lines) if row else None
    row = row or DutyRoster(area=area, month=month, state=RosterState.DRAFT, version=0)
    row.pattern, row.lines = json.dumps(dict(pattern), ensure_ascii=False), lines
    row.drafted_by_id, row.drafted_at = session.staff_id, acting.at
    row.version += 1
    row.save()
    acting.about("roster", row.id, f"{area.name} {month}", area.subdistrict_id)
    acting.changed(f"值班表 {month}", {"lines": before} if before else None, {"lines": json.loads(lines)})
