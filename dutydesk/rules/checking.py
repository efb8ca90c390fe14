"""`dutydesk db check`: the schema, the invariants of the cases, the patrols, and the audit chains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from peewee import JOIN, ModelSelect, fn

from dutydesk.models import (
    Act,
    AuditEntry,
    Counter,
    Deadline,
    Issue,
    IssueStep,
    Patrol,
    PatrolCheck,
    Request,
    TeamSeat,
    Unit,
    UnitArea,
    connection,
    schema,
)
from dutydesk.rules import audit, handover, search
from dutydesk.rules.letters import checking as letters
from dutydesk.rules.meetings import signing as meeting_signing
from dutydesk.vocabulary import ENDED, Mark, Phase, RequestState, State

Progress = Callable[[str], None]
S = State


def _silent(_what: str) -> None:
    return None


def _issues(*conditions: object) -> ModelSelect[Issue]:
    return Issue.select(Issue.id, Issue.year, Issue.serial).where(*conditions)


def _invariants() -> list[tuple[str, ModelSelect[Issue]]]:
    """Each rule that every case must keep: what is wrong, and the query of those that break it."""
    ended = Issue.state.in_(ENDED)
    held = Issue.state.in_((S.ASSIGNED, S.HANDLING))
    filed = IssueStep.select(IssueStep.issue).where(IssueStep.name == "file_old")
    # 旧案入档: solved by others before it came here
    ours = (Issue.state == S.CLOSED) & Issue.id.not_in(filed)
    to_check = ours & (Issue.solved_on_spot == False)  # noqa: E712
    return [
        ("已结却仍算未结", _issues(ended, Issue.is_open == True)),  # noqa: E712
        ("未结却算已结", _issues(~ended, Issue.is_open == False)),  # noqa: E712
        ("已结没有办结时间", _issues(ended, Issue.closed_at.is_null())),
        ("未结却有办结时间", _issues(~ended, Issue.closed_at.is_null(False))),
        ("待处置、处置中没有承办", _issues(held, Issue.assignee_kind.is_null())),
        ("已销项没有记下层级", _issues(ours, Issue.level.is_null())),
        ("已销项没有写明做了什么", _issues(Issue.state == S.CLOSED, Issue.outcome == "")),
        ("已销项没有核查", _issues(to_check, Issue.checked_by.is_null())),
        ("核查人就是处置人", _issues(Issue.checked_by == Issue.handled_by)),
        ("已销项没有反馈", _issues(to_check, Issue.feedback_given == False)),  # noqa: E712
        ("并案没有主案", _issues(Issue.state == S.MERGED, Issue.merged_into.is_null())),
        ("并入自己", _issues(Issue.merged_into == Issue.id)),
        ("缓办没有到期日", _issues(Issue.state == S.PAUSED, Issue.paused_until.is_null())),
        ("挂账没有再看日期", _issues(Issue.state == S.POOLED, Issue.look_again_on.is_null())),
        (
            "缓办、挂账、并案没有记下原来的状态",
            _issues(Issue.state.in_((S.PAUSED, S.POOLED, S.MERGED)), Issue.returns_to.is_null()),
        ),
        (
            "立案后没有立案时间",
            _issues(Issue.state.in_((S.OPENED, S.ASSIGNED, S.HANDLING)), Issue.opened_at.is_null()),
        ),
        ("版本号不对", _issues(Issue.version < 1)),
    ]


def _broken_stories() -> Iterator[str]:
    last = IssueStep.select(fn.MAX(IssueStep.id).alias("last"), IssueStep.issue).group_by(IssueStep.issue)
    final = (
        IssueStep.select(IssueStep.id)
        .join(last, on=(IssueStep.id == last.c.last))
        .join(Issue, on=(Issue.id == IssueStep.issue))
        .where(IssueStep.to_state != Issue.state)
    )
    for row in final.limit(3):
        yield f"经过的最后一步与现状不符：{IssueStep.get_by_id(row.id).issue.number}"
    without = _issues(IssueStep.id.is_null()).join(IssueStep, JOIN.LEFT_OUTER)
    for issue in without.limit(3):
        yield f"没有任何经过：{issue.number}"


def _broken_deadlines() -> Iterator[str]:
    rows = (
        Deadline.select(Deadline.id, Issue.id, Issue.year, Issue.serial)
        .join(Issue)
        .where(
            Deadline.current == True,  # noqa: E712
            Deadline.phase == Phase.COMPLETION,
            Issue.due_at.is_null() | (Issue.due_at != Deadline.due_at),
        )
    )
    for row in rows.limit(3):
        yield f"期限与其依据不符：{row.issue.number}"
    counts = (Deadline.issue == Issue.id) & (Deadline.phase == Phase.COMPLETION) & (Deadline.current == True)  # noqa: E712
    without = _issues(Issue.due_at.is_null(False), Deadline.id.is_null()).join(
        Deadline, JOIN.LEFT_OUTER, on=counts
    )
    for issue in without.limit(3):
        yield f"期限没有依据：{issue.number}"
    twice = (
        Deadline.select(Issue.year, Issue.serial)
        .join(Issue)
        .where(Deadline.current == True)  # noqa: E712
        .group_by(Deadline.issue, Deadline.phase, Issue.year, Issue.serial)
        .having(fn.COUNT(Deadline.id) > 1)
    )
    for row in twice.limit(3):
        yield f"同一期限有两个同时生效：{row.issue.number}"


def _broken_counters() -> Iterator[str]:
    highest_serials: Any = Issue.select(Issue.year, fn.MAX(Issue.serial)).group_by(Issue.year).tuples()
    for year, highest in highest_serials:
        counter = Counter.get_or_none(Counter.name == f"issue:{year}")
        if counter is None or counter.value < highest:
            yield f"{year}年的编号计数器落在已用编号之后"


def _broken_patrols() -> Iterator[str]:
    unmarked = (
        Patrol.select(Patrol.id)
        .join(PatrolCheck)
        .where(
            Patrol.finished_at.is_null(False), Patrol.rest_reason == "", PatrolCheck.mark == Mark.UNCHECKED
        )
        .distinct()
    )
    if unmarked.exists():
        yield "有巡查已完成，却还有未查的点而没有写明原因"
    if PatrolCheck.select().where(PatrolCheck.mark == Mark.ABNORMAL, PatrolCheck.issue.is_null()).exists():
        yield "有异常的巡查点没有登记问题"
    if PatrolCheck.select().where(PatrolCheck.mark == Mark.NOT_APPLICABLE, PatrolCheck.reason == "").exists():
        yield "有不适用的巡查点没有写明原因"


def _broken_requests() -> Iterator[str]:
    rows = Request.select(Request.id).join(Issue).where(
        Request.state == RequestState.PENDING, Issue.is_open == False  # noqa: E712
    )  # fmt: skip
    if rows.exists():
        yield "已结的问题还有待片区长定的申请"


def _broken_tree() -> Iterator[str]:
    other: Any = UnitArea.alias()
    begins_while_held = (other.valid_from >= UnitArea.valid_from) & (
        UnitArea.valid_to.is_null() | (other.valid_from <= UnitArea.valid_to)
    )
    twice = (
        UnitArea.select(UnitArea, Unit)
        .join(Unit)
        .join(other, on=(other.unit == UnitArea.unit) & (other.id != UnitArea.id) & begins_while_held)
    )
    for row in twice.order_by(UnitArea.id).limit(3):
        yield f"同一天属于两个片区：{row.unit.name}"
    without_end = TeamSeat.select().where(TeamSeat.stands_in, TeamSeat.valid_to.is_null())
    if without_end.exists():
        yield "有代理没有到期日"


def _acts_without_audit() -> Iterator[str]:
    silent = Act.select(Act.id).join(AuditEntry, JOIN.LEFT_OUTER, on=(AuditEntry.act == Act.id))
    many = silent.where(AuditEntry.id.is_null()).count()
    if many:
        yield f"有操作没有审计记录（共{many}次）"


def check(anchors: Path | None = None, progress: Progress = _silent) -> list[str]:
    """All that is wrong with the connected database, in sentences; empty when nothing is.

    `anchors` is the file of audit heads kept outside the database. What cannot be read any further ends it.
    """
    found: list[str] = []
    try:
        for some in _parts(anchors, progress):
            found += some
    except connection.ERRORS as error:
        found.append(f"查不下去了：{connection.explain(error)}")
    return found


def _parts(anchors: Path | None, progress: Progress) -> Iterator[Iterable[str]]:
    """What is found, part by part; nothing more where tables or columns are missing."""
    progress("正在检查数据库文件…")
    yield connection.integrity_problems()
    differs = schema.differences()
    yield differs.found
    if differs.unreadable:
        return
    progress("正在检查问题清单…")
    yield _broken_cases()
    progress("正在检查经过、期限、编号和巡查…")
    for part in (
        _broken_stories,
        _broken_deadlines,
        _broken_counters,
        _broken_patrols,
        _broken_requests,
        _broken_tree,
    ):
        yield part()
    progress("正在核对交接班…")
    yield handover.problems()
    yield meeting_signing.problems()
    yield letters.problems()
    progress("正在核对查找索引…")
    yield search.problems()
    progress(f"正在核对审计链（{AuditEntry.select().count()}条）…")
    yield _broken_chains(anchors)


def _broken_cases() -> Iterator[str]:
    for what, query in _invariants():
        many = query.count()
        if many:
            yield f"{what}：{query.order_by(Issue.id).first().number}（共{many}件）"


def _broken_chains(anchors: Path | None) -> Iterator[str]:
    for chain in audit.chains():
        problem = audit.verify(chain)
        if problem:
            yield f"审计链 {problem.chain} 第{problem.sequence}条：{problem.what}"
    yield from _acts_without_audit()
    problem = audit.verify_anchors(anchors) if anchors else None
    if problem:
        yield f"审计链 {problem.chain} 第{problem.sequence}条：{problem.what}"
