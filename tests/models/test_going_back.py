"""An upgrade that fails changes nothing; one that is regretted is left by the backup made before it (deploy/upgrade.md)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dutydesk.models import connection, database
from dutydesk.models.connection import applied_migrations, bind, known_migrations, upgrade
from dutydesk.models.problems import DatabaseProblem
from dutydesk.rules import backups

FIXTURES = Path(__file__).parents[1] / "fixtures"
OLD = "0013_neighbours"


@pytest.fixture(autouse=True)
def _left_closed():
    yield
    if database.obj is not None and not database.is_closed():
        database.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A district as a program two migrations ago wrote it."""
    path = tmp_path / "district.db"
    with sqlite3.connect(path) as raw:
        raw.executescript((FIXTURES / f"{OLD}.sql").read_text(encoding="utf-8"))
    raw.close()
    return path


def schema_of(path: Path) -> tuple[list[str], set[tuple[str, str]]]:
    """The migrations applied, and all tables and indexes."""
    bind(f"sqlite:///{path}").connect()
    try:
        made = database.execute_sql("select name, sql from sqlite_master").fetchall()
        return applied_migrations(), set(made)
    finally:
        database.close()


def test_an_upgrade_that_fails_at_its_last_step_leaves_the_district_as_it_was(old: Path) -> None:
    with sqlite3.connect(old) as raw:  # the index that 0015 is about to make
        raw.execute("create index audit_entry_subject_at_id on audit_entry (subject)")
    raw.close()
    before = schema_of(old)
    with pytest.raises(DatabaseProblem):
        upgrade(f"sqlite:///{old}")
    assert schema_of(old) == before
    assert before[0][-1] == OLD


def test_the_backup_made_before_an_upgrade_becomes_a_district_again(old: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dutydesk-before.db"
    kept.write_bytes(old.read_bytes())
    before = schema_of(kept)
    assert upgrade(f"sqlite:///{old}") == known_migrations()[known_migrations().index(OLD) + 1 :]
    rows, wrong = backups.restore(kept, f"sqlite:///{tmp_path}/back.db", lambda _line: None)
    assert rows > 0 and wrong == []
    assert schema_of(kept) == before  # the program of before opens it, and restores it


def test_an_upgrade_takes_no_rows_along_that_belong_to_a_table_made_anew(
    old: Path, monkeypatch, tmp_path
) -> None:
    """SQLite has no other way to drop a column than a new table, and the old one's going would take its children."""
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    for path in connection.MIGRATIONS.glob("0*.py"):
        (migrations / path.name).write_bytes(path.read_bytes())
    again = 'def up(migrator, db):\n    migrator.migrate(migrator.drop_not_null("issue", "summary"))\n'
    (migrations / "0999_anew.py").write_text(again, encoding="utf-8")
    monkeypatch.setattr(connection, "MIGRATIONS", migrations)
    with sqlite3.connect(old) as raw:
        (steps,) = raw.execute("select count(*) from issue_step").fetchone()
    raw.close()
    upgrade(f"sqlite:///{old}")
    with sqlite3.connect(old) as raw:
        assert raw.execute("select count(*) from issue_step").fetchone() == (steps,)
        assert raw.execute(
            "select \"notnull\" from pragma_table_info('issue') where name = 'summary'"
        ).fetchone() == (0,)
    raw.close()
