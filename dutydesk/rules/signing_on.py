"""Signing on: who somebody is on a day, with roles and scopes, and since when they have been away."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from dutydesk.models import Area, Department, DeskVisit, RoleGrant, Staff, Subdistrict, Unit
from dutydesk.models.connection import write_transaction
from dutydesk.rules import office
from dutydesk.rules.errors import NotAllowed
from dutydesk.rules.organisation import in_service, on_day, taken_over, today, units_of_area
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role

BY_PASSWORD = "password:"  # noqa: S105  what `key` begins with where somebody came in by a password
_ONE_VISIT_SECONDS = 3600
_NAMES = [column for place in (Area, Subdistrict, Unit, Department) for column in (place.id, place.name)]


def sign_on(number: str | None, came_from: str = "") -> Session:
    """The session of a member of staff by number; in a demo without number, its first duty officer.

    Raises NotAllowed when nobody active has this number, or holds no role today.
    """
    if not number:
        number = office.setting("demo_staff")
        if not number:
            raise NotAllowed("请说明您是谁：dutydesk desk --as 工号。工号可用 dutydesk staff list 查到。")
    staff = Staff.get_or_none(Staff.number == number, in_service(today()))
    if staff is None:
        raise NotAllowed(f"没有工号为 {number} 的在岗人员。请核对工号，或请管理员添加。")
    day = today()
    grants = grants_of(staff.id, day)
    if not grants:
        raise NotAllowed(f"工号 {number} 今天没有任何岗位。请管理员核对任职日期。")
    return Session(
        staff.id, staff.number, staff.name, grants, day, came_from, demo=bool(office.setting("demo_staff"))
    )


def grants_of(staff_id: int, day: date) -> tuple[Grant, ...]:
    """The roles that somebody holds on a day, with their scopes in words.

    Who holds a role in an area or a unit holds it in those that it has taken over too: their cases stay theirs.
    """
    rows = (
        RoleGrant.select(RoleGrant, *_NAMES)
        .left_outer_join(Area)
        .switch(RoleGrant)
        .left_outer_join(Subdistrict, on=(RoleGrant.subdistrict == Subdistrict.id))
        .switch(RoleGrant)
        .left_outer_join(Unit, on=(RoleGrant.unit == Unit.id))
        .switch(RoleGrant)
        .left_outer_join(Department, on=(RoleGrant.department == Department.id))
        .join(Staff, on=(RoleGrant.staff == Staff.id))
        .where(RoleGrant.staff == staff_id, in_service(day), on_day(RoleGrant, day))
        .order_by(RoleGrant.id)
    )
    held = [
        Grant(
            role=row.role,
            place=" ".join(
                part.name for part in (row.area or row.unit or row.department or row.subdistrict,) if part
            )
            + (f"·{row.force.label}" if row.force else ""),
            subdistrict_id=row.subdistrict_id,
            area_id=row.area_id,
            unit_id=row.unit_id,
            department_id=row.department_id,
            force=row.force,
        )
        for row in rows
    ]
    return (*held, *_taken_over(held, day))


def code_of_area(session: Session) -> str:
    """The code by which the folders of whoever signed on are named: the area's, else the subdistrict's, else `district`."""
    if session.area_id:
        return str(Area.get_by_id(session.area_id).code)
    if session.subdistrict_id:
        return str(Subdistrict.get_by_id(session.subdistrict_id).code)
    return "district"


def _taken_over(held: list[Grant], day: date) -> list[Grant]:
    found: list[Grant] = []
    for model, name in ((Area, "area_id"), (Unit, "unit_id")):
        ids = {getattr(grant, name) for grant in held} - {None}
        gone = taken_over(model, ids, day) if ids else {}
        names = {row.id: row.name for row in model.select().where(model.id.in_(list(gone)))} if gone else {}
        for gone_id, into in gone.items():
            found += [
                grant._replace(place=names[gone_id], **{name: gone_id})  # type: ignore[arg-type]
                for grant in held
                if getattr(grant, name) == into
            ]
    return found


def out(session: Session, key: str = "") -> str:
    """Why whoever signed on may not be here any more, or nothing: the account is stopped, or the key taken away.

    `key` is the fingerprint of the key with which somebody came in over SSH, or BY_PASSWORD and the password's stamp.
    """
    if not Staff.select().where(Staff.id == session.staff_id, in_service(today())).exists():
        return f"{session.name}的账号已停用，值班台已退出。有疑问请找管理员。"
    if key.startswith(BY_PASSWORD):
        from dutydesk.models import StaffPassword

        stamp = key.removeprefix(BY_PASSWORD)
        used = StaffPassword.select().where(
            StaffPassword.stamp == stamp, StaffPassword.staff == session.staff_id
        )
        if not used.exists():
            return "密码已在别处改过，值班台已退出，请用新密码登录。不是您改的，请马上告诉管理员。"
    elif key and not session.demo:  # there one may be somebody else (F9)
        from dutydesk.models import StaffKey

        held = StaffKey.select().where(StaffKey.fingerprint == key, StaffKey.staff == session.staff_id)
        if not held.exists():
            return "登录用的公钥已删去，值班台已退出。有疑问请找管理员。"
    return ""


def seen(session: Session) -> datetime | None:
    """Note that this person is at the desk; answers since when 今日 should tell what is new.

    Coming back within an hour counts as the same visit, so that a dropped line does not hide what is new.
    """
    now = datetime.now(UTC)
    with write_transaction():
        visit = DeskVisit.get_or_none(DeskVisit.staff == session.staff_id)
        if visit is None:
            DeskVisit.insert(staff=session.staff_id, last_seen_at=now).execute()
            return None
        away = (now - visit.last_seen_at).total_seconds() > _ONE_VISIT_SECONDS
        since: datetime | None = visit.last_seen_at if away else visit.previous_seen_at
        DeskVisit.update(last_seen_at=now, previous_seen_at=since).where(
            DeskVisit.staff == session.staff_id
        ).execute()
        return since


class Holder(NamedTuple):
    """Somebody who holds a role, with its scope in words."""

    number: str
    name: str
    place: str


FOR_DEPARTMENTS = (Role.LIAISON, Role.DEPARTMENT_HEAD)
_NEARBY = 40


def _invited_by(area_id: int | None) -> list[int]:
    """Departments of the district that letters of an area invite, until their rating counts."""
    from dutydesk.models import Invited, Letter
    from dutydesk.rules.letters.life import INVITED_ENDS

    rows = (
        Invited.select(Invited.department)
        .join(Letter)
        .switch(Invited)
        .join(Department)
        .where(
            Letter.area == area_id, Invited.state.not_in(list(INVITED_ENDS)), Department.subdistrict.is_null()
        )
        .distinct()
    )
    return [row.department_id for row in rows]


def holders_nearby(session: Session, role: Role) -> list[Holder]:
    """Who holds a role in the demo's area, its units and its subdistrict, or in the district; for a demo's F9.

    Departments of the district that a letter of the area invites are near, so that one person can walk it through all
    hands. Who speaks for a department stands by its name. Raises NotAllowed where the database is no demo.
    """
    number = office.setting("demo_staff")
    if not number:
        raise NotAllowed("只有演示区可以换人。")
    home = Staff.get(Staff.number == number)
    grants = grants_of(home.id, session.day)
    area = next((grant.area_id for grant in grants if grant.area_id), None)
    street = next((grant.subdistrict_id for grant in grants if grant.subdistrict_id), None)
    units = [unit.id for unit in units_of_area(area, session.day)] if area else []
    departments = [row.id for row in Department.select(Department.id).where(Department.subdistrict == street)]
    departments += _invited_by(area)
    near = (
        (RoleGrant.area == area)
        | RoleGrant.unit.in_(units)
        | RoleGrant.department.in_(departments)
        | (RoleGrant.area.is_null() & RoleGrant.unit.is_null() & RoleGrant.department.is_null())
        & (RoleGrant.subdistrict.is_null() | (RoleGrant.subdistrict == street))
    )
    rows = (
        Staff.select(Staff)
        .join(RoleGrant)
        .where(RoleGrant.role == role, on_day(RoleGrant, session.day), near, in_service(session.day))
        .order_by(RoleGrant.id)
        .limit(_NEARBY)
    )
    found = []
    for person in dict.fromkeys(rows):  # once, whoever has two units
        places = [grant.place for grant in grants_of(person.id, session.day) if grant.role is role]
        found.append(Holder(person.number, person.name, "、".join(places)))
    return sorted(found, key=lambda each: each.place) if role in FOR_DEPARTMENTS else found
