"""Whose shift it is: the duty that somebody hands over, who comes after, and what 今日 tells of both.

今日 reads this at each start of the desk, so it brings nothing along but the models.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from dutydesk.models import Area, DutyRoster, Handover, Issue, Shift, ShiftSwap, Staff, database
from dutydesk.rules import permission
from dutydesk.rules.errors import NotAllowed
from dutydesk.session import Session
from dutydesk.vocabulary import RosterState, SwapState

LATE = timedelta(hours=24)  # so long after its end a shift can still be handed over as one's own
_AHEAD, _AT_MOST = timedelta(days=4), 60
TAKEN_OVER = ("due", "overdue", "promised", "flagged")  # sections that are the successor's to do


class Watch(NamedTuple):
    """A duty in an area, and the one after it. Without a roster there is no shift, and nobody is named to come."""

    area_id: int
    shift_id: int | None
    name: str
    starts_at: datetime
    ends_at: datetime
    next_id: int | None
    next_name: str
    next_until: datetime


def area_of(session: Session) -> int | None:
    """The area in whose shifts this person takes part."""
    roles = permission.MAY["shift"]
    return next((grant.area_id for grant in session.grants if grant.role in roles and grant.area_id), None)


def need_area(session: Session) -> int:
    """The same. Raises NotAllowed for who has none."""
    area_id = area_of(session)
    if area_id is None:
        raise NotAllowed("值班和交接班由片区的值班员、片区长办理，您的岗位没有片区。")
    return area_id


def in_turn(area_id: int) -> Area:
    """The area, in a transaction: whoever else writes about its shifts waits until this one is through."""
    query: Any = Area.select().where(Area.id == area_id)
    if database.obj.for_update:
        query = query.for_update("FOR NO KEY UPDATE")  # new cases, which only name the area, need not wait
    found = query.get()
    assert isinstance(found, Area)
    return found


def shifts_between(area_id: int, since: datetime, until: datetime) -> list[Shift]:
    """The duties of an area that begin in a time, with who has them, in order; no more than 200."""
    rows = (
        Shift.select(Shift, Staff)
        .join(Staff)
        .where(Shift.area == area_id, Shift.starts_at >= since, Shift.starts_at < until)
        .order_by(Shift.starts_at, Shift.id)
        .limit(200)
    )
    return list(rows)


def watch(session: Session, now: datetime | None = None) -> Watch:
    """The duty that this person has now or had last; several without a break are one. Raises NotAllowed."""
    area_id, now = need_area(session), now or datetime.now(UTC)
    rows = shifts_between(area_id, now - 2 * LATE, now + _AHEAD)[:_AT_MOST]
    mine = [row for row in rows if row.staff_id == session.staff_id]
    begun = [row for row in mine if row.starts_at <= now < row.ends_at + LATE]
    if not begun:
        following = next(
            (row for row in rows if row.starts_at > now and row.staff_id != session.staff_id), None
        )
        return _watch(area_id, None, "", now, now, following)
    own = begun[-1]
    ends_at = own.ends_at
    for row in mine:
        if row.starts_at <= ends_at < row.ends_at:
            ends_at = row.ends_at
    after = (row for row in rows if row.starts_at >= ends_at or row.starts_at <= ends_at < row.ends_at)
    following = next((row for row in after if row.staff_id != session.staff_id), None)
    return _watch(area_id, own.id, own.name, own.starts_at, ends_at, following)


def _watch(
    area_id: int, shift_id: int | None, name: str, starts: datetime, ends: datetime, following: Shift | None
) -> Watch:
    if following is None:
        return Watch(area_id, shift_id, name, starts, ends, None, "", ends + LATE)
    who = following.staff
    return Watch(area_id, shift_id, name, starts, ends, who.id, who.name, following.ends_at)


# -- what 今日 tells --------------------------------------------------------------------------------------------


class Need(NamedTuple):
    """A line of 今日 about the shift: what it says, how many, what it opens, whether it presses."""

    text: str
    many: int
    target: str
    pressing: bool


def needs(session: Session) -> list[Need]:
    """A page to sign, what was taken over and is still open, a colleague's wish to swap."""
    area_id = area_of(session)
    if area_id is None:
        return []
    found = []
    waiting = unsigned(session.staff_id)
    if waiting:
        found.append(Need("交班等我签收", len(waiting), f"page:{waiting[0]}", True))
    page_id, left = still_open(session, area_id)
    if left:
        found.append(Need("接班接下的还没办完", left, f"page:{page_id}", True))
    swaps = ShiftSwap.select().where(
        ShiftSwap.asked_of == session.staff_id, ShiftSwap.state == SwapState.ASKED
    )
    if many := swaps.limit(9).count():
        found.append(Need("换班等我答复", many, "swaps", True))
    if permission.covers(session, "decide", area_id):
        found += _rosters_to_see_to(session, area_id)
    return found


def _rosters_to_see_to(session: Session, area_id: int) -> list[Need]:
    """What the chief must do about rosters: draw the duties of an area merged into this one, publish a draft."""
    from dutydesk.rules import roster_merged

    found = [
        Need(
            f"{each.area}并入，{int(each.month[5:])}月原排的班要重排",
            each.many,
            f"roster:{each.month}",
            True,
        )
        for each in roster_merged.left_over(area_id)
    ]
    this = f"{session.day:%Y-%m}"
    drafts = DutyRoster.select().where(
        DutyRoster.area == area_id, DutyRoster.month >= this, DutyRoster.state == RosterState.DRAFT
    )
    for row in drafts.order_by(DutyRoster.month):
        year, number = row.month.split("-")
        named = f"{'' if year == this[:4] else f'{year}年'}{int(number)}月"
        found.append(Need(f"{named}值班表草稿等发布", 0, f"roster:{row.month}", row.month == this))
    return found


def unsigned(staff_id: int) -> list[int]:
    """The pages that wait for somebody's signature, the oldest first."""
    rows: Any = (
        Handover.select(Handover.id)
        .where(Handover.incoming == staff_id, Handover.signed_in_at.is_null())
        .order_by(Handover.id)
        .limit(20)
        .tuples()
    )
    return [page_id for (page_id,) in rows]


def still_open(session: Session, area_id: int) -> tuple[int, int]:
    """The page that this person took over last, while nobody has handed over since, and how many of its cases are open."""
    page = Handover.select().where(Handover.area == area_id).order_by(Handover.id.desc()).first()
    if page is None or page.incoming_id != session.staff_id or page.signed_in_at is None:
        return 0, 0
    ids = {
        line["issue"]
        for line in json.loads(page.content)["lines"]
        if line["section"] in TAKEN_OVER and line.get("issue")
    }
    if not ids:
        return page.id, 0
    return page.id, Issue.select().where(Issue.id.in_(ids), Issue.is_open == True).count()  # noqa: E712
