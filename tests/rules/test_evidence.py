"""What speaks for what: words of a text for a category, danger for an urgency, the past and the list for a handler."""

from __future__ import annotations

import pytest

from dutydesk.models import Category, Department, DutyItem, Issue
from dutydesk.rules import evidence
from dutydesk.rules.evidence import Likeness, Vocabulary
from dutydesk.vocabulary import Role, State, Urgency

R, S = Role, State


@pytest.fixture
def words(cases):
    for category, said in (
        (cases.fire, "楼道 堆放 堆物"),
        (cases.rubbish, "垃圾 楼道 垃圾桶"),
        (cases.building, "违建"),
    ):
        Category.update(words=said).where(Category.id == category).execute()
    return cases


def issue_of(cases, summary: str, **changes) -> Issue:
    return cases.row(cases.new(summary=summary, **changes))


def given(cases, assignee: str, many: int, **changes) -> None:
    for _ in range(many):
        cases.do("assign", cases.in_state(S.OPENED, **changes), assignee=assignee)


class TestTheText:
    def test_a_word_counts_its_characters_twice_in_the_summary_parted_among_those_that_have_it(self, words):
        found = evidence.likenesses(issue_of(words, "楼道堆放", detail="还有垃圾"))
        assert [(each.category.id, each.score, each.words) for each in found] == [
            (words.fire, 2 * 2 / 2 + 2 * 2, ("楼道", "堆放")),
            (words.rubbish, 2 * 2 / 2 + 2, ("垃圾", "楼道")),
        ]

    def test_a_word_inside_a_longer_one_is_not_counted_again(self, words):
        [found] = evidence.likenesses(issue_of(words, "垃圾桶倒了"))
        assert (found.words, found.score) == (("垃圾桶",), 6.0)

    @pytest.mark.parametrize("summary", ["灯不亮", "。", "楼 道 堆 放"])
    def test_a_text_without_their_words_speaks_for_none(self, words, summary):
        assert evidence.likenesses(issue_of(words, summary)) == []

    def test_a_category_out_of_use_is_spoken_for_no_more(self, words):
        issue = issue_of(words, "堆放")
        Category.update(active=False).where(Category.id == words.fire).execute()
        assert evidence.likenesses(issue) == []

    def test_who_asks_for_many_reads_the_words_once(self, words):
        known, issue = Vocabulary.read(), issue_of(words, "楼道堆放")
        Category.update(words="").execute()
        assert len(evidence.likenesses(issue, known)) == 2
        assert evidence.likenesses(issue) == []

    @pytest.mark.parametrize(
        ("score", "many", "own", "leaves"),
        [(8, 2, None, True), (7.9, 2, None, False), (8, 1, None, False), (9, 2, 3, True), (8.9, 2, 3, False)],
    )
    def test_it_speaks_plainly_from_the_tables_limits_on(self, score, many, own, leaves):
        best = Likeness(Category(), score, ("词",) * many)
        assert evidence.plainly(best, Likeness(Category(), own, ("词",)) if own else None) is leaves

    def test_a_reason_quotes_three_words_at_most(self):
        assert Likeness(Category(), 9, ("甲", "乙", "丙", "丁")).said == "“甲”、“乙”、“丙”"

    def test_the_category_stays_as_registered_and_says_why(self, words):
        issue = issue_of(words, "灯不亮")
        assert evidence.category_for(issue, []).reasons == ("登记时所定",)
        issue = issue_of(words, "楼道堆放")
        found = evidence.category_for(issue, evidence.likenesses(issue))
        assert (found.value.id, found.reasons) == (words.fire, ("登记时所定，文字里有“楼道”、“堆放”",))


class TestUrgency:
    @pytest.mark.parametrize(
        ("summary", "registered", "urgency"),
        [
            ("电梯困人", "normal", Urgency.CRITICAL),
            ("电梯困人", "critical", Urgency.CRITICAL),
            ("井盖缺失", "normal", Urgency.URGENT),
            ("井盖缺失", "critical", Urgency.CRITICAL),
            ("怕着火", "normal", Urgency.NORMAL),
            ("怕着火，已经着火", "normal", Urgency.CRITICAL),
            ("黄土裸露", "normal", Urgency.NORMAL),
        ],
    )
    def test_words_of_danger_raise_it_unless_they_are_harmless_there(
        self, cases, summary, registered, urgency
    ):
        found = evidence.urgency_for(issue_of(cases, summary, urgency=registered))
        assert found.value is urgency
        assert (found.reasons == ("登记时所定",)) is (urgency.value == registered)


