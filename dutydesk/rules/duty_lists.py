"""权责清单: an office's own list of who answers for what is read in, and holds from a day on; what was stays on record.

It decides who may refuse (退单) and what may be sent down (下派居委).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import SQL

from dutydesk.models import Category, Department, DutyItem
from dutydesk.models.connection import write_transaction
from dutydesk.rules import permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.exporting import Column, Sheet
from dutydesk.rules.organisation import on_day
from dutydesk.session import Session
from dutydesk.text import clean

Row = tuple[int, Sequence[str]]
# What each column may be called in an office's own file.
HEADS: dict[str, tuple[str, ...]] = {
    "部门": ("部门", "责任部门", "单位", "责任单位", "主责部门", "职能部门", "责任主体"),
    "类别": ("类别", "问题类别", "事项", "事项类别", "类别代码"),
    "编号": ("编号", "序号", "条款", "清单编号", "权责编号"),
    "依据": ("依据", "职责", "职责内容", "职责依据", "权责内容", "内容"),
}
_NEEDED = ("部门", "类别", "依据")
NEIGHBOURHOOD = ("居委", "居委会", "居民委员会", "各居委", "居民区")
_PARTED = re.compile(r"[、,，;；/\n]+")


@dataclass(frozen=True)
class RowError:
    """What is wrong in a row: under which head, and what to do."""

    row: int
    head: str
    says: str


@dataclass(frozen=True)
class Report:
    """What a list would change, or has changed. With `errors` nothing is changed at all."""

    owners: tuple[str, ...]
    new: int
    same: int
    ended: int
    errors: tuple[RowError, ...]

    @property
    def says(self) -> str:
        """In a line."""
        if self.errors:
            return f"{len(self.errors)}处要改，没有导入。"
        return f"{len(self.owners)}个部门：新增{self.new}条，不变{self.same}条，停用{self.ended}条"


Line = tuple[int | None, int, str, str]  # department, category, number, basis


def dry_run(session: Session, heads: Sequence[str], rows: Iterable[Row], since: date) -> Report:
    """What the list would change from a day on. Raises NotAllowed, Refused where columns are missing."""
    permission.require(session, "keep_duties")
    return _compare(*_read(session, heads, rows), since)[0]


def replace(session: Session, heads: Sequence[str], rows: Iterable[Row], since: date, act_id: str) -> Report:
    """Let the list hold from a day on, for the departments that stand in it; theirs from before end the day before.

    All of it or, where something is wrong with a row, nothing. Raises as `dry_run` does.
    """
    from dutydesk.rules import acts

    permission.require(session, "keep_duties")
    with write_transaction():
        lines, errors = _read(session, heads, rows)
        report, new, ended = _compare(lines, errors, since)
        if errors:
            return report
        try:
            with acts.act(session, act_id, "duties.replace") as acting:
                acting.about("duties", None, f"权责清单自{since:%Y-%m-%d}", session.subdistrict_id)
                _end(ended, since)
                for department, category, number, basis in new:
                    DutyItem.create(
                        department=department, category=category, number=number, basis=basis, valid_from=since
                    )
                acting.changed(
                    "权责清单", {"ended": [item.id for item in ended]}, {"new": new, "owners": report.owners}
                )
        except AlreadyDone:
            pass
    return report


def _end(items: list[DutyItem], since: date) -> None:
    """They hold to the day before; one that would have begun on the day or later never comes to hold."""
    for item in items:
        if item.valid_from < since:
            item.valid_to = since - timedelta(days=1)
            item.save()
        else:
            item.delete_instance()


# -- reading -------------------------------------------------------------------------------------------------------


def _read(session: Session, heads: Sequence[str], rows: Iterable[Row]) -> tuple[list[Line], list[RowError]]:
    places = _places(heads)
    departments, categories = _departments(session), _categories()
    lines: dict[Line, None] = {}
    errors: list[RowError] = []
    for row, cells in rows:
        said = {head: _cell(cells, place) for head, place in places.items()}
        if not any(said.values()):
            continue
        wrong = [RowError(row, head, "不能是空的。") for head in _NEEDED if not said[head]]
        owner = departments.get(said["部门"], 0)
        if said["部门"] and owner == 0:
            wrong.append(RowError(row, "部门", f"没有部门“{said['部门']}”，请写全称或代码，居委写“居委”。"))
        for name in filter(None, (part.strip() for part in _PARTED.split(said["类别"]))):
            category = categories.get(name)
            if category is None:
                wrong.append(RowError(row, "类别", f"没有类别“{name}”，请写类别名称或代码。"))
            elif not wrong:
                lines[(owner, category, said.get("编号", ""), said["依据"])] = None
        errors += wrong
    if not lines and not errors:
        raise Refused("文件里没有一行权责。请核对工作表和表头。")
    return list(lines), errors


def _places(heads: Sequence[str]) -> dict[str, int]:
    names = [re.sub(r"\s", "", head) for head in heads]
    places = {
        head: next((names.index(name) for name in known if name in names), -1)
        for head, known in HEADS.items()
    }
    missing = [head for head in _NEEDED if places[head] < 0]
    if missing:
        raise Refused(f"缺少列：{'、'.join(missing)}。表头请写 部门、类别、编号、依据。")
    return {head: place for head, place in places.items() if place >= 0}


def _cell(cells: Sequence[str], place: int) -> str:
    return clean(cells[place], 500) if place < len(cells) else ""


def _departments(session: Session) -> dict[str, int | None]:
    """The departments whose list this person keeps, by name and code; the 居委 as None."""
    found: dict[str, int | None] = {}
    for department in Department.select().where(_reachable(session)):
        found |= {department.name: department.id, department.code: department.id}
    return found | dict.fromkeys(NEIGHBOURHOOD)


def _reachable(session: Session) -> Any:
    """Departments of the session's subdistrict and of the district; all of them for who has no subdistrict."""
    if not session.subdistrict_id:
        return SQL("1 = 1")
    return Department.subdistrict.is_null() | (Department.subdistrict == session.subdistrict_id)


