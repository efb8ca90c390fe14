"""约请函: the letter by which a subdistrict invites departments, in 信函格式, with a 回执 slip on a page of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from dutydesk.documents.saying import (
    Contact,
    Matter,
    Teller,
    listed,
    said_day,
    said_in_two,
    said_number,
    said_time,
    said_weekday,
    sentence,
    told,
)

if TYPE_CHECKING:
    from dutydesk.documents.gbt9704 import Paper

_PLACE = re.compile(r"\{(\w+)\}")
IN_THE_TEXT = 3  # matters; more of them stand in a table of their own, as an attachment
ANSWERS = (
    "□ 应约，按时参加",
    "□ 建议改期至＿＿月＿＿日＿＿时",
    "□ 不属本单位职责（请在下栏写明）",
    "□ 书面答复（另附）",
)


class Wording(NamedTuple):
    """The office's own words; `{area}`, `{subject}` and `{reasons}` are filled in."""

    title: str = "关于约请协调解决{subject}的函"
    opening: str = (
        "我街道{area}在日常治理中发现{subject}。该事项属{reasons}，需你单位到场共同会商解决。现函告如下："
    )
    answering: str = "请于{answer_by}前填写回执并反馈，可以应约、建议改期、书面答复；不属你单位职责的，请写明依据和应负责的单位。"
    closing: str = "特此函达，请予支持为盼。"


class Request(NamedTuple):
    """What is asked of one of the departments invited."""

    department: str
    what: str


class InvitationLetter(NamedTuple):
    """All that a 约请函 says. Residents' data is masked unless `revealed_by` names the act that revealed it."""

    office: str  # 发文机关标志, in red, and 署名 where `signed_by` is empty
    number: str  # 徐康办约〔2026〕3号; empty while it is a draft
    day: date | None  # signed on
    to: Sequence[str]
    subject: str  # 康健新村12号楼东侧违法搭建问题
    area: str
    reasons: Sequence[str]  # 跨片区, 跨领域, 跨部门
    matters: Sequence[Matter]
    requests: Sequence[Request]
    tried: str = ""
    meeting_at: datetime | None = None
    place: str = ""
    answer_by: date | None = None
    contact: Contact | None = None
    copied_to: Sequence[str] = ()
    attachments: Sequence[str] = ()  # besides those that the letter makes itself
    signed_by: str = ""
    revealed_by: str = ""  # id of the act by which personal data was included
    wording: Wording = Wording()


def title_of(content: InvitationLetter) -> str:
    """The letter's title, as its wording has it."""
    return Teller(content.revealed_by).line(_filled(content.wording.title, content))


def write(content: InvitationLetter, stream: BinaryIO) -> None:
    """Write the letter as a Word file; the same bytes for the same content."""
    from dutydesk.documents.gbt9704 import Paper

    tell = Teller(content.revealed_by)
    title = title_of(content)
    attached = [tell.line(name) for name in content.attachments]
    table = len(content.matters) > IN_THE_TEXT
    made_here = [*(["约请事项清单"] if table else []), "回执"]
    paper = Paper(title, tell.line(content.office))
    paper.letter_head(tell.line(content.office))
    paper.number(said_number(content.number))
    paper.title(title)
    paper.addressed(listed(content.to))
    paper.text(tell.prose(_filled(content.wording.opening, content)))
    _matters(paper, content, tell)
    _requests(paper, content, tell)
    paper.text(tell.line(content.wording.closing))
    paper.attachments([*made_here, *attached])
    paper.signature(tell.line(content.signed_by or content.office), content.day)
    if content.contact:
        paper.note(f"联系人：{listed([content.contact.name])}；联系电话：{listed([content.contact.phone])}")
    many = len(made_here) + len(attached) > 1
    if table:
        paper.attachment(1, many, "约请事项清单")
        _list_of_matters(paper, content.matters, tell)
    paper.attachment(len(made_here), many, "回　　执")
    _slip(paper, content, title)
    paper.imprint(listed(content.copied_to, "，"))
    paper.save(stream)


def _filled(pattern: str, content: InvitationLetter) -> str:
    words = {
        "subject": content.subject,
        "area": content.area,
        "reasons": "、".join(content.reasons) + "事项",
        "answer_by": said_weekday(content.answer_by) if content.answer_by else "收函后规定时限",
    }
    return _PLACE.sub(lambda place: words.get(place[1], place[0]), pattern)


