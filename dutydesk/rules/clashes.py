"""Two people on one case: what somebody else has changed since it was read, field by field, beside what was typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN

from dutydesk.models import Act, ActChange, Category, Issue, Staff, Unit
from dutydesk.rules.before import plain, restored
from dutydesk.rules.organisation import row_id
from dutydesk.rules.workcalendar import day_said, moment
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Word

# Columns that a person would know again, with the name that the screen gives them.
_LABELS = {
    "state": "状态",
    "assignee_name": "承办",
    "summary": "问题",
    "detail": "补充说明",
    "unit": "地点",
    "spot": "具体位置",
    "category": "类别",
    "urgency": "紧急程度",
    "due_at": "期限",
    "strongly_felt": "群众反映强烈",
    "beyond_neighbourhood": "居民区难以协调",
    "merged_into": "并入",
    "paused_until": "缓办至",
    "look_again_on": "再看",
    "outcome": "做了什么",
    "feedback_text": "反馈",
    "level": "解决层级",
}
# Fields of forms that fill a column of the same meaning.
_TYPED = {
    "summary": "summary",
    "detail": "detail",
    "unit": "unit",
    "spot": "spot",
    "category": "category",
    "urgency": "urgency",
    "assignee": "assignee_name",
}


@dataclass(frozen=True)
class Clash:
    """One column that somebody else changed: as it was when it was read, as it is now, by whom and when.

    `field` is the form's field for it, empty where the form has none; `typed` is what that field says, and `value`
    what the field would hold to leave the column as it is now. `own` is true where something else was typed than
    stood there: only then there is anything to decide.
    """

    label: str
    was: str
    now: str
    by: str
    field: str = ""
    typed: str = ""
    value: str = ""
    own: bool = False


def since(issue: Issue, version: int, typed: Mapping[str, Any] | None = None) -> tuple[Clash, ...]:
    """What differs between a case and its own `version`, in the order of the screen; `typed` are a form's fields."""
    first: dict[str, Any] = {}
    last: dict[str, str] = {}
    changes = (
        ActChange.select(ActChange, Act, Staff)
        .join(Act, on=(ActChange.act == Act.id))
        .join(Staff, JOIN.LEFT_OUTER, on=(Act.staff == Staff.id))
        .where(ActChange.issue == issue.id, ActChange.version > version)
        .order_by(ActChange.id)
    )
    for change in changes:
        by = f"{change.act.staff.name if change.act.staff else '系统'} {moment(change.act.at)}"
        for name, value in json.loads(change.before)["columns"].items():
            first.setdefault(name, restored(Issue, name, value))
            last[name] = by
    fields = {column: field for field, column in _TYPED.items() if field in (typed or {})}
    found = []
    for name, label in _LABELS.items():
        now = issue.__data__.get(name)
        if name not in first or first[name] == now:
            continue
        clash = Clash(label, _words(name, first[name]), _words(name, now), last[name])
        if name in fields:
            clash = _beside(clash, fields[name], name, (typed or {})[fields[name]], first[name], issue)
        found.append(clash)
    return tuple(found)


def _beside(clash: Clash, field: str, name: str, typed: Any, was: Any, issue: Issue) -> Clash:
    """A clash with what the form says of the same column."""
    if name == "assignee_name":
        value = f"{issue.assignee_kind.value}:{issue.assignee_key}" if issue.assignee_kind else ""
        return Clash(clash.label, clash.was, clash.now, clash.by, field, str(typed), value, typed != value)
    given = typed.value if isinstance(typed, Word) else str(typed or "")
    value = mask_phones_in(str(plain(Issue, name, issue.__data__.get(name)) or ""))
    said = _words(name, row_id(given) if name in ("unit", "category") else restored(Issue, name, given))
    stood = str(plain(Issue, name, was) or "")
    return Clash(
        clash.label, clash.was, clash.now, clash.by, field, said, value,
        given not in (value, stood) and said not in (clash.now, clash.was),
    )  # fmt: skip


def _words(name: str, value: Any) -> str:
    """A column's value as the screen says it; personal data in texts masked."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Word):
        return value.label
    if name in _NAMES:
        row = _NAMES[name][0].get_or_none(_NAMES[name][0].id == value)
        return str(getattr(row, _NAMES[name][1])) if row else "（空）"
    if name == "due_at":
        return moment(value)
    if isinstance(value, date):
        return day_said(value)
    return mask_phones_in(str(value))


_NAMES: dict[str, tuple[Any, str]] = {
    "unit": (Unit, "name"),
    "category": (Category, "name"),
    "merged_into": (Issue, "number"),
}
