"""One act on many cases: what may be done to those that were marked, a dry run that says what would happen, doing it.

The dry run does the act itself and takes it back before anybody sees it: what it refuses is refused by the very rules
that a single case meets. Doing it is one transaction and one act with one audit entry, on all of the cases or on none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from peewee import fn

from dutydesk.models import Category, Issue, IssueStep, Request, Unit, database
from dutydesk.rules import acts, closing, issue_acts, permission
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.issue_acts import Choice
from dutydesk.rules.lifecycle import BY_ACT, Way
from dutydesk.rules.steps import Step, fresh, same_version, take
from dutydesk.rules.triage import by_number
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import State

AT_MOST = 500
_NAMED = 5  # so many are named where all are refused
_TOLD = 3  # so many are told in full above a form


@dataclass(frozen=True)
class BulkAct:
    """What may be done to many: its key, its name, and the way of the life cycle that each case goes."""

    key: str
    name: str
    way: Way
    hint: str


def _of(act: str, hint: str = "") -> BulkAct:
    way = BY_ACT[act]
    return BulkAct(act, way.name, way, hint or way.hint)


# In the order of the menu. What the chief grants stands before what others ask of the chief.
ACTS: dict[str, BulkAct] = {
    each.key: each
    for each in (
        _of("open"),
        _of("assign"),
        _of("propose_assign"),
        _of("reassign"),
        _of("move_area"),
        BulkAct("urgency", "改紧急程度", BY_ACT["recategorise"], "类别不变，期限重算"),
        BulkAct("category", "改类别", BY_ACT["recategorise"], "紧急程度不变，期限重算"),
        _of("flag", "已有的标记保留；选“无”是全部取消"),
        _of("urge"),
        _of("note"),
        _of("merge", "并入其中一件"),
        _of("extend"),
        _of("ask_extension"),
        _of("pause"),
        _of("ask_pause"),
        _of("pool"),
        _of("ask_pool"),
        _of("close", "各按所在层级；缺一项的不销"),
        _of("take_up"),
    )
}


@dataclass(frozen=True)
class BulkRow:
    """One of the marked cases; `said` is what its story would say, `to` the state that it would have."""

    issue_id: int
    version: int
    number: str
    state: State
    place: str
    summary: str
    to: State | None = None
    said: str = ""


@dataclass(frozen=True)
class Preview:
    """What would happen: to which cases, and to which not and why; `mixed` tells of their categories if several."""

    act: str
    name: str
    will: tuple[BulkRow, ...]
    wont: tuple[tuple[BulkRow, str], ...]
    says: str
    mixed: str = ""

    @property
    def rows(self) -> list[tuple[int, int]]:
        """What `perform` takes: those to which it would happen, as they were seen."""
        return [(row.issue_id, row.version) for row in self.will]


@dataclass(frozen=True)
class BulkDone:
    """What a bulk act left behind."""

    count: int
    act_id: str
    said: str


class MovedOn(Refused):
    """Some of the cases are not as they were seen; nothing was written."""


def acts_for(session: Session, ids: Sequence[int]) -> list[Choice]:
    """What may be done to marked cases, each with how many of them it could be done to by role and state."""
    states: dict[int, State] = {
        issue.id: issue.state for issue in Issue.select(Issue.id, Issue.state).where(Issue.id.in_(list(ids)))
    }
    chief_here = permission.may_at_all(session, "decide")
    found = []
    for each in ACTS.values():
        if chief_here and each.key.startswith("ask_"):
            continue  # who decides does not ask
        reached = _reached(session, each.way, states)
        if each.key == "move_area":  # which arises for few, and is not offered beside what arises for all
            from dutydesk.rules.moved_cases import moved_among

            reached = moved_among(reached)
        many = sum(states[issue_id] in each.way.frm for issue_id in reached)
        if many:
            found.append(Choice(each.key, each.name, f"{_how_many(each.key, many, len(ids))}　{each.hint}"))
    return found


def _how_many(act: str, many: int, of: int) -> str:
    """To how many of the marked ones it can be done; of those merged one stays as the main case."""
    if many == of:
        return f"{of}件都能办"
    if act == "merge" and many == of - 1:
        return f"{many}件并入另一件"
    return f"{of}件里有{many}件能办"


def _reached(session: Session, way: Way, among: Collection[int]) -> set[int]:
    """Those of the cases on which this session may go a way."""
    if not permission.may_at_all(session, way.act):
        return set()
    reach = permission.any_of(part.where for part in permission.reaches(session, way.who))
    rows = Issue.select(Issue.id).where(Issue.id.in_(list(among)), reach)
    return {issue.id for issue in rows}


def preview(
    session: Session, act: str, rows: Sequence[tuple[int, int]], fields: Mapping[str, Any]
) -> Preview:
    """What an act would do to these cases (id, version as seen), and which it would not touch, and why.

    Writes nothing. Raises Refused where there are too many, or the fields are wrong for all of them in the same way
    (then with the field that the message is about).
    """
    bulk = ACTS[act]
    _not_too_many(rows)
    will: list[BulkRow] = []
    wont: list[tuple[BulkRow, str]] = []
    errors: list[Refused] = []
    with _dry_run(session, bulk) as acting:
        reached = _reached(session, bulk.way, [issue_id for issue_id, _ in rows])
        for row in _rows(rows):
            try:
                with database.atomic():
                    step = _one(session, acting, bulk, row, fields, reached)
            except Refused as refused:
                errors.append(refused)
                wont.append((row, _why(row, refused)))
            else:
                will.append(_after(row, step))
    first = errors[0] if errors else None
    if first and first.field and not will and all(each.message == first.message for each in errors):
        raise first
    says = f"{bulk.name} {len(will)} 件" + (f"，另有 {len(wont)} 件不能办" if wont else "")
    return Preview(act, bulk.name, tuple(will), tuple(wont), says, _mixed([row.issue_id for row in will]))


def about(session: Session, ids: Sequence[int]) -> str:
    """The marked cases before an act's form: the first few in full, how many more, and the categories if several."""
    seen = sorted(permission.seen_among(session, list(ids)))
    lines = [
        f"{row.number} {row.place}　{row.summary}" for row in _rows([(each, 0) for each in seen[:_TOLD]])
    ]
    if len(seen) > _TOLD:
        lines.append(f"… 共 {len(seen)} 件")
    mixed = _mixed(seen)
    return "\n".join([*lines, mixed] if mixed else lines)


