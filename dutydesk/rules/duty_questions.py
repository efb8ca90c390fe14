"""Who answers for what: the 权责清单 of today searched by pinyin, what is on nobody's list, and the questions about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from dutydesk.models import Category, Department, DutyItem, DutyQuestion
from dutydesk.rules import acts, finding, keeping, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.organisation import clause, on_day, row_id
from dutydesk.session import Session
from dutydesk.text import clean, mask_phones_in, search_tokens

AT_MOST = 500
ALIKE_AT_MOST = 20
_PAIRS = 12  # of characters that are looked for
NEIGHBOURHOOD = "各居委"


@dataclass(frozen=True)
class DutyLine:
    """A line of the 权责清单: who answers for what, by which clause."""

    key: int
    owner: str
    department_id: int | None
    category: str
    says: str


def duties(session: Session, words: str = "", department_id: int | None = None) -> list[DutyLine]:
    """The lines that hold today for the own subdistrict and the district, at most 500; by department where given.

    `words` find departments and categories by name, initials or pinyin; several narrow each other. Raises NotAllowed.
    """
    permission.require(session, "people")
    query = _in_force(session, department_id)
    for word in clean(words).split()[:4]:
        named: Any = DutyItem.department.in_(finding.found_ids("department", word))
        classed: Any = DutyItem.category.in_(finding.found_ids("category", word))
        query = query.where(named | classed | DutyItem.basis.contains(word))
    return [_line(row) for row in query.limit(AT_MOST)]


def alike(session: Session, words: str) -> list[DutyLine]:
    """Lines whose category or clause shares two characters with Chinese `words` that find none; the likest first.

    `占道经营` finds 占道设摊. At most 20. Raises NotAllowed.
    """
    permission.require(session, "people")
    pairs = [
        token for token in search_tokens(clean(words)).split() if len(token) == 2 and not token.isascii()
    ]
    shared: dict[int, int] = {}
    lines: dict[int, DutyLine] = {}
    for pair in dict.fromkeys(pairs[:_PAIRS]):
        classed: Any = DutyItem.category.in_(finding.found_ids("category", pair))
        for row in _in_force(session).where(classed | DutyItem.basis.contains(pair)).limit(AT_MOST):
            lines[row.id] = _line(row)
            shared[row.id] = shared.get(row.id, 0) + 1
    return [lines[key] for key in sorted(lines, key=lambda key: -shared[key])][:ALIKE_AT_MOST]


def _in_force(session: Session, department_id: int | None = None) -> Any:
    """The lines that hold today for the own subdistrict and the district, or of a department, in their order."""
    query = (
        DutyItem.select(DutyItem, Department, Category)
        .join(Department, JOIN.LEFT_OUTER)
        .switch(DutyItem)
        .join(Category)
        .where(on_day(DutyItem, session.day))
    )
    if department_id is not None:
        query = query.where(DutyItem.department == department_id)
    elif session.subdistrict_id:
        own = Department.subdistrict.is_null() | (Department.subdistrict == session.subdistrict_id)
        query = query.where(DutyItem.department.is_null() | own)
    return query.order_by(Category.code, DutyItem.department.is_null(), DutyItem.id)


def _line(row: Any) -> DutyLine:
    return DutyLine(
        row.id,
        row.department.name if row.department_id else NEIGHBOURHOOD,
        row.department_id,
        f"{row.category.group_name}·{row.category.name}",
        clause(row),
    )


def on_nobodys_list(session: Session) -> list[str]:
    """Categories for which nobody answers within the own subdistrict and the district. Raises NotAllowed."""
    permission.require(session, "people")
    query = DutyItem.select(DutyItem.category).join(Department, JOIN.LEFT_OUTER)
    query = query.where(on_day(DutyItem, session.day))
    if session.subdistrict_id:
        own = Department.subdistrict.is_null() | (Department.subdistrict == session.subdistrict_id)
        query = query.where(DutyItem.department.is_null() | own)
    rows = Category.select().where(Category.active, Category.id.not_in(query)).order_by(Category.code)
    return [f"{row.group_name}·{row.name}" for row in rows]


# -- questions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuestionRow:
    """A question about whose duty something is; `answered` is who answered, empty while it waits."""

    key: int
    question: str
    category: str
    asked_by: str
    asked_at: datetime
    department: str
    answer: str
    answered_by: str


def questions(session: Session) -> list[QuestionRow]:
    """Questions of the own subdistrict (all for the district), those that wait first. Raises NotAllowed."""
    permission.require(session, "people")
    query = DutyQuestion.select(DutyQuestion, Category, Department)
    query = query.join(Category, JOIN.LEFT_OUTER).switch(DutyQuestion)
    query = query.join(Department, JOIN.LEFT_OUTER, on=(DutyQuestion.department == Department.id))
    if session.subdistrict_id:
        query = query.where(DutyQuestion.subdistrict == session.subdistrict_id)
    waits: Any = DutyQuestion.answered_at.is_null(False)
    rows: Any = query.order_by(waits, DutyQuestion.id.desc()).limit(AT_MOST)
    return [
        QuestionRow(
            row.id,
            row.question,
            row.category.name if row.category_id else "",
            row.asked_by,
            row.asked_at,
            row.department.name if row.department_id else "",
            row.answer,
            row.answered_by,
        )
        for row in rows
    ]


def ask(session: Session, question: str, category: object, act_id: str, issue_id: int | None = None) -> str:
    """Collect a question about what is on nobody's list. Raises NotAllowed, Refused (`question`)."""
    question = clean(question, 300)
    if len(question) < 4:
        raise Refused("请写明是什么事、为什么不清楚归谁。", "question")
    known = Category.get_or_none(Category.id == row_id(category))
    try:
        with acts.act(session, act_id, "duty.ask") as acting:
            permission.require(session, "ask_whose")
            made = DutyQuestion.create(
                subdistrict=session.subdistrict_id,
                category=known.id if known else None,
                question=question,
                issue_id=issue_id,
                asked_by=session.name,
                asked_at=acting.at,
            )
            acting.about("duty_question", made.id, question[:30], session.subdistrict_id)
            acting.changed("权责问题", None, {"question": question})
    except AlreadyDone:
        pass
    return "已记下这个权责问题，等协调员答复。"


