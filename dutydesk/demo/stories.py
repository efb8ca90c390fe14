"""How a story of the demo is told: each act leaves the rows that the rules would have left.

The acts mirror `rules/triage`, `handling`, `pausing` and `closing`; a test walks every story along `lifecycle.WAYS`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from dutydesk.demo.case import Case, Told
from dutydesk.demo.clock import Clock, Limits, day_of, moment_of, start_of
from dutydesk.demo.courses import GAPS, PACED
from dutydesk.demo.people import Person
from dutydesk.demo.wording import Wording
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.vocabulary import Force, Level, Means, Source, Urgency

_MEANS = tuple(means.value for means in Means)
_PROXIED = 0.07
_TELLING = {"unhappy": "feedback", "grant_assign": "assign"}
_OPEN = ("reported", "opened", "assigned", "handling", "review", "feedback")
Act = Callable[["Teller", Case], None]
ACTS: dict[str, Act] = {}


def act(function: Act) -> Act:
    """Register an act under its name."""
    ACTS[function.__name__] = function
    return function


def dumped(**details: Any) -> str:
    """Details as a step keeps them."""
    return json.dumps(details, ensure_ascii=False)


class Teller:
    """Tells stories up to now."""

    def __init__(self, rng: Random, clock: Clock, limits: Limits, words: Wording) -> None:
        self.rng, self.clock, self.limits, self.words = rng, clock, limits, words

    def play(self, case: Case, course: str, until: int | None = None, slack: bool = False) -> None:
        """Follow a course as far as there is time; with `until`, at a pace that ends by then.

        `slack`: what time is left over lies before the act that takes longest.
        """
        acts = self._acts(course, case)
        gaps = [self._gap(name, case) for name in acts]
        if until is not None and gaps:
            left = max(0, self.clock.worked(until) - self.clock.worked(case.at))
            total = sum(gaps) or 1
            if total > left * 0.95:
                gaps = [int(gap * left * 0.95 / total) for gap in gaps]
            elif slack:
                gaps[gaps.index(max(gaps))] += int((left - total) * self.rng.uniform(0.6, 0.95))
        for name, gap in zip(acts, gaps, strict=True):
            if not self._possible(name, case):
                continue
            at = self._when(name, gap, case)
            if at > self.clock.now:
                break
            self._happen(case, at)
            case.at = at
            ACTS[name](self, case)
        self._happen(case, self.clock.now)

    def _acts(self, course: str, case: Case) -> list[str]:
        acts: list[str] = []
        for token in course.split():
            name, _, often = token.partition(":")
            if often and self.rng.random() * 100 >= int(often):
                continue
            if name == "assign" and not case.kind.delegated and self.rng.random() < 0.7:
                acts += ["propose_assign", "grant_assign"]
            else:
                acts.append(name)
        return acts

    def _gap(self, name: str, case: Case) -> int:
        low, high = GAPS[name]
        rng = self.rng
        if name in PACED and not case.reworks:
            limit = self.limits.of(case.category, case.urgency, "completion").office_minutes
            share = rng.uniform(0.1, 0.8) if rng.random() < 0.9 else rng.uniform(0.9, 2.2)
            return max(low, int(limit * share))
        return int(low + (high - low) * rng.random() ** 1.7)

    def _possible(self, name: str, case: Case) -> bool:
        way = BY_ACT.get(_TELLING.get(name, name))
        if way is not None and case.state not in way.frm:
            return False
        condition = _CONDITIONS.get(name)
        return condition is None or condition(case)

    def _when(self, name: str, gap: int, case: Case) -> int:
        begin = case.at
        if name in ("resume", "look_again"):
            day = case.paused_until or case.look_again_on
            begin = max(begin, start_of(day) + (1440 if case.paused_until else 540))
        if case.urgency == "critical":
            return begin + gap // 2
        return self.clock.after(begin, gap)

    def _happen(self, case: Case, until: int) -> None:
        """What others do meanwhile, up to a minute."""
        while case.later and case.later[0][0] <= until:
            at, happen = case.later.pop(0)
            case.at = max(case.at, at)
            happen()

    # -- who ------------------------------------------------------------------------------------------------

    def officer(self, case: Case) -> Person:
        """A duty officer of the area."""
        return self.rng.choice(case.team.officers)

    def on_the_ground(self, case: Case) -> Person:
        """A duty officer, or now and then the 居委's own."""
        return self.officer(case) if self.rng.random() < 0.7 else case.team.unit_officers[case.unit]

    def checker(self, case: Case) -> Person:
        """Somebody other than who handled it."""
        person = self.on_the_ground(case)
        if person.id in (case.handler, case.handled_by):
            person = case.team.coordinator if self.rng.random() < 0.2 else self.officer(case)
        return person

    def done_by(self, case: Case, name: str, text: str, to: str | None = None, details: str = "{}") -> Told:
        """A step of whoever has the case in hand; sometimes entered 代录, always so for who has no account."""
        person = case.holder
        if person is not None and not case.always_proxied and self.rng.random() >= _PROXIED:
            return case.tell(name, person, text, to, details)
        officer, means = self.officer(case), self.rng.choice(_MEANS)
        who = person.name if person else case.assignee_name
        told_at = max(case.changed_at, case.at - self.rng.randrange(5, 90))
        said = f"代{who}录入（{Means(means).label}）" + (f"：{text}" if text else "")
        kept = json.loads(details) | {"proxy": {"person": who, "means": means}}
        step = case.tell(name, officer, said, to, json.dumps(kept, ensure_ascii=False), told_at)
        proxy = {
            "step": step,
            "staff": person.id if person else None,
            "department": None,
            "person_name": who,
            "means": means,
            "told_at": told_at,
            "entered_by": officer.id,
            "state": "pending" if person else "confirmed",
            "answered_at": None,
            "objection": "",
        }
        case.proxies.append(proxy)
        if person and not case.always_proxied:
            at = self.clock.after(case.at, self.rng.randrange(60, 1500))
            case.later.append((at, lambda: self._answer(case, person, proxy)))
            case.later.sort(key=lambda pair: pair[0])
        return step

    def _answer(self, case: Case, person: Person, proxy: dict[str, Any]) -> None:
        objects = self.rng.random() < 0.04
        proxy["state"], proxy["answered_at"] = "objected" if objects else "confirmed", case.at
        if objects:
            proxy["objection"] = "时间不对，是第二天上午说的。"
            case.tell("object_proxy", person, f"对代录有异议：{proxy['objection']}")
        else:
            case.tell("confirm_proxy", person, "确认代录")

    # -- deadlines and requests -----------------------------------------------------------------------------

    def start_deadlines(self, case: Case, start: int, contact: bool) -> None:
        """Both deadlines, as `office.start_deadlines`."""
        for phase in ("first_contact", "completion"):
            if phase == "first_contact" and not contact:
                continue
            if phase == "completion" and case.source_due_at:
                until = moment_of(case.source_due_at)
                said = f"来源时限 {until:%m月%d日%H:%M}，由来源单位规定，本单位不能自行延期"
                case.set_deadline(phase, start, case.source_due_at, said, hours=self.limits.hours)
                continue
            limit = self.limits.of(case.category, case.urgency, phase)
            at, said = self.limits.due(limit, start)
            case.set_deadline(phase, start, at, said, limit, self.limits.hours)

    def ask(self, case: Case, kind: str, reason: str, person: Person, at: int, **asked: str) -> None:
        """Something asked of the chief."""
        case.requests.append(
            {
                "area": case.area,
                "kind": kind,
                "state": "pending",
                "reason": reason,
                "details": json.dumps(asked),
                "asked": asked,
                "asked_by": person.id,
                "asked_at": at,
                "decided_by": None,
                "decided_at": None,
                "decision": "",
            }
        )

    def decide(self, case: Case, state: str, text: str) -> dict[str, Any]:
        """The chief's word on what was asked last."""
        request = case.requests[-1]
        request |= {"state": state, "decided_by": case.team.chief.id, "decided_at": case.at, "decision": text}
        return request

    # -- assignees ------------------------------------------------------------------------------------------

    def choose(self, case: Case) -> tuple[str, str, str, Person | None, str]:
        """(kind, key, name, who handles it, level) of somebody other than who has or had it."""
        rng, team = self.rng, case.team
        answering = team.answering.get(case.category, [])
        while True:
            draw = rng.random()
            if draw < 0.24 and answering:
                each = answering[0] if rng.random() < 0.5 else rng.choice(answering)
                level = "district" if each.of_district else "subdistrict"
                found = ("department", str(each.id), each.name, each.liaison, level)
            elif draw < 0.33:
                seat, name = rng.choice(team.partners)
                found = ("partner", str(seat), name, None, "area")
            elif draw < 0.4:
                person = rng.choice(team.hands[rng.choice(tuple(team.hands))])
                found = ("staff", str(person.id), person.name, person, "area")
            else:
                force = (
                    case.force
                    if case.last_assignee != ("force", case.force)
                    else rng.choice(tuple(team.hands))
                )
                found = ("force", force, FORCES[force], rng.choice(team.hands[force]), "area")
            if found[:2] != case.last_assignee:
                return found

    def give(self, case: Case, found: tuple[str, str, str, Person | None, str]) -> None:
        """Put a case into somebody's hands."""
        kind, key, name, person, level = found
        case.assignee_kind, case.assignee_key, case.assignee_name = kind, key, name
        case.last_assignee, case.holder, case.level_if_done = (kind, key), person, level
        case.handler = person.id if kind == "staff" and person else None


