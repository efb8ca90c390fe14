"""代录: what was told by word, telephone or paper; confirmed in bulk, or objected to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from dutydesk.models import AuditValues, ProxyEntry, Request, Staff
from dutydesk.rules import checking, decisions, issue_acts, on_behalf
from dutydesk.rules.case import case_sheet
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.lifecycle import WAYS
from dutydesk.rules.steps import Proxy
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import ProxyState, RequestState, Role, State

R, S = Role, State


def enter(cases, act: str, issue_id: int, role: Role = R.HANDLER, **changes):
    proxy = changes.pop("proxy", None) or cases.told_by(role)
    return cases.do(act, issue_id, R.DUTY_OFFICER, proxy=proxy, **changes)


class TestEntering:
    def test_it_is_the_handlers_step_written_by_who_sits_here(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        cases.clock.shift(7200)
        told = datetime.now(CHINA) - timedelta(minutes=45)
        enter(cases, "take_up", issue_id, proxy=cases.told_by(R.HANDLER, told))
        row, step = cases.row(issue_id), cases.last(issue_id)
        assert (row.state, row.handler_id) == (S.HANDLING, cases[R.HANDLER].staff_id)
        assert (step.staff_id, step.staff_name, step.role) == (1, "值班员甲", "duty_officer")
        assert (step.occurred_at, step.recorded_at) == (told, datetime.now(CHINA))
        assert step.text == "代处置人员甲录入（电话）"
        (entry,) = ProxyEntry.select()
        assert (entry.staff_id, entry.person_name, entry.told_at) == (4, "处置人员甲", told)
        assert (entry.entered_by_id, entry.state) == (1, ProxyState.PENDING)
        (line,) = [line for line in case_sheet(cases[R.DUTY_OFFICER], issue_id).story if line.proxy]
        assert line.entered_later
        assert line.proxy == "11月24日 11:15电话告知，待本人确认"
        assert '"proxy"' in AuditValues.select().order_by(AuditValues.entry.desc()).first().content
        assert checking.check() == []

    def test_who_has_it_is_offered_with_number_and_name(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        duty = cases[R.DUTY_OFFICER]
        assert [(each.value, each.title) for each in issue_acts.speakers(duty, issue_id)] == [
            ("4", "处置人员甲")
        ]
        assert issue_acts.speakers(duty, issue_id, "D03") and not issue_acts.speakers(duty, issue_id, "D04")
        for role in (R.LIAISON, R.NEIGHBOURHOOD_OFFICER):
            with_them = cases.in_hands(role, S.ASSIGNED)
            staff_id = str(cases[role].staff_id)
            assert [each.value for each in issue_acts.speakers(duty, with_them)] == [staff_id]
        person = cases.in_state(S.OPENED)
        cases.do("assign", person, assignee="staff:4")
        assert [each.value for each in issue_acts.speakers(duty, person)] == ["4"]

    def test_the_name_is_the_staffs_own_whatever_the_screen_says(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        enter(cases, "take_up", issue_id, proxy=replace(cases.told_by(R.HANDLER), person_name="别人"))
        assert ProxyEntry.get().person_name == "处置人员甲"

    @pytest.mark.parametrize("act", [way.act for way in WAYS if not way.proxied])
    def test_what_is_the_desks_own_is_not_entered_for_others(self, cases, act):
        state = next(state for state in State if any(way.act == act and state in way.frm for way in WAYS))
        with pytest.raises(NotAllowed, match="不能代录"):
            enter(cases, act, cases.for_act(act, state))

    def test_only_for_who_has_it_in_hand(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        for role in (R.LIAISON, R.NEIGHBOURHOOD_OFFICER, R.SUPERVISOR):
            with pytest.raises(Refused, match=r"不在.*手上") as refused:
                enter(cases, "take_up", issue_id, role)
            assert refused.value.field == "on_behalf"

    def test_only_what_that_person_may_do(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        with pytest.raises(Refused, match="岗位不能上报片区") as refused:
            enter(cases, "pass_up", issue_id)
        assert refused.value.field == "on_behalf"

    @pytest.mark.parametrize("staff_id", [None, 0, 999])
    def test_somebody_must_be_named(self, cases, staff_id):
        proxy = Proxy(staff_id, "某人", "phone", datetime.now(CHINA))
        with pytest.raises(Refused, match="请选是谁告诉您的"):
            enter(cases, "take_up", cases.in_state(S.ASSIGNED), proxy=proxy)

    def test_it_was_told_neither_in_the_future_nor_before_the_case_was_given(self, cases):
        cases.clock.shift(30)
        issue_id = cases.in_state(S.ASSIGNED)
        now = datetime.now(CHINA)
        for minutes, message in ((1, "不能在将来"), (-1, "不能更早")):
            told = cases.told_by(R.HANDLER, now.replace(second=0) + timedelta(minutes=minutes))
            with pytest.raises(Refused, match=message) as refused:
                enter(cases, "take_up", issue_id, proxy=told)
            assert refused.value.field == "told_at"
        enter(cases, "take_up", issue_id, proxy=cases.told_by(R.HANDLER, now.replace(second=0)))

    def test_who_may_not_enter_for_others_does_not(self, cases):
        issue_id = cases.in_state(S.ASSIGNED)
        with pytest.raises(NotAllowed, match="不能代录"):
            cases.do("take_up", issue_id, R.NEIGHBOURHOOD_OFFICER, proxy=cases.told_by(R.HANDLER))
        assert issue_acts.proxy_menu(cases[R.NEIGHBOURHOOD_OFFICER], issue_id) == []

    def test_each_line_of_its_menu_can_be_done(self, cases):
        for role in (R.HANDLER, R.LIAISON, R.NEIGHBOURHOOD_OFFICER):
            for state in (S.ASSIGNED, S.HANDLING):
                issue_id = cases.in_hands(role, state)
                offered = [choice.act for choice in issue_acts.proxy_menu(cases[R.DUTY_OFFICER], issue_id)]
                assert ("pass_up" in offered) == (role is R.NEIGHBOURHOOD_OFFICER)
                for act in offered:
                    enter(cases, act, cases.in_hands(role, state), role)


class TestTheChiefsWord:
    """The chief answered by telephone: it is entered, and the chief confirms it later."""

    def asked(self, cases) -> int:
        cases.do("ask_pause", cases.in_state(S.HANDLING))
        return Request.get().id

    def decide(self, cases, request_id: int, who: Role, proxy: Proxy, approve: bool = True, text: str = ""):
        return issue_acts.decide(cases[who], request_id, approve, text, str(uuid4()), proxy)

    def test_it_is_done_as_if_the_chief_had(self, cases):
        request = self.asked(cases)
        cases.clock.shift(600)
        done = self.decide(cases, request, R.DUTY_OFFICER, cases.told_by(R.AREA_CHIEF))
        row = Request.get_by_id(request)
        assert (done.state, row.state, row.decided_by_id) == (S.PAUSED, RequestState.APPROVED, 3)
        step = cases.last(done.issue_id)
        assert (step.staff_name, step.text.split("：")[0]) == ("值班员甲", "代片区长甲录入（电话）")
        (waiting,) = decisions.proxies_to_answer(cases[R.AREA_CHIEF])
        assert waiting.number == done.number

    def test_so_is_a_no(self, cases):
        request = self.asked(cases)
        done = self.decide(cases, request, R.DUTY_OFFICER, cases.told_by(R.AREA_CHIEF), False, "按期办")
        assert (done.state, done.said) == (S.HANDLING, "代片区长甲录入（电话）：不同意缓办：按期办")
        assert ProxyEntry.select().count() == 1

    def test_nobody_elses_word_is_the_chiefs(self, cases):
        request = self.asked(cases)
        for role in (R.HANDLER, R.DUTY_OFFICER, R.COORDINATOR):
            with pytest.raises(NotAllowed):
                self.decide(cases, request, R.DUTY_OFFICER, cases.told_by(role))
        with pytest.raises(Refused, match="哪位片区长"):
            self.decide(cases, request, R.DUTY_OFFICER, Proxy(None, "某人", "phone", datetime.now(CHINA)))
        with pytest.raises(NotAllowed):
            self.decide(cases, request, R.HANDLER, cases.told_by(R.AREA_CHIEF))
        other = cases.hire("C9", R.AREA_CHIEF, area=cases.district.areas[1])
        with pytest.raises(NotAllowed):
            told = Proxy(other.staff_id, other.name, "phone", datetime.now(CHINA))
            self.decide(cases, request, R.DUTY_OFFICER, told)

    def test_nor_was_it_given_before_it_was_asked_for_or_in_the_future(self, cases):
        request, now = self.asked(cases), datetime.now(CHINA)
        for minutes in (-1, 1):
            with pytest.raises(Refused) as refused:
                told = cases.told_by(R.AREA_CHIEF, now + timedelta(minutes=minutes))
                self.decide(cases, request, R.DUTY_OFFICER, told)
            assert refused.value.field == "told_at"
        assert Request.get_by_id(request).state is RequestState.PENDING


class TestAnswering:
    def entered(self, cases, many: int = 3) -> list[int]:
        for _ in range(many):
            enter(cases, "take_up", cases.in_state(S.ASSIGNED))
        return [entry.key for entry in decisions.proxies_to_answer(cases[R.HANDLER])]

    def answer(
        self, cases, ids: list[int], confirm: bool = True, said: str = "", who: Role = R.HANDLER, **more
    ):
        return on_behalf.answer_proxies(cases[who], ids, confirm, said, more.get("act_id") or str(uuid4()))

    def test_all_are_confirmed_in_one_act(self, cases):
        ids, written = self.entered(cases), cases.written()
        assert self.answer(cases, ids) == 3
        assert {entry.state for entry in ProxyEntry.select()} == {ProxyState.CONFIRMED}
        assert cases.written()["Act"] == written["Act"] + 1
        assert cases.written()["AuditEntry"] == written["AuditEntry"] + 1
        assert decisions.proxies_to_answer(cases[R.HANDLER]) == []
        assert cases.story(1)[-1] == "confirm_proxy"
        assert checking.check() == []

    def test_an_objection_stands_in_the_story_and_takes_no_step_back(self, cases):
        (key,) = self.entered(cases, 1)
        with pytest.raises(Refused) as refused:
            self.answer(cases, [key], confirm=False)
        assert refused.value.field == "objection"
        self.answer(cases, [key], confirm=False, said="我没有说过，请打13911112222问")
        assert cases.row(1).state is S.HANDLING
        assert cases.last(1).text.startswith("对代录有异议：我没有说过")
        story = case_sheet(cases[R.DUTY_OFFICER], 1).story
        assert "本人有异议：我没有说过" in story[-2].proxy
        assert "13911112222" not in str(story)

    def test_only_the_person_concerned_answers_and_only_once(self, cases):
        ids = self.entered(cases)
        assert self.answer(cases, ids, who=R.AREA_CHIEF) == 0
        assert self.answer(cases, ids[:1]) == 1
        assert self.answer(cases, ids) == 2
        assert self.answer(cases, ids) == 0

    def test_the_same_answer_again_says_the_same_and_writes_nothing(self, cases):
        ids, act_id = self.entered(cases), str(uuid4())
        assert self.answer(cases, ids, act_id=act_id) == 3
        written = cases.written()
        assert self.answer(cases, ids, act_id=act_id) == 3
        assert cases.written() == written

    def test_a_partner_without_account_has_nobody_to_confirm(self, cases):
        issue_id = cases.in_state(S.OPENED)
        cases.do("assign", issue_id, assignee=f"partner:{cases.partner()}")
        enter(cases, "take_up", issue_id, proxy=Proxy(None, "康健物业", "chat", datetime.now(CHINA)))
        entry = ProxyEntry.get()
        assert (entry.staff_id, entry.state) == (None, ProxyState.CONFIRMED)

    def test_who_has_left_speaks_no_more(self, cases):
        issue_id = cases.in_state(S.HANDLING)
        Staff.update(active=False).where(Staff.id == 4).execute()
        with pytest.raises(Refused, match="岗位不能报完成"):
            enter(cases, "report_done", issue_id)