def _mixed(ids: Sequence[int]) -> str:
    """How many of each category where they are of several: what suits one kind may not suit another."""
    rows: Any = (
        Issue.select(Category.name, fn.COUNT(Issue.id))
        .join(Category)
        .where(Issue.id.in_(list(ids)))
        .group_by(Category.id, Category.name)
        .order_by(fn.COUNT(Issue.id).desc(), Category.id)
        .tuples()
    )
    each = [f"{name} {count} 件" for name, count in rows]
    more = f"等 {len(each)} 类" if len(each) > _TOLD else ""
    return f"类别不同：{'、'.join(each[:_TOLD])}{more}" if len(each) > 1 else ""


class _TakenBack(Exception):
    """Ends a dry run."""


@contextmanager
def _dry_run(session: Session, bulk: BulkAct) -> Iterator[Acting]:
    """An act whose transaction is given up at the end."""
    try:
        with acts.act(session, str(uuid4()), f"bulk.{bulk.key}") as acting:
            yield acting
            raise _TakenBack
    except _TakenBack:
        pass


def _not_too_many(rows: Sequence[tuple[int, int]]) -> None:
    if not rows:
        raise Refused("没有选中的问题，请先用空格选。")
    if len(rows) > AT_MOST:
        raise Refused(f"一次最多办 {AT_MOST} 件，现在选了 {len(rows)} 件，请分几次办。")


def _rows(marked: Sequence[tuple[int, int]]) -> list[BulkRow]:
    """The marked cases as they are now, by number; the version is the one that was seen."""
    seen = dict(marked)
    found = [
        BulkRow(
            issue.id,
            seen[issue.id],
            issue.number,
            issue.state,
            issue.unit.name,
            mask_phones_in(issue.summary),
        )
        for issue in Issue.select(Issue, Unit).join(Unit).where(Issue.id.in_(list(seen))).order_by(Issue.id)
    ]
    if len(found) < len(seen):
        raise Refused("有的已经找不到了，请返回重看清单。")
    return found


def _why(row: BulkRow, refused: Refused) -> str:
    """Why not, beside the number of the case."""
    return refused.message.removeprefix(row.number).removesuffix("请看最新情况。")


def _after(row: BulkRow, step: IssueStep) -> BulkRow:
    text = mask_phones_in(step.text)
    return BulkRow(
        row.issue_id, row.version, row.number, row.state, row.place, row.summary, step.to_state, text
    )


def _one(
    session: Session,
    acting: Acting,
    bulk: BulkAct,
    row: BulkRow,
    fields: Mapping[str, Any],
    reached: Collection[int],
) -> IssueStep:
    """Do the act on one of the cases. Raises Refused."""
    if row.issue_id not in reached:
        raise NotAllowed(f"不在您能{bulk.name}的范围内")
    issue = fresh(row.issue_id)
    filled = _FIELDS[bulk.key](issue, fields) if bulk.key in _FIELDS else dict(fields)
    same_version(issue, row.version)
    if issue_acts.not_in_these_hands(session, issue, bulk.way):
        raise NotAllowed(f"不在您手上，由{issue.assignee_name or '承办的人'}办理")
    return take(Step(session, acting, issue, bulk.way, filled))


