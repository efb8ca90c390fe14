"""Staff lists come in: one row for each role or posting; a list adds and mends, and ends nothing that it is silent on.

Rows with something wrong are told one by one and left out; the others come in, at most 500 people in an act. Brought
in again, a list changes nothing, so a broken import is begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from dutydesk.models import Area, FindKey, Posting, RoleGrant, Staff, TeamSeat
from dutydesk.models.bulk import insert_all
from dutydesk.rules import acts, finding, keeping, permission
from dutydesk.rules.duty_lists import RowError
from dutydesk.rules.errors import Refused
from dutydesk.rules.role_grants import NOT_ONESELF, Scope, scope_of
from dutydesk.rules.staff_rows import Held, Person, Reading, Row
from dutydesk.rules.team_seats import title_of
from dutydesk.session import Session
from dutydesk.vocabulary import Role, SeatKind

AT_MOST = 500


@dataclass
class Report:
    """What a list would change, or has changed; `wrong` rows are left out."""

    people: int = 0
    new: int = 0
    mended: int = 0
    roles: int = 0
    same: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def says(self) -> str:
        """In a line."""
        wrong = f"；{len({error.row for error in self.errors})}行有错，不导入" if self.errors else ""
        return (
            f"{self.people}人：新增{self.new}人，更正{self.mended}人，新增岗位和下沉{self.roles}项，"
            f"不变{self.same}人{wrong}"
        )


def bring_in(
    session: Session,
    heads: Sequence[str],
    rows: Iterable[Row],
    since: date,
    dry: bool = False,
    say: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Read a list; `since` is the first day of roles that name none. `dry` writes nothing.

    Raises NotAllowed, Refused where columns are missing or nothing is in it.
    """
    permission.require(session, "keep_people")
    people, errors = Reading(session, heads, since).read(rows)
    report = Report(errors=errors)
    if not people and not errors:
        raise Refused("文件里没有一个人。请核对工作表和表头。")
    for start in range(0, len(people), AT_MOST):
        _bring_in(session, people[start : start + AT_MOST], report, dry)
        say(f"已{'核对' if dry else '导入'}{min(start + AT_MOST, len(people))}人，共{len(people)}人")
    report.errors.sort(key=lambda error: error.row)
    return report


# -- comparing and writing ---------------------------------------------------------------------------------------


def _bring_in(session: Session, people: list[Person], report: Report, dry: bool) -> None:
    """Compare some people with what stands, and write what differs in one act."""
    numbers = [person.number for person in people]
    known: dict[str, Any] = {row.number: row for row in Staff.select().where(Staff.number.in_(numbers))}
    fit = []
    for person in people:
        row = known.get(person.number)
        if row is not None and row.name != person.name:
            says = f"工号 {row.number} 现在是{row.name}的。换人请用新工号，改名请在名片上更正。"
            report.errors.append(RowError(person.row, "姓名", says))
        elif row is not None and (not row.active or row.left_on is not None):
            says = f"{row.name}已办离岗，请先在名片上恢复在岗。"
            report.errors.append(RowError(person.row, "工号", says))
        elif row is not None and not keeping.keeps(session, "keep_people", row.subdistrict_id):
            report.errors.append(RowError(person.row, "工号", f"{row.name}是别的街镇的人，请交给该街镇。"))
        else:
            fit.append(person)
    new = [person for person in fit if person.number not in known]
    mended = {
        person.number: changed
        for person in fit
        if person.number in known and (changed := _mended(person, known[person.number]))
    }
    held = _new_roles(fit, known)
    for person in {each.number: each for each, _ in held if each.number == session.number}.values():
        report.errors.append(RowError(person.row, "岗位", NOT_ONESELF))
        held = [pair for pair in held if pair[0] is not person]
    touched = {person.number for person in new} | set(mended) | {person.number for person, _ in held}
    report.people += len(fit)
    report.new += len(new)
    report.mended += len(mended)
    report.roles += len(held)
    report.same += len(fit) - len(touched)
    if touched and not dry:
        _write(session, new, mended, held)


