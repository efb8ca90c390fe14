"""The demo's shifts: fair rosters, signed pages, one that waits for whoever the demo opens as."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime

from dutydesk.models import Area, DutyRoster, Handover, Promise, Shift
from dutydesk.rules import duty_roster, handover, today
from dutydesk.session import Session
from dutydesk.vocabulary import RosterState


def test_every_area_has_this_month_in_force_and_nobody_is_on_twice(demo: Session) -> None:
    month = f"{demo.day:%Y-%m}"
    assert DutyRoster.select().where(DutyRoster.month == month).count() == Area.select().count()
    now = datetime.now(UTC)
    here = list(Shift.select().where(Shift.starts_at <= now, Shift.ends_at > now))
    assert max(Counter(shift.area_id for shift in here).values()) == 1
    sheet = duty_roster.sheet(demo, month)
    assert (sheet.state, sheet.problems) == (RosterState.PUBLISHED, ())
    nights = [share.now.nights for share in sheet.shares if share.now.total]
    assert max(nights) - min(nights) <= 3


def test_next_month_is_a_draft_in_the_own_area(demo: Session) -> None:
    drafts = list(DutyRoster.select().where(DutyRoster.state == RosterState.DRAFT))
    assert [draft.area_id for draft in drafts] == [demo.area_id]


def test_the_last_page_waits_for_the_demos_own_and_tells_what_there_is(demo: Session) -> None:
    waiting = [line for line in today.today_sheet(demo, None).needs if line.text == "交班等我签收"]
    assert len(waiting) == 1
    page = handover.signed(demo, int(waiting[0].target.removeprefix("page:")))
    assert page.may_sign and page.count("due") + page.count("overdue") + page.count("flagged")
    pages = list(Handover.select().where(Handover.area == demo.area_id).order_by(Handover.id))
    assert len(pages) == 12
    assert [page.signed_in_at is None for page in pages] == [False] * 11 + [True]
    assert all(before.incoming_id == after.outgoing_id for before, after in itertools.pairwise(pages))
    assert list(handover.problems()) == []


def test_somebody_was_promised_something(demo: Session) -> None:
    assert Promise.select().where(Promise.area == demo.area_id, Promise.kept_at.is_null()).exists()
