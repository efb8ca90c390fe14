"""Both lives as tables: each path is walked, each state reached, none a dead end but the last ones."""

from __future__ import annotations

import pytest

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Act, AuditEntry, LetterStep
from dutydesk.rules import audit
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.letters import acting
from dutydesk.rules.letters.life import (
    FOLLOWS,
    INVITED_ACT,
    INVITED_ENDS,
    INVITED_WAYS,
    LETTER_ACT,
    LETTER_ENDS,
    LETTER_WAYS,
    NEXT,
    ON_PAPER,
    REMEMBERED,
    SAME,
)
from dutydesk.vocabulary import Role
from tests.rules.letters.conftest import DOERS, INVITED_PATHS, LETTER_PATHS

R, L, D = Role, LetterState, InvitedState

LETTER_CASES = [(way, state) for way in LETTER_WAYS for state in sorted(way.frm)]
INVITED_CASES = [(way, state) for way in INVITED_WAYS for state in sorted(way.frm)]
NEXT_OF = {L.DRAFT: L.CHECKING, L.PROPOSING: L.CHECKING, L.CHECKING: L.SIGNING, L.SIGNING: L.OUT}


def named(case):
    way, state = case
    return f"{way.act}-{state.value}"


def doer(letters, way, state):
    if way.act == "send_back":
        return {L.PROPOSING: R.AREA_CHIEF, L.CHECKING: R.COORDINATOR, L.SIGNING: R.SIGNATORY}[state]
    if way.act == "close_agree":
        return R.COORDINATOR
    return DOERS.get(way.act, R.AREA_CHIEF if R.AREA_CHIEF in way.who else next(iter(way.who)))


@pytest.mark.parametrize("case", LETTER_CASES, ids=named)
def test_each_way_of_a_letter_leads_where_the_table_says(letters, case):
    way, state = case
    letter_id = letters.in_state(state)
    returns_to = letters.row(letter_id).returns_to
    assert letters.row(letter_id).state is state
    changes = {"ground": "choice"} if way.act == "raise" else {}
    done = letters.do(way.act, letter_id, doer(letters, way, state), undone="另行跟办", **changes)
    allowed = {way.to} if isinstance(way.to, LetterState) else {state} if way.to == SAME else set()
    allowed |= {NEXT_OF[state]} if way.to == NEXT and way.act != "submit" else set()
    allowed |= {L.PROPOSING} if way.act == "submit" else set()
    allowed |= {returns_to} if way.to == REMEMBERED else set()
    assert done.state in allowed | set(way.also)
    last = letters.last(letter_id) if way.act != "reissue" else LetterStep.get(LetterStep.name == "reissue")
    assert (last.name, last.to_state) == (way.act, done.state.value)
    if state not in way.frm or way.to == SAME:
        return
    assert done.state is letters.row(letter_id).state
    assert audit.verify("310104012") is None
    assert Act.select().count() == AuditEntry.select().count()


def walked(letters, state: InvitedState, way=None) -> tuple[int, int]:
    """A letter on which a department's line stands in a state, such that the letter's state is right for a way."""
    third = letters.third()
    if state is D.LISTED:
        letter_id = letters.walk(letters.draft(department_3=str(third)), INVITED_PATHS[state])
        return letter_id, third
    letter_id = letters.walk(letters.draft(), INVITED_PATHS[state])
    department = letters.bureau if state is D.DRAFTED else letters.office
    if way is not None and L.CLOSING in way.letter and letters.row(letter_id).state not in way.letter:
        if state in (D.COMING, D.WRITTEN):
            letters.do("write", letter_id, R.DEPARTMENT_HEAD, department=letters.bureau)
        letters.do("propose_close", letter_id, undone="另行跟办")
    return letter_id, department


