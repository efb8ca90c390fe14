"""The seats of 1+4+N: what is odd about them is shown as what it is, and their history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.models import Staff, TeamSeat
from dutydesk.rules import team_seats
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.team_seats import Place
from dutydesk.vocabulary import Force, Role, SeatKind
from tests.conftest import ELSEWHERE
from tests.rules.conftest import SINCE
from tests.rules.eyes import THE_DAY, TODAY, at, new_act

pytestmark = pytest.mark.both
R = Role


class TestWhatIsOdd:
    """A vacancy, two chiefs, a chief who leads nothing: shown as what they are."""

    def test_an_area_without_anybody_has_five_vacancies(self, cases, keeper):
        lines = team_seats.team(keeper, cases.district.areas[1], TODAY)
        assert [(line.title, line.odd) for line in lines] == [
            ("片区长", ("空缺",)),
            *((f"{force.label}力量", ("空缺",)) for force in Force),
        ]

    def test_two_chiefs_and_one_who_is_no_leader(self, cases, keeper):
        area = cases.district.areas[0]
        other = Staff.get(Staff.number == ELSEWHERE)
        team_seats.fill(keeper, Place(area, SeatKind.CHIEF), other.id, "", TODAY, new_act(), beside=True)
        odd = [line.odd for line in team_seats.team(keeper, area, TODAY) if line.kind is SeatKind.CHIEF]
        assert odd == [
            ("同时有两位片区长", "不是本街镇领导班子成员", "没有工号，代录办理"),
            ("同时有两位片区长", "不是本街镇领导班子成员"),
        ]

    def test_a_successor_ends_the_predecessor_and_the_history_tells_both(self, cases, keeper, clock):
        area = cases.district.areas[0]
        other = Staff.get(Staff.number == ELSEWHERE)
        place = Place(area, SeatKind.CHIEF)
        team_seats.fill(keeper, place, other.id, "", THE_DAY, new_act())
        assert team_seats.history(keeper, area, SeatKind.CHIEF, None) == [
            "2026-12-01起　值班员乙",
            f"{SINCE}至2026-11-30　片区长甲",
        ]
        clock.move_to(at(THE_DAY))
        assert R.AREA_CHIEF in sign_on(ELSEWHERE).roles
        seat = TeamSeat.get(TeamSeat.staff_id == other.id)
        keeper = cases.district.sign_on(R.COORDINATOR)
        team_seats.vacate(keeper, seat.id, THE_DAY + timedelta(days=1), new_act())
        clock.move_to(at(THE_DAY + timedelta(days=2)))
        assert R.AREA_CHIEF not in sign_on(ELSEWHERE).roles
        assert team_seats.team(keeper, area, THE_DAY + timedelta(days=2))[0].odd == ("空缺",)
