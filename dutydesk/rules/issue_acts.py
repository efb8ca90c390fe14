"""What may be done to a case, and doing it: the menu and the one way in for every act of the life cycle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dutydesk.models import Issue, IssueStep, Request
from dutydesk.rules import acts, closing, handling, on_behalf, pausing, permission, triage
from dutydesk.rules.acts import Acting
from dutydesk.rules.assignees import is_with, who_could_speak_for
from dutydesk.rules.before import Before
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.finding import SHOWN, Found
from dutydesk.rules.lifecycle import BY_ACT, GRANTED_BY, Way, ways_from
from dutydesk.rules.organisation import duty_bases
from dutydesk.rules.steps import (
    Asking,
    Proxy,
    Step,
    beside_the_point,
    fresh,
    moved_on,
    record,
    same_version,
    take,
    why_not,
)
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import AssigneeKind, RequestState, State

# Importing these modules registers their effects and conditions.
_REGISTERED = (triage, handling, closing, pausing)

NO_ACCOUNT = "partner"


@dataclass(frozen=True)
class Choice:
    """One line of the action menu. `refusal` says why it cannot be done now; empty when it can."""

    act: str
    name: str
    hint: str
    refusal: str = ""
    for_others: bool = False


@dataclass(frozen=True)
class Done:
    """What an act left behind: the case's number, its state and version."""

    issue_id: int
    number: str
    state: State
    version: int
    said: str = ""


def menu(session: Session, issue_id: int) -> list[Choice]:
    """What this person may do to this case in this state, in the order of the life cycle.

    Ways that only others go are not shown; ways that a condition closes are, with the reason.
    """
    issue = Issue.get_by_id(issue_id)
    roles = permission.roles_on(session, issue_id)
    asking = Asking(session, issue)
    choices = []
    for way in ways_from(issue.state):
        if not roles & way.who or not_in_these_hands(session, issue, way) or beside_the_point(asking, way):
            continue
        choices.append(Choice(way.act, way.name, way.hint, why_not(asking, way) or ""))
    return choices


def not_in_these_hands(session: Session, issue: Issue, way: Way) -> bool:
    """Acts of whoever has the case in hand are not for others, whatever their role."""
    hands_only = way.act in ("take_up", "send_back", "pass_up", "report_done")
    if way.act.startswith("ask_"):
        return not is_with(session, issue) and not session.roles & permission.MAY["enter_for_others"]
    return hands_only and not is_with(session, issue)


def proxy_menu(session: Session, issue_id: int) -> list[Choice]:
    """What may be entered 代录 for whoever has this case in hand; empty where this person may not."""
    if not permission.may(session, "enter_for_others", issue_id):
        return []
    issue = Issue.get_by_id(issue_id)
    if issue.assignee_kind is None:
        return []
    partner = issue.assignee_kind is AssigneeKind.PARTNER
    own_desk = {"note", "first_contact"}
    return [
        Choice(way.act, way.name, f"代{issue.assignee_name}录入：{way.hint}", for_others=True)
        for way in ways_from(issue.state)
        if way.proxied and way.act not in own_desk and not (way.act == "pass_up" and partner)
        and (way.act != "pass_up" or issue.assignee_kind is AssigneeKind.UNIT)
    ]  # fmt: skip


def usual_answers(session: Session, issue_id: int, act: str) -> dict[str, Any]:
    """What an act's form may begin with: the level that the case speaks for, the marks and class it has now."""
    permission.require(session, "read", issue_id)
    issue = Issue.get_by_id(issue_id)
    if act == "close":
        return {"level": closing.proposed_level(issue).value}
    if act == "flag":
        flags = ("strongly_felt", "beyond_neighbourhood")
        return {"flags": " ".join(flag for flag in flags if getattr(issue, flag))}
    if act == "recategorise":
        shown = {"category": [issue.category.name, issue.category.group_name]}
        return {"category": str(issue.category_id), "urgency": issue.urgency.value, "_shown": shown}
    if act == "amend":
        shown = {"unit": [issue.unit.name, issue.area.name]}
        texts = {name: mask_phones_in(getattr(issue, name)) for name in triage.AMENDED_TEXTS}
        return texts | {"unit": str(issue.unit_id), "_shown": shown}
    if act == "send_down":
        listed = duty_bases(issue.category_id, None)
        return {"ground": "listed" if listed else "consent"}
    return {}


