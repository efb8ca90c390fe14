"""`dutydesk db backup` and `dutydesk db restore`: the whole district in one file, and a new database from it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from dutydesk.models import connection, database
from dutydesk.models.pages import copied, is_ours
from dutydesk.models.problems import DatabaseProblem
from dutydesk.rules.checking import check
from dutydesk.rules.copying import copy
from dutydesk.rules.workcalendar import CHINA
from dutydesk.settings import is_postgresql, sqlite_path

Say = Callable[[str], None]
_NAME = re.compile(r"dutydesk-(\d{4}-\d\d-\d\d-\d{6})\.db")
_MOMENT = "%Y-%m-%d-%H%M%S"


class Backup(NamedTuple):
    """Where it stands, how many rows it holds, and what `db check` says of it; also a faulty one is kept."""

    path: Path
    rows: int
    problems: list[str]


def backup(url: str, place: Path, anchors: Path | None, say: Say, now: datetime | None = None) -> Backup:
    """Write one moment of a database into a new SQLite file, while people go on, and look it over.

    A folder as `place` gets a file named by the moment. Raises DatabaseProblem where nothing could be written.
    """
    if place.is_dir():
        place = place / f"dutydesk-{now or datetime.now(CHINA):{_MOMENT}}.db"
    say("正在备份…")
    if not is_postgresql(url):
        connection.connect(url)  # that it is ours, and this version's
        database.close()
        with copied(sqlite_path(url), f"sqlite:///{place}") as counts:
            return Backup(place, sum(counts.values()), check(anchors, say))
    rows = copy(url, f"sqlite:///{place}", say)
    with _connected(f"sqlite:///{place}"):
        problems = check(anchors, say)
        database.execute_sql("pragma journal_mode = delete")
    place.chmod(0o600)
    return Backup(place, rows, problems)


def restore(file: Path, url: str, say: Say) -> tuple[int, list[str]]:
    """A new database with all that a backup holds; how many rows, and what `db check` says of it.

    A backup of an older version is brought to this one's schema; the file stays as it is. Raises DatabaseProblem where
    the file is no backup or the database holds something.
    """
    is_ours(file)
    say("正在恢复…")
    if not is_postgresql(url):
        with copied(file, url) as counts:
            return sum(counts.values()), check(progress=say)
    with tempfile.TemporaryDirectory(prefix="dutydesk-restore-") as folder:
        between = f"sqlite:///{folder}/restored.db"
        with copied(file, between):
            pass
        rows = copy(between, url, say)
    with _connected(url):
        return rows, check(progress=say)


@contextmanager
def _connected(url: str) -> Iterator[None]:
    connection.connect(url)
    try:
        yield
    finally:
        database.close()


def thin_out(folder: Path, days: int, now: datetime | None = None) -> list[Path]:
    """Delete the backups in a folder, named as `backup` names them, that are older; the newest always stays.

    `days` is how many days are kept; answers with what is gone.
    """
    if days < 1:
        raise DatabaseProblem("保留的天数至少是 1。")
    oldest = ((now or datetime.now(CHINA)) - timedelta(days=days)).strftime(_MOMENT)
    named = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    gone = [path for path in named[:-1] if path.name[len("dutydesk-") : -len(".db")] < oldest]
    for path in gone:
        path.unlink()
    return gone
