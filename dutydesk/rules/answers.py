"""What goes back to the source of a case (12345 …): the answer as text to paste, and all answers as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from peewee import fn

from dutydesk.models import Area, ImportedRow, Issue, IssueStep, Unit
from dutydesk.models.issue_lists import in_no_other
from dutydesk.rules import permission
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import start_of
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Source, State


class Told(NamedTuple):
    """What an answer is made from. Of a merged case the outcome and feedback are those of its main case."""

    number: str
    source_number: str
    state: State
    place: str
    summary: str
    holder: str
    outcome: str
    feedback: str
    satisfied: bool | None
    closed_at: datetime | None
    due_at: datetime | None


_PENDING = {
    State.PAUSED: "因客观原因暂缓办理，恢复后将继续处置。",
    State.POOLED: "目前暂不具备解决条件，已列入挂账，将定期再议。",
}


def answer(told: Told) -> str:
    """The answer to one case as text to paste: what it is about, what was done, what the person said."""
    number = f"（来源编号{told.source_number}）" if told.source_number else ""
    about = f"关于{told.place}“{mask_phones_in(told.summary)}”的反映{number}"
    if told.state is State.VOID:
        return f"{about}，经核不予立案。{mask_phones_in(told.outcome)}".strip()
    if not told.outcome:
        said = _PENDING.get(told.state, "")
        if not said and told.due_at:
            said = f"预计{told.due_at.astimezone(CHINA):%Y年%m月%d日}前办结。"
        by = f"已交{told.holder}" if told.holder else "已受理，正在"
        return f"{about}，{by}办理。{said}"
    parts = [f"{about}，{told.holder or '片区'}已办理。办理情况：{_sentence(told.outcome)}"]
    if told.feedback:
        parts.append(f"反馈情况：{_sentence(told.feedback)}")
    if told.closed_at:
        parts.append(f"办结时间：{told.closed_at.astimezone(CHINA):%Y年%m月%d日}。")
    return "".join(parts)


def _sentence(text: str) -> str:
    said = mask_phones_in(text).strip()
    return said if said.endswith(("。", "！", "？", ".")) else f"{said}。"


# The parts of an answer as they stand in a row, with what the desk's own sheet calls them.
FIELDS: dict[str, str] = {
    "source_number": "来源编号", "number": "编号", "summary": "问题", "holder": "承办", "outcome": "办理情况",
    "solved": "是否解决", "told_at": "反馈时间", "told": "反馈情况", "satisfied": "是否满意", "closed_at": "办结时间",
    "answer": "答复",
}  # fmt: skip
HEADS = tuple(FIELDS.values())
_SOLVED = {State.CLOSED: "已解决", State.FEEDBACK: "已解决", State.VOID: "不予立案"}
_ANSWERED = (State.FEEDBACK, State.CLOSED, State.VOID, State.MERGED)
_AT_A_TIME = 500


def source_named(name: str) -> Source:
    """A source by its value or its label, or a part of the label (`12345`). Raises Refused where there is none."""
    for source in Source:
        if name and (name == source.value or name in source.label):
            return source
    raise Refused(f"没有来源“{name}”。可用：{'、'.join(each.label for each in Source)}。", "source")


def answers(
    session: Session, source: Source, since: date, list_id: int | None = None
) -> Iterator[tuple[str | datetime | None, ...]]:
    """A row for each case of a source that can be answered and changed since a day, in order of the numbers.

    What came in by another list than `list_id` is not this one's to answer; nor is an old case (旧案入档), which alone
    is closed at no level. Raises NotAllowed, with the first row asked for, unless the session may export.
    """
    permission.require(session, "export")
    filed = (Issue.state == State.CLOSED) & Issue.level.is_null()
    ours: Any = ~filed
    if list_id is not None:
        others = ImportedRow.select(ImportedRow.issue).where(
            ImportedRow.issue == Issue.id, ImportedRow.source != list_id
        )
        ours = ours & ~fn.EXISTS(others)
    changed = _changed(session, since)
    for start in range(0, len(changed), _AT_A_TIME):
        query = permission.narrow_beside(
            Issue.select(Issue, Unit.name.alias("unit_name"))
            .join(Unit)
            .where(Issue.id.in_(changed[start : start + _AT_A_TIME]))
            .where(Issue.source == source, in_no_other(*_ANSWERED), ours),
            session,
        )
        if rows := list(query.order_by(Issue.id).objects()):
            yield from _rows(rows)


def _changed(session: Session, since: date) -> list[int]:
    """Numbers of the cases that changed since a day, where the session may look at all.

    Area by area, on the index of its changes alone: nothing else is read, however many cases there are.
    """
    every: Any = Area.select(Area.id, Area.subdistrict).tuples()
    keys = [{"district": 0, "town": town, "area": area} for area, town in every]
    parts = permission.reaches(session)
    beside = any(
        part.kind not in ("district", "town", "area") for part in parts
    )  # what lies in one's own hands may lie anywhere
    areas = [key["area"] for key in keys if beside or any(key[part.kind] == part.key for part in parts)]
    found: list[int] = []
    for area in areas:
        here: Any = Issue.select(Issue.id).where(Issue.area == area, Issue.changed_at >= start_of(since))
        found += [issue_id for (issue_id,) in here.tuples()]
    return sorted(found)


def _rows(rows: list[Any]) -> Iterator[tuple[str | datetime | None, ...]]:
    mains = {row.id: row for row in Issue.select().where(Issue.id.in_([row.merged_into_id for row in rows]))}
    ids = [row.id for row in rows] + list(mains)
    steps: Any = IssueStep.select(IssueStep.issue, IssueStep.name, IssueStep.occurred_at, IssueStep.text)
    steps = steps.where(IssueStep.issue.in_(ids), IssueStep.name.in_(("feedback", "reject")))
    last = {(issue, name): (at, text) for issue, name, at, text in steps.order_by(IssueStep.id).tuples()}
    for row in rows:
        main = mains.get(row.merged_into_id, row)
        told = _told(row, main, last.get((main.id, "reject"), (None, ""))[1])
        if told.outcome:
            at = last.get((row.id, "feedback"), last.get((main.id, "feedback"), (main.closed_at, "")))[0]
            yield _cells(told, at)


def _told(row: Any, main: Any, rejected: str) -> Told:
    outcome = main.outcome or (rejected if main.state is State.VOID else "")
    if row is not main and outcome:
        outcome = f"与{main.number}并案办理。{outcome}"
    return Told(
        *(row.number, row.source_number, main.state, row.unit_name, row.summary, main.assignee_name, outcome),
        *(row.feedback_text or main.feedback_text, main.satisfied, main.closed_at, main.due_at),
    )


def _cells(told: Told, at: datetime | None) -> tuple[str | datetime | None, ...]:
    solved = _SOLVED.get(told.state, "办理中")
    return (
        *(told.source_number, told.number, mask_phones_in(told.summary), told.holder),
        *(mask_phones_in(told.outcome), solved, _local(at), mask_phones_in(told.feedback)),
        "" if told.satisfied is None else "满意" if told.satisfied else "不满意",
        *(_local(told.closed_at), answer(told)),
    )


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(CHINA).replace(tzinfo=None, second=0, microsecond=0) if moment else None


def answer_of(session: Session, issue_id: int) -> str:
    """The answer to one case as text to paste. Raises NotAllowed outside the session's scope."""
    permission.require(session, "read", issue_id)
    query = Issue.select(Issue, Unit.name.alias("unit_name")).join(Unit).where(Issue.id == issue_id)
    row: Any = query.objects().get()
    main = Issue.get_by_id(row.merged_into_id) if row.merged_into_id else row
    step = (
        IssueStep.select()
        .where(IssueStep.issue == main.id, IssueStep.name == "reject")
        .order_by(IssueStep.id.desc())
        .first()
    )
    return answer(_told(row, main, step.text if step else ""))
