"""下沉力量 come in as a list: one row a posting, of people who are on the roster; it adds and mends, and ends nothing else.

Rows with something wrong are told one by one and left out; the others come in, at most 500 in an act. A posting that is
there already, by person, area and first day, gets the line, the department and the last day that the list says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from dutydesk.models import Area, Department, Posting, PostingDay, Staff
from dutydesk.models.bulk import insert_all
from dutydesk.rules import acts, keeping, permission
from dutydesk.rules.duty_lists import RowError
from dutydesk.rules.errors import Refused
from dutydesk.rules.keeping import days
from dutydesk.rules.staff_rows import Row, columns, day_in, named
from dutydesk.session import Session
from dutydesk.text import clean, narrow

HEADS: dict[str, tuple[str, ...]] = {
    "工号": ("工号", "人员编号", "编号", "职工号"),
    "姓名": ("姓名", "名字", "人员姓名"),
    "派出部门": ("派出部门", "部门", "所在部门", "单位", "派出单位"),
    "片区": ("片区", "下沉片区", "所在片区", "范围"),
    "条线": ("条线", "业务条线"),
    "起": ("起", "开始日期", "下沉日期", "起始日期"),
    "止": ("止", "结束日期", "截止日期"),
}
_NEEDED = ("工号", "片区")
AT_MOST = 500


@dataclass
class Report:
    """What a list would change, or has changed; `wrong` rows are left out."""

    rows: int = 0
    new: int = 0
    mended: int = 0
    same: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def says(self) -> str:
        """In a line."""
        wrong = f"；{len({error.row for error in self.errors})}行有错，不导入" if self.errors else ""
        return f"{self.rows}条下沉：新增{self.new}条，更正{self.mended}条，不变{self.same}条{wrong}"


@dataclass(frozen=True)
class _Line:
    """A row that can be read: who, where, and what else it says."""

    row: int
    number: str
    name: str
    area: Any
    department: int | None
    line: str
    since: date | None
    until: date | None


def bring_in(
    session: Session,
    heads: Sequence[str],
    rows: Iterable[Row],
    since: date,
    dry: bool = False,
    say: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Read a list; `since` is the first day of new postings that name none. `dry` writes nothing.

    Raises NotAllowed, Refused where columns are missing or nothing is in it.
    """
    permission.require(session, "keep_people")
    report = Report()
    lines = _Reading(session, heads, report.errors).read(rows)
    if not lines and not report.errors:
        raise Refused("文件里没有一条下沉。请核对工作表和表头。")
    for start in range(0, len(lines), AT_MOST):
        part = lines[start : start + AT_MOST]
        _Stretch(part, since, report).bring(session, dry)
        say(f"已{'核对' if dry else '导入'}{min(start + AT_MOST, len(lines))}条，共{len(lines)}条")
    report.errors.sort(key=lambda error: error.row)
    return report


# -- reading -----------------------------------------------------------------------------------------------------


class _Reading:
    """Reads rows one by one. Raises Refused where needed columns are missing."""

    def __init__(self, session: Session, heads: Sequence[str], errors: list[RowError]) -> None:
        self.session, self.errors = session, errors
        self.places = columns(heads, HEADS, _NEEDED)
        self.areas = named(Area)
        self.departments = {name: row.id for row in Department.select() for name in (row.name, row.code)}
        self.reach: dict[int, bool] = {}

    def read(self, rows: Iterable[Row]) -> list[_Line]:
        """The rows that can be read; what is wrong with the others is told."""
        found = []
        for number, cells in rows:
            said = {
                head: clean(cells[place], 200) if 0 <= place < len(cells) else ""
                for head, place in self.places.items()
            }
            if any(said.values()) and (line := self._line(number, said)) is not None:
                found.append(line)
        return found

    def _line(self, row: int, said: dict[str, str]) -> _Line | None:
        wrong: list[RowError] = []

        def off(head: str, says: str) -> None:
            wrong.append(RowError(row, head, says))

        number = narrow(said["工号"]).upper()
        if not number:
            off("工号", "不能是空的，每个人都要有工号。")
        since, until = (day_in(said[head], head, self.session.day, off) for head in ("起", "止"))
        if since is not None and until is not None and until < since:
            off("止", f"{until:%Y-%m-%d}早于起的日期{since:%Y-%m-%d}，请核对。")
        department = self.departments.get(said["派出部门"])
        if said["派出部门"] and department is None:
            off("派出部门", f"没有部门“{said['派出部门'][:30]}”，请写全称或代码。")
        area = self._area(said["片区"], off)
        self.errors += wrong
        if wrong or area is None:
            return None
        return _Line(row, number, said["姓名"], area, department, said["条线"][:30], since, until)

    def _area(self, name: str, off: Callable[[str, str], None]) -> Any:
        rows = self.areas.get(name, [])
        own = [row for row in rows if row.subdistrict_id == self.session.subdistrict_id]
        rows = own if len(rows) > 1 and own else rows
        if not name:
            off("片区", "要写明下沉到哪个片区。")
        elif not rows:
            off("片区", f"没有片区“{name[:30]}”，请写名称或代码。")
        elif len(rows) > 1:
            codes = "、".join(row.code for row in rows[:3])
            off("片区", f"有{len(rows)}个“{name[:30]}”，请改写代码：{codes}。")
        elif not self._in_reach(rows[0].subdistrict_id):
            off("片区", "不在您管的街镇，请交给该街镇的协调员或管理员。")
        else:
            return rows[0]
        return None

    def _in_reach(self, town: int) -> bool:
        if town not in self.reach:
            self.reach[town] = keeping.keeps(self.session, "keep_people", town)
        return self.reach[town]


