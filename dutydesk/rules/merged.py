"""Who raised a case that was merged into another is told of the outcome too: an answer for each, before 销项.

The answer stands on the merged case itself: it may be told once its main case is in 待反馈 or has ended.
"""

from __future__ import annotations

from typing import Any

from dutydesk.models import Issue, Unit
from dutydesk.rules import permission, search
from dutydesk.rules.before import Before
from dutydesk.rules.errors import Refused
from dutydesk.rules.finding import SHOWN, Found
from dutydesk.rules.steps import Asking, Step, condition, fresh, moved_on, record
from dutydesk.rules.triage import by_number, to_contact
from dutydesk.session import Session
from dutydesk.text import mask_phones_in, narrow
from dutydesk.vocabulary import State

_TO_TELL = frozenset({State.FEEDBACK, State.CLOSED, State.VOID})


def untold(issue: Issue) -> list[Issue]:
    """The cases merged into this one whose reporters have not been told yet, by their numbers."""
    followers = Issue.select().where(Issue.merged_into == issue.id).order_by(Issue.id)
    return [other for other in followers if not other.feedback_given and to_contact(other)]


def unsatisfied(issue: Issue) -> list[Issue]:
    """This case and those merged into it whose reporters said that they are not satisfied."""
    followers = Issue.select().where(Issue.merged_into == issue.id).order_by(Issue.id)
    return [each for each in (issue, *followers) if each.satisfied is False]


def told_back(issue: Issue) -> bool:
    """Whether everybody who raised a case, or one merged into it, has been told."""
    return bool(issue.feedback_text or issue.feedback_given) and not untold(issue)


@condition("feedback", shown=False)
def _something_to_tell(asking: Asking) -> str | None:
    issue = asking.issue
    if issue.state is not State.MERGED:
        return None
    if not to_contact(issue):
        return "并入前没有登记反映人，不需反馈。"
    main = issue.merged_into
    return None if main.state in _TO_TELL else f"主案 {main.number} 还没有结果，到待反馈时再告知。"


def tell_main(step: Step, said: str) -> None:
    """The main case hears that the reporter of one merged into it has been told, or that one has gone."""
    main = fresh(step.issue.merged_into_id)
    before = Before(main)
    main.feedback_given = told_back(main) if main.state is State.FEEDBACK else main.feedback_given
    on_main = Step(step.session, step.acting, main, step.way, {}, step.proxy)
    moved_on(on_main)
    record(on_main, f"{step.issue.number} 的反映人：{said}", "merged_told", main.state)
    before.keep(step.acting, main)


def ask_again(step: Step) -> None:
    """The case is worked on anew: whoever was told will be told anew."""
    followers = Issue.select().where(Issue.merged_into == step.issue.id, Issue.feedback_text != "")
    for other in followers:
        before = Before(other)
        other.feedback_given, other.feedback_text, other.satisfied = False, "", None
        moved_on(Step(step.session, step.acting, other, step.way, {}, step.proxy))
        search.keep(other)  # no line is told here that would have it found by what stands in it now
        before.keep(step.acting, other)


# -- finding the other one -------------------------------------------------------------------------------------------


def candidates(session: Session, issue_id: int, text: str) -> list[Found]:
    """Open cases that may be the same one: without text those that look alike, else by number or by words.

    Raises NotAllowed outside the session's scope.
    """
    permission.require(session, "read", issue_id)
    issue = Issue.get_by_id(issue_id)
    if not text.strip():
        from dutydesk.rules.intake import likely_duplicates

        alike = likely_duplicates(session, issue.unit_id, issue.category_id, issue.summary + issue.spot)
        ids = [each.key for each in alike]
    elif (numbered := by_number(narrow(text))) is not None:
        ids = [numbered.id] if permission.may(session, "read", numbered.id) else []
    else:
        ids = search.page(session, text, open_only=True, edge=None, forward=True, count=SHOWN + 1)
    rows = Issue.select(Issue, Unit).join(Unit).where(Issue.id.in_(ids), Issue.id != issue_id)
    found = {row.id: _as_found(row) for row in rows}
    return [found[key] for key in ids if key in found][:SHOWN]


def _as_found(row: Any) -> Found:
    said = f"{row.state.label} {row.unit.name} {row.summary}"
    return Found(str(row.id), row.number, mask_phones_in(said))


def main_of(session: Session, issue_id: int) -> int:
    """The case into which one was merged. Raises NotAllowed outside the scope, Refused where it was not merged."""
    permission.require(session, "read", issue_id)
    main = Issue.get_by_id(issue_id).merged_into_id
    if main is None:
        raise Refused("这件没有并入别的问题，请返回重看。")
    return int(main)
