"""The series of an area, and the dates drawn up from it for months ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from dutydesk.meeting_words import MeetingKind, MeetingState
from dutydesk.models import Area, Meeting, MeetingSeries, RoleGrant, Staff
from dutydesk.rules import acts, office
from dutydesk.rules.acts import Acting
from dutydesk.rules.errors import AlreadyDone, Refused
from dutydesk.rules.meetings import access, calendar
from dutydesk.rules.meetings.settings import table
from dutydesk.rules.meetings.story import line, record
from dutydesk.rules.organisation import in_service, on_day, row_id, today
from dutydesk.session import Session
from dutydesk.vocabulary import Role

_TITLES = {MeetingKind.BIWEEKLY: "{area}双周例会", MeetingKind.COUNCIL: "{area}党委议事协商会"}
_LONGEST = 480  # minutes


class SeriesLine(NamedTuple):
    """A series as it is shown; `version` is that of the row."""

    id: int
    kind: MeetingKind
    weekday: int
    every_weeks: int
    starts: str
    minutes: int
    place: str
    chair_id: int | None
    chair: str
    first_on: date
    words: str
    version: int


def chief_of(area_id: int) -> Staff | None:
    """Who is the chief of an area today; a stand-in where there is one."""
    row = (
        Staff.select()
        .join(RoleGrant)
        .where(
            RoleGrant.role == Role.AREA_CHIEF,
            RoleGrant.area == area_id,
            on_day(RoleGrant, today()),
            in_service(today()),
        )
        .order_by(RoleGrant.valid_from.desc(), RoleGrant.id.desc())
        .first()
    )
    return row if isinstance(row, Staff) else None


def of_area(session: Session, area_id: int) -> list[SeriesLine]:
    """The series of an area that go on. Raises NotAllowed outside the session's areas."""
    if area_id not in access.area_ids(session):
        access.require_in(session, "prepare", area_id)
    return [_line(row) for row in _running(area_id)]


def _running(area_id: int) -> list[MeetingSeries]:
    on = MeetingSeries.until.is_null() | (MeetingSeries.until >= today())
    return list(MeetingSeries.select().where(MeetingSeries.area == area_id, on).order_by(MeetingSeries.id))


def _line(row: MeetingSeries) -> SeriesLine:
    weeks = "每周" if row.every_weeks == 1 else f"每{row.every_weeks}周" if row.every_weeks != 2 else "双周"
    words = f"{row.kind.label}　{weeks}周{calendar.WEEKDAYS[row.weekday - 1]} {row.starts}　{row.place}"
    chair = Staff.get_or_none(Staff.id == row.chair_id) if row.chair_id else chief_of(row.area_id)
    return SeriesLine(
        id=row.id,
        kind=row.kind,
        weekday=row.weekday,
        every_weeks=row.every_weeks,
        starts=row.starts,
        minutes=row.minutes,
        place=row.place,
        chair_id=row.chair_id,
        chair=chair.name if chair else "片区长空缺",
        first_on=row.first_on,
        words=words,
        version=row.version,
    )


def usual(session: Session, area_id: int, kind: MeetingKind = MeetingKind.BIWEEKLY) -> dict[str, Any]:
    """What a form for a series begins with: what holds, else what the office usually has (`meeting_series`)."""
    for row in of_area(session, area_id):
        if row.kind is kind:
            shown = {"chair": [row.chair, ""]} if row.chair_id else {}
            kept = {name: str(getattr(row, name)) for name in ("weekday", "every_weeks", "starts", "minutes")}
            return kept | {
                "kind": kind.value,
                "place": row.place,
                "chair": str(row.chair_id or ""),
                "first_on": row.first_on,
                "_shown": shown,
            }
    area = Area.get_by_id(area_id)
    usually = table("meeting_series", area.subdistrict_id)
    kept = {name: str(usually[name]) for name in ("weekday", "every_weeks", "starts", "minutes", "place")}
    return kept | {"kind": kind.value, "first_on": calendar.first_day(int(usually["weekday"]), today())}


