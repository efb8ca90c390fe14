"""立案提议: what the desk proposes for a reported case, why, and taking it in one act.

A proposal is what the person saw: taking it does just that, and is refused where the case has moved on since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dutydesk.models import Category, Issue
from dutydesk.rules import acts, evidence, finding, permission, time_limits
from dutydesk.rules.assignees import Assignee, forces_and_partners, resolve
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.finding import SHOWN, Found
from dutydesk.rules.issue_acts import Done
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.organisation import committee, duty_bases, row_id
from dutydesk.rules.steps import Asking, Step, fresh, same_version, why_not
from dutydesk.rules.steps import take as take_step
from dutydesk.rules.triage import to_contact
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.vocabulary import AssigneeKind, Phase, State, Urgency

NOBODY = "none"  # what stands for: open it, and assign it later
PARTS = ("category", "urgency", "assignee")
_OWN_CHOICE = ("您选定的",)
_BACKED = 4  # choices that something speaks for, before the others
_HINT = 21  # characters of a reason beside a choice
_WAYS = {"assign": "派给", "send_down": "下派", "propose_assign": "提请片区长派给"}


@dataclass(frozen=True)
class Part:
    """One part of a proposal: the value that is kept, what the screen shows, and why."""

    value: str
    said: str
    reasons: tuple[str, ...]
    by_hand: bool = False


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one case as it stands at `version`.

    `way` is the act by which it reaches the assignee after 立案: assign, send_down, propose_assign, or "" for none.
    `changes` are the parts chosen by hand; `proposed` are the values without them.
    """

    issue_id: int
    number: str
    version: int
    category: Part
    urgency: Part
    assignee: Part
    way: str
    deadline: str
    explanation: str
    registered: tuple[str, str]
    proposed: Mapping[str, str]
    changes: Mapping[str, str]

    @property
    def does(self) -> str:
        """What taking it does, in words."""
        return f"立案，{_WAYS[self.way]}{self.assignee.said}" if self.way else "立案，承办以后再派"

    @property
    def changed(self) -> tuple[str, ...]:
        """The parts that differ from what the desk proposed."""
        values = {name: getattr(self, name).value for name in PARTS}
        return tuple(name for name in PARTS if values[name] != self.proposed[name])


# -- proposing --------------------------------------------------------------------------------------------------


def propose(session: Session, issue_id: int, changes: Mapping[str, str] | None = None) -> Proposal:
    """Propose for a reported case; `changes` (category, urgency, assignee, consent_by) replace parts of it.

    What depends on a changed part follows it unless it was chosen by hand too. Raises NotAllowed outside the scope,
    Refused where the case waits no longer or a change names nothing.
    """
    permission.require(session, "open", issue_id)
    issue = fresh(issue_id)
    if issue.state is not State.REPORTED:
        raise Refused(f"{issue.number}已不在待立案，现在是{issue.state.label}。")
    registered = (str(issue.category_id), issue.urgency.value)
    wanted = {name: value for name, value in (changes or {}).items() if value}
    plain = category, urgency, assignee = _parts(issue, {})
    if wanted:
        issue = fresh(issue_id)
        category, urgency, assignee = _parts(issue, wanted)
    way = _way(session, issue, assignee)
    due = _deadline(issue)
    return Proposal(
        issue_id=issue.id,
        number=issue.number,
        version=issue.version,
        category=category,
        urgency=urgency,
        assignee=assignee,
        way=way,
        deadline=due[0],
        explanation=due[1],
        registered=registered,
        proposed=dict(zip(PARTS, (part.value for part in plain), strict=True)),
        changes=wanted,
    )


def _parts(issue: Issue, wanted: Mapping[str, str]) -> tuple[Part, Part, Part]:
    """The three parts; they leave their category, force and urgency on `issue`, unsaved."""
    found = evidence.likenesses(issue)
    backed = evidence.category_for(issue, found)
    category, reasons = backed.value, backed.reasons
    if "category" in wanted:
        category, reasons = _category(wanted["category"]), _OWN_CHOICE
    urgent = evidence.urgency_for(issue)
    urgency, why = urgent.value, urgent.reasons
    if "urgency" in wanted:
        urgency, why = _urgency(wanted["urgency"]), _OWN_CHOICE
    issue.category, issue.force, issue.urgency = category, category.force, urgency
    return (
        Part(str(category.id), f"{category.group_name}·{category.name}", reasons, "category" in wanted),
        Part(urgency.value, urgency.label, why, "urgency" in wanted),
        _assignee(issue, found, wanted),
    )


