"""值班表 drafted: a month from its pattern, over a draft that there is; what was typed begins the next month's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from dutydesk.models import Area, DutyRoster, RoleGrant
from dutydesk.rules import acts, office, permission, roster_merged
from dutydesk.rules.acts import Acting
from dutydesk.rules.duty_roster import RosterSheet, as_duty, before_month, days_in_a_row, roster_row, sheet
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused, Stale
from dutydesk.rules.fair_draft import draft
from dutydesk.rules.on_duty import in_turn, need_area, shifts_between
from dutydesk.rules.organisation import start_of, today
from dutydesk.rules.roster_people import people, to_begin_with
from dutydesk.rules.roster_reading import days_of, parse_away, parse_people
from dutydesk.rules.shift_pattern import Duty, Pattern, kinds_of
from dutydesk.session import Session
from dutydesk.vocabulary import Role, RosterState

ENOUGH = 3  # people for a day and a night with a day of rest


def usual(session: Session, month: str) -> dict[str, Any]:
    """With what the form of a pattern begins: that of this month's or the last roster, else the office's shifts."""
    area_id = need_area(session)
    area = Area.get_by_id(area_id)
    found = (
        DutyRoster.select()
        .where(DutyRoster.area == area_id, DutyRoster.month <= month)
        .order_by(DutyRoster.month.desc())
        .first()
    )
    kept = json.loads(found.pattern) if found else {}
    who = people(area_id, days_of(month))
    usually = _usually(area_id, who)
    chosen = kept.get("people") or usually
    if found and roster_merged.left_over(area_id):  # who comes along has duties here from now on
        chosen = list(dict.fromkeys([*chosen, *usually]))
    names = [who[staff_id][0] for staff_id in chosen if staff_id in who]
    return {
        "shifts": kept.get("shifts") or str(office.setting("shift_kinds", area.subdistrict_id)),
        "people": "、".join(names),
        "rest": kept.get("rest", True),
        "away": kept.get("away", "") if found and found.month == month else "",
    }


def _usually(area_id: int, who: Iterable[int]) -> list[int]:
    """The duty officers; where they are fewer than three, the chief too."""
    officers: Any = RoleGrant.select(RoleGrant.staff).where(
        RoleGrant.role == Role.DUTY_OFFICER, RoleGrant.area == area_id
    )
    ids = {staff_id for (staff_id,) in officers.tuples()}
    found = [staff_id for staff_id in who if staff_id in ids]
    return found if len(found) >= ENOUGH else list(who)


def make(session: Session, month: str, fields: Mapping[str, Any], act_id: str) -> RosterSheet:
    """Draft a month from a pattern (`shifts`, `people`, `rest`, `away`), over a draft that there is.

    A month that is in force is drawn anew by the chief, from tomorrow on: until that is published the duties hold as
    they are. Raises Refused with the field for what cannot be read, and for anybody else's month in force.
    """
    try:
        with acts.act(session, act_id, "roster.draft") as acting:
            area = _area(session)
            days = days_of(month)
            row = roster_row(area.id, month)
            pattern = _pattern(area, days, fields)
            duties: list[Duty] = []
            if row is not None and row.published_at is not None:
                if not permission.covers(session, "decide", area.id):
                    raise Refused(f"{month}的值班表已发布，重排由片区长办。要改某一天，请片区长改，或换班。")
                duties, days = _held(area.id, days, pattern), [day for day in days if day > today()]
            if not days:
                raise Refused(f"{month}已经没有可以重排的日子。")
            calendar = office.calendar(area.subdistrict_id)
            had, before = to_begin_with(area.id, days[0], calendar), before_month(area.id, days[0])
            duties += draft(pattern, days, calendar, had, before)
            kept: dict[str, Any] = {
                "shifts": "、".join(map(str, pattern.kinds)),
                "people": list(pattern.people),
            }
            kept |= {"rest": pattern.rest, "away": str(fields.get("away") or "")}
            _save(session, acting, row, area, month, kept, duties)
    except AlreadyDone:
        pass
    return sheet(session, month)


def _held(area_id: int, days: list[date], pattern: Pattern) -> list[Duty]:
    """The duties in force of the month up to and with today."""
    names = {kind.name for kind in pattern.kinds}
    shifts = shifts_between(area_id, start_of(days[0]), start_of(today() + timedelta(days=1)))
    return [as_duty(shift) for shift in shifts if shift.name in names]


def discard(session: Session, month: str, version: int, act_id: str) -> RosterSheet:
    """Throw away what was drawn anew: the duties in force hold on. The chief's. Raises NotAllowed, Stale, Refused."""
    try:
        with acts.act(session, act_id, "roster.discard") as acting:
            area = _area(session)
            if not permission.covers(session, "decide", area.id):
                raise NotAllowed("重排的草稿由片区长撤掉。")
            row = roster_row(area.id, month)
            if row is None or row.state is not RosterState.DRAFT or row.published_at is None:
                raise Refused("这个月没有重排的草稿。")
            if row.version != version:
                raise Stale("值班表刚被别人改过，已重新读出，请再看一眼。")
            row.state, row.version = RosterState.PUBLISHED, row.version + 1
            row.save()
            acting.about("roster", row.id, f"{area.name} {month}", area.subdistrict_id)
            acting.changed(f"值班表 {month}", {"state": "draft"}, {"state": "published"})
    except AlreadyDone:
        pass
    return sheet(session, month)


def _area(session: Session) -> Area:
    area_id = need_area(session)
    permission.require_area(session, "shift", area_id)
    return in_turn(area_id)


def _pattern(area: Area, days: list[date], fields: Mapping[str, Any]) -> Pattern:
    who, most = people(area.id, days), days_in_a_row(area.subdistrict_id)
    try:
        kinds = kinds_of(str(fields.get("shifts") or ""))
    except ValueError as error:
        raise Refused(str(error), "shifts") from None
    named = {staff_id: (name, number) for staff_id, (name, number, _) in who.items()}
    chosen = parse_people(str(fields.get("people") or ""), named)
    away = parse_away(str(fields.get("away") or ""), named, days)
    gone = [
        (staff_id, day, day)
        for staff_id in chosen
        for day in days
        if not any(first <= day <= last for first, last in who[staff_id][2])
    ]
    return Pattern(kinds, tuple(chosen), fields.get("rest") is not False, (*away, *gone), most)


def _save(
    session: Session,
    acting: Acting,
    row: DutyRoster | None,
    area: Area,
    month: str,
    pattern: Mapping[str, Any],
    duties: list[Duty],
) -> None:
    lines = json.dumps(
        [[duty.day.isoformat(), duty.kind.name, duty.staff_id] for duty in duties], ensure_ascii=False
    )
    before = json.loads(row.lines) if row else None
    row = row or DutyRoster(area=area, month=month, state=RosterState.DRAFT, version=0)
    row.pattern, row.lines = json.dumps(dict(pattern), ensure_ascii=False), lines
    row.state = RosterState.DRAFT
    row.drafted_by_id, row.drafted_at = session.staff_id, acting.at
    row.version += 1
    row.save()
    acting.about("roster", row.id, f"{area.name} {month}", area.subdistrict_id)
    acting.changed(f"值班表 {month}", {"lines": before} if before else None, {"lines": json.loads(lines)})
