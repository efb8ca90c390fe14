"""An office's own areas and units are read in over those that ship, and hold from a day on; what was stays on record.

One row for each unit. Areas of the subdistricts in the file that are left without a unit end the day before, and the
area that takes most of their units is in charge of their cases from then on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dutydesk.models import Area, Issue, Subdistrict, Unit, UnitArea
from dutydesk.models.connection import write_transaction
from dutydesk.rules import acts, finding, keeping, neighbours, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.duty_lists import RowError
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.exporting import Column, Sheet
from dutydesk.rules.keeping import day_before, end
from dutydesk.rules.organisation import on_day, units_of_area
from dutydesk.rules.tree_changes import going_on, index_unit, take_people_over
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import UnitKind

Row = tuple[int, Sequence[str]]
HEADS: dict[str, tuple[str, ...]] = {
    "街镇": ("街镇", "街道", "街道镇", "所属街镇"),
    "片区": ("片区", "片区名称", "所属片区"),
    "片区代码": ("片区代码", "片区编码"),
    "单元": ("单元", "治理单元", "居民区", "单元名称", "居委"),
    "单元代码": ("单元代码", "居委代码", "居民区代码", "编码"),
    "类别": ("类别", "单元类别", "类型"),
    "相邻": ("相邻", "相邻单元", "毗邻"),
}
_NEEDED = ("街镇", "片区", "单元")
_KINDS = {kind.label: kind for kind in UnitKind}
_PARTED = re.compile(r"[、,，;；]+")


@dataclass
class Entry:
    """A row: a unit with its area, as it shall be."""

    row: int
    town: Subdistrict
    area: str
    area_code: str
    unit: str
    unit_code: str
    kind: UnitKind
    beside: tuple[str, ...]


@dataclass
class Report:
    """What a tree would change, or has changed; with errors nothing is changed."""

    towns: int = 0
    new_areas: list[str] = field(default_factory=list)
    ended_areas: list[str] = field(default_factory=list)
    new_units: int = 0
    moved: int = 0
    same: int = 0
    left_out: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)  # neighbours of which the file says nothing
    apart_ended: bool = False
    errors: list[RowError] = field(default_factory=list)

    @property
    def says(self) -> str:
        """In a line."""
        if self.errors:
            return f"{len(self.errors)}处要改，没有导入。"
        return (
            f"{self.towns}个街镇：新片区{len(self.new_areas)}个，撤销{len(self.ended_areas)}个；"
            f"新单元{self.new_units}个，改划{self.moved}个，不变{self.same}个"
        )

    @property
    def told(self) -> list[str]:
        """What should be looked at before it is brought in."""
        found = [f"撤销片区：{'、'.join(self.ended_areas)}"] if self.ended_areas else []
        if self.left_out:
            found.append(f"表里没写的单元保持原样：{'、'.join(self.left_out[:20])}")
        if self.apart:
            what = "不再相邻" if self.apart_ended else "仍记为相邻（另选“结束”才不再相邻）"
            found.append(f"表里没写的相邻{len(self.apart)}对，{what}：{'、'.join(self.apart[:20])}")
        return found


class _TakenBack(Exception):
    """Ends a dry run."""


def bring_in(
    session: Session,
    heads: Sequence[str],
    rows: Iterable[Row],
    since: date,
    act_id: str,
    dry: bool = False,
    end_neighbours: bool = False,
) -> Report:
    """Let a tree hold from a day on, all of it or nothing; a dry run does it and takes it back.

    `end_neighbours`: two units of the file that are neighbours without being so in it are so no longer.
    Raises NotAllowed, Refused where columns are missing, nothing is in it, or the day is past and cases are there.
    """
    permission.require(session, "keep_tree")
    report = Report(apart_ended=end_neighbours)
    entries = _read(session, heads, rows, report)
    if report.errors:
        return report
    if not entries:
        raise Refused("文件里没有一个单元。请核对工作表和表头。")
    towns = list({entry.town.id: entry.town for entry in entries}.values())
    report.towns = len(towns)
    town_ids = [town.id for town in towns]
    if since < session.day and Issue.select().where(Issue.subdistrict.in_(town_ids)).exists():
        keeping.not_in_the_past(session, since)
    try:
        with write_transaction(), acts.act(session, act_id, "tree.import") as acting:
            acting.about("tree", None, f"区划自{since:%Y-%m-%d}", towns[0].id if len(towns) == 1 else None)
            _Bringing(acting, since, report).bring(entries, towns)
            if dry:
                raise _TakenBack
    except (_TakenBack, AlreadyDone):
        pass
    return report


# -- reading -----------------------------------------------------------------------------------------------------


def _read(session: Session, heads: Sequence[str], rows: Iterable[Row], report: Report) -> list[Entry]:
    names = [re.sub(r"\s", "", head) for head in heads]
    places = {head: next((names.index(n) for n in known if n in names), -1) for head, known in HEADS.items()}
    missing = [head for head in _NEEDED if places[head] < 0]
    if missing:
        raise Refused(f"缺少列：{'、'.join(missing)}。表头请写 {' '.join(HEADS)}。")
    towns = {name: row for row in Subdistrict.select() for name in (row.name, row.short_name, row.code)}
    seen: dict[tuple[int, str], int] = {}
    entries = []
    for number, cells in rows:
        said = {h: clean(cells[p], 100) if 0 <= p < len(cells) else "" for h, p in places.items()}
        if not any(said.values()):
            continue
        entry, wrong = _entry(session, number, said, towns, seen)
        report.errors += wrong
        if entry is not None:
            entries.append(entry)
    known = {(row.subdistrict_id, row.name) for row in Unit.select()}
    known |= {(entry.town.id, entry.unit) for entry in entries}
    for entry in entries:
        for name in entry.beside:
            if (entry.town.id, name) not in known:
                report.errors.append(RowError(entry.row, "相邻", f"{entry.town.name}没有单元“{name[:30]}”。"))
    return entries


def _entry(
    session: Session, row: int, said: dict[str, str], towns: dict[str, Any], seen: dict[tuple[int, str], int]
) -> tuple[Entry | None, list[RowError]]:
    wrong = [RowError(row, head, "不能是空的。") for head in _NEEDED if not said[head]]
    town = towns.get(said["街镇"])
    if said["街镇"] and town is None:
        wrong.append(RowError(row, "街镇", f"没有街镇“{said['街镇'][:30]}”，请写全称、简称或代码。"))
    elif town is not None and not keeping.keeps(session, "keep_tree", town.id):
        wrong.append(RowError(row, "街镇", f"{town.name}不归您管，请交给该街镇或管理员。"))
    kind = _KINDS.get(said["类别"] or UnitKind.RESIDENTIAL.label)
    if kind is None:
        wrong.append(RowError(row, "类别", f"没有类别“{said['类别'][:20]}”，可用：{'、'.join(_KINDS)}。"))
    if town is not None and said["单元"]:
        first = seen.setdefault((town.id, said["单元"]), row)
        if first != row:
            wrong.append(
                RowError(row, "单元", f"第{first}行已写了{said['单元']}，一个单元只能属于一个片区。")
            )
    if wrong or town is None or kind is None:
        return None, wrong
    beside = tuple(filter(None, (part.strip() for part in _PARTED.split(said["相邻"]))))
    return (
        Entry(row, town, said["片区"], said["片区代码"], said["单元"], said["单元代码"], kind, beside),
        [],
    )


# -- bringing in -------------------------------------------------------------------------------------------------


class _Bringing:
    """Makes the tree what the entries say, inside an act."""

    def __init__(self, acting: Acting, since: date, report: Report) -> None:
        self.acting, self.since, self.report = acting, since, report
        self.moved_to: dict[int, Counter[int]] = {}
        self.beside: set[frozenset[int]] = set()

    def bring(self, entries: list[Entry], towns: list[Any]) -> None:
        units: dict[tuple[int, str], Unit] = {}
        areas: dict[tuple[int, str], Area] = {}
        for entry in entries:
            key = (entry.town.id, entry.area)
            area = areas[key] = areas.get(key) or self._area(entry)
            units[entry.town.id, entry.unit] = self._unit(entry, area)
        self._neighbours(entries, units)
        self._apart({unit.id: unit.name for unit in units.values()})
        for town in towns:
            self._ended(town)
        self.acting.changed(
            "区划",
            {"ended": self.report.ended_areas},
            {
                "since": str(self.since),
                "new_areas": self.report.new_areas,
                "moved": self.report.moved,
                **({"apart": self.report.apart} if self.report.apart_ended and self.report.apart else {}),
            },
        )

    def _area(self, entry: Entry) -> Area:
        here = Area.select().where(Area.subdistrict == entry.town.id, on_day(Area, self.since))
        named: Any = Area.code == entry.area_code if entry.area_code else Area.name == entry.area
        found = here.where(named).first() or here.where(Area.name == entry.area).first()
        if found is not None:
            if found.name != entry.area or found.demo:
                found.name, found.demo = entry.area, False
                found.save()
                finding.index("area", found.id, found.name)
            return found
        code = entry.area_code or _free_code(Area, f"{entry.town.code}-P")
        if Area.select().where(Area.code == code).exists():
            raise Refused(f"第{entry.row}行的片区代码“{code}”已被别的片区用过。", "area_code")
        made = Area.create(subdistrict=entry.town.id, code=code, name=entry.area, valid_from=self.since)
        finding.index("area", made.id, made.name)
        self.report.new_areas.append(made.name)
        return made

    def _unit(self, entry: Entry, area: Area) -> Unit:
        here = Unit.select().where(Unit.subdistrict == entry.town.id, Unit.valid_to.is_null())
        coded: Any = here.where(Unit.code == entry.unit_code).first() if entry.unit_code else None
        unit = coded or here.where(Unit.name == entry.unit).first()
        if unit is None:
            code = entry.unit_code or _free_code(Unit, f"{entry.town.code}-U")
            unit = Unit.create(
                subdistrict=entry.town.id, code=code, name=entry.unit, kind=entry.kind, valid_from=self.since
            )
            self.report.new_units += 1
            before = None
        else:
            before = self._leave(unit, area)
            if before == area.id:
                self.report.same += 1
                return unit
            self.report.moved += 1
        UnitArea.create(unit=unit, area=area, valid_from=self.since)
        index_unit(unit, entry.town.short_name, [area.name])
        return unit

    def _leave(self, unit: Unit, area: Area) -> int | None:
        """The area to which a unit belongs, which it leaves unless it is the same."""
        rows = going_on(UnitArea, UnitArea.unit == unit.id, self.since)
        held = next((row for row in rows if row.valid_from <= self.since), None)
        if held is not None and held.area_id == area.id and len(rows) == 1:
            return int(area.id)
        for row in rows:
            end(row, day_before(self.since))
        if held is None:
            return None
        self.moved_to.setdefault(held.area_id, Counter())[area.id] += 1
        return int(held.area_id) if held.area_id != area.id else None

    def _neighbours(self, entries: list[Entry], units: dict[tuple[int, str], Unit]) -> None:
        for entry in entries:
            for name in entry.beside:
                other = units.get((entry.town.id, name)) or Unit.get(
                    Unit.subdistrict == entry.town.id, Unit.name == name
                )
                one = units[entry.town.id, entry.unit]
                neighbours.ensure(one.id, other.id, self.since)
                self.beside.add(frozenset((one.id, other.id)))

    def _apart(self, named: dict[int, str]) -> None:
        """Pairs of the file's units that it does not write; without any neighbour in it, it speaks of none."""
        if not self.beside:
            return
        for one, two in neighbours.pairs(named, self.since):
            if frozenset((one, two)) not in self.beside:
                self.report.apart.append(f"{named[one]}与{named[two]}")
                if self.report.apart_ended:
                    neighbours.part(one, two, self.since)

    def _ended(self, town: Any) -> None:
        """Areas without a unit end; who takes most of their units takes their people and cases over."""
        for area in Area.select().where(Area.subdistrict == town.id, on_day(Area, self.since)):
            left = units_of_area(area.id, self.since)
            taking = self.moved_to.get(area.id)
            if left:
                if taking:
                    self.report.left_out += [unit.name for unit in left]
                continue
            if taking is None:
                continue  # it had none before
            into = Area.get_by_id(taking.most_common(1)[0][0])
            area.valid_to, area.merged_into = day_before(self.since), into
            area.save()
            take_people_over(area, into, self.since)
            self.report.ended_areas.append(f"{area.name}（由{into.name}接管）")


