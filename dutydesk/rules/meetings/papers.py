"""What the notice and the minutes of a meeting say, as values: the screen shows them, the Word documents render them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from dutydesk.meeting_words import ItemState, Presence
from dutydesk.models import Meeting, MeetingStep, MinuteParagraph, Subdistrict
from dutydesk.rules.handling import name_of
from dutydesk.rules.meetings import access, agenda, attendance, signing
from dutydesk.rules.meetings.life import HELD
from dutydesk.rules.meetings.settings import words_of
from dutydesk.rules.organisation import day_of, start_of, today
from dutydesk.rules.workcalendar import CHINA, moment
from dutydesk.session import Session
from dutydesk.text import mask_phones_in


class NoticeLine(NamedTuple):
    """An item of the agenda as those invited see it, who tells of it with it; why and how long are the desk's own."""

    title: str
    reporter: str = ""


class Notice(NamedTuple):
    """What a notice says: to whom, which meeting, when, where, the agenda in order, by whom and of which day."""

    title: str
    to: tuple[str, ...]
    starts_at: datetime
    place: str
    chair: str
    items: tuple[NoticeLine, ...]
    sender: str
    day: date
    words: dict[str, str]  # the office's own, filled in: title, to, opening, asked, turns


class Decided(NamedTuple):
    """A decision as the minutes have it."""

    number: int
    who: str
    what: str
    due_on: date
    cases: tuple[str, ...]


class RecordItem(NamedTuple):
    """An item as it was dealt with; `said` are (author, text)."""

    title: str
    state: ItemState
    outcome: str
    said: tuple[tuple[str, str], ...]
    decided: tuple[Decided, ...]


class Record(NamedTuple):
    """The minutes: as they were signed, else as they stand.

    `put_off` are items that were not reached; `digest` is what a signature takes of what was seen.
    """

    meeting_id: int
    title: str
    office: str
    area: str
    number: str
    held_at: datetime
    ended_at: datetime | None
    place: str
    chair: str
    came: tuple[str, ...]
    guests: tuple[str, ...]
    absent: tuple[str, ...]
    unmarked: tuple[str, ...]
    turns: tuple[tuple[str, str, str], ...]
    items: tuple[RecordItem, ...]
    put_off: tuple[str, ...]
    said: tuple[tuple[str, str], ...]
    decided: tuple[Decided, ...]
    authors: tuple[str, ...]
    signed_by: str
    signed_on: date | None
    additions: tuple[tuple[date, str, str], ...]
    digest: str
    words: dict[str, str]  # the office's own, filled in: head, office, title, number
    masked: bool  # telephone numbers were typed into them, and are left out
    revealed_by: str = ""  # the act by which they were included


def notice(session: Session, meeting_id: int) -> Notice:
    """The notice of a meeting as it stands. Raises NotAllowed outside the session's areas."""
    meeting = access.readable(session, meeting_id)
    found = agenda.agenda(session, meeting_id)
    people = attendance.of_meeting(session, meeting_id)
    on, town = meeting.starts_at.astimezone(CHINA), Subdistrict.get_by_id(meeting.subdistrict_id)
    words = words_of(
        "notice", town, area=meeting.area.name, meeting=meeting.title, month=on.month, day=on.day
    )
    return Notice(
        title=meeting.title,
        to=tuple(attendance.bracketed(row.name, row.title) for row in people),
        starts_at=on,
        place=meeting.place,
        chair=meeting.chair_name,
        items=tuple(NoticeLine(line.title, line.reporter) for line in found.listed),
        sender=meeting.area.name,
        day=today(),
        words=words,
    )


def record(session: Session, meeting_id: int, revealed_by: str = "") -> Record:
    """The minutes of a meeting; whole only by the act of `personal.include`. Raises NotAllowed outside the areas."""
    meeting = access.readable(session, meeting_id)
    kept = json.loads(meeting.content or signing.content_of(session, meeting))
    if revealed_by:
        _unmask(kept, meeting.id)
    groups = _groups(kept["attendance"], kept["chair"])
    items = tuple(
        RecordItem(
            item["title"],
            ItemState(item["state"]),
            item["outcome"],
            _said(item["said"]),
            _decided(item["decisions"]),
        )
        for item in kept["items"]
    )
    silent = [
        item for item in items if item.state is not ItemState.DISCUSSED and not (item.said or item.decided)
    ]
    items = tuple(item for item in items if item not in silent)
    said = _said(kept["said"])
    everything = [*said, *(pair for item in items for pair in item.said)]
    additions = MeetingStep.select().where(MeetingStep.meeting == meeting.id, MeetingStep.name == "add")
    town, began = Subdistrict.get_by_id(meeting.subdistrict_id), datetime.fromisoformat(kept["starts_at"])
    words = words_of(
        "minutes",
        town,
        area=meeting.area.name,
        meeting=kept["title"],
        year=began.year,
        serial=_ordinal(meeting),
    )
    return Record(
        meeting_id=meeting.id,
        title=kept["title"],
        office=town.name,
        area=meeting.area.name,
        number=words["number"],
        held_at=began,
        ended_at=datetime.fromisoformat(kept["ended_at"]) if kept["ended_at"] else None,
        place=kept["place"],
        chair=kept["chair"],
        came=groups["came"],
        guests=groups["guests"],
        absent=groups["absent"],
        unmarked=groups["unmarked"],
        turns=tuple((turn["unit"], turn["text"], turn["number"]) for turn in kept["turns"]),
        items=items,
        put_off=tuple(f"{item.title}（{item.outcome}）" if item.outcome else item.title for item in silent),
        said=said,
        decided=_decided(kept["decisions"]),
        authors=tuple(dict.fromkeys(author for author, _ in everything)),
        signed_by=name_of(meeting.signed_by_id),
        signed_on=day_of(meeting.signed_at) if meeting.signed_at else None,
        additions=tuple(
            (day_of(step.at), step.staff_name, step.text) for step in additions.order_by(MeetingStep.id)
        ),
        digest=meeting.hash or signing.digest(session, meeting),
        words=words,
        masked=any(masked != typed for (_, masked), typed in _typed(meeting.id).items()),
        revealed_by=revealed_by,
    )


