"""Marks that were pressed and are not yet written: shown at once, written in order, none lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from dutydesk.rules.errors import Refused
from dutydesk.rules.patrol_sheets import Check
from dutydesk.vocabulary import Mark


@dataclass(frozen=True)
class Pressed:
    """One mark on its way; `act_id` makes writing it again harmless when the outcome of a try is unknown."""

    check_id: int
    mark: Mark
    reason: str
    act_id: str


class MarkQueue:
    """What waits to be written, oldest first. `write` writes one, and raises Refused or DatabaseProblem."""

    def __init__(self, write: Callable[[Pressed], Awaitable[object]]) -> None:
        self.write = write
        self.waiting: deque[Pressed] = deque()
        self._one_writer = asyncio.Lock()

    def put(self, pressed: Pressed) -> None:
        """A mark was pressed; `drain` writes it."""
        self.waiting.append(pressed)

    @property
    def writing(self) -> bool:
        """Whether what waits is being written already."""
        return self._one_writer.locked()

    def over(self, check: Check) -> Check:
        """The checkpoint as it will be when all that waits is written."""
        last = next((each for each in reversed(self.waiting) if each.check_id == check.id), None)
        return check if last is None else replace(check, mark=last.mark, reason=last.reason)

    async def drain(self) -> Refused | None:
        """Write all that waits; answers with the last refusal. On DatabaseProblem the rest goes on waiting."""
        refused = None
        async with self._one_writer:
            while self.waiting:
                try:
                    await self.write(self.waiting[0])
                except Refused as refusal:
                    refused = refusal
                self.waiting.popleft()
        return refused
