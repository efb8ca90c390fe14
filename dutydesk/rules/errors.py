"""Why a rule says no, in Chinese that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dutydesk.rules.clashes import Clash


class Refused(Exception):
    """A rule refuses. `field` names the input that it is about, where it is about one."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the message for the screen."""
        super().__init__(message)
        self.message = message
        self.field = field


class NotAllowed(Refused):
    """This person may not do that here."""


class Stale(Refused):
    """Somebody else has changed the case since this person read it; the message says who, and what was done.

    `version` is the case's now; `clashes` are the fields that differ (see `rules/clashes.py`).
    """

    def __init__(self, message: str, version: int = 0, clashes: Sequence[Clash] = ()) -> None:
        """Keep both versions for the screen."""
        super().__init__(message)
        self.version = version
        self.clashes = tuple(clashes)


class AlreadyDone(Exception):
    """The act with this id is in the database already; its subject is what the first try made."""

    def __init__(self, subject: str, subject_id: int | None) -> None:
        """Keep the subject, so that the rule can answer as the first time."""
        super().__init__(subject)
        self.subject = subject
        self.subject_id = subject_id
