"""The agenda that drafts itself, what people do to it, and what it remembers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dutydesk.meeting_words import ItemKind, ItemState, MeetingState
from dutydesk.models import AgendaItem, Issue, Sponsorship
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.meetings import agenda, items, ways
from dutydesk.vocabulary import Role, State

pytestmark = pytest.mark.both
K = ItemKind


def kinds(found):
    return [line.kind for line in found.listed]


@pytest.fixture
def ledger(meet, cases):
    """Something of each kind in the area's ledger: late, soon late, sent back twice, beyond, three of one place."""
    made = {"late": cases.in_state(State.HANDLING), "soon": cases.in_state(State.HANDLING)}
    Issue.update(due_at=cases.row(made["late"]).opened_at - timedelta(days=3)).where(
        Issue.id == made["late"]
    ).execute()
    Issue.update(due_at=cases.row(made["soon"]).opened_at + timedelta(days=1)).where(
        Issue.id == made["soon"]
    ).execute()
    made["back"] = cases.in_state(State.OPENED)
    for _ in range(2):
        cases.do("assign", made["back"])
        cases.do("send_back", made["back"], Role.HANDLER)
    made["beyond"] = cases.new(flags="beyond_neighbourhood")
    made["rubbish"] = [
        cases.new(unit=str(meet.district.units[1]), category=str(cases.rubbish), summary=f"{n}号楼垃圾满溢")
        for n in range(3)
    ]
    return made


def test_it_is_drafted_by_weight_each_with_its_reason_and_case(meet, ledger):
    found = meet.draft(meet.new())
    assert kinds(found) == [K.ESCALATE, K.SENT_BACK, K.OVERDUE, K.CLUSTER, K.CLUSTER, K.DUE_SOON]
    by_kind = {line.kind: line for line in found.listed}
    assert [row.key for row in by_kind[K.OVERDUE].issues] == [ledger["late"]]
    assert by_kind[K.OVERDUE].why == "逾3天；处置中·公共安全力量"
    assert "退单2次" in by_kind[K.SENT_BACK].why
    assert "居民区难以协调" in by_kind[K.ESCALATE].why
    rubbish = next(line for line in found.listed if "垃圾满溢" in line.title)
    assert {row.key for row in rubbish.issues} == set(ledger["rubbish"])
    many = len(ledger["rubbish"])
    assert rubbish.title.endswith(f"垃圾满溢 {many}件")
    assert f"14天{many}件，再往前14天0件" in rubbish.why
    assert found.minutes == sum(line.minutes for line in found.listed) <= found.has
    assert found.worth == ""


def test_a_case_with_two_reasons_stands_there_once(meet, cases, ledger):
    cases.do("flag", ledger["late"], flags="beyond_neighbourhood")
    found = meet.draft(meet.new())
    mine = [line for line in found.listed if ledger["late"] in {row.key for row in line.issues}]
    own = [line for line in mine if line.kind is not K.CLUSTER]
    assert len(own) == 1 and own[0].kind is K.ESCALATE
    assert own[0].why == "居民区难以协调；逾3天；处置中·公共安全力量"


def test_drafting_again_keeps_what_people_did_and_brings_what_is_new(meet, cases, ledger):
    meeting_id = meet.new()
    first = meet.draft(meeting_id)
    meet.item(first.listed[1].id, "up")
    meet.item(first.listed[2].id, "cut", reason="已在办")
    meet.add(meeting_id, "消防演练安排")
    order = [line.id for line in meet.agenda(meeting_id).listed]
    assert [line.id for line in meet.draft(meeting_id).listed] == order
    another = cases.new(flags="beyond_neighbourhood", summary="占道经营反复")
    new = meet.draft(meeting_id)
    added = [line for line in new.listed if line.id not in order]
    assert [row.key for line in added for row in line.issues] == [another]
    assert [line.id for line in new.cut] == [first.listed[2].id]
    assert [line.id for line in new.listed if line.id in order] == order