FORCES = {force.value: f"{force.label}力量" for force in Force}
LEVELS = {level.value: level.label for level in Level}
SOURCES = {source.value: source.label for source in Source}
URGENCIES = {urgency.value: urgency.label for urgency in Urgency}


def _asked(kind: str) -> Callable[[Case], bool]:
    return lambda case: (
        bool(case.requests)
        and (case.requests[-1]["kind"] == kind and case.requests[-1]["state"] == "pending")
    )


_CONDITIONS: dict[str, Callable[[Case], bool]] = {
    "first_contact": lambda case: case.contact is not None and case.first_contact_at is None,
    "feedback": lambda case: case.contact is not None,
    "unhappy": lambda case: case.contact is not None,
    "rework": lambda case: case.satisfied is False,
    "pass_up": lambda case: case.assignee_kind == "unit",
    "grant_assign": _asked("assign"),
    "ask_extension": lambda case: case.due_at is not None,
    "extend": _asked("extension"),
    "refuse": _asked("extension"),
    "pause": _asked("pause"),
    "pool": _asked("pool"),
    "close": lambda case: case.feedback_given,
    "sample_check": lambda case: case.sample_due,
}


# -- triage -------------------------------------------------------------------------------------------------


@act
def open(teller: Teller, case: Case) -> None:  # noqa: A001
    case.opened_at = case.at
    teller.start_deadlines(case, case.at, case.contact is not None)
    case.tell("open", teller.officer(case), to="opened")


