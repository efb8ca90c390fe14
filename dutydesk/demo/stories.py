"""How a story of the demo is told: each act leaves the rows that the rules would have left.

The acts mirror `rules/triage`, `handling`, `pausing` and `closing`; a test walks every story along `lifecycle.WAYS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from dutydesk.demo.case import Case, Told
from dutydesk.demo.clock import Clock, Limits, moment_of, start_of
from dutydesk.demo.courses import GAPS, LATE, UNCOUNTED
from dutydesk.demo.people import Person
from dutydesk.demo.wording import Wording
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.workcalendar import moment
from dutydesk.vocabulary import Force, Level, Means, Source, Urgency

_MEANS = tuple(means.value for means in Means)
_PROXIED = 0.07
_TELLING = {"unhappy": "feedback", "grant_assign": "assign"}
Found = tuple[
    str, str, str, Person | None, str
]  # kind, key, name, who handles it, level at which it is solved
Act = Callable[["Teller", Case], None]
ACTS: dict[str, Act] = {}


def act(name: str) -> Callable[[Act], Act]:
    """Register what an act leaves; the modules `acts_*` do."""

    def register(function: Act) -> Act:
        ACTS[name] = function
        return function

    return register


def dumped(**details: Any) -> str:
    """Details as a step keeps them."""
    return json.dumps(details, ensure_ascii=False)


class Teller:
    """Tells stories up to now."""

    def __init__(self, rng: Random, clock: Clock, limits: Limits, words: Wording) -> None:
        self.rng, self.clock, self.limits, self.words = rng, clock, limits, words

    def play(
        self, case: Case, course: str, until: int | None = None, slack: bool = False, paced: bool = True
    ) -> None:
        """Follow a course as far as there is time; with `until`, at a pace that ends by then.

        `slack`: what time is left over lies before the act that takes longest.
        """
        acts = self._acts(course, case)
        gaps = [self._gap(name) for name in acts]
        if paced:
            gaps = self._paced(acts, gaps, case)
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

    def _gap(self, name: str) -> int:
        low, high = GAPS[name]
        return int(low + (high - low) * self.rng.random() ** 1.7)

    def _paced(self, acts: list[str], gaps: list[int], case: Case) -> list[int]:
        """The gaps so that the time between opening and the end suits the limit: mostly within it."""
        counted = [name not in UNCOUNTED for name in acts]
        total = sum(gap for gap, counts in zip(gaps, counted, strict=True) if counts)
        late = self.rng.random() < LATE
        share = 1.05 + 10 * self.rng.random() ** 2 if late else self.rng.uniform(0.2, 0.97)
        scale = self._time_given(case) * share / max(1, total)
        paced = [int(gap * scale) if counts else gap for gap, counts in zip(gaps, counted, strict=True)]
        return [
            min(gap, GAPS["send_back"][1]) if name == "send_back" else gap
            for name, gap in zip(acts, paced, strict=True)
        ]

    def _time_given(self, case: Case) -> int:
        """Roughly the office minutes until the case is due."""
        if case.source_due_at and case.source_due_at > case.reported_at:
            return self.clock.worked(case.source_due_at) - self.clock.worked(case.reported_at)
        return self.limits.of(case.category, case.urgency, "completion").office_minutes

    def _possible(self, name: str, case: Case) -> bool:
        way = BY_ACT.get(_TELLING.get(name, name))
        if way is not None and case.state not in way.frm:
            return False
        condition = _CONDITIONS.get(name)
        return condition is None or condition(case)

    def _when(self, name: str, gap: int, case: Case) -> int:
        begin = case.at
        if name in ("resume", "look_again"):
            if case.paused_until:
                begin = max(begin, start_of(case.paused_until) + 1440)
            elif case.look_again_on:
                begin = max(begin, start_of(case.look_again_on) + 540)
        if case.urgency == "critical":
            return begin + gap
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
        """Both deadlines, as `time_limits.start_deadlines`."""
        for phase in ("first_contact", "completion"):
            if phase == "first_contact" and not contact:
                continue
            if phase == "completion" and case.source_due_at:
                until = moment_of(case.source_due_at)
                said = f"来源时限 {moment(until, '')}，由来源单位规定，本单位不能自行延期"
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

    def choose(self, case: Case) -> Found:
        """Somebody other than who has or had it."""
        rng, team = self.rng, case.team
        found: Found
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

    def give(self, case: Case, found: Found) -> None:
        """Put a case into somebody's hands."""
        kind, key, name, person, level = found
        case.assignee_kind, case.assignee_key, case.assignee_name = kind, key, name
        case.last_assignee, case.holder, case.level_if_done = (kind, key), person, level
        case.handler = person.id if kind == "staff" and person else None


_SAID_ALREADY = ("电话联系反映人，", "电话联系，", "电话告知，", "电话告知", "上门告知，", "电话回访，")


def said_once(text: str) -> str:
    """A text without the words that the step says before it (电话告知反映人：…)."""
    return next((text.removeprefix(words) for words in _SAID_ALREADY if text.startswith(words)), text)


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
    "recategorise": lambda case: case.urgency != "critical",
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


def back_to_the_area(case: Case) -> None:
    """Out of the hands of whoever had it."""
    case.assignee_kind = case.assignee_key = case.handler = case.holder = None
    case.assignee_name = ""
