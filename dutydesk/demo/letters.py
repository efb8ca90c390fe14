"""The demo's 条块约请: a year of calls, slips and letters from every area; in the own one a letter in each state.

Each is a course of acts, played until its time is over; the registers are numbered once all are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from dutydesk.demo import letter_acts, letter_acts_after
from dutydesk.demo.book import Book
from dutydesk.demo.clock import Clock, day_of, minute_of, start_of
from dutydesk.demo.letter_tale import NUMBER, People, Setting, Side, Tale
from dutydesk.demo.people import Answering, Person, Roster, Team
from dutydesk.demo.told_cases import Case
from dutydesk.letter_words import Answer, Crossing, Ground, LetterKind
from dutydesk.meeting_words import ItemState
from dutydesk.models import (
    AgendaIssue,
    AgendaItem,
    AgendaLetter,
    Category,
    Counter,
    Department,
    DutyItem,
    Invited,
    Letter,
    LetterIssue,
    LetterNumber,
    LetterPromise,
    LetterProxy,
    LetterStep,
    Meeting,
    RoleGrant,
    Staff,
    Subdistrict,
)
from dutydesk.models.connection import insert_rows, write_transaction
from dutydesk.rules import office
from dutydesk.rules.district import shipped
from dutydesk.rules.letters import papers
from dutydesk.rules.organisation import clause
from dutydesk.text import clean, mask_phones_in
from dutydesk.vocabulary import Role

_REGISTERED = (letter_acts, letter_acts_after)
TABLES = (Letter, Invited, LetterPromise, LetterIssue, LetterStep, LetterProxy)
Act = tuple[Any, ...]  # how many working days after the one before, which act, with what
_SOON = 10 * 1440  # minutes after a meeting within which a letter about its matter is its own
A_YEAR = (8, 13)  # letters of an area
_KINDS = ((LetterKind.CALL, 3), (LetterKind.SLIP, 8), (LetterKind.LETTER, 9))

_CHAIN: dict[LetterKind, tuple[Act, ...]] = {
    LetterKind.CALL: ((0, "submit"),),
    LetterKind.SLIP: ((0, "submit"), (0, "propose")),
    LetterKind.LETTER: ((0, "submit"), (1, "propose"), (1, "check"), (1, "sign")),
}


def _answer(who: int, answer: Answer) -> tuple[Act, ...]:
    return ((1, "receive", who), (0, "answer", who, answer), (0, "release", who))


_COME, _COME_TOO = _answer(0, Answer.COME), _answer(1, Answer.COME)
_TALKS: tuple[Act, ...] = ((2, "hold"), (0, "agree"))
_END: tuple[Act, ...] = (
    (4, "fulfil", 0),
    (2, "fulfil", 1),
    (1, "propose_close"),
    (0, "consent", 0),
    (1, "consent", 1),
    (1, "close_agree"),
    (1, "rate", 0),
    (0, "rate", 1),
    (2, "say", 0),
    (1, "say", 1),
)
_TO_DISTRICT: tuple[Act, ...] = ((1, "raise_agree"), (1, "accept"), (0, "convene"), (0, "name_lead"))
# What may come after a letter is out, by name, and how often in a hundred.
COURSES: dict[str, tuple[int, tuple[Act, ...]]] = {
    "plain": (58, (*_COME, *_COME_TOO, *_TALKS, *_END)),
    "moved": (8, (*_answer(0, Answer.MOVE), *_COME_TOO, (1, "agree_time", 0), *_TALKS, *_END)),
    "written": (8, (*_answer(0, Answer.WRITE), *_COME_TOO, *_TALKS, *_END)),
    "refused": (6, (*_answer(0, Answer.REFUSE), *_COME_TOO, (2, "free", 0), *_TALKS, *_END)),
    "persuaded": (4, (*_answer(0, Answer.REFUSE), (1, "insist", 0), *_COME, *_COME_TOO, *_TALKS, *_END)),
    "silent": (
        5,
        (*_COME_TOO, (3, "urge"), (2, "raised", Ground.SILENCE), *_TO_DISTRICT, *_TALKS, *_END),
    ),
    "raised": (
        3,
        (
            *_answer(0, Answer.REFUSE),
            *_COME_TOO,
            (2, "raised", Ground.REFUSAL),
            *_TO_DISTRICT,
            *_TALKS,
            *_END,
        ),
    ),
    "not_raised": (
        2,
        (
            (1, "receive", 0),
            *_COME_TOO,
            (4, "raised", Ground.SILENCE),
            (1, "back", "raise_refuse"),
            *_COME,
            *_TALKS,
            *_END,
        ),
    ),
    "given_back": (
        2,
        (
            *_COME_TOO,
            (5, "raised", Ground.SILENCE),
            (1, "raise_agree"),
            (2, "back", "give_back"),
            *_COME,
            *_TALKS,
            *_END,
        ),
    ),
    "withdrawn": (2, ((1, "receive", 0), (2, "withdraw"))),
    "reissued": (2, ((1, "receive", 0), (1, "reissue"))),
}
# The own area's: a course, its kind, and the act before which it stands still (the first of that name, of whom).
STAGED: tuple[tuple[str, LetterKind, Act], ...] = (
    ("plain", LetterKind.LETTER, ("submit",)),
    ("plain", LetterKind.SLIP, ("propose",)),
    ("plain", LetterKind.LETTER, ("propose",)),
    ("moved", LetterKind.LETTER, ("check",)),
    ("written", LetterKind.LETTER, ("sign",)),
    ("plain", LetterKind.LETTER, ("receive", 0)),
    ("plain", LetterKind.LETTER, ("answer", 0)),
    ("plain", LetterKind.LETTER, ("release", 0)),
    ("moved", LetterKind.LETTER, ("agree_time", 0)),
    ("refused", LetterKind.LETTER, ("free", 0)),
    ("silent", LetterKind.LETTER, ("urge",)),
    ("silent", LetterKind.LETTER, ("raise_agree",)),
    ("silent", LetterKind.LETTER, ("accept",)),
    ("raised", LetterKind.LETTER, ("convene",)),
    ("raised", LetterKind.LETTER, ("hold",)),
    ("written", LetterKind.SLIP, ("hold",)),
    ("plain", LetterKind.LETTER, ("fulfil", 0)),
    ("plain", LetterKind.SLIP, ("fulfil", 1)),
    ("plain", LetterKind.LETTER, ("consent", 0)),
    ("written", LetterKind.LETTER, ("close_agree",)),
    ("plain", LetterKind.LETTER, ("rate", 0)),
    ("moved", LetterKind.LETTER, ("say", 0)),
    ("plain", LetterKind.CALL, ("hold",)),
    ("withdrawn", LetterKind.LETTER, ()),
    ("reissued", LetterKind.LETTER, ()),
)


def course_of(name: str, kind: LetterKind) -> list[Act]:
    """All acts of a course for a kind, from the draft on."""
    return [(0, "draft"), *_CHAIN[kind], *COURSES[name][1]]


def invite(
    rng: Random, clock: Clock, roster: Roster, cases: Mapping[int, Sequence[Case]], act_id: str
) -> None:
    """Write all letters, with their registers and counters."""
    with write_transaction():
        _Year(rng, clock, roster, cases, act_id).write()


class _Year:
    """What has been told of the year so far."""

    def __init__(
        self, rng: Random, clock: Clock, roster: Roster, cases: Mapping[int, Sequence[Case]], act_id: str
    ) -> None:
        self.cases = cases
        self.rng, self.clock, self.teams = rng, clock, roster.teams
        self.book = Book(clock, TABLES)
        self.setting = Setting(rng, clock, self.book, shipped("demo_letters"), act_id, _bases())
        self.kinds = {row.id: row.kind.value for row in Department.select()}
        self.categories = {row.id: row.name for row in Category.select()}
        self.heads = _holders(Role.DEPARTMENT_HEAD, "department_id")
        self.signatories = _holders(Role.SIGNATORY, "subdistrict_id")
        self.district = next(each for each in roster.district if each.role == Role.DISTRICT_COORDINATOR.value)
        self.release = set(office.DEFAULTS["letter_head_releases"])
        self.tales: list[Tale] = []
        self.told: set[int] = set()  # cases that a letter is about already

    def write(self) -> None:
        """Area by area; then the registers."""
        for team in self.teams:
            cases = self.cases[team.id]
            for _ in range(self.rng.randint(*A_YEAR)):
                self._any(team, cases)
            if team.own:
                for name, kind, stop in STAGED:
                    self._staged(team, cases, name, kind, stop)
        registers, last = self._number()
        self.book.write()
        registers.write()
        insert_rows(Counter, ("name", "value"), sorted(last.items()))
        insert_rows(AgendaLetter, ("agenda_item_id", "letter"), self._from_agendas())

    # -- one letter ----------------------------------------------------------------------------------------------

    def _any(self, team: Team, cases: Sequence[Case]) -> None:
        """A letter of some day of the year, told up to yesterday."""
        day = self.clock.today - timedelta(days=self.rng.randrange(1, 364))
        while not self.clock.is_working(day):
            day -= timedelta(days=1)
        (kind,) = self.rng.choices([kind for kind, _ in _KINDS], [often for _, often in _KINDS])
        (name,) = self.rng.choices(list(COURSES), [often for often, _ in COURSES.values()])
        self._play(self._begin(team, cases, kind, day), course_of(name, kind), start_of(self.clock.today))

    def _staged(self, team: Team, cases: Sequence[Case], name: str, kind: LetterKind, stop: Act) -> None:
        """A letter that stands still before an act; what went before was over yesterday."""
        course = course_of(name, kind)
        ends = next(
            (place for place, act in enumerate(course) if stop and act[1 : 1 + len(stop)] == stop), None
        )
        course = course[:ends]
        day = self.clock.today
        for _ in range(1 + sum(act[0] for act in course)):
            day -= timedelta(days=1)
            while not self.clock.is_working(day):
                day -= timedelta(days=1)
        self._play(self._begin(team, cases, kind, day), course, start_of(self.clock.today))

    def _play(self, tale: Tale, course: Sequence[Act], until: int) -> None:
        self.tales.append(tale)
        for gap, act, *args in course:
            tale.wait(gap)
            if tale.at > until:
                return
            if act == "reissue":
                made = tale.tell(act)
                self._play(made, course_of("plain", tale.letter["kind"])[1:], until)
            elif not (args and isinstance(args[0], int) and args[0] >= len(tale.sides)):
                tale.tell(act, *args)

    def _begin(self, team: Team, cases: Sequence[Case], kind: LetterKind, day: date) -> Tale:
        """About a case that was open then, else about a place and a category; with the departments that answer."""
        at = start_of(day)
        there = [case for case in cases if case.open_at(at) and self._answering(team, case.category, kind)]
        there.sort(key=lambda case: (case.id in self.told, -case.beyond, -case.send_backs))
        if there:
            case = self.rng.choice([each for each in there[:6] if each.id not in self.told] or there[:1])
            self.told.add(case.id)
            category, ids = case.category, [case.id]
            subject = f"协调解决{case.unit_name}{mask_phones_in(case.summary)}"
        else:
            category = self.rng.choice([key for key in team.answering if self._answering(team, key, kind)])
            ids = []
            subject = f"协调解决{self.rng.choice(team.units)[1]}{self.categories[category]}问题"
        answering = self._answering(team, category, kind)
        sides = [self._side(each) for each in self._some(team, answering, kind)]
        crossing = [Crossing.DEPARTMENTS, *([Crossing.FIELDS] if self.rng.random() < 0.4 else [])]
        about = {
            "values": {
                "kind": kind,
                "subject": clean(subject, 60),
                "crossing": " ".join(word.value for word in Crossing if word in crossing),
            },
            "cases": ids,
            "category": category,
        }
        people = People(self.signatories[team.subdistrict_id], self.district)
        return Tale(self.setting, team, people, sides, about, day)

    def _answering(self, team: Team, category: int, kind: LetterKind) -> list[Answering]:
        """Who answers for a category and can be invited by this kind: the district's departments by a letter alone."""
        rows = team.answering.get(category, [])
        return [each for each in rows if kind is LetterKind.LETTER or not each.of_district]

    def _some(self, team: Team, answering: Sequence[Answering], kind: LetterKind) -> list[Answering]:
        """Two departments: who answers for it, and one more of those that are often asked here."""
        first = next((each for each in answering if each.of_district), answering[0])
        others = {
            each.id: each
            for rows in team.answering.values()
            for each in rows
            if each.id != first.id and (kind is LetterKind.LETTER or not each.of_district)
        }
        rest = [each for each in answering if each.id != first.id] or list(others.values())
        return [first, self.rng.choice(rest)]

    def _side(self, answering: Answering) -> Side:
        head = self.heads.get(answering.id) if self.kinds[answering.id] in self.release else None
        speaker = answering.liaison._replace(role=Role.LIAISON.value)
        return Side(answering.id, answering.name, speaker, head)

    def _from_agendas(self) -> list[tuple[int, int]]:
        """Which letters began at a meeting: those drafted within days of one that had spoken of their case."""
        spoken: dict[int, list[tuple[int, int]]] = defaultdict(list)
        query: Any = (
            AgendaIssue.select(AgendaIssue.issue, AgendaItem.id, Meeting.began_at)
            .join(AgendaItem)
            .join(Meeting)
            .where(AgendaItem.state == ItemState.DISCUSSED)
            .order_by(AgendaIssue.id)
        )
        for issue, item, began in query.tuples():
            spoken[issue].append((item, minute_of(began)))
        return [
            (item, tale.letter["id"])
            for tale in self.tales
            for issue in tale.about["cases"]
            for item, began in spoken[issue][:1]
            if tale.letter and 0 < tale.letter["drafted_at"] - began < _SOON
        ]

    # -- the registers -------------------------------------------------------------------------------------------

    def _number(self) -> tuple[Book, dict[str, int]]:
        """Numbers in the order of issuing, by office, kind and year; what was taken back stays, void."""
        book = Book(self.clock, (LetterNumber,))
        last: dict[str, int] = defaultdict(int)
        patterns = {
            (team.subdistrict_id, kind): papers.patterns_of(team.subdistrict_id)[kind.value]
            for team in self.teams
            for kind in LetterKind
        }
        issued = [tale for tale in self.tales if tale.letter and tale.letter["issued_at"] is not None]
        streets = {row.id: row.short_name for row in Subdistrict.select()}
        for tale in sorted(issued, key=lambda tale: (tale.letter["issued_at"], tale.letter["id"])):
            letter = tale.letter
            town, kind, year = letter["subdistrict"], letter["kind"], day_of(letter["issued_at"]).year
            name = f"letter:{kind.value}:{town}:{year}"
            last[name] += 1
            short = streets[town]
            text = patterns[town, kind].format(town=short[:1], name=short, year=year, serial=last[name])
            letter["number"] = text
            void_at, reason = tale.about.get("void", (None, ""))
            book.add(
                LetterNumber,
                subdistrict=town,
                kind=kind,
                year=year,
                serial=last[name],
                text=text,
                letter=letter["id"],
                taken_at=letter["issued_at"],
                void_at=void_at,
                void_reason=reason,
            )
        by_letter = {tale.letter["id"]: tale.letter["number"] for tale in self.tales if tale.letter}
        for step in self.book.of(LetterStep):
            if NUMBER in step["text"] + step["details"]:
                letter = self.book.of(Letter)[step["letter"] - 1]
                number = by_letter[letter["replaces"] if step["name"] == "remade" else letter["id"]]
                step["text"] = step["text"].replace(NUMBER, number)
                step["details"] = step["details"].replace(NUMBER, number)
        return book, last


def _bases() -> dict[int, list[tuple[str, int]]]:
    """What a refusal may rest on: the clauses of a category and whose they are."""
    found: dict[int, list[tuple[str, int]]] = {}
    query: Any = DutyItem.select(DutyItem, Department).join(Department).order_by(DutyItem.id)
    for item in query:
        said = f"{clause(item)}（{item.department.name}）"
        found.setdefault(item.category_id, []).append((said, item.department_id))
    return found


def _holders(role: Role, scope: str) -> dict[int, Person]:
    """Who holds a role, by its scope."""
    rows: Any = (
        RoleGrant.select(RoleGrant, Staff).join(Staff).where(RoleGrant.role == role).order_by(RoleGrant.id)
    )
    found: dict[int, Person] = {}
    for grant in rows:
        person = Person(grant.staff.id, grant.staff.number, grant.staff.name, role.value)
        found.setdefault(getattr(grant, scope), person)
    return found
