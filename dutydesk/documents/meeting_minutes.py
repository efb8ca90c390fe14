"""会议纪要: what was said and decided, who was there; in 纪要格式. Corrections after signing stand as additions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from dutydesk.documents.saying import Teller, listed, said_day, said_in_two, said_number, said_time, sentence

if TYPE_CHECKING:
    from dutydesk.documents.gbt9704 import Paper


class Decision(NamedTuple):
    """What was decided: who does what by when, on which issues."""

    what: str
    who: str
    due: date | None = None
    issues: Sequence[str] = ()  # numbers


class Item(NamedTuple):
    """An item as it was treated, with its paragraphs and decisions."""

    title: str
    paragraphs: Sequence[str] = ()
    decisions: Sequence[Decision] = ()


class Present(NamedTuple):
    """Who was there in one capacity: 出席, 列席, 请假."""

    kind: str
    names: Sequence[str]


class Addition(NamedTuple):
    """What was added after the minutes were signed."""

    day: date
    by: str
    text: str


class MeetingMinutes(NamedTuple):
    """All that 会议纪要 say. Personal data in texts is masked unless `revealed_by` names the act that revealed it."""

    head: str  # the name in red: 康健新村街道片区工作会议纪要
    number: str  # 〔2026〕12号, 第12期
    office: str  # who issues them
    day: date | None  # signed on; None while they are a draft
    title: str
    held: datetime
    place: str
    chair: str
    items: Sequence[Item]
    present: Sequence[Present]
    recorder: str = ""
    signed_by: str = ""
    additions: Sequence[Addition] = ()
    copied_to: Sequence[str] = ()
    printed_by: str = ""  # 印发机关; empty without 版记
    revealed_by: str = ""  # id of the act by which personal data was included


def write(content: MeetingMinutes, stream: BinaryIO) -> None:
    """Write the minutes as a Word file; the same bytes for the same content."""
    from dutydesk.documents.gbt9704 import Paper

    tell = Teller(content.revealed_by)
    title, office = tell.line(content.title), tell.line(content.office)
    paper = Paper(title, office)
    paper.red_head(tell.line(content.head), said_number(content.number), office, content.day)
    paper.title(title)
    where = f"{said_time(content.held)}，{tell.line(content.chair)}在{tell.line(content.place)}主持召开会议。"
    paper.text(where + ("现将会议议定事项纪要如下：" if content.items else ""))
    for item in content.items:
        paper.heading(tell.line(item.title))
        paper.text("\n".join(sentence(tell.prose(text)) for text in item.paragraphs))
    _decisions(paper, content.items, tell)
    paper.blank()
    for group in content.present:
        if group.names:
            paper.people(tell.line(group.kind), listed(group.names))
    for kind, name in (("记录", content.recorder), ("签发", content.signed_by)):
        if name:
            paper.people(kind, listed([name]))
    _additions(paper, content.additions, tell)
    paper.imprint(listed(content.copied_to, "，"), tell.line(content.printed_by), content.day)
    paper.save(stream)


def _decisions(paper: Paper, items: Sequence[Item], tell: Teller) -> None:
    from dutydesk.documents.gbt9704 import Column

    columns = (
        Column("序号", 700, middle=True),
        Column("议定事项", 3405),
        Column("责任单位（人）", 1800),
        Column("完成时限", 1300, middle=True),
        Column("相关事项", 1640, middle=True),
    )
    decided = [decision for item in items for decision in item.decisions]
    if not decided:
        return
    paper.heading("议定事项")
    rows = []
    for place, decision in enumerate(decided, 1):
        issues = "\n".join(tell.line(number) for number in decision.issues)
        rows.append(
            (
                str(place),
                tell.prose(decision.what),
                tell.line(decision.who),
                said_in_two(decision.due),
                issues,
            )
        )
    paper.list(columns, rows)


def _additions(paper: Paper, additions: Sequence[Addition], tell: Teller) -> None:
    if not additions:
        return
    paper.blank()
    for addition in additions:
        by = f"{said_day(addition.day)}补充（{tell.line(addition.by)}）："
        paper.text(sentence(tell.prose(addition.text)), lead=by)
