"""值班小结, 交接班记录 and 值班表 go to the 发件夹, a folder of this machine."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from dutydesk.rules.handover import Page
from dutydesk.rules.handover_lines import SECTIONS
from dutydesk.rules.shift_summary import Summary
from dutydesk.settings import load

if TYPE_CHECKING:
    from dutydesk.rules.duty_roster import RosterSheet

_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')


def _path(name: str, form: str) -> Path:
    return load().outbox / f"{_NOT_IN_A_NAME.sub('·', name)[:80]}.{form}"


async def write_summary(found: Summary) -> Path:
    """Write the text and the A4 sheet, over those of an earlier time; answers where the text is.

    Raises SheetNotWritten, OSError.
    """
    text = _path(found.title, "txt")
    await asyncio.to_thread(_write_summary, found, text)
    return text


def _write_summary(found: Summary, text: Path) -> None:
    from dutydesk.documents.handover_sheet import write

    text.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text.write_text(found.text + "\n", encoding="utf-8")
    write(found.brief, SECTIONS, found.title, text.with_suffix(".xlsx"), one_sheet=True)


async def print_page(page: Page, title: str) -> Path:
    """Write a handover's page as an A4 sheet; answers where. Raises as `write_summary` does."""
    path = _path(title, "xlsx")
    await asyncio.to_thread(_write_page, page, title, path)
    return path


def _write_page(page: Page, title: str, path: Path) -> None:
    from dutydesk.documents.handover_sheet import write

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(page, SECTIONS, title, path)


async def print_roster(sheet: RosterSheet) -> Path:
    """Write a month's 值班表; answers where. Raises as `write_summary` does."""
    path = _path(f"值班表-{sheet.area}-{sheet.month}", "xlsx")
    await asyncio.to_thread(_write_roster, sheet, path)
    return path


def _write_roster(sheet: RosterSheet, path: Path) -> None:
    from dutydesk.documents.roster_sheet import write

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(sheet, path)