def _mended(person: Person, row: Any) -> dict[str, Any]:
    """What the list says otherwise; an empty cell says nothing."""
    said = {"phone": person.phone, "title": person.title, "department": person.department}
    now = {"phone": row.phone, "title": row.title, "department": row.department_id}
    return {name: value for name, value in said.items() if value and value != now[name]}


def _new_roles(people: list[Person], known: dict[str, Any]) -> list[tuple[Person, Held]]:
    """Roles and postings of a list that nobody holds yet on any of those days."""
    ids = [row.id for row in known.values()]
    spans: dict[tuple[int, Role | None, Scope], list[tuple[date, date | None]]] = {}
    for grant in RoleGrant.select().where(RoleGrant.staff.in_(ids)):
        key = (grant.staff_id, grant.role, scope_of(grant).place)
        spans.setdefault(key, []).append((grant.valid_from, grant.valid_to))
    for posting in Posting.select(Posting, Area).join(Area).where(Posting.staff.in_(ids)):
        scope = Scope(area_id=posting.area_id)
        spans.setdefault((posting.staff_id, None, scope), []).append((posting.valid_from, posting.valid_to))
    found = []
    for person in people:
        row = known.get(person.number)
        for held in person.held:
            key = (row.id if row else 0, held.role, held.scope.place)
            taken = any(
                (end is None or end >= held.since) and (held.until is None or begin <= held.until)
                for begin, end in spans.get(key, [])
            )
            if not taken:
                found.append((person, held))
    return found


def _write(
    session: Session, new: list[Person], mended: dict[str, dict[str, Any]], held: list[tuple[Person, Held]]
) -> None:
    with acts.act(session, str(uuid4()), "staff.import") as acting:
        columns = ("number", "name", "phone", "title", "department")
        insert_all(
            Staff,
            [
                {name: getattr(person, name) for name in columns} | {"subdistrict": person.town}
                for person in new
            ],
        )
        for number, changed in mended.items():
            Staff.update(**changed).where(Staff.number == number).execute()
        numbers = {person.number for person in new} | {person.number for person, _ in held}
        ids = {row.number: row.id for row in Staff.select().where(Staff.number.in_(list(numbers)))}
        insert_all(
            FindKey,
            [key for person in new for key in finding.key_rows("staff", ids[person.number], person.name)],
        )
        insert_all(RoleGrant, [_grant(ids[person.number], each) for person, each in held if each.role])
        postings = [
            {
                "staff": ids[person.number],
                "area": each.scope.area_id,
                "department": person.department,
                "line": each.line,
                "valid_from": each.since,
                "valid_to": each.until,
            }
            for person, each in held
            if each.role is None
        ]
        insert_all(Posting, postings)
        insert_all(
            TeamSeat, [_seat(ids[person.number], person, each) for person, each in held if _leads(each)]
        )
        acting.about("staff", None, f"名册导入{len(numbers | set(mended))}人", session.subdistrict_id)
        acting.changed("名册", None, {"new": sorted(person.number for person in new), "roles": len(held)})
        for number, changed in sorted(mended.items()):
            acting.changed(number, None, changed)


def _grant(staff_id: int, held: Held) -> dict[str, Any]:
    return {
        "staff": staff_id,
        "role": held.role,
        "subdistrict": held.scope.subdistrict_id,
        "area": held.scope.area_id,
        "unit": held.scope.unit_id,
        "department": held.scope.department_id,
        "force": held.scope.force,
        "valid_from": held.since,
        "valid_to": held.until,
    }


def _leads(held: Held) -> bool:
    return held.role is Role.AREA_CHIEF


def _seat(staff_id: int, person: Person, held: Held) -> dict[str, Any]:
    """A chief sits in the area's seat, beside whoever sits there already: that is shown as what it is."""
    return {
        "area": held.scope.area_id,
        "kind": SeatKind.CHIEF,
        "title": title_of(SeatKind.CHIEF, None),
        "holder_name": person.name,
        "staff_id": staff_id,
        "valid_from": held.since,
        "valid_to": held.until,
    }
