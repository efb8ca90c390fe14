"""What an office has set: its settings, its working calendar, and the deadlines that follow from both.

Every number here is a setting of the office and is shown as one, never as law. A change counts from its day on and
never moves a deadline that is running.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dutydesk.models import Deadline, Issue, OfficeSetting, SpecialDay
from dutydesk.models import TimeLimit as LimitRow
from dutydesk.rules import deadlines
from dutydesk.rules.deadlines import LimitUnit, TimeLimit
from dutydesk.rules.organisation import today
from dutydesk.rules.workcalendar import CHINA, OfficeHours, WorkCalendar
from dutydesk.vocabulary import Phase, Urgency

DEFAULTS: dict[str, Any] = {
    "office_hours": ["09:00-12:00", "13:30-18:00"],
    "send_back_limit": 4,
    "send_backs_before_invitation": 2,
    "duplicate_window": 14,
    "reveal_reasons": ["首次联系反映人", "反馈处理结果"],
    "no_feedback_reasons": ["巡查自行发现，无反映人"],
    "not_applicable_reasons": ["已拆除或停用", "施工封闭，无法到达", "锁闭，无人开门", "当日不开放"],
    "patrol_rest_reasons": [
        "天气恶劣，停止巡查",
        "抽调处置突发事件",
        "现场封闭，无法到达",
        "人手不足，次日补巡",
    ],
    "extension_max": 10,
    "pause_max": 60,
    "pool_review": 90,
    "contact_words": ["已电话告知受理，会尽快办理并反馈"],
    "no_answer_words": ["电话无人接听", "电话占线", "号码是空号或停机", "对方不方便，约好再打"],
    "shift_kinds": "日班 08:30-18:00、夜班 18:00-08:30",
    "shift_days_in_a_row": 5,
    "meeting_series": {
        "weekday": 4,
        "every_weeks": 2,
        "starts": "14:00",
        "minutes": 90,
        "place": "片区会议室",
        "months": 3,
    },
    "meeting_roles": {
        "prepare": ["duty_officer", "area_chief", "coordinator"],
        "decide": ["area_chief", "coordinator"],
        "write": ["duty_officer", "area_chief", "coordinator", "neighbourhood_officer"],
        "sign": ["area_chief"],
        "add": ["duty_officer", "area_chief", "coordinator", "neighbourhood_officer", "handler"],
        "follow": ["duty_officer", "area_chief", "coordinator"],
    },
    "agenda_table": {  # of each kind: its weight, how many minutes, how many of it at most
        "decision": [90, 5, 12],
        "letter_silent": [85, 6, 8],
        "letter_late": [80, 6, 8],
        "escalate": [75, 8, 5],
        "sent_back": [70, 6, 5],
        "overdue": [60, 4, 8],
        "cluster": [55, 6, 4],
        "due_soon": [40, 3, 5],
        "added": [35, 5, 40],
        "key_work": [20, 5, 3],
    },
    "agenda_rules": {
        "soon_days": 3,
        "cluster_same": 3,
        "cluster_kind": 6,
        "cluster_place": 8,
        "worth": 50,
        "most": 30,
    },
    "demo_staff": "",
    "ssh_key_kinds": ["ssh-ed25519", "ssh-rsa"],
    "ssh_rsa_bits": 3072,
    "letter_chain": {"call": [], "slip": ["chief"], "letter": ["chief", "coordinator", "signatory"]},
    "letter_numbers": {
        "call": "{town}电约〔{year}〕{serial}号",
        "slip": "{town}约单〔{year}〕{serial}号",
        "letter": "徐{town}办约〔{year}〕{serial}号",
    },
    "letter_answer_limit": 3,
    "letter_remind_before": 1,
    "letter_raise_after": 2,
    "letter_say_limit": 5,
    "letter_meeting_after": 5,
    "letter_head_releases": ["station", "bureau"],
    "letter_raise_through_town": True,
    "letter_closing": ["area", "department", "subdistrict"],
}


def setting(key: str, subdistrict_id: int | None = None) -> Any:
    """The value of a setting today: the subdistrict's own, else the district's, else the shipped one."""
    own = OfficeSetting.subdistrict == subdistrict_id
    row = (
        OfficeSetting.select()
        .where(
            OfficeSetting.key == key,
            OfficeSetting.valid_from <= today(),
            OfficeSetting.subdistrict.is_null() | own
            if subdistrict_id
            else OfficeSetting.subdistrict.is_null(),
        )
        .order_by(
            OfficeSetting.subdistrict.is_null(), OfficeSetting.valid_from.desc(), OfficeSetting.id.desc()
        )
        .first()
    )
    return json.loads(row.value) if row else DEFAULTS[key]


_calendars: dict[tuple[str, int], WorkCalendar] = {}


def calendar(subdistrict_id: int | None = None) -> WorkCalendar:
    """The office's working calendar; built anew when its hours or its own table of days have changed."""
    hours = " ".join(setting("office_hours", subdistrict_id))
    special = {row.day: (row.working, row.name) for row in SpecialDay.select()}
    key = (hours, hash(tuple(sorted(special.items()))))
    if key not in _calendars:
        _calendars.clear()
        _calendars[key] = WorkCalendar(OfficeHours.parse(hours), special)
    return _calendars[key]


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
            said = f"来源时限 {issue.source_due_at.astimezone(CHINA):%m月%d日%H:%M}，由来源单位规定，本单位不能自行延期"
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
    said = (
        f"{paused_at.astimezone(CHINA):%m月%d日%H:%M}停止计算，{resumed_at.astimezone(CHINA):%m月%d日%H:%M}恢复，"
        f"原定{issue.due_at.astimezone(CHINA):%m月%d日%H:%M} → {at.astimezone(CHINA):%m月%d日%H:%M}"
    )
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


def end_of_day(moment: datetime) -> datetime:
    """The last second of a moment's day in China."""
    start = moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return start + timedelta(days=1) - timedelta(seconds=1)
