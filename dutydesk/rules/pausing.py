"""延期, 缓办, 挂账: asked for with a reason and a date, granted by the chief, remembered in the figures.

A pause halts the limit for completion only. 先行联系 goes on: nothing that a case waits for keeps anybody from telling
its reporter so.
"""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime, time, timedelta

from dutydesk.models import Deadline, Issue, IssueStep, Request
from dutydesk.rules import deadlines, office, time_limits
from dutydesk.rules.deadlines import Extended, Halted, LimitUnit
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import day_of, today
from dutydesk.rules.permission import may, require
from dutydesk.rules.steps import Asking, Step, condition, effect, standing
from dutydesk.rules.workcalendar import CHINA, day_said, moment
from dutydesk.session import Session
from dutydesk.vocabulary import Phase, RequestKind, RequestState

ASKED = {
    "ask_extension": RequestKind.EXTENSION,
    "ask_pause": RequestKind.PAUSE,
    "ask_pool": RequestKind.POOL,
    "propose_assign": RequestKind.ASSIGN,
}


def _until(step: Step) -> date:
    """The date of a form, after today. Raises Refused otherwise."""
    value = step.fields.get("until")
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = day_of(value)
    if not isinstance(value, date):
        raise Refused("请填日期，例如 12-31。", "until")
    if value <= today():
        raise Refused("日期要在今天以后。", "until")
    return value


def _at_most(days: int, until: date, start: date, what: str) -> None:
    if (until - start).days > days:
        last = start + timedelta(days=days)
        raise Refused(f"{what}最长{days}天（本单位设置），最晚{day_said(last)}。", "until")


def _end_of_office(until: date, issue: Issue) -> datetime:
    closing: time = office.calendar(issue.subdistrict_id).hours.closing
    return datetime.combine(until, closing, tzinfo=CHINA)


@condition("ask_extension", "extend")
def _not_from_a_source(asking: Asking) -> str | None:
    if asking.issue.source_due_at:
        return "这件的时限由来源规定，只能请来源延期，批下来后用“来源准予延期”录入。"
    return None


@condition("ask_extension", "extend", shown=False)
def _recorded_instead(asking: Asking) -> str | None:
    """Who may enter what the source granted is shown that in the place of 延期; others are told why not."""
    if asking.issue.source_due_at and may(asking.session, "source_extension", asking.issue.id):
        return "这件的时限由来源规定，请用“来源准予延期”录入。"
    return None


@condition("ask_extension")
def _before_it_is_due(asking: Asking) -> str | None:
    due = asking.issue.due_at
    if due and deadlines.is_overdue(datetime.now(UTC), due):
        return "已过期限，延期要在到期前提出。请抓紧办理，或申请缓办、挂账。"
    return None


@condition("source_extension", shown=False)
def _from_a_source(asking: Asking) -> str | None:
    return None if asking.issue.source_due_at else "这件没有来源时限，请用“申请延期”。"


@condition("ask_extension", "ask_pause", "ask_pool", shown=False)
def _ask_somebody_else(asking: Asking) -> str | None:
    if may(asking.session, "decide", asking.issue.id):
        return "您就是片区长，直接定即可。"
    return None


def _check_extension(issue: Issue, until: date) -> None:
    if issue.due_at is None:
        raise Refused("这件没有期限，不需延期。")
    if until <= day_of(issue.due_at):
        raise Refused(f"现在的期限是{day_said(day_of(issue.due_at))}，请填更晚的日期。", "until")
    days = office.calendar(issue.subdistrict_id)
    most = int(office.setting("extension_max", issue.subdistrict_id))
    start = max(today(), day_of(issue.due_at))
    if days.working_days_between(start, until) > most:
        raise Refused(f"一次延期最多{most}个工作日（本单位设置），请填近一些的日期。", "until")


def _check_pause(issue: Issue, until: date) -> None:
    _at_most(int(office.setting("pause_max", issue.subdistrict_id)), until, today(), "一次缓办")


def _check_pool(issue: Issue, until: date) -> None:
    _at_most(int(office.setting("pool_review", issue.subdistrict_id)), until, today(), "挂账再议的间隔")


