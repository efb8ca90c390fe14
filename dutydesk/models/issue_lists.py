"""The conditions of the ledger's lists, on which its partial indexes stand too.

A partial index serves a query only where the query says the index's condition word for word, constants and all: so
each is written once, here, with its constants in the SQL; `issue_indexes` and the rules take it from here.
"""

from __future__ import annotations

from typing import Any

from peewee import SQL, Expression

from dutydesk.models.issues import Issue
from dutydesk.vocabulary import RUNNING, AssigneeKind, State

TRUE, FALSE = SQL("true"), SQL("false")


def constant(value: str) -> SQL:
    """A word of the vocabulary as it stands in SQL."""
    return SQL(f"'{value}'")


def _words(*states: State) -> str:
    return "(" + ", ".join(f"'{state.value}'" for state in states) + ")"


def in_state(*states: State) -> Expression:
    """Cases in one of these states."""
    if len(states) == 1:
        return Issue.state == constant(states[0].value)
    return Issue.state.in_(SQL(_words(*states)))


def in_no_other(*states: State) -> Expression:
    """The same, said as what it is not: it does not lead the planner to the index by state, away from a date's."""
    return Issue.state.not_in(SQL(_words(*sorted(set(State) - set(states)))))


OPEN: Any = Issue.is_open == TRUE
RUNNING_NOW: Any = in_no_other(*RUNNING)
ON_HAND: Any = in_state(State.ASSIGNED, State.HANDLING)
TO_A_FORCE: Any = Issue.assignee_kind == constant(AssigneeKind.FORCE.value)
FIRST: Any = OPEN & ((Issue.strongly_felt == TRUE) | (Issue.beyond_neighbourhood == TRUE))
SENT_BACK: Any = in_no_other(State.OPENED) & (Issue.send_backs > SQL("0"))
IN_FEEDBACK: Any = in_no_other(State.FEEDBACK)
SAMPLE: Any = in_no_other(State.CLOSED) & (Issue.sample_due == TRUE)
TO_CONTACT: Any = OPEN & Issue.first_contact_due_at.is_null(False) & Issue.first_contact_at.is_null()
PAUSED: Any = in_no_other(State.PAUSED)
POOLED: Any = in_no_other(State.POOLED)
WAITING_FIRST: Any = in_no_other(State.REPORTED) & (
    (Issue.strongly_felt == TRUE) | (Issue.beyond_neighbourhood == TRUE)
)
GIVEN: Any = Issue.assignee_kind.is_null(False)
