"""What leaves the desk: the ledger as records or as a sheet that can be edited and read back, the staff.

Personal data of residents is masked. Whatever the size, a stretch of rows at a time is held.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from peewee import fn

from dutydesk.models import Area, Category, Issue, IssueStep, Reporter, Staff, Subdistrict, Unit
from dutydesk.rules import permission
from dutydesk.rules.answers import Told, answer
from dutydesk.rules.errors import Refused
from dutydesk.rules.listing import listing
from dutydesk.rules.organisation import in_service, today
from dutydesk.rules.questions import Question
from dutydesk.rules.signing_on import grants_of
from dutydesk.rules.views import VIEWS
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Grant, Session
from dutydesk.text import mask_name, mask_phone, mask_phones_in
from dutydesk.vocabulary import RUNNING, Role, Source, Urgency

_AT_A_TIME = 1000


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def whole_district(came_from: str) -> Session:
    """The session of the line of command where nobody is named: it reads the whole district."""
    grant = Grant(Role.DISTRICT_COORDINATOR)
    return Session(None, "", "命令行", (grant,), today(), came_from)  # type: ignore[arg-type]


def view_named(name: str) -> Question:
    """The question that asks for a view, by its key or by its name. Raises Refused where there is none."""
    for view in VIEWS.values():
        if name in (view.key, view.name):
            return Question(view.key)
    raise Refused(f"没有清单“{name}”。可用：{'、'.join(view.name for view in VIEWS.values())}。", "view")


def words_of(session: Session, question: Question) -> str:
    """What is exported, as a file's name and the audit say it: `待核查`, `全部·康健新村·搜“漏水”`."""
    from dutydesk.rules import filters

    view = VIEWS.get(question.view, VIEWS["open"])
    parts = [view.name, filters.words_of(session, question.filters) if question.filters else ""]
    return "·".join(filter(None, [*parts, f"搜“{question.words}”" if question.words else ""]))


def offered(session: Session, question: Question) -> str:
    """The same, for who may export it. Raises NotAllowed."""
    permission.require(session, "export")
    return words_of(session, question)


def stretches(
    session: Session | None, question: Question | None, columns: Sequence[Any]
) -> Iterator[list[Any]]:
    """Cases in order of their number, as tuples of columns, the id first; a stretch at a time."""
    if session and question and question.words:
        yield from _searched(session, question, columns)
        return
    belongs: Any = None
    if session:
        permission.require(session, "export")
        belongs = listing(session, question or Question("all")).belongs()
    last = 0
    while True:
        query: Any = Issue.select(*columns).where(Issue.id > last).order_by(Issue.id).limit(_AT_A_TIME)
        rows = list((query if belongs is None else query.where(belongs)).tuples())
        if rows:
            yield rows
            last = rows[-1][0]
        if len(rows) < _AT_A_TIME:
            return


def _searched(session: Session, question: Question, columns: Sequence[Any]) -> Iterator[list[Any]]:
    """What a search finds, the newest first."""
    from dutydesk.rules import search

    permission.require(session, "export")
    belongs: Any = listing(session, question).belongs()
    open_only = not VIEWS.get(question.view, VIEWS["open"]).ended
    edge: int | None = None
    while True:
        ids = search.page(
            session, question.words, open_only=open_only, edge=edge, forward=True, count=_AT_A_TIME
        )
        if ids:
            query: Any = Issue.select(*columns).where(Issue.id.in_(ids), belongs).order_by(Issue.id.desc())
            yield list(query.tuples())
            edge = min(ids)
        if len(ids) < _AT_A_TIME:
            return


_RECORD = (
    *(Issue.id, Issue.year, Issue.serial, Issue.state, Issue.category, Issue.unit, Issue.summary),
    *(Issue.urgency, Issue.source, Issue.opened_at, Issue.due_at, Issue.closed_at, Issue.level),
    Issue.version,
)


def issues(session: Session | None = None, question: Question | None = None) -> Iterator[dict[str, Any]]:
    """Every case (of a list, in the session's scope, when there is one), a stretch at a time.

    Raises NotAllowed, with the first record asked for, unless the session may export.
    """
    names = Names()
    for rows in stretches(session, question, _RECORD):
        counted: Any = (
            IssueStep.select(IssueStep.issue, fn.COUNT(IssueStep.id))
            .where(IssueStep.issue.in_([row[0] for row in rows]))
            .group_by(IssueStep.issue)
        )
        steps: dict[int, int] = dict(counted.tuples())
        for row in rows:
            key, year, serial, state, category, unit, summary, urgency, source, *times, level, version = row
            opened, due, closed = times
            yield {
                "number": f"{year}-{serial:06d}",
                "state": state.value,
                "category": names.categories[category].code,
                "category_name": names.categories[category].name,
                "unit": names.units[unit].code,
                "unit_name": names.units[unit].name,
                "summary": mask_phones_in(summary),
                "urgency": urgency.value,
                "source": source.value,
                "opened": _iso(opened),
                "due": _iso(due),
                "closed": _iso(closed),
                "level": level.value if level else None,
                "version": version,
                "steps": steps.get(key, 0),
            }