@act
def reject(teller: Teller, case: Case) -> None:
    case.closed_at = case.at
    case.tell("reject", teller.officer(case), teller.words.step("reject"), "void")


@act
def reconsider(teller: Teller, case: Case) -> None:
    case.closed_at = None
    case.tell("reconsider", case.team.chief, teller.words.step("reconsider"), "reported")


@act
def merge(teller: Teller, case: Case) -> None:
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
    main.followers += 1
    for step in main.steps[place + 1 :]:
        if step.name == "feedback":
            said = f"随主案 {main.number} 反馈：{step.text}"
        elif step.name == "close":
            said = f"主案 {main.number} 已销项"
        else:
            continue
        case.later.append((step.at, lambda said=said, person=step.person: _follow(case, person, said)))


def _follow(case: Case, person: Person, said: str) -> None:
    if case.state == "merged":
        at = case.at
        case.steps.append(Told("follow_main", "merged", "merged", person, said, "{}", at, at))


@act
def unmerge(teller: Teller, case: Case) -> None:
    assert case.main is not None
    text = f"不再并入 {case.main.number}：{teller.words.step('unmerge')}"
    to, case.returns_to, case.merged_into, case.closed_at = case.returns_to, None, None, None
    case.tell("unmerge", teller.officer(case), text, to)