def _matters(paper: Paper, content: InvitationLetter, tell: Teller) -> None:
    if content.matters:
        paper.heading("有关情况")
    if len(content.matters) > IN_THE_TEXT:
        paper.text(f"本次约请涉及{len(content.matters)}件事项，逐件情况见附件。")
    else:
        for place, matter in enumerate(content.matters, 1):
            lead = f"{place}. " if len(content.matters) > 1 else ""
            paper.text(lead + _told(matter, tell))
    if content.tried:
        paper.heading("已做的工作")
        paper.text(tell.prose(content.tried))


def _told(matter: Matter, tell: Teller) -> str:
    said = [f"{tell.line(matter.place)}：{sentence(tell.prose(matter.text))}"]
    if matter.tried:
        said.append(f"已采取措施：{sentence(tell.prose(matter.tried))}")
    marks = [f"事项编号{tell.line(matter.number)}"] if matter.number else []
    if resident := tell.resident(matter):
        marks.append(f"反映人{resident}")
    if matter.due:
        marks.append(f"办理时限{said_day(matter.due)}")
    if marks:
        said.append(f"（{'，'.join(marks)}）")
    return "".join(said)


def _list_of_matters(paper: Paper, matters: Sequence[Matter], tell: Teller) -> None:
    from dutydesk.documents.gbt9704 import Column

    columns = (
        Column("序号", 700, middle=True),
        Column("事项编号", 1640, middle=True),
        Column("地点、情况和已采取的措施", 5205),
        Column("办理时限", 1300, middle=True),
    )
    rows = []
    for place, matter in enumerate(matters, 1):
        rows.append((str(place), tell.line(matter.number), told(matter, tell), said_in_two(matter.due)))
    paper.list(columns, rows)


def _requests(paper: Paper, content: InvitationLetter, tell: Teller) -> None:
    paper.heading("约请事项")
    for place, request in enumerate(content.requests, 1):
        lead = f"{place}. " if len(content.requests) > 1 else ""
        paper.text(f"{lead}{tell.line(request.department)}：{sentence(tell.prose(request.what))}")
    paper.heading("会商安排和答复")
    if content.meeting_at:
        paper.text(f"会商时间：{said_time(content.meeting_at)}。")
    if content.place:
        paper.text(f"会商地点：{sentence(tell.line(content.place))}")
    paper.text(tell.prose(_filled(content.wording.answering, content)))


def _slip(paper: Paper, content: InvitationLetter, title: str) -> None:
    from dutydesk.documents.gbt9704 import FIELD, FIELD_NAME, SMALL, Cell

    paper.addressed(listed([content.office]))
    letter = f"（{said_number(content.number)}）" if content.number else f"《{title}》"
    paper.text(f"来函{letter}收悉，现答复如下：")
    by = f"请于{said_weekday(content.answer_by)}前反馈" if content.answer_by else "请按函中时限反馈"
    to = f"，联系电话：{listed([content.contact.phone])}" if content.contact else ""
    only = listed(content.to) if len(content.to) == 1 else ""
    widths = (1645, 2400, 1500, 3300)
    name, field = FIELD_NAME, FIELD
    paper.form(
        widths,
        (
            (Cell("单　　位", name, lowest=560), Cell(only, field, 3)),
            (Cell("签收人", name, lowest=560), Cell("", field), Cell("签收时间", name), Cell("", field)),
            (Cell("答复意见", name, lowest=1900), Cell("\n".join(ANSWERS), field, 3)),
            (Cell("不属职责的\n依据和应负\n责的单位", name, lowest=1350), Cell("", field, 3)),
            (Cell("参会人", name, lowest=560), Cell("", field), Cell("职　　务", name), Cell("", field)),
            (Cell("联系电话", name, lowest=560), Cell("", field), Cell("答复日期", name), Cell("", field)),
            (Cell("其他意见", name, lowest=900), Cell("", field, 3)),
            (Cell("负责人和\n单位盖章", name, lowest=900), Cell("", field, 3)),
            (Cell(f"{by}{to}。", SMALL, 4),),
        ),
        whole=True,
    )
