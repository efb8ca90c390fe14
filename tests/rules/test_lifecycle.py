"""The life cycle's table: each way works as it says, from its states only, with what it demands, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutydesk.forms.base import check
from dutydesk.forms.handling import FORMS, form_of
from dutydesk.models import Act, AuditEntry, AuditValues, Deadline
from dutydesk.rules.errors import Refused
from dutydesk.rules.lifecycle import BY_ACT, REMEMBERED, SAME, STEP_NAMES, WAYS, ways_from
from dutydesk.rules.steps import CONDITIONS, EFFECTS
from dutydesk.vocabulary import ENDED, Role, State

EVERY_WAY = [
    pytest.param(way.act, state, id=f"{way.act}-{state.value}") for way in WAYS for state in sorted(way.frm)
]
EVERY_DEMAND = [pytest.param(way.act, name, id=f"{way.act}-{name}") for way in WAYS for name in way.demands]


def is_chinese(message: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in message)


@pytest.mark.parametrize(("act", "state"), EVERY_WAY)
def test_each_way_leads_where_the_table_says(cases, act, state):
    way, issue_id = BY_ACT[act], cases.for_act(act, state)
    fields = cases.filled(act)
    before, written = cases.row(issue_id), cases.written()
    assert before.state is state

    done = cases.do(act, issue_id, **fields)

    after = cases.row(issue_id)
    to = {SAME: state, REMEMBERED: before.returns_to}.get(way.to, way.to)
    assert (after.state, done.state) == (to, to)
    assert after.is_open is (to not in ENDED)
    assert (after.version, done.version) == (before.version + 1, before.version + 1)
    step = cases.last(issue_id)
    assert (step.name, step.from_state, step.to_state, step.act.name) == (act, state, to, f"issue.{act}")
    assert step.text == done.said
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.act, entry.subject) == (step.act_id, f"issue {after.number}")
    assert after.number in AuditValues.get_by_id(entry.id).content
    now = cases.written()
    assert now["Act"] == written["Act"] + 1
    assert now["AuditEntry"] == written["AuditEntry"] + 1


def test_from_every_other_state_each_act_is_refused_and_nothing_is_written(cases):
    everywhere = {state: cases.in_state(state) for state in State}
    fields = {act: cases.filled(act) for act in BY_ACT}
    written = cases.written()
    for act, way in BY_ACT.items():
        for state in set(State) - way.frm:
            with pytest.raises(Refused, match=r"[\u4e00-\u9fff]"):
                cases.do(act, everywhere[state], **fields[act])
            assert cases.written() == written, (act, state)


@pytest.mark.parametrize(("act", "name"), EVERY_DEMAND)
def test_a_demand_left_empty_is_refused_beside_its_field_and_nothing_is_written(cases, act, name):
    issue_id = cases.for_act(act, sorted(BY_ACT[act].frm)[0])
    fields = cases.filled(act)
    written = cases.written()
    with pytest.raises(Refused) as refused:
        cases.do(act, issue_id, **{**fields, name: None})
    assert refused.value.field == name
    assert is_chinese(refused.value.message)
    assert cases.written() == written


@pytest.mark.parametrize("act", [way.act for way in WAYS])
def test_form_and_table_ask_for_the_same(act):
    way, form = BY_ACT[act], form_of(act)
    required = {name for name, field in form.model_fields.items() if field.is_required()}
    assert required == set(way.demands)
    assert set(form.model_fields) == {*way.demands, *way.asks}


@pytest.mark.parametrize(("act", "name"), EVERY_DEMAND)
def test_the_form_says_beside_the_field_that_it_is_missing(cases, act, name):
    filled = cases.filled(act)
    form, messages = check(form_of(act), filled)
    assert form is not None, messages
    form, messages = check(form_of(act), {**filled, name: ""})
    assert form is None
    assert is_chinese(messages[name])


def test_no_form_stands_for_an_act_that_is_not_there():
    assert set(FORMS) <= set(BY_ACT)
    assert set(EFFECTS) == set(BY_ACT), "every way has its effect, and no effect is without a way"
    assert set(CONDITIONS) <= set(BY_ACT)


def test_acts_have_one_way_each_and_a_chinese_name_of_their_own():
    assert len(BY_ACT) == len(WAYS)
    names = [way.name for way in WAYS]
    assert len(set(names)) == len(names)
    assert all(is_chinese(name) for name in STEP_NAMES.values())
    assert all(is_chinese(way.hint) and way.who and way.frm for way in WAYS)


def onward(state: State) -> set[State]:
    """The states to which a state's ways lead; what remembers leads back to any that can be left for it."""
    found: set[State] = set()
    for way in ways_from(state):
        if way.to == REMEMBERED:
            found |= {origin for origin in State if any(w.to is state for w in ways_from(origin))}
        elif way.to != SAME:
            found.add(State(way.to))
    return found


def test_every_state_is_reached_from_a_registration():
    reached, edge = {State.REPORTED}, {State.REPORTED}
    while edge:
        edge = {to for state in edge for to in onward(state)} - reached
        reached |= edge
    assert reached == set(State)


def test_from_every_state_a_case_can_come_to_its_end():
    """No dead ends but the ends, and even those have a way back."""
    for start in State:
        seen, edge = {start}, {start}
        while edge:
            edge = {to for state in edge for to in onward(state)} - seen
            seen |= edge
        assert State.CLOSED in seen, start


def test_what_is_remembered_was_remembered_by_the_way_there():
    """Whoever may set aside or merge may come back to each state that it came from."""
    for way in WAYS:
        if way.to in (State.PAUSED, State.POOLED, State.MERGED):
            back = [w for w in ways_from(State(way.to)) if w.to == REMEMBERED]
            assert back, way.act


def test_only_an_open_case_has_a_running_deadline_behind_it(cases):
    issue_id = cases.in_state(State.CLOSED)
    row = cases.row(issue_id)
    current = Deadline.get(Deadline.issue == issue_id, Deadline.phase == "completion", Deadline.current)
    assert row.due_at == current.due_at
    assert not row.is_open


def test_the_page_of_the_life_cycle_is_up_to_date():
    root = Path(__file__).parents[2]
    page = (root / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    import runpy

    made = runpy.run_path(str(root / "scripts" / "lifecycle_page.py"))["page"]()
    assert page == made, "请运行 .venv/bin/python scripts/lifecycle_page.py"


def test_each_role_of_the_table_has_somebody_who_may(cases):
    assert {role for way in WAYS for role in way.who} <= set(Role)
    assert Act.select().count() == 0