class Names:
    """The small tables, read once."""

    def __init__(self) -> None:
        self.categories: dict[int, Any] = {row.id: row for row in Category.select()}
        self.units: dict[int, Any] = {row.id: row for row in Unit.select()}
        self.areas: dict[int, str] = {row.id: row.name for row in Area.select()}
        self.towns: dict[int, str] = {row.id: row.short_name for row in Subdistrict.select()}


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its head, its width in characters, whether it may be edited, and from what it is chosen."""

    head: str
    width: int
    editable: bool = False
    hidden: bool = False
    choices: tuple[str, ...] = ()


Cell = str | datetime | None


@dataclass(frozen=True)
class Sheet:
    """What a document is made from: rows come as they are read. Moments are in Shanghai, without a zone."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterator[tuple[Cell, ...]]
    total: int = 0
    notes: tuple[str, ...] = field(default=())


NUMBER, VERSION, CHECK, NEW_NOTE = "编号", "版本", "校验", "备注（新增）"
BOTH_FLAGS = "群众反映强烈、居民区难以协调"
FLAG_WORDS = ("群众反映强烈", "居民区难以协调", BOTH_FLAGS, "无")
# The columns that may be edited, in the order of the fingerprint; the note is new whenever something stands there.
EDITABLE = ("具体位置", "类别", "紧急程度", "优先标记", "问题", "详情")
_HOW = (
    "黄底的列可以改：具体位置、类别、紧急程度、优先标记、问题、详情；在“备注（新增）”里写的会记为一条备注。",
    "改好后用 dutydesk import issues 或值班台的导入读回：只改动过的格子起作用，别人先改了的会列出来，不会覆盖。",
    "“编号”“版本”“校验”三列请勿改动。电话号码已打码，读回时原号码不变。",
)


def columns() -> tuple[Column, ...]:
    """The columns of the ledger's sheet, with today's categories to choose from."""
    categories = tuple(row.name for row in Category.select().where(Category.active).order_by(Category.code))
    return (
        *(Column(NUMBER, 13), Column("状态", 9), Column("街镇", 10), Column("片区", 14), Column("地点", 16)),
        Column("具体位置", 18, editable=True),
        Column("类别", 14, editable=True, choices=categories),
        Column("紧急程度", 9, editable=True, choices=tuple(each.label for each in Urgency)),
        Column("优先标记", 16, editable=True, choices=FLAG_WORDS),
        Column("问题", 40, editable=True),
        Column("详情", 40, editable=True),
        *(Column("归口", 10), Column("来源", 11), Column("来源编号", 18), Column("承办", 18)),
        *(Column("反映人", 8), Column("联系电话", 13), Column("发现时间", 16), Column("立案时间", 16)),
        *(Column("期限", 16), Column("逾期", 6), Column("办结时间", 16), Column("办理结果", 36)),
        *(Column("反馈情况", 36), Column("是否满意", 9), Column("解决层级", 9), Column("答复", 40)),
        Column(NEW_NOTE, 30, editable=True),
        *(Column(VERSION, 6, hidden=True), Column(CHECK, 12, hidden=True)),
    )


def sheet(session: Session, question: Question) -> Sheet:
    """A list as a sheet, in order of the numbers. Raises NotAllowed unless the session may export."""
    permission.require(session, "export")
    title = f"问题清单·{words_of(session, question)}"
    return Sheet(title, columns(), _rows(session, question), count_of(session, question), _HOW)


def count_of(session: Session, question: Question) -> int:
    """How many rows a list has; 0 where it is a search, whose end nobody knows before."""
    if question.words:
        return 0
    return int(Issue.select(Issue.id).where(listing(session, question).belongs()).count())


SHEET: tuple[Any, ...] = (
    *(Issue.id, Issue.year, Issue.serial, Issue.version, Issue.state, Issue.subdistrict, Issue.area),
    *(Issue.unit, Issue.spot, Issue.category, Issue.urgency, Issue.strongly_felt),
    *(Issue.beyond_neighbourhood, Issue.summary, Issue.detail, Issue.force, Issue.source),
    *(Issue.source_number, Issue.assignee_name, Issue.reported_at, Issue.opened_at, Issue.due_at),
    *(Issue.closed_at, Issue.outcome, Issue.feedback_text, Issue.satisfied, Issue.level),
)


class Line(NamedTuple):
    """A case as the sheet reads it; the fields as `SHEET` names them."""

    id: int
    year: int
    serial: int
    version: int
    state: Any
    subdistrict: int
    area: int
    unit: int
    spot: str
    category: int
    urgency: Any
    strongly_felt: bool
    beyond_neighbourhood: bool
    summary: str
    detail: str
    force: Any
    source: Any
    source_number: str
    assignee: str
    reported_at: datetime
    opened_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str
    feedback_text: str
    satisfied: bool | None
    level: Any


