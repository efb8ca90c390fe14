"""Rows of several tables, numbered as they come and written at the end, as a fill of empty tables goes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

from peewee import fn

from dutydesk.demo.clock import Clock, moment_of
from dutydesk.demo.people import Person
from dutydesk.models import Act, AuditEntry, AuditHead, AuditValues
from dutydesk.models.base import Table
from dutydesk.models.connection import insert_rows
from dutydesk.rules import audit
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
            fields = [(name, self._how(field)) for name, field in meta.fields.items()]
            columns = tuple(name for name, _ in fields)
            insert_rows(table, columns, ([how(row[name]) for name, how in fields] for row in rows))

    def _how(self, field: Any) -> Callable[[Any], Any]:
        """How a field keeps its values."""
        iso = self._clock.iso
        if type(field).__name__ == "InstantField":
            return lambda minute: minute if minute is None else iso(minute)
        if type(field).__name__ == "DateField":
            return lambda day: day if day is None else day.isoformat()
        return _kept


def _kept(value: Any) -> Any:
    return value.value if isinstance(value, Word) else value


def new_uuid(rng: Random) -> str:
    """A UUID of the fill's own chance."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


class Sealed(NamedTuple):
    """An act that the audit tells of in a link of its own: what it was, whose, when, on what, with which values."""

    name: str
    person: Person
    minute: int
    subject: str
    values: list[dict[str, Any]]
    id: str


def seal(clock: Clock, chain: str, acts: Sequence[Sealed]) -> None:
    """Write acts with their links to the end of a chain, all at once."""
    head = AuditHead.get_or_none(AuditHead.chain == chain) or AuditHead.create(chain=chain)
    top: Any = AuditEntry.select(fn.MAX(AuditEntry.id)).scalar()
    rows, links = [], []
    for number, each in enumerate(acts, (top or 0) + 1):
        act = Act(
            id=each.id,
            name=each.name,
            staff=each.person.id,
            role=each.person.role,
            came_from="演示",
            at=moment_of(each.minute),
        )
        rows.append(
            (act.id, act.name, each.person.id, act.role, act.came_from, clock.iso(each.minute), each.subject)
        )
        entry, kept = audit.link(act, each.person.number, chain, each.subject, each.values)
        audit.close(entry, head.sequence + 1, head.hash)
        head.sequence, head.hash, entry.id = entry.sequence, entry.hash, number
        links.append((entry, kept, clock.iso(each.minute)))
    insert_rows(Act, ("id", "name", "staff", "role", "came_from", "at", "subject"), rows)
    columns = tuple(name for name in AuditEntry._meta.sorted_field_names if name != "at")
    insert_rows(
        AuditEntry,
        (*columns, "at"),
        ((*(getattr(entry, name) for name in columns), at) for entry, _, at in links),
    )
    insert_rows(
        AuditValues,
        ("entry", "salt", "content"),
        ((entry.id, kept.salt, kept.content) for entry, kept, _ in links),
    )
    head.save()
