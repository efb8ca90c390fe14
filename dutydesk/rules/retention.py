"""保存期限: after a time that is the office's setting, ended cases lose the personal data of their residents, on record.

What goes: who raised the case; that name, number and address, and every telephone and identity number, in the texts of
the case, its story and what was asked about it; the values behind its audit entries, and what undoing would need. The
chain covers digests of the values and stays whole; who did what, when and from where stays too.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dutydesk.models import (
    ActChange,
    AuditEntry,
    AuditValues,
    Issue,
    IssueStep,
    ProxyEntry,
    Reporter,
    Request,
    Subdistrict,
)
from dutydesk.rules import acts
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.office import setting
from dutydesk.rules.organisation import start_of, today
from dutydesk.rules.steps import Step, record
from dutydesk.session import Session
from dutydesk.text import mask_name, mask_phone, mask_phones_in
from dutydesk.vocabulary import ENDED

STEP = "retention"
_AT_A_TIME = 200
_TOLD = "反映人的个人信息已按保存期限清除。"
_TEXTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Issue, ("summary", "detail", "spot", "on_the_spot", "outcome", "feedback_text")),
    (IssueStep, ("text", "details")),
    (Request, ("reason", "details", "decision")),
    (ProxyEntry, ("objection",)),
)


class Due(NamedTuple):
    """How many cases of a subdistrict are past the time; `ended_before` is None where the office keeps all."""

    subdistrict_id: int
    name: str
    days: int
    ended_before: datetime | None
    cases: int


def due() -> list[Due]:
    """What would go today, subdistrict by subdistrict; changes nothing."""
    found = []
    for town in Subdistrict.select().order_by(Subdistrict.code):
        days = int(setting("retention_days", town.id))
        before = start_of(today() - timedelta(days=days)) if days > 0 else None
        cases = _past(town.id, before).count() if before else 0
        found.append(Due(town.id, town.name, days, before, cases))
    return found


def forget(session: Session, say: Callable[[str], None]) -> int:
    """Let it go, a few hundred cases an act; answers with how many cases. Stopped half way, the next run goes on."""
    done = 0
    for each in due():
        while each.ended_before:
            ids = [row.id for row in _past(each.subdistrict_id, each.ended_before).limit(_AT_A_TIME)]
            if not ids:
                break
            _forget_some(session, each, ids)
            done += len(ids)
            say(f"已清除{done}件")
    return done


def _past(town: int, before: datetime) -> Any:
    """Ended cases past the time that have not lost theirs since they ended."""
    gone = IssueStep.select(IssueStep.id).where(
        IssueStep.issue == Issue.id, IssueStep.name == STEP, IssueStep.recorded_at >= Issue.closed_at
    )
    return (
        Issue.select(Issue.id)
        .where(Issue.subdistrict == town, Issue.state.in_(list(ENDED)), Issue.closed_at < before)
        .where(~_exists(gone))
        .order_by(Issue.id)
    )


def _exists(query: Any) -> Any:
    from peewee import fn

    return fn.EXISTS(query)


def _forget_some(session: Session, each: Due, ids: list[int]) -> None:
    with acts.act(session, str(uuid.uuid4()), "retention.forget") as acting:
        issues = list(Issue.select().where(Issue.id.in_(ids)).order_by(Issue.id))
        acting.about("retention", None, f"{each.name} {len(issues)}件", each.subdistrict_id)
        steps: Any = IssueStep.select(IssueStep.act).where(IssueStep.issue.in_(ids)).tuples()
        acts_of_theirs = {act for (act,) in steps if act}
        who = {row.issue_id: row for row in Reporter.select().where(Reporter.issue.in_(ids))}
        for issue in issues:
            _hide(issue.id, who.get(issue.id))
        Reporter.delete().where(Reporter.issue.in_(ids)).execute()
        ActChange.delete().where(ActChange.issue.in_(ids)).execute()
        for issue in Issue.select().where(Issue.id.in_(ids)).order_by(Issue.id):
            record(Step(session, acting, issue, BY_ACT["note"], {}), _TOLD, STEP, issue.state)
        _drop_values(acts_of_theirs, [f"issue {issue.number}" for issue in issues])
        numbers = [issue.number for issue in issues]
        acting.changed("个人信息", None, {"cases": numbers, "days": each.days})


def _hide(issue_id: int, reporter: Reporter | None) -> None:
    """Write the texts of a case anew without what tells who raised it."""
    stars = {} if reporter is None else {
        reporter.name: mask_name(reporter.name), reporter.phone: mask_phone(reporter.phone), reporter.address: "***",
    }  # fmt: skip
    said = sorted((piece for piece in stars if len(piece) > 1), key=len, reverse=True)
    told = re.compile("|".join(map(re.escape, said)) or "(?!)")
    for table, columns in _TEXTS:
        mine = table.id == issue_id if table is Issue else table.issue == issue_id
        for row in table.select().where(mine):
            hidden = {
                name: mask_phones_in(told.sub(lambda found: stars[found[0]], text))
                for name in columns
                if (text := getattr(row, name))
            }
            changed = {name: text for name, text in hidden.items() if text != getattr(row, name)}
            if changed:
                table.update(**changed).where(table.id == row.id).execute()


def _drop_values(acts_of_theirs: Iterable[str], subjects: list[str]) -> None:
    """The values behind the entries of these cases; one that tells of another case too waits for that one."""
    listed = sorted(acts_of_theirs)
    for first in range(0, len(listed), _AT_A_TIME):
        some = listed[first : first + _AT_A_TIME]
        told: Any = IssueStep.select(IssueStep.act, IssueStep.issue).where(IssueStep.act.in_(some)).distinct()
        pairs = list(told.tuples())
        kept = _not_gone({issue for _act, issue in pairs})
        held = {act for act, issue in pairs if issue in kept}
        free = AuditEntry.select(AuditEntry.id).where(
            AuditEntry.act.in_([act for act in some if act not in held])
        )
        AuditValues.delete().where(AuditValues.entry.in_(free)).execute()
    own = AuditEntry.select(AuditEntry.id).where(AuditEntry.subject.in_(subjects))
    AuditValues.delete().where(AuditValues.entry.in_(own)).execute()


def _not_gone(ids: set[int]) -> set[int]:
    """Those cases that still have their personal data."""
    rows: Any = IssueStep.select(IssueStep.issue).where(
        IssueStep.issue.in_(sorted(ids)), IssueStep.name == STEP
    )
    return ids - {issue for (issue,) in rows.tuples()}
