"""撤销: what an act replaced is there again, nothing that was told is erased, and nobody else's work is trodden on."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import uuid4

import pytest

from dutydesk.models import Act, AuditEntry, Deadline, Issue, IssueStep, ProxyEntry, Request
from dutydesk.rules import bulk, case, issue_acts, proposals, search, undo
from dutydesk.rules.before import values_of
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.lifecycle import WAYS, ways_from
from dutydesk.vocabulary import ProxyState, RequestState, Role, State

R, S = Role, State
EVERY_WAY = [
    pytest.param(way.act, state, id=f"{way.act}-{state.value}") for way in WAYS for state in sorted(way.frm)
]


def take_back(session):
    return undo.undo(session, undo.last(session).act_id, str(uuid4()))


def in_force(issue_id):
    rows = Deadline.select().where(Deadline.issue == issue_id, Deadline.current)
    return sorted(row.id for row in rows)


def asked(issue_id):
    return [
        (row.id, row.state, row.decision, row.decided_by_id, row.decided_at)
        for row in Request.select().where(Request.issue == issue_id).order_by(Request.id)
    ]


def stands(issue_id):
    return values_of(Issue.get_by_id(issue_id)), in_force(issue_id)


def who_did(cases, act_id):
    number = Act.get_by_id(act_id).staff.number
    return next(session for session in cases.district.sessions.values() if session.number == number)


class TestEveryWay:
    @pytest.mark.parametrize(("act", "state"), EVERY_WAY)
    def test_it_can_be_taken_back_and_everything_stands_as_before(self, cases, act, state):
        issue_id = cases.for_act(act, state)
        fields = cases.filled(act)
        before, requests = stands(issue_id), asked(issue_id)
        told = IssueStep.select().where(IssueStep.issue == issue_id).count()
        act_id = str(uuid4())
        done = cases.do(act, issue_id, act_id=act_id, **fields)

        undone = undo.undo(who_did(cases, act_id), act_id, str(uuid4()))

        assert undone.count == 1
        assert stands(issue_id) == before
        assert asked(issue_id)[: len(requests)] == requests
        assert all(row[1] is RequestState.WITHDRAWN for row in asked(issue_id)[len(requests) :])
        row, step = cases.row(issue_id), cases.last(issue_id)
        assert row.version == done.version + 1
        assert (step.name, step.to_state) == ("undo", state)
        assert done.said in step.text
        assert IssueStep.select().where(IssueStep.issue == issue_id).count() == told + 2
        assert check() == []


class TestWhatIsUndone:
    def test_the_last_of_ones_own_is_shown_with_what_it_did(self, cases):
        issue_id = cases.in_state(S.OPENED)
        cases.do("assign", issue_id, R.DUTY_OFFICER, note="打13912345678")
        cases.do("note", issue_id, R.AREA_CHIEF)
        shown = undo.last(cases[R.DUTY_OFFICER])
        assert (shown.what, shown.count) == ("派单", 1)
        assert "交公共安全力量" in shown.lines[0]
        assert "13912345678" not in shown.lines[0]

    def test_nothing_done_nothing_to_undo(self, cases):
        cases.new()
        assert undo.last(cases[R.DUTY_OFFICER]) is None, "a number that was given stays given"

    def test_many_at_once_are_taken_back_at_once(self, cases):
        ids = [cases.in_state(S.OPENED) for _ in range(4)]
        before = [stands(each) for each in ids]
        marked = [(each, cases.row(each).version) for each in ids]
        done = bulk.perform(
            cases[R.DUTY_OFFICER], "assign", marked, {"assignee": "force:safety"}, str(uuid4())
        )
        entries = AuditEntry.select().count()
        undone = undo.undo(cases[R.DUTY_OFFICER], done.act_id, str(uuid4()))
        assert (undone.count, undone.said) == (4, "已撤销 4 件的派单")
        assert [stands(each) for each in ids] == before
        assert AuditEntry.select().count() == entries + 1
        assert check() == []

    def test_a_triage_is_taken_back_as_one(self, cases):
        issue_id = cases.new()
        before = stands(issue_id)
        session = cases[R.DUTY_OFFICER]
        proposal = proposals.propose(session, issue_id, {"assignee": "force:safety", "urgency": "urgent"})
        proposals.take(session, proposal, str(uuid4()))
        assert cases.row(issue_id).state is S.ASSIGNED
        take_back(session)
        assert stands(issue_id) == before
        last = cases.last(issue_id)
        assert (last.name, last.from_state, last.to_state) == ("undo", S.ASSIGNED, S.REPORTED)
        assert check() == []

    def test_the_chiefs_word_is_asked_for_again(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        cases.do("ask_pause", issue_id)
        for approve in (True, False):
            issue_acts.decide(cases[R.AREA_CHIEF], Request.get().id, approve, "说明理由", str(uuid4()))
            take_back(cases[R.AREA_CHIEF])
            assert Request.get().state is RequestState.PENDING
            assert Request.get().decided_at is None
            assert cases.row(issue_id).state is S.HANDLING
        assert check() == []

    def test_unmerged_again_the_main_case_is_told(self, cases):
        main, issue_id = cases.new(), cases.new()
        cases.do("merge", issue_id, R.DUTY_OFFICER, target=cases.row(main).number)
        take_back(cases[R.DUTY_OFFICER])
        assert cases.row(issue_id).merged_into_id is None
        assert cases.last(main).text == f"{cases.row(issue_id).number} 不再并入"
        assert check() == []

    def test_those_who_follow_a_main_case_hear_that_it_was_not_closed(self, cases):
        main = cases.for_act("close", S.FEEDBACK)
        follower = cases.new(reporter_name="", reporter_phone="", source="patrol")
        cases.do("merge", follower, R.DUTY_OFFICER, target=cases.row(main).number)
        cases.do("close", main)
        take_back(cases[R.AREA_CHIEF])
        assert "销项已撤销" in cases.last(follower).text
        assert check() == []

    def test_what_was_entered_for_somebody_need_not_be_confirmed(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.do("take_up", issue_id, R.DUTY_OFFICER, proxy=cases.told_by(R.HANDLER))
        take_back(cases[R.DUTY_OFFICER])
        assert ProxyEntry.get().state is ProxyState.WITHDRAWN
        assert cases.row(issue_id).state is S.ASSIGNED
        story = case.case_sheet(cases[R.DUTY_OFFICER], issue_id).story
        assert any("录入已撤销" in line.proxy for line in story)

    def test_one_after_the_other_backwards(self, cases):
        issue_id, duty = cases.new(), cases[R.DUTY_OFFICER]
        before = [stands(issue_id)]
        for act in ("open", "assign", "note"):
            cases.do(act, issue_id, duty)
            before.append(stands(issue_id))
        for was in reversed(before[:-1]):
            take_back(duty)
            assert stands(issue_id) == was
        assert undo.last(duty) is None
        assert check() == []


class TestTheIndex:
    """What is found is what stands there: also after something was taken back."""

    def found(self, cases, words: str) -> list[int]:
        return search.page(cases[R.DUTY_OFFICER], words, open_only=True, edge=None, forward=True, count=9)

    def test_a_correction_that_was_taken_back_is_not_found_any_more(self, cases):
        issue_id = cases.new()
        cases.do("amend", issue_id, R.DUTY_OFFICER, summary="河边护栏松动")
        assert self.found(cases, "护栏松动") == [issue_id]
        take_back(cases[R.DUTY_OFFICER])
        assert self.found(cases, "楼道堆放") == [issue_id]
        assert search.problems() == []

    def test_what_was_merged_is_open_again_and_its_main_case_told(self, cases):
        main, issue_id = cases.in_state(S.HANDLING, summary="南门路灯不亮"), cases.new()
        cases.do("merge", issue_id, R.DUTY_OFFICER, target=cases.row(main).number)
        assert self.found(cases, "堆放旧家具") == [main], "its text stands in the story of the main case"
        take_back(cases[R.DUTY_OFFICER])
        assert issue_id in self.found(cases, "堆放旧家具")
        assert search.problems() == check() == []

    def test_who_had_it_before_has_it_again(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        cases.do("reassign", issue_id, R.DUTY_OFFICER, assignee=f"department:{cases.district.departments[1]}")
        assert self.found(cases, "住房保障") == [issue_id]
        take_back(cases[R.DUTY_OFFICER])
        assert cases.row(issue_id).assignee_key == "safety"
        assert search.problems() == []


class TestWhatIsNot:
    def test_what_somebody_has_acted_on_since_is_named_with_what_he_did(self, cases):
        ids = [cases.in_state(S.OPENED) for _ in range(3)]
        marked = [(each, cases.row(each).version) for each in ids]
        done = bulk.perform(
            cases[R.DUTY_OFFICER], "assign", marked, {"assignee": "force:safety"}, str(uuid4())
        )
        cases.do("take_up", ids[1], R.HANDLER)
        written = cases.written()
        assert "处置人员甲" in undo.last(cases[R.DUTY_OFFICER]).refusal
        with pytest.raises(Refused) as refused:
            undo.undo(cases[R.DUTY_OFFICER], done.act_id, str(uuid4()))
        assert cases.row(ids[1]).number in refused.value.message
        assert "处置人员甲" in refused.value.message and "接单" in refused.value.message
        assert cases.written() == written

    def test_others_acts_are_not(self, cases):
        act_id = str(uuid4())
        cases.do("open", cases.new(), R.DUTY_OFFICER, act_id=act_id)
        with pytest.raises(NotAllowed, match="只能撤销自己办的"):
            undo.undo(cases[R.AREA_CHIEF], act_id, str(uuid4()))

    def test_a_registration_and_an_undo_are_not(self, cases):
        registered, undoing, act_id = str(uuid4()), str(uuid4()), str(uuid4())
        issue_id = cases.new(act_id=registered)
        cases.do("open", issue_id, R.DUTY_OFFICER, act_id=act_id)
        undo.undo(cases[R.DUTY_OFFICER], act_id, undoing)
        for never in (registered, undoing):
            with pytest.raises(Refused, match="不能撤销"):
                undo.undo(cases[R.DUTY_OFFICER], never, str(uuid4()))
        with pytest.raises(Refused, match="已经撤销过"):
            undo.undo(cases[R.DUTY_OFFICER], act_id, str(uuid4()))

    def test_solved_where_it_was_registered_stays(self, cases):
        cases.new(solved=True, on_the_spot="当场清走")
        assert undo.last(cases[R.DUTY_OFFICER]) is None

    def test_yesterdays_are_not(self, cases):
        act_id = str(uuid4())
        cases.do("open", cases.new(), R.DUTY_OFFICER, act_id=act_id)
        cases.clock.shift(timedelta(days=1))
        duty = cases.district.sign_on(R.DUTY_OFFICER)
        assert undo.last(duty) is None
        with pytest.raises(Refused, match="只能撤销今天办的"):
            undo.undo(duty, act_id, str(uuid4()))

    def test_a_main_case_that_has_ended_takes_nobody_back(self, cases):
        main, issue_id = cases.in_state(S.OPENED), cases.new()
        cases.do("merge", issue_id, R.AREA_CHIEF, target=cases.row(main).number)
        cases.do("unmerge", issue_id, R.DUTY_OFFICER)
        for act in ("assign", "take_up", "report_done", "pass_check", "feedback", "close"):
            cases.do(act, main)
        with pytest.raises(Refused, match="已销项，不能再并入"):
            take_back(cases[R.DUTY_OFFICER])

    def merged(self, cases, **main) -> tuple[int, int]:
        """A case in handling, and one that was merged into it by the duty officer just now."""
        main_id, issue_id = cases.in_state(S.HANDLING, **main), cases.new()
        cases.do("merge", issue_id, R.DUTY_OFFICER, target=cases.row(main_id).number)
        return main_id, issue_id

    def refused(self, cases) -> str:
        """What stands in the way of taking the duty officer's last act back; told beforehand too, and nothing is written."""
        written, shown = cases.written(), undo.last(cases[R.DUTY_OFFICER])
        with pytest.raises(Refused) as refused:
            undo.undo(cases[R.DUTY_OFFICER], shown.act_id, str(uuid4()))
        assert cases.written() == written
        assert shown.refusal in refused.value.message
        return refused.value.message

    def test_a_merge_is_not_once_the_main_case_was_checked_for_both(self, cases):
        main, _ = self.merged(cases)
        cases.do("report_done", main)
        cases.do("pass_check", main, R.AREA_CHIEF)
        assert f"主案 {cases.row(main).number} 片区长甲" in (said := self.refused(cases))
        assert "已核查通过" in said

    def test_a_merge_is_not_once_its_reporters_were_answered(self, cases):
        main, issue_id = self.merged(cases)
        for act in ("report_done", "pass_check"):
            cases.do(act, main)
        cases.do("feedback", issue_id, R.AREA_CHIEF)
        assert f"{cases.row(issue_id).number} 片区长甲" in self.refused(cases)

    def test_a_merge_is_not_once_the_main_case_told_its_reporter(self, cases):
        main, _ = self.merged(cases)
        for act in ("report_done", "pass_check", "feedback"):
            cases.do(act, main, R.HANDLER if act == "report_done" else R.AREA_CHIEF)
        assert "已随主案" in self.refused(cases)

    def test_a_merge_is_while_the_main_case_was_only_worked_on(self, cases):
        main, issue_id = self.merged(cases)
        for act in ("note", "urge", "report_done", "fail_check"):
            cases.do(act, main, None if act == "report_done" else R.AREA_CHIEF)
        take_back(cases[R.DUTY_OFFICER])
        assert cases.row(issue_id).state is S.REPORTED
        assert check() == []

    def test_a_merge_is_when_the_check_was_taken_back_itself(self, cases):
        main, issue_id = self.merged(cases)
        cases.do("report_done", main)
        cases.do("pass_check", main, R.AREA_CHIEF)
        take_back(cases[R.AREA_CHIEF])
        take_back(cases[R.DUTY_OFFICER])
        assert cases.row(issue_id).merged_into_id is None
        assert check() == []

    def test_nobody_is_merged_again_into_what_was_answered_without_him(self, cases):
        main, issue_id = self.merged(cases)
        cases.do("unmerge", issue_id, R.DUTY_OFFICER)
        for act in ("report_done", "pass_check", "feedback"):
            cases.do(act, main, R.HANDLER if act == "report_done" else R.AREA_CHIEF)
        assert "已反馈" in self.refused(cases)

    def test_told_twice_it_happens_once(self, cases):
        act_id, undoing = str(uuid4()), str(uuid4())
        cases.do("open", cases.new(), R.DUTY_OFFICER, act_id=act_id)
        first = undo.undo(cases[R.DUTY_OFFICER], act_id, undoing)
        written = cases.written()
        assert undo.undo(cases[R.DUTY_OFFICER], act_id, undoing) == first
        assert cases.written() == written


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_and_taken_back_nothing_is_wrong(cases, seed):
    """Random acts by whoever may, each taken back now and then: values as before, and the checks are clean."""
    rng = random.Random(seed)
    ids = [cases.new(source=rng.choice(["caller", "patrol"])) for _ in range(3)]
    taken_back = 0
    for _ in range(40):
        issue_id = rng.choice(ids)
        before = {each: stands(each) for each in ids}
        way = rng.choice(ways_from(cases.row(issue_id).state))
        act_id = str(uuid4())
        fields = {}
        if way.act == "merge":
            fields["target"] = cases.row(rng.choice(ids)).number
        session = cases[rng.choice(sorted(way.who))]
        try:
            cases.do(way.act, issue_id, session, act_id=act_id, **fields)
        except Refused:
            continue
        cases.clock.shift(timedelta(seconds=1))
        if rng.random() < 0.5:
            undo.undo(session, act_id, str(uuid4()))
            taken_back += 1
            assert {each: stands(each) for each in ids} == before, way.act
            assert check() == [], way.act
    assert taken_back > 3
    assert check() == []
