"""What stands around the demo's people: leaders and 包保, seats with their history, neighbours, attendance, questions.

Draws from a generator of its own, so that the stories stay as they are whatever is told of people here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

from dutydesk.demo.clock import Clock, moment_of
from dutydesk.demo.wording import Names
from dutydesk.models import (
    Category,
    DutyQuestion,
    Leader,
    Posting,
    PostingDay,
    RoleGrant,
    Sponsorship,
    Staff,
    TeamSeat,
    Unit,
    UnitArea,
    UnitNeighbour,
)
from dutydesk.models.connection import insert_rows
from dutydesk.rules.district import SINCE
from dutydesk.rules.workcalendar import WorkCalendar
from dutydesk.vocabulary import Attendance, Force, Role, SeatKind

if TYPE_CHECKING:
    from dutydesk.demo.people import Team

LEADERS = (
    "党工委副书记",
    "办事处副主任",
    "党工委委员、组织委员",
    "党工委委员、武装部长",
    "纪工委书记",
    "党工委委员、政法委员",
    "人大工委主任",
)
SPONSORS = (
    "区住房保障和房屋管理局副局长",
    "区民政局副局长",
    "区市场监督管理局副局长",
    "区绿化和市容管理局副局长",
    "区建设和管理委员会副主任",
    "区委政法委副书记",
    "区卫生健康委员会副主任",
)
PROJECTS = ("加装电梯推进", "“三旧”变“三新”改造", "非机动车充电设施建设")
NO_LEADER_EACH = 20  # each so-many-eth chief is none of the subdistrict's leaders: it is shown as such
WORKING_DAYS = 10
_HABITS = (
    (Attendance.TRIP, 0.04),
    (Attendance.LEAVE, 0.03),
    (Attendance.RECALLED, 0.02),
    (Attendance.ABSENT, 0.01),
)
QUESTIONS = (
    ("商务楼之间围墙倒伏，两栋楼都说不归自己修，归哪个部门管？", ""),
    ("公共绿地里私人架设的晾衣架，绿化和城管谁先处置？", "由绿化市容先劝离，劝不动的由城管中队处置。"),
    ("老小区楼道内废弃通信线缆，各运营商都不认，找谁清？", ""),
)


def write(teams: list[Team], clock: Clock, since: date) -> None:
    """Write all of it, once people, seats and postings are there."""
    rng = Random(5)  # noqa: S311  (made-up data)
    names, today = Names(rng), clock.today
    _hang_roles_on_seats()
    _lead(teams, since)
    _tell_of_before(teams, names, since)
    _odd_seats(teams, today)
    _sponsor(teams, names, since)
    _neighbours()
    insert_rows(PostingDay, ("posting", "day", "attendance", "note"), _attendance(rng, today, clock.calendar))
    _ask(teams, moment_of(clock.now))


def _hang_roles_on_seats() -> None:
    roles = {SeatKind.CHIEF: Role.AREA_CHIEF, SeatKind.FORCE: Role.HANDLER}
    for seat in TeamSeat.select().where(TeamSeat.staff_id.is_null(False)):
        RoleGrant.update(seat=seat.id).where(
            RoleGrant.staff == seat.staff_id,
            RoleGrant.role == roles[seat.kind],
            RoleGrant.area == seat.area_id,
        ).execute()


def _lead(teams: list[Team], since: date) -> None:
    """The chiefs are leaders of their subdistricts, but for a few."""
    rows = []
    for number, team in enumerate(teams, start=1):
        title = LEADERS[number % len(LEADERS)]
        if number % NO_LEADER_EACH:
            rows.append((team.chief.id, team.subdistrict_id, title, since.isoformat()))
        else:
            title = "三级调研员"
        Staff.update(title=title).where(Staff.id == team.chief.id).execute()
    insert_rows(Leader, ("staff", "subdistrict", "title", "valid_from"), rows)


def _tell_of_before(teams: list[Team], names: Names, since: date) -> None:
    """Who was chief before, in every third area."""
    columns = ("area", "kind", "title", "holder_name", "valid_from", "valid_to")
    first, last = (since - timedelta(days=500)).isoformat(), (since - timedelta(days=1)).isoformat()
    rows = [(team.id, SeatKind.CHIEF.value, "片区长", names.staff(), first, last) for team in teams[::3]]
    insert_rows(TeamSeat, columns, rows)


def _odd_seats(teams: list[Team], today: date) -> None:
    """Beside the own area: a force's seat that is vacant, and a chief for whom somebody stands in for two weeks."""
    own = next(team for team in teams if team.own)
    near = [team for team in teams if team.subdistrict_id == own.subdistrict_id and not team.own]
    gone = TeamSeat.get(TeamSeat.area == near[0].id, TeamSeat.force == Force.SERVICE)
    TeamSeat.update(valid_to=today - timedelta(days=20)).where(TeamSeat.id == gone.id).execute()
    first, last = today - timedelta(days=3), today + timedelta(days=10)
    for_whom, deputy = near[1].chief, near[1].officers[0]
    seat = TeamSeat.create(
        area=near[1].id,
        kind=SeatKind.CHIEF,
        title="片区长",
        holder_name=deputy.name,
        staff_id=deputy.id,
        stands_in=True,
        valid_from=first,
        valid_to=last,
    )
    RoleGrant.create(
        staff=deputy.id,
        role=Role.AREA_CHIEF,
        seat=seat,
        stands_in_for_id=for_whom.id,
        subdistrict=own.subdistrict_id,
        area=near[1].id,
        valid_from=first,
        valid_to=last,
    )


