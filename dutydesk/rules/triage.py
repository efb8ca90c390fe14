"""Triage: 立案, 不予立案, 并案, 派单, 下派居委, 改派, 移交片区, 改类别, flags."""

from __future__ import annotations

from dutydesk.models import Area, Category, Issue, Reporter, Request, Staff, Unit
from dutydesk.rules import time_limits
from dutydesk.rules.assignees import Assignee, give, resolve
from dutydesk.rules.before import Before, area_follows
from dutydesk.rules.errors import Refused
from dutydesk.rules.organisation import (
    area_in_charge,
    area_of_unit,
    duty_bases,
    row_id,
    today,
    unit_in_charge,
    units_of_area,
)
from dutydesk.rules.pausing import count_again
from dutydesk.rules.permission import may, roles_on
from dutydesk.rules.steps import Asking, Step, condition, effect, fresh, moved_on, record
from dutydesk.text import unmask_phones_in
from dutydesk.vocabulary import AssigneeKind, RequestKind, RequestState, Role, State, Urgency

_TOLD = 60  # characters of a text in the story of its correction; the audit has all of it
_MORE_THAN_DUTY = frozenset({Role.AREA_CHIEF, Role.COORDINATOR})


def to_contact(issue: Issue) -> bool:
    """Whether somebody raised it who can be told: with a name or a telephone number on record."""
    reporter = Reporter.get_or_none(Reporter.issue == issue.id)
    return bool(reporter and (reporter.name or reporter.phone))


def tell_merged(step: Step, said: str) -> None:
    """Write into the stories of those that were merged into this issue what has become of it."""
    for other in step.issue.merged:
        record(
            Step(step.session, step.acting, other, step.way, {}, step.proxy), said, "follow_main", other.state
        )


@effect("open")
def _open(step: Step) -> str:
    step.issue.opened_at = step.at
    time_limits.start_deadlines(step.issue, step.at, to_contact(step.issue))
    return ""


@effect("reject")
def _reject(step: Step) -> str:
    step.issue.closed_at = step.acting.at
    reason = step.need("reason", "请写明不予立案的理由，反映人来问时要能答复。")
    tell_merged(step, f"主案 {step.issue.number} 不予立案：{reason}")
    return reason


@condition("assign", "send_down")
def _delegated(asking: Asking) -> str | None:
    session, issue = asking.session, asking.issue
    if issue.category.delegated or roles_on(session, issue.id) & _MORE_THAN_DUTY:
        return None
    return f"“{issue.category.name}”须由片区长派单，请选“提请片区长派单”。"


@condition("reassign")
def _delegated_anew(asking: Asking) -> str | None:
    return f"“{asking.issue.category.name}”须由片区长改派，请告诉片区长。" if _delegated(asking) else None


@condition("propose_assign", shown=False)
def _need_not_ask(asking: Asking) -> str | None:
    return None if _delegated(asking) else "这类问题您可以直接派单，不用提请。"


@condition("propose_assign")
def _not_twice(asking: Asking) -> str | None:
    waiting = Request.select().where(
        Request.issue == asking.issue.id,
        Request.kind == RequestKind.ASSIGN,
        Request.state == RequestState.PENDING,
    )
    return "已经提请片区长，正在待我定里等候。" if waiting.exists() else None


def chosen(step: Step) -> Assignee:
    """The assignee that the form names. Raises Refused where none is, or a 居委 without its grounds."""
    assignee = resolve(step.need("assignee", "请选承办的力量、部门、个人或共建力量。"), step.issue)
    if assignee.kind is AssigneeKind.UNIT:
        raise Refused("交给居委请用“下派居委”：须有职责清单或居委同意。", "assignee")
    return assignee


@effect("assign")
def _assign(step: Step) -> str:
    assignee = chosen(step)
    give(step.issue, assignee)
    step.issue.assigned_at = step.acting.at
    step.details["assignee"] = assignee.value
    note = step.text("note")
    return f"交{assignee.name}" + (f"：{note}" if note else "")


