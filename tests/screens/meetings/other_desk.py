"""A second desk in a process of its own: `other_desk.py URL NUMBER`, the chief's, in the meeting under way.

It waits for what the first one writes, prints when it stood on its screen (seconds since 1970), and writes itself.
"""

from __future__ import annotations

import asyncio
import sys
import time

from dutydesk.app import DutyDesk
from tests.screens.conftest import press, settle, text

WRITTEN_THERE, WRITTEN_HERE, LONGEST = "值班员甲：各楼组先自查", "周五前报方案", 30.0


async def seen(pilot: object, words: str) -> float:
    """When the words stand on the screen, in seconds since 1970. Raises TimeoutError where they never do."""
    ends = time.time() + LONGEST
    while words not in text(pilot.app):  # type: ignore[attr-defined]
        if time.time() > ends:
            raise TimeoutError(f"{words}\n{text(pilot.app)}")  # type: ignore[attr-defined]
        await pilot.pause(0.05)  # type: ignore[attr-defined]
    return time.time()


def say(what: object) -> None:
    """One line for who started this."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def main(url: str, number: str) -> None:
    """The chief's part."""
    async with DutyDesk(number, "meetings", url=url).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "end")
        say("there")
        say(await seen(pilot, WRITTEN_THERE))
        await press(pilot, "1", *WRITTEN_HERE, "f10")
        await seen(pilot, "决定1")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
