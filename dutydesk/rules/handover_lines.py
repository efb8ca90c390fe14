"""The lines of a handover's page, read from what is there: nobody types what the desk knows.

Every section is read on an index and stops at so many lines; what is left out is said. Times are written out, not
counted down: a page says the same at whatever minute it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from peewee import JOIN

from dutydesk.models import Area, Issue, IssueStep, Posting, PostingDay, Shift, Staff
from dutydesk.models import issue_lists as lists
from dutydesk.rules import patrol, promises
from dutydesk.rules.ledger_rows import IssueRow, rows_of
from dutydesk.rules.lifecycle import STEP_NAMES
from dutydesk.rules.on_duty import Watch
from dutydesk.rules.organisation import in_service, on_day, taken_over
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session
from dutydesk.vocabulary import Attendance

MOST = 60  # lines of a section
_LOOKED_AT = 200  # of the newest cases, for those that came in
_A_SHIFT = timedelta(days=2)  # none is longer
_LONG_AGO = datetime(1970, 1, 1, tzinfo=CHINA)
SECTIONS = {
    "free": "留言",
    "due": "下一班内到期",
    "overdue": "已逾期",
    "promised": "答应群众的",
    "flagged": "重点关注",
    "patrol": "巡查未完",
    "came": "新到",
    "done": "本班办了",
    "who": "谁在哪里",
}


@dataclass(frozen=True)
class Line:
    """One line of a page. `when` is a moment in words; a line about a case opens it, one about a promise keeps it."""

    section: str
    text: str
    when: str = ""
    issue_id: int | None = None
    number: str = ""
    promise_id: int | None = None


class Part(NamedTuple):
    """Lines about cases that are still to be read: the section, the sentence of each, and (case, moment)s in order."""

    section: str
    words: str
    rows: Sequence[tuple[int, datetime | None]]


Parts = Iterator["Part | Line"]
_PLAIN = "{place} {summary}（{state}）"


def collect(session: Session, watch: Watch, since: datetime, now: datetime) -> list[Line]:
    """All lines but the free ones, for a duty that is handed over now."""
    own, until = watch.area_id, watch.next_until
    areas = [own, *taken_over(Area, [own], session.day)]
    parts: list[Part | Line] = []
    for section in (
        lambda area: _due(area, now, until),
        lambda area: _overdue(area, now),
        lambda area: _promised(area, until),
        _flagged,
    ):
        parts += [part for area in areas for part in section(area)]
    parts += _patrol(session)
    for area in areas:
        parts += came(area, since, now)
    for area in areas:
        parts += done(area, since, now)
    return told([*parts, *_who(own, session.day, now)])


def told(parts: Sequence[Part | Line]) -> list[Line]:
    """The parts as lines: all their cases are read at once."""
    ids = {issue_id for part in parts if isinstance(part, Part) for issue_id, _ in part.rows[:MOST]}
    known = {row.key: row for row in rows_of(sorted(ids))}
    lines: list[Line] = []
    for part in parts:
        if isinstance(part, Line):
            lines.append(part)
            continue
        lines += [
            _line(part, known[issue_id], moment(at)) for issue_id, at in part.rows[:MOST] if issue_id in known
        ]
        if len(part.rows) > MOST:
            lines.append(Line(part.section, f"只列了{MOST}件，其余见问题清单"))
    return lines


def _line(part: Part, row: IssueRow, when: str) -> Line:
    marks = f"★{'、'.join(row.marks)} " if row.marks and part.section != "flagged" else ""
    text = part.words.format(
        place=row.place,
        summary=marks + row.summary,
        state=row.state.label + (f"·{row.holder}" if row.holder else ""),
        marks="、".join(row.marks),
    )
    return Line(part.section, text, when, row.key, row.number)


def _query(area: int, column: Any, *where: Any) -> Any:
    return Issue.select(Issue.id, column).where(Issue.area == area, *where).limit(MOST + 1)


def _due(area: int, now: datetime, until: datetime) -> Parts:
    query = _query(area, Issue.due_at, lists.RUNNING_NOW, Issue.due_at >= now, Issue.due_at <= until)
    yield Part("due", _PLAIN, list(query.order_by(Issue.due_at, Issue.id).tuples()))


def _overdue(area: int, now: datetime) -> Parts:
    query = _query(area, Issue.due_at, lists.RUNNING_NOW, Issue.due_at >= _LONG_AGO, Issue.due_at < now)
    yield Part("overdue", _PLAIN, list(query.order_by(Issue.due_at.desc(), Issue.id.desc()).tuples()))


def _promised(area: int, until: datetime) -> Parts:
    for owed in promises.open_in(area):
        text = f"{owed.place} 答应反映人：{owed.text}"
        yield Line("promised", text, moment(owed.due_at), owed.issue_id, owed.number, owed.id)
    due = Issue.first_contact_due_at
    to_contact = _query(area, due, lists.TO_CONTACT, due <= until).order_by(due, Issue.id)
    yield Part("promised", "{place} {summary}：还没有先行联系反映人", list(to_contact.tuples()))
    waiting = _query(area, Issue.id, lists.IN_FEEDBACK, Issue.feedback_given == lists.FALSE)
    ids = [(issue_id, None) for issue_id, _ in waiting.order_by(Issue.id).tuples()]
    yield Part("promised", "{place} {summary}：办完了，还没有反馈反映人", ids)


def _flagged(area: int) -> Parts:
    """Flags as the index has them: both columns said in each query."""
    found: list[Any] = []
    for beyond, strongly in ((True, True), (True, False), (False, True)):
        said = {True: lists.TRUE, False: lists.FALSE}
        query = _query(
            area,
            Issue.due_at,
            lists.OPEN,
            Issue.beyond_neighbourhood == said[beyond],
            Issue.strongly_felt == said[strongly],
        )
        found += list(query.order_by(Issue.id.desc()).tuples())
    yield Part("flagged", "{marks}：{place} {summary}（{state}）", found)


def _patrol(session: Session) -> list[Line]:
    left = patrol.left_undone(session)
    return [Line("patrol", each.text + (f"，{each.count}处未查" if each.count else "")) for each in left]


def came(area: int, since: datetime, until: datetime, words: str = _PLAIN) -> Parts:
    """What came in during a time: among the newest 200 cases of the area."""
    rows: Any = Issue.select(Issue.id, Issue.reported_at).where(Issue.area == area)
    newest = list(rows.order_by(Issue.id.desc()).limit(_LOOKED_AT).tuples())
    yield Part("came", words, [(key, at) for key, at in newest if since < at <= until])


def done(area: int, since: datetime, until: datetime) -> Parts:
    """What was done during a time: each case with its steps and who took them, the last one first."""
    at = Issue.changed_at
    changed = _query(area, at, at > since).order_by(at.desc(), Issue.id.desc()).limit(_LOOKED_AT)
    ids = [issue_id for issue_id, _ in changed.tuples()]
    steps: dict[int, list[Any]] = {}
    for _, issue_id, name, who, when in _steps_that_stand(ids, since, until) if ids else ():
        steps.setdefault(issue_id, []).append((name, who, when))
    for issue_id in (each for each in ids if each in steps):
        acts = _acts(steps[issue_id]).replace("{", "｛").replace("}", "｝")
        yield Part("done", f"{{place}} {{summary}}：{acts}", [(issue_id, steps[issue_id][-1][2])])


def _steps_that_stand(ids: list[int], since: datetime, until: datetime) -> list[Any]:
    """The steps of cases during a time, in order, but for coming in, which is told already.

    What was taken back was not done: an undone act is left out, and its undoing with it. The undoing of what an
    earlier shift did is told.
    """
    step = IssueStep
    query: Any = step.select(
        step.id, step.issue, step.name, step.staff_name, step.recorded_at, step.act, step.details
    ).where(step.issue.in_(ids), step.recorded_at > since, step.recorded_at <= until, step.name != "register")
    rows = sorted(query.tuples())
    told = ((row[5], json.loads(row[6]).get("undone")) for row in rows if row[2] == "undo")
    taken_back = {undoing: act for undoing, act in told if act}
    both_here = {(row[1], row[5]) for row in rows if row[5] in taken_back.values()}
    return [
        row[:5]
        for row in rows
        if row[5] not in taken_back.values() and (row[1], taken_back.get(row[5])) not in both_here
    ]


def _acts(steps: Sequence[tuple[str, str, datetime]]) -> str:
    """`立案、派单（王芳）；接单（李强）`: the steps in order, those of one person together."""
    said = []
    for who, run in groupby(steps, key=lambda step: step[1]):
        names = dict.fromkeys(STEP_NAMES.get(name, "办理") for name, _, _ in run)
        said.append("、".join(names) + (f"（{who}）" if who else ""))
    return "；".join(said)


def _who(area: int, day: date, now: datetime) -> Iterator[Line]:
    rows = (
        Shift.select(Shift, Staff)
        .join(Staff)
        .where(Shift.area == area, Shift.starts_at > now - _A_SHIFT, Shift.ends_at > now)
        .order_by(Shift.starts_at)
        .limit(3)
    )
    for row in rows:
        word = "在班" if row.starts_at <= now else "接下来"
        yield Line("who", f"{word} {row.name} {row.staff.name}", moment(row.starts_at))
    marked = (PostingDay.posting == Posting.id) & (PostingDay.day == day)
    posted: Any = (
        Posting.select(Posting.line, Staff.name, PostingDay.attendance)
        .join(Staff)
        .switch(Posting)
        .join(PostingDay, JOIN.LEFT_OUTER, on=marked)
        .where(Posting.area == area, on_day(Posting, day), in_service(day))
        .order_by(Posting.line, Posting.id)
        .limit(2 * MOST)
        .tuples()
    )
    for line, people in groupby(posted, key=lambda row: row[0]):
        marks = [(name, mark) for _, name, mark in people]
        here = [name for name, mark in marks if mark in (None, Attendance.PRESENT)]
        gone = [f"{name}（{mark.label}）" for name, mark in marks if mark not in (None, Attendance.PRESENT)]
        more = f"等{len(here)}人" if len(here) > 6 else ""
        said = ["、".join(here[:6]) + more, f"不在：{'、'.join(gone)}" if gone else ""]
        yield Line("who", f"下沉 {line or '未写条线'}：{'；'.join(filter(None, said))}")