def present_deadline(session: Session, issue_id: int, act: str) -> str:
    """What the date of an act's form is measured against, in words; "" where it is nothing.

    Raises NotAllowed outside the session's scope.
    """
    require(session, "read", issue_id)
    issue = Issue.get_by_id(issue_id)
    if act not in _MOVES or issue.due_at is None:
        return ""
    most = int(office.setting("extension_max", issue.subdistrict_id))
    limit = f"；一次最多延期{most}个工作日" if act in ("ask_extension", "extend") else ""
    return f"现在的期限：{moment(issue.due_at)}{limit}"


_MOVES = frozenset({"ask_extension", "extend", "source_extension", "ask_pause", "pause", "ask_pool", "pool"})
_CHECKS = {
    RequestKind.EXTENSION: _check_extension,
    RequestKind.PAUSE: _check_pause,
    RequestKind.POOL: _check_pool,
}


@effect(*ASKED)
def _ask(step: Step) -> str:
    kind = ASKED[step.way.act]
    reason = step.need("reason", "请写明理由，片区长照着定。")
    same = (Request.issue == step.issue.id) & (Request.kind == kind) & (Request.state == RequestState.PENDING)
    if Request.select().where(same).exists():
        raise Refused(f"已经申请过{kind.label}，正在待我定里等片区长定。")
    if kind is RequestKind.ASSIGN:
        from dutydesk.rules.triage import chosen

        assignee = chosen(step)
        asked, said = {"assignee": assignee.value}, f"提请派给{assignee.name}：{reason}"
    else:
        until = _until(step)
        _CHECKS[kind](step.issue, until)
        asked, said = {"until": until.isoformat()}, f"申请{kind.label}至{day_said(until)}：{reason}"
    Request.create(
        issue=step.issue.id,
        area=step.issue.area_id,
        kind=kind,
        state=RequestState.PENDING,
        reason=reason,
        details=json.dumps(asked),
        asked_by=step.doer_id or step.session.staff_id,
        asked_at=step.at,
    )
    step.details |= asked
    return said


def _settle_asked(issue: Issue, kind: RequestKind, step: Step) -> None:
    """What the chief does by hand answers what was asked for the same."""
    Request.update(
        state=RequestState.APPROVED, decided_by=step.doer_id, decided_at=step.at, decision="片区长直接办理"
    ).where(Request.issue == issue.id, Request.kind == kind, Request.state == RequestState.PENDING).execute()


@effect("extend")
def _extend(step: Step) -> str:
    issue, until = step.issue, _until(step)
    _check_extension(issue, until)
    reason = step.need("reason", "请写明延期理由。")
    was, at = issue.due_at, _end_of_office(until, issue)
    said = f"原定{moment(was, '')}，准予延期至{moment(at, '')}：{reason}"
    time_limits.set_deadline(issue, Phase.COMPLETION, step.at, at, said)
    _settle_asked(issue, RequestKind.EXTENSION, step)
    return said


@effect("source_extension")
def _source_extension(step: Step) -> str:
    issue, until = step.issue, _until(step)
    basis = step.need("basis", "请写明来源的批复：谁批的、文号或时间。")
    given = step.fields["until"]
    at = given if isinstance(given, datetime) else _end_of_office(until, issue)  # a list says the very moment
    if issue.source_due_at and at <= issue.source_due_at:
        raise Refused(f"现在的来源时限是{day_said(day_of(issue.source_due_at))}，请填更晚的日期。", "until")
    said = f"来源准予延期至{moment(at, '')}。批复：{basis}"
    issue.source_due_at = at
    time_limits.set_deadline(issue, Phase.COMPLETION, step.at, at, said)
    return said


@effect("pause")
def _pause(step: Step) -> str:
    until = _until(step)
    _check_pause(step.issue, until)
    return _set_aside(step, until, RequestKind.PAUSE, "缓办至")


@effect("pool")
def _pool(step: Step) -> str:
    until = _until(step)
    _check_pool(step.issue, until)
    return _set_aside(step, until, RequestKind.POOL, "挂账，再看日期")


