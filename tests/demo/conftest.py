"""The demo district, filled once for all who only read it, and small ones that a test fills for itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dutydesk.demo import fill
from dutydesk.models import (
    Category,
    Issue,
    IssueStep,
    database,
)
from dutydesk.models.connection import connect
from dutydesk.rules import signing_on
from dutydesk.session import Session


def silent(_line: str) -> None:
    return None


@pytest.fixture(scope="module")
def demo(demo_url: str) -> Iterator[Session]:
    """The session of whoever the demo opens as; its database is connected, and only read."""
    connect(demo_url)
    yield signing_on.sign_on(None)
    database.close()


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Any]:
    """Fills small districts and connects to them."""

    def make(name: str = "demo", issues: int = 60, seed: int = 1) -> str:
        url = f"sqlite:///{tmp_path / name}.db"
        fill(url, issues, seed, silent)
        connect(url)
        return url

    yield make
    if not database.is_closed():
        database.close()


def own(session: Session) -> Any:
    """The cases of the demo's own area."""
    return Issue.select().where(Issue.area == session.area_id)


def stories() -> Iterator[tuple[Issue, list[IssueStep]]]:
    """Every case with its steps in order."""
    steps: dict[int, list[IssueStep]] = {}
    for step in IssueStep.select().order_by(IssueStep.id):
        steps.setdefault(step.issue_id, []).append(step)
    for issue in Issue.select(Issue, Category).join(Category):
        yield issue, steps[issue.id]
