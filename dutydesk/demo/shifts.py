"""The demo's shifts: rosters drafted as the office would, and in the own area the pages by which they were handed over.

The last page waits for the signature of whoever the demo opens as.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from dutydesk.demo.clock import Clock, minute_of, moment_of
from dutydesk.demo.people import Person, Team
from dutydesk.models import Act, Area, DutyRoster, Issue, Promise, Shift
from dutydesk.models.connection import insert_rows, write_transaction
from dutydesk.rules import audit, handover, handover_lines, office
from dutydesk.rules.fair_draft import draft
from dutydesk.rules.handover_lines import Line
from dutydesk.rules.on_duty import Watch
from dutydesk.rules.roster_reading import days_of, month_after
from dutydesk.rules.shift_pattern import Duty, Pattern, Tally, day_kind, kinds_of
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role, RosterState

PAGES = 12  # handovers before this shift
ENOUGH = 3
_FREE = (
    ("3号楼顶楼钥匙放在门卫室，用完请还",),
    ("明天上午街道来人看消防通道，请陪同", "打印机缺纸，已报后勤"),
    (),
    ("夜里若有暴雨，先看低洼车库",),
)
_PROMISED = (
    "明天上午请物业师傅上门看",
    "和业委会商量后给个答复",
    "清运以后拍照发给她看",
    "周五前把楼道灯修好",
)


@dataclass
class Watches:
    """Who is on duty, from the first of last month to the end of this one; in the own area its first officer now."""

    clock: Clock
    teams: list[Team]

    def __post_init__(self) -> None:
        """The pattern that ships, for every area."""
        self.kinds = kinds_of(str(office.DEFAULTS["shift_kinds"]))
        this = f"{self.clock.today:%Y-%m}"
        self.months = [month_after(this, steps) for steps in (-1, 0, 1)]

    def write(self) -> None:
        """Rosters of last month and this one in force everywhere; next month's a draft in the own area."""
        rosters: list[list[Any]] = []
        for team in self.teams:
            days = [day for month in self.months[:2] for day in days_of(month)]
            duties = self._as_of_now(team, self._draft(team, days))
            insert_rows(
                Shift,
                ("area", "staff", "name", "starts_at", "ends_at"),
                (self._row(team, duty) for duty in duties),
            )
            rosters.append(self._roster(team, self.months[1], duties, RosterState.PUBLISHED))
            if team.own:
                coming = self._draft(team, days_of(self.months[2]), duties)
                rosters.append(self._roster(team, self.months[2], coming, RosterState.DRAFT))
        columns = ("area", "month", "state", "pattern", "lines", "drafted_by", "drafted_at")
        insert_rows(DutyRoster, (*columns, "published_by", "published_at", "version"), rosters)

    def _people(self, team: Team) -> tuple[int, ...]:
        officers = [each.id for each in team.officers]
        return tuple(officers if len(officers) >= ENOUGH else [*officers, team.chief.id])

    def _draft(self, team: Team, days: list[date], before: list[Duty] | None = None) -> list[Duty]:
        pattern = Pattern(self.kinds, self._people(team))
        had: dict[int, Tally] = {}
        for duty in before or ():
            if duty.staff_id is not None:
                kind = day_kind(duty.day, self.clock.calendar)
                had.setdefault(duty.staff_id, Tally()).add(duty.kind.night, kind)
        return draft(pattern, days, self.clock.calendar, had, before or ())

    def _as_of_now(self, team: Team, duties: list[Duty]) -> list[Duty]:
        """In the own area whom the demo opens as is on duty now: two people change places for good."""
        if not team.own:
            return duties
        now = moment_of(self.clock.now)
        here = next(
            duty for duty in duties if duty.kind.span(duty.day)[0] <= now < duty.kind.span(duty.day)[1]
        )
        places = {here.staff_id: team.officers[0].id, team.officers[0].id: here.staff_id}
        return [replace(duty, staff_id=places.get(duty.staff_id, duty.staff_id)) for duty in duties]

    def _row(self, team: Team, duty: Duty) -> list[Any]:
        start, end = (self.clock.iso(minute_of(at)) for at in duty.kind.span(duty.day))
        return [team.id, duty.staff_id, duty.kind.name, start, end]

    def _roster(self, team: Team, month: str, duties: list[Duty], state: RosterState) -> list[Any]:
        lines = [
            [duty.day.isoformat(), duty.kind.name, duty.staff_id]
            for duty in duties
            if f"{duty.day:%Y-%m}" == month
        ]
        pattern = {
            "shifts": "、".join(map(str, self.kinds)),
            "people": list(self._people(team)),
            "rest": True,
        }
        made = self.clock.iso(self.clock.now - 20 * 1440)
        published = state is RosterState.PUBLISHED
        return [
            *(team.id, month, state.value, json.dumps(pattern | {"away": ""}, ensure_ascii=False)),
            *(json.dumps(lines, ensure_ascii=False), team.officers[0].id, made),
            *(team.chief.id if published else None, made if published else None, 2 if published else 1),
        ]


