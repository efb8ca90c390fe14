"""The marks that put a case first or tell of trouble: each by itself, and in one order wherever they are shown."""

from __future__ import annotations

import pytest

from dutydesk.models import Issue
from dutydesk.rules.flags import flags_of
from dutydesk.vocabulary import Role, State

ALL = {
    "strongly_felt": (True, "群众反映强烈"),
    "beyond_neighbourhood": (True, "居民区难以协调"),
    "send_backs": (2, "退单2次"),
    "reworks": (1, "返工1次"),
    "urges": (3, "催办3次"),
    "sent_down": (True, "下压居委"),
    "solved_on_spot": (True, "当场解决"),
    "sample_due": (True, "待抽查"),
    "satisfied": (False, "反映人不满意"),
}


@pytest.mark.sqlite
class TestMarks:
    def test_an_ordinary_case_has_none(self, cases):
        assert flags_of(cases.row(cases.new())) == ()

    @pytest.mark.parametrize("name", ALL)
    def test_each_is_told_by_itself(self, cases, name):
        value, words = ALL[name]
        issue_id = cases.new()
        Issue.update(**{name: value}).where(Issue.id == issue_id).execute()
        assert flags_of(cases.row(issue_id)) == (words,)

    def test_all_of_them_stand_in_one_order(self, cases):
        issue_id = cases.new()
        Issue.update(**{name: value for name, (value, _) in ALL.items()}).where(
            Issue.id == issue_id
        ).execute()
        assert flags_of(cases.row(issue_id)) == tuple(words for _, words in ALL.values())


def test_who_was_not_asked_and_who_was_satisfied_are_no_trouble(cases):
    closed = cases.in_state(State.CLOSED)
    assert cases.row(closed).satisfied is True
    assert flags_of(cases.row(closed)) == ()


def test_the_acts_put_them_there(cases):
    issue_id = cases.new(flags="strongly_felt,beyond_neighbourhood")
    for act in ("open", "assign"):
        cases.do(act, issue_id)
    cases.do("send_back", issue_id, Role.HANDLER)
    assert flags_of(cases.row(issue_id)) == ("群众反映强烈", "居民区难以协调", "退单1次")
