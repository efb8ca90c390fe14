"""下沉力量 of a day by area and by department, in windows, with attendance; and the roster in windows."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import FindKey, Posting, PostingDay, Staff
from dutydesk.rules import person, postings, roster
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.finding import key_rows
from dutydesk.rules.postings import Question
from dutydesk.vocabulary import Attendance, Role

pytestmark = pytest.mark.both
R = Role
TODAY = date(2026, 11, 24)


@pytest.fixture
def posted(cases):
    """Twelve people: eight are in the first area (one until yesterday), four in the second, one of them from tomorrow."""
    district = cases.district
    for number in range(12):
        staff = Staff.create(
            number=f"P{number:02d}",
            name=f"下沉员{number}",
            subdistrict=district.subdistrict,
            department=district.departments[0],
        )
        FindKey.insert_many(key_rows("staff", staff.id, staff.name)).execute()
        Posting.create(
            staff=staff,
            area=district.areas[0 if number < 8 else 1],
            department=district.departments[number % 2] if number else None,
            line="民政",
            valid_from=TODAY + timedelta(days=1) if number == 11 else date(2026, 1, 1),
            valid_to=TODAY - timedelta(days=1) if number == 7 else None,
        )
    return cases


class TestOfADay:
    def test_by_area_and_by_department_as_they_were_are_and_will_be(self, posted):
        session, (first, second) = posted[R.DUTY_OFFICER], posted.district.areas
        seen = {
            day: {group.key: group.posted for group in postings.by_area(session, day)}
            for day in (date(2025, 12, 31), TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))
        }
        assert list(seen.values()) == [
            {first: 0, second: 0},
            {first: 8, second: 3},
            {first: 7, second: 3},
            {first: 7, second: 4},
        ]
        office, bureau = posted.district.departments
        groups = postings.by_department(session, TODAY)
        assert [(group.key, group.posted) for group in groups] == [(office, 5), (bureau, 4), (0, 1)]

    def test_windows_join_without_a_gap_from_either_end(self, posted):
        session, area = posted[R.DUTY_OFFICER], posted.district.areas[0]
        question = Question(TODAY, area_id=area)
        window, keys = postings.after(session, question, None, 3), []
        assert window.at_start
        while window.rows:
            keys += [row.key for row in window.rows]
            window = postings.after(session, question, keys[-1], 3)
        assert len(keys) == 7 and window.at_end
        last = postings.before(session, question, None, 3)
        assert [row.key for row in last.rows] == keys[-3:] and last.at_end
        around = postings.around(session, question, keys[3], 4)
        assert [row.key for row in around.rows] == keys[1:5]
        assert all(row.area == "康健一片区" and row.attendance is None for row in around.rows)

    def test_those_of_no_department_are_a_group_as_well(self, posted):
        window = postings.after(posted[R.DUTY_OFFICER], Question(TODAY, department_id=0), None, 9)
        assert [row.name for row in window.rows] == ["下沉员0"]


class TestAttendance:
    def test_one_is_on_leave_the_rest_was_there_and_the_rate_tells_both(self, posted):
        session, area = posted[R.DUTY_OFFICER], posted.district.areas[0]
        first = postings.after(session, Question(TODAY, area_id=area), None, 1).rows[0]
        postings.mark(session, [first.key], TODAY, Attendance.LEAVE, "培训", str(uuid4()))
        assert postings.mark_the_rest(session, area, TODAY, str(uuid4())) == "已记6人11月24日到岗。"
        with pytest.raises(Refused, match="都记好了"):
            postings.mark_the_rest(session, area, TODAY, str(uuid4()))
        assert postings.rate(session, TODAY, area_id=area).says == "到岗率85%（到岗、公出6天，记录7天）"
        assert (
            postings.rate(session, TODAY, staff_id=first.staff_id).says
            == "到岗率0%（到岗、公出0天，记录1天）"
        )

    def test_a_mark_is_corrected_in_its_place(self, posted):
        session, area = posted[R.DUTY_OFFICER], posted.district.areas[0]
        key = postings.after(session, Question(TODAY, area_id=area), None, 1).rows[0].key
        for attendance in (Attendance.ABSENT, Attendance.TRIP):
            postings.mark(session, [key], TODAY, attendance, "", str(uuid4()))
        assert [row.attendance for row in PostingDay.select()] == [Attendance.TRIP]

    def test_only_of_the_own_area_and_not_of_days_to_come(self, posted):
        area = posted.district.areas[0]
        key = postings.after(posted[R.DUTY_OFFICER], Question(TODAY, area_id=area), None, 1).rows[0].key
        with pytest.raises(NotAllowed):
            postings.mark(posted.district.elsewhere, [key], TODAY, Attendance.PRESENT, "", str(uuid4()))
        with pytest.raises(Refused, match="还没到"):
            tomorrow = TODAY + timedelta(days=1)
            postings.mark(posted[R.DUTY_OFFICER], [key], tomorrow, Attendance.PRESENT, "", str(uuid4()))


class TestPostingAndRecalling:
    def test_somebody_is_posted_and_recalled_and_the_card_tells_it(self, posted):
        keeper, area = posted[R.COORDINATOR], posted.district.areas[1]
        who = Staff.get(Staff.number == "P00")
        postings.post(keeper, who.id, area, "信访", TODAY, str(uuid4()), TODAY + timedelta(days=30))
        with pytest.raises(Refused, match="已在康健二片区"):
            postings.post(keeper, who.id, area, "信访", TODAY, str(uuid4()))
        lines = person.card(keeper, who.id, TODAY).lines
        assert [line.text for line in lines] == [
            "康健二片区 信访，社区管理办公室派出",
            "康健一片区 民政",
        ]
        postings.recall(keeper, lines[0].row_id, TODAY, str(uuid4()))
        assert person.card(keeper, who.id, TODAY + timedelta(days=1)).lines[-1].when == "before"


class TestRoster:
    def test_windows_by_number_join_without_a_gap(self, posted):
        session = posted[R.DUTY_OFFICER]
        question = roster.Question(posted.district.subdistrict)
        window, numbers = roster.after(session, question, None, 5), []
        key = None
        while window.rows:
            numbers += [row.number for row in window.rows]
            key = window.rows[-1].key
            window = roster.after(session, question, key, 5)
        assert numbers == [f"P{n:02d}" for n in range(12)]
        last = roster.before(session, question, None, 5)
        assert [row.number for row in last.rows] == numbers[-5:] and last.at_end
        around = roster.around(session, question, last.rows[0].key, 4)
        assert [row.number for row in around.rows] == numbers[5:9]

    def test_by_pinyin_number_department_and_who_has_left(self, posted):
        session = posted[R.DUTY_OFFICER]

        def found(**asked):
            return [row.number for row in roster.after(session, roster.Question(**asked), None, 50).rows]

        assert found(words="xcy1") == ["P01", "P10", "P11"]
        assert found(words="p07") == ["P07"]
        assert found(department_id=posted.district.departments[0]) == [f"P{n:02d}" for n in range(12)]
        Staff.update(left_on=TODAY - timedelta(days=1)).where(Staff.number == "P03").execute()
        assert "P03" not in found(subdistrict_id=posted.district.subdistrict)
        assert found(subdistrict_id=posted.district.subdistrict, left=True) == ["P03"]
        assert found(words="p03") == []

    def test_the_roles_of_the_day_stand_beside_the_name(self, posted):
        session = posted[R.DUTY_OFFICER]
        [row] = roster.after(session, roster.Question(words=session.number), None, 5).rows
        assert row.roles == "值班员 康健一片区"
