"""The shipped data, read once."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[2] / "dutydesk" / "data"


def shipped(name: str) -> dict[str, Any]:
    """One TOML file of the shipped data."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def unit_rows() -> list[dict[str, str]]:
    """The rows of xuhui_units.csv: code, name, parent."""
    with (DATA / "xuhui_units.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def subdistricts() -> list[dict[str, Any]]:
    """The subdistricts of areas.toml, each with its areas."""
    found: list[dict[str, Any]] = shipped("areas.toml")["subdistrict"]
    return found


@pytest.fixture(scope="session")
def areas(subdistricts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All areas of areas.toml."""
    return [area for subdistrict in subdistricts for area in subdistrict["area"]]


@pytest.fixture(scope="session")
def categories() -> dict[str, dict[str, Any]]:
    """The categories by code."""
    return {row["code"]: row for row in shipped("categories.toml")["category"]}


@pytest.fixture(scope="session")
def departments() -> dict[str, dict[str, Any]]:
    """The departments of duties.toml by code."""
    return {row["code"]: row for row in shipped("duties.toml")["department"]}


@pytest.fixture(scope="session")
def routes() -> list[dict[str, Any]]:
    """The route templates."""
    found: list[dict[str, Any]] = shipped("routes.toml")["route"]
    return found


@pytest.fixture(scope="session")
def demo_issues() -> dict[str, Any]:
    """demo_issues.toml."""
    return shipped("demo_issues.toml")


@pytest.fixture(scope="session")
def demo_texts() -> dict[str, Any]:
    """demo_texts.toml."""
    return shipped("demo_texts.toml")


@pytest.fixture(scope="session")
def demo_names() -> dict[str, Any]:
    """demo_names.toml."""
    return shipped("demo_names.toml")


@pytest.fixture(scope="session")
def settings() -> dict[str, dict[str, Any]]:
    """The office's default settings by key."""
    return {row["key"]: row for row in shipped("office.toml")["setting"]}
