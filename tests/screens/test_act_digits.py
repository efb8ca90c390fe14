"""The digits of the menu of a case: one act, one digit, whatever the state and whoever looks."""

from __future__ import annotations

import pytest

from dutydesk.rules.lifecycle import WAYS, ways_from
from dutydesk.screens.act_digits import ANSWER, FOR_OTHERS, PLACES, READ, REVEAL, placed
from dutydesk.vocabulary import Role, State
from dutydesk.widgets.action_menu import Action


def offered(state: State, roles: set[Role]) -> list[str]:
    """All that a role may ever be offered in a state."""
    acts = [way.act for way in ways_from(state) if roles & way.who]
    return [*acts, READ, FOR_OTHERS, REVEAL, ANSWER]


def test_every_act_of_the_life_cycle_has_a_digit() -> None:
    assert {way.act for way in WAYS} | {READ, FOR_OTHERS, REVEAL, ANSWER} == PLACES.keys()


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