def test_what_has_settled_itself_goes_what_was_added_stays(meet, cases):
    meeting_id, issue_id = meet.new(), cases.new(flags="beyond_neighbourhood")
    meet.add(meeting_id, "消防演练安排")
    assert len(meet.draft(meeting_id).listed) == 2
    cases.do("flag", issue_id, flags="")
    assert [line.kind for line in meet.draft(meeting_id).listed] == [K.ADDED]


def test_what_was_cut_or_not_reached_comes_again_with_that_mark(meet, cases, ledger):
    first = meet.new()
    drafted = meet.draft(first)
    meet.item(drafted.listed[0].id, "cut")
    meet.add(first, "电动车充电棚选址")
    meet.do("begin", first)
    meet.do("end", first)
    meet.cases.clock.shift(timedelta(days=7))
    second = meet.new()
    again = {line.title: line.mark for line in meet.draft(second).listed}
    assert again[drafted.listed[0].title] == "第2次列"
    assert again["电动车充电棚选址"] == "第2次列"
    meet.item(next(line.id for line in meet.agenda(second).listed if line.kind is K.ADDED), "cut")
    meet.do("skip", second)
    meet.cases.clock.shift(timedelta(days=7))
    third = {line.title: line.mark for line in meet.draft(meet.new()).listed}
    assert third["电动车充电棚选址"] == "第3次列", "a meeting that was called off loses nothing"


def test_a_closed_case_does_not_come_again(meet, cases, ledger):
    first = meet.new()
    meet.draft(first)
    meet.do("begin", first)
    meet.do("end", first)
    for act in ("report_done", "pass_check", "feedback", "close"):
        cases.do(act, ledger["late"])
    meet.cases.clock.shift(timedelta(days=7))
    seen = {
        row.key for line in meet.draft(meet.new()).listed for row in line.issues if line.kind is not K.CLUSTER
    }
    assert ledger["late"] not in seen and ledger["back"] in seen


def test_a_decision_not_done_comes_first_at_the_next_meeting(meet, cases, ledger):
    first = meet.new(MeetingState.RUNNING)
    meet.decide(first, issues="", what="摸清底数", due_on=date(2026, 11, 25))
    meet.do("end", first)
    meet.cases.clock.shift(timedelta(days=7))
    found = meet.draft(meet.new())
    assert found.listed[0].kind is K.DECISION
    assert found.listed[0].title == "公共安全力量：摸清底数"
    assert "过期6天" in found.listed[0].why


def test_one_whose_cases_are_all_closed_is_done_without_a_word(meet, cases):
    issue_id = cases.in_state(State.OPENED)
    first = meet.new(MeetingState.RUNNING)
    meet.decide(first, issues=cases.row(issue_id).number)
    meet.do("end", first)
    for act in ("take_up", "report_done", "pass_check", "feedback", "close"):
        cases.do(act, issue_id)
    meet.cases.clock.shift(timedelta(days=7))
    assert K.DECISION not in kinds(meet.draft(meet.new()))


def test_moving_it_does_not_lose_it(meet, ledger):
    meeting_id = meet.new()
    before = [line.id for line in meet.draft(meeting_id).listed]
    meet.do("move", meeting_id)
    assert [line.id for line in meet.agenda(meeting_id).listed] == before


