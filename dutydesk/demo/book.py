"""Rows of several tables, numbered as they come and written at the end, as a fill of empty tables goes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

from dutydesk.demo.clock import Clock, moment_of
from dutydesk.demo.people import Person
from dutydesk.models import Act
from dutydesk.models.base import Table
from dutydesk.models.connection import insert_rows
from dutydesk.vocabulary import Word


class Book:
    """Rows by table: minutes become instants where the field keeps one, words their values."""

    def __init__(self, clock: Clock, tables: Sequence[type[Table]]) -> None:
        self._clock = clock
        self._rows: dict[type[Table], list[dict[str, Any]]] = {table: [] for table in tables}

    def add(self, table: type[Table], **values: Any) -> dict[str, Any]:
        """A row, with its id; it may be changed until all are written."""
        rows = self._rows[table]
        meta: Any = table._meta
        row: dict[str, Any] = (
            dict.fromkeys(meta.fields) | meta.get_default_dict() | values | {"id": len(rows) + 1}
        )
        rows.append(row)
        return row

    def of(self, table: type[Table]) -> list[dict[str, Any]]:
        """The rows of a table so far."""
        return self._rows[table]

    def write(self) -> None:
        """Write all tables in the order in which they were named."""
        for table, rows in self._rows.items():
            meta: Any = table._meta
            fields = [(name, type(field).__name__ == "InstantField") for name, field in meta.fields.items()]
            columns = tuple(name for name, _ in fields)
            insert_rows(
                table, columns, ([self._kept(row.get(name), at) for name, at in fields] for row in rows)
            )

    def _kept(self, value: Any, instant: bool) -> Any:
        if instant and value is not None:
            return self._clock.iso(value)
        if isinstance(value, Word):
            return value.value
        return value.isoformat() if isinstance(value, date) else value


def new_uuid(rng: Random) -> str:
    """A UUID of the fill's own chance."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def own_act(rng: Random, name: str, person: Person, minute: int) -> Act:
    """An act of somebody's, written at once, for what an audit entry of its own belongs to."""
    act = Act(
        id=new_uuid(rng),
        name=name,
        staff=person.id,
        role=person.role,
        came_from="演示",
        at=moment_of(minute),
    )
    act.save(force_insert=True)
    return act
