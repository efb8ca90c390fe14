"""下沉力量: who is posted where on a day, by area and by department, and how they were there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import JOIN, SQL, fn

from dutydesk.models import Area, Department, Posting, PostingDay, Staff, Subdistrict
from dutydesk.rules import acts, keeping, permission
from dutydesk.rules.departments import bureaus_above
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.keeping import days, end
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.text import clean
from dutydesk.vocabulary import Attendance

AT_MOST = 500
LOOKED_BACK = 30  # days over which attendance is told
NO_DEPARTMENT = "未写明派出部门"


@dataclass(frozen=True)
class Group:
    """How many are posted to an area, or from a department, on a day."""

    key: int
    name: str
    detail: str
    posted: int


@dataclass(frozen=True)
class PostingRow:
    """Somebody posted down: from where, to where, until when, how the day was."""

    key: int
    staff_id: int
    number: str
    name: str
    area_id: int
    area: str
    department: str
    line: str
    span: str
    attendance: Attendance | None


@dataclass(frozen=True)
class Window:
    """A stretch of rows, and whether the list begins or ends with it."""

    rows: list[PostingRow]
    at_start: bool
    at_end: bool


@dataclass(frozen=True)
class Question:
    """Those posted on a day, to an area or from a department (0: from none that is written down)."""

    day: date
    area_id: int | None = None
    department_id: int | None = None


def by_area(session: Session, day: date) -> list[Group]:
    """How many are posted to each area on a day, the own subdistrict's first. Raises NotAllowed."""
    permission.require(session, "people")
    counts = _counts(Posting.area, day)
    rows = (
        Area.select(Area, Subdistrict).join(Subdistrict).where(on_day(Area, day) | Area.id.in_(list(counts)))
    )
    groups = [
        (row.subdistrict_id != session.subdistrict_id, row.code, row)
        for row in rows
        if counts.get(row.id) or row.valid_to is None
    ]
    groups.sort(key=lambda each: each[:2])
    return [
        Group(row.id, row.name, row.subdistrict.short_name, counts.get(row.id, 0)) for _, _, row in groups
    ]


def by_department(session: Session, day: date) -> list[Group]:
    """From which departments people are posted on a day, the own subdistrict's first. Raises NotAllowed."""
    permission.require(session, "people")
    counts = _counts(Posting.department, day)
    rows = Department.select().where(Department.id.in_([key for key in counts if key]))
    ordered = sorted(rows, key=lambda row: (row.subdistrict_id != session.subdistrict_id, row.code))
    above = bureaus_above(ordered)
    groups = [
        Group(
            row.id,
            row.name,
            above.get(row.parent_bureau, row.parent_bureau) or row.kind.label,
            counts[row.id],
        )
        for row in ordered
    ]
    return groups + ([Group(0, NO_DEPARTMENT, "", counts[None])] if counts.get(None) else [])


def _counts(column: Any, day: date) -> dict[Any, int]:
    """Those of a day by a column. What has ended is left aside by an index: of today only few rows are read.

    The sum with 0 keeps SQLite from walking the column's own index, with all that has ended, to have it in order.
    """
    by = column + 0
    found: dict[Any, int] = {}
    for holds in (Posting.valid_to.is_null(), Posting.valid_to >= day):
        rows: Any = (
            Posting.select(by, fn.COUNT(Posting.id))
            .where(holds, Posting.valid_from <= day)
            .group_by(SQL("1"))
            .tuples()
        )
        for key, many in rows:
            found[key] = found.get(key, 0) + many
    return found


# -- windows -----------------------------------------------------------------------------------------------------


def after(session: Session, question: Question, key: int | None, count: int) -> Window:
    """The postings after the one with `key`; the first ones when None. Raises NotAllowed."""
    found = _page(session, question, key, count, down=True)
    return Window(found, key is None, len(found) < count)


def before(session: Session, question: Question, key: int | None, count: int) -> Window:
    """The postings before the one with `key`; the last ones when None. Raises NotAllowed."""
    found = _page(session, question, key, count, down=False)
    return Window(found[::-1], len(found) < count, key is None)


