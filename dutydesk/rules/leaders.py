"""A subdistrict's leaders (领导班子): a chief should be one of them, and is shown as none where that is so."""

from __future__ import annotations

from datetime import date

from dutydesk.models import Leader, Staff, Subdistrict
from dutydesk.rules import acts, keeping
from dutydesk.rules.errors import AlreadyDone, NotAllowed, Refused
from dutydesk.rules.keeping import end
from dutydesk.rules.organisation import in_service, on_day
from dutydesk.rules.role_grants import NOT_ONESELF
from dutydesk.rules.workcalendar import day_said
from dutydesk.session import Session
from dutydesk.text import clean


def appoint(session: Session, staff_id: int, title: str, since: date, act_id: str) -> str:
    """Somebody is among the leaders of the own subdistrict from a day on. Raises NotAllowed, Refused (`title`)."""
    person = Staff.get_or_none(Staff.id == staff_id, in_service(since))
    title = clean(title, 40)
    if person is None or person.subdistrict_id is None:
        raise Refused("请选本街镇在岗的人。", "title")
    if not title:
        raise Refused("请写在班子里的职务，例如 党工委副书记。", "title")
    try:
        with acts.act(session, act_id, "staff.appoint") as acting:
            if person.id == session.staff_id:
                raise NotAllowed(NOT_ONESELF)
            keeping.require(session, "keep_people", person.subdistrict_id)
            held = Leader.get_or_none(Leader.staff == person.id, on_day(Leader, since))
            if held is not None and held.title == title:
                raise Refused(f"{person.name}已任{title}。", "title")
            if held is not None:
                end(held, keeping.day_before(since))
            Leader.create(staff=person, subdistrict=person.subdistrict_id, title=title, valid_from=since)
            acting.about("staff", person.id, f"{person.number} {person.name}", person.subdistrict_id)
            before = {"title": held.title} if held is not None else None
            acting.changed(f"{person.number} 领导班子", before, {"title": title, "since": str(since)})
    except AlreadyDone:
        pass
    town = Subdistrict.get_by_id(person.subdistrict_id).name
    return f"{person.name}自{day_said(since)}起任{town}{title}。"


def dismiss(session: Session, leader_id: int, last_day: date, act_id: str) -> str:
    """Somebody leaves the leaders after a last day. Raises NotAllowed, Refused (`last_day`)."""
    row = Leader.get_or_none(Leader.id == leader_id)
    if row is None:
        raise Refused("这一项已有变动，请返回重看。")
    if last_day < row.valid_from:
        raise Refused(f"{row.valid_from:%Y-%m-%d}才开始，最后一天不能更早。", "last_day")
    person = row.staff
    try:
        with acts.act(session, act_id, "staff.dismiss") as acting:
            keeping.require(session, "keep_people", row.subdistrict_id)
            acting.about("staff", person.id, f"{person.number} {person.name}", row.subdistrict_id)
            before = str(row.valid_to or "")
            end(row, last_day)
            acting.changed(f"{person.number} {row.title}", {"until": before}, {"until": str(last_day)})
    except AlreadyDone:
        pass
    return f"{person.name}任{row.title}到{day_said(last_day)}止。"
