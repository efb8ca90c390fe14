"""Loading a district: Xuhui's units, and the shipped defaults of an office (categories, limits, duties, routes).

What ships is in `dutydesk/data/`; its README tells where it comes from and what of it is made up (演示).
"""

from __future__ import annotations

import csv
import itertools
import json
import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from dutydesk.models import (
    Area,
    Category,
    Checkpoint,
    Department,
    District,
    DutyItem,
    FindKey,
    OfficeSetting,
    Route,
    Subdistrict,
    TimeLimit,
    Unit,
    UnitArea,
)
from dutydesk.models.connection import insert_rows, write_transaction
from dutydesk.rules.finding import BY_PARENT, key_rows
from dutydesk.vocabulary import DepartmentKind, Force, PatrolKind, Phase, UnitKind

DATA = Path(__file__).parent.parent / "data"
SINCE = date(2024, 1, 1)
SHIPPED = "随软件附带"
_BATCH = 2000


def shipped(name: str) -> dict[str, Any]:
    """A shipped TOML file, read."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def insert(table: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows of a table, a batch at a time."""
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, _BATCH)):
        table.insert_many(batch).execute()


def load_shipped(say: Callable[[str], None]) -> None:
    """Fill an empty, connected database with the district, in one transaction; `say` gets a line of progress each."""
    with write_transaction():
        _load_units(say)
        _load_areas(say)
        categories = _load_categories(say)
        _load_departments(categories, say)
        _load_settings()
        _load_routes(categories, say)
        _load_find_keys(say)


