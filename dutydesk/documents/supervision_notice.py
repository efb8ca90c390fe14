"""督办单: what an office sends for matters that are late or stuck, with what is wanted and by when; one matter or many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from dutydesk.documents.saying import (
    Contact,
    Matter,
    Teller,
    listed,
    said_day,
    said_in_two,
    said_number,
    said_weekday,
    told,
)

if TYPE_CHECKING:
    from dutydesk.documents.gbt9704 import Paper

IN_THE_FORM = 1  # matters; more of them stand in a table below the form


class SupervisionNotice(NamedTuple):
    """All that a 督办单 says. Residents' data is masked unless `revealed_by` names the act that revealed it."""

    title: str  # 康健新村街道督办单: a setting of the office
    number: str  # 徐康督〔2026〕7号; empty where it is put in by hand
    day: date | None
    to: Sequence[str]
    matters: Sequence[Matter]  # `tried` is how far it has come
    reason: str  # 超过时限12个工作日, 两次退单 …
    wanted: str
    answer_by: date | None = None
    office: str = ""  # who supervises
    signed_by: str = ""
    contact: Contact | None = None
    revealed_by: str = ""  # id of the act by which personal data was included


def write(content: SupervisionNotice, stream: BinaryIO) -> None:
    """Write the notice as a Word file; the same bytes for the same content."""
    from dutydesk.documents.gbt9704 import FIELD, FIELD_NAME, Cell, Paper

    tell = Teller(content.revealed_by)
    title = tell.line(content.title)
    paper = Paper(title, tell.line(content.office))
    paper.title(title, above=0, below=0)
    paper.number(said_number(content.number) if content.number else _by_hand(content.day))
    name, field = FIELD_NAME, FIELD

    def row(label: str, text: str, lowest: int = 560) -> tuple[Cell, Cell]:
        return Cell(label, name, lowest=lowest), Cell(text, field, 3)

    def pair(label: str, text: str, second: str, other: str) -> tuple[Cell, ...]:
        return Cell(label, name, lowest=620), Cell(text, field), Cell(second, name), Cell(other, field)

    listing = len(content.matters) > IN_THE_FORM
    by = f"请于{said_weekday(content.answer_by)}前办结并书面回复" if content.answer_by else ""
    what = (
        f"共{len(content.matters)}件，见所附清单"
        if listing
        else "\n".join(told(matter, tell, whole=True) for matter in content.matters)
    )
    contact = f"{content.contact.name}  {content.contact.phone}" if content.contact else ""
    paper.form(
        (1645, 2850, 1300, 3050),
        (
            row("承办单位", listed(content.to)),
            pair("督办单位", tell.line(content.office), "督办日期", said_day(content.day)),
            row("督办事项", what, 1100),
            row("督办原因", tell.prose(content.reason)),
            row("督办要求", tell.prose(content.wanted), 1100),
            row("办理时限", by),
            pair("签发人", listed([content.signed_by]), "联系人", listed([contact])),
            row("办理结果", "", 2400),
            pair("承办负责人", "", "回复日期", ""),
        ),
    )
    if listing:
        _list_of_matters(paper, content.matters, tell)
    paper.save(stream)


def _by_hand(day: date | None) -> str:
    """Room for a number."""
    return f"〔{day.year if day else '　　'}〕＿＿＿号"


def _list_of_matters(paper: Paper, matters: Sequence[Matter], tell: Teller) -> None:
    from dutydesk.documents.gbt9704 import Column

    columns = (
        Column("序号", 700, middle=True),
        Column("事项编号", 1640, middle=True),
        Column("地点、情况和进展", 4045),
        Column("原时限", 1300, middle=True),
        Column("办理结果", 1160),
    )
    paper.attachment(1, False, "督办事项清单")
    rows = []
    for place, matter in enumerate(matters, 1):
        rows.append((str(place), tell.line(matter.number), told(matter, tell), said_in_two(matter.due), ""))
    paper.list(columns, rows)