def hand_over(rng: Random, clock: Clock, own: Team, act_id: str) -> None:
    """Promises and the latest pages of the own area, each signed by who went and, but for the last, by who came."""
    now = moment_of(clock.now)
    with write_transaction():
        _promise(own, clock, act_id)
        shifts = list(
            Shift.select()
            .where(Shift.area == own.id, Shift.starts_at > now - timedelta(days=10), Shift.ends_at <= now)
            .order_by(Shift.starts_at)
        )[-PAGES:]
        people = {each.id: each for each in (*own.officers, own.chief)}
        for number, shift in enumerate(shifts):
            following = Shift.get(Shift.area == own.id, Shift.starts_at == shift.ends_at)
            last = shift is shifts[-1]
            page = _page(clock, own, people, shift, following, last)
            free = _FREE[number % len(_FREE)]
            lines = [*page.lines, *(Line("free", text) for text in free)]
            _sign(rng, own, people, shift, following, replace(page, lines=tuple(lines)), last)


def _session(own: Team, person: Person, day: date) -> Session:
    role = Role(person.role)
    return Session(
        person.id, person.number, person.name, (Grant(role, own.name, own.subdistrict_id, own.id),), day
    )


def _page(
    clock: Clock, own: Team, people: Mapping[int, Person], shift: Shift, following: Shift, last: bool
) -> handover.Page:
    session = _session(own, people[shift.staff_id], clock.today)
    watch = Watch(
        *(own.id, shift.id, shift.name, shift.starts_at, shift.ends_at),
        *(following.staff_id, people[following.staff_id].name, following.ends_at),
    )
    until = shift.ends_at - timedelta(minutes=5)
    found = handover.page_of(session, watch, until)
    if last:
        return found
    # what was due then cannot be told any more
    parts = [
        *handover_lines.came(own.id, shift.starts_at, until, "{place} {summary}"),
        *handover_lines.done(own.id, shift.starts_at, until),
    ]
    return replace(found, lines=tuple(handover_lines.told(parts)))


def _sign(
    rng: Random,
    own: Team,
    people: Mapping[int, Person],
    shift: Shift,
    following: Shift,
    page: handover.Page,
    last: bool,
) -> None:
    area = Area.get_by_id(own.id)
    goes, comes = people[shift.staff_id], people[following.staff_id]
    session = _session(own, goes, page.until.date())
    watch = Watch(
        *(own.id, shift.id, shift.name, shift.starts_at, shift.ends_at),
        *(comes.id, comes.name, following.ends_at),
    )
    act = _act(rng, "handover.sign_out", goes, page.until)
    row = handover.keep_page(session, watch, page, list(page.lines), comes.id, act.id)
    title = f"handover {area.name} {handover.day_and_shift(page)} sha256:{row.hash}"
    chain = audit.chain_of(own.subdistrict_id)
    audit.append(act, goes.number, chain, title, [{"what": "交班", "after": {"sha256": row.hash}}])
    if last:
        return
    row.signed_in_at = page.until + timedelta(minutes=rng.randint(4, 15))
    row.save()
    act = _act(rng, "handover.sign_in", comes, row.signed_in_at)
    audit.append(act, comes.number, chain, title, [{"what": "接班", "after": {"incoming": comes.id}}])


def _act(rng: Random, name: str, person: Person, at: datetime) -> Act:
    act = Act(
        id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        name=name,
        staff=person.id,
        role=person.role,
        came_from="演示",
        at=at,
    )
    act.save(force_insert=True)
    return act


def _promise(own: Team, clock: Clock, act_id: str) -> None:
    """Some who were called were promised something."""
    called = (
        Issue.select()
        .where(Issue.area == own.id, Issue.is_open == True, Issue.first_contact_at.is_null(False))  # noqa: E712
        .order_by(Issue.id.desc())
        .limit(len(_PROMISED))
    )
    for number, issue in enumerate(called):
        due = clock.after(clock.now, 240 * (number + 1))
        Promise.create(
            issue=issue,
            area=own.id,
            act=act_id,
            text=_PROMISED[number],
            due_at=moment_of(due),
            made_by=own.officers[number % len(own.officers)].id,
            made_at=issue.first_contact_at,
        )
