"""Which letters a session sees, and as which of its roles it stands to one: the roles and scopes of `domain.md`.

An area's desk has the letters of its area, a coordinator and a signatory those of the subdistrict, the district all;
a department sees those that invite it, from the day on which they are out.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

from peewee import Expression

from dutydesk.letter_words import Crossing, InvitedState, LetterState
from dutydesk.models import Invited, Letter
from dutydesk.rules import permission
from dutydesk.rules.errors import NotAllowed
from dutydesk.rules.letters.life import AREA_DESK, DEPARTMENT, DISTRICT, ON_PAPER, READERS, SUPERVISOR, Way
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role

_WHOLE = frozenset({DISTRICT, SUPERVISOR})
BY_NEIGHBOURS = frozenset({"note", "link"})  # what the desk of another area may do with a 跨片区 letter
_TOWN = frozenset({Role.COORDINATOR, Role.SIGNATORY})


def may_look(session: Session) -> bool:
    """Whether any role of the session has to do with letters."""
    return bool(session.roles & READERS)


def _scope(grant: Grant) -> Any:
    if grant.role in AREA_DESK:
        return (Letter.area == grant.area_id) | _of_neighbours(grant)
    return own_scope(grant)


def _of_neighbours(grant: Grant) -> Any:
    """跨片区 letters of the subdistrict that are out: each of its areas' desks is concerned."""
    called: Any = Letter.crossing.contains(Crossing.AREAS.value)
    return (Letter.subdistrict == grant.subdistrict_id) & Letter.state.not_in(ON_PAPER) & called


def own_scope(grant: Grant) -> Any:
    """The letters that are this grant's to work on, as a condition; None where it has nothing to do with letters."""
    if grant.role in AREA_DESK:
        return Letter.area == grant.area_id
    if grant.role in _TOWN:
        return Letter.subdistrict == grant.subdistrict_id
    if grant.role in _WHOLE:
        return Letter.id > 0
    if grant.role in DEPARTMENT:
        there: Any = Invited.select(Invited.letter).where(
            Invited.department == grant.department_id, Invited.state != InvitedState.LISTED
        )
        return Letter.id.in_(there) & Letter.state.not_in(ON_PAPER)
    return None


def within(session: Session) -> Expression:
    """The letters that this session may see, as a condition."""
    return _either(_scope(grant) for grant in session.grants)


def own(session: Session) -> Expression:
    """The letters that are this session's to answer for, as a condition: those a neighbour may read are not counted."""
    return _either(own_scope(grant) for grant in session.grants)


def _either(scopes: Iterable[Any]) -> Expression:
    parts = [part for part in scopes if part is not None]
    found: Expression = reduce(operator.or_, parts) if parts else Letter.id.is_null()
    return found


def roles_on(session: Session, letter: Letter, invited: Invited | None = None) -> frozenset[Role]:
    """Those of the session's roles that reach this letter; with `invited`, a department's only on its own line."""
    return frozenset(grant.role for grant in session.grants if _reaches(grant, letter, invited))


def _reaches(grant: Grant, letter: Letter, invited: Invited | None) -> bool:
    if grant.role in AREA_DESK:
        return grant.area_id == letter.area_id
    if grant.role in _TOWN:
        return grant.subdistrict_id == letter.subdistrict_id
    if grant.role in _WHOLE:
        return True
    if grant.role not in DEPARTMENT or letter.state in ON_PAPER:
        return False
    if invited is not None:
        return grant.department_id == invited.department_id
    rows = Invited.select().where(
        Invited.letter == letter.id,
        Invited.department == grant.department_id,
        Invited.state != InvitedState.LISTED,
    )
    return bool(rows.exists())


def neighbour(session: Session, letter: Letter) -> bool:
    """Whether this is the desk of another area that a 跨片区 letter of its subdistrict concerns."""
    if letter.state in ON_PAPER or Crossing.AREAS.value not in letter.crossing.split():
        return False
    return any(
        grant.role in AREA_DESK
        and grant.subdistrict_id == letter.subdistrict_id
        and grant.area_id != letter.area_id
        for grant in session.grants
    )


def require(session: Session, way: Way, letter: Letter, invited: Invited | None = None) -> None:
    """Raise NotAllowed, with a sentence, unless a role of this session that may go this way reaches the letter."""
    roles = roles_on(session, letter, invited)
    if way.act == "withdraw" and letter.state not in ON_PAPER:
        roles -= {Role.DUTY_OFFICER}  # what is out is taken back by whoever had it sent
    if way.act == "send_back":
        roles &= _holder(letter)
    if not roles & way.who and not (way.act in BY_NEIGHBOURS and neighbour(session, letter)):
        who = "、".join(role.label for role in Role if role in way.who)
        raise NotAllowed(f"您在这里不能{way.name}：由{who}在各自范围内办理。")


def _holder(letter: Letter) -> frozenset[Role]:
    """Who has a letter in hand that is on its way to be signed."""
    return {
        LetterState.PROPOSING: frozenset({Role.AREA_CHIEF}),
        LetterState.CHECKING: frozenset({Role.COORDINATOR}),
        LetterState.SIGNING: frozenset({Role.SIGNATORY}),
    }.get(letter.state, frozenset(Role))


def may(session: Session, way: Way, letter: Letter, invited: Invited | None = None) -> bool:
    """Whether this session may go this way with this letter."""
    try:
        require(session, way, letter, invited)
    except NotAllowed:
        return False
    return True


def require_area(session: Session, area_id: int) -> None:
    """Raise NotAllowed unless this session may draft letters for an area."""
    permission.require(session, "letters")
    reach = any(
        (grant.role in AREA_DESK and grant.area_id == area_id)
        or (grant.role is Role.COORDINATOR and area_id in _areas_of(grant.subdistrict_id))
        for grant in session.grants
    )
    if not reach:
        raise NotAllowed("约请由本片区的值班员、片区长或街镇协调员草拟。")


def _areas_of(subdistrict_id: int | None) -> set[int]:
    from dutydesk.models import Area

    rows: Any = Area.select(Area.id).where(Area.subdistrict == subdistrict_id).tuples()
    return {area_id for (area_id,) in rows}


def readable(session: Session, letter_id: int) -> Letter:
    """A letter that this session may see. Raises NotAllowed outside its scope."""
    found = Letter.get_or_none(Letter.id == letter_id, within(session))
    if not isinstance(found, Letter):
        raise NotAllowed("这封约请不在您的范围内，或已不存在。")
    return found


def only_department(session: Session) -> bool:
    """Whether this session has to do with letters as a department's person alone."""
    roles = session.roles & READERS
    return bool(roles) and roles <= DEPARTMENT


def may_draft(session: Session) -> bool:
    """Whether this session may begin a letter."""
    return permission.may_at_all(session, "draft_letter")


def may_balance(session: Session) -> bool:
    """Whether this session may see the balance."""
    return permission.may_at_all(session, "figures")
