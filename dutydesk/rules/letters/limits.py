"""What an office sets for 条块约请: limits in working days, and whose word a step needs. Each is shown as a setting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dutydesk.letter_words import LetterKind, LetterState
from dutydesk.models import Department, Letter, RoleGrant, Staff
from dutydesk.rules import deadlines, office
from dutydesk.rules.deadlines import LimitUnit, TimeLimit
from dutydesk.rules.letters.life import CHAIN, DEPARTMENT
from dutydesk.rules.organisation import in_service, on_day, today
from dutydesk.vocabulary import Role


def due(key: str, subdistrict_id: int, start: datetime) -> datetime:
    """When a limit of so many working days (a setting) that starts at a moment is over."""
    days = int(office.setting(key, subdistrict_id))
    return deadlines.due(start, TimeLimit(days, LimitUnit.WORK_DAYS), office.calendar(subdistrict_id))


def chain(kind: LetterKind, subdistrict_id: int) -> list[LetterState]:
    """The steps that a kind of letter goes through before it is out, in their order."""
    wanted = office.setting("letter_chain", subdistrict_id)[kind.value]
    return [state for name, state in CHAIN.items() if name in wanted]


def next_step(letter: Letter, after: LetterState) -> LetterState:
    """Where a letter goes after a step on its way out; `OUT` after the last one of the office's chain."""
    order = [LetterState.DRAFT, *CHAIN.values()]
    here = order.index(after)
    left = [state for state in chain(letter.kind, letter.subdistrict_id) if order.index(state) > here]
    return left[0] if left else LetterState.OUT


def speakers(department_id: int, roles: frozenset[Role] = DEPARTMENT) -> list[Staff]:
    """Who speaks for a department today: its liaisons and heads with an account."""
    rows: Any = (
        Staff.select(Staff)
        .join(RoleGrant)
        .where(
            RoleGrant.department == department_id,
            RoleGrant.role.in_(list(roles)),
            on_day(RoleGrant, today()),
            in_service(today()),
        )
        .distinct()
        .order_by(Staff.number)
    )
    return list(rows)


def head_releases(letter: Letter, department_id: int) -> bool:
    """Whether an answer of a department waits for its head: the office has it so for its kind, and it has a head."""
    kinds = office.setting("letter_head_releases", letter.subdistrict_id)
    department = Department.get_by_id(department_id)
    return department.kind.value in kinds and bool(speakers(department_id, frozenset({Role.DEPARTMENT_HEAD})))
