"""Cases of the small district, walked to any state by the rules themselves, on a Tuesday morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from dutydesk.models import (
    Act,
    AuditEntry,
    AuditValues,
    Draft,
    Issue,
    IssueStep,
    ProxyEntry,
    Request,
    RoleGrant,
    Staff,
    TeamSeat,
    UnitArea,
)
from dutydesk.rules import acts, intake, issue_acts
from dutydesk.rules.issue_acts import Done
from dutydesk.rules.lifecycle import BY_ACT
from dutydesk.rules.signing_on import sign_on
from dutydesk.rules.steps import Proxy, Step, record
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.vocabulary import Role, SeatKind, State

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=CHINA)
SINCE = date(2020, 1, 1)
R, S = Role, State


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at NOW; `move_to` and `shift` move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cases(clock, district):
    """Cases of the small district, on a Tuesday at ten in the morning."""
    return Cases(district, clock)


@pytest.fixture
def keeper(cases):
    """The coordinator, who keeps the tree and the people of the subdistrict."""
    Staff.update(subdistrict=cases.district.subdistrict).execute()
    return cases[R.COORDINATOR]


class Cases:
    """Registers cases and does acts on them, as whoever may."""

    def __init__(self, district: Any, clock: time_machine.Traveller) -> None:
        self.district = district
        self.clock = clock
        self.fire, self.rubbish, self.building = district.categories

    def __getitem__(self, role: Role) -> Session:
        return self.district.sessions[role]

    def new(self, session: Session | None = None, act_id: str | None = None, **changes: Any) -> int:
        """Register a case as the duty officer; one with a reporter unless told otherwise."""
        fields = {
            "unit": str(self.district.units[0]),
            "category": str(self.fire),
            "summary": "3号楼楼道堆放旧家具",
            "source": "caller",
            "reporter_name": "王小明",
            "reporter_phone": "13800001234",
        }
        session = session or self[R.DUTY_OFFICER]
        return intake.register(session, fields | changes, act_id or str(uuid4())).issue_id

    def filled(self, act: str, **changes: Any) -> dict[str, Any]:
        """The fields that an act demands, filled in, with changes; None takes one away."""
        fields = {name: self._value(act, name) for name in BY_ACT[act].demands if name not in changes}
        if act == "flag":
            fields = {"flags": "strongly_felt"}
        if act == "feedback":
            fields = {"told_how": "phone", "told": "已清理，请您看看", "satisfied": "yes"}
        return {name: value for name, value in (fields | changes).items() if value is not None}

    def _value(self, act: str, name: str) -> Any:
        if name == "target":
            return Issue.get_by_id(self.new(summary="同一处楼道又有人反映")).number
        if name == "until":
            return (datetime.now(CHINA) + timedelta(days=9)).date()
        return {
            "assignee": "force:management" if act == "reassign" else "force:safety",
            "ground": "listed",
            "basis": "none",
            "level": "area",
            "told_how": "phone",
            "category": str(self.rubbish),
            "urgency": "urgent",
        }.get(name, f"写明的{name}")

    def do(
        self,
        act: str,
        issue_id: int,
        who: Role | Session | None = None,
        *,
        version: int | None = None,
        act_id: str | None = None,
        proxy: Proxy | None = None,
        **changes: Any,
    ) -> Done:
        """Do an act as a role (by default one that may), with its demands filled in."""
        session = who if isinstance(who, Session) else self[who or usual_doer(act)]
        fields = self.filled(act, **changes)
        version = version or Issue.get_by_id(issue_id).version
        return issue_acts.perform(session, issue_id, version, act, fields, act_id or str(uuid4()), proxy)

    def in_state(self, state: State, **changes: Any) -> int:
        """A case that stands in a state, come there by acts alone."""
        issue_id = self.new(**changes)
        for act in PATHS[state]:
            self.do(act, issue_id)
        return issue_id

    def in_hands(self, role: Role, state: State, **changes: Any) -> int:
        """A case that is with a handler, a liaison, a department's head or a neighbourhood officer."""
        if role is R.NEIGHBOURHOOD_OFFICER:
            changes = {"category": str(self.rubbish)} | changes
        issue_id = self.in_state(S.OPENED, **changes)
        office, bureau = self.district.departments
        with_whom = {R.LIAISON: f"department:{office}", R.DEPARTMENT_HEAD: f"department:{bureau}"}
        if role is R.NEIGHBOURHOOD_OFFICER:
            self.do("send_down", issue_id)
        else:
            self.do("assign", issue_id, assignee=with_whom.get(role, "force:safety"))
        if state is S.HANDLING:
            self.do("take_up", issue_id, role)
        return issue_id

    def for_act(self, act: str, state: State) -> int:
        """A case in a state, such that an act's conditions beyond role and state hold."""
        if act == "sample_check":
            return self.new(category=str(self.rubbish), solved=True, on_the_spot="当场清走")
        if act == "source_extension":
            due = NOW + timedelta(days=3)
            return self.in_state(state, source="hotline", source_number="XH-1", source_due=due)
        if act == "file_old":
            return self.answered(state)
        if act == "move_area":
            issue_id = self.in_state(state)
            self.move_unit(self.district.units[0], self.district.areas[1])
            return issue_id
        if act == "propose_assign":
            return self.in_state(state, category=str(self.building))
        if act == "feedback" and state is S.MERGED:
            main, issue_id = self.new(), self.new()
            self.do("merge", issue_id, target=Issue.get_by_id(main).number)
            for each in PATHS[S.FEEDBACK]:
                self.do(each, main)
            return issue_id
        if act == "close":
            issue_id = self.in_state(state)
            self.do("feedback", issue_id)
            return issue_id
        if act == "send_down":
            return self.in_state(state, category=str(self.rubbish))
        if act == "pass_up":
            issue_id = self.in_state(S.OPENED, category=str(self.rubbish))
            self.do("send_down", issue_id)
            if state is S.HANDLING:
                self.do("take_up", issue_id, R.NEIGHBOURHOOD_OFFICER)
            return issue_id
        return self.in_state(state)

    def move_unit(self, unit: int, area: int) -> None:
        """A unit belongs to another area, as from today on."""
        UnitArea.update(area=area).where(UnitArea.unit == unit).execute()

    def answered(self, state: State) -> int:
        """A case as a source's list brings it in with an answer of four days ago; nobody here has touched it."""
        issue_id = self.new(source="hotline", source_number="XH-1", found_at=NOW - timedelta(days=9))
        if state is not S.REPORTED:
            self.do("open", issue_id)
        with acts.act(self[R.AREA_CHIEF], str(uuid4()), "issue.import") as acting:
            issue = Issue.get_by_id(issue_id)
            issue.state, issue.outcome, issue.version = state, "已清理完毕", issue.version + 1
            issue.save()
            at = NOW - timedelta(days=4)
            step = Step(self[R.AREA_CHIEF], acting, issue, BY_ACT["note"], {}, happened=at)
            record(step, "来源清单上的答复：已清理完毕", "source_answer", S.REPORTED)
        return issue_id

    def hire(
        self, number: str, role: Role, since: date = SINCE, until: date | None = None, **scope: Any
    ) -> Session:
        """Somebody new with a role, signed on."""
        staff = Staff.create(number=number, name=f"{role.label}{number}")
        RoleGrant.create(staff=staff, role=role, valid_from=since, valid_to=until, **scope)
        return sign_on(number)

    def partner(self) -> int:
        """The seat of the area's participant, who has no account."""
        return int(TeamSeat.get(TeamSeat.kind == SeatKind.PARTICIPANT).id)

    def row(self, issue_id: int) -> Issue:
        """The case as it stands in the database."""
        return Issue.get_by_id(issue_id)

    def story(self, issue_id: int) -> list[str]:
        """The names of its steps in order."""
        steps = IssueStep.select().where(IssueStep.issue == issue_id).order_by(IssueStep.id)
        return [step.name for step in steps]

    def last(self, issue_id: int) -> IssueStep:
        """Its last step."""
        steps = IssueStep.select().where(IssueStep.issue == issue_id)
        return steps.order_by(IssueStep.id.desc()).first()

    def told_by(self, role: Role, at: datetime | None = None) -> Proxy:
        """What a role's holder told by telephone, for entering it 代录."""
        person = self[role]
        return Proxy(person.staff_id, person.name, "phone", at or datetime.now(CHINA))

    def written(self) -> dict[str, Any]:
        """How much there is of all that an act writes, and every case as it stands."""
        tables = (Act, AuditEntry, AuditValues, IssueStep, Request, ProxyEntry, Draft)
        counts: dict[str, Any] = {table.__name__: table.select().count() for table in tables}
        return counts | {"issues": list(Issue.select().order_by(Issue.id).dicts())}


