"""值班表 changed by hand and published: from then on it holds, and only the chief (or a swap) changes a duty to come."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from dutydesk.models import Area, DutyRoster, Shift, ShiftSwap
from dutydesk.rules import acts, permission, roster_merged
from dutydesk.rules.acts import Acting
from dutydesk.rules.duty_roster import RosterSheet, roster_row, sheet
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused, Stale
from dutydesk.rules.on_duty import in_turn, need_area, shifts_between
from dutydesk.rules.organisation import start_of
from dutydesk.rules.roster_people import people
from dutydesk.rules.roster_reading import days_of
from dutydesk.rules.shift_pattern import Kind, kinds_of
from dutydesk.rules.workcalendar import CHINA
from dutydesk.session import Session
from dutydesk.vocabulary import RosterState, SwapState

OPEN_SWAPS = (SwapState.ASKED, SwapState.AGREED)


def assign(
    session: Session, month: str, version: int, day: date, kind: str, staff_id: int | None, act_id: str
) -> RosterSheet:
    """Give a shift of a day to somebody, or leave it vacant: in a draft, or (the chief) one that is in force.

    `version` is that of the month as it was read. Raises Stale, NotAllowed, or Refused for a duty that has begun or
    somebody who has no duties here on that day.
    """
    try:
        with acts.act(session, act_id, "roster.assign") as acting:
            area = _area(session)
            row = roster_row(area.id, month)
            if (row.version if row else 0) != version:
                raise Stale("值班表刚被别人改过，已重新读出，请再看一眼。")
            if staff_id is not None:
                _must_have_the_role(area.id, day, staff_id)
            if row is not None and row.state is RosterState.DRAFT:
                _in_draft(session, acting, area, row, day, kind, staff_id)
            else:
                _in_force(session, acting, area, row, day, kind, staff_id)
    except AlreadyDone:
        pass
    return sheet(session, month)


def _area(session: Session, act: str = "shift") -> Area:
    area_id = need_area(session)
    permission.require_area(session, act, area_id)
    return in_turn(area_id)


def _must_have_the_role(area_id: int, day: date, staff_id: int) -> None:
    found = people(area_id, [day]).get(staff_id)
    if found is None or not any(first <= day <= last for first, last in found[2]):
        raise Refused(f"这个人{day.month}月{day.day}日不在本片区值班，请选别人。", "staff")


def _in_draft(
    session: Session,
    acting: Acting,
    area: Area,
    row: DutyRoster,
    day: date,
    kind: str,
    staff_id: int | None,
) -> None:
    lines = json.loads(row.lines)
    here = [line for line in lines if (line[0], line[1]) == (day.isoformat(), kind)]
    if not here:
        raise Refused("值班表上没有这一班，请返回重看。")
    before, here[0][2] = here[0][2], staff_id
    row.lines = json.dumps(lines, ensure_ascii=False)
    row.version += 1
    row.drafted_by_id, row.drafted_at = session.staff_id, acting.at
    row.save()
    acting.about("roster", row.id, f"{area.name} {row.month}", area.subdistrict_id)
    acting.changed(f"{day} {kind}", {"staff": before}, {"staff": staff_id})


def _in_force(
    session: Session,
    acting: Acting,
    area: Area,
    row: DutyRoster | None,
    day: date,
    kind: str,
    staff_id: int | None,
) -> None:
    if not permission.covers(session, "decide", area.id):
        raise NotAllowed("已发布的值班表由片区长改；您可以和同事换班。")
    here = shifts_between(area.id, start_of(day), start_of(day + timedelta(days=1)))
    shift = next((each for each in here if each.name == kind), None)
    begins, ends = _times(shift, row, day, kind)
    if begins <= acting.at:
        raise Refused("这一班已经开始或过去，不能再改。")
    before = shift.staff_id if shift else None
    if shift is None:
        if staff_id is not None:
            Shift.create(area=area, staff=staff_id, name=kind, starts_at=begins, ends_at=ends)
    elif staff_id is None:
        _forget(shift)
    else:
        Shift.update(staff=staff_id).where(Shift.id == shift.id).execute()
        _withdraw(shift, acting)
    if row is not None:
        DutyRoster.update(version=DutyRoster.version + 1).where(DutyRoster.id == row.id).execute()
    acting.about("roster", row.id if row else area.id, f"{area.name} {day:%Y-%m}", area.subdistrict_id)
    acting.changed(f"{day} {kind}", {"staff": before}, {"staff": staff_id})


def _times(shift: Shift | None, row: DutyRoster | None, day: date, kind: str) -> tuple[datetime, datetime]:
    if shift is not None:
        return shift.starts_at, shift.ends_at
    kinds: tuple[Kind, ...] = kinds_of(json.loads(row.pattern)["shifts"]) if row else ()
    found = next((each for each in kinds if each.name == kind), None)
    if found is None:
        raise Refused("值班表上没有这一班，请返回重看。")
    return found.span(day)


def _withdraw(shift: Shift, acting: Acting) -> None:
    """A swap of a duty that has changed hands cannot be done any more."""
    ShiftSwap.update(state=SwapState.WITHDRAWN, decided_at=acting.at, decision="值班表已改").where(
        (ShiftSwap.shift == shift.id) | (ShiftSwap.other == shift.id), ShiftSwap.state.in_(OPEN_SWAPS)
    ).execute()


def _forget(shift: Shift) -> None:
    ShiftSwap.delete().where((ShiftSwap.shift == shift.id) | (ShiftSwap.other == shift.id)).execute()
    shift.delete_instance()


def publish(session: Session, month: str, version: int, act_id: str) -> RosterSheet:
    """Publish a month: the chief's act. Vacancies stay vacant; duties that have begun stay as they were.

    Raises NotAllowed, Stale where somebody changed the draft, Refused where there is none.
    """
    try:
        with acts.act(session, act_id, "roster.publish") as acting:
            area = _area(session)
            if not permission.covers(session, "decide", area.id):
                raise NotAllowed("值班表由片区长发布。")
            row = roster_row(area.id, month)
            if row is None or row.state is not RosterState.DRAFT:
                raise Refused("这个月没有待发布的值班表草稿。")
            if row.version != version:
                raise Stale("值班表刚被别人改过，已重新读出，看过再发布。")
            made = _put_in_force(acting, area, row)
            row.state, row.version = RosterState.PUBLISHED, row.version + 1
            row.published_by_id, row.published_at = session.staff_id, acting.at
            row.save()
            acting.about("roster", row.id, f"{area.name} {month}", area.subdistrict_id)
            acting.changed(f"值班表 {month}", {"state": "draft"}, {"state": "published", "shifts": made})
    except AlreadyDone:
        pass
    return sheet(session, month)


def _put_in_force(acting: Acting, area: Area, row: DutyRoster) -> int:
    """The duties to come of the month as the draft has them; answers how many."""
    kinds = {kind.name: kind for kind in kinds_of(json.loads(row.pattern)["shifts"])}
    days = days_of(row.month)
    end = start_of(days[-1] + timedelta(days=1))
    there = {
        (shift.starts_at.astimezone(CHINA).date(), shift.name): shift
        for shift in shifts_between(area.id, start_of(days[0]), end)
        if shift.starts_at > acting.at
    }
    made = 0
    for text, name, staff_id in json.loads(row.lines):
        day = date.fromisoformat(text)
        begins, ends = kinds[name].span(day)
        shift = there.pop((day, name), None)
        if begins <= acting.at or staff_id is None:
            if shift is not None:
                _forget(shift)
            continue
        made += 1
        if shift is None:
            Shift.create(area=area, staff=staff_id, name=name, starts_at=begins, ends_at=ends)
            continue
        if shift.staff_id != staff_id:
            _withdraw(shift, acting)
        Shift.update(staff=staff_id, starts_at=begins, ends_at=ends).where(Shift.id == shift.id).execute()
    for shift in (*there.values(), *roster_merged.of_month(area.id, days[0], days[-1])):
        _forget(shift)
    return made


def who_can(session: Session, day: date) -> list[tuple[int, str]]:
    """Everybody who may have a duty on a day, who stands in too, for the menu of a shift: id and name."""
    found = people(need_area(session), [day])
    return [(staff_id, name) for staff_id, (name, _number, _spans) in found.items()]
