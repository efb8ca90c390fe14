"""Each act's form asks for what the tables of `rules/letters/life.py` say that the act demands and asks."""

from __future__ import annotations

import pytest

from dutydesk.forms.base import check, fields
from dutydesk.forms.letters import AT_ONCE, CROSSINGS, DraftForm, form_of
from dutydesk.letter_words import Crossing
from dutydesk.rules.letters.life import INVITED_WAYS, LETTER_WAYS

WAYS = (*LETTER_WAYS, *INVITED_WAYS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.act)
def test_a_form_asks_for_what_its_act_demands(way):
    specs = {spec.name: spec.required for spec in fields(form_of(way.act))}
    assert set(specs) == set(way.demands) | set(way.asks)
    if way.act != "amend":  # the kind stands there already
        assert {name for name, required in specs.items() if required} == set(way.demands)


def test_what_is_done_at_once_demands_nothing():
    assert {way.act for way in WAYS if way.act in AT_ONCE and way.demands} == set()
    assert {way.act for way in WAYS} >= AT_ONCE


def test_every_choice_of_reasons_names_at_least_one():
    assert len(CROSSINGS) == 7
    assert CROSSINGS[0] == ("departments", "跨部门")
    assert all(Crossing(word) for value, _ in CROSSINGS for word in value.split())


def test_a_draft_says_beside_the_field_what_is_missing():
    form, messages = check(DraftForm, {"kind": "letter", "subject": "协调解决楼道堆物"})
    assert form is None
    assert set(messages) == {"crossing", "tried", "request", "department_1"}
