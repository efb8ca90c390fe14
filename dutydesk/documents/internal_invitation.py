"""约请单: how an area calls the subdistrict's own offices and stations; one form, no seal, numbered by the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO, NamedTuple

from dutydesk.documents.saying import (
    Contact,
    Matter,
    Teller,
    listed,
    said_day,
    said_number,
    said_time,
    said_weekday,
    told,
)


class InternalInvitation(NamedTuple):
    """All that a 约请单 says. Residents' data is masked unless `revealed_by` names the act that revealed it."""

    title: str  # 康健新村街道约请单: a setting of the office
    number: str  # 康约单〔2026〕12号; empty while it is a draft
    day: date | None
    area: str
    to: Sequence[str]
    reasons: Sequence[str]
    matters: Sequence[Matter]
    asked: str  # what they are to do
    tried: str = ""
    meeting_at: datetime | None = None
    place: str = ""
    answer_by: date | None = None
    proposed_by: str = ""  # the area chief
    contact: Contact | None = None
    revealed_by: str = ""  # id of the act by which personal data was included


def write(content: InternalInvitation, stream: BinaryIO) -> None:
    """Write the slip as a Word file; the same bytes for the same content."""
    from dutydesk.documents.gbt9704 import FIELD, FIELD_NAME, Cell, Paper

    tell = Teller(content.revealed_by)
    title = tell.line(content.title)
    paper = Paper(title, tell.line(content.area))
    paper.title(title, above=0, below=0)
    paper.number(said_number(content.number))
    name, field = FIELD_NAME, FIELD

    def row(label: str, text: str, lowest: int = 500) -> tuple[Cell, Cell]:
        return Cell(label, name, lowest=lowest), Cell(text, field, 3)

    where = "\n".join(
        filter(None, (said_time(content.meeting_at) if content.meeting_at else "", tell.line(content.place)))
    )
    by = content.answer_by and f"请于{said_weekday(content.answer_by)}前答复"
    contact = f"{content.contact.name}  {content.contact.phone}" if content.contact else ""
    rows: list[Sequence[Cell]] = [
        (
            Cell("约请片区", name, lowest=500),
            Cell(tell.line(content.area), field),
            Cell("约请日期", name),
            Cell(said_day(content.day), field),
        ),
        row("被约单位", listed(content.to)),
        row("约请理由", listed(content.reasons)),
    ]
    many = len(content.matters) > 1
    for place, matter in enumerate(content.matters, 1):
        rows.append(row(f"约请事项{place if many else ''}", told(matter, tell, whole=True)))
    rows += [
        row("已做的工作", tell.prose(content.tried)),
        row("请予办理", tell.prose(content.asked)),
        row("时间地点", where),
        row("答复时限", by or ""),
        (
            Cell("片区长", name, lowest=560),
            Cell(listed([content.proposed_by]), field),
            Cell("联系人", name),
            Cell(listed([contact]), field),
        ),
        row(
            "答复意见",
            "□ 应约　□ 改期至＿＿月＿＿日＿＿时　□ 不属职责（写明依据和应负责的单位）　□ 书面答复",
            1400,
        ),
        (
            Cell("签收人", name, lowest=560),
            Cell("", field),
            Cell("签收时间", name),
            Cell("", field),
        ),
    ]
    paper.form((1645, 2850, 1300, 3050), rows)
    paper.save(stream)
