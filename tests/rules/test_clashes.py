"""Two people on one case: what the other has changed since it was read, beside what was typed here."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dutydesk.models import Issue, Request
from dutydesk.rules import issue_acts, undo
from dutydesk.rules.clashes import since
from dutydesk.rules.errors import Stale
from dutydesk.vocabulary import Role, State

R, S = Role, State


class TestBothVersions:
    """A stale act carries what differs, beside what was typed."""

    def stale(self, cases, issue_id, act, version, **fields):
        with pytest.raises(Stale) as refused:
            cases.do(act, issue_id, R.DUTY_OFFICER, version=version, **fields)
        assert refused.value.version == cases.row(issue_id).version
        return {clash.label: clash for clash in refused.value.clashes}

    def test_what_it_was_what_it_is_by_whom_and_what_was_typed(self, cases):
        issue_id = cases.new()
        cases.do("amend", issue_id, R.AREA_CHIEF, summary="4号楼楼道堆放旧家具", spot="底层")
        cases.do("recategorise", issue_id, R.AREA_CHIEF, urgency="urgent")
        found = self.stale(cases, issue_id, "amend", 1, summary="3号楼楼道堆放旧家具和纸箱", spot="")
        assert set(found) == {"问题", "具体位置", "类别", "紧急程度"}
        text = found["问题"]
        assert (text.was, text.now) == ("3号楼楼道堆放旧家具", "4号楼楼道堆放旧家具")
        assert (text.field, text.typed, text.own) == ("summary", "3号楼楼道堆放旧家具和纸箱", True)
        assert text.by.startswith("片区长甲")
        assert (found["具体位置"].own, found["具体位置"].value) == (False, "底层")
        assert (found["类别"].was, found["类别"].now, found["类别"].field) == ("楼道堆物", "垃圾满溢", "")

    def test_typed_the_same_there_is_nothing_to_decide(self, cases):
        issue_id = cases.new()
        cases.do("recategorise", issue_id, R.AREA_CHIEF, urgency="urgent")
        found = self.stale(cases, issue_id, "recategorise", 1, urgency="urgent", category=str(cases.building))
        assert not found["紧急程度"].own
        assert found["类别"].own and found["类别"].typed == "违法搭建"

    def test_what_was_changed_back_differs_no_more(self, cases):
        issue_id = cases.new()
        cases.do("recategorise", issue_id, R.AREA_CHIEF, urgency="urgent", category=str(cases.fire))
        cases.do("recategorise", issue_id, R.AREA_CHIEF, urgency="normal", category=str(cases.fire))
        assert self.stale(cases, issue_id, "note", 1) == {}

    def test_the_chiefs_word_is_on_what_was_read_too(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        cases.do("ask_pause", issue_id)
        read = cases.row(issue_id).version
        cases.do("note", issue_id, R.DUTY_OFFICER, text="配件今天到了")
        with pytest.raises(Stale, match="配件今天到了"):
            issue_acts.decide(cases[R.AREA_CHIEF], Request.get().id, True, "", str(uuid4()), version=read)

    def test_a_stale_act_writes_nothing(self, cases):
        issue_id = cases.new()
        cases.do("note", issue_id, R.AREA_CHIEF)
        written = cases.written()
        self.stale(cases, issue_id, "amend", 1, summary="别的写法")
        assert cases.written() == written


def differs(issue_id: int, version: int, typed=None):
    return {clash.label: clash for clash in since(Issue.get_by_id(issue_id), version, typed)}


class TestWhatIsSaid:
    def test_nothing_has_changed_since_the_version_that_was_read(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        assert since(cases.row(issue_id), cases.row(issue_id).version) == ()

    def test_only_what_came_after_that_version(self, cases):
        issue_id = cases.new()
        cases.do("amend", issue_id, R.AREA_CHIEF, spot="底层")
        read = cases.row(issue_id).version
        cases.do("flag", issue_id, R.AREA_CHIEF, flags="strongly_felt")
        found = differs(issue_id, read)
        assert {label: (clash.was, clash.now) for label, clash in found.items()} == {
            "群众反映强烈": ("否", "是")
        }

    def test_columns_that_nobody_would_know_are_not_told(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        found = differs(issue_id, 1)
        assert set(found) == {"状态", "承办", "期限"}
        assert (found["状态"].was, found["状态"].now) == ("待立案", "待处置")
        assert (found["期限"].was, found["期限"].now) == ("（空）", "12月1日 18:00")

    def test_who_has_it_is_told_with_what_the_field_would_hold(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        read = cases.row(issue_id).version
        cases.do("reassign", issue_id, R.AREA_CHIEF, assignee="force:service")
        clash = differs(issue_id, read, {"assignee": "force:management"})["承办"]
        assert (clash.was, clash.now, clash.field) == ("公共安全力量", "公共服务力量", "assignee")
        assert (clash.typed, clash.value, clash.own) == ("force:management", "force:service", True)
        assert not differs(issue_id, read, {"assignee": "force:service"})["承办"].own

    def test_the_main_case_is_told_by_its_number_and_telephones_are_masked(self, cases):
        main, issue_id = cases.new(), cases.new()
        cases.do("amend", issue_id, R.AREA_CHIEF, summary="楼道堆物，打13912345678")
        cases.do("merge", issue_id, R.AREA_CHIEF, target=cases.row(main).number)
        found = differs(issue_id, 1, {"summary": "楼道堆物"})
        assert (found["并入"].was, found["并入"].now) == ("（空）", cases.row(main).number)
        assert found["问题"].now == found["问题"].value == "楼道堆物，打139******78"
        assert "13912345678" not in str(found)

    def test_who_did_it_last_is_named_and_what_was_taken_back_differs_no_more(self, cases):
        issue_id = cases.new()
        cases.do("flag", issue_id, R.DUTY_OFFICER, flags="strongly_felt")
        cases.do("flag", issue_id, R.AREA_CHIEF, flags="strongly_felt beyond_neighbourhood")
        assert differs(issue_id, 1)["居民区难以协调"].by.startswith("片区长甲 ")
        chief = cases[R.AREA_CHIEF]
        undo.undo(chief, undo.last(chief).act_id, str(uuid4()))
        assert set(differs(issue_id, 1)) == {"群众反映强烈"}

    @pytest.mark.parametrize("category", ["", "99", "²", "x"])
    def test_a_field_that_holds_no_row_is_empty(self, cases, category):
        issue_id = cases.new()
        cases.do("recategorise", issue_id, R.AREA_CHIEF)
        clash = differs(issue_id, 1, {"category": category})["类别"]
        assert (clash.typed, clash.value) == ("（空）", str(cases.rubbish))