class TestThePast:
    def test_who_took_more_than_half_of_enough(self, cases):
        issue, fire = issue_of(cases, "堆物"), Category.get_by_id(cases.fire)
        given(cases, "force:safety", 2)
        assert evidence.lately(issue, fire).usual is None, "two are too few"
        given(cases, "department:1", 2)
        assert evidence.lately(issue, fire).usual is None, "half is not more than half"
        given(cases, "department:1", 1)
        past = evidence.lately(issue, fire)
        assert past.usual == ("department:1", "社区管理办公室", 3)
        assert past.said == "近90天此类5件，3件由社区管理办公室、2件由公共安全力量办理"

    def test_nothing_was_taken_nothing_is_said(self, cases):
        past = evidence.lately(issue_of(cases, "堆物"), Category.get_by_id(cases.fire))
        assert (past.total, past.usual, past.said) == (0, None, "")

    def test_other_kinds_other_areas_and_what_is_long_ago_do_not_count(self, cases):
        given(cases, "force:safety", 3)
        cases.clock.shift(91 * 86_400)
        given(cases, "force:safety", 1, category=str(cases.rubbish))
        assert evidence.lately(issue_of(cases, "堆物"), Category.get_by_id(cases.fire)).total == 0

    def test_all_committees_count_as_one_and_it_is_that_of_the_place(self, cases):
        for unit in cases.district.units[:3]:
            cases.do("send_down", cases.in_state(S.OPENED, category=str(cases.rubbish), unit=str(unit)))
        issue = issue_of(cases, "垃圾", category=str(cases.rubbish), unit=str(cases.district.units[1]))
        assert evidence.lately(issue, issue.category).usual == (f"unit:{issue.unit_id}", "居委", 3)


class TestHandlers:
    def offered(self, cases, issue: Issue, borne_out: bool = False) -> list[tuple[str, tuple[str, ...]]]:
        return [
            (each.value.value, each.reasons)
            for each in evidence.handlers_for(issue, issue.category, borne_out)
        ]

    def test_nothing_speaks_for_anybody(self, cases):
        assert self.offered(cases, issue_of(cases, "堆物")) == []

    def test_the_force_of_the_category_where_the_text_bears_it_out(self, cases):
        assert self.offered(cases, issue_of(cases, "堆物"), True) == [
            ("force:safety", ("楼道堆物归口公共安全",))
        ]

    def test_the_rule_tables_word_comes_first_then_the_past_then_the_list_and_nobody_twice(self, cases):
        town = cases.district.subdistrict
        squad = Department.create(subdistrict=town, code="310104012-CGD", name="城管中队", kind="station")
        DutyItem.create(department=squad, category=cases.building, number="1", basis="查处违建")
        for _ in range(3):
            issue_id = cases.in_state(S.OPENED, category=str(cases.building))
            cases.do("assign", issue_id, R.AREA_CHIEF, assignee="department:2")
        found = self.offered(cases, issue_of(cases, "正在搭阳光房", category=str(cases.building)))
        assert [value for value, _ in found] == [
            f"department:{squad.id}", "department:2", "force:management", "department:1",
        ]  # fmt: skip
        assert found[0][1] == ("文字里有“正在搭”，正在搭建的先由城管执法中队到场制止",)
        assert found[1][1] == ("近90天此类3件，3件由区住房保障和房屋管理局办理",)
        assert found[3][1] == ("权责清单：科室职责第5条：违建处置",)

    def test_a_committee_that_no_list_names_is_not_offered_whatever_the_past(self, cases):
        for _ in range(3):
            issue_id = cases.in_state(S.OPENED)
            cases.do("send_down", issue_id, ground="consent", consent_by="张书记")
        assert "unit" not in str(self.offered(cases, issue_of(cases, "堆物")))