def keep(session: Session, area_id: int, fields: Mapping[str, Any], act_id: str) -> int:
    """Set when and where an area meets, from today on, and draw its dates up; answers with the series.

    Meetings to come that were drawn up already get the new days in their order, with what stands on their agendas;
    those moved by hand stay where they are. Raises NotAllowed, Refused with the field that the message is about.
    """
    try:
        with acts.act(session, act_id, "meeting.series") as acting:
            area = access.require_in(session, "prepare", area_id)
            values = _checked(fields)
            before = [row for row in _running(area.id) if row.kind is values["kind"]]
            row = MeetingSeries.create(area=area, **values)
            planned = [meeting for old in before for meeting in _to_come(old)]
            MeetingSeries.update(until=today() - timedelta(days=1), version=MeetingSeries.version + 1).where(
                MeetingSeries.id.in_([old.id for old in before])
            ).execute()
            acting.about("series", row.id, f"{area.name} {row.kind.label}", area.subdistrict_id)
            _redate(session, acting, area, row, planned)
            acting.changed(
                f"{area.name}{row.kind.label}的日期",
                {"series": [_line(old).words for old in before]},
                {"series": _line(row).words, "first_on": row.first_on},
            )
            return int(row.id)
    except AlreadyDone as done:
        return done.subject_id or 0


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    weekday, weeks = row_id(fields.get("weekday")), row_id(fields.get("every_weeks"))
    minutes, starts = row_id(fields.get("minutes")), line(fields.get("starts"))
    try:
        kind = MeetingKind(str(fields.get("kind") or MeetingKind.BIWEEKLY.value))
    except ValueError:
        raise Refused("请选是哪一种会。", "kind") from None
    if kind not in _TITLES:
        raise Refused(f"{kind.label}一次一次排，请用“加开一次”。", "kind")
    if not 1 <= weekday <= 7:
        raise Refused("请选星期几。", "weekday")
    if not 1 <= weeks <= 12:
        raise Refused("请写隔几周一次，1至12。", "every_weeks")
    if not 10 <= minutes <= _LONGEST:
        raise Refused(f"请写一次开多久，10至{_LONGEST}分钟。", "minutes")
    place = line(fields.get("place"))
    if len(place) < 2:
        raise Refused("请写在哪里开。", "place")
    return {
        "kind": kind,
        "weekday": weekday,
        "every_weeks": weeks,
        "starts": checked_time(starts),
        "minutes": minutes,
        "place": place,
        "chair": row_id(fields.get("chair")) or None,
        "first_on": _first(fields.get("first_on")),
    }


def _first(value: Any) -> date:
    if value is None or value == "":
        return today()
    first = value if isinstance(value, date) else date.fromisoformat(str(value))
    if abs((first - today()).days) > 366:
        raise Refused("起始日期请写在一年以内。", "first_on")
    return first


def checked_time(text: str) -> str:
    """A time of day as it is kept (`14:00`). Raises Refused."""
    hour, colon, minute = text.replace("：", ":").partition(":")
    if not colon or not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise Refused("请写几点开，例如 14:00。", "starts")
    return f"{int(hour):02d}:{int(minute):02d}"


def _to_come(series: MeetingSeries) -> list[Meeting]:
    """The meetings of a series that are still to come and were not moved by hand."""
    rows = Meeting.select().where(
        Meeting.series == series.id, Meeting.state == MeetingState.PLANNED, Meeting.planned_on >= today()
    )
    return [row for row in rows.order_by(Meeting.planned_on) if not row.reason]


def _redate(
    session: Session, acting: Acting, area: Area, series: MeetingSeries, planned: list[Meeting]
) -> None:
    new = list(_days(area, series, today() + timedelta(days=_ahead(area))))
    for meeting, day in zip(planned, new, strict=False):
        was = meeting.starts_at
        meeting.series, meeting.planned_on = series, day.planned
        meeting.starts_at = calendar.at(day.held, series.starts)
        meeting.place, meeting.minutes = series.place, series.minutes
        meeting.version += 1
        meeting.save()
        if meeting.starts_at != was:
            record(acting, session, meeting, "plan", f"{_line(series).words}{_moved(day)}")
    for meeting in planned[len(new) :]:
        meeting.series = None
        meeting.save()
    _make(session, acting, area, series, new[len(planned) :])


def _ahead(area: Area) -> int:
    return 30 * int(table("meeting_series", area.subdistrict_id)["months"])


