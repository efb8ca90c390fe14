"""The queue of what waits for 立案, one case at a time, each with its proposal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dutydesk.models import Issue, IssueStep
from dutydesk.models.issue_lists import WAITING_FIRST, in_state
from dutydesk.rules import case, intake, permission
from dutydesk.rules.case import CaseSheet
from dutydesk.rules.intake import Duplicate
from dutydesk.rules.lifecycle import STEP_NAMES
from dutydesk.rules.proposals import Proposal, propose
from dutydesk.rules.steps import fresh
from dutydesk.session import Session
from dutydesk.vocabulary import State


@dataclass(frozen=True)
class Card:
    """A waiting case as triage shows it: the case, how long it waits, what it may be the same as, the proposal."""

    sheet: CaseSheet
    waits: str
    likely: tuple[Duplicate, ...]
    proposal: Proposal

    @property
    def version(self) -> int:
        """Of the case, when it was read."""
        return self.proposal.version


@dataclass(frozen=True)
class Meanwhile:
    """What has become of a case while it was read, in a sentence, and whether it still waits for 立案."""

    said: str
    waits: bool


def _areas(session: Session) -> list[int]:
    reached = permission.reaches(session, permission.MAY["open"])
    return list(dict.fromkeys(part.key for part in reached if part.kind == "area"))


def queue(session: Session, aside: Collection[int] = (), count: int = 2) -> list[int]:
    """The next cases that wait for 立案 in the session's areas, those that were put aside left out.

    What is flagged (群众反映强烈, 居民区难以协调) comes first. Then who has waited longest: until 立案 no deadline runs,
    so nothing else would bring an old report to mind. Reads by index no more than `count` and what is aside.
    """
    want = count + len(aside)
    flagged = Issue.strongly_felt | Issue.beyond_neighbourhood
    found: list[int] = []
    for kind in (WAITING_FIRST, in_state(State.REPORTED) & ~flagged):
        ids: list[int] = []
        for area in _areas(session):
            query: Any = Issue.select(Issue.id).where(Issue.area == area, kind)
            ids += [issue_id for (issue_id,) in query.order_by(Issue.id).limit(want).tuples()]
        found += [issue_id for issue_id in sorted(ids) if issue_id not in aside]
        if len(found) >= count:
            break
    return found[:count]


def remaining(session: Session, at_most: int = 1000) -> int:
    """How many wait for 立案 in the session's areas, counted no further than `at_most`."""
    count = 0
    for area in _areas(session):
        query = Issue.select(Issue.id).where(Issue.area == area, in_state(State.REPORTED))
        count += query.limit(at_most - count).count()
        if count >= at_most:
            break
    return count


def cards(session: Session, aside: Collection[int] = (), count: int = 1) -> list[Card]:
    """The next cases of the queue with their proposals."""
    return [card(session, issue_id) for issue_id in queue(session, aside, count)]


def card(session: Session, issue_id: int, changes: Mapping[str, str] | None = None) -> Card:
    """One waiting case with its proposal. Raises as `propose` does."""
    proposal = propose(session, issue_id, changes)
    issue = fresh(issue_id)
    likely = intake.likely_duplicates(
        session, issue.unit_id, issue.category_id, issue.summary, before=issue.id
    )
    return Card(case.case_sheet(session, issue_id), _waits(issue.reported_at), tuple(likely), proposal)


def _waits(since: datetime) -> str:
    minutes = int((datetime.now(UTC) - since).total_seconds() // 60)
    if minutes < 60:
        return "刚到"
    return f"已等{minutes // 1440}天" if minutes >= 1440 else f"已等{minutes // 60}小时"


def meanwhile(session: Session, issue_id: int, version: int) -> Meanwhile:
    """What somebody else has done to a case since it was read at `version`; says nothing where nobody did."""
    issue = Issue.get_or_none(Issue.id == issue_id)
    if issue is None or not permission.may(session, "open", issue_id):
        return Meanwhile("这件已不在您的范围内", False)
    waits = issue.state is State.REPORTED
    if issue.version == version:
        return Meanwhile("", waits)
    last = IssueStep.select().where(IssueStep.issue == issue_id).order_by(IssueStep.id.desc()).get()
    did = STEP_NAMES.get(last.name, "一步")
    return Meanwhile(f"{last.staff_name}刚对{issue.number}办了{did}，现在是{issue.state.label}", waits)
