"""Who took such matters before, who refused, on which split of duties: what a new invitation should know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from dutydesk.letter_words import Answer, InvitedState, LetterState
from dutydesk.models import Department, DutyItem, Invited, Issue, IssueStep, Letter, LetterIssue
from dutydesk.rules.organisation import clause, day_of, on_day, today
from dutydesk.text import mask_phones_in

_TOOK = (
    InvitedState.PROMISED,
    InvitedState.DONE,
    InvitedState.ENDED,
    InvitedState.RATED,
    InvitedState.SETTLED,
)
_LOOKED_AT = 400
_TOLD = 3


class Candidate(NamedTuple):
    """A department that might be invited: what the 权责清单 says, how often it took such matters, how it refused."""

    department_id: int
    name: str
    of_district: bool
    listed: str  # the clause, empty where the list does not name it
    took: int
    refused: int
    memory: str  # `2026年3月 徐康办约〔2026〕3号 不属职责：……`

    @property
    def said(self) -> str:
        """What tells it from others, on one line."""
        parts = [self.listed, f"接过{self.took}次" if self.took else "", self.memory]
        return "；".join(part for part in parts if part)


def candidates(issues: Iterable[Issue]) -> list[Candidate]:
    """Departments for these issues: those that the 权责清单 names, then those that took such matters; refusers last."""
    rows = list(issues)
    if not rows:
        return []
    town = rows[0].subdistrict_id
    categories = sorted({row.category_id for row in rows})
    listed = _listed(categories, town)
    took, refused, told = _letters_before(categories, town)
    ids = list(dict.fromkeys([*listed, *took, *refused]))
    named = {row.id: row for row in Department.select().where(Department.id.in_(ids))}
    found = [
        Candidate(
            key,
            named[key].name,
            named[key].subdistrict_id is None,
            listed.get(key, ""),
            took.get(key, 0),
            refused.get(key, 0),
            told.get(key, ""),
        )
        for key in ids
    ]
    return sorted(found, key=lambda each: (not each.listed, each.refused > each.took, -each.took))


def _listed(categories: list[int], town: int) -> dict[int, str]:
    query: Any = (
        DutyItem.select(DutyItem, Department)
        .join(Department)
        .where(
            DutyItem.category.in_(categories),
            on_day(DutyItem, today()),
            Department.subdistrict.is_null() | (Department.subdistrict == town),
        )
        .order_by(Department.subdistrict.is_null(), DutyItem.id)
    )
    found: dict[int, str] = {}
    for item in query:
        found.setdefault(item.department_id, clause(item))
    return found


def _letters_before(
    categories: list[int], town: int
) -> tuple[dict[int, int], dict[int, int], dict[int, str]]:
    """How often each department took and refused such matters in letters of the subdistrict, and its last refusal."""
    about: Any = (
        LetterIssue.select(LetterIssue.letter)
        .join(Issue)
        .where(Issue.category.in_(categories))
        .order_by(LetterIssue.id.desc())
        .limit(_LOOKED_AT)
    )
    ids = [letter_id for (letter_id,) in about.tuples()]
    rows: Any = (
        Invited.select(Invited, Letter)
        .join(Letter)
        .where(Invited.letter.in_(ids), Letter.subdistrict == town, Letter.state != LetterState.DRAFT)
        .order_by(Invited.id)
    )
    took: dict[int, int] = {}
    refused: dict[int, int] = {}
    told: dict[int, str] = {}
    for row in rows:
        if row.state in _TOOK:
            took[row.department_id] = took.get(row.department_id, 0) + 1
        if row.refusals:
            refused[row.department_id] = refused.get(row.department_id, 0) + 1
            told[row.department_id] = _refusal(row)
    return took, refused, told


def _refusal(row: Invited) -> str:
    day = day_of(row.answered_at) if row.answered_at else None
    when = f"{day.year}年{day.month}月 " if day else ""
    said = f"依据{row.basis}" if row.answer is Answer.REFUSE and row.basis else "后来接了"
    return f"{when}{row.letter.number}曾答不属职责，{said}"


def sent_back(issue_ids: Iterable[int]) -> list[str]:
    """How these issues were sent back (退单): the last of them, in the words of their stories."""
    rows = (
        IssueStep.select()
        .where(IssueStep.issue.in_(list(issue_ids)), IssueStep.name == "send_back")
        .order_by(IssueStep.id.desc())
        .limit(_TOLD)
    )
    return [mask_phones_in(row.text) for row in rows]
