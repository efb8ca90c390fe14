"""反馈 and 销项: what must be there before a case is closed, and what reopening brings back."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dutydesk.models import Department, Issue, IssueStep
from dutydesk.rules import time_limits
from dutydesk.rules.errors import Refused
from dutydesk.rules.handling import name_of, note_evidence
from dutydesk.rules.merged import ask_again, tell_main, told_back, unsatisfied, untold
from dutydesk.rules.steps import Asking, Step, condition, effect
from dutydesk.rules.triage import tell_merged, to_contact
from dutydesk.rules.workcalendar import moment
from dutydesk.vocabulary import AssigneeKind, Level, Means, Role, State

SATISFIED, UNSATISFIED = "反映人满意", "反映人不满意"  # how the line that tells of a 反馈 ends


@dataclass(frozen=True)
class Demand:
    """One line of what 销项 demands: its name, whether it is there, and what is there or what is missing."""

    name: str
    met: bool
    said: str


def demands(issue: Issue) -> list[Demand]:
    """What 销项 demands of this issue: what was done, the check by somebody else, the feedback (`domain.md`)."""
    if issue.solved_on_spot:
        return [Demand("做了什么", bool(issue.outcome), issue.outcome or "没有写明做了什么")]
    checker, doer = name_of(issue.checked_by_id), name_of(issue.handled_by_id) or issue.assignee_name
    same = issue.checked_by_id is not None and issue.checked_by_id == issue.handled_by_id
    checked = bool(issue.checked_by_id) and not same
    if same:
        said = "核查人就是处置人，请换人核查"
    else:
        said = f"{checker}核查（{doer}处置）" if checked else "还没有处置人以外的人到现场核查"
    told = issue.feedback_text or "还没有告知反映人；没有可告知的人也要写明原因"
    return [
        Demand("做了什么", bool(issue.outcome), issue.outcome or "处置人还没有写明做了什么"),
        Demand("现场核查", checked, said),
        Demand("反馈", issue.feedback_given or bool(issue.feedback_text), told),
        *(Demand(f"反馈 {other.number}", False, "并入的这一件，反映人还没有告知") for other in untold(issue)),
    ]


def missing(issue: Issue) -> list[str]:
    """What still stands between an issue and 销项, in sentences; empty when it can be closed."""
    return [f"{demand.name}：{demand.said}" for demand in demands(issue) if not demand.met]


def proposed_level(issue: Issue) -> Level:
    """At which level it was solved, by who had it in hand: the chief confirms it or says another."""
    if issue.assignee_kind is AssigneeKind.UNIT:
        return Level.NEIGHBOURHOOD
    if issue.assignee_kind is AssigneeKind.DEPARTMENT and issue.assignee_key:
        department = Department.get_or_none(Department.id == int(issue.assignee_key))
        if department is not None:
            return Level.SUBDISTRICT if department.subdistrict_id else Level.DISTRICT
    return Level.AREA


@effect("feedback")
def _feedback(step: Step) -> str:
    from dutydesk.rules import promises  # not at the start of the desk

    issue = step.issue
    reason = step.text("no_feedback_reason")
    if reason:
        issue.feedback_text, issue.satisfied = f"未反馈：{reason}", None
        said = issue.feedback_text
    else:
        means = step.one_of("told_how", Means, "请选用什么方式告知的；没有可告知的人请写明原因。")
        told = step.need("told", "请写明告知了什么、对方怎么说。")
        if step.text("satisfied") not in ("yes", "no"):
            raise Refused("请选反映人是否满意。", "satisfied")
        issue.satisfied = step.text("satisfied") == "yes"
        said = f"{means.label}告知反映人：{told}。{SATISFIED if issue.satisfied else UNSATISFIED}"
        issue.feedback_text = said
    promises.told_again(step)
    if issue.state is State.MERGED:
        issue.feedback_given = True
        issue.save()
        tell_main(step, said)
    else:
        issue.feedback_given = told_back(issue)
        tell_merged(step, f"主案 {issue.number} 反馈：{said}")
    return said


@condition("close")
def _nothing_missing(asking: Asking) -> str | None:
    lacking = missing(asking.issue)
    return "还缺——" + "；".join(lacking) if lacking else None


@effect("close")
def _close(step: Step) -> str:
    step.issue.level = step.one_of("level", Level, "请选在哪一级解决的。")
    note = step.text("note")
    if not note and (said_no := unsatisfied(step.issue)):
        whose = "、".join(each.number for each in said_no if each.id != step.issue.id)
        of = f"（{whose}）" if whose else ""
        raise Refused(f"反映人不满意{of}：请写明为什么可以销项，或改用“不满意返工”。", "note")
    step.issue.closed_at = step.acting.at
    tell_merged(step, f"主案 {step.issue.number} 已销项")
    return f"在{step.issue.level.label}一级解决" + (f"：{note}" if note else "")


def drawn_for_sample(issue: Issue) -> bool:
    """Whether a case solved on the spot is looked at again: drawn by its number, at its category's share."""
    return zlib.crc32(issue.number.encode()) % 1000 < round(issue.category.spot_share * 1000)


