"""会议通知: when, where, who and what about, as a Word document and as text to paste."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from dutydesk.documents.saying import (
    Contact,
    Teller,
    listed,
    said_count,
    said_day,
    said_number,
    said_time,
    sentence,
)

if TYPE_CHECKING:
    from dutydesk.documents.gbt9704 import Paper

IN_THE_TEXT = 12  # items of the agenda; more of them stand in a table as an attachment


class AgendaLine(NamedTuple):
    """An item of the agenda as those invited see it."""

    title: str
    reason: str = ""  # why it stands there
    minutes: int = 0
    reported_by: str = ""


class MeetingNotice(NamedTuple):
    """All that a 会议通知 says. Personal data in its texts is masked unless `revealed_by` names the act that revealed it."""

    title: str  # 关于召开康健一片区第12次双周例会的通知
    to: Sequence[str]
    opening: str  # 现定于11月26日召开……，有关事项通知如下：
    begins: datetime
    place: str
    chair: str
    attending: Sequence[str]
    agenda: Sequence[AgendaLine]
    asked: Sequence[str] = ()  # 请各单位……
    contact: Contact | None = None
    signed_by: str = ""  # who invites; an area has no seal
    day: date | None = None
    head: str = ""  # the name in red; empty without a red head
    number: str = ""
    revealed_by: str = ""  # id of the act by which personal data was included


def write(content: MeetingNotice, stream: BinaryIO) -> None:
    """Write the notice as a Word file; the same bytes for the same content."""
    from dutydesk.documents.gbt9704 import Paper

    tell = Teller(content.revealed_by)
    title = tell.line(content.title)
    paper = Paper(title, tell.line(content.signed_by))
    if content.head:
        paper.red_head(tell.line(content.head), said_number(content.number))
    paper.title(title, above=2 if content.head else 0)
    paper.addressed(listed(content.to))
    paper.text(tell.prose(content.opening))
    listing = len(content.agenda) > IN_THE_TEXT
    for heading, lines in _sections(content, tell, in_text=not listing):
        paper.heading(heading)
        paper.text("\n".join(lines))
    if listing:
        paper.attachments(["议题清单"])
    paper.signature(tell.line(content.signed_by), content.day)
    if content.contact:
        paper.note(f"联系人：{listed([content.contact.name])}；联系电话：{listed([content.contact.phone])}")
    if listing:
        _list_of_items(paper, content.agenda, tell)
    paper.save(stream)


def as_text(content: MeetingNotice) -> str:
    """The notice as plain text, to paste where people are told."""
    tell = Teller(content.revealed_by)
    lines = [tell.line(content.title), f"{listed(content.to)}：", tell.prose(content.opening)]
    for place, (heading, said) in enumerate(_sections(content, tell, in_text=True), 1):
        lines.append(f"{said_count(place)}、{heading}")
        lines += said
    if content.contact:
        lines.append(f"联系人：{listed([content.contact.name])}；联系电话：{listed([content.contact.phone])}")
    lines += [tell.line(content.signed_by), said_day(content.day)]
    return "\n".join(filter(None, lines)) + "\n"


def _sections(content: MeetingNotice, tell: Teller, *, in_text: bool) -> list[tuple[str, list[str]]]:
    when = [f"时间：{said_time(content.begins)}", f"地点：{tell.line(content.place)}"]
    who = [f"主持：{tell.line(content.chair)}", f"参加：{listed(content.attending)}"]
    if in_text:
        agenda = [f"{place}. {_item(item, tell)}" for place, item in enumerate(content.agenda, 1)]
    else:
        agenda = [f"共{len(content.agenda)}项，见附件。"]
    sections = [("时间和地点", when), ("参加人员", who), ("会议议题", agenda or ["收集各单位反映的问题。"])]
    if content.asked:
        asked = [sentence(tell.line(text)) for text in content.asked]
        many = len(asked) > 1
        sections.append(("有关要求", [f"{n}. {text}" if many else text for n, text in enumerate(asked, 1)]))
    return sections


def _item(item: AgendaLine, tell: Teller) -> str:
    marks = [tell.line(item.reason), tell.line(item.reported_by) and f"{tell.line(item.reported_by)}汇报"]
    marks.append(f"约{item.minutes}分钟" if item.minutes else "")
    said = "，".join(filter(None, marks))
    return tell.line(item.title) + (f"（{said}）" if said else "")


def _list_of_items(paper: Paper, agenda: Sequence[AgendaLine], tell: Teller) -> None:
    """The agenda as a table; a column in which nothing would stand leaves its width to the titles."""
    from dutydesk.documents.gbt9704 import Column

    further = [
        (Column(name, width, middle=middle), said)
        for name, width, middle, said in (
            ("列入原因", 2200, False, [tell.line(item.reason) for item in agenda]),
            ("汇报", 2000, True, [tell.line(item.reported_by) for item in agenda]),
            ("约需（分钟）", 900, True, [str(item.minutes or "") for item in agenda]),
        )
        if any(said)
    ]
    left = 8145 - sum(column.width for column, _ in further)
    columns = (Column("序号", 700, middle=True), Column("议题", left), *(column for column, _ in further))
    paper.attachment(1, False, "议题清单")
    rows = [
        (str(place + 1), tell.line(item.title), *(said[place] for _, said in further))
        for place, item in enumerate(agenda)
    ]
    paper.list(columns, rows)
