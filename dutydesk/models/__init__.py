"""peewee tables, one module per subject. No rules, no Textual.

A table is loaded when it is first asked for: the list of issues needs a third of them, and each takes 0.5 ms.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# First of all: it decides what peewee may load.
from dutydesk.models.base import InstantField, Table, database

if TYPE_CHECKING:
    from dutydesk.models.audit import Act, AuditEntry, AuditHead, AuditValues
    from dutydesk.models.changes import ActChange
    from dutydesk.models.drafts import Draft
    from dutydesk.models.duty_lists import DutyItem, DutyQuestion
    from dutydesk.models.imports import ImportedRow, ImportSource
    from dutydesk.models.issue_parts import Deadline, IssueStep, ProxyEntry, Reporter, Request
    from dutydesk.models.issues import Counter, Issue
    from dutydesk.models.keys import StaffKey
    from dutydesk.models.letters import (
        AgendaLetter,
        Invited,
        Letter,
        LetterIssue,
        LetterNumber,
        LetterPromise,
        LetterProxy,
        LetterStep,
    )
    from dutydesk.models.meeting_parts import (
        AgendaIssue,
        AgendaItem,
        Attendee,
        DecisionIssue,
        MeetingDecision,
        MeetingStep,
        MinuteParagraph,
        UnitTurn,
    )
    from dutydesk.models.meetings import Meeting, MeetingSeries
    from dutydesk.models.office import Category, OfficeSetting, SpecialDay, TimeLimit
    from dutydesk.models.organisation import (
        Area,
        Department,
        District,
        FindKey,
        Subdistrict,
        TeamSeat,
        Unit,
        UnitArea,
        UnitNeighbour,
    )
    from dutydesk.models.passwords import DeskPlace, SignInFailure, StaffPassword
    from dutydesk.models.patrol import Checkpoint, Patrol, PatrolCheck, Route
    from dutydesk.models.postings import Leader, Posting, PostingDay, Sponsorship
    from dutydesk.models.search import SearchText
    from dutydesk.models.shift import DutyRoster, Handover, HandoverNote, Promise, ShiftSwap
    from dutydesk.models.staff import DeskVisit, RoleGrant, Shift, Staff
    from dutydesk.models.views import SavedView

    TABLES: tuple[type[Table], ...]

# Each table's module, in the order in which they can be made: what is referred to comes first.
_HOMES = {
    "District": "organisation",
    "Subdistrict": "organisation",
    "Area": "organisation",
    "Unit": "organisation",
    "UnitArea": "organisation",
    "UnitNeighbour": "organisation",
    "Department": "organisation",
    "TeamSeat": "organisation",
    "FindKey": "organisation",
    "Staff": "staff",
    "RoleGrant": "staff",
    "Leader": "postings",
    "Sponsorship": "postings",
    "Posting": "postings",
    "PostingDay": "postings",
    "Shift": "staff",
    "DeskVisit": "staff",
    "Category": "office",
    "TimeLimit": "office",
    "DutyItem": "duty_lists",
    "DutyQuestion": "duty_lists",
    "OfficeSetting": "office",
    "SpecialDay": "office",
    "Act": "audit",
    "AuditHead": "audit",
    "AuditEntry": "audit",
    "AuditValues": "audit",
    "Draft": "drafts",
    "Counter": "issues",
    "Issue": "issues",
    "Reporter": "issue_parts",
    "IssueStep": "issue_parts",
    "Deadline": "issue_parts",
    "Request": "issue_parts",
    "ProxyEntry": "issue_parts",
    "ActChange": "changes",
    "SearchText": "search",
    "ImportSource": "imports",
    "ImportedRow": "imports",
    "Route": "patrol",
    "Checkpoint": "patrol",
    "Patrol": "patrol",
    "PatrolCheck": "patrol",
    "SavedView": "views",
    "DutyRoster": "shift",
    "ShiftSwap": "shift",
    "Handover": "shift",
    "HandoverNote": "shift",
    "Promise": "shift",
    "MeetingSeries": "meetings",
    "Meeting": "meetings",
    "AgendaItem": "meeting_parts",
    "AgendaIssue": "meeting_parts",
    "Attendee": "meeting_parts",
    "UnitTurn": "meeting_parts",
    "MinuteParagraph": "meeting_parts",
    "MeetingDecision": "meeting_parts",
    "DecisionIssue": "meeting_parts",
    "MeetingStep": "meeting_parts",
    "Letter": "letters",
    "Invited": "letters",
    "LetterPromise": "letters",
    "LetterIssue": "letters",
    "LetterNumber": "letters",
    "LetterStep": "letters",
    "LetterProxy": "letters",
    "AgendaLetter": "letters",
    "StaffKey": "keys",
    "StaffPassword": "passwords",
    "SignInFailure": "passwords",
    "DeskPlace": "passwords",
}


def __getattr__(name: str) -> Any:
    """A table, or `TABLES`: all of them, in the order in which they can be made."""
    found: Any
    if name == "TABLES":
        found = tuple(getattr(import_module(f"{__name__}.{home}"), table) for table, home in _HOMES.items())
    elif name in _HOMES:
        found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


__all__ = ["TABLES", "InstantField", "database"]
