"""权责清单 searched by pinyin, what is on nobody's list, and the questions about it: asked, answered, collected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dutydesk.models import AuditEntry, DutyItem, DutyQuestion, Subdistrict
from dutydesk.rules import duty_questions
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.vocabulary import Role, State
from tests.rules.eyes import TODAY, audited, last_values, new_act

pytestmark = pytest.mark.both
R = Role


class TestDuties:
    def test_found_by_pinyin_of_the_category_and_of_the_department(self, cases):
        session = cases[R.DUTY_OFFICER]
        assert [row.owner for row in duty_questions.duties(session, "wfdj")] == ["社区管理办公室"]
        assert [row.category for row in duty_questions.duties(session, "sqgl")] == ["市容秩序·违法搭建"]
        assert [row.owner for row in duty_questions.duties(session, "ljmy")] == ["各居委"]
        assert duty_questions.duties(session, "wfdj ljmy") == []

    def test_what_shares_two_characters_is_offered_where_nothing_has_the_words(self, cases):
        session = cases[R.DUTY_OFFICER]
        assert duty_questions.duties(session, "违法经营") == []
        assert [row.category for row in duty_questions.alike(session, "违法经营")] == ["市容秩序·违法搭建"]
        both = [row.category for row in duty_questions.alike(session, "垃圾违法搭")]
        assert both[0] == "市容秩序·违法搭建", "two pairs are liker than one"
        assert len(both) == 2
        for words in ("鳄鱼", "法", "wfjy", "100%"):
            assert duty_questions.alike(session, words) == [], words

    def test_what_is_on_nobodys_list_is_named_and_a_question_is_collected_and_answered(self, cases, keeper):
        officer = cases[R.DUTY_OFFICER]
        assert duty_questions.on_nobodys_list(officer) == ["消防安全·楼道堆物"]
        act_id = new_act()
        for _twice in range(2):
            duty_questions.ask(officer, "围墙倒了归谁修", cases.fire, act_id)
        [asked] = duty_questions.questions(officer)
        assert (asked.question, asked.category, asked.asked_by, asked.answered_by) == (
            "围墙倒了归谁修",
            "楼道堆物",
            "值班员甲",
            "",
        )
        with pytest.raises(NotAllowed):
            duty_questions.answer(officer, asked.key, "由房管所办", "", new_act())
        office = cases.district.departments[0]
        duty_questions.answer(keeper, asked.key, "由社区管理办先行处置", office, new_act())
        [answered] = duty_questions.questions(officer)
        assert (answered.answered_by, answered.department) == ("街镇协调员甲", "社区管理办公室")
        with pytest.raises(NotAllowed):
            duty_questions.ask(cases[R.AUDITOR], "谁来管这件事", "", new_act())

    def test_a_case_sent_back_because_the_list_is_silent_is_collected_too(self, cases, keeper):
        case = cases.in_hands(R.HANDLER, State.ASSIGNED)
        cases.do("send_back", case, R.HANDLER, basis="none", reason="不归消防，请打13800001234")
        [collected] = duty_questions.questions(keeper)
        assert collected.question.startswith("楼道堆物归谁管？2026-000001 公共安全力量退单：不归消防")
        assert "13800001234" not in collected.question

    def test_found_by_the_words_of_a_clause_and_several_words_narrow_each_other(self, cases):
        session = cases[R.DUTY_OFFICER]
        assert [row.says for row in duty_questions.duties(session, "环境卫生")] == [
            "居委清单第3条：环境卫生日常巡查"
        ]
        assert len(duty_questions.duties(session, "违法 sqgl")) == 1
        assert duty_questions.duties(session, "没有这样的词") == []
        assert len(duty_questions.duties(session)) == 2

    def test_of_a_department_only_its_own_and_only_what_holds_today(self, cases):
        session, (office, bureau) = cases[R.DUTY_OFFICER], cases.district.departments
        assert [row.owner for row in duty_questions.duties(session, "", office)] == ["社区管理办公室"]
        assert duty_questions.duties(session, "", bureau) == []
        DutyItem.update(valid_to=TODAY - timedelta(days=1)).where(DutyItem.department == office).execute()
        assert duty_questions.duties(session, "", office) == []
        assert "市容秩序·违法搭建" in duty_questions.on_nobodys_list(session)

    def test_what_is_too_short_or_not_there_is_refused_and_nothing_written(self, cases, keeper):
        written = cases.written()
        with pytest.raises(Refused) as refused:
            duty_questions.ask(cases[R.DUTY_OFFICER], "归谁", "", new_act())
        assert refused.value.field == "question"
        with pytest.raises(Refused) as refused:
            duty_questions.answer(keeper, 999, "由房管所办", "", new_act())
        assert refused.value.field == "answer"
        assert cases.written() == written
        assert DutyQuestion.select().count() == 0

    def test_what_waits_stands_first_and_an_answer_is_audited_once(self, cases, keeper):
        officer = cases[R.DUTY_OFFICER]
        for question in ("围墙倒了归谁修", "河道里的树归谁砍"):
            duty_questions.ask(officer, question, "", new_act())
        first = DutyQuestion.get(DutyQuestion.question == "河道里的树归谁砍")
        entries, act_id = AuditEntry.select().count(), new_act()
        for _twice in range(2):
            duty_questions.answer(keeper, first.id, "由河长办", "", act_id)
        assert AuditEntry.select().count() == entries + 1
        assert "由河长办" in last_values()
        assert [row.question for row in duty_questions.questions(officer)] == [
            "围墙倒了归谁修",
            "河道里的树归谁砍",
        ]
        audited()

    def test_another_subdistricts_questions_are_not_shown_nor_answered(self, cases, keeper):
        district = Subdistrict.get_by_id(cases.district.subdistrict).district
        other = Subdistrict.create(district=district, code="X", name="徐家汇街道", short_name="徐家汇")
        duty_questions.ask(cases[R.DUTY_OFFICER], "围墙倒了归谁修", "", new_act())
        DutyQuestion.update(subdistrict=other).execute()
        assert duty_questions.questions(keeper) == []
        assert len(duty_questions.questions(cases[R.SUPERVISOR])) == 1
        with pytest.raises(NotAllowed, match="不在您的街镇"):
            duty_questions.answer(keeper, DutyQuestion.get().id, "由房管所办", "", new_act())
