"""The lines of a handover's page: what each section reads, how it is worded, and where it stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Area, Posting, PostingDay, Shift
from dutydesk.rules import undo
from dutydesk.rules.handover_lines import MOST, SECTIONS, Line, Part, collect, told
from dutydesk.rules.on_duty import watch
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Attendance, Role, State

R, S = Role, State
pytestmark = pytest.mark.both
DAY = datetime(2026, 11, 24, tzinfo=CHINA)


def lines_of(cases, section: str, since: datetime = DAY, who: Role = R.DUTY_OFFICER) -> list[Line]:
    session = cases[who]
    found = collect(session, watch(session), since, datetime.now(CHINA))
    return [line for line in found if line.section == section]


def taken_back(cases, who: Role = R.DUTY_OFFICER) -> None:
    undo.undo(cases[who], undo.last(cases[who]).act_id, str(uuid4()))


class TestWhatWasDone:
    def test_each_case_once_with_its_steps_in_order_and_who_took_them(self, cases):
        issue_id = cases.new()
        cases.do("open", issue_id, R.DUTY_OFFICER)
        cases.do("assign", issue_id, R.DUTY_OFFICER)
        cases.do("take_up", issue_id, R.HANDLER)
        (line,) = lines_of(cases, "done")
        assert line.text.endswith("：立案、派单（值班员甲）；接单（处置人员甲）")

    def test_what_was_taken_back_was_not_done(self, cases):
        issue_id = cases.new()
        cases.do("open", issue_id, R.DUTY_OFFICER)
        taken_back(cases)
        assert lines_of(cases, "done") == []
        (came,) = lines_of(cases, "came")
        assert came.text.endswith("（待立案）")

    def test_what_was_done_before_it_and_after_it_stays(self, cases):
        issue_id = cases.new()
        cases.do("open", issue_id, R.DUTY_OFFICER)
        cases.do("assign", issue_id, R.DUTY_OFFICER)
        taken_back(cases)
        cases.do("note", issue_id, R.DUTY_OFFICER)
        (line,) = lines_of(cases, "done")
        assert line.text.endswith("：立案、备注（值班员甲）")

    def test_the_undoing_of_what_an_earlier_shift_did_is_told(self, cases):
        issue_id = cases.new()
        cases.do("open", issue_id, R.DUTY_OFFICER)
        cases.clock.shift(3600)
        taken_back(cases)
        (line,) = lines_of(cases, "done", since=DAY + timedelta(hours=10.5))
        assert line.text.endswith("：撤销（值班员甲）")

    def test_a_merger_taken_back_is_told_of_neither_case(self, cases):
        main, other = cases.new(), cases.new(summary="同一处楼道又有人反映")
        cases.do("merge", other, R.DUTY_OFFICER, target=cases.row(main).number)
        assert {line.issue_id for line in lines_of(cases, "done")} == {main, other}
        taken_back(cases)
        assert lines_of(cases, "done") == []

    def test_one_of_many_taken_back_together(self, cases):
        from dutydesk.rules import bulk

        rows = [(key, cases.row(key).version) for key in (cases.new(), cases.new(summary="东门垃圾桶满溢"))]
        duty = cases[R.DUTY_OFFICER]
        bulk.perform(duty, "open", bulk.preview(duty, "open", rows, {}).rows, {}, str(uuid4()))
        assert len(lines_of(cases, "done")) == 2
        taken_back(cases)
        assert lines_of(cases, "done") == []


class TestWhatStopsAndWhatIsLeftOut:
    def test_what_is_left_out_is_said(self, cases):
        issue_id = cases.new()
        rows = [(issue_id, None)] * (MOST + 1)
        found = told([Part("overdue", "{place}", rows)])
        assert len(found) == MOST + 1
        assert found[-1].text == f"只列了{MOST}件，其余见问题清单"

    def test_a_case_that_is_gone_leaves_no_line(self, cases):
        assert told([Part("due", "{place}", [(10**6, None)])]) == []

    def test_braces_in_what_people_typed_are_text(self, cases):
        cases.new(summary="墙上写着{summary}和{0}")
        (line,) = lines_of(cases, "came")
        assert "墙上写着{summary}和{0}" in line.text

    def test_what_came_before_the_time_is_not_told_again(self, cases):
        cases.new()
        assert lines_of(cases, "came", since=datetime.now(CHINA)) == []


class TestWhatIsOwed:
    def test_flags_stand_before_the_words_of_other_sections(self, cases):
        cases.new(flags="strongly_felt")
        (came,), (flagged,) = lines_of(cases, "came"), lines_of(cases, "flagged")
        assert "★群众反映强烈 3号楼" in came.text
        assert flagged.text.startswith("群众反映强烈：") and "★" not in flagged.text

    def test_who_has_it_in_hand_is_said(self, cases):
        cases.in_state(S.HANDLING)
        (came,) = lines_of(cases, "came")
        assert came.text.endswith("（处置中·公共安全力量）")


class TestWhoIsWhere:
    def test_postings_of_the_day_by_line_the_first_six_by_name(self, cases):
        for number in range(8):
            staff = cases.hire(f"P{number}", R.HANDLER).staff_id
            Posting.create(staff=staff, area=1, line="民政", valid_from=DAY.date())
        gone = cases.hire("P9", R.HANDLER).staff_id
        Posting.create(
            staff=gone, area=1, line="信访", valid_from=DAY.date(), valid_to=DAY.date() - timedelta(days=1)
        )
        (line,) = lines_of(cases, "who")
        assert line.text.startswith("下沉 民政：") and line.text.endswith("等8人")
        assert line.text.count("、") == 5

    def test_who_is_not_there_today_is_said_with_why(self, cases):
        for number, mark in (("P1", None), ("P2", "present"), ("P3", "leave"), ("P4", "trip")):
            staff = cases.hire(number, R.HANDLER).staff_id
            posting = Posting.create(staff=staff, area=1, line="民政", valid_from=DAY.date())
            yesterday = DAY.date() - timedelta(days=1)
            PostingDay.create(posting=posting, day=yesterday, attendance=Attendance.ABSENT)
            if mark:
                PostingDay.create(posting=posting, day=DAY.date(), attendance=Attendance(mark))
        (line,) = lines_of(cases, "who")
        assert line.text == (
            "下沉 民政：处置人员P1、处置人员P2；不在：处置人员P3（请假）、处置人员P4（公出）"
        )

    def test_who_is_on_duty_and_who_comes(self, cases):
        for hour, who in ((8, R.DUTY_OFFICER), (18, R.AREA_CHIEF)):
            begins = DAY + timedelta(hours=hour)
            Shift.create(
                area=1,
                staff=cases[who].staff_id,
                name="日班" if hour < 12 else "夜班",
                starts_at=begins,
                ends_at=begins + timedelta(hours=10),
            )
        assert [line.text for line in lines_of(cases, "who")] == [
            "在班 日班 值班员甲",
            "接下来 夜班 片区长甲",
        ]


def test_an_area_that_was_taken_over_is_told_of_too(cases):
    issue_id = cases.in_state(S.OPENED, flags="strongly_felt")
    first, second = cases.district.areas[:2]
    Area.update(valid_to=DAY.date() - timedelta(days=1), merged_into=second).where(Area.id == first).execute()
    staff = cases.hire("Z1", R.DUTY_OFFICER, area=second, subdistrict=cases.district.subdistrict)
    found = collect(staff, watch(staff), DAY, datetime.now(CHINA))
    assert issue_id in {line.issue_id for line in found if line.section == "flagged"}


def test_the_free_lines_of_who_went_come_first():
    assert next(iter(SECTIONS.values())) == "留言"