# -- comparing and writing ---------------------------------------------------------------------------------------


class _Stretch:
    """Some rows beside what is on record of the same people."""

    def __init__(self, lines: list[_Line], since: date, report: Report) -> None:
        self.lines, self.since, self.report = lines, since, report
        people = Staff.select().where(Staff.number.in_([line.number for line in lines]))
        self.people: dict[str, Any] = {row.number: row for row in people}
        self.held: dict[tuple[int, int], list[Any]] = {}
        for row in Posting.select().where(Posting.staff.in_([row.id for row in self.people.values()])):
            self.held.setdefault((row.staff_id, row.area_id), []).append(row)
        self.new: list[dict[str, Any]] = []
        self.mended: list[tuple[Any, dict[str, Any]]] = []

    def bring(self, session: Session, dry: bool) -> None:
        """Sort the rows into new, mended, same and wrong; write them unless `dry`."""
        for line in self.lines:
            if says := self._wrong_person(line):
                self.report.errors.append(RowError(line.row, *says))
                continue
            if says := self._sorted(line, self.people[line.number]):
                self.report.errors.append(RowError(line.row, *says))
            else:
                self.report.rows += 1
        if (self.new or self.mended) and not dry:
            self._write(session)
        self.report.new += len(self.new)
        self.report.mended += len(self.mended)

    def _wrong_person(self, line: _Line) -> tuple[str, str] | None:
        person = self.people.get(line.number)
        if person is None:
            return "工号", f"名册里没有工号“{line.number[:20]}”，请先添加或导入名册。"
        if line.name and person.name != line.name:
            return "姓名", f"工号 {person.number} 是{person.name}的，请核对是不是同一个人。"
        last = line.until or date.max
        if not person.active or (person.left_on is not None and person.left_on < last):
            gone = f"{person.left_on:%Y-%m-%d}" if person.left_on else "已"
            return ("止" if line.until else "工号"), f"{person.name}{gone}离岗，请核对起止。"
        return None

    def _sorted(self, line: _Line, person: Any) -> tuple[str, str] | None:
        """Put a row where it belongs; answers with head and message where it belongs nowhere."""
        held = self.held.setdefault((person.id, line.area.id), [])
        same = next((row for row in held if row.valid_from == (line.since or row.valid_from)), None)
        if same is not None and (line.since or same.valid_to is None or same.valid_to >= self.since):
            return self._mend(line, same)
        begin, end = line.since or self.since, line.until
        if end is not None and end < begin:
            return "止", f"{end:%Y-%m-%d}早于起的日期{begin:%Y-%m-%d}，请核对。"
        if line.area.valid_from > begin or (line.area.valid_to and line.area.valid_to < (end or date.max)):
            return "片区", f"{line.area.name}在{days(begin, end)}不是一直都有，请核对起止。"
        for row in held:
            if (row.valid_to is None or row.valid_to >= begin) and (end is None or row.valid_from <= end):
                return (
                    "起",
                    f"与{person.name}在{line.area.name}的另一段重叠：{days(row.valid_from, row.valid_to)}。",
                )
        values = {
            "staff": person.id,
            "area": line.area.id,
            "department": line.department or person.department_id,
            "line": line.line,
            "valid_from": begin,
            "valid_to": end,
        }
        self.new.append(values)
        held.append(Posting(**values))
        return None

    def _mend(self, line: _Line, row: Any) -> tuple[str, str] | None:
        """What the list says otherwise of a posting; an empty cell says nothing."""
        if row.id is None or any(row is each for each, _ in self.mended):
            return "工号", "与前面的一行重复，删去一行。"
        said = {"line": line.line, "department": line.department, "valid_to": line.until}
        now = {"line": row.line, "department": row.department_id, "valid_to": row.valid_to}
        changed = {name: value for name, value in said.items() if value and value != now[name]}
        until = changed.get("valid_to")
        if until is not None:
            late = PostingDay.select().where(PostingDay.posting == row.id, PostingDay.day > until).first()
            if until < row.valid_from:
                return "止", f"{until:%Y-%m-%d}早于起的日期{row.valid_from:%Y-%m-%d}，请核对。"
            if late is not None:
                return "止", f"{late.day:%Y-%m-%d}已记考勤，不能更早结束。"
        if changed:
            self.mended.append((row, changed))
        else:
            self.report.same += 1
        return None

    def _write(self, session: Session) -> None:
        with acts.act(session, str(uuid4()), "posting.import") as acting:
            insert_all(Posting, self.new)
            for row, changed in self.mended:
                Posting.update(**changed).where(Posting.id == row.id).execute()
            many = len(self.new) + len(self.mended)
            acting.about("posting", None, f"下沉名单导入{many}条", session.subdistrict_id)
            numbers = {row.id: number for number, row in self.people.items()}
            new = [
                f"{numbers[each['staff']]} {days(each['valid_from'], each['valid_to'])}" for each in self.new
            ]
            acting.changed("下沉名单", None, {"new": new})
            for row, changed in self.mended:
                before = {name: _plain(row.__data__.get(name)) for name in changed}
                acting.changed(numbers[row.staff_id], before, {n: _plain(v) for n, v in changed.items()})


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value