@act
def recategorise(teller: Teller, case: Case) -> None:
    was = case.urgency
    case.urgency = "normal" if was == "urgent" else "urgent"
    label = URGENCIES[case.urgency]
    reason = next(text for text in teller.words.steps["recategorise"] if label in text)
    if case.state == "opened" and case.opened_at:
        teller.start_deadlines(case, case.opened_at, case.contact is not None)
    name = case.kind.name
    case.tell("recategorise", teller.officer(case), f"{name}·{URGENCIES[was]} 改为 {name}·{label}：{reason}")


@act
def flag(teller: Teller, case: Case) -> None:
    if teller.rng.random() < 0.6 or case.beyond_neighbourhood:
        case.strongly_felt = True
    else:
        case.beyond_neighbourhood = True
    marks = ((case.strongly_felt, "群众反映强烈"), (case.beyond_neighbourhood, "居民区难以协调"))
    case.tell("flag", teller.on_the_ground(case), "标记：" + "、".join(name for on, name in marks if on))


@act
def assign(teller: Teller, case: Case) -> None:
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


@act
def propose_assign(teller: Teller, case: Case) -> None:
    case.proposed = found = teller.choose(case)
    officer = teller.officer(case)
    reason = teller.words.step("propose_assign", assignee=found[2])
    value = f"{found[0]}:{found[1]}"
    teller.ask(case, "assign", reason, officer, case.at, assignee=value)
    case.tell("propose_assign", officer, f"提请派给{found[2]}：{reason}", details=dumped(assignee=value))


@act
def grant_assign(teller: Teller, case: Case) -> None:
    text = teller.words.step("approve")
    teller.decide(case, "approved", text)
    _give(teller, case, case.proposed, text)


@act
def reassign(teller: Teller, case: Case) -> None:
    was = case.assignee_name
    found = teller.choose(case)
    teller.give(case, found)
    case.assigned_at = case.at
    reason = teller.words.step("reassign", assignee=case.assignee_name)
    details = dumped(assignee=f"{found[0]}:{found[1]}")
    case.tell(
        "reassign", teller.officer(case), f"由{was}改交{case.assignee_name}：{reason}", "assigned", details
    )


@act
def send_down(teller: Teller, case: Case) -> None:
    officer = case.team.unit_officers[case.unit]
    teller.give(case, ("unit", str(case.unit), case.unit_name, officer, "neighbourhood"))
    case.assigned_at, case.sent_down = case.at, True
    listed = case.kind.listed
    said = f"依据：{case.kind.basis}" if listed else f"居委同意：{officer.name}电话同意"
    note = teller.words.step("send_down") if teller.rng.random() < 0.4 else ""
    person = teller.officer(case) if case.kind.delegated else case.team.chief
    text = f"下派{case.unit_name}。{said}" + (f"。{note}" if note else "")
    case.tell("send_down", person, text, "assigned", dumped(ground="listed" if listed else "consent"))


# -- handling -----------------------------------------------------------------------------------------------


@act
def take_up(teller: Teller, case: Case) -> None:
    case.handler = case.holder.id if case.holder else None
    teller.done_by(case, "take_up", "", "handling")


