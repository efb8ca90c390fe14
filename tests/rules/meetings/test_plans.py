"""Drafting an agenda reads the ledger by its indexes, and no more of it however many cases there are."""

from __future__ import annotations

import pytest

from dutydesk.models import database
from dutydesk.rules.meetings import agenda, followup, listing, needs
from tests.many_cases import fill, first_case, index, more_places, tell
from tests.plans import heard, on_sqlite, wrong_in

MANY = 20_000


@pytest.fixture
def years(district, clock):
    """A district of some areas with many cases."""
    fill(first_case(district), *more_places(district, 18), MANY)
    tell(10, MANY)
    index(10, MANY)
    return district


@pytest.mark.sqlite
@pytest.mark.parametrize("analysed", [True, False], ids=["with statistics", "without"])
def test_nothing_big_is_scanned_or_sorted(years, meet, analysed):
    if analysed:
        database.execute_sql("analyze")
    meeting_id = meet.new()
    with heard() as queries:
        found = meet.draft(meeting_id)
        agenda.agenda(meet.duty, meeting_id)
        listing.board(meet.duty)
        followup.open_in(meet.duty, meet.area)
        needs.needs(meet.duty)
    assert on_sqlite() and found.listed
    assert not wrong_in(queries, set())
    assert len(queries) < 250, "so many whatever there is in the ledger"


@pytest.mark.sqlite
def test_an_index_that_is_not_there_is_missed(years, meet):
    """The test above can fail."""
    meeting_id = meet.new()
    with database.atomic() as transaction:
        database.execute_sql("drop index issue_due_area")
        with heard() as queries:
            meet.draft(meeting_id)
        assert wrong_in(queries, set())
        transaction.rollback()
