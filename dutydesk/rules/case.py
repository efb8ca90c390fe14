"""One case as the screen shows it, with its story; personal data masked until it is revealed, on record."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dutydesk.models import Deadline, Issue, IssueStep, ProxyEntry, Reporter, Request
from dutydesk.rules import acts, closing, deadlines, office, permission
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.flags import flags_of
from dutydesk.rules.handling import name_of
from dutydesk.rules.lifecycle import STEP_NAMES
from dutydesk.rules.workcalendar import day_said, moment
from dutydesk.session import Session
from dutydesk.text import mask_name, mask_phone, mask_phones_in, place_in_words
from dutydesk.vocabulary import Phase, ProxyState, RequestState, Source, State


@dataclass(frozen=True)
class StoryLine:
    """One step as the story tells it."""

    when: str
    what: str
    who: str
    text: str
    entered_later: bool
    proxy: str = ""


@dataclass(frozen=True)
class Person:
    """Who raised the case: masked, or as written where it was revealed."""

    name: str
    phone: str
    address: str
    revealed: bool = False


@dataclass(frozen=True)
class CaseSheet:
    """All that is shown of a case."""

    key: int
    number: str
    version: int
    state: State
    title: str
    place: str
    facts: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    deadlines: tuple[str, ...]
    demands: tuple[closing.Demand, ...]
    story: tuple[StoryLine, ...]
    reporter: Person | None
    waiting: tuple[str, ...]
    is_open: bool = True
    closable: bool = False
    answered_to_source: bool = False  # it came from a source that waits for an answer (12345)

    @property
    def state_words(self) -> str:
        """The state as the screen says it, in the ledger's words: told back, it waits for the chief."""
        return "可销项（已反馈，等片区长）" if self.closable else self.state.label


def case_sheet(session: Session, issue_id: int) -> CaseSheet:
    """Read one case. Raises NotAllowed outside the session's scope."""
    query = permission.narrow(Issue.select().where(Issue.id == issue_id), session)
    issue = query.get_or_none()
    if issue is None:
        raise NotAllowed("这件问题不在您的范围内，或已不存在。")
    reporter = Reporter.get_or_none(Reporter.issue == issue.id)
    return CaseSheet(
        key=issue.id,
        number=issue.number,
        version=issue.version,
        state=issue.state,
        title=mask_phones_in(issue.summary),
        place=mask_phones_in(place_in_words(issue.unit.name, issue.spot)),
        facts=tuple((name, said) for name, said in _facts(issue) if said),
        flags=flags_of(issue),
        deadlines=tuple(_deadline_lines(issue)),
        demands=tuple(_demands(issue)) if issue.state in (State.REVIEW, State.FEEDBACK) else (),
        story=tuple(_story(issue)),
        reporter=Person(
            mask_name(reporter.name), mask_phone(reporter.phone), "***" if reporter.address else ""
        )
        if reporter
        else None,
        waiting=tuple(_waiting(issue)),
        is_open=issue.is_open,
        closable=issue.state is State.FEEDBACK and issue.feedback_given,
        answered_to_source=issue.source is Source.HOTLINE or bool(issue.source_number),
    )


def _facts(issue: Issue) -> list[tuple[str, str]]:
    from dutydesk.rules.letters.of_issue import letters_of_issue  # not at the start of the desk

    source = issue.source.label + (f" {issue.source_number}" if issue.source_number else "")
    return [
        ("类别", f"{issue.category.group_name}·{issue.category.name}"),
        ("紧急", issue.urgency.label),
        ("来源", source),
        ("片区", f"{issue.subdistrict.short_name} {issue.area.name}"),
        ("归口", issue.force.label),
        ("承办", _in_hand(issue)),
        ("发现", f"{moment(issue.reported_at)} {name_of(issue.reported_by_id)}"),
        ("详情", mask_phones_in(issue.detail)),
        ("当场", mask_phones_in(issue.on_the_spot)),
        ("结果", mask_phones_in(issue.outcome)),
        ("反馈", mask_phones_in(issue.feedback_text)),
        ("层级", issue.level.label if issue.level else ""),
        ("并入", issue.merged_into.number if issue.merged_into_id else ""),
        ("缓办至", day_said(issue.paused_until) if issue.paused_until else ""),
        ("再看", day_said(issue.look_again_on) if issue.look_again_on else ""),
        ("约请", "；".join(letter.said for letter in letters_of_issue(issue.id))),
    ]


