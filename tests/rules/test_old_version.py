"""A program writes only into the schema that it knows, whoever upgrades it meanwhile."""

from __future__ import annotations

import threading

import psycopg
import pytest

from dutydesk.models import Act, Draft, Issue, connection
from dutydesk.models.problems import NewerSchema
from dutydesk.rules import drafts
from dutydesk.vocabulary import Role
from tests.upgrading import upgrade


@pytest.fixture
def alone(district, engine):
    """The district in a database that may be upgraded; the one on the server is put back for the next test."""
    yield district
    if engine == "postgresql":
        with psycopg.connect(district.url) as raw:
            raw.execute("alter table draft drop column if exists later")
            raw.execute("delete from schema_migration where name = '9000_later'")


def test_nothing_is_written_into_a_newer_schema(alone, cases, tmp_path):
    cases.new()
    drafts.keep(cases[Role.DUTY_OFFICER], "d", "intake", "", {"summary": "一"})
    upgrade(alone.url, tmp_path)
    for write in (
        cases.new,
        lambda: cases.do("note", 1),
        lambda: drafts.keep(cases[Role.DUTY_OFFICER], "d", "intake", "", {"summary": "二"}),
    ):
        with pytest.raises(NewerSchema, match=r"值班台已升级.*没有保存"):
            write()
    assert (Issue.select().count(), Act.select().count()) == (1, 1)
    assert "一" in Draft.get().content


def test_an_upgrade_waits_for_writes_that_are_under_way_and_the_next_ones_see_it(alone, cases, tmp_path):
    """In the old schema as a whole, or not at all."""
    with connection.write_transaction():
        upgrading = threading.Thread(target=upgrade, args=(alone.url, tmp_path))
        upgrading.start()
        while upgrading.is_alive() and not (tmp_path / "migrations" / "9000_later.py").exists():
            pass
        cases.new()
        upgrading.join(1)
        assert upgrading.is_alive(), "it waits"
    upgrading.join(60)
    assert Issue.select().count() == 1
    with pytest.raises(NewerSchema):
        cases.new()


def test_files_that_come_to_lie_there_later_are_not_this_programs(alone, cases, tmp_path, monkeypatch):
    """An upgrade replaces the files below a desk that runs: it stays what it was."""
    known = connection.known_migrations()
    folder = tmp_path / "own"
    folder.mkdir()
    for name in known:
        (folder / f"{name}.py").touch()
    monkeypatch.setattr(connection, "MIGRATIONS", folder)
    assert connection.known_migrations() == known
    (folder / "9000_later.py").touch()
    assert connection.known_migrations() == known
