"""Everybody does whatever the menus offer, for weeks: nothing is ever wrong with the database."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest

from dutydesk.models import Issue, Request
from dutydesk.rules import decisions, issue_acts, on_behalf
from dutydesk.rules.checking import check
from dutydesk.rules.errors import Refused
from dutydesk.rules.steps import Proxy
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import RequestState, Role, State

R, S = Role, State
DOERS = (R.DUTY_OFFICER, R.AREA_CHIEF, R.HANDLER, R.NEIGHBOURHOOD_OFFICER, R.LIAISON, R.COORDINATOR)


class Walk:
    """One person after another, drawn by lot, does one act that the menu offers."""

    def __init__(self, cases, seed: int) -> None:
        self.cases, self.rng = cases, Random(seed)

    def register(self) -> None:
        cases, soon = self.cases, datetime.now(CHINA) + timedelta(days=5)
        kinds = (
            {},
            {"reporter_name": "", "reporter_phone": ""},
            {"source": "hotline", "source_number": "H", "source_due": soon},
            {"category": str(cases.building)},
            {"category": str(cases.rubbish), "solved": True, "on_the_spot": "清走"},
        )
        cases.new(**self.rng.choice(kinds))

    def step(self) -> None:
        issue = self.rng.choice(list(Issue.select()))
        way = self.rng.choices((self.act, self.enter, self.decide, self.answer), (70, 15, 10, 5))[0]
        with suppress(Refused):  # the menu offers it; what was filled in may still be wrong
            way(issue)

    def act(self, issue: Issue) -> None:
        role = self.rng.choice(DOERS)
        offered = [choice.act for choice in issue_acts.menu(self.cases[role], issue.id) if not choice.refusal]
        if offered:
            act = self.rng.choice(offered)
            self.cases.do(act, issue.id, role, **self.drawn(act))

    def drawn(self, act: str) -> dict[str, str]:
        whom = ("force:safety", "force:party", "department:1", "staff:4", f"partner:{self.cases.partner()}")
        other = self.rng.choice(list(Issue.select())).number
        category = str(self.rng.choice((self.cases.fire, self.cases.rubbish, self.cases.building)))
        return {
            "assign": {"assignee": self.rng.choice(whom)},
            "reassign": {"assignee": self.rng.choice(whom)},
            "send_down": {"ground": "consent", "consent_by": "张书记"},
            "merge": {"target": other},
            "recategorise": {"category": category},
            "feedback": {"satisfied": self.rng.choice(("yes", "no"))},
        }.get(act, {})

    def enter(self, issue: Issue) -> None:
        duty = self.cases[R.DUTY_OFFICER]
        offered = issue_acts.proxy_menu(duty, issue.id)
        speakers = issue_acts.speakers(duty, issue.id)
        if offered and speakers:
            speaker = self.rng.choice(speakers)
            staff_id = None if speaker.value == issue_acts.NO_ACCOUNT else int(speaker.value)
            proxy = Proxy(staff_id, speaker.title, "phone", datetime.now(CHINA))
            self.cases.do(self.rng.choice(offered).act, issue.id, duty, proxy=proxy)

    def decide(self, _issue: Issue) -> None:
        pending = list(Request.select().where(Request.state == RequestState.PENDING))
        if pending:
            request, yes = self.rng.choice(pending), self.rng.random() < 0.7
            issue_acts.decide(self.cases[R.AREA_CHIEF], request.id, yes, "按期办", str(uuid4()))

    def answer(self, _issue: Issue) -> None:
        handler = self.cases[R.HANDLER]
        keys = [entry.key for entry in decisions.proxies_to_answer(handler)]
        on_behalf.answer_proxies(handler, keys, self.rng.random() < 0.7, "不是这样", str(uuid4()))


@pytest.mark.parametrize("seed", [1, 9])
def test_whatever_the_menus_offer_leaves_nothing_wrong(cases, seed):
    walk = Walk(cases, seed)
    for number in range(240):
        if number < 5 or number % 20 == 0:
            walk.register()
        if number % 12 == 0:
            cases.clock.shift(timedelta(hours=walk.rng.randrange(1, 40)))
        walk.step()
    assert check() == []
    assert len({issue.state for issue in Issue.select()}) >= 5
    for issue in Issue.select().where(Issue.state == S.CLOSED, ~Issue.solved_on_spot):
        assert issue.checked_by_id not in (None, issue.handled_by_id)
        assert issue.outcome
        assert issue.feedback_text
        assert issue.level
