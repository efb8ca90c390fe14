"""The filter bar: which parts it has, what each may be, and how a filter reads in words."""

from __future__ import annotations

from dataclasses import dataclass, fields

from dutydesk.rules.finding import Found
from dutydesk.rules.questions import NO_FILTERS, Filters, Question
from dutydesk.session import Session
from dutydesk.vocabulary import Force, Level, Source, State, Urgency, Word

__all__ = ["NO_FILTERS", "PARTS", "Filters", "Found", "Part", "Question", "choices", "words_of"]


@dataclass(frozen=True)
class Part:
    """One part of the filter bar: the field of `Filters`, and what the screen calls it."""

    name: str
    label: str


PARTS = (
    Part("state", "状态"),
    Part("place", "地点"),
    Part("force", "力量"),
    Part("department", "部门"),
    Part("handler", "承办人"),
    Part("source", "来源"),
    Part("category", "类别"),
    Part("urgency", "紧急程度"),
    Part("overdue", "逾期"),
    Part("period", "时间"),
    Part("visit", "走访"),
    Part("level", "层级"),
)

_WORDS: dict[str, type[Word]] = {
    "state": State,
    "force": Force,
    "source": Source,
    "urgency": Urgency,
    "level": Level,
}
_FIXED: dict[str, dict[str, str]] = {
    "overdue": {"yes": "逾期", "today": "今日到期", "no": "未逾期"},
    "period": {"today": "今天", "week": "本周", "month": "本月", "30": "近30天"},
    "visit": {"yes": "走访提出", "no": "非走访"},
}


def options(name: str) -> dict[str, str]:
    """The fixed values of a part with what the screen calls each; empty where they are looked up."""
    return dict(_WORDS[name].options()) if name in _WORDS else _FIXED.get(name, {})


def choices(session: Session, name: str, text: str) -> list[Found]:
    """What a part may be, the likeliest first; with text, what it could mean (Chinese, initials, full pinyin)."""
    return [Found(value, label) for value, label in options(name).items() if text in label]


def words_of(session: Session, filters: Filters) -> str:
    """The filters as the title says them: `待核查·康健新村·逾期`."""
    said = []
    for part in fields(filters):
        value = getattr(filters, part.name)
        if value:
            said.append("或".join(options(part.name).get(one, one) for one in value.split(",")))
    return "·".join(said)
