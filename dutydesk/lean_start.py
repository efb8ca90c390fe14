"""What a desk's start does without. Imports nothing of ours but the settings, and is called before Textual is imported.

Of what Textual imports, a third is never used by a desk: OpenSSL, where nothing speaks TLS; the command palette with
the input, lists and trees it is made of, and toasts, which no desk offers; the folders for downloads, where nothing is
downloaded; tables of colours; pickles of links to be clicked. Together they are a fifth of the launch
(`benchmarks/ledger.py`). For peewee `dutydesk.models.base` does the same.
"""

from __future__ import annotations

import gc
import sys
import typing
from collections.abc import Mapping
from types import ModuleType

from dutydesk.settings import on_postgresql
from dutydesk.stand_ins import in_place_of, stand_ins

_SWITCH_SECONDS = 0.001  # the database's thread waits up to so long for its turn after each call
# asyncio does without ssl where there is none, and hashlib has hashes of its own
_TLS: Mapping[str, ModuleType | None] = {"ssl": None, "_hashlib": None}
_PYTHON_HAS_IT: Mapping[str, ModuleType | None] = {"typing_extensions": typing}
_SELDOM_USED = {
    "textual.command": (
        "CommandListItem",
        "CommandPalette",
        "DiscoveryHit",
        "Hit",
        "Hits",
        "Provider",
        "SimpleProvider",
    ),
    "textual.widgets._toast": ("ToastRack",),
    "textual.suggestions": ("get_suggestion", "get_suggestions"),
    "platformdirs": ("user_downloads_path",),
    "rich.table": ("Table",),
    "uuid": ("uuid4",),
    "pickle": ("dumps", "loads"),
}


def load_textual() -> None:
    """Import Textual without what no desk uses, and collect no garbage before the first page stands."""
    gc.disable()
    sys.setswitchinterval(_SWITCH_SECONDS)
    if not on_postgresql():
        with in_place_of(_TLS):
            import asyncio  # noqa: F401
            import hashlib  # noqa: F401
    with in_place_of(_PYTHON_HAS_IT), in_place_of(stand_ins(_SELDOM_USED)):
        import textual.app  # noqa: F401
