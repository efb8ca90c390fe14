"""Triage as the demo tells it; mirrors `rules/triage`."""

from __future__ import annotations

from functools import partial
from typing import Any

from dutydesk.demo.case import Case, Told
from dutydesk.demo.people import Person
from dutydesk.demo.stories import URGENCIES, Teller, act, dumped

_OPEN = ("reported", "opened", "assigned", "handling", "review", "feedback")


@act("open")
def _open(teller: Teller, case: Case) -> None:
    case.opened_at = case.at
    teller.start_deadlines(case, case.at, case.contact is not None)
    case.tell("open", teller.officer(case), to="opened")


@act("reject")
def _reject(teller: Teller, case: Case) -> None:
    case.closed_at = case.at
    case.tell("reject", teller.officer(case), teller.words.step("reject"), "void")


@act("reconsider")
def _reconsider(teller: Teller, case: Case) -> None:
    case.closed_at = None
    case.tell("reconsider", case.team.chief, teller.words.step("reconsider"), "reported")


@act("merge")
def _merge(teller: Teller, case: Case) -> None:
    main = case.main
    if main is None or case.at < main.reported_at or main.state_at(case.at) not in _OPEN:
        return
    officer = teller.officer(case)
    case.returns_to, case.merged_into, case.closed_at = case.state, main.id, case.at
    case.tell(
        "merge", officer, f"并入 {main.number}：{teller.words.step('merge', number=main.number)}", "merged"
    )
    place = sum(step.at <= case.at for step in main.steps)
    state = main.steps[place - 1].to
    text = f"{case.number} 并入：{case.summary}"
    main.steps.insert(place, Told("merged_in", state, state, officer, text, "{}", case.at, case.at))
    main.version += 1
    main.changed_at = max(main.changed_at, case.at)
    for step in main.steps[place + 1 :]:
        if step.name == "feedback":
            said = f"随主案 {main.number} 反馈：{step.text}"
        elif step.name == "close":
            said = f"主案 {main.number} 已销项"
        elif step.name == "reject":
            said = f"主案 {main.number} 不予立案：{step.text}"
        else:
            continue
        case.later.append((step.at, partial(_follow, case, step.person, said)))
    case.later.sort(key=lambda pair: pair[0])


def _follow(case: Case, person: Person, said: str) -> None:
    if case.state == "merged":
        at = case.at
        case.steps.append(Told("follow_main", "merged", "merged", person, said, "{}", at, at))


@act("unmerge")
def _unmerge(teller: Teller, case: Case) -> None:
    assert case.main is not None
    text = f"不再并入 {case.main.number}：{teller.words.step('unmerge')}"
    to, case.returns_to, case.merged_into, case.closed_at = case.returns_to, None, None, None
    case.tell("unmerge", teller.officer(case), text, to)


@act("recategorise")
def _recategorise(teller: Teller, case: Case) -> None:
    was = case.urgency
    case.urgency = "normal" if was == "urgent" else "urgent"
    label = URGENCIES[case.urgency]
    reason = next(text for text in teller.words.steps["recategorise"] if label in text)
    if case.state == "opened" and case.opened_at:
        teller.start_deadlines(case, case.opened_at, case.contact is not None)
    name = case.kind.name
    case.tell("recategorise", teller.officer(case), f"{name}·{URGENCIES[was]} 改为 {name}·{label}：{reason}")


@act("amend")
def _amend(teller: Teller, case: Case) -> None:
    was, more = case.detail, teller.words.step("amend")
    case.detail = f"{was}{more}"
    text = f"补充说明“{_short(was)}”改为“{_short(case.detail)}”。现场又看了一遍"
    case.tell("amend", teller.on_the_ground(case), text)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


@act("flag")
def _flag(teller: Teller, case: Case) -> None:
    if teller.rng.random() < 0.6 or case.beyond_neighbourhood:
        case.strongly_felt = True
    else:
        case.beyond_neighbourhood = True
    marks = ((case.strongly_felt, "群众反映强烈"), (case.beyond_neighbourhood, "居民区难以协调"))
    case.tell("flag", teller.on_the_ground(case), "标记：" + "、".join(name for on, name in marks if on))


@act("assign")
def _assign(teller: Teller, case: Case) -> None:
    _give(teller, case, teller.choose(case), None)


def _give(teller: Teller, case: Case, found: Any, granted: str | None) -> None:
    person = teller.officer(case) if case.kind.delegated and granted is None else case.team.chief
    teller.give(case, found)
    case.assigned_at = case.at
    note = granted
    if granted is None:
        note = teller.words.step("assign", assignee=case.assignee_name) if teller.rng.random() < 0.6 else ""
    text = f"交{case.assignee_name}" + (f"：{note}" if note else "")
    case.tell("assign", person, text, "assigned", dumped(assignee=f"{found[0]}:{found[1]}"))


@act("propose_assign")
def _propose_assign(teller: Teller, case: Case) -> None:
    case.proposed = found = teller.choose(case)
    officer = teller.officer(case)
    reason = teller.words.step("propose_assign", assignee=found[2])
    value = f"{found[0]}:{found[1]}"
    teller.ask(case, "assign", reason, officer, case.at, assignee=value)
    case.tell("propose_assign", officer, f"提请派给{found[2]}：{reason}", details=dumped(assignee=value))


@act("grant_assign")
def _grant_assign(teller: Teller, case: Case) -> None:
    text = teller.words.step("approve")
    teller.decide(case, "approved", text)
    _give(teller, case, case.proposed, text)


@act("reassign")
def _reassign(teller: Teller, case: Case) -> None:
    was = case.assignee_name
    found = teller.choose(case)
    teller.give(case, found)
    case.assigned_at = case.at
    reason = teller.words.step("reassign", assignee=case.assignee_name)
    details = dumped(assignee=f"{found[0]}:{found[1]}")
    person = teller.officer(case) if case.kind.delegated else case.team.chief
    case.tell("reassign", person, f"由{was}改交{case.assignee_name}：{reason}", "assigned", details)


@act("send_down")
def _send_down(teller: Teller, case: Case) -> None:
    officer = case.team.unit_officers[case.unit]
    teller.give(case, ("unit", str(case.unit), case.unit_name, officer, "neighbourhood"))
    case.assigned_at, case.sent_down = case.at, True
    listed = case.kind.listed
    said = f"依据：{case.kind.basis}" if listed else f"居委同意：{officer.name}电话同意"
    note = teller.words.step("send_down") if teller.rng.random() < 0.4 else ""
    person = teller.officer(case) if case.kind.delegated else case.team.chief
    text = f"下派{case.unit_name}。{said}" + (f"。{note}" if note else "")
    case.tell("send_down", person, text, "assigned", dumped(ground="listed" if listed else "consent"))
