"""What a long journey needs beside the terminal: becoming others, going to a line, reading the database meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from dutydesk.models import database
from dutydesk.models.connection import connect
from tests.journeys.terminal import TerminalDesk

T = TypeVar("T")


def become(desk: TerminalDesk, role: str, *who: str) -> None:
    """F9 and a role by its digit; where several hold it, the one whose line has these words."""
    desk.press("f9").wait("换成哪个岗位")
    desk.press(*role)
    if who:
        desk.wait("哪一位")
        for _page in range(9):
            if lines := [line for line in _of_dialog(desk) if all(word in line for word in who)]:
                break
            desk.press("9")
        assert lines, f"nobody like {who}:\n{desk.text}"
        desk.press(lines[0].split("│")[1].strip(" ▶")[0])
    desk.wait("今日", gone="哪一位" if who else "换成哪个岗位")


def _of_dialog(desk: TerminalDesk) -> list[str]:
    return [line for line in desk.settle().splitlines() if line.count("│") == 2]


def go_to(desk: TerminalDesk, *words: str, at_most: int = 60) -> int:
    """↓ until the cursor's line holds all these words; how many times that was. Reading, no deed."""
    desk.settle()
    for times in range(at_most):
        here = next((line for line in desk.lines if line.startswith("▶")), "")
        if all(word in here for word in words):
            desk.keys -= times
            return times
        desk.press("down").settle(0.1)
    raise AssertionError(f"the cursor did not come to {words}:\n{desk.text}")


@contextmanager
def database_of(url: str) -> Iterator[None]:
    """The database that desks are writing to, to be looked at."""
    connect(url)
    try:
        yield
    finally:
        database.close()


def looked(url: str, question: Callable[[], T]) -> T:
    """One question to it."""
    with database_of(url):
        return question()
