"""What is planned is taken back, a wrong date is corrected: seats, roles, postings, leaders, 包保 and moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.models import (
    AuditEntry,
    Leader,
    Posting,
    PostingDay,
    RoleGrant,
    Sponsorship,
    Staff,
    TeamSeat,
    UnitArea,
)
from dutydesk.rules import (
    dated_rows,
    departments,
    finding,
    leaders,
    person,
    postings,
    role_grants,
    team_seats,
    tree,
    tree_changes,
)
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.role_grants import Scope
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.team_seats import Place
from dutydesk.vocabulary import Attendance, Role, SeatKind
from tests.conftest import ELSEWHERE
from tests.rules.conftest import SINCE
from tests.rules.eyes import SEES, SEES_NOT, THE_DAY, TODAY, Eyes, at, audited, last_values, new_act

pytestmark = pytest.mark.both
R = Role
LATER = THE_DAY + timedelta(days=9)
WHY = "文件改期"


@pytest.fixture
def other(cases):
    return Staff.get(Staff.number == ELSEWHERE)


class TestAMove:
    @pytest.fixture
    def planned(self, cases, keeper):
        unit, second = cases.district.units[0], cases.district.areas[1]
        tree_changes.move_unit(keeper, unit, second, THE_DAY, new_act())
        [move] = tree.moves_to_come(keeper, unit, TODAY)
        return unit, move

    def test_taken_back_the_unit_stays_and_may_be_moved_anew(self, cases, keeper, clock, planned):
        unit, move = planned
        said = dated_rows.take_back(keeper, "move", move.row_id, WHY, new_act())
        assert said == "已撤回：康健新村归康健二片区（2026-12-01起）。康健新村归康健一片区照旧。"
        assert "文件改期" in last_values() and "2026-12-01" in last_values()
        assert tree.memberships(keeper, unit) == [f"{SINCE}起　康健一片区"]
        assert next(one.detail for one in finding.places(keeper, "kjxc")) == "康健·康健一片区"
        clock.move_to(at(THE_DAY))
        case = cases.new(cases.district.sign_on(R.DUTY_OFFICER))
        here, there = Eyes(cases.district.numbers[R.DUTY_OFFICER]), Eyes(ELSEWHERE)
        assert (here.see(case), there.see(case)) == (SEES, SEES_NOT)
        audited()

    def test_put_to_another_day_the_one_before_lasts_as_long(self, cases, keeper, planned):
        unit, move = planned
        said = dated_rows.correct(keeper, "move", move.row_id, LATER, None, WHY, new_act())
        assert "2026-12-01起 更正为 2026-12-10起" in said
        assert tree.memberships(keeper, unit) == [
            "2026-12-10起　康健二片区",
            f"{SINCE}至2026-12-09　康健一片区",
        ]
        with pytest.raises(Refused, match="从今天或以后") as refused:
            dated_rows.correct(keeper, "move", move.row_id, TODAY - timedelta(days=1), None, WHY, new_act())
        assert refused.value.field == "since"
        # it may hold from today on: the one before ends yesterday
        dated_rows.correct(keeper, "move", move.row_id, TODAY, None, WHY, new_act())
        assert tree.memberships(keeper, unit)[1] == f"{SINCE}至2026-11-23　康健一片区"

    def test_what_has_happened_stays(self, cases, keeper, clock, planned):
        _unit, move = planned
        clock.move_to(at(THE_DAY))
        session = cases.district.sign_on(R.COORDINATOR)
        with pytest.raises(Refused, match="已经开始，不能撤回"):
            dated_rows.take_back(session, "move", move.row_id, WHY, new_act())
        with pytest.raises(Refused, match="过去的保持原样"):
            dated_rows.correct(session, "move", move.row_id, LATER, None, WHY, new_act())

    def test_only_who_keeps_the_tree_and_once(self, cases, keeper, planned):
        _unit, move = planned
        stranger = cases.hire("X1", R.COORDINATOR)
        for session in (cases[R.AREA_CHIEF], cases[R.DUTY_OFFICER], stranger):
            with pytest.raises(NotAllowed):
                dated_rows.take_back(session, "move", move.row_id, WHY, new_act())
        with pytest.raises(Refused, match="为什么"):
            dated_rows.take_back(keeper, "move", move.row_id, " ", new_act())
        entries, act_id = AuditEntry.select().count(), new_act()
        for _twice in range(2):
            dated_rows.take_back(keeper, "move", move.row_id, WHY, act_id)
        assert AuditEntry.select().count() == entries + 1
        with pytest.raises(Refused, match="已有变动"):
            dated_rows.take_back(keeper, "move", move.row_id, WHY, new_act())
        assert UnitArea.select().where(UnitArea.valid_from > TODAY).count() == 0


class TestASeat:
    @pytest.fixture
    def place(self, cases):
        return Place(cases.district.areas[0], SeatKind.CHIEF)

    @pytest.fixture
    def planned(self, cases, keeper, place, other):
        team_seats.fill(keeper, place, other.id, "", THE_DAY, new_act())
        [seat] = team_seats.to_come(keeper, place.area_id, TODAY)
        return seat.seat_id

    def test_taken_back_the_role_goes_and_who_sat_there_stays(self, cases, keeper, clock, place, planned):
        said = dated_rows.take_back(keeper, "seat", planned, WHY, new_act())
        assert said.endswith("片区长甲任康健一片区片区长照旧。")
        clock.move_to(at(THE_DAY))
        assert R.AREA_CHIEF not in sign_on(ELSEWHERE).roles
        assert team_seats.history(keeper, place.area_id, SeatKind.CHIEF, None) == [f"{SINCE}起　片区长甲"]
        assert RoleGrant.select().where(RoleGrant.seat == planned).count() == 0
        audited()

    def test_who_sat_there_may_go_all_the_same(self, keeper, place, planned):
        dated_rows.take_back(keeper, "seat", planned, WHY, new_act(), resume=False)
        assert team_seats.history(keeper, place.area_id, SeatKind.CHIEF, None) == [
            f"{SINCE}至2026-11-30　片区长甲"
        ]

    def test_corrected_the_role_and_the_one_before_follow(self, cases, keeper, clock, place, planned):
        dated_rows.correct(keeper, "seat", planned, LATER, None, WHY, new_act())
        assert team_seats.history(keeper, place.area_id, SeatKind.CHIEF, None) == [
            "2026-12-10起　值班员乙",
            f"{SINCE}至2026-12-09　片区长甲",
        ]
        clock.move_to(at(THE_DAY))
        assert R.AREA_CHIEF not in sign_on(ELSEWHERE).roles
        clock.move_to(at(LATER))
        assert R.AREA_CHIEF in sign_on(ELSEWHERE).roles

    def test_a_past_date_is_corrected_too(self, keeper, place, other):
        team_seats.fill(keeper, place, other.id, "", TODAY - timedelta(days=20), new_act())
        seat = TeamSeat.get(TeamSeat.staff_id == other.id)
        dated_rows.correct(keeper, "seat", seat.id, TODAY - timedelta(days=10), None, WHY, new_act())
        assert team_seats.history(keeper, place.area_id, SeatKind.CHIEF, None) == [
            "2026-11-14起　值班员乙",
            f"{SINCE}至2026-11-13　片区长甲",
        ]
        with pytest.raises(Refused, match="与片区长甲任") as refused:
            dated_rows.correct(keeper, "seat", seat.id, SINCE, None, WHY, new_act())
        assert refused.value.field == "since"

    def test_a_stand_in_keeps_an_end(self, keeper, place, other):
        team_seats.stand_in(keeper, place, other.id, THE_DAY, LATER, new_act())
        [seat] = team_seats.to_come(keeper, place.area_id, TODAY)
        with pytest.raises(Refused, match="写明到哪天止"):
            dated_rows.correct(keeper, "seat", seat.seat_id, THE_DAY, None, WHY, new_act())
        dated_rows.correct(keeper, "seat", seat.seat_id, TODAY, THE_DAY, WHY, new_act())
        grant = RoleGrant.get(RoleGrant.seat == seat.seat_id)
        assert (grant.valid_from, grant.valid_to) == (TODAY, THE_DAY)

    def test_nobody_corrects_the_own_and_the_chief_only_participants(self, cases, keeper, place, planned):
        with pytest.raises(NotAllowed):
            dated_rows.correct(cases[R.AREA_CHIEF], "seat", planned, LATER, None, WHY, new_act())
        partner = TeamSeat.get(TeamSeat.kind == SeatKind.PARTICIPANT)
        dated_rows.correct(cases[R.AREA_CHIEF], "seat", partner.id, TODAY, None, WHY, new_act())
        TeamSeat.update(staff_id=keeper.staff_id).where(TeamSeat.id == planned).execute()
        with pytest.raises(NotAllowed, match="由别人来定"):
            dated_rows.correct(keeper, "seat", planned, LATER, None, WHY, new_act())


class TestOthers:
    def test_a_role_is_taken_back_corrected_and_never_held_twice(self, cases, keeper, clock, other):
        scope = Scope(area_id=cases.district.areas[0])
        role_grants.give(keeper, other.id, R.AREA_CHIEF, scope, TODAY, new_act(), THE_DAY)
        role_grants.give(keeper, other.id, R.AREA_CHIEF, scope, LATER, new_act())
        now, later = RoleGrant.select().where(RoleGrant.role == R.AREA_CHIEF, RoleGrant.staff == other)
        with pytest.raises(Refused, match="已任片区长"):
            dated_rows.correct(keeper, "role", now.id, TODAY, LATER, WHY, new_act())
        dated_rows.take_back(keeper, "role", later.id, WHY, new_act())
        dated_rows.correct(keeper, "role", now.id, TODAY, LATER, WHY, new_act())
        clock.move_to(at(LATER))
        assert R.AREA_CHIEF in sign_on(ELSEWHERE).roles

    def test_a_role_of_a_seat_is_corrected_on_the_seat(self, cases, keeper, other):
        team_seats.fill(
            keeper, Place(cases.district.areas[0], SeatKind.CHIEF), other.id, "", THE_DAY, new_act()
        )
        grant = RoleGrant.get(RoleGrant.role == R.AREA_CHIEF, RoleGrant.staff == other)
        for act in (
            lambda: dated_rows.take_back(keeper, "role", grant.id, WHY, new_act()),
            lambda: dated_rows.correct(keeper, "role", grant.id, LATER, None, WHY, new_act()),
        ):
            with pytest.raises(Refused, match="随 1\\+4\\+N 的席位"):
                act()

    def test_a_posting_keeps_the_days_on_which_attendance_is_on_record(self, cases, keeper, other):
        area, since = cases.district.areas[0], TODAY - timedelta(days=30)
        postings.post(keeper, other.id, area, "民政", since, new_act())
        row = Posting.get(Posting.staff == other)
        marked = TODAY - timedelta(days=20)
        PostingDay.create(posting=row, day=marked, attendance=Attendance.PRESENT)
        for dates, field in (
            ((marked + timedelta(days=1), None), "since"),
            ((since, marked - timedelta(days=1)), "until"),
        ):
            with pytest.raises(Refused, match="2026-11-04已记考勤") as refused:
                dated_rows.correct(keeper, "posting", row.id, *dates, WHY, new_act())
            assert refused.value.field == field
        dated_rows.correct(keeper, "posting", row.id, marked, TODAY, WHY, new_act())
        assert postings.after(keeper, postings.Question(TODAY, area), None, 9).rows[0].span == (
            "2026-11-04至2026-11-24"
        )
        postings.post(keeper, other.id, area, "民政", THE_DAY, new_act())
        with pytest.raises(Refused, match="与另一段重叠"):
            dated_rows.correct(keeper, "posting", row.id, marked, THE_DAY, WHY, new_act())

    def test_a_leader_and_a_sponsor_who_were_to_follow_do_not(self, cases, keeper, other):
        area = cases.district.areas[0]
        leaders.appoint(keeper, other.id, "党工委委员", TODAY - timedelta(days=9), new_act())
        leaders.appoint(keeper, other.id, "党工委副书记", THE_DAY, new_act())
        row = Leader.get(Leader.valid_from == THE_DAY)
        assert "任党工委委员照旧" in dated_rows.take_back(keeper, "leader", row.id, WHY, new_act())
        assert [one.valid_to for one in Leader.select()] == [None]
        departments.sponsor(keeper, "王建华", "副局长", TODAY, new_act(), area_id=area)
        departments.sponsor(keeper, "李国强", "副主任", THE_DAY, new_act(), area_id=area)
        assert [row.holder for row in departments.sponsorships(keeper, TODAY, to_come=True)] == [
            "王建华",
            "李国强",
        ]
        coming = Sponsorship.get(Sponsorship.valid_from == THE_DAY)
        dated_rows.take_back(keeper, "sponsor", coming.id, WHY, new_act())
        [row] = departments.sponsorships(keeper, LATER)
        assert (row.holder, row.until) == ("王建华", None)

    def test_who_has_left_by_then_does_not_go_on(self, cases, keeper, other):
        place = Place(cases.district.areas[1], SeatKind.CHIEF)
        third = cases.hire("D98", R.DUTY_OFFICER, area=place.area_id, subdistrict=cases.district.subdistrict)
        Staff.update(subdistrict=cases.district.subdistrict).execute()
        team_seats.fill(keeper, place, other.id, "", TODAY, new_act())
        team_seats.fill(keeper, place, third.staff_id, "", THE_DAY, new_act())
        person.leave(keeper, other.id, date(2026, 11, 30), new_act())
        seat = TeamSeat.get(TeamSeat.staff_id == third.staff_id)
        said = dated_rows.take_back(keeper, "seat", seat.id, WHY, new_act())
        assert "照旧" not in said
        assert TeamSeat.get(TeamSeat.staff_id == other.id).valid_to == date(2026, 11, 30)
        held = RoleGrant.get(RoleGrant.staff == other, RoleGrant.role == R.DUTY_OFFICER)
        with pytest.raises(Refused, match="离岗，不能更晚"):
            dated_rows.correct(keeper, "role", held.id, TODAY, THE_DAY, WHY, new_act())
