"""The demo's 双周例会: a year of them in every area, drawn up, held, put off and signed; three months to come.

In the own subdistrict there is one in each state, so that whoever opens the demo can take each of them on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from dutydesk.demo import meeting_people
from dutydesk.demo.book import Book, Sealed, new_uuid, seal
from dutydesk.demo.clock import Clock, start_of
from dutydesk.demo.meeting_talk import Sitting, Talk
from dutydesk.demo.people import Team
from dutydesk.demo.told_cases import Case
from dutydesk.meeting_words import MeetingKind, MeetingState
from dutydesk.models import (
    AgendaIssue,
    AgendaItem,
    Attendee,
    DecisionIssue,
    Meeting,
    MeetingDecision,
    MeetingSeries,
    MeetingStep,
    MinuteParagraph,
    TeamSeat,
    Unit,
    UnitTurn,
)
from dutydesk.models.connection import write_transaction
from dutydesk.rules import audit
from dutydesk.rules.district import shipped
from dutydesk.rules.meetings import calendar
from dutydesk.rules.workcalendar import moment
from dutydesk.vocabulary import SeatKind

TABLES = (
    MeetingSeries,
    Meeting,
    AgendaItem,
    AgendaIssue,
    Attendee,
    UnitTurn,
    MinuteParagraph,
    MeetingDecision,
    DecisionIssue,
    MeetingStep,
)
YEAR, AHEAD = 364, 90  # days
_STARTS = ("14:00", "09:30", "15:00")
_MINUTES = 90
_CALLED_OFF = ((MeetingState.SKIPPED, 0.06), (MeetingState.JOINED, 0.03), (MeetingState.CANCELLED, 0.02))
_NOT_SIGNED = ((MeetingState.REVIEW, 0.2), (MeetingState.HELD, 0.15))  # of the latest of an area
_ORDER = {kind: place for place, kind in enumerate(SeatKind)}


def hold(
    rng: Random, clock: Clock, teams: list[Team], cases: Mapping[int, Sequence[Case]], act_id: str
) -> None:
    """Write all meetings; the acts and audit entries of those that were signed are their chairs' own."""
    with write_transaction():
        _Year(rng, clock, teams, cases, act_id).write()


