"""Modules that stand in for others while a library loads that names them and seldom uses them.

Afterwards whoever imports the real ones gets them, and who calls something of a stand-in calls the real thing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


def stand_ins(held: Mapping[str, tuple[str, ...]]) -> dict[str, ModuleType]:
    """For each module one that holds these names only: enough to import them and to inherit from them."""
    return {name: _stand_in(name, names) for name, names in held.items()}


def _stand_in(module: str, names: tuple[str, ...]) -> ModuleType:
    made = ModuleType(module)
    vars(made).update({name: _called_later(module, name) for name in names})
    return made


def _called_later(module: str, name: str) -> type:
    def real(cls: type, *given: object, **named: object) -> object:
        return getattr(import_module(module), name)(*given, **named)

    return type(name, (), {"__new__": real})


@contextmanager
def in_place_of(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Let these be found instead of the real ones, where those are not loaded yet; None is found nowhere."""
    put = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(put)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in put:
            del sys.modules[name]
