"""A letter's paper with who raised its issues: only by an act of its own, with a reason, on record."""

from __future__ import annotations

from datetime import datetime

from dutydesk.models import Issue, LetterIssue, LetterStep, Reporter
from dutydesk.rules import acts, permission
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.letters import access
from dutydesk.rules.letters.taking import fresh
from dutydesk.rules.letters.wording import PaperContent, paper
from dutydesk.session import Session
from dutydesk.text import clean


def include(session: Session, letter_id: int, reason: str, act_id: str, now: datetime) -> PaperContent:
    """What the paper says with name, telephone and address of who raised each issue, and nothing masked.

    The act stands in the letter's story and, issue by issue, in the audit. Raises NotAllowed unless this person may
    see them in every issue of the letter, Refused without a reason or where nobody is registered.
    """
    reason = clean(reason)
    if len(reason) < 2:
        raise Refused("请选或写明理由，会记入审计。", "reason")
    try:
        with acts.act(session, act_id, "letter.include") as acting:
            letter = fresh(access.readable(session, letter_id).id)
            acting.about("letter", letter.id, letter.number or letter.subject, letter.subdistrict_id)
            issues = list(
                Issue.select().join(LetterIssue).where(LetterIssue.letter == letter.id).order_by(Issue.id)
            )
            for issue in issues:
                permission.require(session, "reveal", issue.id)
            known = {
                row.issue_id
                for row in Reporter.select().where(Reporter.issue.in_([each.id for each in issues]))
            }
            if not known:
                raise Refused("这封约请里的问题没有登记反映人。")
            for issue in issues:
                if issue.id in known:
                    shown = {"revealed": ["name", "phone", "address"], "reason": reason}
                    acting.changed(issue.number, None, shown)
            LetterStep.create(
                letter=letter.id,
                act=acting.row.id,
                name="include",
                from_state=letter.state.value,
                to_state=letter.state.value,
                staff=session.staff_id or None,
                staff_name=session.name,
                role=session.main.role.value if session.main else "",
                text=f"公文写入反映人，理由：{reason}",
                occurred_at=acting.at,
                recorded_at=acting.at,
            )
    except AlreadyDone:
        pass
    return paper(session, letter_id, now, act_id)
