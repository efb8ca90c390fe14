"""Long lists that do not fit into memory: rows put aside in a file without a name, keys that were seen before."""

from __future__ import annotations

import pickle
import sqlite3
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import IO, Generic, TypeVar

from dutydesk.settings import load

T = TypeVar("T")
_IN_MEMORY = 500  # items; what is more waits in the file


class Aside(Generic[T]):
    """Items in their order, written at the end and read from the front as often as wanted.

    The file lies in the desk's own folder, for temporary files are memory on some machines; it goes with the object.
    """

    def __init__(self) -> None:
        self._first: list[T] = []
        self._count = 0
        self._file: IO[bytes] | None = None

    def append(self, item: T) -> None:
        """Put one more aside."""
        self._count += 1
        if self._count <= _IN_MEMORY:
            self._first.append(item)
            return
        if self._file is None:
            folder = load().state
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def __iter__(self) -> Iterator[T]:
        """All of them; nothing may be put aside meanwhile, nor may two read at once."""
        yield from self._first
        if self._file is None:
            return
        self._file.seek(0)
        try:
            for _ in range(self._count - len(self._first)):
                yield pickle.load(self._file)  # noqa: S301 - written above, by nobody else
        finally:
            self._file.seek(0, 2)

    def __getitem__(self, place: int) -> T:
        """The one at a place."""
        return next(islice(self, place, None))


class Seen:
    """Keys with the number of the row in which each was seen first."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)  # a file of SQLite's own beyond a small cache
        self._base.execute("pragma journal_mode = off")
        self._base.execute("begin")
        self._base.execute("create table seen (key text primary key, number integer) without rowid")

    def earlier(self, key: str, number: int) -> int | None:
        """The row that had this key before; None, and from now on this one, where none had."""
        if self._base.execute("insert or ignore into seen values (?, ?)", (key, number)).rowcount:
            return None
        return int(self._base.execute("select number from seen where key = ?", (key,)).fetchone()[0])
