"""Who came to a meeting of the demo, what each unit said in its turn, and the minutes as they are signed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dutydesk.demo.clock import moment_of
from dutydesk.demo.people import Person
from dutydesk.demo.told_cases import Case
from dutydesk.meeting_words import ItemState, MeetingKind, Presence
from dutydesk.models import Attendee, UnitTurn
from dutydesk.text import mask_phones_in
from dutydesk.vocabulary import Source

if TYPE_CHECKING:
    from dutydesk.demo.meeting_talk import Sitting, Talk

NOTHING = "没有新的问题"
_PRESENCE = ((Presence.ABSENT, 0.07), (Presence.STOOD_IN, 0.05))


def came(talk: Talk, sitting: Sitting, officer: Person, began: int) -> None:
    """Who belongs there, and whether each came."""
    rows: list[dict[str, Any]] = [
        {"seat": key, "name": name, "title": title} for key, name, title in talk.seats
    ]
    if sitting.meeting["kind"] in (MeetingKind.BIWEEKLY, MeetingKind.COUNCIL):
        rows += [{"unit": key, "name": name, "title": kind} for key, name, kind in talk.units]
    for place, row in enumerate(rows):
        presence, draw = Presence.PRESENT, talk.rng.random()
        for other, chance in _PRESENCE if place else ():
            if draw < chance:
                presence = other
                break
            draw -= chance
        said = {"reason": "", "by_name": ""}
        if presence is Presence.ABSENT:
            said["reason"] = talk.rng.choice(talk.words["absent"])
        elif presence is Presence.STOOD_IN:
            said["by_name"] = talk.rng.choice(talk.words["stood_in"])
        sitting.attendees.append(
            talk.book.add(
                Attendee,
                meeting=sitting.meeting["id"],
                **{"seat": None, "unit": None} | row | said,
                presence=presence,
                noted_at=began + 5,
            )
        )
    came = [row["name"] for row in sitting.attendees if row["presence"] is Presence.PRESENT]
    names = "、".join(came[:6]) + (f"等{len(came)}人" if len(came) > 6 else "")
    talk.step(sitting.meeting, "attend", f"到会：{names}", officer, began + 5)


def turns(talk: Talk, sitting: Sitting, officer: Person, began: int) -> None:
    """What each unit raised: the cases whose source is the meeting, of the days since the last one."""
    since = sitting.meeting["since"]
    raised: dict[int, list[Case]] = {}
    for each in talk.cases:
        if each.source is Source.MEETING and since < each.reported <= began + 120:
            raised.setdefault(each.unit, []).append(each)
    for unit, name, _ in talk.units:
        rows = []
        told: list[Case | None] = [*raised.get(unit, [])[:2]]
        for case in told or [None]:
            text = mask_phones_in(case.summary) if case else NOTHING
            rows.append(
                talk.book.add(
                    UnitTurn,
                    meeting=sitting.meeting["id"],
                    unit=unit,
                    issue=case.id if case else None,
                    text=text,
                    noted_by=officer.id,
                    at=began + 10,
                )
            )
            if case:
                said = f"{name}：{text} {case.number}"
                talk.step(sitting.meeting, "turn", said, officer, began + 10)
        sitting.turns.append((name, rows))


def content(talk: Talk, sitting: Sitting) -> str:
    """What `rules.meetings.signing` keeps of signed minutes."""
    meeting = sitting.meeting
    kept = {
        "title": meeting["title"],
        "kind": meeting["kind"].value,
        "starts_at": moment_of(meeting["began_at"]).isoformat(timespec="minutes"),
        "ended_at": moment_of(meeting["ended_at"]).isoformat(timespec="minutes"),
        "place": meeting["place"],
        "chair": meeting["chair_name"],
        "attendance": [_came(row) for row in sitting.attendees],
        "turns": [
            {"unit": unit, "text": row["text"], "number": talk.numbers.get(row["issue"], "")}
            for unit, rows in sitting.turns
            for row in rows
        ],
        "items": [
            {
                "title": item["title"],
                "state": item["state"].value,
                "outcome": item["outcome"],
                "said": [
                    {"author": row["author_name"], "text": row["text"]}
                    for row in sitting.paragraphs
                    if row["item"] == item["id"]
                ],
                "decisions": [_decided(talk, row) for row in sitting.decisions if row["item"] == item["id"]],
            }
            for item in sitting.items
            if item["state"] in (ItemState.DISCUSSED, ItemState.DEFERRED)
        ],
        "said": [],
        "decisions": [],
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def _decided(talk: Talk, row: dict[str, Any]) -> dict[str, Any]:
    cases = [talk.numbers[issue] for issue in talk.cases_of[row["id"]]]
    return {
        "number": row["number"],
        "who": row["who_name"],
        "what": row["what"],
        "due_on": row["due_on"].isoformat(),
        "cases": cases,
    }


def _came(row: dict[str, Any]) -> dict[str, Any]:
    said = (("by", row["by_name"]), ("reason", row["reason"]))
    found = {"name": row["name"], "title": row["title"], "guest": False, "is": row["presence"].value}
    return found | {key: value for key, value in said if value}
