"""The lines that sshd asks for at each login (AuthorizedKeysCommand). Loaded then, so it imports little.

Each line lets its key do one thing: open the desk of its owner. The environment that the client or a shell brings is
left behind (`env -i`): of it the desk gets the terminal's name, the address it comes from, and a command that was
asked for, which the desk refuses.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Any

from dutydesk.models import Staff, StaffKey
from dutydesk.rules.organisation import in_service, today

_PASSED = ("TERM", "SSH_CONNECTION", "SSH_ORIGINAL_COMMAND")
# What stands in the database goes into a line that sshd obeys: nothing but what these hold.
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9\-]*")
_KIND = re.compile(r"[a-z0-9@.\-]+")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]+")
_BODY = re.compile(r"[A-Za-z0-9+/]+=*")


def lines(program: Sequence[str], settings: str = "", fingerprint: str = "") -> list[str]:
    """A line for each key of those in service, or for the key with this fingerprint alone.

    `program` is how the desk is started, up to `--as`; `settings` is the settings file that the desk reads.
    """
    query: Any = StaffKey.select(StaffKey.kind, StaffKey.body, StaffKey.fingerprint, Staff.number).join(
        Staff, on=(StaffKey.staff == Staff.id)
    )
    query = query.where(in_service(today()))
    if fingerprint:
        query = query.where(StaffKey.fingerprint == fingerprint)
    rows = list(query.order_by(StaffKey.id).tuples())
    return [
        f'restrict,pty,command="{_quoted(_command([*program, number, "--key", found], settings))}" {kind} {body}'
        for kind, body, found, number in rows
        if all(map(re.fullmatch, (_KIND, _BODY, _FINGERPRINT, _NUMBER), (kind, body, found, number)))
    ]


def _command(program: Sequence[str], settings: str) -> str:
    """What the account's shell runs: the desk, in an environment of its own, without core dumps."""
    passed = [f'{name}="${name}"' for name in _PASSED]
    own = ["LANG=C.UTF-8", "PATH=/usr/bin:/bin"]
    if settings:
        own.append(f"DUTYDESK_SETTINGS={shlex.quote(settings)}")
    return " ".join(["ulimit -c 0;", "exec /usr/bin/env -i", *passed, *own, shlex.join(program)])


def _quoted(command: str) -> str:
    """As it stands between the quotes of an option: sshd knows the backslash before a quote alone."""
    return command.replace('"', '\\"')