def _free_code(model: Any, start: str) -> str:
    number = model.select().where(model.code.startswith(start)).count() + 1
    while model.select().where(model.code == f"{start}{number:02d}").exists():
        number += 1
    return f"{start}{number:02d}"


# -- out again ---------------------------------------------------------------------------------------------------


def sheet(session: Session, day: date) -> Sheet:
    """The tree of a day, in the shape in which it is read in; of the own subdistrict, or all. Raises NotAllowed."""
    permission.require(session, "people")
    widths = (16, 18, 18, 24, 18, 12, 40)
    columns = tuple(Column(head, width) for head, width in zip(HEADS, widths, strict=True))
    return Sheet(f"区划（{day:%Y-%m-%d}）", columns, _rows(session, day))


def _rows(session: Session, day: date) -> Iterator[tuple[str, ...]]:
    query = (
        UnitArea.select(UnitArea, Unit, Area, Subdistrict)
        .join(Unit)
        .join(Subdistrict)
        .switch(UnitArea)
        .join(Area)
        .where(on_day(UnitArea, day), on_day(Unit, day))
    )
    if session.subdistrict_id:
        query = query.where(Unit.subdistrict == session.subdistrict_id)
    for row in query.order_by(Subdistrict.code, Area.code, Unit.code):
        unit, area = row.unit, row.area
        beside = "、".join(neighbours.names(unit.id, day))
        yield (unit.subdistrict.name, area.name, area.code, unit.name, unit.code, unit.kind.label, beside)