@act
def send_back(teller: Teller, case: Case) -> None:
    ground = teller.rng.choice(teller.words.texts["send_back"])
    case.send_backs += 1
    text = f"{case.assignee_name}退单。依据：{ground['basis']}。{ground['reason']}"
    if case.send_backs >= 2:
        text += "（已多次退单，建议条块约请）"
    teller.done_by(case, "send_back", text, "opened", dumped(basis=ground["basis"]))
    _back_to_the_area(case)


@act
def pass_up(teller: Teller, case: Case) -> None:
    teller.done_by(case, "pass_up", f"居委已做：{teller.words.step('pass_up')}", "opened")
    _back_to_the_area(case)


def _back_to_the_area(case: Case) -> None:
    case.assignee_kind = case.assignee_key = case.handler = case.holder = None
    case.assignee_name = ""


@act
def handle_locally(teller: Teller, case: Case) -> None:
    if case.opened_at is None:
        case.opened_at = case.at
        teller.start_deadlines(case, case.at, case.contact is not None)
    officer = case.team.unit_officers[case.unit]
    teller.give(case, ("unit", str(case.unit), case.unit_name, officer, "neighbourhood"))
    case.handler, case.assigned_at = officer.id, case.at
    case.tell("handle_locally", officer, "", "handling")


@act
def report_done(teller: Teller, case: Case) -> None:
    rng, words = teller.rng, teller.words
    case.outcome = text = rng.choice(case.template.handled).format_map(case.slots)
    case.handled_by = case.holder.id if case.holder else None
    details: dict[str, Any] = {}
    if rng.random() < 0.08:
        others = [name for _, name in case.team.partners if name != case.assignee_name][:2]
        partners = "、".join([case.assignee_name, *others])
        case.outcome = text = words.pick(
            words.general["joint_done"], assignee=case.assignee_name, partners="、".join(others)
        )
        enforced = case.force == "management" and rng.random() < 0.4
        kind, label = ("enforcement", "联合执法") if enforced else ("handling", "联合处置")
        details |= {"joint_work": kind, "participants": partners}
        text += f"（{label}：{partners}）"
    if rng.random() < 0.25:
        evidence = words.pick(words.general["evidence"])
        kind, label = ("photos", "照片") if "照片" in evidence else ("text", "文字")
        details["evidence"] = {"kind": kind, "said": evidence}
        text += f"（凭据·{label}：{evidence}）"
    teller.done_by(case, "report_done", text, "review", dumped(**details) if details else "{}")


@act
def pass_check(teller: Teller, case: Case) -> None:
    person = teller.checker(case)
    case.checked_by = person.id
    if case.contact is None:
        case.feedback_given = True
        case.feedback_text = f"无反映人（{SOURCES[case.source]}），不需反馈"
    case.tell("pass_check", person, teller.words.step("pass_check"), "feedback")


def _again(case: Case) -> None:
    case.reworks += 1
    case.checked_by = case.satisfied = None
    case.feedback_given, case.feedback_text = False, ""


@act
def fail_check(teller: Teller, case: Case) -> None:
    person = teller.checker(case)
    _again(case)
    case.tell("fail_check", person, teller.words.step("fail_check"), "handling")


@act
def rework(teller: Teller, case: Case) -> None:
    _again(case)
    case.tell("rework", teller.officer(case), teller.words.step("rework"), "handling")


@act
def urge(teller: Teller, case: Case) -> None:
    case.urges += 1
    person = case.team.chief if teller.rng.random() < 0.25 else teller.officer(case)
    case.tell("urge", person, teller.words.step("urge"))


@act
def note(teller: Teller, case: Case) -> None:
    person = case.holder if case.holder and teller.rng.random() < 0.6 else teller.on_the_ground(case)
    case.tell("note", person, teller.words.step("note"))


