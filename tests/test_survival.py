"""Whoever is killed at whatever instant: no acknowledged act is lost, none done twice; in full: `benchmarks/survival.py`."""

from __future__ import annotations

import pytest

from benchmarks.survival import Outcome, fail_over, kill_writers
from dutydesk.models import AuditEntry, Issue
from dutydesk.settings import load


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """The folder for what is kept outside the database."""
    monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path / "state"))
    load.cache_clear()
    yield
    load.cache_clear()


@pytest.mark.both
def test_whoever_is_killed_while_writing(district, tmp_path):
    district.close()
    found = kill_writers(district.url, district, 25, tmp_path / "log")
    assert (found.lost, found.twice, found.problems) == (0, 0, [])
    assert found.acknowledged > 10
    assert found.unknown >= 10, "they are killed in the middle of it"


@pytest.mark.postgresql
def test_a_primary_that_is_killed_under_load(tmp_path, postgresql):
    found = fail_over(2, 3, tmp_path / "log")
    assert (found.lost, found.twice, found.problems) == (0, 0, [])
    assert found.acknowledged >= 60
    assert len(found.seconds) == 2


@pytest.mark.sqlite
def test_the_comparison_can_fail(district, tmp_path, monkeypatch):
    district.close()
    from benchmarks import survival

    compare = survival.outcome

    def spoilt(url, writers, seconds=None) -> Outcome:
        with survival.connected(url):
            some = Issue.select().order_by(Issue.id).first()
            Issue.update(summary="别的").where(Issue.id == some.id).execute()
            AuditEntry.update(act="none").where(AuditEntry.sequence == 2).execute()
        return compare(url, writers, seconds)

    monkeypatch.setattr(survival, "outcome", spoilt)
    found = kill_writers(district.url, district, 3, tmp_path / "log")
    assert found.lost == 2
    assert found.problems
    assert not found.good
