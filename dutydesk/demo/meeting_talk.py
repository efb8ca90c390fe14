"""What is said and decided at one meeting of the demo: who came, each unit's turn, the agenda, minutes, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from dutydesk.demo.book import Book, new_uuid
from dutydesk.demo.clock import Clock, day_of, moment_of, start_of
from dutydesk.demo.meeting_people import came, turns
from dutydesk.demo.people import Person, Team
from dutydesk.demo.stories import FORCES
from dutydesk.demo.told_cases import Case
from dutydesk.meeting_words import DecisionState, ItemKind, ItemState, MeetingKind, MeetingState
from dutydesk.models import (
    AgendaIssue,
    AgendaItem,
    DecisionIssue,
    MeetingDecision,
    MeetingStep,
    MinuteParagraph,
)
from dutydesk.rules import office
from dutydesk.rules.workcalendar import day_said
from dutydesk.text import mask_phones_in

_FORTNIGHT = 14 * 1440
_ITEMS, _CARRIED, _OF_CASES, _DECISIONS = 6, 3, 3, 4


@dataclass
class Sitting:
    """A meeting that took place: what its signed minutes are made of."""

    meeting: dict[str, Any]
    chair: Person
    signed: int = 0
    attendees: list[dict[str, Any]] = field(default_factory=list)
    turns: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    paragraphs: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)


class Talk:
    """Tells meetings area by area, in the order of time."""

    def __init__(
        self, rng: Random, clock: Clock, book: Book, words: dict[str, list[str]], act_id: str
    ) -> None:
        self.rng, self.clock, self.book, self.words, self.act_id = rng, clock, book, words, act_id
        self.table: dict[str, list[int]] = office.DEFAULTS["agenda_table"]
        self.numbers: dict[int, str] = {}
        self.cases_of: dict[int, list[int]] = {}  # of a decision
        self.cases_of_item: dict[int, list[int]] = {}

    def enter(
        self,
        team: Team,
        seats: list[tuple[int, str, str]],
        units: list[tuple[int, str, str]],
        cases: Sequence[Case],
    ) -> None:
        """Go on with another area."""
        self.team, self.seats, self.units, self.cases = team, seats, units, cases
        self.told: set[int] = set()
        self.open_decisions: list[dict[str, Any]] = []
        self.put_off: list[dict[str, Any]] = []
        self.before: int | None = None
        self.numbers |= {case.id: case.number for case in cases}

    @staticmethod
    def at(minute: int) -> datetime:
        """The moment of a minute."""
        return moment_of(minute)

    def step(
        self,
        meeting: dict[str, Any],
        name: str,
        text: str,
        person: Person,
        minute: int,
        frm: MeetingState | None = None,
        act_id: str = "",
    ) -> None:
        """A line of a meeting's story; the meeting's version counts them."""
        self.book.add(
            MeetingStep,
            meeting=meeting["id"],
            act=act_id or self.act_id,
            name=name,
            from_state=frm.value if frm else "",
            to_state=meeting["state"].value,
            staff=person.id,
            staff_name=person.name,
            text=text,
            at=minute,
        )
        meeting["version"] += name != "plan"

    def held(self, team: Team, meeting: dict[str, Any], ends: MeetingState) -> Sitting:
        """A meeting from its agenda to where it `ends`: running, held, sent for signing (signing is not done here)."""
        rng, officer = self.rng, self.rng.choice(team.officers)
        sitting = Sitting(meeting, team.chief)
        drafted = meeting["starts_at"] - rng.randrange(16, 26) * 60
        began = meeting["starts_at"] + rng.randrange(6)
        meeting |= {"drafted_at": drafted, "began_at": began}
        meeting["since"] = self.before or drafted - _FORTNIGHT
        self._agenda(sitting, drafted)
        self.step(meeting, "draft", f"新列{len(sitting.items)}项", officer, drafted, MeetingState.PLANNED)
        meeting["state"] = MeetingState.RUNNING
        self.step(meeting, "begin", f"{team.chief.name}主持", officer, began, MeetingState.PLANNED)
        came(self, sitting, officer, began)
        if meeting["kind"] is MeetingKind.BIWEEKLY:
            turns(self, sitting, officer, began)
        running = ends is MeetingState.RUNNING
        self._discuss(sitting, officer, began + 20, running=running)
        if meeting["kind"] is MeetingKind.BIWEEKLY:
            self.before = began
        if not running:
            self._end(sitting, officer, ends)
        return sitting

    def _end(self, sitting: Sitting, officer: Person, ends: MeetingState) -> None:
        meeting = sitting.meeting
        meeting["ended_at"] = ended = meeting["began_at"] + self.rng.randrange(75, 115)
        meeting["state"] = MeetingState.HELD
        self.step(meeting, "end", "", officer, ended, MeetingState.RUNNING)
        self.put_off = [
            item for item in sitting.items if item["state"] in (ItemState.DEFERRED, ItemState.CUT)
        ]
        if ends is MeetingState.HELD:
            return
        sent = min(self._working(ended + self.rng.randrange(60, 1400)), self.clock.now - 30)
        meeting["state"] = MeetingState.REVIEW
        self.step(meeting, "submit", f"请{sitting.chair.name}审签", officer, sent, MeetingState.HELD)
        if ends is MeetingState.SIGNED:
            signed = self._working(sent + self.rng.randrange(30, 2 * 1440))
            sitting.signed = min(signed, self.clock.now - 20)
            meeting["state"] = MeetingState.SIGNED

    def _working(self, minute: int) -> int:
        """The same time of the next working day, where its day is none."""
        while not self.clock.is_working(day_of(minute)):
            minute += 1440
        return minute

    # -- the agenda ----------------------------------------------------------------------------------------------

    def _agenda(self, sitting: Sitting, drafted: int) -> None:
        """What is not done since last time, what was put off, cases that press, and what members add."""
        self._settle(drafted)
        add = self._adder(sitting)
        for decision in self.open_decisions[:_CARRIED]:
            late = day_of(drafted) > decision["due_on"]
            made = day_of(decision["made_at"])
            state = "过期" if late else f"{day_said(decision['due_on'])}前，还在办"
            why = f"{day_said(made)}定的，{state}"
            title = f"{decision['who_name']}：{decision['what']}"
            add(
                ItemKind.DECISION,
                title,
                why,
                f"decision:{decision['id']}",
                self.cases_of[decision["id"]],
                decision["id"],
            )
        for item in self.put_off:
            add(
                item["kind"],
                item["title"],
                item["why"],
                item["key"],
                self.cases_of_item[item["id"]],
                item["decision_id"],
                item["again"] + 1,
            )
        open_now = [case for case in self.cases if case.open_at(drafted) and case.id not in self.told]
        open_now.sort(key=lambda case: (not case.beyond, -case.send_backs, case.due or 1 << 40))
        for case in open_now[:_OF_CASES]:
            kind, why = self._pressing(case, drafted)
            self.told.add(case.id)
            title = f"{case.unit_name} {mask_phones_in(case.summary)}"
            add(kind, title, why, f"issue:{case.id}", [case.id])
        while len(sitting.items) < _ITEMS - self.rng.randrange(3):
            title = self.rng.choice(self.words["titles"])
            add(ItemKind.ADDED, title, f"{self.rng.choice(self.team.officers).name}提出", f"text:{title}", [])

    def _adder(self, sitting: Sitting) -> Any:
        known: set[str] = set()

        def add(
            kind: ItemKind,
            title: str,
            why: str,
            key: str,
            cases: list[int],
            decision: int | None = None,
            again: int = 0,
        ) -> None:
            if key in known:
                return
            known.add(key)
            weight, minutes, _ = self.table[kind.value]
            row = self.book.add(
                AgendaItem,
                meeting=sitting.meeting["id"],
                position=len(sitting.items) + 1,
                state=ItemState.LISTED,
                kind=kind,
                weight=weight,
                minutes=minutes,
                title=title,
                why=why,
                key=key,
                again=again,
                letter_id=None,
                decision_id=decision,
            )
            sitting.items.append(row)
            self.cases_of_item[row["id"]] = cases
            for issue in cases:
                self.book.add(AgendaIssue, item=row["id"], issue=issue)

        return add

    @staticmethod
    def _pressing(case: Case, at: int) -> tuple[ItemKind, str]:
        if case.beyond:
            return ItemKind.ESCALATE, "居民区难以协调"
        if case.send_backs > 1:
            return ItemKind.SENT_BACK, f"退单{case.send_backs}次，建议约请"
        if case.due and case.due < at:
            return ItemKind.OVERDUE, f"超{max((at - case.due) // 1440, 1)}天"
        return ItemKind.DUE_SOON, "将到期"

    def _settle(self, at: int) -> None:
        """Decisions that were done by then are not spoken of again."""
        self.open_decisions = [
            row
            for row in self.open_decisions
            if row["state"] is DecisionState.OPEN or row["done_at"] is None or row["done_at"] > at
        ]
        self.open_decisions.sort(key=lambda row: (row["due_on"], row["id"]))

    # -- minutes and decisions -----------------------------------------------------------------------------------

    def _discuss(self, sitting: Sitting, officer: Person, began: int, *, running: bool) -> None:
        rng, minute = self.rng, began
        for place, item in enumerate(sitting.items):
            if running and place >= 2:
                return
            minute += 7
            draw = rng.random()
            if place and draw < 0.07:
                item["state"], item["outcome"] = ItemState.CUT, rng.choice(self.words["cut"])
                continue
            if place and draw < 0.14:
                item["state"], item["outcome"] = ItemState.DEFERRED, rng.choice(self.words["defer"])
                continue
            item["state"], item["outcome"] = ItemState.DISCUSSED, rng.choice(self.words["outcome"])
            self._paragraph(sitting, item, officer, minute)
            again = item["kind"] is ItemKind.DECISION
            if not again and rng.random() < 0.6 and len(sitting.decisions) < _DECISIONS:
                self._decide(sitting, item, officer, minute)

    def _paragraph(self, sitting: Sitting, item: dict[str, Any], officer: Person, minute: int) -> None:
        case = self._case_of(item)
        pool = self.words["said_case" if case else "said_title"]
        text = self.rng.choice(pool).format(
            who=self.rng.choice(self.seats)[1],
            unit=case.unit_name if case else self.rng.choice(self.units)[1],
            holder=(case and case.assignee_name) or "公共管理力量",
            state="正在处置" if case and case.open_at(minute) else "已安排",
            days=max((minute - case.reported) // 1440, 1) if case else 1,
            n=self.rng.randint(2, 6),
        )
        sitting.paragraphs.append(
            self.book.add(
                MinuteParagraph,
                uid=new_uuid(self.rng),
                meeting=sitting.meeting["id"],
                item=item["id"],
                author=officer.id,
                author_name=officer.name,
                text=text,
                saved_at=minute,
            )
        )

    def _case_of(self, item: dict[str, Any]) -> Case | None:
        wanted = self.cases_of_item[item["id"]]
        return next((case for case in self.cases if wanted and case.id == wanted[0]), None)

    def _decide(self, sitting: Sitting, item: dict[str, Any], officer: Person, minute: int) -> None:
        case = self._case_of(item)
        meeting, day = sitting.meeting, day_of(minute)
        kind, key, name = self._who(case)
        row = self.book.add(
            MeetingDecision,
            meeting=meeting["id"],
            item=item["id"],
            area=meeting["area"],
            number=len(sitting.decisions) + 1,
            what=self._what(case),
            who_kind=kind,
            who_key=key,
            who_name=name,
            due_on=day + timedelta(days=self.rng.choice((7, 10, 14, 21))),
            state=DecisionState.OPEN,
            act=self.act_id,
            made_by=officer.id,
            made_at=minute,
        )
        self.cases_of[row["id"]] = [case.id] if case else []
        if case:
            self.book.add(DecisionIssue, decision=row["id"], issue=case.id)
        due: date = row["due_on"]
        self.step(
            meeting,
            "decide",
            f"决定{row['number']}：{name}{due.month}月{due.day}日前{row['what']}",
            officer,
            minute,
        )
        self._outcome(row, case)
        sitting.decisions.append(row)
        self.open_decisions.append(row)

    def _what(self, case: Case | None) -> str:
        if case is None:
            return self.rng.choice(self.words["decide_title"])
        return f"{mask_phones_in(case.summary)}，{self.rng.choice(self.words['decide_case'])}"

    def _who(self, case: Case | None) -> tuple[Any, str, str]:
        if case and case.assignee_kind is not None and case.assignee_name:
            return case.assignee_kind, case.assignee_key or "", case.assignee_name
        force = self.rng.choice(tuple(self.team.hands))
        return "force", force, FORCES[force]

    def _outcome(self, row: dict[str, Any], case: Case | None) -> None:
        """What became of a decision: with its case, or by its day as most are."""
        if case is not None:
            if not case.is_open:
                done = max(case.closed or 0, row["made_at"])
                row |= {
                    "state": DecisionState.DONE,
                    "done_at": done,
                    "done_text": "所列问题都已销项",
                    "version": 2,
                }
            return
        draw, end = self.rng.random(), start_of(row["due_on"]) + 16 * 60
        done = end - self.rng.randrange(4) * 1440 if draw < 0.85 else end + self.rng.randrange(1, 9) * 1440
        if draw >= 0.97 or done > self.clock.now - 60:
            return
        if draw > 0.94:
            row |= {
                "state": DecisionState.DROPPED,
                "done_at": done,
                "done_text": self.words["dropped"][0],
                "version": 2,
            }
            return
        text = self.rng.choice(self.words["done"])
        row |= {
            "state": DecisionState.DONE,
            "done_at": max(done, row["made_at"] + 60),
            "done_text": text,
            "version": 2,
        }