@act
def first_contact(teller: Teller, case: Case) -> None:
    case.first_contact_at = case.at
    means = "word" if teller.rng.random() < 0.2 else "phone"
    text = teller.words.step("first_contact")
    person = case.holder if case.holder and teller.rng.random() < 0.6 else teller.on_the_ground(case)
    case.tell("first_contact", person, f"{Means(means).label}联系反映人：{text}")


# -- putting off --------------------------------------------------------------------------------------------


def _ask(teller: Teller, case: Case, kind: str, name: str, until: Any) -> None:
    reason = teller.words.pick(teller.words.texts["put_off"][kind])
    label = {"extension": "延期", "pause": "缓办", "pool": "挂账"}[kind]
    text = f"申请{label}至{until:%m月%d日}：{reason}"
    details = dumped(until=until.isoformat())
    if case.holder is None or teller.rng.random() < 0.3:
        person, step = teller.officer(case), None
        step = case.tell(name, person, text, details=details)
    else:
        person = case.holder
        step = teller.done_by(case, name, text, details=details)
    teller.ask(case, kind, reason, person, step.occurred, until=until.isoformat())


@act
def ask_extension(teller: Teller, case: Case) -> None:
    day = max(day_of(case.due_at), day_of(case.at))
    until = teller.clock.working_day_after(day, teller.rng.randint(2, 8))
    if case.source_due_at:
        at = teller.clock.closing(until)
        basis = f"12345平台批复，{until:%m%d}号单"
        said = f"来源准予延期至{moment_of(at):%m月%d日%H:%M}。批复：{basis}"
        case.source_due_at = at
        case.set_deadline("completion", case.at, at, said, hours=teller.limits.hours)
        case.tell("source_extension", teller.officer(case), said)
        return
    _ask(teller, case, "extension", "ask_extension", until)


@act
def extend(teller: Teller, case: Case) -> None:
    request = teller.decide(case, "approved", teller.words.step("approve"))
    until = request["asked"]["until"]
    at = teller.clock.closing(day_of(case.at).fromisoformat(until))
    was, till = moment_of(case.due_at), moment_of(at)
    said = f"原定{was:%m月%d日%H:%M}，准予延期至{till:%m月%d日%H:%M}：{request['reason']}"
    case.set_deadline("completion", case.at, at, said, hours=teller.limits.hours)
    case.tell("extend", case.team.chief, said)


@act
def refuse(teller: Teller, case: Case) -> None:
    text = teller.words.step("refuse")
    teller.decide(case, "refused", text)
    case.tell("refuse", case.team.chief, f"不同意延期：{text}")


def _put_off_until(teller: Teller, case: Case, least: int, most: int) -> Any:
    day = day_of(case.at) + timedelta(days=teller.rng.randint(least, most))
    if case.still_open and day <= teller.clock.today:
        day = min(
            teller.clock.today + timedelta(days=teller.rng.randint(2, 20)),
            day_of(case.at) + timedelta(days=most),
        )
    return day


@act
def ask_pause(teller: Teller, case: Case) -> None:
    _ask(teller, case, "pause", "ask_pause", _put_off_until(teller, case, 8, 45))


@act
def ask_pool(teller: Teller, case: Case) -> None:
    _ask(teller, case, "pool", "ask_pool", _put_off_until(teller, case, 30, 85))


def _set_aside(teller: Teller, case: Case, name: str, said: str, state: str) -> str:
    request = teller.decide(case, "approved", teller.words.step("approve"))
    until: str = request["asked"]["until"]
    case.returns_to, case.paused_at = case.state, case.at
    day = day_of(case.at).fromisoformat(until)
    text = f"{said}{day:%m月%d日}：{request['reason']}"
    case.tell(name, case.team.chief, text, state, dumped(until=until))
    return until


@act
def pause(teller: Teller, case: Case) -> None:
    until = _set_aside(teller, case, "pause", "缓办至", "paused")
    case.paused_until = day_of(case.at).fromisoformat(until)


@act
def pool(teller: Teller, case: Case) -> None:
    until = _set_aside(teller, case, "pool", "挂账，再看日期", "pooled")
    case.look_again_on = day_of(case.at).fromisoformat(until)


