"""延期, 缓办 and 挂账 as the demo tells them; mirrors `rules/pausing`."""

from __future__ import annotations

from datetime import date, timedelta

from dutydesk.demo.case import Case
from dutydesk.demo.clock import day_of, moment_of, start_of
from dutydesk.demo.stories import Teller, act, dumped
from dutydesk.rules.workcalendar import day_said, moment


def _ask(teller: Teller, case: Case, kind: str, name: str, until: date) -> None:
    reason = teller.words.pick(teller.words.texts["put_off"][kind])
    label = {"extension": "延期", "pause": "缓办", "pool": "挂账"}[kind]
    text = f"申请{label}至{day_said(until)}：{reason}"
    details = dumped(until=until.isoformat())
    if case.holder is None or teller.rng.random() < 0.3:
        person, step = teller.officer(case), None
        step = case.tell(name, person, text, details=details)
    else:
        person = case.holder
        step = teller.done_by(case, name, text, details=details)
    teller.ask(case, kind, reason, person, step.occurred, until=until.isoformat())


@act("ask_extension")
def _ask_extension(teller: Teller, case: Case) -> None:
    assert case.due_at is not None
    day = max(day_of(case.due_at), day_of(case.at))
    until = teller.clock.working_day_after(day, teller.rng.randint(2, 8))
    if case.source_due_at:
        at = teller.clock.closing(until)
        basis = f"12345平台批复，{until:%m%d}号单"
        said = f"来源准予延期至{moment(moment_of(at), '')}。批复：{basis}"
        case.source_due_at = at
        case.set_deadline("completion", case.at, at, said, hours=teller.limits.hours)
        case.tell("source_extension", teller.officer(case), said)
        return
    _ask(teller, case, "extension", "ask_extension", until)


@act("extend")
def _extend(teller: Teller, case: Case) -> None:
    assert case.due_at is not None
    request = teller.decide(case, "approved", teller.words.step("approve"))
    until = request["asked"]["until"]
    at = teller.clock.closing(date.fromisoformat(until))
    was, till = moment_of(case.due_at), moment_of(at)
    said = f"原定{moment(was, '')}，准予延期至{moment(till, '')}：{request['reason']}"
    case.set_deadline("completion", case.at, at, said, hours=teller.limits.hours)
    case.tell("extend", case.team.chief, said)


@act("refuse")
def _refuse(teller: Teller, case: Case) -> None:
    text = teller.words.step("refuse")
    teller.decide(case, "refused", text)
    case.tell("refuse", case.team.chief, f"不同意延期：{text}")


def _put_off_until(teller: Teller, case: Case, least: int, most: int) -> date:
    day = day_of(case.at) + timedelta(days=teller.rng.randint(least, most))
    if case.still_open and day <= teller.clock.today:
        day = min(
            teller.clock.today + timedelta(days=teller.rng.randint(2, 20)),
            day_of(case.at) + timedelta(days=most),
        )
    return day


@act("ask_pause")
def _ask_pause(teller: Teller, case: Case) -> None:
    _ask(teller, case, "pause", "ask_pause", _put_off_until(teller, case, 8, 45))


@act("ask_pool")
def _ask_pool(teller: Teller, case: Case) -> None:
    _ask(teller, case, "pool", "ask_pool", _put_off_until(teller, case, 30, 85))


def _set_aside(teller: Teller, case: Case, name: str, said: str, state: str) -> str:
    request = teller.decide(case, "approved", teller.words.step("approve"))
    until: str = request["asked"]["until"]
    case.returns_to, case.paused_at = case.state, case.at
    day = date.fromisoformat(until)
    text = f"{said}{day_said(day)}：{request['reason']}"
    case.tell(name, case.team.chief, text, state, dumped(until=until))
    return until


@act("pause")
def _pause(teller: Teller, case: Case) -> None:
    until = _set_aside(teller, case, "pause", "缓办至", "paused")
    case.paused_until = date.fromisoformat(until)


@act("pool")
def _pool(teller: Teller, case: Case) -> None:
    until = _set_aside(teller, case, "pool", "挂账，再看日期", "pooled")
    case.look_again_on = date.fromisoformat(until)


@act("look_again")
def _look_again(teller: Teller, case: Case) -> None:
    case.look_again_on = until = day_of(case.at) + timedelta(days=teller.rng.randint(20, 80))
    text = f"看过，下次{day_said(until)}再看：{teller.words.step('look_again')}"
    case.tell("look_again", teller.officer(case), text)


@act("resume")
def _resume(teller: Teller, case: Case) -> None:
    assert case.paused_at is not None
    paused_at, resumed = case.paused_at, case.at
    if case.paused_until:
        resumed = max(paused_at, min(resumed, start_of(case.paused_until) + 1440))
    if not case.source_due_at:
        _start_again(teller, case, paused_at, resumed)
    to, case.returns_to = case.returns_to, None
    case.paused_at = case.paused_until = case.look_again_on = None
    case.tell("resume", teller.officer(case), teller.words.step("resume"), to)


def _start_again(teller: Teller, case: Case, paused_at: int, resumed: int) -> None:
    assert case.due_at is not None
    current = next(row for row in case.deadlines if row["current"] and row["phase"] == "completion")
    at, said = teller.limits.after_pause(case.due_at, current["unit"], paused_at, resumed)
    case.set_deadline("completion", resumed, at, said, current["kept"], teller.limits.hours)
