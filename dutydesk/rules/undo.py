"""撤销: an act's values before are restored, as a step of its own; nothing that was told is erased.

Only one's own act, of today, and only while nobody has acted on any of its cases since. Numbers, letters, reveals,
exports and an undo itself are never undone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from peewee import fn

from dutydesk.models import Act, ActChange, Issue, IssueStep, ProxyEntry
from dutydesk.rules import acts, promises
from dutydesk.rules.acts import Acting
from dutydesk.rules.before import Before, columns_back, put_back
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.lifecycle import BY_ACT, STEP_NAMES
from dutydesk.rules.organisation import start_of, today
from dutydesk.rules.steps import Step, fresh, moved_on, record
from dutydesk.rules.workcalendar import moment
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import ProxyState, Role

_SINGLE = frozenset({f"issue.{act}" for act in (*BY_ACT, "approve", "refuse", "triage")})
BULK = "bulk."  # how the names of acts on many cases begin
_BESIDE = ("merged_in", "follow_main", "merged_told")  # what an act tells other cases
# What is done to a main case for all who follow it: the check on site, what is told their reporters, the ends.
_FOR_ALL = frozenset({"pass_check", "feedback", "merged_told", "close", "solve_on_spot", "reject"})
_NAMED = 3


@dataclass(frozen=True)
class Undoable:
    """What `u` would take back: what it was, when, on how many cases, line by line; `refusal` says why it cannot."""

    act_id: str
    what: str
    when: str
    count: int
    lines: tuple[str, ...]
    refusal: str = ""


@dataclass(frozen=True)
class Undone:
    """What an undo left behind."""

    count: int
    act_id: str
    said: str


@dataclass
class _Part:
    """One case of an act that is to be undone; one that it only touched in passing has no steps."""

    issue: Issue
    changes: list[ActChange] = field(default_factory=list)
    steps: list[IssueStep] = field(default_factory=list)

    @property
    def told(self) -> str:
        """What the act told of this case."""
        return "；".join(
            STEP_NAMES.get(step.name, "办理") + (f"：{step.text}" if step.text else "") for step in self.steps
        )


def last(session: Session) -> Undoable | None:
    """What this person did last today and has not taken back; None where there is nothing of the kind."""
    change = (
        ActChange.select(ActChange, Act)
        .join(Act, on=(ActChange.act == Act.id))
        .where(
            ActChange.staff == session.staff_id,
            ActChange.undone_by.is_null(),
            Act.at >= start_of(today()),
            Act.name.in_(sorted(_SINGLE)) | Act.name.startswith(BULK),
        )
        .order_by(ActChange.id.desc())
        .first()
    )
    if change is None:
        return None
    parts = _parts(change.act_id)
    own = [part for part in parts if part.steps]
    lines = tuple(mask_phones_in(f"{part.issue.number} {part.told}") for part in own)
    refusal = "；".join(_hindrances(parts))
    return Undoable(change.act_id, _what(parts), moment(change.act.at), len(own), lines, refusal)


def undo(session: Session, undone: str, act_id: str) -> Undone:
    """Take back the act with the id `undone`, on all of its cases or on none.

    Raises NotAllowed for somebody else's, Refused saying who acted since, or that it cannot be undone.
    """
    try:
        with acts.act(session, act_id, "issue.undo") as acting:
            _permit(session, undone)
            parts = _parts(undone)
            for part in sorted(parts, key=lambda part: int(part.issue.id)):
                part.issue = fresh(part.issue.id)
            hindrances = _hindrances(parts)
            if hindrances:
                raise Refused("没有撤销：" + "；".join(hindrances) + "。")
            _about(acting, parts)
            what = _what(parts)
            for part in parts:
                if not part.steps:  # one before may have told it something
                    part.issue = fresh(part.issue.id)
                _take_back(session, acting, part, what)
            _tell_the_merged(session, acting, undone, what)
            ProxyEntry.update(state=ProxyState.WITHDRAWN, answered_at=acting.at).where(
                ProxyEntry.step.in_([step.id for part in parts for step in part.steps])
            ).execute()
            ActChange.update(undone_by=act_id).where(ActChange.act == undone).execute()
    except AlreadyDone:
        parts = _parts(undone)
        what = _what(parts)
    own = [part for part in parts if part.steps]
    where = own[0].issue.number if len(own) == 1 else f" {len(own)} 件"
    return Undone(len(own), act_id, f"已撤销{where}的{what}")


def _permit(session: Session, undone: str) -> None:
    """Raise NotAllowed or Refused unless this act may be undone by this person now."""
    row = Act.get_or_none(Act.id == undone)
    if row is None or row.staff_id != session.staff_id:
        raise NotAllowed("只能撤销自己办的。")
    if row.role and Role(row.role) not in session.roles:
        raise NotAllowed(f"这是您作为{Role(row.role).label}办的，您现在不在这个岗位，不能撤销。")
    if row.name not in _SINGLE and not row.name.startswith(BULK):
        raise Refused("这一步不能撤销。")
    if row.at < start_of(today()):
        raise Refused("只能撤销今天办的，更早的请按流程办理。")
    changes = ActChange.select(ActChange.undone_by).where(ActChange.act == undone)
    if not changes.exists():
        raise Refused("这一步没有留下可以恢复的内容，不能撤销。")
    if changes.where(ActChange.undone_by.is_null(False)).exists():
        raise Refused("这一步已经撤销过了。")


def _parts(act_id: str) -> list[_Part]:
    """The cases of an act, with what it changed on each and told of each, in the order in which it did."""
    found: dict[int, _Part] = {}
    changes = (
        ActChange.select(ActChange, Issue)
        .join(Issue, on=(ActChange.issue == Issue.id))
        .where(ActChange.act == act_id)
        .order_by(ActChange.id)
    )
    for change in changes:
        found.setdefault(change.issue_id, _Part(change.issue)).changes.append(change)
    steps = IssueStep.select().where(IssueStep.act == act_id).order_by(IssueStep.id)
    for step in steps:
        if step.issue_id in found and step.name not in _BESIDE:
            found[step.issue_id].steps.append(step)
    return list(found.values())


def _what(parts: list[_Part]) -> str:
    """What an act was: 派单, or 立案、派单 for one that goes two ways."""
    names = dict.fromkeys(step.name for part in parts for step in part.steps)
    return "、".join(STEP_NAMES.get(name, "办理") for name in names) or "办理"


def _hindrances(parts: list[_Part]) -> list[str]:
    """Who has acted since on which case and with what; the first few, in words."""
    act_id = parts[0].changes[0].act_id if parts else ""
    found = dict.fromkeys(
        said for part in parts if (said := _acted_since(part.issue, act_id) or _main_moved_on(part, act_id))
    )
    named = list(found)
    if len(named) > _NAMED:
        named[_NAMED:] = [f"还有{len(named) - _NAMED}件也已有人办过"]
    return named


def _acted_since(issue: Issue, act_id: str, acts_that_count: frozenset[str] = frozenset()) -> str:
    """Who acted on a case after this act, in a sentence; what was undone meanwhile does not count."""
    last_of_act = IssueStep.select(fn.MAX(IssueStep.id)).where(IssueStep.act == act_id)
    since = IssueStep.select().where(IssueStep.issue == issue.id, IssueStep.id > last_of_act.scalar())
    steps = list(since.order_by(IssueStep.id.desc()))
    later = {step.act_id for step in steps}
    excused = {act_id}
    for change in ActChange.select().where(ActChange.act.in_(later), ActChange.undone_by.is_null(False)):
        excused |= {change.act_id, change.undone_by_id}
    for step in steps:
        if step.act_id not in excused and (not acts_that_count or step.name in acts_that_count):
            did = STEP_NAMES.get(step.name, "办理")
            text = f"：{mask_phones_in(step.text)[:40]}" if step.text else ""
            return f"{issue.number} {step.staff_name}{moment(step.recorded_at)}已{did}{text}"
    return ""


def _main_moved_on(part: _Part, act_id: str) -> str:
    """Merged, or merged no longer, while its main case went on for all who followed it then, or has ended."""
    if not any('"merged_into"' in change.before for change in part.changes):
        return ""
    as_before = Issue.get_by_id(part.issue.id)
    for change in reversed(part.changes):
        columns_back(as_before, change.before)
    main = as_before.merged_into or part.issue.merged_into
    if main is None:
        return ""
    if as_before.merged_into_id and not main.is_open and part.issue.merged_into_id != main.id:
        return f"{part.issue.number} 的主案 {main.number} {main.state.label}，不能再并入"
    since = _acted_since(main, act_id, _FOR_ALL)
    return f"主案 {since}" if since else ""


def _about(acting: Acting, parts: list[_Part]) -> None:
    towns = {part.issue.subdistrict_id for part in parts}
    town = towns.pop() if len(towns) == 1 else None
    if len(parts) == 1:
        acting.about("issue", parts[0].issue.id, parts[0].issue.number, town)
    else:
        acting.about("issues", None, f"{len(parts)}件", town)


def _take_back(session: Session, acting: Acting, part: _Part, what: str) -> None:
    issue, told = part.issue, part.told or what
    before, frm, main = Before(issue), issue.state, issue.merged_into_id
    for change in reversed(part.changes):
        put_back(issue, change.before)
    for done in part.steps:
        if done.name == "feedback":
            promises.owed_again(issue.id, done.occurred_at)
    step = Step(session, acting, issue, BY_ACT["note"], {})
    step.details["undone"] = part.changes[0].act_id
    moved_on(step)
    record(step, told, "undo", frm)
    before.keep(acting, issue)
    before.tell(acting, issue, {"undone": part.changes[0].act_id, "text": told})
    if main != issue.merged_into_id:
        _tell_the_main(session, acting, issue, main)


def _tell_the_main(session: Session, acting: Acting, issue: Issue, was: int | None) -> None:
    """The main case's story says that one is no longer merged into it, or again."""
    main = fresh(was or issue.merged_into_id)
    step = Step(session, acting, main, BY_ACT["note"], {})
    moved_on(step)
    record(step, f"{issue.number} {'不再' if was else '重新'}并入", "undo", main.state)


def _tell_the_merged(session: Session, acting: Acting, undone: str, what: str) -> None:
    """Those to whom the act told what became of their main case hear that it was taken back."""
    told = IssueStep.select().where(IssueStep.act == undone, IssueStep.name == "follow_main")
    for step in told.order_by(IssueStep.id):
        other = fresh(step.issue_id)
        beside = Step(session, acting, other, BY_ACT["note"], {})
        record(beside, f"主案的{what}已撤销（{step.text}）", "follow_main", other.state)
