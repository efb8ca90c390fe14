"""Filling a demo: the same for the same seed, at any time of the year, and nothing is left of one that broke off."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from dutydesk.demo import fill
from dutydesk.models import (
    Issue,
    IssueStep,
    RoleGrant,
    Shift,
    database,
)
from dutydesk.models.connection import DatabaseProblem
from dutydesk.rules import exporting, signing_on
from dutydesk.rules.checking import check
from dutydesk.vocabulary import (
    Force,
)
from tests.demo.conftest import own, silent


@time_machine.travel(datetime(2026, 11, 24, 6, 0, tzinfo=UTC), tick=False)
def test_the_same_seed_gives_the_same_district_and_another_seed_another(filled: Any) -> None:
    def told(name: str, seed: int) -> tuple[list[Any], list[Any], list[Any]]:
        filled(name, seed=seed)
        steps = IssueStep.select().order_by(IssueStep.id)
        lines = [(step.issue_id, step.name, step.text, step.recorded_at) for step in steps]
        everything = list(exporting.issues()), list(exporting.staff()), lines
        database.close()
        return everything

    first = told("first", 1)
    assert told("second", 1) == first
    other = told("other", 2)
    assert all(mine != theirs for mine, theirs in zip(first, other, strict=True))


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2027-01-02T15:50:00Z", id="shortly before midnight in a year without notices"),
        pytest.param("2026-10-05T16:01:00Z", id="shortly after midnight in a holiday"),
    ],
)
def test_it_can_be_filled_at_any_time(filled: Any, now: str) -> None:
    with time_machine.travel(datetime.fromisoformat(now), tick=False):
        filled()
        assert check() == []
        session = signing_on.sign_on(None)
        assert (
            Shift.select()
            .where(
                Shift.staff == session.staff_id,
                Shift.starts_at <= datetime.now(UTC),
                Shift.ends_at > datetime.now(UTC),
            )
            .exists()
        )
        first_of_year: dict[int, int] = {}
        for issue in Issue.select().order_by(Issue.id):
            first_of_year.setdefault(issue.year, issue.serial)
        assert set(first_of_year.values()) == {1}
        numbers = [row.number for row in Issue.select().order_by(Issue.id)]
        assert numbers == sorted(numbers)
        assert own(session).count() >= 20


def test_a_database_that_exists_is_not_touched(filled: Any, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("my own notes", encoding="utf-8")
    with pytest.raises(DatabaseProblem, match="已经存在"):
        fill(f"sqlite:///{there}", 10, 1, silent)
    assert there.read_text(encoding="utf-8") == "my own notes"


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseProblem, match="写不了"):
        fill(f"sqlite:///{tmp_path / 'file' / 'demo.db'}", 10, 1, silent)


def test_an_interrupted_fill_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "half.db"

    def interrupt(line: str) -> None:
        if "问题" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(f"sqlite:///{target}", 20, 1, interrupt)
    assert list(tmp_path.iterdir()) == []
    assert database.is_closed()


def test_no_issues_at_all_is_a_district_too(filled: Any) -> None:
    filled(issues=0)
    assert Issue.select().count() == 0
    assert check() == []
    assert {force for (force,) in RoleGrant.select(RoleGrant.force).distinct().tuples()} >= set(Force)
