"""What is proposed for a reported case, why, and taking it in one act."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, Category, Issue, IssueStep, Request, database
from dutydesk.models.connection import connect
from dutydesk.rules import proposals, triage_queue, undo
from dutydesk.rules.errors import NotAllowed, Refused, Stale
from dutydesk.rules.signing_on import sign_on
from dutydesk.settings import sqlite_path
from dutydesk.vocabulary import AssigneeKind, RequestState, Role, State, Urgency

R, S = Role, State


@pytest.fixture
def words(cases):
    """The small district's categories with words that speak for them."""
    for category, said in (
        (cases.fire, "楼道 堆放 旧家具 杂物"),
        (cases.rubbish, "垃圾 满溢 异味 箱房"),
        (cases.building, "违建 搭建 天井 阳光房"),
    ):
        Category.update(words=said).where(Category.id == category).execute()
    return cases


def proposed(cases, issue_id, role=R.DUTY_OFFICER, **changes):
    return proposals.propose(cases[role], issue_id, changes)


def take(cases, proposal, role=R.DUTY_OFFICER, act_id=None):
    return proposals.take(cases[role], proposal, act_id or str(uuid4()))


def taken(cases, assignee, many, **changes):
    """So many cases that were given to somebody."""
    for _ in range(many):
        issue_id = cases.in_state(S.OPENED, **changes)
        cases.do("assign", issue_id, assignee=assignee)


class TestWhatIsProposed:
    def test_the_category_stands_where_the_text_bears_it_out_and_the_force_of_its_table_answers(self, words):
        found = proposed(words, words.new())
        assert found.category.value == str(words.fire)
        assert "“堆放”" in found.category.reasons[0]
        assert found.assignee.value == "force:safety"
        assert found.assignee.reasons[0] == "楼道堆物归口公共安全"
        assert found.way == "assign"
        assert "12月1日 18:00 前办结" in found.deadline

    def test_a_text_that_plainly_speaks_for_another_category_changes_it_and_all_that_follows(self, words):
        issue_id = words.new(summary="垃圾箱房满溢，有异味", reporter_name="", reporter_phone="")
        found = proposed(words, issue_id)
        assert found.category.value == str(words.rubbish)
        assert found.category.reasons == ("登记的是“楼道堆物”，文字里有“垃圾”、“满溢”、“异味”，更像这一类",)
        assert found.assignee.value == "force:management"

    def test_one_word_alone_changes_nothing(self, words):
        assert proposed(words, words.new(summary="门口有垃圾")).category.value == str(words.fire)

    def test_where_nothing_speaks_for_anybody_only_opening_is_proposed_and_it_says_so(self, cases):
        found = proposed(cases, cases.new())
        assert (found.assignee.value, found.way) == ("", "")
        assert "不提议承办" in found.assignee.reasons[0]
        assert found.does == "立案，承办以后再派"
        done = take(cases, found)
        assert done.state is S.OPENED

    def test_who_took_most_of_this_kind_here_lately_is_proposed_with_the_count(self, cases):
        office = cases.district.departments[0]
        taken(cases, f"department:{office}", 3)
        taken(cases, "force:safety", 1)
        found = proposed(cases, cases.new())
        assert found.assignee.value == f"department:{office}"
        assert found.assignee.reasons == ("近90天此类4件，3件由社区管理办公室、1件由公共安全力量办理",)

    def test_what_is_older_than_the_time_looked_back_counts_no_more(self, words):
        taken(words, f"department:{words.district.departments[0]}", 3)
        words.clock.shift(91 * 86_400)
        found = proposed(words, words.new())
        assert found.assignee.value == "force:safety"
        assert "近90天" not in "".join(found.assignee.reasons)

    def test_who_cannot_take_it_any_more_is_not_proposed(self, cases):
        taken(cases, f"department:{cases.district.departments[0]}", 3)
        issue_id = cases.new()
        Issue.update(assignee_key="9999").where(Issue.assignee_kind == AssigneeKind.DEPARTMENT).execute()
        assert not proposed(cases, issue_id).assignee.value.startswith("department")

    def test_what_the_residents_committee_usually_takes_goes_down_to_that_of_the_place(self, cases):
        for _ in range(3):
            cases.do("send_down", cases.in_state(S.OPENED, category=str(cases.rubbish)))
        found = proposed(cases, cases.new(category=str(cases.rubbish)))
        assert (found.way, found.assignee.value) == ("send_down", f"unit:{cases.district.units[0]}")
        assert take(cases, found).state is S.ASSIGNED
        assert Issue.get_by_id(found.issue_id).sent_down

    @pytest.mark.parametrize(
        ("summary", "urgency"),
        [
            ("电梯困人", "critical"),
            ("空调架快掉下来了", "urgent"),
            ("老人怕着火", "normal"),
            ("灯不亮", "normal"),
        ],
    )
    def test_words_of_danger_raise_the_urgency(self, cases, summary, urgency):
        assert proposed(cases, cases.new(summary=summary)).urgency.value == urgency

    def test_it_is_never_lowered(self, cases):
        issue_id = cases.new(summary="空调架快掉下来了", urgency="critical")
        assert proposed(cases, issue_id).urgency.value == "critical"

    def test_a_sources_limit_is_the_deadline(self, cases):
        issue_id = cases.new(source="hotline", source_number="X-1")
        Issue.update(source_due_at=Issue.get_by_id(issue_id).reported_at).where(
            Issue.id == issue_id
        ).execute()
        assert "来源时限" in proposed(cases, issue_id).deadline

    def test_what_the_chief_has_not_delegated_is_asked_of_the_chief_and_assigned_by_the_chief(self, cases):
        issue_id = cases.new(category=str(cases.building))
        assert proposed(cases, issue_id).way == "propose_assign"
        assert proposed(cases, issue_id, R.AREA_CHIEF).way == "assign"
        done = take(cases, proposed(cases, issue_id))
        asked = Request.get(Request.issue == issue_id)
        assert (done.state, asked.state) == (S.OPENED, RequestState.PENDING)
        assert json.loads(asked.details)["assignee"] == proposed_value(asked)

    def test_only_who_may_open_it_is_proposed_to(self, cases):
        with pytest.raises(NotAllowed):
            proposed(cases, cases.new(), R.NEIGHBOURHOOD_OFFICER)
        with pytest.raises(NotAllowed):
            proposals.propose(cases.district.elsewhere, cases.new())

    def test_what_waits_no_longer_has_no_proposal(self, cases):
        with pytest.raises(Refused, match="已不在待立案"):
            proposed(cases, cases.in_state(S.OPENED))