def _category(value: str) -> Category:
    found = Category.get_or_none(Category.id == row_id(value), Category.active)
    if not isinstance(found, Category):
        raise Refused("请从列出的类别中选一个。", "category")
    return found


def _urgency(value: str) -> Urgency:
    try:
        return Urgency(value)
    except ValueError:
        raise Refused("请选紧急程度。", "urgency") from None


def _assignee(issue: Issue, found: list[evidence.Likeness], wanted: Mapping[str, str]) -> Part:
    value = wanted.get("assignee", "")
    if value == NOBODY:
        return Part("", "先不派", _OWN_CHOICE, by_hand=True)
    if value:
        chosen = resolve(value, issue)
        return Part(chosen.value, _name(chosen, issue), (_ground(chosen, issue),), by_hand=True)
    backed = _backed(issue, found, "category" in wanted)
    if not backed:
        return Part("", "先不派", ("文字里看不出，此类近来没有先例，权责清单里也没有：不提议承办",))
    return Part(backed[0].value.value, _name(backed[0].value, issue), backed[0].reasons)


def _backed(issue: Issue, found: list[evidence.Likeness], by_hand: bool) -> list[evidence.Backed]:
    """Who could take it; a category chosen by hand is borne out by that."""
    borne_out = by_hand or any(each.category.id == issue.category_id for each in found)
    return evidence.handlers_for(issue, issue.category, borne_out)


def _name(assignee: Assignee, issue: Issue) -> str:
    return committee(issue.unit) if assignee.kind is AssigneeKind.UNIT else assignee.name


def _ground(assignee: Assignee, issue: Issue) -> str:
    """What the 权责清单 says for an assignee chosen by hand."""
    if assignee.kind is AssigneeKind.UNIT:
        bases = duty_bases(issue.category_id, None)
    elif assignee.kind is AssigneeKind.DEPARTMENT:
        bases = duty_bases(issue.category_id, int(assignee.key))
    else:
        bases = []
    return f"您选定的（权责清单：{bases[0]}）" if bases else _OWN_CHOICE[0]


def _way(session: Session, issue: Issue, assignee: Part) -> str:
    """How the case gets to the assignee: what the chief has not delegated is asked of the chief."""
    if not assignee.value:
        return ""
    down = assignee.value.startswith(AssigneeKind.UNIT.value)
    if why_not(Asking(session, issue), BY_ACT["assign"]):
        if down:
            raise Refused(f"“{issue.category.name}”须由片区长派单，不能下派居委。请另选承办。", "assignee")
        return "propose_assign"
    return "send_down" if down else "assign"


def _deadline(issue: Issue) -> tuple[str, str]:
    """When it will be due if it is opened now, and the line that explains it."""
    if issue.source_due_at:
        return f"{moment(issue.source_due_at)} 来源时限", "由来源单位规定，本单位不能自行延期"
    now = datetime.now(UTC)
    due = time_limits.deadline_for(
        issue.category_id, issue.urgency, Phase.COMPLETION, issue.subdistrict_id, now
    )
    if due is None:
        return "没有时限", "本单位没有给这一类定办结时限"
    contact = time_limits.deadline_for(
        issue.category_id, issue.urgency, Phase.FIRST_CONTACT, issue.subdistrict_id, now
    )
    first = f"；{moment(contact.at)} 前先行联系" if contact and to_contact(issue) else ""
    return f"{moment(due.at)} 前办结{first}", f"{due.explanation}（本单位设置）"


# -- choices ----------------------------------------------------------------------------------------------------


def categories(session: Session, issue_id: int, text: str = "") -> list[Found]:
    """What the category may be changed to: those that the report's words speak for first; or by what is typed."""
    permission.require(session, "open", issue_id)
    if text.strip():
        return finding.categories(session, text)
    found = [
        Found(str(each.category.id), each.category.name, f"{each.category.group_name}·文字里有{each.said}")
        for each in evidence.likenesses(fresh(issue_id))
    ]
    listed = {each.value for each in found}
    return [*found, *(each for each in finding.categories(session, "") if each.value not in listed)][:SHOWN]