@act
def look_again(teller: Teller, case: Case) -> None:
    case.look_again_on = until = day_of(case.at) + timedelta(days=teller.rng.randint(20, 80))
    text = f"看过，下次{until:%m月%d日}再看：{teller.words.step('look_again')}"
    case.tell("look_again", teller.officer(case), text)


@act
def resume(teller: Teller, case: Case) -> None:
    paused_at, resumed = case.paused_at, case.at
    if case.paused_until:
        resumed = max(paused_at, min(resumed, start_of(case.paused_until) + 1440))
    current = next(row for row in case.deadlines if row["current"] and row["phase"] == "completion")
    at, said = teller.limits.after_pause(case.due_at, current["unit"], paused_at, resumed)
    case.set_deadline("completion", resumed, at, said, current["kept"], teller.limits.hours)
    to, case.returns_to = case.returns_to, None
    case.paused_at = case.paused_until = case.look_again_on = None
    case.tell("resume", teller.officer(case), teller.words.step("resume"), to)


# -- the end ------------------------------------------------------------------------------------------------


@act
def feedback(teller: Teller, case: Case) -> None:
    _feed_back(teller, case, teller.rng.random() < 0.94)


@act
def unhappy(teller: Teller, case: Case) -> None:
    _feed_back(teller, case, False)


def _feed_back(teller: Teller, case: Case, satisfied: bool) -> None:
    words = teller.words
    own = case.kind.words.feedback
    if not satisfied:
        told = words.pick(words.general["told_unsatisfied"])
    elif own and teller.rng.random() < 0.6:
        told = teller.rng.choice(own).format_map(case.slots)
    else:
        told = words.pick(words.general["told"])
    means = "电话" if "电话" in told else "口头"
    case.feedback_given, case.satisfied = True, satisfied
    told = told.rstrip("。")
    case.feedback_text = f"{means}告知反映人：{told}。反映人{'满意' if satisfied else '不满意'}"
    case.tell("feedback", teller.on_the_ground(case), case.feedback_text)


@act
def close(teller: Teller, case: Case) -> None:
    case.level, case.closed_at = case.level_if_done, case.at
    note = teller.words.step("close") if teller.rng.random() < 0.5 else ""
    text = f"在{LEVELS[case.level]}一级解决" + (f"：{note}" if note else "")
    case.tell("close", case.team.chief, text, "closed")


@act
def solve_on_spot(teller: Teller, case: Case) -> None:
    person = case.reporter
    assert person is not None
    case.outcome = case.on_the_spot
    case.handled_by, case.solved_on_spot = person.id, True
    drawn = zlib.crc32(case.number.encode()) % 1000 < round(case.kind.spot_share * 1000)
    case.sample_due = case.sampled or drawn
    case.level = "neighbourhood" if person.role == "neighbourhood_officer" else "area"
    case.feedback_given, case.closed_at = True, case.at
    case.feedback_text = "当场告知" if case.contact else "当场发现当场解决"
    case.tell("solve_on_spot", person, case.outcome, "closed")


@act
def sample_check(teller: Teller, case: Case) -> None:
    person = teller.officer(case)
    if person.id == case.handled_by:
        person = case.team.coordinator
    case.sample_due, case.checked_by = False, person.id
    case.tell("sample_check", person, teller.words.step("sample_check"))


@act
def reopen(teller: Teller, case: Case) -> None:
    _back_to_the_area(case)
    case.handled_by = case.checked_by = case.satisfied = case.level = case.closed_at = None
    case.outcome = case.feedback_text = ""
    case.feedback_given = case.solved_on_spot = case.sample_due = False
    case.opened_at = case.at
    teller.start_deadlines(case, case.at, case.contact is not None and case.first_contact_at is None)
    case.tell("reopen", case.team.chief, teller.words.step("reopen"), "opened")
