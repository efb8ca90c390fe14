"""交接班记录 and 值班小结 on A4: a handover's page, upright, with room to sign by hand as well."""

from __future__ import annotations

from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from dutydesk.documents.a4 import Page as Sheet
from dutydesk.documents.a4 import SheetNotWritten, book

if TYPE_CHECKING:
    from datetime import datetime

    from dutydesk.rules.handover import Page

__all__ = ["COLUMNS", "SheetNotWritten", "write"]

COLUMNS = (("序号", 5), ("类别", 14), ("编号", 13), ("时间", 14), ("内容", 52))
_CHINA = timezone(timedelta(hours=8))
SIGNATURES = "交班人：＿＿＿＿＿＿＿  接班人：＿＿＿＿＿＿＿  时间：＿＿月＿＿日＿＿时＿＿分"


def write(page: Page, sections: dict[str, str], title: str, path: Path, *, one_sheet: bool = False) -> None:
    """Write the page to an Excel file, the same bytes for the same page; `sections` are the names of its sections.

    `one_sheet` makes it as small as one sheet of paper asks for.

    Raises SheetNotWritten where the file cannot be made or something would be missing from it.
    """
    with book(path, title) as made:
        sheet = Sheet(made, "交接班", COLUMNS, landscape=False)
        if one_sheet:
            sheet.sheet.fit_to_pages(1, 1)
        sheet.across(title, sheet.title, 30)
        times = f"{_said(page.since)} 至 {_said(page.until)}"
        sheet.across(f"班次：{page.shift or '未排班'}  {times}", sheet.plain)
        sheet.across(f"交班：{page.outgoing}  接班：{page.incoming or '未定'}  {page.stands}", sheet.plain)
        sheet.heads()
        looks = [sheet.middle, sheet.middle, sheet.middle, sheet.middle, sheet.cell]
        for place, line in enumerate(page.lines, 1):
            texts = (str(place), sections[line.section], line.number, line.when, line.text)
            sheet.cells(texts, looks)
        for note in page.notes:
            sheet.across(f"补充 {note}", sheet.plain)
        if page.remark:
            sheet.across(f"接班人说明：{page.remark}", sheet.plain)
        if page.signed:
            sheet.across(f"签字内容校验码 sha256：{page.digest}", sheet.plain)
        sheet.across(SIGNATURES, sheet.plain, 34)


def _said(at: datetime) -> str:
    return f"{at.astimezone(_CHINA):%Y年%m月%d日 %H:%M}"
