"""The deadlines of an issue by the office's table: which limit counts, when it is due, what a pause leaves of it.

A change of the table never moves a deadline that is running: each keeps all that it was made from.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dutydesk.models import Deadline, Issue
from dutydesk.models import TimeLimit as LimitRow
from dutydesk.rules import deadlines
from dutydesk.rules.deadlines import LimitUnit, TimeLimit
from dutydesk.rules.office import calendar, setting
from dutydesk.rules.organisation import today
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.vocabulary import Phase, Urgency


def limit_for(category_id: int, urgency: Urgency, phase: Phase, subdistrict_id: int) -> LimitRow | None:
    """The time limit that counts today: the subdistrict's own before the district's, the newest first."""
    found = (
        LimitRow.select()
        .where(
            LimitRow.category == category_id,
            LimitRow.urgency == urgency,
            LimitRow.phase == phase,
            LimitRow.subdistrict.is_null() | (LimitRow.subdistrict == subdistrict_id),
            LimitRow.valid_from <= today(),
        )
        .order_by(LimitRow.subdistrict.is_null(), LimitRow.valid_from.desc(), LimitRow.id.desc())
        .first()
    )
    return found if isinstance(found, LimitRow) else None


class Due(NamedTuple):
    """A deadline as it would be: when, and the line that explains it."""

    at: datetime
    explanation: str
    limit: LimitRow


def deadline_for(
    category_id: int, urgency: Urgency, phase: Phase, subdistrict_id: int, start: datetime
) -> Due | None:
    """When a phase that starts at `start` is due by the office's table; None where it has no limit for it."""
    row = limit_for(category_id, urgency, phase, subdistrict_id)
    if row is None:
        return None
    limit = TimeLimit(row.amount, LimitUnit(row.unit))
    days = calendar(subdistrict_id)
    at = deadlines.due(start, limit, days)
    notice = days.notice(start.astimezone(CHINA).date(), at.date())
    line = deadlines.explain(start, limit, days, at)
    return Due(at, f"{line}（{notice}）" if notice else line, row)


def set_deadline(
    issue: Issue,
    phase: Phase,
    start: datetime,
    due_at: datetime,
    explanation: str,
    limit: LimitRow | None = None,
) -> None:
    """Write a deadline with all that it was made from; the one before stays on record."""
    Deadline.update(current=False).where(Deadline.issue == issue.id, Deadline.phase == phase).execute()
    Deadline.insert(
        issue=issue.id,
        phase=phase,
        started_at=start,
        amount=limit.amount if limit else None,
        unit=limit.unit if limit else "",
        limit=limit.id if limit else None,
        hours=str(calendar(issue.subdistrict_id).hours),
        due_at=due_at,
        explanation=explanation,
    ).execute()
    if phase is Phase.COMPLETION:
        issue.due_at = due_at
    else:
        issue.first_contact_due_at = due_at


def start_deadlines(issue: Issue, start: datetime, to_contact: bool) -> None:
    """Set both deadlines of an opened issue. A source's own limit (来源时限) overrides the table for completion."""
    for phase in Phase:
        if phase is Phase.FIRST_CONTACT and not to_contact:
            continue
        if phase is Phase.COMPLETION and issue.source_due_at:
            said = f"来源时限 {moment(issue.source_due_at, '')}，由来源单位规定，本单位不能自行延期"
            set_deadline(issue, phase, start, issue.source_due_at, said)
            continue
        due = deadline_for(issue.category_id, issue.urgency, phase, issue.subdistrict_id, start)
        if due:
            set_deadline(issue, phase, start, due.at, due.explanation, due.limit)


def drop_deadlines(issue: Issue) -> None:
    """No deadline counts for this issue any more; those that did stay on record."""
    Deadline.update(current=False).where(Deadline.issue == issue.id).execute()
    issue.due_at = issue.first_contact_due_at = None


def resume_deadline(issue: Issue, paused_at: datetime, resumed_at: datetime) -> None:
    """After a pause: what was left of the completion deadline then is left now.

    A source's own limit (来源时限) stays: only the source grants an extension.
    """
    if not issue.due_at or issue.source_due_at:
        return
    current = Deadline.get_or_none(
        Deadline.issue == issue.id, Deadline.phase == Phase.COMPLETION, Deadline.current
    )
    unit = LimitUnit(current.unit) if current and current.unit else LimitUnit.WORK_HOURS
    at = deadlines.extended_by_pause(
        issue.due_at, paused_at, resumed_at, calendar(issue.subdistrict_id), unit
    )
    said = f"{moment(paused_at, '')}停止计算，{moment(resumed_at, '')}恢复，原定{moment(issue.due_at, '')} → {moment(at, '')}"
    set_deadline(
        issue, Phase.COMPLETION, resumed_at, at, said, current.limit if current and current.limit_id else None
    )


def may_be_sent_back_until(issue: Issue) -> datetime | None:
    """Until when an assigned issue may be sent back: a setting, in working hours from its assignment."""
    if not issue.assigned_at:
        return None
    hours = int(setting("send_back_limit", issue.subdistrict_id))
    return deadlines.due(
        issue.assigned_at, TimeLimit(hours, LimitUnit.WORK_HOURS), calendar(issue.subdistrict_id)
    )
