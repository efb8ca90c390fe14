"""Roles with scope and dates: given, ended, and held for somebody else for a while (代理)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dutydesk.models import Area, Department, RoleGrant, Staff, Subdistrict, Unit
from dutydesk.rules import acts, keeping
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.keeping import days, end
from dutydesk.rules.organisation import in_service
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.vocabulary import Force, Role

# Of what the scope of each role is; those of the whole district have none.
SCOPE_OF: dict[Role, str] = {
    Role.DUTY_OFFICER: "area",
    Role.AREA_CHIEF: "area",
    Role.HANDLER: "area",
    Role.NEIGHBOURHOOD_OFFICER: "unit",
    Role.LIAISON: "department",
    Role.DEPARTMENT_HEAD: "department",
    Role.COORDINATOR: "subdistrict",
    Role.SIGNATORY: "subdistrict",
    Role.DISTRICT_COORDINATOR: "",
    Role.SUPERVISOR: "",
    Role.AUDITOR: "",
    Role.ADMINISTRATOR: "",
}
SCOPE_WORDS = {"area": "片区", "unit": "居民区等单元", "department": "部门", "subdistrict": "街镇"}
NOT_ONESELF = "自己的岗位要由别人来定，请交给其他管理员或协调员。"


@dataclass(frozen=True)
class Scope:
    """A role's scope; only the id that the role needs is given."""

    subdistrict_id: int | None = None
    area_id: int | None = None
    unit_id: int | None = None
    department_id: int | None = None
    force: Force | None = None

    @property
    def place(self) -> Scope:
        """The place that it names, whatever it says of the subdistrict around it."""
        inside = self.area_id or self.unit_id or self.department_id
        return replace(self, subdistrict_id=None) if inside else self


def whole(role: Role, scope: Scope) -> Scope:
    """The scope with its subdistrict filled in. Raises Refused (field `scope` or `force`) where it does not fit."""
    needed = SCOPE_OF[role]
    given: int | None = getattr(scope, f"{needed}_id") if needed else None
    if needed and not given:
        raise Refused(f"{role.label}要写明哪个{SCOPE_WORDS[needed]}。", "scope")
    if role is Role.HANDLER and scope.force is None:
        raise Refused("处置人员要写明属于哪一方力量。", "force")
    force = scope.force if role is Role.HANDLER else None
    if needed == "area":
        return Scope(Area.get_by_id(given).subdistrict_id, area_id=given, force=force)
    if needed == "unit":
        return Scope(Unit.get_by_id(given).subdistrict_id, unit_id=given)
    if needed == "department":
        return Scope(Department.get_by_id(given).subdistrict_id, department_id=given)
    return Scope(given) if needed else Scope()


def words(role: Role, scope: Scope) -> str:
    """A role with its scope: `片区长 康健一片区`."""
    names = (
        (Area, scope.area_id),
        (Unit, scope.unit_id),
        (Department, scope.department_id),
        (Subdistrict, scope.subdistrict_id),
    )
    place = next((model.get_by_id(row_id).name for model, row_id in names if row_id), "全区")
    return f"{role.label} {place}{f'·{scope.force.label}' if scope.force else ''}"


def scope_of(grant: RoleGrant) -> Scope:
    """The scope of a role that is held."""
    return Scope(grant.subdistrict_id, grant.area_id, grant.unit_id, grant.department_id, grant.force)


def _require(session: Session, person: Staff, scope: Scope) -> None:
    if person.id == session.staff_id:
        raise NotAllowed(NOT_ONESELF)
    keeping.require(session, "keep_people", scope.subdistrict_id)


def give(
    session: Session,
    staff_id: int,
    role: Role,
    scope: Scope,
    since: date,
    act_id: str,
    until: date | None = None,
    stands_in: bool = False,
) -> str:
    """Somebody holds a role from a day on; with `stands_in` only for as long as nobody else does (代理空缺).

    Raises NotAllowed, Refused (`staff`, `scope`, `force`, `until` or `stands_in`).
    """
    person = _person(staff_id, since)
    keeping.in_order(since, until)
    if stands_in and until is None:
        raise Refused("代理要写明到哪天止，到期自行结束。", "until")
    scope = whole(role, scope)
    said = words(role, scope)
    try:
        with acts.act(session, act_id, "role.give") as acting:
            _require(session, person, scope)
            acting.about("staff", person.id, f"{person.number} {person.name}", scope.subdistrict_id)
            not_twice(person, role, scope, since, until)
            if stands_in:
                _vacant(role, scope, since, until)
            _write(person, role, scope, since, until, person.id if stands_in else None)
            after = {"role": said, "since": str(since), "until": str(until or "")}
            acting.changed(person.number, None, after | ({"stands_in": True} if stands_in else {}))
    except AlreadyDone:
        pass
    if stands_in:
        return f"{person.name}{days(since, until)}代理{said}，到期自行结束。"
    return f"{person.name}{days(since, until)}任{said}。"


