"""From the draft out: 片区长提出 → 协调员核稿 → 签发人签发, as the office's chain has it; sent back, withdrawn, made anew."""

from __future__ import annotations

from dutydesk.letter_words import Delivery, InvitedState, LetterKind, LetterState
from dutydesk.models import Invited, Letter, LetterIssue
from dutydesk.rules.letters import numbers
from dutydesk.rules.letters.life import LETTER_ACT
from dutydesk.rules.letters.limits import next_step, speakers
from dutydesk.rules.letters.taking import (
    Asking,
    Doing,
    all_invited,
    condition,
    deliver,
    effect,
    follow,
    record,
    tell_issues,
)

_STEP = {"propose": LetterState.PROPOSING, "check": LetterState.CHECKING, "sign": LetterState.SIGNING}


@condition("submit", "propose")
def _complete(asking: Asking) -> str | None:
    """What a letter must say before anybody is asked to sign it."""
    letter = asking.letter
    lacking = []
    if not letter.crossing:
        lacking.append("为什么约请（跨片区、跨领域、跨部门）")
    if not letter.tried:
        lacking.append("已经做了什么")
    if not letter.request:
        lacking.append("请部门做什么")
    departments = [each.department for each in all_invited(letter)]
    if not departments:
        lacking.append("约请哪些部门")
    if lacking:
        return "还缺——" + "、".join(lacking)
    outside = [each.name for each in departments if each.subdistrict_id is None]
    if outside and letter.kind is not LetterKind.LETTER:
        return f"{outside[0]}是区里的部门，要用约请函；请改种类。"
    return None


@effect("submit", "propose", "check", "sign")
def _sign(doing: Doing) -> str:
    said = _on(doing)
    note = doing.text("note")
    return "；".join(part for part in (said, note) if part)


def _on(doing: Doing) -> str:
    """On to the next of the chain; behind the last one it is out."""
    doing.to = next_step(doing.letter, _STEP.get(doing.way.act, LetterState.DRAFT))
    return _issue(doing) if doing.to is LetterState.OUT else ""


def _issue(doing: Doing) -> str:
    """Numbered in this very act, and delivered to whoever has a desk."""
    letter, at = doing.letter, doing.acting.at
    letter.number = numbers.take(letter, at)
    letter.issued_at = at
    letter.signed_by_id = doing.session.staff_id
    names = []
    for each in all_invited(letter):
        names.append(each.department.name)
        hand_over(letter, each, doing)
    doing.details["number"] = letter.number
    tell_issues(doing, f"{letter.number}约请{'、'.join(names)}")
    return f"{letter.number}，送{'、'.join(names)}"


def hand_over(letter: Letter, invited: Invited, doing: Doing) -> None:
    """A department whose liaison has a desk has the letter at once; to others it is brought (`deliver`)."""
    if speakers(invited.department_id):
        deliver(letter, invited, doing.acting.at, Delivery.DESK)
    invited.version += 1
    invited.save()


@effect("deliver")
def _deliver(doing: Doing) -> str:
    means = doing.one_of("means", Delivery, "请选怎样送达。")
    deliver(doing.letter, doing.one, doing.acting.at, means)
    return f"{doing.one.department.name}：{means.label}"


@effect("receive")
def _receive(doing: Doing) -> str:
    doing.one.received_at = doing.at
    return f"{doing.one.department.name}"


@effect("send_back")
def _send_back(doing: Doing) -> str:
    return doing.need("reason", "请写明要改什么。")


@effect("withdraw")
def _withdraw(doing: Doing) -> str:
    reason = doing.need("reason", "请写明为什么撤回。")
    _end(doing, LetterState.WITHDRAWN, f"撤回：{reason}")
    return reason


@effect("reissue")
def _reissue(doing: Doing) -> str:
    """The old number is void; a new draft with the same departments, issues and text begins its own way."""
    letter = doing.letter
    reason = doing.need("reason", "请写明为什么重发。")
    kept = ("kind", "subdistrict", "area", "subject", "crossing", "tried", "request", "meeting_place")
    made = Letter.create(
        **{name: getattr(letter, name) for name in kept},
        state=LetterState.DRAFT,
        drafted_by=doing.session.staff_id,
        drafted_at=doing.acting.at,
        replaces=letter.id,
        changed_at=doing.acting.at,
    )
    for each in all_invited(letter):
        if each.state is not InvitedState.FREED:
            Invited.create(
                letter=made,
                department=each.department_id,
                state=InvitedState.LISTED,
                why=each.why,
                added_at=doing.acting.at,
            )
    for row in LetterIssue.select().where(LetterIssue.letter == letter.id).order_by(LetterIssue.id):
        LetterIssue.create(letter=made, issue=row.issue_id)
    _end(doing, LetterState.REPLACED, f"重发：{reason}")
    doing.details["new"] = made.id
    on_new = Doing(doing.session, doing.acting, made, LETTER_ACT["note"], {})
    record(on_new, f"接{letter.number}重拟：{reason}", "", LetterState.DRAFT.value, "remade")
    return reason


def _end(doing: Doing, state: LetterState, said: str) -> None:
    letter = doing.letter
    if letter.number:
        numbers.void(letter, said, doing.acting.at)
        tell_issues(doing, f"{letter.number}{said}")
    follow(doing, state)
    letter.closed_at = doing.acting.at


def remade(letter: Letter) -> Letter | None:
    """The letter that was made in place of this one."""
    found = Letter.get_or_none(Letter.replaces == letter.id)
    return found if isinstance(found, Letter) else None