def collect(session: Session, issue: Any, why: str, at: datetime) -> None:
    """A case was sent back because the list is silent (清单无此项): a question for whoever mends the list."""
    DutyQuestion.create(
        subdistrict=issue.subdistrict_id,
        category=issue.category_id,
        question=clean(f"{issue.category.name}归谁管？{issue.number} {mask_phones_in(why)}", 300),
        issue_id=issue.id,
        asked_by=session.name,
        asked_at=at,
    )


def answer(session: Session, question_id: int, said: str, department: object, act_id: str) -> str:
    """Answer a question: who does it, and why. Raises NotAllowed, Refused (`answer`)."""
    said = clean(said, 300)
    row: Any = DutyQuestion.get_or_none(DutyQuestion.id == question_id)
    if row is None or len(said) < 2:
        raise Refused("请写明由谁办、依据是什么。", "answer")
    known = Department.get_or_none(Department.id == row_id(department))
    try:
        with acts.act(session, act_id, "duty.answer") as acting:
            keeping.require(session, "keep_duties", row.subdistrict_id)
            acting.about("duty_question", row.id, row.question[:30], row.subdistrict_id)
            acting.changed("权责问题", {"answer": row.answer}, {"answer": said})
            row.answer, row.answered_by, row.answered_at = said, session.name, acting.at
            row.department = known.id if known else None
            row.save()
    except AlreadyDone:
        pass
    return "已答复。要长期有效，请把这一条加进权责清单。"
