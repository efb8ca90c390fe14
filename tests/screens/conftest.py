"""The desk, opened on the small district, as somebody in a role sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dutydesk.app import DutyDesk
from dutydesk.models import Category, Posting, Staff
from dutydesk.rules import finding
from dutydesk.settings import load
from dutydesk.vocabulary import Force, Role
from tests.conftest import ELSEWHERE


async def settle(pilot: Any) -> None:
    """Wait until nothing is under way: no key, no message, no question to the database."""
    desk = pilot.app.desk
    while True:
        await pilot.pause()
        if not desk.unfinished:
            await pilot.pause()
            if not desk.unfinished:
                return
        await desk.read(lambda _session: None)  # the database answers in order


async def press(pilot: Any, *keys: str) -> str:
    """Each key when what the one before set in motion is over; answers with the whole screen."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)
    return text(pilot.app)


def lines(app: Any) -> list[str]:
    """The text on the screen, line by line, as it would reach the terminal."""
    strips = app.screen._compositor.render_strips()[: app.size[1]]
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def text(app: Any) -> str:
    """The whole screen as text."""
    return "\n".join(lines(app))


@pytest.fixture
def open_desk(
    district: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., DutyDesk]]:
    """`open_desk(Role.DUTY_OFFICER, "patrol")`: an app whose desk has the district's database for itself."""
    monkeypatch.setenv("DUTYDESK_STATE_FOLDER", str(tmp_path / "state"))
    load.cache_clear()
    made: list[DutyDesk] = []

    def make(role: Role = Role.DUTY_OFFICER, duty: str = "today") -> DutyDesk:
        district.close()
        made.append(DutyDesk(district.numbers[role], duty, url=district.url))
        return made[-1]

    yield make
    for desk in made:  # its thread would go on with the next test's database
        asyncio.run(desk.desk.close())
    load.cache_clear()


@pytest.fixture
def fast_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests press faster than anybody reads."""
    from dutydesk.screens.triage import TriageScreen

    monkeypatch.setattr(TriageScreen, "REST", 0.0)


@pytest.fixture
def speaking(district: Any) -> Any:
    """The first category has words that speak for it."""
    Category.update(words="楼道 堆放 旧家具").where(Category.id == district.categories[0]).execute()
    return district


@pytest.fixture
def people(district: Any) -> Any:
    """The small district, where everybody belongs to the subdistrict, and two are posted to the first area."""
    Staff.update(subdistrict=district.subdistrict).execute()
    other = Staff.get(Staff.number == ELSEWHERE)
    finding.index("staff", other.id, other.name)
    for place, force in enumerate(Force):
        finding.index("force", place, f"{force.label}力量")
    for number in (district.numbers[Role.HANDLER], ELSEWHERE):
        Posting.create(
            staff=Staff.get(Staff.number == number),
            area=district.areas[0],
            department=district.departments[0],
            line="民政",
            valid_from=date(2026, 1, 1),
        )
    return district
