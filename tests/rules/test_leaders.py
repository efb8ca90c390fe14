"""Who is among a subdistrict's leaders, from when to when."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Leader, Staff
from dutydesk.rules import leaders, team_seats
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role, SeatKind

pytestmark = pytest.mark.both
R = Role
TODAY = date(2026, 11, 24)
THE_DAY = date(2026, 12, 1)


def new_act() -> str:
    return str(uuid4())


@pytest.fixture
def keeper(cases):
    Staff.update(subdistrict=cases.district.subdistrict).execute()
    return cases[R.COORDINATOR]


def test_among_the_leaders_a_chief_is_no_odd_one_any_more(cases, keeper):
    who = Staff.get(Staff.number == "D99")
    place = team_seats.Place(cases.district.areas[1], SeatKind.CHIEF)
    team_seats.fill(keeper, place, who.id, "", TODAY, new_act())

    def odd(day):
        return team_seats.team(keeper, place.area_id, day)[0].odd

    assert odd(TODAY) == ("不是本街镇领导班子成员",)
    leaders.appoint(keeper, who.id, "党工委副书记", TODAY, new_act())
    assert odd(TODAY) == ()
    row = Leader.get(Leader.staff == who)
    leaders.dismiss(keeper, row.id, THE_DAY, new_act())
    assert (odd(THE_DAY), odd(THE_DAY + timedelta(days=1))) == ((), ("不是本街镇领导班子成员",))
    with pytest.raises(NotAllowed):
        leaders.appoint(cases[R.AREA_CHIEF], who.id, "党工委委员", TODAY, new_act())


def test_a_last_day_before_the_first_is_refused(cases, keeper):
    who = Staff.get(Staff.number == "D99")
    said = leaders.appoint(keeper, who.id, "党工委委员", THE_DAY, new_act())
    assert f"{who.name}自12月1日起任" in said
    row = Leader.get(Leader.staff == who)
    with pytest.raises(Refused, match="2026-12-01才开始") as refused:
        leaders.dismiss(keeper, row.id, TODAY, new_act())
    assert refused.value.field == "last_day"
