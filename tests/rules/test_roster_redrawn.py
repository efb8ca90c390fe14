"""值班表 drawn anew: a month in force from tomorrow on, and the duties of an area that is merged into another."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest

from dutydesk.models import RoleGrant, Shift, Staff
from dutydesk.rules import duty_roster, handover, on_duty, roster_drafting, roster_publishing, tree_changes
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, RosterState
from tests.rules.rosters import KINDS, MONTH, published, with_colleagues

R = Role
pytestmark = pytest.mark.both


@pytest.fixture
def desk(cases):
    """Two colleagues more: with the duty officer and the chief four may have duties."""
    return with_colleagues(cases)


class TestDrawnAnew:
    """A month in force is drawn anew by the chief, from tomorrow on; until it is published what holds holds."""

    @pytest.fixture
    def midway(self, desk):
        """December is published, and it is the 9th."""
        published(desk)
        desk.clock.move_to(datetime(2026, 12, 9, 9, tzinfo=CHINA))
        return desk

    def again(self, desk, who=R.AREA_CHIEF, **changes):
        fields = {"shifts": KINDS, "people": "值班员甲、王芳、李强、片区长甲", "rest": True} | changes
        return roster_drafting.make(desk[who], MONTH, fields, str(uuid4()))

    def test_what_was_until_today_stays_and_the_duties_hold_until_it_is_published(self, midway):
        before = {(shift.starts_at, shift.staff_id) for shift in Shift.select()}
        chief = midway[R.AREA_CHIEF]
        held = [day.cells for day in duty_roster.sheet(chief, MONTH).days[:9]]
        sheet = self.again(midway)
        assert (sheet.state, sheet.redrawn, sheet.stands) == (RosterState.DRAFT, True, "重排的草稿")
        assert [[cell.name for cell in day.cells] for day in sheet.days[:9]] == [
            [cell.name for cell in cells] for cells in held
        ]
        assert any(cell.name == "片区长甲" for day in sheet.days[9:] for cell in day.cells)
        assert {(shift.starts_at, shift.staff_id) for shift in Shift.select()} == before
        assert ("12月值班表草稿等发布", f"roster:{MONTH}") in needs(chief)
        sheet = roster_publishing.publish(chief, MONTH, sheet.version, str(uuid4()))
        assert sheet.state is RosterState.PUBLISHED and not sheet.redrawn
        after = {(shift.starts_at, shift.staff_id) for shift in Shift.select()}
        assert after != before and len(after) == 62
        assert {each for each in after if each[0] < datetime.now(CHINA)} == {
            each for each in before if each[0] < datetime.now(CHINA)
        }
        assert check() == []

    def test_it_can_be_thrown_away(self, midway):
        chief, before = midway[R.AREA_CHIEF], duty_roster.sheet(midway[R.AREA_CHIEF], MONTH).days
        sheet = self.again(midway)
        with pytest.raises(NotAllowed):
            roster_drafting.discard(midway[R.DUTY_OFFICER], MONTH, sheet.version, str(uuid4()))
        sheet = roster_drafting.discard(chief, MONTH, sheet.version, str(uuid4()))
        assert (sheet.state, sheet.days) == (RosterState.PUBLISHED, before)
        with pytest.raises(Refused, match="没有重排的草稿"):
            roster_drafting.discard(chief, MONTH, sheet.version, str(uuid4()))

    def test_nobody_else_draws_it_anew_and_not_when_the_month_is_over(self, midway):
        with pytest.raises(Refused, match="重排由片区长办"):
            self.again(midway, R.DUTY_OFFICER)
        midway.clock.move_to(datetime(2026, 12, 31, 9, tzinfo=CHINA))
        with pytest.raises(Refused, match="没有可以重排的日子"):
            self.again(midway)


def needs(session) -> list[tuple[str, str]]:
    return [(need.text, need.target) for need in on_duty.needs(session)]


class TestAMergedArea:
    """The duties of an area that is merged into another are shown to its chief until they are drawn there."""

    @pytest.fixture
    def merged(self, desk):
        """The second area, with December's duties in force, is merged into the first on the 10th."""
        gone = desk.district.areas[1]
        for number, name in (("E1", "赵敏"), ("E2", "周涛"), ("E3", "孙丽")):
            staff = Staff.create(number=number, name=name)
            RoleGrant.create(
                staff=staff,
                role=R.DUTY_OFFICER,
                area=gone,
                subdistrict=desk.district.subdistrict,
                valid_from=date(2020, 1, 1),
            )
        desk.eastern = sign_on("E1")
        fields = {"shifts": KINDS, "people": "赵敏、周涛、孙丽", "rest": True}
        roster_drafting.make(desk.eastern, MONTH, fields, str(uuid4()))
        chief = desk.hire("E9", R.AREA_CHIEF, area=gone, subdistrict=desk.district.subdistrict)
        roster_publishing.publish(chief, MONTH, 1, str(uuid4()))
        published(desk)
        keeper = desk.hire("K1", R.COORDINATOR, subdistrict=desk.district.subdistrict)
        tree_changes.merge_areas(keeper, gone, desk.district.areas[0], date(2026, 12, 10), str(uuid4()))
        return desk

    def test_who_must_draw_them_is_told_before_and_after_that_day(self, merged):
        chief = merged[R.AREA_CHIEF]
        told = [need for need in on_duty.needs(chief) if "并入" in need.text]
        assert [(need.many, need.target, need.pressing) for need in told] == [(44, f"roster:{MONTH}", True)]
        assert not [text for text, _ in needs(merged[R.DUTY_OFFICER]) if "并入" in text]
        (words,) = duty_roster.sheet(chief, MONTH).merged
        assert words.endswith("12月10日并入，原来排的44班要排进本片区")
        assert duty_roster.sheet(chief, "2027-01").merged == ()
        merged.clock.move_to(datetime(2026, 12, 20, 9, tzinfo=CHINA))
        assert [need.many for need in on_duty.needs(chief) if "并入" in need.text] == [23]

    def test_drawn_with_those_who_came_along_it_is_done(self, merged):
        merged.clock.move_to(datetime(2026, 12, 9, 20, tzinfo=CHINA))
        chief = merged[R.AREA_CHIEF]
        usual = roster_drafting.usual(chief, MONTH)
        assert {"赵敏", "周涛", "孙丽", "王芳"} <= set(usual["people"].split("、"))
        sheet = roster_drafting.make(chief, MONTH, usual, str(uuid4()))
        assert {"赵敏", "周涛", "孙丽"} <= {cell.name for day in sheet.days[9:] for cell in day.cells}
        assert sheet.problems == (), "their duties of before are drawn here instead"
        roster_publishing.publish(chief, MONTH, sheet.version, str(uuid4()))
        assert not [text for text, _ in needs(chief) if "并入" in text]
        gone = merged.district.areas[1]
        late = datetime(2026, 12, 10, tzinfo=CHINA)
        assert not Shift.select().where(Shift.area == gone, Shift.starts_at > late).exists()
        assert Shift.select().where(Shift.area == gone).exists(), "what was before stays"
        assert check() == []

    def test_a_page_of_the_area_that_is_no_more_is_still_signed(self, merged):
        merged.clock.move_to(datetime(2026, 12, 9, 10, tzinfo=CHINA))
        goes = sign_on("E2")
        page = handover.page(goes)
        fields = {"incoming": str(merged.eastern.staff_id)}
        signed = handover.sign_out(goes, page.digest, fields, str(uuid4()))
        merged.clock.move_to(datetime(2026, 12, 10, 10, tzinfo=CHINA))
        comes = sign_on("E1")
        assert next(need.text for need in on_duty.needs(comes)) == "交班等我签收"
        taken = handover.sign_in(comes, signed.id, "", str(uuid4()))
        assert taken.signed_in_at is not None