@pytest.mark.parametrize("case", INVITED_CASES, ids=named)
def test_each_way_of_an_invited_department_leads_where_the_table_says(letters, case):
    way, state = case
    letter_id, department = walked(letters, state, way)
    assert letters.line(letter_id, department).state is state
    changes = {"told": letters.told_by(None)} if state is D.LISTED else {}
    changes.pop("told", None)
    done = letters.do(way.act, letter_id, department=department, **changes)
    now = letters.line(letter_id, department).state
    allowed = {way.to} if isinstance(way.to, InvitedState) else {state} if way.to == SAME else set()
    assert now in allowed | set(way.also)
    assert done.invited_id == letters.line(letter_id, department).id
    assert letters.last(letter_id).name == way.act
    assert check() == []


@pytest.mark.both
@pytest.mark.parametrize("state", list(LetterState))
def test_every_state_of_a_letter_is_reached(letters, state):
    letter_id = letters.in_state(state)
    assert letters.row(letter_id).state is state
    assert check() == []


@pytest.mark.both
@pytest.mark.parametrize("state", list(InvitedState))
def test_every_state_of_an_invited_department_is_reached(letters, state):
    letter_id, department = walked(letters, state)
    assert letters.line(letter_id, department).state is state


def test_no_state_is_a_dead_end_but_the_final_ones():
    for state in LetterState:
        leads = {way.act for way in LETTER_WAYS if state in way.frm and way.to != SAME}
        by_departments = state is L.CLOSING
        assert bool(leads) is (state not in LETTER_ENDS) or by_departments
    for state in InvitedState:
        leads = {way.act for way in INVITED_WAYS if state in way.frm and way.to != SAME}
        follows = {to for frm, to in FOLLOWS.values() if state in frm}
        assert bool(leads or follows) is (state not in INVITED_ENDS)


def test_each_way_has_an_effect_and_each_effect_a_way():
    from dutydesk.rules.letters.taking import CONDITIONS, EFFECTS

    assert set(EFFECTS) == set(LETTER_ACT) | set(INVITED_ACT)
    assert set(CONDITIONS) <= set(EFFECTS)
    assert set(LETTER_PATHS) == set(LetterState) and set(INVITED_PATHS) == set(InvitedState)


@pytest.mark.parametrize("state", list(LetterState))
def test_who_may_not_is_told_and_nothing_is_written(letters, state):
    """Roles that the table does not name, and the desk of another area."""
    letter_id = letters.in_state(state)
    before = letters.story(letter_id)
    for way in (way for way in LETTER_WAYS if state in way.frm):
        for role in set(Role) - way.who:
            with pytest.raises(NotAllowed):
                letters.do(way.act, letter_id, role)
        with pytest.raises(NotAllowed):
            letters.do(way.act, letter_id, letters.cases.district.elsewhere)
    assert letters.story(letter_id) == before


@pytest.mark.parametrize("state", list(LetterState))
def test_no_way_goes_from_a_state_that_the_table_does_not_name(letters, state):
    letter_id = letters.in_state(state)
    for way in (way for way in LETTER_WAYS if state not in way.frm):
        with pytest.raises(Refused, match=r"请看最新情况|由.*办理"):
            letters.do(way.act, letter_id, doer(letters, way, sorted(way.frm)[0]))


@pytest.mark.parametrize("state", list(LetterState))
def test_the_menu_offers_what_the_table_allows(letters, state):
    letter_id = letters.in_state(state)
    for role in (R.DUTY_OFFICER, R.AREA_CHIEF, R.COORDINATOR, R.SIGNATORY, R.DISTRICT_COORDINATOR):
        offered = [choice.act for choice in acting.menu(letters[role], letter_id)]
        table = [way.act for way in LETTER_WAYS if state in way.frm and role in way.who]
        hidden = {"withdraw"} if role is R.DUTY_OFFICER and state not in ON_PAPER else set()
        holder = {L.PROPOSING: R.AREA_CHIEF, L.CHECKING: R.COORDINATOR, L.SIGNING: R.SIGNATORY}.get(state)
        hidden |= {"send_back"} if role is not holder else set()
        assert offered == [act for act in table if act not in hidden]
