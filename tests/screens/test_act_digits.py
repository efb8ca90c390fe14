"""The digits of the menu of a case: one act, one digit, whatever the state and whoever looks."""

from __future__ import annotations

import pytest

from dutydesk.rules.bulk import ACTS
from dutydesk.rules.lifecycle import WAYS, ways_from
from dutydesk.screens.act_digits import FOR_OTHERS, LETTER, PAGES, PAGES_OF_MARKED, READ, placed, places_of
from dutydesk.vocabulary import Role, State
from dutydesk.widgets.action_menu import Action

PLACES, OF_MARKED = places_of(PAGES), places_of(PAGES_OF_MARKED)
ON_A_PAGE = 8
IN_ITS_PLACE = {
    "source_extension"
}  # for a source's case, where 延期 is not offered: `tests/rules/test_pausing.py`


def offered(state: State, roles: set[Role]) -> list[str]:
    """All that a role may ever be offered in a state."""
    acts = [way.act for way in ways_from(state) if roles & way.who and way.act not in IN_ITS_PLACE]
    return [*acts, READ, FOR_OTHERS]


def test_every_act_of_the_life_cycle_has_a_digit() -> None:
    assert {way.act for way in WAYS} | {READ, FOR_OTHERS, LETTER} == PLACES.keys()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", list(Role))
def test_no_role_is_offered_two_acts_on_one_digit(state: State, role: Role) -> None:
    acts = offered(state, {role})
    places = [PLACES[act] for act in acts]
    assert len(set(places)) == len(acts), sorted(zip(places, acts, strict=True))
    assert [action.place for action in placed([Action(act, act) for act in acts])] == places


@pytest.mark.parametrize("state", list(State))
def test_who_has_two_roles_still_has_a_digit_for_each_act(state: State) -> None:
    acts = offered(state, set(Role))
    found = [action.place for action in placed([Action(act, act) for act in acts])]
    assert len(set(found)) == len(acts)
    assert all(place is not None and 1 <= place[1] <= 8 for place in found)


def test_what_is_not_in_the_table_comes_last() -> None:
    [note, other] = placed([Action("note", "备注"), Action("unheard", "新的")])
    assert note.place == PLACES["note"]
    assert other.place is not None and other.place > max(PLACES.values())


def test_the_menu_has_two_pages_with_no_act_alone_on_a_third() -> None:
    assert {page for page, _digit in PLACES.values()} == {1, 2}
    assert all(len(page) <= ON_A_PAGE for page in (*PAGES, *PAGES_OF_MARKED))


@pytest.mark.parametrize("role", list(Role))
def test_an_act_on_marked_cases_has_one_digit_whatever_their_states(role: Role) -> None:
    offered_for_marked = [act for act, bulk in ACTS.items() if role in bulk.way.who]
    if role is Role.AREA_CHIEF:  # who decides does not ask
        offered_for_marked = [act for act in offered_for_marked if not act.startswith("ask_")]
    places = [OF_MARKED[act] for act in offered_for_marked]
    assert len(set(places)) == len(places), sorted(zip(places, offered_for_marked, strict=True))


def test_an_act_on_marked_cases_is_where_the_menu_of_one_case_has_it() -> None:
    assert set(OF_MARKED) == set(ACTS) | {LETTER}
    on_their_own = {"open", "propose_assign", "urgency", "category"}
    for act in ACTS.keys() - on_their_own:
        assert OF_MARKED[act] == PLACES[act], act