def around(session: Session, question: Question, key: int, count: int) -> Window:
    """A window about the posting with `key`. Raises NotAllowed."""
    earlier = _page(session, question, key, count // 2, down=False)
    later = _page(session, question, key - 1, count - len(earlier), down=True)
    return Window(earlier[::-1] + later, len(earlier) < count // 2, len(later) < count - len(earlier))


def _page(
    session: Session, question: Question, key: int | None, count: int, *, down: bool
) -> list[PostingRow]:
    permission.require(session, "people")
    query = (
        Posting.select(
            Posting,
            Staff.number,
            Staff.name,
            Area.name.alias("area_name"),
            Department.name.alias("department_name"),
            PostingDay.attendance.alias("was"),
        )
        .join(Staff)
        .switch(Posting)
        .join(Area)
        .switch(Posting)
        .join(Department, JOIN.LEFT_OUTER)
        .switch(Posting)
        .join(
            PostingDay,
            JOIN.LEFT_OUTER,
            on=(PostingDay.posting == Posting.id) & (PostingDay.day == question.day),
        )
        .where(on_day(Posting, question.day))
    )
    if question.area_id is not None:
        query = query.where(Posting.area == question.area_id)
    if question.department_id is not None:
        own = question.department_id
        query = query.where(Posting.department == own if own else Posting.department.is_null())
    if key is not None:
        query = query.where(Posting.id > key if down else Posting.id < key)
    query = query.order_by(Posting.id if down else Posting.id.desc()).limit(count)
    return [_row(row) for row in query.objects()]


def _row(row: Any) -> PostingRow:
    return PostingRow(
        row.id,
        row.staff_id,
        row.number,
        row.name,
        row.area_id,
        row.area_name,
        row.department_name or "",
        row.line,
        days(row.valid_from, row.valid_to),
        Attendance(row.was) if row.was else None,
    )


# -- attendance --------------------------------------------------------------------------------------------------


def mark(
    session: Session, posting_ids: Sequence[int], day: date, attendance: Attendance, note: str, act_id: str
) -> str:
    """Mark how people were there on a day; at most 500, of areas in scope. Raises NotAllowed, Refused."""
    if not posting_ids or len(posting_ids) > AT_MOST:
        raise Refused(f"请选要记考勤的人，一次最多 {AT_MOST} 人。")
    if day > session.day:
        raise Refused("那一天还没到，不能记考勤。", "day")
    note = clean(note, 60)
    try:
        with acts.act(session, act_id, "posting.mark") as acting:
            rows = list(Posting.select(Posting, Area).join(Area).where(Posting.id.in_(list(posting_ids))))
            for area in {row.area_id: row.area for row in rows}.values():
                if not permission.covers(session, "mark_attendance", area.id):
                    raise NotAllowed(f"{area.name}的考勤不在您的职责范围内。")
            acting.about("posting", rows[0].id, f"{len(rows)}人", rows[0].area.subdistrict_id)
            PostingDay.delete().where(
                PostingDay.posting.in_([row.id for row in rows]), PostingDay.day == day
            ).execute()
            PostingDay.insert_many(
                [{"posting": row.id, "day": day, "attendance": attendance, "note": note} for row in rows]
            ).execute()
            after = {"postings": [row.id for row in rows], "attendance": attendance.value, "note": note}
            acting.changed(f"{day:%Y-%m-%d}考勤", None, after)
    except AlreadyDone:
        pass
    return f"已记{len(posting_ids)}人{day_said(day)}{attendance.label}。"


def mark_the_rest(session: Session, area_id: int, day: date, act_id: str) -> str:
    """其余到岗: whoever is posted to an area on a day and not yet marked was there. Raises NotAllowed, Refused."""
    marked = PostingDay.select(PostingDay.posting).where(PostingDay.day == day)
    rows: Any = (
        Posting.select(Posting.id)
        .where(Posting.area == area_id, on_day(Posting, day), Posting.id.not_in(marked))
        .order_by(Posting.id)
        .limit(AT_MOST)
        .tuples()
    )
    ids = [posting_id for (posting_id,) in rows]
    if not ids:
        raise Refused("这一天的考勤都记好了。")
    return mark(session, ids, day, Attendance.PRESENT, "", act_id)


@dataclass(frozen=True)
class Rate:
    """到岗率 of a posting or an area: days marked 到岗 or 公出 out of all days marked."""

    there: int
    marked: int

    @property
    def says(self) -> str:
        """With its formula."""
        if not self.marked:
            return "没有考勤记录"
        return f"到岗率{self.there * 100 // self.marked}%（到岗、公出{self.there}天，记录{self.marked}天）"


def rate(session: Session, day: date, *, area_id: int | None = None, staff_id: int | None = None) -> Rate:
    """How somebody, or an area's people, were there in the thirty days up to a day. Raises NotAllowed."""
    permission.require(session, "people")
    whose = Posting.area == area_id if area_id is not None else Posting.staff == staff_id
    rows: Any = (
        PostingDay.select(PostingDay.attendance, fn.COUNT(PostingDay.id))
        .join(Posting)
        .where(
            whose,
            Posting.valid_to.is_null() | (Posting.valid_to > day - timedelta(days=LOOKED_BACK)),
            PostingDay.day > day - timedelta(days=LOOKED_BACK),
            PostingDay.day <= day,
        )
        .group_by(PostingDay.attendance)
        .tuples()
    )
    counts = {Attendance(word): many for word, many in rows}
    there = sum(counts.get(word, 0) for word in (Attendance.PRESENT, Attendance.TRIP))
    return Rate(there, sum(counts.values()))


# -- posting and recalling ---------------------------------------------------------------------------------------


def post(
    session: Session,
    staff_id: int,
    area_id: int,
    line: str,
    since: date,
    act_id: str,
    until: date | None = None,
) -> str:
    """Somebody is posted to an area from a day on, by the own department. Raises NotAllowed, Refused."""
    person = Staff.get_or_none(Staff.id == staff_id, in_service(since))
    area = Area.get_or_none(Area.id == area_id, on_day(Area, since))
    if person is None:
        raise Refused("请选在岗的人，可打拼音首字母或工号。", "staff")
    if area is None:
        raise Refused("请选一个那一天还在的片区。", "area")
    keeping.in_order(since, until)
    line = clean(line, 30)
    try:
        with acts.act(session, act_id, "posting.post") as acting:
            keeping.require(session, "keep_people", area.subdistrict_id)
            acting.about("staff", person.id, f"{person.number} {person.name}", area.subdistrict_id)
            there = Posting.select().where(
                Posting.staff == person.id, Posting.area == area.id, on_day(Posting, since)
            )
            if there.exists():
                raise Refused(f"{person.name}那一天已在{area.name}。", "area")
            Posting.create(
                staff=person,
                area=area,
                department=person.department_id,
                line=line,
                valid_from=since,
                valid_to=until,
            )
            acting.changed(
                person.number,
                None,
                {"area": area.name, "line": line, "since": str(since), "until": str(until or "")},
            )
    except AlreadyDone:
        pass
    return f"{person.name}{days(since, until)}下沉{area.name}。"


def recall(session: Session, posting_id: int, last_day: date, act_id: str) -> str:
    """A posting ends after a last day. Raises NotAllowed, Refused (`last_day`)."""
    posting = Posting.get_or_none(Posting.id == posting_id)
    if posting is None:
        raise Refused("这条下沉记录已有变动，请返回重看。")
    if last_day < posting.valid_from:
        raise Refused(f"{posting.valid_from:%Y-%m-%d}才开始，最后一天不能更早。", "last_day")
    person, area = posting.staff, posting.area
    try:
        with acts.act(session, act_id, "posting.recall") as acting:
            keeping.require(session, "keep_people", area.subdistrict_id)
            acting.about("staff", person.id, f"{person.number} {person.name}", area.subdistrict_id)
            before = str(posting.valid_to or "")
            end(posting, last_day)
            acting.changed(f"{person.number} {area.name}", {"until": before}, {"until": str(last_day)})
    except AlreadyDone:
        pass
    return f"{person.name}在{area.name}下沉到{day_said(last_day)}止。"