@effect("reassign")
def _reassign(step: Step) -> str:
    assignee = chosen(step)
    reason = step.need("reason", "请写明改派的理由，原承办人看得到。")
    was = step.issue.assignee_name
    if (assignee.kind, assignee.key) == (step.issue.assignee_kind, step.issue.assignee_key):
        leaver = Staff.get_or_none(Staff.id == step.issue.handler_id, Staff.left_on.is_null(False))
        if leaver is None or assignee.kind is AssigneeKind.STAFF:
            raise Refused("这件已经在他手上，请选别人。", "assignee")
        was = f"{was}的{leaver.name}"  # whose work the others of the same force or department take on
    give(step.issue, assignee)
    step.issue.assigned_at = step.acting.at
    step.details["assignee"] = assignee.value
    return f"由{was}改交{assignee.name}：{reason}"


@effect("send_down")
def _send_down(step: Step) -> str:
    issue = step.issue
    ground = step.need("ground", "请选下派的依据：居委职责清单，或居委同意。")
    if ground == "listed":
        bases = duty_bases(issue.category_id, None)
        if not bases:
            raise Refused(
                f"居委职责清单里没有“{issue.category.name}”，不能按清单下派。请征得居委同意，或交给别的承办对象。",
                "ground",
            )
        said = f"依据：{bases[0]}"
    else:
        said = "居委同意：" + step.need("consent_by", "请写明居委谁、何时同意的。")
    give(issue, resolve(f"unit:{issue.unit_id}", issue))
    issue.assigned_at = step.acting.at
    issue.sent_down = True
    step.details["ground"] = ground
    note = step.text("note")
    return f"下派{issue.assignee_name}。{said}" + (f"。{note}" if note else "")


@effect("recategorise")
def _recategorise(step: Step) -> str:
    issue = step.issue
    chosen_id = step.need("category", "请从列出的类别中选一个。")
    category = Category.get_or_none(Category.id == row_id(chosen_id), Category.active)
    if category is None:
        raise Refused("请从列出的类别中选一个。", "category")
    urgency = step.one_of("urgency", Urgency, "请选紧急程度。")
    reason = step.need("reason", "请写明为什么改，期限会随之重算。")
    was = f"{issue.category.name}·{issue.urgency.label}"
    if (category.id, category.force, urgency) == (issue.category_id, issue.force, issue.urgency):
        raise Refused(f"已经是{was}，没有改动，不用保存。按 Esc 返回。", "urgency")
    issue.category, issue.force, issue.urgency = category, category.force, urgency
    if issue.state is State.OPENED:
        count_again(issue, to_contact(issue) and issue.first_contact_at is None)
    return f"{was} 改为 {category.name}·{urgency.label}：{reason}"


AMENDED_TEXTS = ("summary", "detail", "spot")
_AMENDED = {"summary": "问题", "detail": "补充说明", "spot": "具体位置"}


@effect("amend")
def _amend(step: Step) -> str:
    issue, said = step.issue, []
    step.need("summary", "请写明是什么问题。")
    reason = step.need("reason", "请写明为什么更正。")
    for name in AMENDED_TEXTS:
        was = getattr(issue, name)
        text = unmask_phones_in(step.text(name), was) if name in step.fields else was
        if text != was:
            setattr(issue, name, text)
            said.append(f"{_AMENDED[name]}“{_short(was)}”改为“{_short(text)}”")
    if step.text("unit") and step.text("unit") != str(issue.unit_id):
        said.append(_move(step, row_id(step.text("unit"))))
    if not said:
        raise Refused("没有改动，不用保存。按 Esc 返回。", "summary")
    return f"{'；'.join(said)}。{reason}"


def _move(step: Step, unit_id: int) -> str:
    """The case lies in another unit of its area."""
    issue, was = step.issue, step.issue.unit
    if unit_id not in {unit.id for unit in units_of_area(issue.area_id, today())}:
        raise Refused("只能改到本片区的地点；不在本片区的，请不予立案并告知该片区登记。", "unit")
    if issue.assignee_kind is AssigneeKind.UNIT:
        raise Refused(f"这件在{issue.assignee_name}居委手上，请先改派，再改地点。", "unit")
    issue.unit = Unit.get_by_id(unit_id)
    return f"地点“{was.name}”改为“{issue.unit.name}”"


def _short(text: str) -> str:
    return text if len(text) <= _TOLD else text[:_TOLD] + "…"


_FIRST = ("strongly_felt", "beyond_neighbourhood")


