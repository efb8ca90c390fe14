"""What a desk's start does without. Imports nothing of ours but the settings, and is called before Textual is imported.

Of what Textual imports, a third is never used by a desk: OpenSSL, where nothing speaks TLS; the command palette with
the input, lists and trees it is made of, which no desk offers; the folders for downloads, where nothing is downloaded.
While Textual loads, stand-ins take their places; afterwards whoever imports the real ones gets them. Together they are
a fifth of the launch (`benchmarks/ledger.py`), as psycopg is in `dutydesk.models.base`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

from dutydesk.settings import on_postgresql

_SWITCH_SECONDS = 0.001  # the database's thread waits up to so long for its turn after each call
# asyncio does without ssl where there is none, and hashlib has hashes of its own
_TLS: Mapping[str, ModuleType | None] = {"ssl": None, "_hashlib": None}
_NEVER_OFFERED = {
    "textual.command": (
        "CommandListItem",
        "CommandPalette",
        "DiscoveryHit",
        "Hit",
        "Hits",
        "Provider",
        "SimpleProvider",
    ),
    "platformdirs": ("user_downloads_path",),
}


def load_textual() -> None:
    """Import Textual without what no desk uses, and collect no garbage before the first page stands."""
    gc.disable()
    sys.setswitchinterval(_SWITCH_SECONDS)
    if not on_postgresql():
        with _in_place_of(_TLS):
            import asyncio  # noqa: F401
            import hashlib  # noqa: F401
    with _in_place_of({name: _stand_in(name, held) for name, held in _NEVER_OFFERED.items()}):
        import textual.app  # noqa: F401


def _stand_in(name: str, held: tuple[str, ...]) -> ModuleType:
    """A module of empty classes: enough to be named and inherited from."""
    module = ModuleType(name)
    vars(module).update({each: type(each, (), {}) for each in held})
    return module


@contextmanager
def _in_place_of(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Let these be found instead of the real ones, where those are not loaded yet; None is found nowhere."""
    put = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(put)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in put:
            del sys.modules[name]
