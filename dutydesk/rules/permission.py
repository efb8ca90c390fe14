"""Who may do what, and on which cases: roles and scopes of `domain.md` as two tables.

`MAY` says which roles may do an act at all; `narrow` is the one function that confines any query of issues to what
a session may see, and the same expressions decide on which case an act may be done.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any, NamedTuple, TypeVar

from peewee import Expression, Model, ModelSelect, fn

from dutydesk.models import Area, Issue
from dutydesk.models.issue_lists import constant
from dutydesk.rules import lifecycle
from dutydesk.rules.errors import NotAllowed
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import AssigneeKind, Role

R = Role
M = TypeVar("M", bound=Model)
CASE_READERS = frozenset(Role) - {R.AUDITOR, R.ADMINISTRATOR}

MAY: dict[str, frozenset[Role]] = {way.act: way.who for way in lifecycle.WAYS} | {
    "register": lifecycle.ON_THE_GROUND,
    "patrol": lifecycle.AREA_DESK,
    "shift": lifecycle.AREA_DESK,
    "decide": frozenset({R.AREA_CHIEF}),
    "decisions": frozenset({R.AREA_CHIEF}) | lifecycle.DOERS,
    "enter_for_others": frozenset({R.DUTY_OFFICER, R.AREA_CHIEF, R.COORDINATOR}),
    "read": CASE_READERS,
    "reveal": lifecycle.ON_THE_GROUND | {R.HANDLER, R.LIAISON},
    "figures": frozenset({R.AREA_CHIEF, R.COORDINATOR, R.DISTRICT_COORDINATOR, R.SUPERVISOR}),
    "import": lifecycle.AREA_DESK | {R.COORDINATOR, R.DISTRICT_COORDINATOR},
    "export": frozenset({R.DUTY_OFFICER, R.AREA_CHIEF, R.COORDINATOR, R.DISTRICT_COORDINATOR, R.SUPERVISOR}),
    "export_personal": lifecycle.AREA_DESK,
    "read_audit": frozenset({R.AUDITOR, R.SUPERVISOR, R.ADMINISTRATOR}),
    "read_audit_values": frozenset({R.AUDITOR}),
    "administer": frozenset({R.ADMINISTRATOR}),
    "keep_duties": frozenset({R.ADMINISTRATOR, R.COORDINATOR, R.DISTRICT_COORDINATOR}),
    "people": frozenset(Role),
    "keep_people": frozenset({R.ADMINISTRATOR, R.COORDINATOR, R.DISTRICT_COORDINATOR}),
    "keep_tree": frozenset({R.ADMINISTRATOR, R.COORDINATOR, R.DISTRICT_COORDINATOR}),
    "mark_attendance": lifecycle.AREA_DESK | {R.COORDINATOR},
    "ask_whose": lifecycle.ON_THE_GROUND | {R.COORDINATOR, R.DISTRICT_COORDINATOR},
    "meetings": lifecycle.ON_THE_GROUND
    | {R.HANDLER, R.COORDINATOR, R.SIGNATORY, R.DISTRICT_COORDINATOR, R.SUPERVISOR},
    "letters": CASE_READERS - {R.NEIGHBOURHOOD_OFFICER, R.HANDLER},
    "draft_letter": lifecycle.AREA_DESK | {R.COORDINATOR},
}

# What each act is called, those among them that are no step of an issue.
NAMES: dict[str, str] = lifecycle.STEP_NAMES | {
    "patrol": "每日巡查",
    "shift": "值班、交接班",
    "decide": "定待我定的事",
    "decisions": "看待我定",
    "enter_for_others": "代录",
    "read": "看问题",
    "reveal": "查看反映人的个人信息",
    "figures": "看办件统计",
    "import": "导入清单",
    "export": "导出",
    "export_personal": "导出反映人的个人信息",
    "read_audit": "看审计",
    "read_audit_values": "看审计的前后值",
    "administer": "管人员、类别和设置",
    "keep_duties": "管权责清单",
    "people": "看人员",
    "keep_people": "管人员和任职",
    "keep_tree": "管区划",
    "mark_attendance": "记下沉力量的考勤",
    "ask_whose": "提权责问题",
    "meetings": "看双周例会",
    "letters": "看条块约请",
    "draft_letter": "拟约请",
}

NOTHING = Issue.id.is_null()
EVERYTHING = Issue.id.is_null(False)


class Reach(NamedTuple):
    """A part of what a session may see: cases that one index finds. `kind` names the index's first columns."""

    kind: str  # district, town, area, unit, or hand
    where: Expression
    key: int = 0

    def beside(self) -> Expression:
        """The same as a condition that no index serves: where another index is to lead.

        Not as an equation: PostgreSQL thinks that one in two hundred rows fulfils it, and sorts what it holds for few.
        """
        if self.kind in PLACES:
            apart: Expression = fn.ABS(PLACES[self.kind] - self.key) < 1
            return apart
        return self.where


