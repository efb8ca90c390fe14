"""The office's tables for meetings; what an office left out of one is as shipped."""

from __future__ import annotations

from typing import Any

from dutydesk.models import Subdistrict
from dutydesk.rules import office

WORDS = "meeting_words"


def table(key: str, subdistrict_id: int | None) -> dict[str, Any]:
    """A setting that is a table: the shipped one with what the office has set in it."""
    return {**office.DEFAULTS[key], **office.setting(key, subdistrict_id)}


def words_of(paper: str, town: Subdistrict, **places: object) -> dict[str, str]:
    """The words of a paper (`notice`, `minutes`) with their places in {} filled; names without the paper's."""
    known = {"district": town.district.name, "name": town.name} | places
    return {
        name.removeprefix(f"{paper}_"): words.format(**known)
        for name, words in table(WORDS, town.id).items()
        if name.startswith(f"{paper}_")
    }
