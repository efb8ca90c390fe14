"""To the district: by refusal, by silence or by choice; the subdistrict agrees first where the office has it so."""

from __future__ import annotations

from datetime import UTC, datetime

from dutydesk.letter_words import Ground, InvitedState, LetterState
from dutydesk.models import Letter
from dutydesk.rules import office
from dutydesk.rules.errors import Refused
from dutydesk.rules.letters.answers import is_silent
from dutydesk.rules.letters.taking import Doing, all_invited, effect, tell_issues


def grounds(letter: Letter, now: datetime) -> list[Ground]:
    """On which grounds a letter could be raised now; by choice always."""
    invited = all_invited(letter)
    found = []
    if any(each.state is InvitedState.REFUSED for each in invited):
        found.append(Ground.REFUSAL)
    if any(is_silent(each, now) for each in invited):
        found.append(Ground.SILENCE)
    return [*found, Ground.CHOICE]


def likely_ground(letter: Letter) -> Ground:
    """The ground that stands first now."""
    return grounds(letter, datetime.now(UTC))[0]


@effect("raise")
def _raise(doing: Doing) -> str:
    letter = doing.letter
    ground = doing.one_of("ground", Ground, "请选为什么提请。")
    reason = doing.need("reason", "请写明理由，区里看得到。")
    if ground not in grounds(letter, doing.acting.at):
        no = "没有部门答复不属职责" if ground is Ground.REFUSAL else "没有部门逾期不答"
        raise Refused(f"现在{no}，请选别的理由。", "ground")
    letter.returns_to, letter.raised_for = letter.state, ground.value
    first = bool(office.setting("letter_raise_through_town", letter.subdistrict_id))
    doing.to = LetterState.RAISING if first else LetterState.RAISED
    if not first:
        letter.raised_at = doing.acting.at
    return f"{ground.label}：{reason}"


@effect("raise_agree")
def _agree(doing: Doing) -> str:
    doing.letter.raised_at = doing.acting.at
    tell_issues(doing, f"{doing.letter.number}提请区级协调")
    return doing.need("reason", "请写明街镇的意见。")


@effect("raise_refuse", "give_back")
def _back(doing: Doing) -> str:
    reason = doing.need("reason", "请写明理由。")
    doing.to = doing.letter.returns_to or LetterState.OUT
    doing.letter.returns_to = None
    return reason


@effect("accept")
def _accept(doing: Doing) -> str:
    return doing.need("reason", "请写明受理意见。")
