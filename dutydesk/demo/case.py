"""A case of the demo while its story is told: the columns of its row, and the rows that go with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class Case:
    """An issue being made. The attributes of its row have the names of the columns; instants are minutes."""

    def __init__(self, team: Team, kind: Kind, template: Template, slots: Slots, reported_at: int) -> None:
        self.team, self.kind, self.template, self.slots = team, kind, template, slots
        self.at = reported_at
        self.id = self.year = self.serial = 0
        self.state, self.is_open, self.returns_to = "reported", True, None
        self.merged_into: int | None = None
        self.subdistrict, self.area = team.subdistrict_id, team.id
        self.category, self.force = kind.id, kind.force
        self.source_number = self.detail = self.on_the_spot = self.assignee_name = self.spot = ""
        self.outcome = self.feedback_text = self.summary = ""
        self.urgency, self.source = "normal", "patrol"
        self.strongly_felt = self.beyond_neighbourhood = self.feedback_given = False
        self.solved_on_spot = self.sample_due = self.sent_down = False
        self.assignee_kind = self.assignee_key = self.handler = self.handled_by = self.checked_by = None
        self.satisfied = self.level = self.paused_until = self.look_again_on = None
        self.send_backs = self.reworks = self.urges = 0
        self.reported_at = self.changed_at = reported_at
        self.source_due_at = self.opened_at = self.assigned_at = self.first_contact_due_at = None
        self.first_contact_at = self.due_at = self.paused_at = self.closed_at = None
        self.version = 1
        self.unit = 0
        self.reported_by: int | None = None
        self.reporter: Person | None = None
        self.holder: Person | None = None
        self.contact: tuple[str, str, str] | None = None
        self.level_if_done = "area"
        self.always_proxied = False
        self.steps: list[Told] = []
        self.deadlines: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.proxies: list[dict[str, Any]] = []
        self.later: list[tuple[int, Callable[[], None]]] = []  # what others do meanwhile, and when
        self.main: Case | None = None  # into which this one may be merged
        self.followers = 0
        self.proposed: Any = None
        self.last_assignee = ("", "")
        self.unit_name = ""
        self.still_open = self.sampled = False
        self.checkpoint: Any = None

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
        """A deadline in place of the one before, as `office.set_deadline`."""
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
