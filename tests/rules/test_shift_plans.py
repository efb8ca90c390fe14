"""The shift's pages read big tables by their indexes: however many cases there are, nothing is scanned or sorted."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dutydesk.models import Shift, database
from dutydesk.rules import first_contact, handover, on_duty, shift_board, shift_summary
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role
from tests.many_cases import fill, first_case, more_places, tell

MANY = 20_000
BIG = ('"issue"', '"issue_step"', '"promise"', '"act_change"')


@pytest.fixture
def many(district, clock):
    """A district with many cases, whose duty officer has the day."""
    template = first_case(district)
    fill(template, *more_places(district, 18), MANY)
    tell(10, MANY)
    start = datetime(2026, 11, 24, 8, 30, tzinfo=CHINA)
    Shift.create(
        area=district.areas[0],
        staff=district.sessions[Role.DUTY_OFFICER].staff_id,
        name="日班",
        starts_at=start,
        ends_at=start + timedelta(hours=9.5),
    )
    return district


class Ear(logging.Handler):
    """Hears every query that is sent."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[tuple[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, tuple):
            self.heard.append(record.msg)


def wrong_in(queries: list[tuple[str, Any]]) -> list[str]:
    found = []
    for sql, values in queries:
        if not sql.startswith("SELECT") or not any(table in sql for table in BIG):
            continue
        for row in database.execute_sql(f"explain query plan {sql}", values).fetchall():
            # a list that stops counts what an index gave: `_wrapped`
            if (row[3].startswith("SCAN t")) or ("TEMP B-TREE" in row[3] and "patrol" not in sql):
                found.append(f"{row[3]} in {sql}")
    return found


@pytest.mark.sqlite
@pytest.mark.parametrize("analysed", [True, False], ids=["with statistics", "without"])
def test_nothing_big_is_scanned_or_sorted(many, analysed, monkeypatch):
    if analysed:
        database.execute_sql("analyze")
    session = many.sessions[Role.DUTY_OFFICER]
    logger, ear = logging.getLogger("peewee"), Ear()
    logger.addHandler(ear)
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        page = handover.page(session)
        handover.sign_out(session, page.digest, {"free": "留言"}, str(uuid4()))
        handover.latest(session)
        first_contact.cards(session, aside=(1, 2), count=3)
        first_contact.remaining(session)
        on_duty.needs(session)
        shift_board.board(session)
        shift_summary.summary(session, 1)
    finally:
        logger.removeHandler(ear)
        logger.setLevel(before)
    wrong = wrong_in([query for query in ear.heard if "deadline" not in query[0]])
    assert page.count("due") and page.count("overdue") and page.count("flagged")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.sqlite
def test_a_page_of_a_big_area_stays_a_page(many):
    page = handover.page(many.sessions[Role.DUTY_OFFICER])
    assert page.count("overdue") <= 61
    assert any("其余见问题清单" in line.text for line in page.lines)
