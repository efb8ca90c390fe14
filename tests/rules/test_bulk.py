"""One act on many cases: what the dry run says is what happens, on all of them or on none."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.models import Act, AuditEntry, AuditValues, Issue, IssueStep, Request
from dutydesk.rules import audit, bulk, undo
from dutydesk.rules.checking import check
from dutydesk.rules.errors import Refused
from dutydesk.vocabulary import AssigneeKind, RequestState, Role, State, Urgency

R, S = Role, State


def rows(cases, *ids):
    return [(issue_id, cases.row(issue_id).version) for issue_id in ids]


def do(cases, who, act, marked, **fields):
    return bulk.perform(cases[who], act, marked, fields, str(uuid4()))


class TestMenu:
    def test_it_has_what_role_and_states_allow_with_how_many(self, cases):
        ids = [cases.in_state(S.OPENED), cases.in_state(S.OPENED), cases.in_state(S.REVIEW)]
        duty = {choice.act: choice.hint for choice in bulk.acts_for(cases[R.DUTY_OFFICER], ids)}
        assert duty["assign"].startswith("3件里有2件能办")
        assert duty["note"].startswith("3件都能办")
        assert {"ask_pause", "ask_pool", "ask_extension"} <= set(duty)
        assert not {"pause", "pool", "close"} & set(duty)

    def test_the_chief_grants_and_does_not_ask(self, cases):
        chief = {choice.act for choice in bulk.acts_for(cases[R.AREA_CHIEF], [cases.in_state(S.HANDLING)])}
        assert {"pause", "pool", "extend"} <= chief
        assert not {"ask_pause", "ask_pool", "ask_extension"} & chief

    def test_nobody_acts_on_what_is_out_of_reach(self, cases, district):
        assert bulk.acts_for(district.elsewhere, [cases.in_state(S.OPENED)]) == []


class TestPreview:
    def test_it_says_which_what_changes_and_why_not_and_writes_nothing(self, cases):
        ready, withheld = cases.in_state(S.OPENED), cases.in_state(S.OPENED, category=str(cases.building))
        review = cases.in_state(S.REVIEW)
        marked, written = rows(cases, ready, withheld, review), cases.written()
        shown = bulk.preview(cases[R.DUTY_OFFICER], "assign", marked, {"assignee": "force:safety"})
        assert [(row.issue_id, row.state, row.to) for row in shown.will] == [(ready, S.OPENED, S.ASSIGNED)]
        assert shown.will[0].said == "交公共安全力量"
        why = {row.issue_id: reason for row, reason in shown.wont}
        assert "须由片区长派单" in why[withheld]
        assert "现在是待核查，不能派单" in why[review]
        assert shown.says == "派单 1 件，另有 2 件不能办"
        assert shown.rows == marked[:1]
        assert cases.written() == written

    def test_what_somebody_changed_meanwhile_is_told_with_his_name(self, cases):
        issue_id = cases.in_state(S.OPENED)
        marked = rows(cases, issue_id)
        cases.do("note", issue_id, R.COORDINATOR, text="先等等")
        shown = bulk.preview(cases[R.DUTY_OFFICER], "assign", marked, {"assignee": "force:safety"})
        assert not shown.will
        assert "街镇协调员甲已先一步备注：先等等" in shown.wont[0][1]

    def test_a_field_that_is_wrong_for_all_is_told_beside_it(self, cases):
        marked = rows(cases, cases.in_state(S.OPENED), cases.in_state(S.OPENED))
        with pytest.raises(Refused) as refused:
            bulk.preview(cases[R.DUTY_OFFICER], "assign", marked, {"assignee": "force:nobody"})
        assert refused.value.field == "assignee"

    def test_nothing_marked_and_too_many_are_refused(self, cases):
        with pytest.raises(Refused, match="没有选中"):
            bulk.preview(cases[R.DUTY_OFFICER], "note", [], {"text": "看过"})
        with pytest.raises(Refused, match="一次最多办 500 件，现在选了 501 件"):
            bulk.preview(cases[R.DUTY_OFFICER], "note", [(n, 1) for n in range(501)], {"text": "看过"})


class TestPerform:
    def test_it_is_one_act_one_entry_and_a_step_for_each(self, cases):
        ids = [cases.in_state(S.OPENED) for _ in range(3)]
        before = cases.written()
        done = do(cases, R.DUTY_OFFICER, "assign", rows(cases, *ids), assignee="force:safety", note="今天办")
        assert (done.count, done.said) == (3, "已派单 3 件")
        after = cases.written()
        assert after["Act"] == before["Act"] + 1
        assert after["AuditEntry"] == before["AuditEntry"] + 1
        assert after["IssueStep"] == before["IssueStep"] + 3
        assert {cases.row(issue_id).state for issue_id in ids} == {S.ASSIGNED}
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        values = AuditValues.get_by_id(entry.id).content
        assert all(cases.row(issue_id).number in values for issue_id in ids)
        assert check() == []

    def test_told_twice_it_answers_the_same(self, cases):
        marked, act_id = rows(cases, cases.in_state(S.OPENED)), str(uuid4())
        first = bulk.perform(cases[R.DUTY_OFFICER], "note", marked, {"text": "看过"}, act_id)
        written = cases.written()
        assert bulk.perform(cases[R.DUTY_OFFICER], "note", marked, {"text": "看过"}, act_id) == first
        assert cases.written() == written

    def test_one_that_moved_on_is_named_and_nothing_is_written(self, cases):
        ids = [cases.in_state(S.OPENED) for _ in range(3)]
        marked = rows(cases, *ids)
        cases.do("note", ids[1], R.COORDINATOR, text="先等等")
        written = cases.written()
        with pytest.raises(bulk.MovedOn) as refused:
            do(cases, R.DUTY_OFFICER, "assign", marked, assignee="force:safety")
        assert cases.row(ids[1]).number in refused.value.message
        assert "街镇协调员甲" in refused.value.message
        assert "一件也没有办" in refused.value.message
        assert cases.written() == written

    def test_what_is_out_of_reach_is_refused_whatever_the_screen_says(self, cases, district):
        marked, written = rows(cases, cases.in_state(S.OPENED)), cases.written()
        with pytest.raises(bulk.MovedOn, match="不在您能派单的范围内"):
            bulk.perform(district.elsewhere, "assign", marked, {"assignee": "force:safety"}, str(uuid4()))
        assert cases.written() == written

    def test_the_chain_is_the_subdistricts(self, cases):
        do(cases, R.DUTY_OFFICER, "note", rows(cases, cases.new(), cases.new()), text="看过")
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert entry.chain != audit.DISTRICT

    def test_rows_of_several_subdistricts_go_to_the_districts_chain(self, cases, district):
        from dutydesk.models import Subdistrict

        first, second = cases.new(), cases.new()
        other = Subdistrict.create(district=1, code="310104999", name="另一街道", short_name="另一")
        Issue.update(subdistrict=other.id).where(Issue.id == second).execute()
        do(cases, R.DISTRICT_COORDINATOR, "note", rows(cases, first, second), text="区里看过")
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
        assert entry.chain == audit.DISTRICT


class TestEachAct:
    def test_urgency_keeps_the_category_and_moves_the_deadline(self, cases):
        ids = [cases.in_state(S.OPENED), cases.in_state(S.OPENED, category=str(cases.rubbish))]
        due = [cases.row(issue_id).due_at for issue_id in ids]
        do(cases, R.DUTY_OFFICER, "urgency", rows(cases, *ids), urgency="urgent", reason="连日下雨")
        after = [cases.row(issue_id) for issue_id in ids]
        assert [row.urgency for row in after] == [Urgency.URGENT] * 2
        assert [row.category_id for row in after] == [cases.fire, cases.rubbish]
        assert all(row.due_at < was for row, was in zip(after, due, strict=True))

    def test_category_keeps_the_urgency(self, cases):
        issue_id = cases.in_state(S.OPENED, urgency="critical")
        do(
            cases,
            R.DUTY_OFFICER,
            "category",
            rows(cases, issue_id),
            category=str(cases.rubbish),
            reason="看错",
        )
        row = cases.row(issue_id)
        assert (row.category_id, row.urgency) == (cases.rubbish, Urgency.CRITICAL)

    def test_what_has_it_already_is_left_alone(self, cases):
        ids = cases.in_state(S.OPENED), cases.in_state(S.OPENED, urgency="urgent")
        shown = bulk.preview(
            cases[R.DUTY_OFFICER], "urgency", rows(cases, *ids), {"urgency": "urgent", "reason": "连日下雨"}
        )
        assert [row.issue_id for row in shown.will] == [ids[0]]
        assert shown.wont[0][1] == "已经是紧急"

    def test_flags_are_added_to_those_that_are_there(self, cases):
        ids = cases.new(), cases.new(flags="beyond_neighbourhood")
        do(cases, R.DUTY_OFFICER, "flag", rows(cases, *ids), flags="strongly_felt")
        first, second = map(cases.row, ids)
        assert (first.strongly_felt, first.beyond_neighbourhood) == (True, False)
        assert (second.strongly_felt, second.beyond_neighbourhood) == (True, True)

    def test_merging_goes_into_the_one_that_was_chosen(self, cases):
        first, second, main = cases.new(), cases.in_state(S.OPENED), cases.in_state(S.OPENED)
        marked = rows(cases, first, second, main)
        fields = {"target": cases.row(main).number}
        shown = bulk.preview(cases[R.DUTY_OFFICER], "merge", marked, fields)
        assert [row.issue_id for row in shown.will] == [first, second]
        assert [(row.issue_id, why) for row, why in shown.wont] == [(main, "这一件是主案")]
        do(cases, R.DUTY_OFFICER, "merge", shown.rows, **fields)
        assert [cases.row(each).merged_into_id for each in (first, second)] == [main, main]
        assert cases.row(main).is_open
        assert check() == []

    def test_closing_takes_those_that_fulfil_it_and_says_what_the_others_lack(self, cases):
        ready, untold = cases.in_state(S.FEEDBACK), cases.in_state(S.FEEDBACK)
        cases.do("feedback", ready)
        shown = bulk.preview(cases[R.AREA_CHIEF], "close", rows(cases, ready, untold), {})
        assert [row.issue_id for row in shown.will] == [ready]
        assert "还缺——反馈" in shown.wont[0][1]
        do(cases, R.AREA_CHIEF, "close", shown.rows)
        assert (cases.row(ready).state, cases.row(ready).level.value) == (S.CLOSED, "area")
        assert cases.row(untold).state is S.FEEDBACK

    @pytest.mark.parametrize(("ask", "grant"), [("ask_pause", "pause"), ("ask_pool", "pool")])
    def test_setting_aside_is_asked_for_and_granted_by_role(self, cases, ask, grant):
        ids = [cases.in_state(S.HANDLING), cases.in_state(S.ASSIGNED)]
        fields = cases.filled(grant)
        do(cases, R.DUTY_OFFICER, ask, rows(cases, *ids), **fields)
        assert Request.select().count() == 2
        do(cases, R.AREA_CHIEF, grant, rows(cases, *ids), **fields)
        assert {cases.row(each).state.value for each in ids} == {"paused" if grant == "pause" else "pooled"}
        assert check() == []

    def test_handlers_take_up_what_is_theirs(self, cases):
        mine, others = cases.in_state(S.ASSIGNED), cases.in_state(S.OPENED)
        cases.do("assign", others, assignee="force:management")
        shown = bulk.preview(cases[R.HANDLER], "take_up", rows(cases, mine, others), {})
        assert [row.issue_id for row in shown.will] == [mine]

    def test_each_has_its_way_and_its_form(self):
        from dutydesk.forms.handling import bulk_form_of

        for act in bulk.ACTS.values():
            assert act.way.act
            assert bulk_form_of(act.key) is not None


def test_giving_to_others_says_who_has_it_already(cases):
    ids = cases.in_state(S.ASSIGNED), cases.in_state(S.ASSIGNED)
    with pytest.raises(Refused, match="已经在他手上"):
        bulk.preview(
            cases[R.DUTY_OFFICER],
            "reassign",
            rows(cases, *ids),
            {"assignee": "force:safety", "reason": "调整"},
        )
    do(cases, R.DUTY_OFFICER, "reassign", rows(cases, *ids), assignee="force:management", reason="调整")
    assert {cases.row(each).assignee_kind for each in ids} == {AssigneeKind.FORCE}
    assert Act.select().where(Act.name == "bulk.reassign").count() == 1
    assert IssueStep.select().where(IssueStep.name == "reassign").count() == 2


class TestTheChiefsWord:
    """待我定: many requests at once."""

    def asked(self, cases, count=3):
        for issue_id in [cases.in_state(S.HANDLING) for _ in range(count)]:
            cases.do("ask_pause", issue_id)
        return [(row.id, cases.row(row.issue_id).version) for row in Request.select().order_by(Request.id)]

    def test_it_is_given_on_all_in_one_act_and_can_be_taken_back(self, cases):
        marked, before = self.asked(cases), cases.written()
        done = bulk.decide(cases[R.AREA_CHIEF], marked, True, "", str(uuid4()))
        assert (done.count, done.said) == (3, "已同意 3 项申请")
        assert {issue.state for issue in Issue.select()} == {S.PAUSED}
        assert cases.written()["AuditEntry"] == before["AuditEntry"] + 1
        undo.undo(cases[R.AREA_CHIEF], done.act_id, str(uuid4()))
        assert {issue.state for issue in Issue.select()} == {S.HANDLING}
        assert {row.state for row in Request.select()} == {RequestState.PENDING}
        assert check() == []

    def test_a_no_needs_a_reason(self, cases):
        marked = self.asked(cases)
        with pytest.raises(Refused, match="写明理由"):
            bulk.decide(cases[R.AREA_CHIEF], marked, False, "", str(uuid4()))
        bulk.decide(cases[R.AREA_CHIEF], marked, False, "先催供应商", str(uuid4()))
        assert {row.decision for row in Request.select()} == {"先催供应商"}

    def test_one_that_moved_on_stops_all_and_is_named(self, cases):
        marked = self.asked(cases)
        cases.do("note", Request.get_by_id(marked[1][0]).issue_id, R.DUTY_OFFICER, text="配件到了")
        written = cases.written()
        with pytest.raises(bulk.MovedOn, match="配件到了"):
            bulk.decide(cases[R.AREA_CHIEF], marked, True, "", str(uuid4()))
        assert cases.written() == written

    def test_only_the_chief_gives_it(self, cases):
        marked, written = self.asked(cases), cases.written()
        with pytest.raises(bulk.MovedOn, match="由片区长"):
            bulk.decide(cases[R.DUTY_OFFICER], marked, True, "", str(uuid4()))
        assert cases.written() == written