def _days(area: Area, series: MeetingSeries, until: date) -> list[calendar.Day]:
    since = max(today(), series.first_on)
    return list(
        calendar.days(
            series.weekday,
            series.every_weeks,
            series.first_on,
            since,
            until,
            office.calendar(area.subdistrict_id),
        )
    )


def _moved(day: calendar.Day) -> str:
    return f"（{day.why}，改到{day.held.month}月{day.held.day}日）" if day.why else ""


def _make(
    session: Session, acting: Acting, area: Area, series: MeetingSeries, new: list[calendar.Day]
) -> int:
    chair = Staff.get_or_none(Staff.id == series.chair_id) if series.chair_id else chief_of(area.id)
    for day in new:
        meeting = Meeting.create(
            area=area,
            subdistrict=area.subdistrict_id,
            series=series,
            kind=series.kind,
            state=MeetingState.PLANNED,
            title=_TITLES[series.kind].format(area=area.name),
            planned_on=day.planned,
            starts_at=calendar.at(day.held, series.starts),
            minutes=series.minutes,
            place=series.place,
            chair=chair,
            chair_name=chair.name if chair else "",
        )
        record(acting, session, meeting, "plan", f"{_line(series).words}{_moved(day)}")
    return len(new)


def draw_up(session: Session, area_id: int, act_id: str) -> int:
    """Draw the dates up that are missing for the months ahead; answers how many. Raises NotAllowed."""
    made = 0
    try:
        with acts.act(session, act_id, "meeting.draw_up") as acting:
            area = access.require_in(session, "prepare", area_id)
            acting.about("area", area.id, f"{area.name} 会议日期", area.subdistrict_id)
            for series in _running(area.id):
                until = min(today() + timedelta(days=_ahead(area)), series.until or date.max)
                there: Any = Meeting.select(Meeting.planned_on).where(Meeting.series == series.id).tuples()
                known = {day for (day,) in there}
                new = [day for day in _days(area, series, until) if day.planned not in known]
                made += _make(session, acting, area, series, new)
            acting.changed(f"{area.name}排定会议日期", None, {"meetings": made})
    except AlreadyDone:
        pass
    return made


def extra(session: Session, area_id: int, fields: Mapping[str, Any], act_id: str) -> int:
    """加开一次: a meeting outside any series (专题会, 条块约请协调会, or one more); answers with its id.

    Raises NotAllowed, Refused with the field that the message is about.
    """
    try:
        with acts.act(session, act_id, "meeting.extra") as acting:
            area = access.require_in(session, "prepare", area_id)
            try:
                kind = MeetingKind(str(fields.get("kind") or ""))
            except ValueError:
                raise Refused("请选是哪一种会。", "kind") from None
            chair_id = row_id(fields.get("chair"))
            chair = Staff.get_or_none(Staff.id == chair_id) if chair_id else chief_of(area.id)
            starts_at = checked_moment(fields)
            place = line(fields.get("place"))
            if len(place) < 2:
                raise Refused("请写在哪里开。", "place")
            meeting = Meeting.create(
                area=area,
                subdistrict=area.subdistrict_id,
                kind=kind,
                state=MeetingState.PLANNED,
                title=line(fields.get("title"))
                or _TITLES.get(kind, "{area}" + kind.label).format(area=area.name),
                planned_on=starts_at.date(),
                starts_at=starts_at,
                minutes=row_id(fields.get("minutes")) or 60,
                place=place,
                chair=chair,
                chair_name=chair.name if chair else "",
            )
            acting.about("meeting", meeting.id, meeting.title, area.subdistrict_id)
            record(acting, session, meeting, "plan", "加开")
            acting.changed(f"加开 {meeting.title}", None, {"starts_at": starts_at, "kind": kind.value})
            return int(meeting.id)
    except AlreadyDone as done:
        return done.subject_id or 0


def checked_moment(fields: Mapping[str, Any]) -> Any:
    """The moment that `on` and `starts` of a form name, not in the past. Raises Refused with the field."""
    on = fields.get("on")
    if on is None or on == "":
        raise Refused("请写哪一天。", "on")
    day = on if isinstance(on, date) else date.fromisoformat(str(on))
    if day < today():
        raise Refused("这一天已经过去了，请写以后的日子。", "on")
    if (day - today()).days > 366:
        raise Refused("最远排到一年以内。", "on")
    return calendar.at(day, checked_time(line(fields.get("starts"))))
