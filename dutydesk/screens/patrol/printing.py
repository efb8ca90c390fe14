"""The A4 巡查单 goes to the 发件夹, a folder of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from dutydesk.rules.patrol_sheets import PatrolSheet
from dutydesk.settings import load


async def print_sheets(sheets: Sequence[PatrolSheet]) -> Path:
    """Write one day's patrols, over the file of an earlier time; answers where. Raises SheetNotWritten, OSError."""
    path = load().outbox / f"巡查单-{sheets[0].area}-{sheets[0].day:%Y-%m-%d}.xlsx"
    await asyncio.to_thread(_write, sheets, path)
    return path


def _write(sheets: Sequence[PatrolSheet], path: Path) -> None:
    from dutydesk.documents.patrol_sheet import write

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write(sheets, path)
