"""The views on digits: made for each role, own ones named and kept per person."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from dutydesk.models import AuditEntry, SavedView
from dutydesk.rules import ledger, views
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.questions import Filters, Question, as_json, from_json
from dutydesk.vocabulary import Role, State

R, S = Role, State
WAITING = Question("all", Filters(state="review,feedback", place="unit:1"), "电梯", "deadline")


def new() -> str:
    return str(uuid4())


def names(session) -> list[str]:
    return [entry.name for entry in views.for_session(session)]


class TestMade:
    @pytest.mark.parametrize("role", [role for role in Role if role not in (R.AUDITOR, R.ADMINISTRATOR)])
    def test_each_role_that_reads_cases_has_views_that_can_be_read(self, cases, role):
        entries = views.for_session(cases[role])
        assert len({entry.key for entry in entries}) == len(entries) >= 5
        for entry in entries:
            assert ledger.after(cases[role], entry.question, None, 5).rows == []

    @pytest.mark.parametrize("role", [R.AUDITOR, R.ADMINISTRATOR])
    def test_who_reads_no_cases_has_none(self, cases, role):
        assert views.for_session(cases[role]) == []

    def test_what_is_in_hand_comes_first_for_those_who_do_it(self, cases):
        for role in (R.HANDLER, R.LIAISON, R.NEIGHBOURHOOD_OFFICER):
            assert names(cases[role])[0] == "在我手上"
        assert names(cases[R.DUTY_OFFICER])[:4] == ["全部未结", "待立案", "今日到期", "逾期"]
        assert {"群众反映强烈", "居民区难以协调"} < set(names(cases[R.DUTY_OFFICER])[:9])

    def test_who_looks_the_pool_through_has_it_by_its_dates(self, cases):
        days = (date(2026, 12, 20), date(2026, 12, 4), date(2026, 12, 11))
        later, first, between = (cases.in_state(S.ASSIGNED) for _ in days)
        for act, issue_id, day in zip(("pool", "pool", "pause"), (later, first, between), days, strict=True):
            cases.do(act, issue_id, until=day)
        assert names(cases[R.AREA_CHIEF])[6] == "缓办、挂账按日期"
        for role in (R.AREA_CHIEF, R.DUTY_OFFICER):
            assert "缓办、挂账按日期" in names(cases[role])
            assert ledger.ids(cases[role], "pool", 9) == [first, between, later]
        cases.do("look_again", first, R.DUTY_OFFICER, until=date(2026, 12, 30))
        cases.do("resume", later, R.DUTY_OFFICER)
        assert ledger.ids(cases[R.AREA_CHIEF], "pool", 9) == [between, first]

    def test_each_made_view_is_a_view(self):
        assert {key for keys in views.MADE.values() for key in keys} <= set(views.VIEWS)


class TestOwn:
    def test_it_is_kept_with_all_that_it_asks_for_for_this_person_alone(self, cases):
        duty = cases[R.DUTY_OFFICER]
        entry = views.save(duty, " 康健新村在等的 ", WAITING, new())
        assert (entry.name, entry.question, entry.own) == ("康健新村在等的", WAITING, True)
        assert views.for_session(duty)[-1] == entry
        assert "康健新村在等的" not in names(cases[R.AREA_CHIEF])

    def test_what_a_later_program_kept_is_read_as_far_as_it_is_known(self):
        assert from_json('{"view":"all","filters":{"state":"review","mood":"bad"}}').filters == Filters(
            state="review"
        )
        assert as_json(Question()) == '{"view": "open"}'

    def test_saved_under_the_same_name_it_takes_the_place_of_the_older(self, cases):
        duty = cases[R.DUTY_OFFICER]
        first = views.save(duty, "在等的", WAITING, new())
        again = views.save(duty, "在等的", Question("closed"), new())
        assert (again.id, again.question) == (first.id, Question("closed"))

    def test_each_change_is_an_act_with_its_audit_and_a_repeated_one_is_done_once(self, cases):
        duty, acts = cases[R.DUTY_OFFICER], [new() for _ in range(4)]
        before = AuditEntry.select().count()
        for _try in range(2):
            entry = views.save(duty, "在等的", WAITING, acts[0])
            views.rename(duty, entry.id, "等着的", acts[1]) if _try == 0 else None
            if _try == 0:
                views.rename(duty, entry.id, "在等的", acts[2])
        views.remove(duty, entry.id, acts[3])
        views.remove(duty, entry.id, acts[3])
        assert not SavedView.select().exists()
        names = [row.name for row in AuditEntry.select().order_by(AuditEntry.id)][before:]
        assert names == ["view.save", "view.rename", "view.rename", "view.remove"]

    def test_put_on_a_digit_it_stands_there_and_another_on_the_same_makes_it_move(self, cases):
        duty = cases[R.DUTY_OFFICER]
        one, two = (views.save(duty, name, WAITING, new()) for name in ("甲", "乙"))
        views.place(duty, one.id, 2, new())
        assert names(duty)[1] == "甲"
        views.place(duty, two.id, 2, new())
        assert names(duty)[1] == "乙"
        assert names(duty)[-1] == "甲"
        views.place(duty, two.id, 0, new())
        assert names(duty)[-2:] == ["甲", "乙"]

    def test_what_is_refused(self, cases):
        duty = cases[R.DUTY_OFFICER]
        one, _two = (views.save(duty, name, WAITING, new()) for name in ("甲", "乙"))
        for name in ("", "　", "全部未结"):
            with pytest.raises(Refused):
                views.save(duty, name, WAITING, new())
        with pytest.raises(Refused, match="已有叫"):
            views.rename(duty, one.id, "乙", new())
        with pytest.raises(Refused, match="1 至 9"):
            views.place(duty, one.id, 10, new())
        for change in (views.rename, views.place):
            with pytest.raises(Refused, match="已经删去"):
                change(cases[R.AREA_CHIEF], one.id, "丙" if change is views.rename else 1, new())
        with pytest.raises(NotAllowed):
            views.save(cases[R.ADMINISTRATOR], "甲", WAITING, new())
        for number in range(views.MOST_OWN - 2):
            views.save(duty, f"第{number}个", WAITING, new())
        with pytest.raises(Refused, match="最多"):
            views.save(duty, "又一个", WAITING, new())
