"""The dated organisation: which area a unit belongs to on a day, who holds which seat, who answers for what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from peewee import Expression

from dutydesk.models import Area, DutyItem, Staff, Unit, UnitArea
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import UnitKind


def on_day(model: Any, day: date) -> Expression:
    """Rows of a dated table that hold on a day; both ends belong to it."""
    return (model.valid_from <= day) & (model.valid_to.is_null() | (model.valid_to >= day))


def in_service(day: date) -> Expression:
    """Members of staff who have not left before a day."""
    return (Staff.active == True) & (Staff.left_on.is_null() | (Staff.left_on >= day))  # noqa: E712


def today() -> date:
    """The day in Shanghai."""
    return datetime.now(CHINA).date()


def day_of(moment: datetime) -> date:
    """The day in Shanghai of a moment."""
    return moment.astimezone(CHINA).date()


def start_of(day: date) -> datetime:
    """The moment at which a day begins in Shanghai, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)


def row_id(value: object) -> int:
    """The whole number that a form carries as text, such as a row's id; 0 where it is none that a row could have."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) <= 9 else 0


def area_of_unit(unit_id: int, day: date) -> Area | None:
    """The area to which a unit belongs on a day."""
    found = (
        Area.select()
        .join(UnitArea)
        .where(UnitArea.unit == unit_id, on_day(UnitArea, day))
        .order_by(UnitArea.valid_from.desc())
        .first()
    )
    return found if isinstance(found, Area) else None


def areas_of_units(day: date) -> dict[int, int]:
    """The id of the area to which each unit belongs on a day."""
    rows = UnitArea.select(UnitArea.unit, UnitArea.area).where(on_day(UnitArea, day))
    return {row.unit_id: row.area_id for row in rows.order_by(UnitArea.valid_from)}


def units_of_area(area_id: int, day: date) -> list[Unit]:
    """The units of an area on a day, by code."""
    return list(
        Unit.select()
        .join(UnitArea)
        .where(UnitArea.area == area_id, on_day(UnitArea, day))
        .order_by(Unit.code)
    )


def committee(unit: Unit) -> str:
    """Who speaks for a unit: its 居委. A building or a park has none, and is called by its own name."""
    has_one = unit.kind in (UnitKind.RESIDENTIAL, UnitKind.AFFORDABLE)
    return f"{unit.name}居委" if has_one else str(unit.name)


def area_in_charge(area_id: int, day: date) -> int:
    """The area that is in charge of an area's cases on a day: itself, or the one into which it was merged."""
    return _successor(Area, area_id, day)


def unit_in_charge(unit_id: int, day: date) -> int:
    """The unit that stands for a unit on a day: itself, or the one that took over when it was dissolved."""
    return _successor(Unit, unit_id, day)


def _successor(model: Any, row_id: int, day: date) -> int:
    seen = {row_id}
    while True:
        row = model.get_or_none(model.id == row_id, model.valid_to < day, model.merged_into.is_null(False))
        if row is None or row.merged_into_id in seen:
            return row_id
        row_id = row.merged_into_id
        seen.add(row_id)


def taken_over(model: Any, ids: Iterable[int], day: date) -> dict[int, int]:
    """Areas or units that others took over by a day, each with the one of `ids` that is in charge of it."""
    found: dict[int, int] = {}
    charge = {row_id: row_id for row_id in ids}
    while charge:
        rows: Any = model.select(model.id, model.merged_into).where(
            model.merged_into.in_(list(charge)), model.valid_to < day
        )
        charge = {
            gone: charge[into]
            for gone, into in rows.order_by(model.id).tuples()
            if gone not in found and gone not in charge
        }
        found |= charge
    return found


def duty_bases(category_id: int, department_id: int | None) -> list[str]:
    """What the 权责清单 says today about a category for a department, or for every 居委 when null."""
    owner = DutyItem.department.is_null() if department_id is None else DutyItem.department == department_id
    items = DutyItem.select().where(DutyItem.category == category_id, owner, on_day(DutyItem, today()))
    return [clause(item) for item in items.order_by(DutyItem.id)]


def clause(item: DutyItem) -> str:
    """A line of the 权责清单 as it is quoted: `第3条 环境卫生日常巡查`."""
    return f"{item.number} {item.basis}".strip()
