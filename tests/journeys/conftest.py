"""Desks in real terminals over a copy of a small demo district."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.terminal import TerminalDesk

OpenDesk = Callable[..., TerminalDesk]


@pytest.fixture
def demo_copy(demo_url: str, tmp_path: Path) -> str:
    """A demo district of the test's own."""
    path = tmp_path / "district.db"
    shutil.copy(demo_url.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def open_desk(demo_copy: str) -> Iterator[OpenDesk]:
    """Opens desks on it; all are ended afterwards."""
    desks: list[TerminalDesk] = []

    def opened(
        *arguments: str, size: tuple[int, int] = (80, 24), url: str = demo_copy, **env: str
    ) -> TerminalDesk:
        desks.append(TerminalDesk(*(arguments or ("desk",)), url=url, size=size, **env))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()
