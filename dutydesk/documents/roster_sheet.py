"""值班表: a month on one A4 page for the wall and, the same file, in Excel; with what each has and has had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dutydesk.documents.a4 import WEEKDAYS, Page, SheetNotWritten, book

if TYPE_CHECKING:
    from dutydesk.rules.duty_roster import RosterSheet

__all__ = ["SheetNotWritten", "write"]

SHARES = (
    ("姓名", 16),
    ("本月班数", 12),
    ("夜班", 10),
    ("周末", 10),
    ("节假日", 10),
    ("前半年夜班", 14),
    ("前半年周末", 14),
    ("前半年节假日", 16),
)
DAY_HEIGHT = 25  # points: 31 of them fill the page


def write(sheet: RosterSheet, path: Path) -> None:
    """Write the month to an Excel file, the same bytes for the same month.

    Raises SheetNotWritten where the file cannot be made or something would be missing from it.
    """
    title = f"{sheet.area}{sheet.month[:4]}年{int(sheet.month[5:])}月值班表"
    width = 60 // max(len(sheet.kinds), 1)
    columns = (("日期", 12), ("星期", 7), ("日子", 12), *((str(kind), width) for kind in sheet.kinds))
    with book(path, title) as made:
        page = Page(made, "值班表", columns, landscape=False)
        page.sheet.fit_to_pages(1, 1)
        page.across(title, page.title, 30)
        page.across(f"{sheet.stands}　{sheet.notice}".strip("　"), page.plain)
        page.heads()
        grid = {"font_name": "宋体", "font_size": 14, "border": 1, "align": "center", "valign": "vcenter"}
        looks = {True: made.add_format(grid), False: made.add_format(grid | {"bg_color": "#E8E8E8"})}
        for day in sheet.days:
            cells = [cell.name or "（空缺）" for cell in day.cells]
            said = (f"{day.day.month}月{day.day.day}日", WEEKDAYS[day.day.weekday()], day.name, *cells)
            page.cells(said, [looks[day.working]] * len(said), DAY_HEIGHT)
        for problem in sheet.problems:
            page.across(f"注意：{problem}", page.plain)
        page.across("制表：＿＿＿＿＿＿　片区长：＿＿＿＿＿＿　日期：＿＿＿＿＿＿", page.plain, 30)
        counts = Page(made, "班数", SHARES, landscape=False)
        counts.across(f"{title}：每人班数", counts.title, 30)
        counts.heads()
        for share in sheet.shares:
            now, past = share.now, share.past
            numbers = (
                now.total,
                now.nights,
                now.weekends,
                now.holidays,
                past.nights,
                past.weekends,
                past.holidays,
            )
            counts.cells((share.name, *map(str, numbers)), [counts.middle] * len(SHARES), 20)