def _urgency(issue: Issue, fields: Mapping[str, Any]) -> dict[str, Any]:
    if fields.get("urgency") == issue.urgency.value:
        raise Refused(f"已经是{issue.urgency.label}")
    return {**fields, "category": str(issue.category_id)}


def _category(issue: Issue, fields: Mapping[str, Any]) -> dict[str, Any]:
    if str(fields.get("category")) == str(issue.category_id):
        raise Refused(f"已经是“{issue.category.name}”")
    return {**fields, "urgency": issue.urgency.value}


def _flags(issue: Issue, fields: Mapping[str, Any]) -> dict[str, Any]:
    wanted = set(str(fields.get("flags") or "").split())
    has = {flag for flag in ("strongly_felt", "beyond_neighbourhood") if getattr(issue, flag)}
    if (wanted and wanted <= has) or (not wanted and not has):
        raise Refused("标记已是这样")
    return {"flags": " ".join(sorted(wanted | has if wanted else set()))}


def _main(issue: Issue, fields: Mapping[str, Any]) -> dict[str, Any]:
    target = by_number(str(fields.get("target") or ""))
    if target is not None and target.id == issue.id:
        raise Refused("这一件是主案")
    return dict(fields)


def _level(issue: Issue, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {**fields, "level": closing.proposed_level(issue).value}


_FIELDS: dict[str, Callable[[Issue, Mapping[str, Any]], dict[str, Any]]] = {
    "urgency": _urgency,
    "category": _category,
    "flag": _flags,
    "merge": _main,
    "close": _level,
}


def perform(
    session: Session, act: str, rows: Sequence[tuple[int, int]], fields: Mapping[str, Any], act_id: str
) -> BulkDone:
    """Do an act on all of these cases (id, version as seen): one transaction, one act, one audit entry.

    Raises MovedOn, naming the cases, where some are not as they were seen, or Refused where the act cannot be done
    to some; then nothing has been written.
    """
    bulk = ACTS[act]
    _not_too_many(rows)
    try:
        with acts.act(session, act_id, f"bulk.{act}") as acting:
            _about(acting, rows)
            reached = _reached(session, bulk.way, [issue_id for issue_id, _ in rows])
            refused = []
            for row in _rows(rows):
                try:
                    _one(session, acting, bulk, row, fields, reached)
                except Refused as error:
                    refused.append(f"{row.number} {_why(row, error)}")
            if refused:
                raise MovedOn(_told(refused))
    except AlreadyDone:
        pass
    count = IssueStep.select().where(IssueStep.act == act_id, IssueStep.name == bulk.way.act).count()
    return BulkDone(count, act_id, f"已{bulk.name} {count} 件")


def _told(refused: list[str]) -> str:
    more = f"；还有 {len(refused) - _NAMED} 件" if len(refused) > _NAMED else ""
    return f"{len(refused)} 件现在不能办，一件也没有办：" + "；".join(refused[:_NAMED]) + more


def _about(acting: Acting, rows: Sequence[tuple[int, int]]) -> None:
    """The subdistrict's chain, or the district's where the cases lie in several."""
    issues = (
        Issue.select(Issue.subdistrict).where(Issue.id.in_([issue_id for issue_id, _ in rows])).distinct()
    )
    towns = [issue.subdistrict_id for issue in issues]
    acting.about("issues", None, f"{len(rows)}件", towns[0] if len(towns) == 1 else None)


def decide(
    session: Session, requests: Sequence[tuple[int, int]], approve: bool, text: str, act_id: str
) -> BulkDone:
    """The chief's word on many requests (request id, the case's version as seen), in one act.

    Raises MovedOn, naming the cases, where the word cannot be given on some; then nothing has been written.
    """
    _not_too_many(requests)
    try:
        with acts.act(session, act_id, "bulk.approve" if approve else "bulk.refuse") as acting:
            issues = {row.id: row.issue for row in _asked(requests)}
            _about(acting, [(issue.id, 0) for issue in issues.values()])
            refused = []
            # in the order in which `perform` locks cases: two bulk acts that overlap wait, and neither is broken off
            for request_id, version in sorted(requests, key=lambda each: issues[each[0]].id):
                try:
                    issue_acts.decide_in(session, acting, request_id, approve, text, None, version)
                except Refused as error:
                    if error.field == "text":
                        raise
                    refused.append(f"{issues[request_id].number} {error.message}")
            if refused:
                raise MovedOn(_told(refused))
    except AlreadyDone:
        pass
    return BulkDone(len(requests), act_id, f"已{'同意' if approve else '退回'} {len(requests)} 项申请")


def _asked(requests: Sequence[tuple[int, int]]) -> list[Request]:
    ids = [request_id for request_id, _ in requests]
    return list(Request.select(Request, Issue).join(Issue).where(Request.id.in_(ids)))