PLACES: dict[str, Any] = {"town": Issue.subdistrict, "area": Issue.area, "unit": Issue.unit}


def place(kind: str, key: int | None) -> Reach:
    """The cases of a subdistrict (`town`), an area or a unit."""
    return Reach(kind, PLACES[kind] == key, key or 0)


def _nothing(_grant: Grant, _staff_id: int) -> list[Reach]:
    return []


def _district(_grant: Grant, _staff_id: int) -> list[Reach]:
    return [Reach("district", EVERYTHING)]


def _subdistrict(grant: Grant, _staff_id: int) -> list[Reach]:
    return [place("town", grant.subdistrict_id)]


def _area(grant: Grant, _staff_id: int) -> list[Reach]:
    return [place("area", grant.area_id)]


def _unit(grant: Grant, _staff_id: int) -> list[Reach]:
    return [place("unit", grant.unit_id)]


def given_to(kind: AssigneeKind, key: str) -> Expression:
    """Cases that were given to somebody."""
    return (Issue.assignee_kind == constant(kind.value)) & (Issue.assignee_key == key)


def _own(grant: Grant, staff_id: int) -> list[Reach]:
    found = [
        Reach("hand", Issue.handler == staff_id),
        Reach("hand", given_to(AssigneeKind.STAFF, str(staff_id))),
    ]
    if grant.force is not None:
        of_my_force = given_to(AssigneeKind.FORCE, grant.force.value)
        found.append(Reach("hand", (Issue.area == grant.area_id) & of_my_force))
    return found


def _department(grant: Grant, _staff_id: int) -> list[Reach]:
    return [Reach("hand", given_to(AssigneeKind.DEPARTMENT, str(grant.department_id)))]


# Each role's scope: the cases on which it may look and act, as alternatives of which each has its index.
SCOPE: dict[Role, Callable[[Grant, int], list[Reach]]] = {
    R.DUTY_OFFICER: _area,
    R.AREA_CHIEF: _area,
    R.NEIGHBOURHOOD_OFFICER: _unit,
    R.HANDLER: _own,
    R.LIAISON: _department,
    R.DEPARTMENT_HEAD: _department,
    R.COORDINATOR: _subdistrict,
    R.SIGNATORY: _subdistrict,
    R.DISTRICT_COORDINATOR: _district,
    R.SUPERVISOR: _district,
    R.AUDITOR: _nothing,
    R.ADMINISTRATOR: _nothing,
}


def reaches(session: Session, roles: Iterable[Role] = CASE_READERS) -> list[Reach]:
    """What a session may see by these roles, in parts: a list reads each on its index and merges them."""
    found: dict[Grant, list[Reach]] = {}
    for grant in session.grants:
        if grant.role in roles:
            same = grant._replace(role=_SAME_SCOPE.get(grant.role, grant.role), place="")
            found[same] = SCOPE[grant.role](grant, session.staff_id)
    parts = [part for several in found.values() for part in several]
    whole = [part for part in parts if part.kind == "district"]
    return whole[:1] or parts