def proposed_value(asked):
    return json.loads(IssueStep.get(IssueStep.name == "propose_assign").details)["assignee"]


class TestChanging:
    def test_deadline_and_assignee_follow_the_category(self, words):
        issue_id = words.new()
        changed = proposed(words, issue_id, category=str(words.rubbish), urgency="critical")
        assert changed.category.by_hand
        assert changed.assignee.value == "force:management"
        assert changed.deadline != proposed(words, issue_id).deadline
        assert set(changed.changed) == {"category", "urgency", "assignee"}

    def test_an_assignee_chosen_by_hand_stays(self, words):
        changed = proposed(words, words.new(), category=str(words.rubbish), assignee="force:party")
        assert (changed.assignee.value, changed.assignee.by_hand) == ("force:party", True)

    def test_nobody_can_be_chosen(self, words):
        changed = proposed(words, words.new(), assignee=proposals.NOBODY)
        assert take(words, changed).state is S.OPENED

    @pytest.mark.parametrize(
        "changes",
        [{"category": "999"}, {"urgency": "soon"}, {"assignee": "force:navy"}, {"assignee": "unit:2"}],
    )
    def test_what_names_nothing_is_refused(self, words, changes):
        with pytest.raises(Refused):
            proposed(words, words.new(), **changes)

    def test_sending_down_what_is_not_listed_needs_consent(self, words):
        issue_id, value = words.new(), f"unit:{words.district.units[0]}"
        changed = proposed(words, issue_id, assignee=value)
        assert proposals.needs_consent(words[R.DUTY_OFFICER], changed, value)
        with pytest.raises(Refused, match="居委职责清单"):
            take(words, changed)
        assert Issue.get_by_id(issue_id).state is S.REPORTED
        agreed = proposed(words, issue_id, assignee=value, consent_by="居委书记，今天上午电话")
        assert take(words, agreed).state is S.ASSIGNED

    def test_the_choices_begin_with_what_something_speaks_for(self, words):
        duty, issue_id = words[R.DUTY_OFFICER], words.new(summary="箱房满溢")
        assert proposals.categories(duty, issue_id)[0].value == str(words.rubbish)
        found = proposals.assignees(duty, proposed(words, issue_id, category=str(words.rubbish)))
        assert found[0].value == "force:management"
        assert found[-1].value == proposals.NOBODY
        assert f"unit:{words.district.units[0]}" in [each.value for each in found]


