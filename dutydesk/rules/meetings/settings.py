"""The office's tables for meetings; what an office left out of one is as shipped."""

from __future__ import annotations

from typing import Any

from dutydesk.rules import office


def table(key: str, subdistrict_id: int | None) -> dict[str, Any]:
    """A setting that is a table: the shipped one with what the office has set in it."""
    return {**office.DEFAULTS[key], **office.setting(key, subdistrict_id)}