# Roles that see the same with the same grant: what they see is read once.
_SAME_SCOPE = {
    R.AREA_CHIEF: R.DUTY_OFFICER,
    R.DEPARTMENT_HEAD: R.LIAISON,
    R.SIGNATORY: R.COORDINATOR,
    R.SUPERVISOR: R.DISTRICT_COORDINATOR,
}


def any_of(parts: Iterable[Expression]) -> Expression:
    """Cases of which one of these holds; of none where there is none."""
    listed = list(parts)
    return reduce(operator.or_, listed) if listed else NOTHING


def _within(session: Session, roles: Iterable[Role]) -> Expression:
    return any_of(part.where for part in reaches(session, roles))


def narrow(query: ModelSelect[M], session: Session) -> ModelSelect[M]:
    """Confine a query of issues to what this session may see."""
    return query.where(_within(session, CASE_READERS))


def seen_among(session: Session, ids: Iterable[int]) -> set[int]:
    """Those of the cases with these ids that this session may see."""
    wanted = list(ids)
    if not wanted:
        return set()
    within: Any = _within(session, CASE_READERS)
    rows: Any = Issue.select(Issue.id, within.alias("seen")).where(Issue.id.in_(wanted)).tuples()
    return {issue_id for issue_id, seen in rows if seen}


def narrow_beside(query: ModelSelect[M], session: Session) -> ModelSelect[M]:
    """The same as `narrow` for a query that has an index of its own, which the scope's must not take over."""
    return query.where(any_of(part.beside() for part in reaches(session)))


def may_at_all(session: Session, act: str) -> bool:
    """Whether any of the session's roles may do this act somewhere."""
    return bool(session.roles & MAY[act])


def may(session: Session, act: str, issue_id: int) -> bool:
    """Whether this session may do this act on this case."""
    if not may_at_all(session, act):
        return False
    query = Issue.select(Issue.id).where(Issue.id == issue_id, _within(session, MAY[act]))
    return bool(query.exists())


def roles_on(session: Session, issue_id: int) -> frozenset[Role]:
    """Those of the session's roles that reach this case."""
    return frozenset(
        grant.role
        for grant in session.grants
        if Issue.select(Issue.id)
        .where(
            Issue.id == issue_id, any_of(part.where for part in SCOPE[grant.role](grant, session.staff_id))
        )
        .exists()
    )


def require(session: Session, act: str, issue_id: int | None = None) -> None:
    """Raise NotAllowed, with a sentence, unless this session may do this act (on this case)."""
    allowed = may_at_all(session, act) if issue_id is None else may(session, act, issue_id)
    if not allowed:
        who = "、".join(role.label for role in Role if role in MAY[act])
        raise NotAllowed(f"您在这里不能{NAMES[act]}：由{who or '他人'}在各自范围内办理。")


def covers(session: Session, act: str, area_id: int, unit_id: int | None = None) -> bool:
    """Whether a role of this session that may do the act has this area, its subdistrict or a unit of it in scope."""
    for grant in session.grants:
        if grant.role not in MAY[act]:
            continue
        if grant.role is R.DISTRICT_COORDINATOR or grant.area_id == area_id:
            return True
        if grant.unit_id and grant.unit_id == unit_id:
            return True
        if grant.role is R.COORDINATOR and Area.get_by_id(area_id).subdistrict_id == grant.subdistrict_id:
            return True
    return False


def require_area(session: Session, act: str, area_id: int, unit_id: int | None = None) -> None:
    """Raise NotAllowed unless a role of this session that may do the act has this area, or unit of it, in scope."""
    if covers(session, act, area_id, unit_id):
        return
    raise NotAllowed("这个地点不在您的职责范围内，请交给该居民区或片区的值班员。", "unit")
