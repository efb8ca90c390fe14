"""What departments answer, in whose words, and what the area says to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import DutyItem, DutyQuestion, LetterProxy, OfficeSetting
from dutydesk.rules.errors import NotAllowed, Refused, Stale
from dutydesk.rules.letters import acting, answers, standing_in
from dutydesk.rules.letters.life import INVITED_ACT
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import ProxyState, Role

R, L, D = Role, LetterState, InvitedState


@pytest.fixture
def out(letters):
    """A letter that both departments have."""
    return letters.in_state(L.OUT)


def test_each_department_has_its_own_life(letters, out):
    letters.do("come", out, attendee="科室老李")
    letters.do("refuse", out, R.DEPARTMENT_HEAD, department=letters.bureau, reason="不是我们的")
    lines = {each.department_id: each.state for each in letters.row(out).invited}
    assert lines == {letters.office: D.COMING, letters.bureau: D.REFUSED}
    assert letters.row(out).state is L.OUT  # a refusal waits for the area's word


def test_when_nobodys_answer_is_open_the_letter_waits_for_the_talks(letters, out):
    letters.do("come", out)
    letters.do("refuse", out, R.DEPARTMENT_HEAD, department=letters.bureau)
    assert letters.do("free", out, department=letters.bureau).state is L.TALKS
    assert letters.do("invite", out).state is L.OUT


def test_a_liaisons_answer_waits_for_the_head_where_the_office_has_it_so(letters, out):
    done = letters.do(
        "refuse", out, letters.bureaus_liaison, department=letters.bureau, reason="属区绿化市容局"
    )
    line = letters.line(out, letters.bureau)
    assert (line.state, line.answer) == (D.DRAFTED, None)
    assert "待负责人审发" in done.said
    letters.do("release", out, R.DEPARTMENT_HEAD, department=letters.bureau, note="同意")
    line = letters.line(out, letters.bureau)
    assert (line.state, line.text, line.refusals) == (D.REFUSED, "属区绿化市容局", 1)
    assert "（同意）" in letters.last(out).text


def test_where_heads_do_not_release_the_liaisons_answer_counts(letters, out):
    OfficeSetting.create(key="letter_head_releases", value="[]", valid_from=date(2026, 1, 1))
    letters.do("come", out, letters.bureaus_liaison, department=letters.bureau)
    assert letters.line(out, letters.bureau).state is D.COMING


def test_a_head_hands_back_a_draft_with_what_to_change(letters, out):
    letters.do("come", out, department=letters.bureau)
    letters.do("hand_back", out, department=letters.bureau, reason="请换分管的去")
    line = letters.line(out, letters.bureau)
    assert (line.state, line.drafted) == (D.RECEIVED, "")


def test_one_department_does_not_answer_for_another(letters, out):
    with pytest.raises(NotAllowed):
        letters.do("come", out, R.LIAISON, department=letters.bureau)
    with pytest.raises(NotAllowed):
        letters.do("come", out, R.AREA_CHIEF)


def test_a_refusal_names_its_basis_and_who_instead(letters, out):
    fire = letters.cases.fire
    item = DutyItem.create(department=letters.bureau, category=fire, basis="楼道公共部位管理", number="第7条")
    bases = answers.refusal_bases(letters[R.LIAISON], letters.line(out).id)
    assert [each.value for each in bases] == [f"item:{item.id}", "none"]
    letters.do("refuse", out, basis=f"item:{item.id}", reason="清单写明由房管局管")
    line = letters.line(out)
    assert line.basis == "第7条 楼道公共部位管理（区住房保障和房屋管理局）"
    assert line.instead_id == letters.bureau


def test_what_is_on_nobodys_list_is_collected(letters, out):
    letters.do("refuse", out, basis="none", reason="清单里没有这一项")
    assert "不属职责：清单里没有这一项" in DutyQuestion.get().question


@pytest.mark.parametrize(
    ("act", "changes", "field"),
    [
        ("come", {"attendee": ""}, "attendee"),
        ("move", {"time": None}, "time"),
        ("move", {"time": datetime(2026, 11, 20, tzinfo=CHINA)}, "time"),
        ("move", {"reason": ""}, "reason"),
        ("refuse", {"basis": "item:99"}, "basis"),
        ("refuse", {"basis": ""}, "basis"),
        ("refuse", {"reason": ""}, "reason"),
        ("write", {"text": ""}, "text"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_written(letters, out, act, changes, field):
    before = letters.story(out)
    with pytest.raises(Refused) as refused:
        letters.do(act, out, **changes)
    assert refused.value.field == field
    assert (letters.story(out), letters.line(out).state) == (before, D.SENT)


def test_agreeing_to_another_time_moves_the_talks_for_everybody_who_comes(letters, out):
    letters.do("come", out)
    letters.do("move", out, R.DEPARTMENT_HEAD, department=letters.bureau)
    moved = letters.line(out, letters.bureau).time
    letters.do("agree_time", out, department=letters.bureau)
    assert letters.row(out).meeting_at == moved == letters.line(out).time


def test_an_insisted_answer_has_a_new_limit(letters, out):
    was = letters.line(out).answer_due_at
    letters.do("refuse", out)
    letters.cases.clock.shift(timedelta(days=1))
    letters.do("insist", out, reason="清单第5条写明了")
    line = letters.line(out)
    assert line.state is D.RECEIVED
    assert line.answer_due_at > was


def test_silence_is_worked_out_from_working_days(letters, out):
    """Three working days after Tuesday are over on Friday at six."""
    line = letters.line(out)
    assert line.answer_due_at == datetime(2026, 11, 27, 18, 0, tzinfo=CHINA)
    assert not answers.is_silent(line, datetime(2026, 11, 27, 18, 0, tzinfo=CHINA))
    assert answers.is_silent(line, datetime(2026, 11, 27, 18, 1, tzinfo=CHINA))


class TestStandingIn:
    """代录."""

    def test_an_answer_by_telephone_is_entered_and_waits_for_a_word(self, letters, out):
        letters.cases.clock.shift(timedelta(minutes=5))
        letters.do("come", out, R.DUTY_OFFICER, proxy=letters.told_by(R.LIAISON), attendee="科室老李")
        step = letters.last(out)
        assert step.text.startswith("代部门联络员甲录入（电话）：社区管理办公室应约")
        assert step.staff_name == letters[R.DUTY_OFFICER].name
        assert letters.line(out).state is D.COMING
        (entry,) = standing_in.waiting(letters[R.LIAISON])
        assert standing_in.answer(letters[R.LIAISON], [entry.key], False, "我说的是书面答复", "object") == 1
        assert LetterProxy.get().state is ProxyState.OBJECTED
        assert letters.last(out).text == "我说的是书面答复"
        assert standing_in.waiting(letters[R.LIAISON]) == []

    def test_a_department_without_account_is_heard_through_the_area(self, letters, out):
        letters.do("invite", out)
        third = letters.third()
        assert letters.line(out, third).state is D.LISTED
        letters.do("deliver", out, department=third)
        letters.cases.clock.shift(timedelta(minutes=5))
        letters.do("come", out, R.DUTY_OFFICER, department=third, proxy=letters.told_by(None))
        assert letters.line(out, third).state is D.COMING
        assert LetterProxy.get().state is ProxyState.CONFIRMED

    def test_it_cannot_be_told_before_it_was_delivered_or_in_the_future(self, letters, out):
        for hours in (-2, 2):
            at = datetime.now(CHINA) + timedelta(hours=hours)
            with pytest.raises(Refused) as refused:
                letters.do("come", out, R.DUTY_OFFICER, proxy=letters.told_by(R.LIAISON, at))
            assert refused.value.field == "told_at"

    def test_not_for_another_departments_person_nor_by_who_may_not(self, letters, out):
        letters.cases.clock.shift(timedelta(minutes=5))
        with pytest.raises(Refused, match="请选该部门的人"):
            letters.do(
                "come", out, R.DUTY_OFFICER, department=letters.bureau, proxy=letters.told_by(R.LIAISON)
            )
        with pytest.raises(NotAllowed):
            letters.do("come", out, R.SIGNATORY, proxy=letters.told_by(R.LIAISON))

    def test_the_menu_offers_what_may_be_told(self, letters, out):
        choices = acting.invited_menu(letters[R.DUTY_OFFICER], letters.line(out).id)
        told = [each.act for each in choices if each.for_others]
        assert told == ["come", "move", "refuse", "write", "receive"]
        assert all(INVITED_ACT[act].proxied for act in told)


def test_who_answers_on_an_old_line_is_told_who_was_first(letters, out):
    version = letters.line(out).version
    letters.do("receive", out, version=version)
    with pytest.raises(Stale, match="已先一步签收"):
        letters.do("come", out, version=version)
