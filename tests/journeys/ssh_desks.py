"""The machine behind sshd that the journeys over ssh share, and desks on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ssh import Machine, SshDesk, build

OFFICER, STRANGER = "XH0001", "stranger"


@pytest.fixture(scope="session")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The machine after the page's steps, with a duty officer who has a key, and somebody else's key."""
    machine = build(tmp_path_factory.mktemp("server"))
    machine.desk(f"staff add {OFFICER} 李明 --role 值班员 --scope 康乐片区")
    machine.desk(f"staff key add {OFFICER}", machine.make_key(OFFICER))
    machine.make_key(STRANGER)
    yield machine
    machine.close()


@pytest.fixture
def machine(ssh_server: Machine) -> Iterator[Machine]:
    """The same, with no desk left from the test before."""
    yield ssh_server
    ssh_server.wait_until_none_runs()


@pytest.fixture
def sign_in(machine: Machine) -> Iterator[object]:
    """Opens desks over ssh; the clients are ended afterwards."""
    desks: list[SshDesk] = []

    def signed_in(*words: str, key: str = OFFICER, **env: str) -> SshDesk:
        desks.append(SshDesk(machine, key, *words, **env))
        return desks[-1]

    yield signed_in
    for desk in desks:
        desk.close()


def the_desk(machine: Machine) -> int:
    """The number of the one desk that runs."""
    (pid,) = machine.processes()
    return pid
