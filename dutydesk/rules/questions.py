"""What a list on screen asks for: a view, filters, search words and an order, as one value that can be kept."""

from __future__ import annotations

import json
from typing import NamedTuple


class Filters(NamedTuple):
    """The parts of the filter bar; "" means any. Values joined by `,` mean one of them.

    `place` is `unit:3`, `area:2` or `subdistrict:1`; department, handler and category are ids, `overdue` is
    yes, today or no, `visit` yes or no; `period` is today, week, month, a number of days, or `2026-11-01..2026-11-24`.
    `cases` are the ids of the cases that a figure was counted from; it is no part of the bar.
    """

    state: str = ""
    place: str = ""
    force: str = ""
    department: str = ""
    handler: str = ""
    source: str = ""
    category: str = ""
    urgency: str = ""
    overdue: str = ""
    period: str = ""
    visit: str = ""
    level: str = ""
    cases: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != NO_FILTERS


NO_FILTERS = Filters()


class Question(NamedTuple):
    """What a list on screen asks for: `view` is a key of `views.VIEWS`, `order` one of `ledger.ORDERS` or ""."""

    view: str = "open"
    filters: Filters = NO_FILTERS
    words: str = ""
    order: str = ""


def as_json(question: Question) -> str:
    """As a saved view keeps it: only what differs from asking for nothing."""
    parts = {name: value for name, value in question.filters._asdict().items() if value}
    kept = {"view": question.view, "filters": parts, "words": question.words, "order": question.order}
    return json.dumps({name: value for name, value in kept.items() if value}, ensure_ascii=False)


def from_json(text: str) -> Question:
    """A question as it was kept; parts that this program does not know are left out."""
    kept = json.loads(text)
    parts = {name: str(value) for name, value in kept.get("filters", {}).items() if name in Filters._fields}
    return Question(kept.get("view", "open"), Filters(**parts), kept.get("words", ""), kept.get("order", ""))
