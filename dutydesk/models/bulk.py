"""Many new rows of a table at once: one statement, run for each of them, where peewee would spell out every value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from peewee import AutoField, BigAutoField

from dutydesk.models.base import Table, database


def insert_all(model: type[Table], rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, given as field names with values, in the transaction under way; what a row leaves out has its default."""
    meta: Any = model._meta
    fields = [field for field in meta.sorted_fields if not isinstance(field, AutoField | BigAutoField)]
    usual = meta.get_default_dict()
    kept = [(field.name, field.db_value, field.db_value(usual.get(field.name))) for field in fields]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join([database.param] * len(fields))
    values = [
        tuple(as_kept(row[name]) if name in row else default for name, as_kept, default in kept)
        for row in rows
    ]
    if values:
        sql = f'insert into "{meta.table_name}" ({columns}) values ({marks})'  # noqa: S608
        database.cursor().executemany(sql, values)
