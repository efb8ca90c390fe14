"""代录: what somebody told by word, telephone or paper, entered by another; confirmed later, or objected to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dutydesk.models import Issue, IssueStep, ProxyEntry, Staff
from dutydesk.rules import acts, permission, search
from dutydesk.rules.assignees import is_with
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.lifecycle import BY_ACT, Way
from dutydesk.rules.signing_on import grants_of
from dutydesk.rules.steps import Proxy, Step, fresh, record
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.vocabulary import AssigneeKind, Means, ProxyState


def person_concerned(session: Session, proxy: Proxy) -> Session | None:
    """The session of who told it, whose own right to act is checked as well; None for who has no account."""
    staff = Staff.get_or_none(Staff.id == proxy.staff_id) if proxy.staff_id else None
    if staff is None:
        return None
    return Session(staff.id, staff.number, staff.name, grants_of(staff.id, session.day), session.day)


def permit(session: Session, way: Way, issue: Issue, proxy: Proxy) -> Session | None:
    """Whose step it is. Raises NotAllowed or Refused unless it may be entered here, and the person may do it."""
    permission.require(session, "enter_for_others", issue.id)
    if not way.proxied:
        raise NotAllowed(f"“{way.name}”不能代录。")
    concerned = person_concerned(session, proxy)
    if concerned is None:
        if issue.assignee_kind is not AssigneeKind.PARTNER:
            raise Refused("请选是谁告诉您的。", "on_behalf")
        return None
    if not is_with(concerned, issue):
        raise Refused(f"这件不在{concerned.name}手上，请选承办的人。", "on_behalf")
    if not permission.may(concerned, way.act, issue.id):
        raise Refused(f"{concerned.name}的岗位不能{way.name}，请选承办的人。", "on_behalf")
    return concerned


def enter(
    step: Step, concerned: Session | None, since: datetime | None, do: Callable[[Step], IssueStep]
) -> IssueStep:
    """Do a step of the person concerned, written by who sits here, waiting to be confirmed.

    `since` is when it was first with the person: it cannot have been told before. Raises Refused.
    """
    proxy, entered_by = step.proxy, step.session
    assert proxy is not None
    if proxy.told_at > step.acting.at:
        raise Refused("告知的时间不能在将来。", "told_at")
    if since is not None and proxy.told_at < since.replace(second=0, microsecond=0):
        raise Refused(f"{moment(since, '')}才交办，告知不能更早，请核对时间。", "told_at")
    if concerned is not None:
        step.session, proxy = concerned, replace(proxy, person_name=concerned.name)
    step.details["proxy"] = {"person": proxy.person_name, "means": proxy.means}
    written = do(step)
    written.staff_id, written.staff_name = entered_by.staff_id, entered_by.name
    written.role = entered_by.main.role.value if entered_by.main else ""
    said = f"：{written.text}" if written.text else ""
    written.text = f"代{proxy.person_name}录入（{Means(proxy.means).label}）{said}"
    written.save()
    search.keep(step.issue)
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
    return written


def answer_proxies(session: Session, entry_ids: list[int], confirm: bool, objection: str, act_id: str) -> int:
    """Confirm in bulk what others entered for this person, or object to it with a reason; answers how many.

    An objection does not take the step back: it stands in the story, and the area's desk sees it.
    """
    if not confirm and not objection:
        raise Refused("有异议请写明实际是怎么回事。", "objection")
    name = "confirm_proxy" if confirm else "object_proxy"
    try:
        with acts.act(session, act_id, f"issue.{name}") as acting:
            entries = list(
                ProxyEntry.select().where(
                    ProxyEntry.id.in_(entry_ids),
                    ProxyEntry.staff == session.staff_id,
                    ProxyEntry.state == ProxyState.PENDING,
                )
            )
            for entry in entries:
                entry.state = ProxyState.CONFIRMED if confirm else ProxyState.OBJECTED
                entry.answered_at, entry.objection = acting.at, "" if confirm else objection
                entry.save()
                issue = fresh(entry.issue_id)
                acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
                step = Step(session, acting, issue, BY_ACT["note"], {})
                record(step, "确认代录" if confirm else f"对代录有异议：{objection}", name, issue.state)
                issue.version += 1
                issue.changed_at = acting.at
                issue.save()
                after = {"proxy": entry.state.value, "said": entry.objection}
                acting.changed(issue.number, {"proxy": ProxyState.PENDING.value}, after)
    except AlreadyDone:
        return IssueStep.select().where(IssueStep.act == act_id).count()
    return len(entries)