def _vacant(role: Role, scope: Scope, since: date, until: date | None) -> None:
    """Raise Refused where somebody holds a role in those days: who stands in does so for that one."""
    held = RoleGrant.select(RoleGrant, Staff).join(Staff, on=(RoleGrant.staff == Staff.id))
    for grant in held.where(
        RoleGrant.role == role,
        RoleGrant.stands_in_for_id.is_null(),
        RoleGrant.valid_to.is_null() | (RoleGrant.valid_to >= since),
        RoleGrant.valid_from <= (until or since),
        in_service(since),
    ):
        if scope_of(grant).place == scope.place:
            says = f"{grant.staff.name}现任{words(role, scope)}，不是空缺；请在{grant.staff.name}的名片上请人代理。"
            raise Refused(says, "stands_in")


def _write(
    person: Staff, role: Role, scope: Scope, since: date, until: date | None, instead_of: int | None = None
) -> None:
    RoleGrant.create(
        staff=person,
        role=role,
        subdistrict=scope.subdistrict_id,
        area=scope.area_id,
        unit=scope.unit_id,
        department=scope.department_id,
        force=scope.force,
        stands_in_for_id=instead_of,
        valid_from=since,
        valid_to=until,
    )


def not_twice(
    person: Staff, role: Role, scope: Scope, since: date, until: date | None, except_id: int = 0
) -> None:
    """Raise Refused (`role`) where somebody holds the same role on any of these days, by another grant."""
    for grant in RoleGrant.select().where(RoleGrant.staff == person.id, RoleGrant.role == role):
        over = grant.valid_to is not None and grant.valid_to < since
        not_yet = until is not None and grant.valid_from > until
        if grant.id != except_id and not over and not not_yet and scope_of(grant).place == scope.place:
            raise Refused(
                f"{person.name}{days(grant.valid_from, grant.valid_to)}已任{words(role, scope)}。", "role"
            )


def finish(session: Session, grant_id: int, last_day: date, act_id: str) -> str:
    """A role ends after a last day. Raises NotAllowed, Refused (`last_day`), also where it hangs on a seat."""
    grant = RoleGrant.get_or_none(RoleGrant.id == grant_id)
    if grant is None:
        raise Refused("这个岗位已有变动，请返回重看。")
    if grant.seat_id is not None:
        raise Refused("这个岗位随 1+4+N 的席位，请在片区的席位上办免任。")
    if last_day < grant.valid_from:
        raise Refused(f"{grant.valid_from:%Y-%m-%d}才开始，最后一天不能更早。", "last_day")
    scope, person = scope_of(grant), grant.staff
    said = words(grant.role, scope)
    try:
        with acts.act(session, act_id, "role.end") as acting:
            _require(session, person, scope)
            acting.about("staff", person.id, f"{person.number} {person.name}", scope.subdistrict_id)
            before = str(grant.valid_to or "")
            end(grant, last_day)
            acting.changed(f"{person.number} {said}", {"until": before}, {"until": str(last_day)})
    except AlreadyDone:
        pass
    return f"{person.name}任{said}到{day_said(last_day)}止。"


def stand_in(session: Session, grant_id: int, staff_id: int, since: date, until: date, act_id: str) -> str:
    """Somebody holds a role for its holder from a day to a day; it ends by itself.

    Raises NotAllowed, Refused (with the field `staff`, `since` or `until`).
    """
    grant = RoleGrant.get_or_none(RoleGrant.id == grant_id)
    if grant is None:
        raise Refused("这个岗位已有变动，请返回重看。")
    person, scope = _person(staff_id, since), scope_of(grant)
    keeping.in_order(since, until)
    if person.id == grant.staff_id:
        raise Refused("请选另一个人来代理。", "staff")
    said = words(grant.role, scope)
    try:
        with acts.act(session, act_id, "role.stand_in") as acting:
            _require(session, person, scope)
            acting.about("staff", person.id, f"{person.number} {person.name}", scope.subdistrict_id)
            not_twice(person, grant.role, scope, since, until)
            _write(person, grant.role, scope, since, until, grant.staff_id)
            after = {
                "stands_in_for": grant.staff.name,
                "role": said,
                "since": str(since),
                "until": str(until),
            }
            acting.changed(person.number, None, after)
    except AlreadyDone:
        pass
    return f"{person.name}{days(since, until)}代理{grant.staff.name}任{said}，到期自行结束。"


def _person(staff_id: int, day: date) -> Staff:
    person = Staff.get_or_none(Staff.id == staff_id, in_service(day))
    if person is None:
        raise Refused("请选在岗的人，可打拼音首字母或工号。", "staff")
    return person
