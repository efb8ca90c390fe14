"""A district moved to another kind of database and back is the same district."""

from __future__ import annotations

import sqlite3

import pytest

from dutydesk.models import TABLES, AuditEntry, Issue, IssueStep, connection, database
from dutydesk.models.problems import DatabaseProblem
from dutydesk.rules import checking, search
from dutydesk.rules.copying import copy
from dutydesk.vocabulary import Role, State


@pytest.fixture
def target(engine, postgresql, tmp_path):
    """A new database of the other kind."""
    if engine == "postgresql":
        yield f"sqlite:///{tmp_path}/other.db"
    else:
        url = postgresql.create()
        yield url
        postgresql.drop(url)


@pytest.fixture(autouse=True)
def _left_closed():
    yield
    if database.obj is not None and not database.is_closed():
        database.close()


def all_rows() -> dict[str, list[dict[str, object]]]:
    return {
        table.__name__: list(table.select().order_by(table._meta.primary_key).dicts()) for table in TABLES
    }


def quiet(_line: str) -> None: ...


def test_there_and_back_is_the_same(cases, target, district, postgresql, tmp_path, engine):
    main = cases.new()
    cases.in_state(State.CLOSED)
    merged = cases.in_state(State.MERGED)
    Issue.update(merged_into=merged).where(Issue.id == main).execute()  # a reference to a row further down
    before = all_rows()
    district.close()

    count = copy(district.url, target, quiet)
    assert count == sum(map(len, before.values()))
    connection.connect(target)
    assert all_rows() == before
    database.close()

    back = postgresql.create() if engine == "postgresql" else f"sqlite:///{tmp_path}/back.db"
    copy(target, back, quiet)
    connection.connect(back)
    assert all_rows() == before
    database.close()
    if engine == "postgresql":
        postgresql.drop(back)


def test_what_was_moved_goes_on(cases, target, district):
    """Numbers and ids go on after the last, the index finds, the chains hold."""
    first = cases.in_state(State.HANDLING)
    last = max(cases.new(), first)
    district.close()
    copy(district.url, target, quiet)
    connection.connect(target)
    assert checking.check() == []
    new = cases.new(summary="水管爆裂")
    assert new == last + 1
    cases.do("report_done", first)
    found = search.page(
        cases[Role.DUTY_OFFICER], "水管爆裂", open_only=False, edge=None, forward=True, count=5
    )
    assert found == [new]
    assert IssueStep.select().count() > 0
    assert checking.check() == []


def test_it_is_told_how_far_it_is(cases, target, district):
    """To the end: the indexes of a large district take longer than its rows."""
    cases.new()
    district.close()
    said: list[str] = []
    copy(district.url, target, said.append)
    assert "issue：1 行" in said
    made = [line for line in said if line.startswith("建立索引：")]
    done, of = made[-1].removeprefix("建立索引：").removesuffix("…").split("/")
    assert done == of
    assert len(made) > 3
    assert said[-1] == "核对行数和审计链…"


def test_a_target_that_holds_something_is_left_alone(cases, target, district):
    cases.new()
    district.close()
    copy(district.url, target, quiet)
    with pytest.raises(DatabaseProblem, match="不会覆盖"):
        copy(district.url, target, quiet)
    connection.connect(target)
    assert Issue.select().count() == 1


def test_interrupted_it_leaves_nothing(cases, target, district):
    cases.new()
    district.close()

    def interrupt(line: str) -> None:
        if line.startswith("issue："):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy(district.url, target, interrupt)
    with pytest.raises(DatabaseProblem, match="db init"):
        connection.connect(target)


def test_a_broken_chain_is_not_carried_over(cases, target, district):
    cases.new()
    AuditEntry.update(name="issue.other").where(AuditEntry.sequence == 1).execute()
    district.close()
    with pytest.raises(DatabaseProblem, match="审计链"):
        copy(district.url, target, quiet)
    with pytest.raises(DatabaseProblem, match="db init"):
        connection.connect(target)


@pytest.mark.sqlite
def test_the_source_is_left_as_it_was(cases, target, district):
    cases.new()
    district.close()
    with sqlite3.connect(district.path) as raw:
        before = list(raw.iterdump())
    copy(district.url, target, quiet)
    with sqlite3.connect(district.path) as raw:
        assert list(raw.iterdump()) == before


@pytest.mark.postgresql
def test_a_server_that_ends_idle_transactions_does_not_end_this_one(cases, target, district, postgresql):
    """As `deploy/postgresql` sets it: making the indexes of a large district takes longer than that."""
    cases.new()
    district.close()
    name = district.url.rsplit("/", 1)[1]
    postgresql.do(f"alter database {name} set idle_in_transaction_session_timeout = '20ms'")
    try:
        assert copy(district.url, target, quiet) > 0
    finally:
        postgresql.do(f"alter database {name} reset idle_in_transaction_session_timeout")