class _Year:
    """What has been made of the year so far."""

    def __init__(
        self, rng: Random, clock: Clock, teams: list[Team], cases: Mapping[int, Sequence[Case]], act_id: str
    ) -> None:
        self.cases = cases
        self.rng, self.clock, self.teams, self.act_id = rng, clock, teams, act_id
        self.book = Book(clock, TABLES)
        self.words = shipped("demo_meetings")
        self.talk = Talk(rng, clock, self.book, self.words, act_id)
        self.signed: list[Sitting] = []

    def write(self) -> None:
        """Area by area, each in the order of time."""
        seats = _seats()
        own = next(team for team in self.teams if team.own)
        beside = next(
            team for team in self.teams if team.subdistrict_id == own.subdistrict_id and team is not own
        )
        for team in self.teams:
            self.talk.enter(team, seats[team.id], _units(team), self.cases[team.id])
            self._series(team)
            if team is own:
                self._once(team, MeetingKind.COORDINATION, MeetingState.REVIEW, 4)
                self._once(team, MeetingKind.TOPIC, MeetingState.HELD, 2)
            if team is beside:
                self._once(team, MeetingKind.TOPIC, MeetingState.RUNNING, 0)
                self._once(team, MeetingKind.COUNCIL, MeetingState.CANCELLED, 6)
        signed: dict[int, list[Sealed]] = {}
        for sitting in sorted(self.signed, key=lambda sitting: sitting.signed):
            signed.setdefault(sitting.meeting["subdistrict"], []).append(self._sign(sitting))
        for town, acts in signed.items():
            seal(self.clock, audit.chain_of(town), acts)
        self.book.write()

    # -- the days ------------------------------------------------------------------------------------------------

    def _first(self, team: Team) -> tuple[int, date]:
        """Weekday and first day of a series; the own area meets again on the next working day."""
        today = self.clock.today
        if team.own:
            coming = self.clock.working_day_after(today, 1)
            return coming.isoweekday(), coming - timedelta(days=YEAR)
        weekday = 1 + team.id % 5
        return weekday, calendar.first_day(weekday, today - timedelta(days=YEAR - 7 * (team.id % 2)))

    def _series(self, team: Team) -> None:
        weekday, first = self._first(team)
        starts = _STARTS[0] if team.own else _STARTS[team.id % len(_STARTS)]
        place = f"{team.name.removesuffix('片区')}片区党群服务中心会议室"
        row = self.book.add(
            MeetingSeries,
            area=team.id,
            kind=MeetingKind.BIWEEKLY,
            weekday=weekday,
            every_weeks=2,
            starts=starts,
            minutes=_MINUTES,
            place=place,
            chair=None,
            first_on=first,
        )
        until = self.clock.today + timedelta(days=AHEAD)
        days = list(calendar.days(weekday, 2, first, first, until, self.clock.calendar))
        past = [day for day in days if day.held < self.clock.today]
        words = f"双周例会　双周周{calendar.WEEKDAYS[weekday - 1]} {starts}　{place}"
        for day in days:
            meeting = self._meeting(
                team, MeetingKind.BIWEEKLY, f"{team.name}双周例会", day.held, starts, place
            )
            meeting |= {"series": row["id"], "planned_on": day.planned}
            why = f"（{day.why}，改到{day.held.month}月{day.held.day}日）" if day.why else ""
            planned = min(start_of(day.planned - timedelta(days=AHEAD)) + 9 * 60, self.clock.now)
            self.talk.step(meeting, "plan", words + why, team.chief, planned)
            if day.held < self.clock.today:
                self._take_place(team, meeting, latest=day is past[-1])

    def _meeting(
        self, team: Team, kind: MeetingKind, title: str, on: date, starts: str, place: str
    ) -> dict[str, Any]:
        hour, minute = starts.split(":")
        return self.book.add(
            Meeting,
            area=team.id,
            subdistrict=team.subdistrict_id,
            series=None,
            kind=kind,
            state=MeetingState.PLANNED,
            title=title,
            planned_on=on,
            starts_at=start_of(on) + int(hour) * 60 + int(minute),
            minutes=_MINUTES,
            place=place,
            chair=team.chief.id,
            chair_name=team.chief.name,
        )

    def _once(self, team: Team, kind: MeetingKind, state: MeetingState, ago: int) -> None:
        """A meeting outside the series that stands where somebody of the demo can take it on."""
        on = self.clock.today
        for _ in range(ago):
            on -= timedelta(days=1)
            while not self.clock.is_working(on):
                on -= timedelta(days=1)
        place = f"{team.name.removesuffix('片区')}片区党群服务中心会议室"
        meeting = self._meeting(team, kind, f"{team.name}{kind.label}", on, "10:00", place)
        if not ago:
            meeting["starts_at"] = self.clock.now - 25
        self.talk.step(meeting, "plan", "加开", team.chief, meeting["starts_at"] - 3 * 1440)
        if state is MeetingState.CANCELLED:
            self._call_off(team, meeting, state)
        else:
            self.talk.held(team, meeting, state)

    # -- what became of them --------------------------------------------------------------------------------------

    def _take_place(self, team: Team, meeting: dict[str, Any], *, latest: bool) -> None:
        state = self._drawn(_CALLED_OFF) if not latest else None
        if state is not None and self._call_off(team, meeting, state):
            return
        ends = MeetingState.SIGNED
        if latest and not team.own:
            ends = self._drawn(_NOT_SIGNED) or ends
        if self.rng.random() < 0.05:
            self._moved(team, meeting)
        sitting = self.talk.held(team, meeting, ends)
        if ends is MeetingState.SIGNED:
            self.signed.append(sitting)

    def _drawn(self, chances: tuple[tuple[MeetingState, float], ...]) -> MeetingState | None:
        draw = self.rng.random()
        for state, chance in chances:
            if draw < chance:
                return state
            draw -= chance
        return None

    def _call_off(self, team: Team, meeting: dict[str, Any], state: MeetingState) -> bool:
        """No meeting that day, with the reason; False where there is none to join."""
        name = {MeetingState.SKIPPED: "skip", MeetingState.JOINED: "join"}.get(state, "cancel")
        reason = said = self.rng.choice(self.words[name])
        if state is MeetingState.JOINED:
            other = self._near(meeting)
            if other is None:
                return False
            meeting["joined_into"] = other["id"]
            said = (
                f"并到{other['title']} {moment(self.talk.at(other['starts_at']))}，议程0项一起过去：{reason}"
            )
        meeting["reason"] = reason
        before = min(meeting["starts_at"] - 18 * 60, self.clock.now - 60)
        meeting["state"] = state
        self.talk.step(meeting, name, said, team.chief, before, MeetingState.PLANNED)
        return True

    def _near(self, meeting: dict[str, Any]) -> dict[str, Any] | None:
        """A meeting of a neighbouring area that took place in the same days."""
        return next(
            (
                row
                for row in reversed(self.book.of(Meeting))
                if row["subdistrict"] == meeting["subdistrict"]
                and row["area"] != meeting["area"]
                and row["state"] is MeetingState.SIGNED
                and 0 <= row["starts_at"] - meeting["starts_at"] < 4 * 1440
            ),
            None,
        )

    def _moved(self, team: Team, meeting: dict[str, Any]) -> None:
        """Put off by some hours of the day on which it was planned."""
        was, meeting["starts_at"] = meeting["starts_at"], meeting["starts_at"] + 60
        meeting["reason"] = reason = self.rng.choice(self.words["move"])
        said = f"{moment(self.talk.at(was))} → {moment(self.talk.at(meeting['starts_at']))}：{reason}"
        self.talk.step(meeting, "move", said, team.chief, was - 1440, MeetingState.PLANNED)

    def _sign(self, sitting: Sitting) -> Sealed:
        """The chair signs: fixed by its hash, which the audit's chain holds too."""
        meeting, chair = sitting.meeting, sitting.chair
        content = meeting_people.content(self.talk, sitting)
        meeting["content"], meeting["hash"] = content, hashlib.sha256(content.encode()).hexdigest()
        meeting["signed_by"], meeting["signed_at"] = chair.id, sitting.signed
        said = f"sha256:{meeting['hash']}"
        title = f"{meeting['title']} {moment(self.talk.at(meeting['starts_at']))} {said}"
        values = [{"what": "审签", "after": {"sha256": meeting["hash"]}}]
        act = Sealed("meeting.sign", chair, sitting.signed, title, values, new_uuid(self.rng))
        self.talk.step(meeting, "sign", said, chair, sitting.signed, MeetingState.REVIEW, act.id)
        return act


def _seats() -> dict[int, list[tuple[int, str, str]]]:
    """Those who hold a seat, by area, in the order in which a meeting calls them."""
    found: dict[int, list[tuple[int, str, str]]] = {}
    for seat in sorted(TeamSeat.select(), key=lambda seat: (_ORDER[seat.kind], seat.id)):
        if seat.holder_name and seat.valid_to is None:
            found.setdefault(seat.area_id, []).append((seat.id, seat.holder_name, seat.title))
    return found


def _units(team: Team) -> list[tuple[int, str, str]]:
    """The units of an area by code, with what they are."""
    kinds = {
        row.id: row.kind.label
        for row in Unit.select(Unit.id, Unit.kind).where(Unit.id.in_([key for key, _ in team.units]))
    }
    return [(key, name, kinds[key]) for key, name in team.units]
