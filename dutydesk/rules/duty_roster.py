"""值班表 read: a month of an area as it was drafted or as it holds, with what is wrong with it and who has how much.

A draft is nobody's duty yet. Publishing makes the duties that begin from now on; what has begun stays as it was. After
that only the chief changes one, or a swap does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dutydesk.models import Area, DutyRoster, Shift
from dutydesk.rules import office, permission, roster_merged
from dutydesk.rules.handling import name_of
from dutydesk.rules.on_duty import need_area, shifts_between
from dutydesk.rules.organisation import start_of
from dutydesk.rules.roster_people import count, people, tallies
from dutydesk.rules.roster_reading import days_of
from dutydesk.rules.shift_pattern import (
    Duty,
    Kind,
    Tally,
    kinds_of,
    wrong_with,
)
from dutydesk.rules.workcalendar import CHINA, WorkCalendar
from dutydesk.session import Session
from dutydesk.vocabulary import RosterState

_LOOKED_BACK = 14  # days before a month


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
    """A month of an area. `state` is None where nobody drafted it; `problems` are sentences.

    `redrawn`: a draft over duties that hold until it is published; `merged` tells of duties of areas merged into this.
    """

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
    redrawn: bool = False
    merged: tuple[str, ...] = ()

    @property
    def stands(self) -> str:
        """Its state in a word."""
        if self.redrawn:
            return "重排的草稿"
        return self.state.label if self.state else "还没有排"


def sheet(session: Session, month: str) -> RosterSheet:
    """A month of the own area: the draft while it is one, else the duties that hold. Raises NotAllowed, Refused."""
    area = Area.get_by_id(need_area(session))
    days, calendar = days_of(month), office.calendar(area.subdistrict_id)
    row = roster_row(area.id, month)
    who = people(area.id, days)
    kinds, cells = _drafted(row, who) if _is_draft(row) else _in_force(area, days, row)
    most = days_in_a_row(area.subdistrict_id)
    wrong = wrong_with(
        [Duty(day, cell.kind, cell.staff_id) for (day, _), cell in cells.items()],
        most,
        before_month(area.id, days[0]) if cells else (),
    )
    cells = _with_what_is_wrong(cells, wrong, who, _elsewhere(area.id, days, cells))
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
        redrawn=row is not None and _is_draft(row) and row.published_at is not None,
        merged=tuple(each.words for each in roster_merged.left_over(area.id, month)),
    )


Cells = dict[tuple[date, str], Cell]


def roster_row(area_id: int, month: str) -> DutyRoster | None:
    """The row of a month, where somebody drafted it."""
    found = DutyRoster.get_or_none(DutyRoster.area == area_id, DutyRoster.month == month)
    return found if isinstance(found, DutyRoster) else None


def days_in_a_row(subdistrict_id: int | None) -> int:
    """On how many days in a row somebody may have duties; a setting of the office."""
    return max(1, int(office.setting("shift_days_in_a_row", subdistrict_id)))


def before_month(area_id: int, first: date) -> list[Duty]:
    """The duties before a day, for the rest after a night and for what is in a row."""
    shifts = shifts_between(area_id, start_of(first - timedelta(days=_LOOKED_BACK)), start_of(first))
    return [as_duty(shift) for shift in shifts]


def as_duty(shift: Shift) -> Duty:
    """A shift in force as a pattern has it."""
    start, end = (at.astimezone(CHINA) for at in (shift.starts_at, shift.ends_at))
    kind = Kind(shift.name, start.hour * 60 + start.minute, end.hour * 60 + end.minute)
    return Duty(start.date(), kind, shift.staff_id)


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
        duty = as_duty(shift)
        kinds.setdefault(shift.name, duty.kind)
        cells.setdefault(
            (duty.day, shift.name),
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
    anew = [shift.id for shift in roster_merged.of_month(area_id, days[0], days[-1])]  # drawn here instead
    rows: Any = Shift.select(Shift.staff, Shift.starts_at).where(
        Shift.staff.in_(ids),
        Shift.id.not_in(anew),
        Shift.area != area_id,
        Shift.starts_at >= start_of(days[0]),
        Shift.starts_at < start_of(days[-1] + timedelta(days=1)),
    )
    return {(staff_id, at.astimezone(CHINA).date()) for staff_id, at in rows.tuples()}


def _with_what_is_wrong(
    cells: Cells,
    wrong: dict[tuple[date, str], str],
    who: Mapping[int, tuple[str, str, list[tuple[date, date]]]],
    elsewhere: set[tuple[int, date]],
) -> Cells:
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
    now = count(had, calendar)
    names = {staff_id: name for staff_id, (name, *_rest) in who.items()}
    names |= {cell.staff_id: cell.name for cell in cells.values() if cell.staff_id}
    return [
        Share(staff_id, name, now.get(staff_id, Tally()), past.get(staff_id, Tally()))
        for staff_id, name in names.items()
        if staff_id in now or staff_id in who
    ]
