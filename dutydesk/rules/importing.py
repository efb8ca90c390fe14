"""导入清单: a list of a source becomes cases, twice the same nothing twice, a newer one only what it knows anew.

A row is known by its 来源编号 (else by the digest of what it says), so an interrupted import is gone on with by
running it again. Good rows are written 500 to an act; the others come back as a file with the reason.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from dutydesk.models import ImportedRow, ImportSource, Issue, Reporter
from dutydesk.models.bulk import insert_all
from dutydesk.rules import acts, intake, office, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.before import Before
from dutydesk.rules.errors import Refused
from dutydesk.rules.exporting import Column, Sheet, mark_of
from dutydesk.rules.import_rows import (
    FIELDS,
    IGNORED,
    LABELS,
    NOTHING,
    Places,
    Read,
    find_heads,
    mapping_of,
    read_row,
)
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.steps import Step, fresh, moved_on, record, record_first, take
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.vocabulary import Phase, Source, State

AT_A_TIME = 500
_HEAVY = (
    10  # a row with an answer, or of a known case, takes as long as so many: no act keeps other desks waiting
)
_TOLD_EACH = 5000  # rows between two lines of progress while a list is read
WHY = "为何未导入"
Say = Callable[[str], None]
Rows = Sequence[tuple[int, Sequence[str]]]
_OPEN_WORK = frozenset({State.OPENED, State.ASSIGNED, State.HANDLING})


@dataclass
class Report:
    """What a list would do, or has done: how many rows are new, changed, the same, and which are refused."""

    heads: tuple[str, ...] = ()
    mapping: dict[int, str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: list[Read] = field(default_factory=list)

    @property
    def unknown(self) -> list[str]:
        """The headers that mean nothing to the desk yet."""
        meant = self.mapping.keys() | self.left_out
        return [head for place, head in enumerate(self.heads) if head not in ("", WHY) and place not in meant]

    @property
    def says(self) -> str:
        """The numbers in a line."""
        return f"新增{self.new}件，有变化{self.changed}件，没有变化{self.same}件，有错{len(self.refused)}行"


@dataclass
class Plan:
    """A list laid open: which source, what its columns mean, which rows can be taken."""

    source: ImportSource
    report: Report
    good: list[Read]
    asked: bool = False  # what was asked about its columns is new, and to be remembered


def source_named(name: str, kind: Source = Source.HOTLINE) -> ImportSource:
    """What is remembered of a source, or a new one, unsaved."""
    found = ImportSource.get_or_none(ImportSource.name == name)
    return found or ImportSource(
        name=name, source=kind, mapping="{}", defaults="{}", changed_at=datetime.now(UTC)
    )


def look(
    session: Session,
    source: ImportSource,
    rows: Rows,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    say: Say = lambda _line: None,
) -> Plan:
    """Read a list and say what it would do; writes nothing. `say` hears how far it is with a long one.

    `mapping` (header → field, `-` to leave a column out) and `defaults` (unit, category: ids) come on top of what is
    remembered for the source. Raises Refused where the list has no column that says what the problem is.
    """
    permission.require(session, "import")
    was = source.mapping, source.defaults
    report, top = _headed(source, rows, mapping or {}, defaults or {})
    places, given = Places.read(session), json.loads(source.defaults)
    below = rows[top + 1 :]
    read = []
    for count, (number, cells) in enumerate(below, 1):
        read.append(read_row(number, cells, report.mapping, places, given))
        if count % _TOLD_EACH == 0:
            say(f"已核对 {count}/{len(below)}")
    known = _known(source, [row.key for row in read])
    good: list[Read] = []
    seen: dict[str, int] = {}
    for row in read:
        if row.key in seen:
            row.wrong["source_number"] = f"与第{seen[row.key]}行是同一件，只导入前一行"
        seen.setdefault(row.key, row.number)
        if row.wrong:
            report.refused.append(row)
        elif row.key not in known:
            report.new += 1
            row.heavy = bool(row.said.get("answer"))
            good.append(row)
        elif known[row.key].content != row.content:
            report.changed += 1
            row.heavy = True
            good.append(row)
        else:
            report.same += 1
    return Plan(source, report, good, (source.mapping, source.defaults) != was)


def _headed(
    source: ImportSource, rows: Rows, mapping: Mapping[str, str], defaults: Mapping[str, str]
) -> tuple[Report, int]:
    """What the columns mean, which goes into the source as well, and the place of the row of headers."""
    if not rows:
        raise Refused("文件里没有内容，请核对。")
    if strange := next((name for name in mapping.values() if name != IGNORED and name not in FIELDS), ""):
        raise Refused(
            f"没有字段“{strange}”。可用：{'、'.join(f'{key}（{LABELS[key]}）' for key in FIELDS)}。"
        )
    source.mapping = json.dumps(json.loads(source.mapping) | dict(mapping), ensure_ascii=False)
    source.defaults = json.dumps(json.loads(source.defaults) | dict(defaults), ensure_ascii=False)
    top = find_heads(rows)
    heads = tuple(rows[top][1])
    remembered = json.loads(source.mapping)
    left_out = frozenset(place for place, head in enumerate(heads) if remembered.get(head) == IGNORED)
    report = Report(heads, mapping_of(heads, remembered), left_out)
    if not {"summary", "detail"} & set(report.mapping.values()):
        raise Refused(
            f"没有认出写问题的列。表头是：{'、'.join(h for h in heads if h)}。请用 --map 列名=summary 指明。"
        )
    return report, top


def _known(source: ImportSource, keys: list[str]) -> dict[str, ImportedRow]:
    if source.id is None:
        return {}
    found: dict[str, ImportedRow] = {}
    for first in range(0, len(keys), AT_A_TIME):
        some = keys[first : first + AT_A_TIME]
        for row in ImportedRow.select().where(ImportedRow.source == source.id, ImportedRow.key.in_(some)):
            found[row.key] = row
    return found


def run(session: Session, plan: Plan, say: Say = lambda _line: None) -> int:
    """Write the good rows, 500 to an act; answers how many. Each act stands when the next is interrupted."""
    permission.require(session, "import")
    began, done, total = monotonic(), 0, len(plan.good)
    desk = intake.Desk(session, "import")
    for batch in _batches(plan):
        with acts.act(session, str(uuid.uuid4()), "issue.import") as acting:
            plan.source.changed_at = acting.at
            plan.source.save(force_insert=plan.source.id is None)
            acting.about("import", plan.source.id, plan.source.name, session.subdistrict_id)
            _write(desk, acting, plan.source, batch)
        done += len(batch)
        left = (monotonic() - began) / max(done, 1) * (total - done)
        say(f"已导入 {done}/{total}" + (f"，约还要{left:.0f}秒" if done < total else ""))
    return done


def _batches(plan: Plan) -> Iterator[list[Read]]:
    """The good rows by acts; an empty one where there is nothing but the meaning of the columns to remember."""
    batch: list[Read] = []
    weight = 0
    for row in plan.good:
        batch.append(row)
        weight += _HEAVY if row.heavy else 1
        if weight >= AT_A_TIME:
            yield batch
            batch, weight = [], 0
    if batch or (plan.asked and not plan.good):
        yield batch


def _write(desk: intake.Desk, acting: Acting, source: ImportSource, batch: Sequence[Read]) -> None:
    """Write a batch: the new ones together, then what is news of those that are known by now."""
    known = _known(source, [row.key for row in batch])
    new = [row for row in batch if row.key not in known]
    if new:
        _register(desk, acting, source, new)
    for row in batch:
        before = known.get(row.key)
        if before is not None and before.content != row.content:
            _update(desk.session, acting, fresh(before.issue_id), json.loads(before.content), row)
            before.content = row.content
            before.save()


def _register(desk: intake.Desk, acting: Acting, source: ImportSource, rows: Sequence[Read]) -> None:
    session, entries = desk.session, [_fields(source, row) for row in rows]
    issues = intake.enter_many(desk, acting, entries)
    steps = [
        Step(session, acting, issue, BY_ACT["open"], fields, happened=row.means.get("reported_at"))
        for issue, fields, row in zip(issues, entries, rows, strict=True)
    ]
    record_first(steps, "register")
    insert_all(
        ImportedRow,
        [
            {"source": source.id, "key": row.key, "issue": issue.id, "content": row.content}
            for issue, row in zip(issues, rows, strict=True)
        ],
    )
    for step, row in zip(steps, rows, strict=True):
        acting.changed(step.issue.number, None, intake.entered(step.issue, step.fields))
        if row.said.get("answer"):
            take(Step(session, acting, step.issue, BY_ACT["open"], {}, happened=row.means.get("reported_at")))
            _answer(session, acting, step.issue, row)


def _fields(source: ImportSource, row: Read) -> dict[str, Any]:
    """A row as the form of intake would have it."""
    return {
        "unit": row.means["unit"],
        "category": row.means["category"],
        "urgency": row.means["urgency"],
        "summary": row.texts["summary"],
        "detail": row.texts["detail"],
        "spot": row.texts["spot"],
        "source": source.source,
        "source_number": row.said.get("source_number", ""),
        "source_due": row.means.get("source_due"),
        "found_at": row.means.get("reported_at"),
        "reporter_name": row.said.get("reporter_name", ""),
        "reporter_phone": row.said.get("reporter_phone", ""),
    }


def _answer(session: Session, acting: Acting, issue: Issue, row: Read) -> None:
    """What the source says was done: a step of its day. The check on site is still ours, so it waits for that."""
    step = Step(session, acting, issue, BY_ACT["note"], {}, happened=row.means["answered_at"])
    before, frm, said = Before(issue), issue.state, row.said["answer"]
    if issue.state in _OPEN_WORK:
        issue.outcome, issue.state = said, State.REVIEW
    moved_on(step)
    record(step, f"来源清单上的答复：{said}", "source_answer", frm)
    before.keep(acting, issue)
    before.tell(acting, issue, {"text": said})


def _update(session: Session, acting: Acting, issue: Issue, was: Mapping[str, str], row: Read) -> None:
    """Only what the newer list says otherwise than the one before; what staff wrote meanwhile stays."""
    news = {name for name, mark in row.marks.items() if mark != was.get(name, NOTHING) and mark != NOTHING}
    step = Step(session, acting, issue, BY_ACT["note"], {})
    before, told = Before(issue), []
    for name in [name for name in row.texts if name in news]:
        text, label = row.texts[name], LABELS[name]
        if mark_of(getattr(issue, name)) == was.get(name, NOTHING):
            setattr(issue, name, text)
            told.append(f"{label}改为：{text}")
        else:
            told.append(f"来源的{label}改为：{text}（本单位已更正过，未覆盖）")
    if news & {"reporter_name", "reporter_phone"}:
        told.append(_raised_by(issue, row))
    due = row.means.get("source_due")
    if "source_due" in news and due and due != issue.source_due_at:
        issue.source_due_at = due
        told.append(f"来源时限改为{moment(due)}")
        if issue.opened_at and issue.is_open:
            office.set_deadline(issue, Phase.COMPLETION, acting.at, due, f"来源清单上的时限 {moment(due)}")
    if told:
        moved_on(step)
        record(step, "来源清单更新。" + "；".join(told), "source_update", issue.state)
        before.keep(acting, issue)
        before.tell(acting, issue, {"told": told})
    if "answer" in news:
        if issue.state is State.REPORTED:
            take(Step(session, acting, issue, BY_ACT["open"], {}))
        _answer(session, acting, issue, row)


def _raised_by(issue: Issue, row: Read) -> str:
    """Who raised it, as the newer list says; the story tells that it changed, not to what."""
    who = Reporter.get_or_none(Reporter.issue == issue.id)
    new = who is None
    who = who or Reporter(issue=issue.id)
    who.name = row.said.get("reporter_name") or who.name
    who.phone = row.said.get("reporter_phone") or who.phone
    who.save(force_insert=new)
    return "反映人的联系方式有更新"


def refused_sheet(report: Report, title: str = "未导入") -> Sheet:
    """The rows that were refused, in the shape in which they came, with a column that says why."""
    columns = (*(Column(head, 16) for head in report.heads), Column(WHY, 60))
    wide = len(report.heads)

    def rows() -> Iterator[tuple[str, ...]]:
        for row in report.refused:
            cells = [*row.cells, *([""] * wide)][:wide]
            yield (*cells, row.why)

    return Sheet(title, columns, rows(), len(report.refused))
