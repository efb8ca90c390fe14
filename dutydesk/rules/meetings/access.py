"""Which meetings a session sees, and what it may do at one: roles by scope, as the office has set them."""

from __future__ import annotations

from typing import Any

from peewee import Expression

from dutydesk.models import Area, Meeting, UnitArea, database
from dutydesk.rules import permission
from dutydesk.rules.errors import NotAllowed, Refused
from dutydesk.rules.meetings.settings import table
from dutydesk.rules.organisation import on_day, today
from dutydesk.session import Grant, Session
from dutydesk.vocabulary import Role

_WHOLE = frozenset({Role.DISTRICT_COORDINATOR, Role.SUPERVISOR})
_TOWN = frozenset({Role.COORDINATOR, Role.SIGNATORY})
_SAYS = {
    "prepare": "会议由本片区的值班员、片区长准备",
    "decide": "取消、免开、并会由主持人或片区长定",
    "write": "纪要由参会的值班员、片区长等记",
    "sign": "纪要由会议主持人审签",
    "add": "议题由本片区的成员提",
    "follow": "决定由本片区的值班员、片区长跟办",
}


def area_ids(session: Session) -> list[int]:
    """The areas whose meetings this session sees, in the order of their codes; all of them for the district."""
    rows: Any = Area.select(Area.id).where(on_day(Area, session.day)).order_by(Area.code)
    if not session.roles & _WHOLE:
        own = [area_id for grant in session.grants if (area_id := _own_area(grant))]
        towns = [grant.subdistrict_id for grant in session.grants if grant.role in _TOWN]
        rows = rows.where(Area.id.in_(own) | Area.subdistrict.in_(towns))
    return [area_id for (area_id,) in rows.tuples()]


def _own_area(grant: Grant) -> int | None:
    """The area in whose meetings a grant takes part: its own, or that of its unit today."""
    if grant.area_id or not grant.unit_id:
        return grant.area_id
    row = UnitArea.get_or_none(UnitArea.unit == grant.unit_id, on_day(UnitArea, today()))
    return row.area_id if row else None


def own_area(session: Session) -> int:
    """The area whose meetings this session comes to first. Raises NotAllowed for who has none."""
    permission.require(session, "meetings")
    found = area_ids(session)
    if not found:
        raise NotAllowed("例会由片区召开，您的岗位没有片区。")
    own = [area_id for grant in session.grants if (area_id := _own_area(grant))]
    return own[0] if own else found[0]


def within(session: Session) -> Expression:
    """The meetings that this session may see, as a condition on its areas."""
    found: Expression = Meeting.area.in_(area_ids(session))
    return found


def roles_in(session: Session, area_id: int, subdistrict_id: int) -> frozenset[Role]:
    """Those of the session's roles that reach an area."""
    return frozenset(
        grant.role
        for grant in session.grants
        if _own_area(grant) == area_id
        or (grant.role in _TOWN and grant.subdistrict_id == subdistrict_id)
        or grant.role in _WHOLE
    )


def may(session: Session, what: str, meeting: Meeting) -> bool:
    """Whether this session may do a kind of thing (see `may` in `life.py`) at a meeting; its chair may what chairs do."""
    if what in ("sign", "decide", "write") and meeting.chair_id == session.staff_id:
        return True
    return may_in(session, what, meeting.area_id, meeting.subdistrict_id)


def may_in(session: Session, what: str, area_id: int, subdistrict_id: int) -> bool:
    """Whether this session may do a kind of thing in an area, by the office's table `meeting_roles`."""
    allowed = {Role(word) for word in table("meeting_roles", subdistrict_id)[what]}
    return bool(roles_in(session, area_id, subdistrict_id) & allowed)


def require(session: Session, what: str, meeting: Meeting) -> None:
    """Raise NotAllowed, with a sentence, unless this session may do this at the meeting."""
    if not may(session, what, meeting):
        raise NotAllowed(f"您在这里不能办这一项：{_SAYS[what]}（本单位设置）。")


def require_in(session: Session, what: str, area_id: int) -> Area:
    """The area. Raises NotAllowed unless this session may do this there."""
    area = Area.get_or_none(Area.id == area_id)
    if area is None or not may_in(session, what, area.id, area.subdistrict_id):
        raise NotAllowed(f"您在这里不能办这一项：{_SAYS[what]}（本单位设置）。")
    assert isinstance(area, Area)
    return area


def readable(session: Session, meeting_id: int) -> Meeting:
    """A meeting that this session may see. Raises NotAllowed outside its areas."""
    found = Meeting.get_or_none(Meeting.id == meeting_id)
    if not isinstance(found, Meeting) or not (
        found.chair_id == session.staff_id or roles_in(session, found.area_id, found.subdistrict_id)
    ):
        raise NotAllowed("这次会议不在您的范围内，或已不存在。")
    return found


def fresh(session: Session, meeting_id: int) -> Meeting:
    """The same as it is now, in a transaction for nobody else to change."""
    readable(session, meeting_id)
    query: Any = Meeting.select().where(Meeting.id == meeting_id)
    if database.obj.for_update:
        query = query.for_update()
    found = query.get_or_none()
    if not isinstance(found, Meeting):
        raise Refused("这次会议已不存在，请返回重看。")
    return found
