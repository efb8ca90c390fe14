"""What may be done to a case, and doing it: the menu and the one way in for every act of the life cycle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dutydesk.models import Issue, ProxyEntry, Request, Staff
from dutydesk.rules import acts, closing, handling, pausing, permission, triage
from dutydesk.rules.assignees import is_with, who_could_speak_for
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.finding import SHOWN, Found
from dutydesk.rules.lifecycle import BY_ACT, Way, ways_from
from dutydesk.rules.organisation import duty_bases
from dutydesk.rules.signing_on import grants_of
from dutydesk.rules.steps import Proxy, Step, beside_the_point, fresh, record, take, why_not
from dutydesk.session import Session
from dutydesk.vocabulary import AssigneeKind, Means, ProxyState, RequestKind, RequestState, State

# Importing these modules registers their effects and conditions.
_REGISTERED = (triage, handling, closing, pausing)

NO_ACCOUNT = "partner"

GRANTED_BY = {
    RequestKind.ASSIGN: "assign",
    RequestKind.EXTENSION: "extend",
    RequestKind.PAUSE: "pause",
    RequestKind.POOL: "pool",
}


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
    choices = []
    for way in ways_from(issue.state):
        if not roles & way.who or _not_in_these_hands(session, issue, way) or beside_the_point(session, issue, way):
            continue
        choices.append(Choice(way.act, way.name, way.hint, why_not(session, issue, way) or ""))
    return choices


def _not_in_these_hands(session: Session, issue: Issue, way: Way) -> bool:
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
    return [Found(str(each.id), each.name, each.number) for each in people if text in each.name + each.number][:SHOWN]


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
            issue = fresh(issue_id, version)
            _permit(session, way, issue, proxy)
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            concerned = _session_of(session, proxy)
            step = Step(session, acting, issue, way, fields, proxy)
            written = take(step) if concerned is None else _take_for(step, concerned)
            said = written.text
    except AlreadyDone as done:
        issue, said = Issue.get_by_id(done.subject_id), ""
    return Done(issue.id, issue.number, issue.state, issue.version, said)


def _permit(session: Session, way: Way, issue: Issue, proxy: Proxy | None) -> None:
    if proxy is None:
        permission.require(session, way.act, issue.id)
        return
    permission.require(session, "enter_for_others", issue.id)
    if not way.proxied:
        raise NotAllowed(f"“{way.name}”不能代录。")
    if proxy.staff_id is None and issue.assignee_kind is not AssigneeKind.PARTNER:
        raise Refused("请选是谁告诉您的。", "on_behalf")


def _session_of(session: Session, proxy: Proxy | None) -> Session | None:
    """The session of the person concerned, whose own right to act is checked as well."""
    if proxy is None or proxy.staff_id is None:
        return None
    staff = Staff.get_by_id(proxy.staff_id)
    return Session(staff.id, staff.number, staff.name, grants_of(staff.id, session.day), session.day)


def _take_for(step: Step, concerned: Session) -> Any:
    """A step entered 代录: allowed to whom it concerns, written by who sits here, waiting to be confirmed."""
    proxy = step.proxy
    assert proxy is not None
    if not is_with(concerned, step.issue):
        raise Refused(f"这件不在{concerned.name}手上，请选承办的人。", "on_behalf")
    if proxy.told_at > step.acting.at:
        raise Refused("告知的时间不能在将来。", "told_at")
    entered_by = step.session
    step.details["proxy"] = {"person": proxy.person_name, "means": proxy.means}
    step.session = concerned
    written = take(step)
    written.staff_id, written.staff_name = entered_by.staff_id, entered_by.name
    written.role = entered_by.main.role.value if entered_by.main else ""
    written.text = f"代{proxy.person_name}录入（{Means(proxy.means).label}）" + (f"：{written.text}" if written.text else "")
    written.save()
    _remember_proxy(step, written, entered_by)
    return written


def _remember_proxy(step: Step, written: Any, entered_by: Session) -> None:
    proxy = step.proxy
    assert proxy is not None
    ProxyEntry.create(
        step=written.id,
        issue=step.issue.id,
        staff=proxy.staff_id,
        department=proxy.department_id,
        person_name=proxy.person_name,
        means=proxy.means,
        told_at=proxy.told_at,
        entered_by=entered_by.staff_id,
        state=ProxyState.PENDING if proxy.staff_id else ProxyState.CONFIRMED,
    )


def decide(
    session: Session,
    request_id: int,
    approve: bool,
    text: str,
    act_id: str,
    proxy: Proxy | None = None,
) -> Done:
    """The chief's word on what was asked: approving does what was asked for; refusing needs a reason.

    Whoever may enter for others can enter it 代录, when the chief answered by word or telephone.
    """
    try:
        with acts.act(session, act_id, "issue.approve" if approve else "issue.refuse") as acting:
            request = Request.get_by_id(request_id)
            if request.state is not RequestState.PENDING:
                raise Refused(f"这一项已经{request.state.label}，不用再定。")
            issue = fresh(request.issue_id, None)
            chief = _session_of(session, proxy) or session
            permission.require(chief, "decide", issue.id)
            if proxy is not None:
                permission.require(session, "enter_for_others", issue.id)
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            if not approve and not text:
                raise Refused("不同意要写明理由，申请人看得到。", "text")
            fields = json.loads(request.details) | {"reason": request.reason, "note": text}
            request.state = RequestState.APPROVED if approve else RequestState.REFUSED
            request.decided_by_id, request.decided_at, request.decision = chief.staff_id, acting.at, text
            request.save()
            way = BY_ACT[GRANTED_BY[request.kind]]
            step = Step(chief, acting, issue, way, fields, proxy)
            if approve:
                written = take(step)
            else:
                issue.version += 1
                issue.changed_at = acting.at
                issue.save()
                written = record(step, f"不同意{request.kind.label}：{text}", "refuse", issue.state)
                acting.changed(issue.number, {"request": request.kind.value}, {"refused": text})
            if proxy is not None:
                written.staff_id, written.staff_name = session.staff_id, session.name
                written.text = f"代{proxy.person_name}录入（{Means(proxy.means).label}）：{written.text}"
                written.save()
                _remember_proxy(step, written, session)
    except AlreadyDone as done:
        issue = Issue.get_by_id(done.subject_id)
        return Done(issue.id, issue.number, issue.state, issue.version)
    return Done(issue.id, issue.number, issue.state, issue.version, written.text)


def answer_proxies(
    session: Session, entry_ids: list[int], confirm: bool, objection: str, act_id: str
) -> int:
    """Confirm in bulk what others entered for this person, or object to it with a reason; answers how many.

    An objection does not take the step back: it stands in the story, and the area's desk sees it.
    """
    if not confirm and not objection:
        raise Refused("有异议请写明实际是怎么回事。", "objection")
    try:
        with acts.act(session, act_id, "issue.confirm_proxy" if confirm else "issue.object_proxy") as acting:
            entries = list(
                ProxyEntry.select().where(
                    ProxyEntry.id.in_(entry_ids),
                    ProxyEntry.staff == session.staff_id,
                    ProxyEntry.state == ProxyState.PENDING,
                )
            )
            for entry in entries:
                entry.state = ProxyState.CONFIRMED if confirm else ProxyState.OBJECTED
                entry.answered_at, entry.objection = acting.at, objection
                entry.save()
                issue = fresh(entry.issue_id, None)
                acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
                step = Step(session, acting, issue, BY_ACT["note"], {})
                name = "confirm_proxy" if confirm else "object_proxy"
                record(step, "确认代录" if confirm else f"对代录有异议：{objection}", name, issue.state)
                issue.version += 1
                issue.changed_at = acting.at
                issue.save()
                acting.changed(issue.number, {"proxy": "pending"}, {"proxy": entry.state.value, "said": objection})
    except AlreadyDone:
        return len(entry_ids)
    return len(entries)
