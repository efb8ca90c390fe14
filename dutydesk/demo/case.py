"""A case of the demo while its story is told: the columns of its row, and the rows that go with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from dutydesk.demo.people import Person, Team
from dutydesk.demo.wording import CategoryWords, Slots, Template
from dutydesk.models import Deadline, Issue, IssueStep, ProxyEntry, Request

ISSUE = tuple(Issue._meta.sorted_field_names)
STEP = tuple(IssueStep._meta.sorted_field_names)
DEADLINE = tuple(name for name in Deadline._meta.sorted_field_names if name != "id")
REQUEST = tuple(name for name in Request._meta.sorted_field_names if name != "id")
PROXY = tuple(name for name in ProxyEntry._meta.sorted_field_names if name != "id")
INSTANTS = frozenset(
    {
        "source_due_at",
        "reported_at",
        "opened_at",
        "assigned_at",
        "first_contact_due_at",
        "first_contact_at",
        "due_at",
        "paused_at",
        "closed_at",
        "changed_at",
    }
)
ENDS = ("closed", "merged", "void")


class Kind(NamedTuple):
    """A category with its words."""

    id: int
    code: str
    name: str
    force: str
    delegated: bool
    spot_share: float
    listed: bool  # every 居委 answers for it, on this basis
    basis: str
    words: CategoryWords


class Told:
    """A step of the story; minutes until it is written."""

    __slots__ = ("at", "details", "frm", "id", "name", "occurred", "person", "text", "to")

    def __init__(
        self,
        name: str,
        frm: str | None,
        to: str,
        person: Person,
        text: str,
        details: str,
        at: int,
        occurred: int,
    ) -> None:
        self.name, self.frm, self.to, self.person = name, frm, to, person
        self.text, self.details, self.at, self.occurred = text, details, at, occurred
        self.id = 0


@dataclass(slots=True, eq=False)
class Case:
    """An issue being made. The attributes of its row have the names of the columns; instants are minutes."""

    team: Team
    kind: Kind
    template: Template
    slots: Slots
    reported_at: int
    unit: int
    unit_name: str
    source: str
    reporter: Person
    id: int = 0
    year: int = 0
    serial: int = 0
    state: str = "reported"
    is_open: bool = True
    returns_to: str | None = None
    merged_into: int | None = None
    subdistrict: int = field(init=False)
    area: int = field(init=False)
    spot: str = ""
    category: int = field(init=False)
    urgency: str = "normal"
    source_number: str = ""
    source_due_at: int | None = None
    force: str = field(init=False)
    summary: str = ""
    detail: str = ""
    on_the_spot: str = ""
    strongly_felt: bool = False
    beyond_neighbourhood: bool = False
    assignee_kind: str | None = None
    assignee_key: str | None = None
    assignee_name: str = ""
    handler: int | None = None
    handled_by: int | None = None
    checked_by: int | None = None
    outcome: str = ""
    feedback_given: bool = False
    feedback_text: str = ""
    satisfied: bool | None = None
    level: str | None = None
    solved_on_spot: bool = False
    sample_due: bool = False
    sent_down: bool = False
    send_backs: int = 0
    reworks: int = 0
    urges: int = 0
    reported_by: int = field(init=False)
    opened_at: int | None = None
    assigned_at: int | None = None
    first_contact_due_at: int | None = None
    first_contact_at: int | None = None
    due_at: int | None = None
    paused_at: int | None = None
    paused_until: date | None = None
    look_again_on: date | None = None
    closed_at: int | None = None
    changed_at: int = field(init=False)
    version: int = 1

    # What the story needs besides, and the rows that go with the case.
    at: int = field(init=False)
    contact: tuple[str, str, str] | None = None  # name, telephone, address of who raised it
    holder: Person | None = None
    level_if_done: str = "area"
    last_assignee: tuple[str, str] = ("", "")
    proposed: Any = None
    main: Case | None = None  # into which this one may be merged
    checkpoint: Any = None
    always_proxied: bool = False
    still_open: bool = False
    sampled: bool = False
    steps: list[Told] = field(default_factory=list)
    deadlines: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    proxies: list[dict[str, Any]] = field(default_factory=list)
    later: list[tuple[int, Callable[[], None]]] = field(
        default_factory=list
    )  # what others do meanwhile, and when

    def __post_init__(self) -> None:
        """Take what follows from area, category and reporter."""
        self.subdistrict, self.area = self.team.subdistrict_id, self.team.id
        self.category, self.force = self.kind.id, self.kind.force
        self.reported_by = self.reporter.id
        self.at = self.changed_at = self.reported_at

    @property
    def number(self) -> str:
        """As everybody reads it."""
        return f"{self.year}-{self.serial:06d}"

    def tell(
        self,
        name: str,
        person: Person,
        text: str = "",
        to: str | None = None,
        details: str = "{}",
        occurred: int | None = None,
    ) -> Told:
        """One act: the step, the state, the version, as `rules/steps.take` does it."""
        frm, at = self.state, self.at
        if to is not None:
            self.state = to
            self.is_open = to not in ENDS
        self.version += 1
        self.changed_at = at
        step = Told(name, frm, self.state, person, text, details, at, at if occurred is None else occurred)
        self.steps.append(step)
        return step

    def set_deadline(
        self, phase: str, start: int, due_at: int, said: str, limit: Any = None, hours: str = ""
    ) -> None:
        """A deadline in place of the one before, as `time_limits.set_deadline`."""
        for row in self.deadlines:
            if row["phase"] == phase:
                row["current"] = False
        self.deadlines.append(
            {
                "phase": phase,
                "started_at": start,
                "amount": limit.amount if limit else None,
                "unit": limit.unit if limit else "",
                "limit": limit.id if limit else None,
                "hours": hours,
                "due_at": due_at,
                "explanation": said,
                "current": True,
                "kept": limit,
            }
        )
        if phase == "completion":
            self.due_at = due_at
        else:
            self.first_contact_due_at = due_at

    def state_at(self, minute: int) -> str | None:
        """The state at a minute; None before it was reported."""
        found = None
        for step in self.steps:
            if step.at > minute:
                break
            found = step.to
        return found


def names(columns: Sequence[str], row: dict[str, Any]) -> tuple[Any, ...]:
    """A row in the order of its columns."""
    return tuple(row[name] for name in columns)
