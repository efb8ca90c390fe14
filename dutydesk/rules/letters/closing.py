"""办结: agreed by the area, the departments and the subdistrict, as the office has it; the last agreement closes.

The area's agreement and the check on site may be one act. The issues go on by their own rules; they are told.
"""

from __future__ import annotations

from typing import NamedTuple

from dutydesk.letter_words import LetterState
from dutydesk.models import Invited, Letter
from dutydesk.rules import issue_acts, lifecycle, office, permission, steps
from dutydesk.rules.errors import Refused
from dutydesk.rules.letters import access
from dutydesk.rules.letters.agreement import promises_of, undone
from dutydesk.rules.letters.life import TAKING_PART
from dutydesk.rules.letters.taking import (
    Asking,
    Doing,
    all_invited,
    condition,
    effect,
    follow,
    issues_of,
    tell_issues,
)
from dutydesk.vocabulary import Role, State

_REGISTERED = issue_acts  # the ways of an issue have their effects

AREA, DEPARTMENTS, TOWN = "area", "department", "subdistrict"


class Party(NamedTuple):
    """Whose agreement closing needs, and whether it is there."""

    name: str
    agreed: bool


def parties(letter: Letter) -> list[Party]:
    """Who must agree to closing, by the office's setting."""
    wanted = office.setting("letter_closing", letter.subdistrict_id)
    found = []
    if AREA in wanted:
        found.append(Party("片区", letter.area_agreed_at is not None))
    if DEPARTMENTS in wanted:
        found += [
            Party(each.department.name, each.consented_at is not None)
            for each in all_invited(letter)
            if each.state in TAKING_PART
        ]
    if TOWN in wanted:
        found.append(Party("街镇", letter.town_agreed_at is not None))
    return found


def proposed_outcome(letter: Letter) -> str:
    """What the departments said that they have done, as the outcome may begin."""
    return "；".join(dict.fromkeys(each.done_text for each in promises_of(letter) if each.done_text))


@effect("propose_close")
def _propose(doing: Doing) -> str:
    letter = doing.letter
    outcome = doing.need("outcome", "请写明结果。")
    left = undone(letter)
    why = doing.text("undone")
    if left and not why:
        names = "；".join(f"{each.invited.department.name}：{each.what}" for each in left)
        raise Refused(f"还有没有落实的：{names}。要办结请写明理由。", "undone")
    letter.outcome = outcome
    letter.returns_to = letter.state
    _nobody_has_agreed(letter)
    if Role.AREA_CHIEF in access.roles_on(doing.session, letter):
        letter.area_agreed_at = doing.acting.at
    if all(party.agreed for party in parties(letter)):
        doing.to = LetterState.CLOSED
        _close(doing)
    return outcome + (f"（未落实的：{why}）" if left else "")


def _nobody_has_agreed(letter: Letter) -> None:
    letter.area_agreed_at = letter.town_agreed_at = None
    Invited.update(consented_at=None).where(Invited.letter == letter.id).execute()


@condition("close_agree")
def _not_yet(asking: Asking) -> str | None:
    roles = access.roles_on(asking.session, asking.letter)
    area = Role.AREA_CHIEF in roles and asking.letter.area_agreed_at is None
    town = Role.COORDINATOR in roles and asking.letter.town_agreed_at is None
    return None if area or town else "您这一方已经同意，等其他各方。"


@effect("close_agree")
def _agree(doing: Doing) -> str:
    letter = doing.letter
    roles = access.roles_on(doing.session, letter)
    sides = []
    if Role.AREA_CHIEF in roles and letter.area_agreed_at is None:
        letter.area_agreed_at = doing.acting.at
        sides.append("片区")
    if Role.COORDINATOR in roles and letter.town_agreed_at is None:
        letter.town_agreed_at = doing.acting.at
        sides.append("街镇")
    found = doing.text("found", lines=True)
    said = "、".join(sides) + "同意"
    if found:
        said += f"；现场核查：{found}{_checked_on_site(doing, found)}"
    note = doing.text("note")
    if all(party.agreed for party in parties(letter)):
        doing.to = LetterState.CLOSED
        _close(doing)
    return said + (f"；{note}" if note else "")


def _checked_on_site(doing: Doing, found: str) -> str:
    """Those of the letter's issues that wait for the check pass it with this look, as far as this person may."""
    passed = []
    way = lifecycle.BY_ACT["pass_check"]
    for issue_id in issues_of(doing.letter):
        issue = steps.fresh(issue_id)
        asking = steps.Asking(doing.session, issue)
        if issue.state is not State.REVIEW or not permission.may(doing.session, way.act, issue.id):
            continue
        if steps.why_not(asking, way) is None:
            steps.take(steps.Step(doing.session, doing.acting, issue, way, {"found": found}))
            passed.append(issue.number)
    return f"（{'、'.join(passed)}核查通过）" if passed else ""


@effect("close_refuse")
def _refuse(doing: Doing) -> str:
    reason = doing.need("reason", "请写明还有什么没有了结。")
    doing.to = doing.letter.returns_to or LetterState.DOING
    _nobody_has_agreed(doing.letter)
    return reason


@effect("consent")
def _consent(doing: Doing) -> str:
    doing.one.consented_at = doing.at
    doing.one.save()
    if all(party.agreed for party in parties(doing.letter)):
        doing.letter.state = LetterState.CLOSED
        _close(doing)
    note = doing.text("note")
    return doing.one.department.name + (f"：{note}" if note else "")


@effect("object")
def _object(doing: Doing) -> str:
    reason = doing.need("reason", "请写明还有什么没有了结。")
    doing.letter.state = doing.letter.returns_to or LetterState.DOING
    _nobody_has_agreed(doing.letter)
    doing.one.consented_at = None
    return f"{doing.one.department.name}：{reason}"


def _close(doing: Doing) -> None:
    doing.letter.closed_at = doing.acting.at
    tell_issues(doing, f"{doing.letter.number}办结：{doing.letter.outcome}")
    follow(doing, LetterState.CLOSED)
    if doing.invited is not None:
        doing.to = Invited.get_by_id(doing.invited.id).state
