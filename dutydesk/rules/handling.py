"""Handling: 接单, 退单, 上报片区, 居委自办, 报完成, 催办, 先行联系, 备注, and the check on site."""

from __future__ import annotations

from dutydesk.models import Issue, Staff
from dutydesk.rules import duty_questions, office, time_limits
from dutydesk.rules.assignees import give, is_with, resolve
from dutydesk.rules.duty_basis import NOT_LISTED, basis_said
from dutydesk.rules.merged import ask_again, told_back
from dutydesk.rules.steps import Asking, Step, condition, effect
from dutydesk.rules.triage import to_contact
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.vocabulary import AssigneeKind, JointWork, Means, State

EVIDENCE_KINDS = (("text", "文字"), ("photos", "照片"), ("file", "收件夹文件"))


@condition("take_up", "send_back", "pass_up", "report_done")
def _in_these_hands(asking: Asking) -> str | None:
    issue, proxy = asking.issue, asking.proxy
    if proxy and proxy.staff_id is None and issue.assignee_kind is AssigneeKind.PARTNER:
        return None  # the partner that has it told it, and has no account
    if is_with(asking.session, issue):
        return None
    return f"这件在{issue.assignee_name or '别人'}手上，由他办理；代为录入请选“代录”。"


@effect("take_up")
def _take_up(step: Step) -> str:
    step.issue.handler_id = step.doer_id
    return ""


@condition("send_back")
def _within_the_limit(asking: Asking) -> str | None:
    until = time_limits.may_be_sent_back_until(asking.issue)
    if until is None or asking.at <= until:
        return None
    local = until.astimezone(CHINA)
    return f"退单期限是{moment(local, '')}（本单位设置），已过。请接单，或请片区改派。"


@effect("send_back")
def _send_back(step: Step) -> str:
    issue = step.issue
    chosen = step.need("basis", "请选权责清单上的依据：哪一条说明不归您。")
    reason = step.need("reason", "请写明退单理由。")
    basis = basis_said(issue, chosen)
    was = issue.assignee_name
    _back_to_the_area(issue)
    issue.send_backs += 1
    step.details |= {"basis": basis, "unlisted": chosen == NOT_LISTED}
    if chosen == NOT_LISTED:
        duty_questions.collect(step.session, issue, f"{was}退单：{reason}", step.acting.at)
    said = f"{was}退单。依据：{basis}。{reason}"
    if issue.send_backs >= int(office.setting("send_backs_before_invitation", issue.subdistrict_id)):
        said += "（已多次退单，建议条块约请）"
    return said


@effect("pass_up")
def _pass_up(step: Step) -> str:
    tried = step.need("tried", "请写明居委已经做了什么。")
    _back_to_the_area(step.issue)
    return f"居委已做：{tried}"


def _back_to_the_area(issue: Issue) -> None:
    issue.assignee_kind = issue.assignee_key = issue.handler = None
    issue.assignee_name = ""


@effect("handle_locally")
def _handle_locally(step: Step) -> str:
    issue = step.issue
    if issue.opened_at is None:
        issue.opened_at = step.at
        time_limits.start_deadlines(issue, step.at, to_contact(issue))
    give(issue, resolve(f"unit:{issue.unit_id}", issue))
    issue.handler_id = step.doer_id
    issue.assigned_at = step.acting.at
    return ""


def note_evidence(step: Step) -> str:
    """Take the evidence of a form into the step: text, how many photographs and where, or a file's name."""
    kind, said = step.text("evidence_kind"), step.text("evidence")
    if not said:
        return ""
    step.details["evidence"] = {"kind": kind or "text", "said": said}
    return f"（凭据·{dict(EVIDENCE_KINDS).get(kind, '文字')}：{said}）"


@effect("report_done")
def _report_done(step: Step) -> str:
    done = step.need("done", "请写明做了什么，核查的人要照着看。")
    step.issue.outcome = done
    step.issue.handled_by_id = step.doer_id
    said = done
    if step.text("joint_work"):
        joint = step.one_of("joint_work", JointWork, "请从列出的几种联合工作中选。")
        participants = step.need("participants", "联合工作请写明哪些力量、部门参加。")
        step.details |= {"joint_work": joint, "participants": participants}
        said += f"（{joint.label}：{participants}）"
    return said + note_evidence(step)


@condition("pass_check", "fail_check")
def _by_somebody_else(asking: Asking) -> str | None:
    if asking.session.staff_id in (asking.issue.handled_by_id, asking.issue.handler_id):
        return "处置人不能核查自己办的，请换一位同事到现场看。"
    return None


@effect("pass_check")
def _pass_check(step: Step) -> str:
    issue = step.issue
    found = step.need("found", "请写明到现场看到了什么。")
    issue.checked_by_id = step.session.staff_id
    if not to_contact(issue):
        issue.feedback_text = f"无反映人（{issue.source.label}），不需反馈"
        issue.feedback_given = told_back(issue)
    return found + note_evidence(step)


def _again(step: Step) -> None:
    issue = step.issue
    issue.reworks += 1
    ask_again(step)
    issue.checked_by = None
    issue.feedback_given, issue.feedback_text, issue.satisfied = False, "", None


@effect("fail_check", "rework")
def _fail_check(step: Step) -> str:
    _again(step)
    if step.issue.handler_id is None and step.issue.assignee_kind is None:
        step.to = State.OPENED
    return step.need("reason", "请写明哪里不合格、要补做什么。") + note_evidence(step)


@condition("sample_check", shown=False)
def _drawn(asking: Asking) -> str | None:
    return None if asking.issue.sample_due else "这件没有抽中，不需抽查；有疑问可请片区长重开。"


@condition("sample_check")
def _not_the_own(asking: Asking) -> str | None:
    if asking.issue.handled_by_id == asking.session.staff_id:
        return "当场解决的人不能抽查自己，请换一位同事。"
    return None


@effect("sample_check")
def _sample_check(step: Step) -> str:
    step.issue.sample_due = False
    step.issue.checked_by_id = step.session.staff_id
    return step.need("found", "请写明看到了什么；不合格请用重开。")


@effect("urge")
def _urge(step: Step) -> str:
    step.issue.urges += 1
    return step.need("text", "请写明催什么、请对方何时回话。")


@effect("note")
def _note(step: Step) -> str:
    return step.need("text", "请写下要备注的内容。")


@condition("first_contact", shown=False)
def _somebody_to_call(asking: Asking) -> str | None:
    if asking.issue.first_contact_at:
        return "已经先行联系过了，再次联系请记为备注。"
    return None if to_contact(asking.issue) else "没有登记反映人，不需先行联系。"


@effect("first_contact")
def _first_contact(step: Step) -> str:
    from dutydesk.rules import promises  # not at the start of the desk

    means = step.one_of("told_how", Means, "请选用什么方式联系的。")
    step.issue.first_contact_at = step.at
    said = step.need("text", "请写明对方怎么说。")
    return f"{means.label}联系反映人：{said}" + promises.make(step)


def name_of(staff_id: int | None) -> str:
    """The name of a member of staff, empty for nobody."""
    staff = Staff.get_or_none(Staff.id == staff_id) if staff_id else None
    return staff.name if staff else ""
