"""Who came: the seats of 1+4+N, the units, who tells of an item, guests; who stayed away says why, who stands in is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from dutydesk.meeting_words import MeetingKind, Presence
from dutydesk.models import Attendee, Meeting, TeamSeat
from dutydesk.models.bulk import insert_all
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.meetings import access, agenda
from dutydesk.rules.meetings.life import CALLED_OFF, WRITING
from dutydesk.rules.meetings.story import acting_on, line, record
from dutydesk.rules.organisation import area_in_charge, day_of, on_day, units_of_area
from dutydesk.session import Session
from dutydesk.vocabulary import SeatKind

CAME = (Presence.PRESENT, Presence.STOOD_IN)
_ORDER = {kind: place for place, kind in enumerate(SeatKind)}
_GUESTS = 60
_TELLS = "汇报"  # as what somebody is invited who is there for an item alone


class AttendeeLine(NamedTuple):
    """Somebody of a meeting as it is shown."""

    id: int
    name: str
    title: str
    guest: bool
    presence: Presence
    by_name: str
    reason: str

    @property
    def words(self) -> str:
        """`到会`, `代会 张三`, `请假 外出培训`."""
        said = self.by_name if self.presence is Presence.STOOD_IN else self.reason
        return f"{self.presence.label} {said}".strip()


def bracketed(name: str, said: str) -> str:
    """`张三（片区长）`; a name that ends in a bracket bears no second one."""
    if not said:
        return name
    return f"{name[:-1]}，{said}）" if name.endswith("）") else f"{name}（{said}）"


def standing_in(name: str) -> str:
    """What somebody is called who stands in for the holder of a seat: `王莉芸（代理）`."""
    return bracketed(name, "代理")


def _in_force(seats: Sequence[TeamSeat]) -> list[TeamSeat]:
    """Of those of a day, who is expected: where somebody stands in for a holder, that one, the last to begin."""
    deputies = {
        (seat.kind, seat.force): seat
        for seat in sorted(seats, key=lambda seat: (seat.valid_from, seat.id))
        if seat.stands_in and seat.kind is not SeatKind.PARTICIPANT
    }
    return [seat for seat in seats if deputies.get((seat.kind, seat.force), seat) is seat]


def _invited(meeting: Meeting) -> list[dict[str, Any]]:
    """Who belongs there on its day: the seats that somebody holds, then (but at a 专题会) the units."""
    day = day_of(meeting.starts_at)
    area_id = area_in_charge(meeting.area_id, day)
    seats = _in_force(list(TeamSeat.select().where(TeamSeat.area == area_id, on_day(TeamSeat, day))))
    seats.sort(key=lambda seat: (_ORDER[seat.kind], seat.id))
    rows = [
        {
            "seat": seat.id,
            "name": standing_in(seat.holder_name) if seat.stands_in else seat.holder_name,
            "title": seat.title,
        }
        for seat in seats
        if seat.holder_name
    ]
    if meeting.kind in (MeetingKind.BIWEEKLY, MeetingKind.COUNCIL):
        units = units_of_area(area_id, day)
        rows += [{"unit": unit.id, "name": unit.name, "title": unit.kind.label} for unit in units]
    return rows


def _tellers(session: Session, meeting: Meeting, there: Sequence[tuple[str, str]]) -> list[str]:
    """Who is to tell of an item and is not among those there, by name or by what they are; each once."""
    known = {meeting.chair_name}
    for name, title in there:
        known |= {name, f"{name}居委", title}
    told = dict.fromkeys(line.reporter for line in agenda.agenda(session, meeting.id).listed if line.reporter)
    return [name for name in told if not known & {name, standing_in(name)}]


def enrol(session: Session, meeting: Meeting) -> None:
    """Write down who should come, in a transaction; who is there already stays, who tells of an item is a guest."""
    before = list(Attendee.select().where(Attendee.meeting == meeting.id))
    known = {(row.seat_id, row.unit_id) for row in before}
    rows = [row for row in _invited(meeting) if (row.get("seat"), row.get("unit")) not in known]
    expected = {"meeting": meeting.id, "presence": Presence.EXPECTED}
    insert_all(Attendee, [expected | row for row in rows])
    there = [(row.name, row.title) for row in before] + [(row["name"], row["title"]) for row in rows]
    tellers = _tellers(session, meeting, there)
    insert_all(Attendee, [expected | {"name": name, "title": _TELLS, "guest": True} for name in tellers])


def of_meeting(session: Session, meeting_id: int) -> list[AttendeeLine]:
    """Who should come or came, seats first, guests last; before a meeting begins as it would be called now."""
    meeting = access.readable(session, meeting_id)
    rows = list(Attendee.select().where(Attendee.meeting == meeting.id).order_by(Attendee.id))
    if any(not row.guest for row in rows) or meeting.state in CALLED_OFF:
        return [_line(row) for row in sorted(rows, key=lambda row: row.guest)]
    expected = [
        AttendeeLine(0, row["name"], row["title"], False, Presence.EXPECTED, "", "")
        for row in _invited(meeting)
    ]
    expected += [_line(row) for row in rows]
    tellers = _tellers(session, meeting, [(line.name, line.title) for line in expected])
    return expected + [AttendeeLine(0, name, _TELLS, True, Presence.EXPECTED, "", "") for name in tellers]


def _line(row: Attendee) -> AttendeeLine:
    return AttendeeLine(row.id, row.name, row.title, row.guest, row.presence, row.by_name, row.reason)


def mark(
    session: Session, meeting_id: int, ids: Sequence[int], fields: Mapping[str, Any], act_id: str
) -> int:
    """Mark attendees: `presence`, `reason` for who stays away, `by_name` for who is stood in for; answers how many.

    Without `ids`: all who are not marked yet. Raises NotAllowed, Refused with the field that the message is about.
    """
    try:
        with acting_on(session, meeting_id, "attend", act_id) as (acting, meeting):
            access.require(session, "write", meeting)
            if meeting.state not in WRITING:
                raise Refused(f"这次会议现在是“{meeting.state.label}”，不能签到。")
            presence = _presence(fields)
            reason, by_name = line(fields.get("reason")), line(fields.get("by_name"))
            if presence is Presence.ABSENT and len(reason) < 2:
                raise Refused("请写为什么没来。", "reason")
            if presence is Presence.STOOD_IN and len(by_name) < 2:
                raise Refused("请写谁来代会。", "by_name")
            rows = Attendee.select().where(Attendee.meeting == meeting.id)
            rows = (
                rows.where(Attendee.id.in_(list(ids)))
                if ids
                else rows.where(Attendee.presence == Presence.EXPECTED)
            )
            marked = list(rows)
            values = {"presence": presence, "reason": reason, "by_name": by_name, "noted_at": acting.at}
            Attendee.update(values).where(Attendee.id.in_([row.id for row in marked])).execute()
            names = "、".join(row.name for row in marked[:6]) + (
                f"等{len(marked)}人" if len(marked) > 6 else ""
            )
            record(acting, session, meeting, "attend", f"{presence.label}：{names}{reason and '，' + reason}")
            acting.changed(
                f"{meeting.title}签到",
                {str(row.id): row.presence.value for row in marked},
                {"presence": presence.value, "who": names, "reason": reason, "by": by_name},
            )
            return len(marked)
    except AlreadyDone:
        return len(ids)


def _presence(fields: Mapping[str, Any]) -> Presence:
    try:
        return Presence(str(fields.get("presence") or Presence.PRESENT.value))
    except ValueError:
        raise Refused("请选到会、代会、请假。", "presence") from None


def invite(session: Session, meeting_id: int, fields: Mapping[str, Any], act_id: str) -> int:
    """Add a guest (`name`, `title`: from where, or as what); answers with the attendee's id. Raises NotAllowed, Refused."""
    try:
        with acting_on(session, meeting_id, "guest", act_id) as (acting, meeting):
            access.require(session, "add", meeting)
            if meeting.state in CALLED_OFF or meeting.signed_at:
                raise Refused(f"这次会议现在是“{meeting.state.label}”，不能再请人。")
            name, title = line(fields.get("name")), line(fields.get("title"))
            if len(name) < 2:
                raise Refused("请写请谁。", "name")
            guests = Attendee.select().where(Attendee.meeting == meeting.id, Attendee.guest == True)  # noqa: E712
            if guests.count() >= _GUESTS:
                raise Refused(f"最多请{_GUESTS}位。", "name")
            here = meeting.state in WRITING
            row = Attendee.create(
                meeting=meeting,
                name=name,
                title=title,
                guest=True,
                presence=Presence.PRESENT if here else Presence.EXPECTED,
                noted_at=acting.at if here else None,
            )
            record(acting, session, meeting, "attend", f"列席：{name}{title and '（' + title + '）'}")
            acting.changed(f"{meeting.title}列席", None, {"name": name, "title": title})
            return int(row.id)
    except AlreadyDone:
        last = Attendee.select().where(Attendee.meeting == meeting_id).order_by(Attendee.id.desc()).first()
        return int(last.id) if last else 0
