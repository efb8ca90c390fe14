"""Desks in real terminals over a copy of a small demo district, on either kind of database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.ssh_desks import machine as machine  # for all over ssh
from tests.journeys.ssh_desks import sign_in as sign_in
from tests.journeys.ssh_desks import ssh_server as ssh_server
from tests.journeys.terminal import TerminalDesk
from tests.postgresql import Server

OpenDesk = Callable[..., TerminalDesk]


@pytest.fixture(scope="session")
def demo_on_server(postgresql: Server) -> str:
    """A demo district on PostgreSQL, filled by the command; copy it before writing to it."""
    url = postgresql.create()
    command = [sys.executable, "-m", "dutydesk", "demo", "--fill-only", "--issues", "300"]
    subprocess.run(command, env=os.environ | {"DUTYDESK_DATABASE": url}, check=True, capture_output=True)
    return url


@pytest.fixture
def demo_copy(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A demo district of the test's own."""
    if engine == "sqlite":
        path = tmp_path / "district.db"
        shutil.copy(request.getfixturevalue("demo_url").removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
    else:
        server: Server = request.getfixturevalue("postgresql")
        url = server.create(template=request.getfixturevalue("demo_on_server").rsplit("/", 1)[1])
        yield url
        server.drop(url)


@pytest.fixture
def open_desk(demo_copy: str, tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens desks on it; all are ended afterwards."""
    desks: list[TerminalDesk] = []

    def opened(
        *arguments: str, size: tuple[int, int] = (80, 24), url: str = demo_copy, **env: str
    ) -> TerminalDesk:
        env = {"XDG_STATE_HOME": str(tmp_path)} | env
        desks.append(TerminalDesk(*(arguments or ("desk",)), url=url, size=size, **env))
        return desks[-1]

    yield opened
    for desk in desks:
        desk.close()