def _unmask(kept: dict[str, Any], meeting_id: int) -> None:
    """Put the paragraphs as they were typed in the place of their masked likes; nothing else changes."""
    typed = _typed(meeting_id)
    for said in (kept["said"], *(item["said"] for item in kept["items"])):
        for each in said:
            each["text"] = typed.get((each["author"], each["text"]), each["text"])


def _typed(meeting_id: int) -> dict[tuple[str, str], str]:
    """The paragraphs as they were typed, by their author and what the minutes say of them."""
    rows = MinuteParagraph.select().where(MinuteParagraph.meeting == meeting_id)
    return {(row.author_name, mask_phones_in(row.text)): row.text for row in rows}


def _groups(people: list[dict[str, Any]], chair: str) -> dict[str, tuple[str, ...]]:
    """Who came, guests, who stayed away, of whom nobody said; who presided was there, marked or not."""
    found: dict[str, list[str]] = defaultdict(list)
    for person in people:
        name, presence = person["name"], Presence(person["is"])
        if presence is Presence.STOOD_IN:
            name = f"{name}（{person.get('by', '')}代）"
        presided = name in (chair, attendance.standing_in(chair)) and presence is Presence.EXPECTED
        if presence in attendance.CAME or presided:
            found["guests" if person["guest"] else "came"].append(name)
        elif presence is Presence.ABSENT:
            found["absent"].append(f"{name}（{person.get('reason', '')}）")
        elif not person["guest"]:
            found["unmarked"].append(name)
    return {key: tuple(found[key]) for key in ("came", "guests", "absent", "unmarked")}


def _said(paragraphs: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((each["author"], each["text"]) for each in paragraphs)


def _decided(rows: list[dict[str, Any]]) -> tuple[Decided, ...]:
    return tuple(
        Decided(
            row["number"], row["who"], row["what"], date.fromisoformat(row["due_on"]), tuple(row["cases"])
        )
        for row in rows
    )


def _ordinal(meeting: Meeting) -> int:
    """The how many of its kind in the area's year it is, among those that took place."""
    began = start_of(date(day_of(meeting.starts_at).year, 1, 1))
    same = Meeting.select().where(
        Meeting.area == meeting.area_id,
        Meeting.kind == meeting.kind,
        Meeting.state.in_(list(HELD)),
        Meeting.starts_at >= began,
        Meeting.starts_at <= meeting.starts_at,
    )
    return max(1, same.count())


def as_text(found: Record) -> str:
    """The minutes as the screen shows them."""
    until = f"至{found.ended_at:%H:%M}" if found.ended_at else ""
    lines = [
        f"{found.title}　{found.number}",
        f"时间 {moment(found.held_at)}{until}　地点 {found.place}　主持 {found.chair}",
    ]
    groups = (
        ("到会", found.came),
        ("列席", found.guests),
        ("未到会", found.absent),
        ("未签到", found.unmarked),
    )
    for name, people in groups:
        lines += [f"{name} {'、'.join(people)}"] if people else []
    if found.turns:
        lines += ["", "各单元反映"]
        lines += [f"  {unit}：{text}{number and '（' + number + '）'}" for unit, text, number in found.turns]
    for place, item in enumerate(found.items, 1):
        mark = "" if item.state is ItemState.DISCUSSED else f"（{item.state.label}）"
        lines += ["", f"{place}. {item.title}{mark}"]
        lines += [f"  {item.outcome}"] if item.outcome else []
        lines += [f"  {text}　——{author}" for author, text in item.said]
        lines += [f"  {_line_of(each)}" for each in item.decided]
    if found.put_off:
        lines += ["", f"下次再议：{'；'.join(found.put_off)}"]
    if found.said or found.decided:
        lines += ["", "其他"]
        lines += [f"  {text}　——{author}" for author, text in found.said]
        lines += [f"  {_line_of(each)}" for each in found.decided]
    if found.signed_on:
        lines += ["", f"{found.signed_by} {found.signed_on.month}月{found.signed_on.day}日审签"]
    lines += [f"补充（{by} {day.month}月{day.day}日）：{text}" for day, by, text in found.additions]
    return "\n".join(lines)


def _line_of(each: Decided) -> str:
    cases = f"（{'、'.join(each.cases)}）" if each.cases else ""
    return f"决定{each.number}：{each.who} {each.due_on.month}月{each.due_on.day}日前 {each.what}{cases}"
