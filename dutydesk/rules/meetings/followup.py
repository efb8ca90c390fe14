"""Decisions followed up: what is open in an area, done by word or by the ledger, late; shown at the next meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from dutydesk.meeting_words import DecisionState
from dutydesk.models import DecisionIssue, Issue, Meeting, MeetingDecision
from dutydesk.models.issues import case_number
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.meetings import access
from dutydesk.rules.meetings.life import DECISION_BY_ACT
from dutydesk.rules.meetings.story import acting_on, record
from dutydesk.rules.organisation import today
from dutydesk.session import Session
from dutydesk.text import clean, mask_phones_in
from dutydesk.vocabulary import State

_SHOWN = 60
_SETTLED = 200  # open decisions that are looked at for cases that have ended


class DecisionLine(NamedTuple):
    """A decision as it is shown. `stands` says where it is, with what the ledger says of its cases."""

    id: int
    meeting_id: int
    item_id: int | None
    number: int
    who: str
    what: str
    due_on: date
    state: DecisionState
    stands: str
    late: bool
    cases: tuple[tuple[int, str, State], ...]
    done_text: str


def settle(area_id: int, now: datetime) -> int:
    """Decisions of an area whose cases have all ended are done: when the last of them did. In a transaction."""
    rows = list(
        MeetingDecision.select()
        .where(MeetingDecision.area == area_id, MeetingDecision.state == DecisionState.OPEN)
        .order_by(MeetingDecision.due_on)
        .limit(_SETTLED)
    )
    if not rows:
        return 0
    ended: dict[int, list[tuple[bool, datetime | None]]] = defaultdict(list)
    columns = (DecisionIssue.decision, Issue.is_open, Issue.closed_at)
    query: Any = DecisionIssue.select(*columns).join(Issue)
    for decision_id, is_open, closed_at in query.where(
        DecisionIssue.decision.in_([row.id for row in rows])
    ).tuples():
        ended[decision_id].append((is_open, closed_at))
    settled = 0
    for row in rows:
        cases = ended[row.id]
        if not cases or any(is_open for is_open, _ in cases):
            continue
        at = max((closed_at for _, closed_at in cases if closed_at), default=now)
        MeetingDecision.update(
            state=DecisionState.DONE,
            done_at=at,
            done_text="所列问题都已销项",
            version=MeetingDecision.version + 1,
        ).where(MeetingDecision.id == row.id).execute()
        settled += 1
    return settled


def of_meeting(session: Session, meeting_id: int) -> list[DecisionLine]:
    """The decisions of a meeting in order. Raises NotAllowed outside the session's areas."""
    access.readable(session, meeting_id)
    query = MeetingDecision.select().where(MeetingDecision.meeting == meeting_id)
    return _lines(list(query.order_by(MeetingDecision.number)))


def open_in(session: Session, area_id: int, at_most: int = _SHOWN) -> list[DecisionLine]:
    """What an area's meetings decided and is not done, the longest due first."""
    if area_id not in access.area_ids(session):
        access.require_in(session, "prepare", area_id)
    query = MeetingDecision.select().where(
        MeetingDecision.area == area_id, MeetingDecision.state == DecisionState.OPEN
    )
    return _lines(list(query.order_by(MeetingDecision.due_on, MeetingDecision.id).limit(at_most)))


def _lines(rows: list[MeetingDecision]) -> list[DecisionLine]:
    cases: dict[int, list[tuple[int, str, State]]] = defaultdict(list)
    columns = (DecisionIssue.decision, Issue.id, Issue.year, Issue.serial, Issue.state)
    query: Any = DecisionIssue.select(*columns).join(Issue)
    wanted = [row.id for row in rows]
    for decision_id, issue_id, year, serial, state in (
        query.where(DecisionIssue.decision.in_(wanted)).order_by(DecisionIssue.id).tuples() if wanted else ()
    ):
        cases[decision_id].append((issue_id, case_number(year, serial), state))
    return [_line(row, tuple(cases[row.id])) for row in rows]


def _line(row: MeetingDecision, cases: tuple[tuple[int, str, State], ...]) -> DecisionLine:
    late = row.state is DecisionState.OPEN and row.due_on < today()
    stands = row.state.label
    if row.state is DecisionState.OPEN:
        days = (row.due_on - today()).days
        stands = f"过期{-days}天" if late else "今天到期" if not days else f"还有{days}天"
        if cases:
            stands += "，" + "、".join(dict.fromkeys(state.label for _, _, state in cases))
    return DecisionLine(
        id=row.id,
        meeting_id=row.meeting_id,
        item_id=row.item_id,
        number=row.number,
        who=row.who_name,
        what=row.what,
        due_on=row.due_on,
        state=row.state,
        stands=stands,
        late=late,
        cases=cases,
        done_text=row.done_text,
    )


def perform(session: Session, decision_id: int, act: str, fields: Mapping[str, Any], act_id: str) -> int:
    """Say that a decision is done, dropped, or not done after all; answers with its id.

    Raises NotAllowed, Refused without the text that says how or why.
    """
    way = DECISION_BY_ACT[act]
    row = MeetingDecision.get_or_none(MeetingDecision.id == decision_id)
    if row is None:
        raise Refused("没有找到这项决定，请返回重看。")
    try:
        with acting_on(session, row.meeting_id, f"decision_{act}", act_id) as (acting, meeting):
            access.require(session, way.may, meeting)
            row = MeetingDecision.get_by_id(decision_id)
            if row.state not in way.frm:
                raise Refused(f"这项决定现在是“{row.state.label}”，不能{way.name}。")
            text = mask_phones_in(clean(str(fields.get("text") or ""), 500))
            if len(text) < 2:
                raise Refused(f"请{way.hint}，下次会上看得到。", "text")
            before = {"state": row.state.value, "text": row.done_text}
            row.state = DecisionState(way.to)
            row.done_at = acting.at if row.state is not DecisionState.OPEN else None
            row.done_text, row.version = text, row.version + 1
            row.save()
            record(acting, session, meeting, "decide", f"决定{row.number} {way.name}：{text}")
            acting.changed(
                f"{meeting.title}决定{row.number}{way.name}", before, {"state": row.state.value, "text": text}
            )
    except AlreadyDone:
        pass
    return decision_id


def late_in(area_id: int) -> tuple[int, int]:
    """How many decisions of an area are open, and how many of them late; counted to 99."""
    open_ones = MeetingDecision.select(MeetingDecision.id).where(
        MeetingDecision.area == area_id, MeetingDecision.state == DecisionState.OPEN
    )
    late = open_ones.where(MeetingDecision.due_on < today())
    return open_ones.limit(99).count(), late.limit(99).count()


def meeting_of(decision_id: int) -> Meeting:
    """The meeting that took a decision."""
    found = MeetingDecision.get_by_id(decision_id).meeting
    assert isinstance(found, Meeting)
    return found
