"""Who writes next to an SQLite file: desks of one server wait in the order in which they came.

SQLite itself lets whoever asks at the right moment go first, and its waiters sleep longer and longer: of many, one may
wait for ever. Here each takes a ticket and locks the byte of its number in a file beside the database; its turn has come
when no byte below is locked. The kernel lets go of the locks of whoever dies, so nobody is waited for in vain. The
database's own lock is taken all the same: the queue is about order, nothing depends on it for being right.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

_FLOCK = "hhqqi4x"  # struct flock of 64-bit Linux
_COUNTER = 1 << 40  # the byte that is locked while a ticket is taken
_TICKETS = 1 << 41  # where the bytes of the tickets begin
_LOOK_EACH = 0.004  # seconds
_LONG = 2.0  # seconds after which a person is told
WAITING = "别的值班台正在保存，正在排队…已填内容仍在，不用再按。"


@contextmanager
def turn(database: Path, seconds: float, say: Callable[[str], None]) -> Iterator[None]:
    """Wait for the turn, and hold it. Raises sqlite3.OperationalError after so many seconds.

    `say` is called with a sentence when it takes long, and with "" when that is over.
    """
    try:
        file = os.open(f"{database}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    except OSError:  # a folder that nobody can write to: SQLite says so
        yield
        return
    try:
        _wait(file, seconds, say)
        yield
    finally:
        os.close(file)  # lets go of every lock


def _wait(file: int, seconds: float, say: Callable[[str], None]) -> None:
    began = monotonic()
    told = False
    number = None
    while True:
        if number is None and _lock(file, fcntl.F_WRLCK, _COUNTER, 1):
            number = int.from_bytes(os.pread(file, 8, 0), "little")
            os.pwrite(file, (number + 1).to_bytes(8, "little"), 0)
            _lock(file, fcntl.F_WRLCK, _TICKETS + number, 1)
            _lock(file, fcntl.F_UNLCK, _COUNTER, 1)
        if number == 0 or (number and _lock(file, fcntl.F_RDLCK, _TICKETS, number)):
            break
        waited = monotonic() - began
        if waited >= seconds:
            if told:
                say("")
            raise sqlite3.OperationalError("database is locked")
        if waited > _LONG and not told:
            told = True
            say(WAITING)
        sleep(_LOOK_EACH)
    if told:
        say("")


def _lock(file: int, kind: int, start: int, length: int) -> bool:
    """Lock some bytes, or let go of them, for this opening of the file; False where somebody else has one."""
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack(_FLOCK, kind, os.SEEK_SET, start, length, 0))
    except BlockingIOError:
        return False
    return True
