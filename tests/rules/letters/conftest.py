"""Letters of the small district, walked to any state of both lives by the rules themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dutydesk.letter_words import InvitedState, LetterState
from dutydesk.models import Invited, IssueStep, Letter, LetterStep
from dutydesk.rules.letters import acting, drafting
from dutydesk.rules.letters.life import INVITED_ACT, LETTER_ACT
from dutydesk.rules.steps import Proxy
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.vocabulary import Role, State

R, L, D = Role, LetterState, InvitedState

# From a draft to each state of a letter, by acts alone; `office:` and `bureau:` are those of the departments.
TO_OUT = ("propose", "check", "sign")
TO_DOING = (*TO_OUT, "office:come", "agree:office")
LETTER_PATHS: dict[LetterState, tuple[str, ...]] = {
    L.DRAFT: (),
    L.PROPOSING: ("submit",),
    L.CHECKING: ("submit", "propose"),
    L.SIGNING: ("submit", "propose", "check"),
    L.OUT: TO_OUT,
    L.TALKS: (*TO_OUT, "office:come", "bureau:write", "bureau:release"),
    L.DOING: TO_DOING,
    L.CLOSING: (*TO_DOING, "office:fulfil", "propose_close"),
    L.RAISING: (*TO_OUT, "raise"),
    L.RAISED: (*TO_OUT, "raise", "raise_agree"),
    L.DISTRICT: (*TO_OUT, "raise", "raise_agree", "accept"),
    L.CLOSED: (
        *TO_DOING,
        "office:fulfil",
        "propose_close",
        "close_agree",
        "office:consent",
        "close_agree:town",
    ),
    L.WITHDRAWN: ("withdraw",),
    L.REPLACED: (*TO_OUT, "reissue"),
}
# From a letter that is out to each state of the office's line.
INVITED_PATHS: dict[InvitedState, tuple[str, ...]] = {
    D.LISTED: TO_OUT,  # of a department without an account
    D.SENT: TO_OUT,
    D.RECEIVED: (*TO_OUT, "office:receive"),
    D.DRAFTED: (*TO_OUT, "bureau:come"),
    D.COMING: (*TO_OUT, "office:come"),
    D.MOVING: (*TO_OUT, "office:move"),
    D.REFUSED: (*TO_OUT, "office:refuse"),
    D.WRITTEN: (*TO_OUT, "office:write"),
    D.PROMISED: TO_DOING,
    D.DONE: (*TO_DOING, "office:fulfil"),
    D.ENDED: LETTER_PATHS[L.CLOSED],
    D.RATED: (*LETTER_PATHS[L.CLOSED], "office:rate"),
    D.SETTLED: (*LETTER_PATHS[L.CLOSED], "office:rate", "office:say"),
    D.FREED: (*TO_OUT, "office:refuse", "office:free"),
}
DOERS = {
    "submit": R.DUTY_OFFICER, "check": R.COORDINATOR, "sign": R.SIGNATORY, "raise_agree": R.SIGNATORY,
    "raise_refuse": R.COORDINATOR, "accept": R.DISTRICT_COORDINATOR, "give_back": R.DISTRICT_COORDINATOR,
    "convene": R.DISTRICT_COORDINATOR, "name_lead": R.DISTRICT_COORDINATOR,
}  # fmt: skip


@pytest.fixture
def letters(cases):
    """Letters of the small district, on a Tuesday at ten in the morning."""
    return Letters(cases)


class Letters:
    """Drafts letters to the office and the bureau and does acts on them, as whoever may."""

    def __init__(self, cases: Any) -> None:
        self.cases = cases
        self.office, self.bureau = cases.district.departments
        self.bureaus_liaison = cases.hire("L01", R.LIAISON, department=self.bureau)

    def __getitem__(self, role: Role) -> Session:
        return self.cases[role]

    def draft(
        self, *issue_ids: int, act_id: str | None = None, who: Role = R.DUTY_OFFICER, **changes: Any
    ) -> int:
        """A draft to both departments, about these issues or about one new case."""
        ids = issue_ids or (self.cases.in_state(State.OPENED),)
        fields = drafting.proposed(self[who], ids).values | {
            "kind": "letter",
            "tried": "物业和科室都去过",
            "department_1": str(self.office),
            "department_2": str(self.bureau),
        }
        return drafting.draft(self[who], fields | changes, act_id or str(uuid4()), ids)

    def row(self, letter_id: int) -> Letter:
        return Letter.get_by_id(letter_id)

    def line(self, letter_id: int, department: int | None = None) -> Invited:
        """The line of a department in a letter; the office's unless told otherwise."""
        return Invited.get(Invited.letter == letter_id, Invited.department == (department or self.office))

    def do(
        self,
        act: str,
        letter_id: int,
        who: Role | Session | None = None,
        *,
        version: int | None = None,
        act_id: str | None = None,
        proxy: Proxy | None = None,
        department: int | None = None,
        **changes: Any,
    ) -> acting.Done:
        """Do an act on a letter, or (by its name in the second table) on a department's line, filled in."""
        of_invited = act in INVITED_ACT
        found = Invited.select().where(
            Invited.letter == letter_id, Invited.department == (department or self.office)
        )
        line = found.first() or Invited(id=0, letter=letter_id, department=self.office)
        fields = {**self.filled(act, letter_id, line), **changes}
        session = who if isinstance(who, Session) else self[who] if who else self.usual(act, line)
        return acting.perform(
            session,
            letter_id,
            act,
            {key: value for key, value in fields.items() if value is not None},
            act_id or str(uuid4()),
            invited_id=line.id if of_invited else None,
            version=version,
            proxy=proxy,
        )

    def usual(self, act: str, line: Invited) -> Session:
        """Somebody who does an act in the ordinary course."""
        if act not in INVITED_ACT:
            return self[DOERS.get(act, R.AREA_CHIEF)]
        who = INVITED_ACT[act].who
        if act in ("release", "hand_back"):
            return self[R.DEPARTMENT_HEAD]
        if R.LIAISON in who:
            return self[R.LIAISON] if line.department_id == self.office else self.bureaus_liaison
        return self[R.AREA_CHIEF]

    def filled(self, act: str, letter_id: int, line: Invited) -> dict[str, Any]:
        """The fields that an act demands, filled in."""
        way = INVITED_ACT.get(act) or LETTER_ACT[act]
        later = datetime.now(CHINA) + timedelta(days=7)
        known: dict[str, Any] = {
            "meeting_at": later, "time": later + timedelta(days=1), "due_on": (later + timedelta(days=9)).date(),
            "invited": str(line.id),
            "part": "lead", "ground": "choice", "score": "good", "basis": "none", "means": "hand",
            "crossing": "departments", "kind": "letter", "outcome": "已清理，物业接手维护",
        }  # fmt: skip
        fields = {name: known.get(name, f"写明的{name}") for name in way.demands}
        if act == "amend":
            fields["kind"] = "letter"
        if act in ("urge", "supervise"):
            fields["invited"] = str(line.id)
        if act == "invite":
            fields["department"] = str(self.third())
        if act in ("link", "unlink"):
            numbers = self.cases.row(self.cases.in_state(State.OPENED, summary="另一件")).number
            linked = [row.issue.number for row in self.row(letter_id).issues]
            fields["issue"] = linked[0] if act == "unlink" else numbers
        return fields

    def third(self) -> int:
        """A department of the subdistrict where nobody has an account."""
        from dutydesk.models import Department

        row, _ = Department.get_or_create(
            code="SWZ",
            defaults={"name": "水务站", "kind": "station", "subdistrict": self.cases.district.subdistrict},
        )
        return int(row.id)

    def walk(self, letter_id: int, path: tuple[str, ...]) -> int:
        """Along a path: `act`, `office:act`, `bureau:act`, `agree:office`, `close_agree:town`."""
        for step in path:
            first, _, rest = step.partition(":")
            if first in ("office", "bureau"):
                self.do(rest, letter_id, department=getattr(self, first))
            elif first == "close_agree" and rest != "town":
                continue  # the chief agreed by proposing it
            elif rest == "town":
                self.do(first, letter_id, R.COORDINATOR)
            else:
                self.do(first, letter_id)
        return letter_id

    def in_state(self, state: LetterState, **changes: Any) -> int:
        """A letter that stands in a state, come there by acts alone."""
        return self.walk(self.draft(**changes), LETTER_PATHS[state])

    def story(self, letter_id: int) -> list[str]:
        """The names of its steps in order."""
        rows = LetterStep.select().where(LetterStep.letter == letter_id).order_by(LetterStep.id)
        return [row.name for row in rows]

    def last(self, letter_id: int) -> LetterStep:
        rows = LetterStep.select().where(LetterStep.letter == letter_id)
        return rows.order_by(LetterStep.id.desc()).first()

    def told(self, issue_id: int) -> list[str]:
        """What an issue's story says of letters."""
        rows = IssueStep.select().where(IssueStep.issue == issue_id, IssueStep.name == "letter")
        return [row.text for row in rows.order_by(IssueStep.id)]

    def told_by(self, role: Role | None, at: datetime | None = None) -> Proxy:
        """What a role's holder, or somebody without account, told by telephone."""
        person = self[role] if role else None
        name = person.name if person else "水务站老陈"
        return Proxy(person.staff_id if person else None, name, "phone", at or datetime.now(CHINA))
