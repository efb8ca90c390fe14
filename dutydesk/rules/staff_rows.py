"""The rows of a staff list become people with roles and postings; what is wrong with a cell is said under its head."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dutydesk.forms.when import parse_day
from dutydesk.models import Area, Department, Subdistrict, Unit
from dutydesk.rules import keeping
from dutydesk.rules.duty_lists import RowError
from dutydesk.rules.errors import Refused
from dutydesk.rules.role_grants import SCOPE_OF, SCOPE_WORDS, Scope, whole
from dutydesk.session import Session
from dutydesk.text import clean, narrow
from dutydesk.vocabulary import Force, Role

Row = tuple[int, Sequence[str]]
HEADS: dict[str, tuple[str, ...]] = {
    "工号": ("工号", "人员编号", "编号", "职工号"),
    "姓名": ("姓名", "名字", "人员姓名"),
    "电话": ("电话", "手机", "联系电话", "工作电话", "手机号"),
    "部门": ("部门", "所在部门", "单位", "工作单位"),
    "职务": ("职务", "职务职级"),
    "岗位": ("岗位", "角色", "岗位角色"),
    "范围": ("范围", "所属", "片区", "负责范围", "所在片区"),
    "力量": ("力量", "四方力量", "一建三公"),
    "条线": ("条线", "业务条线"),
    "起": ("起", "开始日期", "到岗日期", "任职日期", "起始日期"),
    "止": ("止", "结束日期", "离任日期", "截止日期"),
}
_NEEDED = ("工号", "姓名")
POSTED = "下沉"
_DAMAGED = "#已损坏#"
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9\-]{1,19}")
_IDENTITY = re.compile(r"\d{15}|\d{17}[\dX]")
_PHONE = re.compile(r"\+?\d[\d\- ]{5,17}\d")
_ROLES = {role.label: role for role in Role}
_FORCES = {force.label: force for force in Force} | {f"{force.label}力量": force for force in Force}


@dataclass(frozen=True)
class Held:
    """A role (None: a posting, in `scope.area_id` with a `line`) and its days; `until` None is for good."""

    role: Role | None
    scope: Scope
    line: str
    since: date
    until: date | None


@dataclass
class Person:
    """All that a list says of somebody."""

    row: int
    number: str
    name: str
    phone: str = ""
    title: str = ""
    department: int | None = None
    town: int | None = None
    held: list[Held] = field(default_factory=list)


def columns(
    heads: Sequence[str], known: Mapping[str, Sequence[str]], needed: Iterable[str]
) -> dict[str, int]:
    """In which column each head stands, by any of its names; -1 for none. Raises Refused where a needed one is missing."""
    names = [re.sub(r"\s", "", head) for head in heads]
    places = {
        head: next((names.index(name) for name in called if name in names), -1)
        for head, called in known.items()
    }
    missing = [head for head in needed if places[head] < 0]
    if missing:
        raise Refused(f"缺少列：{'、'.join(missing)}。表头请写 {' '.join(known)}。")
    return places


def named(model: Any) -> dict[str, list[Any]]:
    """Places by each name that they go by."""
    found: dict[str, list[Any]] = {}
    for row in model.select():
        for name in {row.name, row.code, getattr(row, "short_name", row.name)}:
            found.setdefault(name, []).append(row)
    return found


def day_in(text: str, head: str, today: date, off: Callable[[str, str], None]) -> date | None:
    """The day in a cell; one that cannot be read is told under its head."""
    if not text:
        return None
    try:
        return parse_day(text.split(" ")[0], today)
    except ValueError:
        off(head, f"“{text[:20]}”看不懂，请写成 2026-12-01。")
        return None


class Reading:
    """Reads rows one by one. Raises Refused where needed columns are missing."""

    def __init__(self, session: Session, heads: Sequence[str], since: date) -> None:
        self.session, self.since = session, since
        self.places = columns(heads, HEADS, _NEEDED)
        self.towns: dict[int | None, bool] = {}
        self.departments = {name: row for row in Department.select() for name in (row.name, row.code)}
        self.scopes = {
            "area": named(Area), "unit": named(Unit), "subdistrict": named(Subdistrict)
        }  # fmt: skip
        self.errors: list[RowError] = []

    def read(self, rows: Iterable[Row]) -> tuple[list[Person], list[RowError]]:
        """The people of the list, and what is wrong with the rows that are left out."""
        people: dict[str, Person] = {}
        for number, cells in rows:
            said = {
                head: clean(cells[place], 200) if 0 <= place < len(cells) else ""
                for head, place in self.places.items()
            }
            if any(said.values()):
                self._row(number, said, people)
        return list(people.values()), self.errors

    def _row(self, row: int, said: dict[str, str], people: dict[str, Person]) -> None:
        wrong: list[RowError] = []

        def off(head: str, says: str) -> None:
            wrong.append(RowError(row, head, says))

        person = self._person(row, said, people, off)
        held = self._held(said, person, off) if said["岗位"] else None
        if held is not None and held in person.held:
            off("岗位", f"与第{person.row}行起的同一项重复，删去一行。")
        if not wrong and not self._in_reach(held, person):
            off("范围" if held else "部门", "不在您管的街镇，请交给该街镇的协调员或管理员。")
        self.errors += wrong
        if not wrong:
            people.setdefault(person.number, person)
            if held is not None:
                person.held.append(held)

    def _person(
        self, row: int, said: dict[str, str], people: dict[str, Person], off: Callable[[str, str], None]
    ) -> Person:
        number, name = narrow(said["工号"]).upper(), said["姓名"]
        if not number:
            off("工号", "不能是空的，每个人都要有工号。")
        elif number.startswith(_DAMAGED):
            off("工号", "位数太长，被表格程序改坏了。请把这一列设成“文本”重新填。")
        elif _IDENTITY.fullmatch(number):
            off("工号", "像身份证号码，是个人信息，不能当工号。请改用单位的工号。")
        elif not _NUMBER.fullmatch(number):
            off("工号", f"“{said['工号']}”不像工号：用字母和数字，2 至 20 位，例如 XH0012。")
        if not name:
            off("姓名", "不能是空的。")
        elif len(name) > 30 or any(character.isdigit() for character in name):
            off("姓名", f"“{name[:20]}”不像姓名，是不是填错了列？")
        known = people.get(number)
        if known is not None:
            if name and known.name != name:
                off("姓名", f"工号 {number} 在第{known.row}行写的是{known.name}，请核对是不是同一个人。")
            return known
        phone = narrow(said["电话"]).removeprefix(_DAMAGED)
        if phone and not _PHONE.fullmatch(phone):
            off("电话", f"“{said['电话'][:20]}”不像电话：只填数字，可带区号；没有就空着。")
        department = self.departments.get(said["部门"])
        if said["部门"] and department is None:
            off("部门", f"没有部门“{said['部门'][:30]}”，请写全称或代码。")
        town = department.subdistrict_id if department else self.session.subdistrict_id
        return Person(
            row, number, name, phone, said["职务"][:40], department.id if department else None, town
        )

    def _held(self, said: dict[str, str], person: Person, off: Callable[[str, str], None]) -> Held | None:
        role = _ROLES.get(said["岗位"])
        if role is None and said["岗位"] != POSTED:
            off("岗位", f"没有岗位“{said['岗位'][:20]}”，可用：{'、'.join([*_ROLES, POSTED])}。")
            return None
        force = _FORCES.get(said["力量"])
        if said["力量"] and force is None:
            off("力量", f"没有力量“{said['力量'][:20]}”，可用：{'、'.join(force.label for force in Force)}。")
        elif role is Role.HANDLER and force is None:
            off("力量", "处置人员要写明属于哪一方力量。")
        scope = self._scope(role, said["范围"], person, force, off)
        since = day_in(said["起"], "起", self.session.day, off) or self.since
        until = day_in(said["止"], "止", self.session.day, off)
        if until is not None and until < since:
            off("止", f"{until:%Y-%m-%d}早于起的日期{since:%Y-%m-%d}，请核对。")
        return Held(role, scope, said["条线"][:30], since, until) if scope is not None else None

    def _scope(
        self,
        role: Role | None,
        name: str,
        person: Person,
        force: Force | None,
        off: Callable[[str, str], None],
    ) -> Scope | None:
        needed = SCOPE_OF[role] if role else "area"
        what = role.label if role else POSTED
        if not needed:
            return Scope()
        if needed == "department":
            row = self.departments.get(name) if name else None
            if row is None and name:
                off("范围", f"没有部门“{name[:30]}”，请写全称或代码。")
            elif row is None and person.department is None:
                off("范围", f"{what}要写明哪个部门。")
            key = row.id if row else person.department
            return whole(role, Scope(department_id=key)) if role and key else None
        rows = self.scopes[needed].get(name, [])
        here = [row for row in rows if getattr(row, "subdistrict_id", row.id) == person.town]
        rows = here if len(rows) > 1 and here else rows
        if not name:
            off("范围", f"{what}要写明哪个{SCOPE_WORDS[needed]}。")
        elif not rows:
            off("范围", f"没有{SCOPE_WORDS[needed]}“{name[:30]}”，请写名称或代码。")
        elif len(rows) > 1:
            off(
                "范围",
                f"有{len(rows)}个“{name[:30]}”，请改写代码：{'、'.join(row.code for row in rows[:3])}。",
            )
        elif role is Role.HANDLER and force is None:
            return None
        elif role is None:
            return Scope(rows[0].subdistrict_id, area_id=rows[0].id)
        else:
            return whole(role, Scope(**{f"{needed}_id": rows[0].id}, force=force))
        return None

    def _in_reach(self, held: Held | None, person: Person) -> bool:
        """Whether this session keeps the people of the subdistrict (None: of the district) that a row is about."""
        town = person.town if held is None or held.scope.subdistrict_id is None else held.scope.subdistrict_id
        if held is not None and held.role is not None and not SCOPE_OF[held.role]:
            town = None
        if town not in self.towns:
            self.towns[town] = keeping.keeps(self.session, "keep_people", town)
        return self.towns[town]
