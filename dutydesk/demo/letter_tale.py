"""A letter's life in the demo, act by act, as `rules.letters` would have it: a tale is told until its time is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from dutydesk.demo.book import Book
from dutydesk.demo.clock import Clock, day_of, minute_of, moment_of, start_of
from dutydesk.demo.people import Person, Team
from dutydesk.letter_words import (
    InvitedState,
    LetterState,
)
from dutydesk.models import LetterStep
from dutydesk.rules import deadlines
from dutydesk.rules.deadlines import LimitUnit, TimeLimit
from dutydesk.rules.letters.life import INVITED_ENDS, TAKING_PART

ACTS: dict[str, Callable[..., Any]] = {}
NUMBER = "〔№〕"  # stands for the number until all letters of a register are in order
L, D = LetterState, InvitedState
_BY_WORD = 0.12  # of answers are entered 代录


class Side(NamedTuple):
    """A department that is invited: who speaks for it, who releases its answers (nobody where it is not so)."""

    id: int
    name: str
    liaison: Person
    head: Person | None


class People(NamedTuple):
    """Who signs and coordinates."""

    signatory: Person
    district: Person


class Setting(NamedTuple):
    """What all tales share."""

    rng: Random
    clock: Clock
    book: Book
    words: dict[str, list[str]]
    act_id: str
    bases: dict[int, list[tuple[str, int]]]  # of a category: a clause of the 权责清单, and whose it is


class Tale:
    """One letter while it is told; `at` is the minute at which the tale stands."""

    def __init__(
        self,
        setting: Setting,
        team: Team,
        people: People,
        sides: Sequence[Side],
        about: dict[str, Any],
        start: date,
    ) -> None:
        self.setting, self.team, self.people, self.sides = setting, team, people, list(sides)
        self.rng, self.words, self.about = setting.rng, setting.words, about
        self.officer = self.rng.choice(team.officers)
        self.at = start_of(start) + 9 * 60 + self.rng.randrange(5, 50)
        self.letter: dict[str, Any] = {}
        self.invited: list[dict[str, Any]] = []
        self.promises: list[dict[str, Any]] = []
        self.steps: list[dict[str, Any]] = []

    def wait(self, days: int) -> None:
        """Go on so many working days later, or a little later on the same day."""
        self.at += self.rng.randrange(4, 14)
        day = day_of(self.at)
        for _ in range(days):
            day += timedelta(days=1)
            while not self.setting.clock.is_working(day):
                day += timedelta(days=1)
        if days:
            self.at = start_of(day) + 9 * 60 + self.rng.randrange(5, 60)

    def working_day(self, minute: int) -> date:
        """The day of a minute, or the next one on which the office works."""
        day = day_of(minute)
        while not self.setting.clock.is_working(day):
            day += timedelta(days=1)
        return day

    def tell(self, act: str, *args: Any) -> Any:
        """Do one act of a course."""
        return ACTS[act](self, *args)

    # -- what acts share -----------------------------------------------------------------------------------------

    def pick(self, name: str) -> str:
        """One of the texts of a name."""
        return self.rng.choice(self.words[name])

    def due(self, days: int) -> int:
        """When a limit of so many working days that starts now is over."""
        calendar = self.setting.clock.calendar
        return minute_of(deadlines.due(moment_of(self.at), TimeLimit(days, LimitUnit.WORK_DAYS), calendar))

    def record(
        self,
        name: str,
        person: Person,
        text: str,
        frm: str,
        to: str,
        invited: int | None = None,
        **details: Any,
    ) -> dict[str, Any]:
        """A line of the story; each act counts on the letter's version."""
        step = self.setting.book.add(
            LetterStep,
            letter=self.letter["id"],
            invited=self.invited[invited]["id"] if invited is not None else None,
            act=self.setting.act_id,
            name=name,
            from_state=frm,
            to_state=to,
            staff=person.id,
            staff_name=person.name,
            role=person.role,
            text=text,
            details=json.dumps(details, ensure_ascii=False),
            occurred_at=self.at,
            recorded_at=self.at,
        )
        self.steps.append(step)
        self.letter["changed_at"] = self.at
        self.letter["version"] = len(self.steps)
        return step

    def on_letter(
        self, name: str, person: Person, text: str, to: LetterState | None = None, **details: Any
    ) -> None:
        """An act on the letter: its state, what settles by itself, the line."""
        frm = self.letter["state"]
        if to is not None:
            self.letter["state"] = to
        self.settle()
        self.record(name, person, text, frm.value, self.letter["state"].value, **details)

    def on_side(
        self, name: str, who: int, person: Person, text: str, to: InvitedState, **details: Any
    ) -> dict[str, Any]:
        """An act on one of the invited."""
        row = self.invited[who]
        frm, row["state"] = row["state"], to
        row["version"] += 1
        self.settle()
        return self.record(name, person, text, frm.value, row["state"].value, who, **details)

    def settle(self) -> None:
        """As `rules.letters.taking.settle`: waiting for answers, or for the talks."""
        if self.letter["state"] not in (L.OUT, L.TALKS):
            return
        states = {row["state"] for row in self.invited} - INVITED_ENDS
        answered = bool(states) and states <= TAKING_PART
        self.letter["state"] = L.TALKS if answered or self.letter["held_at"] else L.OUT

    def everybody(self, to: InvitedState) -> None:
        """Whoever still takes part comes along with the letter's end."""
        for row in self.invited:
            if row["state"] not in INVITED_ENDS:
                row["state"] = to
                row["version"] += 1


def act(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register what a course may name."""
    ACTS[function.__name__] = function
    return function