def _categories() -> dict[str, int]:
    found: dict[str, int] = {}
    for category in Category.select().where(Category.active):
        names = (category.name, category.code, f"{category.group_name}·{category.name}")
        found |= dict.fromkeys(names, category.id)
    return found


def _compare(
    lines: list[Line], errors: list[RowError], since: date
) -> tuple[Report, list[Line], list[DutyItem]]:
    """The report, the lines that are new, and the items that end."""
    owners = {line[0] for line in lines}
    standing = [
        item
        for item in DutyItem.select().where(DutyItem.valid_to.is_null() | (DutyItem.valid_to >= since))
        if item.department_id in owners
    ]
    kept = {_line(item): item for item in standing if item.valid_from <= since and item.valid_to is None}
    new = [line for line in lines if line not in kept]
    staying = {kept[line].id for line in lines if line in kept}
    ended = [item for item in standing if item.id not in staying]
    names = {row.id: row.name for row in Department.select().where(Department.id.in_(owners - {None}))}
    said = tuple(sorted("居委" if owner is None else names[owner] for owner in owners))
    return Report(said, len(new), len(staying), len(ended), tuple(errors)), new, ended


def _line(item: Any) -> Line:
    return (item.department_id, item.category_id, item.number, item.basis)


# -- out again -----------------------------------------------------------------------------------------------------


def sheet(session: Session, day: date) -> Sheet:
    """The list as it holds on a day, in the shape in which it is read in. Raises NotAllowed."""
    permission.require(session, "keep_duties")
    columns = (
        Column("部门", 30),
        Column("类别", 14),
        Column("编号", 12),
        Column("依据", 60),
        Column("起", 12),
    )
    query: Any = (
        DutyItem.select(DutyItem, Department, Category)
        .left_outer_join(Department)
        .switch(DutyItem)
        .join(Category)
        .where(on_day(DutyItem, day), _reachable(session))
        .order_by(DutyItem.department.is_null(), DutyItem.department, DutyItem.id)
    )
    rows = [
        (
            item.department.name if item.department_id else NEIGHBOURHOOD[0],
            item.category.name,
            item.number,
            item.basis,
            item.valid_from.isoformat(),
        )
        for item in query
    ]
    return Sheet(f"权责清单（{day:%Y-%m-%d}）", columns, iter(rows), len(rows))