def _sponsor(teams: list[Team], names: Names, since: date) -> None:
    """A division-level leader for each area, and for three projects; they have no account."""
    columns = ("holder_name", "title", "subdistrict", "area", "project", "valid_from")
    rows: list[tuple[Any, ...]] = []
    for number, team in enumerate(teams):
        title = SPONSORS[number % len(SPONSORS)]
        rows.append((names.staff(), title, team.subdistrict_id, team.id, "", since.isoformat()))
    for title, project in zip(SPONSORS, PROJECTS, strict=False):
        rows.append((names.staff(), title, None, None, project, since.isoformat()))
    insert_rows(Sponsorship, columns, rows)


def _neighbours() -> None:
    """Units whose codes follow each other in an area lie beside each other (made up, as the areas are)."""
    rows: list[tuple[int, int, str]] = []
    held: dict[int, list[int]] = {}
    for row in UnitArea.select(UnitArea, Unit).join(Unit).order_by(Unit.code):
        held.setdefault(row.area_id, []).append(row.unit_id)
    for units in held.values():
        for one, two in pairwise(units):
            rows += [(one, two, SINCE.isoformat()), (two, one, SINCE.isoformat())]
    insert_rows(UnitNeighbour, ("unit", "neighbour", "valid_from"), rows)


def _attendance(rng: Random, today: date, calendar: WorkCalendar) -> Iterator[tuple[Any, ...]]:
    """The last ten working days of everybody who is posted; today is still to be marked."""
    days = [day for n in range(1, 30) if calendar.is_working(day := today - timedelta(days=n))][:WORKING_DAYS]
    current = Posting.select(Posting.id).where(Posting.valid_to.is_null()).order_by(Posting.id).tuples()
    kinds = [kind for kind, _ in _HABITS]
    shares = [share for _, share in _HABITS]
    others = [*kinds, Attendance.PRESENT]
    weights = [*shares, 1 - sum(shares)]
    for (posting,) in current:
        for day in days:
            yield posting, day.isoformat(), rng.choices(others, weights)[0].value, ""


def _ask(teams: list[Team], now: datetime) -> None:
    """What is on nobody's list, asked by the own area's officers; one is answered."""
    own = next(team for team in teams if team.own)
    category = Category.select().order_by(Category.id).first()
    for number, (question, answer) in enumerate(QUESTIONS):
        DutyQuestion.create(
            subdistrict=own.subdistrict_id,
            category=category.id if number == 0 else None,
            question=question,
            asked_by=own.officers[number % len(own.officers)].name,
            asked_at=now - timedelta(days=9 - 2 * number),
            answer=answer,
            answered_by=own.coordinator.name if answer else "",
            answered_at=now - timedelta(days=1) if answer else None,
        )
