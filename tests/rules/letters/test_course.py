"""A letter's course: agreement, follow-up, raising, closing, rating; what the issues' stories say of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dutydesk.letter_words import Ground, InvitedState, LetterState, Part
from dutydesk.models import AuditEntry, Invited, Letter, LetterNumber, OfficeSetting
from dutydesk.rules.case import case_sheet
from dutydesk.rules.checking import check
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.letters import acting, agreement, raising, rating
from dutydesk.rules.letters.closing import parties
from dutydesk.rules.letters.of_issue import letters_of_issue
from dutydesk.rules.letters.sheet import letter_sheet
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State

R, L, D, S = Role, LetterState, InvitedState, State


@pytest.mark.both
def test_from_a_stuck_issue_to_the_departments_and_back_to_closing(letters):
    """Two issues, three departments: one comes, one refuses, one is silent; raised, agreed, closed with the look on site."""
    first = letters.cases.in_state(S.REVIEW)
    second = letters.cases.in_state(S.OPENED, summary="5号楼同样")
    letter_id = letters.walk(
        letters.draft(first, second, department_3=str(letters.third())), ("propose", "check", "sign")
    )
    letters.do("deliver", letter_id, department=letters.third())
    letters.do("come", letter_id)
    letters.do("refuse", letter_id, R.DEPARTMENT_HEAD, department=letters.bureau)
    letters.cases.clock.move_to(datetime(2026, 12, 2, 10, 0, tzinfo=CHINA))
    assert raising.grounds(letters.row(letter_id), datetime.now(CHINA)) == [*Ground]
    letters.do("raise", letter_id, ground="silence")
    letters.walk(letter_id, ("raise_agree", "accept", "convene"))
    bureau = letters.line(letter_id, letters.bureau)
    letters.do("name_lead", letter_id, invited=str(bureau.id))
    letters.do("agree", letter_id, R.DISTRICT_COORDINATOR, invited=str(bureau.id), part="lead")
    letters.do("agree", letter_id, part="support", due_on=date(2026, 12, 12))
    letters.do("fulfil", letter_id, department=letters.bureau)
    letters.do("fulfil", letter_id)
    letters.do("propose_close", letter_id, R.DUTY_OFFICER)
    letters.do("consent", letter_id)
    letters.do("consent", letter_id, R.DEPARTMENT_HEAD, department=letters.bureau)
    letters.do("close_agree", letter_id, R.AREA_CHIEF, found="楼道已清空")
    done = letters.do("close_agree", letter_id, R.COORDINATOR)
    assert done.state is L.CLOSED
    assert letters.cases.row(first).state is S.FEEDBACK  # checked with the area's agreement
    assert letters.cases.row(second).state is S.OPENED  # goes on by its own rules
    letters.cases.do("feedback", first)
    letters.cases.do("close", first)
    number = letters.row(letter_id).number
    told = letters.told(first)
    assert [line.split("商定")[0] for line in told][:1] == [
        f"拟约请函约请社区管理办公室、区住房保障和房屋管理局、水务站：{letters.row(letter_id).subject}"
    ]
    assert f"{number}办结：已清理，物业接手维护" in told
    assert check() == []


def test_an_issue_sees_every_letter_that_it_was_ever_in(letters):
    issue_id = letters.cases.in_state(S.OPENED)
    old = letters.walk(letters.draft(issue_id), ("propose", "check", "sign"))
    letters.do("reissue", old, reason="门牌写错")
    letters.draft(issue_id)
    found = letters_of_issue(issue_id)
    assert len(found) == 3
    assert "已重发" in found[-1].said
    sheet = case_sheet(letters[R.DUTY_OFFICER], issue_id)
    assert [name for name, _ in sheet.facts].count("约请") == 1
    assert any(line.what == "条块约请" for line in sheet.story)


def test_only_one_department_leads(letters):
    letter_id = letters.in_state(L.DOING)
    bureau = letters.line(letter_id, letters.bureau)
    with pytest.raises(Refused, match="已由社区管理办公室牵头"):
        letters.do("agree", letter_id, invited=str(bureau.id), part="lead")
    assert agreement.next_one(letters.row(letter_id))["part"] == Part.SUPPORT.value
    letters.do("agree", letter_id, invited=str(bureau.id), part="support")
    assert [each.part for each in agreement.promises_of(letters.row(letter_id))] == [Part.LEAD, Part.SUPPORT]


def test_a_promise_is_told_to_the_issue_and_its_day_is_not_over(letters):
    letter_id = letters.in_state(L.OUT)
    with pytest.raises(Refused) as refused:
        letters.do("agree", letter_id, due_on=date(2026, 11, 23))
    assert refused.value.field == "due_on"
    letters.do("agree", letter_id, what="清理楼道")
    (issue,) = [row.issue_id for row in letters.row(letter_id).issues]
    assert letters.told(issue)[-1] == "徐康办约〔2026〕1号商定，社区管理办公室牵头：清理楼道，12月10日前"


def test_several_promises_are_fulfilled_one_by_one(letters):
    letter_id = letters.in_state(L.DOING)
    letters.do("agree", letter_id, part="support", what="装监控")
    first, second = agreement.promises_of(letters.row(letter_id))
    letters.do("fulfil", letter_id, promise=str(first.id))
    assert letters.line(letter_id).state is D.PROMISED
    letters.do("fulfil", letter_id, promise=str(second.id))
    assert letters.line(letter_id).state is D.DONE
    letters.do("not_done", letter_id, reason="监控没有通电")
    assert [each.what for each in agreement.undone(letters.row(letter_id))] == ["装监控"]


class TestUrging:
    def urged(self, letter_id: int) -> list[int]:
        return [
            each.urges for each in Invited.select().where(Invited.letter == letter_id).order_by(Invited.id)
        ]

    def test_those_who_owe_an_answer_are_urged_and_nobody_else(self, letters):
        letter_id = letters.in_state(L.OUT)
        letters.walk(letter_id, ("office:come",))
        letters.do("urge", letter_id, text="请尽快答复", invited="")
        assert self.urged(letter_id) == [0, 1]

    def test_where_nobody_owes_anything_it_is_said(self, letters):
        letter_id = letters.in_state(L.TALKS)
        with pytest.raises(Refused, match="没有部门欠着"):
            letters.do("urge", letter_id, text="请尽快答复", invited="")
        assert self.urged(letter_id) == [0, 0]


class TestRaising:
    def test_the_ground_must_be_there(self, letters):
        letter_id = letters.in_state(L.OUT)
        for ground in ("refusal", "silence"):
            with pytest.raises(Refused) as refused:
                letters.do("raise", letter_id, ground=ground)
            assert refused.value.field == "ground"

    def test_where_the_office_has_it_so_it_goes_straight_to_the_district(self, letters):
        OfficeSetting.create(key="letter_raise_through_town", value="false", valid_from=date(2026, 1, 1))
        letter_id = letters.in_state(L.OUT)
        assert letters.do("raise", letter_id).state is L.RAISED

    @pytest.mark.parametrize("state", [L.OUT, L.TALKS, L.DOING])
    def test_returned_it_stands_where_it_stood(self, letters, state):
        letter_id = letters.in_state(state)
        letters.walk(letter_id, ("raise", "raise_agree", "accept"))
        assert letters.do("give_back", letter_id, reason="先由街镇再协调一次").state is state


class TestClosing:
    def test_it_needs_every_party(self, letters):
        letter_id = letters.in_state(L.CLOSING)
        assert [(each.name, each.agreed) for each in parties(letters.row(letter_id))] == [
            ("片区", True),
            ("社区管理办公室", False),
            ("街镇", False),
        ]
        letters.do("consent", letter_id)
        assert letters.do("close_agree", letter_id, R.COORDINATOR).state is L.CLOSED

    def test_the_department_may_be_the_last_to_agree(self, letters):
        letter_id = letters.in_state(L.CLOSING)
        letters.do("close_agree", letter_id, R.COORDINATOR)
        assert letters.do("consent", letter_id).state is L.CLOSED
        assert letters.line(letter_id).state is D.ENDED

    def test_what_is_not_done_is_named_and_needs_a_reason(self, letters):
        letter_id = letters.in_state(L.DOING)
        with pytest.raises(Refused) as refused:
            letters.do("propose_close", letter_id, outcome="大部分完成")
        assert refused.value.field == "undone"
        assert letters.do("propose_close", letter_id, undone="明年大修一并做").state is L.CLOSING

    def test_an_objection_takes_all_agreements_back(self, letters):
        letter_id = letters.in_state(L.CLOSING)
        assert letters.do("object", letter_id, reason="费用没有着落").state is L.DOING
        assert letters.row(letter_id).area_agreed_at is None

    def test_where_the_office_asks_nobody_else_the_chief_closes(self, letters):
        OfficeSetting.create(key="letter_closing", value='["area"]', valid_from=date(2026, 1, 1))
        letter_id = letters.walk(letters.in_state(L.DOING), ("office:fulfil",))
        assert letters.do("propose_close", letter_id).state is L.CLOSED

    def test_who_handled_an_issue_does_not_check_it_by_closing(self, letters):
        issue_id = letters.cases.in_state(S.REVIEW, summary="自己办的")
        letter_id = letters.walk(
            letters.draft(issue_id), ("propose", "check", "sign", "office:come", "agree:office")
        )
        issue = letters.cases.row(issue_id)
        issue.handled_by_id = letters[R.AREA_CHIEF].staff_id
        issue.save()
        letters.walk(letter_id, ("office:fulfil",))
        letters.do("propose_close", letter_id, R.DUTY_OFFICER)
        letters.do("close_agree", letter_id, R.AREA_CHIEF, found="看过了")
        assert letters.cases.row(issue_id).state is S.REVIEW


class TestRating:
    def test_it_counts_after_the_department_had_its_say(self, letters):
        letter_id = letters.in_state(L.CLOSED)
        letters.do("rate", letter_id, score="poor", text="来晚了")
        now = datetime.now(CHINA)
        assert not rating.counts(letters.line(letter_id), now)
        letters.do("say", letter_id, text="当天有抢险")
        assert rating.counts(letters.line(letter_id), now)
        assert "部门：当天有抢险" in letter_sheet(letters[R.SUPERVISOR], letter_id).lines[0].said

    def test_it_counts_when_the_time_for_that_is_over(self, letters):
        letter_id = letters.in_state(L.CLOSED)
        letters.do("rate", letter_id)
        line = letters.line(letter_id)
        assert line.say_until == datetime(2026, 12, 1, 18, 0, tzinfo=CHINA)
        assert rating.counts(line, line.say_until + timedelta(minutes=1))

    def test_a_bad_one_says_why(self, letters):
        letter_id = letters.in_state(L.CLOSED)
        with pytest.raises(Refused) as refused:
            letters.do("rate", letter_id, score="poor")
        assert refused.value.field == "text"


def test_a_reissued_letter_begins_anew_with_the_same_departments_and_issues(letters):
    letter_id = letters.in_state(L.OUT)
    letters.do("refuse", letter_id)
    letters.do("free", letter_id)
    letters.do("reissue", letter_id, reason="门牌写错")
    new = Letter.get(Letter.replaces == letter_id)
    assert (new.state, new.number) == (L.DRAFT, "")
    assert [each.department_id for each in new.invited] == [letters.bureau]
    assert [row.issue_id for row in new.issues] == [row.issue_id for row in letters.row(letter_id).issues]
    assert LetterNumber.get().void_reason == "重发：门牌写错"
    letters.walk(new.id, ("propose", "check", "sign"))
    assert letters.row(new.id).number == "徐康办约〔2026〕2号"


def test_what_is_out_is_taken_back_by_the_chief_or_the_town_not_by_who_drafted(letters):
    letter_id = letters.in_state(L.OUT)
    with pytest.raises(NotAllowed):
        letters.do("withdraw", letter_id, R.DUTY_OFFICER)
    letters.do("withdraw", letter_id, R.COORDINATOR, reason="已经办好了")
    assert {each.state for each in letters.row(letter_id).invited} == {D.FREED}


def test_the_chain_is_the_offices_own(letters):
    OfficeSetting.create(
        key="letter_chain",
        value='{"letter": ["signatory"], "slip": [], "call": []}',
        valid_from=date(2026, 1, 1),
    )
    letter_id = letters.draft()
    assert letters.do("submit", letter_id).state is L.SIGNING
    assert letters.do("sign", letter_id).state is L.OUT


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [({"department_1": "", "department_2": ""}, "约请哪些部门"), ({"kind": "slip"}, "要用约请函")],
)
def test_what_lacks_is_said_before_anybody_is_asked_to_sign(letters, changes, lacking):
    letter_id = letters.draft(**changes)
    choice = next(each for each in acting.menu(letters[R.AREA_CHIEF], letter_id) if each.act == "propose")
    assert lacking in choice.refusal
    with pytest.raises(Refused, match=lacking):
        letters.do("propose", letter_id)


def test_every_act_leaves_one_audit_entry(letters):
    before = AuditEntry.select().count()
    letter_id = letters.in_state(L.CLOSED)
    names = [row.name for row in AuditEntry.select().order_by(AuditEntry.id).offset(before)]
    of_letters = [name for name in names if name.startswith("letter.")]
    assert of_letters == [f"letter.{name}" for name in letters.story(letter_id)]
