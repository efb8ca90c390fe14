"""Opening the desk imports what a desk on SQLite needs, and nothing that only later screens do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

OPENED = """
import asyncio, sys
from dutydesk import cli, tty
from dutydesk.app import DutyDesk

async def open_and_look():
    app = DutyDesk()
    async with app.run_test(size=(80, 24)) as pilot:
        while "要办" not in app.export_screenshot():
            await pilot.pause(0.02)
    heavy = ("argon2", "cffi")
    heavy += ("pydantic", "pypinyin", "xlsxwriter", "docx", "python_calamine", "plotext", "psycopg", "chinese_calendar")
    print(sorted({name.split(".")[0] for name in sys.modules} & set(heavy)))

asyncio.run(open_and_look())
"""
HELP = """
import sys
from dutydesk import cli
try:
    cli.main(["--help"])
except SystemExit:
    pass
print(sorted({name.split(".")[0] for name in sys.modules} & {"textual", "rich", "peewee", "pydantic"}))
"""

LOADED = """
import sys
from dutydesk.lean_start import load_textual
load_textual()
import dutydesk.app, dutydesk.screens.issues
unused = {"ssl", "_ssl", "platformdirs", "textual.command", "textual.widgets._input", "textual.widgets._tree"}
unused |= {"textual.widgets._toast", "textual.containers", "typing_extensions", "rich.table", "uuid", "pickle", "difflib"}
print(sorted(unused & set(sys.modules)))
"""
REAL_ONES = """
from dutydesk.lean_start import load_textual
load_textual()
import hashlib, platformdirs, ssl
from textual.command import CommandPalette
print(bool(ssl.OPENSSL_VERSION and platformdirs.user_downloads_path() and CommandPalette.BINDINGS))
"""
CALLED = """
from dutydesk.lean_start import load_textual
load_textual()
import textual.css.parse, rich.style
print(rich.style.Style.from_meta({"at": 3}).meta, textual.css.parse.get_suggestion("widht", ["width"]))
"""


BY_KEY = """
import asyncio, sys
from dutydesk.app import DutyDesk

async def open_and_look():
    app = DutyDesk(key="SHA256:of-a-key")
    async with app.run_test(size=(80, 24)) as pilot:
        while "要办" not in app.export_screenshot():
            await pilot.pause(0.02)
        print(sorted({"dutydesk.locking", "dutydesk.secret_page", "dutydesk.sign_in_page", "dutydesk.rules.sign_in",
            "dutydesk.rules.places", "dutydesk.rules.passwords", "dutydesk.models.passwords"} & set(sys.modules)))

asyncio.run(open_and_look())
"""


def last_line(code: str, url: str) -> str:
    """What a fresh interpreter prints last."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"DUTYDESK_DATABASE": url},
        check=True,
    )
    return done.stdout.splitlines()[-1]


def test_the_first_page_needs_no_forms_pinyin_documents_or_postgresql(demo_url: str) -> None:
    assert last_line(OPENED, demo_url) == "[]"


def test_who_comes_by_a_key_waits_for_nothing_of_passwords_or_of_the_lock(demo_url: str) -> None:
    assert last_line(BY_KEY, demo_url) == "[]"


def test_help_waits_for_neither_the_screen_nor_the_database(demo_url: str) -> None:
    assert last_line(HELP, demo_url) == "[]"


def test_textual_comes_without_what_no_desk_uses(demo_url: str) -> None:
    assert last_line(LOADED, demo_url) == "[]"


def test_what_was_left_out_is_there_for_whoever_imports_it_later(demo_url: str) -> None:
    assert last_line(REAL_ONES, demo_url) == "True"


def test_a_stand_in_that_is_called_is_the_real_one(demo_url: str) -> None:
    assert last_line(CALLED, demo_url) == "{'at': 3} width"
