"""导入清单: a list of a source becomes cases, twice the same nothing twice, a newer one only what it knows anew.

A row is known by its 来源编号 (else by the digest of what it says), so an interrupted import is gone on with by
running it again. Good rows are written 500 to an act; the others come back as a file with the reason. However long a
list is, one batch of it is held.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from time import monotonic
from typing import Any, NamedTuple

from dutydesk.models import ImportedRow, ImportSource, Issue
from dutydesk.models.bulk import insert_all
from dutydesk.rules import acts, closing, import_news, intake, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.aside import Aside, Seen
from dutydesk.rules.errors import Refused
from dutydesk.rules.exporting import Column, Sheet
from dutydesk.rules.import_rows import (
    FIELDS,
    IGNORED,
    LABELS,
    LOOKED_FOR_HEADS,
    Places,
    Read,
    find_heads,
    mapping_of,
    read_row,
    same_marks,
)
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.steps import Step, fresh, record_first
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Source, State

AT_A_TIME = 500
_HEAVY = (
    10  # a row with an answer, or of a known case, takes as long as so many: no act keeps other desks waiting
)
_TOLD_EACH = 5000  # rows between two lines of progress while a list is read
_REASONS = 500  # different things wrong that are counted
_ROWS_NAMED = 5  # for each
NOTHING_NEW = "新增0件，有变化0件"
WHY = "为何未导入"
Say = Callable[[str], None]
Rows = Iterable[tuple[int, Sequence[str]]]  # gone through anew each time that they are asked for
_ELSEWHERE = "这件在别的片区，不在您的职责范围内，请由该片区或街镇的人导入"


@dataclass
class Report:
    """What a list would do, or has done: how many rows are new, changed, the same, and which are refused."""

    heads: tuple[str, ...] = ()
    mapping: dict[int, str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    new: int = 0
    changed: int = 0
    same: int = 0
    answered: int = 0  # of the new and the changed
    refused: Aside[Read] = field(default_factory=Aside)
    left: Aside[str] = field(default_factory=Aside)  # what a newer list says and somebody here said otherwise
    wrong: Counter[str] = field(default_factory=Counter)  # rows with something wrong in a field
    reasons: dict[tuple[str, str], list[int]] = field(
        default_factory=dict
    )  # field and words → count, first rows

    @property
    def unknown(self) -> list[str]:
        """The headers that mean nothing to the desk yet."""
        meant = self.mapping.keys() | self.left_out
        return [head for place, head in enumerate(self.heads) if head not in ("", WHY) and place not in meant]

    def refuse(self, row: Read) -> None:
        """Put a row aside that cannot be taken; of each thing that is wrong, how often and where first."""
        self.refused.append(row)
        self.wrong.update(row.wrong.keys())
        for reason in row.wrong.items():
            if reason in self.reasons or len(self.reasons) < _REASONS:
                rows = self.reasons.setdefault(reason, [0])
                rows[0] += 1
                if len(rows) <= _ROWS_NAMED:
                    rows.append(row.number)

    @property
    def says(self) -> str:
        """The numbers in a line."""
        return f"新增{self.new}件，有变化{self.changed}件，没有变化{self.same}件，有错{len(self.refused)}行"


@dataclass
class Plan:
    """A list laid open: which source, what its columns mean, which rows can be taken.

    `old` is the answer to the one question about what the source has answered already: false, the office goes on with
    it from 待核查; true, it is filed as an old case (旧案入档).
    """

    source: ImportSource
    report: Report
    good: Aside[Read]
    old: bool = False
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
    old: bool = False,
) -> Plan:
    """Read a list and say what it would do; writes nothing. `say` hears how far it is with a long one.

    `mapping` (header → field, `-` to leave a column out) and `defaults` (unit, category: ids) come on top of what is
    remembered for the source. Raises Refused where the list has no column that says what the problem is.
    """
    permission.require(session, "import")
    was = source.mapping, source.defaults
    report, top = _headed(source, list(islice(rows, LOOKED_FOR_HEADS)), mapping or {}, defaults or {})
    places, given = Places.read(session), json.loads(source.defaults)
    plan = Plan(source, report, Aside(), old, (source.mapping, source.defaults) != was)
    seen = Seen()
    below = islice(rows, top + 1, None)
    count = 0
    while some := [
        read_row(number, cells, report.mapping, places, given) for number, cells in islice(below, AT_A_TIME)
    ]:
        known = _known(source, some, old)
        for row in some:
            if earlier := seen.earlier(row.key, row.number):
                row.wrong["source_number"] = f"与第{earlier}行是同一件，只导入前一行"
            _sort(plan, row, known.get(row.key), places)
        count += len(some)
        if count % _TOLD_EACH == 0:
            say(f"已核对 {count} 行")
    return plan


def _sort(plan: Plan, row: Read, known: Known | None, places: Places) -> None:
    """Count a row as what it is, and put it aside where it is to be written or handed back."""
    report = plan.report
    if known and not places.reaches(known.area):
        row.wrong["source_number"] = _ELSEWHERE
    if row.wrong:
        report.refuse(row)
        return
    answer = bool(row.said.get("answer"))
    if known is None:
        report.new += 1
    elif not same_marks(known.content, row.content) or (answer and known.waits):
        report.changed += 1
    else:
        report.same += 1
        return
    row.heavy = answer or known is not None
    report.answered += answer
    row.cells = ()
    plan.good.append(row)


def _headed(
    source: ImportSource,
    rows: Sequence[tuple[int, Sequence[str]]],
    mapping: Mapping[str, str],
    defaults: Mapping[str, str],
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


class Known(NamedTuple):
    """A row that is a case already: how its source's list stood, where the case lies.

    `waits`: the source's answer brought it to 待核查 and nobody here has touched it, so it may yet be filed.
    """

    row_id: int
    issue_id: int
    content: str
    area: int
    waits: bool


def _known(source: ImportSource, rows: Sequence[Read], old: bool) -> dict[str, Known]:
    if source.id is None:
        return {}
    keys = [row.key for row in rows]
    query: Any = (
        ImportedRow.select(
            ImportedRow.key, ImportedRow.id, ImportedRow.issue, ImportedRow.content, Issue.area, Issue.state
        )
        .join(Issue)
        .where(ImportedRow.source == source.id, ImportedRow.key.in_(keys))
    )
    found = list(query.tuples())
    review = [issue_id for _, _, issue_id, _, _, state in found if state is State.REVIEW] if old else []
    waiting = closing.untouched(review)
    return {
        key: Known(row_id, issue_id, content, area, issue_id in waiting)
        for key, row_id, issue_id, content, area, _state in found
    }


def run(session: Session, plan: Plan, say: Say = lambda _line: None) -> int:
    """Write the good rows, 500 to an act; answers how many. Each act stands when the next is interrupted."""
    permission.require(session, "import")
    began, done, total = monotonic(), 0, len(plan.good)
    desk = intake.Desk.for_many(session, "import")
    for batch in _batches(plan):
        with acts.act(session, str(uuid.uuid4()), "issue.import") as acting:
            plan.source.changed_at = acting.at
            plan.source.save(force_insert=plan.source.id is None)
            acting.about("import", plan.source.id, plan.source.name, session.subdistrict_id)
            _write(desk, acting, plan, batch)
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


def _write(desk: intake.Desk, acting: Acting, plan: Plan, batch: Sequence[Read]) -> None:
    """Write a batch: the new ones together, then what is news of those that are known by now."""
    known = _known(plan.source, batch, plan.old)
    new = [row for row in batch if row.key not in known]
    if new:
        _register(desk, acting, plan, new)
    for row in batch:
        before = known.get(row.key)
        if before is None:
            continue
        news = import_news.News(desk.session, acting, fresh(before.issue_id), row, plan.source.name, plan.old)
        if not same_marks(before.content, row.content):
            for said in import_news.update(news, json.loads(before.content)):
                plan.report.left.append(f"{news.issue.number}　{mask_phones_in(said)}")
            ImportedRow.update(content=row.content).where(ImportedRow.id == before.row_id).execute()
        elif before.waits:
            import_news.file_old(news)


def _register(desk: intake.Desk, acting: Acting, plan: Plan, rows: Sequence[Read]) -> None:
    source, session = plan.source, desk.session
    entries = [_fields(source, row) for row in rows]
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
            import_news.answered(import_news.News(session, acting, step.issue, row, source.name, plan.old))


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
        "found_at": row.means.get("reported_at") or row.means.get("answered_at"),
        "reporter_name": row.said.get("reporter_name", ""),
        "reporter_phone": row.said.get("reporter_phone", ""),
    }


def refused_sheet(report: Report, title: str = "未导入") -> Sheet:
    """The rows that were refused, in the shape in which they came, with a column that says why."""
    columns = (*(Column(head, 16) for head in report.heads), Column(WHY, 60))
    wide = len(report.heads)

    def rows() -> Iterator[tuple[str, ...]]:
        for row in report.refused:
            cells = [*row.cells, *([""] * wide)][:wide]
            yield (*cells, row.why)

    return Sheet(title, columns, rows(), len(report.refused))
