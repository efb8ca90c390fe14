"""先行联系 as a queue of its own: who is to be called first, with the working time that is left.

Xuhui's hotline practice has the first contact within a day, and its data says that how soon somebody is called counts
for more with people than what comes of it (`domain.md`): so this clock is looked at by itself, apart from the case's own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dutydesk.models import Deadline, Issue, IssueStep
from dutydesk.models.issue_lists import TO_CONTACT
from dutydesk.rules import case, deadlines, issue_acts, office, permission
from dutydesk.rules.case import CaseSheet
from dutydesk.rules.deadlines import LimitUnit
from dutydesk.rules.issue_acts import Done
from dutydesk.rules.lifecycle import STEP_NAMES
from dutydesk.rules.triage_queue import Meanwhile
from dutydesk.rules.workcalendar import WorkCalendar
from dutydesk.session import Session
from dutydesk.vocabulary import Means, Phase


@dataclass(frozen=True)
class ContactCard:
    """A case whose reporter is to be called: the case, until when, what is left in words, and what was tried."""

    sheet: CaseSheet
    due_at: datetime
    left: str
    over: bool
    tried: tuple[str, ...]

    @property
    def version(self) -> int:
        """Of the case, when it was read."""
        return self.sheet.version


def _areas(session: Session) -> list[int]:
    reached = permission.reaches(session, permission.MAY["shift"])
    return list(dict.fromkeys(part.key for part in reached if part.kind == "area"))


def queue(session: Session, aside: Collection[int] = (), count: int = 1) -> list[int]:
    """The next cases in the order of their deadline for the first contact, those put aside left out."""
    want, found = count + len(aside), []
    due = Issue.first_contact_due_at
    for area in _areas(session):
        query: Any = Issue.select(due, Issue.id).where(Issue.area == area, TO_CONTACT)
        found += list(query.order_by(due, Issue.id).limit(want).tuples())
    return [issue_id for _, issue_id in sorted(found) if issue_id not in aside][:count]


def remaining(session: Session, at_most: int = 1000) -> int:
    """How many wait in the session's areas, counted no further than `at_most`."""
    count = 0
    for area in _areas(session):
        query = Issue.select(Issue.id).where(Issue.area == area, TO_CONTACT)
        count += query.limit(at_most - count).count()
        if count >= at_most:
            break
    return count


def cards(session: Session, aside: Collection[int] = (), count: int = 1) -> list[ContactCard]:
    """The next cases of the queue."""
    return [card(session, issue_id) for issue_id in queue(session, aside, count)]


def card(session: Session, issue_id: int) -> ContactCard:
    """One case with its clock as of now. Raises NotAllowed outside the session's scope."""
    sheet = case.case_sheet(session, issue_id)
    issue = Issue.get_by_id(issue_id)
    current = Deadline.get_or_none(
        Deadline.issue == issue_id, Deadline.phase == Phase.FIRST_CONTACT, Deadline.current
    )
    now, due_at = datetime.now(UTC), issue.first_contact_due_at or datetime.now(UTC)
    by_the_clock = current is not None and current.unit == LimitUnit.CLOCK_HOURS
    return ContactCard(
        sheet=sheet,
        due_at=due_at,
        left=time_left(now, due_at, office.calendar(issue.subdistrict_id), by_the_clock),
        over=deadlines.is_overdue(now, due_at),
        tried=tuple(
            f"{line.when} {line.who}：{line.text}" for line in sheet.story if line.text.startswith(NO_ANSWER)
        ),
    )


NO_ANSWER = "先行联系未果："


def time_left(now: datetime, due_at: datetime, calendar: WorkCalendar, by_the_clock: bool = False) -> str:
    """What is left, or over, in working time: `工作时间还剩2小时15分`; by the clock where the limit runs so."""
    over = now > due_at
    first, last = (due_at, now) if over else (now, due_at)
    minutes = calendar.working_minutes_between(first, last)
    named = "工作时间"
    if by_the_clock or (over and not minutes):
        minutes, named = int((last - first).total_seconds() // 60), ""
    hours, rest = divmod(minutes, 60)
    said = (f"{hours}小时" + (f"{rest}分" if rest else "")) if hours else f"{minutes}分钟"
    return f"{named}已超过{said}" if over else f"{named}还剩{said}"


def meanwhile(session: Session, issue_id: int, version: int) -> Meanwhile:
    """What somebody else has done to a case since it was read at `version`; says nothing where nobody did."""
    issue = Issue.get_or_none(Issue.id == issue_id)
    if issue is None or not permission.may(session, "first_contact", issue_id):
        return Meanwhile("这件已不在您的范围内", False)
    waits = issue.is_open and issue.first_contact_at is None and issue.first_contact_due_at is not None
    if issue.version == version:
        return Meanwhile("", waits)
    last = IssueStep.select().where(IssueStep.issue == issue_id).order_by(IssueStep.id.desc()).get()
    return Meanwhile(f"{last.staff_name}刚对{issue.number}办了{STEP_NAMES.get(last.name, '一步')}", waits)


def record(session: Session, card: ContactCard, act_id: str) -> Done:
    """One key: called by telephone, with the office's usual words. Raises as `issue_acts.perform` does."""
    words = office.setting("contact_words", session.subdistrict_id)[0]
    fields = {"told_how": Means.PHONE, "text": words}
    return issue_acts.perform(session, card.sheet.key, card.version, "first_contact", fields, act_id)


def no_answer(session: Session, card: ContactCard, why: str, act_id: str) -> Done:
    """Called in vain: a note on the case, the clock runs on. Raises as `issue_acts.perform` does."""
    fields = {"text": f"{NO_ANSWER}{why}"}
    return issue_acts.perform(session, card.sheet.key, card.version, "note", fields, act_id)


def usual_words(session: Session) -> tuple[str, list[str]]:
    """What one key records, and why a call may have been in vain; settings of the office."""
    words = office.setting("contact_words", session.subdistrict_id)[0]
    return str(words), [str(each) for each in office.setting("no_answer_words", session.subdistrict_id)]
