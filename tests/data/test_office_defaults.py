"""Categories, time limits, duty list, settings and routes agree with each other and with the code that reads them."""

from __future__ import annotations

from typing import Any

import pytest

from dutydesk.rules.office import DEFAULTS
from dutydesk.vocabulary import DepartmentKind, Force, Phase, Urgency

HOURS_IN_A_WORKDAY = 7.5
Rows = dict[str, dict[str, Any]]


def test_categories_know_their_force_and_a_department_that_answers_for_them(
    categories: Rows, departments: Rows
) -> None:
    for code, category in categories.items():
        assert category["force"] in set(Force), code
        lead = departments[category["lead"]]
        assert code in {duty for line in lead["duties"] for duty in line["categories"]}, (code, lead["name"])
        assert 0 <= category["spot_check"] <= 1
        assert len(category["words"]) >= 5


def test_the_chief_keeps_a_few_categories(categories: Rows) -> None:
    assert sum(not category["delegated"] for category in categories.values()) == 5


def test_every_setting_that_ships_is_one_that_the_rules_know(settings: Rows) -> None:
    assert set(settings) <= set(DEFAULTS)


def test_every_category_has_a_limit_for_each_urgency_and_phase(categories: Rows) -> None:
    for code, category in categories.items():
        assert set(category["limits"]) == {urgency.value for urgency in Urgency}, code
        for limit in category["limits"].values():
            assert set(limit) == {phase.value for phase in Phase}, code


def test_only_the_critical_is_counted_round_the_clock(categories: Rows) -> None:
    for code, category in categories.items():
        for urgency, limit in category["limits"].items():
            units = {phase["unit"] for phase in limit.values()}
            assert units <= ({"clock_hours"} if urgency == "critical" else {"work_hours", "work_days"}), code


def test_the_more_urgent_is_due_sooner_and_contact_comes_before_completion(categories: Rows) -> None:
    def hours(limit: dict[str, Any]) -> float:
        return float(limit["amount"]) * (HOURS_IN_A_WORKDAY if limit["unit"] == "work_days" else 1)

    for code, category in categories.items():
        limits = category["limits"]
        for limit in limits.values():
            assert hours(limit["first_contact"]) < hours(limit["completion"]), code
        for phase in Phase:
            assert hours(limits["urgent"][phase]) < hours(limits["normal"][phase]), code


def test_no_limit_and_no_setting_passes_for_law(categories: Rows, settings: Rows) -> None:
    for code, category in categories.items():
        assert "示例值" in category["modelled_on"] and "不是法定期限" in category["modelled_on"], code
    for key, setting in settings.items():
        assert setting["label"] and "本单位" in setting["note"] and "不是法律法规的规定" in setting["note"], (
            key
        )


def test_departments_are_of_the_four_kinds_and_stations_have_their_bureau(
    departments: Rows, categories: Rows
) -> None:
    assert {row["kind"] for row in departments.values()} == {kind.value for kind in DepartmentKind}
    for row in departments.values():
        assert ("parent" in row) == (row["kind"] == "station"), row["code"]
        assert departments[row["parent"]]["kind"] == "bureau" if "parent" in row else True
        assert ("{" in row["name"]) == (row["level"] == "subdistrict"), row["name"]
        for line in row["duties"]:
            assert set(line["categories"]) <= set(categories), row["code"]
            assert line["basis"].startswith("演示清单"), row["code"]


def test_the_shipped_settings_are_the_ones_that_the_rules_fall_back_to(settings: Rows) -> None:
    for key in set(DEFAULTS) & set(settings):
        shipped, known = settings[key]["value"], DEFAULTS[key]
        assert set(known) <= set(shipped) if isinstance(known, list) else shipped == known, key


def test_checkpoints_name_known_categories_under_the_force_that_answers_for_them(
    routes: list[dict[str, Any]], categories: Rows, departments: Rows
) -> None:
    for route in routes:
        assert set(route.get("departments", [])) <= set(departments)
        assert set(route.get("forces", [])) <= set(Force)
        for point in route["checkpoint"]:
            force = point.get("force", route["force"])
            assert force == categories[point["category"]]["force"], point["place"]
            assert ("other_unit" in point) == ("{building}" in point["place"]), point["place"]
            assert ("unit" in point) != ("other_unit" in point), point["place"]


@pytest.mark.parametrize("weekday", range(1, 6))
def test_a_weekday_has_forty_checkpoints_in_four_routes(routes: list[dict[str, Any]], weekday: int) -> None:
    daily = [route for route in routes if not route["joint"]]
    walked = [
        [point for point in route["checkpoint"] if weekday in point.get("weekdays", route["weekdays"])]
        for route in daily
    ]
    assert [len(points) for points in walked] == [10, 10, 10, 10]


def test_the_joint_patrol_takes_all_forces_along(routes: list[dict[str, Any]]) -> None:
    (joint,) = [route for route in routes if route["joint"]]
    assert set(joint["forces"]) == {force.value for force in Force}
    assert 8 <= len(joint["checkpoint"]) <= 12
