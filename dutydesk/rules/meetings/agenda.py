"""The agenda that drafts itself: matters of the ledger by weight, what was put off before with that mark, and its worth.

Drafting again keeps what people did: order, words, what was cut or added; it brings what is new and takes away what
has settled itself since.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dutydesk.meeting_words import ItemKind, ItemState, MeetingState
from dutydesk.models import AgendaIssue, AgendaItem, Meeting, MeetingDecision, Staff
from dutydesk.rules.ledger_rows import IssueRow, rows_of
from dutydesk.rules.letters.for_agenda import letters_of_items
from dutydesk.rules.meetings import access, followup, items
from dutydesk.rules.meetings.agenda_matters import Matter
from dutydesk.rules.meetings.agenda_sources import look, matters, still_open
from dutydesk.rules.meetings.life import CALLED_OFF, HELD, STILL_OPEN
from dutydesk.rules.meetings.moving import Other, others
from dutydesk.rules.meetings.settings import table
from dutydesk.rules.meetings.story import Doing, effect
from dutydesk.rules.permission import seen_among
from dutydesk.session import Session

_BACK = 8  # meetings among which what was put off is looked for
_FIRST = timedelta(days=14)  # how far back the first agenda tells
_DUTY_DESK = "片区值班员"  # who has a case that came back and was given to nobody since


class ItemLine(NamedTuple):
    """An item as it is shown; `mark` says how often it was put off, `issues` are its cases that this session may see."""

    id: int
    place: int
    state: ItemState
    kind: ItemKind
    weight: int
    minutes: int
    title: str
    why: str
    mark: str
    issues: tuple[IssueRow, ...]
    letter_id: int | None
    decision_id: int | None
    with_it: tuple[str, ...]
    outcome: str
    letters: tuple[str, ...]  # 〔number〕 subject (state) of those it became or is about
    reporter: str  # who tells of it; empty where that is not known


class Agenda(NamedTuple):
    """An agenda: its items in order, then what was cut; `worth` says what the desk proposes where nothing is weighty."""

    meeting_id: int
    drafted_at: datetime | None
    since: datetime | None
    listed: tuple[ItemLine, ...]
    cut: tuple[ItemLine, ...]
    minutes: int
    has: int
    worth: str
    others: tuple[Other, ...]


@effect("draft")
def _draft(doing: Doing) -> str:
    meeting, now = doing.meeting, doing.acting.at
    followup.settle(meeting.area_id, now)
    before = _before(meeting)
    since = _since(before, meeting, now)
    at = look(doing.session, meeting.area_id, meeting.subdistrict_id, since, now, _next(meeting))
    wanted = {matter.known_as: matter for matter in matters(at)}
    again = _put_off(before, wanted)
    added, gone = _renew(meeting, wanted, again, int(at.rules["most"]))
    meeting.since, meeting.drafted_at = since, now
    doing.said |= {"added": added, "gone": gone}
    return f"新列{added}项" + (f"，去掉{gone}项已了结的" if gone else "")


def _before(meeting: Meeting) -> list[Meeting]:
    """The meetings of the kind in the area before this one, the latest first, down to the last that was held."""
    rows = Meeting.select().where(
        Meeting.area == meeting.area_id, Meeting.kind == meeting.kind, Meeting.id != meeting.id
    )
    found = []
    for row in (
        rows.where(Meeting.starts_at < meeting.starts_at).order_by(Meeting.starts_at.desc()).limit(_BACK)
    ):
        if row.state in HELD | CALLED_OFF:
            found.append(row)
        if row.state in HELD:
            break
    return found


def _since(before: list[Meeting], meeting: Meeting, now: datetime) -> datetime:
    held = next((row for row in before if row.state in HELD), None)
    if held is None:
        return min(now, meeting.starts_at) - _FIRST
    moment = held.began_at or held.starts_at
    assert isinstance(moment, datetime)
    return moment


def _next(meeting: Meeting) -> datetime:
    """When the area meets again after this meeting; two weeks later where nothing is planned."""
    row = (
        Meeting.select(Meeting.starts_at)
        .where(
            Meeting.area == meeting.area_id,
            Meeting.state == MeetingState.PLANNED,
            Meeting.starts_at > meeting.starts_at,
        )
        .order_by(Meeting.starts_at)
        .first()
    )
    return row.starts_at if row else meeting.starts_at + _FIRST


def _put_off(before: list[Meeting], wanted: dict[str, Matter]) -> dict[str, int]:
    """How often each matter was put off; what no source names any more comes along while it is not settled."""
    rows = [
        row
        for meeting in before
        if meeting.state is not MeetingState.JOINED
        for row in items.of_meeting(meeting.id)
    ]
    left = [row for row in rows if row.state in STILL_OPEN]
    cases = items.issues_of([row.id for row in left])
    open_now = still_open([issue_id for ids in cases.values() for issue_id in ids])
    counts: dict[str, int] = {}
    for row in left:
        if row.key in counts:
            continue
        ids = tuple(issue_id for issue_id in cases[row.id] if issue_id in open_now)
        if row.key not in wanted and not _still_a_matter(row, ids):
            continue
        counts[row.key] = row.again + 1
        wanted.setdefault(
            row.key,
            Matter(
                row.kind,
                row.weight,
                row.minutes,
                row.title,
                row.why,
                ids,
                row.letter_id,
                row.decision_id,
                row.key,
            ),
        )
    return counts


def _still_a_matter(row: AgendaItem, open_cases: tuple[int, ...]) -> bool:
    if row.kind is ItemKind.ADDED:
        return True
    if row.kind in (ItemKind.CLUSTER, ItemKind.KEY_WORK, ItemKind.DECISION) or row.letter_id:
        return False  # its source knows
    return bool(open_cases)


def _renew(meeting: Meeting, wanted: dict[str, Matter], again: dict[str, int], most: int) -> tuple[int, int]:
    """Bring new matters in by weight among those that stand there; take away what has settled itself."""
    there = items.of_meeting(meeting.id)
    known = {row.key for row in there}
    gone = [
        row
        for row in there
        if row.key not in wanted and row.state is ItemState.LISTED and row.kind is not ItemKind.ADDED
    ]
    if gone:
        ids = [row.id for row in gone]
        AgendaItem.update(merged_into=None, state=ItemState.LISTED).where(
            AgendaItem.merged_into.in_(ids)
        ).execute()
        AgendaIssue.delete().where(AgendaIssue.item.in_(ids)).execute()
        AgendaItem.delete().where(AgendaItem.id.in_(ids)).execute()
    stay = [row for row in there if row not in gone]
    listed = sum(row.state is ItemState.LISTED for row in stay)
    new = [matter for key, matter in wanted.items() if key not in known]
    new.sort(key=lambda matter: (-matter.weight - again.get(matter.known_as, 0), matter.title))
    _place(meeting, stay, new[: max(0, most - listed)], again)
    return min(len(new), max(0, most - listed)), len(gone)


def _place(meeting: Meeting, stay: list[AgendaItem], new: list[Matter], again: dict[str, int]) -> None:
    """Each new matter goes before the first item that weighs less; the order of those that stand there stays."""
    ordered: list[AgendaItem | Matter] = list(stay)
    for matter in new:
        lighter = (at for at, each in enumerate(ordered) if each.weight < matter.weight)
        ordered.insert(next(lighter, len(ordered)), matter)
    fresh = []
    for position, each in enumerate(ordered, 1):
        if isinstance(each, Matter):
            fresh.append((position, each, again.get(each.known_as, 0)))
        elif each.position != position:
            AgendaItem.update(position=position).where(AgendaItem.id == each.id).execute()
    items.insert(meeting.id, fresh)


# -- reading ------------------------------------------------------------------------------------------------------


def agenda(session: Session, meeting_id: int) -> Agenda:
    """The agenda as it stands. Raises NotAllowed outside the session's areas."""
    meeting = access.readable(session, meeting_id)
    rows = items.of_meeting(meeting.id)
    lines = _lines(session, rows)
    listed = tuple(line for line in lines if line.state not in (ItemState.CUT, ItemState.MERGED))
    cut = tuple(line for line in lines if line.state is ItemState.CUT)
    worth = _worth(meeting, listed)
    return Agenda(
        meeting_id=meeting.id,
        drafted_at=meeting.drafted_at,
        since=meeting.since,
        listed=tuple(line._replace(place=place) for place, line in enumerate(listed, 1)),
        cut=cut,
        minutes=sum(line.minutes for line in listed),
        has=meeting.minutes,
        worth=worth,
        others=tuple(others(session, meeting.id)) if worth else (),
    )


