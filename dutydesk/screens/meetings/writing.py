"""The notice and the minutes of a meeting go to the 发件夹 as Word documents; the notice as text too."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dutydesk.rules.meetings.papers import Decided, Notice, Record
from dutydesk.settings import load

if TYPE_CHECKING:
    from dutydesk.documents.meeting_minutes import Decision, MeetingMinutes
    from dutydesk.documents.meeting_notice import MeetingNotice

_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')


def _path(name: str) -> Path:
    return load().outbox / f"{_NOT_IN_A_NAME.sub('·', name)[:80]}.docx"


def as_document(found: Notice) -> MeetingNotice:
    """A notice as the Word document takes it."""
    from dutydesk.documents.meeting_notice import AgendaLine, MeetingNotice

    words = found.words
    return MeetingNotice(
        title=words["title"],
        to=[words["to"]],
        opening=words["opening"],
        begins=found.starts_at,
        place=found.place,
        chair=found.chair or "片区长",
        attending=list(found.to),
        agenda=[AgendaLine(item.title, reported_by=item.reporter) for item in found.items],
        asked=(words["asked"], words["turns"]),
        signed_by=found.sender,
        day=found.day,
    )


def notice_text(found: Notice) -> str:
    """A notice as text to paste."""
    from dutydesk.documents.meeting_notice import as_text

    return as_text(as_document(found))


async def write_notice(found: Notice) -> Path:
    """Write the notice as Word and as text, over those of an earlier time; answers where the Word file is. Raises OSError."""
    path = _path(f"会议通知-{found.title}-{found.starts_at:%Y-%m-%d}")
    await asyncio.to_thread(_write_notice, found, path)
    return path


def _write_notice(found: Notice, path: Path) -> None:
    from dutydesk.documents.meeting_notice import write

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.with_suffix(".txt").write_text(notice_text(found), encoding="utf-8")
    with path.open("wb") as stream:
        write(as_document(found), stream)


def as_minutes(found: Record) -> MeetingMinutes:
    """Minutes as the Word document takes them."""
    from dutydesk.documents.meeting_minutes import Addition, Item, MeetingMinutes, Present

    items = [
        Item(
            item.title,
            [text for text in (item.outcome, *(text for _, text in item.said)) if text],
            _decisions(item.decided),
        )
        for item in found.items
    ]
    if found.turns:
        items.insert(0, Item("各单元反映的问题", _turns(found)))
    if found.put_off:
        items.append(Item("下次再议的事项", [f"{'；'.join(found.put_off)}。"]))
    if found.said or found.decided:
        items.append(Item("其他", [text for _, text in found.said], _decisions(found.decided)))
    return MeetingMinutes(
        head=found.words["head"],
        number=found.number,
        office=found.words["office"],
        day=found.signed_on,
        title=found.words["title"],
        held=found.held_at,
        place=found.place,
        chair=found.chair or "片区长",
        items=items,
        present=[
            Present("出席", found.came),
            Present("列席", found.guests),
            Present("请假", found.absent),
            Present("未签到", found.unmarked),
        ],
        recorder="、".join(found.authors),
        signed_by=found.signed_by,
        additions=[Addition(day, by, text) for day, by, text in found.additions],
        printed_by=found.words["office"],
        revealed_by=found.revealed_by,
    )


def _turns(found: Record) -> list[str]:
    """What the units brought, a line each; those that had nothing in one line."""
    said = [f"{unit}：{text}（{number}）" for unit, text, number in found.turns if number]
    nothing: dict[str, list[str]] = {}
    for unit, text, number in found.turns:
        if not number:
            nothing.setdefault(text, []).append(unit)
    return said + [f"{'、'.join(units)}：{text}" for text, units in nothing.items()]


def _decisions(rows: tuple[Decided, ...]) -> list[Decision]:
    from dutydesk.documents.meeting_minutes import Decision

    return [Decision(each.what, each.who, each.due_on, each.cases) for each in rows]


async def write_minutes(found: Record) -> Path:
    """Write the minutes as Word; a draft says so in its name. Raises OSError."""
    draft = ("" if found.signed_on else "（未审签）") + ("（含电话）" if found.revealed_by else "")
    path = _path(f"会议纪要{draft}-{found.title}-{found.held_at:%Y-%m-%d}")
    await asyncio.to_thread(_write_minutes, found, path)
    return path


def _write_minutes(found: Record, path: Path) -> None:
    from dutydesk.documents.meeting_minutes import write

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write(as_minutes(found), stream)
