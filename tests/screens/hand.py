"""Somebody at the keyboard: presses keys, chooses from menus, waits for what is to be seen."""

from __future__ import annotations

import re

import pytest

from tests.screens.conftest import lines, settle, text


class Hand:
    """Presses keys, each after all before it has been answered."""

    def __init__(self, pilot):
        self.pilot = pilot

    async def __call__(self, *keys):
        for key in keys:
            await self.pilot.press(key)
            await settle(self.pilot)

    async def until(self, words):
        for _ in range(300):
            await settle(self.pilot)
            if words in self.shown:
                return
            await self.pilot.pause(0.05)
        pytest.fail(f"{words} is not to be seen:\n{text(self.pilot.app)}")

    async def choose(self, words):
        """Press the digit before these words in the menu, on the page where they stand."""
        await self.until("Enter 选择")
        for _page in range(3):
            for line in lines(self.pilot.app):
                entry = re.search(rf"│ [▶ ] (\d) .*{words}", line)
                if entry:
                    return await self(entry[1])
            await self("9")
        return pytest.fail(f"no entry {words}:\n{text(self.pilot.app)}")

    async def down_to(self, words):
        """Move the cursor to the row with these words."""
        for _ in range(60):
            if any(words in line and "▶" in line for line in lines(self.pilot.app)):
                return
            await self("down")
        pytest.fail(f"no row {words}:\n{text(self.pilot.app)}")

    @property
    def shown(self):
        return text(self.pilot.app).replace("\n", "")
