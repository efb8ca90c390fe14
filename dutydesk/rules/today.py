"""今日: what has changed since somebody was last here, who is on duty, and what needs this person now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dutydesk.models import Area, IssueStep, Shift, Staff, database
from dutydesk.rules import decisions, drafts, ledger, patrol, permission
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session
from dutydesk.vocabulary import Role

MANY = 1000
_LATEST, _AT_ONCE = 5_000, 500
_A_SHIFT = timedelta(days=2)  # none is longer


@dataclass(frozen=True)
class Line:
    """One line of 今日: what it says, and what it opens (a duty and, for the ledger, a view)."""

    text: str
    count: int
    duty: str
    target: str = ""
    pressing: bool = False


@dataclass(frozen=True)
class TodaySheet:
    """All that 今日 shows."""

    on_duty: tuple[str, ...]
    since: str
    news: tuple[Line, ...]
    needs: tuple[Line, ...]
    drafts: tuple[drafts.Kept, ...]


# The views of the ledger that 今日 looks at, by role, in the order of their weight.
_AREA = (
    ("first", "群众反映强烈、居民区难以协调", True),
    ("overdue", "已逾期", True),
    ("due_today", "今日到期", True),
    ("sent_back", "退单待重派", True),
    ("reported", "等待立案", False),
    ("opened", "等待派单", False),
    ("to_contact", "等待先行联系", False),
    ("review", "等待现场核查", False),
    ("feedback", "等待反馈", False),
    ("sample", "当场解决待抽查", False),
    ("set_aside_due", "缓办、挂账到日", False),
)
# Above the areas: what has an index there, see `views.VIEWS`.
_INDEXED = {"first", "overdue", "due_today", "sent_back", "reported", "opened", "review", "sample"}
_ABOVE = tuple(look for look in _AREA if look[0] in _INDEXED)
# Views with a duty that takes their cases one by one, for who may do that.
_ONE_BY_ONE = {"reported": ("triage", "open"), "to_contact": ("contact", "shift")}
_HANDS = (("overdue", "已逾期", True), ("due_today", "今日到期", True), ("mine", "在我手上", False))
LOOKS: dict[Role, tuple[tuple[str, str, bool], ...]] = {
    Role.DUTY_OFFICER: _AREA,
    Role.AREA_CHIEF: (*_AREA, ("closable", "可以销项", False)),
    Role.NEIGHBOURHOOD_OFFICER: (("mine", "在本居委手上", True), *_AREA),
    Role.HANDLER: _HANDS,
    Role.LIAISON: _HANDS,
    Role.DEPARTMENT_HEAD: _HANDS,
    Role.COORDINATOR: _ABOVE,
    Role.SIGNATORY: _AREA[:3],
    Role.DISTRICT_COORDINATOR: _AREA[:3],
    Role.SUPERVISOR: _AREA[:4],
    Role.AUDITOR: (),
    Role.ADMINISTRATOR: (),
}


def today_sheet(session: Session, since: datetime | None) -> TodaySheet:
    """Read 今日 for this person. Every count is within the person's scope and stops at 1,000."""
    return TodaySheet(
        on_duty=tuple(on_duty(session)),
        since=moment(since),
        news=tuple(_news(session, since)) if since else (),
        needs=tuple(_needs(session)),
        drafts=tuple(drafts.kept(session)),
    )


def on_duty(session: Session) -> list[str]:
    """Who is on duty in the own area now, until when, and who comes next."""
    if not session.area_id:
        return []
    now = datetime.now(UTC)
    rows = (
        Shift.select(Shift, Staff)
        .join(Staff)
        .where(Shift.area == session.area_id, Shift.starts_at > now - _A_SHIFT, Shift.ends_at > now)
        .order_by(Shift.starts_at)
        .limit(3)
    )
    here = [row for row in rows if row.starts_at <= now]
    if not here:
        said = ["值班表上现在没有人"]
    following = [row for row in rows if row.starts_at > now][:1]
    said = [f"在班 {row.name} {row.staff.name} 至{row.ends_at.astimezone(CHINA):%H:%M}" for row in here]
    return said + [f"接班 {row.name} {row.staff.name}" for row in following]