def assignees(session: Session, proposal: Proposal, text: str = "") -> list[Found]:
    """To whom it may be given, under the proposal's category: the best backed first; or by what is typed."""
    permission.require(session, "open", proposal.issue_id)
    if text.strip():
        return finding.assignees(session, proposal.issue_id, text)
    issue = fresh(proposal.issue_id)
    likely = evidence.likenesses(issue)
    issue.category = _category(proposal.category.value)
    issue.force = issue.category.force
    backed = [(each.value, each.reasons[0]) for each in _backed(issue, likely, proposal.category.by_hand)][
        :_BACKED
    ]
    rest = [(each, each.kind.label) for each in forces_and_partners(issue.area_id)]
    if why_not(Asking(session, issue), BY_ACT["assign"]) is None:
        listed = duty_bases(issue.category_id, None)
        down = Assignee(AssigneeKind.UNIT, str(issue.unit_id), issue.unit.name)
        rest.insert(0, (down, "下派，" + (listed[0] if listed else "须居委同意")))
    shown = dict[str, Found]()
    for assignee, why in [*backed, *rest]:
        shown.setdefault(assignee.value, Found(assignee.value, _name(assignee, issue), why[:_HINT]))
    return [*list(shown.values())[: SHOWN - 1], Found(NOBODY, "先不派", "只立案")]


def needs_consent(_session: Session, proposal: Proposal, assignee: str) -> bool:
    """Whether giving it to this assignee needs the 居委's consent: it is one, and its list does not name the category."""
    is_unit = assignee.startswith(AssigneeKind.UNIT.value)
    return is_unit and not duty_bases(row_id(proposal.category.value), None)


# -- taking -----------------------------------------------------------------------------------------------------


def take(session: Session, proposal: Proposal, act_id: str) -> Done:
    """立案, with the changed category or urgency, and on to the assignee: one act, each way a step of the story.

    Does what was proposed and seen, whatever would be proposed now. Raises NotAllowed, Stale, or Refused with the
    part that the message is about; then nothing has been written.
    """
    try:
        with acts.act(session, act_id, "issue.triage") as acting:
            issue = fresh(proposal.issue_id)
            permission.require(session, "open", issue.id)
            same_version(issue, proposal.version)
            acting.about("issue", issue.id, issue.number, issue.subdistrict_id)
            for act, fields in _acts(proposal):
                permission.require(session, act, issue.id)
                step = Step(session, acting, issue, BY_ACT[act], fields)
                if act == "open":
                    step.details["proposal"] = _told(proposal)
                take_step(step)
    except AlreadyDone as done:
        issue = Issue.get_by_id(done.subject_id)
    return Done(issue.id, issue.number, issue.state, issue.version, proposal.does)


def _acts(proposal: Proposal) -> list[tuple[str, dict[str, Any]]]:
    """The ways that the proposal goes, each with the fields of its form."""
    ways: list[tuple[str, dict[str, Any]]] = []
    if (proposal.category.value, proposal.urgency.value) != proposal.registered:
        reasons = [
            reason
            for part, was in zip((proposal.category, proposal.urgency), proposal.registered, strict=True)
            if part.value != was
            for reason in part.reasons
        ]
        fields = {"category": proposal.category.value, "urgency": proposal.urgency.value}
        ways.append(("recategorise", fields | {"reason": "；".join(_as_told(reasons))}))
    ways.append(("open", {}))
    why = "；".join(_as_told(proposal.assignee.reasons))
    if proposal.way == "assign":
        ways.append(("assign", {"assignee": proposal.assignee.value}))
    elif proposal.way == "propose_assign":
        ways.append(("propose_assign", {"assignee": proposal.assignee.value, "reason": why}))
    elif proposal.way == "send_down":
        consent = proposal.changes.get("consent_by", "")
        ground = {"ground": "consent", "consent_by": consent} if consent else {"ground": "listed"}
        ways.append(("send_down", ground))
    return ways


def _as_told(reasons: Collection[str]) -> list[str]:
    """Reasons as the story tells them: it does not say 您."""
    return [reason.replace("您选定的", "立案时选定") for reason in reasons]


def _told(proposal: Proposal) -> dict[str, Any]:
    """Whether the proposal was taken as it was, for later figures."""
    changed = list(proposal.changed)
    return {
        "taken": "changed" if changed else "as_is",
        "changed": changed,
        "proposed": dict(proposal.proposed),
    }