@effect("solve_on_spot")
def _solve_on_spot(step: Step) -> str:
    issue = step.issue
    issue.outcome = step.need("done", "请写明当场做了什么。")
    issue.handled_by_id = step.session.staff_id
    issue.solved_on_spot = True
    issue.sample_due = drawn_for_sample(issue)
    officer_only = step.session.roles == {Role.NEIGHBOURHOOD_OFFICER}
    issue.level = Level.NEIGHBOURHOOD if officer_only else Level.AREA
    issue.feedback_given = True
    issue.feedback_text = "当场告知" if to_contact(issue) else "当场发现当场解决"
    issue.closed_at = step.acting.at
    tell_merged(step, f"主案 {issue.number} 当场解决：{issue.outcome}")
    return issue.outcome + note_evidence(step)


SOURCE_ANSWERED = "source_answer"
# Steps that a source's list makes by itself.
_NOT_OURS = ("register", "open", SOURCE_ANSWERED, "source_update")


def untouched(issue_ids: Iterable[int]) -> set[int]:
    """Those of these cases that a source's list brought in with its answer and nobody here has had a hand in."""
    ids = list(issue_ids)
    rows: Any = IssueStep.select(IssueStep.issue, IssueStep.name).where(IssueStep.issue.in_(ids)).tuples()
    names: dict[int, set[str]] = {}
    for issue_id, name in rows:
        names.setdefault(issue_id, set()).add(name)
    return {each for each, told in names.items() if SOURCE_ANSWERED in told and told <= set(_NOT_OURS)}


@condition("file_old", shown=False)
def _answered_elsewhere(asking: Asking) -> str | None:
    if untouched([asking.issue.id]):
        return None
    return "只有来源清单上已答复、本单位还没有动过的，才能作为旧案入档。"


@effect("file_old")
def _file_old(step: Step) -> str:
    """Closed as of the day of the source's answer; it has no deadline of ours and owes no check."""
    issue = step.issue
    answers = IssueStep.select().where(IssueStep.issue == issue.id, IssueStep.name == SOURCE_ANSWERED)
    answered_at = answers.order_by(IssueStep.id.desc()).get().occurred_at
    time_limits.drop_deadlines(issue)
    issue.closed_at = answered_at
    issue.feedback_given, issue.feedback_text = True, "来源已答复"
    return f"理由：旧案入档。来源已于{moment(answered_at)}答复，按此日期销项，不计逾期，不再核查"


@effect("reopen")
def _reopen(step: Step) -> str:
    issue = step.issue
    reason = step.need("reason", "请写明为什么重开。")
    issue.assignee_kind = issue.assignee_key = issue.handler = issue.handled_by = issue.checked_by = None
    issue.assignee_name = issue.outcome = issue.feedback_text = ""
    issue.feedback_given = issue.solved_on_spot = issue.sample_due = False
    issue.satisfied = issue.level = issue.closed_at = None
    ask_again(step)
    issue.opened_at = step.acting.at
    if issue.source_due_at and issue.source_due_at < step.acting.at:
        issue.source_due_at = None  # the source's limit was for the first time; now the office's table counts
    time_limits.start_deadlines(issue, step.acting.at, to_contact(issue) and issue.first_contact_at is None)
    return reason


@effect("reconsider")
def _reconsider(step: Step) -> str:
    step.issue.closed_at = None
    step.to = State.REPORTED
    return step.need("reason", "请写明为什么重新考虑。")