def _lines(session: Session, rows: list[AgendaItem]) -> list[ItemLine]:
    cases = items.issues_of([row.id for row in rows])
    ids = sorted({issue_id for each in cases.values() for issue_id in each})
    seen = seen_among(session, ids)
    known = {row.key: row for row in rows_of([issue_id for issue_id in ids if issue_id in seen])}
    letters, reporters = letters_of_items({row.id: row.letter_id for row in rows}), _reporters(rows)
    with_it: dict[int, list[str]] = {}
    together: dict[int, list[int]] = {}
    for row in rows:
        if row.state is not ItemState.LISTED and row.merged_into_id:
            with_it.setdefault(row.merged_into_id, []).append(row.title)
            together.setdefault(row.merged_into_id, []).extend(cases[row.id])
    return [
        ItemLine(
            id=row.id,
            place=0,
            state=row.state,
            kind=row.kind,
            weight=row.weight,
            minutes=row.minutes,
            title=row.title,
            why=row.why,
            mark=f"第{row.again + 1}次列" if row.again else "",
            issues=tuple(
                known[each] for each in [*cases[row.id], *together.get(row.id, [])] if each in known
            ),
            letter_id=row.letter_id,
            decision_id=row.decision_id,
            with_it=tuple(with_it.get(row.id, ())),
            outcome=row.outcome,
            letters=letters.get(row.id, ()),
            reporter=reporters.get(row.id, "") or _holder(row, cases[row.id], known),
        )
        for row in rows
    ]