def usual_doer(act: str) -> Role:
    """A role that does an act in the ordinary course."""
    who = BY_ACT[act].who
    if act.startswith("ask_") or act == "propose_assign":
        return R.DUTY_OFFICER
    if act == "move_area":
        return R.COORDINATOR
    order = (R.AREA_CHIEF, R.HANDLER, R.DUTY_OFFICER, R.NEIGHBOURHOOD_OFFICER)
    if act == "pass_up":
        return R.NEIGHBOURHOOD_OFFICER
    return next(role for role in order if role in who)


_TO_FEEDBACK = ("open", "assign", "take_up", "report_done", "pass_check")
PATHS: dict[State, tuple[str, ...]] = {
    S.REPORTED: (),
    S.OPENED: ("open",),
    S.ASSIGNED: ("open", "assign"),
    S.HANDLING: ("open", "assign", "take_up"),
    S.REVIEW: ("open", "assign", "take_up", "report_done"),
    S.FEEDBACK: _TO_FEEDBACK,
    S.CLOSED: (*_TO_FEEDBACK, "feedback", "close"),
    S.PAUSED: ("open", "assign", "pause"),
    S.POOLED: ("open", "assign", "pool"),
    S.MERGED: ("open", "assign", "merge"),
    S.VOID: ("reject",),
}
