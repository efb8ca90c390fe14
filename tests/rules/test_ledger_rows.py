"""A line of the ledger: in which words it tells how long a case waits or is put off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dutydesk.models import Issue
from dutydesk.rules import ledger_rows
from dutydesk.vocabulary import State
from tests.screens.test_today import registered


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(minutes=59), "刚到"),
        (timedelta(hours=1, seconds=5), "等1时"),
        (timedelta(hours=23, minutes=59), "等23时"),
        (timedelta(hours=24, seconds=5), "等1天"),
    ],
)
def test_a_case_that_nobody_opened_says_how_long_it_waits(district, ago, said):
    issue_id = registered(district).issue_id
    Issue.update(reported_at=datetime.now(UTC) - ago).execute()
    (row,) = ledger_rows.rows_of([issue_id])
    assert (row.state, row.left, row.overdue) == (State.REPORTED, said, False)


def test_lines_come_in_the_order_asked_for_and_without_what_is_gone(district):
    first, second = registered(district).issue_id, registered(district, "电梯停了一周").issue_id
    assert [row.key for row in ledger_rows.rows_of([second, 10**6, first])] == [second, first]
    assert ledger_rows.rows_of([]) == []


def test_a_telephone_number_in_a_line_is_masked(district):
    issue_id = registered(district, "漏水，打13812345678").issue_id
    (row,) = ledger_rows.rows_of([issue_id])
    assert "138******78" in row.summary