def test_with_nothing_weighty_it_proposes_to_skip_or_to_join_the_neighbours(meet, cases):
    other, meeting_id = meet.neighbours(), meet.new()
    Sponsorship.create(
        holder_name="区领导", title="副区长", subdistrict=meet.district.subdistrict, project="加装电梯推进",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    found = meet.draft(meeting_id)
    assert kinds(found) == [K.KEY_WORK]
    assert "免开" in found.worth and "不算缺开" in found.worth
    assert [each.id for each in found.others] == [other]
    meet.add(meeting_id, "成员要议的事")
    assert meet.agenda(meeting_id).worth == "", "what a member brings is never too light"


def test_joined_to_the_neighbours_meeting_its_agenda_goes_along(meet, ledger):
    other, meeting_id = meet.neighbours(), meet.new()
    mine = meet.draft(meeting_id)
    ways.perform(meet.chief, meeting_id, "join", {"with_meeting": str(other), "reason": "事少"}, meet.act())
    theirs = agenda.agenda(meet.district.elsewhere, other)
    assert [line.title for line in theirs.listed] == [f"{line.title}（康健一片区）" for line in mine.listed]
    assert not any(line.issues for line in theirs.listed), "cases of another area are not shown by that"


class TestItems:
    @pytest.fixture
    def three(self, meet):
        meeting_id = meet.new()
        return meeting_id, [meet.add(meeting_id, title) for title in ("甲事", "乙事", "丙事")]

    def titles(self, meet, meeting_id):
        return [line.title for line in meet.agenda(meeting_id).listed]

    def test_they_are_moved_up_and_down(self, meet, three):
        meeting_id, (first, _, third) = three
        meet.item(third, "up")
        meet.item(first, "down")
        assert self.titles(meet, meeting_id) == ["丙事", "甲事", "乙事"]
        with pytest.raises(Refused, match="头上"):
            meet.item(third, "up")

    def test_merged_they_are_spoken_of_together_and_parted_again(self, meet, three):
        meeting_id, (first, second, _) = three
        long = meet.item_row(first).minutes
        meet.item(second, "merge")
        assert self.titles(meet, meeting_id) == ["甲事", "丙事"]
        assert meet.agenda(meeting_id).listed[0].with_it == ("乙事",)
        assert meet.item_row(first).minutes > long
        meet.item(second, "part")
        assert self.titles(meet, meeting_id) == ["甲事", "乙事", "丙事"]
        assert meet.item_row(first).minutes == long

    def test_with_the_item_those_merged_into_it_are_dealt_with(self, meet, three):
        meeting_id, (first, second, third) = three
        meet.item(second, "merge")
        meet.do("begin", meeting_id)
        meet.item(first, "discuss", outcome="同意")
        assert meet.item_row(second).state is ItemState.DISCUSSED
        meet.do("end", meeting_id)
        assert meet.item_row(third).state is ItemState.DEFERRED

    def test_a_case_is_added_by_its_id_and_only_once(self, meet, cases):
        meeting_id, issue_id = meet.new(), cases.new()
        item_id = meet.add(meeting_id, "", issue=str(issue_id))
        assert meet.item_row(item_id).title == "康健新村 3号楼楼道堆放旧家具"
        with pytest.raises(Refused, match="已经在议程上"):
            meet.add(meeting_id, "", issue=str(issue_id))

    def test_a_member_adds_but_does_not_arrange(self, meet, three):
        meeting_id, (first, *_) = three
        officer = meet[Role.NEIGHBOURHOOD_OFFICER]
        items.add(officer, meeting_id, {"title": "楼道照明"}, meet.act())
        assert self.titles(meet, meeting_id)[-1] == "楼道照明"
        with pytest.raises(NotAllowed):
            meet.item(first, "cut", officer)

    def test_a_cut_is_kept_apart_and_put_back(self, meet, three):
        meeting_id, (first, *_) = three
        meet.item(first, "cut", reason="材料不全")
        found = meet.agenda(meeting_id)
        assert [line.outcome for line in found.cut] == ["材料不全"]
        meet.item(first, "put_back")
        assert "甲事" in self.titles(meet, meeting_id)

    def test_the_same_act_twice_is_one(self, meet, three):
        meeting_id, _ = three
        act_id = meet.act()
        ids = {items.add(meet.duty, meeting_id, {"title": "丁事"}, act_id) for _ in range(2)}
        assert len(ids) == 1
        assert AgendaItem.select().where(AgendaItem.meeting == meeting_id).count() == 4


def test_merged_areas_are_looked_at_too(meet, cases):
    from dutydesk.models import Area

    gone = meet.district.areas[1]
    Issue.update(area=gone).where(Issue.id == cases.new(flags="beyond_neighbourhood")).execute()
    assert not meet.draft(meet.new()).listed
    Area.update(valid_to=date(2026, 11, 1), merged_into=meet.area).where(Area.id == gone).execute()
    assert kinds(meet.draft(meet.new())) == [K.ESCALATE]
