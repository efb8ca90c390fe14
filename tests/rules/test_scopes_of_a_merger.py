"""A unit is dissolved, an area is merged: before, on the day and after, through list, search, counts, assignment and audit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.models import AuditEntry, Issue, TeamSeat
from dutydesk.rules import assignees, finding, organisation, patrol, tree_changes
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import sign_on
from dutydesk.vocabulary import Role
from tests.conftest import ELSEWHERE
from tests.rules.eyes import SEES, SEES_NOT, THE_DAY, TODAY, Eyes, at, audited, new_act

pytestmark = pytest.mark.both
R = Role


class TestADissolvedUnit:
    """A unit is no more from a day on; another one takes its cases and its officers over."""

    def test_its_cases_go_on_with_who_takes_over(self, cases, keeper, clock):
        gone, into = cases.district.units[0], cases.district.units[1]
        cases.hire("N2", R.NEIGHBOURHOOD_OFFICER, unit=into, subdistrict=cases.district.subdistrict)
        old, new = Eyes(cases.district.numbers[R.NEIGHBOURHOOD_OFFICER]), Eyes("N2")
        case = cases.in_hands(R.NEIGHBOURHOOD_OFFICER, Issue.get_by_id(cases.new()).state)
        said = tree_changes.dissolve_unit(keeper, gone, into, THE_DAY, new_act()).says
        assert "并入长桥二村" in said and "由长桥二村接着办" in said
        assert (old.see(case), new.see(case)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY - timedelta(days=1)))
        assert (old.see(case), new.see(case)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY))
        assert new.see(case) == SEES
        assert assignees.is_with(sign_on("N2"), Issue.get_by_id(case))
        assert "居委干部N2" in {row.name for row in assignees.who_could_speak_for(Issue.get_by_id(case))}
        cases.do("take_up", case, sign_on("N2"))
        # nothing new is registered there, and the old name finds the unit that took over
        with pytest.raises(Refused, match="不属于任何片区"):
            cases.new(cases.district.sign_on(R.DUTY_OFFICER))
        found = finding.places(cases.district.sign_on(R.DUTY_OFFICER), "kangjianxincun")
        assert [one.title for one in found][:1] == ["长桥二村"]
        assert Issue.get_by_id(case).unit_id == gone
        audited()

    def test_without_a_successor_its_cases_stay_with_the_area(self, cases, keeper, clock):
        gone = cases.district.units[0]
        case = cases.new()
        officer = cases.district.numbers[R.NEIGHBOURHOOD_OFFICER]
        tree_changes.dissolve_unit(keeper, gone, None, THE_DAY, new_act())
        clock.move_to(at(THE_DAY))
        assert Eyes(cases.district.numbers[R.DUTY_OFFICER]).see(case) == SEES
        with pytest.raises(NotAllowed, match="没有任何岗位"):
            sign_on(officer)


class TestAMergedArea:
    """An area is merged into another from a day on: its units, people and participants go there, its cases too."""

    @pytest.fixture
    def merged(self, cases, keeper):
        first, second = cases.district.areas
        self.given = cases.in_hands(R.HANDLER, Issue.get_by_id(cases.new()).state)
        self.said = tree_changes.merge_areas(keeper, first, second, THE_DAY, new_act()).says
        return self.given

    def test_list_search_counts_and_acts_follow(self, cases, merged, clock):
        here, there = Eyes(cases.district.numbers[R.DUTY_OFFICER]), Eyes(ELSEWHERE)
        assert "由康健二片区接着办" in self.said
        for day in (TODAY, THE_DAY - timedelta(days=1)):
            clock.move_to(at(day))
            assert (here.see(merged), there.see(merged)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY))
        assert (here.see(merged), there.see(merged)) == (SEES, SEES)  # both work in the same area now
        cases.do("urge", merged, sign_on(ELSEWHERE))
        after = cases.new(sign_on(here.number))
        assert Issue.get_by_id(after).area_id == cases.district.areas[1]
        assert Issue.get_by_id(merged).area_id == cases.district.areas[0]
        audited()

    def test_who_led_it_leads_no_more(self, cases, merged, clock):
        clock.move_to(at(THE_DAY - timedelta(days=1)))
        assert R.AREA_CHIEF in cases.district.sign_on(R.AREA_CHIEF).roles
        clock.move_to(at(THE_DAY))
        with pytest.raises(NotAllowed, match="没有任何岗位"):
            cases.district.sign_on(R.AREA_CHIEF)

    def test_work_given_to_its_force_goes_on(self, cases, merged, clock):
        clock.move_to(at(THE_DAY))
        handler = cases.district.sign_on(R.HANDLER)
        assert assignees.is_with(handler, Issue.get_by_id(merged))
        assert cases.district.numbers[R.HANDLER] in {
            row.number for row in assignees.who_could_speak_for(Issue.get_by_id(merged))
        }
        cases.do("take_up", merged, handler)
        cases.do("report_done", merged, handler)

    def test_its_participants_can_be_given_work_there(self, cases, merged, clock):
        clock.move_to(at(THE_DAY))
        officer = sign_on(ELSEWHERE)
        [seat] = [
            one for one in finding.assignees(officer, merged, "康健物业") if one.value.startswith("partner:")
        ]
        cases.do("reassign", merged, officer, assignee=seat.value)
        assert TeamSeat.get_by_id(int(seat.value.split(":")[1])).area_id == cases.district.areas[1]

    def test_its_routes_are_walked_on_and_what_was_walked_stays(self, cases, keeper, clock):
        first, second = cases.district.areas
        cases.district.add_route("居民区安全线", 3)
        tree_changes.merge_areas(keeper, first, second, THE_DAY, new_act())
        seen = []
        for day in (TODAY, THE_DAY):
            clock.move_to(at(day))
            sheets = patrol.prepare(sign_on(ELSEWHERE), day, new_act())
            seen.append([(sheet.route, len(sheet.checks)) for sheet in sheets])
        assert seen == [[], [("居民区安全线", 3)]]

    def test_a_merged_area_that_merges_again_takes_everything_along(self, cases, keeper, merged, clock):
        clock.move_to(at(THE_DAY))
        keeper = cases.district.sign_on(R.COORDINATOR)
        third = tree_changes.add_area(
            keeper, cases.district.subdistrict, "KJ03", "康健三片区", THE_DAY, new_act()
        ).subject_id
        later = THE_DAY + timedelta(days=30)
        tree_changes.merge_areas(keeper, cases.district.areas[1], third, later, new_act())
        clock.move_to(at(later))
        assert organisation.area_in_charge(cases.district.areas[0], later) == third
        assert organisation.area_in_charge(cases.district.areas[0], THE_DAY) == cases.district.areas[1]
        assert Eyes(ELSEWHERE).see(merged) == SEES


def test_a_merger_and_a_dissolution_sent_twice_are_done_once_and_answered_alike(cases, keeper):
    (first, second), unit = cases.district.areas, cases.district.units[4]
    for change, *given in (
        (tree_changes.dissolve_unit, unit, cases.district.units[3], THE_DAY),
        (tree_changes.merge_areas, first, second, THE_DAY),
    ):
        act_id = new_act()
        said = change(keeper, *given, act_id)
        entries = AuditEntry.select().count()
        assert change(keeper, *given, act_id) == said
        assert AuditEntry.select().count() == entries
        with pytest.raises(Refused):
            change(keeper, *given, new_act())