def _in_hand(issue: Issue) -> str:
    """With whom it is; whose hands it is in, where that is not said by it."""
    handler = name_of(issue.handler_id) if issue.handler_id else ""
    return (
        f"{issue.assignee_name}（{handler}）"
        if handler not in ("", issue.assignee_name)
        else issue.assignee_name
    )


def _demands(issue: Issue) -> list[closing.Demand]:
    return [replace(demand, said=mask_phones_in(demand.said)) for demand in closing.demands(issue)]


def _deadline_lines(issue: Issue) -> list[str]:
    now = datetime.now(UTC)
    lines = []
    rows = (
        Deadline.select().where(Deadline.issue == issue.id, Deadline.current).order_by(Deadline.phase.desc())
    )
    for row in rows:
        met = issue.first_contact_at if row.phase is Phase.FIRST_CONTACT else issue.closed_at
        if met or not issue.is_open:
            left = f"{moment(met)}完成" if met else "已结"
        elif issue.state in (State.PAUSED, State.POOLED) and row.phase is Phase.COMPLETION:
            left = "停止计算"
        else:
            left = deadlines.time_left(now, row.due_at, office.calendar(issue.subdistrict_id))
        ours = "（本单位设置）" if row.limit_id else ""
        lines.append(f"{row.phase.label} {moment(row.due_at)}（{left}）\n{row.explanation}{ours}")
    return lines


def _waiting(issue: Issue) -> list[str]:
    rows = Request.select().where(Request.issue == issue.id, Request.state == RequestState.PENDING)
    lines = [f"待片区长定：{row.kind.label}——{mask_phones_in(row.reason)}" for row in rows]
    often = int(office.setting("send_backs_before_invitation", issue.subdistrict_id))
    if issue.is_open and issue.send_backs >= often:
        lines.append(f"已退单{issue.send_backs}次，建议条块约请")
    return lines


def _story(issue: Issue) -> list[StoryLine]:
    proxies = {row.step_id: row for row in ProxyEntry.select().where(ProxyEntry.issue == issue.id)}
    lines = []
    for step in IssueStep.select().where(IssueStep.issue == issue.id).order_by(IssueStep.id):
        proxy = proxies.get(step.id)
        words = ""
        if proxy:
            words = f"{moment(proxy.told_at)}{proxy.means.label}告知，{proxy.state.label}"
            if proxy.state is ProxyState.OBJECTED:
                words += f"：{mask_phones_in(proxy.objection)}"
        later = (step.recorded_at - step.occurred_at).total_seconds() > 300
        lines.append(
            StoryLine(
                moment(step.occurred_at),
                STEP_NAMES.get(step.name, step.name),
                step.staff_name,
                mask_phones_in(step.text),
                later,
                words,
            )
        )
    return lines


def reveal(session: Session, issue_id: int, reason: str, act_id: str) -> Person:
    """Show who raised a case, unmasked; one act, on record with its reason. Raises NotAllowed, Refused."""
    if not reason:
        raise Refused("请选或写明查看的理由，会记入审计。", "reason")
    try:
        with acts.act(session, act_id, "issue.reveal") as acting:
            permission.require(session, "reveal", issue_id)
            row = Reporter.get_or_none(Reporter.issue == issue_id)
            if row is None:
                raise Refused("这件没有登记反映人。")
            issue = Issue.get_by_id(issue_id)
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            acting.changed(issue.number, None, {"revealed": ["name", "phone", "address"], "reason": reason})
    except AlreadyDone as done:
        row = Reporter.get_by_id(done.subject_id)
    return Person(row.name, row.phone, row.address, revealed=True)


def details_of(step: IssueStep) -> dict[str, object]:
    """What a step's act demanded, as it was filled in."""
    found: dict[str, object] = json.loads(step.details)
    return found