def _reporters(rows: list[AgendaItem]) -> dict[int, str]:
    """By item, who tells of it: who a decision was given to, who leads a key work, who brought a matter up."""
    wanted = [row.decision_id for row in rows if row.decision_id]
    decided: dict[int, str] = {}
    if wanted:
        found: Any = MeetingDecision.select(MeetingDecision.id, MeetingDecision.who_name)
        decided = dict(found.where(MeetingDecision.id.in_(wanted)).tuples())
    names: dict[int, str] = {}
    if authors := {row.added_by_id for row in rows if row.added_by_id}:
        staff: Any = Staff.select(Staff.id, Staff.name).where(Staff.id.in_(sorted(authors)))
        names = dict(staff.tuples())
    return {
        row.id: decided.get(row.decision_id, "") if row.decision_id else names.get(row.added_by_id, "")
        for row in rows
    }


def _holder(row: AgendaItem, case_ids: list[int], known: dict[int, IssueRow]) -> str:
    """Whose hands the cases of an item are in, where that is one; a cluster is in nobody's, what came back the desk's."""
    holders = {known[each].holder for each in case_ids if each in known}
    if row.kind is ItemKind.CLUSTER:
        return ""
    holder = holders.pop() if len(holders) == 1 else ""
    return holder or (_DUTY_DESK if row.kind is ItemKind.SENT_BACK else "")


def _worth(meeting: Meeting, listed: tuple[ItemLine, ...]) -> str:
    """What the desk proposes where nothing on a drafted agenda weighs enough (`worth`); empty where something does."""
    if meeting.drafted_at is None or meeting.state is not MeetingState.PLANNED:
        return ""
    least = int(table("agenda_rules", meeting.subdistrict_id)["worth"])
    if any(line.weight >= least or line.kind is ItemKind.ADDED for line in listed):
        return ""
    return "没有要紧的事，建议免开，或与相邻片区并会；免开、并会不算缺开"
