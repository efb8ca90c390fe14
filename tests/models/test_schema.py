"""The schema: models and migrations agree, and an old database comes along with all that it holds."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from playhouse.schema_diff import diff_models

import dutydesk.models.issue_indexes  # noqa: F401  (the model's partial indexes)
from dutydesk.models import TABLES, Draft, Issue, IssueStep, Reporter, Table, database
from dutydesk.models.base import InstantField
from dutydesk.models.connection import applied_migrations, connect, known_migrations, migrate, upgrade
from dutydesk.rules.checking import check
from dutydesk.vocabulary import State

FIXTURES = Path(__file__).parents[1] / "fixtures"
OLD = sorted(FIXTURES.glob("*.sql"))


def of_one_kind(tables: type[Table]) -> set[type[Table]]:
    return {tables, *(below for each in tables.__subclasses__() for below in of_one_kind(each))}


@pytest.fixture(autouse=True)
def _left_closed():
    yield
    if database.obj is not None and not database.is_closed():
        database.close()


def test_models_and_migrated_schema_agree(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    assert migrate(url) == known_migrations()
    connect(url)
    difference = diff_models(database.obj, list(TABLES))
    assert not difference, difference


def test_a_model_that_the_schema_lacks_is_told_of(district):
    """The comparison can fail."""
    with database.atomic() as transaction:
        database.execute_sql("alter table draft drop column title")
        assert diff_models(database.obj, list(TABLES)).add_columns
        transaction.rollback()  # the next test's rows go back into these very tables
    assert not diff_models(database.obj, list(TABLES)).add_columns


def test_every_table_is_among_them():
    assert set(TABLES) == of_one_kind(Table) - {Table}
    assert len(TABLES) == len(set(TABLES))


def test_migrating_again_does_nothing(district):
    district.close()
    assert migrate(district.url) == []
    assert upgrade(district.url) == []


def test_every_migration_has_an_old_database_from_before_the_next():
    """`tests/fixtures/NNNN_name.sql` is a dump made with the migrations up to that one, and stays as it is."""
    assert [path.stem for path in OLD] == known_migrations()


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(path) as raw:
        tables = "select name from sqlite_master where type = 'table' and name not like 'search_index%'"
        names = [name for (name,) in raw.execute(tables)]
        rows = {name: raw.execute(f'select * from "{name}" order by rowid').fetchall() for name in names}
    raw.close()
    return rows


@pytest.mark.parametrize("dump", OLD, ids=lambda path: path.stem)
class TestOldDatabase:
    @pytest.fixture
    def old(self, dump, tmp_path) -> Path:
        path = tmp_path / "old.db"
        with sqlite3.connect(path) as raw:
            raw.executescript(dump.read_text(encoding="utf-8"))
        raw.close()
        return path

    def test_it_holds_something_in_every_table_of_its_day(self, old, dump):
        rows = rows_of(old)
        assert all(rows.values()), [name for name, found in rows.items() if not found]

    def test_upgraded_it_has_its_data_and_nothing_is_wrong(self, old, dump):
        before = rows_of(old)
        upgrade(f"sqlite:///{old}")
        connect(f"sqlite:///{old}")
        assert applied_migrations() == known_migrations()
        assert not diff_models(database.obj, list(TABLES))
        assert check() == []
        database.close()
        after = rows_of(old)
        for name, rows in before.items():
            if name != "schema_migration":
                assert len(after[name]) == len(rows), name
                assert [row[0] for row in after[name]] == [row[0] for row in rows], name

    def test_its_cases_read_as_they_were_and_go_on(self, old, dump):
        upgrade(f"sqlite:///{old}")
        connect(f"sqlite:///{old}")
        states = {state for (state,) in Issue.select(Issue.state).distinct().tuples()}
        assert states == set(State)
        first = Issue.get(Issue.year == 2026, Issue.serial == 1)
        assert (first.summary, first.unit.name, first.category.name) == (
            "3号楼楼道堆放旧家具",
            "康健新村",
            "楼道堆物",
        )
        assert first.reported_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
        assert Reporter.get_by_id(first.id).name == "王小明"
        assert IssueStep.select().where(IssueStep.issue == first.id).exists()
        assert Draft.get().title == "楼道堆物"

    def test_the_command_upgrades_it(self, old, dump, tmp_path):
        env = {"DUTYDESK_DATABASE": f"sqlite:///{old}", "PATH": "", "LC_ALL": "C.UTF-8"}
        for what in ("upgrade", "check"):
            command = [sys.executable, "-m", "dutydesk", "db", what]
            result = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
            assert result.returncode == 0, result.stderr


class TestInstants:
    """One field class for moments: text that sorts as the moments do, aware datetimes in Python."""

    def test_they_are_kept_in_utc_at_a_fixed_width(self):
        field = InstantField()
        china = timezone(timedelta(hours=8))
        assert field.db_value(datetime(2026, 11, 24, 10, 0, tzinfo=china)) == "2026-11-24T02:00:00.000000Z"
        moments = [datetime(2026, 11, 24, 2, 0, 0, part, tzinfo=UTC) for part in (0, 1, 999_999)]
        kept = [field.db_value(moment) for moment in moments]
        assert kept == sorted(kept)
        assert [field.python_value(text) for text in kept] == moments
        assert field.python_value(None) is field.db_value(None) is None

    def test_one_without_a_time_zone_is_no_moment(self):
        with pytest.raises(ValueError, match="time zone"):
            InstantField().db_value(datetime(2026, 11, 24, 10, 0))

    def test_they_compare_in_the_database_whatever_zone_they_are_given_in(self, district):
        from dutydesk.models import Shift

        start = datetime(2026, 11, 24, 0, 30, tzinfo=timezone(timedelta(hours=8)))
        Shift.create(area=1, staff=1, name="夜", starts_at=start, ends_at=start + timedelta(hours=8))
        assert Shift.select().where(Shift.starts_at == start.astimezone(UTC)).count() == 1
        assert Shift.select().where(Shift.starts_at < start + timedelta(seconds=1)).count() == 1
        assert Shift.get().starts_at.date() == date(2026, 11, 23), "read back in UTC"
