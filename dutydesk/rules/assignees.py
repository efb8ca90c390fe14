"""To whom an issue can be given, and whether it is with somebody."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression

from dutydesk.models import Department, Issue, RoleGrant, Staff, TeamSeat, Unit
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import area_in_charge, in_service, on_day, row_id, today, unit_in_charge
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import AssigneeKind, Force, Role, SeatKind


@dataclass(frozen=True)
class Assignee:
    """Somebody to whom an issue is given; `key` is a force's value or an id."""

    kind: AssigneeKind
    key: str
    name: str

    @property
    def value(self) -> str:
        """As a form carries it: `department:4`."""
        return f"{self.kind.value}:{self.key}"


def resolve(value: str, issue: Issue) -> Assignee:
    """The assignee that a form's value names. Raises Refused where it cannot take this issue."""
    kind_word, _, key = value.partition(":")
    again = Refused("请从列出的承办对象中选一个。", "assignee")
    try:
        kind = AssigneeKind(kind_word)
    except ValueError:
        raise again from None
    if kind is AssigneeKind.FORCE:
        if key not in set(Force):
            raise again
        return Assignee(kind, key, Force(key).label + "力量")
    if not row_id(key):
        raise again
    return _by_id(kind, row_id(key), issue, again)


def _by_id(kind: AssigneeKind, key: int, issue: Issue, again: Refused) -> Assignee:
    if kind is AssigneeKind.UNIT:
        if key != issue.unit_id:
            raise Refused("只能下派给问题所在的居委。", "assignee")
        return Assignee(kind, str(key), Unit.get_by_id(key).name)
    if kind is AssigneeKind.STAFF:
        staff = Staff.get_or_none(Staff.id == key, in_service(today()))
        if staff is None:
            raise Refused("这个人已不在岗，请另选。", "assignee")
        hands = RoleGrant.select().where(
            RoleGrant.staff == key, RoleGrant.role == Role.HANDLER, on_day(RoleGrant, today())
        )
        if not hands.exists():
            raise Refused(f"{staff.name}今天不是处置人员，接不了单，请另选。", "assignee")
        return Assignee(kind, str(key), staff.name)
    if kind is AssigneeKind.DEPARTMENT:
        department = Department.get_or_none(Department.id == key)
        if department is None or department.subdistrict_id not in (None, issue.subdistrict_id):
            raise again
        return Assignee(kind, str(key), department.name)
    area = area_in_charge(issue.area_id, today())
    seat = TeamSeat.get_or_none(TeamSeat.id == key, TeamSeat.area == area, on_day(TeamSeat, today()))
    if seat is None:
        raise again
    return Assignee(kind, str(key), seat.holder_name)


def give(issue: Issue, assignee: Assignee) -> None:
    """Put an issue into somebody's hands; nobody has taken it up yet."""
    issue.assignee_kind = assignee.kind
    issue.assignee_key = assignee.key
    issue.assignee_name = assignee.name
    issue.handler_id = int(assignee.key) if assignee.kind is AssigneeKind.STAFF else None


def is_with(session: Session, issue: Issue) -> bool:
    """Whether an issue is with this person: taken up, or given to the person, force, department or unit."""
    if issue.handler_id == session.staff_id:
        return True
    kind, key = issue.assignee_kind, issue.assignee_key
    if kind is AssigneeKind.STAFF:
        return key == str(session.staff_id)
    return any(_has_in_hand(grant, issue) for grant in session.grants)


def _has_in_hand(grant: Grant, issue: Issue) -> bool:
    key = issue.assignee_key
    if issue.assignee_kind is AssigneeKind.FORCE:
        of_this_area = grant.role is Role.HANDLER and grant.area_id == issue.area_id
        return of_this_area and grant.force is not None and grant.force.value == key
    if issue.assignee_kind is AssigneeKind.DEPARTMENT:
        return grant.role in (Role.LIAISON, Role.DEPARTMENT_HEAD) and str(grant.department_id) == key
    if issue.assignee_kind is AssigneeKind.UNIT:
        return grant.role is Role.NEIGHBOURHOOD_OFFICER and str(grant.unit_id) == key
    return False


def who_could_speak_for(issue: Issue) -> list[Staff]:
    """The people with whom an issue is: for whom its next step may be entered 代录."""
    on_duty: Expression = on_day(RoleGrant, today())
    people = Staff.select().where(in_service(today()))
    if issue.handler_id:
        return list(people.where(Staff.id == issue.handler_id))
    holders = people.join(RoleGrant).where(on_duty)
    if issue.assignee_kind is AssigneeKind.FORCE:
        holders = holders.where(
            RoleGrant.role == Role.HANDLER,
            RoleGrant.area == area_in_charge(issue.area_id, today()),
            RoleGrant.force == issue.assignee_key,
        )
    elif issue.assignee_kind is AssigneeKind.DEPARTMENT:
        holders = holders.where(RoleGrant.role == Role.LIAISON, RoleGrant.department == issue.assignee_key)
    elif issue.assignee_kind is AssigneeKind.UNIT:
        holders = holders.where(
            RoleGrant.role == Role.NEIGHBOURHOOD_OFFICER,
            RoleGrant.unit == unit_in_charge(row_id(issue.assignee_key), today()),
        )
    elif issue.assignee_kind is AssigneeKind.STAFF:
        return list(people.where(Staff.id == issue.assignee_key))
    else:
        return []
    return list(holders.distinct().order_by(Staff.number))


def forces_and_partners(area_id: int) -> list[Assignee]:
    """The four forces and the N participants of an area."""
    seats = TeamSeat.select().where(
        TeamSeat.area == area_id, TeamSeat.kind == SeatKind.PARTICIPANT, on_day(TeamSeat, today())
    )
    forces = [Assignee(AssigneeKind.FORCE, force.value, force.label + "力量") for force in Force]
    return forces + [Assignee(AssigneeKind.PARTNER, str(seat.id), seat.holder_name) for seat in seats]
