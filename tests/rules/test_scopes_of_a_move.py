"""A unit moves to another area: before, on the day and after, through list, search, counts, assignment and audit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.models import AuditEntry, Issue
from dutydesk.rules import (
    assignees,
    bulk,
    decisions,
    figures,
    finding,
    moved_cases,
    organisation,
    promises,
    tree_changes,
    undo,
)
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import sign_on
from dutydesk.vocabulary import Force, Role, State
from tests.conftest import ELSEWHERE
from tests.rules.eyes import SEES, SEES_NOT, THE_DAY, TODAY, Eyes, at, audited, last_values, new_act

pytestmark = pytest.mark.both
R = Role
NOVEMBER = "2026-11-01..2026-11-30"


def counted(session, asked, by, figure="received"):
    """Which cases a figure counts, by its group; all of them without one."""
    sheet = figures.figures(session, asked, by)
    assert sheet.total is not None
    groups = {group.key: group.figures for group in (sheet.groups if by else (sheet.total,))}
    cases = {
        key: {issue for each in found if each.key == figure for issue in each.ids}
        for key, found in groups.items()
    }
    return {key: ids for key, ids in cases.items() if ids}


class TestAMove:
    """A unit belongs to another area from a day on; its cases stay where they were registered."""

    @pytest.fixture
    def here(self, cases):
        return Eyes(cases.district.numbers[R.DUTY_OFFICER])

    @pytest.fixture
    def there(self):
        return Eyes(ELSEWHERE)

    def test_a_case_stays_with_the_area_of_its_day_and_the_next_one_goes_with_the_unit(
        self, cases, keeper, clock, here, there
    ):
        unit, (first, second) = cases.district.units[0], cases.district.areas
        before = cases.new()
        moved = tree_changes.move_unit(keeper, unit, second, THE_DAY, new_act())
        assert "还有1件没办完的，仍由康健一片区办完" in moved.says
        assert '"area": "康健二片区"' in last_values()
        # before the day nothing has changed
        assert organisation.area_of_unit(unit, TODAY).id == first
        assert (here.see(before), there.see(before)) == (SEES, SEES_NOT)
        clock.move_to(at(THE_DAY - timedelta(days=1)))
        still = cases.new(sign_on(here.number))
        assert Issue.get_by_id(still).area_id == first
        # on the day
        clock.move_to(at(THE_DAY))
        with pytest.raises(NotAllowed):
            cases.new(sign_on(here.number))
        after = cases.new(sign_on(there.number))
        assert Issue.get_by_id(after).area_id == second
        assert (here.see(before), there.see(before)) == (SEES, SEES_NOT)
        assert (here.see(still), there.see(still)) == (SEES, SEES_NOT)
        assert (here.see(after), there.see(after)) == (SEES_NOT, SEES)
        # the neighbourhood's officer sees all of them, before and after
        officer = Eyes(cases.district.numbers[R.NEIGHBOURHOOD_OFFICER])
        assert [officer.see(each) for each in (before, still, after)] == [SEES] * 3
        # whoever looks for the place finds it with its area of the day
        [found] = [one for one in finding.places(sign_on(there.number), "kjxc") if one.title == "康健新村"]
        assert found.detail == "康健·康健二片区"
        audited()

    def test_what_the_tree_was_stays_as_it_was(self, cases, keeper, clock):
        unit, (first, second) = cases.district.units[0], cases.district.areas
        tree_changes.move_unit(keeper, unit, second, THE_DAY, new_act())
        clock.move_to(at(THE_DAY))
        assert organisation.area_of_unit(unit, THE_DAY - timedelta(days=1)).id == first
        assert organisation.area_of_unit(unit, THE_DAY).id == second
        assert unit in {row.id for row in organisation.units_of_area(first, TODAY)}
        with pytest.raises(Refused, match="从今天或以后"):
            tree_changes.move_unit(cases.district.sign_on(R.COORDINATOR), unit, first, TODAY, new_act())

    def test_a_move_is_written_once_however_often_it_is_sent(self, cases, keeper):
        unit, second, act_id = cases.district.units[0], cases.district.areas[1], new_act()
        tree_changes.move_unit(keeper, unit, second, THE_DAY, act_id)
        entries = AuditEntry.select().count()
        tree_changes.move_unit(keeper, unit, second, THE_DAY, act_id)
        assert AuditEntry.select().count() == entries
        with pytest.raises(Refused, match="已排定2026-12-01"):
            tree_changes.move_unit(keeper, unit, second, TODAY, new_act())

    def test_only_who_keeps_the_tree_of_this_subdistrict_moves_anything(self, cases):
        unit, second = cases.district.units[0], cases.district.areas[1]
        for role in set(Role) - {R.COORDINATOR, R.DISTRICT_COORDINATOR, R.ADMINISTRATOR}:
            with pytest.raises(NotAllowed):
                tree_changes.move_unit(cases[role], unit, second, THE_DAY, new_act())
        stranger = cases.hire("X1", R.COORDINATOR)
        with pytest.raises(NotAllowed, match="不在您的街镇"):
            tree_changes.move_unit(stranger, unit, second, THE_DAY, new_act())

    def test_the_force_of_the_area_of_its_day_has_the_work(self, cases, keeper, clock):
        """Before and after the day an old case goes to the old area's force, a new one to the new area's."""
        unit, (_first, second) = cases.district.units[0], cases.district.areas
        cases.hire("H2", R.HANDLER, area=second, force=Force.SAFETY, subdistrict=cases.district.subdistrict)
        old = cases.in_state(State.OPENED)
        tree_changes.move_unit(keeper, unit, second, THE_DAY, new_act())
        clock.move_to(at(THE_DAY))
        there = sign_on(ELSEWHERE)
        new = cases.new(there)
        cases.do("open", new, there)
        cases.do("assign", old, cases.district.sign_on(R.DUTY_OFFICER))
        cases.do("assign", new, there)
        with_whom = {
            number: [assignees.is_with(sign_on(number), Issue.get_by_id(case)) for case in (old, new)]
            for number in (cases.district.numbers[R.HANDLER], "H2")
        }
        assert list(with_whom.values()) == [[True, False], [False, True]]
        with pytest.raises(NotAllowed):
            cases.do("reassign", old, there)
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert (entry.name, entry.staff_number) == ("issue.assign", ELSEWHERE)
        audited()


class TestHandedOver:
    """What is open in a unit that has moved is handed to the area that has it now, many in one act."""

    @pytest.fixture
    def moved(self, cases, keeper, clock):
        """Two open cases and one merged into the first, in the unit that moves on the day; it is the day."""
        unit, (_first, second) = cases.district.units[0], cases.district.areas
        cases.hire("H2", R.HANDLER, area=second, force=Force.SAFETY, subdistrict=cases.district.subdistrict)
        town = cases.district.subdistrict
        cases.hire("C2", R.AREA_CHIEF, area=second, subdistrict=town)
        self.with_force, self.other, self.alike = cases.in_state(State.ASSIGNED), cases.new(), cases.new()
        cases.do("merge", self.alike, target=Issue.get_by_id(self.with_force).number)
        cases.do("first_contact", self.with_force, R.DUTY_OFFICER, promised="周五前清走")
        fields = {"until": THE_DAY + timedelta(days=9), "reason": "要等排期"}
        cases.do("ask_extension", self.with_force, R.DUTY_OFFICER, **fields)
        tree_changes.move_unit(keeper, unit, second, THE_DAY, new_act())
        self.rows = [(row.key, row.version) for row in moved_cases.open_cases(keeper, unit)]
        self.here, self.there = Eyes(cases.district.numbers[R.DUTY_OFFICER]), Eyes(ELSEWHERE)
        return unit

    def perform(self, session, act_id):
        return bulk.perform(session, "move_area", self.rows, {"reason": "单元已划走"}, act_id)

    def test_before_the_day_nothing_is_behind_and_nothing_can_be_handed_over(self, cases, keeper, moved):
        assert moved_cases.behind(keeper, TODAY, unit_id=moved) == []
        assert "move_area" not in [each.act for each in bulk.acts_for(keeper, [self.other])]
        with pytest.raises(Refused, match="没有划到别的片区"):
            cases.do("move_area", self.other)

    def test_what_is_behind_is_shown_to_who_has_it_in_scope(self, cases, moved, clock):
        clock.move_to(at(THE_DAY))
        first = cases.district.areas[0]
        for role, seen in ((R.COORDINATOR, 2), (R.AREA_CHIEF, 2), (R.ADMINISTRATOR, 0), (R.AUDITOR, 0)):
            session = cases.district.sign_on(role)
            for whose in ({"unit_id": moved}, {"area_id": first}):
                found = moved_cases.behind(session, THE_DAY, **whose)
                assert [(each.area, each.now, each.count) for each in found] == (
                    [("康健一片区", "康健二片区", seen)] if seen else []
                )
        assert moved_cases.behind(sign_on(ELSEWHERE), THE_DAY, unit_id=moved) == []
        assert len(moved_cases.open_cases(sign_on(ELSEWHERE), moved)) == 0

    def test_in_one_act_all_of_it_goes_over(self, cases, moved, clock):
        clock.move_to(at(THE_DAY))
        coordinator = cases.district.sign_on(R.COORDINATOR)
        both = [self.with_force, self.other]
        assert [(self.here.see(each), self.there.see(each)) for each in both] == [(SEES, SEES_NOT)] * 2
        assert "move_area" in [each.act for each in bulk.acts_for(coordinator, both)]
        preview = bulk.preview(coordinator, "move_area", self.rows, {"reason": "单元已划走"})
        assert len(preview.will) == 2 and not preview.wont
        entries, act_id = AuditEntry.select().count(), new_act()
        assert [self.perform(coordinator, act_id).count for _twice in range(2)] == [2, 2]
        assert AuditEntry.select().count() == entries + 1
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert (entry.name, entry.staff_number) == ("bulk.move_area", coordinator.number)
        assert '"area":' in last_values() and "单元已划走" in last_values()
        # list, search, counts and acts follow; so does what was merged into it, asked and promised
        assert [(self.here.see(each), self.there.see(each)) for each in both] == [(SEES_NOT, SEES)] * 2
        second = cases.district.areas[1]
        assert Issue.get_by_id(self.alike).area_id == second
        assert [each.issue_id for each in decisions.waiting(sign_on("C2"))] == [self.with_force]
        assert decisions.waiting(cases.district.sign_on(R.AREA_CHIEF)) == []
        assert [each.issue_id for each in promises.open_in(second)] == [self.with_force]
        # the work given to the force is its namesake's of the other area
        case = Issue.get_by_id(self.with_force)
        old, new = cases.district.sign_on(R.HANDLER), sign_on("H2")
        assert (assignees.is_with(old, case), assignees.is_with(new, case)) == (False, True)
        cases.do("take_up", self.with_force, new)
        assert moved_cases.behind(coordinator, THE_DAY, unit_id=moved) == []
        audited()

    def test_figures_by_area_count_a_case_where_it_is_now_in_every_period(self, cases, moved, clock):
        """Handed over, a case is counted in its new area only, for the month before the hand-over too."""
        clock.move_to(at(THE_DAY))
        coordinator = cases.district.sign_on(R.COORDINATOR)
        first, second = cases.district.areas
        here = {self.with_force, self.other, self.alike}
        assert counted(coordinator, NOVEMBER, "area") == {f"area:{first}": here}
        assert counted(coordinator, NOVEMBER, "area", "opened") == {f"area:{first}": {self.with_force}}
        total = counted(coordinator, NOVEMBER, "")
        self.perform(coordinator, new_act())
        assert counted(coordinator, NOVEMBER, "area") == {f"area:{second}": here}
        assert counted(coordinator, NOVEMBER, "area", "opened") == {f"area:{second}": {self.with_force}}
        assert counted(coordinator, NOVEMBER, "") == total  # the subdistrict's sum stays as it was
        for area, many in ((first, 0), (second, 3)):
            sheet = figures.figures(coordinator, NOVEMBER, place=f"area:{area}")
            assert sheet.total is not None and len(sheet.total.figures[0].ids) == many
        chief = figures.figures(cases.district.sign_on(R.AREA_CHIEF), NOVEMBER)
        assert chief.total is not None and chief.total.figures[0].ids == ()

    def test_who_has_taken_a_case_up_goes_on_with_it(self, cases, moved, clock):
        cases.do("take_up", self.with_force)
        clock.move_to(at(THE_DAY))
        cases.do("move_area", self.with_force, cases.district.sign_on(R.COORDINATOR), reason="单元已划走")
        assert cases.last(self.with_force).text == (
            "由康健一片区移交康健二片区，处置人员甲接着办，可再改派：单元已划走"
        )
        assert assignees.is_with(cases.district.sign_on(R.HANDLER), Issue.get_by_id(self.with_force))
        cases.do("reassign", self.with_force, sign_on(ELSEWHERE))

    def test_taken_back_it_is_where_it_was(self, cases, moved, clock):
        clock.move_to(at(THE_DAY))
        coordinator, act_id = cases.district.sign_on(R.COORDINATOR), new_act()
        self.perform(coordinator, act_id)
        undo.undo(coordinator, act_id, new_act())
        assert (self.here.see(self.other), self.there.see(self.other)) == (SEES, SEES_NOT)
        first = cases.district.areas[0]
        assert {row.area_id for row in Issue.select()} == {first}
        assert [each.issue_id for each in decisions.waiting(cases.district.sign_on(R.AREA_CHIEF))]
        assert [each.issue_id for each in promises.open_in(first)] == [self.with_force]
        audited()

    def test_only_who_has_both_areas_hands_over(self, cases, moved, clock):
        clock.move_to(at(THE_DAY))
        stranger = cases.hire("X1", R.COORDINATOR)
        chief, officer = cases.district.sign_on(R.AREA_CHIEF), sign_on(ELSEWHERE)
        for session in (stranger, chief, officer, sign_on("C2")):
            with pytest.raises(NotAllowed):
                cases.do("move_area", self.other, session)
            with pytest.raises(bulk.MovedOn):
                self.perform(session, new_act())
        assert Issue.get_by_id(self.other).area_id == cases.district.areas[0]
