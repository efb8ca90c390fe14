#!/usr/bin/env python3
"""Writes the two tables of docs/meetings.md from the ones that the desk itself obeys; the text around them stays.

Run it after a change of `rules/meetings/life.py` (`.venv/bin/python scripts/meetings_page.py`); a test holds that it was run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dutydesk.rules.meetings.life import (  # noqa: E402
    DECISION_WAYS,
    ITEM_WAYS,
    MEETING_WAYS,
    SAME,
    DecisionWay,
    ItemWay,
    Way,
)

PAGE = ROOT / "docs" / "meetings.md"
BEGIN, END = "<!-- tables of life.py -->", "<!-- end of tables -->"


def _rows(ways: Sequence[Way] | Sequence[ItemWay] | Sequence[DecisionWay]) -> list[str]:
    rows = ["| from | act | to | who (`meeting_roles`) | |", "|---|---|---|---|---|"]
    for way in ways:
        frm = "、".join(sorted(state.label for state in way.frm))
        to = "不变" if way.to == SAME else getattr(way.to, "label", way.to)
        rows.append(f"| {frm} | {way.name} | {to} | `{way.may}` | {way.hint} |")
    return rows


def page(text: str) -> str:
    """The page with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    parts = [
        "### A meeting",
        "",
        *_rows(MEETING_WAYS),
        "",
        "### An item of its agenda",
        "",
        *_rows(ITEM_WAYS),
        "",
        "### A decision",
        "",
        *_rows(DECISION_WAYS),
    ]
    return f"{before}{BEGIN}\n\n" + "\n".join(parts) + f"\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
