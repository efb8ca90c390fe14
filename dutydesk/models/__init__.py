"""peewee tables, one module per subject. No rules, no Textual."""

# First of all: it decides what peewee may load.
from dutydesk.models.base import InstantField, Table, database

# isort: split
from dutydesk.models.audit import Act, AuditEntry, AuditHead, AuditValues
from dutydesk.models.changes import ActChange
from dutydesk.models.drafts import Draft
from dutydesk.models.imports import ImportedRow, ImportSource
from dutydesk.models.issues import (
    Counter,
    Deadline,
    Issue,
    IssueStep,
    ProxyEntry,
    Reporter,
    Request,
)
from dutydesk.models.office import Category, DutyItem, DutyQuestion, OfficeSetting, SpecialDay, TimeLimit
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
from dutydesk.models.patrol import Checkpoint, Patrol, PatrolCheck, Route
from dutydesk.models.search import SearchText
from dutydesk.models.shift import DutyRoster, Handover, HandoverNote, Promise, ShiftSwap
from dutydesk.models.staff import DeskVisit, Leader, Posting, PostingDay, RoleGrant, Shift, Sponsorship, Staff
from dutydesk.models.views import SavedView

TABLES: tuple[type[Table], ...] = (
    District,
    Subdistrict,
    Area,
    Unit,
    UnitArea,
    UnitNeighbour,
    Department,
    TeamSeat,
    FindKey,
    Staff,
    RoleGrant,
    Leader,
    Sponsorship,
    Posting,
    PostingDay,
    Shift,
    DeskVisit,
    Category,
    TimeLimit,
    DutyItem,
    DutyQuestion,
    OfficeSetting,
    SpecialDay,
    Act,
    AuditHead,
    AuditEntry,
    AuditValues,
    Draft,
    Counter,
    Issue,
    Reporter,
    IssueStep,
    Deadline,
    Request,
    ProxyEntry,
    ActChange,
    SearchText,
    ImportSource,
    ImportedRow,
    Route,
    Checkpoint,
    Patrol,
    PatrolCheck,
    SavedView,
    DutyRoster,
    ShiftSwap,
    Handover,
    HandoverNote,
    Promise,
)

__all__ = ["TABLES", "InstantField", "database"]
