"""待我定: everything that waits for the chief's word on one page, and what others entered for somebody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from dutydesk.models import Issue, ProxyEntry, Request, ShiftSwap, Staff, Unit
from dutydesk.rules import closing, ledger, office
from dutydesk.rules.assignees import resolve
from dutydesk.rules.errors import Refused
from dutydesk.rules.lifecycle import STEP_NAMES
from dutydesk.rules.questions import Filters, Question
from dutydesk.rules.workcalendar import day_said, moment
from dutydesk.session import Session
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import ProxyState, RequestKind, RequestState, Role, State, SwapState

_SHOWN = 200


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: `kind` is request, swap, close, paused, pooled, sent_back, sample or proxy.

    `lacking` says what 销项 still needs, where the case was answered and yet cannot be closed.
    """

    key: str
    kind: str
    issue_id: int
    version: int
    number: str
    asked: str
    place: str
    summary: str
    reason: str
    request_id: int = 0
    level: str = ""
    satisfied: bool = True
    lacking: str = ""


def _chiefs_areas(session: Session) -> list[int]:
    return [grant.area_id for grant in session.grants if grant.role is Role.AREA_CHIEF and grant.area_id]


def waiting(session: Session) -> list[Waiting]:
    """What waits for this person's word: requests first, the oldest first, then cases that can be closed.

    Those that were answered and still lack something for 销项 come after them, and say what.
    """
    areas = _chiefs_areas(session)
    if not areas:
        return []
    found = [_request(row) for row in _pending(areas)]
    found += _swaps(areas)
    ready = [_ready(issue, "close", "可以销项") for issue in _cases(_standing(session, "closable", areas))]
    found += sorted(ready, key=lambda each: bool(each.lacking))
    found += [_to_look_at(issue) for issue in _cases(_standing(session, "set_aside_due", areas))]
    found += [
        _ready(issue, "sent_back", f"已退单{issue.send_backs}次，建议约请")
        for issue in _too_often(session, areas)
    ]
    return found[:_SHOWN]


def count(session: Session) -> int:
    """How many things wait for this person's word, counted no further than the page shows."""
    areas = _chiefs_areas(session)
    if not areas:
        return 0
    pending = Request.select(Request.id).where(Request.area.in_(areas), Request.state == RequestState.PENDING)
    found = pending.limit(_SHOWN).count() + len(_too_often(session, areas))
    found += sum(len(_standing(session, view, areas)) for view in ("closable", "set_aside_due"))
    agreed = ShiftSwap.select().where(ShiftSwap.area.in_(areas), ShiftSwap.state == SwapState.AGREED)
    return min(int(found) + agreed.limit(_SHOWN).count(), _SHOWN)


def _swaps(areas: list[int]) -> list[Waiting]:
    """Swaps of duties on which both agree; `request_id` is the swap's."""
    from dutydesk.rules import swaps

    return [
        Waiting(
            key=f"swap:{line.id}",
            kind="swap",
            issue_id=0,
            version=0,
            number="",
            asked="换班",
            place="",
            summary=line.words,
            reason=f"{line.words}：{line.reason}" + (f"（注意：{line.warning}）" if line.warning else ""),
            request_id=line.id,
        )
        for line in swaps.waiting(areas)
    ]


def _pending(areas: list[int]) -> list[Request]:
    return list(
        Request.select(Request, Issue, Unit, Staff)
        .join(Issue)
        .join(Unit)
        .switch(Request)
        .join(Staff, on=(Request.asked_by == Staff.id))
        .where(Request.area.in_(areas), Request.state == RequestState.PENDING)
        .order_by(Request.id)
        .limit(_SHOWN)
    )


def _standing(session: Session, view: str, areas: list[int]) -> list[int]:
    """The cases of a view in the chief's areas, those first that have waited longest."""
    here = Filters(place=",".join(f"area:{area}" for area in areas))
    return ledger.ids(session, Question(view, here), _SHOWN, last=ledger.VIEWS[view].order == "newest")