def _rows(session: Session, question: Question) -> Iterator[tuple[Cell, ...]]:
    names = Names()
    for rows in stretches(session, question, SHEET):
        who: Any = Reporter.select(Reporter.issue, Reporter.name, Reporter.phone)
        who = who.where(Reporter.issue.in_([row[0] for row in rows]))
        people = {issue: (name, phone) for issue, name, phone in who.tuples()}
        now = datetime.now(UTC)
        for row in rows:
            yield row_of(Line(*row), names, people.get(row[0], ("", "")), now)


def row_of(line: Line, names: Names, person: tuple[str, str], now: datetime) -> tuple[Cell, ...]:
    """A case as a row of the sheet; who raised it is masked."""
    shown = shown_values(line, names.categories[line.category].name)
    late = line.due_at is not None and (line.closed_at or now) > line.due_at
    return (
        *(f"{line.year}-{line.serial:06d}", line.state.label, names.towns[line.subdistrict]),
        *(names.areas[line.area], names.units[line.unit].name),
        *shown,
        *(line.force.label, line.source.label, line.source_number, line.assignee),
        *(mask_name(person[0]), mask_phone(person[1])),
        *(_local(line.reported_at), _local(line.opened_at), _local(line.due_at)),
        "是" if late and (line.state in RUNNING or line.closed_at) else "",
        *(_local(line.closed_at), mask_phones_in(line.outcome), mask_phones_in(line.feedback_text)),
        "" if line.satisfied is None else "满意" if line.satisfied else "不满意",
        *(line.level.label if line.level else "", _answer(line, names), ""),
        *(str(line.version), fingerprint(shown)),
    )


def _answer(line: Line, names: Names) -> str:
    if line.source is not Source.HOTLINE:
        return ""
    return answer(
        Told(
            number=f"{line.year}-{line.serial:06d}",
            source_number=line.source_number,
            state=line.state,
            place=names.units[line.unit].name,
            summary=line.summary,
            holder=line.assignee,
            outcome=line.outcome,
            feedback=line.feedback_text,
            satisfied=line.satisfied,
            closed_at=line.closed_at,
            due_at=line.due_at,
        )
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(CHINA).replace(tzinfo=None, second=0, microsecond=0) if moment else None


def shown_values(issue: Any, category_name: str) -> tuple[str, ...]:
    """What the editable columns show of a case, in the order of EDITABLE."""
    return (
        mask_phones_in(issue.spot),
        category_name,
        issue.urgency.label,
        flag_words(issue.strongly_felt, issue.beyond_neighbourhood),
        mask_phones_in(issue.summary),
        mask_phones_in(issue.detail),
    )


def flag_words(strongly_felt: bool, beyond_neighbourhood: bool) -> str:
    """The flags as the sheet's drop-down says them; empty where there is none."""
    if strongly_felt and beyond_neighbourhood:
        return BOTH_FLAGS
    return FLAG_WORDS[0] if strongly_felt else FLAG_WORDS[1] if beyond_neighbourhood else ""


_BY_PROGRAMS = re.compile(r"^[\s']+|\s+")


def mark_of(text: str) -> str:
    """Six hexadecimal digits of what a cell says; what programs change by themselves counts for nothing.

    Line ends, blanks, and the `'` before what would be a formula.
    """
    return hashlib.blake2s(_BY_PROGRAMS.sub("", text).encode(), digest_size=3).hexdigest()


def fingerprint(shown: Sequence[str]) -> str:
    """What tells later which of a row's editable cells were edited."""
    return "-".join(mark_of(text) for text in shown)


def note_export(session: Session, what: str, form: str, count: int, act_id: str, reason: str = "") -> None:
    """Put on record who took out what, before the file is handed over; one with personal data with its reason."""
    from dutydesk.rules import acts

    with acts.act(session, act_id, "issues.export_personal" if reason else "issues.export") as acting:
        acting.about("export", None, what, session.subdistrict_id)
        acting.changed(what, None, {"format": form, "count": count} | ({"reason": reason} if reason else {}))


def counted(rows: Iterator[Any], say: Callable[[int], None], each: int = 5_000) -> Iterator[Any]:
    """The same rows; tells how many have passed, now and then and at the end."""
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if number % each == 0:
            say(number)
    say(number)


def staff(role: Role | None = None) -> Iterator[dict[str, Any]]:
    """Active staff who hold a role today (this role, when given): number, name, role, scope; one record a role."""
    for person in Staff.select().where(in_service(today())).order_by(Staff.number):
        for grant in grants_of(person.id, today()):
            if role is None or grant.role is role:
                yield {
                    "number": person.number,
                    "name": person.name,
                    "role": grant.role.value,
                    "scope": grant.place,
                }