def _set_aside(step: Step, until: date, kind: RequestKind, said: str) -> str:
    issue = step.issue
    reason = step.need("reason", "请写明理由，督查时要看。")
    issue.returns_to, issue.paused_at = issue.state, step.at
    issue.paused_until = until if kind is RequestKind.PAUSE else None
    issue.look_again_on = until if kind is RequestKind.POOL else None
    _settle_asked(issue, kind, step)
    step.details["until"] = until.isoformat()
    return f"{said}{day_said(until)}：{reason}"


@effect("look_again")
def _look_again(step: Step) -> str:
    until = _until(step)
    _check_pool(step.issue, until)
    step.issue.look_again_on = until
    return f"看过，下次{day_said(until)}再看：" + step.need("reason", "请写明看的结果。")


@effect("resume")
def _resume(step: Step) -> str:
    issue = step.issue
    reason = step.need("reason", "请写明为什么恢复办理。")
    paused_at = issue.paused_at or step.acting.at
    resumed = _runs_again(paused_at, issue.paused_until, step.acting.at)
    time_limits.resume_deadline(issue, paused_at, resumed)
    issue.returns_to = issue.paused_at = issue.paused_until = issue.look_again_on = None
    return reason


def _runs_again(paused_at: datetime, until: date | None, resumed: datetime) -> datetime:
    """When the clock runs again: after the last day that was set for 缓办, however late somebody looks."""
    if until is None:
        return resumed
    over = datetime.combine(until, time(0), tzinfo=CHINA) + timedelta(days=1)
    return max(paused_at, min(resumed, over))


# -- counted again ---------------------------------------------------------------------------------------------------


def count_again(issue: Issue, to_contact: bool) -> None:
    """Both limits from 立案 by the class that the case has now; what was granted since then stays granted."""
    if issue.opened_at is None:
        return
    time_limits.start_deadlines(issue, issue.opened_at, to_contact)
    granted = _granted(issue)
    due = time_limits.deadline_for(
        issue.category_id, issue.urgency, Phase.COMPLETION, issue.subdistrict_id, issue.opened_at
    )
    if issue.source_due_at or due is None or not granted:
        return
    days = office.calendar(issue.subdistrict_id)
    at = deadlines.with_granted(due.at, granted, days, LimitUnit(due.limit.unit))
    said = "，".join(_in_words(each) for each in granted)
    said = f"{due.explanation}；{said}，现定{moment(at, '')}"
    time_limits.set_deadline(issue, Phase.COMPLETION, issue.opened_at, at, said, due.limit)


def _granted(issue: Issue) -> list[Halted | Extended]:
    """What was granted since the limits began, in order, as the story tells it."""
    found: list[Halted | Extended] = []
    halted: tuple[datetime, date | None] | None = None
    for step in standing(issue.id):
        if step.name in ("open", "handle_locally", "reopen"):
            found, halted = [], None
        elif step.name == "extend":
            found += [Extended(row.due_at) for row in _set_by(step)]
        elif step.name in ("pause", "pool"):
            until = json.loads(step.details).get("until") if step.name == "pause" else None
            halted = (step.occurred_at, date.fromisoformat(until) if until else None)
        elif step.name == "resume" and halted is not None:
            found.append(Halted(halted[0], _runs_again(*halted, step.recorded_at)))
            halted = None
    return found


def _set_by(step: IssueStep) -> list[Deadline]:
    """The deadline that an extension set: it counts from that moment, and by no table."""
    of_this = (Deadline.issue == step.issue_id) & (Deadline.phase == Phase.COMPLETION)
    when = (Deadline.started_at == step.occurred_at) & (Deadline.unit == "")
    return list(Deadline.select().where(of_this & when).order_by(Deadline.id.desc()).limit(1))


def _in_words(granted: Halted | Extended) -> str:
    until = moment(granted.until, "")
    if isinstance(granted, Extended):
        return f"准予延期至{until}"
    return f"{moment(granted.since, '')}至{until}停止计算"
