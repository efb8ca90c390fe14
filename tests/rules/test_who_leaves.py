"""Somebody leaves: the history stays, the access goes, the open work is there for 改派."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.models import Issue, Staff
from dutydesk.rules import bulk, finding, person
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import grants_of, sign_on
from dutydesk.vocabulary import Role, State
from tests.rules.eyes import TODAY, at, new_act

pytestmark = pytest.mark.both
R = Role


class TestWhoLeaves:
    """Somebody's work ends on a day: the history stays, the access goes, the open work is there for 改派."""

    def test_access_goes_with_the_day_and_the_work_is_shown(self, cases, keeper, clock):
        number = cases.district.numbers[R.HANDLER]
        case = cases.in_hands(R.HANDLER, Issue.get_by_id(cases.new()).state)
        cases.do("take_up", case)
        who = Staff.get(Staff.number == number)
        last = TODAY + timedelta(days=3)
        said = person.leave(keeper, who.id, last, new_act()).says
        assert "手上还有1件没办完，请改派" in said
        assert person.open_work(keeper, who.id) == [(case, Issue.get_by_id(case).version)]
        clock.move_to(at(last))
        assert sign_on(number).roles == {R.HANDLER}
        clock.move_to(at(last + timedelta(days=1)))
        with pytest.raises(NotAllowed, match="没有工号"):
            sign_on(number)
        assert grants_of(who.id, TODAY) and not grants_of(who.id, last + timedelta(days=1))
        card = person.card(cases.district.sign_on(R.COORDINATOR), who.id, last + timedelta(days=1))
        assert (card.status, [line.when for line in card.lines]) == (f"{last}离岗", ["before"])
        assert number not in {row.detail for row in finding.staff(keeper, number)}

    def test_a_desk_left_open_writes_nothing_any_more(self, cases, keeper):
        session = cases[R.HANDLER]
        case = cases.in_hands(R.HANDLER, Issue.get_by_id(cases.new()).state)
        who = Staff.get(Staff.number == session.number)
        person.leave(keeper, who.id, TODAY - timedelta(days=1), new_act())
        with pytest.raises(NotAllowed, match="已离岗"):
            cases.do("take_up", case, session)

    def test_nobody_ends_the_own_work(self, keeper):
        with pytest.raises(NotAllowed, match="不能给自己"):
            person.leave(keeper, keeper.staff_id, TODAY, new_act())

    def test_who_may_see_no_case_is_told_how_many_there_are_and_who_gives_them_to_others(self, cases, keeper):
        case = cases.in_hands(R.HANDLER, Issue.get_by_id(cases.new()).state)
        cases.do("take_up", case)
        who = Staff.get(Staff.number == cases.district.numbers[R.HANDLER])
        for role, seen, beyond in ((R.COORDINATOR, 1, 0), (R.ADMINISTRATOR, 0, 1)):
            card = person.card(cases[role], who.id, TODAY)
            assert (card.open_work, card.open_beyond) == (seen, beyond)
        said = person.leave(cases[R.ADMINISTRATOR], who.id, TODAY, new_act()).says
        assert said.endswith("手上还有1件没办完，请街镇协调员改派。")

    def test_the_same_force_takes_on_what_the_leaver_had_taken_up(self, cases, keeper):
        """Nobody else could be given it, where one of a force leaves and the force stays."""
        case = cases.in_hands(R.HANDLER, State.HANDLING)
        with pytest.raises(Refused, match="已经在他手上"):
            cases.do("reassign", case, assignee="force:safety")
        who = Staff.get(Staff.number == cases.district.numbers[R.HANDLER])
        person.leave(keeper, who.id, TODAY, new_act())
        rows = [(row.key, row.version) for row in person.open_cases(keeper, who.id)]
        fields = {"assignee": "force:safety", "reason": "离岗"}
        assert bulk.perform(keeper, "reassign", rows, fields, new_act()).count == 1
        assert cases.last(case).text == "由公共安全力量的处置人员甲改交公共安全力量：离岗"
        assert (Issue.get_by_id(case).handler_id, person.open_work(keeper, who.id)) == (None, [])
        again = [(case, Issue.get_by_id(case).version)]
        with pytest.raises(bulk.MovedOn, match="已经在他手上"):
            bulk.perform(keeper, "reassign", again, fields, new_act())
