"""A handover's page read: from where it tells, how it stands in words, the list of pages, who may take over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import RoleGrant, Shift, Staff
from dutydesk.rules import handover, shift_summary
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.handover_page import (
    LONGEST,
    day_and_shift,
    latest,
    left_by_the_last,
    page,
    signed,
    successors,
)
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role

R = Role
pytestmark = pytest.mark.both
DAY = datetime(2026, 11, 24, tzinfo=CHINA)


@pytest.fixture
def desk(cases):
    """The duty officer has the day, the chief the night after it."""
    for who, name, begins, hours in ((R.DUTY_OFFICER, "日班", 8.5, 9.5), (R.AREA_CHIEF, "夜班", 18, 14.5)):
        start = DAY + timedelta(hours=begins)
        Shift.create(
            area=1,
            staff=cases[who].staff_id,
            name=name,
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
        )
    return cases


def signed_out(desk, who: Role = R.DUTY_OFFICER, free: str = "") -> handover.Page:
    found = page(desk[who])
    fields = {"incoming": str(found.incoming_id or ""), "free": free}
    return handover.sign_out(desk[who], found.digest, fields, str(uuid4()))


class TestFromWhereItTells:
    def test_the_first_page_begins_with_the_shift(self, desk):
        found = page(desk[R.DUTY_OFFICER])
        assert (found.since, found.until) == (DAY + timedelta(hours=8.5), DAY + timedelta(hours=10))

    def test_without_a_shift_it_is_the_last_day(self, desk):
        Shift.delete().execute()
        assert page(desk[R.DUTY_OFFICER]).since == DAY - timedelta(hours=14)

    def test_a_page_of_long_ago_is_not_gone_on_from(self, desk):
        before = signed_out(desk)
        desk.clock.shift(LONGEST + timedelta(hours=1))
        assert page(desk[R.DUTY_OFFICER]).since > before.until


class TestHowLongBeforeTheEnd:
    @pytest.mark.parametrize(
        ("hour", "said"), [(10, "8小时"), (12.75, "5小时15分"), (17.25, ""), (18.5, ""), (17, "1小时")]
    )
    def test_it_is_said_but_for_the_last_hour(self, desk, hour, said):
        desk.clock.move_to(DAY + timedelta(hours=hour))
        assert page(desk[R.DUTY_OFFICER]).early == said

    def test_on_a_signed_page_nothing_is(self, desk):
        assert signed_out(desk).early == ""

    def test_without_a_shift_nothing_is(self, desk):
        Shift.delete().execute()
        assert page(desk[R.DUTY_OFFICER]).early == ""


class TestWhereItStands:
    def test_before_after_and_between_the_signatures(self, desk):
        assert page(desk[R.DUTY_OFFICER]).stands == "还没有交班"
        found = signed_out(desk)
        assert found.stands == "11月24日 10:00 值班员甲已签，等片区长甲签收"
        assert found.may_sign is False and signed(desk[R.AREA_CHIEF], found.id).may_sign
        handover.sign_in(desk[R.AREA_CHIEF], found.id, "", str(uuid4()))
        assert signed(desk[R.AREA_CHIEF], found.id).may_sign is False

    def test_its_title_is_the_day_and_the_shift(self, desk):
        assert day_and_shift(signed_out(desk)) == "11月24日 日班"

    def test_a_night_is_titled_by_the_day_on_which_it_begins(self, desk):
        desk.clock.move_to(DAY + timedelta(hours=32))  # 8:00 on the 25th, half an hour before its end
        chief = desk[R.AREA_CHIEF]
        assert day_and_shift(page(chief)) == "11月24日 夜班"
        assert "11月24日 夜班值班小结" in shift_summary.summary(chief).title
        found = page(chief)
        fields = {"incoming": str(desk[R.DUTY_OFFICER].staff_id), "free": ""}
        kept = handover.sign_out(chief, found.digest, fields, str(uuid4()))
        assert day_and_shift(signed(chief, kept.id)) == "11月24日 夜班"

    def test_what_was_taken_over_is_told_as_open_until_it_is_done(self, desk):
        issue_id = desk.new(flags="strongly_felt")
        found = signed_out(desk)
        assert found.still_open == {issue_id}
        desk.do("reject", issue_id)
        assert signed(desk[R.DUTY_OFFICER], found.id).still_open == frozenset()

    def test_what_happens_to_who_is_where_does_not_ask_for_another_signature(self, desk):
        before = page(desk[R.DUTY_OFFICER]).digest
        Shift.update(staff=desk[R.DUTY_OFFICER].staff_id).where(Shift.name == "夜班").execute()
        assert page(desk[R.DUTY_OFFICER]).digest == before


class TestTheListOfPages:
    def test_the_newest_is_first_and_says_who_signed(self, desk):
        first = signed_out(desk)
        handover.sign_in(desk[R.AREA_CHIEF], first.id, "", str(uuid4()))
        desk.clock.move_to(DAY + timedelta(hours=32))
        signed_out(desk, R.AREA_CHIEF)
        told = [
            (each.title, each.outgoing, each.incoming, each.signed_in)
            for each in latest(desk[R.DUTY_OFFICER])
        ]
        assert told == [
            ("11月25日 08:00 夜班", "片区长甲", "", "等签收"),
            ("11月24日 10:00 日班", "值班员甲", "片区长甲", "11月24日 10:00签收"),
        ]

    def test_another_area_sees_none_of_it(self, desk):
        found = signed_out(desk)
        assert latest(desk.district.elsewhere) == []
        with pytest.raises(NotAllowed):
            signed(desk.district.elsewhere, found.id)

    def test_a_page_that_is_not_there_is_said(self, desk):
        with pytest.raises(Refused, match="没有找到"):
            signed(desk[R.DUTY_OFFICER], 99)


class TestWhoMayTakeOver:
    def test_found_by_name_or_number_never_oneself_or_who_has_left(self, desk):
        gone = Staff.create(number="N7", name="走了的", active=False)
        new = Staff.create(number="N8", name="新来的")
        for staff in (gone, new):
            RoleGrant.create(
                staff=staff,
                role=R.DUTY_OFFICER,
                area=1,
                subdistrict=desk.district.subdistrict,
                valid_from=DAY.date(),
            )
        duty = desk[R.DUTY_OFFICER]
        assert [each.title for each in successors(duty)] == ["片区长甲", "新来的"]
        assert [each.title for each in successors(duty, "N8")] == ["新来的"]
        assert successors(duty)[0].detail == "值班表上接班，至11月25日 08:30"


class TestTheLinesOfTheLast:
    def test_they_are_shown_for_a_week(self, desk):
        signed_out(desk, free="钥匙在门卫\n明天有台风")
        assert left_by_the_last(desk[R.AREA_CHIEF]) == "钥匙在门卫\n明天有台风"
        desk.clock.shift(LONGEST + timedelta(minutes=1))
        assert left_by_the_last(desk[R.AREA_CHIEF]) == ""