class TestTaking:
    def test_it_is_one_act_with_one_audit_entry_and_each_way_a_step(self, words):
        issue_id = words.new(summary="垃圾箱房满溢，有异味")
        entries = AuditEntry.select().count()
        done = take(words, proposed(words, issue_id))
        assert done.state is S.ASSIGNED
        steps = list(IssueStep.select().where(IssueStep.issue == issue_id).order_by(IssueStep.id))
        assert [step.name for step in steps] == ["register", "recategorise", "open", "assign"]
        assert len({step.act_id for step in steps[1:]}) == 1
        assert AuditEntry.select().count() == entries + 1
        issue = Issue.get_by_id(issue_id)
        assert (issue.category_id, issue.assignee_key) == (words.rubbish, "management")
        assert issue.due_at is not None

    def test_whether_it_was_taken_as_it_was_is_kept(self, words):
        as_is, changed = words.new(), words.new()
        take(words, proposed(words, as_is))
        take(words, proposed(words, changed, urgency="urgent"))
        told = [
            json.loads(IssueStep.get(IssueStep.issue == issue, IssueStep.name == "open").details)["proposal"]
            for issue in (as_is, changed)
        ]
        assert [each["taken"] for each in told] == ["as_is", "changed"]
        assert told[1]["changed"] == ["urgency"]
        assert told[1]["proposed"]["urgency"] == Urgency.NORMAL.value

    def test_a_case_that_moved_on_is_refused_and_nothing_is_written(self, words):
        found = proposed(words, words.new())
        words.do("flag", found.issue_id, flags="strongly_felt")
        with pytest.raises(Stale):
            take(words, found)
        assert Issue.get_by_id(found.issue_id).state is S.REPORTED

    def test_what_was_seen_is_done_though_another_would_be_proposed_by_now(self, words):
        found = proposed(words, words.new())
        taken(words, f"department:{words.district.departments[0]}", 4)
        assert proposed(words, found.issue_id).assignee.value != found.assignee.value
        take(words, found)
        assert Issue.get_by_id(found.issue_id).assignee_key == "safety"

    def test_a_second_try_of_the_same_act_changes_nothing(self, words):
        found, act_id = proposed(words, words.new()), str(uuid4())
        first = take(words, found, act_id=act_id)
        assert take(words, found, act_id=act_id) == first
        assert IssueStep.select().where(IssueStep.issue == found.issue_id).count() == 3

    def test_it_is_undone_as_a_whole(self, words):
        issue_id = words.new(summary="垃圾箱房满溢，有异味")
        found, act_id = proposed(words, issue_id), str(uuid4())
        take(words, found, act_id=act_id)
        undo.undo(words[R.DUTY_OFFICER], act_id, str(uuid4()))
        issue = Issue.get_by_id(issue_id)
        assert (issue.state, issue.category_id, issue.due_at) == (S.REPORTED, words.fire, None)
        assert issue.assignee_kind is None
        assert triage_queue.queue(words[R.DUTY_OFFICER], (), 1) == [issue_id]

    def test_a_part_that_is_refused_takes_back_the_whole(self, words):
        found = proposed(words, words.new())
        bad = replace(found, assignee=replace(found.assignee, value="staff:9999"))
        with pytest.raises(Refused):
            take(words, bad)
        assert IssueStep.select().where(IssueStep.issue == found.issue_id).count() == 1

    def test_nobody_else_may(self, words):
        found = proposed(words, words.new())
        with pytest.raises(NotAllowed):
            take(words, found, R.NEIGHBOURHOOD_OFFICER)


class TestTheQueue:
    def test_flagged_ones_first_then_who_waited_longest_and_none_of_another_area(self, cases):
        first, second = cases.new(), cases.new()
        flagged = cases.new(flags="beyond_neighbourhood")
        cases.new(cases.district.elsewhere, unit=str(cases.district.units[3]))
        cases.in_state(S.OPENED)
        duty = cases[R.DUTY_OFFICER]
        assert triage_queue.queue(duty, (), 9) == [flagged, first, second]
        assert triage_queue.queue(duty, (flagged, first), 2) == [second]
        assert triage_queue.remaining(duty) == 3
        assert triage_queue.remaining(duty, 2) == 2
        assert triage_queue.queue(cases[R.NEIGHBOURHOOD_OFFICER], (), 9) == []

    def test_what_it_may_be_the_same_as_came_before_it(self, cases):
        older = cases.new()
        issue_id = cases.new(summary="3号楼楼道又堆放旧家具")
        duty = cases[R.DUTY_OFFICER]
        assert [each.key for each in triage_queue.card(duty, issue_id).likely] == [older]
        assert triage_queue.card(duty, older).likely == ()

    def test_what_somebody_did_meanwhile_is_told(self, cases):
        issue_id = cases.new()
        duty, version = cases[R.DUTY_OFFICER], Issue.get_by_id(issue_id).version
        assert triage_queue.meanwhile(duty, issue_id, version).said == ""
        cases.do("open", issue_id, R.AREA_CHIEF)
        since = triage_queue.meanwhile(duty, issue_id, version)
        assert since.said.startswith("片区长甲刚对") and since.said.endswith("现在是待派单")
        assert not since.waits

    def test_a_card_masks_who_raised_it(self, cases):
        card = triage_queue.card(cases[R.DUTY_OFFICER], cases.new())
        assert "王小明" not in repr(card) and "13800001234" not in repr(card)


def test_most_of_the_demos_waiting_cases_get_a_whole_proposal(demo_url, tmp_path):
    copy = tmp_path / "demo.db"
    shutil.copy(sqlite_path(demo_url), copy)
    connect(f"sqlite:///{copy}")
    try:
        duty = sign_on(None, "测试")
        found = [each.proposal for each in triage_queue.cards(duty, (), 30)]
        assert len(found) == 30
        assert sum(bool(each.way) for each in found) >= 24
        assert all(proposals.take(duty, each, str(uuid4())).state is not S.REPORTED for each in found)
    finally:
        database.close()