def speakers(session: Session, issue_id: int, text: str = "") -> list[Found]:
    """Those for whom the next step may be entered 代录; a partner without account speaks for itself."""
    permission.require(session, "enter_for_others", issue_id)
    issue = Issue.get_by_id(issue_id)
    if issue.assignee_kind is AssigneeKind.PARTNER:
        return [Found(NO_ACCOUNT, issue.assignee_name, "共建力量，没有账号")]
    people = who_could_speak_for(issue)
    return [
        Found(str(each.id), each.name, each.number) for each in people if text in each.name + each.number
    ][:SHOWN]


def perform(
    session: Session,
    issue_id: int,
    version: int | None,
    act: str,
    fields: Mapping[str, Any],
    act_id: str,
    proxy: Proxy | None = None,
) -> Done:
    """Do one act of the life cycle on one case.

    `version` is that of the case as this person read it. Raises NotAllowed, Stale, or Refused with the field that
    the message is about; then nothing has been written.
    """
    way = BY_ACT[act]
    try:
        with acts.act(session, act_id, f"issue.{act}") as acting:
            issue = fresh(issue_id)
            concerned = None
            if proxy is None:
                permission.require(session, act, issue.id)
            else:
                concerned = on_behalf.permit(session, way, issue, proxy)
            same_version(issue, version, fields)
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            step = Step(session, acting, issue, way, fields, proxy)
            written = on_behalf.enter(step, concerned, issue.assigned_at, take) if proxy else take(step)
    except AlreadyDone as done:
        return _as_before(done, act_id)
    return Done(issue.id, issue.number, issue.state, issue.version, written.text)


def _as_before(done: AlreadyDone, act_id: str) -> Done:
    """The answer that the first try of an act gave, with the case as it stands now."""
    issue = Issue.get_by_id(done.subject_id)
    step = IssueStep.get_or_none(IssueStep.act == act_id, IssueStep.issue == issue.id)
    return Done(issue.id, issue.number, issue.state, issue.version, step.text if step else "")


def decide(
    session: Session,
    request_id: int,
    approve: bool,
    text: str,
    act_id: str,
    proxy: Proxy | None = None,
    version: int | None = None,
) -> Done:
    """The chief's word on what was asked: approving does what was asked for; refusing needs a reason.

    Whoever may enter for others can enter it 代录, when the chief answered by word or telephone. `version` is that
    of the case as it was read; None is any.
    """
    try:
        with acts.act(session, act_id, "issue.approve" if approve else "issue.refuse") as acting:
            issue, written = decide_in(session, acting, request_id, approve, text, proxy, version)
    except AlreadyDone as done:
        return _as_before(done, act_id)
    return Done(issue.id, issue.number, issue.state, issue.version, written.text)


def decide_in(
    session: Session,
    acting: Acting,
    request_id: int,
    approve: bool,
    text: str,
    proxy: Proxy | None = None,
    version: int | None = None,
) -> tuple[Issue, IssueStep]:
    """The chief's word on one request, inside an act that is under way; see `decide`."""
    issue = fresh(Request.get_by_id(request_id).issue_id)
    request = Request.get_by_id(request_id)  # as it is now that nobody else can decide it
    if request.state is not RequestState.PENDING:
        raise Refused(f"这一项已经{request.state.label}，不用再定。")
    chief = _chief(session, issue, proxy)
    same_version(issue, version)
    acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
    before = Before(issue)
    if not approve and not text:
        raise Refused("不同意要写明理由，申请人看得到。", "text")
    request.state = RequestState.APPROVED if approve else RequestState.REFUSED
    request.decided_by_id, request.decided_at, request.decision = chief.staff_id, acting.at, text
    request.save()
    fields = json.loads(request.details) | {"reason": request.reason, "note": text}
    step = Step(session, acting, issue, BY_ACT[GRANTED_BY[request.kind]], fields, proxy, before=before)
    do = take if approve else partial(_refuse, request=request)
    return issue, on_behalf.enter(step, chief, request.asked_at, do) if proxy else do(step)


def _chief(session: Session, issue: Issue, proxy: Proxy | None) -> Session:
    """Whose word it is. Raises NotAllowed or Refused unless it is the chief's, told or given here."""
    chief: Session | None = session
    if proxy is not None:
        permission.require(session, "enter_for_others", issue.id)
        chief = on_behalf.person_concerned(session, proxy)
    if chief is None:
        raise Refused("请选是哪位片区长定的。", "on_behalf")
    permission.require(chief, "decide", issue.id)
    return chief


def _refuse(step: Step, request: Request) -> IssueStep:
    issue = step.issue
    moved_on(step)
    if step.before:
        step.before.keep(step.acting, issue)
    step.acting.changed(
        issue.number, {"request": request.kind.value}, {"refused": request.decision} | step.details
    )
    return record(step, f"不同意{request.kind.label}：{request.decision}", "refuse", issue.state)
