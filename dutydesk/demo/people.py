"""The 1,200 people of the demo: who holds which role where, who is posted down, who is on duty."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any, NamedTuple

from dutydesk.demo import standing
from dutydesk.demo.clock import Clock
from dutydesk.demo.wording import Wording
from dutydesk.models import (
    Area,
    Department,
    DutyItem,
    FindKey,
    Posting,
    RoleGrant,
    Staff,
    Subdistrict,
    TeamSeat,
    Unit,
    UnitArea,
)
from dutydesk.models.connection import insert_rows
from dutydesk.rules.district import shipped
from dutydesk.rules.finding import key_rows
from dutydesk.vocabulary import Force, Role, SeatKind, UnitKind

STAFF = 1200
POSTINGS = 1200
OWN_SUBDISTRICT = "310104013"  # 康健新村街道: its first area is the demo's own
DISTRICT_STAFF = {
    Role.DISTRICT_COORDINATOR: 2,
    Role.SUPERVISOR: 2,
    Role.AUDITOR: 1,
    Role.ADMINISTRATOR: 1,
}
# Departments of a subdistrict by the force to which they send people, with the line (条线) that those belong to.
LINES: dict[Force, tuple[tuple[str, str], ...]] = {
    Force.PARTY: (("DQB", "党建"), ("ZZB", "信访"), ("DQZX", "党建"), ("FZB", "党建")),
    Force.MANAGEMENT: (
        ("CGD", "城市管理"),
        ("SJS", "市场监管"),
        ("FGS", "房屋管理"),
        ("LSS", "绿化市容"),
        ("GLB", "城市管理"),
        ("CJZX", "房屋管理"),
        ("CYZX", "城市管理"),
    ),
    Force.SERVICE: (("FWB", "民政"), ("SLZX", "社会保障"), ("FWB", "卫生健康")),
    Force.SAFETY: (("PCS", "公安"), ("PAB", "政法综治"), ("SFS", "司法行政")),
}
_LINE_OF = {code: line for pairs in LINES.values() for code, line in pairs}


class Person(NamedTuple):
    """Somebody who acts in a story; `role` is the one that names the desk."""

    id: int
    number: str
    name: str
    role: str


_NOBODY = Person(0, "", "", "")


class Answering(NamedTuple):
    """A department that answers for a category, and who speaks for it."""

    id: int
    name: str
    of_district: bool
    liaison: Person


@dataclass
class Team:
    """An area with its people."""

    id: int
    name: str
    subdistrict_id: int
    street: str
    roads: list[str]
    units: list[tuple[int, str]]
    homes: list[tuple[int, str]] = field(default_factory=list)
    officers: list[Person] = field(default_factory=list)
    hands: dict[str, list[Person]] = field(default_factory=dict)
    unit_officers: dict[int, Person] = field(default_factory=dict)
    partners: list[tuple[int, str]] = field(default_factory=list)
    answering: dict[int, list[Answering]] = field(default_factory=dict)
    chief: Person = _NOBODY
    coordinator: Person = _NOBODY
    own: bool = False


class Roster:
    """Hires everybody and writes them down."""

    def __init__(self, rng: Random, clock: Clock, words: Wording) -> None:
        self._rng, self._clock, self._words = rng, clock, words
        self._ids = count(1)
        self._staff: list[tuple[Any, ...]] = []
        self._grants: list[tuple[Any, ...]] = []
        self._since = clock.today - timedelta(days=700)
        self._departments = list(Department.select().order_by(Department.id))
        self._speakers: dict[int, Person] = {}
        self.district: list[Person] = []
        self.teams = _teams()

    def hire(self, role: Role, office: int | None = None, **scope: Any) -> Person:
        """A new member of staff (of an office, perhaps) with a first role."""
        number = next(self._ids)
        person = Person(number, f"XH{number:04d}", self._words.names.staff(), role.value)
        phone = self._words.names.phone()
        self._staff.append(
            (number, person.number, person.name, phone, office, scope.get("subdistrict"), True)
        )
        self.grant(person, role, **scope)
        return person

    def grant(self, person: Person, role: Role, force: Force | None = None, **ids: int | None) -> None:
        """Give somebody a role; `ids` are subdistrict, area, unit, department."""
        since = self._since + timedelta(days=self._rng.randrange(400))
        scope = (ids.get(name) for name in ("subdistrict", "area", "unit", "department"))
        self._grants.append(
            (person.id, role.value, *scope, force.value if force else None, since.isoformat())
        )

    def fill(self) -> None:
        """Everybody of the district, exactly `STAFF` people."""
        for role, many in DISTRICT_STAFF.items():
            self.district += [self.hire(role) for _ in range(many)]
        heads: dict[int, Person] = {}
        for street in Subdistrict.select().order_by(Subdistrict.code):
            coordinator = self.hire(Role.COORDINATOR, subdistrict=street.id)
            self.hire(Role.SIGNATORY, subdistrict=street.id)
            for team in self.teams:
                if team.subdistrict_id == street.id:
                    team.coordinator = coordinator
        for team in self.teams:
            self._fill_area(team)
        for department in self._departments:
            scope = {"department": department.id, "subdistrict": department.subdistrict_id}
            heads[department.id] = self.hire(Role.DEPARTMENT_HEAD, department.id, **scope)
            if department.subdistrict_id is None:
                self._speakers[department.id] = self.hire(Role.LIAISON, department.id, **scope)
        self._fill_forces()
        for department in self._departments:
            if department.id not in self._speakers:
                speaker = self._speakers[department.id] = heads[department.id]
                self.grant(
                    speaker, Role.LIAISON, department=department.id, subdistrict=department.subdistrict_id
                )
        self._answers()

    def _fill_area(self, team: Team) -> None:
        here = {"area": team.id, "subdistrict": team.subdistrict_id}
        team.chief = self.hire(Role.AREA_CHIEF, **here)
        team.officers = [
            self.hire(Role.DUTY_OFFICER, self._department(team, "CYZX"), **here)
            for _ in range(3 if team.own or team.id % 2 else 2)
        ]
        for unit_id, _ in team.homes:
            person = self.hire(Role.NEIGHBOURHOOD_OFFICER, unit=unit_id, subdistrict=team.subdistrict_id)
            team.unit_officers[unit_id] = person
        officers = list(team.unit_officers.values())
        for number, (unit_id, _) in enumerate(team.units):
            if unit_id not in team.unit_officers:
                person = team.unit_officers[unit_id] = officers[number % len(officers)]
                self.grant(person, Role.NEIGHBOURHOOD_OFFICER, unit=unit_id, subdistrict=team.subdistrict_id)

    def _department(self, team: Team, code: str) -> int:
        wanted = f"{team.street}-{code}"
        return next(row.id for row in self._departments if row.code == wanted)

    def _fill_forces(self) -> None:
        """Each force of each area in turn, until everybody is hired; the first of a department speaks for it."""
        places = [(team, force) for force in Force for team in self.teams]
        extra = [
            (team, force) for force in (Force.MANAGEMENT, Force.SAFETY, Force.SERVICE) for team in self.teams
        ]
        turns: dict[tuple[int, Force], int] = {}
        for team, force in [*places, *extra][: STAFF - len(self._staff)]:
            turn = turns[team.subdistrict_id, force] = turns.get((team.subdistrict_id, force), -1) + 1
            code, _ = LINES[force][turn % len(LINES[force])]
            department = self._department(team, code)
            here = {"area": team.id, "subdistrict": team.subdistrict_id}
            person = self.hire(Role.HANDLER, department, force=force, **here)
            team.hands.setdefault(force.value, []).append(person)
            if department not in self._speakers:
                self._speakers[department] = person
                self.grant(person, Role.LIAISON, department=department, subdistrict=team.subdistrict_id)

    def _answers(self) -> None:
        """Which departments answer for which category, for each area."""
        answers: dict[int | None, dict[int, list[Answering]]] = {}
        rows = {row.id: row for row in self._departments}
        for item in DutyItem.select().where(DutyItem.department.is_null(False)):
            row = rows[item.department_id]
            answer = Answering(row.id, row.name, row.subdistrict_id is None, self._speakers[row.id])
            by_category = answers.setdefault(row.subdistrict_id, {})
            by_category.setdefault(item.category_id, []).append(answer)
        for team in self.teams:
            for place in (team.subdistrict_id, None):
                for category, answering in answers.get(place, {}).items():
                    team.answering.setdefault(category, []).extend(answering)

    def write(self) -> None:
        """Write staff, roles, seats, postings and the keys under which people are found."""
        columns = ("id", "number", "name", "phone", "department", "subdistrict", "active")
        insert_rows(Staff, columns, self._staff)
        insert_rows(
            RoleGrant,
            ("staff", "role", "subdistrict", "area", "unit", "department", "force", "valid_from"),
            self._grants,
        )
        keys = [row for person in self._staff for row in key_rows("staff", person[0], person[2])]
        keys += self._write_seats()
        columns = ("subject", "subject_id", "key", "position")
        insert_rows(FindKey, columns, ([row[name] for name in columns] for row in keys))
        insert_rows(
            Posting, ("staff", "area", "department", "line", "valid_from", "valid_to"), self._postings()
        )
        standing.write(self.teams, self._clock, self._since)

    def _write_seats(self) -> list[dict[str, object]]:
        """1+4+N of each area; answers with the keys under which the N are found."""
        participants = self._words.texts["team"]["participants"]
        keys: list[dict[str, object]] = []
        rows: list[tuple[Any, ...]] = []
        since, ids = self._since.isoformat(), count(1)
        for team in self.teams:
            rows.append(
                (
                    next(ids),
                    team.id,
                    SeatKind.CHIEF.value,
                    None,
                    "片区长",
                    team.chief.name,
                    team.chief.id,
                    since,
                )
            )
            for force in Force:
                first = team.hands[force.value][0]
                title = f"{force.label}力量"
                rows.append(
                    (
                        next(ids),
                        team.id,
                        SeatKind.FORCE.value,
                        force.value,
                        title,
                        first.name,
                        first.id,
                        since,
                    )
                )
            place = team.name.removesuffix("片区")
            for text in self._rng.sample(participants, self._rng.randint(3, 6)):
                seat, name = next(ids), text.format(place=place)
                rows.append((seat, team.id, SeatKind.PARTICIPANT.value, None, "多元参与", name, None, since))
                team.partners.append((seat, name))
                keys += key_rows("seat", seat, name)
        columns = ("id", "area", "kind", "force", "title", "holder_name", "staff_id", "valid_from")
        insert_rows(TeamSeat, columns, rows)
        return keys

    def _postings(self) -> list[tuple[Any, ...]]:
        """下沉力量: handlers and duty officers in their areas, department heads to one area each, and who was before."""
        codes = {row.id: row.code.rpartition("-")[2] for row in self._departments}
        streets = {row.id: row.subdistrict_id for row in self._departments}
        of = {row[0]: row[4] for row in self._staff}
        rows: list[tuple[Any, ...]] = []
        people = [(person, team) for team in self.teams for person in _posted(team)]
        for person, team in people:
            line = _LINE_OF.get(codes[of[person.id]], "政法综治")
            since = self._since + timedelta(days=self._rng.randrange(300, 650))
            rows.append((person.id, team.id, of[person.id], line, since.isoformat(), None))
        by_street: dict[int, list[Team]] = {}
        for team in self.teams:
            by_street.setdefault(team.subdistrict_id, []).append(team)
        for staff_id, *_, department, _town, _active in self._staff:
            if department and streets[department] and staff_id not in {person.id for person, _ in people}:
                team = by_street[streets[department]][staff_id % len(by_street[streets[department]])]
                line = _LINE_OF.get(codes[department], "城市管理")
                rows.append((staff_id, team.id, department, line, self._since.isoformat(), None))
        for person, team in people[: max(0, POSTINGS - len(rows))]:
            other = self._rng.choice(by_street[team.subdistrict_id])
            line = _LINE_OF.get(codes[of[person.id]], "政法综治")
            until = self._since + timedelta(days=self._rng.randrange(30, 300))
            rows.append(
                (person.id, other.id, of[person.id], line, self._since.isoformat(), until.isoformat())
            )
        return rows


def _posted(team: Team) -> list[Person]:
    return [*team.officers, *(person for force in Force for person in team.hands[force.value])]


def _teams() -> list[Team]:
    """The areas as they were loaded, the own one marked."""
    roads = {entry["code"]: entry["roads"] for entry in shipped("areas")["subdistrict"]}
    streets = {row.id: row.code for row in Subdistrict.select()}
    units: dict[int, list[tuple[int, str, UnitKind]]] = {}
    for row in Unit.select(Unit, UnitArea.area.alias("area_id")).join(UnitArea).order_by(Unit.code).objects():
        units.setdefault(row.area_id, []).append((row.id, row.name, row.kind))
    teams = []
    for area in Area.select().order_by(Area.code):
        street = streets[area.subdistrict_id]
        team = Team(area.id, area.name, area.subdistrict_id, street, roads[street], [])
        team.units = [(key, name) for key, name, _ in units[area.id]]
        team.homes = [(key, name) for key, name, kind in units[area.id] if kind is UnitKind.RESIDENTIAL]
        teams.append(team)
    own = next(team for team in teams if team.street == OWN_SUBDISTRICT)
    own.own = True
    return teams
