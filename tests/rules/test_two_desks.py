"""Two desks on one case in any order; a thousand orders are `python -m benchmarks.two_desks`."""

from __future__ import annotations

import pytest

from benchmarks.two_desks import meet
from dutydesk.rules import issue_acts


def test_whoever_was_overtaken_is_told_and_nobody_writes_over_the_other(district):
    told = meet(district, rounds=16, seed=5)
    assert (told.silent, told.problems) == ([], [])
    assert told.outcomes["told"] >= 5, told
    assert told.outcomes["done"] >= 16, told


@pytest.mark.sqlite
def test_a_rule_that_forgot_to_look_would_be_found(district, monkeypatch):
    monkeypatch.setattr(issue_acts, "same_version", lambda *_: None)
    assert meet(district, rounds=16, seed=5).silent
