"""Who may do what, and on which cases: roles and scopes of `domain.md` as two tables.

`MAY` says which roles may do an act at all; `narrow` is the one function that confines any query of issues to what
a session may see, and the same expressions decide on which case an act may be done.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import TypeVar

from peewee import Expression, Model, ModelSelect

from dutydesk.models import Issue
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
    "decide": frozenset({R.AREA_CHIEF}),
    "decisions": frozenset({R.AREA_CHIEF}) | lifecycle.DOERS,
    "enter_for_others": frozenset({R.DUTY_OFFICER, R.AREA_CHIEF, R.COORDINATOR}),
    "read": CASE_READERS,
    "reveal": lifecycle.ON_THE_GROUND | {R.HANDLER, R.LIAISON},
    "export": frozenset({R.DUTY_OFFICER, R.AREA_CHIEF, R.COORDINATOR, R.DISTRICT_COORDINATOR, R.SUPERVISOR}),
    "read_audit": frozenset({R.AUDITOR, R.SUPERVISOR, R.ADMINISTRATOR}),
    "read_audit_values": frozenset({R.AUDITOR}),
    "administer": frozenset({R.ADMINISTRATOR}),
}

# What each act is called, those among them that are no step of an issue.
NAMES: dict[str, str] = lifecycle.STEP_NAMES | {
    "patrol": "每日巡查",
    "decide": "定待我定的事",
    "decisions": "看待我定",
    "enter_for_others": "代录",
    "read": "看问题",
    "reveal": "查看反映人的个人信息",
    "export": "导出",
    "read_audit": "看审计",
    "read_audit_values": "看审计的前后值",
    "administer": "管人员、类别和设置",
}

NOTHING = Issue.id.is_null()
EVERYTHING = Issue.id.is_null(False)


def _area(grant: Grant) -> Expression:
    return Issue.area == grant.area_id


def _subdistrict(grant: Grant) -> Expression:
    return Issue.subdistrict == grant.subdistrict_id


def _given_to(grant: Grant, staff_id: int) -> Expression:
    mine = (Issue.handler == staff_id) | (
        (Issue.assignee_kind == AssigneeKind.STAFF) & (Issue.assignee_key == str(staff_id))
    )
    if grant.force is None:
        return mine
    of_my_force = (
        (Issue.assignee_kind == AssigneeKind.FORCE)
        & (Issue.assignee_key == grant.force.value)
        & (Issue.area == grant.area_id)
    )
    return mine | of_my_force


def _department(grant: Grant, _staff_id: int) -> Expression:
    return (Issue.assignee_kind == AssigneeKind.DEPARTMENT) & (Issue.assignee_key == str(grant.department_id))


# Each role's scope: the cases on which it may look and act.
SCOPE: dict[Role, Callable[[Grant, int], Expression]] = {
    R.DUTY_OFFICER: lambda grant, _: _area(grant),
    R.AREA_CHIEF: lambda grant, _: _area(grant),
    R.NEIGHBOURHOOD_OFFICER: lambda grant, _: Issue.unit == grant.unit_id,
    R.HANDLER: _given_to,
    R.LIAISON: _department,
    R.DEPARTMENT_HEAD: _department,
    R.COORDINATOR: lambda grant, _: _subdistrict(grant),
    R.SIGNATORY: lambda grant, _: _subdistrict(grant),
    R.DISTRICT_COORDINATOR: lambda _grant, _: EVERYTHING,
    R.SUPERVISOR: lambda _grant, _: EVERYTHING,
    R.AUDITOR: lambda _grant, _: NOTHING,
    R.ADMINISTRATOR: lambda _grant, _: NOTHING,
}


def _within(session: Session, roles: Iterable[Role]) -> Expression:
    scopes = [SCOPE[grant.role](grant, session.staff_id) for grant in session.grants if grant.role in roles]
    return reduce(operator.or_, scopes) if scopes else NOTHING


def narrow(query: ModelSelect[M], session: Session) -> ModelSelect[M]:
    """Confine a query of issues to what this session may see."""
    return query.where(_within(session, CASE_READERS))


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
        .where(Issue.id == issue_id, SCOPE[grant.role](grant, session.staff_id))
        .exists()
    )


def require(session: Session, act: str, issue_id: int | None = None) -> None:
    """Raise NotAllowed, with a sentence, unless this session may do this act (on this case)."""
    allowed = may_at_all(session, act) if issue_id is None else may(session, act, issue_id)
    if not allowed:
        who = "、".join(role.label for role in Role if role in MAY[act])
        raise NotAllowed(f"您在这里不能{NAMES[act]}：由{who or '他人'}在各自范围内办理。")


def require_area(session: Session, act: str, area_id: int, unit_id: int | None = None) -> None:
    """Raise NotAllowed unless a role of this session that may do the act has this area, or unit of it, in scope."""
    for grant in session.grants:
        if grant.role in MAY[act] and (
            grant.area_id == area_id or (grant.unit_id and grant.unit_id == unit_id)
        ):
            return
    raise NotAllowed("这个地点不在您的职责范围内，请交给该居民区或片区的值班员。", "unit")