@effect("flag")
def _flag(step: Step) -> str:
    flags = set(step.text("flags").split())
    issue = step.issue
    if (issue.strongly_felt, issue.beyond_neighbourhood) == tuple(each in flags for each in _FIRST):
        raise Refused("标记已是这样，没有改动。", "flags")
    issue.strongly_felt, issue.beyond_neighbourhood = (each in flags for each in _FIRST)
    said = [
        name
        for name, on in (
            ("群众反映强烈", issue.strongly_felt),
            ("居民区难以协调", issue.beyond_neighbourhood),
        )
        if on
    ]
    return "标记：" + "、".join(said) if said else "取消标记"


@condition("merge")
def _no_followers(asking: Asking) -> str | None:
    if Issue.select().where(Issue.merged_into == asking.issue.id).exists():
        return "已有别的问题并入这一件，请把那一件作为主案，或先撤销并案。"
    return None


@effect("merge")
def _merge(step: Step) -> str:
    issue = step.issue
    number = step.need("target", "请填主案的编号，例如 2026-000123。")
    target = by_number(number)
    if target is None or not may(step.session, "merge", target.id):
        raise Refused(f"没有找到编号为 {number} 的问题，请核对。", "target")
    if target.id == issue.id:
        raise Refused("不能并入自己，请填另一件的编号。", "target")
    if not target.is_open:
        raise Refused(f"{target.number} 是{target.state.label}，不能再并入。请选一件未结的。", "target")
    target = fresh(target.id)
    before = Before(target)
    issue.returns_to, issue.merged_into, issue.closed_at = issue.state, target.id, step.acting.at
    reason = step.text("reason")
    target.version += 1
    target.changed_at = step.acting.at
    target.feedback_given = target.feedback_given and (issue.feedback_given or not to_contact(issue))
    target.save()
    on_target = Step(step.session, step.acting, target, step.way, {})
    record(on_target, f"{issue.number} 并入：{issue.summary}", "merged_in", target.state)
    if before.changed(target):
        before.keep(step.acting, target)
    return f"并入 {target.number}" + (f"：{reason}" if reason else "")


@effect("unmerge")
def _unmerge(step: Step) -> str:
    main = step.issue.merged_into
    step.issue.merged_into = step.issue.returns_to = step.issue.closed_at = None
    return f"不再并入 {main.number}：" + step.need("reason", "请写明为什么撤销并案。")


def by_number(number: str) -> Issue | None:
    """The issue with a number; the year may be left out (`123` means this year's)."""
    year, dash, serial = number.strip().rpartition("-")
    if not row_id(serial) or (dash and not row_id(year)):
        return None
    found = Issue.get_or_none(Issue.year == (row_id(year) or today().year), Issue.serial == row_id(serial))
    return found if isinstance(found, Issue) else None


# -- the unit has moved -----------------------------------------------------------------------------------------


def area_now(issue: Issue) -> Area | None:
    """The area that has a case's unit now, where that is another one than has the case; None where it is the same."""
    day = today()
    area = area_of_unit(unit_in_charge(issue.unit_id, day), day)
    return None if area is None or area.id == area_in_charge(issue.area_id, day) else area


@condition("move_area", shown=False)
def _the_unit_has_moved(asking: Asking) -> str | None:
    issue = asking.issue
    if area_now(issue) is None:
        return f"{issue.unit.name}没有划到别的片区，不用移交。"
    return None


@effect("move_area")
def _move_area(step: Step) -> str:
    issue, reason = step.issue, step.need("reason", "请写明为什么移交。")
    area = area_now(issue)
    assert area is not None  # the condition
    was = issue.area
    _hand_to(issue, area)
    for other in Issue.select().where(Issue.merged_into == issue.id, Issue.state == State.MERGED):
        before = Before(other)
        _hand_to(other, area)
        on_other = Step(step.session, step.acting, other, step.way, {})
        moved_on(on_other)
        record(on_other, f"随主案由{was.name}移交{area.name}", "follow_main", other.state)
        before.keep(step.acting, other)
    return f"由{was.name}移交{area.name}{_in_whose_hands(issue)}：{reason}"


def _in_whose_hands(issue: Issue) -> str:
    """Who goes on with what was handed over: whoever has taken it up, else the same force of the other area."""
    if issue.handler_id:
        return f"，{Staff.get_by_id(issue.handler_id).name}接着办，可再改派"
    return f"，由那里的{issue.assignee_name}接着办" if issue.assignee_kind is AssigneeKind.FORCE else ""


def _hand_to(issue: Issue, area: Area) -> None:
    issue.area = area
    area_follows(issue)