def _cases(ids: list[int]) -> list[Issue]:
    if not ids:
        return []
    found = {issue.id: issue for issue in Issue.select(Issue, Unit).join(Unit).where(Issue.id.in_(ids))}
    return [found[issue_id] for issue_id in ids if issue_id in found]


def _too_often(session: Session, areas: list[int]) -> list[Issue]:
    """Cases that were sent back so often that a 约请 is proposed."""
    return [
        issue
        for issue in _cases(_standing(session, "sent_back", areas))
        if issue.send_backs >= int(office.setting("send_backs_before_invitation", issue.subdistrict_id))
    ]


def _request(row: Request) -> Waiting:
    asked = json.loads(row.details)
    what = row.kind.label
    if row.kind is RequestKind.ASSIGN:
        try:
            what = f"派给{resolve(asked['assignee'], row.issue).name}"
        except Refused:
            what = "派单（原定承办已变，请另派）"
    elif asked.get("until"):
        what += f"至{day_said(date.fromisoformat(asked['until']), '-')}"
    return Waiting(
        key=f"request:{row.id}",
        kind="request",
        issue_id=row.issue_id,
        version=row.issue.version,
        number=row.issue.number,
        asked=what,
        place=row.issue.unit.name,
        summary=mask_phones_in(row.issue.summary),
        reason=mask_phones_in(f"{row.asked_by.name} {moment(row.asked_at)}：{row.reason}"),
        request_id=row.id,
    )


def _to_look_at(issue: Issue) -> Waiting:
    """再看: a pause that is over is taken up again; what is pooled stays so until another day, or is taken up again."""
    if issue.state is State.POOLED:
        return _ready(issue, "pooled", "挂账到日：1续挂 2恢复")
    return _ready(issue, "paused", "缓办到日：1恢复办理")


def _ready(issue: Issue, kind: str, what: str) -> Waiting:
    level, lacking = closing.proposed_level(issue), ""
    if kind == "close":
        demands = sorted(closing.demands(issue), key=lambda each: each.met)
        said = [f"{'' if each.met else '✗ '}{each.name}：{each.said.rstrip('。；')}" for each in demands]
        reason = "；".join(said) + "。"
        lacking = "；".join(closing.missing(issue))
        what = f"{what}（{level.label}）" + ("·不满意" if issue.satisfied is False else "")
        if lacking:
            what = f"✗ 缺{demands[0].name}"
    else:
        reason = issue.outcome or issue.detail
    return Waiting(
        key=f"{kind}:{issue.id}",
        kind=kind,
        issue_id=issue.id,
        version=issue.version,
        number=issue.number,
        asked=what,
        place=issue.unit.name,
        summary=mask_phones_in(issue.summary),
        reason=mask_phones_in(reason),
        level=level.value,
        satisfied=issue.satisfied is not False,
        lacking=mask_phones_in(lacking),
    )


@dataclass(frozen=True)
class EnteredForMe:
    """A step that somebody entered for this person, waiting to be confirmed."""

    key: int
    issue_id: int
    number: str
    what: str
    when: str


def proxies_to_answer(session: Session) -> list[EnteredForMe]:
    """What was entered 代录 for this person and waits for a yes or an objection, the oldest first."""
    rows = (
        ProxyEntry.select()
        .where(ProxyEntry.staff == session.staff_id, ProxyEntry.state == ProxyState.PENDING)
        .order_by(ProxyEntry.id)
        .limit(_SHOWN)
    )
    return [
        EnteredForMe(
            key=row.id,
            issue_id=row.issue_id,
            number=row.issue.number,
            what=f"{STEP_NAMES.get(row.step.name, row.step.name)}：{mask_phones_in(row.step.text)}",
            when=f"{moment(row.told_at)} {row.means.label}",
        )
        for row in rows
    ]
