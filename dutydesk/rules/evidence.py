"""What speaks for what when a reported case is looked at: its text, the office's tables, and what was done here lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from dutydesk.models import Category, Department, DutyItem, Issue
from dutydesk.models.issue_lists import GIVEN
from dutydesk.rules.assignees import Assignee, resolve
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import clause, duty_bases, on_day, today
from dutydesk.vocabulary import AssigneeKind, Urgency

_QUOTED = 3  # words of a text that a reason quotes


@cache
def _table() -> dict[str, Any]:
    """The shipped rule table, `data/proposals.toml`."""
    import tomllib
    from pathlib import Path

    path = Path(__file__).parent.parent / "data" / "proposals.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Likeness:
    """How much a text speaks for a category, and by which words."""

    category: Category
    score: float
    words: tuple[str, ...]

    @property
    def said(self) -> str:
        """The words as a reason quotes them."""
        return "、".join(f"“{word}”" for word in self.words[:_QUOTED])


@dataclass(frozen=True)
class Backed:
    """A value with the short sentences that speak for it."""

    value: Any
    reasons: tuple[str, ...]


def text_of(issue: Issue) -> str:
    """All that a report says."""
    return f"{issue.summary}\n{issue.detail}\n{issue.spot}"


@dataclass(frozen=True)
class Vocabulary:
    """The words that speak for each category in use, and how many categories share a word."""

    words: tuple[tuple[Category, tuple[str, ...]], ...]
    shared: Counter[str]

    @classmethod
    def read(cls) -> Vocabulary:
        """As the office has them now."""
        words = tuple((row, tuple(row.words.split())) for row in Category.select().where(Category.active))
        return cls(words, Counter(word for _, own in words for word in set(own)))


def likenesses(issue: Issue, vocabulary: Vocabulary | None = None) -> list[Likeness]:
    """The categories that the words of a report speak for, the most likely first.

    A word counts its characters, twice in the summary, parted among all categories that have it. Who asks for many
    reports brings the vocabulary along.
    """
    known = vocabulary or Vocabulary.read()
    text = text_of(issue)
    said = {word for word in known.shared if word in text}
    found = []
    for row, words in known.words:
        if not said.isdisjoint(words):
            hits = [word for word in words if word in said]
            hits = [word for word in hits if not any(word != other and word in other for other in hits)]
            score = sum(len(word) * (2 if word in issue.summary else 1) / known.shared[word] for word in hits)
            found.append(Likeness(row, score, tuple(hits)))
    return sorted(found, key=lambda each: (-each.score, each.category.id))


def plainly(best: Likeness, own: Likeness | None) -> bool:
    """Whether a text speaks for a category plainly enough to leave the registered one (`own`, where it speaks at all)."""
    limits = _table()["category"]
    at_least = max(limits["score"], limits["times"] * (own.score if own else 0))
    return len(best.words) >= limits["words"] and best.score >= at_least


def category_for(issue: Issue, found: list[Likeness]) -> Backed:
    """The category as it was registered, unless the text plainly speaks for another one."""
    own = next((each for each in found if each.category.id == issue.category_id), None)
    if found and found[0] is not own and plainly(found[0], own):
        was = issue.category.name
        return Backed(found[0].category, (f"登记的是“{was}”，文字里有{found[0].said}，更像这一类",))
    said = f"，文字里有{own.said}" if own else ""
    return Backed(issue.category, (f"登记时所定{said}",))


def urgency_for(issue: Issue) -> Backed:
    """The urgency as it was registered, or a higher one where the text has a word of the table."""
    text = text_of(issue)
    order = list(Urgency)
    for rule in _table()["urgency"]:
        urgency = Urgency(rule["value"])
        plain = text
        for harmless in rule["but"]:
            plain = plain.replace(harmless, "")
        word = next((word for word in rule["words"] if word in plain), "")
        if word and order.index(urgency) > order.index(issue.urgency):
            return Backed(urgency, (f"文字里有“{word}”，{rule['because']}",))
    return Backed(issue.urgency, ("登记时所定",))


@dataclass(frozen=True)
class Lately:
    """Who took the last cases of a kind in an area: how many there were, and how many each took."""

    days: int
    total: int
    taken: tuple[tuple[str, str, int], ...]  # an assignee's value, name, and count, the most first

    @property
    def usual(self) -> tuple[str, str, int] | None:
        """Who took more than half of them, where there are enough to tell."""
        if self.total < _table()["history"]["at_least"]:
            return None
        return next((each for each in self.taken if each[2] * 2 > self.total), None)

    @property
    def said(self) -> str:
        """近90天此类12件，9件由公共安全力量办理."""
        shown = "、".join(f"{count}件由{name}" for _value, name, count in self.taken[:2])
        return f"近{self.days}天此类{self.total}件，{shown}办理" if self.total else ""


def lately(issue: Issue, category: Category) -> Lately:
    """Who took the newest cases of a category in the issue's area; read by an index, no more than the table says.

    All 居委 count as one, for a case goes down to that of its own place only.
    """
    limits = _table()["history"]
    since = datetime.now(UTC) - timedelta(days=limits["days"])
    query: Any = (
        Issue.select(Issue.assignee_kind, Issue.assignee_key, Issue.assignee_name, Issue.reported_at)
        .where(Issue.area == issue.area_id, Issue.category == category.id, GIVEN)
        .order_by(Issue.id.desc())
        .limit(limits["looked_at"])
    )
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for row in query:
        if row.reported_at < since:
            continue
        unit = row.assignee_kind is AssigneeKind.UNIT
        value = f"unit:{issue.unit_id}" if unit else f"{row.assignee_kind.value}:{row.assignee_key}"
        counts[value] += 1
        names.setdefault(value, "居委" if unit else row.assignee_name)
    taken = tuple((value, names[value], count) for value, count in counts.most_common())
    return Lately(limits["days"], sum(counts.values()), taken)


def handlers_for(issue: Issue, category: Category, borne_out: bool) -> list[Backed]:
    """To whom a case of a category can be given, the best backed first; empty where nothing speaks for anybody.

    The rule table's words come first, then who usually takes them here, the force that answers for the category
    (where the text, the 权责清单 or the past bears the category out), and who stands in the 权责清单.
    """
    past = lately(issue, category)
    found = [*_by_rule(issue, category)]
    if past.usual and (usual := _taking(past.usual[0], issue, category)):
        found.append(Backed(usual, (past.said,)))
    listed = _listed(issue, category)
    if borne_out or listed or past.total:
        told = (f"{category.name}归口{category.force.label}",) + ((past.said,) if past.total else ())
        force = Assignee(AssigneeKind.FORCE, category.force.value, category.force.label + "力量")
        found.append(Backed(force, told))
    found += listed
    seen: set[str] = set()
    return [each for each in found if not (each.value.value in seen or seen.add(each.value.value))]  # type: ignore[func-returns-value]


def _taking(value: str, issue: Issue, category: Category) -> Assignee | None:
    """An assignee who can still take this case: a 居委 only what its list names."""
    try:
        assignee = resolve(value, issue)
    except Refused:
        return None
    down = assignee.kind is AssigneeKind.UNIT
    return None if down and not duty_bases(category.id, None) else assignee


def _of(issue: Issue, code: str) -> Department | None:
    """The department with a code of `duties.toml`: the subdistrict's own, else the district's."""
    own = f"{issue.subdistrict.code}-{code}"
    rows = Department.select().where(Department.code.in_((own, code)))
    found = rows.order_by(Department.subdistrict.is_null()).first()
    return found if isinstance(found, Department) else None


def _as_assignee(department: Any) -> Assignee:
    return Assignee(AssigneeKind.DEPARTMENT, str(department.id), department.name)


def _by_rule(issue: Issue, category: Category) -> list[Backed]:
    text = text_of(issue)
    found = []
    for rule in _table()["handler"]:
        word = next((word for word in rule["words"] if word in text), "")
        if not word or category.code not in rule["categories"]:
            continue
        department = _of(issue, rule["department"])
        if department is not None:
            found.append(Backed(_as_assignee(department), (f"文字里有“{word}”，{rule['because']}",)))
    return found


def _listed(issue: Issue, category: Category) -> list[Backed]:
    """Departments whose 权责清单 names the category: the category's lead first, then those of the subdistrict."""
    rows = (
        DutyItem.select(DutyItem, Department)
        .join(Department)
        .where(
            DutyItem.category == category.id,
            on_day(DutyItem, today()),
            Department.subdistrict.is_null() | (Department.subdistrict == issue.subdistrict_id),
        )
        .order_by(Department.subdistrict.is_null(), Department.id)
    )
    lead = _of(issue, category.department_hint) if category.department_hint else None
    items = sorted(rows, key=lambda row: not (lead and row.department_id == lead.id))
    return [Backed(_as_assignee(row.department), (f"权责清单：{clause(row)}",)) for row in items]
