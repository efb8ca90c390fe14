"""Who may keep the tree and the people of which subdistrict, and from which day a change may count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dutydesk.models import RoleGrant, Staff
from dutydesk.rules import permission
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.session import Session
from dutydesk.vocabulary import Role

WHOLE_DISTRICT = frozenset({Role.ADMINISTRATOR, Role.DISTRICT_COORDINATOR})


def keeps(session: Session, act: str, subdistrict_id: int | None) -> bool:
    """Whether a role of this session that may do the act reaches a subdistrict, or (None) the district itself."""
    return any(
        grant.role in WHOLE_DISTRICT
        or (subdistrict_id is not None and grant.subdistrict_id == subdistrict_id)
        for grant in session.grants
        if grant.role in permission.MAY[act]
    )


def require(session: Session, act: str, subdistrict_id: int | None) -> None:
    """Raise NotAllowed unless this session may do the act in a subdistrict, or (None) in the district itself."""
    permission.require(session, act)
    if not keeps(session, act, subdistrict_id):
        raise NotAllowed("这不在您的街镇，请交给该街镇的协调员或管理员。")


@dataclass(frozen=True)
class Keeper:
    """Somebody to turn to for what the own roles may not do."""

    staff_id: int
    name: str
    role: str
    phone: str


_NAMED = 3


def keepers(session: Session, act: str, subdistrict_id: int | None) -> list[Keeper]:
    """Who else may do an act in a subdistrict today: its own people first, then the district's. Raises NotAllowed."""
    permission.require(session, "people")
    rows = (
        RoleGrant.select(RoleGrant, Staff)
        .join(Staff)
        .where(
            RoleGrant.role.in_(list(permission.MAY[act])),
            (RoleGrant.subdistrict == subdistrict_id) | RoleGrant.role.in_(list(WHOLE_DISTRICT)),
            on_day(RoleGrant, session.day),
            in_service(session.day),
            Staff.id != session.staff_id,
        )
        .order_by(RoleGrant.id)
    )
    found: dict[int, Keeper] = {}
    for row in sorted(rows, key=lambda row: row.role in WHOLE_DISTRICT):
        one = Keeper(row.staff_id, row.staff.name, row.role.label, row.staff.phone)
        found.setdefault(row.staff_id, one)
    return list(found.values())


def named(who: list[Keeper]) -> str:
    """The nearest of them in a line: `街镇协调员王芳、李明`, those of the district where there is nobody nearer."""
    if not who:
        return "现在没有人任街镇协调员、区级协调员、管理员"
    near = [one for one in who if one.role == who[0].role]
    return f"{near[0].role}{'、'.join(one.name for one in near[:_NAMED])}"


def day_before(day: date) -> date:
    """The last day of what ends when something else begins."""
    return day - timedelta(days=1)


def not_in_the_past(session: Session, day: date) -> None:
    """Raise Refused for a day before today: what the tree was stays as it was."""
    if day < session.day:
        raise Refused("区划从今天或以后的一天起变动，过去的保持原样。", "since")


def in_order(since: date, until: date | None) -> None:
    """Raise Refused for an end before the beginning."""
    if until is not None and until < since:
        raise Refused("止的日期早于起的日期，请核对。", "until")


def end(row: Any, last_day: date) -> None:
    """A dated row holds to a last day; one that would begin after it never comes to hold."""
    if row.valid_from > last_day:
        row.delete_instance()
    elif row.valid_to is None or row.valid_to > last_day:
        row.valid_to = last_day
        row.save(only=[type(row).valid_to])


def days(since: date, until: date | None) -> str:
    """`2026-12-01起` or `2026-12-01至2026-12-14`, as audit and screens say it."""
    return f"{since:%Y-%m-%d}至{until:%Y-%m-%d}" if until else f"{since:%Y-%m-%d}起"