def _load_units(say: Callable[[str], None]) -> None:
    """13 subdistricts and 312 residential units; the statistical 漕河泾新兴技术开发区 is not among them."""
    with (DATA / "xuhui_units.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    code = next(row["code"] for row in rows if not row["parent"])
    district = District.create(code=code, name=next(row["name"] for row in rows if row["code"] == code))
    streets = [row for row in rows if row["parent"] == code and not row["code"].startswith("3101045")]
    for row in streets:
        short = row["name"].removesuffix("街道").removesuffix("镇")
        Subdistrict.create(district=district, code=row["code"], name=row["name"], short_name=short)
    ids = {row.code: row.id for row in Subdistrict.select()}
    units = [row for row in rows if row["parent"] in ids]
    insert(
        Unit,
        (
            {
                "subdistrict": ids[row["parent"]],
                "code": row["code"],
                "name": _unit_name(row["name"]),
                "kind": UnitKind.RESIDENTIAL,
            }
            for row in units
        ),
    )
    say(f"装入 {len(ids)} 个街镇、{len(units)} 个居民区…")


def _unit_name(official: str) -> str:
    """As people say it: `康平居委会` → `康平`; where only a number would end it, `古美路第三居委`."""
    short = official.removesuffix("居委会").removesuffix("村委会")
    return short + "居委" if short[-2:-1] == "第" else short


def _load_areas(say: Callable[[str], None]) -> None:
    streets = {row.code: row.id for row in Subdistrict.select()}
    units = {row.code: row.id for row in Unit.select()}
    count = others = 0
    for street in shipped("areas")["subdistrict"]:
        for entry in street["area"]:
            area = Area.create(
                subdistrict=streets[street["code"]],
                code=entry["code"],
                name=entry["name"],
                demo=entry.get("demo", False),
                valid_from=SINCE,
            )
            members = [units[code] for code in entry["units"]]
            for other in entry.get("other_units", []):
                made = Unit.create(
                    subdistrict=streets[street["code"]],
                    code=other["code"],
                    name=other["name"],
                    kind=UnitKind(other["kind"]),
                )
                members.append(made.id)
                others += 1
            insert(UnitArea, ({"unit": unit, "area": area.id, "valid_from": SINCE} for unit in members))
            count += 1
    say(f"划分 {count} 个片区（演示），另有 {others} 个楼宇、园区、保障性住房…")


def _load_categories(say: Callable[[str], None]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for entry in shipped("categories")["category"]:
        category = Category.create(
            code=entry["code"],
            group_name=entry["group"],
            name=entry["name"],
            force=Force(entry["force"]),
            department_hint=entry.get("lead", ""),
            delegated=entry["delegated"],
            spot_share=entry["spot_check"],
            words=" ".join(entry["words"]),
        )
        ids[category.code] = category.id
        insert(
            TimeLimit,
            (
                {
                    "category": category.id,
                    "urgency": urgency,
                    "phase": Phase(phase),
                    "amount": limit["amount"],
                    "unit": limit["unit"],
                    "modelled_on": entry["modelled_on"],
                    "valid_from": SINCE,
                    "set_by": SHIPPED,
                }
                for urgency, phases in entry["limits"].items()
                for phase, limit in phases.items()
            ),
        )
        if basis := entry.get("neighbourhood_basis"):
            DutyItem.create(category=category.id, basis=basis)
    say(f"装入 {len(ids)} 个类别及其时限（本单位设置，可改）…")
    return ids


def _load_departments(categories: dict[str, int], say: Callable[[str], None]) -> None:
    """Departments of the subdistrict once for each of the 13, those of the district once."""
    streets = list(Subdistrict.select().order_by(Subdistrict.code))
    duties: list[dict[str, Any]] = []
    count = 0
    for entry in shipped("duties")["department"]:
        owners = streets if entry["level"] == "subdistrict" else [None]
        for street in owners:
            name = entry["name"]
            if street:
                name = name.replace("{subdistrict}", street.name).replace("{place}", street.short_name)
            department = Department.create(
                subdistrict=street,
                code=f"{street.code}-{entry['code']}" if street else entry["code"],
                name=name,
                kind=DepartmentKind(entry["kind"]),
                parent_bureau=entry.get("parent", ""),
            )
            count += 1
            duties += [
                {"department": department.id, "category": categories[code], "basis": duty["basis"]}
                for duty in entry["duties"]
                for code in duty["categories"]
            ]
    insert(DutyItem, duties)
    say(f"装入 {count} 个部门、{len(duties)} 条权责清单（演示）…")


def _load_settings() -> None:
    insert(
        OfficeSetting,
        (
            {
                "key": entry["key"],
                "value": json.dumps(entry["value"], ensure_ascii=False),
                "valid_from": SINCE,
                "set_by": SHIPPED,
            }
            for entry in shipped("office")["setting"]
        ),
    )


def _load_routes(categories: dict[str, int], say: Callable[[str], None]) -> None:
    """Each area's routes from the templates: places named after its units, buildings and roads."""
    names = {entry["code"]: entry.get("short", entry["name"]) for entry in shipped("duties")["department"]}
    roads = {entry["code"]: entry["roads"] for entry in shipped("areas")["subdistrict"]}
    templates = shipped("routes")["route"]
    points: list[dict[str, Any]] = []
    routes = 0
    for number, area in enumerate(Area.select(Area, Subdistrict).join(Subdistrict).order_by(Area.code)):
        units = list(Unit.select().join(UnitArea).where(UnitArea.area == area.id).order_by(Unit.code))
        homes = [unit for unit in units if unit.kind is UnitKind.RESIDENTIAL]
        buildings = [unit for unit in units if unit.kind is not UnitKind.RESIDENTIAL] or homes
        street_roads = roads[area.subdistrict.code]
        for template in templates:
            partners = [Force(force).label + "力量" for force in template.get("forces", [])]
            partners += [names[code] for code in template.get("departments", [])]
            route = Route.create(
                area=area,
                name=template["name"],
                kind=PatrolKind.JOINT if template["joint"] else PatrolKind.DAILY,
                partners="、".join(partners),
                valid_from=SINCE,
            )
            routes += 1
            for position, point in enumerate(template["checkpoint"], start=1):
                among, which = (buildings, "other_unit") if "other_unit" in point else (homes, "unit")
                unit = among[(point[which] - 1) % len(among)]
                road = street_roads[(number + position) % len(street_roads)]
                place = point["place"].format(unit=unit.name, building=unit.name, road=road)
                points.append(
                    {
                        "route": route.id,
                        "position": position,
                        "unit": unit.id,
                        "place": place,
                        "look_at": point["look_at"],
                        "standard": point["standard"],
                        "abnormal": point.get("abnormal", ""),
                        "force": Force(point.get("force") or template["force"]),
                        "category": categories[point["category"]],
                        "weekdays": "".join(
                            str(day) for day in point.get("weekdays") or template["weekdays"]
                        ),
                        "valid_from": SINCE,
                    }
                )
    insert(Checkpoint, points)
    say(f"编排 {routes} 条巡查路线、{len(points)} 个巡查点…")


def _load_find_keys(say: Callable[[str], None]) -> None:
    say("计算拼音索引…")
    rows: list[dict[str, object]] = []
    parents = (
        Unit.select(Unit, Subdistrict, Area.name.alias("area_name"))
        .join(Subdistrict)
        .switch(Unit)
        .join(UnitArea)
        .join(Area)
        .objects()
    )
    for unit in parents:
        rows += unit_rows(unit.id, unit.name, unit.short_name, unit.area_name)
    for area in Area.select():
        rows += key_rows("area", area.id, area.name)
    for department in Department.select():
        rows += key_rows("department", department.id, department.name)
    for position, force in enumerate(Force):
        rows += key_rows("force", position, force.label)
    for category in Category.select():
        rows += category_rows(category)
    columns = ("subject", "subject_id", "key", "position")
    insert_rows(FindKey, columns, ([row[name] for name in columns] for row in rows))


def unit_rows(unit_id: int, name: str, subdistrict: str, area: str) -> list[dict[str, object]]:
    """A unit is found by its own name first, then by those of its subdistrict and area."""
    rows: list[dict[str, object]] = list(key_rows("unit", unit_id, name))
    for parent in (subdistrict, area):
        keys = key_rows("unit", unit_id, parent)
        rows += [row | {"position": BY_PARENT} for row in keys if row["position"] == 0]
    return rows


def category_rows(category: Category) -> list[dict[str, object]]:
    """A category is found by its name first, then by its group and the words that speak for it."""
    rows: list[dict[str, object]] = list(key_rows("category", category.id, category.name))
    for name in (category.group_name, *category.words.split()):
        for row in key_rows("category", category.id, name):
            rows.append(row | {"position": 50 + int(str(row["position"]))})
    return rows