def _needs(session: Session) -> list[Line]:
    lines = list(_needs_of_the_desk(session))
    seen: set[str] = set()
    for grant in session.grants:
        for view, text, pressing in LOOKS[grant.role]:
            if view in seen:
                continue
            seen.add(view)
            found = ledger.count(session, view, MANY)
            if found:
                duty, act = _ONE_BY_ONE.get(view, ("issues", "read"))
                opens = duty if permission.may_at_all(session, act) else "issues"
                lines.append(Line(text, found, opens, view, pressing))
    lines.sort(key=lambda line: not line.pressing)
    return lines


def _needs_of_the_desk(session: Session) -> list[Line]:
    lines = []
    if permission.may_at_all(session, "patrol") and session.area_id:
        for left in patrol.left_undone(session):
            lines.append(Line(left.text, left.count, "patrol", str(left.key), pressing=left.earlier))
    waiting = decisions.count(session)
    if waiting:
        lines.append(Line("待我定", waiting, "decisions", pressing=True))
    proxies = decisions.proxies_to_answer(session)
    if proxies:
        lines.append(Line("别人代我录入、等我确认", len(proxies), "decisions", "proxies"))
    return lines + _letters(session) + _meetings(session) + _needs_of_the_shift(session)


def _letters(session: Session) -> list[Line]:
    """What waits for this person at 条块约请. Where there are no letters, their tables need not be loaded either."""
    if not permission.may_at_all(session, "letters"):
        return []
    if database.execute_sql("select 1 from letter limit 1").fetchone() is None:
        return []
    from dutydesk.rules.letters import tables

    waiting = tables.waiting(session)
    return [Line("条块约请等我办", waiting, "letters", "mine", pressing=True)] if waiting else []


def _meetings(session: Session) -> list[Line]:
    """The meeting of today, minutes to be signed. Where there are no meetings, their tables need not be loaded either."""
    if not session.area_id or not permission.may_at_all(session, "meetings"):
        return []
    if database.execute_sql("select 1 from meeting limit 1").fetchone() is None:
        return []
    from dutydesk.rules.meetings.needs import needs

    return [Line(text, 0, "meetings", str(key), bool(pressing)) for text, key, pressing in needs(session)]


def _needs_of_the_shift(session: Session) -> list[Line]:
    if not permission.may_at_all(session, "shift"):
        return []
    from dutydesk.rules import on_duty as shift

    return [Line(need.text, need.many, "shift", need.target, need.pressing) for need in shift.needs(session)]


def _news(session: Session, since: datetime) -> list[Line]:
    """What others did since then: new cases, and the kinds of steps on cases in scope."""
    lines = []
    came = ledger.new_since(session, since)
    if came:
        lines.append(Line("新登记", came, "issues", "open"))
    counts = _steps_since(session, since)
    for name, (view, words) in _TELLING.items():
        if counts.get(name):
            lines.append(Line(words, counts[name], "issues", view))
    return lines


def _steps_since(session: Session, since: datetime) -> Counter[str]:
    """How often each kind of step was taken by others on cases in scope since then, among the latest 5,000 of all.

    Steps are numbered as they are recorded: from the last one back, none before that moment need be looked at.
    """
    counts: Counter[str] = Counter()
    last: int | None = None
    for _stretch in range(_LATEST // _AT_ONCE):
        query: Any = IssueStep.select(
            IssueStep.id, IssueStep.issue, IssueStep.name, IssueStep.staff, IssueStep.recorded_at
        )
        if last is not None:
            query = query.where(IssueStep.id < last)
        rows = list(query.order_by(IssueStep.id.desc()).limit(_AT_ONCE).tuples())
        fresh = [row for row in rows if row[4] > since]
        told = [row for row in fresh if row[3] != session.staff_id and row[2] in _TELLING]
        here = permission.seen_among(session, {row[1] for row in told})
        counts.update(row[2] for row in told if row[1] in here)
        if len(fresh) < _AT_ONCE or counts.total() >= MANY:
            break
        last = rows[-1][0]
    return counts


# Steps worth telling of, the view in which their cases stand, and how it is said.
_TELLING = {
    "send_back": ("sent_back", "被退单"),
    "report_done": ("review", "已报完成"),
    "fail_check": ("open", "核查未通过，返工"),
    "urge": ("open", "被催办"),
    "close": ("closed", "已销项"),
    "approve": ("open", "片区长已同意"),
    "refuse": ("open", "片区长不同意"),
}


def area_name(session: Session) -> str:
    """The name of the own area, with its mark 演示 where it is no real one."""
    area = Area.get_or_none(Area.id == session.area_id) if session.area_id else None
    return f"{area.name}{'（演示）' if area.demo else ''}" if area else ""
