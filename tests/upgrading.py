"""The next version of the program upgrades a database, from a process of its own, as `dutydesk db upgrade` would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from dutydesk.models.connection import MIGRATIONS

_LATER = """
def up(migrator, db):
    db.execute_sql("alter table draft add column later varchar(20) not null default 'x'")
"""
_UPGRADE = """
import sys
from pathlib import Path
from dutydesk.models import connection
connection.MIGRATIONS = Path(sys.argv[1])
print(*connection.upgrade(sys.argv[2]))
"""


def upgrade(url: str, folder: Path) -> None:
    """Bring a database to the schema of a version that has one migration more; the program stays as it is."""
    later = folder / "migrations"
    shutil.copytree(MIGRATIONS, later, ignore=shutil.ignore_patterns("__pycache__"))
    (later / "9000_later.py").write_text(_LATER, encoding="utf-8")
    command = [sys.executable, "-c", _UPGRADE, str(later), url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "9000_later\n", done.stderr
