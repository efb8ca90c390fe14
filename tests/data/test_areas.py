"""13 subdistricts, 61 areas, 312 residential units: the district as it is shipped."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dutydesk.vocabulary import UnitKind

STATISTICAL = "310104501"  # 漕河泾新兴技术开发区
PUBLIC_NAMES = {"乐山片区", "赵巷片区", "徐虹北片区", "土山湾片区", "万体汇片区"}

Rows = list[dict[str, Any]]


def test_the_areas_hold_each_residential_unit_once(
    unit_rows: list[dict[str, str]], subdistricts: Rows, areas: Rows
) -> None:
    residential = {
        row["code"] for row in unit_rows if len(row["code"]) == 12 and row["parent"] != STATISTICAL
    }
    grouped = [code for area in areas for code in area["units"]]
    assert (len(subdistricts), len(areas), len(residential)) == (13, 61, 312)
    assert len(grouped) == 312
    assert set(grouped) == residential


def test_units_stay_in_their_own_subdistrict(unit_rows: list[dict[str, str]], subdistricts: Rows) -> None:
    rows = {row["code"]: row for row in unit_rows}
    for subdistrict in subdistricts:
        assert rows[subdistrict["code"]]["name"] == subdistrict["name"]
        for area in subdistrict["area"]:
            assert {rows[code]["parent"] for code in area["units"]} == {subdistrict["code"]}


def test_every_area_has_at_least_three_units_and_somewhere_not_residential(areas: Rows) -> None:
    assert min(len(area["units"]) for area in areas) >= 3
    assert all(area["other_units"] for area in areas)


def test_outside_xujiahui_an_area_is_a_run_of_neighbouring_codes(subdistricts: Rows) -> None:
    for subdistrict in subdistricts:
        if subdistrict["name"] != "徐家汇街道":
            codes = [code for area in subdistrict["area"] for code in area["units"]]
            assert codes == sorted(codes)


def test_only_the_five_public_names_are_not_marked_as_demonstration(areas: Rows) -> None:
    assert {area["name"] for area in areas if not area["demo"]} == PUBLIC_NAMES
    assert len({area["name"] for area in areas}) == 61


def test_other_units_are_of_known_kinds_and_marked_as_demonstration(areas: Rows) -> None:
    others = [unit for area in areas for unit in area["other_units"]]
    kinds = Counter(unit["kind"] for unit in others)
    assert set(kinds) == {kind.value for kind in UnitKind} - {"residential"}
    assert all(unit["name"].endswith("（演示）") for unit in others)
    assert len({unit["name"] for unit in others}) == len({unit["code"] for unit in others}) == len(others)


def test_every_subdistrict_has_roads_for_its_places(subdistricts: Rows) -> None:
    assert min(len(subdistrict["roads"]) for subdistrict in subdistricts) >= 6
