"""One way in for every act: once only, on the version that was read, whole or not at all."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.models import Act, Draft, Issue, IssueStep, Request
from dutydesk.rules import acts, drafts, issue_acts
from dutydesk.rules.errors import AlreadyDone, Refused, Stale
from dutydesk.vocabulary import Role, State

R, S = Role, State


class TestVersions:
    def test_a_stale_one_is_refused_saying_who_was_first_with_what(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        read = cases.row(issue_id).version
        cases.do("urge", issue_id, R.COORDINATOR, text="今天要回话，打13912345678")
        written = cases.written()
        with pytest.raises(
            Stale, match=r"街镇协调员甲已先一步催办：今天要回话，打139\*{6}78。现在是待处置.*没有保存"
        ):
            cases.do("take_up", issue_id, version=read)
        assert cases.written() == written

    def test_without_a_version_any_will_do(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        done = issue_acts.perform(cases[R.HANDLER], issue_id, None, "take_up", {}, str(uuid4()))
        assert done.state is S.HANDLING

    def test_a_case_that_is_not_there_is_told_so(self, cases):
        with pytest.raises(Refused, match="没有找到"):
            issue_acts.perform(cases[R.DUTY_OFFICER], 99, 1, "open", {}, str(uuid4()))


class TestOnce:
    """An act whose outcome is unknown is done again with its id."""

    def test_an_act_told_twice_answers_the_same_and_is_written_once(self, cases):
        issue_id, act_id = cases.in_state(S.OPENED), str(uuid4())
        version = cases.row(issue_id).version
        first = cases.do("assign", issue_id, act_id=act_id, version=version)
        written = cases.written()
        assert cases.do("assign", issue_id, act_id=act_id, version=version) == first
        assert cases.written() == written

    def test_so_does_registering(self, cases):
        act_id = str(uuid4())
        assert cases.new(act_id=act_id) == cases.new(act_id=act_id)
        assert Issue.select().count() == Act.select().count() == 1

    def test_so_does_the_chiefs_word(self, cases):
        cases.do("ask_pause", cases.in_state(S.HANDLING))
        act_id, request = str(uuid4()), Request.get().id
        first = issue_acts.decide(cases[R.AREA_CHIEF], request, True, "", act_id)
        written = cases.written()
        assert issue_acts.decide(cases[R.AREA_CHIEF], request, True, "", act_id) == first
        assert cases.written() == written

    def test_an_id_serves_one_act_of_one_person_only(self, cases):
        act_id = str(uuid4())
        issue_id = cases.in_state(S.OPENED)
        cases.do("note", issue_id, R.DUTY_OFFICER, act_id=act_id)
        written = cases.written()
        with pytest.raises(Refused, match="编号已被另一次操作用过"):
            cases.do("assign", issue_id, R.DUTY_OFFICER, act_id=act_id)
        with pytest.raises(Refused, match="编号已被另一次操作用过"):
            cases.do("note", issue_id, R.AREA_CHIEF, act_id=act_id)
        assert cases.written() == written

    def test_who_asks_again_learns_what_the_first_try_made(self, cases):
        session, act_id = cases[R.DUTY_OFFICER], str(uuid4())
        with acts.act(session, act_id, "test") as acting:
            acting.about("issue", 7, "2026-000007", 1)
            acting.about("issue", 8, "2026-000008", 1)
        with pytest.raises(AlreadyDone) as done, acts.act(session, act_id, "test"):
            raise AssertionError("not reached")
        assert (done.value.subject, done.value.subject_id) == ("issue", 7)


class TestWholeOrNotAtAll:
    def test_an_error_in_the_middle_leaves_nothing(self, cases):
        issue_id, written = cases.new(), None
        written = cases.written()
        with pytest.raises(ZeroDivisionError), acts.act(cases[R.DUTY_OFFICER], str(uuid4()), "test"):
            Issue.update(summary="改了").where(Issue.id == issue_id).execute()
            _ = 1 / 0
        assert cases.written() == written

    def test_an_acts_draft_goes_with_it_and_a_refused_ones_stays(self, cases):
        duty, act_id = cases[R.DUTY_OFFICER], str(uuid4())
        issue_id = cases.new()
        drafts.keep(duty, act_id, "act", "备注 2026-000001", {"text": "写了一半"})
        with pytest.raises(Refused):
            cases.do("note", issue_id, duty, act_id=act_id, text="")
        assert Draft.select().count() == 1
        cases.do("note", issue_id, duty, act_id=act_id)
        assert Draft.select().count() == 0

    def test_another_acts_draft_stays(self, cases):
        duty = cases[R.DUTY_OFFICER]
        drafts.keep(duty, str(uuid4()), "intake", "", {})
        cases.do("note", cases.new(), duty)
        assert Draft.select().count() == 1


def test_every_step_names_its_act_who_did_it_and_as_what(cases):
    issue_id = cases.in_state(S.CLOSED)
    steps = list(IssueStep.select().where(IssueStep.issue == issue_id).order_by(IssueStep.id))
    assert [step.name for step in steps] == [
        "register", "open", "assign", "take_up", "report_done", "pass_check", "feedback", "close",
    ]  # fmt: skip
    for step in steps:
        act = Act.get_by_id(step.act_id)
        assert (act.staff_id, act.role, act.came_from) == (step.staff_id, step.role, "测试")
        assert act.subject_id == issue_id
        assert step.staff_name


def test_a_form_begins_with_what_the_case_speaks_for(cases):
    duty, issue_id = (
        cases[R.DUTY_OFFICER],
        cases.in_state(S.OPENED, category=str(cases.rubbish), flags="strongly_felt"),
    )
    assert issue_acts.usual_answers(duty, issue_id, "flag") == {"flags": "strongly_felt"}
    assert issue_acts.usual_answers(duty, issue_id, "send_down") == {"ground": "listed"}
    assert issue_acts.usual_answers(duty, cases.in_state(S.OPENED), "send_down") == {"ground": "consent"}
    found = issue_acts.usual_answers(duty, issue_id, "recategorise")
    assert (found["category"], found["urgency"]) == (str(cases.rubbish), "normal")
    assert issue_acts.usual_answers(duty, issue_id, "close") == {"level": "area"}
    assert issue_acts.usual_answers(duty, issue_id, "note") == {}


class TestAmending:
    def test_texts_and_place_are_corrected_and_both_are_told(self, cases, district):
        issue_id = cases.new()
        done = cases.do(
            "amend", issue_id, R.DUTY_OFFICER,
            summary="4号楼楼道堆放旧家具", unit=str(district.units[1]), reason="看错楼号",
        )  # fmt: skip
        row = cases.row(issue_id)
        assert (row.summary, row.unit_id) == ("4号楼楼道堆放旧家具", district.units[1])
        assert "问题“3号楼楼道堆放旧家具”改为“4号楼楼道堆放旧家具”" in done.said
        assert "地点“康健新村”改为“长桥二村”" in done.said

    def test_not_out_of_the_area_nor_away_from_the_unit_that_has_it(self, cases, district):
        issue_id = cases.new(category=str(cases.rubbish))
        with pytest.raises(Refused, match="本片区") as refused:
            cases.do("amend", issue_id, unit=str(district.units[4]))
        assert refused.value.field == "unit"
        cases.do("open", issue_id)
        cases.do("send_down", issue_id)
        with pytest.raises(Refused, match="请先改派"):
            cases.do("amend", issue_id, unit=str(district.units[1]))

    def test_nothing_changed_is_nothing_saved(self, cases):
        issue_id = cases.new()
        with pytest.raises(Refused, match="没有改动"):
            cases.do("amend", issue_id, summary=cases.row(issue_id).summary)

    def test_the_form_begins_with_what_is_there_numbers_masked(self, cases, district):
        issue_id = cases.new(summary="楼道堆物，打13912345678")
        found = issue_acts.usual_answers(cases[R.DUTY_OFFICER], issue_id, "amend")
        assert (found["summary"], found["unit"]) == ("楼道堆物，打139******78", str(district.units[0]))
